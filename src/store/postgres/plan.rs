//! The changes of many batches as few statements.
//!
//! Changes of a kind that do not touch the same things share a statement. A change that does touch what an earlier one
//! touched comes in a later statement: statements go by level, and on each level by kind.

use super::{
    step::{Mode, Step},
    touch::{Times, Touch},
    value::Value,
};
use crate::{
    id::TenantId,
    store::{
        Change, ConversationState, Expect, Job, Key, Lease, LeaseToken, Outcome, Record,
        tables::{self, Table},
    },
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
    /// Something with the rows of a table.
    To(Table, What),
    Delete,
    Extend,
    Again,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Insert,
    Update,
    /// Takes the identities from contacts, and gives them some.
    ForgetIdentities,
    Identities,
    /// Moves times forward or back, or counts: what many changes of a row come to.
    Merge,
}

/// What the statement of a stage is made of.
enum Work<'a> {
    Rows(Vec<Vec<Value<'a>>>),
    Touches(BTreeMap<(&'a str, &'a str), Touch>),
    Times(BTreeMap<(&'a str, &'a str), Times>),
    Counts(BTreeMap<(&'a str, Timestamp, &'a str), u64>),
    Delete(&'a TenantId, &'a Key, u64),
}

/// Something of a tenant that changes may touch.
type Thing<'a> = (&'a str, Name<'a>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Name<'a> {
    /// Everything.
    All,
    /// Which identities are free, which active conversations, which names of templates.
    Identities,
    Active,
    Templates,
    /// The order of jobs.
    Order,
    /// A record, or what is unique about one.
    One(&'static str, &'a str, &'a str),
    /// A consent.
    Person(&'a [u8; 32], &'a str),
    /// What was used on a day.
    Usage(Timestamp, &'a str),
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
                let stage = self.merge(of, Table::Progress, Name::One("progress", id, ""));
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
            Change::Count { at, metric, by } => {
                let day = at.day();
                let stage = self.merge(of, Table::Usage, Name::Usage(day, metric));
                if let Work::Counts(counts) =
                    self.stages.entry(stage).or_insert_with(|| Work::Counts(BTreeMap::new()))
                {
                    let count = counts.entry((of, day, metric)).or_default();
                    *count = count.saturating_add(*by);
                }
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
            Next::Settle(outcome @ (Outcome::Again(due) | Outcome::Left(due))) => {
                row.push(Value::time(*due));
                row.push(i64::from(matches!(outcome, Outcome::Left(_))).into());
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
        let (of, table) = (tenant.as_str(), Table::of(record));
        let (what, expected) = match expect {
            Expect::Absent => (What::Insert, 0),
            // A version that is too large is one that no record has.
            Expect::Version(version) => {
                (What::Update, i64::try_from(version).unwrap_or(i64::MAX).min(i64::MAX - 1))
            }
        };
        let Some(name) = name(record) else { return };
        let free = |name| (name, if what == What::Insert { How::Along } else { How::Alone });
        let mut things = vec![(name, How::Alone)];
        match record {
            Record::Contact(contact) => {
                things.push(free(Name::Identities));
                let names = contact
                    .identities
                    .iter()
                    .map(|identity| Name::One(identity.kind(), identity.value(), ""));
                things.extend(names.map(|name| (name, How::Alone)));
            }
            Record::Conversation(conversation) => {
                things.push(free(Name::Active));
                if conversation.state == ConversationState::Active {
                    let (number, contact) = (conversation.number.as_str(), conversation.contact.as_str());
                    things.push((Name::One("active", number, contact), How::Alone));
                }
            }
            Record::Message(message) => {
                let wamid = message.wamid.iter().map(|wamid| Name::One("wamid", wamid.as_str(), ""));
                things.extend(wamid.map(|name| (name, How::Alone)));
            }
            Record::Template(_) => things.push(free(Name::Templates)),
            _ => {}
        }
        let row = tables::row(tenant, record, expected + 1);
        let (level, _) = self.push(of, Kind::To(table, what), row, &things);
        if let Record::Contact(contact) = record {
            let id = contact.id.as_str();
            if what == What::Update {
                let kind = Kind::To(table, What::ForgetIdentities);
                self.push_at((level, kind), vec![Value::text(of), Value::text(id)]);
            }
            for (position, identity) in (0_i64..).zip(&contact.identities) {
                let (kind, value) = (Value::text(identity.kind()), Value::text(identity.value()));
                let row = vec![Value::text(of), kind, value, Value::text(id), position.into()];
                self.push_at((level, Kind::To(table, What::Identities)), row);
            }
        }
    }

    /// The stage of a change that is made one with others of what it touches.
    fn merge(&mut self, of: &'a str, table: Table, thing: Name<'a>) -> Stage {
        self.stage_of(of, Kind::To(table, What::Merge), &[(thing, How::Alone)])
    }

    fn touch(&mut self, of: &'a str, conversation: &'a str, change: impl FnOnce(&mut Touch)) {
        let stage = self.merge(of, Table::Conversations, Name::One("conversation", conversation, ""));
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
            Value::Text(lease.map(|(token, _)| token.as_str().into())),
            Value::Int(lease.map(|(_, until)| until.as_millis())),
        ];
        let job = Name::One("job", job.id.as_str(), "");
        self.push(
            of,
            Kind::To(Table::Jobs, What::Insert),
            row,
            &[(job, How::Alone), (Name::Order, How::Alone)],
        );
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
        matches!(self, Self::To(_, What::Merge) | Self::To(Table::Jobs, What::Insert))
    }

    /// The last statement that changes of this kind need.
    fn last(self) -> Self {
        match self {
            Self::To(Table::Contacts, _) => Self::To(Table::Contacts, What::Identities),
            kind => kind,
        }
    }
}

/// The name of a record that is put; none for those that cannot be.
fn name(record: &Record) -> Option<Name<'_>> {
    let one = |kind, id| Some(Name::One(kind, id, ""));
    match record {
        Record::Tenant(_) => one("tenant", ""),
        Record::Contact(contact) => one("contact", contact.id.as_str()),
        Record::Conversation(conversation) => one("conversation", conversation.id.as_str()),
        Record::Tag(tag) => Some(Name::One("tag", tag.conversation.as_str(), &tag.name)),
        Record::Message(message) => one("message", message.id.as_str()),
        Record::Media(media) => one("media", media.message.as_str()),
        // Those of one message, and the versions of one template, are put in different levels, though they need not be.
        Record::Failure(failure) => one("failure", failure.message.as_str()),
        Record::DeadLetter(letter) => one("dead letter", letter.id.as_str()),
        Record::IdentityConflict(conflict) => one("identity conflict", conflict.id.as_str()),
        Record::Consent(consent) => Some(Name::Person(consent.person.as_bytes(), consent.purpose.as_str())),
        Record::Agent(agent) => one("agent", agent.id.as_str()),
        Record::Template(template) => one("template", template.id.as_str()),
        Record::TemplateVersion(version) => one("template version", version.template.as_str()),
        Record::Audit(entry) => one("audit entry", entry.id.as_str()),
        // Refused by the check of the batch.
        Record::Progress(_) | Record::Usage(_) | Record::Job(_) => None,
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
        (_, Work::Counts(counts)) => {
            let row = |((of, day, metric), count)| {
                vec![Value::text(of), Value::time(day), Value::text(metric), Value::count(count)]
            };
            Step::count(counts.into_iter().map(row).collect())
        }
        (Kind::To(Table::Jobs, _), Work::Rows(rows)) => Step::enqueue(rows),
        (Kind::To(_, What::ForgetIdentities), Work::Rows(rows)) => Step::forget_identities(rows),
        (Kind::To(_, What::Identities), Work::Rows(rows)) => Step::identities(sorted(rows, 3)),
        (Kind::To(table, What::Insert), Work::Rows(rows)) => {
            Step::insert(table, sorted(rows, table.key() + 1))
        }
        (Kind::To(table, What::Update), Work::Rows(rows)) => {
            Step::update(table, sorted(rows, table.key() + 1), mode)
        }
        (Kind::Extend, Work::Rows(rows)) => Step::extend(sorted(rows, 2), mode),
        (Kind::Again, Work::Rows(rows)) => Step::again(sorted(rows, 2), mode),
        (Kind::Done, Work::Rows(rows)) => Step::done(sorted(rows, 2), mode),
        // These are not made of rows.
        (Kind::To(_, What::Merge) | Kind::Delete, Work::Rows(_)) => return None,
    })
}

/// Rows in the order of their keys: two transactions that write the same rows wait for each other, and do not block each other.
fn sorted<'a>(mut rows: Vec<Vec<Value<'a>>>, key: usize) -> Vec<Vec<Value<'a>>> {
    rows.sort_by(|a, b| a.iter().take(key).cmp(b.iter().take(key)));
    rows
}
