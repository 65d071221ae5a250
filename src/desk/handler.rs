//! What the host does with what happened: from the store, so that nothing is left out.
//!
//! The batch that applies an event also enqueues a job that hands it on. So an event that was acknowledged is handled,
//! whatever becomes of the process.

use crate::{
    desk::{Tenant, new_id, usage},
    error::Result,
    id::PhoneNumberId,
    secret::hex,
    store::{
        Change, Changes, ConversationId, DeadLetter, Job, JobId, JobKind, Lease, Mark, Outcome,
        StoredMessageId, TenantStoreExt,
    },
    time::Timestamp,
    webhook::{Delivery, Event},
    wire::quiet_debug,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{error::Error as StdError, time::Duration};

/// How a handler fails. The text is kept with the dead letter when it is given up.
pub type HandlerError = Box<dyn StdError + Send + Sync>;

/// What the host does when something happened; an async function of an [`Incoming`] is one.
///
/// It is called by [`Desk::run`](crate::desk::Desk::run) and [`Desk::step`](crate::desk::Desk::step) after the event was
/// applied: at least once, in order within a conversation, and once more after a failure, a panic or the end of its process
/// ([`Incoming::id`] is the same then). While it fails, what comes after it in its conversation waits; after
/// [`handler_tries`](crate::desk::DeskBuilder::handler_tries) the event goes to the
/// [dead letters](Tenant::dead_letters).
///
/// Until it is handled, an event waits in the store as it came. What is about a message or a conversation that is erased
/// meanwhile is not handed on.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> whatsapp_business::Result<()> {
/// use whatsapp_business::{Desk, desk::Incoming, store::MemoryStore, webhook::Event};
///
/// let desk = Desk::builder(MemoryStore::default())
///     .on_event(async |incoming: Incoming| {
///         if let Event::Message(message) = &incoming.event {
///             println!("{:?} wrote a {}", incoming.conversation, message.kind());
///         }
///         Ok(())
///     })
///     .build();
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Does what is to be done.
    ///
    /// # Errors
    /// Any: it is called again later.
    async fn handle(&self, incoming: Incoming) -> Result<(), HandlerError>;
}

#[async_trait]
impl<F, R> Handler for F
where
    F: Fn(Incoming) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), HandlerError>> + Send,
{
    async fn handle(&self, incoming: Incoming) -> Result<(), HandlerError> {
        self(incoming).await
    }
}

/// An event that was applied, for a [`Handler`].
#[derive(Clone)]
#[non_exhaustive]
pub struct Incoming {
    /// Names the event: who keeps it tells a repeated call from a new one.
    pub id: JobId,
    /// Whose it is; answers go out by it.
    pub tenant: Tenant,
    /// What happened.
    pub event: Event,
    /// The conversation it belongs to, if it belongs to one: what is written in a group belongs to none.
    pub conversation: Option<ConversationId>,
    /// Our id of the message that came, or that the event is about.
    pub message: Option<StoredMessageId>,
    /// Which call this is: 1 is the first.
    pub attempt: u32,
}
quiet_debug!(Incoming { id, tenant, conversation, message, attempt });

/// The waits before another call; the last one again and again.
const LADDER: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(1800),
];

/// How long a job waits for a desk that has what it takes.
const LEFT: Duration = Duration::from_secs(60);

/// What a job to call the handler holds.
#[derive(Serialize, Deserialize)]
struct Task<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<StoredMessageId>,
    /// The body of a delivery with the event alone.
    #[serde(borrow)]
    delivery: &'a RawValue,
}

/// The job to call the handler with `event`; none where it cannot be written.
fn job(
    event: &Event,
    conversation: Option<ConversationId>,
    message: Option<StoredMessageId>,
    now: Timestamp,
) -> Option<Job> {
    let group = match (&conversation, event.phone_number_id()) {
        (Some(conversation), _) => format!("handle:{conversation}"),
        (None, number) => format!("handle:{}", number.map_or("", PhoneNumberId::as_str)),
    };
    let body = event.to_body();
    let delivery = serde_json::from_str(&body).ok()?;
    let payload = serde_json::to_string(&Task { conversation, message, delivery }).ok()?;
    // The same for the same event, so that a handler can tell that it saw it.
    let id = hex(Mark::of(&event.key()).as_bytes());
    Some(Job::new(id, JobKind::Handle, group, now).payload(payload))
}

/// The job in a dead letter whose handler failed.
pub(super) fn job_of(letter: &DeadLetter, now: Timestamp) -> Option<Job> {
    let payload = std::str::from_utf8(&letter.body).ok()?;
    let task: Task<'_> = serde_json::from_str(payload).ok()?;
    let event = read(&task)?;
    job(&event, task.conversation, task.message, now)
}

fn read(task: &Task<'_>) -> Option<Event> {
    let mut events = Delivery::unverified(task.delivery.get().as_bytes()).ok()?.into_events().into_iter();
    events.next().filter(|_| events.next().is_none())
}

