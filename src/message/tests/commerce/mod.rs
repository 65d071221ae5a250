//! Products, bills, and what becomes of orders.

use super::{Content, Message, TO, bad_paths, body, problems};
use crate::message::{Amount, Order, OrderItem};
use serde_json::{Value, json};

mod bills;
mod limits;
mod products;
mod settings;
mod status;

/// The member `interactive` that content makes.
fn written(content: impl Into<Content>) -> Value {
    let mut body = body(content);
    assert_eq!(body["type"], "interactive");
    body["interactive"].take()
}

/// What is read of a member `interactive`.
fn read(interactive: &Value) -> Content {
    let body = json!({"to": TO, "type": "interactive", "interactive": interactive});
    let message: Message = serde_json::from_str(&body.to_string()).unwrap();
    message.content().clone()
}

/// Content is written as `json`, which is read as the same content.
fn is_written_as(content: impl Into<Content>, json: &Value) {
    let content = content.into();
    assert_eq!(written(content.clone()), *json);
    let again = read(json);
    assert!(!is_raw(&again), "{:?}", problems(again));
    assert_eq!(again, content);
}

/// A member `interactive` that is not as documented keeps its JSON and tells why.
fn is_kept(json: &Value, reason: &str) {
    let content = read(json);
    assert!(is_raw(&content), "{json}");
    assert_eq!(written(content.clone()), *json);
    let problems = problems(content);
    assert!(problems[0].contains(reason), "{problems:?}");
}

fn is_raw(content: &Content) -> bool {
    matches!(content, Content::Raw(_))
}

/// Text that is as many characters long, in more bytes.
fn long(length: usize) -> String {
    "é".repeat(length)
}

/// An order of two teas at 10.00 each.
fn tea() -> Order {
    Order::new([OrderItem::new("Assam tea", Amount::minor(1_000), 2)])
}

/// The JSON of an amount.
fn amount(value: i64) -> Value {
    json!({"value": value, "offset": 100})
}
