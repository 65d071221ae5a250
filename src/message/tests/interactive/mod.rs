//! Interactive messages: their JSON, their limits, and what is read of other writers.

mod addresses;
mod calls;
mod carousels;
mod flows;
mod headers;
mod links;
mod lists;
mod requests;

use super::{TO, bad_paths, body, problems};
use crate::message::{
    Address, AddressRequest, CallButton, CallPermissionRequest, ContactInfoRequest, Content, Flow, Header,
    Kind, LinkButton, List, LocationRequest, MediaCard, MediaCarousel, MediaSource, Message, Row, Section,
};
use serde_json::{Value, json};

/// What the member `interactive` of a body is read as.
fn read(interactive: &Value) -> Content {
    let body = json!({"to": TO, "type": "interactive", "interactive": interactive});
    serde_json::from_str::<Message>(&body.to_string()).unwrap().content().clone()
}

/// Like [`read`], and written again.
fn rewritten(interactive: &Value) -> Value {
    body(read(interactive))["interactive"].clone()
}

/// Asserts that a value is the same after it was written and read, and so is what is written of it.
#[track_caller]
fn assert_round_trip(content: impl Into<Content>) {
    let message = Message::new(TO, content);
    let written = serde_json::to_string(&message).unwrap();
    let read: Message = serde_json::from_str(&written).unwrap();
    assert_eq!(read, message);
    assert_eq!(serde_json::to_string(&read).unwrap(), written);
}

/// Asserts that a member `interactive` is kept as it came, and that the check says why it is not as documented.
#[track_caller]
fn assert_kept(interactive: &Value, reason: &str) {
    let content = read(interactive);
    assert!(matches!(content, Content::Raw(_)), "{content:?}");
    assert_eq!(body(content.clone())["interactive"], *interactive);
    let problems = problems(content);
    assert!(problems.iter().any(|problem| problem.contains(reason)), "{problems:?}");
}

/// The ids of the files that are named by id.
fn media_ids(mut content: impl Kind) -> Vec<String> {
    let ids = content.media().into_iter().filter_map(|source| match source {
        MediaSource::Id(id) => Some(id.as_str().to_owned()),
        _ => None,
    });
    ids.collect()
}

fn long(length: usize) -> String {
    "é".repeat(length)
}

#[test]
fn debug_shows_nothing_that_a_person_wrote() {
    let secret = || "private words";
    let url = "https://example.com/?token=private";
    let address = || Address::new().name(secret()).phone_number("+14155550123").field("note", secret());
    let section = Section::new(secret()).rows([Row::new("a", secret()).description(secret())]);
    let contents: [Content; 9] = [
        List::new(secret(), secret()).header(secret()).footer(secret()).section(section).into(),
        LinkButton::new(secret(), secret(), url).header(Header::image(MediaSource::link(url))).into(),
        LocationRequest::new(secret()).into(),
        ContactInfoRequest::new(secret()).into(),
        CallPermissionRequest::new().body(secret()).into(),
        CallButton::new(secret()).display_text(secret()).payload(secret()).into(),
        AddressRequest::new(secret(), "IN")
            .prefill(address())
            .saved_address(secret(), address())
            .validation_error("city", secret())
            .into(),
        Flow::id(secret(), "1", secret())
            .token(secret())
            .navigate_with("A", json!({"name": secret()}))
            .into(),
        MediaCarousel::new(secret())
            .card(MediaCard::image("1").body(secret()).link(secret(), url))
            .card(MediaCard::image("1").body(secret()).button("a", secret()))
            .into(),
    ];
    for shown in contents.map(|content| format!("{content:?}")).iter().chain([&format!("{:?}", address())]) {
        assert!(!shown.contains("private") && !shown.contains("4155"), "{shown}");
    }
}

#[test]
fn numbers_of_other_writers_are_read_as_text() {
    let text = json!({"text": 1});
    let cards = |index: u8| {
        json!({"card_index": index, "type": "cta_url", "header": {"type": "image", "image": {"id": 1}}, "body": text,
            "action": {"buttons": [{"type": "quick_reply", "quick_reply": {"id": index, "title": index}}]}})
    };
    let pix = json!({"type": "pix_dynamic_code", "pix_dynamic_code": {"code": 1}});
    for (kind, action) in [
        ("button", json!({"buttons": [{"type": "reply", "reply": {"id": 1, "title": 2}}]})),
        (
            "list",
            json!({"button": 1, "sections": [{"title": 2, "rows": [{"id": 3, "title": 4, "description": 5}]}]}),
        ),
        (
            "cta_url",
            json!({"name": "cta_url", "parameters": {"display_text": 1, "url": "https://example.com"}}),
        ),
        ("voice_call", json!({"name": "voice_call", "parameters": {"display_text": 1, "payload": 2}})),
        (
            "flow",
            json!({"name": "flow", "parameters": {"flow_message_version": 3, "flow_name": 1, "flow_cta": 2,
            "flow_token": 3, "flow_action": "navigate", "flow_action_payload": {"screen": 4}}}),
        ),
        ("carousel", json!({"cards": [cards(0), cards(1)]})),
        (
            "order_details",
            json!({"name": "review_and_pay", "parameters": {"reference_id": 1, "type": "digital-goods",
            "payment_type": "br", "payment_settings": [pix], "currency": "BRL",
            "total_amount": {"value": 1, "offset": 100}, "order": {"status": "pending",
                "items": [{"name": 7, "retailer_id": 8, "amount": {"value": 1, "offset": 100}, "quantity": 1}],
                "subtotal": {"value": 1, "offset": 100}, "tax": {"value": 0, "offset": 100}}}}),
        ),
    ] {
        let content = read(&json!({"type": kind, "body": text, "action": action}));
        assert!(!matches!(content, Content::Raw(_)), "{kind}: {:?}", problems(content));
        assert_eq!(body(content)["interactive"]["body"]["text"], "1", "{kind}");
    }
    let headed =
        read(&json!({"type": "button", "header": {"type": "text", "text": 7}, "body": text, "footer": text,
        "action": {"buttons": [{"type": "reply", "reply": {"id": 1, "title": 2}}]}}));
    assert_eq!(body(headed)["interactive"]["header"]["text"], "7");
}
