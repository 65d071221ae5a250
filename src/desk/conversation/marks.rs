//! What people write on conversations: read marks, tags, notes, values and links.

use crate::{
    desk::{TRIES, Tenant, audit::entry, routing::route},
    error::Result,
    store::{
        AuditEntry, Change, Changes, Conversation, ConversationId, CustomerId, Direction, Key, LeadId, Page,
        PageRequest, StoreError, StoredMessage, Tag, TenantStoreExt,
    },
    time::Timestamp,
};
use serde_json::{Value, json};

/// What a note is called in the audit trail.
const NOTE: &str = "conversation.note";

impl Tenant {
    /// Notes that somebody has seen all messages of a conversation. One that comes meanwhile stays unread.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn mark_read(&self, id: &ConversationId) -> Result<()> {
        let seen = self.conversation(id).await?;
        let mut found = seen.clone();
        let mut tries = 0;
        // Fewer than were seen: somebody else has marked them.
        while found.unread >= seen.unread && seen.unread > 0 {
            tries += 1;
            found.unread -= seen.unread;
            match self.store.apply(Changes::at(self.desk.now()).update(found)).await {
                Ok(_) => break,
                Err(StoreError::Conflict(_)) if tries < TRIES => found = self.conversation(id).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// [Marks](Self::mark_read) a conversation read, and has Meta show the customer that it was.
    ///
    /// # Errors
    /// Those of [`mark_read`](Self::mark_read), and whatever the request to Meta fails with; the conversation is marked all the
    /// same.
    pub async fn mark_read_and_tell(&self, id: &ConversationId) -> Result<()> {
        self.mark_read(id).await?;
        let number = self.conversation(id).await?.number;
        let newest = self.store.messages(id, PageRequest::newest(PageRequest::MAX_LIMIT)).await?.items;
        let heard = |message: &StoredMessage| message.direction == Direction::Inbound;
        // Meta marks those before it, too.
        if let Some(wamid) = newest.into_iter().find(heard).and_then(|message| message.wamid) {
            self.desk.client(&self.id, &number).await?.phone(&number).mark_read(wamid).await?;
        }
        Ok(())
    }

    /// Puts a word on a conversation. One that is there stays.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn tag(&self, id: &ConversationId, word: impl Into<String>, actor: &str) -> Result<()> {
        let word = word.into();
        let mut tries = 0;
        loop {
            tries += 1;
            let found = self.conversation(id).await?;
            if self.store.get(Key::Tag(id.clone(), word.clone())).await?.is_some() {
                return Ok(());
            }
            let now = self.desk.now();
            let told = entry(id, actor, "conversation.tagged", &json!({ "tag": word }), now);
            // With the conversation: one whose person is being erased gets no words any more.
            let changes = Changes::at(now).update(found).insert(Tag::new(id, word.clone(), now)).insert(told);
            match self.store.apply(changes).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(drop)?),
            }
        }
    }

    /// Takes a word off a conversation, if it is there.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn untag(&self, id: &ConversationId, word: impl Into<String>, actor: &str) -> Result<()> {
        let word = word.into();
        let now = self.desk.now();
        let told = entry(id, actor, "conversation.untagged", &json!({ "tag": word }), now);
        let tag = Change::Delete(Key::Tag(id.clone(), word), 1);
        match self.store.apply(Changes::at(now).with(tag).insert(told)).await {
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The words on a conversation.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn tags(&self, id: &ConversationId, page: PageRequest) -> Result<Page<Tag>> {
        Ok(self.store.tags(id, page).await?)
    }

    /// Writes a note on a conversation, for colleagues: the customer does not see it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn note(&self, id: &ConversationId, text: &str, actor: &str) -> Result<()> {
        // A person who is being erased gets no notes any more.
        self.change(id, |_| Some(entry(id, actor, NOTE, &json!({ "text": text }), self.desk.now()))).await
    }

    /// The notes on a conversation. A page may hold fewer than asked for and still have a successor.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn notes(&self, id: &ConversationId, page: PageRequest) -> Result<Page<Note>> {
        let page = self.audit_of(id, page).await?;
        Ok(Page::new(page.items.into_iter().filter_map(Note::read).collect(), page.next))
    }

    /// Remembers a value with a conversation under a name, or forgets it. One that nobody has is routed again.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn set_context(
        &self,
        id: &ConversationId,
        name: &str,
        value: Option<&str>,
        actor: &str,
    ) -> Result<()> {
        self.change(id, |conversation| {
            let before = match value {
                Some(value) => conversation.context.insert(name.to_owned(), value.to_owned()),
                None => conversation.context.remove(name),
            };
            let detail = json!({ "name": name, "from": before, "to": value });
            (before.as_deref() != value)
                .then(|| entry(id, actor, "conversation.context", &detail, self.desk.now()))
        })
        .await
    }

    /// Says which customer of the host the contact of a conversation is; `None` for none. One that nobody has is routed again.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn link_customer(
        &self,
        id: &ConversationId,
        customer: Option<CustomerId>,
        actor: &str,
    ) -> Result<()> {
        self.change(id, |conversation| {
            let detail = json!({ "from": conversation.customer, "to": customer });
            let is_new = conversation.customer != customer;
            conversation.customer.clone_from(&customer);
            is_new.then(|| entry(id, actor, "conversation.customer", &detail, self.desk.now()))
        })
        .await
    }

    /// Says which lead of the host a conversation is about; `None` for none. One that nobody has is routed again.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn link_lead(&self, id: &ConversationId, lead: Option<LeadId>, actor: &str) -> Result<()> {
        self.change(id, |conversation| {
            let detail = json!({ "from": conversation.lead, "to": lead });
            let is_new = conversation.lead != lead;
            conversation.lead.clone_from(&lead);
            is_new.then(|| entry(id, actor, "conversation.lead", &detail, self.desk.now()))
        })
        .await
    }

    /// Changes a conversation and writes the entry that tells of it, unless `change` gives none. Who waits is routed by what is
    /// known now.
    async fn change(
        &self,
        id: &ConversationId,
        change: impl Fn(&mut Conversation) -> Option<AuditEntry>,
    ) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let found = self.conversation(id).await?;
            let mut conversation = found.clone();
            let Some(told) = change(&mut conversation) else { return Ok(()) };
            let mut changes = Changes::at(self.desk.now()).update(conversation.clone()).insert(told);
            if conversation != found {
                changes = route(self, &conversation, changes);
            }
            match self.store.apply(changes).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(|_| ())?),
            }
        }
    }
}

/// What an agent wrote on a conversation, for colleagues.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
}

crate::wire::quiet_debug!(Note { at, author });

impl Note {
    fn read(entry: AuditEntry) -> Option<Self> {
        if entry.action != NOTE {
            return None;
        }
        let detail: Value = serde_json::from_str(&entry.detail).ok()?;
        let text = detail.get("text")?.as_str()?.to_owned();
        Some(Self { at: entry.at, author: entry.actor, text })
    }
}
