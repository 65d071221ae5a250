//! What is kept: plain records, each the same in every store.

use crate::{
    id::{AccountId, MessageId, PhoneNumberId, TenantId, UserId, WaId, id},
    open::open_enum,
    store::{Fact, Job, Key},
    time::Timestamp,
    wire::quiet_debug,
};

id!(
    /// Our id of a contact.
    ContactId
);
id!(
    /// Our id of a conversation.
    ConversationId
);
id!(
    /// Our id of a message, there before Meta gives its own.
    StoredMessageId
);
id!(
    /// Our id of a dead letter.
    DeadLetterId
);

/// Any record that a store keeps for a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// The tenant itself.
    Tenant(Tenant),
    /// A person.
    Contact(Contact),
    /// A thread between one of our numbers and a person.
    Conversation(Conversation),
    /// A message, in or out.
    Message(StoredMessage),
    /// How far a sent message got.
    Progress(Progress),
    /// A reason Meta gave for a message that failed.
    Failure(DeliveryFailure),
    /// An event that could not be applied.
    DeadLetter(DeadLetter),
    /// A job that is not done. Read only: jobs are written by [`Change::Enqueue`](crate::store::Change::Enqueue) and
    /// [`Store::finish`](crate::store::Store::finish).
    Job(Job),
}

impl Record {
    /// Where the record is.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Tenant(_) => Key::Tenant,
            Self::Contact(contact) => Key::Contact(contact.id.clone()),
            Self::Conversation(conversation) => Key::Conversation(conversation.id.clone()),
            Self::Message(message) => Key::Message(message.id.clone()),
            Self::Progress(progress) => Key::Progress(progress.message.clone()),
            Self::Failure(failure) => Key::Failure(failure.message.clone(), failure.at, failure.code),
            Self::DeadLetter(letter) => Key::DeadLetter(letter.id.clone()),
            Self::Job(job) => Key::Job(job.id.clone()),
        }
    }

    /// The version it was read in; 0 for a record that was not stored yet. Records that are never rewritten stay at 1.
    #[must_use]
    pub fn version(&self) -> u64 {
        match self {
            Self::Tenant(tenant) => tenant.version,
            Self::Contact(contact) => contact.version,
            Self::Conversation(conversation) => conversation.version,
            Self::Message(message) => message.version,
            Self::Progress(_) | Self::Failure(_) | Self::DeadLetter(_) | Self::Job(_) => 1,
        }
    }

    /// For stores: sets the version of a record that has one.
    pub fn set_version(&mut self, version: u64) {
        match self {
            Self::Tenant(tenant) => tenant.version = version,
            Self::Contact(contact) => contact.version = version,
            Self::Conversation(conversation) => conversation.version = version,
            Self::Message(message) => message.version = version,
            Self::Progress(_) | Self::Failure(_) | Self::DeadLetter(_) | Self::Job(_) => {}
        }
    }

    /// What lists are ordered by: a time, then the id as text.
    #[must_use]
    pub fn order(&self) -> (Timestamp, String) {
        match self {
            Self::Tenant(tenant) => (tenant.created_at, tenant.id.to_string()),
            Self::Contact(contact) => (contact.created_at, contact.id.to_string()),
            Self::Conversation(conversation) => (conversation.opened_at, conversation.id.to_string()),
            Self::Message(message) => (message.at, message.id.to_string()),
            Self::Progress(progress) => (progress.first(), progress.message.to_string()),
            Self::Failure(failure) => (failure.at, failure.code.to_string()),
            Self::DeadLetter(letter) => (letter.at, letter.id.to_string()),
            Self::Job(job) => (job.due, job.id.to_string()),
        }
    }

    /// What the record is called in errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.key().name()
    }

    /// The size of the texts and bodies in it.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Tenant(tenant) => tenant.name.len(),
            Self::Contact(contact) => contact.name.as_ref().map_or(0, String::len),
            Self::Message(message) => message.body.len() + message.text.as_ref().map_or(0, String::len),
            Self::Failure(failure) => failure.title.len(),
            Self::DeadLetter(letter) => letter.body.len() + letter.reason.len(),
            Self::Conversation(_) | Self::Progress(_) | Self::Job(_) => 0,
        }
    }
}

macro_rules! record_from {
    ($($variant:ident($type:ident)),+ $(,)?) => {$(
        impl From<$type> for Record {
            fn from(record: $type) -> Self {
                Self::$variant(record)
            }
        }
        impl TryFrom<Record> for $type {
            type Error = Record;
            /// The record itself, or the other record that was there.
            fn try_from(record: Record) -> Result<Self, Record> {
                match record {
                    Record::$variant(record) => Ok(record),
                    other => Err(other),
                }
            }
        }
    )+};
}
record_from!(
    Tenant(Tenant),
    Contact(Contact),
    Conversation(Conversation),
    Message(StoredMessage),
    Progress(Progress),
    Failure(DeliveryFailure),
    DeadLetter(DeadLetter),
    Job(Job),
);

