use super::{TO, bad_paths, body, problems};
use crate::{
    message::{Content, MediaSource, Message, Parameter, Template, TemplateCard},
    recipient::Recipient,
    time::Timestamp,
};
use serde_json::{Value, json};

fn offer() -> Template {
    Template::new("offer", "en")
}

fn long(length: usize) -> String {
    "é".repeat(length)
}

/// The components as they are written.
fn components(template: Template) -> Value {
    body(template)["template"]["components"].clone()
}

/// The body of a message with these components, as another writer spells it.
fn message(components: &Value) -> Value {
    let template = json!({"name": "offer", "language": {"code": "en"}, "components": components});
    json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO,
        "type": "template", "template": template})
}

/// What becomes of components that are read, and what is wrong with them.
fn read(components: &Value) -> (Content, Value) {
    let message: Message = serde_json::from_value(message(components)).unwrap();
    let written = serde_json::to_value(&message).unwrap()["template"]["components"].clone();
    (message.content().clone(), written)
}

/// Reads components that nothing may be lost of, and gives what is wrong with them.
fn kept(components: &Value) -> Vec<String> {
    let (content, written) = read(components);
    assert_eq!(written, *components);
    assert!(matches!(content, Content::Template(_)), "not typed: {components}");
    problems(content)
}

fn button(sub_type: &str, parameters: &Value) -> Value {
    json!([{"type": "button", "sub_type": sub_type, "index": 0, "parameters": parameters}])
}

/// A body with one parameter.
fn filled(parameter: &Value) -> Value {
    json!([{"type": "body", "parameters": [parameter]}])
}

fn order() -> Value {
    json!({"reference_id": "A-42", "type": "physical-goods", "currency": "BRL",
        "total_amount": {"value": 5000, "offset": 100}})
}

fn pix() -> Value {
    json!({"type": "pix_dynamic_code", "pix_dynamic_code": {"code": "000201"}})
}

#[test]
fn templates_are_written_with_positional_and_named_parameters() {
    assert_eq!(
        body(Template::new("hello_world", "en_US")),
        json!({"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}})
    );
    let positional = Template::new("offer", "pt_BR")
        .header_image("55")
        .body([
            Parameter::from("Ana"),
            Parameter::currency("USD", 12_500, "$12.50"),
            Parameter::date_time("May 3"),
            Parameter::group("Y2Fw"),
        ])
        .url_button(0, "A-42")
        .quick_reply(1, "stop");
    assert_eq!(
        components(positional),
        json!([
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "55"}}]},
            {"type": "body", "parameters": [
                {"type": "text", "text": "Ana"},
                {"type": "currency", "currency": {"fallback_value": "$12.50", "code": "USD", "amount_1000": 12500}},
                {"type": "date_time", "date_time": {"fallback_value": "May 3"}},
                {"type": "group_id", "group_id": "Y2Fw"},
            ]},
            {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "A-42"}]},
            {"type": "button", "sub_type": "quick_reply", "index": 1,
             "parameters": [{"type": "payload", "payload": "stop"}]},
        ])
    );
    let total = Parameter::currency("USD", 12_500, "$12.50");
    assert_eq!(
        components(offer().body([("name", Parameter::text("Ana")), ("total", total)])),
        json!([{"type": "body", "parameters": [
            {"type": "text", "parameter_name": "name", "text": "Ana"},
            {"type": "currency", "parameter_name": "total",
             "currency": {"fallback_value": "$12.50", "code": "USD", "amount_1000": 12500}},
        ]}])
    );
}

