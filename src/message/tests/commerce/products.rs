use super::{bad_paths, is_kept, is_written_as, long, problems, read, written};
use crate::message::{Catalog, Content, Message, Product, ProductCarousel, ProductList, ProductSection};
use crate::recipient::Recipient;
use serde_json::json;

#[test]
fn a_product_is_written_as_meta_documents_it() {
    is_written_as(
        Product::new("1948", "tea-250"),
        &json!({"type": "product", "action": {"catalog_id": "1948", "product_retailer_id": "tea-250"}}),
    );
    is_written_as(
        Product::new("1948", "tea-250").body("Back in stock").footer("Ships on Monday"),
        &json!({"type": "product", "body": {"text": "Back in stock"}, "footer": {"text": "Ships on Monday"},
            "action": {"catalog_id": "1948", "product_retailer_id": "tea-250"}}),
    );
}

#[test]
fn a_list_of_products_is_written_as_meta_documents_it() {
    let list = ProductList::new("Our teas", "Pick one", "1948")
        .section("Black", ["assam-250", "ceylon-250"])
        .section("Green", vec!["sencha-100".to_owned()])
        .footer("While they last");
    let json = json!({"type": "product_list",
    "header": {"type": "text", "text": "Our teas"},
    "body": {"text": "Pick one"},
    "footer": {"text": "While they last"},
    "action": {"catalog_id": "1948", "sections": [
        {"title": "Black", "product_items": [
            {"product_retailer_id": "assam-250"}, {"product_retailer_id": "ceylon-250"}]},
        {"title": "Green", "product_items": [{"product_retailer_id": "sencha-100"}]},
    ]}});
    is_written_as(list.clone(), &json);
    assert_eq!(list.sections()[0].title(), Some("Black"));
    assert_eq!(list.sections()[0].products().collect::<Vec<_>>(), ["assam-250", "ceylon-250"]);
    assert_eq!((list.body(), list.catalog().as_str()), ("Pick one", "1948"));
}

#[test]
fn a_catalog_is_written_with_and_without_a_thumbnail() {
    is_written_as(
        Catalog::new("All our teas"),
        &json!({"type": "catalog_message", "body": {"text": "All our teas"}, "action": {"name": "catalog_message"}}),
    );
    is_written_as(
        Catalog::new("All our teas").thumbnail("tea-250").footer("Free shipping"),
        &json!({"type": "catalog_message", "body": {"text": "All our teas"}, "footer": {"text": "Free shipping"},
            "action": {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "tea-250"}}}),
    );
}

#[test]
fn a_carousel_of_products_counts_its_cards() {
    let carousel = ProductCarousel::new("New", "1948").product("assam-250").product("sencha-100");
    is_written_as(
        carousel.clone(),
        &json!({"type": "carousel", "body": {"text": "New"}, "action": {"cards": [
            {"card_index": 0, "type": "product", "action": {"product_retailer_id": "assam-250", "catalog_id": "1948"}},
            {"card_index": 1, "type": "product", "action": {"product_retailer_id": "sencha-100", "catalog_id": "1948"}},
        ]}}),
    );
    assert_eq!(carousel.products().collect::<Vec<_>>(), ["assam-250", "sencha-100"]);
}

#[test]
fn what_other_writers_send_of_products_is_read() {
    let product = json!({"type": "product", "header": null, "body": null, "footer": null,
        "action": {"catalog_id": 1948, "product_retailer_id": 250}});
    assert_eq!(read(&product), Content::from(Product::new("1948", "250")));

    let list = json!({"type": "product_list", "header": {"type": "text", "text": "Our teas"},
        "body": {"text": "Pick one"}, "footer": null,
        "action": {"catalog_id": 1948, "sections": [{"title": null, "product_items": [{"product_retailer_id": 7}]}]}});
    let read_list = read(&list);
    assert!(problems(read_list.clone()).is_empty());
    assert_eq!(
        written(read_list)["action"],
        json!({"catalog_id": "1948", "sections": [{"product_items": [{"product_retailer_id": "7"}]}]})
    );

    for parameters in [json!(null), json!({}), json!({"thumbnail_product_retailer_id": null})] {
        let catalog = json!({"type": "catalog_message", "body": {"text": "x"},
            "action": {"name": "catalog_message", "parameters": parameters}});
        assert_eq!(read(&catalog), Content::from(Catalog::new("x")));
    }

    let carousel = json!({"type": "carousel", "body": {"text": "x"}, "footer": null, "action": {"cards": [
        {"card_index": "0", "type": "PRODUCT", "action": {"product_retailer_id": "a", "catalog_id": 1948}}]}});
    assert_eq!(read(&carousel), Content::from(ProductCarousel::new("x", "1948").product("a")));
}

