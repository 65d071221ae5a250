//! Claims, and telling others of new jobs.

use super::{
    connection::{Database, Statement},
    rows::Cursor,
    value::{Param, Value},
};
use crate::{
    store::{Backlog, Claim, Job, Lease, Result, StoreError},
    time::Timestamp,
};

/// Says that the transaction leases jobs of all tenants.
const BE_WORKER: &str = "SELECT set_config('whatsapp.worker', 'on', true)";

/// Leases the first jobs of groups in which there is no live lease: up to when, under which token and until when, how many.
const CLAIM: &str = "SELECT * FROM claim_jobs($1, $2, $3, $4)";

/// How many jobs are due at `$1`, later or leased, and since when the first.
const BACKLOG: &str = "
    SELECT count(*) FILTER (WHERE is_free AND due <= $1), count(*) FILTER (WHERE is_free AND due > $1),
        count(*) FILTER (WHERE NOT is_free), min(due) FILTER (WHERE is_free AND due <= $1)
    FROM (SELECT due, lease_until IS NULL OR lease_until <= $1 AS is_free FROM jobs) AS all_jobs";

/// On which channel those who wait for jobs listen. What is told is the schema.
pub(super) const CHANNEL: &str = "whatsapp_jobs";

/// Leases the due heads of groups in which nobody works.
pub(super) async fn claim(database: &Database, claim: &Claim) -> Result<Vec<Lease>> {
    let max = Value::from(i64::try_from(claim.max()).unwrap_or(i64::MAX));
    let (now, until) = (Value::time(claim.now()), Value::time(claim.until()));
    let params = [now, Value::text(claim.token().as_str()), until, max].map(Param::from);
    let statements = [Statement::Query(BE_WORKER, &[]), Statement::Query(CLAIM, &params)];
    let rows = database.ask_in(Statement::BeginWrite, &statements).await?.pop().unwrap_or_default();
    let mut leases = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut row = Cursor::new(row);
        let (job, tenant, seq): (Job, _, i64) = (row.read()?, row.read()?, row.read()?);
        leases.push((job.due, seq, Lease::new(tenant, job, claim.token().clone(), claim.until())));
    }
    leases.sort_by_key(|(due, seq, _)| (*due, *seq));
    Ok(leases.into_iter().map(|(_, _, lease)| lease).collect())
}

/// Counts the jobs of all tenants.
pub(super) async fn backlog(database: &Database, now: Timestamp) -> Result<Backlog> {
    let params = [Value::time(now).into()];
    let statements = [Statement::Query(BE_WORKER, &[]), Statement::Query(BACKLOG, &params)];
    let rows = database.ask(&statements).await?.pop().unwrap_or_default();
    let mut row = Cursor::new(rows.first().ok_or(StoreError::Corrupt("row"))?);
    Ok(Backlog { due: row.read()?, later: row.read()?, leased: row.read()?, oldest_due: row.read()? })
}

/// Tells the stores in other processes that there may be a new job. Those who are not told look from time to time.
///
/// In a transaction of its own: PostgreSQL lets commits that notify go one by one, each with its wait for the disk.
pub(super) async fn notify(database: &Database, schema: &str) {
    let params = [Value::text(CHANNEL), Value::text(schema)].map(Param::from);
    if let Err(error) = database.ask(&[Statement::Query("SELECT pg_notify($1, $2)", &params)]).await {
        tracing::debug!(%error, "other processes were not told of a job");
    }
}
