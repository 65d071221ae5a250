//! The lists that programs read.

use super::program::{NAMES, approval, name, state, subject};
use crate::store::Query;

/// A list.
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    Contacts,
    MergedInto(u8),
    Conversations,
    ConversationsWith(u8),
    ConversationsIn(u8),
    ConversationsOf(u8),
    Unassigned,
    Waiting,
    OfCustomer(u8),
    OfLead(u8),
    Tagged(u8),
    TagsOf(u8),
    Messages(u8),
    AllMessages,
    Failures(u8),
    DeadLetters,
    IdentityConflicts,
    Consents,
    Agents,
    Templates,
    TemplateVersions(u8),
    VersionsIn(u8),
    Audit,
    AuditOf(u8),
    Usage,
}

impl List {
    /// Every list in which a program puts something.
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Contacts,
            Self::Conversations,
            Self::Unassigned,
            Self::Waiting,
            Self::AllMessages,
            Self::DeadLetters,
            Self::IdentityConflicts,
            Self::Consents,
            Self::Agents,
            Self::Templates,
            Self::Audit,
            Self::Usage,
        ];
        for n in 0..2 {
            all.extend([
                Self::MergedInto(n),
                Self::ConversationsWith(n),
                Self::ConversationsOf(n),
                Self::OfCustomer(n),
                Self::OfLead(n),
                Self::TagsOf(n),
                Self::Tagged(n),
                Self::Messages(n),
                Self::TemplateVersions(n),
                Self::VersionsIn(n),
            ]);
        }
        all.extend((0..3).flat_map(|n| [Self::ConversationsIn(n), Self::AuditOf(n)]));
        all.extend((0..NAMES).map(Self::Failures));
        all
    }

    pub(super) fn query(self) -> Query {
        match self {
            Self::Contacts => Query::Contacts,
            Self::MergedInto(contact) => Query::MergedInto(name(contact).into()),
            Self::Conversations => Query::Conversations,
            Self::ConversationsWith(contact) => Query::ConversationsWith(name(contact).into()),
            Self::Messages(conversation) => Query::Messages(name(conversation).into()),
            Self::AllMessages => Query::AllMessages,
            Self::Failures(wamid) => Query::Failures(name(wamid).into()),
            Self::DeadLetters => Query::DeadLetters,
            Self::IdentityConflicts => Query::IdentityConflicts,
            Self::Consents => Query::Consents,
            Self::ConversationsIn(n) => Query::ConversationsIn(state(n)),
            Self::ConversationsOf(agent) => Query::ConversationsOf(name(agent).into()),
            Self::Unassigned => Query::Unassigned,
            Self::Waiting => Query::Waiting,
            Self::OfCustomer(customer) => Query::ConversationsOfCustomer(name(customer).into()),
            Self::OfLead(lead) => Query::ConversationsOfLead(name(lead).into()),
            Self::Tagged(n) => Query::Tagged(name(n).to_owned()),
            Self::TagsOf(conversation) => Query::TagsOf(name(conversation).into()),
            Self::Agents => Query::Agents,
            Self::Templates => Query::Templates,
            Self::TemplateVersions(template) => Query::TemplateVersions(name(template).into()),
            Self::VersionsIn(n) => Query::VersionsIn(approval(n)),
            Self::Audit => Query::Audit,
            Self::AuditOf(n) => Query::AuditOf(subject(n)),
            Self::Usage => Query::Usage,
        }
    }
}
