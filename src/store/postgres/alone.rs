//! One batch change by change, which tells what is wrong with it.

use super::{
    connection::{Connection, Failed, Statement},
    group::{Call, Made, SET_TENANTS, set_tenants},
    marks::{self, Marks},
    plan::Plan,
    step::{Missing, Mode, Step, unnest},
    value::Param,
};
use crate::store::{Applied, Result, StoreError};

/// The job that a lease is good for, held to the end of the transaction.
const HOLD: &str = "SELECT 1 FROM jobs WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 FOR UPDATE";

/// Makes a call; the inner error is what is wrong with it.
pub(super) async fn make(connection: &mut Connection, call: &Call) -> Result<Result<Made>, Failed> {
    let made = attempt(connection, call).await?;
    if !matches!(made, Ok(Made::All(_))) {
        connection.run(&[Statement::Rollback]).await?;
        return Ok(made);
    }
    connection.run(&[Statement::Commit]).await?;
    Ok(made)
}

async fn attempt(connection: &mut Connection, call: &Call) -> Result<Result<Made>, Failed> {
    let tenants = [set_tenants(std::iter::once(&call.tenant))];
    connection.run(&[Statement::Begin, Statement::Query(SET_TENANTS, &tenants)]).await?;
    if let Some((lease, _)) = &call.lease {
        let params = [lease.tenant.as_str(), lease.job.id.as_str(), lease.token.as_str()].map(Param::text);
        if written(connection, HOLD, &params).await? == 0 {
            return Ok(Err(StoreError::LeaseLost));
        }
    }
    if !call.duplicate {
        let mut marks = Marks::default();
        marks.want(&call.tenant, &call.changes);
        if !marks.is_empty() {
            let mut set = connection.run(&[Statement::Query(marks::SET, &marks.to_set())]).await?;
            let there = marks.there(&set.pop().unwrap_or_default()).map_err(Failed::read)?;
            if !there.is_empty() {
                return Ok(Ok(Made::Duplicates(vec![0])));
            }
        }
        for change in call.changes.list() {
            let mut plan = Plan::new(Mode::Alone);
            plan.add(&call.tenant, change);
            for step in plan.into_steps() {
                if let Err(error) = take(connection, &step).await? {
                    return Ok(Err(error));
                }
            }
        }
    }
    // The job may be gone: the changes may have removed it.
    let mut plan = Plan::new(Mode::Alone);
    call.settle(&mut plan);
    for step in plan.into_steps() {
        written(connection, &step.sql, &step.params).await?;
    }
    let applied = if call.duplicate { Applied::Duplicate } else { Applied::Done };
    Ok(Ok(Made::All(vec![Some(applied)])))
}

/// Executes a statement and says what is wrong when it does not write what it has to.
async fn take(connection: &mut Connection, step: &Step<'_>) -> Result<Result<()>, Failed> {
    let written_rows = written(connection, &step.sql, &step.params).await?;
    if step.expected.is_none_or(|expected| expected == written_rows) {
        return Ok(Ok(()));
    }
    if let Missing::Taken(table) = step.missing
        && let (Some(key), Some(params)) = (table.columns.get(..table.key), step.params.get(..table.key))
    {
        let found: Vec<String> = key.iter().map(|column| format!("t.{column} = n.{column}")).collect();
        let sql = format!("SELECT 1 FROM {} AS t, {} WHERE {}", table.name, unnest(key), found.join(" AND "));
        if written(connection, &sql, params).await? > 0 {
            return Ok(Err(StoreError::Conflict(table.record)));
        }
    }
    Ok(Err(step.missing.error()))
}

/// How many rows a statement gives.
async fn written(connection: &mut Connection, sql: &str, params: &[Param<'_>]) -> Result<i64, Failed> {
    let answers = connection.run(&[Statement::Query(sql, params)]).await?;
    Ok(answers.iter().map(|rows| i64::try_from(rows.len()).unwrap_or(i64::MAX)).sum())
}
