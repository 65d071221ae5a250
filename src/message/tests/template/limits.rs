use super::{bad_paths, button, kept, long, offer, problems, sections};
use crate::{
    message::{Location, MediaSource, OrderState, Parameter, ProductSection, Template, TemplateCard},
    time::Timestamp,
};
use serde_json::{Value, json};

#[test]
fn all_violations_of_a_template_are_reported_at_once() {
    let bad = Template::new("Offer!", "e").body(["a\nb", "     "]).url_button(10, "x").quick_reply(3, "p");
    assert_eq!(
        bad_paths(bad),
        [
            "template.name",
            "template.language.code",
            "template.components[0].parameters[0].text",
            "template.components[0].parameters[1].text",
            "template.components[0].parameters[1].text",
            "template.components[1].index",
        ]
    );
    let twice = offer().body([("a", "1"), ("a", "2"), ("B", "3")]);
    assert_eq!(
        bad_paths(twice),
        [
            "template.components[0].parameters[2].parameter_name",
            "template.components[0].parameters[1].parameter_name"
        ]
    );
}

#[test]
fn lengths_hold_at_the_limit_and_break_one_past_it() {
    let named = |length: usize| Template::new("a".repeat(length), "en");
    let titled = |length| offer().multi_product_button(0, "a", [ProductSection::new(long(length), ["a"])]);
    let cards = |length| {
        offer()
            .carousel([TemplateCard::image("1").body([long(length)]), TemplateCard::image("2").body(["x"])])
    };
    let offered = |length| offer().limited_time_offer(Timestamp::from_seconds(1)).body([long(length)]);
    let card_path = "template.components[0].cards[0].components[1].parameters[0].text";
    let shown = |length| offer().body([Parameter::date_time(long(length))]);
    let money = |length| offer().body([Parameter::currency("USD", 1, long(length))]);
    let target = |length: usize| offer().tap_target("T", format!("https://e.io/{}", "x".repeat(length - 13)));
    let status = |length| offer().order_status("A", OrderState::Shipped, long(length).as_str());
    let first = |member: &str| format!("template.components[0].parameters[0].{member}");
    let check = |make: &dyn Fn(usize) -> Template, limit: usize, path: &str| {
        assert_eq!(problems(make(limit)), [""; 0], "{path}");
        let past = format!("{path}: has {} characters (1 to {limit} characters)", limit + 1);
        assert_eq!(problems(make(limit + 1)), [past]);
    };
    check(&named, 512, "template.name");
    check(&|length| offer().header([long(length)]), 60, &first("text"));
    check(&|length| offer().body([long(length)]), 1024, &first("text"));
    check(&shown, 1024, &first("date_time.fallback_value"));
    check(&money, 1024, &first("currency.fallback_value"));
    check(&offered, 600, "template.components[1].parameters[0].text");
    check(&cards, 160, card_path);
    check(&|length| offer().url_button(0, long(length)), 2000, &first("text"));
    check(&|length| offer().quick_reply(0, long(length)), 256, &first("payload"));
    check(&|length| offer().copy_code(0, long(length)), 20, &first("coupon_code"));
    check(
        &|length| offer().call_button(0, 1, long(length).as_str()),
        512,
        "template.components[0].parameters[1].payload",
    );
    check(&titled, 24, &first("action.sections[0].title"));
    check(&target, 2000, &first("tap_target_configuration[0].url"));
    check(&status, 120, &first("order_status.order.description"));
    check(
        &|length| offer().order_status("a".repeat(length), OrderState::Shipped, None),
        60,
        &first("order_status.reference_id"),
    );
}

#[test]
fn numbers_hold_at_the_limit_and_break_one_past_it() {
    let place = |latitude, longitude| offer().header_location(Location::new(latitude, longitude));
    let minutes = |minutes| offer().call_button(0, minutes, None);
    let offer_until = |millis| offer().limited_time_offer(Timestamp::from_millis(millis));
    for (good, bad, member) in [
        (place(90.0, 180.0), place(90.000_001, 180.0), "parameters[0].location.latitude"),
        (place(-90.0, -180.0), place(-90.0, -180.000_001), "parameters[0].location.longitude"),
        (place(0.0, 0.0), place(f64::NAN, 0.0), "parameters[0].location.latitude"),
        (place(0.0, 0.0), place(0.0, f64::INFINITY), "parameters[0].location.longitude"),
        (minutes(1), minutes(0), "parameters[0].ttl_minutes"),
        (minutes(43_200), minutes(43_201), "parameters[0].ttl_minutes"),
        (offer().url_button(9, "x"), offer().url_button(10, "x"), "index"),
        (offer_until(1), offer_until(0), "parameters[0].limited_time_offer.expiration_time_ms"),
    ] {
        assert_eq!(problems(good), [""; 0], "{member}");
        assert_eq!(bad_paths(bad), [format!("template.components[0].{member}")]);
    }
    assert_eq!(
        problems(minutes(43_201)),
        ["template.components[0].parameters[0].ttl_minutes: is 43201 (1 to 43200 minutes)"]
    );
}

