//! Texts, places, reactions and pins.

use super::{Around, Result, at::At, emoji::is_emoji};
use serde_json::Value;

pub(super) fn text(content: &At<'_>) -> Result {
    content.only(&["body", "preview_url"])?;
    content.need("body")?.text_up_to(4096)?;
    content.optional("preview_url", At::boolean).map(drop)
}

pub(super) fn location(content: &At<'_>) -> Result {
    content.only(&["latitude", "longitude", "name", "address"])?;
    for (name, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
        let place = content.need(name)?;
        // Typed as text on Meta's page; numbers are taken as well.
        let degrees = match place.value {
            Value::String(_) => place.text()?.trim().parse().ok(),
            number => number.as_f64(),
        };
        if !degrees.is_some_and(|degrees: f64| degrees.abs() <= limit) {
            return Err(place.value("is not a number of degrees"));
        }
    }
    content.optional("name", At::text)?;
    content.optional("address", At::text).map(drop)
}

pub(super) fn reaction(content: &At<'_>, around: Around<'_>) -> Result {
    content.only(&["message_id", "emoji"])?;
    let target = content.need("message_id")?;
    if !around.model.can_be_reacted_to(target.id()?) {
        return Err(target.value("is not the id of a message in this conversation that takes reactions"));
    }
    let emoji = content.need("emoji")?;
    match emoji.value.as_str() {
        None => Err(emoji.unsupported("must be text")),
        // Empty takes a reaction back.
        Some("") => Ok(()),
        Some(text) if is_emoji(text) => Ok(()),
        Some(_) => Err(emoji.value("must be one emoji, or empty")),
    }
}

pub(super) fn pin(content: &At<'_>, around: Around<'_>) -> Result {
    content.only(&["type", "message_id", "expiration_days"])?;
    if !around.in_group {
        return Err(content.value("is for groups only"));
    }
    content.need("message_id")?.id()?;
    if content.need("type")?.one_of(&["pin", "unpin"])? == "pin" {
        content.need("expiration_days")?;
    }
    content.optional("expiration_days", |days| days.integer_in(1..=30)).map(drop)
}
