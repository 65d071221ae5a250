//! What became of a message that we sent.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages/status>

use crate::{
    error::ApiError,
    id::{AccountId, GroupId, MessageId, PhoneNumberId, TemplateId, UserId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::{
        Contact, Conversation, Event, Pricing,
        contact::ids,
        cursor::{Cursor, filled, once},
        envelope::Events,
        lenient,
        messages::Shared,
        payment,
    },
    wire::{self, quiet_debug},
};
use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};

/// What became of a message that we sent.
///
/// Statuses come late, twice, in any order and also before the answer to the send: keep the first time of each.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Status {
    /// The message that we sent.
    pub id: MessageId,
    /// How far it got.
    pub status: StatusKind,
    /// When that was.
    pub timestamp: Timestamp,
    /// The phone number it was sent to, when Meta shares it.
    pub recipient_id: Option<WaId>,
    /// The recipient's id within the business portfolio.
    pub recipient_user_id: Option<UserId>,
    /// The recipient's id across portfolios that belong together.
    pub recipient_parent_user_id: Option<UserId>,
    /// The group it was sent to (`recipient_id` with `recipient_type` `group` on the wire).
    pub group_id: Option<GroupId>,
    /// The phone number of the member of the group whom this status is about.
    pub participant_id: Option<WaId>,
    /// The id of that member within the business portfolio.
    pub participant_user_id: Option<UserId>,
    /// The id of that member across portfolios that belong together.
    pub participant_parent_user_id: Option<UserId>,
    /// The key of the recipient's device; only of messages that were sent to one key.
    pub recipient_identity_key_hash: Option<String>,
    /// What we gave along with the send (`biz_opaque_callback_data` on the wire). More than a word fits in there: see
    /// [`payload`](crate::payload).
    pub callback_data: Option<String>,
    /// The template that Meta made of what was sent directly, without one of ours.
    pub template_id: Option<TemplateId>,
    /// Why it failed.
    pub errors: Vec<ApiError>,
    /// What it is billed as; on `sent` and one of `delivered` and `read`.
    pub pricing: Option<Pricing>,
    /// The billed conversation it belongs to; mostly absent since billing is per message.
    pub conversation: Option<Box<Conversation>>,
    /// Our number that sent it.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the recipient; nothing when the message failed.
    pub contact: Option<Arc<Contact>>,
    raw: Arc<str>,
}
quiet_debug!(Status { id, status, timestamp, recipient_id, recipient_user_id, phone_number_id, errors });

impl Status {
    /// The status's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The same, to be shared.
    pub(super) fn shared_raw(&self) -> &Arc<str> {
        &self.raw
    }

    /// Whom in a group this is about, by the id that is always there.
    pub(super) fn participant(&self) -> Option<&str> {
        let [user_id, wa_id, parent] = ids(
            self.participant_user_id.as_ref(),
            self.participant_id.as_ref(),
            self.participant_parent_user_id.as_ref(),
        );
        user_id.or(wa_id).or(parent)
    }
}

open_enum! {
    /// How far a message got.
    pub enum StatusKind {
        /// It left for the recipient.
        Sent = "sent",
        /// It arrived on the recipient's device.
        Delivered = "delivered",
        /// It was shown to the recipient; may come without `delivered`.
        Read = "read",
        /// A voice message was played for the first time.
        Played = "played",
        /// It did not arrive; the errors tell why.
        Failed = "failed",
    }
}

/// A status on the wire.
#[derive(Deserialize)]
pub(super) struct Wire<'a> {
    /// Payments and calls have one.
    #[serde(borrow, rename = "type", default, deserialize_with = "lenient::word")]
    kind: Cow<'a, str>,
    #[serde(default, deserialize_with = "wire::optional")]
    id: Option<MessageId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    status: Option<StatusKind>,
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_type: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_parent_user_id: Option<UserId>,
    /// The name of the former until May 2026.
    #[serde(default, deserialize_with = "lenient::optional")]
    parent_recipient_user_id: Option<UserId>,
    /// Its name until April 2026.
    #[serde(default, deserialize_with = "lenient::optional")]
    parent_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_participant_id: Option<WaId>,
    /// An old name of the former.
    #[serde(default, deserialize_with = "lenient::optional")]
    participant_recipient_id: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_participant_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_participant_parent_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::optional")]
    recipient_identity_key_hash: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    biz_opaque_callback_data: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    template_id: Option<TemplateId>,
    /// Only payments have one.
    #[serde(borrow)]
    payment: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<ApiError>,
    #[serde(default, deserialize_with = "lenient::optional_object")]
    pricing: Option<Pricing>,
    #[serde(default, deserialize_with = "lenient::optional_object")]
    conversation: Option<Box<Conversation>>,
}

