use super::{bad_paths, is_kept, is_written_as, long, problems, read, written};
use crate::{
    message::{Content, OrderState, OrderStatus, PaymentState},
    time::Timestamp,
};
use serde_json::{Value, json};

fn status(parameters: &Value) -> Value {
    json!({"type": "order_status", "body": {"text": "Hello"},
        "action": {"name": "review_order", "parameters": parameters}})
}

#[test]
fn a_status_is_written_as_meta_documents_it() {
    is_written_as(
        OrderStatus::new("Hello", "order-7", OrderState::Processing),
        &status(&json!({"reference_id": "order-7", "order": {"status": "processing"}})),
    );
    let whole = OrderStatus::new("Hello", "order-7", OrderState::Canceled)
        .description("Sold out")
        .payment(PaymentState::Captured, Timestamp::from_seconds(1_722_445_231))
        .header("News")
        .footer("Tea House");
    let mut json = status(&json!({"reference_id": "order-7",
        "order": {"status": "canceled", "description": "Sold out"},
        "payment": {"status": "captured", "timestamp": 1_722_445_231}}));
    json["header"] = json!({"type": "text", "text": "News"});
    json["footer"] = json!({"text": "Tea House"});
    is_written_as(whole.clone(), &json);
    assert_eq!((whole.body(), whole.reference_id()), ("Hello", "order-7"));
    assert_eq!(whole.state(), Some(&OrderState::Canceled));
}

#[test]
fn a_status_can_tell_of_the_payment_alone() {
    let paid = OrderStatus::payment_only("Hello", "order-7", PaymentState::Failed, None);
    assert_eq!(paid.state(), None);
    is_written_as(paid, &status(&json!({"reference_id": "order-7", "payment": {"status": "failed"}})));
    let at = Timestamp::from_seconds(1_722_445_231);
    let paid = OrderStatus::payment_only("Hello", "order-7", PaymentState::Pending, at);
    assert_eq!(problems(paid.clone()), [""; 0]);
    is_written_as(
        paid,
        &status(&json!({"reference_id": "order-7",
            "payment": {"status": "pending", "timestamp": 1_722_445_231}})),
    );
}

#[test]
fn every_state_of_an_order_is_written_as_the_examples_of_meta_spell_it() {
    let spelled: Vec<_> = OrderState::KNOWN.iter().map(OrderState::as_str).collect();
    assert_eq!(spelled, ["pending", "processing", "partially_shipped", "shipped", "completed", "canceled"]);
    for state in OrderState::KNOWN {
        let json = status(&json!({"reference_id": "a", "order": {"status": state.as_str()}}));
        is_written_as(OrderStatus::new("Hello", "a", state.clone()), &json);
    }
}

#[test]
fn both_spellings_of_partially_shipped_are_read() {
    for spelling in ["partially-shipped", "partially_shipped", "PARTIALLY_SHIPPED"] {
        let read = read(&status(&json!({"reference_id": "a", "order": {"status": spelling}})));
        assert_eq!(read, Content::from(OrderStatus::new("Hello", "a", OrderState::PartiallyShipped)));
    }
}

#[test]
fn an_unknown_state_keeps_its_spelling() {
    let json = status(&json!({"reference_id": "a", "order": {"status": "Teleported"},
        "payment": {"status": "Disputed"}}));
    let read = read(&json);
    assert_eq!(problems(read.clone()), [""; 0]);
    assert_eq!(written(read), json);
}

#[test]
fn what_other_writers_send_of_a_status_is_read() {
    let mut json = status(&json!({"reference_id": 7, "order": {"status": "SHIPPED", "description": null},
        "payment": {"status": "captured", "timestamp": "1722445231"}}));
    json["header"] = json!(null);
    json["footer"] = json!(null);
    let at = Timestamp::from_seconds(1_722_445_231);
    let same = OrderStatus::new("Hello", "7", OrderState::Shipped).payment(PaymentState::Captured, at);
    assert_eq!(read(&json), Content::from(same));
    let json = status(&json!({"reference_id": "7", "order": {"status": "shipped"}, "payment": null}));
    assert_eq!(read(&json), Content::from(OrderStatus::new("Hello", "7", OrderState::Shipped)));
    let json = status(&json!({"reference_id": "7", "order": null,
        "payment": {"status": "captured", "timestamp": null}}));
    let same = OrderStatus::payment_only("Hello", "7", PaymentState::Captured, None);
    assert_eq!(read(&json), Content::from(same));
}

#[test]
fn a_status_that_is_not_as_documented_keeps_its_json() {
    let shipped = json!({"reference_id": "7", "order": {"status": "shipped"}});
    let mut named = status(&shipped);
    named["action"]["name"] = json!("review_and_pay");
    is_kept(&named, "action has the name of another kind");
    is_kept(&status(&json!(null)), "missing field parameters");
    is_kept(&status(&json!({"reference_id": "7", "refund": {}})), "unknown field refund");
}

#[test]
fn limits_of_a_status_hold_at_the_limit_and_break_one_past_it() {
    let status = |body: usize, footer: usize, reference: usize, description: usize| {
        OrderStatus::new(long(body), "a".repeat(reference), OrderState::Shipped)
            .footer(long(footer))
            .description(long(description))
    };
    assert_eq!(problems(status(1024, 60, 60, 120)), [""; 0]);
    for (past, path) in [
        (status(1025, 60, 60, 120), "interactive.body.text"),
        (status(1024, 61, 60, 120), "interactive.footer.text"),
        (status(1024, 60, 61, 120), "interactive.action.parameters.reference_id"),
        (status(1024, 60, 60, 121), "interactive.action.parameters.order.description"),
        (status(1024, 60, 0, 120), "interactive.action.parameters.reference_id"),
        (status(1024, 60, 60, 120).header(long(61)), "interactive.header.text"),
    ] {
        assert_eq!(bad_paths(past), [path]);
    }
}

#[test]
fn a_status_must_tell_something() {
    let silent = read(&status(&json!({"reference_id": "7"})));
    assert_eq!(
        problems(silent),
        ["interactive.action.parameters.order: is missing (a state of the order or of its payment)"]
    );
    let described =
        OrderStatus::payment_only("Hello", "7", PaymentState::Captured, None).description("Thanks");
    assert_eq!(bad_paths(described.clone()), ["interactive.action.parameters.order.status"]);
    assert_eq!(read(&written(described.clone())), Content::from(described));
}

#[test]
fn a_status_has_words_and_media_but_shows_neither() {
    let secret = "private words";
    let status = OrderStatus::new(secret, "order-7", OrderState::Shipped).description(secret).footer(secret);
    let content = Content::from(status.header(secret));
    assert_eq!(content.text().as_deref(), Some(secret));
    let shown = format!("{content:?}");
    assert!(shown.contains("order-7") && !shown.contains("private"), "{shown}");
}
