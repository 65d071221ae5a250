//! What customers see of each kind, and how they answer it.

use super::{ANA, ana, message_id, receiver::Receiver, send};
use serde_json::{Value, json};
use whatsapp_business::{
    ErrorKind,
    simulator::{ApprovedTemplate, ButtonKind, Shown, Simulator},
    template::{Button, Category, Definition},
};

const LINK: &str = "https://example.com/roof.png";

/// What Ana sees of a message with this content.
async fn seen(content: Value) -> Shown {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    message_id(&send(&simulator, content).await);
    ana.newest().unwrap()
}

async fn interactive(content: Value) -> Shown {
    seen(json!({"type": "interactive", "interactive": content})).await
}

/// The kinds, ids and titles of what can be tapped.
fn buttons(shown: &Shown) -> Vec<(ButtonKind, &str, &str)> {
    shown.buttons.iter().map(|button| (button.kind, &*button.id, &*button.title)).collect()
}

#[tokio::test]
async fn cards_of_contacts_show_their_names_and_places_where_they_are() {
    let person = |name: &str| json!({"name": {"formatted_name": name}});
    let contacts = seen(json!({"type": "contacts", "contacts": [person("Bo Oz"), person("Cy Ng")]})).await;
    assert_eq!(contacts.text.as_deref(), Some("Bo Oz, Cy Ng"));

    let mut place =
        json!({"latitude": "37.44", "longitude": -122.16, "name": "Roof Garden", "address": "1 Main St"});
    let named = seen(json!({"type": "location", "location": place})).await;
    assert_eq!(named.text.as_deref(), Some("Roof Garden, 1 Main St"));
    place = json!({"latitude": "37.44", "longitude": -122.16});
    let bare = seen(json!({"type": "location", "location": place})).await;
    assert_eq!(bare.text.as_deref(), Some("37.44, -122.16"));
}

#[tokio::test]
async fn files_show_their_caption_and_name() {
    let offer = json!({"link": LINK, "caption": "As agreed", "filename": "Offer.pdf"});
    let document = seen(json!({"type": "document", "document": offer})).await;
    assert_eq!(
        (document.text.as_deref(), document.header.as_deref(), document.media.as_deref()),
        (Some("As agreed"), Some("Offer.pdf"), Some(LINK))
    );
    let voice = seen(json!({"type": "audio", "audio": {"link": LINK, "voice": true}})).await;
    assert_eq!((voice.text, voice.media.as_deref()), (None, Some(LINK)));
}

#[tokio::test]
async fn a_list_shows_its_menu_and_the_titles_of_its_sections() {
    let row = |id: &str| json!({"id": id, "title": id.to_uppercase(), "description": "10:00"});
    let list = interactive(json!({
        "type": "list", "header": {"type": "text", "text": "Dates"}, "body": {"text": "Which day?"},
        "action": {"button": "Days", "sections": [
            {"title": "This week", "rows": [row("wed"), row("fri")]}, {"title": "Next week", "rows": [row("mon")]},
        ]},
    }))
    .await;
    assert_eq!((list.header.as_deref(), list.menu.as_deref()), (Some("Dates"), Some("Days")));
    let sections: Vec<_> = list.buttons.iter().map(|row| row.section.as_deref().unwrap()).collect();
    assert_eq!(sections, ["This week", "This week", "Next week"]);
    assert_eq!(buttons(&list)[2], (ButtonKind::Row, "mon", "MON"));
    assert_eq!(list.buttons[2].description.as_deref(), Some("10:00"));
}

