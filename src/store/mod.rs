//! Where everything is kept: the contract, its records, and the stores that keep it.
//!
//! A [`Store`] persists and nothing else: the rules of the domain live in `desk`, as pure functions, so that no store can
//! get one wrong. There is one door for writing, [`TenantStore::apply`], which takes a list of typed [`Changes`] and
//! makes all of them or none.
//!
//! On top of the contract every store can [export](TenantStoreExt::export) and [erase](TenantStoreExt::erase) what is kept of
//! a person, and [forget](TenantStoreExt::forget_before) what is old.
//!
//! # Writing your own store
//!
//! Implement [`Store`] and [`TenantStore`], and let the feature `conformance` prove it: `store_conformance!` makes one test
//! of each promise on this page and on the methods. [`MemoryStore`] is the reference where words are not enough.
//!
#![cfg_attr(feature = "conformance", doc = "```")]
#![cfg_attr(not(feature = "conformance"), doc = "```text")]
//! // tests/store.rs, with tokio (features `macros` and `rt`) among the dev-dependencies
//! # type MyStore = whatsapp_business::store::MemoryStore;
//! /// An empty store, and what must live as long as the test, such as a temporary directory.
//! async fn new_store() -> (MyStore, ()) {
//!     (MyStore::default(), ())
//! }
//!
//! whatsapp_business::store_conformance!(new_store);
//! ```
//!
//! **Keep** these records, all of them by tenant. What a list is ordered by is also what its index must begin with: the
//! tenant, what narrows the list, the time, the id as bytes.
//!
//! | record | its [`Key`] | another key, which is unique | its lists ([`Query`]) | ordered by |
//! |---|---|---|---|---|
//! | [`Tenant`] | the tenant | | | |
//! | [`Contact`] | id | each identity | `Contacts`, `MergedInto` another | `created_at`, id |
//! | [`Conversation`] | id | number and contact, while `active` | `Conversations`, `ConversationsWith` a contact, `ConversationsIn` a state, `ConversationsOf` an agent, `Unassigned` (active, no agent), `ConversationsOfCustomer`, `ConversationsOfLead`; `Waiting` (with a `waiting_since`) | `opened_at`, id; `Waiting` by `waiting_since`, id |
//! | [`Tag`] | conversation, word | | `Tagged` with a word, `TagsOf` a conversation | `at`, conversation with the word |
//! | [`StoredMessage`] | id | Meta's id, if it has one | `Messages` of a conversation, `AllMessages` | `at`, id |
//! | [`Progress`] | Meta's id of the message | | | |
//! | [`DeliveryFailure`] | message, time, code | | `Failures` of a message | `at`, code as text |
//! | [`DeadLetter`] | id | | `DeadLetters` | `at`, id |
//! | [`IdentityConflict`] | id | | `IdentityConflicts` | `at`, id |
//! | [`Consent`] | person, purpose | | `Consents` | `at`, person in hexadecimal digits with the purpose |
//! | [`Agent`] | id | | `Agents` | `created_at`, id |
//! | [`StoredMedia`] | message | | | |
//! | [`StoredTemplate`] | id | account, name, language | `Templates` | `created_at`, id |
//! | [`TemplateVersion`] | template, number | | `TemplateVersions` of a template, `VersionsIn` a state of approval | `at`, template, `.`, number in ten digits |
//! | [`AuditEntry`] | id | | `Audit`, `AuditOf` a subject | `at`, id |
//! | [`Usage`] | day, metric | | `Usage` | `day`, metric |
//! | [`Job`] | id | | those due, by [`Store::claim`] | `due`, then as enqueued |
//!
//! Beside them: [marks](Mark) of 32 bytes with their end, the [`Binding`] of each business number (over all tenants), and with
//! each job its lease and its place behind those enqueued before. Records name each other without foreign keys: each may
//! come before what it names and stay after it. Text may hold any character, NUL too, bodies any byte; a time is any number of
//! milliseconds.
//!
//! **Make a batch** ([`TenantStore::apply`], and the changes of [`Store::finish`]) like this, in one transaction:
//! [`Changes::check`] first; then all marks, where one that is there and not over ends it as a duplicate; then each
//! [`Change`] in order, where each sees those before it. Of two batches that touch the same, the second sees all of the first
//! or waits. Where the database gives up such a transaction by itself, make it again.
//!
//! | method | all or nothing | order | once more | fails with |
//! |---|---|---|---|---|
//! | [`bind`](Store::bind) | one owner of a number | | the same tenant may | `NotUnique` |
//! | [`route`](Store::route) | sees each `bind` that returned | | | |
//! | [`numbers_of`](Store::numbers_of) | sees each `bind` that returned | number | | |
//! | [`claim`](Store::claim) | a job goes to one caller | `due`, then as enqueued; heads of groups only | gives other jobs | |
//! | [`extend`](Store::extend) | fenced by the token | | may | `LeaseLost` |
//! | [`finish`](Store::finish) | changes and job together, fenced | as `apply` | `LeaseLost`: the job is settled | `LeaseLost`, as `apply` |
//! | [`backlog`](Store::backlog) | may count while others write | | | |
//! | [`job_enqueued`](Store::job_enqueued) | hears from the call on | | waits anew | |
//! | [`get`](TenantStore::get) | sees each `apply` that returned | | | `Corrupt` |
//! | [`list`](TenantStore::list) | a page of one moment | see above; [`Page::cut`] | | `BadCursor`, `Corrupt` |
//! | [`apply`](TenantStore::apply) | durable when it returns | marks, then as given | `Duplicate` with a mark, else `Conflict` | `Conflict`, `NotUnique`, `Refused`, `TooLarge` |
//!
//! All but `tenant` can also fail with `Unavailable`: then it was done or was not, never half. A caller may go away at any
//! await point, so whatever holds a transaction runs where it is brought to its end all the same.
//!
//! **Ask the types**: [`PageRequest::position`] and [`Page::cut`] read and write cursors, [`Record::order`] tells a record's
//! place in a list. A store that reads a record, changes it and writes it back is told by [`Change::apply_to`] and
//! [`Outcome::apply_to`] what to write, by [`Record::other_keys`] what must be unique and by [`Record::lists`] where it is
//! listed, and [`Record`], [`Key`] and [`Query`] can be written with serde: `examples/custom_store` is such a store, the whole
//! contract over an embedded database in 400 lines. A store with columns says the same in SQL, as `SqliteStore` does. Enums may
//! grow in a later version: refuse what you do not know with [`StoreError::Refused`].
//!
//! **Enforce** what only the store can, and leave the rest to the desk:
//!
//! | the store enforces | because | the desk decides |
//! |---|---|---|
//! | atomic, isolated, durable batches | a webhook is answered 200 right after | what belongs into one batch |
//! | [`Change::Once`] seen before makes the batch a no-op | Meta delivers everything more than once | what an event is called, and that it is remembered for 8 days |
//! | no write without the version it expects | two nodes work on one tenant | to read again and try again |
//! | uniqueness, with the write and not before it | two first messages arrive at once | who a person is; that two contacts are never merged by themselves |
//! | times that only move one way, counts that add up | statuses come late, twice and in any order | what the headline of a message is |
//! | leases fenced by tokens, groups one by one | a paused worker wakes up and writes | when a job is tried again and when given up |
//! | a tenant's handle knows no other tenant | tenants never meet | which tenant a delivery is for |
//! | nothing by its own clock | clocks differ, tests need their own | what time it is |
//!
//! Marks that are over may go at any time from an hour after their end (a clock may be behind); do it a few at a time, with
//! the batches that make new ones, so that none waits for thousands. [`Bell`] tells those who wait for jobs.

