//! Interactive carousels.

use super::{LINK, assert_codes, interactive, long};
use serde_json::{Value, json};

const CARDS: &str = "/interactive/action/cards";

fn carousel(cards: &[Value]) -> Value {
    interactive(
        &json!({ "type": "carousel", "body": { "text": "Which one?" }, "action": { "cards": cards } }),
    )
}

fn link_card(index: usize) -> Value {
    json!({ "card_index": index, "type": "cta_url", "header": { "type": "image", "image": { "link": LINK } },
        "body": { "text": "Roof\nand\ngarden" },
        "action": { "name": "cta_url", "parameters": { "display_text": "Look", "url": "https://example.com/roof" } } })
}

fn reply_card(index: usize, count: usize) -> Value {
    let button = |n: usize| json!({ "type": "quick_reply", "quick_reply": { "id": format!("{index}-{n}"), "title": n.to_string() } });
    json!({ "card_index": index, "type": "cta_url", "header": { "type": "video", "video": { "link": LINK } },
        "action": { "buttons": (0..count).map(button).collect::<Vec<_>>() } })
}

fn product_card(index: usize) -> Value {
    json!({ "card_index": index, "type": "product",
        "action": { "product_retailer_id": format!("sku {index}"), "catalog_id": "194836987003835" } })
}

#[test]
fn a_carousel_is_a_body_and_two_to_ten_cards() {
    let cards = |count: usize| json!((0..count).map(link_card).collect::<Vec<_>>());
    assert_codes(
        &carousel(&[link_card(0), link_card(1)]),
        &[
            ("/interactive/header", json!({ "type": "text", "text": "a" }), 100),
            ("/interactive/footer", json!({ "text": "a" }), 100),
            ("/interactive/body", Value::Null, 131_008),
            ("/interactive/action/name", json!("carousel"), 100),
            (CARDS, cards(10), 0),
            (CARDS, cards(11), 131_009),
            (CARDS, cards(1), 131_009),
            (CARDS, cards(0), 131_008),
            (CARDS, Value::Null, 131_008),
            (&format!("{CARDS}/1/card_index"), json!(0), 131_009),
            (&format!("{CARDS}/1/card_index"), json!(9), 0),
            (&format!("{CARDS}/1/card_index"), json!(10), 131_009),
            (&format!("{CARDS}/1/card_index"), json!("1"), 100),
            (&format!("{CARDS}/0/card_index"), Value::Null, 131_008),
            (&format!("{CARDS}/0/type"), json!("quick_reply"), 131_009),
            (&format!("{CARDS}/0/type"), Value::Null, 131_008),
        ],
    );
}

#[test]
fn a_card_of_media_has_a_file_and_few_words() {
    let at = |member: &str| format!("{CARDS}/0/{member}");
    assert_codes(
        &carousel(&[link_card(0), link_card(1)]),
        &[
            (&at("header"), Value::Null, 131_008),
            (&at("header"), json!({ "type": "text", "text": "a" }), 131_009),
            (&at("header"), json!({ "type": "document", "document": { "link": LINK } }), 131_009),
            (&at("header"), json!({ "type": "video", "video": { "link": LINK } }), 0),
            (&at("body"), Value::Null, 0),
            (&at("body/text"), json!(long(160)), 0),
            (&at("body/text"), json!(long(161)), 100),
            (&at("body/text"), json!("a\nb\nc\nd"), 131_009),
            (&at("body/title"), json!("a"), 100),
            (&at("body"), json!({}), 131_008),
            (&at("footer"), json!({ "text": "a" }), 100),
            (&at("action"), Value::Null, 131_008),
            (&at("action/name"), json!("open"), 131_009),
            (&at("action/parameters/display_text"), json!(long(20)), 0),
            (&at("action/parameters/display_text"), json!(long(21)), 100),
            (&at("action/parameters/url"), json!("roof"), 131_009),
            (&at("action/parameters/payment_link_preview"), json!(true), 100),
        ],
    );
}

#[test]
fn quick_replies_have_ids_of_their_own_and_are_as_many_on_each_card() {
    let at = |member: &str| format!("{CARDS}/0/action/buttons/{member}");
    assert_codes(
        &carousel(&[reply_card(0, 2), reply_card(1, 2)]),
        &[
            (&format!("{CARDS}/1"), reply_card(1, 1), 131_009),
            (&format!("{CARDS}/1"), link_card(1), 131_009),
            (&format!("{CARDS}/1"), product_card(1), 131_009),
            (&format!("{CARDS}/0/action/buttons"), json!([]), 131_008),
            (&format!("{CARDS}/0/action/name"), json!("cta_url"), 100),
            (&at("0/type"), json!("reply"), 131_009),
            (&at("0/quick_reply/id"), json!(long(256)), 0),
            (&at("0/quick_reply/id"), json!(long(257)), 100),
            (&at("0/quick_reply/id"), json!(" a"), 0),
            (&at("0/quick_reply/id"), json!("0-1"), 131_009),
            (&at("0/quick_reply/title"), json!(long(20)), 0),
            (&at("0/quick_reply/title"), json!(long(21)), 100),
            (&at("0/quick_reply/title"), json!("1"), 0),
        ],
    );
    // No page says how many there may be.
    assert_codes(&carousel(&[reply_card(0, 4), reply_card(1, 4)]), &[]);
}

#[test]
fn products_on_cards_are_of_one_catalog() {
    let at = |member: &str| format!("{CARDS}/0/{member}");
    assert_codes(
        &carousel(&[product_card(0), product_card(1)]),
        &[
            (&at("action/catalog_id"), json!("2"), 131_009),
            (&at("action/catalog_id"), json!("1 2"), 131_009),
            (&at("action/catalog_id"), Value::Null, 131_008),
            (&at("action/product_retailer_id"), Value::Null, 131_008),
            (&at("action/name"), json!("product"), 100),
            (&at("action"), Value::Null, 131_008),
            (&at("header"), json!({ "type": "image", "image": { "link": LINK } }), 100),
            (&at("body"), json!({ "text": "a" }), 100),
            (&format!("{CARDS}/1"), link_card(1), 131_009),
        ],
    );
}
