//! Jobs that wait, taken up again.

use crate::{
    desk::{Desk, Tenant, detached, new_id, send},
    error::Result,
    store::{
        Changes, Claim, Conversation, JobKind, Key, Lease, Outcome, SendState, StoreError, StoredMessageId,
        TenantStoreExt, ext::one,
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

async fn work(desk: Desk, lease: Lease) -> Result<()> {
    match lease.job.kind {
        JobKind::Send => resume(&desk.tenant(&lease.tenant), lease).await,
        JobKind::Unknown(_) => {
            tracing::warn!(kind = %lease.job.kind, "a job of a kind this version does not know waits for one that does");
            let later = Outcome::Again(desk.now() + Duration::from_secs(60));
            Ok(desk.store().finish(&lease, later, Changes::at(desk.now())).await.map(drop)?)
        }
    }
}

/// Goes on with a send, from the state it was left in.
async fn resume(tenant: &Tenant, lease: Lease) -> Result<()> {
    let id = StoredMessageId::from(lease.job.payload.as_str());
    loop {
        let now = tenant.desk.now();
        let stored = tenant.store.message(&id).await?;
        let found = stored.and_then(|message| message.sending.clone().map(|sending| (message, sending)));
        let Some((mut message, mut sending)) = found else {
            return Ok(tenant
                .desk
                .store()
                .finish(&lease, Outcome::Done, Changes::at(now))
                .await
                .map(drop)?);
        };
        let applied = match sending.state {
            SendState::Queued => {
                sending.state = SendState::Submitting;
                sending.attempts += 1;
                let key = Key::Conversation(message.conversation.clone());
                message.sending = Some(sending);
                let applied = tenant.store.apply(Changes::at(now).update(message)).await;
                if applied.is_ok() {
                    let number =
                        one::<Conversation, _>(&*tenant.store, key).await?.map(|thread| thread.number);
                    let number = number.ok_or(StoreError::Corrupt("conversation"))?;
                    return send::attempt(tenant, &number, lease).await.map(drop);
                }
                applied
            }
            SendState::Submitting => {
                sending.state = SendState::OutcomeUnknown;
                sending.error =
                    Some("the process that was sending it died before it knew the outcome".to_owned());
                message.sending = Some(sending);
                tenant.desk.store().finish(&lease, Outcome::Done, Changes::at(now).update(message)).await
            }
            _ => tenant.desk.store().finish(&lease, Outcome::Done, Changes::at(now)).await,
        };
        match applied {
            Ok(_) => return Ok(()),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
