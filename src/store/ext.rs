//! What every [`TenantStore`] can do on top of its contract: typed reading, export, erasure and retention.

use crate::{
    id::MessageId,
    store::{
        Agent, AgentId, AuditEntry, Consent, Contact, ContactId, Conversation, ConversationId, DeadLetter,
        Erased, Export, Forgotten, IdentityConflict, Key, Page, PageRequest, PersonHash, Progress, Purpose,
        Query, Record, Result, StoreError, StoredMedia, StoredMessage, StoredMessageId, StoredTemplate,
        StoredTemplateId, Subject, Tag, TemplateVersion, TenantStore, Usage, erasure, retention,
    },
    time::Timestamp,
};
use async_trait::async_trait;

/// Typed reading, export, erasure and retention for every [`TenantStore`]. It is there for all of them and cannot be
/// implemented by others, so no store can get it wrong.
#[async_trait]
pub trait TenantStoreExt: sealed::Sealed {
    /// The contact with this id.
    async fn contact(&self, id: &ContactId) -> Result<Option<Contact>>;
    /// The conversation with this id.
    async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>>;
    /// The message with this id of ours.
    async fn message(&self, id: &StoredMessageId) -> Result<Option<StoredMessage>>;
    /// How far the sent message with Meta's id got.
    async fn progress(&self, message: &MessageId) -> Result<Option<Progress>>;
    /// A person's last word on messages of a purpose.
    async fn consent(&self, person: &PersonHash, purpose: &Purpose) -> Result<Option<Consent>>;
    /// The conversations.
    async fn conversations(&self, page: PageRequest) -> Result<Page<Conversation>>;
    /// The agent with this id.
    async fn agent(&self, id: &AgentId) -> Result<Option<Agent>>;
    /// The file of a received message.
    async fn media(&self, message: &StoredMessageId) -> Result<Option<StoredMedia>>;
    /// The template with this id of ours.
    async fn template(&self, id: &StoredTemplateId) -> Result<Option<StoredTemplate>>;
    /// A version of a template.
    async fn template_version(
        &self,
        template: &StoredTemplateId,
        number: u32,
    ) -> Result<Option<TemplateVersion>>;
    /// The agents.
    async fn agents(&self, page: PageRequest) -> Result<Page<Agent>>;
    /// The tags of a conversation.
    async fn tags(&self, conversation: &ConversationId, page: PageRequest) -> Result<Page<Tag>>;
    /// The templates.
    async fn templates(&self, page: PageRequest) -> Result<Page<StoredTemplate>>;
    /// The versions of a template.
    async fn template_versions(
        &self,
        template: &StoredTemplateId,
        page: PageRequest,
    ) -> Result<Page<TemplateVersion>>;
    /// The whole audit trail.
    async fn audit(&self, page: PageRequest) -> Result<Page<AuditEntry>>;
    /// What the audit trail says of one thing.
    async fn audit_of(&self, subject: &Subject, page: PageRequest) -> Result<Page<AuditEntry>>;
    /// What was used, by day.
    async fn usage(&self, page: PageRequest) -> Result<Page<Usage>>;
    /// The conversations with a contact, in every state.
    async fn conversations_with(&self, contact: &ContactId, page: PageRequest) -> Result<Page<Conversation>>;
    /// The messages of a conversation.
    async fn messages(&self, conversation: &ConversationId, page: PageRequest)
    -> Result<Page<StoredMessage>>;
    /// The messages of all conversations.
    async fn all_messages(&self, page: PageRequest) -> Result<Page<StoredMessage>>;
    /// The dead letters.
    async fn dead_letters(&self, page: PageRequest) -> Result<Page<DeadLetter>>;
    /// The signs that two contacts may be one person.
    async fn identity_conflicts(&self, page: PageRequest) -> Result<Page<IdentityConflict>>;
    /// The consents.
    async fn consents(&self, page: PageRequest) -> Result<Page<Consent>>;

