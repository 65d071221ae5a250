//! Claims, and telling others of new jobs.

use super::{
    connection::{Database, Statement},
    rows,
    value::{Param, Value},
};
use crate::store::{Claim, Lease, Result};

/// Says that the transaction leases jobs of all tenants.
const BE_WORKER: &str = "SELECT set_config('whatsapp.worker', 'on', true)";

/// Leases the first jobs of groups in which there is no live lease: up to when, under which token and until when, how many.
const CLAIM: &str = "SELECT * FROM claim_jobs($1, $2, $3, $4)";

/// On which channel those who wait for jobs listen. What is told is the schema.
pub(super) const CHANNEL: &str = "whatsapp_jobs";

/// Leases the due heads of groups in which nobody works.
pub(super) async fn claim(database: &Database, claim: &Claim) -> Result<Vec<Lease>> {
    let max = Value::from(i64::try_from(claim.max()).unwrap_or(i64::MAX));
    let (now, until) = (Value::time(claim.now()), Value::time(claim.until()));
    let params = [now, Value::text(claim.token().as_str()), until, max].map(Param::from);
    let statements = [Statement::Query(BE_WORKER, &[]), Statement::Query(CLAIM, &params)];
    let rows = database.ask(&statements).await?.pop().unwrap_or_default();
    let mut leases = Vec::with_capacity(rows.len());
    for row in &rows {
        let (job, tenant, seq) = (rows::job(row)?, rows::text(row, 6)?, rows::get::<i64>(row, 7)?);
        leases.push((job.due, seq, Lease::new(tenant.into(), job, claim.token().clone(), claim.until())));
    }
    leases.sort_by_key(|(due, seq, _)| (*due, *seq));
    Ok(leases.into_iter().map(|(_, _, lease)| lease).collect())
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
