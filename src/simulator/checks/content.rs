//! The simple kinds of message.

use super::{Result, at::At, file};
use crate::{
    id::MediaId,
    simulator::{model::Model, refusal::Refusal},
};
use serde_json::Value;

pub(super) fn text(content: &At<'_>) -> Result {
    content.only(&["body", "preview_url"])?;
    content.need("body")?.text_up_to(4096)?;
    content.get("preview_url").map_or(Ok(()), |preview| preview.boolean())
}

/// A message that is a file: `kind` is `image`, `audio`, `video`, `document` or `sticker`.
pub(super) fn media(kind: &str, content: &At<'_>, model: &Model) -> Result {
    content.only(match kind {
        "image" | "video" => &["id", "link", "caption"],
        "document" => &["id", "link", "caption", "filename"],
        "audio" => &["id", "link", "voice"],
        _ => &["id", "link"],
    })?;
    source(kind, content, model)?;
    if let Some(caption) = content.get("caption") {
        caption.text_up_to(1024)?;
    }
    content.get("voice").map_or(Ok(()), |voice| voice.boolean())
}

/// Where the bytes come from: an uploaded file that fits, or a link, but not both.
pub(super) fn source(kind: &str, content: &At<'_>, model: &Model) -> Result {
    match (content.get("id"), content.get("link")) {
        (Some(_), Some(_)) => Err(content.value("has both id and link")),
        (None, None) => Err(content.need("id").err().unwrap_or_else(|| Refusal::missing("id"))),
        (None, Some(link)) => link.web_address(),
        (Some(id), None) => {
            let Some(object) = model.media(&MediaId::from(id.text()?)) else {
                return Err(id.value("is not the id of a media object of this number"));
            };
            if file::fits(kind, &object.mime) {
                Ok(())
            } else {
                Err(Refusal::new(131_053, format!("The media object cannot be sent as {kind}.")))
            }
        }
    }
}

pub(super) fn location(content: &At<'_>) -> Result {
    content.only(&["latitude", "longitude", "name", "address"])?;
    for (name, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
        let place = content.need(name)?;
        // Typed as text on Meta's page; numbers are taken as well.
        let degrees = match place.value {
            Value::String(digits) => digits.trim().parse().ok(),
            number => number.as_f64(),
        };
        if !degrees.is_some_and(|degrees: f64| degrees.abs() <= limit) {
            return Err(place.value("is not a number of degrees"));
        }
    }
    Ok(())
}

pub(super) fn contacts(content: &At<'_>) -> Result {
    for contact in content.elements_up_to(257)? {
        contact.need("name")?.need("formatted_name")?.text()?;
    }
    Ok(())
}

pub(super) fn reaction(content: &At<'_>, model: &Model) -> Result {
    content.only(&["message_id", "emoji"])?;
    let target = content.need("message_id")?;
    if !model.knows_message(target.text()?) {
        return Err(target.value("is not the id of a message in this conversation"));
    }
    let emoji = content.need("emoji")?;
    // Empty takes a reaction back.
    if emoji.value.is_string() { Ok(()) } else { Err(emoji.unsupported("must be text")) }
}

pub(super) fn pin(content: &At<'_>, audience: Option<&str>) -> Result {
    if audience != Some("group") {
        return Err(content.value("is for groups only"));
    }
    content.need("message_id")?.text()?;
    if content.need("type")?.one_of(&["pin", "unpin"])? == "pin" {
        let days = content.need("expiration_days")?;
        if !days.value.as_u64().is_some_and(|days| (1..=30).contains(&days)) {
            return Err(days.value("must be 1 to 30"));
        }
    }
    Ok(())
}
