//! Statements that write: one for all changes of a kind.

use super::{
    connection::Beginning,
    tenants::allowed,
    value::{Param, Value, columns},
};
use crate::{
    id::TenantId,
    store::{
        Key, StoreError,
        tables::{self, Table},
    },
};

/// Something that writes all it has to or fails.
pub(super) struct Step<'a> {
    what: What,
    params: Vec<Param<'a>>,
    /// What it means when a row is not as expected.
    pub(super) wrong: StoreError,
}

/// What is done.
enum What {
    /// Something that gives true.
    Call(String),
    /// A statement of its own.
    Statement(String),
}

/// A statement with its parameters.
pub(super) type Query<'a> = (String, Vec<Param<'a>>);

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
        Self { what: What::Call(function.to_owned()), params, wrong }
    }

    /// Says whose rows are meant and all else that a transaction begins with.
    pub(super) fn begin(tenants: impl Iterator<Item = &'a TenantId>, beginning: &'a Beginning) -> Self {
        let wrong = StoreError::Unavailable { what: "the transaction could not begin", source: None };
        let (path, patience) = (Param::text(&beginning.search_path), Param::text(&beginning.timeout));
        let params = vec![allowed(tenants), path, patience];
        Self { what: What::Call("begin_writing".to_owned()), params, wrong }
    }

    /// Sets new marks: tenant, mark, now, until when to keep it.
    pub(super) fn marks(params: Vec<Param<'a>>) -> Self {
        let wrong = StoreError::Conflict("mark");
        Self { what: What::Call("insert_once_marks".to_owned()), params, wrong }
    }

    /// Writes new records.
    pub(super) fn insert(table: Table, rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call(&format!("insert_{}", table.name()), rows, None, StoreError::Conflict(table.record()))
    }

    /// Writes records over the versions before theirs.
    pub(super) fn update(table: Table, rows: Vec<Vec<Value<'a>>>, mode: Mode) -> Self {
        let plainly = Some(mode == Mode::Together);
        Self::call(&format!("update_{}", table.name()), rows, plainly, StoreError::Conflict(table.record()))
    }

    /// Takes all identities from contacts: tenant, contact.
    pub(super) fn forget_identities(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("forget_identities", rows, None, StoreError::Conflict("contact"))
    }

    /// Gives identities to contacts.
    pub(super) fn identities(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("insert_contact_identities", rows, None, StoreError::NotUnique("identity"))
    }

    /// Moves times of conversations and counts: tenant, conversation, how often, times, what to add and between what, and the
    /// state it must be in.
    pub(super) fn touch(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("touch_conversations", rows, None, StoreError::Conflict("conversation"))
    }

    /// Keeps the earlier of two times of each fact: tenant, message, times.
    pub(super) fn progress(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("note_progress", rows, None, StoreError::Conflict("progress"))
    }

    /// Adds to what was used: tenant, day, metric, how much.
    pub(super) fn count(rows: Vec<Vec<Value<'a>>>) -> Self {
        Self::call("count_usage", rows, None, StoreError::Conflict("usage"))
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
            return Self { what: What::Call("remove_job".to_owned()), params, wrong };
        }
        let (table, condition, values) = tables::find(key);
        let mut params = vec![Param::from(tenant)];
        params.extend(values.into_iter().map(Param::from));
        // A version that is too large is one that no record has.
        params.push(Value::from(i64::try_from(version).unwrap_or(0)).into());
        let version = if table.is_versioned() { "t.version" } else { "1" };
        let sql = format!(
            "WITH gone AS (DELETE FROM {} AS t WHERE t.tenant_id = $1 AND {condition} AND {version} = ${} RETURNING 1)
            SELECT refuse() WHERE NOT EXISTS (SELECT FROM gone)",
            table.name(),
            params.len()
        );
        Self { what: What::Statement(sql), params, wrong }
    }
}

/// Steps as statements, one behind the other: calls that follow each other share one. The functions are those of `schema`.
pub(super) fn queries<'a>(steps: Vec<Step<'a>>, schema: &str) -> Vec<Query<'a>> {
    let mut queries = Vec::new();
    let (mut calls, mut params) = (Vec::new(), Vec::new());
    for step in steps {
        match step.what {
            What::Call(function) => {
                if calls.len() == MOST_CALLS {
                    queries.push((case(&std::mem::take(&mut calls)), std::mem::take(&mut params)));
                }
                let first = params.len() + 1;
                params.extend(step.params);
                let arguments: Vec<String> = (first..=params.len()).map(|n| format!("${n}")).collect();
                calls.push(format!("{schema}.{function}({})", arguments.join(", ")));
            }
            What::Statement(sql) => {
                if !calls.is_empty() {
                    queries.push((case(&std::mem::take(&mut calls)), std::mem::take(&mut params)));
                }
                queries.push((sql, step.params));
            }
        }
    }
    if !calls.is_empty() {
        queries.push((case(&calls), params));
    }
    queries
}

/// Most calls in one statement.
const MOST_CALLS: usize = 32;

/// Calls in their order, to which only `CASE` holds PostgreSQL.
fn case(calls: &[String]) -> String {
    format!("SELECT CASE WHEN {} THEN true {}", calls.join(" THEN CASE WHEN "), "END ".repeat(calls.len()))
}
