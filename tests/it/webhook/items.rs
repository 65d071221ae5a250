//! Calls, groups and the like in which something is missing, malformed or new: nothing is lost, nothing falls over.

use super::{
    fixture, fixtures,
    oddities::{places, without},
    read,
};
use serde_json::{Value, json};
use std::mem::discriminant;
use whatsapp_business::webhook::Event;

/// The lists of items that this is about.
const LISTS: [&str; 9] = [
    "calls",
    "statuses",
    "groups",
    "history",
    "messages",
    "message_echoes",
    "state_sync",
    "user_preferences",
    "automatic_events",
];

/// The fixtures of the fields that this is about.
fn bodies() -> Vec<(String, Value)> {
    let kinds = ["call", "group", "history", "echo", "app_state", "preference", "user_id", "automatic"];
    let bodies: Vec<_> = fixtures()
        .iter()
        .filter(|(name, _)| kinds.iter().any(|kind| name.starts_with(&format!("{kind}_"))))
        .map(|(name, body)| (name.clone(), serde_json::from_str(body).unwrap()))
        .collect();
    assert!(bodies.len() > 30, "{}", bodies.len());
    bodies
}

/// Where the value of a body has its items.
fn list(body: &Value) -> String {
    let value = "/entry/0/changes/0/value";
    let members = body.pointer(value).unwrap().as_object().unwrap();
    let name = members.keys().find(|name| LISTS.contains(&name.as_str()) || *name == "user_id_update");
    format!("{value}/{}", name.unwrap())
}

#[test]
fn an_event_survives_odd_members() {
    /// Without these it is another thing, or nothing.
    const NEEDED: [&str; 9] = [
        "/id",
        "/event",
        "/status",
        "/type",
        "/value",
        "/user_id",
        "/user_id/current",
        "/event_name",
        "/contact",
    ];
    let odd =
        [None, Some(json!(null)), Some(json!("")), Some(json!(5)), Some(json!([7])), Some(json!({"a": [1]}))];
    let mut tried = 0;
    for (name, body) in bodies() {
        let list = list(&body);
        let whole = read(&body.to_string()).into_events();
        let mut all = Vec::new();
        places(&body, "", &mut all);
        for at in all {
            let Some(member) = at.strip_prefix(&format!("{list}/0")).filter(|member| !member.is_empty())
            else {
                continue;
            };
            let is_message = matches!(whole[0], Event::Echo(_) | Event::HistoryMedia(_));
            let is_call = matches!(whole[0], Event::Call(_));
            let is_needed = match member {
                // A part of a history has threads or errors; what is in them is its own affair.
                "/threads" | "/errors" | "/errors/0" => matches!(whole[0], Event::History(_)),
                "/status" if is_call => false,
                "/timestamp" | "/from" | "/from_user_id" | "/from_parent_user_id" => is_message,
                _ => NEEDED.contains(&member),
            };
            if is_needed {
                continue;
            }
            for replacement in &odd {
                let how = format!("{name} with {at} = {replacement:?}");
                let events = read(&without(&body, &at, replacement.clone())).into_events();
                assert_eq!(events.len(), whole.len(), "{how}");
                assert_eq!(discriminant(&events[0]), discriminant(&whole[0]), "{how}: {:?}", events[0]);
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn an_event_does_not_need_what_is_around_its_item() {
    for (name, body) in bodies() {
        let whole = read(&body.to_string()).into_events();
        let value = "/entry/0/changes/0/value";
        for member in ["metadata", "contacts", "messaging_product"] {
            for odd in [None, Some(json!(null)), Some(json!("")), Some(json!(5))] {
                let at = format!("{value}/{member}");
                if body.pointer(&at).is_none() {
                    continue;
                }
                let events = read(&without(&body, &at, odd.clone())).into_events();
                let kinds = |events: &[Event]| events.iter().map(discriminant).collect::<Vec<_>>();
                assert_eq!(kinds(&events), kinds(&whole), "{name} with {member} = {odd:?}");
            }
        }
    }
}

#[test]
fn a_list_beside_the_items_is_not_lost() {
    for (name, body) in bodies() {
        let count = read(&body.to_string()).len();
        for more in [json!([{"id": 1}]), json!({"id": 1})] {
            let body = without(&body, "/entry/0/changes/0/value/holograms", Some(more));
            let delivery = read(&body);
            assert_eq!(delivery.len(), count + 1, "{name}");
            let Some(Event::Unknown(whole)) = delivery.events().last() else { panic!("{name}") };
            assert!(whole.raw().contains("holograms") && whole.reason().is_none(), "{name}");
        }
    }
}

#[test]
fn a_value_without_items_is_kept_whole() {
    for (name, body) in bodies() {
        let list = list(&body);
        for nothing in [None, Some(json!([])), Some(json!(null)), Some(json!({"a": 1})), Some(json!("x"))] {
            let body: Value = serde_json::from_str(&without(&body, &list, nothing.clone())).unwrap();
            let value = body.pointer("/entry/0/changes/0/value").unwrap();
            let delivery = read(&body.to_string());
            let [Event::Unknown(whole)] = delivery.events() else { panic!("{name}: {nothing:?}") };
            assert_eq!(whole.raw(), value.to_string(), "{name}: {nothing:?}");
            assert_eq!(whole.phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
        }
        let body = without(&body, "/entry/0/changes/0/value", Some(json!(null)));
        let delivery = read(&body);
        let [Event::Unknown(whole)] = delivery.events() else { panic!("{name}") };
        assert_eq!((whole.raw(), whole.reason().is_some()), ("null", true), "{name}");
    }
}

#[test]
fn new_words_survive() {
    let body =
        fixture("call_terminate").replace("\"terminate\"", "\"held\"").replace("USER_INITIATED", "BOTH");
    let delivery = read(&body.replace("Completed", "Parked"));
    let [Event::Call(call)] = delivery.events() else { panic!("{delivery:?}") };
    assert_eq!(call.event.as_str(), "held");
    assert_eq!(call.direction.as_ref().unwrap().as_str(), "BOTH");
    assert_eq!(call.outcome.as_ref().unwrap().as_str(), "Parked");

    let delivery =
        read(&fixture("preference_stop").replace("\"stop\"", "\"less\"").replace("marketing_messages", "x"));
    let [Event::Preference(preference)] = delivery.events() else { panic!("{delivery:?}") };
    assert_eq!(preference.value.as_str(), "less");
    assert_eq!(preference.category.as_ref().unwrap().as_str(), "x");

    let body = fixture("app_state_contacts").replace("\"contact\"", "\"label\"");
    let delivery = read(&body);
    let [Event::AppState(label), _] = delivery.events() else { panic!("{delivery:?}") };
    assert_eq!((label.kind.as_str(), &label.contact), ("label", &None));
    assert!(label.raw().contains("Miller, roof"));
}
