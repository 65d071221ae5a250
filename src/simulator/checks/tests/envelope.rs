//! What stands around the content.

use super::{LINK, assert_codes, code_in, model, with};
use crate::simulator::ApprovedTemplate;
use serde_json::{Value, json};

fn code_of(body: &Value) -> i64 {
    code_in(&model(), body)
}

#[test]
fn the_frame_is_checked() {
    let text = json!({ "messaging_product": "whatsapp", "to": "+14155550132", "type": "text", "text": { "body": "a" } });
    assert_eq!(code_of(&json!([])), 100);
    assert_codes(
        &text,
        &[
            ("/messaging_product", Value::Null, 100),
            ("/messaging_product", json!("sms"), 100),
            ("/recipient_type", json!("individual"), 0),
            ("/recipient_type", json!("everybody"), 131_009),
            ("/type", Value::Null, 131_008),
            ("/type", json!("telegram"), 131_051),
            ("/type", json!(5), 100),
            ("/text", Value::Null, 131_008),
            ("/txt", json!({}), 100),
            ("/ttl", json!(60), 100),
            ("/biz_opaque_callback_data", json!("é".repeat(512)), 0),
            ("/biz_opaque_callback_data", json!("é".repeat(513)), 100),
            ("/biz_opaque_callback_data", json!(""), 131_008),
            ("/recipient_identity_key_hash", json!("DF2lS5v2W6x="), 0),
            ("/recipient_identity_key_hash", json!(5), 100),
        ],
    );
}

#[test]
fn a_reply_names_a_message_of_which_nobody_need_know() {
    let text = json!({ "type": "text", "text": { "body": "a" } });
    assert_codes(
        &text,
        &[
            ("/context", json!({ "message_id": "wamid.unknown" }), 0),
            ("/context", json!({}), 131_008),
            ("/context", json!({ "message_id": "wa mid" }), 131_009),
            ("/context", json!({ "message_id": "wamid.1", "from": "1" }), 100),
            ("/context", json!("wamid.1"), 100),
        ],
    );
}

#[test]
fn a_person_is_named_by_number_or_bsuid() {
    let text = json!({ "type": "text", "text": { "body": "a" } });
    let long = |letters: usize| json!(format!("US.{}", "a".repeat(letters)));
    assert_codes(
        &text,
        &[
            ("/to", json!("1 (415) 555-01.32"), 0),
            ("/to", json!("+123456789012345"), 0),
            ("/to", json!("1234567"), 0),
            ("/to", json!("+1234567890123456"), 131_009),
            ("/to", json!("+123456"), 131_009),
            ("/to", json!("1+4155550132"), 131_009),
            ("/to", json!("US.1"), 131_009),
            ("/to", json!("Ana"), 131_009),
            ("/to", json!(" "), 131_008),
            ("/to", Value::Null, 131_008),
            ("/to", json!(14_155_550_132_u64), 100),
            ("/recipient", json!("US.1"), 0),
            ("/recipient", json!("not a user"), 131_009),
        ],
    );
    let by_user_id = with(&text, "/to", Value::Null);
    let by_user_id = with(&by_user_id, "/recipient", json!("US.13491208655302741918"));
    assert_codes(
        &by_user_id,
        &[
            ("/recipient", json!("IN.ENT.A1b2"), 0),
            ("/recipient", long(256), 0),
            ("/recipient", long(257), 131_009),
            ("/recipient", json!("US."), 131_009),
            ("/recipient", json!("us.1"), 131_009),
            ("/recipient", json!("USA.1"), 131_009),
            ("/recipient", json!("US.1-2"), 131_009),
            ("/recipient", json!("4155550132"), 131_009),
            ("/recipient", json!(7), 100),
            ("/recipient", Value::Null, 131_008),
            ("/recipient_type", json!("group"), 131_008),
        ],
    );
}

#[test]
fn a_group_is_named_by_its_id_and_takes_some_types_only() {
    let group = |content: Value| {
        let mut body =
            json!({ "messaging_product": "whatsapp", "recipient_type": "group", "to": "Y2FwaV9ncm91cDox" });
        body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        body
    };
    let text = group(json!({ "type": "text", "text": { "body": "a" } }));
    assert_codes(
        &text,
        &[
            ("/to", json!("+14155550132"), 131_009),
            ("/to", json!("Y2Fw aV9n"), 131_009),
            ("/to", json!(""), 131_008),
            ("/recipient", json!("US.1"), 131_009),
        ],
    );
    for kind in ["image", "audio", "video", "document", "sticker"] {
        assert_eq!(code_of(&group(json!({ "type": kind, kind: { "link": LINK } }))), 0, "{kind}");
    }
    let pin = json!({ "type": "pin", "message_id": "wamid.1", "expiration_days": 7 });
    assert_eq!(code_of(&group(json!({ "type": "pin", "pin": pin }))), 0);
    for kind in ["interactive", "location", "contacts", "reaction"] {
        assert_eq!(code_of(&group(json!({ "type": kind, kind: {} }))), 131_009, "{kind}");
    }
}

#[test]
fn groups_take_templates_of_text_and_media_only() {
    let mut model = model();
    model.approve(ApprovedTemplate::new("news", "en", "Hello.").header_image().quick_reply("More"));
    model.approve(ApprovedTemplate::new("code", "en", "{{1}} is it.").category("AUTHENTICATION"));
    let send = |name: &str, components: Value| {
        json!({ "messaging_product": "whatsapp", "recipient_type": "group", "to": "Y2FwaV9ncm91cDox",
                "type": "template",
                "template": { "name": name, "language": { "code": "en" }, "components": components } })
    };
    let header = json!({ "type": "header", "parameters": [{ "type": "image", "image": { "link": LINK } }] });
    assert_eq!(code_in(&model, &send("news", json!([header]))), 0);
    let body = json!({ "type": "body", "parameters": [{ "type": "text", "text": "1" }] });
    assert_eq!(code_in(&model, &send("code", json!([body]))), 131_009);
}
