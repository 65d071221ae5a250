//! What Meta checks of a request, on its raw JSON.
//!
//! Written from Meta's pages and apart from the checks of the client, on purpose: a mistake made there must not be made
//! here as well. Where the pages contradict each other the looser limit counts.
//!
//! | code | when |
//! |---|---|
//! | 100 | too long, of the wrong type, unknown, or where it must not be |
//! | 131008 | missing, or empty: white space alone is empty |
//! | 131009 | a value that may not be: too many, twice, out of range, not as it must look |
//! | 131051 | a type of message there is none of |
//! | 131053 | a media object that cannot be sent as this type |
//! | 132… | a template: see [`template`] |
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/message-api>

mod at;
mod contacts;
mod definition;
mod emoji;
mod envelope;
mod file;
mod interactive;
mod marketing;
mod media;
mod order;
mod simple;
mod template;
#[cfg(test)]
mod tests;

pub(super) use definition::{definition, spelled};
pub(super) use file::{sample, upload};
pub(super) use marketing::marketing;

use self::at::At;
use super::{
    model::{Model, Phone},
    refusal::Refusal,
};
use crate::time::Timestamp;
use serde_json::Value;

type Result<T = ()> = std::result::Result<T, Refusal>;

/// What a check may need to know beside the JSON it checks.
#[derive(Clone, Copy)]
struct Around<'a> {
    model: &'a Model,
    /// The number that sends it.
    from: &'a Phone,
    now: Timestamp,
    /// Whether the message is for a group.
    in_group: bool,
    /// Whether the person is named by BSUID alone.
    by_user_id: bool,
}

/// Checks the body of a send by a number of the business.
pub(super) fn message(body: &Value, from: &Phone, model: &Model, now: Timestamp) -> Result {
    let body = At::root(body);
    let in_group = envelope::check(&body)?;
    let around = Around { model, from, now, in_group, by_user_id: body.get("to").is_none() };

    let kind = envelope::kind(&body, in_group)?;
    let content = body.need(kind)?;
    match kind {
        "text" => simple::text(&content),
        "image" | "audio" | "video" | "document" | "sticker" => media::media(kind, &content, around),
        "location" => simple::location(&content),
        "contacts" => contacts::contacts(&content),
        "reaction" => simple::reaction(&content, around),
        "interactive" => interactive::interactive(&content, around),
        "template" => template::template(&content, around),
        _ => simple::pin(&content, around),
    }
}

/// Checks the body that marks a message as read.
pub(super) fn mark_read(body: &Value) -> Result {
    let body = At::root(body);
    envelope::product(&body)?;
    body.only(&["messaging_product", "status", "message_id", "typing_indicator"])?;
    body.need("status")?.one_of(&["read"])?;
    body.need("message_id")?.text()?;
    if let Some(typing) = body.get("typing_indicator") {
        typing.only(&["type"])?;
        typing.need("type")?.one_of(&["text"])?;
    }
    Ok(())
}