#[test]
fn headers_of_every_kind_are_written() {
    let link = || MediaSource::link("https://example.com/a");
    for (template, parameter) in [
        (offer().header(["Ana"]), json!({"type": "text", "text": "Ana"})),
        (offer().header([("name", "Ana")]), json!({"type": "text", "parameter_name": "name", "text": "Ana"})),
        (offer().header_image(link()), json!({"type": "image", "image": {"link": "https://example.com/a"}})),
        (offer().header_video("55"), json!({"type": "video", "video": {"id": "55"}})),
        (offer().header_gif("55"), json!({"type": "gif", "gif": {"id": "55"}})),
        (offer().header_document("55", None), json!({"type": "document", "document": {"id": "55"}})),
        (
            offer().header_document(link(), "Bill.pdf"),
            json!({"type": "document", "document": {"link": "https://example.com/a", "filename": "Bill.pdf"}}),
        ),
        (
            offer().header_location(37.44, -122.0, "Palo Alto", "101 Forest Ave"),
            json!({"type": "location", "location": {"latitude": "37.44", "longitude": "-122",
                "name": "Palo Alto", "address": "101 Forest Ave"}}),
        ),
        (
            offer().header_product("194836987003835", "sencha"),
            json!({"type": "product",
                "product": {"product_retailer_id": "sencha", "catalog_id": "194836987003835"}}),
        ),
    ] {
        let expected = json!([{"type": "header", "parameters": [parameter]}]);
        assert_eq!(components(template), expected);
        assert_eq!(kept(&expected), [""; 0]);
    }
}

#[test]
fn buttons_of_every_kind_are_written() {
    let action = |action: Value| json!([{"type": "action", "action": action}]);
    for (template, sub_type, parameters) in [
        (offer().url_button(0, "A-42"), "url", json!([{"type": "text", "text": "A-42"}])),
        (
            offer().payment_link_button(0, "A-42"),
            "url",
            json!([{"type": "text", "text": "A-42", "payment_link_preview": true}]),
        ),
        (offer().quick_reply(0, "stop"), "quick_reply", json!([{"type": "payload", "payload": "stop"}])),
        (
            offer().copy_code(0, "25OFF"),
            "copy_code",
            json!([{"type": "coupon_code", "coupon_code": "25OFF"}]),
        ),
        (
            offer().flow_button(0, "visit-7", json!({"visit": {"id": null}})),
            "flow",
            action(json!({"flow_token": "visit-7", "flow_action_data": {"visit": {"id": null}}})),
        ),
        (offer().flow_button(0, "visit-7", None), "flow", action(json!({"flow_token": "visit-7"}))),
        (
            offer().catalog_button(0, "sencha"),
            "catalog",
            action(json!({"thumbnail_product_retailer_id": "sencha"})),
        ),
        (
            offer().multi_product_button(
                0,
                "sencha",
                [("Green", vec!["sencha", "matcha"]), ("Black", vec!["assam"])],
            ),
            "mpm",
            action(json!({"thumbnail_product_retailer_id": "sencha", "sections": [
                {"title": "Green", "product_items": [
                    {"product_retailer_id": "sencha"}, {"product_retailer_id": "matcha"}]},
                {"title": "Black", "product_items": [{"product_retailer_id": "assam"}]}]})),
        ),
        (
            offer().call_button(0, 100, "order-42"),
            "voice_call",
            json!([{"type": "ttl_minutes", "ttl_minutes": 100}, {"type": "payload", "payload": "order-42"}]),
        ),
        (
            offer().call_button(0, 100, None),
            "voice_call",
            json!([{"type": "ttl_minutes", "ttl_minutes": 100}]),
        ),
        (
            offer().order_details_button(0, order()),
            "order_details",
            action(json!({"order_details": order()})),
        ),
        (
            offer().payment_request_button(0, pix()),
            "payment_request",
            action(json!({"payment_request": {"payment_setting": pix()}})),
        ),
    ] {
        let expected = button(sub_type, &parameters);
        assert_eq!(components(template), expected);
        assert_eq!(kept(&expected), [""; 0]);
    }
    let call = json!([{"type": "button", "sub_type": "voice_call",
        "parameters": [{"type": "payload", "payload": "order-42"}]}]);
    assert_eq!(components(offer().call_button(None, None, "order-42")), call);
    assert_eq!(kept(&call), [""; 0]);
    let bare_call = json!([{"type": "button", "sub_type": "voice_call"}]);
    assert_eq!(components(offer().call_button(None, None, None)), bare_call);
    assert_eq!(kept(&bare_call), [""; 0]);
    let catalog = json!([{"type": "button", "sub_type": "catalog", "index": 0}]);
    assert_eq!(components(offer().catalog_button(0, None)), catalog);
    assert_eq!(kept(&catalog), [""; 0]);
}

