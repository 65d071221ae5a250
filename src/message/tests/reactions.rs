//! Reactions and pins: what is done to a message that is there already.

use super::{TO, bad_paths, body, problems};
use crate::{
    message::{Content, Image, Message, Pin, Raw, Reaction},
    recipient::Recipient,
};
use serde_json::{Value, json};

fn read(kind: &str, json: &Value) -> Content {
    let body = json!({"to": TO, "type": kind, (kind): json});
    serde_json::from_value::<Message>(body).unwrap().content().clone()
}

fn told(message: &Message) -> Vec<String> {
    match message.validate() {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn reactions_are_written_as_meta_documents_them() {
    assert_eq!(
        body(Reaction::new("wamid.A", "😀")),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": "😀"}})
    );
    assert_eq!(
        body(Reaction::remove("wamid.A")),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": ""}})
    );
    assert_eq!(problems(Reaction::remove("wamid.A")), [""; 0]);
}

#[test]
fn every_sort_of_emoji_is_taken() {
    for emoji in [
        "👍",
        "❤️",
        "❤",
        "😀",
        "☀️",
        "⭐",
        "©",
        "®️",
        "™️",
        "ℹ️",
        "Ⓜ️",
        "🅰️",
        "🅾",
        "㊗️",
        "〰️",
        "‼️",
        "🔟",
        "1️⃣",
        "0⃣",
        "#️⃣",
        "*️⃣",
        "👍🏿",
        "👩🏽‍🚀",
        "👨‍👩‍👧‍👦",
        "👩🏻‍❤️‍💋‍👨🏿",
        "🏳️‍🌈",
        "🇧🇷",
        "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    ] {
        assert_eq!(problems(Reaction::new("wamid.A", emoji)), [""; 0], "{emoji}");
    }
}

#[test]
fn what_is_obviously_no_emoji_is_refused() {
    for text in [
        "",
        " ",
        "a",
        "ok",
        "1",
        "12️⃣",
        "#",
        "👍 👍",
        "👍a",
        "yes 👍",
        ":)",
        "é",
        "да",
        "好",
        "👍\n",
        "👍\u{3000}",
        "1\u{fe0f}",
    ] {
        assert_eq!(
            problems(Reaction::new("wamid.A", text)),
            ["reaction.emoji: is no emoji (one emoji, such as 👍)"],
            "{text}"
        );
    }
    assert_eq!(problems(Reaction::new("wamid.A", "👍".repeat(32))), [""; 0]);
    assert_eq!(
        problems(Reaction::new("wamid.A", "👍".repeat(33))),
        ["reaction.emoji: has 33 characters (one emoji of 1 to 32 characters)"]
    );
}

#[test]
fn a_reaction_needs_a_message() {
    assert_eq!(bad_paths(Reaction::new("", "ok")), ["reaction.message_id", "reaction.emoji"]);
    assert_eq!(bad_paths(Reaction::remove("")), ["reaction.message_id"]);
}

#[test]
fn reactions_survive_a_round_trip() {
    for reaction in [Reaction::new("wamid.A", "👍🏿"), Reaction::remove("wamid.A")] {
        assert_eq!(
            read("reaction", &body(reaction.clone())["reaction"]),
            Content::Reaction(reaction.clone())
        );
    }
    let Content::Reaction(read) = read("reaction", &json!({"message_id": 7, "emoji": "\u{1f600}"})) else {
        panic!("not read as a reaction")
    };
    assert_eq!((read.message_id().as_str(), read.emoji()), ("7", Some("😀")));
}

#[test]
fn a_reaction_without_its_emoji_is_not_taken_for_a_removal() {
    for odd in [json!({"message_id": "wamid.A"}), json!({"message_id": "wamid.A", "emoji": null})] {
        let content = read("reaction", &odd);
        assert!(matches!(content, Content::Raw(_)), "{odd}");
        assert_eq!(body(content.clone())["reaction"], odd);
        assert_eq!(bad_paths(content), ["reaction"]);
    }
}

#[test]
fn a_reaction_quotes_nothing() {
    let message = Message::new(TO, Reaction::new("wamid.A", "👍"));
    assert_eq!(told(&message), [""; 0]);
    let refusal = ["context: stands beside a reaction (no context: it names its message itself)"];
    assert_eq!(told(&message.reply_to("wamid.B")), refusal);
    let theirs = r#"{"to":"+14155552671","type":"reaction","reaction":{"message_id":"wamid.A","emoji":""},"context":{"thread":7}}"#;
    assert_eq!(told(&serde_json::from_str::<Message>(theirs).unwrap()), refusal);
    let none = theirs.replace(r#"{"thread":7}"#, "null");
    assert_eq!(told(&serde_json::from_str::<Message>(&none).unwrap()), [""; 0]);
    assert_eq!(told(&Message::new(TO, Image::new("7")).reply_to("wamid.B")), [""; 0]);
}

#[test]
fn pins_are_written_as_meta_documents_them() {
    let crew = Recipient::group("Y2Fw");
    assert_eq!(
        serde_json::to_value(Message::new(&crew, Pin::new("wamid.A", 7))).unwrap(),
        json!({"messaging_product": "whatsapp", "recipient_type": "group", "to": "Y2Fw", "type": "pin",
            "pin": {"type": "pin", "message_id": "wamid.A", "expiration_days": 7}})
    );
    assert_eq!(
        serde_json::to_value(Message::new(&crew, Pin::remove("wamid.A"))).unwrap(),
        json!({"messaging_product": "whatsapp", "recipient_type": "group", "to": "Y2Fw", "type": "pin",
            "pin": {"type": "unpin", "message_id": "wamid.A"}})
    );
}

#[test]
fn a_pin_lasts_1_to_30_days() {
    for days in [1, 30] {
        assert_eq!(problems(Pin::new("wamid.A", days)), [""; 0]);
    }
    for days in [0, 31, 255] {
        assert_eq!(
            problems(Pin::new("wamid.A", days)),
            [format!("pin.expiration_days: is {days} (1 to 30 days)")]
        );
    }
    let forever = read("pin", &json!({"type": "pin", "message_id": "wamid.A"}));
    assert_eq!(problems(forever), ["pin.expiration_days: is missing (1 to 30 days)"]);
    assert_eq!(problems(Pin::remove("wamid.A")), [""; 0]);
    assert_eq!(bad_paths(Pin::new("", 0)), ["pin.message_id", "pin.expiration_days"]);
}

#[test]
fn pins_are_for_groups_only() {
    let refusal = ["type: can be sent to a group only (a group as recipient)"];
    for person in [
        Recipient::from(TO),
        "US.134".into(),
        "US.ENT.1".into(),
        Recipient::PhoneAndUser(TO.into(), "US.1".into()),
    ] {
        assert_eq!(told(&Message::new(&person, Pin::new("wamid.A", 7))), refusal, "{person:?}");
        assert_eq!(told(&Message::new(&person, Pin::remove("wamid.A"))), refusal, "{person:?}");
    }
    let crew = Recipient::group("Y2Fw");
    assert_eq!(told(&Message::new(&crew, Pin::new("wamid.A", 7))), [""; 0]);
    assert_eq!(told(&Message::new(&crew, Pin::remove("wamid.A"))), [""; 0]);
}

#[test]
fn pins_are_read_in_either_case_with_days_as_text() {
    for (theirs, ours) in [
        (
            json!({"type": "PIN", "message_id": "wamid.A", "expiration_days": "7"}),
            json!({"type": "pin", "message_id": "wamid.A", "expiration_days": 7}),
        ),
        (
            json!({"type": "UNPIN", "message_id": "wamid.A", "expiration_days": null}),
            json!({"type": "unpin", "message_id": "wamid.A"}),
        ),
        (
            json!({"type": "unpin", "message_id": "wamid.A", "expiration_days": 7}),
            json!({"type": "unpin", "message_id": "wamid.A", "expiration_days": 7}),
        ),
    ] {
        let content = read("pin", &theirs);
        assert!(matches!(content, Content::Pin(_)), "{theirs}");
        let written = body(content.clone());
        assert_eq!(written["pin"], ours);
        assert_eq!(read("pin", &written["pin"]), content);
    }
    let star = json!({"type": "star", "message_id": "wamid.A"});
    assert!(matches!(read("pin", &star), Content::Raw(raw) if raw.json().contains("star")));
}

#[test]
fn kinds_without_a_type_may_go_to_whom_they_will() {
    let raw = Raw::new("poll", r#"{"question":"?"}"#).unwrap();
    assert_eq!(told(&Message::new(Recipient::group("Y2Fw"), raw.clone())), [""; 0]);
    assert_eq!(told(&Message::new(TO, raw).reply_to("wamid.A")), [""; 0]);
}

#[test]
fn a_person_reads_the_emoji_and_debug_does_not_show_it() {
    assert_eq!(Content::from(Reaction::new("wamid.A", "👍")).text().as_deref(), Some("👍"));
    assert_eq!(Content::from(Reaction::remove("wamid.A")).text(), None);
    assert_eq!(Content::from(Pin::new("wamid.A", 7)).text(), None);
    let shown =
        format!("{:?} {:?}", Reaction::new("wamid.HBgLMTQxNTU1NTI2NzE", "👍"), Pin::remove("wamid.HBgLMTQx"));
    assert!(!shown.contains('👍') && !shown.contains("HBgL"), "{shown}");
}