/// Calls the handler with the event of a job.
pub(super) async fn handle(tenant: &Tenant, lease: &Lease) -> Result<()> {
    match (incoming(tenant, lease).await?, tenant.desk.0.settings.handler.clone()) {
        (Call::Not, _) => tenant.settle(lease, Outcome::Done, Changes::at(tenant.desk.now())).await,
        (_, None) => leave(tenant, lease).await,
        (Call::Unreadable, _) => give_up(tenant, lease, "the event cannot be read").await,
        (Call::Of(incoming), Some(handler)) => {
            call(tenant, lease, async move { handler.handle(*incoming).await }).await
        }
    }
}

/// Makes a call to the host, and settles its job by what comes of it.
pub(super) async fn call(
    tenant: &Tenant,
    lease: &Lease,
    call: impl Future<Output = Result<(), HandlerError>> + Send + 'static,
) -> Result<()> {
    let attempt = lease.job.attempts;
    let tries = tenant.desk.0.settings.handler_tries;
    if attempt > tries {
        // Whoever had it before took the process along, every time.
        return give_up(tenant, lease, "no call to the handler came to its end").await;
    }
    // In a task of its own: a panic there is a failure like any other.
    let failure = match tokio::spawn(call).await {
        Ok(Ok(())) => {
            return tenant.settle(lease, Outcome::Done, Changes::at(tenant.desk.now())).await;
        }
        Ok(Err(error)) => format!("the handler failed: {error}"),
        Err(_) => "the handler panicked".to_owned(),
    };
    if attempt >= tries {
        return give_up(tenant, lease, &failure).await;
    }
    tracing::warn!(job = %lease.job.id, attempt, "a handler failed; it is called again later");
    let now = tenant.desk.now();
    tenant.settle(lease, Outcome::Again(now + wait(attempt)), Changes::at(now)).await
}

/// Leaves a job to a desk that has what it takes.
pub(super) async fn leave(tenant: &Tenant, lease: &Lease) -> Result<()> {
    let now = tenant.desk.now();
    tenant.settle(lease, Outcome::Left(now + LEFT), Changes::at(now)).await
}

/// Puts aside what no call handled.
async fn give_up(tenant: &Tenant, lease: &Lease, reason: &str) -> Result<()> {
    if matches!(incoming(tenant, lease).await?, Call::Not) {
        // It was erased while the handler was at it: nothing of it is kept.
        return tenant.settle(lease, Outcome::Done, Changes::at(tenant.desk.now())).await;
    }
    tracing::error!(job = %lease.job.id, "a handler failed for good; its event is a dead letter now");
    let now = tenant.desk.now();
    let letter = DeadLetter::new(new_id(), now, reason, lease.job.payload.as_str());
    let changes = Changes::at(now).insert(letter).count(now, usage::DEAD_LETTERS, 1);
    tenant.settle(lease, Outcome::Done, changes).await
}

enum Call {
    Of(Box<Incoming>),
    /// The message or the conversation was erased since.
    Not,
    Unreadable,
}

async fn incoming(tenant: &Tenant, lease: &Lease) -> Result<Call> {
    let Ok(task) = serde_json::from_str::<Task<'_>>(&lease.job.payload) else { return Ok(Call::Unreadable) };
    let Some(event) = read(&task) else { return Ok(Call::Unreadable) };
    let Task { conversation, message, .. } = task;
    let is_gone = match (&message, &conversation) {
        (Some(id), _) => tenant.store.message(id).await?.is_none(),
        (None, Some(id)) => tenant.store.conversation(id).await?.is_none(),
        (None, None) => false,
    };
    if is_gone {
        return Ok(Call::Not);
    }
    let (id, attempt) = (lease.job.id.clone(), lease.job.attempts);
    Ok(Call::Of(Box::new(Incoming { id, tenant: tenant.clone(), event, conversation, message, attempt })))
}

fn wait(attempt: u32) -> Duration {
    let rung = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    LADDER.get(rung).or(LADDER.last()).copied().unwrap_or_default()
}

impl Tenant {
    /// Adds to `changes` that the handler is to be called with `event`, if the desk has one.
    pub(super) fn hand_on(
        &self,
        event: &Event,
        conversation: Option<ConversationId>,
        message: Option<StoredMessageId>,
        changes: Changes,
    ) -> Changes {
        if self.desk.0.settings.handler.is_none() {
            return changes;
        }
        match job(event, conversation, message, changes.now()) {
            Some(job) => changes.with(Change::Enqueue(job, None)),
            None => changes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LADDER, wait};

    #[test]
    fn a_handler_that_fails_is_called_ever_more_rarely() {
        let waits = [1, 2, 3, 4, 5, 6, 7, u32::MAX].map(|attempt| wait(attempt).as_secs());
        assert_eq!(waits, [1, 5, 30, 120, 600, 1800, 1800, 1800]);
        assert!(LADDER.is_sorted());
    }
}
