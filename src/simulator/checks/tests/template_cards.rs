//! Carousel templates.

use super::{
    LINK, assert_codes_in, code, long,
    orders::india,
    templates::{of_components, send, text},
};
use serde_json::{Value, json};

const CAROUSEL: &str = "/template/components/0";
const CARDS: &str = "/template/components/0/cards";

#[test]
fn a_template_nobody_approved_is_unknown() {
    assert_eq!(code(&send(&json!([]))), 132_001);
}

/// A card of media as it is sent, with a text and the ends of two buttons.
fn card(index: usize) -> Value {
    json!({ "card_index": index, "components": [
        { "type": "header", "parameters": [{ "type": "image", "image": { "link": LINK } }] },
        { "type": "body", "parameters": [text("Ana")] },
        { "type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{ "type": "payload", "payload": index.to_string() }] },
        { "type": "button", "sub_type": "url", "index": 1, "parameters": [text("roof")] },
    ] })
}

#[test]
fn there_is_a_card_for_each_card_of_the_template() {
    let approved = json!({ "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BODY", "text": "For {{1}}" },
        { "type": "BUTTONS", "buttons": [
            { "type": "QUICK_REPLY", "text": "More" },
            { "type": "URL", "text": "Look", "url": "https://example.com/{{1}}", "example": ["a"] },
        ] },
    ] });
    let model = of_components(&json!([
        { "type": "BODY", "text": "Look." }, { "type": "CAROUSEL", "cards": [approved, approved] },
    ]));
    let at = |member: &str| format!("{CARDS}/1/{member}");
    assert_codes_in(
        &model,
        &send(&json!([{ "type": "CAROUSEL", "cards": [card(0), card(1)] }])),
        &[
            ("/template/components", json!([]), 132_000),
            (CARDS, json!([card(1), card(0)]), 0),
            (CARDS, json!([card(0)]), 132_000),
            (CARDS, json!([card(0), card(1), card(2)]), 132_000),
            (CARDS, Value::Null, 131_008),
            (CARDS, json!({}), 100),
            (&format!("{CAROUSEL}/parameters"), json!([]), 100),
            (&at("card_index"), json!(0), 131_009),
            (&at("card_index"), json!(2), 131_009),
            (&at("card_index"), json!("1"), 100),
            (&at("card_index"), Value::Null, 131_008),
            (&at("body"), json!({}), 100),
            (&at("components"), Value::Null, 132_000),
            (&at("components/0/parameters/0"), text("a"), 132_012),
            (&at("components/1/parameters"), json!([]), 132_000),
            (&at("components/1/parameters/0/text"), json!(long(156)), 0),
            (&at("components/1/parameters/0/text"), json!(long(157)), 132_005),
            (&at("components/2/sub_type"), json!("url"), 132_012),
            (&at("components/3/index"), json!(2), 132_000),
            (&at("components/3/parameters"), json!([]), 131_008),
            (&at("components/0"), json!({ "type": "carousel", "cards": [] }), 100),
        ],
    );
}

#[test]
fn a_template_without_cards_takes_none() {
    let model = of_components(&json!([{ "type": "BODY", "text": "Look." }]));
    assert_codes_in(
        &model,
        &send(&json!([{ "type": "carousel", "cards": [] }])),
        &[(CARDS, json!([card(0), card(1)]), 132_000)],
    );
}

#[test]
fn products_on_cards_are_named_by_each_send() {
    let approved = json!({ "components": [
        { "type": "header", "format": "product" },
        { "type": "buttons", "buttons": [{ "type": "spm", "text": "View" }] },
    ] });
    let model = of_components(&json!([
        { "type": "BODY", "text": "Look." }, { "type": "CAROUSEL", "cards": [approved, approved] },
    ]));
    let card = |index: usize| {
        json!({ "card_index": index, "components": [{ "type": "header", "parameters": [{ "type": "product",
            "product": { "product_retailer_id": format!("sku {index}"), "catalog_id": "194836987003835" } }] }] })
    };
    assert_codes_in(
        &model,
        &send(&json!([{ "type": "carousel", "cards": [card(0), card(1)] }])),
        &[
            (&format!("{CARDS}/0/components"), json!([]), 132_000),
            (&format!("{CARDS}/0/components/0/parameters/0/product/catalog_id"), Value::Null, 131_008),
        ],
    );
}

#[test]
fn orders_on_cards_have_references_of_their_own() {
    let approved = json!({ "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BUTTONS", "buttons": [{ "type": "ORDER_DETAILS", "text": "Pay" }] },
    ] });
    let model = of_components(&json!([
        { "type": "BODY", "text": "Look." }, { "type": "CAROUSEL", "cards": [approved, approved] },
    ]));
    let card = |index: usize| {
        let order = super::with(&india(), "/reference_id", json!(format!("ref-{index}")));
        json!({ "card_index": index, "components": [
            { "type": "header", "parameters": [{ "type": "image", "image": { "link": LINK } }] },
            { "type": "button", "sub_type": "order_details", "index": 0,
              "parameters": [{ "type": "action", "action": { "order_details": order } }] },
        ] })
    };
    let reference = format!("{CARDS}/1/components/1/parameters/0/action/order_details/reference_id");
    assert_codes_in(
        &model,
        &send(&json!([{ "type": "carousel", "cards": [card(0), card(1)] }])),
        &[(&reference, json!("ref-0"), 131_009)],
    );
}
