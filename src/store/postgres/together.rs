//! Calls of many in one transaction.

use super::{
    connection::{Connection, Failed, Statement},
    error,
    group::{Call, Made},
    marks::{self, Marks, Place},
    plan::Plan,
    step::{Mode, Query, Step, queries},
    tenants::{ALLOW, allowed},
};
use crate::store::{Applied, Mark};
use crate::time::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is known of a call before its changes are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is to be made.
    New,
    /// Another of the group wants a mark of it, too.
    Later,
    /// A mark of it was set before.
    Duplicate,
}

/// A group before it is made.
struct Group<'a> {
    calls: &'a [&'a Call],
    fates: Vec<Fate>,
    marks: Marks<'a>,
    /// The marks of those that come later.
    shared: BTreeSet<Place<'a>>,
}

/// Makes calls in one round trip, in the hope that none of their marks is there.
pub(super) async fn hopefully(connection: &mut Connection, calls: &[&Call]) -> Result<Made, Failed> {
    let group = Group::new(calls);
    let beginning = Arc::clone(&connection.beginning);
    let mut steps = vec![Step::begin(calls.iter().map(|call| &call.tenant), &beginning)];
    if !group.marks.is_empty() {
        steps.push(Step::marks(group.marks.to_set()));
    }
    let mut plan = Plan::new(Mode::Together);
    group.plan(&mut plan);
    steps.extend(plan.into_steps());
    let mut queries = queries(steps, &beginning.schema);
    let look_up = marks::to_look_up(&group.shared);
    let made = if queries.len() == 1
        && group.shared.is_empty()
        && let Some(query) = queries.pop()
    {
        connection.execute(query).await.map(|()| Vec::new())
    } else {
        let mut statements = vec![Statement::Begin];
        statements.extend(queries.iter().map(statement));
        if !group.shared.is_empty() {
            statements.push(Statement::Query(marks::LOOK_UP, &look_up));
        }
        statements.push(Statement::Commit);
        connection.run(&statements).await
    };
    let mut answers = match made {
        Err(Failed::Refused(error)) if error::is_marked(&error) => return Ok(Made::Marked),
        answers => answers?,
    };
    let found =
        if group.shared.is_empty() { None } else { answers.iter_mut().rev().nth(1).map(std::mem::take) };
    // It is committed: what cannot be read is asked again.
    let known = marks::looked_up(&found.unwrap_or_default()).unwrap_or_default();
    Ok(group.made(&known))
}

/// Makes calls in two round trips: the marks, which tell what is a duplicate, and then all else.
pub(super) async fn carefully(connection: &mut Connection, calls: &[&Call]) -> Result<Made, Failed> {
    let mut group = Group::new(calls);
    let tenants = [allowed(calls.iter().map(|call| &call.tenant))];
    let mut statements = vec![Statement::Begin, Statement::Query(ALLOW, &tenants)];
    let mut known = BTreeMap::new();
    if !group.marks.is_empty() {
        let (to_set, look_up) = (group.marks.to_set(), marks::to_look_up(&group.shared));
        let mut first = std::mem::take(&mut statements);
        first.push(Statement::Query(marks::SET, &to_set));
        if !group.shared.is_empty() {
            first.push(Statement::Query(marks::LOOK_UP, &look_up));
        }
        let mut answers = connection.run(&first).await?.into_iter().skip(2);
        let there = group.marks.there(&answers.next().unwrap_or_default()).map_err(Failed::read)?;
        known = marks::looked_up(&answers.next().unwrap_or_default()).map_err(Failed::read)?;
        let halves = group.note(&there);
        if !halves.is_empty() {
            // A duplicate sets none of its other marks, and some were set just now.
            connection.run(&[Statement::Rollback]).await?;
            return Ok(Made::Duplicates(halves));
        }
    }
    let mut plan = Plan::new(Mode::Together);
    group.plan(&mut plan);
    let queries = queries(plan.into_steps(), &connection.beginning.schema);
    statements.extend(queries.iter().map(statement));
    statements.push(Statement::Commit);
    connection.run(&statements).await?;
    Ok(group.made(&known))
}

fn statement<'a>((sql, params): &'a Query<'_>) -> Statement<'a> {
    Statement::Query(sql, params)
}

impl<'a> Group<'a> {
    fn new(calls: &'a [&'a Call]) -> Self {
        let mut marks = Marks::default();
        let mut fate = |call: &'a Call| match call {
            Call { duplicate: true, .. } => Fate::Duplicate,
            call if marks.want(&call.tenant, &call.changes) => Fate::New,
            _ => Fate::Later,
        };
        let fates: Vec<Fate> = calls.iter().map(|call| fate(call)).collect();
        let later = calls.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Later);
        let shared = later.flat_map(|(call, _)| places(call)).collect();
        Self { calls, fates, marks, shared }
    }

    /// Notes which calls are duplicates by the marks that are there; gives those that have other marks, too.
    fn note(&mut self, there: &BTreeSet<Place<'_>>) -> Vec<usize> {
        let mut halves = Vec::new();
        for (n, (call, fate)) in self.calls.iter().zip(&mut self.fates).enumerate() {
            if *fate == Fate::New && places(call).any(|place| there.contains(&place)) {
                *fate = Fate::Duplicate;
                if !places(call).all(|place| there.contains(&place)) {
                    halves.push(n);
                }
            }
        }
        halves
    }

    fn plan(&self, plan: &mut Plan<'a>) {
        for (call, fate) in self.calls.iter().zip(&self.fates) {
            match fate {
                Fate::New => call.plan(plan),
                Fate::Duplicate => call.settle(plan),
                Fate::Later => {}
            }
        }
    }

    /// What became of each call when the transaction was committed, by how long the shared marks are kept.
    fn made(&self, known: &BTreeMap<(String, Mark), Timestamp>) -> Made {
        let applied = |(call, fate): (&&Call, &Fate)| match fate {
            Fate::New => Some(Applied::Done),
            Fate::Duplicate => Some(Applied::Duplicate),
            Fate::Later => {
                let is_known = |(tenant, key): Place<'_>| {
                    known.get(&(tenant.to_owned(), key)).is_some_and(|until| *until > call.changes.now())
                };
                // Whoever holds a lease has to settle it yet.
                (call.lease.is_none() && places(call).any(is_known)).then_some(Applied::Duplicate)
            }
        };
        Made::All(self.calls.iter().zip(&self.fates).map(applied).collect())
    }
}

/// The marks of a call.
fn places(call: &Call) -> impl Iterator<Item = Place<'_>> {
    marks::of(&call.changes).map(|(key, _)| (call.tenant.as_str(), key))
}
