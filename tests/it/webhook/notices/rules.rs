//! What holds for every notice.

use super::{NEEDED, all, at, body, needed, notice, read};
use crate::webhook::{fixture, only, unknown};
use serde_json::{Value, json};
use whatsapp_business::webhook::{Event, notice::NoticeKind};

#[test]
fn a_notice_tells_what_all_events_have_in_common() {
    let body = fixture("template_status_update");
    let event = only(&body);
    assert_eq!(event.field(), "message_template_status_update");
    assert_eq!(event.account_id().unwrap().as_str(), "102290129340398");
    assert_eq!((event.phone_number_id(), event.contact()), (None, None));
    assert_eq!(event.timestamp(), at(1_700_000_000));
    assert!(event.key().starts_with("raw:"));
    let value: Value = serde_json::from_str(event.raw()).unwrap();
    let whole: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(value, whole["entry"][0]["changes"][0]["value"]);
    assert!(body.contains(event.raw()), "byte for byte");
}

/// Every place in a value, by its path.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
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

#[test]
fn a_notice_does_not_need_what_is_optional_whatever_stands_there() {
    let mut tried = 0;
    for (name, field, whole) in all() {
        let needed = needed(&field);
        let mut all = Vec::new();
        places(&whole, "", &mut all);
        assert!(needed.iter().all(|needed| all.contains(&format!("/{needed}"))), "{name}: {needed:?}");
        for at in all {
            for odd in
                [json!(null), json!(""), json!([]), json!({}), json!([["x"]]), json!(true), json!(1e300)]
            {
                let mut value = whole.clone();
                *value.pointer_mut(&at).unwrap() = odd.clone();
                let how = format!("{name} with {at} = {odd}");
                let event = only(&body(&field, &value));
                assert_eq!(event.field(), field, "{how}");
                assert_eq!(serde_json::from_str::<Value>(event.raw()).unwrap(), value, "{how}");
                match event {
                    Event::Notice(_) => assert!(!needed.contains(&&at[1..]), "{how}"),
                    Event::Unknown(unknown) => {
                        assert!(needed.contains(&&at[1..]), "{how}");
                        assert!(unknown.reason().is_some(), "{how}");
                    }
                    other => panic!("{how}: {other:?}"),
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 1_500, "{tried}");
}

#[test]
fn a_value_of_another_shape_is_kept_with_the_reason() {
    for (field, _) in NEEDED {
        for value in [json!({}), json!(["APPROVED", 1]), json!("private"), json!(5), json!(null)] {
            let event = unknown(&body(field, &value));
            assert_eq!((event.field(), event.raw()), (*field, value.to_string().as_str()));
            assert!(event.reason().is_some_and(|reason| !reason.contains("private")), "{field}: {value}");
            assert_eq!(event.account_id.as_ref().unwrap().as_str(), "1");
        }
    }
}

#[test]
fn new_spellings_and_members_survive() {
    for (name, known) in [
        ("template_status_rejected", "REJECTED"),
        ("template_status_rejected", "INVALID_FORMAT"),
        ("template_quality_update", "YELLOW"),
        ("template_category_moved", "MARKETING"),
        ("account_update_deleted", "ACCOUNT_DELETED"),
        ("account_update_restriction", "RESTRICTED_BIZ_INITIATED_MESSAGING"),
        ("account_review_update", "APPROVED"),
        ("account_alert_business", "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED"),
        ("business_capability_update", "TIER_2K"),
        ("phone_number_name_rejected", "NAME_NOT_CONSISTENT"),
        ("security_pin_changed", "PIN_CHANGED"),
        ("partner_solution_updated", "PENDING_DEACTIVATION"),
        ("payment_configuration_update", "Needs Testing"),
        ("flow_status_change", "PUBLISHED"),
        ("handover_passed", "ai_agent"),
    ] {
        let notice =
            read(&fixture(name).replace(&format!("\"{known}\""), r#""Teleported", "beside": {"it": [1]}"#));
        assert!(
            format!("{:?}", notice.kind).contains("Unknown(\"Teleported\")"),
            "{name}: {:?}",
            notice.kind
        );
        assert!(notice.raw().contains(r#""beside": {"it": [1]}"#), "{name}");
    }
}

#[test]
fn a_text_that_was_cut_through_an_emoji_does_not_lose_the_notice() {
    let body = fixture("account_alert_business").replace("Lucky Shrub", r"Lucky \ud83d");
    let NoticeKind::AccountAlert(alert) = read(&body).kind else { panic!() };
    assert_eq!(alert.description.as_deref(), Some("Limits of Lucky \u{fffd} cannot be increased yet."));
}

#[test]
fn a_notice_comes_from_the_test_button_of_the_dashboard_too() {
    let value = json!({"event": "APPROVED", "message_template_id": 12_345_678,
        "message_template_name": "my_message_template", "message_template_language": "pt-BR", "reason": null});
    let event = only(&json!({"field": "message_template_status_update", "value": value}).to_string());
    let Event::Notice(notice) = event else { panic!("{event:?}") };
    assert_eq!((&notice.account_id, notice.timestamp), (&None, None));
    assert!(
        matches!(notice.kind, NoticeKind::TemplateStatusUpdate(update) if update.id.as_str() == "12345678")
    );
}

#[test]
fn a_notice_to_another_portfolio_or_at_another_time_has_another_key() {
    let body = fixture("account_update_partner_added");
    let key = only(&body).key();
    for (here, there) in [("2949482758682047", "2949482758682048"), ("1700000000", "1700000001")] {
        assert_ne!(only(&body.replace(here, there)).key(), key, "{there}");
    }
}

#[test]
fn nothing_private_is_in_debug_output() {
    for (name, ..) in all() {
        let shown = format!("{:?}", only(&fixture(name)));
        for word in [
            "4155550123",
            "10005550100",
            "Lucky",
            "luckyshrub",
            "order_update",
            "auto_generated",
            "Hello",
            "Track",
            "Call us",
            "example.com",
            "STOP",
            "placeholders",
            "Too many",
            "61555822107539",
            "Booking",
            "refund",
            "money",
            "shop-payments",
            "acc_GP4",
            "tgrp",
            "practices",
            "Answer",
        ] {
            assert!(!shown.contains(word), "{name} shows {word}: {shown}");
        }
    }
    let shown = format!("{:?}", notice("template_status_rejected"));
    for word in ["message_template_status_update", "Rejected", "InvalidFormat", "1689556908129832"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}
