//! Template sends: the frame, texts, headers, and components that only some templates have.

use super::{LINK, assert_codes_in, code_in, long, model, to_somebody, with};
use crate::{
    simulator::{
        ApprovedTemplate,
        model::{MediaObject, Model},
    },
    template::Definition,
};
use serde_json::{Value, json};

/// A model in which the definition with these members, called `t`, is approved in English.
pub(super) fn approved(members: &Value) -> Model {
    let mut definition = json!({ "name": "t", "language": "en", "category": "MARKETING" });
    definition.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let definition: Definition = serde_json::from_value(definition).unwrap();
    let mut model = model();
    model.approve(definition.into());
    model
}

/// A model with a template of these components.
pub(super) fn of_components(components: &Value) -> Model {
    approved(&json!({ "components": components }))
}

pub(super) fn send(components: &Value) -> Value {
    json!({ "type": "template",
            "template": { "name": "t", "language": { "code": "en" }, "components": components } })
}

pub(super) fn text(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}

const BODY: &str = "/template/components/0";
const PARAMETER: &str = "/template/components/0/parameters/0";

fn at(place: &str, member: &str) -> String {
    format!("{place}/{member}")
}

#[test]
fn a_template_is_named_with_its_language() {
    let mut model = model();
    model.approve(ApprovedTemplate::new("t", "en", "Hello."));
    model.approve(ApprovedTemplate::new("a".repeat(512), "en", "Hello."));
    let plain = json!({ "type": "template", "template": { "name": "t", "language": { "code": "en" } } });
    assert_codes_in(
        &model,
        &plain,
        &[
            ("/template/name", json!("a".repeat(512)), 0),
            ("/template/name", json!("a".repeat(513)), 100),
            ("/template/name", json!("u"), 132_001),
            ("/template/name", Value::Null, 131_008),
            ("/template/language", Value::Null, 131_008),
            ("/template/language", json!("en"), 100),
            ("/template/language/code", json!("en_US"), 132_001),
            ("/template/language/code", Value::Null, 131_008),
            ("/template/language/code", json!(5), 100),
            ("/template/language/policy", json!("deterministic"), 0),
            ("/template/language/policy", json!("fallback"), 131_009),
            ("/template/language/region", json!("US"), 100),
            ("/template/namespace", json!("a"), 0),
            ("/template/category", json!("MARKETING"), 100),
            ("/template/components", json!([]), 0),
            ("/template/components", json!({}), 100),
            ("/template/components", json!([{ "type": "feet" }]), 100),
            ("/template/components", json!([{ "type": "footer", "parameters": [] }]), 100),
            ("/template/components", json!([{ "type": "body", "parameters": [] }]), 0),
            ("/template/components", json!([{ "type": "body" }, { "type": "BODY" }]), 131_009),
            ("/template/components", json!([{ "type": "body", "index": 0 }]), 100),
            ("/template/components", json!([{ "parameters": [] }]), 131_008),
            ("/template/components", json!([{ "type": 5 }]), 100),
        ],
    );
}

