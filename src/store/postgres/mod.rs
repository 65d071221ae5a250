//! A store in PostgreSQL.
//!
//! A task writes. It takes all that waits and makes it one transaction of few statements, so that many callers share one
//! wait for the disk; each gets its answer when its changes are durable. A batch that cannot be made is taken out alone.
//! Nothing but prepared statements outlives a transaction on a connection, and these are an option, so that a proxy may stand in
//! between.

mod alone;
mod call;
mod connection;
mod error;
mod forget;
mod group;
mod jobs;
mod listen;
mod marks;
mod migrate;
#[cfg(not(feature = "postgres-rustls"))]
mod no_tls;
mod options;
mod plan;
mod read;
mod reader;
mod rows;
mod step;
mod tenants;
mod text;
#[cfg(feature = "postgres-rustls")]
mod tls;
mod together;
mod touch;
mod value;
mod writer;

pub use options::PostgresOptions;

#[cfg(not(feature = "postgres-rustls"))]
use no_tls as tls;

use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Binding, Changes, Claim, JobEnqueued, Key, Lease, Outcome, Page, PageRequest,
        Query, Record, Result, Store, StoreError, TenantStore,
    },
    time::Timestamp,
};
use async_trait::async_trait;
use connection::{Database, Statement};
use deadpool_postgres::{Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Runtime};
use group::Call;
use listen::Task;
use plan::Next;
use reader::Reader;
use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tenants::{ALLOW, allowed};
use tls::Tls;
use tokio_postgres::{
    Config, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};
use value::Param;
use writer::{News, Writers};

/// How long a caller waits for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Keeps everything in a schema of a PostgreSQL database, durable when a call returns. Clones are handles to the same store.
///
/// ```no_run
/// # async fn open() -> whatsapp_business::store::Result<()> {
/// use whatsapp_business::store::{PostgresOptions, PostgresStore};
/// let options = PostgresOptions::new().app_role("crm");
/// // Once for each release, under the role that owns the tables.
/// PostgresStore::migrate("postgres://owner@localhost/crm", &options).await?;
/// let store = PostgresStore::open("postgres://crm@localhost/crm", &options).await?;
/// # Ok(()) }
/// ```
///
/// # Roles
///
/// Two are best. Make them once; [`migrate`](Self::migrate) under the first gives the second all that a store needs:
///
/// ```sql
/// CREATE ROLE owner LOGIN PASSWORD '…';  -- makes and owns the tables
/// CREATE ROLE crm LOGIN PASSWORD '…';    -- opens the store
/// GRANT CREATE ON DATABASE crm TO owner; -- unless the schema is there and is the owner's
/// ```
///
/// The second may read, add and remove rows and change what changes in them, but no table, and no row's key or tenant.
/// Row-level security parts the tenants, whatever a statement asks for. It does not hold for superusers and `BYPASSRLS`, under
/// which the store does not open.
///
/// # Reading the tables
///
/// The tables are there to be joined and reported on. `001_initial.sql` says what they mean, and so do comments in the database
/// (`\d+ whatsapp.messages`). A host's own role needs `USAGE` on the schema and `SELECT` on the tables, and names in each
/// transaction whose rows it wants, in the setting and in the condition:
///
/// ```sql
/// BEGIN;
/// SELECT set_config('whatsapp.tenants', '{acme}', true);
/// SELECT to_timestamp(m.at / 1000.0) AS at, m.direction, m.kind, m.text, to_timestamp(p.read_at / 1000.0) AS read
/// FROM whatsapp.messages AS m LEFT JOIN whatsapp.progress AS p USING (tenant_id, wamid)
/// WHERE tenant_id = 'acme' AND m.conversation_id = '…' ORDER BY m.at, m.id;
/// COMMIT;
/// ```
///
/// What a host writes into them itself, no rule of this crate checks.
///
/// # Proxies and listening
///
/// A proxy that gives each transaction another connection (PgBouncer with `pool_mode = transaction`) may stand in between when
/// [`prepare`](PostgresOptions::prepare) is off. Nothing is left in a session then: no prepared statements, settings or locks.
/// Listening for jobs needs a session: turn it [off](PostgresOptions::listen) in the URL's store and let it
/// [listen](Self::listen) on a direct connection, or do without: workers look from time to time anyway.
///
/// # Timeouts and failover
///
/// Each transaction of several statements sets `statement_timeout` and `idle_in_transaction_session_timeout` for itself, both
/// to [`statement_timeout`](PostgresOptions::statement_timeout). One that is a single statement, as most writes are and what
/// finds records by their keys, can only limit each wait for a lock (`lock_timeout`). Five seconds after that time a connection that does not answer is given up; what
/// PostgreSQL was doing on it may still be committed. Set `statement_timeout` for the role to bound that.
/// A call that finds no connection within five seconds is [`StoreError::Unavailable`].
///
/// When the server goes down or another takes its place, calls that were under way are `Unavailable`: each batch was made whole
/// or not at all, and [`Change::Once`](crate::store::Change::Once) at its head makes it safe to repeat. Connections are made
/// anew, to the first of the URL's hosts that answers; with a standby among them say `target_session_attrs=read-write`. What a
/// standby had not been sent when it took over is lost, however durable it was where it was written: have
/// `synchronous_standby_names` set where that must not be.
#[derive(Clone)]
pub struct PostgresStore {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    reader: Reader,
    writers: Writers,
    news: Arc<News>,
    schema: Arc<str>,
    /// Ended with the store.
    tasks: Mutex<Vec<Task>>,
}