#[tokio::test]
async fn every_interactive_kind_shows_what_can_be_tapped() {
    let share = |title: &'static str| vec![(ButtonKind::Share, "", title)];
    let order = json!({
        "reference_id": "ref-1", "type": "digital-goods", "payment_type": "br", "currency": "BRL",
        "total_amount": {"value": 50000, "offset": 100},
    });
    let flow = json!({"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book", "flow_token": "t-1"});
    let products = json!([{"product_items": [{"product_retailer_id": "a"}, {"product_retailer_id": "b"}]}]);
    for (kind, action, expected) in [
        ("location_request_message", json!({"name": "send_location"}), share("Send location")),
        ("request_contact_info", json!({"name": "request_contact_info"}), share("Share Contact Info")),
        ("call_permission_request", json!({"name": "call_permission_request"}), share("Allow calls")),
        (
            "address_message",
            json!({"name": "address_message", "parameters": {"country": "IN"}}),
            share("Provide address"),
        ),
        ("voice_call", json!({"name": "voice_call"}), vec![(ButtonKind::Call, "", "Call Now")]),
        (
            "voice_call",
            json!({"name": "voice_call", "parameters": {"display_text": "Ring", "payload": "p"}}),
            vec![(ButtonKind::Call, "p", "Ring")],
        ),
        (
            "cta_url",
            json!({"name": "cta_url", "parameters": {"display_text": "Look", "url": LINK}}),
            vec![(ButtonKind::Link, LINK, "Look")],
        ),
        ("flow", json!({"name": "flow", "parameters": flow}), vec![(ButtonKind::Flow, "t-1", "Book")]),
        (
            "catalog_message",
            json!({"name": "catalog_message"}),
            vec![(ButtonKind::Product, "", "View catalog")],
        ),
        (
            "product",
            json!({"catalog_id": "1", "product_retailer_id": "a"}),
            vec![(ButtonKind::Product, "a", "View")],
        ),
        (
            "product_list",
            json!({"catalog_id": "1", "sections": products}),
            vec![(ButtonKind::Product, "a", "a"), (ButtonKind::Product, "b", "b")],
        ),
        (
            "order_details",
            json!({"name": "review_and_pay", "parameters": order}),
            vec![(ButtonKind::Pay, "ref-1", "Review and Pay")],
        ),
        (
            "order_status",
            json!({"name": "review_order",
                   "parameters": {"reference_id": "ref-1", "order": {"status": "shipped"}}}),
            vec![],
        ),
    ] {
        let mut content = json!({"type": kind, "body": {"text": "Well?"}, "action": action});
        if kind == "product_list" {
            content["header"] = json!({"type": "text", "text": "New"});
        }
        let shown = interactive(content).await;
        assert_eq!(shown.text.as_deref(), Some("Well?"), "{kind}");
        assert_eq!(buttons(&shown), expected, "{kind}");
    }
    let product = json!({"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "a"}});
    assert_eq!(interactive(product).await.text.as_deref(), Some("a"));
}

#[tokio::test]
async fn cards_show_their_words_and_the_quick_replies_on_them_can_be_tapped() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    let card = |index: usize| {
        let button = json!({"type": "quick_reply",
                            "quick_reply": {"id": format!("take-{index}"), "title": "Take it"}});
        json!({"card_index": index, "type": "cta_url", "header": {"type": "image", "image": {"link": LINK}},
               "body": {"text": format!("Roof {index}")}, "action": {"buttons": [button]}})
    };
    let carousel =
        json!({"type": "carousel", "body": {"text": "Which?"}, "action": {"cards": [card(0), card(1)]}});
    let asked = message_id(&send(&simulator, json!({"type": "interactive", "interactive": carousel})).await);

    let shown = ana.newest().unwrap();
    assert_eq!((shown.text.as_deref(), shown.cards.len()), (Some("Which?"), 2));
    assert_eq!(shown.cards[1].text.as_deref(), Some("Roof 1"));
    assert_eq!(shown.cards[1].media.as_deref(), Some(LINK));
    ana.taps("take-1").await.unwrap();
    simulator.idle().await.unwrap();
    let values = receiver.values(&simulator).await;
    let reply = &values.last().unwrap()["messages"][0];
    assert_eq!(
        reply["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "take-1", "title": "Take it"}})
    );
    assert_eq!(reply["context"]["id"], asked);
}

#[tokio::test]
async fn a_card_shows_its_product_or_its_link() {
    let card = |index: usize| {
        json!({"card_index": index, "type": "product",
                                     "action": {"product_retailer_id": format!("sku-{index}"), "catalog_id": "1"}})
    };
    let shown = interactive(
        json!({"type": "carousel", "body": {"text": "Which?"}, "action": {"cards": [card(0), card(1)]}}),
    )
    .await;
    assert_eq!(shown.cards[0].header.as_deref(), Some("sku-0"));
    assert_eq!(shown.cards[0].buttons[0].kind, ButtonKind::Product);
    let card = |index: usize| {
        json!({"card_index": index, "type": "cta_url", "header": {"type": "video", "video": {"link": LINK}},
               "action": {"name": "cta_url", "parameters": {"display_text": "Look", "url": LINK}}})
    };
    let shown = interactive(
        json!({"type": "carousel", "body": {"text": "Which?"}, "action": {"cards": [card(0), card(1)]}}),
    )
    .await;
    assert_eq!((shown.cards[0].buttons[0].kind, &*shown.cards[0].buttons[0].id), (ButtonKind::Link, LINK));
}

#[tokio::test]
async fn rows_are_picked_and_other_buttons_are_not() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    let list = json!({"type": "list", "body": {"text": "Which day?"},
                      "action": {"button": "Days", "sections": [{"rows": [{"id": "wed", "title": "Wednesday"}]}]}});
    let asked = message_id(&send(&simulator, json!({"type": "interactive", "interactive": list})).await);
    // A newer button of the same id is no row.
    let button = json!({"type": "button", "body": {"text": "Sure?"},
                        "action": {"buttons": [{"type": "reply", "reply": {"id": "wed", "title": "Yes"}}]}});
    message_id(&send(&simulator, json!({"type": "interactive", "interactive": button})).await);

    ana.picks("wed").await.unwrap();
    assert!(matches!(ana.picks("thu").await.unwrap_err().kind(), ErrorKind::NotFound(_)));
    simulator.idle().await.unwrap();
    let values = receiver.values(&simulator).await;
    let reply = &values.last().unwrap()["messages"][0];
    assert_eq!(
        reply["interactive"],
        json!({"type": "list_reply", "list_reply": {"id": "wed", "title": "Wednesday"}})
    );
    assert_eq!(reply["context"]["id"], asked);
}

#[tokio::test]
async fn what_opens_something_cannot_be_answered() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let product = json!({"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "sku"}});
    message_id(&send(&simulator, json!({"type": "interactive", "interactive": product})).await);
    assert!(matches!(ana.taps("sku").await.unwrap_err().kind(), ErrorKind::NotFound(_)));
}

fn template(components: &Value) -> Value {
    json!({"type": "template",
           "template": {"name": "t", "language": {"code": "en"}, "components": components}})
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

#[tokio::test]
async fn a_definition_is_approved_and_filled_in() {
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(
        Definition::new("t", "en", Category::Utility)
            .header_location()
            .body("Hello {{1}}.")
            .body_examples(["Ana"])
            .footer("Sunny Solar")
            .button(Button::quick_reply("Thanks"))
            .button(Button::phone_number("Call", "+14155550123"))
            .button(Button::url("Track", "https://example.com/{{1}}").example("A-42")),
    );
    let place = json!({"latitude": "37.44", "longitude": "-122.16", "name": "Roof Garden"});
    let content = template(&json!([
        {"type": "header", "parameters": [{"type": "location", "location": place}]},
        {"type": "body", "parameters": [text("Ana")]},
        {"type": "button", "sub_type": "url", "index": 2, "parameters": [text("A-42")]},
    ]));
    message_id(&send(&simulator, content).await);
    let shown = simulator.user(ANA).newest().unwrap();
    assert_eq!(
        (shown.header.as_deref(), shown.text.as_deref(), shown.footer.as_deref()),
        (Some("Roof Garden"), Some("Hello Ana."), Some("Sunny Solar"))
    );
    assert_eq!(
        buttons(&shown),
        [
            (ButtonKind::QuickReply, "Thanks", "Thanks"),
            (ButtonKind::Call, "+14155550123", "Call"),
            (ButtonKind::Link, "https://example.com/A-42", "Track"),
        ]
    );
}

#[tokio::test]
async fn cards_of_a_template_are_filled_in_one_by_one() {
    let card = json!({"components": [
        {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "For {{1}}."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Take it"}]},
    ]});
    let definition: Definition = serde_json::from_value(json!({
        "name": "t", "language": "en", "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Look."}, {"type": "CAROUSEL", "cards": [card, card]}],
    }))
    .unwrap();
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(&definition);
    let receiver = Receiver::subscribed_to(&simulator).await;
    let ana = simulator.user(ANA);
    let card = |index: usize, name: &str| {
        json!({"card_index": index, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"link": LINK}}]},
            {"type": "body", "parameters": [text(name)]},
            {"type": "button", "sub_type": "quick_reply", "index": 0,
             "parameters": [{"type": "payload", "payload": format!("take-{name}")}]},
        ]})
    };
    let cards = json!([{"type": "carousel", "cards": [card(1, "Bo"), card(0, "Ana")]}]);
    message_id(&send(&simulator, template(&cards)).await);
    let shown = ana.newest().unwrap();
    let texts: Vec<_> = shown.cards.iter().map(|card| card.text.as_deref().unwrap()).collect();
    assert_eq!((shown.text.as_deref(), &*texts), (Some("Look."), &["For Ana.", "For Bo."][..]));
    assert_eq!(shown.cards[0].media.as_deref(), Some(LINK));
    ana.taps("take-Bo").await.unwrap();
    simulator.idle().await.unwrap();
    let values = receiver.values(&simulator).await;
    let tap = &values.last().unwrap()["messages"][0]["button"];
    assert_eq!(*tap, json!({"payload": "take-Bo", "text": "Take it"}));
}

