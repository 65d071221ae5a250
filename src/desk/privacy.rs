//! What is kept of people, removed with all that hangs on it: files, agents who had their conversations, jobs that wait.

use crate::{
    desk::{
        BlobStore, TRIES, Tenant,
        audit::{DESK, entry},
        conversation::turning,
        media::failed,
    },
    error::Result,
    store::{
        Changes, ContactId, Conversation, ConversationState, Direction, Erased, Forgotten, MediaState,
        PageRequest, StoreError, StoredMessage, Subject, SubjectKind, TenantStoreExt, is_settled,
    },
    time::Timestamp,
};
use serde_json::json;
use std::time::Duration;

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
                if let Some(blobs) = &self.desk.0.settings.blobs {
                    self.erase_files(&**blobs, &conversation).await?;
                }
                self.release(conversation).await?;
            }
            match page.next {
                Some(next) => request = request.after(next),
                None => return Ok(self.store.erase(contact, self.desk.now()).await?),
            }
        }
    }

    /// Removes what is old, oldest first, and at most `max` messages and dead letters together: see
    /// [`TenantStoreExt::forget_before`]. The files of the messages go, too. Call it from time to time, until less than `max`
    /// were left.
    ///
    /// Of messages of one and the same millisecond some more may go.
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
        let (before, max) = match self.desk.0.settings.blobs.clone() {
            Some(blobs) => self.forget_files(&*blobs, time, max).await?,
            None => (time, max),
        };
        Ok(self.store.forget_before(before, max).await?)
    }

    /// Removes the files of the oldest messages from before `time`. Gives the time before which none has one, and how many
    /// messages that are: what is removed without its file, nobody finds again.
    async fn forget_files(
        &self,
        blobs: &dyn BlobStore,
        time: Timestamp,
        max: usize,
    ) -> Result<(Timestamp, usize)> {
        let (mut request, mut count, mut end) = (PageRequest::oldest(PAGE), 0, None);
        loop {
            let page = self.store.all_messages(request.clone()).await?;
            for message in page.items.iter().filter(|message| message.at < time) {
                // Those of one moment go together, as a time cannot tell them apart.
                if count >= max && end.is_none_or(|end| message.at >= end) {
                    return Ok((end.unwrap_or(message.at), count));
                }
                if message.direction == Direction::Inbound {
                    self.erase_file(blobs, message).await?;
                }
                end = Some(message.at + Duration::from_millis(1));
                count += usize::from(is_settled(message));
            }
            let is_over = page.items.last().is_none_or(|message| message.at >= time);
            match page.next {
                Some(next) if !is_over => request = request.after(next),
                _ => return Ok((time, max.max(count))),
            }
        }
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

    async fn erase_files(&self, blobs: &dyn BlobStore, conversation: &Conversation) -> Result<()> {
        let mut request = PageRequest::oldest(PAGE);
        loop {
            let page = self.store.messages(&conversation.id, request.clone()).await?;
            for message in page.items.iter().filter(|message| message.direction == Direction::Inbound) {
                self.erase_file(blobs, message).await?;
            }
            match page.next {
                Some(next) => request = request.after(next),
                None => return Ok(()),
            }
        }
    }

    async fn erase_file(&self, blobs: &dyn BlobStore, message: &StoredMessage) -> Result<()> {
        let mut tries = 0;
        while let Some(mut media) = self.store.media(&message.id).await? {
            tries += 1;
            if let Some(location) = &media.location {
                return blobs.delete(location).await.map_err(failed);
            }
            if media.state != MediaState::Pending {
                return Ok(());
            }
            // Whoever fetches it at this moment finds the record changed, and removes what it stored.
            (media.state, media.error) =
                (MediaState::Failed, Some("its message is being removed".to_owned()));
            match self.store.apply(Changes::at(self.desk.now()).update(media)).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(drop)?),
            }
        }
        Ok(())
    }
}
