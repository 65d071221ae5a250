use super::{bill_json, body, filled, kept, message, offer, problems, read};
use crate::message::{Content, Message};
use serde_json::{Value, json};

#[test]
fn spellings_of_other_writers_are_read() {
    let theirs = json!([
        {"type": "HEADER", "sub_type": null, "index": null, "cards": null, "parameters": [
            {"type": "LOCATION", "text": null, "location": {"latitude": 37.5, "longitude": "-122.10", "name": null}}]},
        {"type": "BODY", "parameters": [
            {"type": "TEXT", "text": 42, "parameter_name": null, "currency": null, "image": null},
            {"type": "currency", "currency": {"fallback_value": 12, "code": "USD", "amount_1000": "12000"}}]},
        {"type": "BUTTON", "sub_type": "QUICK_REPLY", "index": "0", "parameters": [{"type": "payload", "payload": 7}]},
        {"type": "button", "sub_type": "VOICE_CALL", "index": 1, "parameters": [
            {"type": "ttl_minutes", "ttl_minutes": "100"}]},
        {"type": "button", "sub_type": "FLOW", "index": "2", "parameters": [
            {"type": "action", "action": {"flow_token": null, "flow_action_data": {"a": null}, "sections": null}}]},
        {"type": "button", "sub_type": "url", "index": 3, "parameters": []},
        {"type": "limited_time_offer", "parameters": [
            {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": "1708804800000"}}]},
        {"type": "CAROUSEL", "cards": [
            {"card_index": "0", "components": [
                {"type": "HEADER", "parameters": [{"type": "IMAGE", "image": {"id": 55, "link": null}}]}]},
            {"card_index": 1, "components": [
                {"type": "header", "parameters": [{"type": "product",
                    "product": {"product_retailer_id": 7, "catalog_id": 8}}]}]}]},
    ]);
    let (content, written) = read(&theirs);
    assert_eq!(problems(content), [""; 0]);
    assert_eq!(
        written,
        json!([
            {"type": "header", "parameters": [
                {"type": "location", "location": {"latitude": "37.5", "longitude": "-122.1"}}]},
            {"type": "body", "parameters": [
                {"type": "text", "text": "42"},
                {"type": "currency", "currency": {"fallback_value": "12", "code": "USD", "amount_1000": 12000}}]},
            {"type": "button", "sub_type": "quick_reply", "index": 0,
             "parameters": [{"type": "payload", "payload": "7"}]},
            {"type": "button", "sub_type": "voice_call", "index": 1, "parameters": [
                {"type": "ttl_minutes", "ttl_minutes": 100}]},
            {"type": "button", "sub_type": "flow", "index": 2, "parameters": [
                {"type": "action", "action": {"flow_action_data": {"a": null}}}]},
            {"type": "button", "sub_type": "url", "index": 3, "parameters": []},
            {"type": "limited_time_offer", "parameters": [
                {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_708_804_800_000_i64}}]},
            {"type": "carousel", "cards": [
                {"card_index": 0, "components": [
                    {"type": "header", "parameters": [{"type": "image", "image": {"id": "55"}}]}]},
                {"card_index": 1, "components": [
                    {"type": "header", "parameters": [{"type": "product",
                        "product": {"product_retailer_id": "7", "catalog_id": "8"}}]}]}]},
        ])
    );
    let nothing: Message = serde_json::from_value(message(&Value::Null)).unwrap();
    assert_eq!(body(nothing.content().clone()), body(offer()));
}

#[test]
fn a_date_in_parts_is_kept_beside_its_text() {
    let date = json!({"type": "date_time", "date_time": {"fallback_value": "February 25, 1977", "day_of_week": 5,
        "year": 1977, "month": 2, "day_of_month": 25, "hour": 15, "minute": 33, "calendar": "GREGORIAN"}});
    assert_eq!(kept(&filled(&date)), [""; 0]);
    let (content, _) = read(&filled(&date));
    assert_eq!(content.text().as_deref(), Some("offer: February 25, 1977"));
}

#[test]
fn what_is_not_known_here_is_kept_and_left_to_meta() {
    for unknown in [
        json!([{"type": "hologram", "parameters": [{"type": "beam", "beam": {"colour": null}}]}]),
        json!([{"type": "hologram"}, {"type": "hologram"}]),
        json!([{"type": "hologram", "parameters": [{"type": "image", "image": {"id": "1"}}]}]),
        json!([{"type": "button", "sub_type": "hologram", "parameters": [{"type": "text", "text": "x"}]}]),
        json!([{"type": "button", "sub_type": "hologram", "parameters": [
            {"type": "action", "action": {"flow_token": "t", "order_details": bill_json()}}]}]),
        filled(&json!({"type": "beam", "parameter_name": "name", "beam": null})),
        filled(&json!({"type": "beam", "parameter_name": 7})),
        filled(&json!({"parameter": "without a type"})),
    ] {
        assert_eq!(kept(&unknown), [""; 0]);
    }
}

#[test]
fn a_known_value_that_is_not_as_documented_is_kept_and_reported() {
    for odd in [
        json!({"type": "text", "text": "x", "colour": "red"}),
        json!({"type": "TEXT", "text": ["private words"]}),
        json!({"type": "currency", "currency": {"code": "USD", "amount_1000": 1}}),
        json!({"type": "date_time", "date_time": "May 3"}),
        json!({"type": "group_id", "group_id": []}),
        json!({"type": "image", "image": {"id": "1", "link": "https://example.com/a"}}),
        json!({"type": "image", "image": {"id": "1", "filename": "a.jpg"}}),
        json!({"type": "video", "video": {}}),
        json!({"type": "gif", "gif": {"id": "1", "caption": "x"}}),
        json!({"type": "document", "document": {"id": "1", "caption": "x"}}),
        json!({"type": "location", "location": {"latitude": "north", "longitude": "1"}}),
        json!({"type": "product", "product": {"catalog_id": "1"}}),
        json!({"type": "payload"}),
        json!({"type": "coupon_code", "coupon_code": {"code": "x"}}),
        json!({"type": "ttl_minutes", "ttl_minutes": "soon"}),
        json!({"type": "action", "action": {"dance": true}}),
        json!({"type": "limited_time_offer", "limited_time_offer": {}}),
        json!({"type": "tap_target_configuration", "tap_target_configuration": {}}),
        json!({"type": "order_status", "order_status": {"order": {"status": "shipped"}}}),
        json!({"type": "action", "action": {"order_details": {"reference_id": "A-42"}}}),
        json!({"type": "action", "action": {"payment_request": {"payment_setting": {"type": "boleto"}}}}),
        json!({"type": "action", "action": {"sections": [{"title": "T"}]}}),
    ] {
        let components = json!([{"type": "hologram", "parameters": [odd]}]);
        let problem = "template.components[0].parameters[0]: is not as documented \
                       (the members that Meta documents for its type)";
        assert_eq!(kept(&components), [problem], "{components}");
    }
}

#[test]
fn a_template_with_unknown_members_is_kept_raw_and_reported() {
    for (components, reason) in [
        (json!([{"type": "body", "colour": "red"}]), "unknown field colour"),
        (
            json!([{"type": "carousel", "cards": [{"card_index": 0, "components": [], "hue": 1}]}]),
            "unknown field hue",
        ),
        (json!([{"type": "carousel", "cards": [{"components": []}]}]), "missing field card_index"),
        (json!([{"type": "body", "parameters": ["private words"]}]), "a member is of the wrong type"),
        (json!([{"type": "button", "index": "private words"}]), "a member is of the wrong type"),
    ] {
        let (content, written) = read(&components);
        assert_eq!(written, components);
        assert!(matches!(content, Content::Raw(_)));
        let found = problems(content);
        assert!(found.len() == 1 && found[0].starts_with(&format!("template: {reason}")), "{found:?}");
    }
}

#[test]
fn null_among_the_parts_of_a_date_is_nothing() {
    let theirs =
        json!({"type": "date_time", "date_time": {"fallback_value": "Monday", "hour": null, "year": 2026}});
    let (_, written) = read(&filled(&theirs));
    assert_eq!(written[0]["parameters"][0]["date_time"], json!({"fallback_value": "Monday", "year": 2026}));
}

#[test]
fn the_namespace_that_older_bodies_name_is_kept() {
    let theirs = json!({"namespace": "ba30dd89", "name": "a", "language": {"code": "en"}});
    let read: Message =
        serde_json::from_value(json!({"to": "+14155552671", "type": "template", "template": theirs}))
            .unwrap();
    assert!(matches!(read.content(), Content::Template(_)));
    assert!(read.validate().is_ok());
    assert_eq!(serde_json::to_value(&read).unwrap()["template"], theirs);
}