#[test]
fn parts_beside_the_buttons_are_written() {
    for (template, kind, parameter) in [
        (
            offer().limited_time_offer(Timestamp::from_seconds(1_708_804_800)),
            "limited_time_offer",
            json!({"expiration_time_ms": 1_708_804_800_000_i64}),
        ),
        (
            offer().tap_target("Offer details", "https://example.com/offer"),
            "tap_target_configuration",
            json!([{"url": "https://example.com/offer", "title": "Offer details"}]),
        ),
        (
            offer().order_status("A-42", "shipped", "With the carrier"),
            "order_status",
            json!({"reference_id": "A-42", "order": {"status": "shipped", "description": "With the carrier"}}),
        ),
        (
            offer().order_status("A-42", "completed", None),
            "order_status",
            json!({"reference_id": "A-42", "order": {"status": "completed"}}),
        ),
    ] {
        let expected = json!([{"type": kind, "parameters": [{"type": kind, kind: parameter}]}]);
        assert_eq!(components(template), expected);
        assert_eq!(kept(&expected), [""; 0]);
    }
}

#[test]
fn cards_are_written_with_their_places() {
    let cards = [
        TemplateCard::image("55").body(["coast"]).quick_reply(0, "coast").url_button(1, "c"),
        TemplateCard::video(MediaSource::link("https://example.com/a.mp4")).body([("place", "hills")]),
        TemplateCard::product("194836987003835", "sencha").order_details_button(0, order()),
    ];
    let expected = json!([
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]},
        {"type": "carousel", "cards": [
            {"card_index": 0, "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"id": "55"}}]},
                {"type": "body", "parameters": [{"type": "text", "text": "coast"}]},
                {"type": "button", "sub_type": "quick_reply", "index": 0,
                 "parameters": [{"type": "payload", "payload": "coast"}]},
                {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "c"}]}]},
            {"card_index": 1, "components": [
                {"type": "header", "parameters": [{"type": "video", "video": {"link": "https://example.com/a.mp4"}}]},
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "place", "text": "hills"}]}]},
            {"card_index": 2, "components": [
                {"type": "header", "parameters": [{"type": "product",
                    "product": {"product_retailer_id": "sencha", "catalog_id": "194836987003835"}}]},
                {"type": "button", "sub_type": "order_details", "index": 0,
                 "parameters": [{"type": "action", "action": {"order_details": order()}}]}]},
        ]},
    ]);
    assert_eq!(components(offer().body(["Ana"]).carousel(cards)), expected);
    assert_eq!(kept(&expected), [""; 0]);
}

#[test]
fn an_authentication_template_fills_body_and_button_with_the_code() {
    assert_eq!(
        body(Template::authentication("login_code", "en_US", "123456")),
        json!({"type": "template", "template": {"name": "login_code", "language": {"code": "en_US"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
            {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "123456"}]},
        ]}})
    );
    let code = |length| Template::authentication("login_code", "en_US", long(length));
    assert_eq!(problems(code(15)), [""; 0]);
    assert_eq!(
        problems(code(16)),
        [
            "template.components[0].parameters[0].text: has 16 characters (1 to 15 characters)",
            "template.components[1].parameters[0].text: has 16 characters (1 to 15 characters)",
        ]
    );
}

#[test]
fn a_one_time_code_goes_to_a_phone_number_only() {
    let problems = |to: Recipient, template: Template| match Message::new(to, template).validate() {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    };
    let user = || Recipient::from("US.13491208655302741918");
    let code = || Template::authentication("login_code", "en_US", "123456");
    assert_eq!(problems(TO.into(), code()), [""; 0]);
    assert_eq!(problems(Recipient::PhoneAndUser(TO.into(), "US.134".into()), code()), [""; 0]);
    assert_eq!(
        problems(user(), code()),
        ["recipient: is a user id alone, which gets no one-time code: error 131062 \
          (the phone number, alone or beside it)"]
    );
    assert_eq!(
        problems(Recipient::group("Y2Fw"), code()),
        ["to: is a group, which gets no one-time code (the phone number of one person)"]
    );
    // What looks like one but was not made as one is Meta's to judge.
    let lookalike = || Template::new("login_code", "en_US").body(["123456"]).url_button(0, "123456");
    assert_eq!(problems(user(), lookalike()), [""; 0]);
    assert_eq!(problems(Recipient::group("Y2Fw"), lookalike()), [""; 0]);
    assert_eq!(code(), lookalike());
}

