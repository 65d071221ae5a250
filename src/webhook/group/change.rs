//! What can happen to a group.

use super::{
    participant::{GroupJoinRequest, ParticipantsAdd, ParticipantsRemove},
    settings::GroupSettings,
};
use crate::{
    open::open_enum,
    webhook::{items::Item, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;

/// What happened to a group, or was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum GroupChange {
    /// It was created (`group_create` on the wire).
    Create(GroupCreate),
    /// It was deleted (`group_delete` on the wire).
    Delete,
    /// People joined (`group_participants_add` on the wire).
    ParticipantsAdd(ParticipantsAdd),
    /// People left or were removed (`group_participants_remove` on the wire).
    ParticipantsRemove(ParticipantsRemove),
    /// Somebody asks to join (`group_join_request_created` on the wire).
    JoinRequestCreated(GroupJoinRequest),
    /// Somebody no longer asks to join (`group_join_request_revoked` on the wire).
    JoinRequestRevoked(GroupJoinRequest),
    /// Its subject, description or picture was changed (`group_settings_update` on the wire).
    Settings(Box<GroupSettings>),
    /// It was suspended by Meta (`group_suspend` on the wire).
    Suspend,
    /// It is suspended no longer (`group_suspend_cleared` on the wire).
    SuspendCleared,
    /// Something this version has no variant for: see [`GroupUpdate::kind`](super::GroupUpdate::kind).
    Unknown,
}

impl GroupChange {
    /// Whom this is about, if it is about one person.
    pub(super) fn person(&self) -> Option<[Option<&str>; 3]> {
        let participants = match self {
            Self::JoinRequestCreated(request) | Self::JoinRequestRevoked(request) => {
                return Some(request.ids());
            }
            Self::ParticipantsAdd(add) => &add.participants,
            Self::ParticipantsRemove(remove) => &remove.participants,
            _ => return None,
        };
        match participants.as_slice() {
            [participant] => Some(participant.ids()),
            _ => None,
        }
    }
}

/// A new group, or one that could not be created.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GroupCreate {
    /// Its subject.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub subject: Option<String>,
    /// Its description.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub description: Option<String>,
    /// The link by which people join; absent when it could not be created.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub invite_link: Option<String>,
    /// Whether we have to approve who joins.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub join_approval_mode: Option<JoinApprovalMode>,
}
quiet_debug!(GroupCreate { join_approval_mode });

open_enum! {
    /// Whether the business has to approve who joins a group.
    pub enum JoinApprovalMode {
        /// Whoever has the link joins.
        AutoApprove = "auto_approve",
        /// The business approves each.
        ApprovalRequired = "approval_required",
    }
}

/// Reads what a known type says.
pub(super) fn read(kind: &str, item: &Item<'_>) -> Result<GroupChange, serde_json::Error> {
    Ok(match kind {
        "group_create" => GroupChange::Create(serde_json::from_str(item.raw)?),
        "group_delete" => GroupChange::Delete,
        "group_participants_add" => GroupChange::ParticipantsAdd(serde_json::from_str(item.raw)?),
        "group_participants_remove" => {
            let mut remove: ParticipantsRemove = serde_json::from_str(item.raw)?;
            remove.initiated_by = remove.initiated_by.or_else(|| item.of_the_value("initiated_by"));
            GroupChange::ParticipantsRemove(remove)
        }
        "group_join_request_created" => GroupChange::JoinRequestCreated(serde_json::from_str(item.raw)?),
        "group_join_request_revoked" => GroupChange::JoinRequestRevoked(serde_json::from_str(item.raw)?),
        "group_settings_update" => GroupChange::Settings(Box::new(serde_json::from_str(item.raw)?)),
        "group_suspend" => GroupChange::Suspend,
        "group_suspend_cleared" => GroupChange::SuspendCleared,
        _ => GroupChange::Unknown,
    })
}
