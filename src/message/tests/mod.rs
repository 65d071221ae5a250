mod commerce;
mod contacts;
mod interactive;
mod location;
mod media_kinds;
mod options;
mod reactions;
mod refusals;
mod template;
#[cfg(feature = "client")]
mod upload;

use super::{Buttons, Content, Header, Image, Message, Raw, Template, Text};
use crate::recipient::Recipient;
use serde_json::{Value, json};

const TO: &str = "+14155552671";

fn body(content: impl Into<Content>) -> Value {
    let mut body = serde_json::to_value(Message::new(TO, content)).unwrap();
    let members = body.as_object_mut().unwrap();
    assert_eq!(members.remove("messaging_product"), Some(json!("whatsapp")));
    assert_eq!(members.remove("recipient_type"), Some(json!("individual")));
    assert_eq!(members.remove("to"), Some(json!(TO)));
    body
}

fn problems(content: impl Into<Content>) -> Vec<String> {
    match content.into().validate() {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn kinds_are_written_as_meta_documents_them() {
    assert_eq!(body("Hi"), json!({"type": "text", "text": {"body": "Hi"}}));
    assert_eq!(
        body(Text::new("https://example.com").preview_url(false)),
        json!({"type": "text", "text": {"body": "https://example.com", "preview_url": false}})
    );
    assert_eq!(
        body(Image::new("1013859600285441").caption("Roof")),
        json!({"type": "image", "image": {"id": "1013859600285441", "caption": "Roof"}})
    );
    assert_eq!(
        body(Image::link("https://example.com/roof.jpg")),
        json!({"type": "image", "image": {"link": "https://example.com/roof.jpg"}})
    );
    assert_eq!(
        body(
            Buttons::new("Keep it?")
                .header("Booking")
                .button("keep", "Keep")
                .button("drop", "Cancel")
                .footer("Table 4")
        ),
        json!({"type": "interactive", "interactive": {
            "type": "button",
            "header": {"type": "text", "text": "Booking"},
            "body": {"text": "Keep it?"},
            "footer": {"text": "Table 4"},
            "action": {"buttons": [
                {"type": "reply", "reply": {"id": "keep", "title": "Keep"}},
                {"type": "reply", "reply": {"id": "drop", "title": "Cancel"}},
            ]},
        }})
    );
    assert_eq!(
        body(
            Buttons::new("?").header(Header::Document("7".into(), Some("Offer.pdf".into()))).button("a", "A")
        ),
        json!({"type": "interactive", "interactive": {
            "type": "button",
            "header": {"type": "document", "document": {"id": "7", "filename": "Offer.pdf"}},
            "body": {"text": "?"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "A"}}]},
        }})
    );
    assert_eq!(
        body(Raw::new("poll", r#"{"id":"9"}"#).unwrap()),
        json!({"type": "poll", "poll": {"id": "9"}})
    );
}

#[test]
fn every_kind_of_recipient_has_its_envelope() {
    let envelope = |to: Recipient| {
        let body = serde_json::to_value(Message::new(to, "x")).unwrap();
        json!([body["recipient_type"], body["to"], body["recipient"]])
    };
    assert_eq!(envelope(TO.into()), json!(["individual", TO, null]));
    assert_eq!(envelope("US.134".into()), json!(["individual", null, "US.134"]));
    assert_eq!(envelope(Recipient::group("Y2Fw")), json!(["group", "Y2Fw", null]));
    assert_eq!(
        envelope(Recipient::PhoneAndUser(TO.into(), "US.1".into())),
        json!(["individual", TO, "US.1"])
    );
}

#[test]
fn options_are_written_and_read_back() {
    let message =
        Message::new(TO, "x").reply_to("wamid.A").callback_data("order 7").identity_key_hash("DF2l=");
    let body = serde_json::to_value(&message).unwrap();
    assert_eq!(body["context"], json!({"message_id": "wamid.A"}));
    assert_eq!(body["biz_opaque_callback_data"], json!("order 7"));
    assert_eq!(body["recipient_identity_key_hash"], json!("DF2l="));
    assert_eq!(serde_json::from_value::<Message>(body).unwrap(), message);
}

#[test]
fn what_other_writers_send_is_read_and_nothing_of_it_is_lost() {
    let theirs = r#"{"messaging_product":"whatsapp","to":16505551234,"type":"template","context":null,"ttl":60,
        "template":{"name":"a","language":{"code":"en","policy":"deterministic"},"components":[
          {"type":"BODY","parameters":[{"type":"text","text":"x"}],"sub_type":null},
          {"type":"button","sub_type":"COPY_CODE","index":"0","parameters":[{"type":"coupon_code","coupon_code":"C"}]}]}}"#;
    let message: Message = serde_json::from_str(theirs).unwrap();
    assert_eq!(
        serde_json::to_value(&message).unwrap(),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234", "ttl": 60,
            "type": "template", "template": {"name": "a", "language": {"code": "en", "policy": "deterministic"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "x"}]},
                {"type": "button", "sub_type": "copy_code", "index": 0,
                 "parameters": [{"type": "coupon_code", "coupon_code": "C"}]}]}})
    );
}

