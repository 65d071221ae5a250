//! The buttons of templates.

use super::{
    assert_codes_in, code_in, long,
    orders::{brazil, india},
    templates::{of_components, send, text},
    to_somebody, with,
};
use crate::simulator::model::Model;
use serde_json::{Value, json};

const BUTTON: &str = "/template/components/0";
const PARAMETER: &str = "/template/components/0/parameters/0";

fn at(member: &str) -> String {
    format!("{PARAMETER}/{member}")
}

fn with_buttons(buttons: &Value) -> Model {
    of_components(&json!([{ "type": "BODY", "text": "Hello." }, { "type": "BUTTONS", "buttons": buttons }]))
}

/// A send with the component of the first button.
fn tap(sub_type: &str, parameter: &Value) -> Value {
    send(&json!([{ "type": "button", "sub_type": sub_type, "index": "0", "parameters": [parameter] }]))
}

fn action(action: &Value) -> Value {
    json!({ "type": "action", "action": action })
}

#[test]
fn a_component_names_its_button_by_position_and_kind() {
    let model = with_buttons(&json!([
        { "type": "QUICK_REPLY", "text": "Yes" },
        { "type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["a"] },
        { "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+14155550123" },
    ]));
    let url = json!({ "type": "button", "sub_type": "url", "index": 1, "parameters": [text("a")] });
    assert_codes_in(
        &model,
        &send(&json!([url])),
        &[
            (&format!("{BUTTON}/index"), json!("1"), 0),
            (&format!("{BUTTON}/index"), json!(0), 132_012),
            (&format!("{BUTTON}/index"), json!(3), 132_000),
            (&format!("{BUTTON}/index"), json!(-1), 131_009),
            (&format!("{BUTTON}/index"), json!("first"), 131_009),
            (&format!("{BUTTON}/index"), Value::Null, 131_008),
            (&format!("{BUTTON}/sub_type"), json!("URL"), 0),
            (&format!("{BUTTON}/sub_type"), json!("flow"), 132_012),
            (&format!("{BUTTON}/sub_type"), Value::Null, 131_008),
            (&format!("{BUTTON}/sub_type"), json!(5), 100),
            (&format!("{BUTTON}/cards"), json!([]), 100),
            ("/template/components", json!([url, url]), 131_009),
            (
                "/template/components",
                json!([url, { "type": "button", "sub_type": "phone_number", "index": 2, "parameters": [] }]),
                132_012,
            ),
        ],
    );
}

#[test]
fn a_quick_reply_may_have_a_payload() {
    let model = with_buttons(&json!([{ "type": "QUICK_REPLY", "text": "Yes" }]));
    let payload = json!({ "type": "payload", "payload": "yes" });
    assert_codes_in(
        &model,
        &tap("quick_reply", &payload),
        &[
            ("/template/components", json!([]), 0),
            (&format!("{BUTTON}/parameters"), json!([]), 0),
            (&format!("{BUTTON}/parameters"), json!([payload, payload]), 132_000),
            (PARAMETER, text("yes"), 132_012),
            (&at("payload"), json!(" "), 131_008),
            (&at("payload"), json!(long(256)), 0),
            (&at("payload"), json!(long(257)), 100),
            (&at("payload"), json!({}), 100),
        ],
    );
}

#[test]
fn an_address_takes_what_its_placeholder_stands_for() {
    let model = with_buttons(
        &json!([{ "type": "URL", "text": "Track", "url": "https://example.com/{{1}}", "example": ["a"] }]),
    );
    assert_codes_in(
        &model,
        &tap("url", &text("A-42")),
        &[
            ("/template/components", json!([]), 131_008),
            (&format!("{BUTTON}/parameters"), json!([text("a"), text("b")]), 132_000),
            (PARAMETER, json!({ "type": "payload", "payload": "a" }), 132_012),
            (PARAMETER, json!({ "type": "date_time", "date_time": { "fallback_value": "a" } }), 132_012),
            (&at("text"), json!(""), 131_008),
            (&at("text"), json!("a\nb"), 132_018),
            (&at("text"), json!(long(2000)), 0),
            (&at("text"), json!(long(2001)), 100),
            (&at("payment_link_preview"), json!(true), 0),
            (&at("payment_link_preview"), json!("yes"), 100),
            (&at("parameter_name"), json!("1"), 100),
        ],
    );
    let headed = of_components(&json!([{ "type": "HEADER", "format": "TEXT", "text": "Hi" },
        { "type": "BODY", "text": "Hello." }, { "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Pay", "url": "https://example.com/{{1}}", "example": ["a"] }] }]));
    assert_codes_in(
        &headed,
        &tap("url", &text("A-42")),
        &[
            (&at("payment_link_preview"), json!(false), 0),
            (&at("payment_link_preview"), json!(true), 131_009),
        ],
    );
    let fixed = with_buttons(&json!([{ "type": "URL", "text": "Track", "url": "https://example.com" }]));
    assert_eq!(code_in(&fixed, &to_somebody(&tap("url", &text("a")))), 132_000);
    assert_eq!(code_in(&fixed, &to_somebody(&send(&json!([])))), 0);
}

