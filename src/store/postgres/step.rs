//! Statements that write: one for all changes of a kind.

use super::{
    find,
    rows::Table,
    value::{Param, Value, columns},
};
use crate::store::{Key, StoreError};

/// A statement that writes rows and gives one row for each that it wrote.
pub(super) struct Step<'a> {
    pub(super) sql: String,
    pub(super) params: Vec<Param<'a>>,
    /// How many rows must be written; `None` for as many as there are.
    pub(super) expected: Option<i64>,
    /// What is wrong when fewer were written.
    pub(super) missing: Missing,
}

/// What it means that a row was not written.
#[derive(Clone, Copy)]
pub(super) enum Missing {
    /// A record is not as expected.
    Conflict(&'static str),
    /// A new record is there already, or what is unique about it.
    Taken(&'static Table),
    /// Another has what is unique.
    NotUnique(&'static str),
    /// Another has the job.
    Lease,
}

impl Missing {
    /// The error it is, when a new record that was not written is not there by its own key.
    pub(super) fn error(self) -> StoreError {
        match self {
            Self::Conflict(name) => StoreError::Conflict(name),
            Self::Taken(table) => {
                table.unique.map_or(StoreError::Conflict(table.record), StoreError::NotUnique)
            }
            Self::NotUnique(what) => StoreError::NotUnique(what),
            Self::Lease => StoreError::LeaseLost,
        }
    }
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
    fn of_rows(sql: String, rows: Vec<Vec<Value<'a>>>, missing: Missing) -> Self {
        let expected = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Self { sql, params: columns(rows), expected: Some(expected), missing }
    }

    /// Writes new records.
    pub(super) fn insert(table: &'static Table, rows: Vec<Vec<Value<'a>>>) -> Self {
        let sql = insert_sql(table.name, table.columns);
        Self::of_rows(sql, rows, Missing::Taken(table))
    }

    /// Writes records over the versions before theirs.
    pub(super) fn update(table: &'static Table, rows: Vec<Vec<Value<'a>>>, mode: Mode) -> Self {
        let (key, rest) = table.columns.split_at(table.key);
        let set: Vec<String> = rest.iter().map(|column| format!("{column} = n.{column}")).collect();
        let found: Vec<String> = key.iter().map(|column| format!("t.{column} = n.{column}")).collect();
        // A message that gives its id up frees it for another of the same statement, or not yet.
        let plain = match (table.unique, mode) {
            (Some("message id"), Mode::Together) => "AND (t.wamid IS NULL OR t.wamid = n.wamid)",
            _ => "",
        };
        let sql = format!(
            "UPDATE {} AS t SET {} FROM {} WHERE {} AND t.version = n.version - 1 {plain} RETURNING 1",
            table.name,
            set.join(", "),
            unnest(table.columns),
            found.join(" AND "),
        );
        Self::of_rows(sql, rows, Missing::Conflict(table.record))
    }

    /// Takes all identities from contacts: tenant, contact.
    pub(super) fn forget_identities(rows: Vec<Vec<Value<'a>>>) -> Self {
        let sql = format!(
            "DELETE FROM contact_identities AS t USING {}
            WHERE t.tenant_id = n.tenant_id AND t.contact_id = n.contact_id RETURNING 1",
            unnest(&["tenant_id", "contact_id"])
        );
        Self { expected: None, ..Self::of_rows(sql, rows, Missing::Conflict("contact")) }
    }

    /// Gives identities to contacts.
    pub(super) fn identities(rows: Vec<Vec<Value<'a>>>) -> Self {
        let sql = insert_sql("contact_identities", &["tenant_id", "kind", "value", "contact_id", "position"]);
        Self::of_rows(sql, rows, Missing::NotUnique("identity"))
    }

    /// Moves times of conversations and counts: tenant, conversation, how often, times, what to add and between what.
    pub(super) fn touch(rows: Vec<Vec<Value<'a>>>) -> Self {
        let columns = ["tenant_id", "id", "times", "message_at", "inbound_at", "unread", "low", "high"];
        let sql = format!(
            "UPDATE conversations AS t SET version = t.version + n.times,
                last_message_at = greatest(t.last_message_at, n.message_at),
                last_inbound_at = greatest(t.last_inbound_at, n.inbound_at),
                unread = CASE WHEN n.unread > 9223372036854775807 - t.unread THEN n.high
                    ELSE least(greatest(t.unread + n.unread, n.low), n.high) END
            FROM {} WHERE t.tenant_id = n.tenant_id AND t.id = n.id RETURNING 1",
            unnest(&columns)
        );
        Self::of_rows(sql, rows, Missing::Conflict("conversation"))
    }

    /// Keeps the earlier of two times of each fact.
    pub(super) fn progress(table: &'static Table, rows: Vec<Vec<Value<'a>>>) -> Self {
        let (key, facts) = table.columns.split_at(table.key);
        let earlier: Vec<String> =
            facts.iter().map(|fact| format!("{fact} = least(t.{fact}, excluded.{fact})")).collect();
        let (columns, key) = (table.columns.join(", "), key.join(", "));
        let sql = format!(
            "INSERT INTO progress AS t ({columns}) SELECT * FROM {}
            ON CONFLICT ({key}) DO UPDATE SET {} RETURNING 1",
            unnest(table.columns),
            earlier.join(", ")
        );
        Self::of_rows(sql, rows, Missing::Conflict(table.record))
    }

    /// Adds jobs behind all others, in their order.
    pub(super) fn enqueue(table: &'static Table, rows: Vec<Vec<Value<'a>>>) -> Self {
        let columns = table.columns.join(", ");
        let sql = format!(
            "INSERT INTO jobs (seq, {columns}) SELECT nextval('job_order'), {columns} FROM {}
            ON CONFLICT DO NOTHING RETURNING 1",
            unnest(table.columns)
        );
        Self::of_rows(sql, rows, Missing::Conflict("job"))
    }

    /// Removes jobs that are held: tenant, job, token.
    pub(super) fn done(rows: Vec<Vec<Value<'a>>>) -> Self {
        let sql = format!(
            "DELETE FROM jobs AS t USING {}
            WHERE t.tenant_id = n.tenant_id AND t.id = n.id AND t.lease_token = n.lease_token RETURNING 1",
            unnest(&["tenant_id", "id", "lease_token"])
        );
        Self::of_rows(sql, rows, Missing::Lease)
    }

    /// Gives jobs back that are held: tenant, job, token, when they are due.
    pub(super) fn again(rows: Vec<Vec<Value<'a>>>) -> Self {
        let sql = format!(
            "UPDATE jobs AS t SET due = n.due, lease_token = NULL, lease_until = NULL FROM {}
            WHERE t.tenant_id = n.tenant_id AND t.id = n.id AND t.lease_token = n.lease_token RETURNING 1",
            unnest(&["tenant_id", "id", "lease_token", "due"])
        );
        Self::of_rows(sql, rows, Missing::Lease)
    }

    /// Prolongs leases: tenant, job, token, until when.
    pub(super) fn extend(rows: Vec<Vec<Value<'a>>>) -> Self {
        let sql = format!(
            "UPDATE jobs AS t SET lease_until = n.lease_until FROM {}
            WHERE t.tenant_id = n.tenant_id AND t.id = n.id AND t.lease_token = n.lease_token RETURNING 1",
            unnest(&["tenant_id", "id", "lease_token", "lease_until"])
        );
        Self::of_rows(sql, rows, Missing::Lease)
    }

    /// Removes the record at a key in a version.
    pub(super) fn delete(tenant: Value<'a>, key: &'a Key, version: u64) -> Self {
        let (table, condition, values) = find::find(key);
        let mut params = vec![Param::from(tenant)];
        params.extend(values.into_iter().map(Param::from));
        // A version that is too large is one that no record has.
        let version = i64::try_from(version).unwrap_or(0);
        params.push(Value::from(version).into());
        let version = if table.is_versioned() { "t.version" } else { "1" };
        let sql = format!(
            "DELETE FROM {} AS t WHERE t.tenant_id = $1 AND {condition} AND {version} = ${} RETURNING 1",
            table.name,
            params.len()
        );
        Self { sql, params, expected: Some(1), missing: Missing::Conflict(key.name()) }
    }

    /// The same statement, which stops the transaction when it does not write what it has to.
    pub(super) fn checked(mut self) -> Self {
        if let Some(expected) = self.expected {
            self.params.push(Value::from(expected).into());
            self.sql = format!(
                "WITH written AS ({}) SELECT expect_rows(count(*), ${}) FROM written",
                self.sql,
                self.params.len()
            );
        }
        self
    }
}

fn insert_sql(table: &str, columns: &[&str]) -> String {
    let names = columns.join(", ");
    format!(
        "INSERT INTO {table} ({names}) SELECT * FROM {} ON CONFLICT DO NOTHING RETURNING 1",
        unnest(columns)
    )
}

/// The parameters, one array for each column, as rows that are called `n`.
pub(super) fn unnest(columns: &[&str]) -> String {
    let arrays: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    format!("unnest({}) AS n ({})", arrays.join(", "), columns.join(", "))
}
