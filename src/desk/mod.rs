//! The application layer: tracked sends, webhooks kept before they are acknowledged, conversations with their history.
//!
//! A [`Desk`] joins a [`Client`] and a [`Store`]. What it promises:
//!
//! - **A send is recorded before it is made**, so a crash loses nothing and sends nothing twice. A send whose answer is
//!   lost is [`OutcomeUnknown`](crate::store::SendState::OutcomeUnknown), and settled by the first status webhook that names it.
//! - **A send may wait**: [`Tenant::enqueue`] answers once it is durable, and [`Desk::run`] sends it, in any number of
//!   processes on one store. Messages to one person go out in order, and no number sends faster than Meta lets it.
//! - **A failure stops no more than it must**: one message, one person's, one number's or one tenant's.
//! - **A webhook is kept before [`receive`](Desk::receive) returns**, so `200` is answered only for what is safe. Each
//!   event counts once, however often Meta delivers it.
//! - **Statuses may come late, twice, before their message and in any order**; the result is the same.
//! - **One bad event never fails its siblings**: it goes to the dead letters.
//! - **What the host does about an event comes from the store, too**: see [`Handler`].
//! - **Nobody is written to who may not be**: outside the 24-hour [`Window`] only templates go out, and marketing only to who
//!   did not [withdraw](Ledger::withdraw) their consent.
//! - **A conversation has one agent at most, and no agent has more than they can**: see [`Strategy`].
//! - **A template is approved by two people before Meta sees it**: see [`Templates`].
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
//!
//! # Watching
//!
//! Deliveries, jobs and attempts to send have `tracing` spans, `desk.receive`, `desk.job` and `desk.send`, with ids of ours and
//! nothing of a person. [`Desk::health`] tells what waits and what is stopped. With the feature `metrics` there are figures for
//! the facade of that name:
//!
//! | name | kind | what |
//! |---|---|---|
//! | `whatsapp_events_total` by `outcome` | counter | events received: `applied`, `duplicate`, `dead_letter` |
//! | `whatsapp_webhook_lag_seconds` | histogram | how long events were on their way, by Meta's clock and ours |
//! | `whatsapp_deliveries_refused_total` | counter | deliveries over the [bound](DeskBuilder::deliveries) |
//! | `whatsapp_jobs_total` by `kind`, `outcome` | counter | jobs that were worked on, until `done` (for now) or `failed` |
//! | `whatsapp_job_attempts` by `kind` | histogram | how often a job had been taken up, that time included |
//! | `whatsapp_job_wait_seconds` by `kind` | histogram | how long it had been due when it was taken up |
//! | `whatsapp_jobs_due`, `_later`, `_in_hand`, `whatsapp_oldest_due_seconds` | gauge | what [`Desk::health`] told last |
//! | `whatsapp_attempts_total` by `outcome`, `code` | counter | attempts to send, by what became of the message: `accepted`, `rejected`, `unknown`, `queued` to be tried again; with Meta's code or `none` |
//! | `whatsapp_stopped` by `whose` | gauge | [tenants and numbers](Stopped) whose sends are stopped: `tenant`, `number` |
//! | `whatsapp_window_closed_total` by `told` | counter | free-form messages outside the [`Window`]: refused by the desk (`before`), by Meta's answer (`answer`) or by its webhook (`status`) |

mod audit;
mod audit_export;
mod blob;
mod builder;
mod clock;
mod consent;
mod contact;
mod conversation;
mod deliveries;
mod echo;
mod entry;
mod handler;
mod health;
mod history;
mod interaction;
mod letter;
mod media;
mod privacy;
mod receive;
mod refusal;
mod report;
mod routing;
mod rules;
mod send;
mod template;
mod tenant;
mod usage;
mod watch;
mod window;
mod worker;

pub use audit_export::AuditExport;
pub use blob::{Blob, BlobReader, BlobStore, FileBlobs};
pub use builder::DeskBuilder;
pub use consent::{Keywords, Ledger};
pub use conversation::{Note, Search};
pub use deliveries::{Deliveries, DeliveryReport, Spread};
pub use entry::{DeliveryMetrics, Entry, Headline, Origin};
pub use handler::{Handler, HandlerError, Incoming};
pub use health::Health;
pub use interaction::{Interaction, InteractionKind, InteractionSink};
pub use receive::Received;
pub use routing::{Agents, Directory, Previous, Snapshot, Strategy};
pub use rules::Policy;
pub use send::{Arbiter, Decision, EnqueueCall, Priority, Receipt, SendCall, Stopped};
pub use template::{DraftTemplate, Revision, Synced, TemplateProblem, Templates};
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
use builder::Settings;
use send::{Holds, Lanes};
use std::{fmt, sync::Arc};
use tokio::{sync::Semaphore, task::JoinError};
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
    settings: Settings,
    alarm: Alarm,
    holds: Holds,
    lanes: Lanes,
    deliveries: Arc<Semaphore>,
}

impl Desk {
    /// The tenant under which events are kept whose business phone number belongs to nobody.
    pub const UNROUTED: &str = "(unrouted)";

    /// How many messages a second a business number may send and receive, unless Meta raised it.
    ///
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput>
    pub const THROUGHPUT: u32 = 80;
    /// The same for a number that Meta upgraded, when it has reached very many people.
    pub const THROUGHPUT_HIGH: u32 = 1_000;
    /// The same for a number that the WhatsApp Business app uses as well.
    pub const THROUGHPUT_COEXISTENCE: u32 = 20;

    /// A desk that keeps everything in `store`.
    pub fn builder(store: impl Store) -> DeskBuilder {
        DeskBuilder::new(Arc::new(store))
    }

    /// The desk of one tenant. Nothing on it reaches another tenant's data.
    #[must_use]
    pub fn tenant(&self, id: impl Into<TenantId>) -> Tenant {
        let id = id.into();
        Tenant { store: self.0.settings.store.tenant(&id), desk: self.clone(), id }
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
        self.0.settings.webhook.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config("the desk has no webhook: set DeskBuilder::webhook".to_owned()))
        })
    }

    async fn client(&self, tenant: &TenantId, number: &PhoneNumberId) -> Result<Client> {
        match &self.0.settings.credentials {
            Some(credentials) => credentials.client(tenant, number).await,
            None => Err(Error::new(ErrorKind::Config(
                "the desk has no credentials: set DeskBuilder::credentials".to_owned(),
            ))),
        }
    }

    fn store(&self) -> &dyn Store {
        &*self.0.settings.store
    }

    fn now(&self) -> Timestamp {
        self.0.settings.clock.now()
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("store", &self.0.settings.store).finish_non_exhaustive()
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
