//! Work to be done later, and the leases under which it is done.

use crate::{
    id::{TenantId, id},
    open::open_enum,
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

id!(
    /// Our id of a job.
    JobId
);
id!(
    /// What fences a lease: a value nobody else has, chosen by the holder.
    LeaseToken
);

open_enum! {
    /// What a job is for.
    pub enum JobKind {
        /// Send a message.
        Send = "send",
        /// Look at a message again: its time has come, or its outcome is still unknown.
        Revisit = "revisit",
        /// The slots in which a number sends, shared by all processes. Nobody does it; it is forgotten when nothing is sent.
        Lane = "lane",
        /// Submit a version of a template to Meta.
        SubmitTemplate = "submit_template",
        /// Ask Meta for a template.
        FetchTemplate = "fetch_template",
        /// Close a conversation when it is idle.
        CloseIdle = "close_idle",
        /// Give conversations that nobody has to agents.
        Route = "route",
        /// Tell the host's handler what happened.
        Handle = "handle",
        /// Tell the host's CRM of something on a customer's timeline.
        Interaction = "interaction",
        /// Fetch the file of a received message.
        FetchMedia = "fetch_media",
    }
}

/// Work that survives the process that asked for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Job {
    /// Our id of it.
    pub id: JobId,
    /// What is to be done.
    pub kind: JobKind,
    /// Jobs of one group of a tenant run one after the other, in the order they were enqueued.
    pub group: String,
    /// Not before this time.
    #[serde(with = "crate::time::millis")]
    pub due: Timestamp,
    /// How often it was claimed.
    pub attempts: u32,
    /// What it needs to know; the kind says how to read it.
    pub payload: String,
}

quiet_debug!(Job { id, kind, due, attempts });

impl Job {
    /// A job of `kind` in `group` that is due at `due`.
    #[must_use]
    pub fn new(id: impl Into<JobId>, kind: JobKind, group: impl Into<String>, due: Timestamp) -> Self {
        Self { id: id.into(), kind, group: group.into(), due, attempts: 0, payload: String::new() }
    }

    /// Sets what the job needs to know.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<String>) -> Self {
        self.payload = payload.into();
        self
    }
}

/// A wish for work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(crate) now: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) max: usize,
    pub(crate) token: LeaseToken,
}

impl Claim {
    /// Up to `max` jobs that are due at `now`, leased for `span` under `token`.
    ///
    /// `token` must be new for every claim; it fences all leases that come of it.
    #[must_use]
    pub fn new(now: Timestamp, span: Duration, max: usize, token: impl Into<LeaseToken>) -> Self {
        Self { now, until: now + span, max, token: token.into() }
    }

    /// The time by which jobs must be due and leases be over.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When the leases end.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Most jobs wanted.
    #[must_use]
    pub fn max(&self) -> usize {
        self.max
    }

    /// What fences the leases.
    #[must_use]
    pub fn token(&self) -> &LeaseToken {
        &self.token
    }
}

/// The right to do a job until a time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// Whose job it is.
    pub tenant: TenantId,
    /// The job.
    pub job: Job,
    /// What fences this lease.
    pub token: LeaseToken,
    /// When it ends.
    pub until: Timestamp,
}

impl Lease {
    /// A lease as a store gives it, or as its holder knows it after [`Change::Enqueue`](crate::store::Change::Enqueue) with a lease.
    #[must_use]
    pub fn new(tenant: TenantId, job: Job, token: LeaseToken, until: Timestamp) -> Self {
        Self { tenant, job, token, until }
    }
}

/// How many jobs there are, over all tenants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backlog {
    /// Those whose time has come and that nobody holds a live lease on, also when they wait for others of their group.
    pub due: u64,
    /// Those whose time is still to come and that nobody holds a live lease on.
    pub later: u64,
    /// Those that somebody holds a live lease on.
    pub leased: u64,
    /// Since when the oldest of those that are due has been so.
    pub oldest_due: Option<Timestamp>,
}

impl Backlog {
    /// For stores: counts one more job, which is due at `due` and whose lease, if it has one, ends at `lease_until`.
    pub fn add(&mut self, now: Timestamp, due: Timestamp, lease_until: Option<Timestamp>) {
        if lease_until.is_some_and(|until| until > now) {
            self.leased += 1;
        } else if due > now {
            self.later += 1;
        } else {
            self.due += 1;
            self.oldest_due = Some(self.oldest_due.map_or(due, |oldest| oldest.min(due)));
        }
    }
}

/// What becomes of a job when its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is done and forgotten.
    Done,
    /// It is due again at this time and keeps its place in its group: those behind it wait.
    Again(Timestamp),
    /// As [`Again`](Self::Again), and the claim is not counted: whoever had the job could not try it.
    Left(Timestamp),
}

impl Outcome {
    /// For stores: the job that stays, without its lease, or `None` when it is forgotten.
    #[must_use]
    pub fn apply_to(&self, mut job: Job) -> Option<Job> {
        match self {
            Self::Done => None,
            Self::Again(due) => {
                job.due = *due;
                Some(job)
            }
            Self::Left(due) => {
                job.due = *due;
                job.attempts = job.attempts.saturating_sub(1);
                Some(job)
            }
        }
    }

    /// For stores: whether the job stays, so that those who wait for [one](crate::store::Store::job_enqueued) are to be told.
    #[must_use]
    pub fn keeps_job(&self) -> bool {
        !matches!(self, Self::Done)
    }
}
