//! What holds for every body.

use super::{fixtures, read, webhook};
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};
use std::collections::HashSet;
use whatsapp_business::webhook::{Delivery, Event};

/// Counts the events of a body the slow way.
fn count(body: &Value) -> usize {
    let list = |value: &Value, name: &str| value[name].as_array().map_or(0, Vec::len);
    let changes =
        body["entry"].as_array().unwrap().iter().flat_map(|entry| entry["changes"].as_array().unwrap());
    changes
        .map(|change| {
            let value = &change["value"];
            let lists: &[&str] = match change["field"].as_str() {
                Some("messages") => &["messages", "statuses", "user_actions", "errors"],
                Some("calls") => &["calls", "statuses"],
                _ => return 1,
            };
            let is_known = |name: &str| ["metadata", "contacts"].contains(&name) || lists.contains(&name);
            let more = value.as_object().is_some_and(|members| {
                members.iter().any(|(name, value)| {
                    !is_known(name) && value.as_array().is_some_and(|list| !list.is_empty())
                })
            });
            let items: usize = lists.iter().map(|name| list(value, name)).sum();
            items + usize::from(more || items == 0)
        })
        .sum()
}

fn item() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (any::<u16>(), ".*").prop_map(|(n, text)| json!({
            "id": format!("wamid.{n}"), "timestamp": n.to_string(), "from": n, "type": "text", "text": {"body": text}
        })),
        4 => (any::<u16>(), "sent|delivered|read|[a-z:]{1,8}").prop_map(|(n, status)| json!({
            "id": format!("wamid.{n}"), "timestamp": n, "status": status, "recipient_id": n.to_string()
        })),
        1 => prop_oneof![Just(json!(null)), Just(json!(5)), Just(json!({})), Just(json!([])), Just(json!("x"))],
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let items = || prop::option::of(prop::collection::vec(item(), 0..5));
    (items(), items(), items(), items(), items(), any::<bool>()).prop_map(
        |(messages, statuses, actions, errors, others, metadata)| {
            let mut value = json!({"messaging_product": "whatsapp"});
            if metadata {
                value["metadata"] = json!({"phone_number_id": 7, "display_phone_number": "1"});
            }
            for (name, items) in [
                ("messages", messages),
                ("statuses", statuses),
                ("user_actions", actions),
                ("errors", errors),
                ("holograms", others),
            ] {
                if let Some(items) = items {
                    value[name] = items.into();
                }
            }
            value
        },
    )
}

fn envelope() -> impl Strategy<Value = Value> {
    let value = prop_oneof![6 => value(), 1 => Just(json!(null)), 1 => Just(json!([1]))];
    let field = prop_oneof![4 => Just("messages"), 1 => Just("calls")];
    let change = (field, value).prop_map(|(field, mut value)| {
        // Errors beside a single call belong to it: they are no events.
        if let (true, Some(members)) = (field == "calls", value.as_object_mut()) {
            members.remove("errors");
        }
        json!({"field": field, "value": value})
    });
    let entry = (any::<u32>(), prop::collection::vec(change, 0..4))
        .prop_map(|(id, changes)| json!({"id": id.to_string(), "changes": changes}));
    prop::collection::vec(entry, 0..4)
        .prop_map(|entries| json!({"object": "whatsapp_business_account", "entry": entries}))
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_or_refused(body: Vec<u8>) {
        let _ = webhook().read(&body, webhook().sign(&body).as_str());
    }

    #[test]
    fn a_damaged_body_is_read_or_refused(
        which in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
        cut: bool,
    ) {
        let (_, body) = which.get(fixtures());
        let mut body = body.clone().into_bytes();
        for (place, byte) in damage {
            let place = place.index(body.len());
            // Half of the bytes are such as mean something in JSON.
            body[place] = *b"{}[]\",:\\0u".get(usize::from(byte / 2)).unwrap_or(&byte);
        }
        if cut {
            body.truncate(length.index(body.len()));
        }
        if let Ok(delivery) = Delivery::unverified(&body) {
            for event in delivery {
                prop_assert!(!event.key().is_empty());
                let text = std::str::from_utf8(&body).unwrap();
                prop_assert!(text.contains(event.raw()));
            }
        }
    }

    #[test]
    fn p5_no_event_is_lost_and_none_invented(body in envelope()) {
        let delivery = read(&body.to_string());
        prop_assert_eq!(delivery.len(), count(&body));
    }

    #[test]
    fn p6_keys_do_not_depend_on_how_the_json_is_written(body in envelope()) {
        let keys = |body: String| -> Vec<String> { read(&body).events().iter().map(Event::key).collect() };
        prop_assert_eq!(keys(body.to_string()), keys(serde_json::to_string_pretty(&body).unwrap()));
    }
}

#[test]
fn p6_the_parts_of_a_key_cannot_be_taken_for_each_other() {
    const PARTS: [&str; 8] = ["a", "b", "a:b", "b:a", ":", "a%3Ab", "%", "%25"];
    let key = |id: &str, status: &str, member: Option<&str>| {
        let status =
            json!({"id": id, "status": status, "timestamp": 1, "recipient_participant_user_id": member});
        read(&json!({"field": "messages", "value": {"statuses": [status]}}).to_string()).events()[0].key()
    };
    let mut keys = HashSet::new();
    for id in PARTS {
        for status in PARTS {
            keys.insert(key(id, status, None));
            keys.extend(PARTS.map(|member| key(id, status, Some(member))));
        }
    }
    assert_eq!(keys.len(), PARTS.len() * PARTS.len() * (1 + PARTS.len()));
}

#[test]
fn every_event_has_a_key_of_its_own() {
    let bodies: Vec<_> = fixtures().iter().map(|(_, body)| body).collect();
    let mut keys = HashSet::new();
    for event in bodies.iter().flat_map(|body| read(body)) {
        assert!(keys.insert(event.key()), "{event:?}");
    }
    for event in bodies.iter().flat_map(|body| read(body)) {
        assert!(keys.contains(&event.key()), "delivered again, it is the same: {event:?}");
    }
}

#[test]
fn the_same_value_of_another_account_or_time_or_field_is_another_event() {
    let body = |account: &str, time: u32, field: &str| {
        let change = json!({"field": field, "value": {"decision": "APPROVED"}});
        json!({"object": "x", "entry": [{"id": account, "time": time, "changes": [change]}]}).to_string()
    };
    let all = [
        body("1", 1, "f"),
        body("2", 1, "f"),
        body("1", 2, "f"),
        body("1", 1, "g"),
        body("11", 1, "f"),
        body("1", 11, "f"),
    ];
    let keys: HashSet<_> = all.iter().map(|body| read(body).events()[0].key()).collect();
    assert_eq!(keys.len(), all.len());
}
