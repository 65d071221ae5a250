//! Making a batch: every change at once, each taken back if a later one fails.

use super::{
    State,
    jobs::{Jobs, Place, Slot},
    records::Records,
};
use crate::{
    id::TenantId,
    store::{Applied, Change, Changes, JobId, Key, Mark, Record, Result, StoreError},
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
    Record(Key, Option<Box<Record>>),
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
                Ok(())
            }
            Change::Enqueue(job, lease) => {
                let place = self.jobs.enqueue(self.tenant, job, lease)?;
                self.undo.push(Undo::Enqueued(place));
                Ok(())
            }
            Change::Delete(Key::Job(id), version) => self.delete_job(&id, version),
            change => self.change_record(change),
        }
    }

    fn delete_job(&mut self, id: &JobId, version: u64) -> Result<()> {
        let found = self.jobs.find(self.tenant, id).filter(|_| version == 1);
        let (place, slot) = found
            .and_then(|place| Some((place, self.jobs.remove(place)?)))
            .ok_or(StoreError::Conflict("job"))?;
        self.undo.push(Undo::Removed(place, slot));
        Ok(())
    }

    fn change_record(&mut self, change: Change) -> Result<()> {
        let Some(key) = change.key() else { return Ok(()) };
        let key = self.records.resolve(&key).clone();
        let record = change.apply_to(self.records.get(&key))?;
        if let Some(what) = record.as_ref().and_then(|record| self.records.not_unique(record)) {
            return Err(StoreError::NotUnique(what));
        }
        self.set(key, record);
        Ok(())
    }

    fn set(&mut self, key: Key, record: Option<Record>) {
        let before = self.records.set(key.clone(), record);
        self.undo.push(Undo::Record(key, before.map(Box::new)));
    }

    /// Takes everything back, the last step first.
    fn take_back(self) {
        for step in self.undo.into_iter().rev() {
            match step {
                Undo::Record(key, before) => {
                    self.records.set(key, before.map(|before| *before));
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
