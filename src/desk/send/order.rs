//! What the sender wants beside the message itself.

use crate::{
    id::{PhoneNumberId, TenantId},
    secret::hex,
    store::{Change, ContactId, ConversationId, Job, JobKind, SendState, StoredMessageId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// Which of several messages that wait goes first. Those to one person keep their order.
///
/// It is a head start: a message of high priority goes before one of low priority that was enqueued up to an hour before it.
/// So nothing waits for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Priority {
    /// What may wait, such as a campaign.
    Low,
    /// Neither.
    #[default]
    Normal,
    /// What somebody waits for, such as a code to log in.
    High,
}

impl Priority {
    /// By how much a message is taken for older than it is.
    fn head_start(self) -> Duration {
        match self {
            Self::Low => Duration::ZERO,
            Self::Normal => Duration::from_secs(30 * 60),
            Self::High => Duration::from_secs(60 * 60),
        }
    }
}

/// What is done about a send whose outcome stays unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WhenUnknown {
    /// Nothing: at most one message reaches the person.
    #[default]
    Wait,
    ResendAfter(u64),
    GiveUpAfter(u64),
    AskAfter(u64),
}

impl WhenUnknown {
    pub(super) fn resend_after(wait: Duration) -> Self {
        Self::ResendAfter(wait.as_secs())
    }

    pub(super) fn give_up_after(wait: Duration) -> Self {
        Self::GiveUpAfter(wait.as_secs())
    }

    pub(super) fn ask_after(wait: Duration) -> Self {
        Self::AskAfter(wait.as_secs())
    }

    fn wait(self) -> Option<Duration> {
        match self {
            Self::Wait => None,
            Self::ResendAfter(seconds) | Self::GiveUpAfter(seconds) | Self::AskAfter(seconds) => {
                Some(Duration::from_secs(seconds))
            }
        }
    }
}

/// What a job to send says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) message: StoredMessageId,
    /// Where the message was recorded, so that both are read at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) conversation: Option<ConversationId>,
    #[serde(default)]
    pub(super) priority: Priority,
    #[serde(default)]
    pub(super) when_unknown: WhenUnknown,
    /// From when on it is not sent any more.
    #[serde(default, with = "crate::time::millis::option", skip_serializing_if = "Option::is_none")]
    pub(super) not_after: Option<Timestamp>,
    /// Whether others may have gone to the person shortly before it, by which it is paced; see
    /// [`pair`](super::recent::pair).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) follows: bool,
    /// How many attempts were made before a person had it tried again: the waits between attempts begin anew after them.
    #[serde(default)]
    pub(super) tried: u32,
    /// The attempt whose outcome is unknown, or was when the message was lined up again. None when all attempts surely failed.
    #[serde(default)]
    pub(super) attempt: Option<u32>,
}

impl Order {
    /// An order to send a message, without any wishes.
    pub(super) fn new(message: StoredMessageId) -> Self {
        Self {
            message,
            conversation: None,
            priority: Priority::Normal,
            when_unknown: WhenUnknown::Wait,
            not_after: None,
            follows: false,
            tried: 0,
            attempt: None,
        }
    }

    /// The order that a job carries; `None` when it is none.
    pub(super) fn of(job: &Job) -> Option<Self> {
        serde_json::from_str(&job.payload).ok()
    }

    /// Whether it is too late to send the message.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.not_after.is_some_and(|end| now >= end)
    }

    /// How a message ends that is not sent any more: `surely` was for one that cannot have reached the person, but after an
    /// attempt of unknown outcome it may have.
    pub(super) fn ended(&self, surely: SendState) -> SendState {
        if self.attempt.is_some() { SendState::GivenUp } else { surely }
    }

    /// When to look at the message again that could be sent at `due`: not later than it may be sent.
    pub(super) fn again(&self, due: Timestamp) -> Timestamp {
        self.not_after.map_or(due, |end| due.min(end))
    }

    /// A job to send the message now, behind the others to the same person.
    pub(super) fn send(&self, group: String, now: Timestamp) -> Job {
        self.job(JobKind::Send, group, now - self.priority.head_start())
    }

    /// A job to look at the message at `due`. It holds up no other.
    pub(super) fn revisit(&self, due: Timestamp) -> Change {
        Change::Enqueue(self.job(JobKind::Revisit, format!("message:{}", self.message), due), None)
    }

    /// What is to be done as the outcome of an attempt is unknown from `now` on.
    pub(super) fn follow_up(&self, attempt: u32, now: Timestamp) -> Option<Change> {
        let order = Self { attempt: Some(attempt), ..self.clone() };
        self.when_unknown.wait().map(|wait| order.revisit(now + wait))
    }

    /// The order to send the message once more, whose outcome stayed unknown. There is no third one, unless who wants to be
    /// asked says so again.
    pub(super) fn once_more(&self) -> Self {
        let when_unknown = match self.when_unknown {
            WhenUnknown::AskAfter(_) => self.when_unknown,
            _ => WhenUnknown::Wait,
        };
        Self { when_unknown, ..self.clone() }
    }

    fn job(&self, kind: JobKind, group: String, due: Timestamp) -> Job {
        let payload = serde_json::to_string(self).unwrap_or_default();
        Job::new(crate::desk::new_id(), kind, group, due).payload(payload)
    }
}

