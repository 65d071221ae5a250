//! What is kept: plain records, each the same in every store.

mod agent;
mod audit;
mod conflict;
mod consent;
mod contact;
mod conversation;
mod media;
mod message;
mod template;
mod usage;

pub use agent::{Agent, AgentId, Presence};
pub use audit::{AuditEntry, AuditEntryId, Subject, SubjectKind};
pub use conflict::{IdentityConflict, IdentityConflictId};
pub use consent::{Consent, ConsentSource, ConsentState, Purpose};
pub use contact::{Contact, ContactId, Identity};
pub use conversation::{Conversation, ConversationId, ConversationState, CustomerId, LeadId, Tag};
pub use media::{MediaState, StoredMedia};
pub use message::{DeliveryFailure, Direction, Progress, SendState, Sending, StoredMessage, StoredMessageId};
pub use template::{Approval, StoredTemplate, StoredTemplateId, TemplateVersion};
pub use usage::Usage;

use crate::{
    id::{AccountId, TenantId, id},
    store::{Job, Key, Query},
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

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
    /// A person's last word on being written to.
    Consent(Consent),
    /// A person on the tenant's team.
    Agent(Agent),
    /// A word on a conversation.
    Tag(Tag),
    /// The file of a received message.
    Media(StoredMedia),
    /// A template.
    Template(StoredTemplate),
    /// A version of a template.
    TemplateVersion(TemplateVersion),
    /// Something that happened.
    Audit(AuditEntry),
    /// What was used on a day.
    Usage(Usage),
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
            Self::Consent(consent) => Key::Consent(consent.person, consent.purpose.clone()),
            Self::Agent(agent) => Key::Agent(agent.id.clone()),
            Self::Tag(tag) => Key::Tag(tag.conversation.clone(), tag.name.clone()),
            Self::Media(media) => Key::Media(media.message.clone()),
            Self::Template(template) => Key::Template(template.id.clone()),
            Self::TemplateVersion(version) => Key::TemplateVersion(version.template.clone(), version.number),
            Self::Audit(entry) => Key::Audit(entry.id.clone()),
            Self::Usage(usage) => Key::Usage(usage.day, usage.metric.clone()),
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
            Self::Consent(consent) => consent.version,
            Self::Agent(agent) => agent.version,
            Self::Media(media) => media.version,
            Self::Template(template) => template.version,
            Self::TemplateVersion(version) => version.version,
            Self::Progress(_)
            | Self::Failure(_)
            | Self::DeadLetter(_)
            | Self::Tag(_)
            | Self::Audit(_)
            | Self::Usage(_)
            | Self::Job(_) => 1,
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
            Self::Consent(consent) => consent.version = version,
            Self::Agent(agent) => agent.version = version,
            Self::Media(media) => media.version = version,
            Self::Template(template) => template.version = version,
            Self::TemplateVersion(record) => record.version = version,
            Self::Progress(_)
            | Self::Failure(_)
            | Self::DeadLetter(_)
            | Self::Tag(_)
            | Self::Audit(_)
            | Self::Usage(_)
            | Self::Job(_) => {}
        }
    }

    /// What a list is ordered by that the record is in: a time, then the id as text, compared byte by byte.
    ///
    /// The time is the same in all its lists, but for a conversation in that of those who wait.
    ///
    /// The id of a failure is its code; that of a consent is the person's hash in hexadecimal digits and the purpose; that of
    /// a tag the conversation and the word; that of a version the template, a full stop and the number in ten digits; that
    /// of a usage the metric.
    #[must_use]
    pub fn order(&self, list: &Query) -> (Timestamp, String) {
        match self {
            Self::Tenant(tenant) => (tenant.created_at, tenant.id.to_string()),
            Self::Contact(contact) => (contact.created_at, contact.id.to_string()),
            Self::Conversation(conversation) => {
                let waits = conversation.waiting_since.filter(|_| *list == Query::Waiting);
                (waits.unwrap_or(conversation.opened_at), conversation.id.to_string())
            }
            Self::Message(message) => (message.at, message.id.to_string()),
            Self::Progress(progress) => (progress.first(), progress.message.to_string()),
            Self::Failure(failure) => (failure.at, failure.code.to_string()),
            Self::DeadLetter(letter) => (letter.at, letter.id.to_string()),
            Self::IdentityConflict(conflict) => (conflict.at, conflict.id.to_string()),
            // All digests are of one length, so this text belongs to one person and purpose.
            Self::Consent(consent) => (consent.at, format!("{}{}", consent.person.to_hex(), consent.purpose)),
            Self::Agent(agent) => (agent.created_at, agent.id.to_string()),
            // In each list that it is in, one of the two is always the same.
            Self::Tag(tag) => (tag.at, format!("{}{}", tag.conversation, tag.name)),
            Self::Media(media) => (media.at, media.message.to_string()),
            Self::Template(template) => (template.created_at, template.id.to_string()),
            Self::TemplateVersion(version) => {
                (version.at, format!("{}.{:010}", version.template, version.number))
            }
            Self::Audit(entry) => (entry.at, entry.id.to_string()),
            Self::Usage(usage) => (usage.day, usage.metric.clone()),
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
            Self::Conversation(conversation) => {
                conversation.context.iter().map(|(name, value)| name.len() + value.len()).sum()
            }
            Self::Agent(agent) => {
                agent.name.len() + agent.skills.iter().chain(&agent.languages).map(String::len).sum::<usize>()
            }
            Self::Tag(tag) => tag.name.len(),
            Self::Media(media) => {
                [&media.mime, &media.location, &media.error].into_iter().flatten().map(String::len).sum()
            }
            Self::Template(template) => template.last_error.as_ref().map_or(0, String::len),
            Self::TemplateVersion(version) => {
                version.definition.len() + version.reason.as_ref().map_or(0, String::len)
            }
            Self::Audit(entry) => entry.detail.len(),
            Self::Usage(usage) => usage.metric.len(),
            Self::Progress(_) | Self::IdentityConflict(_) | Self::Consent(_) | Self::Job(_) => 0,
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
    Consent(Consent),
    Agent(Agent),
    Tag(Tag),
    Media(StoredMedia),
    Template(StoredTemplate),
    TemplateVersion(TemplateVersion),
    Audit(AuditEntry),
    Usage(Usage),
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

/// An event that could not be applied or handled, kept apart from its siblings until someone looks.
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
    /// A delivery with the event alone, or the job to call a handler with it.
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
