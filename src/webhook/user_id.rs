//! New user ids of customers.

use crate::{
    id::{AccountId, PhoneNumberId, UserId, WaId},
    time::Timestamp,
    webhook::{Contact, Event, items::Item, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;
use std::sync::Arc;

/// A customer's user id changed (field `user_id_update`).
///
/// Meta withdrew this field in August 2026 and reports the change by a message of type `system` instead. It is read for
/// the deliveries that were stored.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserIdChange {
    /// Their id within the business portfolio from now on (`user_id.current` on the wire).
    pub user_id: UserId,
    /// What it was (`user_id.previous` on the wire).
    pub previous_user_id: Option<UserId>,
    /// Their id across portfolios that belong together from now on (`parent_user_id.current` on the wire).
    pub parent_user_id: Option<UserId>,
    /// What that was (`parent_user_id.previous` on the wire).
    pub previous_parent_user_id: Option<UserId>,
    /// Their phone number, when Meta shares it.
    pub wa_id: Option<WaId>,
    /// What happened, in Meta's words.
    pub detail: Option<String>,
    /// When it happened.
    pub timestamp: Option<Timestamp>,
    /// Our number that they wrote to.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the customer.
    pub contact: Option<Arc<Contact>>,
    raw: Box<str>,
}
quiet_debug!(UserIdChange { user_id, previous_user_id, timestamp, wa_id, phone_number_id });

impl UserIdChange {
    /// The change's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::or_default")]
    user_id: Change,
    #[serde(default, deserialize_with = "lenient::or_default")]
    parent_user_id: Change,
    #[serde(default, deserialize_with = "lenient::loose")]
    wa_id: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    detail: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
struct Change {
    #[serde(default, deserialize_with = "lenient::loose")]
    previous: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    current: Option<UserId>,
}

/// Reads one change.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire = serde_json::from_str(item.raw)?;
    let shared = item.shared;
    let user_id = lenient::required(wire.user_id.current, "current")?;
    // A contact may still have the old id.
    let old = wire.user_id.previous.as_ref().map(UserId::as_str);
    let person = [Some(user_id.as_str()), old, wire.wa_id.as_ref().map(WaId::as_str)];
    let contact = shared.contacts.find(person);
    Ok(Event::UserIdChange(UserIdChange {
        user_id,
        previous_user_id: wire.user_id.previous,
        parent_user_id: wire.parent_user_id.current,
        previous_parent_user_id: wire.parent_user_id.previous,
        wa_id: wire.wa_id,
        detail: wire.detail,
        timestamp: wire.timestamp.or(shared.origin.time),
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact,
        raw: item.raw.into(),
    }))
}
