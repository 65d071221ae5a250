//! The changes of many batches as few statements.
//!
//! Changes of a kind that do not touch the same things share a statement. A change that does touch what an earlier one
//! touched comes in a later statement: statements go by level, and on each level by kind.

use super::{
    rows::{self, Table},
    step::{Mode, Step},
    touch::{Times, Touch},
    value::Value,
};
use crate::{
    id::TenantId,
    store::{Change, ConversationState, Expect, Job, Key, Lease, LeaseToken, Outcome, Record},
    time::Timestamp,
};
use std::collections::{BTreeMap, HashMap};

/// What is to be written, in order.
pub(super) struct Plan<'a> {
    mode: Mode,
    stages: BTreeMap<Stage, Work<'a>>,
    touched: HashMap<Thing<'a>, Touched>,
}

/// A place in the order of statements: its level, then its kind.
type Stage = (u32, Kind);

/// What a statement does. On one level the first come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Tenants(Write),
    Contacts(Write),
    ForgetIdentities,
    Identities,
    Conversations(Write),
    Touch,
    Messages(Write),
    Progress,
    Failures,
    DeadLetters,
    IdentityConflicts(Write),
    OptOuts(Write),
    Enqueue,
    Delete,
    Extend,
    Again,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Write {
    Insert,
    Update,
}

/// What the statement of a stage is made of.
enum Work<'a> {
    Rows(Vec<Vec<Value<'a>>>),
    Touches(BTreeMap<(&'a str, &'a str), Touch>),
    Times(BTreeMap<(&'a str, &'a str), Times>),
    Delete(&'a TenantId, &'a Key, u64),
}

/// Something of a tenant that changes may touch.
type Thing<'a> = (&'a str, Name<'a>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Name<'a> {
    /// Everything.
    All,
    /// Which identities are free, and which active conversations.
    Identities,
    Active,
    /// The order of jobs.
    Order,
    /// A record, or what is unique about one.
    One(&'static str, &'a str, &'a str),
    /// An opt-out.
    Person(&'a [u8; 32], &'a str),
}

/// The last stages in which a thing was touched: alone, or along with others that touched it.
#[derive(Clone, Copy, Default)]
struct Touched {
    alone: Option<Stage>,
    along: Option<Stage>,
}

/// How a change touches a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Alone,
    Along,
}

/// How the lease on a job goes on.
#[derive(Clone, Debug)]
pub(super) enum Next {
    Settle(Outcome),
    Extend(Timestamp),
}

impl<'a> Plan<'a> {
    pub(super) fn new(mode: Mode) -> Self {
        Self { mode, stages: BTreeMap::new(), touched: HashMap::new() }
    }

    /// Adds a change behind all others that touch the same. Marks are not changes here: they come before all.
    pub(super) fn add(&mut self, tenant: &'a TenantId, change: &'a Change) {
        let of = tenant.as_str();
        match change {
            Change::Once { .. } => {}
            Change::Put(record, expect) => self.put(tenant, record, *expect),
            Change::Delete(key, version) => {
                let stage = self.stage(Kind::Delete, std::iter::once(((of, Name::All), How::Alone)));
                self.stages.insert(stage, Work::Delete(tenant, key, *version));
            }
            Change::Earliest { message, fact, at } => {
                let id = message.as_str();
                let stage = self.stage_of(of, Kind::Progress, &[(Name::One("progress", id, ""), How::Alone)]);
                if let Work::Times(times) =
                    self.stages.entry(stage).or_insert_with(|| Work::Times(BTreeMap::new()))
                {
                    times.entry((of, id)).or_default().note(*fact, *at);
                }
            }
            Change::Latest { conversation, time, at } => {
                self.touch(of, conversation.as_str(), |touch| touch.latest(*time, *at));
            }
            Change::Add { conversation, unread } => {
                self.touch(of, conversation.as_str(), |touch| touch.add(*unread));
            }
            Change::Enqueue(job, lease) => self.enqueue(of, job, lease.as_ref()),
        }
    }

    /// Adds what becomes of a lease, behind all changes.
    pub(super) fn settle(&mut self, lease: &'a Lease, next: &'a Next) {
        let of = lease.tenant.as_str();
        let mut row =
            vec![Value::text(of), Value::text(lease.job.id.as_str()), Value::text(lease.token.as_str())];
        let kind = match next {
            Next::Settle(Outcome::Done) => Kind::Done,
            Next::Settle(Outcome::Again(due)) => {
                row.push(Value::time(*due));
                Kind::Again
            }
            Next::Extend(until) => {
                row.push(Value::time(*until));
                Kind::Extend
            }
        };
        self.push(of, kind, row, &[(Name::One("job", lease.job.id.as_str(), ""), How::Alone)]);
    }

