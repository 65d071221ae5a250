//! The desk when things go wrong at the worst moment: stores that fail, leases that run out, workers that were paused.

use serde_json::json;
use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, Desk, Result,
    client::{Body, BusinessPhone, RetryPolicy, Transport},
    desk::{Credentials, Tenant},
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        self, Applied, Binding, Change, Changes, Claim, Key, Lease, MemoryStore, Outcome, Page, PageRequest,
        Query, Record, SendState, Store, StoreError, TenantStore, TenantStoreExt,
    },
    time::Timestamp,
};

const NUMBER: &str = "106540352242922";
const ANA: &str = "+14155552671";
const NOW: i64 = 1_700_000_000;

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A store that can be switched off, and that lets something happen before it is read for the first time.
#[derive(Clone, Debug, Default)]
struct Flaky {
    inner: MemoryStore,
    off: Arc<AtomicBool>,
    no_conversations: Arc<AtomicBool>,
    before_read: Arc<Interruption>,
}

#[derive(Default)]
struct Interruption(Mutex<Option<Task>>);

impl std::fmt::Debug for Interruption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Interruption")
    }
}

impl Flaky {
    fn check(&self) -> store::Result<()> {
        let down = StoreError::Unavailable { what: "it is switched off", source: None };
        if self.off.load(Ordering::SeqCst) { Err(down) } else { Ok(()) }
    }
}

#[async_trait::async_trait]
impl Store for Flaky {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(FlakyTenant { store: self.clone(), inner: self.inner.tenant(id) })
    }
    async fn bind(
        &self,
        number: &PhoneNumberId,
        account: &AccountId,
        tenant: &TenantId,
    ) -> store::Result<()> {
        self.inner.bind(number, account, tenant).await
    }
    async fn route(&self, number: &PhoneNumberId) -> store::Result<Option<Binding>> {
        self.inner.route(number).await
    }
    async fn numbers_of(&self, account: &AccountId) -> store::Result<Vec<(PhoneNumberId, TenantId)>> {
        self.inner.numbers_of(account).await
    }
    async fn claim(&self, request: Claim) -> store::Result<Vec<Lease>> {
        self.inner.claim(request).await
    }
    async fn extend(&self, lease: &Lease, until: Timestamp) -> store::Result<()> {
        self.inner.extend(lease, until).await
    }
    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> store::Result<Applied> {
        self.check()?;
        self.inner.finish(lease, outcome, changes).await
    }
    async fn backlog(&self, now: Timestamp) -> store::Result<store::Backlog> {
        self.inner.backlog(now).await
    }

    fn job_enqueued(&self) -> store::JobEnqueued<'_> {
        self.inner.job_enqueued()
    }
}

#[derive(Debug)]
struct FlakyTenant {
    store: Flaky,
    inner: Arc<dyn TenantStore>,
}

#[async_trait::async_trait]
impl TenantStore for FlakyTenant {
    async fn get(&self, key: Key) -> store::Result<Option<Record>> {
        self.store.check()?;
        if self.store.no_conversations.load(Ordering::SeqCst) && matches!(key, Key::Conversation(_)) {
            return Err(StoreError::Unavailable { what: "conversations", source: None });
        }
        let record = self.inner.get(key).await;
        let meanwhile = self.store.before_read.0.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        record
    }
    async fn list(&self, query: Query, page: PageRequest) -> store::Result<Page<Record>> {
        self.inner.list(query, page).await
    }
    async fn apply(&self, changes: Changes) -> store::Result<Applied> {
        self.store.check()?;
        self.inner.apply(changes).await
    }
}

/// A Meta that gives its answers in order, and lets something happen before each.
#[derive(Clone, Default)]
struct Meta {
    answers: Arc<Mutex<Vec<(u16, &'static str)>>>,
    meanwhile: Arc<Mutex<Option<Task>>>,
    posts: Arc<AtomicUsize>,
}

impl std::fmt::Debug for Meta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meta")
    }
}

#[async_trait::async_trait]
impl Transport for Meta {
    async fn send(&self, _: http::Request<Body>) -> Result<http::Response<Body>> {
        self.posts.fetch_add(1, Ordering::SeqCst);
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        let (status, body) = self.answers.lock().unwrap().remove(0);
        Ok(http::Response::builder().status(status).body(body.into()).unwrap())
    }
}

