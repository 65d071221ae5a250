//! Batches of many callers in one transaction.
//!
//! When something in it is not as expected, the transaction is taken back and each half is made by itself, down to the one
//! batch that is at fault, which is then made change by change to find out what is wrong with it.

use super::{
    alone,
    connection::{Database, Failed, closed},
    error,
    plan::{Next, Plan},
    together,
};
use crate::{
    id::TenantId,
    store::{Applied, Change, Changes, Lease, Record, Result},
};
use std::time::Duration;

/// How often a transaction is tried that another was in the way of.
const TRIES: u32 = 5;

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
    pub(super) fn plan<'a>(&'a self, plan: &mut Plan<'a>) {
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
    /// Nothing was made, as some mark was set already: it is to be looked at them first.
    Marked,
}

/// Some of the calls, by their numbers.
struct Part {
    calls: Vec<usize>,
    way: Way,
    tries: u32,
}

/// How calls are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Hopefully,
    Carefully,
    Alone,
}

impl Part {
    fn new(calls: Vec<usize>, way: Way) -> Self {
        Self { calls, way, tries: 1 }
    }
}

/// Makes each call or says why not, in order.
///
/// `expects_duplicates` is how it was the last time, and how it is now: many come together, when Meta delivers again.
pub(super) async fn make(
    database: &Database,
    mut calls: Vec<Call>,
    expects_duplicates: &mut bool,
) -> Vec<Result<Applied>> {
    let first = if std::mem::take(expects_duplicates) { Way::Carefully } else { Way::Hopefully };
    let mut results: Vec<Option<Result<Applied>>> = calls.iter().map(|_| None).collect();
    let mut parts = vec![Part::new((0..calls.len()).collect(), first)];
    let mut spare = None;
    while let Some(mut part) = parts.pop() {
        let connection = match spare.take() {
            Some(connection) => Ok(connection),
            None => database.connection().await,
        };
        let chosen: Vec<&Call> = part.calls.iter().filter_map(|n| calls.get(*n)).collect();
        let made = match connection {
            Ok(mut connection) => {
                let made = match (part.way, chosen.as_slice()) {
                    (Way::Alone, [call]) => alone::make(&mut connection, call).await,
                    (Way::Hopefully, chosen) => together::hopefully(&mut connection, chosen).await.map(Ok),
                    (_, chosen) => together::carefully(&mut connection, chosen).await.map(Ok),
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
                    *expects_duplicates |= applied != Some(Applied::Done);
                    match applied {
                        Some(applied) => tell(&mut results, n, Ok(applied)),
                        None => later.push(n),
                    }
                }
                if !later.is_empty() {
                    parts.push(Part::new(later, Way::Carefully));
                }
            }
            Ok(Ok(Made::Marked)) => parts.push(Part { way: Way::Carefully, ..part }),
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
                parts.push(Part::new(second, part.way));
                parts.push(Part::new(part.calls, part.way));
            }
            Err(Failed::Refused(_)) if part.way != Way::Alone => parts.push(Part { way: Way::Alone, ..part }),
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
