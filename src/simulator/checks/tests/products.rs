//! Products of a catalog.

use super::{LINK, assert_codes, interactive, long};
use serde_json::{Value, json};

#[test]
fn a_catalog_is_a_body_and_perhaps_the_product_on_its_picture() {
    let catalog = interactive(&json!({ "type": "catalog_message", "body": { "text": "Our plants." },
        "footer": { "text": "From Lucky Shrub" },
        "action": { "name": "catalog_message", "parameters": { "thumbnail_product_retailer_id": "sku 7" } } }));
    assert_codes(
        &catalog,
        &[
            ("/interactive/header", json!({ "type": "text", "text": "a" }), 100),
            ("/interactive/body", Value::Null, 131_008),
            ("/interactive/action/name", json!("catalog"), 131_009),
            ("/interactive/action/parameters", Value::Null, 0),
            ("/interactive/action/parameters", json!({}), 0),
            ("/interactive/action/parameters/thumbnail_product_retailer_id", json!(""), 131_008),
            ("/interactive/action/parameters/catalog_id", json!("1"), 100),
            ("/interactive/action/catalog_id", json!("1"), 100),
        ],
    );
}

#[test]
fn a_product_has_no_header_and_may_have_no_body() {
    let product = interactive(
        &json!({ "type": "product", "body": { "text": "Like this?" }, "footer": { "text": "In stock" },
        "action": { "catalog_id": "194836987003835", "product_retailer_id": "sku 7" } }),
    );
    assert_codes(
        &product,
        &[
            ("/interactive/body", Value::Null, 0),
            ("/interactive/body/text", json!(long(1025)), 100),
            ("/interactive/header", json!({ "type": "text", "text": "a" }), 100),
            ("/interactive/action/catalog_id", Value::Null, 131_008),
            ("/interactive/action/product_retailer_id", Value::Null, 131_008),
            ("/interactive/action/product_retailer_id", json!(7), 100),
            ("/interactive/action/catalog_id", json!(7), 100),
            ("/interactive/action/catalog_id", json!("1 2"), 131_009),
            ("/interactive/action/sections", json!([]), 100),
        ],
    );
}

/// A section of products.
fn section(count: usize) -> Value {
    json!({ "title": long(24), "product_items": vec![json!({ "product_retailer_id": "sku" }); count] })
}

#[test]
fn products_come_in_ten_sections_and_are_thirty_in_all() {
    let products = interactive(&json!({ "type": "product_list", "header": { "type": "text", "text": "New" },
        "body": { "text": "Have a look." }, "footer": { "text": "In stock" },
        "action": { "catalog_id": "194836987003835", "sections": [section(15), section(15)] } }));
    const SECTIONS: &str = "/interactive/action/sections";
    let untitled = json!({ "product_items": [{ "product_retailer_id": "sku" }] });
    assert_codes(
        &products,
        &[
            ("/interactive/header", Value::Null, 131_008),
            ("/interactive/header", json!({ "type": "image", "image": { "link": LINK } }), 131_009),
            ("/interactive/body", Value::Null, 131_008),
            ("/interactive/action/catalog_id", Value::Null, 131_008),
            ("/interactive/action/name", json!("product_list"), 100),
            ("/interactive/action/catalog_id", json!(7), 100),
            (SECTIONS, json!(vec![section(3); 10]), 0),
            (SECTIONS, json!(vec![section(1); 11]), 131_009),
            (SECTIONS, json!([section(15), section(16)]), 131_009),
            (SECTIONS, json!([section(0)]), 131_008),
            (SECTIONS, json!([]), 131_008),
            (SECTIONS, json!([{}]), 131_008),
            (SECTIONS, Value::Null, 131_008),
            (SECTIONS, json!([untitled]), 0),
            (SECTIONS, json!([section(1), untitled]), 131_008),
            (&format!("{SECTIONS}/0/title"), json!(long(25)), 100),
            (&format!("{SECTIONS}/0/rows"), json!([]), 100),
            (&format!("{SECTIONS}/0/product_items/0/product_retailer_id"), Value::Null, 131_008),
            (&format!("{SECTIONS}/0/product_items/0/product_retailer_id"), json!(7), 100),
            (&format!("{SECTIONS}/0/product_items/0/quantity"), json!(1), 100),
        ],
    );
}
