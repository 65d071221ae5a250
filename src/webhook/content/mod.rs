//! What an inbound message says.

mod cards;
mod media;
mod order;
mod reply;
mod simple;
mod system;
mod wire;

pub use cards::{ContactAddress, ContactCard, ContactEmail, ContactOrigin, ContactPhone, ContactUrl};
pub use media::{Audio, Document, Image, Media, Sticker, Video};
pub use order::{Order, OrderItem};
pub use reply::{
    Button, ButtonReply, CallPermission, CallPermissionAnswer, CallPermissionSource, FormFile, FormKind,
    FormReply, ListReply, PaymentMethod,
};
pub use simple::{Edit, Location, Reaction, Revoke, Text, Unsupported};
pub use system::{System, SystemKind};
pub(super) use wire::Wire;

use crate::{webhook::lenient, wire::quiet_debug};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What an inbound message says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Inbound {
    /// Text.
    Text(Text),
    /// A picture.
    Image(Image),
    /// A film.
    Video(Video),
    /// Sound, such as a voice message.
    Audio(Audio),
    /// A file.
    Document(Document),
    /// A sticker.
    Sticker(Sticker),
    /// A place.
    Location(Location),
    /// Contact cards; also the answer to our request for their phone number.
    Contacts(Vec<ContactCard>),
    /// An emoji put to a message, or taken away from it.
    Reaction(Reaction),
    /// One of the reply buttons we offered was pressed.
    ButtonReply(ButtonReply),
    /// A row of the list we offered was chosen.
    ListReply(ListReply),
    /// A quick-reply button of a template was pressed.
    Button(Button),
    /// A Flow or an address was filled in.
    FormReply(FormReply),
    /// Whether we may call.
    CallPermission(CallPermission),
    /// How they want to pay.
    PaymentMethod(PaymentMethod),
    /// What they want to buy.
    Order(Order),
    /// Something about the customer has changed: their number, their ids, their device.
    System(Box<System>),
    /// A message was changed after it was sent.
    Edit(Edit),
    /// A message was deleted for everyone.
    Revoke(Revoke),
    /// They opened the chat for the first time and wait to be welcomed; Meta's pages no longer name it.
    RequestWelcome,
    /// Stands for a file that comes later; in histories only.
    MediaPlaceholder,
    /// Something that Meta does not pass on.
    Unsupported(Unsupported),
    /// A type this version has no variant for, or one that could not be read.
    Unknown(UnknownContent),
}

impl Inbound {
    /// The `type` on the wire.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Reaction(_) => "reaction",
            Self::ButtonReply(_)
            | Self::ListReply(_)
            | Self::FormReply(_)
            | Self::CallPermission(_)
            | Self::PaymentMethod(_) => "interactive",
            Self::Button(_) => "button",
            Self::Order(_) => "order",
            Self::System(_) => "system",
            Self::Edit(_) => "edit",
            Self::Revoke(_) => "revoke",
            Self::RequestWelcome => "request_welcome",
            Self::MediaPlaceholder => "media_placeholder",
            Self::Unsupported(unsupported) => unsupported.kind,
            Self::Unknown(unknown) => unknown.kind(),
        }
    }

    /// What the person said or chose, in their words or in those we offered.
    ///
    /// | content | what it is |
    /// |---|---|
    /// | text | the body |
    /// | picture, film, file | the caption |
    /// | reaction | the emoji |
    /// | button, row of a list | its title |
    /// | place | its name, else its address |
    /// | order | what was written with it |
    /// | edit | the same of what the message says from now on |
    ///
    /// Nothing for all others: what WhatsApp writes in somebody's place (of system messages and forms) was not said.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(&text.body),
            Self::Image(image) => image.caption.as_deref(),
            Self::Video(video) => video.caption.as_deref(),
            Self::Document(document) => document.caption.as_deref(),
            Self::Location(place) => place.name.as_deref().or(place.address.as_deref()),
            Self::Reaction(reaction) => reaction.emoji.as_deref(),
            Self::ButtonReply(reply) => reply.title.as_deref(),
            Self::ListReply(reply) => reply.title.as_deref(),
            Self::Button(button) => button.text.as_deref(),
            Self::Order(order) => order.text.as_deref(),
            Self::Edit(edit) => edit.content.text(),
            _ => None,
        }
    }

    /// The file that came with it, whatever its kind; of an edit, the one the message has from now on.
    #[must_use]
    pub fn media(&self) -> Option<Media<'_>> {
        match self {
            Self::Image(image) => Some(image.into()),
            Self::Video(video) => Some(video.into()),
            Self::Audio(audio) => Some(audio.into()),
            Self::Document(document) => Some(document.into()),
            Self::Sticker(sticker) => Some(sticker.into()),
            Self::Edit(edit) => edit.content.media(),
            _ => None,
        }
    }

    /// What we wrote into the button or row they chose: its id, or the payload of a template's button.
    #[must_use]
    pub fn reply_id(&self) -> Option<&str> {
        match self {
            Self::ButtonReply(reply) => Some(&reply.id),
            Self::ListReply(reply) => Some(&reply.id),
            Self::Button(button) => button.payload.as_deref(),
            _ => None,
        }
    }
}

/// A message of a type that this version has no variant for, or that could not be read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownContent {
    kind: Box<str>,
    raw: Arc<str>,
    reason: Option<Box<str>>,
}
quiet_debug!(UnknownContent { kind, reason });

impl UnknownContent {
    /// The `type` on the wire; empty when there is none.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The whole message's JSON as it came, byte for byte; within an [`Edit`], that of the changed message.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Why a known type could not be read; nothing when the type is not known.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// Why there is no content.
const MISSING: &str = "the content is missing";

/// The type of the first content that is there.
fn content_kind(contents: &[(&'static str, Option<&RawValue>)]) -> &'static str {
    contents.iter().find(|(_, content)| content.is_some()).map_or("", |(name, _)| name)
}

/// Reads the content of a known type.
fn read<'a, T: Deserialize<'a>>(
    content: Option<&'a RawValue>,
    kind: &str,
    known: fn(T) -> Inbound,
    message: &Arc<str>,
) -> Inbound {
    // What is derived would read a list as an object, member by member.
    if content.is_some_and(|content| !content.get().starts_with('{')) {
        return unknown(kind, message, Some("the content is no object"));
    }
    read_by(content, kind, |content| lenient::parse(content).map(known), message)
}

/// Reads the content of a known type in a way of its own.
fn read_by<'a>(
    content: Option<&'a RawValue>,
    kind: &str,
    read: impl FnOnce(&'a RawValue) -> Result<Inbound, serde_json::Error>,
    message: &Arc<str>,
) -> Inbound {
    match content.map(read) {
        Some(Ok(content)) => content,
        Some(Err(error)) => unknown(kind, message, Some(&lenient::reason(&error))),
        None => unknown(kind, message, Some(MISSING)),
    }
}

/// Keeps a message as it came.
fn unknown(kind: &str, message: &Arc<str>, reason: Option<&str>) -> Inbound {
    Inbound::Unknown(UnknownContent {
        kind: kind.into(),
        raw: Arc::clone(message),
        reason: reason.map(Into::into),
    })
}