const ACCEPTED: (u16, &str) = (200, r#"{"messages":[{"id":"wamid.OUT"}]}"#);
const REFUSED: (u16, &str) = (400, r#"{"error":{"message":"x","type":"y","code":131026}}"#);
const THROTTLED: (u16, &str) = (400, r#"{"error":{"message":"x","type":"y","code":131056}}"#);

struct Office {
    desk: Desk,
    /// The same desk, in a process whose store is never interrupted.
    colleague: Desk,
    acme: Tenant,
    store: Flaky,
    meta: Meta,
    clock: Arc<AtomicI64>,
}

impl Office {
    async fn open(answers: &[(u16, &'static str)]) -> Self {
        let meta = Meta::default();
        meta.answers.lock().unwrap().extend_from_slice(answers);
        let client =
            Client::builder("token").transport(meta.clone()).retry(RetryPolicy::never()).build().unwrap();
        let (store, clock) = (Flaky::default(), Arc::new(AtomicI64::new(NOW)));
        let desk = desk(store.clone(), client.clone(), &clock);
        let colleague = desk_of(store.inner.clone(), client, &clock);
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, "1").await.unwrap();
        Self { desk, colleague, acme, store, meta, clock }
    }

    async fn state(&self, receipt: &whatsapp_business::desk::Receipt) -> SendState {
        self.colleague.tenant("acme").message(&receipt.id).await.unwrap().message.sending.unwrap().state
    }

    fn posts(&self) -> usize {
        self.meta.posts.load(Ordering::SeqCst)
    }

    /// What happens when this process stands still until its lease is over, and another looks after its jobs.
    fn long_pause(&self) -> Task {
        let (colleague, clock) = (self.colleague.clone(), Arc::clone(&self.clock));
        Box::pin(async move {
            clock.fetch_add(100, Ordering::SeqCst);
            assert_eq!(colleague.step().await.unwrap(), 1);
        })
    }
}

fn desk(store: Flaky, credentials: impl Credentials, clock: &Arc<AtomicI64>) -> Desk {
    desk_of(store, credentials, clock)
}

fn desk_of(store: impl Store, credentials: impl Credentials, clock: &Arc<AtomicI64>) -> Desk {
    let now = Arc::clone(clock);
    Desk::builder(store)
        .window(false)
        .credentials(credentials)
        .clock(move || Timestamp::from_seconds(now.load(Ordering::SeqCst)))
        .build()
}

#[tokio::test]
async fn a_store_that_fails_after_the_send_invites_no_second_one() {
    let office = Office::open(&[ACCEPTED]).await;
    let off = Arc::clone(&office.store.off);
    *office.meta.meanwhile.lock().unwrap() = Some(Box::pin(async move { off.store(true, Ordering::SeqCst) }));
    let receipt = office.acme.send(NUMBER, ANA, "Hello").await.unwrap();
    assert_eq!(receipt.sending.state, SendState::OutcomeUnknown);
    assert!(receipt.sending.error.is_some());
    office.store.off.store(false, Ordering::SeqCst);
    office.clock.fetch_add(100, Ordering::SeqCst);
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!((office.state(&receipt).await, office.posts()), (SendState::OutcomeUnknown, 1));
}

#[tokio::test]
async fn an_answer_that_comes_after_its_lease_is_over_still_counts() {
    for (answer, state) in
        [(ACCEPTED, SendState::Accepted), (REFUSED, SendState::Rejected), (THROTTLED, SendState::Queued)]
    {
        let office = Office::open(&[answer, ACCEPTED]).await;
        *office.meta.meanwhile.lock().unwrap() = Some(office.long_pause());
        let receipt = office.acme.send(NUMBER, ANA, "Hello").await.unwrap();
        assert_eq!((&receipt.sending.state, office.state(&receipt).await), (&state, state.clone()));
        // What Meta did not take goes out later, and nothing else does.
        office.clock.fetch_add(86_400, Ordering::SeqCst);
        let waiting = usize::from(state == SendState::Queued);
        assert_eq!(office.desk.step().await.unwrap(), waiting);
        assert_eq!(office.posts(), 1 + waiting, "{state}");
        assert_eq!(office.desk.step().await.unwrap(), 0);
    }
}

/// R20: a lease is of a job, and fences off who lost it.
#[tokio::test]
async fn an_answer_that_comes_when_the_message_was_sent_once_more_says_nothing_of_that() {
    const LOST: (u16, &str) = (503, "<html>");
    for (late, state) in [
        (THROTTLED, SendState::OutcomeUnknown),
        (REFUSED, SendState::OutcomeUnknown),
        (LOST, SendState::OutcomeUnknown),
        (ACCEPTED, SendState::Accepted),
    ] {
        let office = Office::open(&[LOST, late, ACCEPTED]).await;
        let (colleague, clock, takes_over) =
            (office.colleague.clone(), Arc::clone(&office.clock), office.long_pause());
        *office.meta.meanwhile.lock().unwrap() = Some(Box::pin(async move {
            takes_over.await;
            clock.fetch_add(10, Ordering::SeqCst);
            // It is looked at, and then sent.
            assert_eq!(colleague.step().await.unwrap(), 1);
            assert_eq!(colleague.step().await.unwrap(), 1);
        }));
        let call = office.acme.send(NUMBER, ANA, "Hello").resend_after(Duration::from_secs(10));
        let receipt = call.await.unwrap();
        let sending = office.colleague.tenant("acme").message(&receipt.id).await.unwrap().message.sending;
        let sending = sending.unwrap();
        assert_eq!((&sending.state, sending.attempts), (&state, 2), "{late:?}");
        assert_eq!(receipt.sending, sending, "{late:?}");
        // The colleague's attempt is looked at again in its time, and no other job is left.
        assert_eq!(office.desk.step().await.unwrap(), 0, "{late:?}");
        assert_eq!(office.posts(), 2, "{late:?}");
    }
}

#[tokio::test]
async fn a_worker_that_was_paused_leaves_the_job_to_whoever_has_it_now() {
    let office = Office::open(&[THROTTLED, THROTTLED, ACCEPTED]).await;
    let receipt = office.acme.send(NUMBER, ANA, "Hello").await.unwrap();
    office.clock.fetch_add(60, Ordering::SeqCst);
    // It reads the message and stands still; meanwhile its lease runs out and another makes the attempt.
    *office.store.before_read.0.lock().unwrap() = Some(office.long_pause());
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!((office.state(&receipt).await, office.posts()), (SendState::Queued, 2));
    office.clock.fetch_add(3600, Ordering::SeqCst);
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!((office.state(&receipt).await, office.posts()), (SendState::Accepted, 3));
}

#[tokio::test]
async fn a_store_that_fails_before_an_attempt_leaves_the_send_queued() {
    let office = Office::open(&[THROTTLED, ACCEPTED]).await;
    let receipt = office.acme.send(NUMBER, ANA, "Hello").await.unwrap();
    office.clock.fetch_add(60, Ordering::SeqCst);
    office.store.no_conversations.store(true, Ordering::SeqCst);
    assert!(office.desk.step().await.is_err());
    assert_eq!((office.state(&receipt).await, office.posts()), (SendState::Queued, 1));
    office.store.no_conversations.store(false, Ordering::SeqCst);
    office.clock.fetch_add(100, Ordering::SeqCst);
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!((office.state(&receipt).await, office.posts()), (SendState::Accepted, 2));
}

#[tokio::test]
async fn a_send_for_which_no_token_could_be_got_was_surely_not_made() {
    /// Asks a server for the token, which gives no answer that can be read.
    #[derive(Debug)]
    struct Vault(BusinessPhone);
    #[async_trait::async_trait]
    impl Credentials for Vault {
        async fn client(&self, _: &TenantId, _: &PhoneNumberId) -> Result<Client> {
            Err(self.0.media().info("5").await.unwrap_err())
        }
    }
    let meta = Meta::default();
    meta.answers.lock().unwrap().push((200, "?"));
    let client = Client::builder("token").transport(meta).build().unwrap();
    let desk = desk_of(MemoryStore::default(), Vault(client.phone("1")), &Arc::new(AtomicI64::new(NOW)));
    let acme = desk.tenant("acme");
    acme.bind(NUMBER, "1").await.unwrap();
    let receipt = acme.send(NUMBER, ANA, "Hello").await.unwrap();
    assert_eq!(receipt.sending.state, SendState::Queued);
}

#[tokio::test]
async fn what_was_checked_when_it_was_recorded_is_sent_as_it_is() {
    let office = Office::open(&[ACCEPTED]).await;
    let new =
        whatsapp_business::message::Raw::new("text", json!({"body": "x", "sparkle": 1}).to_string()).unwrap();
    let receipt = office.acme.send(NUMBER, ANA, new).await.unwrap();
    assert_eq!(receipt.sending.state, SendState::Accepted, "{:?}", receipt.sending.error);
}

#[tokio::test]
async fn a_store_that_always_sees_a_conflict_does_not_keep_a_send_forever() {
    #[derive(Debug)]
    struct Stubborn(MemoryStore);
    #[async_trait::async_trait]
    impl Store for Stubborn {
        fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
            Arc::new(StubbornTenant(self.0.tenant(id)))
        }
        async fn bind(
            &self,
            number: &PhoneNumberId,
            account: &AccountId,
            tenant: &TenantId,
        ) -> store::Result<()> {
            self.0.bind(number, account, tenant).await
        }
        async fn route(&self, number: &PhoneNumberId) -> store::Result<Option<Binding>> {
            self.0.route(number).await
        }
        async fn numbers_of(&self, account: &AccountId) -> store::Result<Vec<(PhoneNumberId, TenantId)>> {
            self.0.numbers_of(account).await
        }
        async fn claim(&self, request: Claim) -> store::Result<Vec<Lease>> {
            self.0.claim(request).await
        }
        async fn extend(&self, lease: &Lease, until: Timestamp) -> store::Result<()> {
            self.0.extend(lease, until).await
        }
        async fn finish(&self, _: &Lease, _: Outcome, _: Changes) -> store::Result<Applied> {
            Err(StoreError::Conflict("message"))
        }
        async fn backlog(&self, now: Timestamp) -> store::Result<store::Backlog> {
            self.0.backlog(now).await
        }
        fn job_enqueued(&self) -> store::JobEnqueued<'_> {
            self.0.job_enqueued()
        }
    }
    #[derive(Debug)]
    struct StubbornTenant(Arc<dyn TenantStore>);
    #[async_trait::async_trait]
    impl TenantStore for StubbornTenant {
        async fn get(&self, key: Key) -> store::Result<Option<Record>> {
            tokio::task::yield_now().await;
            self.0.get(key).await
        }
        async fn list(&self, query: Query, page: PageRequest) -> store::Result<Page<Record>> {
            self.0.list(query, page).await
        }
        async fn apply(&self, _: Changes) -> store::Result<Applied> {
            Err(StoreError::Conflict("contact"))
        }
    }
    let meta = Meta::default();
    let client = Client::builder("token").transport(meta.clone()).build().unwrap();
    let desk = desk_of(Stubborn(MemoryStore::default()), client, &Arc::new(AtomicI64::new(NOW)));
    let acme = desk.tenant("acme");
    acme.bind(NUMBER, "1").await.unwrap();
    let patience = Duration::from_secs(5);
    let error = tokio::time::timeout(patience, async { acme.send(NUMBER, ANA, "x").await });
    assert!(error.await.expect("it goes on forever").unwrap_err().is_retryable());
    let error = tokio::time::timeout(patience, acme.register("Acme"));
    assert!(error.await.expect("it goes on forever").is_err());
    assert_eq!(meta.posts.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_send_in_a_state_of_a_newer_version_is_left_to_that_version() {
    let office = Office::open(&[THROTTLED, ACCEPTED]).await;
    let receipt = office.acme.send(NUMBER, ANA, "Hello").await.unwrap();
    let records = office.store.inner.tenant(&"acme".into());
    let become_state = async |state: SendState| {
        let mut message = records.message(&receipt.id).await.unwrap().unwrap();
        message.sending.as_mut().unwrap().state = state;
        let _ = records.apply(Changes::at(Timestamp::from_seconds(NOW)).update(message)).await.unwrap();
    };
    become_state("paused".into()).await;
    // Ever more rarely: whoever cannot do it keeps nobody from it.
    for wait in [60, 240] {
        office.clock.fetch_add(wait, Ordering::SeqCst);
        assert_eq!(office.desk.step().await.unwrap(), 1);
    }
    assert_eq!((office.state(&receipt).await, office.posts()), ("paused".into(), 1));
    become_state(SendState::Queued).await;
    office.clock.fetch_add(480, Ordering::SeqCst);
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!((office.state(&receipt).await, office.posts()), (SendState::Accepted, 2));
}

#[tokio::test]
async fn a_send_whose_conversation_is_gone_is_given_up() {
    let office = Office::open(&[THROTTLED]).await;
    let receipt = office.acme.send(NUMBER, ANA, "Hello").await.unwrap();
    let records = office.store.inner.tenant(&"acme".into());
    let version = records.conversation(&receipt.conversation).await.unwrap().unwrap().version;
    let gone = Change::Delete(Key::Conversation(receipt.conversation.clone()), version);
    let _ = records.apply(Changes::at(Timestamp::from_seconds(NOW)).with(gone)).await.unwrap();
    office.clock.fetch_add(60, Ordering::SeqCst);
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!((office.state(&receipt).await, office.posts()), (SendState::Rejected, 1));
    office.clock.fetch_add(86_400, Ordering::SeqCst);
    assert_eq!(office.desk.step().await.unwrap(), 0);
}
