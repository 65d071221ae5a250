//! Making a batch: every change at once, each taken back if a later one fails.

use super::{
    State,
    jobs::{Jobs, Place, Slot},
    records::Records,
};
use crate::{
    id::TenantId,
    store::{
        Applied, Change, Changes, Conversation, ConversationId, ConversationTime, Expect, Key, Mark,
        Progress, Record, Result, StoreError,
    },
    time::Timestamp,
};

impl State {
    /// Makes all of `changes` or none.
    pub(super) fn apply(&mut self, tenant: &TenantId, changes: Changes) -> Result<Applied> {
        changes.check(tenant)?;
        let now = changes.now();
        let records = self.tenants.entry(tenant.clone()).or_default();
        let seen = |change: &Change| match change {
            Change::Once { key, .. } => records.mark(*key).is_some_and(|until| until > now),
            _ => false,
        };
        if changes.list().iter().any(seen) {
            return Ok(Applied::Duplicate);
        }
        let mut batch = Batch { tenant, records, jobs: &mut self.jobs, undo: Vec::new() };
        for change in changes.into_list() {
            if let Err(error) = batch.make(change) {
                batch.take_back();
                return Err(error);
            }
        }
        records.forget_marks(now);
        Ok(Applied::Done)
    }
}

/// A batch that is being made.
struct Batch<'a> {
    tenant: &'a TenantId,
    records: &'a mut Records,
    jobs: &'a mut Jobs,
    undo: Vec<Undo>,
}

/// How one step is taken back.
enum Undo {
    Record(Key, Option<Record>),
    Mark(Mark, Option<Timestamp>),
    Enqueued(Place),
    Removed(Place, Slot),
}

impl Batch<'_> {
    fn make(&mut self, change: Change) -> Result<()> {
        match change {
            Change::Once { key, keep_until } => {
                let until = self.records.mark(key).map_or(keep_until, |until| until.max(keep_until));
                let before = self.records.set_mark(key, Some(until));
                self.undo.push(Undo::Mark(key, before));
            }
            Change::Put(record, expect) => self.put(*record, expect)?,
            Change::Delete(key, version) => self.delete(&key, version)?,
            Change::Earliest { message, fact, at } => {
                let key = Key::Progress(message.clone());
                let known =
                    self.records.get(&key).cloned().and_then(|record| Progress::try_from(record).ok());
                let mut progress = known.unwrap_or_else(|| Progress::new(message));
                progress.note(fact, at);
                self.set(key, Some(progress.into()));
            }
            Change::Latest { conversation, time, at } => {
                let mut conversation = self.conversation(conversation)?;
                match time {
                    ConversationTime::LastMessage => {
                        conversation.last_message_at = conversation.last_message_at.max(at);
                    }
                    ConversationTime::LastInbound => {
                        conversation.last_inbound_at = conversation.last_inbound_at.max(Some(at));
                    }
                }
                self.raise(conversation);
            }
            Change::Add { conversation, unread } => {
                let mut conversation = self.conversation(conversation)?;
                conversation.unread =
                    conversation.unread.saturating_add_signed(unread).min(i64::MAX.unsigned_abs());
                self.raise(conversation);
            }
            Change::Enqueue(job, lease) => {
                let place = self.jobs.enqueue(self.tenant, job, lease)?;
                self.undo.push(Undo::Enqueued(place));
            }
        }
        Ok(())
    }

    fn put(&mut self, mut record: Record, expect: Expect) -> Result<()> {
        let key = record.key();
        let found = self.records.get(&key).map(Record::version);
        let version = match (expect, found) {
            (Expect::Absent, None) => 1,
            (Expect::Version(expected), Some(found)) if expected == found => found + 1,
            _ => return Err(StoreError::Conflict(record.name())),
        };
        if let Some(what) = self.records.not_unique(&record) {
            return Err(StoreError::NotUnique(what));
        }
        record.set_version(version);
        self.set(key, Some(record));
        Ok(())
    }

    fn delete(&mut self, key: &Key, version: u64) -> Result<()> {
        if let Key::Job(id) = key {
            let found = self.jobs.find(self.tenant, id).filter(|_| version == 1);
            let (place, slot) = found
                .and_then(|place| Some((place, self.jobs.remove(place)?)))
                .ok_or(StoreError::Conflict(key.name()))?;
            self.undo.push(Undo::Removed(place, slot));
            return Ok(());
        }
        let key = self.records.resolve(key).clone();
        if self.records.get(&key).map(Record::version) != Some(version) {
            return Err(StoreError::Conflict(key.name()));
        }
        self.set(key, None);
        Ok(())
    }

    fn conversation(&self, id: ConversationId) -> Result<Conversation> {
        match self.records.get(&Key::Conversation(id)) {
            Some(Record::Conversation(conversation)) => Ok(conversation.clone()),
            _ => Err(StoreError::Conflict("conversation")),
        }
    }

    /// Writes a changed conversation in its next version.
    fn raise(&mut self, mut conversation: Conversation) {
        conversation.version += 1;
        self.set(Key::Conversation(conversation.id.clone()), Some(conversation.into()));
    }

    fn set(&mut self, key: Key, record: Option<Record>) {
        let before = self.records.set(key.clone(), record);
        self.undo.push(Undo::Record(key, before));
    }

    /// Takes everything back, the last step first.
    fn take_back(self) {
        for step in self.undo.into_iter().rev() {
            match step {
                Undo::Record(key, before) => {
                    self.records.set(key, before);
                }
                Undo::Mark(key, before) => {
                    self.records.set_mark(key, before);
                }
                Undo::Enqueued(place) => {
                    self.jobs.remove(place);
                }
                Undo::Removed(place, slot) => self.jobs.insert(place, slot),
            }
        }
    }
}
