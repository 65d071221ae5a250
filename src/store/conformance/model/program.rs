//! What programs are made of: small numbers, so that a program meets itself often and prints whole.

use super::list::List;
use crate::{
    store::{
        Agent, Approval, AuditEntry, Change, Consent, ConsentSource, Contact, Conversation,
        ConversationState, ConversationTime, DeadLetter, DeliveryFailure, Direction, Expect, Fact, Identity,
        IdentityConflict, Job, JobKind, Key, LeaseToken, MediaState, PersonHash, Presence, Progress, Purpose,
        Record, SendState, Sending, StoredMedia, StoredMessage, StoredTemplate, Subject, SubjectKind, Tag,
        TemplateVersion, Tenant, Usage,
    },
    time::Timestamp,
};

/// One step of a program.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Apply {
        tenant: u8,
        batch: Batch,
    },
    /// Reads the first page of a list. Its cursor is kept.
    Page {
        tenant: u8,
        list: List,
        oldest: bool,
        limit: usize,
    },
    /// Reads the page behind a cursor that was kept, the last one or one so many before it; perhaps where it is no good.
    GoOn {
        back: usize,
        elsewhere: Option<(u8, List)>,
    },
    /// Reads everything there is of a tenant.
    Look {
        tenant: u8,
    },
    Claim {
        now: i64,
        span: u64,
        max: usize,
    },
    Extend {
        lease: Holder,
        until: i64,
    },
    Finish {
        lease: Holder,
        again: Option<i64>,
        batch: Batch,
    },
    Bind {
        number: u8,
        account: u8,
        tenant: u8,
    },
    Backlog {
        now: i64,
    },
}

/// A lease that was given out, the last one or one so many before it; perhaps under the name of another tenant.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) back: usize,
    pub(super) forged: Option<u8>,
}

#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) now: i64,
    pub(super) changes: Vec<Write>,
}

/// One change.
#[derive(Clone, Debug)]
pub(super) enum Write {
    Once { key: u8, until: i64 },
    Put { record: Thing, expect: Version },
    Delete { key: Place, version: Version },
    Earliest { wamid: u8, fact: Fact, at: i64 },
    Latest { conversation: u8, time: ConversationTime, at: i64 },
    Add { conversation: u8, unread: i64 },
    Count { at: i64, metric: u8, by: u64 },
    Enqueue { job: u8, group: u8, due: i64, lease: Option<i64> },
}

/// Which version a change expects.
#[derive(Clone, Copy, Debug)]
pub(super) enum Version {
    Absent,
    /// The one that is there when the batch begins.
    Read,
    Number(u64),
}

/// A record.
#[derive(Clone, Debug)]
pub(super) enum Thing {
    Tenant {
        id: u8,
        name: u8,
        at: i64,
    },
    Contact {
        id: u8,
        identities: Vec<u8>,
        name: Option<u8>,
        at: i64,
    },
    Conversation {
        id: u8,
        number: u8,
        contact: u8,
        state: u8,
        at: i64,
        inbound: Option<i64>,
        unread: u64,
        of: Of,
    },
    Tag {
        conversation: u8,
        name: u8,
        at: i64,
    },
    Message {
        id: u8,
        conversation: u8,
        wamid: Option<u8>,
        text: Option<u8>,
        sending: Option<u8>,
        at: i64,
    },
    Media {
        message: u8,
        state: u8,
        size: Option<u64>,
        at: i64,
    },
    Failure {
        wamid: u8,
        at: i64,
        code: i64,
    },
    DeadLetter {
        id: u8,
        at: i64,
        body: u8,
    },
    IdentityConflict {
        identity: u8,
        holder: u8,
        claimant: u8,
        at: i64,
        resolved: Option<i64>,
    },
    Consent {
        person: u8,
        purpose: u8,
        given: bool,
        at: i64,
    },
    Agent {
        id: u8,
        word: Option<u8>,
        load: u32,
        assigned: Option<i64>,
        at: i64,
    },
    Template {
        id: u8,
        account: u8,
        name: u8,
        language: u8,
        status: Option<u8>,
        edit: Option<i64>,
        at: i64,
    },
    TemplateVersion {
        template: u8,
        number: u32,
        approval: u8,
        decided: Option<i64>,
        at: i64,
    },
    Audit {
        id: u8,
        subject: u8,
        at: i64,
    },
    Usage {
        at: i64,
        metric: u8,
    },
    Progress {
        wamid: u8,
    },
    Job {
        id: u8,
    },
}

/// Whose a conversation is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Of {
    pub(super) agent: Option<u8>,
    pub(super) customer: Option<u8>,
    pub(super) lead: Option<u8>,
}

/// A key that is not only that of a [`Thing`].
#[derive(Clone, Debug)]
pub(super) enum Place {
    Of(Thing),
    ContactOf { identity: u8 },
    ActiveConversation { number: u8, contact: u8 },
    MessageOf { wamid: u8 },
    TemplateOf { account: u8, name: u8, language: u8 },
}

/// How many names there are.
pub(super) const NAMES: u8 = 4;

