//! Who joins and leaves a group.

use crate::{
    error::ApiError,
    id::{UserId, WaId},
    open::open_enum,
    webhook::{contact::ids, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;

/// People who joined a group.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ParticipantsAdd {
    /// Who joined (`added_participants` on the wire).
    #[serde(rename = "added_participants", default, deserialize_with = "lenient::list")]
    pub participants: Vec<GroupParticipant>,
    /// How they joined, such as `invite_link`.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub reason: Option<String>,
}

/// People who left a group or were removed from it, and those who could not be removed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ParticipantsRemove {
    /// Who is gone (`removed_participants` on the wire).
    #[serde(rename = "removed_participants", default, deserialize_with = "lenient::list")]
    pub participants: Vec<GroupParticipant>,
    /// Who could not be removed, each with the reason (`failed_participants` on the wire).
    #[serde(rename = "failed_participants", default, deserialize_with = "lenient::list")]
    pub failed: Vec<GroupParticipant>,
    /// Whether we removed them or they left.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub initiated_by: Option<GroupInitiator>,
}

/// Somebody in a group.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct GroupParticipant {
    /// The number or id by which our request named them; absent when they joined or left by themselves.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub input: Option<String>,
    /// Their phone number, when Meta shares it.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub wa_id: Option<WaId>,
    /// Their id within the business portfolio.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub user_id: Option<UserId>,
    /// Their id across portfolios that belong together.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub parent_user_id: Option<UserId>,
    /// Their username; they may change it at any time.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub username: Option<String>,
    /// Why they could not be removed.
    #[serde(default, deserialize_with = "lenient::list")]
    pub errors: Vec<ApiError>,
}
quiet_debug!(GroupParticipant { wa_id, user_id, parent_user_id, errors });

impl GroupParticipant {
    /// Ids to find them by among the contacts.
    pub(super) fn ids(&self) -> [Option<&str>; 3] {
        let [user_id, wa_id, parent] =
            ids(self.user_id.as_ref(), self.wa_id.as_ref(), self.parent_user_id.as_ref());
        // What a request named them by is the only id there is, or one of the others.
        [user_id.or(self.input.as_deref()), wa_id, parent]
    }
}

open_enum! {
    /// Who made somebody leave a group.
    pub enum GroupInitiator {
        /// We did.
        Business = "business",
        /// They did themselves.
        Participant = "participant",
    }
}

/// Somebody asks to join a group, or no longer does.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GroupJoinRequest {
    /// Meta's id of the request (`join_request_id` on the wire): approve or reject it by this.
    #[serde(rename = "join_request_id", default, deserialize_with = "lenient::loose")]
    pub id: Option<String>,
    /// Their phone number, when Meta shares it.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub wa_id: Option<WaId>,
    /// Their id within the business portfolio.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub user_id: Option<UserId>,
    /// Their id across portfolios that belong together.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub parent_user_id: Option<UserId>,
    /// Their username; they may change it at any time.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub username: Option<String>,
    /// How they came to ask, such as `invite_link`.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub reason: Option<String>,
}
quiet_debug!(GroupJoinRequest { id, wa_id, user_id, parent_user_id });

impl GroupJoinRequest {
    /// Ids to find them by among the contacts.
    pub(super) fn ids(&self) -> [Option<&str>; 3] {
        ids(self.user_id.as_ref(), self.wa_id.as_ref(), self.parent_user_id.as_ref())
    }
}
