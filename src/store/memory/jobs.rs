//! The jobs of all tenants.

use crate::{
    id::TenantId,
    store::{Backlog, Claim, Job, JobId, Lease, LeaseToken, Outcome, Result, StoreError},
    time::Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// A job's place in the order in which jobs were enqueued.
pub(super) type Place = u64;

/// When it is a job's turn.
type Turn = (Timestamp, Place);

/// A job and who holds it.
pub(super) struct Slot {
    tenant: TenantId,
    job: Job,
    lease: Option<(LeaseToken, Timestamp)>,
}

/// All jobs, in order.
#[derive(Default)]
pub(super) struct Jobs {
    next: Place,
    slots: BTreeMap<Place, Slot>,
    by_id: BTreeMap<(TenantId, JobId), Place>,
    groups: BTreeMap<(TenantId, String), Group>,
    /// The first job of each group in which there is no lease, by the time it is due.
    free: BTreeSet<Turn>,
    /// The first job of each group in which there are leases, live or over, by the time at which the last of them is over
    /// and it is due.
    leased: BTreeSet<Turn>,
}

#[derive(Default)]
struct Group {
    members: BTreeSet<Place>,
    /// When the leases among them end.
    leases: BTreeSet<Turn>,
}

impl Jobs {
    pub(super) fn get(&self, tenant: &TenantId, id: &JobId) -> Option<Job> {
        self.find(tenant, id).and_then(|place| self.slots.get(&place)).map(|slot| slot.job.clone())
    }

    pub(super) fn find(&self, tenant: &TenantId, id: &JobId) -> Option<Place> {
        self.by_id.get(&(tenant.clone(), id.clone())).copied()
    }

    /// Adds a job behind all others.
    pub(super) fn enqueue(
        &mut self,
        tenant: &TenantId,
        mut job: Job,
        lease: Option<(LeaseToken, Timestamp)>,
    ) -> Result<Place> {
        if self.find(tenant, &job.id).is_some() {
            return Err(StoreError::Conflict("job"));
        }
        if lease.is_some() {
            job.attempts = job.attempts.saturating_add(1);
        }
        let place = self.next;
        self.next += 1;
        self.insert(place, Slot { tenant: tenant.clone(), job, lease });
        Ok(place)
    }

    /// Leases the due heads of groups in which nobody works.
    pub(super) fn claim(&mut self, claim: &Claim) -> Vec<Lease> {
        let until_now = ..=(claim.now(), Place::MAX);
        let mut due: Vec<_> = self.free.range(until_now).copied().take(claim.max()).collect();
        // There are none of these unless a worker died.
        let over = self.leased.range(until_now).map(|(_, place)| *place);
        due.extend(over.filter_map(|place| Some((self.slots.get(&place)?.job.due, place))));
        due.sort_unstable();
        due.truncate(claim.max());
        due.into_iter().filter_map(|(_, place)| self.lease(place, claim)).collect()
    }

    fn lease(&mut self, place: Place, claim: &Claim) -> Option<Lease> {
        let mut slot = self.remove(place)?;
        slot.job.attempts = slot.job.attempts.saturating_add(1);
        slot.lease = Some((claim.token().clone(), claim.until()));
        let lease = Lease::new(slot.tenant.clone(), slot.job.clone(), claim.token().clone(), claim.until());
        self.insert(place, slot);
        Some(lease)
    }

    /// The place of the job that `lease` is still good for.
    pub(super) fn held(&self, lease: &Lease) -> Result<Place> {
        let place = self.find(&lease.tenant, &lease.job.id).ok_or(StoreError::LeaseLost)?;
        let holder = self.slots.get(&place).and_then(|slot| slot.lease.as_ref()).map(|(token, _)| token);
        if holder == Some(&lease.token) { Ok(place) } else { Err(StoreError::LeaseLost) }
    }

    pub(super) fn extend(&mut self, lease: &Lease, until: Timestamp) -> Result<()> {
        let place = self.held(lease)?;
        if let Some(mut slot) = self.remove(place) {
            slot.lease = Some((lease.token.clone(), until));
            self.insert(place, slot);
        }
        Ok(())
    }

    /// Ends the lease on a job, if the job is still there.
    pub(super) fn settle(&mut self, place: Place, outcome: &Outcome) {
        let Some(slot) = self.remove(place) else { return };
        if let Some(job) = outcome.apply_to(slot.job) {
            self.insert(place, Slot { job, lease: None, tenant: slot.tenant });
        }
    }

    pub(super) fn backlog(&self, now: Timestamp) -> Backlog {
        let mut backlog = Backlog::default();
        for slot in self.slots.values() {
            backlog.add(now, slot.job.due, slot.lease.as_ref().map(|(_, until)| *until));
        }
        backlog
    }

    /// Puts a job at a place, which must be free.
    pub(super) fn insert(&mut self, place: Place, slot: Slot) {
        self.by_id.insert((slot.tenant.clone(), slot.job.id.clone()), place);
        let name = slot.group();
        self.forget_head(&name);
        let group = self.groups.entry(name.clone()).or_default();
        group.members.insert(place);
        if let Some((_, until)) = slot.lease {
            group.leases.insert((until, place));
        }
        self.slots.insert(place, slot);
        self.note_head(&name);
    }

    /// Takes a job away; the next of its group becomes the head.
    pub(super) fn remove(&mut self, place: Place) -> Option<Slot> {
        let name = self.slots.get(&place)?.group();
        self.forget_head(&name);
        let slot = self.slots.remove(&place)?;
        self.by_id.remove(&(slot.tenant.clone(), slot.job.id.clone()));
        let group = self.groups.get_mut(&name)?;
        group.members.remove(&place);
        if let Some((_, until)) = slot.lease {
            group.leases.remove(&(until, place));
        }
        if group.members.is_empty() {
            self.groups.remove(&name);
        }
        self.note_head(&name);
        Some(slot)
    }

    /// Lists the head of a group among those to be claimed.
    fn note_head(&mut self, group: &(TenantId, String)) {
        let Some((heads, entry)) = self.head(group) else { return };
        heads.insert(entry);
    }

    /// Lists the head of a group no more. To be done before the group is changed.
    fn forget_head(&mut self, group: &(TenantId, String)) {
        let Some((heads, entry)) = self.head(group) else { return };
        heads.remove(&entry);
    }

    /// Where the head of a group is listed, and as what.
    fn head(&mut self, group: &(TenantId, String)) -> Option<(&mut BTreeSet<Turn>, Turn)> {
        let group = self.groups.get(group)?;
        let head = *group.members.first()?;
        let due = self.slots.get(&head)?.job.due;
        Some(match group.leases.last() {
            Some((until, _)) => (&mut self.leased, (due.max(*until), head)),
            None => (&mut self.free, (due, head)),
        })
    }
}

impl Slot {
    fn group(&self) -> (TenantId, String) {
        (self.tenant.clone(), self.job.group.clone())
    }
}