#[test]
fn products_that_are_not_as_documented_keep_their_json() {
    is_kept(
        &json!({"type": "product", "header": {"type": "text", "text": "x"},
            "action": {"catalog_id": "1", "product_retailer_id": "a"}}),
        "unknown field header",
    );
    is_kept(&json!({"type": "product", "action": {"catalog_id": "1"}}), "missing field product_retailer_id");
    let list = |header| {
        json!({"type": "product_list", "header": header, "body": {"text": "x"},
            "action": {"catalog_id": "1", "sections": [{"title": "a", "product_items": [{"product_retailer_id": "b"}]}]}})
    };
    is_kept(&list(json!({"type": "image", "image": {"id": "7"}})), "type is not that of a text header");
    is_kept(&list(json!(null)), "missing field header");
    is_kept(
        &json!({"type": "catalog_message", "header": {"type": "text", "text": "x"}, "body": {"text": "x"},
            "action": {"name": "catalog_message"}}),
        "unknown field header",
    );
    is_kept(
        &json!({"type": "catalog_message", "body": {"text": "x"}, "action": {"name": "other"}}),
        "action has the name of another kind",
    );
    is_kept(
        &json!({"type": "catalog_message", "body": {"text": "x"},
            "action": {"name": "catalog_message", "parameters": {"colour": "red"}}}),
        "unknown field colour",
    );
}

#[test]
fn carousels_that_are_not_of_one_catalog_keep_their_json() {
    let carousel = |cards| json!({"type": "carousel", "body": {"text": "x"}, "action": {"cards": cards}});
    let card = |index, catalog| {
        json!({"card_index": index, "type": "product",
            "action": {"product_retailer_id": "a", "catalog_id": catalog}})
    };
    is_kept(&carousel(json!([card(0, "1"), card(1, "2")])), "cards have products of several catalogs");
    is_kept(&carousel(json!([card(1, "1"), card(0, "1")])), "cards have other indexes");
    for part in ["header", "footer"] {
        let mut with = carousel(json!([card(0, "1"), card(1, "1")]));
        with[part] = json!({"type": "text", "text": "x"});
        if part == "footer" {
            with[part] = json!({"text": "x"});
        }
        is_kept(&with, &format!("unknown field {part}"));
    }
    let mut other = carousel(json!([card(0, "1"), card(1, "1")]));
    other["action"]["cards"][1]["type"] = json!("service");
    is_kept(&other, "type is not that of a product's card");
}

#[test]
fn limits_of_products_hold_at_the_limit_and_break_one_past_it() {
    let product = |body: usize, footer: usize| Product::new("1", "a").body(long(body)).footer(long(footer));
    assert_eq!(problems(product(1024, 60)), [""; 0]);
    assert_eq!(bad_paths(product(1025, 60)), ["interactive.body.text"]);
    assert_eq!(bad_paths(product(1024, 61)), ["interactive.footer.text"]);
    assert_eq!(
        bad_paths(Product::new("", " ").body("")),
        ["interactive.body.text", "interactive.action.catalog_id", "interactive.action.product_retailer_id"]
    );

    let catalog = |body: usize, footer: usize| Catalog::new(long(body)).thumbnail("a").footer(long(footer));
    assert_eq!(problems(catalog(1024, 60)), [""; 0]);
    assert_eq!(bad_paths(catalog(1025, 60)), ["interactive.body.text"]);
    assert_eq!(bad_paths(catalog(1024, 61)), ["interactive.footer.text"]);
    assert_eq!(
        bad_paths(Catalog::new("").thumbnail("")),
        ["interactive.body.text", "interactive.action.parameters.thumbnail_product_retailer_id"]
    );

    let carousel = |body: usize, cards: usize| {
        (0..cards).fold(ProductCarousel::new(long(body), "1"), |carousel, n| carousel.product(n.to_string()))
    };
    assert_eq!(problems(carousel(1024, 2)), [""; 0]);
    assert_eq!(problems(carousel(1024, 10)), [""; 0]);
    assert_eq!(bad_paths(carousel(1025, 10)), ["interactive.body.text"]);
    assert_eq!(problems(carousel(9, 1)), ["interactive.action.cards: has 1 cards (2 to 10 cards)"]);
    assert_eq!(problems(carousel(9, 11)), ["interactive.action.cards: has 11 cards (2 to 10 cards)"]);
    assert_eq!(
        bad_paths(ProductCarousel::new("x", "").product("").product("b")),
        [
            "interactive.action.cards[0].action.product_retailer_id",
            "interactive.action.cards[0].action.catalog_id",
            "interactive.action.cards[1].action.catalog_id",
        ]
    );
}

