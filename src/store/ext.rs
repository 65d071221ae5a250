//! Typed reading on top of [`TenantStore`].

use crate::{
    id::MessageId,
    store::{
        Contact, ContactId, Conversation, ConversationId, DeadLetter, IdentityConflict, Key, OptOut, Page,
        PageRequest, PersonHash, Progress, Purpose, Query, Record, Result, StoreError, StoredMessage,
        StoredMessageId, TenantStore,
    },
};
use async_trait::async_trait;

/// Typed reading for every [`TenantStore`]. It is there for all of them and cannot be implemented by others.
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
    /// What a person does not want to be sent.
    async fn opt_out(&self, person: &PersonHash, purpose: &Purpose) -> Result<Option<OptOut>>;
    /// The conversations.
    async fn conversations(&self, page: PageRequest) -> Result<Page<Conversation>>;
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
    /// The opt-outs.
    async fn opt_outs(&self, page: PageRequest) -> Result<Page<OptOut>>;
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

    async fn opt_out(&self, person: &PersonHash, purpose: &Purpose) -> Result<Option<OptOut>> {
        one(self, Key::OptOut(*person, purpose.clone())).await
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

    async fn opt_outs(&self, page: PageRequest) -> Result<Page<OptOut>> {
        many(self, Query::OptOuts, page).await
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
