//! Each limit from both sides.

use super::{mark_read, message};
use crate::simulator::{
    builder::Builder,
    model::{MediaObject, Model},
};
use serde_json::{Value, json};
use std::sync::Arc;

fn model() -> Model {
    Model::new(Arc::new(Builder::new().settings().unwrap()), fastrand::Rng::with_seed(1))
}

/// The code with which a message of this content is refused; 0 when it is taken.
fn code(content: &Value) -> i64 {
    let mut body = json!({ "messaging_product": "whatsapp", "to": "+14155550132" });
    body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    code_of(&body)
}

fn code_of(body: &Value) -> i64 {
    message(body, &model()).err().map_or(0, |refusal| refusal.code())
}

fn long(length: usize) -> String {
    "é".repeat(length)
}

#[test]
fn the_frame_is_checked() {
    let text = json!({ "messaging_product": "whatsapp", "to": "+14155550132", "type": "text", "text": { "body": "a" } });
    let with = |change: Value| {
        let mut body = text.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        code_of(&body)
    };
    assert_eq!(with(json!({})), 0);
    assert_eq!(code_of(&json!([])), 100);
    for (change, expected) in [
        (json!({ "messaging_product": null }), 100),
        (json!({ "messaging_product": "sms" }), 100),
        (json!({ "recipient_type": "individual" }), 0),
        (json!({ "recipient_type": "everybody" }), 131_009),
        (json!({ "to": null }), 131_008),
        (json!({ "to": "" }), 131_008),
        (json!({ "to": 14155550132_u64 }), 100),
        (json!({ "to": null, "recipient": "US.1" }), 0),
        (json!({ "to": null, "recipient": "US.1", "recipient_type": "group" }), 131_008),
        (json!({ "type": null }), 131_008),
        (json!({ "type": "telegram" }), 131_009),
        (json!({ "text": null }), 131_008),
        (json!({ "txt": {} }), 100),
        (json!({ "biz_opaque_callback_data": long(512) }), 0),
        (json!({ "biz_opaque_callback_data": long(513) }), 100),
        (json!({ "context": {} }), 131_008),
        (json!({ "context": { "message_id": "wamid.1" } }), 0),
    ] {
        assert_eq!(with(change.clone()), expected, "{change}");
    }
}

#[test]
fn refusals_name_the_place_and_not_the_value() {
    let body = json!({ "messaging_product": "whatsapp", "to": "+14155550132", "type": "text",
                       "text": { "body": "secret".repeat(1000) } });
    let refusal = message(&body, &model()).unwrap_err();
    assert_eq!(refusal.details(), "text.body has 6000 characters, at most 4096 are allowed.");
}

#[test]
fn a_text_has_1_to_4096_characters() {
    let text = |body: Value| code(&json!({ "type": "text", "text": { "body": body } }));
    assert_eq!([text(json!(long(4096))), text(json!(long(4097)))], [0, 100]);
    assert_eq!([text(json!("")), text(json!(null)), text(json!(5))], [131_008, 131_008, 100]);
    assert_eq!(code(&json!({ "type": "text", "text": { "body": "a", "preview": true } })), 100);
    assert_eq!(code(&json!({ "type": "text", "text": { "body": "a", "preview_url": "yes" } })), 100);
}

#[test]
fn a_file_is_an_id_or_a_link() {
    let link = "https://example.com/a.png";
    for (kind, content, expected) in [
        ("image", json!({ "link": link, "caption": long(1024) }), 0),
        ("image", json!({ "link": link, "caption": long(1025) }), 100),
        ("image", json!({ "link": link, "id": "1" }), 131_009),
        ("image", json!({}), 131_008),
        ("image", json!({ "link": "ftp://example.com/a.png" }), 131_009),
        ("image", json!({ "id": "1" }), 131_009),
        ("image", json!({ "link": link, "filename": "a.png" }), 100),
        ("document", json!({ "link": link, "filename": "a.pdf" }), 0),
        ("audio", json!({ "link": link, "voice": true }), 0),
        ("audio", json!({ "link": link, "caption": "a" }), 100),
        ("sticker", json!({ "link": link, "caption": "a" }), 100),
        ("video", json!({ "link": link }), 0),
    ] {
        assert_eq!(code(&json!({ "type": kind, kind: content })), expected, "{kind} {content}");
    }
}