#[tokio::test]
async fn a_one_time_code_is_shown_in_metas_words() {
    let definition: Definition = serde_json::from_value(json!({
        "name": "t", "language": "en", "category": "AUTHENTICATION",
        "components": [
            {"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
        ],
    }))
    .unwrap();
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(ApprovedTemplate::from(definition));
    let code = template(&json!([
        {"type": "body", "parameters": [text("J$FpnYnP")]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [text("J$FpnYnP")]},
    ]));
    message_id(&send(&simulator, code).await);
    let ana = simulator.user(ANA);
    let shown = ana.newest().unwrap();
    assert!(
        shown.text.as_deref().unwrap().starts_with("J$FpnYnP is your verification code. For"),
        "{:?}",
        shown.text
    );
    assert_eq!(shown.footer.as_deref(), Some("This code expires in 10 minutes."));
    assert_eq!(buttons(&shown), [(ButtonKind::Copy, "J$FpnYnP", "Copy code")]);
    assert!(matches!(ana.taps("J$FpnYnP").await.unwrap_err().kind(), ErrorKind::NotFound(_)));
}

#[tokio::test]
async fn buttons_of_a_template_show_what_they_open() {
    let definition: Definition = serde_json::from_value(json!({
        "name": "t", "language": "en", "category": "MARKETING",
        "components": [
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": false}},
            {"type": "BODY", "text": "Look."},
            {"type": "BUTTONS", "buttons": [
                {"type": "COPY_CODE", "example": "SUN20"}, {"type": "FLOW", "text": "Book", "flow_id": "1"},
                {"type": "CATALOG", "text": "Browse"}, {"type": "VOICE_CALL"}, {"type": "REQUEST_CONTACT_INFO"},
                {"type": "PAYMENT_REQUEST", "text": "Pay",
                 "payment_setting": {"type": "boleto", "boleto": {"digitable_line": "1"}}},
                {"type": "TELEPORT", "text": "Go"},
            ]},
        ],
    }))
    .unwrap();
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(definition);
    let button = |sub_type: &str, index: Value, parameter: Value| json!({"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]});
    let action = |action: Value| json!({"type": "action", "action": action});
    let boleto = json!({"type": "boleto", "boleto": {"digitable_line": "0339"}});
    let content = template(&json!([
        button("copy_code", json!(0), json!({"type": "coupon_code", "coupon_code": "SUN20"})),
        button("flow", json!(1), action(json!({"flow_token": "t-1"}))),
        button("catalog", json!(2), action(json!({"thumbnail_product_retailer_id": "sku"}))),
        button("voice_call", Value::Null, json!({"type": "payload", "payload": "p"})),
        button("payment_request", json!(5), action(json!({"payment_request": {"payment_setting": boleto}}))),
    ]));
    message_id(&send(&simulator, content).await);
    let shown = simulator.user(ANA).newest().unwrap();
    assert_eq!(shown.header.as_deref(), Some("Ends soon"));
    assert_eq!(
        buttons(&shown),
        [
            (ButtonKind::Copy, "SUN20", "Copy offer code"),
            (ButtonKind::Flow, "t-1", "Book"),
            (ButtonKind::Product, "sku", "Browse"),
            (ButtonKind::Call, "p", "Call Now"),
            (ButtonKind::Share, "", "Share Contact Info"),
            (ButtonKind::Pay, "boleto", "Pay"),
            (ButtonKind::Other, "", "Go"),
        ]
    );
}
