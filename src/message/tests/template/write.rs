use super::{
    TO, bill, bill_json, body, button, components, kept, long, offer, pix, pix_json, problems, sections,
};
use crate::{
    message::{
        Content, Location, MediaSource, Message, OrderState, Parameter, ProductSection, Template,
        TemplateCard,
    },
    time::Timestamp,
};
use serde_json::{Value, json};

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
            offer().header_location(Location::new(37.44, -122.0).name("Palo Alto").address("101 Forest Ave")),
            json!({"type": "location", "location": {"latitude": "37.44", "longitude": "-122",
                "name": "Palo Alto", "address": "101 Forest Ave"}}),
        ),
        (
            offer().header_location(Location::new(37.44, -122.0)),
            json!({"type": "location", "location": {"latitude": "37.44", "longitude": "-122"}}),
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
                [ProductSection::new("Green", ["sencha", "matcha"]), ProductSection::new("Black", ["assam"])],
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
            offer().order_details_button(0, bill()),
            "order_details",
            action(json!({"order_details": bill_json()})),
        ),
        (
            offer().payment_request_button(0, pix()),
            "payment_request",
            action(json!({"payment_request": {"payment_setting": pix_json()}})),
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
            offer().order_status("A-42", OrderState::Shipped, "With the carrier"),
            "order_status",
            json!({"reference_id": "A-42", "order": {"status": "shipped", "description": "With the carrier"}}),
        ),
        (
            offer().order_status("A-42", OrderState::Completed, None),
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
        TemplateCard::product("194836987003835", "sencha").order_details_button(bill()),
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
                 "parameters": [{"type": "action", "action": {"order_details": bill_json()}}]}]},
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
fn every_template_round_trips() {
    let card = |name: &str| TemplateCard::image(name).body([name]).url_button(0, name);
    for template in [
        Template::authentication("login_code", "en_US", "123456"),
        offer()
            .header_location(Location::new(-0.000_000_1, 180.0).name("Line").address("Date"))
            .body([("a", Parameter::group("Y2Fw")), ("b", Parameter::date_time("May 3"))])
            .copy_code(0, "25OFF")
            .flow_button(1, "t", json!({"a": [1.5, null, "x"]}))
            .multi_product_button(2, "a", sections(&[2]))
            .call_button(None, 1, "p")
            .order_details_button(3, bill())
            .payment_request_button(4, pix())
            .catalog_button(5, None)
            .limited_time_offer(Timestamp::from_millis(1_708_804_800_001))
            .tap_target("T", "https://example.com")
            .order_status("A-42", OrderState::PartiallyShipped, None),
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
