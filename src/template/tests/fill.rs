//! Filling templates in, and holding sends against them.

use crate::{
    error::Error,
    message::{self, Bill, GoodsType, Location, OrderState, Parameter, PixDynamicCode, TemplateCard},
    template::{Button, Category, Definition, HeaderFormat, LimitedTimeOffer, SlotKind},
    time::Timestamp,
};
use serde_json::{Value, json};

fn utility(components: &Value) -> Definition {
    definition("UTILITY", components)
}

fn definition(category: &str, components: &Value) -> Definition {
    serde_json::from_value(
        json!({"name": "a", "language": "en", "category": category, "components": components}),
    )
    .unwrap()
}

fn named() -> Definition {
    Definition::new("a", "en", Category::Utility)
        .header_text("For {{name}}")
        .body("Dear {{name}}, your order {{order}} shipped.")
        .example("name", "Ana")
        .example("order", "A-42")
}

fn problems(result: Result<message::Template, Error>) -> Vec<String> {
    result.unwrap_err().violations().iter().map(ToString::to_string).collect()
}

fn places(result: Result<message::Template, Error>) -> Vec<String> {
    result.unwrap_err().violations().iter().map(|violation| violation.path.clone()).collect()
}

fn buttons(buttons: &Value) -> Definition {
    utility(&json!([{"type": "BODY", "text": "Hello."}, {"type": "BUTTONS", "buttons": buttons}]))
}

#[test]
fn what_is_filled_in_is_written_as_meta_documents_it() {
    let filled = named()
        .button(Button::quick_reply("Thanks"))
        .button(Button::url("Track", "https://example.com/{{1}}").example("A-42"))
        .fill([("order", "A-42"), ("name", "Ana")])
        .quick_reply(0, "thanks")
        .url_button(1, "A-42")
        .build()
        .unwrap();
    assert_eq!(
        serde_json::to_value(&filled).unwrap(),
        json!({"name": "a", "language": {"code": "en"}, "components": [
            {"type": "header", "parameters": [{"type": "text", "parameter_name": "name", "text": "Ana"}]},
            {"type": "body", "parameters": [
                {"type": "text", "parameter_name": "order", "text": "A-42"},
                {"type": "text", "parameter_name": "name", "text": "Ana"}]},
            {"type": "button", "sub_type": "quick_reply", "index": 0,
             "parameters": [{"type": "payload", "payload": "thanks"}]},
            {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "A-42"}]}]})
    );
}

#[test]
fn a_template_without_placeholders_needs_its_name_only() {
    let definition = utility(&json!([{"type": "BODY", "text": "Hello."}, {"type": "FOOTER", "text": "Bye."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "CATALOG", "text": "Look"},
            {"type": "FLOW", "text": "Go", "flow_id": "1"}, {"type": "VOICE_CALL", "text": "Call"},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "1"}, {"type": "SPM", "text": "View"},
            {"type": "REQUEST_CONTACT_INFO"}]}]));
    let filled = definition.fill(()).build().unwrap();
    assert_eq!(serde_json::to_value(&filled).unwrap(), json!({"name": "a", "language": {"code": "en"}}));
    let optional: Vec<_> =
        definition.parameters().slots().map(|slot| (slot.index, slot.is_required)).collect();
    assert_eq!(optional, [0, 1, 2, 3].map(|index| (Some(index), false)));
}

