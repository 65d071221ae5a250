//! A store in memory: the reference of the contract, for tests and for trying things out.
//!
//! It is written to be read: what every other store must do is done here with ordered maps and nothing else. All of it
//! stands behind one lock, which is never held across an `.await`.

mod batch;
mod jobs;
mod records;

use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Bell, Binding, Changes, Claim, JobEnqueued, Key, Lease, Outcome, Page, PageRequest,
        Query, Record, Result, Store, StoreError, TenantStore,
    },
    time::Timestamp,
};
use async_trait::async_trait;
use jobs::Jobs;
use records::Records;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// Keeps everything in memory; what it holds is gone with the last handle to it. Clones are handles to the same store.
///
/// ```
/// use whatsapp_business::store::{MemoryStore, Store};
/// let store = MemoryStore::new();
/// let acme = store.tenant(&"acme".into());
/// ```
#[derive(Clone, Default)]
pub struct MemoryStore {
    state: Arc<RwLock<State>>,
    bell: Bell,
}

/// All there is.
#[derive(Default)]
struct State {
    numbers: BTreeMap<PhoneNumberId, Binding>,
    tenants: BTreeMap<TenantId, Records>,
    jobs: Jobs,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    // A poisoned lock is taken all the same: nothing panics while it is held, so what it guards is whole.

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is kept is not shown: it is personal data.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(MemoryTenant { store: self.clone(), tenant: id.clone() })
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        let mut state = self.write();
        if state.numbers.get(number).is_some_and(|binding| binding.tenant != *tenant) {
            return Err(StoreError::NotUnique("phone number"));
        }
        state.numbers.insert(number.clone(), Binding::new(tenant.clone(), account.clone()));
        Ok(())
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        Ok(self.read().numbers.get(number).cloned())
    }

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        let state = self.read();
        let bound = state.numbers.iter().filter(|(_, binding)| binding.account == *account);
        let mut numbers: Vec<_> =
            bound.map(|(number, binding)| (number.clone(), binding.tenant.clone())).collect();
        numbers.sort();
        Ok(numbers)
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        Ok(self.write().jobs.claim(&request))
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        self.write().jobs.extend(lease, until)
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        let wake = changes.enqueues() || outcome.keeps_job();
        let applied = {
            let mut state = self.write();
            let place = state.jobs.held(lease)?;
            let applied = state.apply(&lease.tenant, changes)?;
            state.jobs.settle(place, &outcome);
            applied
        };
        if wake {
            self.bell.ring();
        }
        Ok(applied)
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        Ok(self.read().jobs.backlog(now))
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        self.bell.listen()
    }
}

/// The data of one tenant.
#[derive(Debug)]
struct MemoryTenant {
    store: MemoryStore,
    tenant: TenantId,
}

#[async_trait]
impl TenantStore for MemoryTenant {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        let state = self.store.read();
        Ok(match key {
            Key::Job(id) => state.jobs.get(&self.tenant, &id).map(Record::from),
            key => state.tenants.get(&self.tenant).and_then(|records| records.get(&key)).cloned(),
        })
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        let after = page.position(&self.tenant, &query)?;
        let state = self.store.read();
        let records = state.tenants.get(&self.tenant).map(|records| records.list(&query, &page, after));
        Ok(Page::cut(records.unwrap_or_default(), &self.tenant, &query, &page))
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        let wake = changes.enqueues();
        let applied = self.store.write().apply(&self.tenant, changes)?;
        if wake {
            self.store.bell.ring();
        }
        Ok(applied)
    }
}