/// One customer of the host application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tenant {
    /// Its id, chosen by the host.
    pub id: TenantId,
    /// What people call it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

impl Tenant {
    /// A new tenant.
    #[must_use]
    pub fn new(id: impl Into<TenantId>, name: impl Into<String>, created_at: Timestamp) -> Self {
        Self { id: id.into(), name: name.into(), created_at, version: 0 }
    }
}

/// Who owns a business phone number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Binding {
    /// The owner.
    pub tenant: TenantId,
    /// The WhatsApp Business Account of the number.
    pub account: AccountId,
}

impl Binding {
    /// A binding as a store gives it.
    #[must_use]
    pub fn new(tenant: TenantId, account: AccountId) -> Self {
        Self { tenant, account }
    }
}

/// One of the names by which Meta may speak of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Identity {
    /// A WhatsApp phone number.
    Phone(WaId),
    /// A business-scoped user id.
    UserId(UserId),
    /// A parent business-scoped user id.
    ParentUserId(UserId),
}

impl Identity {
    /// The kind of identity, as stores spell it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::UserId(_) => "user_id",
            Self::ParentUserId(_) => "parent_user_id",
        }
    }

    /// The identity itself.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Phone(wa_id) => wa_id.as_str(),
            Self::UserId(id) | Self::ParentUserId(id) => id.as_str(),
        }
    }

    /// Puts together what [`kind`](Self::kind) and [`value`](Self::value) took apart.
    #[must_use]
    pub fn from_parts(kind: &str, value: &str) -> Option<Self> {
        match kind {
            "phone" => Some(Self::Phone(value.into())),
            "user_id" => Some(Self::UserId(value.into())),
            "parent_user_id" => Some(Self::ParentUserId(value.into())),
            _ => None,
        }
    }
}

/// A person, known by a set of identities. No two contacts of a tenant share an identity.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contact {
    /// Our id.
    pub id: ContactId,
    /// Every identity seen so far, without repeats.
    pub identities: Vec<Identity>,
    /// The name of the WhatsApp profile.
    pub name: Option<String>,
    /// When the contact was first seen.
    pub created_at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(Contact { id, created_at, version });

impl Contact {
    /// A contact first seen now.
    #[must_use]
    pub fn new(
        id: impl Into<ContactId>,
        identities: impl IntoIterator<Item = Identity>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            identities: identities.into_iter().collect(),
            name: None,
            created_at,
            version: 0,
        }
    }
}

open_enum! {
    /// Where a conversation is in its life.
    pub enum ConversationState {
        /// Going on. There is one such conversation for a number and a contact.
        Active = "active",
        /// Over; a new message opens another.
        Closed = "closed",
        /// Over and put away.
        Archived = "archived",
    }
}

/// The thread between one of our numbers and one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversation {
    /// Our id.
    pub id: ConversationId,
    /// Our number.
    pub number: PhoneNumberId,
    /// The other side.
    pub contact: ContactId,
    /// Where it is in its life.
    pub state: ConversationState,
    /// When it began.
    pub opened_at: Timestamp,
    /// The last message either way.
    pub last_message_at: Timestamp,
    /// The last message from the contact, by Meta's clock.
    pub last_inbound_at: Option<Timestamp>,
    /// How many messages from the contact nobody has seen.
    pub unread: u64,
    /// Raised by each change.
    pub version: u64,
}

impl Conversation {
    /// A conversation that begins now.
    #[must_use]
    pub fn new(
        id: impl Into<ConversationId>,
        number: impl Into<PhoneNumberId>,
        contact: impl Into<ContactId>,
        opened_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            number: number.into(),
            contact: contact.into(),
            state: ConversationState::Active,
            opened_at,
            last_message_at: opened_at,
            last_inbound_at: None,
            unread: 0,
            version: 0,
        }
    }
}

open_enum! {
    /// Which way a message went.
    pub enum Direction {
        /// From the customer to us.
        Inbound = "inbound",
        /// From us to the customer.
        Outbound = "outbound",
    }
}

/// A message as kept, in or out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredMessage {
    /// Our id.
    pub id: StoredMessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Which way it went.
    pub direction: Direction,
    /// Meta's id; no two messages of a tenant share one. An outbound message has it once Meta accepted it.
    pub wamid: Option<MessageId>,
    /// Its place in the history.
    pub at: Timestamp,
    /// What it is: `text`, `image`, `interactive` … as Meta spells it.
    pub kind: String,
    /// What a person reads of it; `None` when it holds no text.
    pub text: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Its JSON, as sent or as received, byte for byte.
    pub body: Vec<u8>,
    /// How sending it goes; `None` for what was received.
    pub sending: Option<Sending>,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(StoredMessage { id, conversation, direction, wamid, at, kind, sending, version });

