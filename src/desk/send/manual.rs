//! Sends that a person stops or tries again.

use crate::{
    desk::{
        TRIES, Tenant,
        send::{
            Receipt,
            order::{Order, copy_id},
            revisit::line_up,
        },
        tenant::not_found,
    },
    error::Result,
    id::PhoneNumberId,
    store::{
        Changes, ConversationTime, SendState, Sending, StoreError, StoredMessage, StoredMessageId,
        TenantStoreExt,
    },
    time::Timestamp,
};

impl Tenant {
    /// Stops a message that still waits; its receipt tells whether that was in time.
    ///
    /// One that is under way, that Meta took or that was refused stays as it is. The place of one that was stopped is given up
    /// when its turn comes: others to the same person wait until then, and if somebody [retries](Self::retry) it before, it is
    /// sent as its sender wished.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn cancel(&self, id: &StoredMessageId) -> Result<Receipt> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (mut message, sending) = self.sent(id).await?;
            if sending.state != SendState::Queued {
                return Ok(message.into());
            }
            message.sending = Some(Sending { state: SendState::Cancelled, ..sending });
            match self.store.apply(Changes::at(self.desk.now()).update(message.clone())).await {
                Ok(_) => return Ok(message.into()),
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends a message once more that was refused, stopped, given up or of unknown outcome, and gives its receipt.
    ///
    /// It waits for a worker, behind others to the same person. One that waits, is under way, was written in the app or was not
    /// reported as failed stays as it is.
    ///
    /// If Meta took it and then reported that it failed, a new message with the same content is enqueued instead, which has an
    /// id of its own: what is known of the first stays. There is one such message, however often and from wherever this is
    /// called: its receipt as it is now comes back. When it fails as well, call this with its id.
    ///
    /// A message of unknown outcome may reach the person twice. What its sender wanted to be done when the outcome stays unknown
    /// ([`resend_after`](crate::desk::SendCall::resend_after) and the like) was for the attempts before: from now on it is for
    /// whoever calls this.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn retry(&self, id: &StoredMessageId) -> Result<Receipt> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (mut message, sending) = self.sent(id).await?;
            let now = self.desk.now();
            let mut tried = 0;
            let changes = match &sending.state {
                SendState::Rejected
                | SendState::OutcomeUnknown
                | SendState::GivenUp
                | SendState::Cancelled => {
                    tried = sending.attempts;
                    let attempted_at = sending.attempted_at;
                    message.sending = Some(Sending { attempts: tried, attempted_at, ..Sending::queued() });
                    Changes::at(now).update(message.clone())
                }
                // What was written in the app is no message of ours to send.
                SendState::Accepted if sending.attempts > 0 && self.has_failed(&message).await? => {
                    let id = copy_id(&self.id, &message.id);
                    if let Some(known) = self.store.message(&id).await? {
                        return Ok(known.into());
                    }
                    message = copy(id, &message, now);
                    Changes::at(now).insert(message.clone()).latest(
                        &message.conversation,
                        ConversationTime::LastMessage,
                        now,
                    )
                }
                _ => return Ok(message.into()),
            };
            let order = Order { tried, ..Order::new(message.id.clone()) };
            let changes = line_up(self, &order, &message, changes).await?;
            match self.store.apply(changes).await {
                Ok(_) => return Ok(message.into()),
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Until when sends of this tenant are stopped, as Meta refuses its token, or all that one of its numbers sends: then one
    /// of them tries again. `None` when none are, as far as this process knows.
    #[must_use]
    pub fn sends_stopped_until(&self) -> Option<Timestamp> {
        self.desk.0.holds.stopped(&self.id)
    }

    /// Lets this process try the tenant's sends at once: there is a new token, or the number is free again.
    pub fn resume_sends(&self) {
        self.desk.0.holds.lift(&self.id);
        self.desk.0.alarm.ring();
    }

    /// Sets how many messages a second one of our numbers sends: [`Desk::THROUGHPUT_HIGH`] or
    /// [`Desk::THROUGHPUT_COEXISTENCE`], or fewer to leave room for what it receives, which counts as well.
    ///
    /// It is kept, and holds in all processes within half a second. When Meta still finds the number too fast (130429), it
    /// sends at 0.7 times its rate for a while. To one person it never sends more than 45 messages at once and one every six
    /// seconds after that.
    ///
    /// [`Desk::THROUGHPUT_HIGH`]: crate::Desk::THROUGHPUT_HIGH
    /// [`Desk::THROUGHPUT_COEXISTENCE`]: crate::Desk::THROUGHPUT_COEXISTENCE
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn set_throughput(&self, number: impl Into<PhoneNumberId>, per_second: u32) -> Result<()> {
        Ok(self.desk.0.lanes.number(self, &number.into()).limit(self, per_second).await?)
    }

    /// A message that was or is to be sent.
    async fn sent(&self, id: &StoredMessageId) -> Result<(StoredMessage, Sending)> {
        let message = self.store.message(id).await?.ok_or_else(|| not_found("message"))?;
        let sending = message.sending.clone().ok_or_else(|| not_found("message that was sent"))?;
        Ok((message, sending))
    }

    async fn has_failed(&self, message: &StoredMessage) -> Result<bool> {
        let Some(wamid) = &message.wamid else { return Ok(false) };
        let progress = self.store.progress(wamid).await?;
        Ok(progress.is_some_and(|progress| progress.failed_at.is_some()))
    }
}

/// A new message that says the same.
fn copy(id: StoredMessageId, message: &StoredMessage, now: Timestamp) -> StoredMessage {
    StoredMessage {
        id,
        wamid: None,
        at: now,
        sending: Some(Sending::queued()),
        version: 0,
        ..message.clone()
    }
}