#[test]
fn a_coupon_has_a_code_of_20_characters() {
    let model = with_buttons(&json!([{ "type": "COPY_CODE", "example": "SUN20" }]));
    assert_codes_in(
        &model,
        &tap("copy_code", &json!({ "type": "coupon_code", "coupon_code": "SUN20" })),
        &[
            (&format!("{BUTTON}/sub_type"), json!("COPY_CODE"), 0),
            ("/template/components", json!([]), 131_008),
            (&at("coupon_code"), json!(long(20)), 0),
            (&at("coupon_code"), json!(long(21)), 100),
            (&at("coupon_code"), json!(""), 131_008),
            (PARAMETER, text("SUN20"), 132_012),
        ],
    );
}

#[test]
fn catalogs_and_products_have_a_picture_and_sections() {
    let model = with_buttons(&json!([{ "type": "CATALOG", "text": "View catalog" }]));
    let thumbnail = action(&json!({ "thumbnail_product_retailer_id": "sku 7" }));
    assert_codes_in(
        &model,
        &tap("catalog", &thumbnail),
        &[
            ("/template/components", json!([]), 0),
            (&format!("{BUTTON}/parameters"), json!([thumbnail, thumbnail]), 132_000),
            (&at("action/thumbnail_product_retailer_id"), json!(""), 131_008),
            (&at("action/sections"), json!([]), 100),
            (PARAMETER, text("a"), 132_012),
        ],
    );
    let model = with_buttons(&json!([{ "type": "MPM", "text": "View items" }]));
    let section = |count: usize| json!({ "title": long(24), "product_items": vec![json!({ "product_retailer_id": "sku" }); count] });
    let products =
        action(&json!({ "thumbnail_product_retailer_id": "sku", "sections": [section(15), section(15)] }));
    assert_codes_in(
        &model,
        &tap("mpm", &products),
        &[
            ("/template/components", json!([]), 131_008),
            (&at("action/sections"), Value::Null, 131_008),
            (&at("action/sections"), json!(vec![section(3); 10]), 0),
            (&at("action/sections"), json!(vec![section(1); 11]), 131_009),
            (&at("action/sections"), json!([section(31)]), 131_009),
            (&at("action/sections/0/title"), json!(long(25)), 100),
            (&at("action/sections/0/title"), Value::Null, 131_008),
            (&at("action/catalog_id"), json!("1"), 100),
        ],
    );
}

#[test]
fn a_flow_may_have_a_token_and_data() {
    let model = with_buttons(&json!([{ "type": "FLOW", "text": "Book", "flow_id": "1" }]));
    assert_codes_in(
        &model,
        &tap("flow", &action(&json!({ "flow_token": "t-1", "flow_action_data": { "name": "Ana" } }))),
        &[
            ("/template/components", json!([]), 0),
            (&at("action"), json!({}), 0),
            (&at("action/flow_token"), json!(""), 131_008),
            (&at("action/flow_action_data"), json!({}), 131_009),
            (&at("action/flow_action_data"), json!("name"), 100),
            (&at("action/screen"), json!("a"), 100),
            (PARAMETER, text("a"), 132_012),
        ],
    );
}

