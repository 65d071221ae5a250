//! What stands around the content of a message: whom it is for, and how it is to be sent.

use super::{Result, at::At};
use crate::simulator::refusal::Refusal;

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

/// Checks all but the content, and tells whether the message is for a group.
pub(super) fn check(body: &At<'_>) -> Result<bool> {
    product(body)?;
    let known: Vec<&str> = FRAME.into_iter().chain(TYPES).collect();
    body.only(&known)?;
    let audience = body.optional("recipient_type", |kind| kind.one_of(&["individual", "group"]))?;
    let in_group = audience == Some("group");
    if in_group {
        group(body)?;
    } else {
        person(body)?;
    }
    body.optional("biz_opaque_callback_data", |tracking| tracking.text_up_to(512))?;
    body.optional("recipient_identity_key_hash", At::text)?;
    if let Some(context) = body.get("context") {
        context.only(&["message_id"])?;
        // The id of a message that is gone makes no bubble, and no error.
        context.need("message_id")?.id()?;
    }
    Ok(in_group)
}

/// The type of the message, one that can be sent to such a recipient.
pub(super) fn kind<'a>(body: &At<'a>, in_group: bool) -> Result<&'a str> {
    let at = body.need("type")?;
    let kind = at.text()?;
    if !TYPES.contains(&kind) {
        return Err(at.refuse(131_051, &format!("must be one of {}", TYPES.join(", "))));
    }
    if in_group && !GROUP_TYPES.contains(&kind) {
        return Err(at.value("is not supported in groups"));
    }
    if kind == "reaction"
        && let Some(context) = body.get("context")
    {
        return Err(context.value("is not for reactions"));
    }
    Ok(kind)
}

pub(super) fn product(body: &At<'_>) -> Result {
    if body.get("messaging_product").is_some_and(|product| product.value == "whatsapp") {
        Ok(())
    } else {
        Err(Refusal::unsupported("messaging_product is required and must be whatsapp."))
    }
}

fn group(body: &At<'_>) -> Result {
    let to = body.need("to")?;
    if is_phone(to.id()?) && to.text()?.starts_with('+') {
        return Err(to.value("is a phone number, and recipient_type is group"));
    }
    match body.get("recipient") {
        Some(recipient) => Err(recipient.value("names a person, and recipient_type is group")),
        None => Ok(()),
    }
}

/// A person is named by phone number, by BSUID, or by both.
fn person(body: &At<'_>) -> Result {
    let to = body.get("to");
    if let Some(to) = &to
        && !is_phone(to.text()?)
    {
        return Err(to.value("is not a phone number; a BSUID goes into recipient"));
    }
    match body.get("recipient") {
        Some(recipient) if !is_user_id(recipient.text()?) => Err(recipient.value("is not a BSUID")),
        None if to.is_none() => Err(Refusal::missing("to")),
        _ => Ok(()),
    }
}

/// Whether `text` has 7 to 15 digits, with `+` before them and punctuation between them if need be.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let plain = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.');
    (7..=15).contains(&digits) && rest.chars().all(plain)
}

/// Whether `text` is a country and letters and digits: a BSUID, or a parent BSUID. At first Meta printed 256 of them.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=256).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}
