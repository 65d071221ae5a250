//! A store in one SQLite file.
//!
//! One thread writes, and two read: one of them lists, so that a long list never keeps a short question waiting. The writer
//! takes all that waits for it and commits it as one transaction, so that many callers share one wait for the disk; each
//! gets its answer when its changes are durable. A batch that fails is taken back alone. Several processes may open the
//! same file; then they wait for each other's transactions.
//!
//! What is removed is overwritten in the file. Until its log is written back (SQLite does so as it grows, and when the last
//! handle goes) the log may still hold it, as may backups and the free parts of the disk.

mod backup;
mod batch;
mod connect;
mod error;
mod files;
mod jobs;
mod put;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod touch;
mod worker;

use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Bell, Binding, Changes, Claim, JobEnqueued, Key, Lease, Outcome, Page, PageRequest,
        Query, Record, Result, Store, StoreError, TenantStore,
    },
    time::Timestamp,
};
use async_trait::async_trait;
use connect::{Database, prepare};
use error::Failed;
use files::Files;
use rows::Cursor;
use rusqlite::{Connection, params};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};
use tokio::sync::oneshot;
use worker::Worker;

/// Keeps everything in one SQLite file, durable when a call returns. Clones are handles to the same store.
///
/// Its tables are made and brought up to date when it is opened; they are documented in `001_initial.sql`, and a host
/// may read them. It needs no particular runtime. The threads end when the last handle is dropped.
///
/// **What is durable.** What a call changed is on the disk when it returns `Ok`, and outlives the process and the power
/// (write-ahead log, `synchronous = FULL`). Calls that come at once share one commit: none returns before it, and each is made
/// whole or not at all. A call whose future is dropped is made or was never begun.
///
/// **What can fail.** The store goes on by itself when the cause is over.
///
/// | | who calls gets | who else |
/// |---|---|---|
/// | another process writes for more than five seconds | [`Unavailable`](StoreError::Unavailable) | readers do not wait |
/// | the disk is full or fails | `Unavailable`, if the batch does not fit | what fits is kept |
/// | the file or its log is removed or replaced | `Unavailable`, until it is back | everyone |
/// | a page of the file is damaged | [`Corrupt`](StoreError::Corrupt), if the page is needed | what needs it not goes on |
///
/// What is damaged stays so: put a [copy](Self::backup) in its place.
///
/// **The files.** Beside `whatsapp.db` are `whatsapp.db-wal`, its log, which grows to 16 MB and beyond that while somebody
/// reads for long, and `whatsapp.db-shm`. The three belong together: whoever copies the first alone loses what is in the
/// log, so make a [copy](Self::backup). A new file may be read by its owner alone (on Unix; elsewhere as its directory
/// says), and one that was there keeps its permissions; SQLite gives those of the file to the other two.
///
/// **Processes.** Several of one machine may open the same file, and then wait for each other's commits: one process is
/// faster. None is told by [`job_enqueued`](Store::job_enqueued) what another enqueued; it finds that when it claims. The
/// file cannot lie on a network drive.
///
/// ```no_run
/// # async fn open() -> whatsapp_business::store::Result<()> {
/// use whatsapp_business::store::SqliteStore;
/// let store = SqliteStore::open("whatsapp.db").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    workers: Arc<Workers>,
    bell: Bell,
}

struct Workers {
    writer: Worker,
    reader: Worker,
    lists: Worker,
    files: Files,
}

impl SqliteStore {
    /// Opens the file at `path`, and makes it if there is none.
    ///
    /// # Errors
    /// [`StoreError::SchemaTooNew`] when a newer version of this crate wrote it, [`StoreError::Corrupt`] when it is
    /// not SQLite's, [`StoreError::Unavailable`] when it cannot be opened or cannot be shared (as `:memory:` cannot).
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        in_a_thread(move || Self::open_blocking(path)).await
    }

    /// Like [`open`](Self::open), for where nothing can be awaited.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_blocking(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path.as_ref(), connect::BUSY)
    }

    fn open_with(path: &Path, busy: Duration) -> Result<Self> {
        let open = || {
            let writer = Database::writer(path, busy)?;
            Ok((writer, Database::reader(path, busy)?, Database::reader(path, busy)?))
        };
        let (writer, reader, lists) = open().map_err(|Failed(error)| error)?;
        let files = writer.files.clone();
        let (reader, reading) = Worker::reader(reader)?;
        let (lists, listing) = Worker::reader(lists)?;
        let writer = Worker::writer(writer, vec![reading, listing])?;
        Ok(Self { workers: Arc::new(Workers { writer, reader, lists, files }), bell: Bell::default() })
    }

    /// Writes a copy of everything to a new file at `to`, while others go on reading and writing.
    ///
    /// The copy is as the store was at one moment: it holds every batch that was acknowledged before this was called, and
    /// none by half. It is a store of its own, which [`open`](Self::open) takes, without what was deleted before. It is
    /// on the disk when this returns, readable by those who may read the store. Dropping the future does not stop it.
    ///
    /// Until the copy is made, what is written meanwhile stays in the log of the store, which grows by as much.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is a file at `to` already, which is left as it is, and when the copy cannot
    /// be written; nothing is left at `to` then. [`StoreError::Corrupt`] when the store cannot be read.
    ///
    /// ```no_run
    /// # async fn backup(store: whatsapp_business::store::SqliteStore) -> whatsapp_business::store::Result<()> {
    /// store.backup("whatsapp-monday.db").await?;
    /// # Ok(()) }
    /// ```
    pub async fn backup(&self, to: impl Into<PathBuf>) -> Result<()> {
        let (store, to) = (self.clone(), to.into());
        in_a_thread(move || backup::write(&store.workers.files, &to)).await
    }

    /// Lets what is under way come to its end and closes the file. Later calls, on any handle, find it unavailable.
    pub async fn close(&self) {
        self.workers.reader.close().await;
        self.workers.lists.close().await;
        self.workers.writer.close().await;
    }

    fn ring_if(&self, is_news: bool) -> Option<Ring> {
        is_news.then(|| Ring(self.bell.clone()))
    }
}

