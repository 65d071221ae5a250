//! The people of a tenant to whom conversations are assigned.

use crate::{id::id, open::open_enum, time::Timestamp, wire::quiet_debug};
use serde::{Deserialize, Serialize};

id!(
    /// The host's id of an agent.
    AgentId
);

open_enum! {
    /// Whether an agent is there.
    pub enum Presence {
        /// There: new conversations may come.
        Online = "online",
        /// There, but nothing new for now.
        Away = "away",
        /// Not there.
        Offline = "offline",
    }
}

/// A person on the tenant's team.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Agent {
    /// The host's id.
    pub id: AgentId,
    /// What people call them.
    pub name: String,
    /// What they can do, in the host's words.
    pub skills: Vec<String>,
    /// The languages they speak, such as `en`.
    pub languages: Vec<String>,
    /// How many active conversations they may have at once.
    pub capacity: u32,
    /// How many they have. It changes in the batch that assigns or ends one.
    pub load: u32,
    /// Whether they are there.
    pub presence: Presence,
    /// When a conversation was last assigned to them.
    #[serde(default, with = "crate::time::millis::option")]
    pub assigned_at: Option<Timestamp>,
    /// When they were added.
    #[serde(with = "crate::time::millis")]
    pub created_at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(Agent { id, capacity, load, presence, assigned_at, created_at, version });

impl Agent {
    /// An agent who is offline, has no conversations, and may have `capacity` of them.
    #[must_use]
    pub fn new(
        id: impl Into<AgentId>,
        name: impl Into<String>,
        capacity: u32,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            skills: Vec::new(),
            languages: Vec::new(),
            capacity,
            load: 0,
            presence: Presence::Offline,
            assigned_at: None,
            created_at,
            version: 0,
        }
    }
}
