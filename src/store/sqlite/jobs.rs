//! Jobs and leases.

use super::{connect::prepare, error::Failed, rows::Cursor};
use crate::{
    id::TenantId,
    store::{Backlog, Claim, Job, JobId, Lease, LeaseToken, Outcome, StoreError},
    time::Timestamp,
};
use rusqlite::{Connection, OptionalExtension as _, params};

/// A job, its tenant and its `seq`, if its time has come and nobody else works in its group.
macro_rules! claimable {
    ($lease:literal) => {
        concat!(
            "SELECT id, kind, group_name, due, attempts, payload, tenant_id, seq FROM jobs AS job
            WHERE is_head = 1 AND due <= ?1 AND ",
            $lease,
            " AND NOT EXISTS (
                SELECT 1 FROM jobs AS held WHERE held.tenant_id = job.tenant_id
                AND held.group_name = job.group_name AND held.lease_until > ?1)
            ORDER BY due, seq LIMIT ?2"
        )
    };
}

/// The first jobs of groups that are not leased. Those that are, which are as many as workers have in hand, are not passed.
pub(super) const CLAIM_FREE: &str = claimable!("lease_until IS NULL");
/// Those whose lease is over. They are sorted, but there are none unless a worker died.
pub(super) const CLAIM_OVER: &str = claimable!("lease_until <= ?1");

/// How many jobs are due at `?1`, later or leased, and since when the first.
pub(super) const BACKLOG: &str = "
    SELECT count(*) FILTER (WHERE is_free AND due <= ?1), count(*) FILTER (WHERE is_free AND due > ?1),
        count(*) FILTER (WHERE NOT is_free), min(due) FILTER (WHERE is_free AND due <= ?1)
    FROM (SELECT due, lease_until IS NULL OR lease_until <= ?1 AS is_free FROM jobs)";

/// Adds a job behind all others.
pub(super) fn enqueue(
    connection: &Connection,
    tenant: &TenantId,
    job: &Job,
    lease: Option<&(LeaseToken, Timestamp)>,
) -> Result<(), Failed> {
    let sql = "
        INSERT INTO jobs (tenant_id, id, kind, group_name, due, attempts, payload, lease_token, lease_until, is_head)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
            NOT EXISTS (SELECT 1 FROM jobs WHERE tenant_id = ?1 AND group_name = ?4))
        ON CONFLICT (tenant_id, id) DO NOTHING";
    let added = prepare(connection, sql)?.execute(params![
        tenant.as_str(),
        job.id.as_str(),
        job.kind.as_str(),
        job.group,
        job.due.as_millis(),
        job.attempts.saturating_add(u32::from(lease.is_some())),
        job.payload,
        lease.map(|(token, _)| token.as_str()),
        lease.map(|(_, until)| until.as_millis()),
    ])?;
    if added == 0 { Err(StoreError::Conflict("job").into()) } else { Ok(()) }
}

/// Leases the due heads of groups in which nobody works.
pub(super) fn claim(connection: &Connection, claim: &Claim) -> Result<Vec<Lease>, Failed> {
    let mut found = claimable(connection, CLAIM_FREE, claim)?;
    found.extend(claimable(connection, CLAIM_OVER, claim)?);
    found.sort_by_key(|(job, _, seq)| (job.due, *seq));
    found.truncate(claim.max());
    let sql = "UPDATE jobs SET attempts = ?2, lease_token = ?3, lease_until = ?4 WHERE seq = ?1";
    let mut lease = prepare(connection, sql)?;
    let mut leases = Vec::with_capacity(found.len());
    for (mut job, tenant, seq) in found {
        job.attempts = job.attempts.saturating_add(1);
        lease.execute(params![seq, job.attempts, claim.token().as_str(), claim.until().as_millis()])?;
        leases.push(Lease::new(tenant, job, claim.token().clone(), claim.until()));
    }
    Ok(leases)
}