#[test]
fn numbered_placeholders_are_filled_in_by_text_currency_or_date() {
    let model = of_components(&json!([{ "type": "BODY", "text": "{{1}} pays {{2}} on {{3}}." }]));
    let money = json!({ "type": "currency", "currency": { "fallback_value": "$100.99", "code": "USD", "amount_1000": 100_990 } });
    let date = json!({ "type": "date_time", "date_time": { "fallback_value": "February 25" } });
    let body = send(&json!([{ "type": "BODY", "parameters": [text("Ana"), money, date] }]));
    assert_codes_in(
        &model,
        &body,
        &[
            ("/template/components", Value::Null, 132_000),
            (&at(BODY, "parameters"), json!([text("Ana"), money]), 132_000),
            (&at(BODY, "parameters"), json!([text("Ana"), money, date, date]), 132_000),
            (&at(BODY, "parameters"), json!({}), 100),
            (PARAMETER, json!({ "type": "group_id", "group_id": "Y2Fw" }), 0),
            (PARAMETER, json!({ "type": "group_id", "group_id": "Y2 Fw" }), 131_009),
            (PARAMETER, json!({ "type": "image", "image": { "link": LINK } }), 132_012),
            (PARAMETER, json!({ "type": "text" }), 131_008),
            (PARAMETER, json!({ "text": "Ana" }), 131_008),
            (PARAMETER, json!({ "type": 5, "text": "Ana" }), 100),
            (&at(PARAMETER, "text"), json!(" "), 131_008),
            (&at(PARAMETER, "text"), json!(5), 100),
            (&at(PARAMETER, "text"), json!("a\nb"), 132_018),
            (&at(PARAMETER, "text"), json!("a\rb"), 132_018),
            (&at(PARAMETER, "text"), json!("a\tb"), 132_018),
            (&at(PARAMETER, "text"), json!("a    b"), 0),
            (&at(PARAMETER, "text"), json!("a     b"), 132_018),
            (&at(PARAMETER, "text"), json!(long(1024)), 132_005),
            (&at(PARAMETER, "text"), json!(long(1024 - " pays $100.99 on February 25.".len())), 0),
            (&at(PARAMETER, "example"), json!("a"), 100),
            (&at(PARAMETER, "parameter_name"), json!("1"), 0),
            (&at(PARAMETER, "parameter_name"), json!("name"), 132_012),
            (&at(BODY, "parameters/1/currency/fallback_value"), Value::Null, 131_008),
            (&at(BODY, "parameters/1/currency/fallback_value"), json!(5), 100),
            (&at(BODY, "parameters/1/currency/code"), Value::Null, 131_008),
            (&at(BODY, "parameters/1/currency/code"), json!(5), 100),
            (&at(BODY, "parameters/1/currency/code"), json!("BRL"), 0),
            (&at(BODY, "parameters/1/currency/code"), json!("brl"), 131_009),
            (&at(BODY, "parameters/1/currency/code"), json!("BRLX"), 131_009),
            (&at(BODY, "parameters/1/currency/amount_1000"), json!(-5), 0),
            (&at(BODY, "parameters/1/currency/amount_1000"), Value::Null, 131_008),
            (&at(BODY, "parameters/1/currency/amount_1000"), json!("5"), 100),
            (&at(BODY, "parameters/1/currency/amount_1000"), json!(0.5), 100),
            (&at(BODY, "parameters/1/currency/symbol"), json!("$"), 100),
            (&at(BODY, "parameters/2/date_time/fallback_value"), Value::Null, 131_008),
            (&at(BODY, "parameters/2/date_time/fallback_value"), json!(5), 100),
            (&at(BODY, "parameters/2/date_time/year"), json!(2027), 100),
        ],
    );
}

#[test]
fn named_placeholders_are_filled_in_by_name() {
    let model = of_components(&json!([
        { "type": "HEADER", "format": "TEXT", "text": "Hi {{name}}" },
        { "type": "BODY", "text": "Order {{order}} for {{name}} is here. Bye {{name}}!" },
    ]));
    let named = |name: &str| json!({ "type": "text", "parameter_name": name, "text": "a" });
    let both = send(&json!([
        { "type": "body", "parameters": [named("name"), named("order")] },
        { "type": "header", "parameters": [named("name")] },
    ]));
    assert_codes_in(
        &model,
        &both,
        &[
            (&at(BODY, "parameters"), json!([named("order"), named("name")]), 0),
            (&at(BODY, "parameters"), json!([named("order"), named("place")]), 132_012),
            (&at(BODY, "parameters"), json!([named("order"), named("order")]), 132_012),
            (&at(BODY, "parameters"), json!([named("order")]), 132_000),
            (&at(BODY, "parameters"), json!([text("a"), text("b")]), 100),
            (&at(PARAMETER, "parameter_name"), json!(""), 131_008),
            ("/template/components/1/parameters/0/text", json!(long(57)), 0),
            ("/template/components/1/parameters/0/text", json!(long(58)), 132_005),
            ("/template/components/1/parameters", json!([]), 132_000),
        ],
    );
}

#[test]
fn a_header_is_what_the_template_has() {
    for kind in ["image", "video", "document", "gif"] {
        let model = of_components(
            &json!([{ "type": "HEADER", "format": kind }, { "type": "BODY", "text": "Look." }]),
        );
        let header =
            send(&json!([{ "type": "header", "parameters": [{ "type": kind, kind: { "link": LINK } }] }]));
        let filename = if kind == "document" { 0 } else { 100 };
        assert_codes_in(
            &model,
            &header,
            &[
                ("/template/components", json!([]), 132_000),
                (PARAMETER, text("a"), 132_012),
                (PARAMETER, json!({ "type": "sticker", "sticker": { "link": LINK } }), 132_012),
                (PARAMETER, json!({ "type": kind }), 131_008),
                (PARAMETER, json!({ kind: { "link": LINK } }), 131_008),
                (&at(PARAMETER, kind), json!({ "id": "1" }), 131_009),
                (&at(PARAMETER, kind), json!({}), 131_008),
                (&at(PARAMETER, &format!("{kind}/filename")), json!("a.pdf"), filename),
                (&at(PARAMETER, &format!("{kind}/caption")), json!("a"), 100),
                (&at(PARAMETER, "text"), json!("a"), 100),
                (&at(BODY, "parameters"), json!([text("a"), text("b")]), 132_000),
            ],
        );
    }
    let mut model =
        of_components(&json!([{ "type": "HEADER", "format": "GIF" }, { "type": "BODY", "text": "Look." }]));
    for (mime, expected) in [("video/mp4", 0), ("image/png", 131_053)] {
        let id = model.keep_media(MediaObject::new("a".into(), mime.into()));
        let header =
            send(&json!([{ "type": "header", "parameters": [{ "type": "gif", "gif": { "id": id } }] }]));
        assert_eq!(code_in(&model, &to_somebody(&header)), expected, "{mime}");
    }
}