#[test]
fn a_call_has_an_end_a_payload_and_no_need_for_an_index() {
    let model = with_buttons(&json!([
        { "type": "URL", "text": "Look", "url": "https://example.com" }, { "type": "VOICE_CALL", "text": "Call" },
    ]));
    let minutes = json!({ "type": "ttl_minutes", "ttl_minutes": 43_200 });
    let payload = json!({ "type": "payload", "payload": long(512) });
    let call =
        send(&json!([{ "type": "button", "sub_type": "voice_call", "parameters": [minutes, payload] }]));
    assert_codes_in(
        &model,
        &call,
        &[
            ("/template/components", json!([]), 0),
            (&format!("{BUTTON}/index"), json!(1), 0),
            (&format!("{BUTTON}/index"), json!(0), 132_012),
            (&format!("{BUTTON}/parameters"), json!([payload]), 0),
            (&format!("{BUTTON}/parameters"), json!([minutes, minutes]), 131_009),
            (&at("ttl_minutes"), json!(43_201), 131_009),
            (&at("ttl_minutes"), json!(0), 131_009),
            (&at("type"), Value::Null, 131_008),
            (&format!("{BUTTON}/parameters/1/payload"), json!(long(513)), 100),
            (PARAMETER, text("a"), 132_012),
        ],
    );
    let other = with_buttons(&json!([{ "type": "QUICK_REPLY", "text": "Yes" }]));
    assert_eq!(code_in(&other, &to_somebody(&call)), 132_012);
}

#[test]
fn an_order_is_on_its_button() {
    let model = with_buttons(&json!([{ "type": "ORDER_DETAILS", "text": "Review and Pay" }]));
    for order in [india(), brazil()] {
        assert_codes_in(
            &model,
            &tap("order_details", &action(&json!({ "order_details": order }))),
            &[
                ("/template/components", json!([]), 131_008),
                (&at("action/order_details/total_amount/value"), json!(1), 131_009),
                (&at("action/order_details/reference_id"), json!("a b"), 131_009),
                (&at("action/order_details/shipping_info"), json!({}), 100),
                (&at("action/order_details/order/items/0/name"), Value::Null, 131_008),
                (&at("action/name"), json!("review_and_pay"), 100),
                (&at("action"), json!({}), 131_008),
            ],
        );
    }
}

