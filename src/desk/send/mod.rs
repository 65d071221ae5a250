//! Sends that are recorded before they are made.
//!
//! ```text
//!   ┌─────────────────────────────────┐ surely not taken, try later
//!   v                                 │
//! queued ──> submitting(attempt) ─────┤──> accepted   Meta took it; statuses tell the rest
//!   │ ^                               ├──> rejected   refused for good
//!   │ └── by the sender's wish ──┐    └──> unknown    the answer was lost; a status webhook settles it
//!   v                            └────────────┤
//! cancelled                                   └──> given up
//! ```
//!
//! `submitting` is durable before the first byte leaves, and each attempt carries its id to Meta as tracking data. So a
//! process that dies leaves either a message that was surely not sent, or one whose outcome the webhook tells.

mod attempt;
mod call;
mod hold;
mod lane;
mod manual;
mod order;
mod pace;
mod pair;
mod recent;
mod record;
mod retry;
mod revisit;

pub(super) use attempt::resume;
pub use call::{EnqueueCall, SendCall};
pub(super) use hold::Holds;
pub use hold::Stopped;
pub(super) use lane::{Lanes, forget};
pub use order::Priority;
pub(super) use retry::LADDER;
pub(super) use revisit::revisit;
pub use revisit::{Arbiter, Decision};

pub(super) use record::identities;

use crate::{
    id::MessageId,
    store::{ConversationId, Sending, StoredMessage, StoredMessageId},
};

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

/// What an attempt is called in the tracking data that Meta gives back with each status.
pub(super) fn attempt_id(message: &StoredMessageId, attempt: u32) -> String {
    format!("{message}.{attempt}")
}

/// The message that tracking data names, if it is ours: an id of 32 hexadecimal digits and an attempt.
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