#[test]
fn a_header_of_text_takes_no_group() {
    let model = of_components(
        &json!([{ "type": "HEADER", "format": "TEXT", "text": "Join {{1}}" }, { "type": "BODY", "text": "Now." }]),
    );
    let header = send(&json!([{ "type": "header", "parameters": [text("us")] }]));
    let group = json!({ "type": "group_id", "group_id": "Y2Fw" });
    assert_codes_in(&model, &header, &[(PARAMETER, group, 132_012)]);
}

#[test]
fn a_header_may_be_a_place_or_a_product() {
    let model = of_components(
        &json!([{ "type": "HEADER", "format": "LOCATION" }, { "type": "BODY", "text": "Here." }]),
    );
    let place =
        json!({ "latitude": "37.44", "longitude": "-122.16", "name": "Roof Garden", "address": "1 Main St" });
    let header =
        send(&json!([{ "type": "header", "parameters": [{ "type": "location", "location": place }] }]));
    assert_codes_in(
        &model,
        &header,
        &[
            ("/template/components", json!([]), 132_000),
            (PARAMETER, text("a"), 132_012),
            (&at(PARAMETER, "location/latitude"), json!("91"), 131_009),
            (&at(PARAMETER, "location/longitude"), Value::Null, 131_008),
            (&at(PARAMETER, "location/url"), json!("a"), 100),
        ],
    );
    let model = of_components(
        &json!([{ "type": "header", "format": "product" }, { "type": "BODY", "text": "This." },
        { "type": "BUTTONS", "buttons": [{ "type": "SPM", "text": "View" }] }]),
    );
    let product = json!({ "product_retailer_id": "sku 7", "catalog_id": "194836987003835" });
    let header =
        send(&json!([{ "type": "header", "parameters": [{ "type": "product", "product": product }] }]));
    assert_codes_in(
        &model,
        &header,
        &[
            ("/template/components", json!([]), 132_000),
            (&at(PARAMETER, "product/product_retailer_id"), Value::Null, 131_008),
            (&at(PARAMETER, "product/product_retailer_id"), json!(7), 100),
            (&at(PARAMETER, "product/catalog_id"), Value::Null, 131_008),
            (&at(PARAMETER, "product/catalog_id"), json!(7), 100),
            (&at(PARAMETER, "product/catalog_id"), json!("1 2"), 131_009),
            (&at(PARAMETER, "product/name"), json!("a"), 100),
        ],
    );
}

#[test]
fn a_template_without_header_takes_none() {
    let model = of_components(&json!([{ "type": "BODY", "text": "Hello." }]));
    assert_codes_in(
        &model,
        &send(&json!([{ "type": "header" }])),
        &[(&at(BODY, "parameters"), json!([text("a")]), 132_000)],
    );
}

