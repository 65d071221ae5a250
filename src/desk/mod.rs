//! The application layer: tracked sends, webhooks kept before they are acknowledged, conversations with their history.
//!
//! A [`Desk`] joins a [`Client`] and a [`Store`]. What it promises:
//!
//! - **A send is recorded before it is made**, so a crash loses nothing and sends nothing twice. A send whose answer is
//!   lost is [`OutcomeUnknown`](crate::store::SendState::OutcomeUnknown), and settled by the first status webhook that names it.
//! - **A webhook is kept before [`receive`](Desk::receive) returns**, so `200` is answered only for what is safe. Each
//!   event counts once, however often Meta delivers it.
//! - **Statuses may come late, twice, before their message and in any order**; the result is the same.
//! - **One bad event never fails its siblings**: it goes to the dead letters.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> whatsapp_business::Result<()> {
//! use whatsapp_business::{Client, Desk, Webhook, store::MemoryStore};
//!
//! let desk = Desk::builder(MemoryStore::default())
//!     .credentials(Client::new("a-token")?)
//!     .webhook(Webhook::new("app-secret", "verify-token")?)
//!     .build();
//! let acme = desk.tenant("acme");
//! acme.register("Acme Solar").await?;
//! acme.bind("106540352242922", "102290129340398").await?;
//! // acme.send("106540352242922", "+14155552671", "Hello").await?;
//! # Ok(()) }
//! ```

mod audit;
mod clock;
mod consent;
mod contact;
mod conversation;
mod entry;
mod receive;
mod refusal;
mod routing;
mod rules;
mod send;
mod tenant;
mod window;
mod worker;

pub use consent::{Keywords, Ledger};
pub use conversation::{Note, Search};
pub use entry::{DeliveryMetrics, Entry, Headline};
pub use receive::Received;
pub use routing::{Agents, Directory, Previous, Snapshot, Strategy};
pub use rules::Policy;
pub use send::{Receipt, SendCall};
pub use tenant::Tenant;
pub use window::Window;

use crate::{
    client::Client,
    error::{Error, ErrorKind, Result},
    id::{PhoneNumberId, TenantId},
    store::Store,
    time::Timestamp,
    webhook::Webhook,
};
use async_trait::async_trait;
use clock::Clock;
use rules::Rules;
use std::{fmt, sync::Arc, time::Duration};
use tokio::task::JoinError;
use worker::Alarm;

/// Where the desk gets the token to speak for a tenant. Tokens are never kept in the store.
///
/// A [`Client`] is the simplest of them: one token for every tenant.
#[async_trait]
pub trait Credentials: fmt::Debug + Send + Sync + 'static {
    /// A client that may send from `number` of `tenant`.
    ///
    /// Asked before every attempt, so a new token is used at once; keep clients for reuse, they hold the connections.
    ///
    /// # Errors
    /// Any; the send is tried again later when [`Error::is_retryable`], else it is rejected.
    async fn client(&self, tenant: &TenantId, number: &PhoneNumberId) -> Result<Client>;
}

#[async_trait]
impl Credentials for Client {
    async fn client(&self, _: &TenantId, _: &PhoneNumberId) -> Result<Client> {
        Ok(self.clone())
    }
}

/// The application layer over a store and a client; cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    credentials: Option<Arc<dyn Credentials>>,
    webhook: Option<Webhook>,
    lease: Duration,
    clock: Clock,
    concurrency: usize,
    look_every: Duration,
    alarm: Alarm,
    rules: Rules,
}

impl Desk {
    /// The tenant under which events are kept whose business phone number belongs to nobody.
    pub const UNROUTED: &str = "(unrouted)";

    /// A desk that keeps everything in `store`.
    pub fn builder(store: impl Store) -> DeskBuilder {
        DeskBuilder {
            store: Arc::new(store),
            credentials: None,
            webhook: None,
            lease: Duration::from_secs(90),
            clock: Clock::system(),
            concurrency: 256,
            look_every: Duration::from_secs(1),
            rules: Rules::default(),
        }
    }