/// An id, or any other text. Such as are easily mixed up.
pub(super) fn name(n: u8) -> &'static str {
    match n % NAMES {
        0 => "a",
        1 => "B",
        2 => "",
        _ => "é\0",
    }
}

/// A time. Not of whole seconds, which a store might round to.
pub(super) fn at(n: i64) -> Timestamp {
    Timestamp::from_millis(700 * n)
}

/// A time on one of a few days.
fn of_day(n: i64) -> Timestamp {
    Timestamp::from_seconds(20_000 * n)
}

/// One of a few identities, of every kind.
pub(super) fn identity(n: u8) -> Identity {
    match n % 3 {
        0 => Identity::Phone(name(n).into()),
        1 => Identity::UserId(name(n).into()),
        _ => Identity::ParentUserId(name(n).into()),
    }
}

pub(super) fn state(n: u8) -> ConversationState {
    match n % 3 {
        0 => ConversationState::Active,
        1 => ConversationState::Closed,
        _ => "odd".into(),
    }
}

pub(super) fn approval(n: u8) -> Approval {
    if n.is_multiple_of(2) { Approval::Draft } else { "odd".into() }
}

/// Two of them would be the same text, were kind and id put together.
pub(super) fn subject(n: u8) -> Subject {
    match n % 3 {
        0 => Subject::new(SubjectKind::Contact, name(0)),
        1 => Subject::new("odd:".into(), "odd"),
        _ => Subject::new("odd".into(), ":odd"),
    }
}

fn purpose(n: u8) -> Purpose {
    if n.is_multiple_of(2) { Purpose::Marketing } else { "odd".into() }
}

impl Write {
    /// The key whose version this change expects.
    pub(super) fn reads(&self) -> Option<Key> {
        match self {
            Self::Put { record, expect: Version::Read } => Some(record.record().key()),
            Self::Delete { key, version: Version::Read } => Some(key.key()),
            _ => None,
        }
    }

    /// The change, with the version that was read, and a lease under `token` if it takes one.
    pub(super) fn change(&self, read: u64, token: &str) -> Change {
        match self.clone() {
            Self::Once { key, until } => Change::Once { key: name(key).into(), keep_until: at(until) },
            Self::Put { record, expect } => {
                let expect = match expect {
                    Version::Absent => Expect::Absent,
                    Version::Read => Expect::Version(read),
                    Version::Number(version) => Expect::Version(version),
                };
                Change::Put(Box::new(record.record()), expect)
            }
            Self::Delete { key, version } => {
                let version = match version {
                    Version::Absent => 0,
                    Version::Read => read,
                    Version::Number(version) => version,
                };
                Change::Delete(key.key(), version)
            }
            Self::Earliest { wamid, fact, at: time } => {
                Change::Earliest { message: name(wamid).into(), fact, at: at(time) }
            }
            Self::Latest { conversation, time, at: to } => {
                Change::Latest { conversation: name(conversation).into(), time, at: at(to) }
            }
            Self::Add { conversation, unread } => {
                Change::Add { conversation: name(conversation).into(), unread }
            }
            Self::Count { at: day, metric, by } => {
                Change::Count { at: of_day(day), metric: name(metric).to_owned(), by }
            }
            Self::Enqueue { job, group, due, lease } => {
                let job = Job::new(name(job), JobKind::Send, name(group), at(due)).payload(name(job));
                Change::Enqueue(job, lease.map(|until| (LeaseToken::from(token), at(until))))
            }
        }
    }
}

