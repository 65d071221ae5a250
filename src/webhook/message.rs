//! A message that a customer sent.

use crate::{
    error::ApiError,
    id::{AccountId, GroupId, MessageId, PhoneNumberId, UserId, WaId},
    time::Timestamp,
    webhook::{
        Contact, Context, Event, Identity, Inbound, Media, Referral, Text,
        contact::ids,
        content::Wire,
        cursor::{Cursor, filled, once},
        envelope::Events,
        lenient,
        messages::Shared,
    },
    wire::quiet_debug,
};
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
    /// Another id of the sender, seen in answers about payments; Meta does not say what it is good for.
    pub from_logical_id: Option<String>,
    /// The group it was sent to.
    pub group_id: Option<GroupId>,
    /// What it answers, or that it was forwarded.
    pub context: Option<Box<Context>>,
    /// The advertisement or post that brought them to us.
    pub referral: Option<Box<Referral>>,
    /// The key of the sender's device; only with the identity check switched on.
    pub identity: Option<Box<Identity>>,
    /// What it says.
    pub content: Inbound,
    /// What was talked about before, written by a machine (`conversation_context.summary.text` beside the messages on the
    /// wire); of conversations that another app passed to us.
    pub summary: Option<Arc<str>>,
    /// What Meta could not pass on; mostly of messages of type `unsupported`.
    pub errors: Vec<ApiError>,
    /// Our number that it was sent to.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the sender.
    pub contact: Option<Arc<Contact>>,
    raw: Arc<str>,
}
quiet_debug!(InboundMessage { id, timestamp, from, from_user_id, phone_number_id, content });

impl InboundMessage {
    /// What the person said or chose: a text, a caption, an emoji, the title of a button; see [`Inbound::text`].
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.content.text()
    }

    /// The file that came with it, whatever its kind.
    ///
    /// ```
    /// # use whatsapp_business::webhook::{Delivery, Event};
    /// # let message = serde_json::json!({"id": "wamid.A", "timestamp": "1", "type": "document", "document": {"id": "7",
    /// #     "mime_type": "application/pdf", "filename": "Offer.pdf", "caption": "Signed"}});
    /// # let body = serde_json::json!({"field": "messages", "value": {"messages": [message]}}).to_string();
    /// # let delivery = Delivery::unverified(body.as_bytes())?;
    /// # let [Event::Message(message)] = delivery.events() else { unreachable!() };
    /// let media = message.media().unwrap();
    /// assert_eq!((media.kind, media.id.as_str()), ("document", "7"));
    /// assert_eq!((media.mime_type, media.filename), (Some("application/pdf"), Some("Offer.pdf")));
    /// # Ok::<_, whatsapp_business::Error>(())
    /// ```
    #[must_use]
    pub fn media(&self) -> Option<Media<'_>> {
        self.content.media()
    }

    /// What we wrote into the button or row they chose: its id, or the payload of a template's button.
    ///
    /// More than a word fits in there: see [`payload`](crate::payload).
    #[must_use]
    pub fn reply_id(&self) -> Option<&str> {
        self.content.reply_id()
    }

    /// The message that this one answers or reacts to.
    #[must_use]
    pub fn reply_to(&self) -> Option<&MessageId> {
        match &self.content {
            Inbound::Reaction(reaction) => Some(&reaction.message_id),
            Inbound::Edit(edit) => edit.context.as_ref()?.id.as_ref(),
            _ => self.context.as_ref()?.id.as_ref(),
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

/// Reads one message; content that cannot be read becomes [`Inbound::Unknown`] and leaves the rest alone.
pub(super) fn read(raw: &str, shared: &Shared<'_>) -> Result<InboundMessage, serde_json::Error> {
    from_wire(serde_json::from_str(raw)?, raw, shared)
}

/// Reads one message whose members are read already.
pub(super) fn from_wire(
    wire: Wire<'_>,
    raw: &str,
    shared: &Shared<'_>,
) -> Result<InboundMessage, serde_json::Error> {
    let raw: Arc<str> = raw.into();
    let content = wire.content(&raw);
    let sender = ids(wire.from_user_id.as_ref(), wire.from.as_ref(), wire.from_parent_user_id.as_ref());
    let contact = shared.contacts.find(sender);
    Ok(InboundMessage {
        id: lenient::required(wire.id, "id")?,
        timestamp: lenient::required(wire.timestamp, "timestamp")?,
        from: wire.from,
        from_user_id: wire.from_user_id,
        from_parent_user_id: wire.from_parent_user_id,
        from_logical_id: wire.from_logical_id,
        group_id: wire.group_id,
        context: wire.context,
        referral: wire.referral,
        identity: wire.identity,
        content,
        summary: shared.summary.clone(),
        errors: wire.errors,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact,
        raw,
    })
}

/// Reads a message that is text and nothing else, as most are.
pub(super) fn read_plain(cursor: &mut Cursor<'_>, shared: &Shared<'_>, events: &mut Events) -> Option<()> {
    let (mut id, mut timestamp, mut from, mut from_user_id) = (None, None, None, None);
    let (mut kind, mut text, mut body) = (None, None, None);
    let ((), raw) = cursor.with_text(|cursor| {
        cursor.members(|cursor, name| match name {
            "id" => once(&mut id, cursor.word()),
            "timestamp" => once(&mut timestamp, cursor.word()),
            "from" => once(&mut from, cursor.word()),
            "from_user_id" => once(&mut from_user_id, cursor.word()),
            "type" => once(&mut kind, (cursor.word()? == "text").then_some(())),
            "text" => once(
                &mut text,
                cursor.members(|cursor, name| match name {
                    "body" => once(&mut body, cursor.word()),
                    _ => None,
                }),
            ),
            _ => None,
        })
    })?;
    kind?;
    let body = body?.into_owned();
    let (from, from_user_id) = (filled(from), filled(from_user_id));
    events.push(Event::Message(InboundMessage {
        id: filled(id)?,
        timestamp: Timestamp::from_seconds(timestamp?.parse().ok()?),
        contact: shared.contacts.find(ids(from_user_id.as_ref(), from.as_ref(), None)),
        from,
        from_user_id,
        from_parent_user_id: None,
        from_logical_id: None,
        group_id: None,
        context: None,
        referral: None,
        identity: None,
        content: Inbound::Text(Text { body }),
        summary: None,
        errors: Vec::new(),
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        raw: raw.into(),
    }));
    Some(())
}
