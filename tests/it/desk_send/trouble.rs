//! A store that is now and then out of reach or slow: what the desk's sending makes of it.

use super::{ANA, builder, workers::SlowVault};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, ErrorKind,
    desk::Credentials,
    id::{AccountId, PhoneNumberId, TenantId},
    simulator::{Limits, Pace, Simulator},
    store::{
        Applied, Backlog, Binding, Changes, Claim, JobEnqueued, Key, Lease, MemoryStore, Outcome, Page,
        PageRequest, Query, Record, Result, SendState, Store, StoreError, TenantStore,
    },
    time::Timestamp,
};

/// A store in memory that fails at what the test says.
#[derive(Clone, Debug, Default)]
struct Troubled {
    sound: MemoryStore,
    /// How many more looks at a lane fail.
    lanes: Arc<AtomicUsize>,
    /// How many seconds it takes to prolong a lease.
    slowness: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct TroubledTenant(Troubled, Arc<dyn TenantStore>);

#[async_trait::async_trait]
impl Store for Troubled {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(TroubledTenant(self.clone(), self.sound.tenant(id)))
    }
    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        self.sound.bind(number, account, tenant).await
    }
    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        self.sound.route(number).await
    }
    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        self.sound.numbers_of(account).await
    }
    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        self.sound.claim(request).await
    }
    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        let seconds = u64::try_from(self.slowness.load(SeqCst)).unwrap();
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        self.sound.extend(lease, until).await
    }
    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        self.sound.finish(lease, outcome, changes).await
    }
    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        self.sound.backlog(now).await
    }
    fn job_enqueued(&self) -> JobEnqueued<'_> {
        self.sound.job_enqueued()
    }
}

#[async_trait::async_trait]
impl TenantStore for TroubledTenant {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        let is_lane = matches!(&key, Key::Job(id) if id.as_str().starts_with("lane:"));
        if is_lane && self.0.lanes.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(StoreError::unavailable("the lane", std::io::Error::other("out of reach")));
        }
        self.1.get(key).await
    }
    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        self.1.list(query, page).await
    }
    async fn apply(&self, changes: Changes) -> Result<Applied> {
        self.1.apply(changes).await
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_host_set_outlives_a_store_that_is_out_of_reach() {
    let limits = Limits::none().throughput(true);
    let simulator = Simulator::builder()
        .limits(limits)
        .pace(Pace::by_hand())
        .throughput(20)
        .window(false)
        .offline()
        .unwrap();
    let store = Troubled::default();
    let number = simulator.phone_number_id();
    let first = builder(&simulator, store.clone()).build().tenant("acme");
    first.bind(number, simulator.account_id()).await.unwrap();
    first.set_throughput(number, 20).await.unwrap();
    let second = builder(&simulator, store.clone()).build().tenant("acme");
    store.lanes.store(1, SeqCst);
    for n in 0..5 {
        second.send(number, format!("+1415555{n:04}"), "Hello").await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let third = builder(&simulator, store.clone()).build();
    for n in 0..60 {
        third.tenant("acme").enqueue(number, format!("+1415556{n:04}"), "Hello").await.unwrap();
    }
    third.run(tokio::time::sleep(Duration::from_secs(20))).await.unwrap();
    assert_eq!((simulator.sent().len(), simulator.requests()), (65, 65));
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_while_the_store_takes_its_time_to_prolong_the_lease() {
    let simulator = Simulator::builder().pace(Pace::by_hand()).window(false).offline().unwrap();
    let store = Troubled::default();
    store.slowness.store(1000, SeqCst);
    let vault = SlowVault(simulator.client());
    let desk = builder(&simulator, store.clone()).lease(Duration::from_secs(30)).credentials(vault).build();
    let (acme, number) = (desk.tenant("acme"), simulator.phone_number_id());
    acme.bind(number, simulator.account_id()).await.unwrap();
    let receipt = acme.enqueue(number, ANA, "Hello").await.unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(desk.step().await.unwrap(), 1);
    assert!((20..25).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    let sending = acme.message(&receipt.id).await.unwrap().message.sending.unwrap();
    assert_eq!(sending.state, SendState::Accepted);
}

/// Takes fifty seconds to find that it has no token.
#[derive(Debug)]
struct LostVault;

#[async_trait::async_trait]
impl Credentials for LostVault {
    async fn client(&self, _: &TenantId, _: &PhoneNumberId) -> whatsapp_business::Result<Client> {
        tokio::time::sleep(Duration::from_secs(50)).await;
        Err(whatsapp_business::Error::new(ErrorKind::Connect))
    }
}

/// What comes of an attempt whose lease was lost is worth more than that nobody knows it, and less than what was done since.
#[tokio::test(start_paused = true)]
async fn f25_b_a_late_failure_counts_unless_something_was_done_about_the_message_since() {
    for (is_cancelled, state) in [(false, SendState::Queued), (true, SendState::Cancelled)] {
        let simulator = Simulator::builder().window(false).offline().unwrap();
        let (store, number) = (Troubled::default(), simulator.phone_number_id());
        store.slowness.store(1000, SeqCst);
        let desk = builder(&simulator, store.clone()).lease(Duration::from_secs(30));
        let desk = desk.credentials(LostVault).build();
        let colleague = builder(&simulator, store.sound.clone()).build();
        let acme = colleague.tenant("acme");
        acme.bind(number, simulator.account_id()).await.unwrap();
        let id = acme.enqueue(number, ANA, "Hello").await.unwrap().id;
        let late = tokio::spawn(async move { desk.step().await });
        tokio::time::sleep(Duration::from_secs(40)).await;
        assert_eq!(colleague.step().await.unwrap(), 1, "its lease is over");
        let is_so = async || acme.message(&id).await.unwrap().message.sending.unwrap().state;
        assert_eq!(is_so().await, SendState::OutcomeUnknown);
        if is_cancelled {
            acme.retry(&id).await.unwrap();
            acme.cancel(&id).await.unwrap();
        }
        late.await.unwrap().unwrap();
        assert_eq!(is_so().await, state);
        colleague.run(tokio::time::sleep(Duration::from_secs(3600))).await.unwrap();
        assert_eq!(simulator.sent().len(), usize::from(!is_cancelled));
    }
}