    /// Everything that is kept of a person, to hand out: the contact, those that were merged into it, its conversations, their
    /// messages with progress and failures, their files, tags and notes, what the audit trail says of all this, and the conflicts
    /// that name any of them; one between two of them comes twice. What changes meanwhile may be there in its old or its new
    /// form.
    ///
    /// ```
    /// # use whatsapp_business::store::{ContactId, Result, TenantStore, TenantStoreExt};
    /// # async fn export(acme: &dyn TenantStore, ana: &ContactId) -> Result<()> {
    /// let mut export = acme.export(ana);
    /// while let Some(records) = export.next().await? {
    ///     // Write them out.
    /// }
    /// # Ok(()) }
    /// ```
    fn export(&self, contact: &ContactId) -> Export<'_, Self>;

    /// Removes everything that is kept of a person: the messages of all conversations with what is known of their way, the
    /// conversations with their tags and notes, what the audit trail says of them and of the contact, the conflicts that name the
    /// contact, the dead letters that name one of its identities, the contacts that were merged into it with the same, and at
    /// last the contact.
    ///
    /// A hundred records go at once. A message that comes meanwhile is erased, too; who writes after the end is a new
    /// contact. An erasure that failed half way, by an error or with its process, is brought to its end by another.
    ///
    /// What stays:
    /// - marks, so that what Meta delivers again does not come back; nobody can read them. See [`Mark`](crate::store::Mark).
    /// - [consents](Consent), which name nobody either.
    /// - jobs to send an erased message. They hold its id only, and end without sending when they find that it is gone. An
    ///   attempt that is under way at this moment cannot be called back.
    /// - what others wrote about the person, and dead letters that spell an identity in another way than Meta does.
    ///
    /// All conflicts and all dead letters of the tenant are read for it, a page at a time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`]; [`StoreError::Conflict`] when others change the person's
    /// records all the time.
    async fn erase(&self, contact: &ContactId, now: Timestamp) -> Result<Erased>;

    /// Removes messages with what is known of their way, and then dead letters, from before `time`: oldest first, at most
    /// `max` of both together, a hundred records at once. Call it from time to time, until less than `max` were left.
    ///
    /// A message whose sending is not settled (queued, submitting, of unknown outcome) is kept. Conversations and contacts
    /// are, too.
    ///
    /// # Errors
    /// Those of [`erase`](Self::erase).
    async fn forget_before(&self, time: Timestamp, max: usize) -> Result<Forgotten>;
}