mod bell;
mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
mod digest;
pub(crate) mod erasure;
mod error;
mod export;
pub(crate) mod ext;
mod job;
mod key;
mod memory;
mod page;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
pub(crate) mod retention;
mod rules;
#[cfg(feature = "sqlite")]
mod sqlite;
pub(crate) mod sweep;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod tables;

pub use crate::secret::PersonSalt;
pub use bell::Bell;
pub use change::{Applied, Change, Changes, ConversationTime, Expect, Fact};
pub use digest::{Mark, PersonHash};
pub use erasure::Erased;
pub use error::StoreError;
pub use export::Export;
pub use ext::TenantStoreExt;
pub use job::{Backlog, Claim, Job, JobId, JobKind, Lease, LeaseToken, Outcome};
pub use key::{Key, Query};
pub use memory::MemoryStore;
pub use page::{Cursor, Page, PageRequest};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresStore};
pub use record::{
    Agent, AgentId, Approval, AuditEntry, AuditEntryId, Binding, Consent, ConsentSource, ConsentState,
    Contact, ContactId, Conversation, ConversationId, ConversationState, CustomerId, DeadLetter,
    DeadLetterId, DeliveryFailure, Direction, Identity, IdentityConflict, IdentityConflictId, LeadId,
    MediaState, Presence, Progress, Purpose, Record, SendState, Sending, StoredMedia, StoredMessage,
    StoredMessageId, StoredTemplate, StoredTemplateId, Subject, SubjectKind, Tag, TemplateVersion, Tenant,
    Usage,
};
pub use retention::Forgotten;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    time::Timestamp,
};
use async_trait::async_trait;
use std::{fmt::Debug, pin::Pin, sync::Arc};

