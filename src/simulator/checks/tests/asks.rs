//! Messages that ask for something: a place, a contact, leave to call, a call, a form, an address.

use super::{LINK, assert_codes, interactive, long};
use serde_json::{Value, json};

/// What is refused where nothing but a body stands around the action.
fn body_only() -> [(&'static str, Value, i64); 4] {
    [
        ("/interactive/header", json!({ "type": "text", "text": "a" }), 100),
        ("/interactive/footer", json!({ "text": "a" }), 100),
        ("/interactive/body/text", json!(long(1024)), 0),
        ("/interactive/body/text", json!(long(1025)), 100),
    ]
}

#[test]
fn requests_are_a_body_and_the_name_of_their_action() {
    for (kind, name, without_body) in [
        ("location_request_message", "send_location", 131_008),
        ("request_contact_info", "request_contact_info", 131_008),
        ("call_permission_request", "call_permission_request", 0),
    ] {
        let ask = interactive(
            &json!({ "type": kind, "body": { "text": "Where are you?" }, "action": { "name": name } }),
        );
        assert_codes(&ask, &body_only());
        assert_codes(
            &ask,
            &[
                ("/interactive/body", Value::Null, without_body),
                ("/interactive/action/name", json!("send_money"), 131_009),
                ("/interactive/action/name", Value::Null, 131_008),
                ("/interactive/action/parameters", json!({}), 100),
                ("/interactive/action", Value::Null, 131_008),
            ],
        );
    }
}

#[test]
fn a_call_button_may_have_words_an_end_and_a_payload() {
    let call = interactive(&json!({ "type": "voice_call", "body": { "text": "Call us." },
        "action": { "name": "voice_call", "parameters": {
            "display_text": "Call on WhatsApp", "ttl_minutes": 100, "payload": "order 7" } } }));
    assert_codes(&call, &body_only());
    const PARAMETERS: &str = "/interactive/action/parameters";
    assert_codes(
        &call,
        &[
            ("/interactive/body", Value::Null, 131_008),
            ("/interactive/action/name", json!("call"), 131_009),
            ("/interactive/action/name", Value::Null, 131_008),
            (PARAMETERS, Value::Null, 0),
            (PARAMETERS, json!({}), 0),
            (&format!("{PARAMETERS}/display_text"), json!(long(20)), 0),
            (&format!("{PARAMETERS}/display_text"), json!(long(21)), 100),
            (&format!("{PARAMETERS}/ttl_minutes"), json!(1), 0),
            (&format!("{PARAMETERS}/ttl_minutes"), json!(43_200), 0),
            (&format!("{PARAMETERS}/ttl_minutes"), json!(0), 131_009),
            (&format!("{PARAMETERS}/ttl_minutes"), json!(43_201), 131_009),
            (&format!("{PARAMETERS}/ttl_minutes"), json!("100"), 100),
            (&format!("{PARAMETERS}/payload"), json!(long(512)), 0),
            (&format!("{PARAMETERS}/payload"), json!(long(513)), 100),
            (&format!("{PARAMETERS}/number"), json!("1"), 100),
        ],
    );
}

fn flow() -> Value {
    interactive(
        &json!({ "type": "flow", "header": { "type": "text", "text": "Booking" }, "body": { "text": "Book a visit." },
        "footer": { "text": "One minute" },
        "action": { "name": "flow", "parameters": {
            "flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "mode": "published", "flow_token": "t-1",
            "flow_action": "navigate",
            "flow_action_payload": { "screen": "FIRST", "data": { "name": "Ana" } } } } }),
    )
}

#[test]
fn a_flow_is_named_once_and_begins_at_a_screen() {
    const PARAMETERS: &str = "/interactive/action/parameters";
    let at = |member: &str| format!("{PARAMETERS}/{member}");
    assert_codes(
        &flow(),
        &[
            ("/interactive/header", json!({ "type": "document", "document": { "link": LINK } }), 0),
            ("/interactive/action/name", json!("form"), 131_009),
            (PARAMETERS, Value::Null, 131_008),
            (&at("flow_message_version"), json!("2"), 131_009),
            (&at("flow_message_version"), json!(3), 100),
            (&at("flow_message_version"), Value::Null, 131_008),
            (&at("flow_name"), json!("visits"), 131_009),
            (&at("flow_id"), Value::Null, 131_008),
            (&at("flow_id"), json!(1), 100),
            (&at("flow_cta"), json!(long(30)), 0),
            (&at("flow_cta"), json!(long(31)), 100),
            (&at("flow_cta"), json!("Book 📅"), 131_009),
            (&at("flow_cta"), Value::Null, 131_008),
            (&at("mode"), json!("draft"), 0),
            (&at("mode"), json!("secret"), 131_009),
            (&at("flow_token"), json!(""), 131_008),
            (&at("flow_action"), Value::Null, 0),
            (&at("flow_action"), json!("data_exchange"), 131_009),
            (&at("flow_action"), json!("close"), 131_009),
            (&at("flow_action_payload"), Value::Null, 0),
            (&at("flow_action_payload/screen"), Value::Null, 0),
            (&at("flow_action_payload/screen"), json!(""), 131_008),
            (&at("flow_action_payload/data"), json!({}), 131_009),
            (&at("flow_action_payload/data"), json!("{\"name\": \"Ana\"}"), 0),
            (&at("flow_action_payload/data"), json!("{}"), 131_009),
            (&at("flow_action_payload/data"), json!("name=Ana"), 131_009),
            (&at("flow_action_payload/data"), json!([1]), 131_009),
            (&at("flow_action_payload/title"), json!("a"), 100),
            (&at("flow_json"), json!("{}"), 100),
        ],
    );
    let named = super::with(&flow(), &at("flow_id"), Value::Null);
    let named = super::with(&named, &at("flow_name"), json!("my visits"));
    assert_codes(&named, &[(&at("flow_name"), json!(" "), 131_008)]);
    let exchange = super::with(&flow(), &at("flow_action_payload"), Value::Null);
    assert_codes(&super::with(&exchange, &at("flow_action"), json!("data_exchange")), &[]);
}

#[test]
fn an_address_form_is_for_a_country_and_has_any_fields() {
    let address = json!({ "name": "Ana", "phone_number": "+919812345678", "in_pin_code": "400063", "house_number": "12",
        "floor_number": "8", "tower_number": "2", "building_name": "Sunny", "address": "Wing A", "landmark_area": "Park",
        "city": "Mumbai", "state": "Maharashtra" });
    let ask =
        interactive(&json!({ "type": "address_message", "header": { "type": "text", "text": "Delivery" },
        "body": { "text": "Where to?" }, "footer": { "text": "India only" },
        "action": { "name": "address_message", "parameters": {
            "country": "IN", "values": address,
            "saved_addresses": [{ "id": "a1", "value": address }],
            "validation_errors": { "in_pin_code": "We do not ship there." } } } }));
    const PARAMETERS: &str = "/interactive/action/parameters";
    let at = |member: &str| format!("{PARAMETERS}/{member}");
    assert_codes(
        &ask,
        &[
            ("/interactive/action/name", json!("address"), 131_009),
            (PARAMETERS, json!({ "country": "IN" }), 0),
            (PARAMETERS, json!({}), 131_008),
            (&at("country"), json!("SG"), 0),
            (&at("country"), json!("in"), 131_009),
            (&at("country"), json!("IND"), 131_009),
            (&at("country"), json!("1N"), 131_009),
            (&at("values/in_pin_code"), json!("400063"), 0),
            (&at("values/in_pin_code"), json!("4000631"), 100),
            (&at("values/unit_number"), json!("1"), 0),
            (&at("values/building_name"), json!(""), 0),
            (&at("values/building_name"), Value::Null, 0),
            (&at("values/city"), json!(5), 100),
            (&at("saved_addresses/0/id"), Value::Null, 131_008),
            (&at("saved_addresses/0/id"), json!(5), 100),
            (&at("saved_addresses/0/value"), Value::Null, 131_008),
            (&at("saved_addresses/0/value/in_pin_code"), json!("4000631"), 100),
            (&at("saved_addresses/0/name"), json!("a"), 100),
            (&at("saved_addresses"), json!([{ "id": "a1", "value": {} }, { "id": "a2", "value": {} }]), 0),
            (
                &at("saved_addresses"),
                json!([{ "id": "a1", "value": {} }, { "id": "a1", "value": {} }]),
                131_009,
            ),
            (&at("saved_addresses"), json!({}), 100),
            (&at("validation_errors/unit_number"), json!("a"), 0),
            (&at("validation_errors/city"), json!(""), 131_008),
            (&at("language"), json!("en"), 100),
        ],
    );
}