#[test]
fn numbered_values_come_in_order_or_by_their_numbers() {
    let definition = utility(&json!([{"type": "BODY", "text": "Hi {{2}} of {{1}} and {{2}}!"}]));
    let ordered = definition.fill(["one", "two"]).build().unwrap();
    assert_eq!(definition.fill([("2", "two"), ("1", "one")]).build().unwrap(), ordered);
    assert_eq!(ordered.body_texts().collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(
        problems(definition.fill(["one"]).build()),
        ["body.2: is missing (a value for each placeholder)"]
    );
    assert_eq!(places(definition.fill([("1", "one")]).build()), ["body.2"]);
    assert_eq!(places(definition.fill(["a", "b", "c"]).build()), ["body[2]"]);
    assert_eq!(places(definition.fill([("1", "a"), ("2", "b"), ("3", "c")]).build()), ["body.3"]);
}

#[test]
fn named_values_that_are_missing_unknown_or_unnamed_are_named() {
    let fill = |values: Vec<(&str, &str)>| named().fill(values).build();
    assert_eq!(
        problems(fill(vec![("name", "Ana"), ("oder", "A-42")])),
        [
            "body.oder: is given (only placeholders that the template has)",
            "body.order: is missing (a value for each placeholder)"
        ]
    );
    assert_eq!(places(fill(vec![])), ["header", "body.name", "body.order"]);
    assert_eq!(
        places(named().fill(["Ana", "A-42"]).header("Ana").build()),
        ["body[0]", "body[1]", "body.name", "body.order"]
    );
    assert_eq!(places(fill(vec![("name", "Ana"), ("order", "A"), ("order", "B")])), ["body.order"]);
    assert!(named().fill([("name", "Ana"), ("order", "A")]).header("someone").build().is_ok());
}

#[test]
fn texts_that_meta_refuses_are_refused_where_they_are() {
    for bad in ["", " ", "a\nb", "a\tb", "a     b"] {
        let found = named().fill([("name", "Ana"), ("order", bad)]).build();
        assert_eq!(places(found), ["body.order"], "{bad:?}");
    }
    let found = problems(named().fill([("name", "Ana"), ("order", "a\nb")]).build());
    assert!(found[0].ends_with("(no line break, no tab, at most 4 spaces in a row)"), "{found:?}");
    // 56 characters fill the header, whose words take 4; 1024 are in the body with its own 35.
    let (long, most) = ("x".repeat(57), "x".repeat(56));
    assert!(named().fill([("name", most.as_str()), ("order", "A")]).build().is_ok());
    assert_eq!(
        problems(named().fill([("name", long.as_str()), ("order", "A")]).build()),
        ["header: has 61 characters with its values in place (at most 60 characters)"]
    );
    let fixed = "Dear Ana, your order  shipped.".len();
    let fill = |length: usize| named().fill([("name", "Ana"), ("order", &"é".repeat(length))]).build();
    assert!(fill(1024 - fixed).is_ok());
    assert_eq!(places(fill(1025 - fixed)), ["body"]);
}

#[test]
fn values_of_another_kind_are_refused() {
    let image = || {
        Definition::new("a", "en", Category::Marketing).header_media(HeaderFormat::Image, "4::a").body("Hi")
    };
    assert!(image().fill(()).header_media("55").build().is_ok());
    assert_eq!(problems(image().fill(()).build()), ["header: is missing (one of image)"]);
    assert_eq!(problems(image().fill(()).header("Ana").build()), ["header: is text (image)"]);
    assert_eq!(places(image().fill(()).header_location(Location::new(1.0, 2.0)).build()), ["header"]);
    assert_eq!(places(image().fill(()).header_media("55").header_media("56").build()), ["header"]);
    assert_eq!(places(image().fill(()).header_media("5 5").build()), ["header.image.id"]);
    let plain = Definition::new("a", "en", Category::Marketing).header_text("Hi").body("Hi");
    assert_eq!(
        problems(plain.fill(()).header("Ana").build()),
        ["header: is given (nothing: the template takes none here)"]
    );
    let place = plain.header_location();
    assert!(place.fill(()).header_location(Location::new(1.0, 2.0)).build().is_ok());
    assert_eq!(
        places(place.fill(()).header_location(Location::new(91.0, 2.0)).build()),
        ["header.location.latitude"]
    );
    let body = utility(&json!([{"type": "BODY", "text": "Hi {{1}}!"}]));
    assert!(body.fill([Parameter::currency("USD", 1_000, "$1")]).build().is_ok());
    assert_eq!(
        problems(body.fill([Parameter::image("55")]).build()),
        ["body.1: is image (text, currency, date_time, group_id)"]
    );
    assert_eq!(
        places(body.fill([Parameter::currency("usd", 1_000, "$1")]).build()),
        ["body.1.currency.code"]
    );
}

#[test]
fn buttons_take_what_they_are_approved_for() {
    let url = buttons(&json!([
        {"type": "URL", "text": "Go", "url": "https://example.com/{{1}}", "example": ["x"]},
        {"type": "URL", "text": "Stay", "url": "https://example.com"},
        {"type": "COPY_CODE", "example": "SUN20"}]));
    let fill = || url.fill(()).url_button(0, "x").copy_code(2, "SUN20");
    assert!(fill().build().is_ok());
    assert_eq!(places(url.fill(()).build()), ["buttons[0]", "buttons[2]"]);
    assert_eq!(
        problems(fill().url_button(1, "x").build()),
        ["buttons[1]: is given (nothing: this button takes none)"]
    );
    assert_eq!(
        problems(fill().quick_reply(3, "x").build()),
        ["buttons[3]: is given (only buttons there are)"]
    );
    assert_eq!(
        problems(url.fill(()).quick_reply(0, "x").copy_code(2, "SUN20").build()),
        ["buttons[0]: is filled in as quick_reply (url, as approved)"]
    );
    let long = "x".repeat(21);
    assert_eq!(
        problems(url.fill(()).url_button(0, "x").copy_code(2, &long).build()),
        ["buttons[2]: has 21 characters (1 to 20 characters)"]
    );
    let (header, link) = (url.clone().header_text("Pay"), |definition: &Definition| {
        definition.fill(()).payment_link_button(0, "x").copy_code(2, "SUN20").build()
    });
    assert!(link(&url).is_ok());
    assert_eq!(places(link(&header)), ["buttons[0]"]);
}

#[test]
fn bills_and_payments_fit_their_buttons() {
    let pay = buttons(&json!([{"type": "ORDER_DETAILS", "text": "Review and pay"},
        {"type": "PAYMENT_REQUEST", "text": "Copy", "payment_setting": {"type": "pix_dynamic_code"}}]));
    let bill = |id: &str| {
        Bill::brazil_total_only(id, GoodsType::Digital, message::Amount::minor(5_000))
            .setting(message::Boleto::new("03399026944140000002628346101018898510000008848"))
    };
    let pix = || PixDynamicCode::new("000201");
    assert!(pay.fill(()).order_details_button(0, bill("a")).payment_request_button(1, pix()).build().is_ok());
    let boleto = message::Boleto::new("03399026944140000002628346101018898510000008848");
    assert_eq!(
        problems(pay.fill(()).order_details_button(0, bill("a")).payment_request_button(1, boleto).build()),
        ["buttons[1]: is paid by boleto (pix_dynamic_code, as approved)"]
    );
    let found =
        places(pay.fill(()).order_details_button(0, bill("a b")).payment_request_button(1, pix()).build());
    assert_eq!(found, ["buttons[0].action.order_details.reference_id"]);
}

#[test]
fn an_offer_says_when_it_ends_if_it_does() {
    let offer = |expires: Option<bool>| {
        let offer = LimitedTimeOffer::new("Ends soon");
        let offer = expires.map_or(offer.clone(), |expires| offer.expires(expires));
        Definition::new("a", "en", Category::Marketing).body("Hi").component(offer)
    };
    let end = Timestamp::from_seconds(1_900_000_000);
    for (expires, without, with) in
        [(Some(true), false, true), (Some(false), true, false), (None, true, true)]
    {
        let definition = offer(expires);
        assert_eq!(definition.fill(()).build().is_ok(), without, "{expires:?}");
        assert_eq!(definition.fill(()).limited_time_offer(end).build().is_ok(), with, "{expires:?}");
    }
    assert_eq!(places(offer(Some(true)).fill(()).build()), ["limited_time_offer"]);
    let text = |length| {
        let body = definition(
            "MARKETING",
            &json!([{"type": "BODY", "text": "{{1}}"},
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon", "has_expiration": false}}]),
        );
        body.fill(["x".repeat(length)]).build()
    };
    assert!(text(600).is_ok());
    assert_eq!(places(text(601)), ["body"]);
}

#[test]
fn orders_are_told_of_where_that_was_approved() {
    let mut body = json!({"name": "a", "language": "en", "category": "UTILITY", "sub_category": "ORDER_STATUS",
        "components": [{"type": "BODY", "text": "News"}]});
    let news: Definition = serde_json::from_value(body.clone()).unwrap();
    assert!(news.fill(()).order_status("order-7", OrderState::Shipped, None).build().is_ok());
    assert_eq!(places(news.fill(()).build()), ["order_status"]);
    body["sub_category"] = json!("CUSTOM");
    let other: Definition = serde_json::from_value(body).unwrap();
    assert_eq!(
        places(other.fill(()).order_status("order-7", OrderState::Shipped, None).build()),
        ["order_status"]
    );
}

#[test]
fn a_one_time_code_is_given_once_and_sent_twice() {
    let code = definition(
        "AUTHENTICATION",
        &json!([{"type": "BODY", "add_security_recommendation": true},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]),
    );
    let filled = code.fill(["123456"]).build().unwrap();
    assert_eq!(filled, message::Template::authentication("a", "en", "123456"));
    assert!(message::Message::new("US.13491208655302741918", filled).validate().is_err());
    assert_eq!(places(code.fill(["1".repeat(16)]).build()), ["body.1", "buttons[0]"]);
    assert_eq!(places(code.fill(()).build()), ["body.1", "buttons[0]"]);
    let other = message::Template::new("a", "en").body(["123456"]).url_button(0, "654321");
    assert_eq!(places(code.check(&other).map(|()| other)), ["buttons[0]"]);
    let kinds: Vec<_> = code.parameters().slots().map(|slot| slot.kind).collect();
    assert_eq!(kinds, [SlotKind::OneTimeCode, SlotKind::OneTimeCode]);
}

fn tours() -> Definition {
    let card = json!({"components": [{"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
        {"type": "BODY", "text": "Rare {{1}} here", "example": {"body_text": [["lemons"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "More"},
            {"type": "URL", "text": "Buy", "url": "https://example.com/{{1}}", "example": ["lemons"]}]}]});
    definition(
        "MARKETING",
        &json!([{"type": "BODY", "text": "Look, {{1}}:"}, {"type": "CAROUSEL", "cards": [card, card]}]),
    )
}

#[test]
fn cards_are_filled_in_each_and_all() {
    let card =
        |fruit: &str| TemplateCard::image("55").body([fruit]).quick_reply(0, fruit).url_button(1, fruit);
    let fill = |cards: Vec<TemplateCard>| tours().fill(["Ana"]).carousel(cards).build();
    assert!(fill(vec![card("lemons"), card("limes")]).is_ok());
    assert_eq!(
        problems(fill(vec![card("a"), card("b"), card("c")])),
        ["cards: has 3 cards (2, as many as the template has)"]
    );
    assert_eq!(places(fill(vec![])), ["cards"]);
    assert_eq!(places(tours().fill(["Ana"]).build()), ["cards"]);
    assert_eq!(
        places(fill(vec![card("a"), TemplateCard::video("55").body(["b"])])),
        ["cards[1].header", "cards[1].buttons[1]"]
    );
    assert_eq!(places(fill(vec![card("a\tb"), card("b")])), ["cards[0].body.1", "cards[0].buttons[1]"]);
    assert_eq!(places(fill(vec![card("a"), card(&"b".repeat(151))])), ["cards[1].body"]);
    let paths: Vec<_> = tours().parameters().slots().map(|slot| slot.path.clone()).collect();
    assert_eq!(
        paths[..5],
        ["body.1", "cards[0].header", "cards[0].body.1", "cards[0].buttons[0]", "cards[0].buttons[1]"]
    );
    assert_eq!(tours().parameters().cards[0].body[0].example.as_deref(), Some("lemons"));
}

#[test]
fn a_send_of_another_template_does_not_fit() {
    let other = message::Template::new("b", "de")
        .body([("name", "Ana"), ("order", "A-42")])
        .header([("name", "Ana")]);
    assert_eq!(places(named().check(&other).map(|()| other)), ["name", "language"]);
}

#[test]
fn what_this_version_does_not_know_is_let_through() {
    let novel = utility(&json!([{"type": "HEADER", "format": "HOLOGRAM"}, {"type": "BODY", "text": "Hi"},
        {"type": "SMELL"}, {"type": "BUTTONS", "buttons": [{"type": "TELEPORT", "text": "Go"}]}]));
    let send: message::Template = serde_json::from_value(json!({"name": "a", "language": {"code": "en"}, "components": [
        {"type": "header", "parameters": [{"type": "hologram", "hologram": {}}]}, {"type": "smell"},
        {"type": "button", "sub_type": "teleport", "index": 0, "parameters": [{"type": "place", "place": 1}]}]}))
    .unwrap();
    novel.check(&send).unwrap();
    assert!(novel.fill(()).build().is_ok());
}

#[test]
fn debug_of_what_is_filled_in_shows_no_words() {
    let definition = named();
    let fill = definition.fill([("name", "secret"), ("order", "secret")]).header("secret");
    let shown = format!("{fill:?} {:?}", definition.parameters());
    assert!(!shown.contains("secret") && !shown.contains("Ana"), "{shown}");
}
