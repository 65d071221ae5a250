//! Batches of many callers in one transaction.
//!
//! When something in it is not as expected, the transaction is taken back and each half is made by itself, down to the one
//! batch that is at fault, which is then made change by change to find out what is wrong with it.

use super::{
    alone,
    connection::{Connection, Database, Failed, Statement, closed},
    error,
    marks::{self, Marks, Place},
    plan::{Next, Plan},
    step::Mode,
    text,
    value::Param,
};
use crate::{
    id::TenantId,
    store::{Applied, Change, Changes, Lease, Record, Result},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How often a transaction is tried that another was in the way of.
const TRIES: u32 = 5;

/// Says whose rows are meant.
pub(super) const SET_TENANTS: &str = "SELECT set_config('whatsapp.tenants', $1::text[]::text, true)";

/// A batch of a tenant, and what becomes of the lease under which it is made.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) tenant: TenantId,
    pub(super) changes: Changes,
    pub(super) lease: Option<(Lease, Next)>,
    /// Whether it is known that a mark of it was set before.
    pub(super) duplicate: bool,
}

impl Call {
    pub(super) fn new(tenant: TenantId, changes: Changes, lease: Option<(Lease, Next)>) -> Self {
        Self { tenant, changes, lease, duplicate: false }
    }

    /// What the call is about: a conversation, else a message or a job, of a tenant.
    pub(super) fn subject(&self) -> (&str, &str) {
        let changes = self.changes.list();
        let conversation = changes.iter().find_map(|change| match change {
            Change::Latest { conversation, .. } | Change::Add { conversation, .. } => {
                Some(conversation.as_str())
            }
            Change::Put(record, _) => match &**record {
                Record::Conversation(conversation) => Some(conversation.id.as_str()),
                Record::Message(message) => Some(message.conversation.as_str()),
                _ => None,
            },
            _ => None,
        });
        let other = || {
            changes.iter().find_map(|change| match change {
                Change::Earliest { message, .. } => Some(message.as_str()),
                Change::Enqueue(job, _) => Some(job.group.as_str()),
                _ => None,
            })
        };
        let job = || self.lease.as_ref().map(|(lease, _)| lease.job.group.as_str());
        (self.tenant.as_str(), conversation.or_else(other).or_else(job).unwrap_or_default())
    }

    /// Adds all that is to be written, but for the marks.
    fn plan<'a>(&'a self, plan: &mut Plan<'a>) {
        self.changes.list().iter().for_each(|change| plan.add(&self.tenant, change));
        self.settle(plan);
    }

    pub(super) fn settle<'a>(&'a self, plan: &mut Plan<'a>) {
        if let Some((lease, next)) = &self.lease {
            plan.settle(lease, next);
        }
    }
}

/// What became of calls that were made together.
pub(super) enum Made {
    /// What became of each; `None` for one that has to come after the others.
    All(Vec<Option<Applied>>),
    /// Nothing was made: of these it is known now that they are duplicates, when other marks of theirs were set already.
    Duplicates(Vec<usize>),
}

/// Some of the calls, by their numbers.
struct Part {
    calls: Vec<usize>,
    mode: Mode,
    tries: u32,
}

impl Part {
    fn new(calls: Vec<usize>) -> Self {
        Self { calls, mode: Mode::Together, tries: 1 }
    }
}

/// Makes each call or says why not, in order.
pub(super) async fn make(database: &Database, mut calls: Vec<Call>) -> Vec<Result<Applied>> {
    let mut results: Vec<Option<Result<Applied>>> = calls.iter().map(|_| None).collect();
    let mut parts = vec![Part::new((0..calls.len()).collect())];
    let mut spare = None;
    while let Some(mut part) = parts.pop() {
        let connection = match spare.take() {
            Some(connection) => Ok(connection),
            None => database.connection().await,
        };
        let chosen: Vec<&Call> = part.calls.iter().filter_map(|n| calls.get(*n)).collect();
        let made = match connection {
            Ok(mut connection) => {
                let made = match (part.mode, chosen.as_slice()) {
                    (Mode::Alone, [call]) => alone::make(&mut connection, call).await,
                    _ => together(&mut connection, &chosen).await.map(Ok),
                };
                spare = Some(connection).filter(|_| !matches!(made, Err(Failed::Lost { .. })));
                made
            }
            Err(error) => Ok(Err(error)),
        };
        match made {
            Ok(Ok(Made::All(made))) => {
                let mut later = Vec::new();
                for (n, applied) in part.calls.into_iter().zip(made) {
                    match applied {
                        Some(applied) => tell(&mut results, n, Ok(applied)),
                        None => later.push(n),
                    }
                }
                if !later.is_empty() {
                    parts.push(Part::new(later));
                }
            }
            Ok(Ok(Made::Duplicates(duplicates))) => {
                for n in duplicates.into_iter().filter_map(|n| part.calls.get(n)) {
                    if let Some(call) = calls.get_mut(*n) {
                        call.duplicate = true;
                    }
                }
                parts.push(part);
            }
            Err(Failed::Refused(error)) if error::is_transient(&error) && part.tries < TRIES => {
                // Not at the same moment as whoever was in the way.
                tokio::time::sleep(Duration::from_millis(fastrand::u64(..10 * u64::from(part.tries)))).await;
                part.tries += 1;
                parts.push(part);
            }
            Err(Failed::Lost { in_doubt: false, .. }) if part.tries == 1 => {
                // Such as a connection that had gone stale in the pool. Nothing was told to be committed.
                part.tries += 1;
                parts.push(part);
            }
            Err(Failed::Refused(_)) if part.calls.len() > 1 => {
                let second = part.calls.split_off(part.calls.len() / 2);
                parts.push(Part::new(second));
                parts.push(Part::new(part.calls));
            }
            Err(Failed::Refused(_)) if part.mode == Mode::Together => {
                parts.push(Part { mode: Mode::Alone, ..part });
            }
            Err(failed) => {
                let error = failed.into_error();
                part.calls.iter().for_each(|n| tell(&mut results, *n, Err(error.clone())));
            }
            Ok(Err(error)) => part.calls.iter().for_each(|n| tell(&mut results, *n, Err(error.clone()))),
        }
    }
    results.into_iter().map(|result| result.unwrap_or_else(|| Err(closed()))).collect()
}

