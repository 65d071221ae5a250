//! What programs are made of: small numbers, so that a program meets itself often and prints whole.

use crate::{
    store::{
        Change, Consent, Contact, Conversation, ConversationState, ConversationTime, DeadLetter,
        DeliveryFailure, Direction, Expect, Fact, Identity, IdentityConflict, Job, JobKind, Key, LeaseToken,
        PersonHash, Progress, Purpose, Query, Record, SendState, Sending, StoredMessage, Tenant,
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
    Tenant { id: u8, name: u8, at: i64 },
    Contact { id: u8, identities: Vec<u8>, name: Option<u8>, at: i64 },
    Conversation { id: u8, number: u8, contact: u8, state: u8, at: i64, inbound: Option<i64>, unread: u64 },
    Message { id: u8, conversation: u8, wamid: Option<u8>, text: Option<u8>, sending: Option<u8>, at: i64 },
    Failure { wamid: u8, at: i64, code: i64 },
    DeadLetter { id: u8, at: i64, body: u8 },
    IdentityConflict { identity: u8, holder: u8, claimant: u8, at: i64, resolved: Option<i64> },
    Consent { person: u8, purpose: u8, at: i64 },
    Progress { wamid: u8 },
    Job { id: u8 },
}

/// A key that is not only that of a [`Thing`].
#[derive(Clone, Debug)]
pub(super) enum Place {
    Of(Thing),
    ContactOf { identity: u8 },
    ActiveConversation { number: u8, contact: u8 },
    MessageOf { wamid: u8 },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    Contacts,
    Conversations,
    ConversationsWith(u8),
    Messages(u8),
    AllMessages,
    Failures(u8),
    DeadLetters,
    IdentityConflicts,
    Consents,
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

/// One of a few identities, of every kind.
pub(super) fn identity(n: u8) -> Identity {
    match n % 3 {
        0 => Identity::Phone(name(n).into()),
        1 => Identity::UserId(name(n).into()),
        _ => Identity::ParentUserId(name(n).into()),
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
                contact.into()
            }
            Self::Conversation { id, number, contact, state, at: time, inbound, unread } => {
                let mut conversation = Conversation::new(name(id), name(number), name(contact), at(time));
                conversation.state = match state % 3 {
                    0 => ConversationState::Active,
                    1 => ConversationState::Closed,
                    _ => "odd".into(),
                };
                conversation.last_inbound_at = inbound.map(at);
                conversation.unread = unread;
                conversation.into()
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
            Self::Consent { person, purpose: n, at: time } => {
                Consent::withdrawn(PersonHash::from_bytes([person; 32]), purpose(n), at(time)).into()
            }
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
        }
    }
}

impl List {
    pub(super) fn query(self) -> Query {
        match self {
            Self::Contacts => Query::Contacts,
            Self::Conversations => Query::Conversations,
            Self::ConversationsWith(contact) => Query::ConversationsWith(name(contact).into()),
            Self::Messages(conversation) => Query::Messages(name(conversation).into()),
            Self::AllMessages => Query::AllMessages,
            Self::Failures(wamid) => Query::Failures(name(wamid).into()),
            Self::DeadLetters => Query::DeadLetters,
            Self::IdentityConflicts => Query::IdentityConflicts,
            Self::Consents => Query::Consents,
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
