//! What PostgreSQL says, in the words of the contract.

use crate::store::StoreError;
use deadpool_postgres::PoolError;
use std::{error::Error as _, fmt};
use tokio_postgres::{Error, error::SqlState};

/// An error of PostgreSQL without its texts: they repeat what was written.
#[derive(Debug)]
struct Fault {
    code: Option<String>,
    kind: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "PostgreSQL refused with SQLSTATE {code}"),
            None => f.write_str(&self.kind),
        }
    }
}

impl std::error::Error for Fault {}

/// The error of a call that PostgreSQL could not be asked for, or that it could not answer.
pub(super) fn unavailable(what: &'static str, error: &Error) -> StoreError {
    let code = error.code().map(|code| code.code().to_owned());
    // Without a code it is the driver that speaks, of sockets and the like; with one its text would hold PostgreSQL's.
    let kind = if code.is_some() { String::new() } else { error.to_string() };
    StoreError::unavailable(what, Fault { code, kind })
}

/// The error of a call for which there is no connection.
pub(super) fn no_connection(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => {
            // Without the cause nobody could tell a wrong certificate from a wrong name.
            let code = error.code().map(|code| code.code().to_owned());
            let cause = error.source().filter(|_| code.is_none()).map(|cause| format!(": {cause}"));
            let kind = if code.is_some() { String::new() } else { error.to_string() };
            StoreError::unavailable(
                "PostgreSQL cannot be reached",
                Fault { code, kind: kind + &cause.unwrap_or_default() },
            )
        }
        error => StoreError::unavailable("no connection to PostgreSQL is free", error),
    }
}

/// Whether it tells of PostgreSQL (out of time or of resources, a lock that is held, shut down) and not of what was asked.
pub(super) fn is_of_the_server(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|code| ["53", "55", "57", "58"].iter().any(|class| code.code().starts_with(class)))
}

/// What an error that PostgreSQL gave to a statement means to the caller.
pub(super) fn refusal(error: &Error) -> StoreError {
    match error.code() {
        // An index entry holds at most about 2,700 bytes.
        Some(&SqlState::PROGRAM_LIMIT_EXCEEDED) => {
            StoreError::Refused("an id that is longer than an index holds")
        }
        _ => unavailable("PostgreSQL failed", error),
    }
}

/// What is wrong with a change whose statement failed so; `wrong` when a row is not as expected.
pub(super) fn of_step(error: &Error, wrong: StoreError) -> StoreError {
    let constraint = error.as_db_error().and_then(|error| error.constraint());
    match (error.code(), constraint) {
        (Some(&SqlState::UNIQUE_VIOLATION), Some("messages_by_wamid")) => StoreError::NotUnique("message id"),
        (Some(&SqlState::UNIQUE_VIOLATION), Some("conversations_active")) => {
            StoreError::NotUnique("active conversation")
        }
        (Some(&SqlState::UNIQUE_VIOLATION), Some("templates_by_name")) => StoreError::NotUnique("template"),
        (Some(&SqlState::UNIQUE_VIOLATION), _) => wrong,
        (Some(code), _) if code.code() == "WB001" => wrong,
        _ => refusal(error),
    }
}

/// Whether a transaction that ended so may go well when it is made again: another was in its way.
pub(super) fn is_transient(error: &Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
}

/// Whether a mark was there already.
pub(super) fn is_marked(error: &Error) -> bool {
    let constraint = error.as_db_error().and_then(|error| error.constraint());
    error.code() == Some(&SqlState::UNIQUE_VIOLATION) && constraint == Some("once_marks_pkey")
}

/// Whether PostgreSQL is going down: what it was about to do may be done or not.
pub(super) fn is_shutdown(error: &Error) -> bool {
    let down = [&SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::CANNOT_CONNECT_NOW];
    error.code().is_some_and(|code| down.contains(&code))
}

/// What was read makes no sense.
pub(super) fn corrupt(_: Error) -> StoreError {
    StoreError::Corrupt("row")
}
