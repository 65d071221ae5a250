//! One batch change by change, which tells what is wrong with it.

use super::{
    connection::{Connection, Failed, Statement},
    error,
    group::{Call, Made},
    marks::{self, Marks},
    plan::Plan,
    step::{Mode, Step, queries},
    tenants::{ALLOW, allowed},
    value::Param,
};
use crate::store::{Applied, Result, StoreError};

/// The job that a lease is good for, held to the end of the transaction.
const HOLD: &str = "SELECT 1 FROM jobs WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 FOR UPDATE";

/// Makes a call; the inner error is what is wrong with it.
pub(super) async fn make(connection: &mut Connection, call: &Call) -> Result<Result<Made>, Failed> {
    let made = attempt(connection, call).await?;
    let end = if matches!(made, Ok(Made::All(_))) { Statement::Commit } else { Statement::Rollback };
    connection.run(&[end]).await?;
    Ok(made)
}

async fn attempt(connection: &mut Connection, call: &Call) -> Result<Result<Made>, Failed> {
    let tenants = [allowed([&call.tenant])];
    connection.run(&[Statement::Begin, Statement::Query(ALLOW, &tenants)]).await?;
    if let Some((lease, _)) = &call.lease {
        let params = [lease.tenant.as_str(), lease.job.id.as_str(), lease.token.as_str()].map(Param::text);
        if !gives(connection, HOLD, &params).await? {
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
                if let Err(error) = take(connection, step).await? {
                    return Ok(Err(error));
                }
            }
        }
    }
    // That the job is gone, as the changes may have removed it, is no error here. Any other is the end of the transaction.
    let mut plan = Plan::new(Mode::Alone);
    call.settle(&mut plan);
    for step in plan.into_steps() {
        if let Err(error) = take(connection, step).await? {
            return Ok(Err(error));
        }
    }
    let applied = if call.duplicate { Applied::Duplicate } else { Applied::Done };
    Ok(Ok(Made::All(vec![Some(applied)])))
}

/// Takes a step; the inner error is what is wrong with it, and the transaction is over then.
async fn take(connection: &mut Connection, step: Step<'_>) -> Result<Result<()>, Failed> {
    let wrong = step.wrong.clone();
    for (sql, params) in queries(vec![step], &connection.beginning.schema) {
        match connection.run(&[Statement::Query(&sql, &params)]).await {
            Err(Failed::Refused(refused)) if !error::is_transient(&refused) => {
                return Ok(Err(error::of_step(&refused, wrong)));
            }
            answers => drop(answers?),
        }
    }
    Ok(Ok(()))
}

/// Whether a statement gives a row.
async fn gives(connection: &mut Connection, sql: &str, params: &[Param<'_>]) -> Result<bool, Failed> {
    let answers = connection.run(&[Statement::Query(sql, params)]).await?;
    Ok(answers.iter().any(|rows| !rows.is_empty()))
}
