//! The options of a send, for every kind of recipient, and envelopes as others write them.

use super::TO;
use crate::{
    message::{
        Audio, Buttons, Contact, Content, Document, Image, Location, Message, Pin, Reaction, Sticker,
        Template, Text, Video,
    },
    recipient::Recipient,
};
use serde_json::{Value, json};

/// Every kind of recipient, and what of the envelope names it.
fn recipients() -> [(Recipient, Value); 5] {
    [
        (TO.into(), json!({"recipient_type": "individual", "to": TO})),
        ("US.134".into(), json!({"recipient_type": "individual", "recipient": "US.134"})),
        ("US.ENT.134".into(), json!({"recipient_type": "individual", "recipient": "US.ENT.134"})),
        (
            Recipient::PhoneAndUser(TO.into(), "US.134".into()),
            json!({"recipient_type": "individual", "to": TO, "recipient": "US.134"}),
        ),
        (Recipient::group("Y2Fw"), json!({"recipient_type": "group", "to": "Y2Fw"})),
    ]
}

fn paths(message: &Message) -> Vec<String> {
    match message.validate() {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(|violation| violation.path.clone()).collect(),
    }
}

fn read(body: &Value) -> Message {
    serde_json::from_value(body.clone()).unwrap()
}

#[test]
fn every_recipient_takes_every_option() {
    for (to, named) in recipients() {
        let message = Message::new(&to, "https://example.com")
            .reply_to("wamid.A")
            .callback_data("order 7")
            .identity_key_hash("DF2l=")
            .preview_url(true);
        let mut expected = json!({
            "messaging_product": "whatsapp", "context": {"message_id": "wamid.A"},
            "biz_opaque_callback_data": "order 7", "recipient_identity_key_hash": "DF2l=",
            "type": "text", "text": {"body": "https://example.com", "preview_url": true},
        });
        expected.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
        let written = serde_json::to_value(&message).unwrap();
        assert_eq!(written, expected, "{to:?}");
        assert_eq!(paths(&message), [""; 0], "{to:?}");
        assert_eq!(read(&written), message, "{to:?}");
    }
}

#[test]
fn tracking_data_has_512_characters_whoever_gets_it() {
    for (to, _) in recipients() {
        let message = |length| Message::new(&to, "x").callback_data("é".repeat(length));
        assert_eq!(paths(&message(512)), [""; 0], "{to:?}");
        assert_eq!(paths(&message(513)), ["biz_opaque_callback_data"], "{to:?}");
        assert_eq!(paths(&message(0)), ["biz_opaque_callback_data"], "{to:?}");
    }
}

#[test]
fn what_is_quoted_has_an_id_whoever_gets_it() {
    for (to, _) in recipients() {
        assert_eq!(paths(&Message::new(&to, "x").reply_to("a b")), ["context.message_id"], "{to:?}");
    }
}

#[test]
fn every_broken_option_is_reported_at_once() {
    let bad = Message::new("Ana", Reaction::new("", "ok")).callback_data("").reply_to("");
    assert_eq!(
        paths(&bad),
        [
            "to",
            "reaction.message_id",
            "reaction.emoji",
            "context.message_id",
            "biz_opaque_callback_data",
            "context"
        ]
    );
}

#[test]
fn groups_take_text_media_templates_and_pins() {
    let takes = |content: Content| paths(&Message::new(Recipient::group("Y2Fw"), content));
    for good in [
        Content::from("x"),
        Image::new("1").into(),
        Video::new("1").into(),
        Audio::new("1").into(),
        Document::new("1").into(),
        Sticker::new("1").into(),
        Template::new("offer", "en").into(),
        Pin::new("wamid.A", 1).into(),
    ] {
        assert_eq!(takes(good.clone()), [""; 0], "{good:?}");
    }
    for bad in [
        Content::from(Location::new(1.0, 2.0)),
        Contact::new("Ana").into(),
        Reaction::new("wamid.A", "👍").into(),
        Buttons::new("?").button("a", "A").into(),
    ] {
        assert_eq!(takes(bad.clone()), ["type"], "{bad:?}");
    }
}

#[test]
fn link_previews_are_switched_for_texts_only() {
    let preview = |on, message: Message| message.preview_url(on);
    assert_eq!(*preview(false, Message::new(TO, "x")).content(), Text::new("x").preview_url(false).into());
    let twice = preview(true, Message::new(TO, Text::new("x").preview_url(false)));
    assert_eq!(*twice.content(), Text::new("x").preview_url(true).into());
    for content in [Content::from(Image::new("1").caption("https://example.com")), Sticker::new("1").into()] {
        let message = Message::new(TO, content);
        assert_eq!(preview(true, message.clone()), message);
    }
}

#[test]
fn envelopes_of_other_writers_have_nulls_for_what_is_not_set() {
    let theirs = json!({"messaging_product": "whatsapp", "recipient_type": null, "to": 14155552671u64,
        "recipient": null, "context": null, "biz_opaque_callback_data": null, "recipient_identity_key_hash": null,
        "type": "text", "text": {"body": "x", "preview_url": null}, "image": null, "template": null});
    let message = read(&theirs);
    assert_eq!(message, Message::new("14155552671", "x"));
    assert_eq!(
        serde_json::to_value(&message).unwrap(),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "14155552671",
            "type": "text", "text": {"body": "x"}})
    );
}

#[test]
fn options_of_other_writers_may_be_numbers() {
    let theirs = json!({"messaging_product": "whatsapp", "recipient_type": "group", "to": 120363,
        "context": {"message_id": 7}, "biz_opaque_callback_data": 42, "recipient_identity_key_hash": 9,
        "type": "text", "text": {"body": 2026}});
    let message = read(&theirs);
    assert_eq!(
        message,
        Message::new(Recipient::group("120363"), "2026")
            .reply_to("7")
            .callback_data("42")
            .identity_key_hash("9")
    );
}

#[test]
fn a_context_without_a_message_is_none() {
    for context in [json!(null), json!({}), json!({"message_id": null})] {
        let body = json!({"to": TO, "type": "text", "text": {"body": "x"}, "context": context});
        assert_eq!(read(&body), Message::new(TO, "x"), "{context}");
    }
}

#[test]
fn every_kind_that_was_read_comes_out_as_it_went_in() {
    for (kind, content) in [
        ("text", json!({"body": "x", "preview_url": false})),
        ("image", json!({"id": "7", "caption": "c"})),
        ("video", json!({"link": "https://example.com/a.mp4"})),
        ("audio", json!({"id": "7", "voice": true})),
        ("document", json!({"id": "7", "filename": "a.pdf"})),
        ("sticker", json!({"id": "7"})),
        ("location", json!({"latitude": "1.5", "longitude": "-2", "name": "n", "address": "a"})),
        ("contacts", json!([{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+14155550123"}]}])),
        ("reaction", json!({"message_id": "wamid.A", "emoji": ""})),
        ("pin", json!({"type": "unpin", "message_id": "wamid.A"})),
    ] {
        let body = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO,
            "context": {"message_id": "wamid.Q"}, "biz_opaque_callback_data": "7", "type": kind, (kind): content});
        let message = read(&body);
        assert!(!matches!(message.content(), Content::Raw(_)), "{kind}");
        assert_eq!(message.content().kind(), kind);
        assert_eq!(serde_json::to_value(&message).unwrap(), body);
    }
}