impl PostgresStore {
    /// Makes the tables, or brings them up to date, under the role of `url`, which owns them then. The database must be there;
    /// for a new schema the role needs the right to make one in it.
    ///
    /// It may be done at any time and by many processes at once. One role for all is enough for trying things out: give none as
    /// [`app_role`](PostgresOptions::app_role) and open the store under the same URL.
    ///
    /// # Errors
    /// [`StoreError::SchemaTooNew`] when a newer version of this crate made them, [`StoreError::Corrupt`] when they were made
    /// otherwise than this version would, [`StoreError::Unavailable`] when it cannot be done.
    pub async fn migrate(url: &str, options: &PostgresOptions) -> Result<()> {
        let mut config = config(url)?;
        let tls = tls::of(&mut config, options)?;
        let pool = pool(&config, tls, 1)?;
        Self::migrate_with(&pool, options).await
    }

    /// Like [`migrate`](Self::migrate), over a connection of the host's.
    ///
    /// # Errors
    /// Those of [`migrate`](Self::migrate).
    pub async fn migrate_with(pool: &Pool, options: &PostgresOptions) -> Result<()> {
        let (pool, options) = (pool.clone(), options.clone());
        in_task(async move { migrate::migrate(take(&pool).await?, &options).await }).await
    }

    /// Opens the store at `url`, such as `postgres://crm:secret@db.example/crm?sslmode=require`.
    ///
    /// With the feature `postgres-rustls`, `sslmode=require` (or `verify-full`) is a connection with TLS, on which the server's
    /// certificate and name are checked against what the platform trusts and
    /// [`root_certificates`](PostgresOptions#method.root_certificates). A URL that does not demand TLS is opened without.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a role that row-level security does not hold for, [`StoreError::SchemaTooNew`] and
    /// [`StoreError::Corrupt`] like [`migrate`](Self::migrate), [`StoreError::Unavailable`] when the tables are not there or older
    /// than this version, when PostgreSQL cannot be reached, or when the URL demands TLS that this build does not have.
    pub async fn open(url: &str, options: &PostgresOptions) -> Result<Self> {
        let mut config = config(url)?;
        let tls = tls::of(&mut config, options)?;
        #[cfg_attr(
            not(feature = "postgres-rustls"),
            expect(clippy::clone_on_copy, reason = "with the feature it is more than a mark")
        )]
        let pool = pool(&config, tls.clone(), options.connections)?;
        let store = Self::with_pool(pool, options).await?;
        if options.listen {
            store.listen(config, tls);
        }
        Ok(store)
    }

    /// Opens the store over connections of the host's, with whatever TLS they have. It may share them with the host.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub async fn with_pool(pool: Pool, options: &PostgresOptions) -> Result<Self> {
        let database = Database::new(pool.clone(), options)?;
        let wanted = options.clone();
        in_task(async move { migrate::check(&*take(&pool).await?, &wanted).await }).await?;
        let (news, schema): (Arc<News>, Arc<str>) = (Arc::default(), options.schema.as_str().into());
        let writers = Writers::start(options.writers, &database, &news);
        let (forget, tell) = ((database.clone(), Arc::clone(&news)), (database.clone(), Arc::clone(&news)));
        let channel = Arc::clone(&schema);
        let tasks = Mutex::new(vec![
            Task::new(async move { forget.1.forgetter.run(&forget.0).await }),
            Task::new(async move { listen::tell(&tell.0, &channel, &tell.1.enqueued).await }),
        ]);
        let reader = Reader::start(&database);
        Ok(Self { inner: Arc::new(Inner { database, reader, writers, news, schema, tasks }) })
    }

    /// Listens for jobs that other processes enqueue, over a connection of its own that is opened again whenever it is lost.
    ///
    /// [`open`](Self::open) does so by itself. A store over connections of the host's does not know how to open another; without
    /// this, its workers find those jobs when they look.
    pub fn listen<T>(&self, config: Config, tls: T)
    where
        T: MakeTlsConnect<Socket> + Clone + Send + 'static,
        T::Stream: Send,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let inner = &self.inner;
        let task = listen::listen(config, tls, Arc::clone(&inner.schema), inner.news.bell.clone());
        inner.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Lets what is under way come to its end. Later calls, on any handle, find the store unavailable.
    pub async fn close(&self) {
        self.inner.writers.close().await;
        self.inner.database.close();
        self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.inner.news.bell.ring();
    }

    /// Has a call made in a transaction with others.
    async fn call(&self, call: Call) -> Result<Applied> {
        self.inner.writers.call(call).await
    }
}

