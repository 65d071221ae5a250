//! What customers want to get from the business.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/user_preferences>

use crate::{
    id::{AccountId, PhoneNumberId, UserId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::{Contact, Event, contact::ids, items::Item, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;
use std::sync::Arc;

/// A customer stopped or resumed a category of messages (field `user_preferences`).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preference {
    /// What they stop or resume.
    pub category: Option<PreferenceCategory>,
    /// What they want.
    pub value: PreferenceValue,
    /// What they did, in Meta's words.
    pub detail: Option<String>,
    /// When they did it.
    pub timestamp: Option<Timestamp>,
    /// Their phone number, when Meta shares it.
    pub wa_id: Option<WaId>,
    /// Their id within the business portfolio.
    pub user_id: Option<UserId>,
    /// Their id across portfolios that belong together.
    pub parent_user_id: Option<UserId>,
    /// Our number that this is about.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the customer.
    pub contact: Option<Arc<Contact>>,
    raw: Box<str>,
}
quiet_debug!(Preference { category, value, timestamp, wa_id, user_id, phone_number_id });

impl Preference {
    /// The preference's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

open_enum! {
    /// What a customer can stop or resume.
    pub enum PreferenceCategory {
        /// Marketing.
        MarketingMessages = "marketing_messages",
    }
}

open_enum! {
    /// Whether a customer wants to get something.
    pub enum PreferenceValue {
        /// No longer: do not send it.
        Stop = "stop",
        /// Again.
        Resume = "resume",
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::loose")]
    category: Option<PreferenceCategory>,
    #[serde(default, deserialize_with = "lenient::loose")]
    value: Option<PreferenceValue>,
    #[serde(default, deserialize_with = "lenient::loose")]
    detail: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::loose")]
    wa_id: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    parent_user_id: Option<UserId>,
}

/// Reads one preference.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire = serde_json::from_str(item.raw)?;
    let shared = item.shared;
    let person = ids(wire.user_id.as_ref(), wire.wa_id.as_ref(), wire.parent_user_id.as_ref());
    let contact = shared.contacts.find(person);
    Ok(Event::Preference(Preference {
        category: wire.category,
        value: lenient::required(wire.value, "value")?,
        detail: wire.detail,
        timestamp: wire.timestamp.or(shared.origin.time),
        wa_id: wire.wa_id,
        user_id: wire.user_id,
        parent_user_id: wire.parent_user_id,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact,
        raw: item.raw.into(),
    }))
}
