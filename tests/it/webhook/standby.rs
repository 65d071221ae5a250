//! What happens in conversations that another app answers.

use super::{fixture, only, read, unknown};
use std::collections::HashSet;
use whatsapp_business::{
    Message,
    message::Content,
    time::Timestamp,
    webhook::{Event, Standby, StandbyEcho, StatusKind},
};

fn standby(event: &Event) -> &Standby {
    match event {
        Event::Standby(standby) => standby,
        other => panic!("{other:?}"),
    }
}

fn echoes() -> Vec<StandbyEcho> {
    let echo = |event: Event| match standby(&event) {
        Standby::Echo(echo) => echo.clone(),
        other => panic!("{other:?}"),
    };
    read(&fixture("standby_echo")).into_iter().map(echo).collect()
}

fn body(members: &str) -> String {
    format!(
        r#"{{"entry":[{{"id":"1","changes":[{{"field":"standby","value":{{"metadata":{{"phone_number_id":"2"}},{members}}}}}]}}]}}"#
    )
}

#[test]
fn a_message_to_another_app_is_not_taken_for_one_to_us() {
    let event = only(&fixture("standby_message"));
    let Standby::Message(message) = standby(&event) else { panic!("{event:?}") };
    assert_eq!(message.text(), Some("Is the red one still there?"));
    assert_eq!(message.from.as_ref().unwrap().as_str(), "14155550123");
    assert_eq!(event.key(), "standby:msg:wamid.MESSAGE00000001");
    assert_eq!(event.field(), "standby");
    assert_eq!(event.phone_number_id().unwrap().as_str(), "106540352242922");
    assert_eq!(event.account_id().unwrap().as_str(), "102290129340398");
    assert_eq!(event.timestamp(), Some(Timestamp::from_seconds(1_700_000_001)));
    assert_eq!(event.contact().unwrap().name.as_deref(), Some("Customer 1"));
    assert!(fixture("standby_message").contains(event.raw()));
}

#[test]
fn a_status_of_another_apps_message_is_not_taken_for_one_of_ours() {
    let event = only(&fixture("standby_status"));
    let Standby::Status(status) = standby(&event) else { panic!("{event:?}") };
    assert_eq!((&status.status, status.id.as_str()), (&StatusKind::Delivered, "wamid.THEIRS00000001"));
    assert_eq!(event.key(), "standby:status:wamid.THEIRS00000001:delivered:1700000101");
    assert_eq!(event.phone_number_id().unwrap().as_str(), "106540352242922");
    assert_eq!(event.contact().unwrap().name.as_deref(), Some("Customer 1"));
}

#[test]
fn what_another_app_sent_reads_as_a_message() {
    let [text, template] = &echoes()[..] else { panic!() };
    assert_eq!(
        (text.id.as_str(), text.timestamp),
        ("wamid.THEIRS00000001", Timestamp::from_seconds(1_700_000_100))
    );
    assert_eq!(text.phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
    assert_eq!(text.display_phone_number.as_deref(), Some("10005550100"));
    assert_eq!((text.template(), text.flow()), (None, None));
    let sent: Message = serde_json::from_str(text.message()).unwrap();
    assert!(matches!(sent.content(), Content::Text(_)), "{sent:?}");

    let sent: Message = serde_json::from_str(template.message()).unwrap();
    assert!(matches!(sent.content(), Content::Template(_)), "{sent:?}");
    assert!(template.template().unwrap().contains("\"status\": \"APPROVED\""));
    assert!(template.flow().unwrap().contains("\"Booking\""));
    let keys: Vec<_> = read(&fixture("standby_echo")).events().iter().map(Event::key).collect();
    assert_eq!(keys, ["standby:echo:wamid.THEIRS00000001", "standby:echo:wamid.THEIRS00000002"]);
}

#[test]
fn one_item_that_cannot_be_read_leaves_the_others_alone() {
    let good = r#"{"id":"m","timestamp":"1","type":"text","text":{"body":"Hi"}}"#;
    let echo = r#"{"id":"e","timestamp":"1","message":{}}"#;
    let delivery = read(&body(&format!(
        r#""standby":{{"messages":[7,{good}],"statuses":[{{"id":"s"}}],"message_echoes":[{echo},{{"id":"f","timestamp":1}}]}}"#
    )));
    let seen: Vec<_> = delivery
        .events()
        .iter()
        .map(|event| match event {
            Event::Unknown(unknown) => {
                assert!(unknown.reason().is_some() && unknown.field() == "standby", "{event:?}");
                assert_eq!(unknown.phone_number_id.as_ref().unwrap().as_str(), "2");
                unknown.raw()
            }
            other => standby(other).raw(),
        })
        .collect();
    assert_eq!(seen, ["7", good, r#"{"id":"s"}"#, echo, r#"{"id":"f","timestamp":1}"#]);
}

#[test]
fn nothing_of_a_standby_vanishes() {
    for (members, has_reason) in [
        (r#""standby":{}"#, true),
        (r#""standby":{"messages":[]}"#, true),
        (r#""standby":{"messages":5}"#, true),
        (r#""standby":{"holograms":[1]}"#, false),
        (r#""standby":[]"#, true),
        (r#""standby":null"#, true),
        (r#""other":1"#, true),
    ] {
        let event = unknown(&body(members));
        assert!(event.raw().contains(members), "{members}");
        assert_eq!(event.reason().is_some(), has_reason, "{members}");
        assert_eq!(event.phone_number_id.unwrap().as_str(), "2");
    }
    let good = r#"{"id":"m","timestamp":"1","type":"x"}"#;
    for members in [
        format!(r#""standby":{{"messages":[{good}],"holograms":{{"a":1}}}}"#),
        format!(r#""standby":{{"messages":[{good}]}},"errors":[{{"code":1}}]"#),
        format!(r#""standby":{{"messages":[{good}],"statuses":7}}"#),
    ] {
        let delivery = read(&body(&members));
        let keys: HashSet<_> = delivery.events().iter().map(Event::key).collect();
        assert!(keys.len() == 2 && keys.contains("standby:msg:m"), "{members}");
        assert!(delivery.events()[1].raw().contains(&members), "{members}");
    }
    assert_eq!(
        read(&body(&format!(r#""standby":{{"messages":[{good}],"contacts":[],"more":{{}}}}"#))).len(),
        1
    );
}

#[test]
fn nobody_on_standby_is_named_in_debug_output() {
    for name in ["standby_message", "standby_status", "standby_echo"] {
        let shown = format!("{:?}", read(&fixture(name)));
        for word in ["4155550123", "Customer", "red one", "wamid.", "US.1", "order_update", "Booking"] {
            assert!(!shown.contains(word), "{name} shows {word}: {shown}");
        }
    }
}