impl Thing {
    pub(super) fn record(&self) -> Record {
        match self.clone() {
            Self::Tenant { id, name: n, at: time } => Tenant::new(name(id), name(n), at(time)).into(),
            Self::Contact { id, identities, name: n, at: time } => {
                let mut contact = Contact::new(name(id), identities.into_iter().map(identity), at(time));
                contact.name = n.map(|n| name(n).to_owned());
                contact.merged_into = n.map(|n| name(n + 1).into());
                contact.into()
            }
            Self::Conversation { id, number, contact, state: n, at: time, inbound, unread, of } => {
                let mut conversation = Conversation::new(name(id), name(number), name(contact), at(time));
                conversation.state = state(n);
                conversation.last_inbound_at = inbound.map(at);
                conversation.unread = unread;
                conversation.closed_at = inbound.map(at).filter(|_| n > 0);
                conversation.assignee = of.agent.map(|n| name(n).into());
                conversation.assigned_at = of.agent.map(|_| at(time + 1));
                conversation.waiting_since = inbound.map(at).filter(|_| of.agent.is_none());
                conversation.customer = of.customer.map(|n| name(n).into());
                conversation.lead = of.lead.map(|n| name(n).into());
                conversation.context =
                    of.lead.map(|n| (name(n).to_owned(), name(n + 1).to_owned())).into_iter().collect();
                conversation.into()
            }
            Self::Tag { conversation, name: n, at: time } => {
                Tag::new(name(conversation), name(n), at(time)).into()
            }
            Self::Media { message, state, size, at: time } => {
                let mut media = StoredMedia::new(name(message), name(state), at(time));
                media.state = if state == 0 { MediaState::Pending } else { "odd".into() };
                media.size = size;
                media.location = size.map(|_| name(state).to_owned());
                media.mime.clone_from(&media.location);
                media.into()
            }
            Self::Message { id, conversation, wamid, text, sending, at: time } => {
                let direction = if sending.is_some() { Direction::Outbound } else { Direction::Inbound };
                let body = text.map_or(&b"\xff"[..], |n| name(n).as_bytes());
                let mut message =
                    StoredMessage::new(name(id), name(conversation), direction, at(time), "text", body);
                message.wamid = wamid.map(|n| name(n).into());
                message.text = text.map(|n| name(n).to_owned());
                message.reply_to = text.map(|n| name(n).into());
                message.sending = sending.map(|n| {
                    let mut sending = Sending::queued();
                    sending.state = if n == 0 { SendState::Submitting } else { "odd".into() };
                    sending.attempts = n.into();
                    sending.error_code = (n > 1).then(|| i64::from(n));
                    sending.error = (n > 1).then(|| name(n).to_owned());
                    sending.attempted_at = (n > 1).then(|| at(time));
                    sending
                });
                message.into()
            }
            Self::Failure { wamid, at: time, code } => {
                DeliveryFailure::new(name(wamid), at(time), code, name(wamid)).into()
            }
            Self::DeadLetter { id, at: time, body } => {
                DeadLetter::new(name(id), at(time), name(body), [body]).into()
            }
            Self::IdentityConflict { identity: n, holder, claimant, at: time, resolved } => {
                let mut conflict = IdentityConflict::new(identity(n), name(holder), name(claimant), at(time));
                conflict.resolved_at = resolved.map(at);
                conflict.into()
            }
            Self::Consent { person, purpose: n, given, at: time } => {
                let person = PersonHash::from_bytes([person; 32]);
                let mut consent = Consent::withdrawn(person, purpose(n), at(time));
                if given {
                    consent = Consent::given(person, purpose(n), at(time));
                    consent.source = ConsentSource::Keyword;
                }
                consent.into()
            }
            Self::Agent { id, word, load, assigned, at: time } => {
                let mut agent = Agent::new(name(id), name(id), 3, at(time));
                agent.skills = word.map(|n| name(n).to_owned()).into_iter().collect();
                agent.load = load;
                agent.presence = word.map_or(Presence::Offline, |_| "odd".into());
                agent.assigned_at = assigned.map(at);
                agent.into()
            }
            Self::Template { id, account, name: n, language, status, edit, at: time } => {
                let mut template =
                    StoredTemplate::new(name(id), name(account), name(n), name(language), at(time));
                template.status = status.map(|n| name(n).into());
                template.status_at = edit.map(at);
                template.at_meta = status.map(u32::from);
                template.edits = edit.map(at).into_iter().collect();
                template.into()
            }
            Self::TemplateVersion { template, number, approval: n, decided, at: time } => {
                let mut version = TemplateVersion::new(name(template), number, name(n), name(n), at(time));
                version.approval = approval(n);
                version.decided_at = decided.map(at);
                version.decided_by = decided.map(|_| name(n).to_owned());
                version.into()
            }
            Self::Audit { id, subject: n, at: time } => {
                AuditEntry::new(name(id), at(time), subject(n), name(n), name(id)).detail(name(n)).into()
            }
            Self::Usage { at: day, metric } => Usage::new(of_day(day), name(metric)).into(),
            Self::Progress { wamid } => Progress::new(name(wamid)).into(),
            Self::Job { id } => Job::new(name(id), JobKind::Send, "", at(0)).into(),
        }
    }
}

impl Place {
    pub(super) fn key(&self) -> Key {
        match self.clone() {
            Self::Of(thing) => thing.record().key(),
            Self::ContactOf { identity: n } => Key::ContactOf(identity(n)),
            Self::ActiveConversation { number, contact } => {
                Key::ActiveConversation(name(number).into(), name(contact).into())
            }
            Self::MessageOf { wamid } => Key::MessageOf(name(wamid).into()),
            Self::TemplateOf { account, name: n, language } => {
                Key::TemplateOf(name(account).into(), name(n).to_owned(), name(language).to_owned())
            }
        }
    }
}

impl Step {
    /// What the step could be instead to be a simpler one: a finish only its changes, a batch one change less.
    pub(super) fn simpler(&self) -> Vec<Self> {
        let less = |batch: &Batch| {
            let without = |n| {
                let mut less = batch.clone();
                less.changes.remove(n);
                less
            };
            (0..batch.changes.len()).map(without).collect::<Vec<_>>()
        };
        match self {
            Self::Apply { tenant, batch } => {
                less(batch).into_iter().map(|batch| Self::Apply { tenant: *tenant, batch }).collect()
            }
            Self::Finish { lease, again, batch } => {
                let apply = Self::Apply { tenant: 0, batch: batch.clone() };
                let finish = |batch| Self::Finish { lease: lease.clone(), again: *again, batch };
                std::iter::once(apply).chain(less(batch).into_iter().map(finish)).collect()
            }
            _ => Vec::new(),
        }
    }
}
