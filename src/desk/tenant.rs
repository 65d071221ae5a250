//! The desk of one tenant.

use crate::{
    desk::{Desk, EnqueueCall, Entry, SendCall, TRIES},
    error::{Error, ErrorKind, Result},
    id::{AccountId, PhoneNumberId, TenantId},
    message::{Content, Message},
    recipient::Recipient,
    store::{
        self, Applied, Changes, Contact, ContactId, Conversation, ConversationId, IdentityConflict, Key,
        Lease, Outcome, Page, PageRequest, Query, StoreError, StoredMessage, StoredMessageId, TenantStore,
        TenantStoreExt,
        ext::{many, one},
    },
};
use std::{fmt, sync::Arc};

/// What one tenant can do.
#[derive(Clone)]
pub struct Tenant {
    pub(super) desk: Desk,
    pub(super) id: TenantId,
    pub(super) store: Arc<dyn TenantStore>,
}

impl Tenant {
    /// The tenant's id.
    #[must_use]
    pub fn id(&self) -> &TenantId {
        &self.id
    }

    /// Adds the tenant, or gives it another name.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn register(&self, name: impl Into<String>) -> Result<()> {
        let name = name.into();
        let mut tries = 0;
        loop {
            tries += 1;
            let now = self.desk.now();
            let known = one::<store::Tenant, _>(&*self.store, Key::Tenant).await?;
            let change = match known {
                Some(tenant) if tenant.name == name => return Ok(()),
                Some(tenant) => Changes::at(now).update(store::Tenant { name: name.clone(), ..tenant }),
                None => Changes::at(now).insert(store::Tenant::new(&self.id, &name, now)),
            };
            match self.store.apply(change).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(|_| ())?),
            }
        }
    }

    /// Makes a business phone number this tenant's own: what it receives is kept here, and it may send.
    ///
    /// # Errors
    /// [`ErrorKind::Store`] when another tenant owns the number ([`StoreError::NotUnique`] as source).
    pub async fn bind(&self, number: impl Into<PhoneNumberId>, account: impl Into<AccountId>) -> Result<()> {
        match self.desk.store().bind(&number.into(), &account.into(), &self.id).await {
            // No race that another try could win: the owner stays.
            Err(owned @ StoreError::NotUnique(_)) => {
                Err(Error::with_source(ErrorKind::Store { retryable: false }, owned))
            }
            other => Ok(other?),
        }
    }

    /// Sends `content` from our `number` to a person, recorded before it is made.
    ///
    /// `.await` gives a [`Receipt`](crate::desk::Receipt) whatever Meta said: a refusal is a recorded state, too. A send
    /// that Meta did not take for a passing reason stays queued, and a worker ([`Desk::run`]) tries it again. While messages
    /// to the same person wait or are under way, this one is queued behind them. Phone numbers begin with `+` and a country
    /// code: without them it is not known who the person is.
    ///
    /// A file that the content holds as an [`Upload`](crate::message::Upload) is uploaded first, so that what is recorded can
    /// be sent again without it.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with every broken limit, [`ErrorKind::NotFound`] for a number that is not this tenant's, and
    /// whatever an upload fails with. [`ErrorKind::WindowClosed`] for what is no template when the person has not written for 24
    /// hours, and [`ErrorKind::NotAllowed`] when they do not want it; see [`DeskBuilder`](crate::desk::DeskBuilder) for both
    /// rules. Nothing is recorded or sent then. [`ErrorKind::Store`] when it could not be recorded; nothing is sent then.
    pub fn send(
        &self,
        number: impl Into<PhoneNumberId>,
        to: impl Into<Recipient>,
        content: impl Into<Content>,
    ) -> SendCall {
        SendCall::new(self.clone(), number.into(), Message::new(to, content))
    }

    /// Records `content` to be sent from our `number` to a person, and answers once that is durable: a worker
    /// ([`Desk::run`]) sends it.
    ///
    /// Messages to one person go out in the order in which they were enqueued, each when the one before it is settled.
    ///
    /// # Errors
    /// Those of [`send`](Self::send); nothing is recorded then.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> whatsapp_business::Result<()> {
    /// # use whatsapp_business::{Desk, store::MemoryStore};
    /// # let desk = Desk::builder(MemoryStore::default()).build();
    /// # let acme = desk.tenant("acme"); acme.bind("106540352242922", "102290129340398").await?;
    /// use whatsapp_business::{desk::Priority, message::Template, store::SendState};
    /// let receipt = acme
    ///     .enqueue("106540352242922", "+14155552671", Template::new("panels_ship", "en_US"))
    ///     .idempotency_key("order-7 ships")
    ///     .priority(Priority::High)
    ///     .await?;
    /// assert_eq!(receipt.sending.state, SendState::Queued);
    /// # Ok(()) }
    /// ```
    pub fn enqueue(
        &self,
        number: impl Into<PhoneNumberId>,
        to: impl Into<Recipient>,
        content: impl Into<Content>,
    ) -> EnqueueCall {
        EnqueueCall::new(self.clone(), number.into(), Message::new(to, content))
    }

    /// The conversations.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn conversations(&self, page: PageRequest) -> Result<Page<Conversation>> {
        Ok(self.store.conversations(page).await?)
    }

    /// A contact.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::Store`].
    pub async fn contact(&self, id: &ContactId) -> Result<Contact> {
        self.store.contact(id).await?.ok_or_else(|| not_found("contact"))
    }

    /// The messages of a conversation, each with what is known of its way.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn history(&self, conversation: &ConversationId, page: PageRequest) -> Result<Page<Entry>> {
        let page = self.store.messages(conversation, page).await?;
        let mut entries = Vec::with_capacity(page.items.len());
        for message in page.items {
            entries.push(self.entry(message).await?);
        }
        Ok(Page::new(entries, page.next))
    }

    /// One message, with what is known of its way.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::Store`].
    pub async fn message(&self, id: &StoredMessageId) -> Result<Entry> {
        let message = self.store.message(id).await?.ok_or_else(|| not_found("message"))?;
        self.entry(message).await
    }

    /// The signs that two contacts may be one person, for somebody to compare them: nothing is merged by itself.
    ///
    /// # Errors
    /// [`ErrorKind::Store`].
    pub async fn identity_conflicts(&self, page: PageRequest) -> Result<Page<IdentityConflict>> {
        Ok(self.store.identity_conflicts(page).await?)
    }

    /// Ends a lease of the store; see [`Store::finish`](store::Store::finish). Every job ends by this, so that the workers
    /// of this process know what comes next.
    pub(super) async fn finish(
        &self,
        lease: &Lease,
        outcome: Outcome,
        changes: Changes,
    ) -> store::Result<Applied> {
        let applied = self.desk.store().finish(lease, outcome.clone(), changes).await?;
        match outcome {
            Outcome::Again(due) | Outcome::Left(due) => self.desk.0.alarm.set(due),
            // The next of its group can be claimed.
            Outcome::Done => self.desk.0.alarm.ring(),
        }
        Ok(applied)
    }

    pub(super) async fn entry(&self, message: StoredMessage) -> Result<Entry> {
        let (mut progress, mut failures) = (None, Vec::new());
        if let (Some(wamid), Some(_)) = (&message.wamid, &message.sending) {
            progress = self.store.progress(wamid).await?;
            if progress.as_ref().is_some_and(|progress| progress.failed_at.is_some()) {
                let all = PageRequest::oldest(PageRequest::MAX_LIMIT);
                failures = many(&*self.store, Query::Failures(wamid.clone()), all).await?.items;
            }
        }
        Ok(Entry { message, progress, failures })
    }
}

pub(super) fn not_found(what: &str) -> Error {
    Error::new(ErrorKind::NotFound(format!("there is no such {what}")))
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant").field("id", &self.id).finish_non_exhaustive()
    }
}
