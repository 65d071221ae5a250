//! A message as kept, how its sending goes and how far it got.

use crate::{
    id::{MessageId, id},
    open::open_enum,
    store::{ConversationId, Fact},
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

id!(
    /// Our id of a message, there before Meta gives its own.
    StoredMessageId
);

open_enum! {
    /// Which way a message went.
    pub enum Direction {
        /// From the customer to us.
        Inbound = "inbound",
        /// From us to the customer.
        Outbound = "outbound",
    }
}

/// A message as kept, in or out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredMessage {
    /// Our id.
    pub id: StoredMessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Which way it went.
    pub direction: Direction,
    /// Meta's id; no two messages of a tenant share one. An outbound message has it once Meta accepted it.
    pub wamid: Option<MessageId>,
    /// Its place in the history.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// What it is: `text`, `image`, `interactive` … as Meta spells it.
    pub kind: String,
    /// What a person reads of it; `None` when it holds no text.
    pub text: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Its JSON, as sent or as received, byte for byte.
    #[serde(with = "crate::wire::bytes")]
    pub body: Vec<u8>,
    /// How sending it goes; `None` for what was received.
    pub sending: Option<Sending>,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(StoredMessage { id, conversation, direction, wamid, at, kind, sending, version });

impl StoredMessage {
    /// A message of `kind` with its JSON.
    #[must_use]
    pub fn new(
        id: impl Into<StoredMessageId>,
        conversation: impl Into<ConversationId>,
        direction: Direction,
        at: Timestamp,
        kind: impl Into<String>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            id: id.into(),
            conversation: conversation.into(),
            direction,
            wamid: None,
            at,
            kind: kind.into(),
            text: None,
            reply_to: None,
            body: body.into(),
            sending: None,
            version: 0,
        }
    }
}

open_enum! {
    /// How far the sending of a message got on our side. What happens after Meta took it is told by [`Progress`].
    pub enum SendState {
        /// Recorded; no attempt is under way.
        Queued = "queued",
        /// An attempt is under way, or was when the process died.
        Submitting = "submitting",
        /// Meta took it.
        Accepted = "accepted",
        /// Meta or our own checks refused it for good.
        Rejected = "rejected",
        /// The answer was lost: it may have been sent. A status webhook settles it.
        OutcomeUnknown = "unknown",
        /// Its outcome stayed unknown for as long as its sender wanted to wait. A status webhook that is late still settles it.
        GivenUp = "given_up",
        /// It was stopped before it was sent.
        Cancelled = "cancelled",
    }
}

/// The sending of one outbound message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sending {
    /// How far it got.
    pub state: SendState,
    /// How many attempts were begun. Attempt `n` of message `m` is told to Meta as tracking data, and comes back in
    /// each status.
    pub attempts: u32,
    /// Meta's code of the last refusal.
    pub error_code: Option<i64>,
    /// The last failure, in words for a person.
    pub error: Option<String>,
    /// When the last attempt was begun.
    #[serde(default, with = "crate::time::millis::option")]
    pub attempted_at: Option<Timestamp>,
}

impl Sending {
    /// A message that waits for its first attempt.
    #[must_use]
    pub fn queued() -> Self {
        Self { state: SendState::Queued, attempts: 0, error_code: None, error: None, attempted_at: None }
    }
}

/// When each fact about a sent message was first true. Statuses arrive late, twice and in any order; the earliest time of
/// each is kept, so the order does not matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Progress {
    /// Meta's id of the message.
    pub message: MessageId,
    /// When Meta took it.
    #[serde(default, with = "crate::time::millis::option")]
    pub accepted_at: Option<Timestamp>,
    /// When it left Meta.
    #[serde(default, with = "crate::time::millis::option")]
    pub sent_at: Option<Timestamp>,
    /// When it reached the customer's device.
    #[serde(default, with = "crate::time::millis::option")]
    pub delivered_at: Option<Timestamp>,
    /// When the customer saw it.
    #[serde(default, with = "crate::time::millis::option")]
    pub read_at: Option<Timestamp>,
    /// When the customer listened to it.
    #[serde(default, with = "crate::time::millis::option")]
    pub played_at: Option<Timestamp>,
    /// When it failed.
    #[serde(default, with = "crate::time::millis::option")]
    pub failed_at: Option<Timestamp>,
}

impl Progress {
    /// Nothing known yet.
    #[must_use]
    pub fn new(message: impl Into<MessageId>) -> Self {
        Self {
            message: message.into(),
            accepted_at: None,
            sent_at: None,
            delivered_at: None,
            read_at: None,
            played_at: None,
            failed_at: None,
        }
    }

    /// When `fact` was first true.
    #[must_use]
    pub fn when(&self, fact: Fact) -> Option<Timestamp> {
        match fact {
            Fact::Accepted => self.accepted_at,
            Fact::Sent => self.sent_at,
            Fact::Delivered => self.delivered_at,
            Fact::Read => self.read_at,
            Fact::Played => self.played_at,
            Fact::Failed => self.failed_at,
        }
    }

    /// Notes that `fact` was true at `at`, keeping an earlier time.
    pub fn note(&mut self, fact: Fact, at: Timestamp) {
        let time = match fact {
            Fact::Accepted => &mut self.accepted_at,
            Fact::Sent => &mut self.sent_at,
            Fact::Delivered => &mut self.delivered_at,
            Fact::Read => &mut self.read_at,
            Fact::Played => &mut self.played_at,
            Fact::Failed => &mut self.failed_at,
        };
        *time = Some(time.map_or(at, |known| known.min(at)));
    }

    /// The earliest time noted.
    pub(super) fn first(&self) -> Timestamp {
        Fact::ALL.iter().filter_map(|fact| self.when(*fact)).min().unwrap_or(Timestamp::from_millis(0))
    }
}

/// A reason Meta gave for a message that failed. Reasons add up; none replaces another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeliveryFailure {
    /// Meta's id of the message.
    pub message: MessageId,
    /// When it failed.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// Meta's code.
    pub code: i64,
    /// Meta's short title of the code.
    pub title: String,
}

// Meta's words may repeat what was sent.
quiet_debug!(DeliveryFailure { message, at, code });

impl DeliveryFailure {
    /// A reason.
    #[must_use]
    pub fn new(message: impl Into<MessageId>, at: Timestamp, code: i64, title: impl Into<String>) -> Self {
        Self { message: message.into(), at, code, title: title.into() }
    }
}
