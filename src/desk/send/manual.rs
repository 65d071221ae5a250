//! Sends that a person stops or tries again.

use crate::{
    desk::{
        TRIES, Tenant, new_id,
        send::{Receipt, order::Order, revisit::line_up},
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
    /// One that is under way, that Meta took or that was refused stays as it is.
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
    /// It waits for a worker, behind others to the same person. If Meta took it and then reported that it failed, a new
    /// message with the same content is enqueued instead, which has an id of its own: what is known of the first stays. One
    /// that waits, is under way or was not reported as failed stays as it is.
    ///
    /// A message of unknown outcome may reach the person twice.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn retry(&self, id: &StoredMessageId) -> Result<Receipt> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (mut message, sending) = self.sent(id).await?;
            let now = self.desk.now();
            let changes = match &sending.state {
                SendState::Rejected
                | SendState::OutcomeUnknown
                | SendState::GivenUp
                | SendState::Cancelled => {
                    message.sending = Some(Sending { state: SendState::Queued, ..sending });
                    Changes::at(now).update(message.clone())
                }
                SendState::Accepted if self.has_failed(&message).await? => {
                    message = copy(&message, now);
                    Changes::at(now).insert(message.clone()).latest(
                        &message.conversation,
                        ConversationTime::LastMessage,
                        now,
                    )
                }
                _ => return Ok(message.into()),
            };
            let order = Order::new(message.id.clone());
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
fn copy(message: &StoredMessage, now: Timestamp) -> StoredMessage {
    StoredMessage {
        id: new_id().into(),
        wamid: None,
        at: now,
        sending: Some(Sending::queued()),
        version: 0,
        ..message.clone()
    }
}
