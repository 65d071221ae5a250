//! What must hold of any bytes at all. Run on invented ones by `fuzzed.rs`, and by the fuzzer of `fuzz/`, which reads this
//! file too.

use serde_json::{Value, value::RawValue};
use std::fmt::Write;
use whatsapp_business::{
    AppSecret, Message, Webhook,
    webhook::{Delivery, Event},
};

const FIRST: &str = "first-app-secret";
const SECOND: &str = "second-app-secret";
const MESSAGE: &str =
    r#"{"id":"wamid.good","timestamp":"1","from":"14155550123","type":"text","text":{"body":"Hi"}}"#;
const STATUS: &str = r#"{"id":"wamid.good","timestamp":"1","status":"read","recipient_id":"14155550123"}"#;

/// A header, a tab, a body: accepted only when the header is the signature of the body.
pub(crate) fn signature(data: &[u8]) {
    let (header, body) = parts(data);
    let webhook = Webhook::new(FIRST, "token").unwrap().also_accept(AppSecret::new(SECOND).unwrap());
    let lenient = webhook.clone().accept_unescaped(true);
    let good = [FIRST, SECOND].map(|secret| Webhook::new(secret, "token").unwrap().sign(body));

    let header = std::str::from_utf8(header).ok();
    let claimed = header.and_then(|header| header.strip_prefix("sha256=")).map(str::to_ascii_lowercase);
    let signer = good.iter().position(|good| good.strip_prefix("sha256=") == claimed.as_deref());
    assert_eq!(webhook.verify(body, header).ok(), signer);

    for (place, good) in good.iter().enumerate() {
        assert_eq!(webhook.verify(body, Some(good)).ok(), Some(place));
        assert_eq!(lenient.verify(body, Some(good)).ok(), Some(place));
        // What of the header stands in the place of what is right must not pass, whatever it is.
        for at in 0..good.len() {
            let patched = header.and_then(|header| {
                Some(format!("{}{header}{}", &good[..at], good.get(at + header.len()..)?))
            });
            if let Some(patched) = patched.filter(|patched| !patched.eq_ignore_ascii_case(good)) {
                assert!(webhook.verify(body, Some(&patched)).is_err(), "{patched}");
            }
        }
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let signature = webhook.sign(escaped(text).as_bytes());
        assert_eq!(lenient.verify(body, Some(&signature)).ok(), Some(0));
        assert_eq!(webhook.verify(body, Some(&signature)).is_ok(), text.is_ascii());
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write!(escaped, "\\u{unit:04x}").unwrap());
        }
    }
    escaped
}

/// A query: what goes back can be taken for nothing but text, and goes to nobody without the token.
pub(crate) fn challenge(data: &[u8]) {
    let query = String::from_utf8_lossy(data);
    let webhook = Webhook::new(FIRST, "token").unwrap();
    let _ = webhook.challenge(&query);
    // With all it needs, so that more than the refusals is seen.
    for query in [query.clone(), format!("hub.mode=subscribe&hub.verify_token=token&{query}").into()] {
        if let Ok(challenge) = webhook.challenge(&query) {
            assert!(query.contains("token") || query.contains('%'), "{query}");
            assert!((1..=256).contains(&challenge.len()));
            assert!(
                challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                "{challenge}"
            );
        }
    }
}

/// Any body: every event is made of bytes of it, and every message and status of it is in an event.
pub(crate) fn envelope(data: &[u8]) {
    let webhook = Webhook::new(FIRST, "token").unwrap();
    let read = webhook.read(data, webhook.sign(data).as_str());
    assert_eq!(read.is_ok(), Delivery::unverified(data).is_ok());
    if let Ok(delivery) = read {
        consistent(&delivery, data);
    }
    // A line break in it takes a body apart piece by piece, which without one may be read in one pass.
    let line: Vec<u8> = data.split(|byte| *byte == b'\n').flat_map(<[u8]>::trim_ascii).copied().collect();
    let lines = [&line[..], b"\n"].concat();
    assert_eq!(Delivery::unverified(&line).ok(), Delivery::unverified(&lines).ok());
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    // Written anew, no name is given twice, and every item has but one spelling.
    let (compact, pretty) = (value.to_string(), format!("{value:#}"));
    let Ok(delivery) = Delivery::unverified(compact.as_bytes()) else { return };
    consistent(&delivery, compact.as_bytes());
    let mut left: Vec<&str> = delivery.events().iter().map(Event::raw).collect();
    for item in items(&value) {
        let item = item.to_string();
        let place = left.iter().position(|raw| *raw == item);
        left.swap_remove(place.unwrap_or_else(|| panic!("{item} is lost")));
    }
    let again = Delivery::unverified(pretty.as_bytes()).expect("it is the same, but for white space");
    assert_eq!(delivery.len(), again.len());
    let keys = |delivery: &Delivery| delivery.events().iter().map(Event::key).collect::<Vec<_>>();
    assert_eq!(keys(&delivery), keys(&again), "a key depends on white space");
}

