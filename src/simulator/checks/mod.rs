//! What Meta checks of a request, on its raw JSON.
//!
//! Written from Meta's pages and apart from the checks of the client, on purpose: a mistake made there must not be made
//! here as well. Too long or unsupported is 100, missing 131008, a value that may not be 131009.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/message-api>

mod at;
mod content;
mod file;
mod interactive;
mod template;
#[cfg(test)]
mod tests;

pub(super) use file::{sample, upload};

use self::at::At;
use super::{model::Model, refusal::Refusal};
use serde_json::Value;

type Result<T = ()> = std::result::Result<T, Refusal>;

/// Everything a message may be, by its `type`.
const TYPES: [&str; 12] = [
    "text",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "pin",
];

/// Members that stand beside the content.
const FRAME: [&str; 8] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
    "type",
];

/// What groups take.
const GROUP_TYPES: [&str; 8] = ["text", "image", "audio", "video", "document", "sticker", "template", "pin"];

/// Checks the body of a send.
pub(super) fn message(body: &Value, model: &Model) -> Result {
    let body = At::root(body);
    product(&body)?;
    let known: Vec<&str> = FRAME.into_iter().chain(TYPES).collect();
    body.only(&known)?;

    let audience =
        body.get("recipient_type").map(|kind| kind.one_of(&["individual", "group"])).transpose()?;
    match (body.get("to"), body.get("recipient")) {
        (Some(to), _) => drop(to.text()?),
        (None, Some(recipient)) if audience != Some("group") => drop(recipient.text()?),
        (None, _) => return Err(Refusal::missing("to")),
    }
    if let Some(tracking) = body.get("biz_opaque_callback_data") {
        tracking.text_up_to(512)?;
    }
    if let Some(context) = body.get("context") {
        context.need("message_id")?.text()?;
    }

    let kind = body.need("type")?.one_of(&TYPES)?;
    if audience == Some("group") && !GROUP_TYPES.contains(&kind) {
        return Err(Refusal::value("type is not supported in groups."));
    }
    let content = body.need(kind)?;
    match kind {
        "text" => content::text(&content),
        "image" | "audio" | "video" | "document" | "sticker" => content::media(kind, &content, model),
        "location" => content::location(&content),
        "contacts" => content::contacts(&content),
        "reaction" => content::reaction(&content, model),
        "interactive" => interactive::interactive(&content, model),
        "template" => template::template(&content, model, body.get("to").is_none()),
        _ => content::pin(&content, audience),
    }
}

/// Checks the body that marks a message as read.
pub(super) fn mark_read(body: &Value) -> Result {
    let body = At::root(body);
    product(&body)?;
    body.only(&["messaging_product", "status", "message_id", "typing_indicator"])?;
    body.need("status")?.one_of(&["read"])?;
    body.need("message_id")?.text()?;
    if let Some(typing) = body.get("typing_indicator") {
        typing.need("type")?.one_of(&["text"])?;
    }
    Ok(())
}

fn product(body: &At<'_>) -> Result {
    if body.get("messaging_product").is_some_and(|product| product.value == "whatsapp") {
        Ok(())
    } else {
        Err(Refusal::unsupported("messaging_product is required and must be whatsapp."))
    }
}
