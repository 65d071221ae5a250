//! Opening the file, and bringing its tables up to date.

use super::error::Failed;
use crate::store::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// What was ever changed about the tables, oldest first. The number of those that were made is the file's `user_version`.
const MIGRATIONS: &[&str] = &[include_str!("001_initial.sql")];

/// How long to wait for another process that is writing.
const BUSY: Duration = Duration::from_secs(5);

/// A connection that writes. It makes the file if there is none.
pub(super) fn writer(path: &Path) -> Result<Connection, Failed> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE)?;
    // `FULL` makes each commit reach the disk: with `NORMAL`, commits that were acknowledged are lost with the power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is removed is overwritten: without it, a person who was erased stays readable in the free parts of the file.
    connection.pragma_update(None, "secure_delete", true)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// A connection that only reads, while others write.
pub(super) fn reader(path: &Path) -> Result<Connection, Failed> {
    let connection = connect(path, OpenFlags::empty())?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn connect(path: &Path, more: OpenFlags) -> Result<Connection, Failed> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(128);
    let mode = share(&connection)?;
    if mode != "wal" {
        // Such as `:memory:`, of which each connection would have its own.
        return Err(StoreError::Unavailable {
            what: "the path is not one that SQLite can share",
            source: None,
        }
        .into());
    }
    Ok(connection)
}

/// Puts a new file into the mode in which one writes while others read, and gives the mode it is in.
///
/// Two connections that do this at once wait for each other: SQLite gives the loser up at once, whatever its time limit.
fn share(connection: &Connection) -> rusqlite::Result<String> {
    let begun = Instant::now();
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)) {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < BUSY =>
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
