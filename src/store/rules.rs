//! What a change makes of the record it finds, and by what a record is found: pure functions for stores that read a
//! record, change it and write it back.

use crate::store::{
    Change, Conversation, ConversationState, ConversationTime, Expect, Key, Progress, Query, Record,
    StoreError, Usage,
};

impl Change {
    /// For stores: the key of the record that is changed; `None` for [`Once`](Self::Once), which changes none.
    ///
    /// That of a [`Delete`](Self::Delete) may be one of the [other keys](Record::other_keys) of a record.
    #[must_use]
    pub fn key(&self) -> Option<Key> {
        match self {
            Self::Once { .. } => None,
            Self::Put(record, _) => Some(record.key()),
            Self::Delete(key, _) => Some(key.clone()),
            Self::Earliest { message, .. } => Some(Key::Progress(message.clone())),
            Self::Latest { conversation, .. } | Self::Add { conversation, .. } => {
                Some(Key::Conversation(conversation.clone()))
            }
            Self::Count { at, metric, .. } => Some(Key::Usage(at.day(), metric.clone())),
            Self::Enqueue(job, _) => Some(Key::Job(job.id.clone())),
        }
    }

    /// For stores: what is at the [`key`](Self::key) afterwards, given what was found there. `None` stands for nothing.
    ///
    /// What else there is to keep is left to the store: the mark of a [`Once`](Self::Once), the lease and the place in
    /// its group of an [enqueued](Self::Enqueue) job, and what makes a record unique.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the change expects something else.
    ///
    /// ```
    /// use whatsapp_business::{store::{Change, Conversation, Record}, time::Timestamp};
    /// let found = Record::from(Conversation::new("c", "106540352242922", "ana", Timestamp::now()));
    /// let change = Change::Add { conversation: "c".into(), unread: 1 };
    /// let Some(Record::Conversation(after)) = change.apply_to(Some(&found))? else { panic!() };
    /// assert_eq!(after.unread, 1);
    /// # Ok::<(), whatsapp_business::store::StoreError>(())
    /// ```
    pub fn apply_to(self, found: Option<&Record>) -> Result<Option<Record>, StoreError> {
        Ok(match self {
            Self::Once { .. } => found.cloned(),
            Self::Put(mut record, expect) => {
                let version = match (expect, found.map(Record::version)) {
                    (Expect::Absent, None) => 1,
                    (Expect::Version(expected), Some(found)) if expected == found => found.saturating_add(1),
                    _ => return Err(StoreError::Conflict(record.name())),
                };
                record.set_version(version);
                Some(*record)
            }
            Self::Delete(key, version) => match found {
                Some(found) if found.version() == version => None,
                _ => return Err(StoreError::Conflict(key.name())),
            },
            Self::Earliest { message, fact, at } => {
                let mut progress = match found {
                    Some(Record::Progress(known)) => known.clone(),
                    _ => Progress::new(message),
                };
                progress.note(fact, at);
                Some(progress.into())
            }
            Self::Latest { time, at, .. } => {
                let mut conversation = conversation(found)?;
                match time {
                    ConversationTime::LastMessage => {
                        conversation.last_message_at = conversation.last_message_at.max(at);
                    }
                    ConversationTime::LastInbound => {
                        conversation.last_inbound_at = conversation.last_inbound_at.max(Some(at));
                    }
                }
                Some(conversation.into())
            }
            Self::Add { unread, .. } => {
                let mut conversation = conversation(found)?;
                if conversation.state != ConversationState::Active {
                    return Err(StoreError::Conflict("conversation"));
                }
                conversation.unread =
                    conversation.unread.saturating_add_signed(unread).min(i64::MAX.unsigned_abs());
                Some(conversation.into())
            }
            Self::Count { at, metric, by } => {
                let mut usage = match found {
                    Some(Record::Usage(known)) => known.clone(),
                    _ => Usage::new(at, metric),
                };
                usage.count = usage.count.saturating_add(by).min(Usage::MAX_COUNT);
                Some(usage.into())
            }
            Self::Enqueue(mut job, lease) => {
                if found.is_some() {
                    return Err(StoreError::Conflict("job"));
                }
                if lease.is_some() {
                    job.attempts = job.attempts.saturating_add(1);
                }
                Some(job.into())
            }
        })
    }
}

