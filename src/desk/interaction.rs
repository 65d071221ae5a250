//! What a CRM wants on a customer's timeline, told from the store.

use crate::{
    desk::{HandlerError, Tenant, contact::Thread, handler, new_id},
    error::Result,
    id::TenantId,
    open::open_enum,
    store::{
        Change, Changes, ConversationId, DeadLetter, Fact, Job, JobId, JobKind, Lease, Outcome,
        StoredMessageId, TenantStoreExt,
    },
    time::Timestamp,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Is told what belongs on a customer's timeline, such as that of a CRM.
///
/// It is called as a [`Handler`](crate::desk::Handler) is: at least once, in order within a conversation, again after a
/// failure, and with an id by which a repeated call is told. It learns ids and times only; what was written is read with
/// [`Tenant::message`].
#[async_trait]
pub trait InteractionSink: Send + Sync + 'static {
    /// Writes it down.
    ///
    /// # Errors
    /// Any: it is called again later.
    async fn record(&self, interaction: Interaction) -> Result<(), HandlerError>;
}

/// Something that belongs on a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Interaction {
    /// Names it: a repeated call has the same.
    pub id: JobId,
    /// Whose conversation it is.
    pub tenant: TenantId,
    /// When it happened.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// What happened.
    pub kind: InteractionKind,
    /// The conversation.
    pub conversation: ConversationId,
    /// The message, if it is about one.
    pub message: Option<StoredMessageId>,
}

open_enum! {
    /// What belongs on a timeline.
    pub enum InteractionKind {
        /// The customer wrote.
        Received = "message.received",
        /// The business wrote, in its app.
        SentElsewhere = "message.sent_elsewhere",
        /// Meta took a message, or sent it on.
        Sent = "message.sent",
        /// It reached the customer's device.
        Delivered = "message.delivered",
        /// The customer saw or heard it.
        Read = "message.read",
        /// It did not get through.
        Failed = "message.failed",
        /// A conversation began.
        Opened = "conversation.opened",
    }
}

impl From<Fact> for InteractionKind {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::Accepted | Fact::Sent => Self::Sent,
            Fact::Delivered => Self::Delivered,
            Fact::Read | Fact::Played => Self::Read,
            Fact::Failed => Self::Failed,
        }
    }
}

/// What a job to tell it holds.
#[derive(Serialize, Deserialize)]
struct Told {
    interaction: InteractionKind,
    id: JobId,
    #[serde(with = "crate::time::millis")]
    at: Timestamp,
    conversation: ConversationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<StoredMessageId>,
}

impl Told {
    /// The job to tell it; none where it cannot be written.
    fn job(&self, now: Timestamp) -> Option<Job> {
        let payload = serde_json::to_string(self).ok()?;
        let group = format!("interaction:{}", self.conversation);
        Some(Job::new(self.id.clone(), JobKind::Interaction, group, now).payload(payload))
    }
}

/// The job in a dead letter whose sink failed.
pub(super) fn job_of(letter: &DeadLetter, now: Timestamp) -> Option<Job> {
    serde_json::from_slice::<Told>(&letter.body).ok()?.job(now)
}

/// Tells the sink what a job holds.
pub(super) async fn tell(tenant: &Tenant, lease: &Lease) -> Result<()> {
    let told = serde_json::from_str::<Told>(&lease.job.payload);
    if let Ok(told) = &told
        && tenant.store.conversation(&told.conversation).await?.is_none()
    {
        // The person was erased since.
        return tenant.settle(lease, Outcome::Done, Changes::at(tenant.desk.now())).await;
    }
    let Some(sink) = tenant.desk.0.settings.interactions.clone() else {
        return handler::leave(tenant, lease).await;
    };
    let tenant_id = tenant.id.clone();
    handler::call(tenant, lease, async move {
        let Told { interaction: kind, id, at, conversation, message } = told?;
        sink.record(Interaction { id, tenant: tenant_id, at, kind, conversation, message }).await
    })
    .await
}

impl Tenant {
    /// Adds to `changes` that the sink is to be told, if the desk has one.
    pub(super) fn tells(
        &self,
        interaction: InteractionKind,
        at: Timestamp,
        conversation: &ConversationId,
        message: Option<&StoredMessageId>,
        changes: Changes,
    ) -> Changes {
        if self.desk.0.settings.interactions.is_none() {
            return changes;
        }
        let (conversation, message) = (conversation.clone(), message.cloned());
        let told = Told { interaction, id: new_id().into(), at, conversation, message };
        match told.job(changes.now()) {
            Some(job) => changes.with(Change::Enqueue(job, None)),
            None => changes,
        }
    }

    /// Adds to `changes` what goes with a conversation that begins, if this one does.
    pub(super) fn opens(&self, thread: &Thread, changes: Changes) -> Changes {
        if !thread.is_new() {
            return changes;
        }
        let now = changes.now();
        let changes = changes.count(now, "conversations.opened", 1);
        self.tells(InteractionKind::Opened, now, &thread.conversation.id, None, changes)
    }
}