#[test]
fn a_media_id_has_to_fit_the_type() {
    let mut model = model();
    let id = model.keep_media(MediaObject::new("a".into(), "image/png".into()));
    for (kind, accepted) in [("image", true), ("document", true), ("video", false)] {
        let body = json!({ "messaging_product": "whatsapp", "to": "+1", "type": kind, kind: { "id": id } });
        assert_eq!(message(&body, &model).is_ok(), accepted, "{kind}");
    }
}

#[test]
fn places_contacts_and_reactions_are_checked() {
    let place = |latitude: Value| {
        code(&json!({ "type": "location", "location": { "latitude": latitude, "longitude": "-122.16" } }))
    };
    assert_eq!([place(json!("37.44")), place(json!(37.44))], [0, 0]);
    assert_eq!([place(json!("91")), place(json!("north")), place(Value::Null)], [131_009, 131_009, 131_008]);

    let person = json!({ "name": { "formatted_name": "Bo" } });
    let contacts = |list: Value| code(&json!({ "type": "contacts", "contacts": list }));
    assert_eq!([contacts(json!(vec![&person; 257])), contacts(json!(vec![&person; 258]))], [0, 131_009]);
    assert_eq!(
        [contacts(json!([])), contacts(json!([{ "name": {} }])), contacts(json!({}))],
        [131_008, 131_008, 100]
    );

    let reaction = json!({ "type": "reaction", "reaction": { "message_id": "wamid.unknown", "emoji": "" } });
    assert_eq!(code(&reaction), 131_009);
}

fn buttons(buttons: &[(&str, &str)]) -> Value {
    let button =
        |(id, title): &(&str, &str)| json!({ "type": "reply", "reply": { "id": id, "title": title } });
    let buttons: Vec<_> = buttons.iter().map(button).collect();
    json!({ "type": "interactive", "interactive": {
        "type": "button", "body": { "text": "a" }, "action": { "buttons": buttons },
    } })
}

#[test]
fn one_to_three_buttons_differ_in_id_and_title() {
    let (id, title) = (long(256), long(20));
    assert_eq!(code(&buttons(&[(&id, &title), ("b", "B"), ("c", "C")])), 0);
    for (wrong, expected) in [
        (buttons(&[]), 131_008),
        (buttons(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]), 131_009),
        (buttons(&[("a", "A"), ("a", "B")]), 131_009),
        (buttons(&[("a", "A"), ("b", "A")]), 131_009),
        (buttons(&[(" a", "A")]), 131_009),
        (buttons(&[(&long(257), "A")]), 100),
        (buttons(&[("a", &long(21))]), 100),
    ] {
        assert_eq!(code(&wrong), expected, "{wrong}");
    }
}

#[test]
fn body_header_and_footer_have_their_limits() {
    let with = |member: &str, value: Value| {
        let mut content = buttons(&[("a", "A")]);
        content["interactive"][member] = value;
        code(&content)
    };
    assert_eq!(with("body", json!({ "text": long(1024) })), 0);
    assert_eq!(with("body", json!({ "text": long(1025) })), 100);
    assert_eq!(with("body", Value::Null), 131_008);
    assert_eq!(with("footer", json!({ "text": long(60) })), 0);
    assert_eq!(with("footer", json!({ "text": long(61) })), 100);
    assert_eq!(with("header", json!({ "type": "text", "text": long(60) })), 0);
    assert_eq!(with("header", json!({ "type": "text", "text": long(61) })), 100);
    assert_eq!(
        with("header", json!({ "type": "image", "image": { "link": "https://example.com/a.png" } })),
        0
    );
    assert_eq!(with("header", json!({ "type": "image" })), 131_008);
    assert_eq!(with("header", json!({ "type": "sticker", "sticker": {} })), 131_009);
    assert_eq!(with("type", json!("buttons")), 131_009);
}