    /// The statements, in order.
    pub(super) fn into_steps(self) -> Vec<Step<'a>> {
        let mode = self.mode;
        self.stages.into_iter().filter_map(|((_, kind), work)| step(kind, work, mode)).collect()
    }

    fn put(&mut self, tenant: &'a TenantId, record: &'a Record, expect: Expect) {
        let of = tenant.as_str();
        let (write, expected) = match expect {
            Expect::Absent => (Write::Insert, 0),
            // A version that is too large is one that no record has.
            Expect::Version(version) => {
                (Write::Update, i64::try_from(version).unwrap_or(i64::MAX).min(i64::MAX - 1))
            }
        };
        let row = rows::row(tenant, record, expected + 1);
        let one = |kind, id| (Name::One(kind, id, ""), How::Alone);
        let free = |name| (name, if write == Write::Insert { How::Along } else { How::Alone });
        match record {
            Record::Tenant(_) => {
                self.push(of, Kind::Tenants(write), row, &[one("tenant", "")]);
            }
            Record::Contact(contact) => {
                let id = contact.id.as_str();
                let mut things = vec![one("contact", id), free(Name::Identities)];
                let names = contact
                    .identities
                    .iter()
                    .map(|identity| Name::One(identity.kind(), identity.value(), ""));
                things.extend(names.map(|name| (name, How::Alone)));
                let (level, _) = self.push(of, Kind::Contacts(write), row, &things);
                if write == Write::Update {
                    self.push_at((level, Kind::ForgetIdentities), vec![Value::text(of), Value::text(id)]);
                }
                for (position, identity) in (0_i64..).zip(&contact.identities) {
                    let (kind, value) = (Value::text(identity.kind()), Value::text(identity.value()));
                    let row = vec![Value::text(of), kind, value, Value::text(id), position.into()];
                    self.push_at((level, Kind::Identities), row);
                }
            }
            Record::Conversation(conversation) => {
                let mut things = vec![one("conversation", conversation.id.as_str()), free(Name::Active)];
                if conversation.state == ConversationState::Active {
                    let (number, contact) = (conversation.number.as_str(), conversation.contact.as_str());
                    things.push((Name::One("active", number, contact), How::Alone));
                }
                self.push(of, Kind::Conversations(write), row, &things);
            }
            Record::Message(message) => {
                let mut things = vec![one("message", message.id.as_str())];
                things.extend(message.wamid.iter().map(|wamid| one("wamid", wamid.as_str())));
                self.push(of, Kind::Messages(write), row, &things);
            }
            // Those of one message that were written at different times are put in different levels, though they need not be.
            Record::Failure(failure) => {
                self.push(of, Kind::Failures, row, &[one("failure", failure.message.as_str())]);
            }
            Record::DeadLetter(letter) => {
                self.push(of, Kind::DeadLetters, row, &[one("dead letter", letter.id.as_str())]);
            }
            Record::IdentityConflict(conflict) => {
                let things = [one("identity conflict", conflict.id.as_str())];
                self.push(of, Kind::IdentityConflicts(write), row, &things);
            }
            Record::OptOut(opt_out) => {
                let name = Name::Person(opt_out.person.as_bytes(), opt_out.purpose.as_str());
                self.push(of, Kind::OptOuts(write), row, &[(name, How::Alone)]);
            }
            // Refused by the check of the batch.
            Record::Progress(_) | Record::Job(_) => {}
        }
    }

    fn touch(&mut self, of: &'a str, conversation: &'a str, change: impl FnOnce(&mut Touch)) {
        let thing = (Name::One("conversation", conversation, ""), How::Alone);
        let stage = self.stage_of(of, Kind::Touch, &[thing]);
        if let Work::Touches(touches) =
            self.stages.entry(stage).or_insert_with(|| Work::Touches(BTreeMap::new()))
        {
            change(touches.entry((of, conversation)).or_default());
        }
    }

    fn enqueue(&mut self, of: &'a str, job: &'a Job, lease: Option<&'a (LeaseToken, Timestamp)>) {
        let row = vec![
            Value::text(of),
            Value::text(job.id.as_str()),
            Value::text(job.kind.as_str()),
            Value::text(&job.group),
            Value::time(job.due),
            Value::from(i64::from(job.attempts.saturating_add(u32::from(lease.is_some())))),
            Value::text(&job.payload),
            Value::optional_text(lease.map(|(token, _)| token.as_str())),
            Value::optional_time(lease.map(|(_, until)| *until)),
        ];
        let job = Name::One("job", job.id.as_str(), "");
        self.push(of, Kind::Enqueue, row, &[(job, How::Alone), (Name::Order, How::Alone)]);
    }

    fn push(&mut self, of: &'a str, kind: Kind, row: Vec<Value<'a>>, things: &[(Name<'a>, How)]) -> Stage {
        let stage = self.stage_of(of, kind, things);
        self.push_at(stage, row);
        stage
    }

    fn push_at(&mut self, stage: Stage, row: Vec<Value<'a>>) {
        if let Work::Rows(rows) = self.stages.entry(stage).or_insert_with(|| Work::Rows(Vec::new())) {
            rows.push(row);
        }
    }

    /// The stage of a change that touches some things of a tenant.
    fn stage_of(&mut self, of: &'a str, kind: Kind, things: &[(Name<'a>, How)]) -> Stage {
        let things = things.iter().map(|(name, how)| ((of, *name), *how));
        self.stage(kind, std::iter::once(((of, Name::All), How::Along)).chain(things))
    }

    /// The first stage of a kind behind all that touched the same things, which are touched in it now.
    fn stage(&mut self, kind: Kind, things: impl Iterator<Item = (Thing<'a>, How)> + Clone) -> Stage {
        let behind = |stage: Stage| match stage {
            // Those that can share a row are made into one; those whose rows have an order keep it.
            (level, before) if before < kind || before == kind && kind.is_merged() => level,
            (level, _) => level + 1,
        };
        let before = things.clone().filter_map(|(thing, how)| {
            let touched = self.touched.get(&thing)?;
            touched.alone.max(if how == How::Alone { touched.along } else { None })
        });
        let level = before.map(behind).max().unwrap_or(0);
        let last = (level, kind.last());
        for (thing, how) in things {
            let touched = self.touched.entry(thing).or_default();
            let touched = if how == How::Alone { &mut touched.alone } else { &mut touched.along };
            *touched = (*touched).max(Some(last));
        }
        (level, kind)
    }
}