#[test]
fn every_template_round_trips() {
    let card = |name: &str| TemplateCard::image(name).body([name]).url_button(0, name);
    for template in [
        Template::authentication("login_code", "en_US", "123456"),
        offer()
            .header_location(-0.000_000_1, 180.0, "Line", "Date")
            .body([("a", Parameter::group("Y2Fw")), ("b", Parameter::date_time("May 3"))])
            .copy_code(0, "25OFF")
            .flow_button(1, "t", json!({"a": [1.5, null, "x"]}))
            .multi_product_button(2, "a", [("T", ["a", "b"])])
            .call_button(None, 1, "p")
            .order_details_button(3, order())
            .payment_request_button(4, pix())
            .catalog_button(5, None)
            .limited_time_offer(Timestamp::from_millis(1_708_804_800_001))
            .tap_target("T", "https://example.com")
            .order_status("A-42", "partially-shipped", None),
        offer().body(["x"]).carousel([card("55"), card("56")]),
        offer().header_document("55", "Bill.pdf").payment_link_button(0, "x"),
        offer().header_gif("55"),
        offer().header_product("1", "2"),
    ] {
        let message = Message::new(TO, template);
        let written = serde_json::to_string(&message).unwrap();
        let again: Message = serde_json::from_str(&written).unwrap();
        assert!(matches!(again.content(), Content::Template(_)), "{written}");
        assert_eq!(again, message);
        assert_eq!(serde_json::to_string(&again).unwrap(), written);
    }
}

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
            {"type": "action", "action": {"flow_token": "t", "order_details": {"a": 1}}}]}]),
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
        json!({"type": "order_status", "order_status": {"reference_id": "A-42"}}),
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
    let sections = |length| offer().multi_product_button(0, "a", [(long(length), ["a"])]);
    let cards = |length| {
        offer()
            .carousel([TemplateCard::image("1").body([long(length)]), TemplateCard::image("2").body(["x"])])
    };
    let offered = |length| offer().limited_time_offer(Timestamp::from_seconds(1)).body([long(length)]);
    let card_path = "template.components[0].cards[0].components[1].parameters[0].text";
    let shown = |length| offer().body([Parameter::date_time(long(length))]);
    let money = |length| offer().body([Parameter::currency("USD", 1, long(length))]);
    let target = |length: usize| offer().tap_target("T", format!("https://e.io/{}", "x".repeat(length - 13)));
    let status = |length| offer().order_status("A", "shipped", long(length).as_str());
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
    check(&sections, 24, &first("action.sections[0].title"));
    check(&target, 2000, &first("tap_target_configuration[0].url"));
    check(&status, 120, &first("order_status.order.description"));
    check(
        &|length| offer().order_status("a".repeat(length), "shipped", None),
        60,
        &first("order_status.reference_id"),
    );
}

