//! Bodies in which something is missing, malformed or new: nothing is lost and nothing falls over.

use super::{envelope, fixture, fixtures, message, only, read, text, unknown, webhook};
use serde_json::Value;
use whatsapp_business::{
    ErrorKind, Webhook,
    webhook::{Delivery, Event, Inbound, PricingKind, StatusKind},
};

/// What the error says of a body that is refused.
fn refused(body: &[u8]) -> String {
    let error = webhook().read(body, webhook().sign(body).as_str()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Envelope(_)), "{error:?}");
    assert_eq!(Delivery::unverified(body).unwrap_err().to_string(), error.to_string());
    error.to_string()
}

fn ids(delivery: &Delivery) -> Vec<String> {
    delivery.events().iter().map(Event::key).filter(|key| !key.starts_with("raw:")).collect()
}

#[test]
fn a_poisoned_item_leaves_its_siblings_alone_wherever_it_stands() {
    for poison in [
        "null",
        "5",
        "[]",
        r#""text""#,
        "{}",
        r#"{"id":"","timestamp":"1"}"#,
        r#"{"id":"wamid.bad"}"#,
        r#"{"id":"wamid.bad","timestamp":"private"}"#,
        r#"{"id":"wamid.bad","timestamp":"1","timestamp":"2","type":"text"}"#,
        r#"{"id":{},"timestamp":"1","type":"text"}"#,
        r#"{"id":"\ud800","timestamp":"1","status":"sent"}"#,
        r#"{"id":"wamid.bad","timestamp":"1e400","status":5}"#,
        r#"{"id":"wamid.bad","timestamp":1e400,"status":"sent"}"#,
    ] {
        for place in 0..=3 {
            let mut messages: Vec<_> = (0..3).map(|n| text(&format!("wamid.{n}"), "Hello")).collect();
            messages.insert(place, poison.to_owned());
            let status = |n| format!(r#"{{"id":"wamid.{n}","timestamp":"1","status":"sent"}}"#);
            let mut statuses: Vec<_> = (0..3).map(status).collect();
            statuses.insert(place, poison.to_owned());
            let body = envelope(&format!(
                r#""messages":[{}],"statuses":[{}]"#,
                messages.join(","),
                statuses.join(",")
            ));
            let delivery = read(&body);
            assert_eq!(delivery.len(), 8, "{poison} at {place}");
            let alive = ["msg:wamid.0", "msg:wamid.1", "msg:wamid.2"].map(str::to_owned).into_iter();
            let alive = alive.chain((0..3).map(|n| format!("status:wamid.{n}:sent:1")));
            assert_eq!(ids(&delivery), alive.collect::<Vec<_>>(), "{poison} at {place}");
            for event in [&delivery.events()[place], &delivery.events()[4 + place]] {
                let Event::Unknown(event) = event else { panic!("{poison} at {place}") };
                assert_eq!(event.raw(), poison);
                assert!(
                    event.reason().is_some_and(|reason| !reason.contains("private")),
                    "{:?}",
                    event.reason()
                );
                assert_eq!(event.phone_number_id.as_ref().unwrap().as_str(), "2");
                assert_eq!(event.account_id.as_ref().unwrap().as_str(), "1");
            }
        }
    }
}

#[test]
fn content_that_cannot_be_read_leaves_its_message_alone() {
    for (kind, content) in [
        ("text", r#""text":{"body":5}"#),
        ("text", r#""text":{}"#),
        ("text", r#""text":null"#),
        ("text", r#""text":"private""#),
        ("text", r#""image":{"id":"1"}"#),
        ("image", r#""image":{"caption":"private"}"#),
        ("reaction", r#""reaction":{"emoji":"private"}"#),
        ("interactive", r#""interactive":{}"#),
        ("interactive", r#""interactive":{"type":"button_reply"}"#),
        ("interactive", r#""interactive":{"type":"list_reply","list_reply":{"title":"private"}}"#),
    ] {
        let item =
            format!(r#"{{"id":"wamid.1","timestamp":1,"from":"10005550101","type":"{kind}",{content}}}"#);
        let Event::Message(message) = only(&envelope(&format!(r#""messages":[{item}]"#))) else {
            panic!("{item}")
        };
        assert_eq!((message.id.as_str(), message.kind()), ("wamid.1", kind));
        let Inbound::Unknown(unknown) = &message.content else { panic!("{item}") };
        assert!(unknown.reason().is_some_and(|reason| !reason.contains("private")), "{:?}", unknown.reason());
        assert_eq!(unknown.raw(), item);
    }
}

#[test]
fn odd_optional_members_leave_their_item_alone() {
    let odd = r#""context":5,"errors":"private","from":null,"from_user_id":"","group_id":null"#;
    let item = format!(r#"{{"id":1,"timestamp":1,"type":"text","text":{{"body":"Hello"}},{odd}}}"#);
    let Event::Message(message) = only(&envelope(&format!(r#""contacts":[7],"messages":[{item}]"#))) else {
        panic!()
    };
    assert_eq!((message.id.as_str(), message.text()), ("1", Some("Hello")));
    assert!(message.from.is_none() && message.from_user_id.is_none() && message.group_id.is_none());

    let odd = r#""pricing":{"category":[7],"type":"regular"},"conversation":7,"errors":[5,{"code":"131026"}],"recipient_id":1"#;
    let item = format!(r#"{{"id":"wamid.1","timestamp":"1","status":"failed",{odd}}}"#);
    let Event::Status(status) = only(&envelope(&format!(r#""contacts":{{}},"statuses":[{item}]"#))) else {
        panic!()
    };
    assert_eq!(status.recipient_id.unwrap().as_str(), "1");
    let pricing = status.pricing.unwrap();
    assert_eq!((pricing.category, pricing.kind), (None, Some(PricingKind::Regular)));
    assert!(status.conversation.is_none());
    assert_eq!(status.errors.last().unwrap().code, 131_026);
}

/// Every place in a body, by its pointer.
pub(super) fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        let at = format!("{at}/{name}");
        places(child, &at, out);
        out.push(at);
    }
}

pub(super) fn without(body: &Value, at: &str, replacement: Option<Value>) -> String {
    let (parent, name) = at.rsplit_once('/').unwrap();
    let mut body = body.clone();
    match (body.pointer_mut(parent).unwrap(), replacement) {
        (Value::Object(members), None) => drop(members.remove(name)),
        (Value::Array(items), None) => drop(items.remove(name.parse().unwrap())),
        (parent, Some(value)) => {
            let slot = if parent.is_array() {
                &mut parent[name.parse::<usize>().unwrap()]
            } else {
                &mut parent[name]
            };
            *slot = value;
        }
        (other, None) => panic!("{other}"),
    }
    body.to_string()
}

#[test]
fn raw_json_is_kept_byte_for_byte() {
    for (name, body) in fixtures() {
        for event in read(body) {
            let raw = event.raw();
            assert!(body.contains(raw), "{name}");
            assert!(raw.starts_with('{') && raw.ends_with('}'), "{name}");
        }
    }
    let item = "{ \"id\" : \"wamid.1\",\r\n\t\"timestamp\":1.0e0,\"new\":[1E5,-0, 18446744073709551616,\"\\/\\u00e4\\ud800\"] }";
    let event = unknown(&envelope(&format!("\"messages\": [ \n{item}\t]")));
    assert_eq!(event.raw(), item);
}

#[test]
fn new_spellings_and_types_survive() {
    let item = r#"{"id":"wamid.1","timestamp":"1","status":"teleported","pricing":{"category":"gold","type":"regular"}}"#;
    let Event::Status(status) = only(&envelope(&format!(r#""statuses":[{item}]"#))) else { panic!() };
    assert!(matches!(status.status, StatusKind::Unknown(_)));
    assert_eq!(status.status.as_str(), "teleported");
    assert_eq!(status.pricing.as_ref().unwrap().category.as_ref().unwrap().as_str(), "gold");
    assert_eq!(status.raw(), item);

    let item = r#"{"id":"wamid.1","timestamp":"1","type":"hologram","hologram":{"depth":3}}"#;
    let Event::Message(message) = only(&envelope(&format!(r#""messages":[{item}]"#))) else { panic!() };
    assert_eq!((message.kind(), message.raw()), ("hologram", item));
}

#[test]
fn what_stands_beside_the_messages_is_not_lost() {
    let messages = format!(r#""messages":[{}]"#, text("wamid.1", "Hello"));
    for more in [
        r#""holograms":[{"id":1}]"#,
        r#""hologram":{"id":1}"#,
        r#""errors":{"code":1}"#,
        r#""statuses":{"0":{}}"#,
    ] {
        for body in [format!("{messages},{more}"), format!("{more},{messages}")] {
            let delivery = read(&envelope(&body));
            assert_eq!(delivery.len(), 2, "{body}");
            assert_eq!(delivery.events()[0].key(), "msg:wamid.1");
            assert!(delivery.events()[1].raw().contains(more), "{body}");
        }
    }
    for nothing in [
        r#""holograms":[]"#,
        r#""hologram":{}"#,
        r#""version":"2""#,
        r#""statuses":null"#,
        r#""statuses":"""#,
    ] {
        assert_eq!(only(&envelope(&format!("{messages},{nothing}"))).key(), "msg:wamid.1", "{nothing}");
    }
}

#[test]
fn a_change_never_vanishes() {
    let entry = |entry: &str| format!(r#"{{"object":"whatsapp_business_account","entry":[{entry}]}}"#);
    for (body, raw) in [
        (envelope(r#""messages":[]"#), r#"{"metadata":{"phone_number_id":"2"},"messages":[]}"#),
        (entry(r#"{"id":"1","changes":[{"field":"messages","value":null}]}"#), "null"),
        (entry(r#"{"id":"1","changes":[{"field":"messages","value":"text"}]}"#), r#""text""#),
        (entry(r#"{"id":"1","changes":[{"field":"messages"}]}"#), r#"{"field":"messages"}"#),
        (entry(r#"{"id":"1","changes":[{"value":{"a":1}}]}"#), r#"{"a":1}"#),
        (entry(r#"{"id":"1","changes":[5]}"#), "5"),
        (entry(r#"{"id":"1","changes":{}}"#), r#"{"id":"1","changes":{}}"#),
        (entry(r#"{"id":"1","messaging":[{"x":1}]}"#), r#"{"id":"1","messaging":[{"x":1}]}"#),
        (entry("null"), "null"),
        (entry("[7]"), "[7]"),
    ] {
        let event = unknown(&body);
        assert_eq!(event.raw(), raw, "{body}");
        // The good ones beside it are not touched.
        let good =
            r#"{"id":"9","changes":[{"field":"messages","value":{"messages":[{"id":"m","timestamp":1}]}}]}"#;
        let both = body.replace(r#""entry":["#, &format!(r#""entry":[{good},"#));
        assert_eq!(ids(&read(&both)), ["msg:m"], "{both}");
    }
}

#[test]
fn a_missing_field_is_told_by_the_value() {
    let body = fixture("message_text").replace(r#""field""#, r#""fields""#);
    assert!(matches!(only(&body), Event::Message(_)));
}

#[test]
fn an_envelope_without_entries_holds_nothing() {
    for body in [
        r#"{"object":"whatsapp_business_account","entry":[]}"#,
        r#"{"object":"whatsapp_business_account","entry":null}"#,
        r#"{"object":"whatsapp_business_account"}"#,
        r#"{"object":"page","entry":[{"id":"1","changes":[]}]}"#,
    ] {
        assert!(read(body).is_empty(), "{body}");
    }
}

#[test]
fn what_is_no_envelope_is_refused_without_a_word_of_it() {
    for body in [
        "",
        " ",
        "private",
        "5",
        "null",
        "[]",
        r#""private""#,
        r#"["private",[]]"#,
        "{}",
        r#"{"private":1}"#,
        r#"{"entry":"private"}"#,
        r#"{"entry":{"private":1}}"#,
        r#"{"entry":[]} private"#,
        r#"{"entry":[}"#,
        r#"{"entry":["#,
        r#"{"entry":[],"entry":[]}"#,
        r#"{"entry":[{"changes":[{"value":{"messages":[{"private"]}}]}]}"#,
        "{'entry':[]}",
        "\u{feff}{\"entry\":[]}",
    ] {
        assert!(!refused(body.as_bytes()).contains("private"), "{body}");
    }
    assert!(refused(b"{\"entry\":[],\"\xff\":1}").contains("UTF-8"));
}

#[test]
fn half_a_surrogate_harms_nobody() {
    let contact = r#"{"wa_id":"10005550101","profile":{"name":"A\ud83d"}}"#;
    let messages = [text("wamid.1", r"cut \ud83d"), text("wamid.2", "whole")].join(",");
    let delivery = read(&envelope(&format!(r#""contacts":[{contact}],"messages":[{messages}]"#)));
    let texts: Vec<_> = delivery
        .events()
        .iter()
        .map(|event| {
            let Event::Message(message) = event else { panic!("{event:?}") };
            assert_eq!(message.contact.as_ref().unwrap().name.as_deref(), Some("A\u{fffd}"));
            message.text().unwrap()
        })
        .collect();
    assert_eq!(texts, ["cut \u{fffd}", "whole"]);
    assert!(delivery.events()[0].raw().contains(r"\ud83d"), "the raw JSON is as it came");
}

#[test]
fn nesting_has_a_limit_and_a_million_levels_do_no_harm() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let item = |depth: usize| format!(r#"{{"id":"m","timestamp":1,"type":"x","x":{}}}"#, nested(depth - 1));
    let body = |item: &str| envelope(&format!(r#""messages":[{item}]"#));
    assert_eq!(only(&body(&item(Webhook::MAX_DEPTH))).key(), "msg:m");
    for depth in [Webhook::MAX_DEPTH + 1, 1_000_000] {
        let aside = |body: &str, raw: &str| {
            let event = unknown(body);
            assert!(event.reason().is_some_and(|reason| reason.contains("nested")), "{:?}", event.reason());
            assert_eq!(event.raw(), raw);
            event
        };
        let event = aside(&body(&item(depth)), &item(depth));
        assert_eq!(event.field(), "messages");
        assert_eq!(event.phone_number_id.unwrap().as_str(), "2");
        assert_eq!(event.account_id.unwrap().as_str(), "1");
        aside(&body(&nested(depth)), &nested(depth));
        let holograms = format!(r#"{{"metadata":{{"phone_number_id":"2"}},"holograms":{}}}"#, nested(depth));
        aside(&envelope(&format!(r#""holograms":{}"#, nested(depth))), &holograms);
        aside(&format!(r#"{{"field":"other","value":{}}}"#, nested(depth)), &nested(depth));
        let beside = format!(r#"{{"entry":[],"aside":{}}}"#, nested(depth));
        assert!(read(&beside).is_empty(), "what is not kept may be as deep as it likes");
    }
}

#[test]
fn what_is_nested_too_deep_leaves_its_siblings_alone() {
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let odd = format!(r#"{{"id":"wamid.bad","timestamp":"1","type":"x","status":"sent","x":{deep}}}"#);
    let edits = format!(
        r#"{{"id":"wamid.bad","timestamp":"1","type":"edit","edit":{}5{}}}"#,
        r#"{"original_message_id":"m","message":{"type":"edit","edit":"#.repeat(5000),
        "}}".repeat(5000)
    );
    let status = r#"{"id":"wamid.1","timestamp":"1","status":"sent"}"#;
    for bad in [&odd, &edits] {
        let delivery = read(&envelope(&format!(
            r#""messages":[{bad},{}],"statuses":[{status},{bad}],"errors":[{bad},{{"code":1}}],"user_actions":[{bad},{{"action_type":"x"}}]"#,
            text("wamid.1", "Hello")
        )));
        let is_aside: Vec<_> = delivery.events().iter().map(|e| matches!(e, Event::Unknown(_))).collect();
        assert_eq!(is_aside, [true, false, false, true, true, false, true, false]);
        for event in delivery.events().iter().filter(|event| matches!(event, Event::Unknown(_))) {
            assert_eq!(event.raw(), bad);
        }
        assert_eq!(ids(&delivery)[..2], ["msg:wamid.1", "status:wamid.1:sent:1"]);
    }
}

#[test]
fn a_body_of_the_largest_size_is_read_and_a_larger_one_is_not() {
    let item = text("wamid.1", &"x".repeat(200));
    let count = 3 * 1024 * 1024 / (item.len() + 1);
    let items = vec![item.as_str(); count].join(",");
    assert_eq!(read(&envelope(&format!(r#""messages":[{items}]"#))).len(), count);

    let mut body = fixture("message_text");
    body.push_str(&" ".repeat(Webhook::MAX_BODY - body.len()));
    assert_eq!(read(&body).len(), 1);
    body.push(' ');
    assert!(refused(body.as_bytes()).contains("larger than 3211264 bytes"));
}

#[test]
fn a_body_of_too_many_events_is_refused() {
    let body = |count: usize| envelope(&format!(r#""messages":[{}]"#, vec!["0"; count].join(",")));
    assert_eq!(read(&body(Webhook::MAX_EVENTS)).len(), Webhook::MAX_EVENTS);
    assert!(refused(body(Webhook::MAX_EVENTS + 1).as_bytes()).contains("too many"));
    assert!(refused(body(1_000_000).as_bytes()).contains("too many"));
}

#[test]
fn nobody_is_named_in_debug_output() {
    let private =
        ["Customer 1", "customer_1", "10005550101", "US.1000000000000001", "wamid.MESSAGE", "wamid.OURS"];
    let said = [
        "red one",
        "roof",
        "Keep",
        "Tuesday",
        "stop-offers",
        "lookaside",
        "attempt-1",
        "Garden",
        "37.44",
        "Forest",
        "Silva",
        "Lucky Shrub",
        "shrub.example",
        "94025",
        "0177",
        "VCARD",
        "\u{1f44d}",
        "Mumbai",
        "400063",
        "order-1",
        "pay-1",
        "refund-1",
        "receipt-1",
        "blue",
        "0042",
        "cred-1",
        "ref-1",
        "Survey",
        "succulents",
        "Chat with us",
        "Aff-n8",
        "DF2lS5v2",
        "81234567890123",
        "changed",
        "refused",
        "tracking_token",
        "di9ozbzfi4",
        "Hi there",
        "flow_token",
        "10005550199",
    ];
    let written = [
        "192.0.2.1",
        "from-newsletter",
        "order-42",
        "wacid.",
        "Miller",
        "roof",
        "Roof",
        "Photos",
        "chat.whatsapp.com",
        "on our way",
        "We are late",
        "Good morning",
        "wamid.HISTORY",
        "wamid.ECHO",
        "ARAkLkA8",
        "marketing messages",
    ];
    for (name, body) in fixtures() {
        let shown = format!("{:?}", read(body));
        for word in private.iter().chain(&said).chain(&written) {
            assert!(!shown.contains(word), "{name} shows {word}: {shown}");
        }
    }
    let shown = format!("{:?}", message("message_text"));
    assert!(shown.contains("106540352242922") && shown.contains("Text"), "{shown}");
}
