//! The audit trail: who did what to which thing, written in the batch that does it.

use crate::{
    desk::{Tenant, new_id},
    error::Result,
    store::{
        AgentId, AuditEntry, ContactId, ConversationId, Page, PageRequest, Subject, SubjectKind,
        TenantStoreExt,
    },
    time::Timestamp,
};
use serde_json::Value;

/// Who did what happens by itself.
pub(super) const DESK: &str = "desk";

/// Who did what Meta reports.
pub(super) const META: &str = "meta";

/// An entry to be written with the change that it tells of.
pub(super) fn entry(
    subject: impl Into<Subject>,
    actor: &str,
    action: &str,
    detail: &Value,
    now: Timestamp,
) -> AuditEntry {
    AuditEntry::new(new_id(), now, subject.into(), actor, action).detail(detail.to_string())
}

impl From<&ConversationId> for Subject {
    fn from(id: &ConversationId) -> Self {
        Self::new(SubjectKind::Conversation, id.as_str())
    }
}

impl From<&ContactId> for Subject {
    fn from(id: &ContactId) -> Self {
        Self::new(SubjectKind::Contact, id.as_str())
    }
}

impl From<&AgentId> for Subject {
    fn from(id: &AgentId) -> Self {
        Self::new(SubjectKind::Agent, id.as_str())
    }
}

impl Tenant {
    /// What was done to one thing: by whom, when, and the particulars.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn audit_of(&self, subject: impl Into<Subject>, page: PageRequest) -> Result<Page<AuditEntry>> {
        Ok(self.store.audit_of(&subject.into(), page).await?)
    }
}