#[test]
fn a_known_kind_that_is_not_as_documented_is_kept_and_reported() {
    let odd = r#"{"to":"+14155552671","type":"text","text":{"body":"secret words","colour":"red"}}"#;
    let message: Message = serde_json::from_str(odd).unwrap();
    assert!(
        serde_json::to_string(&message).unwrap().contains(r#""text":{"body":"secret words","colour":"red"}"#)
    );
    let error = message.validate().unwrap_err();
    assert_eq!(error.violations()[0].path, "text");
    assert!(error.violations()[0].problem.contains("unknown field colour"), "{error}");

    let wrong = r#"{"to":"+14155552671","type":"text","text":{"body":["secret words"]}}"#;
    let error = serde_json::from_str::<Message>(wrong).unwrap().validate().unwrap_err();
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn kinds_without_a_type_keep_their_json() {
    let poll =
        r#"{"to":"+14155552671","type":"interactive","interactive":{"type":"poll","body":{"text":"x"}}}"#;
    let message: Message = serde_json::from_str(poll).unwrap();
    assert_eq!(message.content().kind(), "interactive");
    let Content::Raw(raw) = message.content() else { panic!("not raw") };
    assert_eq!(raw.json(), r#"{"type":"poll","body":{"text":"x"}}"#);
}

#[test]
fn bodies_that_are_no_message_are_refused() {
    for body in
        ["{}", "[]", "1", r#"{"to":"+14155552671","type":"text"}"#, r#"{"type":"text","text":{"body":"x"}}"#]
    {
        assert!(serde_json::from_str::<Message>(body).is_err(), "{body}");
    }
}

#[test]
fn limits_hold_at_the_limit_and_break_one_past_it() {
    let long = |n| "é".repeat(n);
    assert!(problems(Text::new(long(4096))).is_empty());
    assert_eq!(problems(Text::new(long(4097))), ["text.body: has 4097 characters (1 to 4096 characters)"]);
    assert_eq!(problems(Text::new(" ")), ["text.body: is empty or missing (1 to 4096 characters)"]);

    assert!(problems(Image::new("1").caption(long(1024))).is_empty());
    assert_eq!(
        problems(Image::new("1").caption(long(1025))),
        ["image.caption: has 1025 characters (1 to 1024 characters)"]
    );
    assert_eq!(
        problems(Image::link("ftp://example.com/a.jpg")),
        ["image.link: is not an address of the web (a public http or https URL)"]
    );
    assert_eq!(problems(Image::link("https://example.com/a.jpg\n")).len(), 1);
    assert_eq!(problems(Image::new("")), ["image.id: is empty or has white space (an id as Meta gave it)"]);

    let full = || {
        Buttons::new(long(1024))
            .header(long(60))
            .footer(long(60))
            .button(long(256), long(20))
            .button("b", "B")
            .button("c", "C")
    };
    assert!(problems(full()).is_empty());
    assert_eq!(
        problems(full().button("d", "D")),
        ["interactive.action.buttons: has 4 buttons (1 to 3 buttons)"]
    );
    assert_eq!(problems(Buttons::new("x")), ["interactive.action.buttons: has 0 buttons (1 to 3 buttons)"]);
}

#[test]
fn all_violations_are_reported_at_once_each_with_its_path() {
    let long = |n| "x".repeat(n);
    let bad = Buttons::new(long(1025))
        .header(long(61))
        .footer(long(61))
        .button(long(257), long(21))
        .button(" b", "B")
        .button("b", "B");
    let paths: Vec<_> = bad_paths(bad);
    assert_eq!(
        paths,
        [
            "interactive.header.text",
            "interactive.body.text",
            "interactive.footer.text",
            "interactive.action.buttons[0].reply.id",
            "interactive.action.buttons[0].reply.title",
            "interactive.action.buttons[1].reply.id",
            "interactive.action.buttons[2].reply.title",
        ]
    );
}

fn bad_paths(content: impl Into<Content>) -> Vec<String> {
    content
        .into()
        .validate()
        .unwrap_err()
        .violations()
        .iter()
        .map(|violation| violation.path.clone())
        .collect()
}

#[test]
fn the_envelope_has_limits_too() {
    assert!(Message::new(TO, "x").callback_data("x".repeat(512)).validate().is_ok());
    let bad = Message::new("Ana", "").callback_data("x".repeat(513)).reply_to("");
    let error = bad.validate().unwrap_err();
    let paths: Vec<_> = error.violations().iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(paths, ["to", "text.body", "context.message_id", "biz_opaque_callback_data"]);
    let to_group = Message::new(Recipient::group("g"), Buttons::new("x").button("a", "A"));
    assert_eq!(to_group.validate().unwrap_err().violations()[0].path, "type");
}

#[test]
fn debug_shows_neither_words_nor_numbers() {
    let secret = "private words";
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        Message::new(TO, secret),
        Message::new(TO, Image::link("https://example.com/?token=secret").caption(secret)),
        Message::new(TO, Buttons::new(secret).header(secret).footer(secret).button("id", secret)),
        Message::new(TO, Template::new("offer", "en").body([("name", secret)])),
    );
    assert!(
        !shown.contains("private") && !shown.contains("4155552671") && !shown.contains("token"),
        "{shown}"
    );
}

#[test]
fn a_body_that_says_a_thing_twice_is_refused() {
    for twice in [
        r#"{"to":"+14155552671","to":"+14155552672","type":"text","text":{"body":"x"}}"#,
        r#"{"to":"+14155552671","type":"text","text":{"body":"x"},"text":{"body":"y"}}"#,
        r#"{"to":"+14155552671","type":"text","text":{"body":"x"},"ttl":1,"ttl":2}"#,
    ] {
        let error = serde_json::from_str::<Message>(twice).unwrap_err().to_string();
        assert!(error.contains("twice") && !error.contains("415"), "{error}");
    }
}

#[test]
fn a_recipient_of_a_kind_we_do_not_know_is_not_made_a_person() {
    for other in [
        r#"{"recipient_type":"channel","to":"1","type":"text","text":{"body":"x"}}"#,
        r#"{"messaging_product":"pigeon","to":"1","type":"text","text":{"body":"x"}}"#,
    ] {
        assert!(serde_json::from_str::<Message>(other).is_err(), "{other}");
    }
}

#[test]
fn nothing_of_an_envelope_gets_lost() {
    for theirs in [
        json!({"messaging_product": "whatsapp", "recipient_type": "group", "to": "Y2Fw", "recipient": "US.1",
            "type": "text", "text": {"body": "x"}}),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO, "type": "text",
            "text": {"body": "x"}, "context": {"message_id": "wamid.A", "thread": 7}}),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO, "type": "interactive",
            "interactive": {"type": "button", "header": {"type": "image", "image": {"id": "1", "caption": "x"}},
                "body": {"text": "?"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "A"}}]}}}),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO, "type": "interactive",
            "interactive": {"type": "button", "header": {"type": "document", "document": {"id": "1", "caption": "x"}},
                "body": {"text": "?"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "A"}}]}}}),
    ] {
        let message: Message = serde_json::from_value(theirs.clone()).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), theirs);
        let again: Message = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(again, message);
    }
}