#[async_trait]
impl<S: TenantStore + ?Sized> TenantStoreExt for S {
    async fn contact(&self, id: &ContactId) -> Result<Option<Contact>> {
        one(self, Key::Contact(id.clone())).await
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>> {
        one(self, Key::Conversation(id.clone())).await
    }

    async fn message(&self, id: &StoredMessageId) -> Result<Option<StoredMessage>> {
        one(self, Key::Message(id.clone())).await
    }

    async fn progress(&self, message: &MessageId) -> Result<Option<Progress>> {
        one(self, Key::Progress(message.clone())).await
    }

    async fn consent(&self, person: &PersonHash, purpose: &Purpose) -> Result<Option<Consent>> {
        one(self, Key::Consent(*person, purpose.clone())).await
    }

    async fn agent(&self, id: &AgentId) -> Result<Option<Agent>> {
        one(self, Key::Agent(id.clone())).await
    }

    async fn media(&self, message: &StoredMessageId) -> Result<Option<StoredMedia>> {
        one(self, Key::Media(message.clone())).await
    }

    async fn template(&self, id: &StoredTemplateId) -> Result<Option<StoredTemplate>> {
        one(self, Key::Template(id.clone())).await
    }

    async fn template_version(
        &self,
        template: &StoredTemplateId,
        number: u32,
    ) -> Result<Option<TemplateVersion>> {
        one(self, Key::TemplateVersion(template.clone(), number)).await
    }

    async fn agents(&self, page: PageRequest) -> Result<Page<Agent>> {
        many(self, Query::Agents, page).await
    }

    async fn tags(&self, conversation: &ConversationId, page: PageRequest) -> Result<Page<Tag>> {
        many(self, Query::TagsOf(conversation.clone()), page).await
    }

    async fn templates(&self, page: PageRequest) -> Result<Page<StoredTemplate>> {
        many(self, Query::Templates, page).await
    }

    async fn template_versions(
        &self,
        template: &StoredTemplateId,
        page: PageRequest,
    ) -> Result<Page<TemplateVersion>> {
        many(self, Query::TemplateVersions(template.clone()), page).await
    }

    async fn audit(&self, page: PageRequest) -> Result<Page<AuditEntry>> {
        many(self, Query::Audit, page).await
    }

    async fn audit_of(&self, subject: &Subject, page: PageRequest) -> Result<Page<AuditEntry>> {
        many(self, Query::AuditOf(subject.clone()), page).await
    }

    async fn usage(&self, page: PageRequest) -> Result<Page<Usage>> {
        many(self, Query::Usage, page).await
    }

    async fn conversations(&self, page: PageRequest) -> Result<Page<Conversation>> {
        many(self, Query::Conversations, page).await
    }

    async fn conversations_with(&self, contact: &ContactId, page: PageRequest) -> Result<Page<Conversation>> {
        many(self, Query::ConversationsWith(contact.clone()), page).await
    }

    async fn messages(
        &self,
        conversation: &ConversationId,
        page: PageRequest,
    ) -> Result<Page<StoredMessage>> {
        many(self, Query::Messages(conversation.clone()), page).await
    }

    async fn all_messages(&self, page: PageRequest) -> Result<Page<StoredMessage>> {
        many(self, Query::AllMessages, page).await
    }

    async fn dead_letters(&self, page: PageRequest) -> Result<Page<DeadLetter>> {
        many(self, Query::DeadLetters, page).await
    }

    async fn identity_conflicts(&self, page: PageRequest) -> Result<Page<IdentityConflict>> {
        many(self, Query::IdentityConflicts, page).await
    }

    async fn consents(&self, page: PageRequest) -> Result<Page<Consent>> {
        many(self, Query::Consents, page).await
    }

    fn export(&self, contact: &ContactId) -> Export<'_, Self> {
        Export::new(self, contact)
    }

    async fn erase(&self, contact: &ContactId, now: Timestamp) -> Result<Erased> {
        erasure::erase(self, None, contact, now).await
    }

    async fn forget_before(&self, time: Timestamp, max: usize) -> Result<Forgotten> {
        retention::forget_before(self, None, time, max).await
    }
}

/// The record at `key` as the type it must be.
pub(crate) async fn one<T, S>(store: &S, key: Key) -> Result<Option<T>>
where
    T: TryFrom<Record, Error = Record>,
    S: TenantStore + ?Sized,
{
    store.get(key).await?.map(T::try_from).transpose().map_err(|other| StoreError::Corrupt(other.name()))
}

/// A page of records as the type they must be.
pub(crate) async fn many<T, S>(store: &S, query: Query, page: PageRequest) -> Result<Page<T>>
where
    T: TryFrom<Record, Error = Record>,
    S: TenantStore + ?Sized,
{
    let page = store.list(query, page).await?;
    let items = page.items.into_iter().map(T::try_from).collect::<Result<_, _>>();
    Ok(Page { items: items.map_err(|other: Record| StoreError::Corrupt(other.name()))?, next: page.next })
}

mod sealed {
    #[expect(unnameable_types, reason = "nobody but this module may name it: that is what seals the trait")]
    pub trait Sealed: Send + Sync {}
    impl<S: super::TenantStore + ?Sized> Sealed for S {}
}
