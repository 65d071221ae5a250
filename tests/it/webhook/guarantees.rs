//! What the reader of webhooks guarantees, each on invented input.
//!
//! | | | tested |
//! |---|---|---|
//! | P1 | what was signed verifies; with any bit changed, or cut or drawn out, it does not | here |
//! | P2 | of several secrets, the one that signed is found | here |
//! | P3 | no bytes make it panic, or take more than time in proportion | here, and in `fuzzed.rs` |
//! | P4 | what is new anywhere is kept byte for byte and disturbs nothing | here |
//! | P5 | no event is lost and none invented | in `properties.rs` |
//! | P6 | different things have different keys, and the same thing the same however its JSON is written | here, and in `properties.rs` |

use super::{SECRET, envelope, fixtures, read, text, webhook};
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use whatsapp_business::{
    AppSecret, Webhook,
    webhook::{Delivery, Event, Inbound, StatusKind},
};

fn verifier(secrets: &[String]) -> Webhook {
    let first = Webhook::new(&secrets[0], "verify-token").unwrap();
    secrets[1..].iter().fold(first, |webhook, next| webhook.also_accept(AppSecret::new(next).unwrap()))
}

/// Secrets that differ from each other.
fn secrets() -> impl Strategy<Value = Vec<String>> {
    prop::collection::hash_set("[!-~]{1,80}", 2..6).prop_map(|secrets| secrets.into_iter().collect())
}

/// JSON that is no list: a list beside the messages would be an event of its own.
fn new_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,10}".prop_map(Value::from),
        "[a-z]{1,5}".prop_map(|name| json!({"deeper": {name: [1, null, {"a": 1.5}]}})),
    ]
}

