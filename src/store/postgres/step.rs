//! Statements that write: one for all changes of a kind.

use super::{
    error, find,
    rows::Table,
    value::{Param, Value, columns},
};
use crate::store::{Key, StoreError};
use tokio_postgres::{Error, error::SqlState};

/// A statement that writes all it has to or fails.
pub(super) struct Step<'a> {
    pub(super) sql: String,
    pub(super) params: Vec<Param<'a>>,
    /// What it means when a row is not as expected.
    pub(super) wrong: StoreError,
}

/// What the statements that are made for changes know of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Each change is a statement of its own.
    Alone,
    /// Changes of many share a statement. What could depend on the order among them is not written, so that they are made
    /// one by one then.
    Together,
}

impl<'a> Step<'a> {
    /// A call of one of the functions in the database, which take one array for each column.
    fn call(function: &str, rows: Vec<Vec<Value<'a>>>, more: Option<bool>, wrong: StoreError) -> Self {
        let mut params = columns(rows);
        params.extend(more.map(Param::Flag));
        let sql = call_sql(function, params.len());
        Self { sql, params, wrong }
    }

    /// Writes new records.
    pub(super) fn insert(table: &Table, rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call(&format!("insert_{}", table.name), rows, None, StoreError::Conflict(table.record))
    }

    /// Writes records over the versions before theirs.
    pub(super) fn update(table: &Table, rows: Vec<Vec<Value<'a>>>, mode: Mode) -> Self {
        let plainly = Some(mode == Mode::Together);
        Self::call(&format!("update_{}", table.name), rows, plainly, StoreError::Conflict(table.record))
    }

    /// Takes all identities from contacts: tenant, contact.
    pub(super) fn forget_identities(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("forget_identities", rows, None, StoreError::Conflict("contact"))
    }

    /// Gives identities to contacts.
    pub(super) fn identities(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("insert_contact_identities", rows, None, StoreError::NotUnique("identity"))
    }

    /// Moves times of conversations and counts: tenant, conversation, how often, times, what to add and between what.
    pub(super) fn touch(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("touch_conversations", rows, None, StoreError::Conflict("conversation"))
    }

    /// Keeps the earlier of two times of each fact: tenant, message, times.
    pub(super) fn progress(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("note_progress", rows, None, StoreError::Conflict("progress"))
    }

    /// Adds jobs behind all others, in their order.
    pub(super) fn enqueue(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("enqueue_jobs", rows, None, StoreError::Conflict("job"))
    }

    /// Removes jobs that are held: tenant, job, token.
    pub(super) fn done(rows: Vec<Vec<Value<'a>>>, mode: Mode) -> Self {
        Self::call("end_jobs", rows, Some(mode == Mode::Alone), StoreError::LeaseLost)
    }

    /// Gives jobs back that are held: tenant, job, token, when they are due.
    pub(super) fn again(rows: Vec<Vec<Value<'a>>>, mode: Mode) -> Self {
        Self::call("return_jobs", rows, Some(mode == Mode::Alone), StoreError::LeaseLost)
    }

    /// Prolongs leases: tenant, job, token, until when.
    pub(super) fn extend(rows: Vec<Vec<Value<'a>>>, mode: Mode) -> Self {
        Self::call("extend_leases", rows, Some(mode == Mode::Alone), StoreError::LeaseLost)
    }

    /// Removes the record at a key in a version.
    pub(super) fn delete(tenant: Value<'a>, key: &'a Key, version: u64) -> Self {
        let wrong = StoreError::Conflict(key.name());
        if let (Key::Job(id), 1) = (key, version) {
            let params = vec![tenant.into(), Param::text(id.as_str())];
            return Self { sql: call_sql("remove_job", 2), params, wrong };
        }
        let (table, condition, values) = find::find(key);
        let mut params = vec![Param::from(tenant)];
        params.extend(values.into_iter().map(Param::from));
        // A version that is too large is one that no record has.
        params.push(Value::from(i64::try_from(version).unwrap_or(0)).into());
        let version = if table.is_versioned { "t.version" } else { "1" };
        let sql = format!(
            "WITH gone AS (DELETE FROM {} AS t WHERE t.tenant_id = $1 AND {condition} AND {version} = ${} RETURNING 1)
            SELECT refuse() WHERE NOT EXISTS (SELECT FROM gone)",
            table.name,
            params.len()
        );
        Self { sql, params, wrong }
    }

    /// What is wrong with a change whose statement failed so.
    pub(super) fn error(&self, error: &Error) -> StoreError {
        let constraint = error.as_db_error().and_then(|error| error.constraint());
        match (error.code(), constraint) {
            (Some(&SqlState::UNIQUE_VIOLATION), Some("messages_by_wamid")) => {
                StoreError::NotUnique("message id")
            }
            (Some(&SqlState::UNIQUE_VIOLATION), Some("conversations_active")) => {
                StoreError::NotUnique("active conversation")
            }
            (Some(&SqlState::UNIQUE_VIOLATION), _) => self.wrong.clone(),
            (Some(code), _) if code.code() == "WB001" => self.wrong.clone(),
            _ => error::refusal(error),
        }
    }
}

/// The call of a function with so many parameters.
fn call_sql(function: &str, params: usize) -> String {
    let params: Vec<String> = (1..=params).map(|n| format!("${n}")).collect();
    format!("SELECT {function}({})", params.join(", "))
}