/// Jobs that may be claimed, with their tenants and `seq`.
fn claimable(connection: &Connection, sql: &str, claim: &Claim) -> Result<Vec<(Job, TenantId, i64)>, Failed> {
    let max = i64::try_from(claim.max()).unwrap_or(i64::MAX);
    let mut statement = prepare(connection, sql)?;
    let mut rows = statement.query(params![claim.now().as_millis(), max])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut row = Cursor::new(row);
        found.push((row.read()?, row.read()?, row.read()?));
    }
    Ok(found)
}

/// Counts the jobs of all tenants.
pub(super) fn backlog(connection: &Connection, now: Timestamp) -> Result<Backlog, Failed> {
    let mut statement = prepare(connection, BACKLOG)?;
    let mut rows = statement.query([now.as_millis()])?;
    let mut row = Cursor::new(rows.next()?.ok_or(StoreError::Corrupt("row"))?);
    Ok(Backlog { due: row.read()?, later: row.read()?, leased: row.read()?, oldest_due: row.read()? })
}

/// The `seq` of the job that `lease` is still good for.
pub(super) fn held(connection: &Connection, lease: &Lease) -> Result<i64, Failed> {
    let sql = "SELECT seq FROM jobs WHERE tenant_id = ?1 AND id = ?2 AND lease_token = ?3";
    let params = [lease.tenant.as_str(), lease.job.id.as_str(), lease.token.as_str()];
    let seq = prepare(connection, sql)?.query_row(params, |row| row.get(0)).optional()?;
    seq.ok_or(Failed(StoreError::LeaseLost))
}

pub(super) fn extend(connection: &Connection, lease: &Lease, until: Timestamp) -> Result<(), Failed> {
    let seq = held(connection, lease)?;
    let sql = "UPDATE jobs SET lease_until = ?2 WHERE seq = ?1";
    prepare(connection, sql)?.execute(params![seq, until.as_millis()])?;
    Ok(())
}

/// Ends the lease on a job, if the job is still there. When it was removed, its `seq` may be that of another by now, which
/// is not under this token.
pub(super) fn settle(
    connection: &Connection,
    seq: i64,
    token: &LeaseToken,
    outcome: &Outcome,
) -> Result<(), Failed> {
    match outcome {
        Outcome::Done => remove(connection, seq, Some(token)),
        Outcome::Again(due) | Outcome::Left(due) => {
            let sql = "UPDATE jobs SET due = ?3, attempts = max(attempts - ?4, 0), lease_token = NULL, lease_until = NULL
                WHERE seq = ?1 AND lease_token = ?2";
            let untried = matches!(outcome, Outcome::Left(_));
            prepare(connection, sql)?.execute(params![seq, token.as_str(), due.as_millis(), untried])?;
            Ok(())
        }
    }
}

/// Removes a job that must be there.
pub(super) fn delete(connection: &Connection, tenant: &TenantId, id: &JobId) -> Result<(), Failed> {
    let sql = "SELECT seq FROM jobs WHERE tenant_id = ?1 AND id = ?2";
    let mut statement = prepare(connection, sql)?;
    let seq = statement.query_row([tenant.as_str(), id.as_str()], |row| row.get(0)).optional()?;
    remove(connection, seq.ok_or(StoreError::Conflict("job"))?, None)
}

/// Removes a job, if it is leased under a token or none is named; the next of its group becomes the head.
fn remove(connection: &Connection, seq: i64, token: Option<&LeaseToken>) -> Result<(), Failed> {
    let sql = "DELETE FROM jobs WHERE seq = ?1 AND lease_token IS coalesce(?2, lease_token)
        RETURNING tenant_id, group_name";
    let mut statement = prepare(connection, sql)?;
    let params = params![seq, token.map(|token| token.as_str())];
    let removed = statement.query_row(params, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((tenant, group)): Option<(String, String)> = removed else { return Ok(()) };
    let sql = "
        UPDATE jobs SET is_head = 1
        WHERE seq = (SELECT min(seq) FROM jobs WHERE tenant_id = ?1 AND group_name = ?2)";
    prepare(connection, sql)?.execute([tenant, group])?;
    Ok(())
}
