//! A message of a history, with what is known of its way.

use crate::store::{DeliveryFailure, Direction, Progress, SendState, StoredMessage};
use std::time::Duration;

/// A message of a conversation's history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The message.
    pub message: StoredMessage,
    /// When each thing happened to it; `None` for what was received, and for what Meta did not take yet.
    pub progress: Option<Progress>,
    /// Why it failed, if it did: every reason Meta gave.
    pub failures: Vec<DeliveryFailure>,
}

/// How far a message got, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Headline {
    /// It came from the customer.
    Received,
    /// It waits to be sent.
    Queued,
    /// It is being sent.
    Submitting,
    /// Whether it was sent is not known yet.
    Unknown,
    /// It was refused before it was sent.
    Rejected,
    /// It was stopped before it was sent.
    Cancelled,
    /// Meta took it.
    Accepted,
    /// It left Meta.
    Sent,
    /// It did not get through.
    Failed,
    /// It reached the customer's device.
    Delivered,
    /// The customer saw it.
    Read,
    /// The customer listened to it.
    Played,
}

/// Who wrote a message, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The customer.
    Customer,
    /// The business, through the desk.
    Desk,
    /// The business, elsewhere: in the WhatsApp Business app, or through another program.
    App,
}

/// How long a message took, counted from when it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryMetrics {
    /// Until it reached the customer's device.
    pub to_deliver: Option<Duration>,
    /// Until the customer saw it.
    pub to_read: Option<Duration>,
}

impl Entry {
    /// Who wrote the message, and where.
    #[must_use]
    pub fn origin(&self) -> Origin {
        match (&self.message.direction, &self.message.sending) {
            (Direction::Inbound, _) => Origin::Customer,
            // The desk never sends without an attempt.
            (_, Some(sending)) if sending.attempts == 0 && sending.state == SendState::Accepted => {
                Origin::App
            }
            _ => Origin::Desk,
        }
    }

    /// How far the message got: the furthest thing known, whatever the order in which it became known. A failure does
    /// not hide that a message was delivered or read.
    #[must_use]
    pub fn headline(&self) -> Headline {
        let Some(sending) = &self.message.sending else { return Headline::Received };
        if let Some(progress) = &self.progress {
            let furthest = [
                (progress.played_at, Headline::Played),
                (progress.read_at, Headline::Read),
                (progress.delivered_at, Headline::Delivered),
                (progress.failed_at, Headline::Failed),
                (progress.sent_at, Headline::Sent),
                (progress.accepted_at, Headline::Accepted),
            ];
            if let Some((_, headline)) = furthest.into_iter().find(|(at, _)| at.is_some()) {
                return headline;
            }
        }
        match sending.state {
            SendState::Submitting => Headline::Submitting,
            SendState::Accepted => Headline::Accepted,
            SendState::Rejected => Headline::Rejected,
            SendState::OutcomeUnknown | SendState::GivenUp => Headline::Unknown,
            SendState::Cancelled => Headline::Cancelled,
            SendState::Queued | SendState::Unknown(_) => Headline::Queued,
        }
    }

    /// How long the message took to be delivered and read.
    ///
    /// Meta tells its times in whole seconds, and may leave out `delivered` when the customer reads at once: then the time
    /// of reading stands for both. Counted from `sent`, or from `accepted` when Meta never told `sent`.
    #[must_use]
    pub fn metrics(&self) -> DeliveryMetrics {
        let Some(progress) = &self.progress else { return DeliveryMetrics::default() };
        let Some(begun) = progress.sent_at.or(progress.accepted_at) else {
            return DeliveryMetrics::default();
        };
        let read = [progress.read_at, progress.played_at].into_iter().flatten().min();
        let delivered = [progress.delivered_at, read].into_iter().flatten().min();
        DeliveryMetrics {
            to_deliver: delivered.map(|at| at.since(begun)),
            to_read: read.map(|at| at.since(begun)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Headline};
    use crate::{
        store::{Direction, Fact, Progress, SendState, Sending, StoredMessage},
        time::Timestamp,
    };
    use std::time::Duration;

    fn entry(state: SendState, facts: &[(Fact, i64)]) -> Entry {
        let at = Timestamp::from_seconds(0);
        let mut message = StoredMessage::new("m", "c", Direction::Outbound, at, "text", "{}");
        message.sending = Some(Sending { state, ..Sending::queued() });
        let mut progress = Progress::new("wamid.A");
        for (fact, seconds) in facts {
            progress.note(*fact, Timestamp::from_seconds(*seconds));
        }
        Entry { message, progress: (!facts.is_empty()).then_some(progress), failures: Vec::new() }
    }

    #[test]
    fn the_headline_is_the_furthest_thing_known() {
        use Fact::{Accepted, Delivered, Failed, Read, Sent};
        for (facts, headline) in [
            (&[][..], Headline::Accepted),
            (&[(Accepted, 1)], Headline::Accepted),
            (&[(Accepted, 1), (Sent, 2)], Headline::Sent),
            (&[(Read, 4)], Headline::Read),
            (&[(Read, 4), (Sent, 2), (Delivered, 3)], Headline::Read),
            (&[(Sent, 2), (Failed, 3)], Headline::Failed),
            (&[(Failed, 3), (Delivered, 9)], Headline::Delivered),
        ] {
            assert_eq!(entry(SendState::Accepted, facts).headline(), headline, "{facts:?}");
        }
        assert_eq!(entry(SendState::OutcomeUnknown, &[]).headline(), Headline::Unknown);
        assert_eq!(entry(SendState::OutcomeUnknown, &[(Sent, 1)]).headline(), Headline::Sent);
    }

    #[test]
    fn metrics_count_from_sent_and_take_read_for_delivered_when_meta_left_it_out() {
        let seconds = |n| Some(Duration::from_secs(n));
        let full = entry(
            SendState::Accepted,
            &[(Fact::Accepted, 9), (Fact::Sent, 10), (Fact::Delivered, 12), (Fact::Read, 15)],
        );
        assert_eq!((full.metrics().to_deliver, full.metrics().to_read), (seconds(2), seconds(5)));
        let at_once = entry(SendState::Accepted, &[(Fact::Accepted, 9), (Fact::Read, 15)]);
        assert_eq!((at_once.metrics().to_deliver, at_once.metrics().to_read), (seconds(6), seconds(6)));
        let skewed = entry(SendState::Accepted, &[(Fact::Accepted, 9), (Fact::Delivered, 8)]);
        assert_eq!(skewed.metrics().to_deliver, seconds(0));
    }
}