    /// The desk of one tenant. Nothing on it reaches another tenant's data.
    #[must_use]
    pub fn tenant(&self, id: impl Into<TenantId>) -> Tenant {
        let id = id.into();
        Tenant { store: self.0.store.tenant(&id), desk: self.clone(), id }
    }

    /// Answers the `GET` request by which Meta sets up the webhook: the text to send back with status 200.
    ///
    /// # Errors
    /// [`ErrorKind::Challenge`] when the request is not Meta's or not for this endpoint: answer 403;
    /// [`ErrorKind::Config`] when the desk has no [`webhook`](DeskBuilder::webhook).
    pub fn challenge(&self, query: &str) -> Result<String> {
        self.webhook()?.challenge(query)
    }

    fn webhook(&self) -> Result<&Webhook> {
        self.0.webhook.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config("the desk has no webhook: set DeskBuilder::webhook".to_owned()))
        })
    }

    async fn client(&self, tenant: &TenantId, number: &PhoneNumberId) -> Result<Client> {
        match &self.0.credentials {
            Some(credentials) => credentials.client(tenant, number).await,
            None => Err(Error::new(ErrorKind::Config(
                "the desk has no credentials: set DeskBuilder::credentials".to_owned(),
            ))),
        }
    }

    fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("store", &self.0.store).finish_non_exhaustive()
    }
}

/// Sets up a [`Desk`].
#[must_use = "a builder does nothing until it is built"]
pub struct DeskBuilder {
    store: Arc<dyn Store>,
    credentials: Option<Arc<dyn Credentials>>,
    webhook: Option<Webhook>,
    lease: Duration,
    clock: Clock,
    concurrency: usize,
    look_every: Duration,
    rules: Rules,
}

impl DeskBuilder {
    /// Where tokens come from; needed to send.
    pub fn credentials(mut self, credentials: impl Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// How webhooks are verified; needed to receive.
    pub fn webhook(mut self, webhook: Webhook) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// How many jobs [`Desk::run`] has in hand at once. 256 unless set; at a round trip of 100 milliseconds to Meta that is
    /// enough for 2,500 messages a second.
    pub fn concurrency(mut self, jobs: usize) -> Self {
        self.concurrency = jobs.max(1);
        self
    }

    /// How often an idle [`Desk::run`] looks for jobs that it was not told of: those left by other processes. Every second
    /// unless set.
    pub fn look_every(mut self, span: Duration) -> Self {
        self.look_every = span;
        self
    }

    /// How long a job may take before another worker looks after it. A worker extends it while it goes on with the job; an
    /// attempt to send in place has to be over by then. 90 seconds unless set.
    pub fn lease(mut self, span: Duration) -> Self {
        self.lease = span;
        self
    }

    /// The clock, for tests.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }

    /// The desk.
    #[must_use]
    pub fn build(self) -> Desk {
        let Self { store, credentials, webhook, lease, clock, concurrency, look_every, rules } = self;
        let alarm = Alarm::default();
        Desk(Arc::new(Inner {
            store,
            credentials,
            webhook,
            lease,
            clock,
            concurrency,
            look_every,
            alarm,
            rules,
        }))
    }
}

impl fmt::Debug for DeskBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeskBuilder").field("store", &self.store).finish_non_exhaustive()
    }
}

/// How often a change is tried when others change the same records at the same moment.
const TRIES: usize = 64;

/// A new id, ordered by time so that what was made together lies together.
fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Runs `work` in a task of its own and waits for it: a caller that is dropped (its peer hung up) cannot leave it half
/// done.
async fn detached<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    ended(tokio::spawn(work).await)
}

/// What a task gave that was waited for.
fn ended<T>(task: Result<Result<T>, JoinError>) -> Result<T> {
    match task {
        Ok(result) => result,
        Err(failure) => match failure.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down; what was begun is in the store, and goes on from there.
            Err(_) => Err(Error::new(ErrorKind::Store { retryable: true })),
        },
    }
}