/// `Result` with [`StoreError`].
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A wait that [`Store::job_enqueued`] began.
pub type JobEnqueued<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A place that keeps the data of many tenants.
///
/// Every method is atomic and may be called at any time from any task, thread or process. A future that is dropped
/// did all of its work, does all of it yet, or none, and leaves nothing locked.
///
/// Ids are bytes. They may be empty and hold anything; two that differ in a byte are two, whatever a language says. A
/// store keeps ids, groups and tokens of at least [`Key::MAX_ID`] bytes.
#[async_trait]
pub trait Store: Debug + Send + Sync + 'static {
    /// The only way to a tenant's data: nothing on the handle takes a tenant's id, so none can be forgotten or forged.
    ///
    /// Costs nothing and does not look whether the tenant exists.
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore>;

    /// Makes `tenant` the owner of the business phone number `number` of `account`.
    ///
    /// A number has one owner in the whole store. Binding it again to the same tenant updates the account.
    ///
    /// # Errors
    /// [`StoreError::NotUnique`] when another tenant owns the number; nothing is changed then.
    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()>;

    /// Who owns `number`; `None` when nobody does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the store cannot be asked.
    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>>;

    /// The numbers of `account` with the owner of each, ordered by the bytes of the number: whom a webhook is for that names
    /// an account and no number.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the store cannot be asked.
    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>>;

    /// Takes due jobs of any tenant, oldest due first, and leases them to the caller.
    ///
    /// A job is due when its time has come and nobody holds a live lease on it (one that ends after `request.now`). Of
    /// each group of a tenant only the head (the job enqueued first) can be claimed, and only while no other job of the
    /// group has a live lease: jobs of a group run one after the other, in order. Of jobs due at the same time, the one
    /// enqueued first comes first. Claims by several callers at once, also in several
    /// processes, never give out the same job twice. The attempt count of a job is raised by each claim, up to
    /// [`u32::MAX`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the store cannot be asked; nothing is leased then.
    async fn claim(&self, request: Claim) -> Result<Vec<Lease>>;

    /// Makes a lease end at `until` from now on, later than before or sooner. It may be late, as long as nobody else has
    /// claimed the job since.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the job is done, was given back or was claimed by another.
    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()>;

    /// Ends a lease: makes `changes` in the tenant of the job and then settles the job, both or neither. Like
    /// [`extend`](Self::extend) it may be late.
    ///
    /// When `changes` turn out to be a [duplicate](Applied::Duplicate), the job is settled all the same. When they remove
    /// the job itself, nothing is left to be settled.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the job is done, was given back or was claimed by another, and whatever
    /// [`TenantStore::apply`] gives for `changes`; the lease and the job are untouched then. That the lease is lost comes
    /// first, also when no store would take `changes`: whoever lost it need not look at what they were.
    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied>;

    /// How many jobs there are over all tenants at `now`: for people who watch.
    ///
    /// It may count all jobs one by one, so it is nothing to ask many times a second. What is enqueued or done meanwhile may or
    /// may not be counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the store cannot be asked.
    async fn backlog(&self, now: Timestamp) -> Result<Backlog>;

    /// Waits until there may be a new job to claim.
    ///
    /// Completes once a job was enqueued without a lease, or given back ([`Outcome::Again`]), after this was called; also
    /// when that happened before the future was polled for the first time. All who wait are told. It may complete for no
    /// reason, and what another process enqueued may be told late or never: so whoever waits also looks from time to time.
    /// That time comes, that a lease ends and that the job in front is done are not told. Dropping the future loses nothing.
    ///
    /// A worker calls this first, then claims, and waits only when there was nothing, so that a job enqueued in between is
    /// not missed. An implementer finds a [`Bell`] for it.
    ///
    /// ```
    /// # use whatsapp_business::{store::{Claim, MemoryStore, Store}, time::Timestamp};
    /// # use std::time::Duration;
    /// # async fn work(store: &dyn Store, token: impl Fn() -> String) -> whatsapp_business::store::Result<()> {
    /// loop {
    ///     let enqueued = store.job_enqueued();
    ///     let claim = Claim::new(Timestamp::now(), Duration::from_secs(90), 16, token());
    ///     let leases = store.claim(claim).await?;
    ///     if leases.is_empty()
    ///         && let Ok(told) = tokio::time::timeout(Duration::from_secs(5), enqueued).await
    ///     {
    ///         told?;
    ///     }
    ///     // Do the jobs and `finish` each.
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nothing will ever be told again, as the store was closed. A store that lost its
    /// connection and looks for another does not say so here.
    fn job_enqueued(&self) -> JobEnqueued<'_>;
}