#[test]
fn a_list_has_ten_rows_in_all() {
    let section = |from: usize, to: usize| {
        let row = |n: usize| json!({ "id": n.to_string(), "title": long(24), "description": long(72) });
        json!({ "title": "Days", "rows": (from..to).map(row).collect::<Vec<_>>() })
    };
    let list = |sections: Value| {
        code(&json!({ "type": "interactive", "interactive": {
            "type": "list", "body": { "text": long(4096) }, "action": { "button": long(20), "sections": sections },
        } }))
    };
    assert_eq!(list(json!([section(0, 5), section(5, 10)])), 0);
    assert_eq!(list(json!([section(0, 5), section(5, 11)])), 131_009);
    assert_eq!(list(json!([section(0, 5), section(4, 9)])), 131_009);
    assert_eq!(list(json!([section(0, 0)])), 131_008);
    assert_eq!(list(json!([{ "rows": [{ "id": "a", "title": "A" }] }])), 0);
    assert_eq!(list(json!([section(0, 1), { "rows": [{ "id": "a", "title": "A" }] }])), 131_008);
    assert_eq!(list(json!([{ "rows": [{ "id": long(201), "title": "A" }] }])), 100);
    assert_eq!(list(json!([{ "rows": [{ "id": "a", "title": long(25) }] }])), 100);
}

#[test]
fn a_link_button_opens_a_web_address() {
    let link = |text: &str, url: &str| {
        code(
            &json!({ "type": "interactive", "interactive": { "type": "cta_url", "body": { "text": "a" }, "action": {
            "name": "cta_url", "parameters": { "display_text": text, "url": url },
        } } }),
        )
    };
    assert_eq!([link(&long(20), "https://example.com"), link(&long(21), "https://example.com")], [0, 100]);
    assert_eq!(link("a", "example.com"), 131_009);
}

#[test]
fn every_other_documented_kind_passes() {
    for kind in [
        "location_request_message",
        "request_contact_info",
        "voice_call",
        "flow",
        "catalog_message",
        "product_list",
        "carousel",
        "address_message",
        "order_details",
        "order_status",
    ] {
        let interactive = json!({ "type": kind, "body": { "text": "a" }, "action": { "name": kind } });
        assert_eq!(code(&json!({ "type": "interactive", "interactive": interactive })), 0, "{kind}");
    }
    for kind in ["call_permission_request", "product"] {
        let interactive = json!({ "type": kind, "action": { "name": kind } });
        assert_eq!(code(&json!({ "type": "interactive", "interactive": interactive })), 0, "{kind}");
    }
}

#[test]
fn pins_are_for_groups() {
    let pin = |audience: &str, days: Value| {
        code(&json!({ "recipient_type": audience, "type": "pin",
                      "pin": { "type": "pin", "message_id": "wamid.1", "expiration_days": days } }))
    };
    assert_eq!(
        [pin("group", json!(30)), pin("group", json!(31)), pin("group", Value::Null)],
        [0, 131_009, 131_008]
    );
    assert_eq!(pin("individual", json!(1)), 131_009);
}

#[test]
fn a_read_mark_names_a_message() {
    let mark = |body: Value| mark_read(&body).err().map_or(0, |refusal| refusal.code());
    let whole = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1" });
    assert_eq!(mark(whole.clone()), 0);
    for (member, value, expected) in [
        ("status", json!("delivered"), 131_009),
        ("message_id", Value::Null, 131_008),
        ("typing_indicator", json!({ "type": "dots" }), 131_009),
        ("to", json!("+1"), 100),
    ] {
        let mut body = whole.clone();
        body[member] = value;
        assert_eq!(mark(body), expected, "{member}");
    }
}
