//! Sends that are recorded before they are made.
//!
//! ```text
//! queued ──> submitting(attempt) ──> accepted         Meta took it; statuses tell the rest
//!   ^             │  │  └──────────> rejected         refused for good
//!   └─────────────┘  └─────────────> outcome unknown  the answer was lost; a status webhook settles it
//!    surely not taken, try later
//! ```
//!
//! `submitting` is durable before the first byte leaves, and each attempt carries its id to Meta as tracking data. So a
//! process that dies leaves either a message that was surely not sent, or one whose outcome the webhook tells.

mod attempt;
mod record;
mod retry;

pub(super) use attempt::resume;

pub(super) use record::identities;

use self::{
    attempt::attempt,
    record::{admit, record, upload},
};
use crate::{
    client::CallFuture,
    desk::{Tenant, detached},
    error::{Error, Result},
    id::{MessageId, PhoneNumberId},
    message::Message,
    store::{ConversationId, SendState, Sending, StoredMessage, StoredMessageId},
};
use std::future::IntoFuture;

/// A tracked send about to be made; `.await` records and makes it.
///
/// Dropping the future after it was polled does not stop the send: what was begun is brought to its end.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct SendCall {
    tenant: Tenant,
    number: PhoneNumberId,
    message: Message,
}

impl SendCall {
    pub(super) fn new(tenant: Tenant, number: PhoneNumberId, message: Message) -> Self {
        Self { tenant, number, message }
    }

    /// Quotes a message of the conversation.
    pub fn reply_to(mut self, id: impl Into<MessageId>) -> Self {
        self.message = self.message.reply_to(id);
        self
    }
}

impl IntoFuture for SendCall {
    type Output = Result<Receipt>;
    type IntoFuture = CallFuture<Receipt>;

    fn into_future(mut self) -> CallFuture<Receipt> {
        Box::pin(detached(async move {
            self.message.validate()?;
            let identities = admit(&self.tenant, &self.number, &self.message).await?;
            upload(&self.tenant, &self.number, &mut self.message).await?;
            let (stored, lease) = record(&self.tenant, &self.number, &self.message, &identities).await?;
            match attempt(&self.tenant, &self.number, &stored, lease).await {
                // Meta may have it: an error would invite the caller to send it once more.
                Err(error) => Ok(unrecorded(stored, &error)),
                receipt => receipt,
            }
        }))
    }
}

/// What became of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Our id of the message.
    pub id: StoredMessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Meta's id of it, once Meta took it.
    pub wamid: Option<MessageId>,
    /// How far the sending got, and why not further.
    pub sending: Sending,
}

impl From<StoredMessage> for Receipt {
    fn from(message: StoredMessage) -> Self {
        let sending = message.sending.unwrap_or_else(Sending::queued);
        Self { id: message.id, conversation: message.conversation, wamid: message.wamid, sending }
    }
}

/// The receipt of an attempt of which the store does not know the outcome; its status webhook will tell.
fn unrecorded(mut stored: StoredMessage, error: &Error) -> Receipt {
    tracing::error!(message = %stored.id, %error, "the outcome of a send could not be recorded");
    if let Some(sending) = &mut stored.sending {
        sending.state = SendState::OutcomeUnknown;
        sending.error = Some(format!("the outcome could not be recorded: {error}"));
    }
    stored.into()
}

/// What an attempt is called in the tracking data that Meta gives back with each status.
pub(super) fn attempt_id(message: &StoredMessageId, attempt: u32) -> String {
    format!("{message}.{attempt}")
}

/// The message that tracking data names, if it is ours: one of [`new_id`]'s and an attempt.
pub(super) fn message_of(callback_data: &str) -> Option<StoredMessageId> {
    let (message, attempt) = callback_data.rsplit_once('.')?;
    let is_ours =
        message.len() == 32 && message.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_ours && attempt.parse::<u32>().is_ok()).then(|| message.into())
}

#[cfg(test)]
mod tests {
    use super::{attempt_id, message_of};

    #[test]
    fn tracking_data_names_its_message() {
        let id = crate::desk::new_id().into();
        assert_eq!(message_of(&attempt_id(&id, 3)), Some(id));
        for foreign in ["", "order 7", "order.7", "a.b", ".", "a.", "0190a5c00190a5c00190a5c00190a5c0"] {
            assert_eq!(message_of(foreign), None, "{foreign}");
        }
    }
}