/// Reads one status: of a message, or of a payment.
pub(super) fn read(raw: &str, shared: &Shared<'_>) -> Result<Event, serde_json::Error> {
    from_wire(serde_json::from_str(raw)?, raw, shared)
}

/// Reads one status whose members are read already.
pub(super) fn from_wire(wire: Wire<'_>, raw: &str, shared: &Shared<'_>) -> Result<Event, serde_json::Error> {
    // A change that lost its field may hold calls: what becomes of them is told in other words.
    if wire.kind == "call" {
        return Err(serde_json::Error::custom("the status of a call"));
    }
    let is_payment = wire.kind == "payment" || (wire.kind.is_empty() && wire.payment.is_some());
    let mut conversation = wire.conversation;
    let pricing = wire.pricing.or_else(|| conversation.as_mut()?.pricing.take());
    let is_group = wire.recipient_type.as_deref() == Some("group");
    let (group, person) = if is_group { (wire.recipient_id, None) } else { (None, wire.recipient_id) };
    let mut status = Status {
        id: lenient::required(wire.id, "id")?,
        status: lenient::required(wire.status, "status")?,
        timestamp: lenient::required(wire.timestamp, "timestamp")?,
        recipient_id: person.map(WaId::from),
        recipient_user_id: wire.recipient_user_id,
        recipient_parent_user_id: wire
            .recipient_parent_user_id
            .or(wire.parent_recipient_user_id)
            .or(wire.parent_user_id),
        group_id: group.map(GroupId::from),
        participant_id: wire.recipient_participant_id.or(wire.participant_recipient_id),
        participant_user_id: wire.recipient_participant_user_id,
        participant_parent_user_id: wire.recipient_participant_parent_user_id,
        recipient_identity_key_hash: wire.recipient_identity_key_hash,
        callback_data: wire.biz_opaque_callback_data,
        template_id: wire.template_id,
        errors: wire.errors,
        pricing,
        conversation,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact: None,
        raw: raw.into(),
    };
    let (user_id, wa_id, parent) = if is_group {
        (&status.participant_user_id, &status.participant_id, &status.participant_parent_user_id)
    } else {
        (&status.recipient_user_id, &status.recipient_id, &status.recipient_parent_user_id)
    };
    status.contact = shared.contacts.find(ids(user_id.as_ref(), wa_id.as_ref(), parent.as_ref()));
    if is_payment { payment::read(status).map(Event::Payment) } else { Ok(Event::Status(status)) }
}

/// Reads a status of a message to one person that did not fail, as most are.
pub(super) fn read_plain(cursor: &mut Cursor<'_>, shared: &Shared<'_>, events: &mut Events) -> Option<()> {
    let (mut id, mut status, mut timestamp, mut callback_data) = (None, None, None, None);
    let (mut recipient_id, mut recipient_user_id, mut pricing, mut conversation) = (None, None, None, None);
    let ((), raw) = cursor.with_text(|cursor| {
        cursor.members(|cursor, name| match name {
            "id" => once(&mut id, cursor.word()),
            "status" => once(&mut status, cursor.word()),
            "timestamp" => once(&mut timestamp, cursor.word()),
            "recipient_id" => once(&mut recipient_id, cursor.word()),
            "recipient_user_id" => once(&mut recipient_user_id, cursor.word()),
            "biz_opaque_callback_data" => once(&mut callback_data, cursor.word()),
            "pricing" => once(&mut pricing, Pricing::read_plain(cursor)),
            "conversation" if cursor.peek()? == b'{' => {
                once(&mut conversation, cursor.value::<Box<Conversation>>())
            }
            _ => None,
        })
    })?;
    let pricing = pricing.or_else(|| conversation.as_mut()?.pricing.take());
    let (recipient_id, recipient_user_id) = (filled(recipient_id), filled(recipient_user_id));
    events.push(Event::Status(Status {
        id: filled(id)?,
        status: filled(status)?,
        timestamp: Timestamp::from_seconds(timestamp?.parse().ok()?),
        contact: shared.contacts.find(ids(recipient_user_id.as_ref(), recipient_id.as_ref(), None)),
        recipient_id,
        recipient_user_id,
        recipient_parent_user_id: None,
        group_id: None,
        participant_id: None,
        participant_user_id: None,
        participant_parent_user_id: None,
        recipient_identity_key_hash: None,
        callback_data: filled(callback_data),
        template_id: None,
        errors: Vec::new(),
        pricing,
        conversation,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        raw: raw.into(),
    }));
    Some(())
}