/// Does what would hold up others in a thread of its own.
async fn in_a_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (reply, done) = oneshot::channel();
    thread::Builder::new()
        .name("whatsapp-file".to_owned())
        .spawn(move || drop(reply.send(work())))
        .map_err(|error| StoreError::unavailable("no thread could be started", error))?;
    done.await.map_err(|error| StoreError::unavailable("the thread ended early", error))?
}

/// What is kept is not shown: it is personal data.
impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(SqliteTenant { store: self.clone(), tenant: id.clone() })
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        let (number, account, tenant) = (number.clone(), account.clone(), tenant.clone());
        let work = move |connection: &Connection| {
            let sql = "INSERT INTO numbers (number_id, tenant_id, account_id) VALUES (?1, ?2, ?3)
                ON CONFLICT (number_id) DO UPDATE SET account_id = ?3 WHERE tenant_id = ?2";
            let params = params![number.as_str(), tenant.as_str(), account.as_str()];
            match prepare(connection, sql)?.execute(params)? {
                0 => Err(StoreError::NotUnique("phone number").into()),
                _ => Ok(()),
            }
        };
        self.workers.writer.call(0, work).await
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        let number = number.clone();
        let work = move |connection: &Connection| {
            let sql = "SELECT tenant_id, account_id FROM numbers WHERE number_id = ?1";
            let mut statement = prepare(connection, sql)?;
            let mut rows = statement.query([number.as_str()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let mut row = Cursor::new(row);
            Ok(Some(Binding::new(row.read()?, row.read()?)))
        };
        self.workers.reader.call(0, work).await
    }

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        let account = account.clone();
        let work = move |connection: &Connection| {
            let sql = "SELECT number_id, tenant_id FROM numbers WHERE account_id = ?1 ORDER BY number_id";
            let mut statement = prepare(connection, sql)?;
            let (mut rows, mut numbers) = (statement.query([account.as_str()])?, Vec::new());
            while let Some(row) = rows.next()? {
                let mut row = Cursor::new(row);
                numbers.push((row.read()?, row.read()?));
            }
            Ok(numbers)
        };
        self.workers.reader.call(0, work).await
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        self.workers.writer.call(0, move |connection| jobs::claim(connection, &request)).await
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        let lease = lease.clone();
        self.workers.writer.call(0, move |connection| jobs::extend(connection, &lease, until)).await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        let (lease, bytes) = (lease.clone(), changes.bytes());
        let ring = self.ring_if(changes.enqueues() || outcome.keeps_job());
        let work = move |connection: &Connection| {
            let seq = jobs::held(connection, &lease)?;
            let applied = batch::apply(connection, &lease.tenant, &changes)?;
            jobs::settle(connection, seq, &lease.token, &outcome)?;
            let _taken_along = &ring;
            Ok(applied)
        };
        self.workers.writer.call(bytes, work).await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        self.workers.lists.call(0, move |connection| jobs::backlog(connection, now)).await
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        self.bell.listen()
    }
}

/// Rings when it is let go.
///
/// It goes to the writer with the work, which is let go after the commit and before the answer in any case: also when nobody
/// waits for it any more.
struct Ring(Bell);

impl Drop for Ring {
    fn drop(&mut self) {
        self.0.ring();
    }
}

/// The data of one tenant.
#[derive(Debug)]
struct SqliteTenant {
    store: SqliteStore,
    tenant: TenantId,
}

#[async_trait]
impl TenantStore for SqliteTenant {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        let tenant = self.tenant.clone();
        self.store.workers.reader.call(0, move |connection| read::get(connection, &tenant, &key)).await
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        let after = page.position(&self.tenant, &query)?;
        let tenant = self.tenant.clone();
        let work = move |connection: &Connection| {
            let records = read::list(connection, &tenant, &query, &page, after.as_ref())?;
            Ok(Page::cut(records, &tenant, &query, &page))
        };
        self.store.workers.lists.call(0, work).await
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        changes.check(&self.tenant)?;
        let (tenant, bytes) = (self.tenant.clone(), changes.bytes());
        let ring = self.store.ring_if(changes.enqueues());
        let work = move |connection: &Connection| {
            let _taken_along = &ring;
            batch::apply(connection, &tenant, &changes)
        };
        self.store.workers.writer.call(bytes, work).await
    }
}
