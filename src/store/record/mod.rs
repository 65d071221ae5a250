//! What is kept: plain records, each the same in every store.

mod conflict;
mod message;
mod opt_out;

pub use conflict::{IdentityConflict, IdentityConflictId};
pub use message::{DeliveryFailure, Direction, Progress, SendState, Sending, StoredMessage, StoredMessageId};
pub use opt_out::{OptOut, Purpose};

use crate::{
    id::{AccountId, PhoneNumberId, TenantId, UserId, WaId, id},
    open::open_enum,
    store::{Job, Key},
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

id!(
    /// Our id of a contact.
    ContactId
);
id!(
    /// Our id of a conversation.
    ConversationId
);
id!(
    /// Our id of a dead letter.
    DeadLetterId
);

/// Any record that a store keeps for a tenant.
///
/// It can be written out and read back with serde, in any format that tells text from numbers (JSON, CBOR, MessagePack,
/// BSON), by stores that keep records whole and to hand a person what is known of them. Later versions of this crate
/// read what earlier ones wrote. Times are milliseconds; bodies are text where they can be, else bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
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
    /// A sign that two contacts may be one person.
    IdentityConflict(IdentityConflict),
    /// What a person does not want to be sent.
    OptOut(OptOut),
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
            Self::IdentityConflict(conflict) => Key::IdentityConflict(conflict.id.clone()),
            Self::OptOut(opt_out) => Key::OptOut(opt_out.person, opt_out.purpose.clone()),
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
            Self::IdentityConflict(conflict) => conflict.version,
            Self::OptOut(opt_out) => opt_out.version,
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
            Self::IdentityConflict(conflict) => conflict.version = version,
            Self::OptOut(opt_out) => opt_out.version = version,
            Self::Progress(_) | Self::Failure(_) | Self::DeadLetter(_) | Self::Job(_) => {}
        }
    }

    /// What lists are ordered by: a time, then the id as text, compared byte by byte.
    ///
    /// The id of a failure is its code; that of an opt-out is the person's hash in hexadecimal digits and the purpose.
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
            Self::IdentityConflict(conflict) => (conflict.at, conflict.id.to_string()),
            // All digests are of one length, so this text belongs to one person and purpose.
            Self::OptOut(opt_out) => (opt_out.at, format!("{}{}", opt_out.person.to_hex(), opt_out.purpose)),
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
            Self::Conversation(_)
            | Self::Progress(_)
            | Self::IdentityConflict(_)
            | Self::OptOut(_)
            | Self::Job(_) => 0,
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
    IdentityConflict(IdentityConflict),
    OptOut(OptOut),
    Job(Job),
);

/// One customer of the host application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tenant {
    /// Its id, chosen by the host.
    pub id: TenantId,
    /// What people call it.
    pub name: String,
    /// When it was added.
    #[serde(with = "crate::time::millis")]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contact {
    /// Our id.
    pub id: ContactId,
    /// Every identity seen so far, without repeats.
    pub identities: Vec<Identity>,
    /// The name of the WhatsApp profile.
    pub name: Option<String>,
    /// When the contact was first seen.
    #[serde(with = "crate::time::millis")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    #[serde(with = "crate::time::millis")]
    pub opened_at: Timestamp,
    /// The last message either way.
    #[serde(with = "crate::time::millis")]
    pub last_message_at: Timestamp,
    /// The last message from the contact, by Meta's clock.
    #[serde(default, with = "crate::time::millis::option")]
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

/// An event that could not be applied, kept apart from its siblings until someone looks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Our id.
    pub id: DeadLetterId,
    /// When it was put aside.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The event's JSON, byte for byte.
    #[serde(with = "crate::wire::bytes")]
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

#[cfg(test)]
mod tests;