/// The conversation that was found, in its next version.
fn conversation(found: Option<&Record>) -> Result<Conversation, StoreError> {
    match found {
        Some(Record::Conversation(conversation)) => {
            let mut conversation = conversation.clone();
            conversation.version = conversation.version.saturating_add(1);
            Ok(conversation)
        }
        _ => Err(StoreError::Conflict("conversation")),
    }
}

impl Record {
    /// For stores: the keys by which the record is found beside its [own](Self::key). No two records of a tenant share
    /// one: a change that would make them do so is [not unique](StoreError::NotUnique).
    #[must_use]
    pub fn other_keys(&self) -> Vec<Key> {
        match self {
            Self::Contact(contact) => contact.identities.iter().cloned().map(Key::ContactOf).collect(),
            Self::Conversation(conversation) if conversation.state == ConversationState::Active => {
                vec![Key::ActiveConversation(conversation.number.clone(), conversation.contact.clone())]
            }
            Self::Message(message) => message.wamid.iter().cloned().map(Key::MessageOf).collect(),
            Self::Template(kept) => {
                vec![Key::TemplateOf(kept.account.clone(), kept.name.clone(), kept.language.clone())]
            }
            _ => Vec::new(),
        }
    }

    /// For stores: the lists that the record is in, each in its [order](Self::order).
    #[must_use]
    pub fn lists(&self) -> Vec<Query> {
        match self {
            Self::Contact(contact) => {
                let merged = contact.merged_into.clone().map(Query::MergedInto);
                std::iter::once(Query::Contacts).chain(merged).collect()
            }
            Self::Conversation(conversation) => conversation_lists(conversation),
            Self::Message(message) => {
                vec![Query::AllMessages, Query::Messages(message.conversation.clone())]
            }
            Self::Failure(failure) => vec![Query::Failures(failure.message.clone())],
            Self::DeadLetter(_) => vec![Query::DeadLetters],
            Self::IdentityConflict(_) => vec![Query::IdentityConflicts],
            Self::Consent(_) => vec![Query::Consents],
            Self::Agent(_) => vec![Query::Agents],
            Self::Tag(tag) => vec![Query::Tagged(tag.name.clone()), Query::TagsOf(tag.conversation.clone())],
            Self::Template(_) => vec![Query::Templates],
            Self::TemplateVersion(version) => vec![
                Query::TemplateVersions(version.template.clone()),
                Query::VersionsIn(version.approval.clone()),
            ],
            Self::Audit(entry) => vec![Query::Audit, Query::AuditOf(entry.subject.clone())],
            Self::Usage(_) => vec![Query::Usage],
            Self::Tenant(_) | Self::Progress(_) | Self::Media(_) | Self::Job(_) => Vec::new(),
        }
    }
}

fn conversation_lists(conversation: &Conversation) -> Vec<Query> {
    let mut lists = vec![
        Query::Conversations,
        Query::ConversationsWith(conversation.contact.clone()),
        Query::ConversationsIn(conversation.state.clone()),
    ];
    match &conversation.assignee {
        Some(agent) => lists.push(Query::ConversationsOf(agent.clone())),
        None if conversation.state == ConversationState::Active => lists.push(Query::Unassigned),
        None => {}
    }
    lists.extend(conversation.waiting_since.map(|_| Query::Waiting));
    lists.extend(conversation.customer.clone().map(Query::ConversationsOfCustomer));
    lists.extend(conversation.lead.clone().map(Query::ConversationsOfLead));
    lists
}
