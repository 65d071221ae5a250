//! Making a batch. Whoever has it made takes it back when it fails.

use super::{connect::prepare, error::Failed, jobs, put, touch::Touch};
use crate::{
    id::TenantId,
    store::{
        Applied, Change, Changes, Fact, Key, Mark, StoreError,
        tables::{self, Value},
    },
    time::Timestamp,
};
use rusqlite::{Connection, Params, params, params_from_iter};
use std::time::Duration;

/// How long a mark is kept when it is over, for callers whose clock is behind.
const FORGET_AFTER: Duration = Duration::from_secs(3600);

/// A batch that is being made.
struct Batch<'a> {
    connection: &'a Connection,
    tenant: &'a TenantId,
}

/// Makes all of `changes`. Whoever calls takes everything back if it fails.
pub(super) fn apply(
    connection: &Connection,
    tenant: &TenantId,
    changes: &Changes,
) -> Result<Applied, Failed> {
    changes.check(tenant)?;
    let batch = Batch { connection, tenant };
    let mut marks = false;
    for change in changes.list() {
        if let Change::Once { key, .. } = change {
            marks = true;
            if batch.is_marked(*key, changes.now())? {
                return Ok(Applied::Duplicate);
            }
        }
    }
    let mut rest = changes.list();
    while let Some(change) = rest.first() {
        rest = batch.make(change, rest)?;
    }
    if marks {
        batch.forget_marks(changes.now())?;
    }
    Ok(Applied::Done)
}

impl Batch<'_> {
    /// Makes `first`, which `changes` begin with, and gives those that are still to be made.
    fn make<'c>(&self, first: &'c Change, changes: &'c [Change]) -> Result<&'c [Change], Failed> {
        let tenant = self.tenant.as_str();
        match first {
            Change::Once { key, keep_until } => {
                let sql = "INSERT INTO once_marks (tenant_id, key, keep_until) VALUES (?1, ?2, ?3)
                    ON CONFLICT (tenant_id, key) DO UPDATE SET keep_until = max(keep_until, ?3)";
                self.execute(sql, params![tenant, key.as_bytes(), keep_until.as_millis()])?;
            }
            Change::Put(record, expect) => put::put(self.connection, self.tenant, record, *expect)?,
            Change::Delete(key, version) => self.delete(key, *version)?,
            Change::Earliest { message, fact, at } => {
                self.execute(earliest(*fact), params![tenant, message.as_str(), at.as_millis()])?;
            }
            Change::Latest { conversation, .. } | Change::Add { conversation, .. } => {
                let (touch, rest) = Touch::first_of(conversation, changes);
                touch.make(self.connection, self.tenant)?;
                return Ok(rest);
            }
            Change::Count { at, metric, by } => {
                let sql = "INSERT INTO usage (tenant_id, day, metric, count) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (tenant_id, day, metric) DO UPDATE SET count = count + min(?4, ?5 - count)";
                let row =
                    [Value::text(tenant), Value::time(at.day()), Value::text(metric), Value::count(*by)];
                self.execute(sql, params_from_iter(row.into_iter().chain([i64::MAX.into()])))?;
            }
            Change::Enqueue(job, lease) => jobs::enqueue(self.connection, self.tenant, job, lease.as_ref())?,
        }
        Ok(changes.get(1..).unwrap_or_default())
    }

    fn delete(&self, key: &Key, version: u64) -> Result<(), Failed> {
        let (table, condition, values) = tables::find(key);
        let name = table.name();
        let mut sql =
            format!("DELETE FROM {name} AS t WHERE t.tenant_id = $1 AND {condition}").replace('$', "?");
        let mut params = vec![Value::text(self.tenant.as_str())];
        params.extend(values);
        if table.is_versioned() {
            // A version that is too large is one that no record has.
            params.push(i64::try_from(version).unwrap_or(0).into());
            sql += &format!(" AND t.version = ?{}", params.len());
        }
        let deleted = match key {
            _ if !table.is_versioned() && version != 1 => 0,
            Key::Job(id) => return jobs::delete(self.connection, self.tenant, id),
            _ => self.execute(&sql, params_from_iter(params))?,
        };
        if deleted == 0 { Err(StoreError::Conflict(key.name()).into()) } else { Ok(()) }
    }

    fn is_marked(&self, key: Mark, now: Timestamp) -> Result<bool, Failed> {
        let sql = "SELECT 1 FROM once_marks WHERE tenant_id = ?1 AND key = ?2 AND keep_until > ?3";
        let params = params![self.tenant.as_str(), key.as_bytes(), now.as_millis()];
        Ok(prepare(self.connection, sql)?.exists(params)?)
    }

    /// Forgets a few of the marks that are long over: more than one batch makes on average, so that they do not pile up.
    fn forget_marks(&self, now: Timestamp) -> Result<(), Failed> {
        // Two statements, as one would make a table of its own for what is nearly always nothing.
        let sql =
            "SELECT key FROM once_marks WHERE tenant_id = ?1 AND keep_until < ?2 ORDER BY keep_until LIMIT 4";
        let mut statement = prepare(self.connection, sql)?;
        let over = params![self.tenant.as_str(), (now - FORGET_AFTER).as_millis()];
        let keys = statement.query_map(over, |row| row.get::<_, Vec<u8>>(0))?;
        for key in keys.collect::<rusqlite::Result<Vec<_>>>()? {
            self.execute(
                "DELETE FROM once_marks WHERE tenant_id = ?1 AND key = ?2",
                params![self.tenant.as_str(), key],
            )?;
        }
        Ok(())
    }

    /// Executes a statement and gives how many rows it wrote.
    fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        prepare(self.connection, sql)?.execute(params)
    }
}

/// Keeps the earlier of two times of a fact: tenant `?1`, message `?2`, time `?3`.
fn earliest(fact: Fact) -> &'static str {
    macro_rules! earliest {
        ($column:literal) => {
            concat!(
                "INSERT INTO progress (tenant_id, wamid, ",
                $column,
                ") VALUES (?1, ?2, ?3)
                ON CONFLICT (tenant_id, wamid) DO UPDATE SET ",
                $column,
                " = min(coalesce(",
                $column,
                ", ?3), ?3)"
            )
        };
    }
    match fact {
        Fact::Accepted => earliest!("accepted_at"),
        Fact::Sent => earliest!("sent_at"),
        Fact::Delivered => earliest!("delivered_at"),
        Fact::Read => earliest!("read_at"),
        Fact::Played => earliest!("played_at"),
        Fact::Failed => earliest!("failed_at"),
    }
}