/// The data of one tenant.
#[async_trait]
pub trait TenantStore: Debug + Send + Sync {
    /// The record at `key`; `None` when there is none.
    ///
    /// Sees every change whose `apply` has returned.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn get(&self, key: Key) -> Result<Option<Record>>;

    /// The records that `query` asks for, a page at a time.
    ///
    /// Every list has one order, that of [`Record::order`], and is read from its newest end unless the page asks for
    /// the oldest. A cursor is a place in it: going on neither repeats nor skips a record that was there from the start,
    /// whatever is added, removed or changed meanwhile, unless that record itself moved.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] for a cursor that another query or tenant gave, or nobody;
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>>;

    /// Makes all of `changes`, in order, or none of them, and returns when they are durable.
    ///
    /// Each change sees the ones before it in the same batch. An empty batch does nothing. A job that is enqueued wakes
    /// those who wait for [one](Store::job_enqueued).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an expectation does not hold, [`StoreError::NotUnique`] when a uniqueness rule
    /// would be broken, [`StoreError::Refused`] for a record that cannot be put, [`StoreError::TooLarge`] for more than [`Changes::MAX_LEN`] changes or
    /// [`Changes::MAX_BYTES`] bytes; nothing is changed then. After [`StoreError::Unavailable`] the batch was made or
    /// was not: a [`Change::Once`] at its head makes repeating it safe.
    async fn apply(&self, changes: Changes) -> Result<Applied>;
}

/// A shared store is a store.
#[async_trait]
impl<S: Store + ?Sized> Store for Arc<S> {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        (**self).tenant(id)
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        (**self).bind(number, account, tenant).await
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        (**self).route(number).await
    }

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        (**self).numbers_of(account).await
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        (**self).claim(request).await
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        (**self).extend(lease, until).await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        (**self).finish(lease, outcome, changes).await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        (**self).backlog(now).await
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        (**self).job_enqueued()
    }
}
