//! Payments, clicks and errors that belong to no message, and what a status costs.

use super::{envelope, fixture, only, read, status};
use serde_json::json;
use std::collections::HashSet;
use whatsapp_business::{
    Message,
    error::{Advice, Class, Scope},
    payload,
    time::Timestamp,
    webhook::{
        ClickComponent, ErrorReport, Event, PaymentState, PaymentStatus, PricingCategory, PricingKind,
        PricingModel, StatusKind, TransactionState, UserAction, UserActionKind,
    },
};

fn payment(name: &str) -> PaymentStatus {
    match only(&fixture(name)) {
        Event::Payment(payment) => payment,
        other => panic!("{name} is no payment: {other:?}"),
    }
}

fn action(body: &str) -> UserAction {
    match only(body) {
        Event::UserAction(action) => action,
        other => panic!("no action: {other:?}"),
    }
}

fn report(body: &str) -> ErrorReport {
    match only(body) {
        Event::Error(report) => report,
        other => panic!("no error: {other:?}"),
    }
}

#[test]
fn a_payment_is_told_from_the_statuses_of_messages() {
    let payment = payment("payment_captured");
    assert_eq!((payment.id.as_str(), payment.status), ("wamid.OURS00000001", PaymentState::Captured));
    assert_eq!(payment.timestamp, Timestamp::from_seconds(1_700_000_101));
    assert_eq!(payment.reference_id.as_deref(), Some("ref-1"));
    let amount = payment.amount.unwrap();
    assert_eq!((amount.value, amount.offset, payment.currency.as_deref()), (21_000, 100, Some("INR")));
    let transaction = payment.transaction.unwrap();
    let words = [&transaction.id, &transaction.gateway_id, &transaction.gateway, &transaction.method];
    assert_eq!(words.map(Option::as_deref), [Some("order-1"), Some("pay-1"), Some("razorpay"), Some("upi")]);
    assert_eq!(transaction.status, Some(TransactionState::Success));
    assert_eq!(transaction.updated_at, Some(Timestamp::from_seconds(1_700_000_100)));
    assert_eq!(payment.receipt.as_deref(), Some("receipt-1"));
    assert_eq!(payment.notes["table"], "4");
    assert_eq!(payment.notes["seats"], "2", "a number is read as its digits");
    assert_eq!((payment.extra["udf1"].as_str(), payment.extra["extra1"].as_str()), ("blue", "7"));
    assert_eq!(payment.extra.len(), 2, "what has a member of its own is not repeated");
    assert_eq!(payment.recipient_id.unwrap().as_str(), "10005550101");
    assert_eq!(payment.contact.unwrap().name.as_deref(), Some("Customer 1"));
    assert_eq!(payment.phone_number_id.unwrap().as_str(), "106540352242922");
}

#[test]
fn a_payment_that_failed_tells_why_and_one_paid_back_how_much() {
    let failed = payment("payment_failed");
    assert_eq!(failed.status, PaymentState::Failed);
    assert_eq!(failed.amount.unwrap().value, 21_000, "numbers may be text");
    let transaction = failed.transaction.unwrap();
    assert_eq!(transaction.error_code.as_deref(), Some("BAD_CARD"));
    assert_eq!(transaction.error_reason.as_deref(), Some("The card was refused"));
    assert_eq!(transaction.created_at, Some(Timestamp::from_seconds(1_700_000_090)));

    let within = fixture("payment_refunded");
    let beside = within.replace(r#""refunds": ["#, r#""moved": ["#).replace(
        r#""reference_id": "ref-1","#,
        r#""reference_id": "ref-1", "refunds": [{"id": "refund-1", "status": "success", "amount": {"value": 100}}],"#,
    );
    for body in [within, beside] {
        let Event::Payment(payment) = only(&body) else { panic!() };
        let refund = &payment.refunds[0];
        assert_eq!((payment.refunds.len(), refund.id.as_deref()), (1, Some("refund-1")));
        assert_eq!((refund.amount.unwrap().value, refund.amount.unwrap().offset), (100, 100));
        assert_eq!(refund.status, Some(TransactionState::Success));
    }
}

