//! One message of a history.

use crate::{
    id::{UserId, WaId},
    open::open_enum,
    webhook::{
        Contact, Event, InboundMessage,
        echo::{self, Addressed},
        items::Item,
        lenient,
        messages::Shared,
    },
    wire::quiet_debug,
};
use serde::Deserialize;
use std::sync::Arc;

/// A message of a history, written by the customer or by the business.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct HistoryMessage {
    /// What was written, by whom and when. Pictures and the like may be of type `media_placeholder` and follow later.
    pub message: InboundMessage,
    /// Whether the business wrote it; nothing when the ids do not tell.
    pub is_ours: Option<bool>,
    /// The phone number it was written to: ours, or the customer's when Meta shares it.
    pub to: Option<WaId>,
    /// The id of the customer it was written to, within the business portfolio.
    pub to_user_id: Option<UserId>,
    /// The id of the customer it was written to, across portfolios that belong together.
    pub to_parent_user_id: Option<UserId>,
    /// How far it got (`history_context.status` on the wire).
    pub status: Option<HistoryStatus>,
    /// What the delivery tells of the customer, whoever wrote it.
    pub contact: Option<Arc<Contact>>,
}
quiet_debug!(HistoryMessage { message, is_ours, to, to_user_id, status });

impl HistoryMessage {
    /// The message's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.message.raw()
    }

    fn new(
        message: InboundMessage,
        addressed: Addressed<'_>,
        is_ours: Option<bool>,
        contact: Option<Arc<Contact>>,
    ) -> Self {
        #[derive(Deserialize)]
        struct Context {
            #[serde(default, deserialize_with = "lenient::loose")]
            status: Option<HistoryStatus>,
        }
        let context: Option<Context> = addressed.history_context.and_then(|raw| lenient::parse(raw).ok());
        Self {
            message,
            is_ours,
            to: addressed.to,
            to_user_id: addressed.to_user_id,
            to_parent_user_id: addressed.to_parent_user_id,
            status: context.and_then(|context| context.status),
            contact,
        }
    }
}

open_enum! {
    /// How far a message of a history got.
    pub enum HistoryStatus {
        /// It waited to be sent.
        Pending = "PENDING",
        /// It was sent.
        Sent = "SENT",
        /// It arrived.
        Delivered = "DELIVERED",
        /// It was read.
        Read = "READ",
        /// It was played.
        Played = "PLAYED",
        /// It did not arrive.
        Error = "ERROR",
    }
}

/// Reads a message of a thread with a customer.
pub(super) fn in_thread(
    raw: &str,
    shared: &Shared<'_>,
    customer: Option<&WaId>,
    contact: Option<&Arc<Contact>>,
) -> Result<HistoryMessage, serde_json::Error> {
    let (message, addressed) = echo::read_message(raw, shared)?;
    let customer = customer.or_else(|| contact.and_then(|contact| contact.wa_id.as_ref()));
    let is_ours = is_ours(&message, &addressed, customer);
    Ok(HistoryMessage::new(message, addressed, is_ours, contact.cloned()))
}

/// Whether the business wrote it. Only customers have user ids; else the numbers tell.
fn is_ours(message: &InboundMessage, to: &Addressed<'_>, customer: Option<&WaId>) -> Option<bool> {
    if message.from_user_id.is_some() || message.from_parent_user_id.is_some() {
        return Some(false);
    }
    if to.to_user_id.is_some() || to.to_parent_user_id.is_some() {
        return Some(true);
    }
    let digits = |number: &str| number.chars().filter(char::is_ascii_digit).collect::<String>();
    let ours = message.display_phone_number.as_deref().map(digits);
    let is = |number: &Option<WaId>, other: Option<&str>| {
        number.as_ref().zip(other).is_some_and(|(number, other)| number.as_str() == other)
    };
    let (customer, ours) = (customer.map(WaId::as_str), ours.as_deref());
    if is(&message.from, customer) || is(&to.to, ours) {
        Some(false)
    } else if is(&message.from, ours) || is(&to.to, customer) {
        Some(true)
    } else if message.from.is_some() && to.to.is_none() && ours.is_some() {
        // In a thread of two: the customer, spelt unlike the thread (as in Brazil and Mexico).
        Some(false)
    } else {
        None
    }
}

/// Reads a message with media that follows a history, written by a customer.
pub(in crate::webhook) fn read_message(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let (message, addressed) = echo::read_message(item.raw, item.shared)?;
    let contact = message.contact.clone();
    let media = HistoryMessage::new(message, addressed, Some(false), contact);
    Ok(Event::HistoryMedia(Box::new(media)))
}

/// Reads a message with media that follows a history, written by the business.
pub(in crate::webhook) fn read_echo(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let (message, addressed) = echo::read_message(item.raw, item.shared)?;
    let contact = item.shared.contacts.find(addressed.ids());
    let media = HistoryMessage::new(message, addressed, Some(true), contact);
    Ok(Event::HistoryMedia(Box::new(media)))
}
