//! A message that a customer sent.

use crate::{
    error::ApiError,
    id::{AccountId, GroupId, MessageId, PhoneNumberId, UserId, WaId},
    time::Timestamp,
    webhook::{
        Contact, Inbound,
        contact::ids,
        content,
        lenient::{self, Word},
        messages::Shared,
    },
    wire::{self, quiet_debug},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// A message that a customer sent to one of our numbers.
///
/// Who sent it is told by [`from`](Self::from), [`from_user_id`](Self::from_user_id) or both: people with a username may
/// hide their phone number.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct InboundMessage {
    /// Meta's id of the message.
    pub id: MessageId,
    /// When it was sent.
    pub timestamp: Timestamp,
    /// The sender's phone number, when Meta shares it.
    pub from: Option<WaId>,
    /// The sender's id within the business portfolio.
    pub from_user_id: Option<UserId>,
    /// The sender's id across portfolios that belong together.
    pub from_parent_user_id: Option<UserId>,
    /// The group it was sent to.
    pub group_id: Option<GroupId>,
    /// What it answers, or that it was forwarded.
    pub context: Option<Context>,
    /// What it says.
    pub content: Inbound,
    /// What Meta could not pass on; mostly of messages of type `unsupported`.
    pub errors: Vec<ApiError>,
    /// Our number that it was sent to.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<String>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the sender.
    pub contact: Option<Arc<Contact>>,
    raw: Arc<str>,
}
quiet_debug!(InboundMessage { id, timestamp, from, from_user_id, phone_number_id, content });

impl InboundMessage {
    /// What the person said or chose: a text, a caption, the title of a button or of a list's row.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Inbound::Text(text) => Some(&text.body),
            Inbound::Image(image) => image.caption.as_deref(),
            Inbound::ButtonReply(reply) => Some(&reply.title),
            Inbound::ListReply(reply) => Some(&reply.title),
            Inbound::Button(button) => Some(&button.text),
            Inbound::Unknown(_) => None,
        }
    }

    /// What we wrote into the button or row they chose: its id, or the payload of a template's button.
    #[must_use]
    pub fn reply_id(&self) -> Option<&str> {
        match &self.content {
            Inbound::ButtonReply(reply) => Some(&reply.id),
            Inbound::ListReply(reply) => Some(&reply.id),
            Inbound::Button(button) => button.payload.as_deref(),
            _ => None,
        }
    }

    /// The `type` on the wire.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.content.kind()
    }

    /// The message's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

/// What a message answers, or that it was forwarded.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Context {
    /// The message it answers.
    #[serde(default, deserialize_with = "wire::optional")]
    pub id: Option<MessageId>,
    /// Who wrote the message it answers.
    #[serde(default, deserialize_with = "wire::optional")]
    pub from: Option<WaId>,
    /// Whether it was forwarded.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub forwarded: bool,
    /// Whether it was forwarded many times.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub frequently_forwarded: bool,
}
quiet_debug!(Context { id, forwarded, frequently_forwarded });

/// A message on the wire. Contents stay raw until the type says which one counts.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default, deserialize_with = "wire::optional")]
    id: Option<MessageId>,
    timestamp: Option<Timestamp>,
    #[serde(borrow, rename = "type")]
    kind: Option<Word<'a>>,
    #[serde(default, deserialize_with = "wire::optional")]
    from: Option<WaId>,
    #[serde(default, deserialize_with = "wire::optional")]
    from_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "wire::optional")]
    from_parent_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "wire::optional")]
    group_id: Option<GroupId>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    context: Option<Context>,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<ApiError>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    image: Option<&'a RawValue>,
    #[serde(borrow)]
    interactive: Option<&'a RawValue>,
    #[serde(borrow)]
    button: Option<&'a RawValue>,
}

/// Reads one message; content that cannot be read becomes [`Inbound::Unknown`] and leaves the rest alone.
pub(super) fn read(raw: &str, shared: &Shared<'_>) -> Result<InboundMessage, serde_json::Error> {
    let wire: Wire<'_> = serde_json::from_str(raw)?;
    let kind = wire.kind.as_ref().map_or("", |kind| &kind.0);
    let raw: Arc<str> = raw.into();
    let content = match kind {
        "text" => content::read(wire.text, kind, Inbound::Text, &raw),
        "image" => content::read(wire.image, kind, Inbound::Image, &raw),
        "interactive" => content::read_interactive(wire.interactive, &raw),
        "button" => content::read(wire.button, kind, Inbound::Button, &raw),
        other => content::unknown(other, &raw, None),
    };
    let sender = ids(wire.from_user_id.as_ref(), wire.from.as_ref(), wire.from_parent_user_id.as_ref());
    let contact = shared.contacts.find(sender);
    Ok(InboundMessage {
        id: lenient::required(wire.id, "id")?,
        timestamp: lenient::required(wire.timestamp, "timestamp")?,
        from: wire.from,
        from_user_id: wire.from_user_id,
        from_parent_user_id: wire.from_parent_user_id,
        group_id: wire.group_id,
        context: wire.context,
        content,
        errors: wire.errors,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact,
        raw,
    })
}