/// One person's messages from one number go out in order; other people's do not wait for them.
pub(super) fn group(number: &PhoneNumberId, contact: &ContactId) -> String {
    format!("send:{number}:{contact}")
}

/// The id of the message that a tenant sends under a key of its own: always the same, so that the store lets only one be.
pub(super) fn keyed_id(tenant: &TenantId, key: &str) -> StoredMessageId {
    let mut digest = Sha256::new();
    digest.update(b"message of ");
    // The length tells where the tenant ends and the key begins.
    digest.update(tenant.as_str().len().to_be_bytes());
    digest.update(tenant.as_str());
    digest.update(key);
    hex(digest.finalize().get(..16).unwrap_or_default()).into()
}

/// The id of the message that is sent instead of one that failed after Meta took it: always the same, like that of a key.
pub(super) fn copy_id(tenant: &TenantId, message: &StoredMessageId) -> StoredMessageId {
    keyed_id(tenant, &format!("\0instead of {message}"))
}

#[cfg(test)]
mod tests {
    use super::{Order, Priority, WhenUnknown, keyed_id};
    use crate::{
        desk::send::{attempt_id, message_of},
        store::{Job, JobKind},
        time::Timestamp,
    };
    use std::time::Duration;

    #[test]
    fn an_order_is_read_back_from_its_job() {
        for when_unknown in [WhenUnknown::Wait, WhenUnknown::resend_after(Duration::from_secs(600))] {
            let order = Order {
                message: "m".into(),
                conversation: Some("c".into()),
                priority: Priority::High,
                when_unknown,
                not_after: Some(Timestamp::from_seconds(9)),
                follows: true,
                tried: 1,
                attempt: Some(2),
            };
            assert_eq!(Order::of(&order.send("g".into(), Timestamp::from_seconds(0))), Some(order));
        }
        let bare =
            Job::new("j", JobKind::Send, "g", Timestamp::from_seconds(0)).payload(r#"{"message":"m"}"#);
        let order = Order::new("m".into());
        assert_eq!(Order::of(&bare), Some(order));
        assert_eq!(Order::of(&bare.payload("m")), None);
    }

    #[test]
    fn what_is_urgent_is_due_before_what_is_not_for_an_hour() {
        let now = Timestamp::from_seconds(1_700_000_000);
        let order = |priority| Order { priority, ..Order::new("m".into()) };
        let due = |priority, at| order(priority).send("g".into(), at).due;
        let soon = now + Duration::from_secs(59 * 60);
        assert!(due(Priority::High, soon) < due(Priority::Low, now));
        assert!(due(Priority::High, now) < due(Priority::Normal, now));
        assert!(due(Priority::Low, now) < due(Priority::High, now + Duration::from_secs(61 * 60)));
        assert!(due(Priority::Low, now) <= now, "all of them are due at once");
    }

    #[test]
    fn a_key_names_one_message_of_one_tenant() {
        let id = keyed_id(&"acme".into(), "order-7");
        assert_eq!(id, keyed_id(&"acme".into(), "order-7"));
        assert_ne!(id, keyed_id(&"acme".into(), "order-8"));
        assert_ne!(id, keyed_id(&"acm".into(), "eorder-7"));
        assert_eq!(message_of(&attempt_id(&id, 1)), Some(id), "statuses find it");
    }
}