#[test]
fn a_payment_has_a_key_for_each_thing_that_happened_to_it() {
    let key = |name: &str| only(&fixture(name)).key();
    assert_eq!(key("payment_captured"), "payment:wamid.OURS00000001:captured:1700000101:order-1:success");
    assert_eq!(
        key("payment_refunded"),
        "payment:wamid.OURS00000001:captured:1700000101:order-1:success:refund:refund-1:success"
    );
    let item = |payment: &str| {
        let item =
            format!(r#"{{"id":"m","timestamp":1,"status":"pending","type":"payment","payment":{payment}}}"#);
        only(&envelope(&format!(r#""statuses":[{item}]"#))).key()
    };
    let all = [
        "{}",
        r#"{"transaction":{}}"#,
        r#"{"transaction":{"id":"refund"}}"#,
        r#"{"transaction":{"id":"a:b"}}"#,
        r#"{"transaction":{"id":"a","status":"b"}}"#,
        r#"{"refunds":[{}]}"#,
        r#"{"refunds":[{},{}]}"#,
        r#"{"refunds":[{"id":"a"},{"id":"b"}]}"#,
        r#"{"refunds":[{"id":"a","status":"pending"},{"id":"b"}]}"#,
    ];
    let keys: HashSet<_> = all.iter().map(|payment| item(payment)).collect();
    assert_eq!(keys.len(), all.len(), "{keys:?}");
}

#[test]
fn a_payment_without_its_object_is_put_aside_alone() {
    let good = r#"{"id":"m","timestamp":1,"status":"sent"}"#;
    for payment in ["", r#","payment":5"#, r#","payment":null"#] {
        let bad = format!(r#"{{"id":"p","timestamp":1,"status":"captured","type":"payment"{payment}}}"#);
        let delivery = read(&envelope(&format!(r#""statuses":[{bad},{good}]"#)));
        let Event::Unknown(unknown) = &delivery.events()[0] else { panic!("{payment}") };
        assert!(unknown.reason().is_some() && unknown.raw() == bad, "{payment}");
        assert_eq!(delivery.events()[1].key(), "status:m:sent:1");
    }
    let odd = r#"{"amount":"5","transaction":[],"refunds":[5],"notes":7,"receipt":{}}"#;
    let item = format!(r#"{{"id":"p","timestamp":1,"status":"new","type":"payment","payment":{odd}}}"#);
    let Event::Payment(payment) = only(&envelope(&format!(r#""statuses":[{item}]"#))) else { panic!() };
    assert_eq!((payment.status.as_str(), payment.amount, payment.receipt), ("new", None, None));
    assert!(payment.refunds.is_empty() && payment.notes.is_empty());
}

#[test]
fn a_click_tells_where_and_who_clicked() {
    let click = action(&fixture("value_user_actions"));
    assert_eq!(
        (click.kind, click.timestamp),
        (UserActionKind::LinkClick, Some(Timestamp::from_seconds(1_700_000_000)))
    );
    let link = click.link_click.unwrap();
    assert_eq!(link.component, Some(ClickComponent::Button));
    assert_eq!((link.click_id.as_deref(), link.tracking_token.as_deref()), (Some("c1"), Some("t")));
    assert_eq!(link.product_id, None);
    assert_eq!(click.contact.unwrap().name.as_deref(), Some("Customer 1"));
    let event = only(&fixture("value_user_actions"));
    assert_eq!(event.key(), "action:marketing_messages_link_click:1700000000:c1");
    assert_eq!((event.field(), event.phone_number_id().unwrap().as_str()), ("messages", "106540352242922"));
}

#[test]
fn actions_are_not_taken_for_each_other() {
    let one = r#"{"action_type":"a","timestamp":1}"#;
    let value = |contacts: &str, action: &str| {
        envelope(&format!(r#""contacts":[{contacts}],"user_actions":[{action}]"#))
    };
    let (ana, ben) = (r#"{"user_id":"US.1"}"#, r#"{"user_id":"US.2"}"#);
    let all = [
        value(ana, one),
        value(ben, one),
        value("", one),
        value(ana, r#"{"action_type":"b","timestamp":1}"#),
        value(ana, r#"{"action_type":"a","timestamp":2}"#),
        value(
            ana,
            r#"{"action_type":"a","timestamp":1,"marketing_messages_link_click_data":{"click_id":"c"}}"#,
        ),
    ];
    let keys: HashSet<_> = all.iter().map(|body| only(body).key()).collect();
    assert_eq!(keys.len(), all.len(), "{keys:?}");
    assert!(action(&value(&format!("{ana},{ben}"), one)).contact.is_none(), "of two, nobody can say who");
    assert!(matches!(action(&all[0]).kind, UserActionKind::Unknown(_)));
}

#[test]
fn an_error_of_the_account_is_classified_like_any_other() {
    let report = report(&fixture("value_errors"));
    assert_eq!((report.error.code, report.error.class()), (130_429, Class::Throttled));
    assert_eq!(report.error.scope(), Scope::Number);
    assert_eq!(report.error.details.as_deref(), Some("Too many"));
    assert!(report.error.href.as_ref().unwrap().starts_with("https://developers.facebook.com/"));
    assert_eq!(report.phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
    assert_eq!(report.account_id.as_ref().unwrap().as_str(), "102290129340398");
    assert!(report.raw().starts_with('{') && report.raw().contains("\"code\": 130429"));
}

#[test]
fn an_error_in_a_webhook_is_classified_like_one_in_an_answer() {
    let known: Vec<i64> = (0..140_000).filter(|code| Advice::of(*code).class != Class::Unknown).collect();
    assert!(known.len() > 100, "{}", known.len());
    let item = |code: &i64| {
        json!({"id": format!("wamid.{code}"), "timestamp": 1, "status": "failed", "type": "unsupported",
            "errors": [{"code": code, "title": "It failed"}]})
    };
    let items: Vec<_> = known.iter().map(item).collect();
    let members = format!(r#""messages":{0},"statuses":{0}"#, json!(items));
    let delivery = read(&envelope(&members));
    assert_eq!(delivery.len(), 2 * known.len());
    for (event, code) in delivery.events().iter().zip(known.iter().chain(&known)) {
        let errors = match event {
            Event::Message(message) => &message.errors,
            Event::Status(status) => &status.errors,
            other => panic!("{other:?}"),
        };
        assert_eq!((errors[0].code, errors[0].advice()), (*code, Advice::of(*code)));
    }
}

#[test]
fn tracking_data_of_the_greatest_length_comes_back_as_the_value_it_was() {
    const MAX: usize = Message::MAX_CALLBACK_DATA;
    // JSON writes a quote with a backslash, and the delivery once more: what counts is what is sent.
    let words = |length: usize| [r#""ä"#.repeat(length), "x".repeat(MAX - 7 - 3 * length)];
    for length in [0, 1, 100] {
        let data = payload::encode(&words(length), MAX).unwrap();
        assert_eq!(data.chars().count(), MAX);
        Message::new("+14155550123", "Hello").callback_data(&data).validate().unwrap();
        let item = json!({"id": "m", "timestamp": 1, "status": "sent", "biz_opaque_callback_data": data});
        let Event::Status(status) = only(&envelope(&format!(r#""statuses":[{item}]"#))) else { panic!() };
        let back: [String; 2] = payload::decode(&status.callback_data.unwrap()).unwrap();
        assert_eq!(back, words(length));

        let longer = format!("{data} ");
        let error = Message::new("+14155550123", "Hello").callback_data(longer).validate().unwrap_err();
        assert_eq!(error.violations()[0].path, "biz_opaque_callback_data");
        assert!(payload::encode(&words(length), MAX - 1).is_err());
    }
}

#[test]
fn the_same_error_again_is_the_same_and_another_is_not() {
    let body = fixture("value_errors");
    let key = only(&body).key();
    assert!(key.starts_with("error:"), "{key}");
    assert_eq!(only(&body).key(), key);
    for (from, to) in [
        ("102290129340398", "102290129340399"),
        ("106540352242922", "106540352242923"),
        ("Too many", "Too many again"),
        (r#""changes""#, r#""time": 1, "changes""#),
    ] {
        assert_ne!(only(&body.replace(from, to)).key(), key, "{to}");
    }
}

#[test]
fn clicks_and_errors_come_after_messages_and_statuses() {
    let body = envelope(
        r#""errors":[{"code":1},{"code":2}],"user_actions":[{"action_type":"a"},5],"statuses":[{"id":"s","timestamp":1,"status":"sent"}],"messages":[{"id":"m","timestamp":1,"type":"x"}]"#,
    );
    let kinds: Vec<_> = read(&body)
        .events()
        .iter()
        .map(|event| match event {
            Event::Message(_) => "message",
            Event::Status(_) => "status",
            Event::UserAction(_) => "action",
            Event::Error(_) => "error",
            _ => "unknown",
        })
        .collect();
    assert_eq!(kinds, ["message", "status", "action", "unknown", "error", "error"]);
}

#[test]
fn a_status_in_a_group_tells_what_the_group_costs() {
    let status = status("status_group_priced");
    assert_eq!(status.group_id.unwrap().as_str(), "Y2FwaV9ncm91cDox");
    assert_eq!(status.participant_id.unwrap().as_str(), "10005550102", "by its old name");
    assert_eq!(status.recipient_identity_key_hash.as_deref(), Some("DF2lS5v2W6x="));
    let pricing = status.pricing.unwrap();
    assert_eq!(pricing.kind, Some(PricingKind::FreeGroupCustomerService));
    assert_eq!((pricing.category, pricing.billable), (Some(PricingCategory::GroupService), Some(false)));
}

#[test]
fn a_status_tells_its_template_and_what_it_costs_wherever_that_stands() {
    let direct = status("status_direct_send");
    assert_eq!(direct.template_id.unwrap().as_str(), "1689556908129834");
    let within = status("status_pricing_in_conversation");
    assert_eq!(within.pricing.unwrap().category, Some(PricingCategory::Utility));
    let billed = status("status_sent_conversation_billed");
    let pricing = billed.pricing.unwrap();
    assert_eq!((pricing.model, pricing.billable), (Some(PricingModel::PerConversation), Some(false)));
    assert_eq!(pricing.kind, Some(PricingKind::FreeEntryPoint));
    assert_eq!(pricing.category, billed.conversation.unwrap().origin);
    let free = status("status_sent_free").pricing.unwrap();
    assert_eq!((free.kind, free.billable), (Some(PricingKind::FreeCustomerService), None));
}

#[test]
fn a_payment_without_a_type_is_one_all_the_same() {
    let body = fixture("payment_captured").replace(r#""type": "payment","#, "");
    assert_eq!(only(&body).key(), only(&fixture("payment_captured")).key());
}

#[test]
fn categories_are_read_in_both_spellings() {
    let played = status("status_played");
    assert_eq!(played.status, StatusKind::Played);
    let conversation = played.conversation.unwrap();
    assert_eq!(conversation.origin, Some(PricingCategory::AuthenticationInternational));
    assert_eq!(status("status_delivered").pricing.unwrap().category, conversation.origin);
    for category in PricingCategory::KNOWN {
        for spelling in [category.as_str().replace('-', "_"), category.as_str().replace('_', "-")] {
            assert_eq!(&PricingCategory::from(spelling.as_str()), category);
        }
    }
}
