//! The jobs of all tenants.

use crate::{
    id::TenantId,
    store::{Claim, Job, JobId, Lease, LeaseToken, Outcome, Result, StoreError},
    time::Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// A job's place in the order in which jobs were enqueued.
pub(super) type Place = u64;

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
    /// The first job of each group, by the time it is due.
    heads: BTreeSet<(Timestamp, Place)>,
}

#[derive(Default)]
struct Group {
    members: BTreeSet<Place>,
    /// Those among them on which there is a lease, live or over: a few at most.
    leased: BTreeSet<Place>,
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
        let due = self.heads.iter().take_while(|(due, _)| *due <= claim.now()).map(|(_, place)| *place);
        let free = due.filter(|place| !self.is_busy(*place, claim.now()));
        let places: Vec<Place> = free.take(claim.max()).collect();
        places.into_iter().filter_map(|place| self.lease(place, claim)).collect()
    }

    fn lease(&mut self, place: Place, claim: &Claim) -> Option<Lease> {
        let mut slot = self.remove(place)?;
        slot.job.attempts = slot.job.attempts.saturating_add(1);
        slot.lease = Some((claim.token().clone(), claim.until()));
        let lease = Lease::new(slot.tenant.clone(), slot.job.clone(), claim.token().clone(), claim.until());
        self.insert(place, slot);
        Some(lease)
    }

    /// Whether there is a live lease in the group of a job.
    fn is_busy(&self, place: Place, now: Timestamp) -> bool {
        let live = |place: &Place| {
            let lease = self.slots.get(place).and_then(|slot| slot.lease.as_ref());
            lease.is_some_and(|(_, until)| *until > now)
        };
        let group = self.slots.get(&place).and_then(|slot| self.groups.get(&slot.group()));
        group.is_some_and(|group| group.leased.iter().any(live))
    }

    /// The place of the job that `lease` is still good for.
    pub(super) fn held(&self, lease: &Lease) -> Result<Place> {
        let place = self.find(&lease.tenant, &lease.job.id).ok_or(StoreError::LeaseLost)?;
        let holder = self.slots.get(&place).and_then(|slot| slot.lease.as_ref()).map(|(token, _)| token);
        if holder == Some(&lease.token) { Ok(place) } else { Err(StoreError::LeaseLost) }
    }

    pub(super) fn extend(&mut self, lease: &Lease, until: Timestamp) -> Result<()> {
        let place = self.held(lease)?;
        if let Some(slot) = self.slots.get_mut(&place) {
            slot.lease = Some((lease.token.clone(), until));
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

    /// Puts a job at a place, which must be free.
    pub(super) fn insert(&mut self, place: Place, slot: Slot) {
        self.by_id.insert((slot.tenant.clone(), slot.job.id.clone()), place);
        let group = self.groups.entry(slot.group()).or_default();
        let head = group.members.first().copied();
        group.members.insert(place);
        if slot.lease.is_some() {
            group.leased.insert(place);
        }
        if head.is_none_or(|head| place < head) {
            if let Some((head, before)) = head.and_then(|head| Some((head, self.slots.get(&head)?))) {
                self.heads.remove(&(before.job.due, head));
            }
            self.heads.insert((slot.job.due, place));
        }
        self.slots.insert(place, slot);
    }

    /// Takes a job away; the next of its group becomes the head.
    pub(super) fn remove(&mut self, place: Place) -> Option<Slot> {
        let slot = self.slots.remove(&place)?;
        self.by_id.remove(&(slot.tenant.clone(), slot.job.id.clone()));
        self.heads.remove(&(slot.job.due, place));
        if let Some(group) = self.groups.get_mut(&slot.group()) {
            group.members.remove(&place);
            group.leased.remove(&place);
            match group.members.first().and_then(|head| Some((*head, self.slots.get(head)?))) {
                Some((head, next)) => {
                    self.heads.insert((next.job.due, head));
                }
                None => {
                    self.groups.remove(&slot.group());
                }
            }
        }
        Some(slot)
    }
}

impl Slot {
    fn group(&self) -> (TenantId, String) {
        (self.tenant.clone(), self.job.group.clone())
    }
}
