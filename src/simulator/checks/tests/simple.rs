//! Texts, places, reactions and pins.

use super::{NOW, assert_codes, code, code_in, long, model, to_somebody, with};
use crate::{
    simulator::model::{Endpoint, Model},
    time::Timestamp,
};
use serde_json::{Value, json};
use std::sync::Arc;

#[test]
fn a_text_has_1_to_4096_characters() {
    let text = json!({ "type": "text", "text": { "body": "As requested: https://example.com", "preview_url": true } });
    assert_codes(
        &text,
        &[
            ("/text/body", json!(long(4096)), 0),
            ("/text/body", json!(long(4097)), 100),
            ("/text/body", json!(""), 131_008),
            ("/text/body", json!(" \n\u{a0}"), 131_008),
            ("/text/body", Value::Null, 131_008),
            ("/text/body", json!(5), 100),
            ("/text/preview_url", json!("yes"), 100),
            ("/text/preview", json!(true), 100),
        ],
    );
}

#[test]
fn a_place_is_within_the_degrees_there_are() {
    let place = json!({ "type": "location", "location": {
        "latitude": "37.44", "longitude": "-122.16", "name": "Roof Garden", "address": "1 Main St" } });
    assert_codes(
        &place,
        &[
            ("/location/latitude", json!(37.44), 0),
            ("/location/latitude", json!("90"), 0),
            ("/location/latitude", json!("-90.01"), 131_009),
            ("/location/longitude", json!(-180), 0),
            ("/location/longitude", json!("180.01"), 131_009),
            ("/location/latitude", json!("north"), 131_009),
            ("/location/latitude", json!("NaN"), 131_009),
            ("/location/latitude", json!(true), 131_009),
            ("/location/latitude", json!(""), 131_008),
            ("/location/latitude", Value::Null, 131_008),
            ("/location/longitude", Value::Null, 131_008),
            ("/location/name", Value::Null, 0),
            ("/location/name", json!(" "), 131_008),
            ("/location/address", json!(5), 100),
            ("/location/url", json!("https://example.com"), 100),
        ],
    );
}

/// A model with a message of a customer and of the business, and a reaction to it, by their ids.
fn conversation() -> (Model, [String; 3]) {
    let mut model = model();
    let phone = Arc::clone(model.first_phone());
    let mut send = |content: Value| {
        let answer = model
            .accept(&phone, to_somebody(&content), Endpoint::Messages, false, Timestamp::from_seconds(NOW))
            .unwrap();
        answer["messages"][0]["id"].as_str().unwrap().to_owned()
    };
    let text = send(json!({ "type": "text", "text": { "body": "a" } }));
    let image = send(json!({ "type": "image", "image": { "link": super::LINK } }));
    let reaction = send(json!({ "type": "reaction", "reaction": { "message_id": text, "emoji": "👍" } }));
    (model, [text, image, reaction])
}

#[test]
fn a_reaction_is_one_emoji_to_a_message_that_is_none() {
    let (model, [text, image, reaction]) = conversation();
    let react = json!({ "type": "reaction", "reaction": { "message_id": text, "emoji": "😀" } });
    super::assert_codes_in(
        &model,
        &react,
        &[
            ("/reaction/message_id", json!(image), 0),
            ("/reaction/message_id", json!(reaction), 131_009),
            ("/reaction/message_id", json!("wamid.unknown"), 131_009),
            ("/reaction/message_id", json!(""), 131_008),
            ("/reaction/message_id", Value::Null, 131_008),
            ("/reaction/emoji", json!(""), 0),
            ("/reaction/emoji", json!("🧑🏻‍❤️‍💋‍🧑🏿"), 0),
            ("/reaction/emoji", json!("3️⃣"), 0),
            ("/reaction/emoji", json!("3"), 131_009),
            ("/reaction/emoji", json!("ok"), 131_009),
            ("/reaction/emoji", json!(" 👍"), 131_009),
            ("/reaction/emoji", json!("é"), 131_009),
            ("/reaction/emoji", json!("ℹ️"), 0),
            ("/reaction/emoji", json!("👍".repeat(32)), 0),
            ("/reaction/emoji", json!("👍".repeat(33)), 131_009),
            ("/reaction/emoji", json!(1), 100),
            ("/reaction/emoji", Value::Null, 131_008),
            ("/reaction/text", json!("a"), 100),
        ],
    );
    let quoting = with(&to_somebody(&react), "/context", json!({ "message_id": text }));
    assert_eq!(code_in(&model, &quoting), 131_009);
}

#[test]
fn pins_are_for_groups_and_end() {
    let pin = json!({ "recipient_type": "group", "to": "Y2FwaV9ncm91cDox", "type": "pin",
                      "pin": { "type": "pin", "message_id": "wamid.1", "expiration_days": 30 } });
    assert_codes(
        &pin,
        &[
            ("/pin/expiration_days", json!(1), 0),
            ("/pin/expiration_days", json!(31), 131_009),
            ("/pin/expiration_days", json!(0), 131_009),
            ("/pin/expiration_days", json!("7"), 100),
            ("/pin/expiration_days", Value::Null, 131_008),
            ("/pin/type", json!("unpin"), 0),
            ("/pin/type", json!("glue"), 131_009),
            ("/pin/message_id", Value::Null, 131_008),
            ("/pin/message_id", json!("wa mid"), 131_009),
            ("/pin/type", Value::Null, 131_008),
            ("/pin/color", json!("red"), 100),
        ],
    );
    let unpin = json!({ "type": "unpin", "message_id": "wamid.1" });
    assert_codes(&pin, &[("/pin", unpin.clone(), 0)]);
    assert_eq!(code(&json!({ "type": "pin", "pin": unpin })), 131_009);
}