impl Kind {
    /// Whether changes of this kind that touch the same may share a statement.
    fn is_merged(self) -> bool {
        matches!(self, Self::Touch | Self::Progress | Self::Enqueue)
    }

    /// The last statement that changes of this kind need.
    fn last(self) -> Self {
        if matches!(self, Self::Contacts(_)) { Self::Identities } else { self }
    }
}

/// The statement of a stage.
fn step<'a>(kind: Kind, work: Work<'a>, mode: Mode) -> Option<Step<'a>> {
    Some(match (kind, work) {
        (_, Work::Delete(tenant, key, version)) => Step::delete(Value::text(tenant.as_str()), key, version),
        (_, Work::Touches(touches)) => {
            Step::touch(touches.into_iter().map(|((of, id), touch)| touch.row(of, id)).collect())
        }
        (_, Work::Times(times)) => {
            let rows = times.into_iter().map(|((of, id), times)| times.row(of, id)).collect();
            Step::progress(rows)
        }
        (Kind::Tenants(write), Work::Rows(rows)) => put(&rows::TENANTS, write, rows, mode),
        (Kind::Contacts(write), Work::Rows(rows)) => put(&rows::CONTACTS, write, rows, mode),
        (Kind::ForgetIdentities, Work::Rows(rows)) => Step::forget_identities(rows),
        (Kind::Identities, Work::Rows(rows)) => Step::identities(sorted(rows, 3)),
        (Kind::Conversations(write), Work::Rows(rows)) => put(&rows::CONVERSATIONS, write, rows, mode),
        (Kind::Messages(write), Work::Rows(rows)) => put(&rows::MESSAGES, write, rows, mode),
        (Kind::Failures, Work::Rows(rows)) => put(&rows::FAILURES, Write::Insert, rows, mode),
        (Kind::DeadLetters, Work::Rows(rows)) => put(&rows::DEAD_LETTERS, Write::Insert, rows, mode),
        (Kind::IdentityConflicts(write), Work::Rows(rows)) => {
            put(&rows::IDENTITY_CONFLICTS, write, rows, mode)
        }
        (Kind::OptOuts(write), Work::Rows(rows)) => put(&rows::OPT_OUTS, write, rows, mode),
        (Kind::Enqueue, Work::Rows(rows)) => Step::enqueue(rows),
        (Kind::Extend, Work::Rows(rows)) => Step::extend(sorted(rows, 2), mode),
        (Kind::Again, Work::Rows(rows)) => Step::again(sorted(rows, 2), mode),
        (Kind::Done, Work::Rows(rows)) => Step::done(sorted(rows, 2), mode),
        // These are not made of rows.
        (Kind::Touch | Kind::Progress | Kind::Delete, Work::Rows(_)) => return None,
    })
}

fn put<'a>(table: &Table, write: Write, rows: Vec<Vec<Value<'a>>>, mode: Mode) -> Step<'a> {
    let rows = sorted(rows, table.key);
    match write {
        Write::Insert => Step::insert(table, rows),
        Write::Update => Step::update(table, rows, mode),
    }
}

/// Rows in the order of their keys: two transactions that write the same rows wait for each other, and do not block each other.
fn sorted<'a>(mut rows: Vec<Vec<Value<'a>>>, key: usize) -> Vec<Vec<Value<'a>>> {
    rows.sort_by(|a, b| a.iter().take(key).cmp(b.iter().take(key)));
    rows
}
