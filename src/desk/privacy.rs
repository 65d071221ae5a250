//! What is kept of people, removed with all that hangs on it: files, agents who had their conversations, jobs that wait.

use crate::{
    desk::{
        BlobStore, TRIES, Tenant,
        audit::{DESK, entry},
        conversation::turning,
        media::{failed, no_place},
    },
    error::{Error, Result},
    store::{
        self, Changes, ContactId, Conversation, ConversationState, Direction, Erased, Forgotten, MediaState,
        PageRequest, StoreError, StoredMessage, Subject, SubjectKind, TenantStoreExt, erasure, retention,
        sweep::Host,
    },
    time::Timestamp,
};
use async_trait::async_trait;
use serde_json::json;
use std::sync::{Mutex, PoisonError};

/// How many records are read at once.
const PAGE: usize = 100;

impl Tenant {
    /// Removes everything that is kept of a person; see [`TenantStoreExt::erase`]. `actor` is who says so, for the audit trail,
    /// which keeps nothing else of the person than our id of the contact.
    ///
    /// The files go, too. Agents who had the person's conversations have room for others. Jobs that wait end without effect when
    /// they find that it is gone what they are for: nothing is sent, no handler and no CRM is told of messages
    /// and conversations, and nothing is fetched. Events that belong to no conversation (a preference, a change of id, a part of a
    /// history, what was written in a group) and wait for the handler are still handed on.
    ///
    /// What came of the person's events before, and waits for the [handler](crate::desk::Handler), stays in the store until a
    /// worker comes to it.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store), and [`ErrorKind::Media`](crate::ErrorKind::Media) when the
    /// [`BlobStore`] fails: then the rest is still there, and another call brings it to its end.
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when there are files and this desk has no place for them.
    pub async fn erase(&self, contact: &ContactId, actor: &str) -> Result<Erased> {
        if self.store.contact(contact).await?.is_some() {
            // First, so that nothing is erased that the trail does not tell of.
            let now = self.desk.now();
            let subject = Subject::new(SubjectKind::Tenant, self.id.as_str());
            let told = entry(subject, actor, "contact.erased", &json!({ "contact": contact }), now);
            let _ = self.store.apply(Changes::at(now).insert(told)).await?;
        }
        let mut request = PageRequest::oldest(PAGE);
        loop {
            let page = self.store.conversations_with(contact, request.clone()).await?;
            for conversation in page.items {
                self.release(conversation).await?;
            }
            match page.next {
                Some(next) => request = request.after(next),
                None => break,
            }
        }
        let files = Files::of(self);
        let erased = erasure::erase(&*self.store, Some(&files), contact, self.desk.now()).await;
        erased.map_err(|error| files.why(error))
    }

    /// Removes what is old, oldest first, and at most `max` messages and dead letters together: see
    /// [`TenantStoreExt::forget_before`]. The files of the messages go, too. Call it from time to time, until less than `max`
    /// were left.
    ///
    /// # Errors
    /// Those of [`erase`](Self::erase).
    ///
    /// ```
    /// # use whatsapp_business::{desk::Tenant, time::Timestamp};
    /// # async fn retain(acme: &Tenant, year: std::time::Duration) -> whatsapp_business::Result<()> {
    /// while acme.forget_before(Timestamp::now() - year, 1000).await?.total() >= 1000 {}
    /// # Ok(()) }
    /// ```
    pub async fn forget_before(&self, time: Timestamp, max: usize) -> Result<Forgotten> {
        let files = Files::of(self);
        let forgotten = retention::forget_before(&*self.store, Some(&files), time, max).await;
        forgotten.map_err(|error| files.why(error))
    }

    /// Has the agent of a conversation take others instead.
    async fn release(&self, mut conversation: Conversation) -> Result<()> {
        let mut tries = 0;
        while conversation.state == ConversationState::Active && conversation.assignee.is_some() {
            tries += 1;
            let id = conversation.id.clone();
            let changes = Changes::at(self.desk.now());
            let changes = turning(self, conversation, &ConversationState::Closed, DESK, changes).await?;
            match self.store.apply(changes).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(drop)?),
            }
            match self.store.conversation(&id).await? {
                Some(changed) => conversation = changed,
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

/// The files of the messages that go.
struct Files<'a> {
    tenant: &'a Tenant,
    /// Why the place for files could not remove one.
    failure: Mutex<Option<Error>>,
}

impl<'a> Files<'a> {
    fn of(tenant: &'a Tenant) -> Self {
        Self { tenant, failure: Mutex::new(None) }
    }

    /// Why the messages did not go.
    fn why(self, error: StoreError) -> Error {
        let failure = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.unwrap_or_else(|| error.into())
    }

    async fn remove(&self, blobs: &dyn BlobStore, location: &str) -> store::Result<()> {
        blobs.delete(location).await.or_else(|error| self.fails(failed(error)))
    }

    fn fails(&self, error: Error) -> store::Result<()> {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Err(StoreError::Unavailable { what: "removing a file", source: None })
    }
}

#[async_trait]
impl Host for Files<'_> {
    async fn before(&self, message: &StoredMessage) -> store::Result<()> {
        let (store, desk) = (&self.tenant.store, &self.tenant.desk);
        if message.direction != Direction::Inbound {
            return Ok(());
        }
        let Some(blobs) = &desk.0.settings.blobs else {
            // Without its message nobody would find the file again.
            let media = store.media(&message.id).await?;
            return media.and_then(|media| media.location).map_or(Ok(()), |_| self.fails(no_place()));
        };
        let mut tries = 0;
        while let Some(mut media) = store.media(&message.id).await? {
            tries += 1;
            if let Some(location) = &media.location {
                return self.remove(&**blobs, location).await;
            }
            if media.state != MediaState::Pending {
                return Ok(());
            }
            // Whoever fetches it at this moment finds the record changed, and removes what it stored.
            (media.state, media.error) =
                (MediaState::Failed, Some("its message is being removed".to_owned()));
            match store.apply(Changes::at(desk.now()).update(media)).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return other.map(drop),
            }
        }
        Ok(())
    }
}
