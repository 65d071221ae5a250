//! People, as the store knows them.

use crate::{
    id::{UserId, WaId, id},
    recipient::Recipient,
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

id!(
    /// Our id of a contact.
    ContactId
);

/// One of the names by which Meta may speak of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// A WhatsApp phone number.
    Phone(WaId),
    /// A business-scoped user id.
    UserId(UserId),
    /// A parent business-scoped user id.
    ParentUserId(UserId),
}

impl Identity {
    /// The kind of identity, as stores spell it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::UserId(_) => "user_id",
            Self::ParentUserId(_) => "parent_user_id",
        }
    }

    /// The identity itself.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Phone(wa_id) => wa_id.as_str(),
            Self::UserId(id) | Self::ParentUserId(id) => id.as_str(),
        }
    }

    /// Puts together what [`kind`](Self::kind) and [`value`](Self::value) took apart.
    #[must_use]
    pub fn from_parts(kind: &str, value: &str) -> Option<Self> {
        match kind {
            "phone" => Some(Self::Phone(value.into())),
            "user_id" => Some(Self::UserId(value.into())),
            "parent_user_id" => Some(Self::ParentUserId(value.into())),
            _ => None,
        }
    }
}

/// The address to write to.
impl From<&Identity> for Recipient {
    fn from(identity: &Identity) -> Self {
        match identity {
            Identity::Phone(wa_id) => wa_id.into(),
            Identity::UserId(id) | Identity::ParentUserId(id) => id.into(),
        }
    }
}

/// A person, known by a set of identities. No two contacts of a tenant share an identity.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contact {
    /// Our id.
    pub id: ContactId,
    /// Every identity seen so far, without repeats.
    pub identities: Vec<Identity>,
    /// The name of the WhatsApp profile.
    pub name: Option<String>,
    /// The contact that this one turned out to be, when a person said so. It has no identities then.
    pub merged_into: Option<ContactId>,
    /// When the contact was first seen.
    #[serde(with = "crate::time::millis")]
    pub created_at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(Contact { id, merged_into, created_at, version });

impl Contact {
    /// A contact first seen now.
    #[must_use]
    pub fn new(
        id: impl Into<ContactId>,
        identities: impl IntoIterator<Item = Identity>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            identities: identities.into_iter().collect(),
            name: None,
            merged_into: None,
            created_at,
            version: 0,
        }
    }
}
