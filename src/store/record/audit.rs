//! What happened to something, and who did it.

use crate::{id::id, open::open_enum, time::Timestamp, wire::quiet_debug};
use serde::{Deserialize, Serialize};

id!(
    /// Our id of an entry of the audit trail.
    AuditEntryId
);

open_enum! {
    /// The kind of thing that an entry of the audit trail is about.
    pub enum SubjectKind {
        /// The tenant.
        Tenant = "tenant",
        /// A contact.
        Contact = "contact",
        /// A conversation.
        Conversation = "conversation",
        /// A message.
        Message = "message",
        /// An agent.
        Agent = "agent",
        /// A template.
        Template = "template",
        /// A business phone number.
        Number = "number",
    }
}

/// What an entry of the audit trail is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its id.
    pub id: String,
}

impl Subject {
    /// The thing of a kind with an id.
    #[must_use]
    pub fn new(kind: SubjectKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// One entry of the audit trail: it is written with the change that it tells of, and never changed.
///
/// Notes that agents write on a conversation are entries, too.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Our id; later entries have greater ones.
    pub id: AuditEntryId,
    /// When it happened.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// What it is about.
    pub subject: Subject,
    /// Who did it: the id of an agent or a user of the host, `desk` for what happens by itself, `meta` for what Meta reports.
    pub actor: String,
    /// What was done, such as `conversation.assigned`.
    pub action: String,
    /// The particulars, as JSON; the action says how to read them.
    pub detail: String,
}

quiet_debug!(AuditEntry { id, at, action });

impl AuditEntry {
    /// An entry without particulars.
    #[must_use]
    pub fn new(
        id: impl Into<AuditEntryId>,
        at: Timestamp,
        subject: Subject,
        actor: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self { id: id.into(), at, subject, actor: actor.into(), action: action.into(), detail: String::new() }
    }

    /// Sets the particulars.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}
