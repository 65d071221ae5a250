//! Opening the file, and bringing its tables up to date.

use super::{error::Failed, files::Files};
use crate::store::StoreError;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::{
    cell::Cell,
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// What was ever changed about the tables, oldest first. The number of those that were made is the file's `user_version`.
const MIGRATIONS: &[&str] = &[include_str!("001_initial.sql")];

/// How long a caller waits for another process that is writing.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The log is put back into the file when it has so many pages (of 4 kB). SQLite's own 1,000 are a few hundred events, and
/// each time costs two more waits for the disk; more than 4,000 would have every reader search a second index.
const CHECKPOINT: u32 = 4000;
/// The size of the log at that time, in bytes.
const LOG: u64 = 4096 * CHECKPOINT as u64;
/// How long to wait for readers, so that a log that has grown long can begin anew.
const READERS: Duration = Duration::from_secs(1);

/// A connection that is ready, and its files.
pub(super) struct Database {
    pub(super) connection: Connection,
    /// How long a caller waits for another process that is writing.
    pub(super) busy: Duration,
    pub(super) files: Files,
    /// From what size on something is done about a log that grows.
    long_log: Cell<u64>,
}

impl Database {
    /// A connection that writes. It makes the file if there is none.
    pub(super) fn writer(path: &Path, busy: Duration) -> Result<Self, Failed> {
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE, busy)?;
        // Without the right to write, SQLite opens a file for reading and says so at the first change.
        if connection.is_readonly("main")? {
            return Err(unavailable("the file may not be written"));
        }
        // `FULL` makes each commit reach the disk: with `NORMAL`, commits that were acknowledged are lost with the power.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // On macOS the disk keeps what it was told to write in a memory of its own, unless it is asked for more.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What is removed is overwritten: without it, a person who was erased stays readable in the free parts of the file.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
        // Of a log that a long reader let grow, no more is kept on the disk than is needed.
        connection.pragma_update(None, "journal_size_limit", LOG.cast_signed())?;
        // Else savepoints are written to temporary files.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        migrate(&mut connection)?;
        Ok(Self::of(connection, busy))
    }

    /// A connection that only reads, while others write.
    pub(super) fn reader(path: &Path, busy: Duration) -> Result<Self, Failed> {
        let connection = connect(path, OpenFlags::empty(), busy)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(Self::of(connection, busy))
    }

    fn of(connection: Connection, busy: Duration) -> Self {
        Self { files: Files::of(&connection), connection, busy, long_log: Cell::new(2 * LOG) }
    }

    /// Has the log begin anew when it has grown long. SQLite does that by itself in a moment without readers, and under
    /// many there may be none.
    pub(super) fn shorten_log(&self) {
        let length = self.files.log_length();
        if length < self.long_log.get() {
            return;
        }
        let restart = || {
            self.connection.busy_timeout(READERS)?;
            self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0))
        };
        // Somebody who reads for longer, such as who makes a copy, is asked for again when there is that much more.
        let is_busy = restart().unwrap_or(true);
        self.long_log.set(if is_busy { length + LOG } else { 2 * LOG });
    }
}

/// A connection that copies the file while others write.
pub(super) fn copier(path: &Path) -> Result<Connection, Failed> {
    connect(path, OpenFlags::empty(), BUSY)
}

/// A statement, which the connection keeps for the next time.
pub(super) fn prepare<'c>(connection: &'c Connection, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
    #[cfg(test)]
    super::tests::look_at_plan(connection, sql);
    connection.prepare_cached(sql)
}

fn unavailable(what: &'static str) -> Failed {
    StoreError::Unavailable { what, source: None }.into()
}

fn connect(path: &Path, more: OpenFlags, busy: Duration) -> Result<Connection, Failed> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let is_new = !path.exists();
    let connection = Connection::open_with_flags(path, flags)?;
    if is_new && let Some(path) = connection.path().filter(|path| !path.is_empty()) {
        make_private(path)
            .map_err(|error| StoreError::unavailable("the file could not be made private", error))?;
    }
    connection.busy_timeout(busy)?;
    connection.set_prepared_statement_cache_capacity(128);
    let mode = share(&connection, busy)?;
    if mode != "wal" {
        // Such as `:memory:`, of which each connection would have its own.
        return Err(unavailable("the path is not one that SQLite can share"));
    }
    Ok(connection)
}

/// Keeps others out of a file in which there is nothing yet. SQLite makes the log after its model.
///
/// It is not opened for that: who closes a file on Unix gives up every lock that the process has on it, SQLite's too.
#[cfg(unix)]
fn make_private(path: &str) -> io::Result<()> {
    use std::{fs, os::unix::fs::PermissionsExt as _};
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

/// Elsewhere a file is as private as its directory.
#[cfg(not(unix))]
fn make_private(_: &str) -> io::Result<()> {
    Ok(())
}

/// Puts a new file into the mode in which one writes while others read, and gives the mode it is in.
///
/// Two connections that do this at once wait for each other: SQLite gives the loser up at once, whatever its time limit.
fn share(connection: &Connection, busy: Duration) -> rusqlite::Result<String> {
    let begun = Instant::now();
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)) {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < busy =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            mode => return mode,
        }
    }
}

/// Makes the migrations that were not made, in one transaction, so that two processes that start at once do not meet.
fn migrate(connection: &mut Connection) -> Result<(), Failed> {
    if version(connection)? == known() {
        return Ok(());
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    if found > known() {
        return Err(StoreError::SchemaTooNew { found, known: known() }.into());
    }
    let made = usize::try_from(found).map_err(|_| StoreError::Corrupt("schema version"))?;
    for migration in MIGRATIONS.iter().skip(made) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", known())?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}