/// The messages and statuses of a body, found the slow way.
fn items(body: &Value) -> impl Iterator<Item = &Value> {
    let changes = list(body, "entry").flat_map(|entry| list(entry, "changes"));
    let values = changes.filter(|change| change["field"] == "messages").map(|change| &change["value"]);
    values.flat_map(|value| list(value, "messages").chain(list(value, "statuses")))
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[name].as_array().into_iter().flatten()
}

/// What holds of everything that was read.
fn consistent(delivery: &Delivery, body: &[u8]) {
    let body = std::str::from_utf8(body).expect("what was read is UTF-8");
    assert!(delivery.len() <= Webhook::MAX_EVENTS);
    for event in delivery {
        assert!(body.contains(event.raw()), "the JSON is not as it came");
        serde_json::from_str::<&RawValue>(event.raw()).expect("it is JSON");
        assert!(!event.key().is_empty());
        let _ = (format!("{event:?}"), event.timestamp(), event.contact(), event.field().len());
    }
}

/// Any item in the place of a message: its siblings are read, and it is kept byte for byte.
pub(crate) fn message(data: &[u8]) {
    let siblings = item("messages", MESSAGE, data);
    assert!(siblings.iter().all(|event| matches!(event, Event::Message(_))), "{siblings:?}");
}

/// The same in the place of a status.
pub(crate) fn status(data: &[u8]) {
    let siblings = item("statuses", STATUS, data);
    assert!(siblings.iter().all(|event| matches!(event, Event::Status(_))), "{siblings:?}");
}

/// Gives what became of the good siblings of an item.
fn item(list: &str, good: &str, data: &[u8]) -> Vec<Event> {
    let head =
        format!(r#"{{"entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"{list}":[{good},"#);
    let tail = format!(",{good}]}}}}]}}]}}");
    let Ok(item) = serde_json::from_slice::<&RawValue>(data) else {
        let _ = Delivery::unverified(&[head.as_bytes(), data, tail.as_bytes()].concat());
        return Vec::new();
    };
    let Some(delivery) = read(format!("{head}{}{tail}", item.get()).as_bytes()) else { return Vec::new() };
    let raws: Vec<&str> = delivery.events().iter().map(Event::raw).collect();
    assert_eq!(raws, [good, item.get(), good]);
    delivery.into_iter().step_by(2).collect()
}

/// The name of a field, a tab, a value: a change of any other kind is kept, and leaves its sibling alone.
pub(crate) fn field(data: &[u8]) {
    let (field, value) = parts(data);
    let field = Value::from(String::from_utf8_lossy(field)).to_string();
    let Ok(value) = serde_json::from_slice::<&RawValue>(value) else { return };
    let good = format!(r#"{{"field":"messages","value":{{"messages":[{MESSAGE}]}}}}"#);
    let body = format!(
        r#"{{"entry":[{{"id":"1","changes":[{{"field":{field},"value":{}}},{good}]}}]}}"#,
        value.get()
    );
    let Some(delivery) = read(body.as_bytes()) else { return };
    assert!(delivery.len() >= 2, "a change vanished: {body}");
    let last = delivery.events().last().unwrap();
    assert!(matches!(last, Event::Message(_)) && last.raw() == MESSAGE, "{body}");
}

/// Reads a body that is an envelope for sure; nothing when it is one of those that are refused for their depth.
fn read(body: &[u8]) -> Option<Delivery> {
    match Delivery::unverified(body) {
        Ok(delivery) => {
            consistent(&delivery, body);
            Some(delivery)
        }
        Err(error) => {
            assert!(error.to_string().contains("nested too deep"), "{error}: {}", body.escape_ascii());
            None
        }
    }
}

/// The JSON of a message of ours: what is read of it is written so that the same is read again.
pub(crate) fn outgoing(data: &[u8]) {
    let Ok(message) = serde_json::from_slice::<Message>(data) else { return };
    let json = serde_json::to_string(&message).expect("what was read can be written");
    let again: Message = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(again, message, "{json}");
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
    let _ = (message.validate().is_ok(), format!("{message:?}"));
}

/// What stands before the first tab, and what stands behind it.
fn parts(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\t') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
