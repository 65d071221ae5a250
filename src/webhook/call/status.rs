//! How a call of ours is taken at the other end.

use crate::{
    error::ApiError,
    id::{AccountId, CallId, PhoneNumberId, UserId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::{Contact, Event, contact::ids, items::Item, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;
use std::sync::Arc;

/// How a call of ours is taken at the other end (`statuses` of the field `calls`).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CallStatus {
    /// Meta's id of the call.
    pub id: CallId,
    /// What happened.
    pub status: CallStatusKind,
    /// When that was.
    pub timestamp: Option<Timestamp>,
    /// The phone number that is called, when Meta shares it.
    pub recipient_id: Option<WaId>,
    /// The called person's id within the business portfolio.
    pub recipient_user_id: Option<UserId>,
    /// The called person's id across portfolios that belong together.
    pub recipient_parent_user_id: Option<UserId>,
    /// What we gave along with the call (`biz_opaque_callback_data` on the wire). More than a word fits in there: see
    /// [`payload`](crate::payload).
    pub callback_data: Option<String>,
    /// What went wrong; also what stands beside the status on the wire.
    pub errors: Vec<ApiError>,
    /// Our number that calls.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the called person.
    pub contact: Option<Arc<Contact>>,
    raw: Box<str>,
}
quiet_debug!(CallStatus { id, status, timestamp, recipient_id, recipient_user_id, phone_number_id, errors });

impl CallStatus {
    /// The status's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

open_enum! {
    /// How a call of ours is taken at the other end.
    pub enum CallStatusKind {
        /// Their phone rings.
        Ringing = "RINGING",
        /// They picked up.
        Accepted = "ACCEPTED",
        /// They declined.
        Rejected = "REJECTED",
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::loose")]
    id: Option<CallId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    status: Option<CallStatusKind>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::loose")]
    recipient_id: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    recipient_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    recipient_parent_user_id: Option<UserId>,
    /// The name of the former until May 2026.
    #[serde(default, deserialize_with = "lenient::loose")]
    parent_recipient_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    biz_opaque_callback_data: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<ApiError>,
}

/// Reads one status of a call.
pub(in crate::webhook) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire = serde_json::from_str(item.raw)?;
    let shared = item.shared;
    let parent = wire.recipient_parent_user_id.or(wire.parent_recipient_user_id);
    let called = ids(wire.recipient_user_id.as_ref(), wire.recipient_id.as_ref(), parent.as_ref());
    let contact = shared.contacts.find(called);
    Ok(Event::CallStatus(CallStatus {
        id: lenient::required(wire.id, "id")?,
        status: lenient::required(wire.status, "status")?,
        timestamp: wire.timestamp.or(shared.origin.time),
        recipient_id: wire.recipient_id,
        recipient_user_id: wire.recipient_user_id,
        recipient_parent_user_id: parent,
        callback_data: wire.biz_opaque_callback_data,
        errors: wire.errors,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact,
        raw: item.raw.into(),
    }))
}
