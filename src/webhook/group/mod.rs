//! What happens to groups: they are created, people join and leave, settings change.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/groups/webhooks>

mod change;
mod participant;
mod settings;

pub use change::{GroupChange, GroupCreate, JoinApprovalMode};
pub use participant::{
    GroupInitiator, GroupJoinRequest, GroupParticipant, ParticipantsAdd, ParticipantsRemove,
};
pub use settings::{GroupPicture, GroupSettings, GroupText};

use crate::{
    error::ApiError,
    id::{AccountId, GroupId, PhoneNumberId},
    time::Timestamp,
    webhook::{Contact, Event, items::Item, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;
use std::{borrow::Cow, sync::Arc};

/// Something that happened to a group, or that we asked for and that failed.
///
/// It comes under one of the fields `group_lifecycle_update`, `group_participants_update`, `group_settings_update` and
/// `group_status_update`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct GroupUpdate {
    /// The group; absent when it could not be created.
    pub group_id: Option<GroupId>,
    /// When it happened.
    pub timestamp: Option<Timestamp>,
    /// The request of ours that led to this; absent when somebody else did it.
    pub request_id: Option<String>,
    /// What happened, or was asked for: see [`errors`](Self::errors).
    pub change: GroupChange,
    /// Why it did not happen. Empty when all is well, or when only a part failed.
    pub errors: Vec<ApiError>,
    /// Our number that the group belongs to.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of the one person that this is about, if it is about one.
    pub contact: Option<Arc<Contact>>,
    pub(super) field: Box<str>,
    kind: Box<str>,
    raw: Box<str>,
}
quiet_debug!(GroupUpdate { group_id, timestamp, kind, change, phone_number_id, errors });

impl GroupUpdate {
    /// What happened as Meta spells it, such as `group_create` (`type` on the wire).
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The group's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "type", default, deserialize_with = "lenient::word")]
    kind: Cow<'a, str>,
    #[serde(default, deserialize_with = "lenient::loose")]
    group_id: Option<GroupId>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::loose")]
    request_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<ApiError>,
}

/// Reads one change of a group.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire<'_> = serde_json::from_str(item.raw)?;
    lenient::required((!wire.kind.is_empty()).then_some(()), "type")?;
    let change = change::read(&wire.kind, item)?;
    let shared = item.shared;
    Ok(Event::Group(GroupUpdate {
        group_id: wire.group_id,
        timestamp: wire.timestamp.or(shared.origin.time),
        request_id: wire.request_id,
        contact: change.person().and_then(|ids| shared.contacts.find(ids)),
        change,
        errors: wire.errors,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        field: shared.origin.field.into(),
        kind: wire.kind.into(),
        raw: item.raw.into(),
    }))
}