#[test]
fn products_are_counted_in_all_sections_together() {
    let path = "template.components[0].parameters[0].action.sections";
    let products = |counts: &[usize]| offer().multi_product_button(0, "sku", sections(counts));
    assert_eq!(problems(products(&[15, 15])), [""; 0]);
    assert_eq!(problems(products(&[15, 16])), [format!("{path}: has 31 products (at most 30 products)")]);
    assert_eq!(problems(products(&[1; 10])), [""; 0]);
    assert_eq!(problems(products(&[1; 11])), [format!("{path}: has 11 sections (1 to 10 sections)")]);
    assert_eq!(
        problems(products(&[0])),
        [format!("{path}[0].product_items: has no products (1 product or more)")]
    );
    assert_eq!(problems(products(&[])), [format!("{path}: has 0 sections (1 to 10 sections)")]);
    assert_eq!(
        problems(products(&[1, 0])),
        [format!("{path}[1].product_items: has no products (1 product or more)")]
    );
    let untitled = json!({"product_items": [{"product_retailer_id": "sku"}]});
    let titles = |sections: Value| {
        let action = json!({"thumbnail_product_retailer_id": "sku", "sections": sections});
        kept(&button("mpm", &json!([{"type": "action", "action": action}])))
    };
    assert_eq!(titles(json!([untitled])), [""; 0]);
    assert_eq!(
        titles(json!([untitled, untitled])),
        [0, 1].map(|n| format!("{path}[{n}].title: is empty or missing (1 to 24 characters)"))
    );
}

#[test]
fn a_carousel_has_two_to_ten_cards() {
    let cards = |count| offer().carousel(vec![TemplateCard::image("55"); count]);
    assert_eq!(problems(cards(2)), [""; 0]);
    assert_eq!(problems(cards(10)), [""; 0]);
    assert_eq!(problems(cards(1)), ["template.components[0].cards: has 1 cards (2 to 10 cards)"]);
    assert_eq!(problems(cards(11)), ["template.components[0].cards: has 11 cards (2 to 10 cards)"]);
}

#[test]
fn values_that_are_empty_or_malformed_are_reported() {
    let first = |member: &str| format!("template.components[0].parameters[0].{member}");
    for (template, member) in [
        (offer().flow_button(0, "", None), "action.flow_token"),
        (offer().catalog_button(0, " "), "action.thumbnail_product_retailer_id"),
        (
            offer().multi_product_button(0, "a", [ProductSection::new("T", [""])]),
            "action.sections[0].product_items[0].product_retailer_id",
        ),
        (offer().header_product("", "a"), "product.catalog_id"),
        (offer().header_product("1", ""), "product.product_retailer_id"),
        (offer().header_video(""), "video.id"),
        (offer().header_gif(MediaSource::link("gif")), "gif.link"),
        (offer().header_document("", None), "document.id"),
        (offer().tap_target(" ", "https://example.com"), "tap_target_configuration[0].title"),
        (offer().tap_target("T", "example.com"), "tap_target_configuration[0].url"),
        (offer().order_status("A 42", OrderState::Shipped, None), "order_status.reference_id"),
        (offer().order_status("A-42", OrderState::from(""), None), "order_status.order.status"),
        (offer().body([Parameter::group("")]), "group_id"),
        (offer().body([Parameter::currency("usd", 1, "x")]), "currency.code"),
        (offer().body([Parameter::currency("USDT", 1, "x")]), "currency.code"),
        (offer().body([Parameter::date_time("May\n3")]), "date_time.fallback_value"),
        (offer().quick_reply(0, ""), "payload"),
        (offer().copy_code(0, ""), "coupon_code"),
    ] {
        assert_eq!(bad_paths(template), [first(member)]);
    }
    assert_eq!(
        kept(&json!([{"type": "tap_target_configuration", "parameters": [
            {"type": "tap_target_configuration", "tap_target_configuration": []}]}])),
        [first("tap_target_configuration: is empty (an address and its title)")]
    );
}

#[test]
fn a_name_that_is_there_twice_is_told_at_its_own_place() {
    let named = |name: &str| json!({"type": "text", "parameter_name": name, "text": "x"});
    let plain = json!({"type": "text", "text": "x"});
    let at = "template.components[0].parameters";
    assert_eq!(
        kept(&json!([{"type": "body", "parameters": [named("a"), plain, named("a")]}])),
        [
            format!("{at}: has named and unnamed values (all named or none)"),
            format!("{at}[2].parameter_name: is the same as number 0 (each only once)"),
        ]
    );
}