#[test]
fn numbers_hold_at_the_limit_and_break_one_past_it() {
    let place = |latitude, longitude| offer().header_location(latitude, longitude, "A", "B");
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
    let products = |counts: &[usize]| {
        let sections = counts.iter().map(|count| ("T", vec!["sku"; *count]));
        offer().multi_product_button(0, "sku", sections)
    };
    assert_eq!(problems(products(&[15, 15])), [""; 0]);
    assert_eq!(problems(products(&[15, 16])), [format!("{path}: has 31 products (1 to 30 products)")]);
    assert_eq!(problems(products(&[1; 10])), [""; 0]);
    assert_eq!(problems(products(&[1; 11])), [format!("{path}: has 11 sections (1 to 10 sections)")]);
    assert_eq!(problems(products(&[0])), [format!("{path}: has 0 products (1 to 30 products)")]);
    assert_eq!(
        problems(products(&[])),
        [
            format!("{path}: has 0 sections (1 to 10 sections)"),
            format!("{path}: has 0 products (1 to 30 products)")
        ]
    );
    assert_eq!(
        problems(products(&[1, 0])),
        [format!("{path}[1].product_items: is empty (at least one product)")]
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
fn cards_take_what_meta_documents_for_cards() {
    let first = "template.components[0].cards[0]";
    let problems = |card: Value| {
        let header = json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]});
        kept(&json!([{"type": "carousel", "cards": [card, {"card_index": 1, "components": [header]}]}]))
    };
    let header = |parameter: Value| json!({"type": "header", "parameters": [parameter]});
    let image = || header(json!({"type": "image", "image": {"id": "1"}}));
    let replies = |count: usize| {
        let reply = |index| json!({"type": "button", "sub_type": "quick_reply", "index": index});
        let components: Vec<_> = [image()].into_iter().chain((0..count).map(reply)).collect();
        json!({"card_index": 0, "components": components})
    };
    assert_eq!(problems(replies(2)), [""; 0]);
    assert_eq!(
        problems(replies(3)),
        [format!("{first}.components[3].index: is out of range or used twice (0 to 1, each once)")]
    );
    assert_eq!(
        problems(json!({"card_index": 1, "components": [image()]})),
        ["template.components[0].cards[1].card_index: is out of range or used twice (0 to 1, each once)"]
    );
    assert_eq!(
        problems(json!({"card_index": 2, "components": [image()]})),
        [format!("{first}.card_index: is out of range or used twice (0 to 1, each once)")]
    );
    assert_eq!(
        problems(json!({"card_index": 0, "components": []})),
        [format!("{first}.components: has no header (an image, a video or a product on each card)")]
    );
    assert_eq!(
        problems(
            json!({"card_index": 0, "components": [header(json!({"type": "gif", "gif": {"id": "1"}}))]})
        ),
        [format!("{first}.components[0].parameters[0].type: is gif (one of image, video, product)")]
    );
    for kind in ["carousel", "limited_time_offer", "tap_target_configuration", "order_status"] {
        assert_eq!(
            problems(json!({"card_index": 0, "components": [image(), {"type": kind}]})),
            [format!("{first}.components[1].type: does not fit a card (header, body and button)")]
        );
    }
}

#[test]
fn files_stand_in_headers_only() {
    for parameter in [
        json!({"type": "image", "image": {"id": "1"}}),
        json!({"type": "video", "video": {"id": "1"}}),
        json!({"type": "gif", "gif": {"id": "1"}}),
        json!({"type": "document", "document": {"id": "1"}}),
        json!({"type": "location", "location": {"latitude": "1", "longitude": "1"}}),
        json!({"type": "product", "product": {"product_retailer_id": "1", "catalog_id": "1"}}),
        json!({"type": "payload", "payload": "x"}),
        json!({"type": "coupon_code", "coupon_code": "x"}),
    ] {
        let kind = parameter["type"].as_str().unwrap();
        assert_eq!(
            kept(&filled(&parameter)),
            [format!(
                "template.components[0].parameters[0].type: is {kind} (one of text, currency, date_time, group_id)"
            )]
        );
    }
    assert_eq!(problems(offer().body([Parameter::image("1")])).len(), 1);
    assert_eq!(problems(offer().header([Parameter::group("Y2Fw")])).len(), 1);
}

#[test]
fn each_kind_of_button_takes_its_own_parameters() {
    let text = json!({"type": "text", "text": "x"});
    let payload = json!({"type": "payload", "payload": "x"});
    let at = "template.components[0].parameters[0].type";
    for (sub_type, parameter, problem) in [
        ("url", &payload, "is payload (one of text)"),
        ("quick_reply", &text, "is text (one of payload)"),
        ("copy_code", &text, "is text (one of coupon_code)"),
        ("flow", &text, "is text (one of action)"),
        ("catalog", &text, "is text (one of action)"),
        ("mpm", &text, "is text (one of action)"),
        ("order_details", &text, "is text (one of action)"),
        ("payment_request", &text, "is text (one of action)"),
        ("voice_call", &text, "is text (one of ttl_minutes, payload)"),
    ] {
        assert_eq!(kept(&button(sub_type, &json!([parameter]))), [format!("{at}: {problem}")]);
    }
    let parameters = "template.components[0].parameters";
    assert_eq!(
        kept(&button("quick_reply", &json!([payload, payload]))),
        [format!("{parameters}: has 2 parameters (at most 1)")]
    );
    assert_eq!(
        kept(&button("voice_call", &json!([payload, payload]))),
        [format!("{parameters}[1].type: is the same as number 0 (each only once)")]
    );
    let minutes = json!({"type": "ttl_minutes", "ttl_minutes": 1});
    assert_eq!(
        kept(&button("voice_call", &json!([minutes, payload, minutes]))),
        [format!("{parameters}: has 3 parameters (at most 2)")]
    );
}