impl StoredMessage {
    /// A message of `kind` with its JSON.
    #[must_use]
    pub fn new(
        id: impl Into<StoredMessageId>,
        conversation: impl Into<ConversationId>,
        direction: Direction,
        at: Timestamp,
        kind: impl Into<String>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            id: id.into(),
            conversation: conversation.into(),
            direction,
            wamid: None,
            at,
            kind: kind.into(),
            text: None,
            reply_to: None,
            body: body.into(),
            sending: None,
            version: 0,
        }
    }
}

open_enum! {
    /// How far the sending of a message got on our side. What happens after Meta took it is told by [`Progress`].
    pub enum SendState {
        /// Recorded; no attempt is under way.
        Queued = "queued",
        /// An attempt is under way, or was when the process died.
        Submitting = "submitting",
        /// Meta took it.
        Accepted = "accepted",
        /// Meta or our own checks refused it for good.
        Rejected = "rejected",
        /// The answer was lost: it may have been sent. A status webhook settles it.
        OutcomeUnknown = "unknown",
    }
}

/// The sending of one outbound message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sending {
    /// How far it got.
    pub state: SendState,
    /// How many attempts were begun. Attempt `n` of message `m` is told to Meta as tracking data, and comes back in
    /// each status.
    pub attempts: u32,
    /// Meta's code of the last refusal.
    pub error_code: Option<i64>,
    /// The last failure, in words for a person.
    pub error: Option<String>,
}

impl Sending {
    /// A message that waits for its first attempt.
    #[must_use]
    pub fn queued() -> Self {
        Self { state: SendState::Queued, attempts: 0, error_code: None, error: None }
    }
}

/// When each fact about a sent message was first true. Statuses arrive late, twice and in any order; the earliest time of
/// each is kept, so the order does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Meta's id of the message.
    pub message: MessageId,
    /// When Meta took it.
    pub accepted_at: Option<Timestamp>,
    /// When it left Meta.
    pub sent_at: Option<Timestamp>,
    /// When it reached the customer's device.
    pub delivered_at: Option<Timestamp>,
    /// When the customer saw it.
    pub read_at: Option<Timestamp>,
    /// When the customer listened to it.
    pub played_at: Option<Timestamp>,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
}

impl Progress {
    /// Nothing known yet.
    #[must_use]
    pub fn new(message: impl Into<MessageId>) -> Self {
        Self {
            message: message.into(),
            accepted_at: None,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            played_at: None,
            failed_at: None,
        }
    }

    /// When `fact` was first true.
    #[must_use]
    pub fn when(&self, fact: Fact) -> Option<Timestamp> {
        match fact {
            Fact::Accepted => self.accepted_at,
            Fact::Sent => self.sent_at,
            Fact::Delivered => self.delivered_at,
            Fact::Read => self.read_at,
            Fact::Played => self.played_at,
            Fact::Failed => self.failed_at,
        }
    }

    /// Notes that `fact` was true at `at`, keeping an earlier time.
    pub fn note(&mut self, fact: Fact, at: Timestamp) {
        let time = match fact {
            Fact::Accepted => &mut self.accepted_at,
            Fact::Sent => &mut self.sent_at,
            Fact::Delivered => &mut self.delivered_at,
            Fact::Read => &mut self.read_at,
            Fact::Played => &mut self.played_at,
            Fact::Failed => &mut self.failed_at,
        };
        *time = Some(time.map_or(at, |known| known.min(at)));
    }

    /// The earliest time noted.
    fn first(&self) -> Timestamp {
        Fact::ALL.iter().filter_map(|fact| self.when(*fact)).min().unwrap_or(Timestamp::from_millis(0))
    }
}

/// A reason Meta gave for a message that failed. Reasons add up; none replaces another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryFailure {
    /// Meta's id of the message.
    pub message: MessageId,
    /// When it failed.
    pub at: Timestamp,
    /// Meta's code.
    pub code: i64,
    /// Meta's short title of the code.
    pub title: String,
}

impl DeliveryFailure {
    /// A reason.
    #[must_use]
    pub fn new(message: impl Into<MessageId>, at: Timestamp, code: i64, title: impl Into<String>) -> Self {
        Self { message: message.into(), at, code, title: title.into() }
    }
}

/// An event that could not be applied, kept apart from its siblings until someone looks.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Our id.
    pub id: DeadLetterId,
    /// When it was put aside.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The event's JSON, byte for byte.
    pub body: Vec<u8>,
}

quiet_debug!(DeadLetter { id, at });

impl DeadLetter {
    /// A dead letter.
    #[must_use]
    pub fn new(
        id: impl Into<DeadLetterId>,
        at: Timestamp,
        reason: impl Into<String>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self { id: id.into(), at, reason: reason.into(), body: body.into() }
    }
}