#[test]
fn limits_of_a_list_of_products_hold_at_the_limit_and_break_one_past_it() {
    let list = |header: usize, body: usize, footer: usize, title: usize, sections: usize, products: usize| {
        let list = ProductList::new(long(header), long(body), "1").footer(long(footer));
        (0..sections).fold(list, |list, section| {
            list.section(long(title), (0..products).map(|product| format!("{section}-{product}")))
        })
    };
    assert_eq!(problems(list(60, 1024, 60, 24, 10, 3)), [""; 0]);
    for (past, path) in [
        (list(61, 1024, 60, 24, 10, 3), "interactive.header.text"),
        (list(60, 1025, 60, 24, 10, 3), "interactive.body.text"),
        (list(60, 1024, 61, 24, 10, 3), "interactive.footer.text"),
        (list(60, 1024, 60, 25, 1, 30), "interactive.action.sections[0].title"),
        (list(60, 1024, 60, 24, 11, 2), "interactive.action.sections"),
        (list(60, 1024, 60, 24, 1, 31), "interactive.action.sections"),
        (list(60, 1024, 60, 24, 0, 0), "interactive.action.sections"),
        (list(60, 1024, 60, 24, 1, 0), "interactive.action.sections[0].product_items"),
        (list(60, 1024, 60, 0, 1, 1), "interactive.action.sections[0].title"),
    ] {
        assert_eq!(bad_paths(past), [path]);
    }
    assert_eq!(
        bad_paths(ProductList::new("h", "b", "a b").section("t", [""])),
        [
            "interactive.action.catalog_id",
            "interactive.action.sections[0].product_items[0].product_retailer_id"
        ]
    );
}

#[test]
fn only_one_section_can_do_without_a_title() {
    let sections = |count: usize| {
        let section = json!({"product_items": [{"product_retailer_id": "a"}]});
        read(&json!({"type": "product_list", "header": {"type": "text", "text": "x"}, "body": {"text": "x"},
            "action": {"catalog_id": "1", "sections": vec![section; count]}}))
    };
    assert_eq!(problems(sections(1)), [""; 0]);
    assert_eq!(
        bad_paths(sections(2)),
        ["interactive.action.sections[0].title", "interactive.action.sections[1].title"]
    );
}

#[test]
fn products_have_words_but_do_not_show_them_in_debug() {
    let secret = "private words";
    for content in [
        Content::from(Product::new("1948", "tea").body(secret).footer(secret)),
        ProductList::new(secret, secret, "1948").section(secret, ["tea"]).footer(secret).into(),
        ProductCarousel::new(secret, "1948").product("tea").into(),
        Catalog::new(secret).thumbnail("tea").footer(secret).into(),
    ] {
        assert_eq!(content.text().as_deref(), Some(secret));
        assert!(!format!("{content:?}").contains("private"), "{content:?}");
    }
    assert_eq!(Content::from(Product::new("1948", "tea")).text(), None);
    assert!(!format!("{:?}", ProductSection::new(secret, ["tea"])).contains("private"));
}

#[test]
fn products_are_not_for_groups() {
    let to_group = Message::new(Recipient::group("g"), Product::new("1948", "tea"));
    assert_eq!(to_group.validate().unwrap_err().violations()[0].path, "type");
}