#[test]
fn each_kind_of_action_has_its_own_members() {
    let at = "template.components[0].parameters[0].action";
    let problems = |sub_type: &str, action: Value| {
        kept(&button(sub_type, &json!([{"type": "action", "action": action}])))
    };
    let thumbnail = json!({"thumbnail_product_retailer_id": "a"});
    assert_eq!(
        problems("flow", thumbnail.clone()),
        [format!(
            "{at}.thumbnail_product_retailer_id: does not belong to this kind of button (flow_token, flow_action_data)"
        )]
    );
    assert_eq!(
        problems("catalog", json!({"flow_token": "a"})),
        [format!("{at}.flow_token: does not belong to this kind of button (thumbnail_product_retailer_id)")]
    );
    let both = "thumbnail_product_retailer_id, sections";
    assert_eq!(problems("mpm", thumbnail), [format!("{at}.sections: is missing ({both})")]);
    let sections = json!([{"title": "T", "product_items": [{"product_retailer_id": "a"}]}]);
    assert_eq!(
        problems("mpm", json!({ "sections": sections })),
        [format!("{at}.thumbnail_product_retailer_id: is missing ({both})")]
    );
    for kind in ["order_details", "payment_request"] {
        assert_eq!(problems(kind, json!({})), [format!("{at}.{kind}: is missing ({kind})")]);
    }
    for odd in [json!({}), json!([1]), json!("x")] {
        let limit = "an object with at least one member, or nothing";
        assert_eq!(
            problems("flow", json!({ "flow_action_data": odd })),
            [format!("{at}.flow_action_data: is empty or no object ({limit})")]
        );
        let limit = "an object as Meta documents it";
        assert_eq!(
            problems("order_details", json!({ "order_details": odd })),
            [format!("{at}.order_details: is empty or no object ({limit})")]
        );
        assert_eq!(
            problems("payment_request", json!({"payment_request": {"payment_setting": odd}})),
            [format!("{at}.payment_request.payment_setting: is empty or no object ({limit})")]
        );
    }
}