#[test]
fn at_a_checkout_goods_are_shipped_and_paid_by_a_gateway() {
    let model = with_buttons(&json!([{ "type": "order_details", "text": "Buy now" }]));
    let address = json!({ "name": long(256), "phone_number": "919812345678", "address": long(512), "city": long(100),
        "state": long(100), "in_pin_code": "400063", "landmark_area": long(128), "house_number": "12345678",
        "floor_number": long(10), "tower_number": "12345678", "building_name": long(128) });
    let mut one = india();
    one["order"]["items"].as_array_mut().unwrap().truncate(1);
    let costs = [("/total_amount/value", 1950), ("/order/subtotal/value", 1800)];
    let one = costs.into_iter().fold(one, |order, (at, value)| with(&order, at, json!(value)));
    let order = with(&one, "/shipping_info", json!({ "country": "IN", "addresses": [address] }));
    let info = at("action/order_details/shipping_info");
    let tea = |price| json!({ "retailer_id": "tea", "name": "Tea", "amount": { "value": price, "offset": 100 }, "quantity": 1 });
    let first = format!("{info}/addresses/0");
    let bought = tap("order_details", &action(&json!({ "order_details": order })));
    let mut changes = vec![
        (info.clone(), Value::Null, 131_008),
        (format!("{info}/country"), json!("FR"), 131_009),
        (format!("{info}/country"), Value::Null, 131_008),
        (format!("{info}/addresses"), json!({}), 100),
        (format!("{info}/addresses"), json!([]), 0),
        (format!("{info}/addresses"), Value::Null, 131_008),
        (format!("{info}/note"), json!("a"), 100),
        (format!("{first}/name"), Value::Null, 131_008),
        (format!("{first}/landmark_area"), Value::Null, 0),
        (format!("{first}/zip"), json!("1"), 100),
        (at("action/order_details/type"), json!("digital-goods"), 100),
        (
            at("action/order_details/payment_settings/0"),
            json!({ "type": "payment_link", "payment_link": { "uri": "https://example.com" } }),
            131_009,
        ),
        (at("action/order_details/order/items/0/quantity"), json!(101), 131_009),
        // Two that cost as much as the one did.
        (at("action/order_details/order/items"), json!([tea(900), tea(900)]), 131_009),
    ];
    for (member, most) in [
        ("name", 256),
        ("phone_number", 12),
        ("address", 512),
        ("city", 100),
        ("state", 100),
        ("in_pin_code", 6),
        ("landmark_area", 128),
        ("house_number", 8),
        ("floor_number", 10),
        ("tower_number", 8),
        ("building_name", 128),
    ] {
        changes.push((format!("{first}/{member}"), json!(long(most + 1)), 100));
    }
    let changes: Vec<_> = changes.iter().map(|(at, value, code)| (&**at, value.clone(), *code)).collect();
    assert_codes_in(&model, &bought, &changes);
    // Brazil has no such checkout.
    let brazilian = tap("order_details", &action(&json!({ "order_details": brazil() })));
    assert_codes_in(&model, &brazilian, &[(&info, json!({ "country": "IN", "addresses": [] }), 100)]);
}

#[test]
fn a_payment_is_asked_for_in_the_way_of_the_template() {
    for (way, setting, needed) in [
        ("pix_dynamic_code", json!({ "code": "000201" }), "code"),
        ("boleto", json!({ "digitable_line": "0339" }), "digitable_line"),
        ("payment_link", json!({ "uri": "https://example.com/pay" }), "uri"),
    ] {
        let button = json!({ "type": "PAYMENT_REQUEST", "text": "Pay", "payment_setting": { "type": way, way: setting } });
        let request =
            action(&json!({ "payment_request": { "payment_setting": { "type": way, way: setting } } }));
        let inside = at("action/payment_request/payment_setting");
        let other = if way == "boleto" {
            json!({ "type": "payment_link", "payment_link": { "uri": "https://example.com/pay" } })
        } else {
            json!({ "type": "boleto", "boleto": { "digitable_line": "0339" } })
        };
        assert_codes_in(
            &with_buttons(&json!([button])),
            &tap("payment_request", &request),
            &[
                ("/template/components", json!([]), 131_008),
                (&inside, Value::Null, 131_008),
                (&at("action"), json!({}), 131_008),
                (&at("action/payment_request/order"), json!({}), 100),
                (&inside, other, 132_012),
                (&format!("{inside}/type"), json!("cash"), 131_009),
                (&format!("{inside}/{way}/{needed}"), Value::Null, 131_008),
                (&format!("{inside}/{way}/other"), json!("a"), 100),
                (&at("action/order_details"), json!({}), 100),
            ],
        );
    }
}

#[test]
fn some_buttons_take_nothing() {
    for button in [
        json!({ "type": "PHONE_NUMBER", "text": "Call", "phone_number": "+14155550123" }),
        json!({ "type": "SPM", "text": "View" }),
        json!({ "type": "REQUEST_CONTACT_INFO" }),
    ] {
        let model = with_buttons(&json!([button]));
        assert_eq!(code_in(&model, &to_somebody(&send(&json!([])))), 0);
        for sub_type in ["url", "spm"] {
            assert_eq!(code_in(&model, &to_somebody(&tap(sub_type, &text("a")))), 132_012, "{button}");
        }
    }
    let newer = with_buttons(&json!([{ "type": "TELEPORT", "text": "Go" }]));
    assert_eq!(code_in(&newer, &to_somebody(&tap("teleport", &text("a")))), 0);
}
