//! Entries of the audit trail.

use crate::{
    desk::new_id,
    store::{AuditEntry, Subject},
    time::Timestamp,
};
use serde_json::Value;

/// An entry to be written in the same batch as the change that it tells of.
pub(super) fn entry(
    subject: Subject,
    actor: &str,
    action: &str,
    detail: &Value,
    now: Timestamp,
) -> AuditEntry {
    AuditEntry::new(new_id(), now, subject, actor, action).detail(detail.to_string())
}