#[test]
fn a_one_time_code_is_the_same_in_body_and_button_and_goes_to_numbers() {
    let model = approved(&json!({ "category": "AUTHENTICATION", "components": [
        { "type": "BODY", "add_security_recommendation": true },
        { "type": "FOOTER", "code_expiration_minutes": 10 },
        { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
    ] }));
    let code = |code: &str| {
        json!([
            { "type": "body", "parameters": [text(code)] },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": [text(code)] },
        ])
    };
    let content = send(&code("123456"));
    assert_codes_in(
        &model,
        &content,
        &[
            ("/template/components", code(&"1".repeat(15)), 0),
            ("/template/components", code(&"1".repeat(16)), 100),
            (&at(PARAMETER, "text"), json!("654321"), 131_009),
            (&at(BODY, "parameters"), json!([]), 132_000),
            ("/template/components/1/parameters", json!([]), 131_008),
            ("/template/components/1/parameters", json!([text("1"), text("1")]), 132_000),
            ("/template/components/1/sub_type", json!("copy_code"), 132_012),
            ("/recipient", json!("US.1"), 0),
        ],
    );
    let by_user_id = with(&with(&to_somebody(&content), "/to", Value::Null), "/recipient", json!("US.1"));
    assert_eq!(code_in(&model, &by_user_id), 131_062);
}

#[test]
fn an_offer_says_when_it_ends_if_it_does() {
    let offer = |has_expiration: Value| {
        of_components(&json!([
            { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Expiring offer!", "has_expiration": has_expiration } },
            { "type": "BODY", "text": "For {{1}}: {{2}}" },
        ]))
    };
    let body = |second: &str| json!({ "type": "body", "parameters": [text("Ana"), text(second)] });
    let expiry = json!({ "type": "limited_time_offer", "parameters": [{ "type": "limited_time_offer",
        "limited_time_offer": { "expiration_time_ms": 1_800_000_600_000_u64 } }] });
    let with_expiry = send(&json!([body("a"), expiry]));
    let parameter = "/template/components/1/parameters/0";
    assert_codes_in(
        &offer(json!(true)),
        &with_expiry,
        &[
            ("/template/components", json!([body("a")]), 132_000),
            ("/template/components", json!([body(&long(591)), expiry]), 0),
            ("/template/components", json!([body(&long(592)), expiry]), 132_005),
            (parameter, text("a"), 132_012),
            (&at(parameter, "limited_time_offer/expiration_time_ms"), json!("1800000600000"), 100),
            (&at(parameter, "limited_time_offer/expiration_time_ms"), json!(1), 0),
            (&at(parameter, "limited_time_offer/expiration_time_ms"), json!(0), 131_009),
            (&at(parameter, "limited_time_offer/expiration_time_ms"), Value::Null, 131_008),
            (&at(parameter, "limited_time_offer/text"), json!("a"), 100),
        ],
    );
    assert_codes_in(
        &offer(json!(false)),
        &send(&json!([body("a")])),
        &[("/template/components", json!([body("a"), expiry]), 132_000)],
    );
    assert_codes_in(&offer(Value::Null), &with_expiry, &[("/template/components", json!([body("a")]), 0)]);
    let without = of_components(&json!([{ "type": "BODY", "text": "For {{1}}: {{2}}" }]));
    assert_eq!(code_in(&without, &to_somebody(&with_expiry)), 132_000);
}

#[test]
fn a_tap_on_the_message_may_open_an_address() {
    let model = of_components(&json!([{ "type": "BODY", "text": "Look." }]));
    let tap = send(&json!([{ "type": "tap_target_configuration", "parameters": [{
        "type": "tap_target_configuration",
        "tap_target_configuration": [{ "url": "https://example.com/", "title": "Offers" }] }] }]));
    let target = at(PARAMETER, "tap_target_configuration");
    assert_codes_in(
        &model,
        &tap,
        &[
            (&at(BODY, "parameters"), json!([]), 132_000),
            (&target, json!([]), 131_008),
            (&at(&target, "0/url"), json!("example"), 131_009),
            (&at(&target, "0/url"), json!(format!("https://example.com/{}", "a".repeat(1980))), 0),
            (&at(&target, "0/url"), json!(format!("https://example.com/{}", "a".repeat(1981))), 100),
            (&at(&target, "0/url"), Value::Null, 131_008),
            (&at(&target, "0/title"), Value::Null, 131_008),
            (&at(&target, "0/title"), json!(5), 100),
            (&at(&target, "0/color"), json!("red"), 100),
        ],
    );
}

#[test]
fn the_state_of_an_order_needs_a_template_for_it() {
    let components = json!([{ "type": "BODY", "text": "News of your order." }]);
    let model =
        approved(&json!({ "category": "UTILITY", "sub_category": "ORDER_STATUS", "components": components }));
    let status =
        send(&json!([{ "type": "order_status", "parameters": [{ "type": "order_status", "order_status": {
        "reference_id": "ref-1", "order": { "status": "shipped", "description": "By road." } } }] }]));
    assert_codes_in(
        &model,
        &status,
        &[
            ("/template/components", json!([]), 132_000),
            (&at(PARAMETER, "order_status/order/status"), json!("lost"), 131_009),
            (&at(PARAMETER, "order_status/reference_id"), Value::Null, 131_008),
            (PARAMETER, text("a"), 132_012),
        ],
    );
    assert_eq!(code_in(&of_components(&components), &to_somebody(&status)), 132_000);
}