#[test]
fn a_reply_quotes_one_message_whatever_was_quoted_before() {
    let body = r#"{"to":"+14155552671","type":"text","text":{"body":"x"},"context":{"message_id":"wamid.A","thread":7}}"#;
    let message: Message = serde_json::from_str(body).unwrap();
    assert_eq!(message.quoted().map(|id| id.as_str()), Some("wamid.A"));
    let message = message.reply_to("wamid.B");
    assert_eq!(serde_json::to_value(&message).unwrap()["context"], json!({"message_id": "wamid.B"}));
}

#[test]
fn a_kind_cannot_take_the_name_of_another_member() {
    for kind in ["", "to", "type", "context", "recipient", "biz_opaque_callback_data"] {
        let bad = Raw::new(kind, r#"{"id":"9"}"#).unwrap();
        assert_eq!(problems(bad).len(), 1, "{kind}");
    }
}

#[test]
fn a_message_that_was_read_can_quote_another() {
    let read = r#"{"to":"+14155552671","context":{"message_id":"wamid.A","new":1},"type":"text","text":{"body":"x"}}"#;
    let message = serde_json::from_str::<Message>(read).unwrap();
    assert_eq!(
        serde_json::to_value(&message).unwrap()["context"],
        json!({"message_id": "wamid.A", "new": 1})
    );
    let quoting = message.reply_to("wamid.B");
    assert_eq!(serde_json::to_value(&quoting).unwrap()["context"], json!({"message_id": "wamid.B"}));
}
