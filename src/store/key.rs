//! What can be asked of a store: where a record is, and the lists.

use crate::{
    id::{AccountId, MessageId, PhoneNumberId},
    store::{
        AgentId, Approval, AuditEntryId, ContactId, ConversationId, ConversationState, CustomerId,
        DeadLetterId, Identity, IdentityConflictId, JobId, LeadId, PersonHash, Purpose, StoredMessageId,
        StoredTemplateId, Subject,
    },
    time::Timestamp,
};
use serde::Serialize;

/// Where a record is.
///
/// Written out with serde, such as by `serde_json::to_string`, it is a key for stores that know texts only: two keys are
/// the same text when they are the same key, in every version of this crate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Key {
    /// The tenant's own record.
    Tenant,
    /// A contact.
    Contact(ContactId),
    /// The contact that has this identity.
    ContactOf(Identity),
    /// A conversation.
    Conversation(ConversationId),
    /// The active conversation between one of our numbers and a contact.
    ActiveConversation(PhoneNumberId, ContactId),
    /// A message, by our id.
    Message(StoredMessageId),
    /// A message, by Meta's id.
    MessageOf(MessageId),
    /// How far a sent message got.
    Progress(MessageId),
    /// A reason Meta gave for a message that failed: message, time, code.
    Failure(MessageId, #[serde(with = "crate::time::millis")] Timestamp, i64),
    /// A dead letter.
    DeadLetter(DeadLetterId),
    /// A sign that two contacts may be one person.
    IdentityConflict(IdentityConflictId),
    /// A person's last word on being written to.
    Consent(PersonHash, Purpose),
    /// A person on the tenant's team.
    Agent(AgentId),
    /// A word on a conversation.
    Tag(ConversationId, String),
    /// The file of a received message.
    Media(StoredMessageId),
    /// A template.
    Template(StoredTemplateId),
    /// The template of an account with a name and a language.
    TemplateOf(AccountId, String, String),
    /// A version of a template.
    TemplateVersion(StoredTemplateId, u32),
    /// An entry of the audit trail.
    Audit(AuditEntryId),
    /// What was used of something on the day that begins at a time.
    Usage(#[serde(with = "crate::time::millis")] Timestamp, String),
    /// A job that is not done.
    Job(JobId),
}

impl Key {
    /// Longest id, in bytes, that every store keeps. One that is longer may be refused.
    pub const MAX_ID: usize = 512;

    /// What the record at this key is called in errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Contact(_) | Self::ContactOf(_) => "contact",
            Self::Conversation(_) | Self::ActiveConversation(..) => "conversation",
            Self::Message(_) | Self::MessageOf(_) => "message",
            Self::Progress(_) => "progress",
            Self::Failure(..) => "failure",
            Self::DeadLetter(_) => "dead letter",
            Self::IdentityConflict(_) => "identity conflict",
            Self::Consent(..) => "consent",
            Self::Agent(_) => "agent",
            Self::Tag(..) => "tag",
            Self::Media(_) => "media",
            Self::Template(_) | Self::TemplateOf(..) => "template",
            Self::TemplateVersion(..) => "template version",
            Self::Audit(_) => "audit entry",
            Self::Usage(..) => "usage",
            Self::Job(_) => "job",
        }
    }
}

/// Which list is wanted. Like a [`Key`] it can be written out as a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Query {
    /// All contacts, by the time they were first seen.
    Contacts,
    /// The contacts that were merged into one, by the time they were first seen.
    MergedInto(ContactId),
    /// All conversations, by the time they were opened.
    Conversations,
    /// The conversations with a contact in every state, by the time they were opened.
    ConversationsWith(ContactId),
    /// The conversations in a state, by the time they were opened.
    ConversationsIn(ConversationState),
    /// The conversations of an agent in every state, by the time they were opened.
    ConversationsOf(AgentId),
    /// The active conversations that have no agent, by the time they were opened.
    Unassigned,
    /// The conversations whose contacts wait for an agent, by the time since when.
    Waiting,
    /// The conversations with a customer of the host, by the time they were opened.
    ConversationsOfCustomer(CustomerId),
    /// The conversations about a lead of the host, by the time they were opened.
    ConversationsOfLead(LeadId),
    /// The [tags](crate::store::Tag) with a word, by the time they were put on.
    Tagged(String),
    /// The tags of a conversation, by the time they were put on.
    TagsOf(ConversationId),
    /// The messages of a conversation, by their time.
    Messages(ConversationId),
    /// The messages of all conversations, by their time.
    AllMessages,
    /// The reasons Meta gave for a message that failed.
    Failures(MessageId),
    /// All dead letters, by the time they were put aside.
    DeadLetters,
    /// All signs that two contacts may be one person, by the time they were seen.
    IdentityConflicts,
    /// All consents, by their time.
    Consents,
    /// All agents, by the time they were added.
    Agents,
    /// All templates, by the time they were first kept.
    Templates,
    /// The versions of a template, by the time they were begun.
    TemplateVersions(StoredTemplateId),
    /// The versions in a state of approval, by the time they were begun.
    VersionsIn(Approval),
    /// The whole audit trail, by time.
    Audit,
    /// What the audit trail says of one thing, by time.
    AuditOf(Subject),
    /// All usage, by day.
    Usage,
}

impl Query {
    /// The list's name and what narrows it, for cursors.
    pub(super) fn list(&self) -> (&'static str, String) {
        match self {
            Self::Contacts => ("contacts", String::new()),
            Self::MergedInto(contact) => ("merged_into", contact.to_string()),
            Self::Conversations => ("conversations", String::new()),
            Self::ConversationsWith(contact) => ("conversations_with", contact.to_string()),
            Self::Messages(conversation) => ("messages", conversation.to_string()),
            Self::AllMessages => ("all_messages", String::new()),
            Self::Failures(message) => ("failures", message.to_string()),
            Self::DeadLetters => ("dead_letters", String::new()),
            Self::IdentityConflicts => ("identity_conflicts", String::new()),
            Self::Consents => ("consents", String::new()),
            Self::ConversationsIn(state) => ("conversations_in", state.to_string()),
            Self::ConversationsOf(agent) => ("conversations_of", agent.to_string()),
            Self::Unassigned => ("unassigned", String::new()),
            Self::Waiting => ("waiting", String::new()),
            Self::ConversationsOfCustomer(customer) => ("conversations_of_customer", customer.to_string()),
            Self::ConversationsOfLead(lead) => ("conversations_of_lead", lead.to_string()),
            Self::Tagged(name) => ("tagged", name.clone()),
            Self::TagsOf(conversation) => ("tags_of", conversation.to_string()),
            Self::Agents => ("agents", String::new()),
            Self::Templates => ("templates", String::new()),
            Self::TemplateVersions(template) => ("template_versions", template.to_string()),
            Self::VersionsIn(approval) => ("versions_in", approval.to_string()),
            Self::Audit => ("audit", String::new()),
            Self::AuditOf(subject) => ("audit_of", format!("{}:{}", subject.kind, subject.id)),
            Self::Usage => ("usage", String::new()),
        }
    }
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    NewestFirst,
    OldestFirst,
}