/// The places of all objects in a body.
fn objects(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            out.push(at.to_owned());
            members.iter().for_each(|(name, value)| objects(value, &format!("{at}/{name}"), out));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| objects(item, &format!("{at}/{n}"), out));
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn p1_what_was_signed_verifies_and_nothing_near_it(
        secret in "[!-~]{1,80}",
        body: Vec<u8>,
        bit: prop::sample::Index,
        length in 0_usize..=200,
        more: u8,
    ) {
        let webhook = verifier(std::slice::from_ref(&secret));
        let good = webhook.sign(&body);
        prop_assert_eq!(webhook.verify(&body, Some(&good)).unwrap(), 0);

        let flip = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let bit = bit.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        };
        if !body.is_empty() {
            prop_assert!(webhook.verify(&flip(&body), Some(&good)).is_err());
            prop_assert!(webhook.verify(&body[..bit.index(body.len())], Some(&good)).is_err());
        }
        prop_assert!(webhook.verify(&[&body[..], &[more]].concat(), Some(&good)).is_err());
        if let Ok(flipped) = String::from_utf8(flip(good.as_bytes())) {
            // The bit that tells upper from lower case changes no digit.
            let is_the_same = flipped.starts_with("sha256=") && flipped.eq_ignore_ascii_case(&good);
            prop_assert_eq!(webhook.verify(&body, Some(&flipped)).is_ok(), is_the_same);
        }
        if let Some(Ok(other)) = String::from_utf8(flip(secret.as_bytes())).ok().map(|s| Webhook::new(s, "t")) {
            prop_assert!(other.verify(&body, Some(&good)).is_err());
        }
        let resized: String = good.chars().chain("0123456789abcdef".chars().cycle()).take(length).collect();
        prop_assert_eq!(webhook.verify(&body, Some(&resized)).is_ok(), length == good.len());
    }

    #[test]
    fn p2_of_several_secrets_the_one_that_signed_is_found(secrets in secrets(), body: Vec<u8>) {
        let (stranger, known) = secrets.split_last().unwrap();
        let webhook = verifier(known);
        for (place, secret) in known.iter().enumerate() {
            let signature = verifier(std::slice::from_ref(secret)).sign(&body);
            prop_assert_eq!(webhook.verify(&body, Some(&signature)).unwrap(), place);
        }
        let signature = verifier(std::slice::from_ref(stranger)).sign(&body);
        prop_assert!(webhook.verify(&body, Some(&signature)).is_err());
    }

    #[test]
    fn p3_no_bytes_and_no_header_make_it_panic(body: Vec<u8>, header in ".*", json in "[\\[\\]{}\":,a-z0-9\\\\ ]*") {
        for body in [&body[..], json.as_bytes()] {
            let _ = webhook().read(body, header.as_str());
            let _ = webhook().read(body, webhook().sign(body).as_str());
        }
    }

    #[test]
    fn p4_a_new_member_anywhere_is_kept_and_disturbs_nothing(
        which: prop::sample::Index,
        place: prop::sample::Index,
        name in "[a-z]{1,8}",
        value in new_value(),
    ) {
        let (name, (file, body)) = (format!("zz_{name}"), which.get(fixtures()));
        let mut body: Value = serde_json::from_str(body).unwrap();
        let mut places = Vec::new();
        objects(&body, "", &mut places);
        let at = place.get(&places);
        let before = read(&body.to_string());
        body.pointer_mut(at).unwrap()[&name] = value.clone();
        let body = body.to_string();
        let mut after = read(&body).into_events();
        // An object beside the items is kept with the value it stands in.
        if after.len() > before.len() && value.is_object() {
            let is_whole = |event: &Event| matches!(event, Event::Unknown(whole) if whole.raw().contains(&name));
            after.remove(after.iter().position(is_whole).unwrap());
        }
        prop_assert_eq!(after.len(), before.len(), "{} in {}", at, file);
        for (before, after) in before.events().iter().zip(&after) {
            prop_assert_eq!(std::mem::discriminant(before), std::mem::discriminant(after), "{} in {}", at, file);
            prop_assert!(body.contains(after.raw()));
            if matches!(before, Event::Message(_) | Event::Status(_)) {
                prop_assert_eq!(before.key(), after.key());
            }
        }
        if at.contains("/messages/") || at.contains("/statuses/") {
            let member = format!("{}:{value}", json!(name));
            prop_assert!(after.iter().any(|event| event.raw().contains(&member)), "{} in {}", at, file);
        }
    }

    #[test]
    fn p4_a_new_type_or_spelling_is_kept_and_disturbs_nothing(kind in "new_[a-z]{1,8}", content in new_value()) {
        let message = json!({"id": "wamid.1", "timestamp": "1", "type": kind, &kind: content}).to_string();
        let status = json!({"id": "wamid.1", "timestamp": "1", "status": kind, "pricing": {"category": kind}});
        let status = status.to_string();
        let body = envelope(&format!(r#""messages":[{message}],"statuses":[{status}]"#));
        let events = read(&body).into_events();
        let [Event::Message(new), Event::Status(newer)] = &events[..] else { panic!("{events:?}") };
        prop_assert!(matches!(&new.content, Inbound::Unknown(unknown) if unknown.reason().is_none()));
        prop_assert_eq!((new.kind(), new.raw()), (&*kind, &*message));
        prop_assert!(matches!(newer.status, StatusKind::Unknown(_)));
        prop_assert_eq!((newer.status.as_str(), newer.raw()), (&*kind, &*status));
        prop_assert_eq!(newer.pricing.as_ref().unwrap().category.as_ref().unwrap().as_str(), &*kind);

        let body = body.replace(r#""field":"messages""#, &format!(r#""field":"{kind}""#));
        let events = read(&body).into_events();
        let [Event::Unknown(unknown)] = &events[..] else { panic!("{events:?}") };
        prop_assert_eq!(unknown.field(), &*kind);
        prop_assert!(unknown.reason().is_none() && unknown.raw().contains(&message));
    }

    #[test]
    fn p6_different_things_have_different_keys(
        parts in prop::collection::hash_set(("[a-b:%]{1,3}", prop::option::of("[a-b:%]{1,3}"), 1_u32..3), 1..40),
    ) {
        let items = parts.iter().map(|(id, status, time)| match status {
            None => json!({"id": id, "timestamp": time, "type": "text"}),
            Some(status) => json!({"id": id, "timestamp": time, "status": status}),
        });
        let (messages, statuses): (Vec<_>, Vec<_>) = items.partition(|item| item.get("status").is_none());
        let value = json!({"messages": messages, "statuses": statuses});
        let mut seen = HashMap::new();
        for event in read(&json!({"field": "messages", "value": value}).to_string()) {
            // What a thing is: a message its id alone, a status that and what became of it when.
            let thing = match &event {
                Event::Message(message) => (message.id.to_string(), None),
                Event::Status(status) => {
                    (status.id.to_string(), Some((status.status.as_str().to_owned(), status.timestamp)))
                }
                other => panic!("{other:?}"),
            };
            let other = seen.insert(event.key(), thing.clone());
            prop_assert!(other.is_none_or(|other| other == thing));
        }
        let messages = parts.iter().filter(|part| part.1.is_none()).map(|part| &part.0);
        let ids = messages.collect::<std::collections::HashSet<_>>().len();
        prop_assert_eq!(seen.len(), ids + statuses.len());
    }
}

#[test]
fn p3_time_grows_no_faster_than_the_body() {
    const SIZE: usize = 3 * 1024 * 1024;
    let filled =
        |item: &str, around: fn(String) -> String| around(vec![item; SIZE / (item.len() + 1)].join(","));
    let messages = |items: String| envelope(&format!(r#""messages":[{items}]"#));
    let bodies = [
        ("brackets", "[".repeat(SIZE)),
        ("objects", r#"{"a":"#.repeat(SIZE / 5)),
        ("an object of brackets", format!(r#"{{"entry":{}"#, "[".repeat(SIZE))),
        ("backslashes", format!(r#"{{"entry":["{}"]}}"#, "\\".repeat(SIZE))),
        ("one text", messages(text("wamid.1", &"x".repeat(SIZE)))),
        ("one text of escapes", messages(text("wamid.1", &r"\u00e4".repeat(SIZE / 6)))),
        ("one text of lone surrogates", messages(text("wamid.1", &r"\ud83d".repeat(SIZE / 6)))),
        (
            "messages",
            filled(&text("wamid.1", "Hello"), |items| envelope(&format!(r#""messages":[{items}]"#))),
        ),
        (
            "messages without anything",
            filled(&format!("{{{}}}", " ".repeat(80)), |items| envelope(&format!(r#""messages":[{items}]"#))),
        ),
        (
            "people",
            filled(r#"{"wa_id":"14155550123"}"#, |items| envelope(&format!(r#""contacts":[{items}]"#))),
        ),
        (
            "lists of messages",
            filled(&format!(r#""messages":[{}]"#, text("wamid.1", "Hello")), |items| envelope(&items)),
        ),
        ("entries", filled(r#"{"id":"1","changes":[]}"#, |items| format!(r#"{{"entry":[{items}]}}"#))),
        (
            "entries that are none",
            filled(&" ".repeat(80), |items| format!(r#"{{"entry":[{}]}}"#, items.replace(',', "0,"))),
        ),
        (
            "changes",
            filled(&format!(r#"{{"field":"x","value":[{}]}}"#, "0,".repeat(40)), |items| {
                format!(r#"{{"entry":[{{"id":"1","changes":[{}]}}]}}"#, items.replace(",]", "]"))
            }),
        ),
        ("names", filled(r#""a":1"#, |items| format!("{{{items}}}"))),
        ("digits", messages(format!(r#"{{"id":{},"timestamp":1}}"#, "9".repeat(SIZE)))),
    ];
    let mut counts = Vec::new();
    for (what, body) in &bodies {
        assert!(body.len() <= Webhook::MAX_BODY, "{what} is too large: {}", body.len());
        let start = Instant::now();
        let read = Delivery::unverified(body.as_bytes());
        let keys = read.iter().flat_map(Delivery::events).map(Event::key).count();
        // Ten times what it takes in a debug build; what grows with the square would take a minute or a day.
        assert!(start.elapsed() < Duration::from_secs(10), "{what}: {:?}", start.elapsed());
        counts.push(keys);
    }
    assert!(counts.iter().filter(|count| **count > 10_000).count() >= 3, "they are read: {counts:?}");
    let signature = webhook().accept_unescaped(true);
    let body = "\u{4f60}".repeat(Webhook::MAX_BODY / 3);
    let start = Instant::now();
    assert!(signature.verify(body.as_bytes(), Some(&Webhook::new("x", SECRET).unwrap().sign(b""))).is_err());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
