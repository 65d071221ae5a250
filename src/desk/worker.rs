//! Jobs that wait, taken up again.

use crate::{
    desk::{Desk, TRIES, Tenant, detached, new_id, send},
    error::Result,
    store::{
        self, Changes, Claim, JobKind, Lease, Outcome, SendState, StoreError, StoredMessage, StoredMessageId,
        TenantStoreExt,
    },
};
use std::time::Duration;
use tokio::task::JoinSet;

impl Desk {
    /// Most jobs that one [`step`](Self::step) takes up.
    pub const STEP: usize = 16;

    /// Takes up to [`Self::STEP`] jobs that are due (sends to be tried again, sends whose process died), does them, and
    /// gives how many there were.
    ///
    /// Call it when the host starts and from time to time; any number of processes may do so on one store. A send that
    /// was under way when its process died is not sent again: its outcome is unknown until a webhook tells it.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store) when jobs could not be taken or their outcome not be recorded; what
    /// was left undone is due again later.
    pub async fn step(&self) -> Result<usize> {
        let desk = self.clone();
        detached(async move {
            let claim = Claim::new(desk.now(), desk.0.lease, Self::STEP, new_id());
            let leases = desk.store().claim(claim).await?;
            let count = leases.len();
            let mut jobs = JoinSet::new();
            for lease in leases {
                jobs.spawn(work(desk.clone(), lease));
            }
            let mut result = Ok(count);
            while let Some(done) = jobs.join_next().await {
                match done {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => result = Err(error),
                    Err(failure) => tracing::error!(%failure, "a job did not come to its end"),
                }
            }
            result
        })
        .await
    }
}

/// How long a job that this version has no rule for waits for one that has.
const FOREIGN: Duration = Duration::from_secs(60);

async fn work(desk: Desk, lease: Lease) -> Result<()> {
    match lease.job.kind {
        JobKind::Send => resume(&desk.tenant(&lease.tenant), lease).await,
        JobKind::Unknown(_) => {
            tracing::warn!(kind = %lease.job.kind, "a job of a kind this version does not know waits for one that does");
            let later = Outcome::Again(desk.now() + FOREIGN);
            Ok(desk.store().finish(&lease, later, Changes::at(desk.now())).await.map(drop)?)
        }
    }
}

/// Goes on with a send, from the state it was left in.
async fn resume(tenant: &Tenant, lease: Lease) -> Result<()> {
    let (id, store) = (StoredMessageId::from(lease.job.payload.as_str()), tenant.desk.store());
    let mut tries = 0;
    loop {
        tries += 1;
        let mut changes = Changes::at(tenant.desk.now());
        let mut outcome = Outcome::Done;
        if let Some(mut message) = tenant.store.message(&id).await?
            && let Some(sending) = &mut message.sending
        {
            match sending.state {
                SendState::Queued => match tenant.store.conversation(&message.conversation).await? {
                    Some(conversation) => match submit(tenant, &lease, message).await {
                        Ok(message) => {
                            return send::attempt(tenant, &conversation.number, &message, lease)
                                .await
                                .map(drop);
                        }
                        Err(StoreError::Conflict(_)) if tries < TRIES => continue,
                        Err(StoreError::LeaseLost) => return Ok(()),
                        Err(error) => return Err(error.into()),
                    },
                    None => {
                        sending.state = SendState::Rejected;
                        sending.error = Some("its conversation is gone".to_owned());
                        changes = changes.update(message);
                    }
                },
                SendState::Submitting => {
                    sending.state = SendState::OutcomeUnknown;
                    sending.error =
                        Some("the process that was sending it died before it knew the outcome".to_owned());
                    changes = changes.update(message);
                }
                // A newer version of this crate, beside us on the same store, knows what to do.
                SendState::Unknown(_) => outcome = Outcome::Again(changes.now() + FOREIGN),
                SendState::Accepted | SendState::Rejected | SendState::OutcomeUnknown => {}
            }
        }
        match store.finish(&lease, outcome, changes).await {
            // Whoever has the job now goes on with it.
            Ok(_) | Err(StoreError::LeaseLost) => return Ok(()),
            Err(StoreError::Conflict(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Records that the next attempt begins.
///
/// The lease begins anew with it: a worker that was paused for too long finds that it has none.
async fn submit(tenant: &Tenant, lease: &Lease, mut message: StoredMessage) -> store::Result<StoredMessage> {
    let now = tenant.desk.now();
    tenant.desk.store().extend(lease, now + tenant.desk.0.lease).await?;
    if let Some(sending) = &mut message.sending {
        sending.state = SendState::Submitting;
        sending.attempts += 1;
    }
    let _ = tenant.store.apply(Changes::at(now).update(message.clone())).await?;
    Ok(message)
}
