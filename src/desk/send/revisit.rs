//! Messages that are looked at again when a time has come: those that wait for it, and those whose outcome stays unknown.

use crate::{
    desk::{
        TRIES, Tenant,
        send::order::{Order, WhenUnknown, group},
        worker::foreign,
    },
    error::Result,
    id::TenantId,
    store::{Change, Changes, Lease, Outcome, SendState, Sending, StoreError, StoredMessage, TenantStoreExt},
};
use async_trait::async_trait;
use std::{fmt, time::Duration};

/// Who decides about a message whose outcome stays unknown, when its sender wants to be
/// [asked](crate::desk::SendCall::ask_after).
#[async_trait]
pub trait Arbiter: fmt::Debug + Send + Sync + 'static {
    /// What to do about `message`, of which it is not known whether Meta took it.
    ///
    /// # Errors
    /// Any; it is asked again later.
    async fn decide(&self, tenant: &TenantId, message: &StoredMessage) -> Result<Decision>;
}

/// What an [`Arbiter`] decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Send it once more; the person may get it twice.
    Resend,
    /// Leave it at that.
    GiveUp,
    /// Ask again after this time.
    Wait(Duration),
}

/// How long to wait before an arbiter is asked again that failed.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// Looks at the message of a job again.
pub(in crate::desk) async fn revisit(tenant: &Tenant, lease: &Lease) -> Result<()> {
    let Some(order) = Order::of(&lease.job) else {
        tracing::error!(job = %lease.job.id, "a job to look at a message again names none");
        return tenant.settle(lease, Outcome::Done, Changes::at(tenant.desk.now())).await;
    };
    let mut tries = 0;
    loop {
        tries += 1;
        let Some(message) = tenant.store.message(&order.message).await? else {
            return tenant.settle(lease, Outcome::Done, Changes::at(tenant.desk.now())).await;
        };
        let (outcome, changes) = next(tenant, lease, &order, message).await?;
        match tenant.finish(lease, outcome, changes).await {
            Ok(_) | Err(StoreError::LeaseLost) => return Ok(()),
            Err(StoreError::Conflict(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What becomes of the job, and what it changes.
async fn next(
    tenant: &Tenant,
    lease: &Lease,
    order: &Order,
    message: StoredMessage,
) -> Result<(Outcome, Changes)> {
    let done = (Outcome::Done, Changes::at(tenant.desk.now()));
    let Some(sending) = message.sending.clone() else { return Ok(done) };
    // It was tried again since, or before its time, by the wish of a person.
    let is_unknown = sending.state == SendState::OutcomeUnknown;
    if order.attempt.map_or(is_unknown, |attempt| attempt != sending.attempts) {
        return Ok(done);
    }
    let decision = match (&sending.state, order.when_unknown) {
        (SendState::Queued, _) if order.attempt.is_none() => {
            return Ok((Outcome::Done, line_up(tenant, order, &message, done.1).await?));
        }
        (SendState::Unknown(_), _) => {
            return Ok((Outcome::Again(done.1.now() + foreign(lease.job.attempts)), done.1));
        }
        // It would be cancelled, as if it had surely not been sent.
        (SendState::OutcomeUnknown, _) if order.is_over(done.1.now()) => Decision::GiveUp,
        (SendState::OutcomeUnknown, WhenUnknown::ResendAfter(_)) => Decision::Resend,
        (SendState::OutcomeUnknown, WhenUnknown::GiveUpAfter(_)) => Decision::GiveUp,
        (SendState::OutcomeUnknown, WhenUnknown::AskAfter(_)) => ask(tenant, &message).await,
        _ => return Ok(done),
    };
    let changes = Changes::at(tenant.desk.now());
    let state = match decision {
        Decision::Wait(wait) => return Ok((Outcome::Again(changes.now() + wait), changes)),
        Decision::Resend => SendState::Queued,
        Decision::GiveUp => SendState::GivenUp,
    };
    let message = StoredMessage { sending: Some(Sending { state, ..sending }), ..message };
    let changes = match decision {
        Decision::Resend => line_up(tenant, &order.once_more(), &message, changes).await?,
        _ => changes,
    };
    Ok((Outcome::Done, changes.update(message)))
}

async fn ask(tenant: &Tenant, message: &StoredMessage) -> Decision {
    let Some(arbiter) = &tenant.desk.0.settings.arbiter else { return Decision::Wait(ASK_AGAIN) };
    arbiter.decide(&tenant.id, message).await.unwrap_or_else(|error| {
        tracing::warn!(message = %message.id, %error, "it was not decided what to do about a message");
        Decision::Wait(ASK_AGAIN)
    })
}

/// Adds a job to send the message now, behind the others to the same person.
pub(super) async fn line_up(
    tenant: &Tenant,
    order: &Order,
    message: &StoredMessage,
    changes: Changes,
) -> Result<Changes> {
    let Some(conversation) = tenant.store.conversation(&message.conversation).await? else {
        return Ok(changes);
    };
    let order = Order { follows: true, ..order.clone() };
    let job = order.send(group(&conversation.number, &conversation.contact), changes.now());
    Ok(changes.with(Change::Enqueue(job, None)))
}