fn tell(results: &mut [Option<Result<Applied>>], n: usize, result: Result<Applied>) {
    if let Some(place) = results.get_mut(n) {
        *place = Some(result);
    }
}

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

/// Makes calls in one transaction: the marks in a first round trip, all else in a second one.
async fn together(connection: &mut Connection, calls: &[&Call]) -> Result<Made, Failed> {
    let tenants = [set_tenants(calls.iter().map(|call| &call.tenant))];
    let mut statements = vec![Statement::BeginWrite, Statement::Query(SET_TENANTS, &tenants)];

    let mut marks = Marks::default();
    let mut fates: Vec<Fate> = calls.iter().map(|call| fate(call, &mut marks)).collect();
    let later = calls.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Later);
    let later: BTreeSet<Place<'_>> = later.flat_map(|(call, _)| places(call)).collect();
    let (to_set, to_look_up) = (marks.to_set(), marks::to_look_up(&later));
    let mut known = BTreeMap::new();
    if !marks.is_empty() {
        statements.push(Statement::Query(marks::SET, &to_set));
        if !later.is_empty() {
            statements.push(Statement::Query(marks::LOOK_UP, &to_look_up));
        }
        let answers = connection.run(&statements).await?;
        statements.clear();
        let mut answers = answers.into_iter().skip(2);
        let there = marks.there(&answers.next().unwrap_or_default()).map_err(Failed::read)?;
        known = marks::looked_up(&answers.next().unwrap_or_default()).map_err(Failed::read)?;
        let mut halves = Vec::new();
        for (n, (call, fate)) in calls.iter().zip(&mut fates).enumerate() {
            if *fate == Fate::New && places(call).any(|place| there.contains(&place)) {
                *fate = Fate::Duplicate;
                if !places(call).all(|place| there.contains(&place)) {
                    halves.push(n);
                }
            }
        }
        if !halves.is_empty() {
            // A duplicate sets none of its other marks, and some were set just now.
            connection.run(&[Statement::Rollback]).await?;
            return Ok(Made::Duplicates(halves));
        }
    }

    let mut plan = Plan::new(Mode::Together);
    for (call, fate) in calls.iter().zip(&fates) {
        match fate {
            Fate::New => call.plan(&mut plan),
            Fate::Duplicate => call.settle(&mut plan),
            Fate::Later => {}
        }
    }
    let steps = plan.into_steps();
    statements.extend(steps.iter().map(Statement::from));
    statements.push(Statement::Commit);
    connection.run(&statements).await?;

    let done = |(call, fate): (&&Call, Fate)| match fate {
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
    Ok(Made::All(calls.iter().zip(fates).map(done).collect()))
}

fn fate<'a>(call: &'a Call, marks: &mut Marks<'a>) -> Fate {
    if call.duplicate {
        Fate::Duplicate
    } else if marks.want(&call.tenant, &call.changes) {
        Fate::New
    } else {
        Fate::Later
    }
}

/// The marks of a call.
fn places(call: &Call) -> impl Iterator<Item = Place<'_>> {
    marks::of(&call.changes).map(|(key, _)| (call.tenant.as_str(), key))
}

/// What [`SET_TENANTS`] needs.
pub(super) fn set_tenants<'a>(tenants: impl Iterator<Item = &'a TenantId>) -> Param<'a> {
    let tenants: BTreeSet<&str> = tenants.map(TenantId::as_str).collect();
    Param::Texts(tenants.into_iter().map(|tenant| Some(text::encode(tenant))).collect())
}
