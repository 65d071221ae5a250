//! Threads between our numbers and people.

use crate::{
    id::{PhoneNumberId, id},
    open::open_enum,
    store::{AgentId, ContactId},
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

id!(
    /// Our id of a conversation.
    ConversationId
);
id!(
    /// The host's id of a customer.
    CustomerId
);
id!(
    /// The host's id of a lead.
    LeadId
);

open_enum! {
    /// Where a conversation is in its life.
    pub enum ConversationState {
        /// Going on. There is one such conversation for a number and a contact.
        Active = "active",
        /// Over; a new message opens another.
        Closed = "closed",
        /// Over and put away.
        Archived = "archived",
    }
}

/// The thread between one of our numbers and one contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conversation {
    /// Our id.
    pub id: ConversationId,
    /// Our number.
    pub number: PhoneNumberId,
    /// The other side.
    pub contact: ContactId,
    /// Where it is in its life.
    pub state: ConversationState,
    /// When it began.
    #[serde(with = "crate::time::millis")]
    pub opened_at: Timestamp,
    /// The last message either way.
    #[serde(with = "crate::time::millis")]
    pub last_message_at: Timestamp,
    /// The last message from the contact, by Meta's clock.
    #[serde(default, with = "crate::time::millis::option")]
    pub last_inbound_at: Option<Timestamp>,
    /// How many messages from the contact nobody has seen.
    pub unread: u64,
    /// When it was closed; `None` while it is active.
    #[serde(default, with = "crate::time::millis::option")]
    pub closed_at: Option<Timestamp>,
    /// The agent who answers.
    pub assignee: Option<AgentId>,
    /// Since when.
    #[serde(default, with = "crate::time::millis::option")]
    pub assigned_at: Option<Timestamp>,
    /// Since when it waits for an agent: since the contact wrote, or since somebody gave it back or opened it again. `None` when
    /// somebody has it, when it is over, and when we wrote first and nobody answered.
    #[serde(default, with = "crate::time::millis::option")]
    pub waiting_since: Option<Timestamp>,
    /// The customer of the host that the contact is.
    pub customer: Option<CustomerId>,
    /// The lead of the host that it is about.
    pub lead: Option<LeadId>,
    /// What the host wants to remember with it.
    #[serde(default)]
    pub context: BTreeMap<String, String>,
    /// Raised by each change.
    pub version: u64,
}

// What the host remembers may be about the person.
quiet_debug!(Conversation {
    id,
    number,
    contact,
    state,
    opened_at,
    last_message_at,
    last_inbound_at,
    unread,
    closed_at,
    assignee,
    assigned_at,
    waiting_since,
    version
});

impl Conversation {
    /// A conversation that begins now.
    #[must_use]
    pub fn new(
        id: impl Into<ConversationId>,
        number: impl Into<PhoneNumberId>,
        contact: impl Into<ContactId>,
        opened_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            number: number.into(),
            contact: contact.into(),
            state: ConversationState::Active,
            opened_at,
            last_message_at: opened_at,
            last_inbound_at: None,
            unread: 0,
            closed_at: None,
            assignee: None,
            assigned_at: None,
            waiting_since: None,
            customer: None,
            lead: None,
            context: BTreeMap::new(),
            version: 0,
        }
    }
}

/// A word that agents put on a conversation to find it again. A conversation has each word once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tag {
    /// The conversation.
    pub conversation: ConversationId,
    /// The word.
    pub name: String,
    /// When it was put there.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
}

quiet_debug!(Tag { conversation, at });

impl Tag {
    /// A word on a conversation.
    #[must_use]
    pub fn new(conversation: impl Into<ConversationId>, name: impl Into<String>, at: Timestamp) -> Self {
        Self { conversation: conversation.into(), name: name.into(), at }
    }
}
