//! Removing what is older than it may be.

use crate::{
    store::{
        DeadLetter, PageRequest, Query, Result, SendState, StoredMessage, TenantStore,
        ext::many,
        sweep::{Host, PAGE, Removed, Sweep},
    },
    time::Timestamp,
};

/// What was removed for its age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forgotten {
    /// Messages.
    pub messages: usize,
    /// Progress of these messages.
    pub progress: usize,
    /// Reasons why these messages failed.
    pub failures: usize,
    /// Dead letters.
    pub dead_letters: usize,
    /// What was kept of the files of these messages. The files themselves go by the `forget_before` of the desk's `Tenant` only.
    pub media: usize,
}

impl Forgotten {
    /// How many messages and dead letters there were. When it is as many as were asked for, there may be more.
    #[must_use]
    pub fn total(&self) -> usize {
        self.messages + self.dead_letters
    }
}

impl From<Removed> for Forgotten {
    fn from(removed: Removed) -> Self {
        let Removed { messages, progress, failures, dead_letters, media, .. } = removed;
        Self { messages, progress, failures, dead_letters, media }
    }
}

pub(crate) async fn forget_before<S: TenantStore + ?Sized>(
    store: &S,
    host: Option<&dyn Host>,
    time: Timestamp,
    max: usize,
) -> Result<Forgotten> {
    let mut sweep = Sweep::new(store, host, time);
    while let Err(error) = pass(&mut sweep, time, max).await {
        if !sweep.goes_on(&error) {
            return Err(error);
        }
    }
    Ok(sweep.removed().into())
}

/// Removes what is old. It ends with a conflict when something changed meanwhile.
async fn pass<S: TenantStore + ?Sized>(sweep: &mut Sweep<'_, S>, time: Timestamp, max: usize) -> Result<()> {
    messages(sweep, time, max).await?;
    dead_letters(sweep, time, max).await?;
    sweep.flush().await
}

async fn messages<S: TenantStore + ?Sized>(
    sweep: &mut Sweep<'_, S>,
    time: Timestamp,
    max: usize,
) -> Result<()> {
    let mut left = max.saturating_sub(Forgotten::from(sweep.removed()).total());
    let mut request = PageRequest::oldest(PAGE);
    loop {
        let page = many::<StoredMessage, _>(sweep.store(), Query::AllMessages, request.clone()).await?;
        for message in page.items {
            if message.at >= time || left == 0 {
                return sweep.flush().await;
            }
            if is_settled(&message) {
                sweep.remove_message(&message).await?;
                left -= 1;
            }
        }
        match page.next {
            Some(next) => request = request.after(next),
            None => return sweep.flush().await,
        }
    }
}

/// Whether no attempt to send it is to come, and nobody waits for the answer to one.
fn is_settled(message: &StoredMessage) -> bool {
    let state = message.sending.as_ref().map(|sending| &sending.state);
    matches!(
        state,
        None | Some(SendState::Accepted | SendState::Rejected | SendState::Cancelled | SendState::GivenUp)
    )
}

async fn dead_letters<S: TenantStore + ?Sized>(
    sweep: &mut Sweep<'_, S>,
    time: Timestamp,
    max: usize,
) -> Result<()> {
    let mut left = max.saturating_sub(Forgotten::from(sweep.removed()).total());
    let mut request = PageRequest::oldest(PAGE);
    loop {
        let page = many::<DeadLetter, _>(sweep.store(), Query::DeadLetters, request.clone()).await?;
        for letter in page.items {
            if letter.at >= time || left == 0 {
                return Ok(());
            }
            sweep.remove(&letter.into()).await?;
            left -= 1;
        }
        match page.next {
            Some(next) => request = request.after(next),
            None => return Ok(()),
        }
    }
}
