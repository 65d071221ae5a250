//! Each kind as Meta documents it, and each limit from both sides.

mod asks;
mod carousel;
mod contacts;
mod envelope;
mod interactive;
mod media;
mod orders;
mod payments;
mod products;
mod simple;
mod template_buttons;
mod template_cards;
mod templates;

use super::{mark_read, message};
use crate::{
    simulator::{builder::Builder, model::Model},
    time::Timestamp,
};
use serde_json::{Value, json};
use std::sync::Arc;

const NOW: i64 = 1_800_000_000;

const LINK: &str = "https://example.com/roof.png";

fn model() -> Model {
    Model::new(Arc::new(Builder::new().settings().unwrap()), fastrand::Rng::with_seed(1))
}

/// The code with which a whole body is refused; 0 when it is taken.
fn code_in(model: &Model, body: &Value) -> i64 {
    message(body, model.first_phone(), model, Timestamp::from_seconds(NOW))
        .err()
        .map_or(0, |refusal| refusal.code())
}

/// A body of this content to somebody.
fn to_somebody(content: &Value) -> Value {
    let mut body = json!({ "messaging_product": "whatsapp", "to": "+14155550132" });
    body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    body
}

/// The code with which a message of this content is refused; 0 when it is taken.
fn code(content: &Value) -> i64 {
    code_in(&model(), &to_somebody(content))
}

fn interactive(content: &Value) -> Value {
    json!({ "type": "interactive", "interactive": content })
}

/// `json` with another value at `pointer`, which is put there if there was none; null counts as absent.
#[track_caller]
fn with(json: &Value, pointer: &str, value: Value) -> Value {
    let mut json = json.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match json.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.insert(name.to_owned(), value)),
        Value::Array(elements) => elements[name.parse::<usize>().unwrap()] = value,
        other => panic!("{parent} is {other}"),
    }
    json
}

/// Holds content that is taken, and what becomes of it with another value in one place.
#[track_caller]
fn assert_codes(content: &Value, changes: &[(&str, Value, i64)]) {
    assert_codes_in(&model(), content, changes);
}

#[track_caller]
fn assert_codes_in(model: &Model, content: &Value, changes: &[(&str, Value, i64)]) {
    let refusal = |content: &Value| {
        message(&to_somebody(content), model.first_phone(), model, Timestamp::from_seconds(NOW)).err()
    };
    if let Some(refusal) = refusal(content) {
        panic!("{content} is refused: {}", refusal.details());
    }
    for (pointer, value, expected) in changes {
        let refused = refusal(&with(content, pointer, value.clone()));
        let details = refused.as_ref().map_or("", |refusal| refusal.details());
        let code = refused.as_ref().map_or(0, |refusal| refusal.code());
        assert_eq!(code, *expected, "{pointer}: {value}: {details}");
    }
}

fn long(length: usize) -> String {
    "é".repeat(length)
}

#[test]
fn refusals_name_the_place_and_not_the_value() {
    let body = to_somebody(&json!({ "type": "text", "text": { "body": "secret".repeat(1000) } }));
    let model = model();
    let refusal = message(&body, model.first_phone(), &model, Timestamp::from_seconds(NOW)).unwrap_err();
    assert_eq!(refusal.details(), "text.body has 6000 characters, at most 4096 are allowed.");
}

#[test]
fn a_read_mark_names_a_message() {
    let mark = |body: Value| mark_read(&body).err().map_or(0, |refusal| refusal.code());
    let whole = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1",
                        "typing_indicator": { "type": "text" } });
    assert_eq!(mark(whole.clone()), 0);
    for (member, value, expected) in [
        ("typing_indicator", Value::Null, 0),
        ("status", json!("delivered"), 131_009),
        ("status", Value::Null, 131_008),
        ("message_id", Value::Null, 131_008),
        ("message_id", json!(5), 100),
        ("typing_indicator", json!({}), 131_008),
        ("typing_indicator", json!({ "type": "dots" }), 131_009),
        ("typing_indicator", json!({ "type": "text", "seconds": 3 }), 100),
        ("to", json!("+1"), 100),
    ] {
        assert_eq!(mark(with(&whole, &format!("/{member}"), value)), expected, "{member}");
    }
}