/// What is kept is not shown: it is personal data.
impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(PostgresTenant { store: self.clone(), tenant: id.clone() })
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        let (database, number, account, tenant) =
            (self.inner.database.clone(), number.clone(), account.clone(), tenant.clone());
        in_task(async move {
            // A number of another tenant is not seen, so it is not written either.
            let insert = "INSERT INTO numbers (number_id, tenant_id, account_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            let update =
                "UPDATE numbers SET account_id = $3 WHERE number_id = $1 AND tenant_id = $2 RETURNING 1";
            let tenants = [allowed([&tenant])];
            let params = [number.as_str(), tenant.as_str(), account.as_str()].map(Param::text);
            let statements = [
                Statement::Query(ALLOW, &tenants),
                Statement::Query(insert, &params),
                Statement::Query(update, &params),
            ];
            let bound = database.ask(&statements).await?.pop().unwrap_or_default();
            if bound.is_empty() { Err(StoreError::NotUnique("phone number")) } else { Ok(()) }
        })
        .await
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        let (database, number) = (self.inner.database.clone(), number.clone());
        in_task(async move { read::route(&database, &number).await }).await
    }

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        let (database, account) = (self.inner.database.clone(), account.clone());
        in_task(async move { read::numbers_of(&database, &account).await }).await
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        let database = self.inner.database.clone();
        in_task(async move { jobs::claim(&database, &request).await }).await
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        let lease = (lease.clone(), Next::Extend(until));
        self.call(Call::new(lease.0.tenant.clone(), Changes::at(until), Some(lease))).await.map(drop)
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        if let Err(refused) = changes.check(&lease.tenant) {
            // That the lease is lost comes first.
            let (database, lease) = (self.inner.database.clone(), lease.clone());
            let is_held = in_task(async move { read::is_held(&database, &lease).await }).await?;
            return Err(if is_held { refused } else { StoreError::LeaseLost });
        }
        let lease = (lease.clone(), Next::Settle(outcome));
        self.call(Call::new(lease.0.tenant.clone(), changes, Some(lease))).await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        let database = self.inner.database.clone();
        in_task(async move { jobs::backlog(&database, now).await }).await
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        let rung = self.inner.news.bell.listen();
        Box::pin(async move {
            rung.await?;
            self.inner.database.is_open()
        })
    }
}

/// The data of one tenant.
#[derive(Debug)]
struct PostgresTenant {
    store: PostgresStore,
    tenant: TenantId,
}

#[async_trait]
impl TenantStore for PostgresTenant {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        self.store.inner.reader.get(self.tenant.clone(), key).await
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        let (database, tenant) = (self.store.inner.database.clone(), self.tenant.clone());
        in_task(async move {
            let records = read::list(&database, &tenant, &query, &page).await?;
            Ok(Page::cut(records, &tenant, &query, &page))
        })
        .await
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        changes.check(&self.tenant)?;
        if changes.is_empty() {
            return Ok(Applied::Done);
        }
        self.store.call(Call::new(self.tenant.clone(), changes, None)).await
    }
}

/// Does something with a connection in a task of its own: whoever called may go away, and the connection is given back all the
/// same when nothing is under way on it any more.
async fn in_task<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    let done = tokio::spawn(work).await;
    done.map_err(|error| StoreError::unavailable("the runtime is shutting down", error))?
}

async fn take(pool: &Pool) -> Result<deadpool_postgres::Object> {
    pool.get().await.map_err(error::no_connection)
}

fn config(url: &str) -> Result<Config> {
    // The driver knows `require` only, under which the certificate and the name in it are checked here anyway.
    let checked = ["verify-full", "verify-ca"].iter().fold(url.to_owned(), |url, mode| {
        let (base, query) = url.split_once('?').unwrap_or((&url, ""));
        let query = query.replace(&format!("sslmode={mode}"), "sslmode=require");
        if query.is_empty() { base.to_owned() } else { format!("{base}?{query}") }
    });
    checked.parse().map_err(|error| error::unavailable("the URL cannot be read", &error))
}

fn pool(config: &Config, tls: Tls, connections: usize) -> Result<Pool> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(config.clone(), tls, recycling))
        .max_size(connections)
        // The last one used, to which the processor's memory is still warm.
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(CONNECT))
        .create_timeout(Some(CONNECT))
        .build()
        .map_err(|error| StoreError::unavailable("no connections could be made", error))
}
