//! A member of another shape than expected loses itself at most, never its event.

use super::{envelope, fixture, read};
use serde_json::{Value, json};
use whatsapp_business::webhook::Event;

/// Every member below `value`, by its pointer.
fn members(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members_of) => {
            for (name, child) in members_of {
                out.push(format!("{at}/{name}"));
                members(child, &format!("{at}/{name}"), out);
            }
        }
        Value::Array(items) => {
            for (n, child) in items.iter().enumerate() {
                members(child, &format!("{at}/{n}"), out);
            }
        }
        _ => {}
    }
}

/// The item of a fixture that holds one: the list it is in and itself.
fn item(name: &str) -> (&'static str, Value) {
    let body: Value = serde_json::from_str(&fixture(name)).unwrap();
    let value = &body["entry"][0]["changes"][0]["value"];
    let list =
        ["messages", "statuses", "user_actions", "errors"].into_iter().find(|list| value[list].is_array());
    let list = list.unwrap();
    (list, value[list][0].clone())
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Message(_) => "message",
        Event::Status(_) => "status",
        Event::Payment(_) => "payment",
        Event::UserAction(_) => "action",
        Event::Error(_) => "error",
        _ => "unknown",
    }
}

#[test]
fn every_member_may_be_of_any_shape() {
    let odd = [json!(5), json!(-1.5), json!(true), json!([[1], {}]), json!({"a": {"b": 1}}), json!("x")];
    let mut tried = 0;
    for name in [
        "message_text_referral",
        "message_text_identity",
        "message_text_product",
        "message_document",
        "message_contacts",
        "message_location",
        "message_order",
        "message_system_number",
        "message_edit",
        "message_payment_method",
        "message_call_permission_accepted",
        "message_address_reply",
        "message_unsupported",
        "message_reaction",
        "status_sent",
        "status_failed",
        "status_group_priced",
        "payment_captured",
        "payment_refunded",
        "value_user_actions",
        "value_errors",
    ] {
        let (list, item) = item(name);
        let expected = kind(&read(&envelope(&format!("{list:?}:[{item}]"))).events()[0]);
        let mut places = Vec::new();
        members(&item, "", &mut places);
        for at in places {
            // Without these nothing can be said of the event.
            if ["/id", "/timestamp", "/status", "/action_type", "/payment", "/type"].contains(&at.as_str()) {
                continue;
            }
            for shape in &odd {
                let mut item = item.clone();
                *item.pointer_mut(&at).unwrap() = shape.clone();
                let delivery = read(&envelope(&format!("{list:?}:[{item}]")));
                assert_eq!(delivery.len(), 1);
                assert_eq!(kind(&delivery.events()[0]), expected, "{name} with {at} = {shape}");
                tried += 1;
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn yes_and_no_are_read_in_every_spelling() {
    let forwarded = |json: &str| {
        let item = format!(r#"{{"id":"m","timestamp":1,"type":"x","context":{{"forwarded":{json}}}}}"#);
        let delivery = read(&envelope(&format!(r#""messages":[{item}]"#)));
        let Event::Message(message) = &delivery.events()[0] else { panic!("{json}") };
        message.context.as_ref().unwrap().forwarded
    };
    for yes in ["true", r#""true""#, r#""True""#, "1", r#""1""#] {
        assert!(forwarded(yes), "{yes}");
    }
    for no in ["false", r#""false""#, "0", "null", r#""""#, "{}", "[true]", "0.5"] {
        assert!(!forwarded(no), "{no}");
    }
}
