//! Conversations that are closed by themselves when nobody writes any more.

use crate::{
    desk::{TRIES, Tenant, audit::DESK, conversation::life::turning, new_id},
    error::Result,
    store::{
        Change, Changes, Conversation, ConversationId, ConversationState, Job, JobKind, Lease, Outcome,
        StoreError, TenantStoreExt,
    },
    time::Timestamp,
};
use std::time::Duration;

/// Adds to `changes` the job that closes a conversation, which begins or goes on, when it is idle.
///
/// The job stays as it is while messages come: it looks for itself when the last one came.
pub(in crate::desk) fn watch(tenant: &Tenant, conversation: &Conversation, changes: Changes) -> Changes {
    let Some(span) = (tenant.desk.0.settings.rules.policy)(&tenant.id).close_after else { return changes };
    let id = &conversation.id;
    let job = Job::new(new_id(), JobKind::CloseIdle, format!("close:{id}"), changes.now() + span);
    changes.with(Change::Enqueue(job.payload(id.as_str()), None))
}

/// Closes a conversation that is idle, or looks again when it could be.
pub(in crate::desk) async fn close_idle(tenant: &Tenant, lease: Lease) -> Result<()> {
    let id = ConversationId::from(lease.job.payload.as_str());
    let mut tries = 0;
    loop {
        tries += 1;
        let mut changes = Changes::at(tenant.desk.now());
        let mut outcome = Outcome::Done;
        let found = tenant.store.conversation(&id).await?;
        let span = (tenant.desk.0.settings.rules.policy)(&tenant.id).close_after;
        if let (Some(found), Some(span)) = (found, span)
            && found.state == ConversationState::Active
        {
            match idle_at(&found, span) {
                due if due > changes.now() => outcome = Outcome::Again(due),
                _ => changes = turning(tenant, found, &ConversationState::Closed, DESK, changes).await?,
            }
        }
        match tenant.finish(&lease, outcome, changes).await {
            Ok(_) | Err(StoreError::LeaseLost) => return Ok(()),
            Err(StoreError::Conflict(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// When a conversation is idle, unless another message comes.
fn idle_at(conversation: &Conversation, span: Duration) -> Timestamp {
    conversation.last_message_at.max(conversation.opened_at) + span
}
