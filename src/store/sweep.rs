//! Removing many records, a bounded batch at a time.

use crate::{
    id::MessageId,
    store::{
        Change, Changes, Direction, Key, PageRequest, Query, Record, Result, StoreError, StoredMessage,
        TenantStore,
    },
    time::Timestamp,
};
use async_trait::async_trait;

/// How many records are read at once.
pub(super) const PAGE: usize = 100;

/// How often what another changed at the same moment is looked at again.
const TRIES: usize = 64;

/// What is kept of messages outside the store.
#[async_trait]
pub(crate) trait Host: Send + Sync {
    /// Removes what is kept of a message that is about to go: without the message nobody would find that again.
    async fn before(&self, message: &StoredMessage) -> Result<()>;
}

/// How many records of each kind were removed.
#[derive(Clone, Copy, Default)]
pub(super) struct Removed {
    pub(super) contacts: usize,
    pub(super) conversations: usize,
    pub(super) messages: usize,
    pub(super) progress: usize,
    pub(super) failures: usize,
    pub(super) conflicts: usize,
    pub(super) dead_letters: usize,
    pub(super) tags: usize,
    pub(super) media: usize,
    pub(super) audit: usize,
}

impl Removed {
    fn count(&mut self, change: &Change) {
        let Change::Delete(key, _) = change else { return };
        let count = match key {
            Key::Contact(_) => &mut self.contacts,
            Key::Conversation(_) => &mut self.conversations,
            Key::Message(_) => &mut self.messages,
            Key::Progress(_) => &mut self.progress,
            Key::Failure(..) => &mut self.failures,
            Key::IdentityConflict(_) => &mut self.conflicts,
            Key::DeadLetter(_) => &mut self.dead_letters,
            Key::Tag(..) => &mut self.tags,
            Key::Media(_) => &mut self.media,
            Key::Audit(_) => &mut self.audit,
            _ => return,
        };
        *count += 1;
    }
}

/// Removes records of a tenant. What was not [flushed](Self::flush) may not have been removed yet.
pub(super) struct Sweep<'a, S: ?Sized> {
    store: &'a S,
    host: Option<&'a dyn Host>,
    now: Timestamp,
    pending: Vec<Change>,
    removed: Removed,
    tries: usize,
}

impl<'a, S: TenantStore + ?Sized> Sweep<'a, S> {
    /// Most changes in a batch: few, because everyone else's writes wait for it.
    const BATCH: usize = 100;

    pub(super) fn new(store: &'a S, host: Option<&'a dyn Host>, now: Timestamp) -> Self {
        Self { store, host, now, pending: Vec::new(), removed: Removed::default(), tries: 0 }
    }

    pub(super) fn store(&self) -> &'a S {
        self.store
    }

    /// What was removed so far.
    pub(super) fn removed(&self) -> Removed {
        self.removed
    }

    /// Whether a pass that ended with this error is to be made again, as another changed something meanwhile.
    pub(super) fn goes_on(&mut self, error: &StoreError) -> bool {
        self.pending.clear();
        self.tries += 1;
        matches!(error, StoreError::Conflict(_)) && self.tries < TRIES
    }

    /// Removes a record in the version it was read in.
    pub(super) async fn remove(&mut self, record: &Record) -> Result<()> {
        self.pending.push(Change::Delete(record.key(), record.version()));
        if self.pending.len() < Self::BATCH { Ok(()) } else { self.flush().await }
    }

    /// Removes a message, and before it what is known of its way: without the message nobody would find that again.
    pub(super) async fn remove_message(&mut self, message: &StoredMessage) -> Result<()> {
        if let Some(host) = self.host {
            // Before the traces are read: whoever changes them from here on makes their removal a conflict.
            if let Err(error) = host.before(message).await {
                // What hangs on those before it is gone already.
                self.flush().await?;
                return Err(error);
            }
        }
        self.remove_traces(message).await?;
        self.remove(&message.clone().into()).await
    }

    /// Removes what is known of the way of a message.
    pub(super) async fn remove_traces(&mut self, message: &StoredMessage) -> Result<()> {
        for trace in traces(self.store, message).await? {
            self.remove(&trace).await?;
        }
        Ok(())
    }

    /// Makes the removals that wait.
    pub(super) async fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut removed = self.removed;
        self.pending.iter().for_each(|change| removed.count(change));
        let changes = self.pending.drain(..).fold(Changes::at(self.now), Changes::with);
        let _ = self.store.apply(changes).await?;
        self.removed = removed;
        Ok(())
    }
}

/// What is known of the way of a message: its progress and its failures, or what became of its file.
pub(super) async fn traces<S: TenantStore + ?Sized>(
    store: &S,
    message: &StoredMessage,
) -> Result<Vec<Record>> {
    let Some(wamid) = message.wamid.clone().filter(|_| message.direction != Direction::Inbound) else {
        return Ok(store.get(Key::Media(message.id.clone())).await?.into_iter().collect());
    };
    let progress = store.get(Key::Progress(wamid.clone())).await?;
    let mut traces: Vec<Record> = progress.into_iter().collect();
    traces.extend(failures(store, wamid).await?);
    Ok(traces)
}

async fn failures<S: TenantStore + ?Sized>(store: &S, wamid: MessageId) -> Result<Vec<Record>> {
    let mut failures = Vec::new();
    let mut request = PageRequest::oldest(PAGE);
    loop {
        let page = store.list(Query::Failures(wamid.clone()), request.clone()).await?;
        failures.extend(page.items);
        match page.next {
            Some(next) => request = request.after(next),
            None => return Ok(failures),
        }
    }
}