#[test]
fn values_that_are_empty_or_malformed_are_reported() {
    let first = |member: &str| format!("template.components[0].parameters[0].{member}");
    for (template, member) in [
        (offer().flow_button(0, "", None), "action.flow_token"),
        (offer().catalog_button(0, " "), "action.thumbnail_product_retailer_id"),
        (
            offer().multi_product_button(0, "a", [("T", [""])]),
            "action.sections[0].product_items[0].product_retailer_id",
        ),
        (offer().header_product("", "a"), "product.catalog_id"),
        (offer().header_product("1", ""), "product.product_retailer_id"),
        (offer().header_location(1.0, 1.0, "", "B"), "location.name"),
        (offer().header_location(1.0, 1.0, "A", " "), "location.address"),
        (offer().header_video(""), "video.id"),
        (offer().header_gif(MediaSource::link("gif")), "gif.link"),
        (offer().header_document("", None), "document.id"),
        (offer().tap_target(" ", "https://example.com"), "tap_target_configuration[0].title"),
        (offer().tap_target("T", "example.com"), "tap_target_configuration[0].url"),
        (offer().order_status("A 42", "shipped", None), "order_status.reference_id"),
        (offer().order_status("A-42", "", None), "order_status.order.status"),
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
fn components_stand_where_they_belong_and_once() {
    let twice = offer().body(["a"]).header(["b"]).body(["c"]).header_image("1");
    assert_eq!(
        problems(twice),
        [
            "template.components[2]: is a second body (each component once)",
            "template.components[3]: is a second header (each component once)",
        ]
    );
    let twice =
        offer().limited_time_offer(Timestamp::from_seconds(1)).limited_time_offer(Timestamp::from_seconds(2));
    assert_eq!(bad_paths(twice), ["template.components[1]"]);
    assert_eq!(bad_paths(offer().url_button(3, "x").quick_reply(3, "x")), ["template.components[1].index"]);
    assert_eq!(
        problems(offer().header(["a", "b"])),
        ["template.components[0].parameters: has 2 parameters (at most 1)"]
    );
    let misplaced = json!([
        {"type": "body", "sub_type": "url", "index": 0},
        {"type": "button"},
        {"type": "header", "cards": []},
        {"type": "carousel", "parameters": [{"type": "text", "text": "x"}]},
    ]);
    let (content, _) = read(&misplaced);
    assert_eq!(
        bad_paths(content),
        [
            "template.components[0].sub_type",
            "template.components[0].index",
            "template.components[1].sub_type",
            "template.components[2].cards",
            "template.components[3].parameters",
            "template.components[3].cards",
        ]
    );
    let nowhere =
        json!([{"type": "button", "sub_type": "url", "parameters": [{"type": "text", "text": "x"}]}]);
    assert_eq!(
        kept(&nowhere),
        ["template.components[0].index: is missing (the place of the button, from 0)"]
    );
}

#[test]
fn names_are_given_to_all_values_or_none() {
    let mixed = json!([{"type": "body", "parameters": [
        {"type": "text", "parameter_name": "name", "text": "Ana"}, {"type": "text", "text": "A-42"}]}]);
    assert_eq!(
        kept(&mixed),
        ["template.components[0].parameters: has named and unnamed values (all named or none)"]
    );
}

#[test]
fn payment_links_have_previews_only_without_header_and_cards() {
    assert_eq!(problems(offer().body(["x"]).payment_link_button(0, "x")), [""; 0]);
    let path = "template.components[1].parameters[0].payment_link_preview";
    assert_eq!(bad_paths(offer().header(["x"]).payment_link_button(0, "x")), [path]);
    let cards = offer().carousel([TemplateCard::image("1"), TemplateCard::image("2")]);
    assert_eq!(bad_paths(cards.payment_link_button(0, "x")), [path]);
    let in_body = filled(&json!({"type": "text", "text": "x", "payment_link_preview": true}));
    assert_eq!(bad_paths(read(&in_body).0), ["template.components[0].parameters[0].payment_link_preview"]);
    let off = filled(&json!({"type": "text", "text": "x", "payment_link_preview": false}));
    assert_eq!(kept(&off), [""; 0]);
}

#[test]
fn a_person_reads_the_values_of_the_body() {
    let template = offer().header(["Hi"]).body(["Ana", "A-42"]).quick_reply(0, "stop");
    assert_eq!(template.body_texts().collect::<Vec<_>>(), ["Ana", "A-42"]);
    assert_eq!(Content::from(template).text().as_deref(), Some("offer: Ana, A-42"));
    assert_eq!(Content::from(offer()).text().as_deref(), Some("offer"));
}

#[test]
fn files_of_headers_and_cards_are_found() {
    use crate::message::Kind;
    let mut template = offer().header_document("1", "a.pdf").carousel([
        TemplateCard::image("2").body(["x"]),
        TemplateCard::product("9", "9"),
        TemplateCard::video(MediaSource::link("https://example.com/3")),
    ]);
    let found: Vec<_> = template.media().into_iter().map(|source| source.clone()).collect();
    assert_eq!(found, ["1".into(), "2".into(), MediaSource::link("https://example.com/3")]);
    for source in template.media() {
        *source = "new".into();
    }
    let again = offer().header_document("new", "a.pdf").carousel([
        TemplateCard::image("new").body(["x"]),
        TemplateCard::product("9", "9"),
        TemplateCard::video("new"),
    ]);
    assert_eq!(template, again);
    assert_eq!(offer().header_gif("1").media().len(), 1);
    assert_eq!(offer().header_video("1").media().len(), 1);
    assert_eq!(offer().header_image("1").media().len(), 1);
    assert_eq!(offer().body(["x"]).header_location(1.0, 1.0, "A", "B").media().len(), 0);
}

#[test]
fn debug_shows_no_values() {
    let secret = "private words";
    let shown = format!(
        "{:?}",
        offer()
            .header_document(MediaSource::link("https://example.com/?token=secret"), secret)
            .body([("name", secret)])
            .copy_code(0, secret)
            .flow_button(1, secret, json!({ secret: secret }))
            .tap_target(secret, "https://example.com/?token=secret")
            .order_status(secret, secret, secret)
            .payment_request_button(2, json!({ secret: secret }))
            .carousel([TemplateCard::image("1").body([secret]).quick_reply(0, secret)])
    );
    assert!(
        !shown.contains("private") && !shown.contains("token=") && shown.contains("copy_code"),
        "{shown}"
    );
}
