//! What Meta reads out of the chats with people who came by an advertisement.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/automatic_events>

use crate::{
    id::{AccountId, MessageId, PhoneNumberId},
    open::open_enum,
    time::Timestamp,
    webhook::{Event, items::Item, lenient},
    wire::{self, quiet_debug},
};
use serde::Deserialize;
use std::sync::Arc;

/// Meta thinks that somebody who came by an advertisement gave their details or bought something (field
/// `automatic_events`).
///
/// It does not say who that is; the message does.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct AutomaticEvent {
    /// The message it was read out of (`id` on the wire).
    pub message_id: MessageId,
    /// What it is (`event_name` on the wire).
    pub name: AutomaticEventName,
    /// When it happened.
    pub timestamp: Option<Timestamp>,
    /// The click on the advertisement: what the Conversions API wants to know.
    pub ctwa_clid: Option<String>,
    /// The currency of a purchase (`custom_data.currency` on the wire).
    pub currency: Option<String>,
    /// The amount of a purchase (`custom_data.value` on the wire).
    pub value: Option<f64>,
    /// Our number.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    raw: Box<str>,
}
quiet_debug!(AutomaticEvent { message_id, name, timestamp, phone_number_id });

impl AutomaticEvent {
    /// The event's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

open_enum! {
    /// What Meta read out of a chat.
    pub enum AutomaticEventName {
        /// Somebody gave their details.
        LeadSubmitted = "LeadSubmitted",
        /// Somebody bought something.
        Purchase = "Purchase",
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::loose")]
    id: Option<MessageId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    event_name: Option<AutomaticEventName>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::loose")]
    ctwa_clid: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    custom_data: CustomData,
}

#[derive(Default, Deserialize)]
struct CustomData {
    #[serde(default, deserialize_with = "lenient::loose")]
    currency: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    value: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount(#[serde(deserialize_with = "wire::decimal")] f64);

/// Reads one event.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire = serde_json::from_str(item.raw)?;
    let shared = item.shared;
    Ok(Event::AutomaticEvent(AutomaticEvent {
        message_id: lenient::required(wire.id, "id")?,
        name: lenient::required(wire.event_name, "event_name")?,
        timestamp: wire.timestamp.or(shared.origin.time),
        ctwa_clid: wire.ctwa_clid,
        currency: wire.custom_data.currency,
        value: wire.custom_data.value.map(|amount| amount.0),
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        raw: item.raw.into(),
    }))
}
