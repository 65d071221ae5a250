//! What many changes to one row come to.

use super::value::Value;
use crate::{
    store::{ConversationTime, Fact},
    time::Timestamp,
};

/// Times and counts of one conversation that move.
#[derive(Clone, Debug)]
pub(super) struct Touch {
    /// How many changes there were; each raises the version.
    times: i64,
    message_at: Option<Timestamp>,
    inbound_at: Option<Timestamp>,
    /// What is added to the count, and between what the sum stays. Every list of additions comes to these three.
    unread: i64,
    low: i64,
    high: i64,
    /// The state that it must be in, or nothing: something is added in active conversations only.
    state: &'static str,
}

impl Default for Touch {
    fn default() -> Self {
        Self { times: 0, message_at: None, inbound_at: None, unread: 0, low: 0, high: i64::MAX, state: "" }
    }
}

impl Touch {
    pub(super) fn latest(&mut self, time: ConversationTime, at: Timestamp) {
        self.times += 1;
        let latest = match time {
            ConversationTime::LastMessage => &mut self.message_at,
            ConversationTime::LastInbound => &mut self.inbound_at,
        };
        *latest = (*latest).max(Some(at));
    }

    /// Adds to the count, which stops at zero and at the most there can be.
    pub(super) fn add(&mut self, unread: i64) {
        let stop = |count: i64| count.saturating_add(unread).max(0);
        self.times += 1;
        // No count is so large that a smaller number than this would not take it to zero.
        self.unread = self.unread.saturating_add(unread).max(-i64::MAX);
        (self.low, self.high) = (stop(self.low), stop(self.high));
        self.state = "active";
    }

    pub(super) fn row<'a>(&self, tenant: &'a str, conversation: &'a str) -> Vec<Value<'a>> {
        vec![
            Value::text(tenant),
            Value::text(conversation),
            self.times.into(),
            Value::Int(self.message_at.map(Timestamp::as_millis)),
            Value::Int(self.inbound_at.map(Timestamp::as_millis)),
            self.unread.into(),
            self.low.into(),
            self.high.into(),
            Value::text(self.state),
        ]
    }
}

/// The earliest time told of each fact about one message.
#[derive(Clone, Debug, Default)]
pub(super) struct Times([Option<Timestamp>; Fact::ALL.len()]);

impl Times {
    pub(super) fn note(&mut self, fact: Fact, at: Timestamp) {
        for (known, _) in self.0.iter_mut().zip(Fact::ALL).filter(|(_, one)| **one == fact) {
            *known = Some(known.map_or(at, |known| known.min(at)));
        }
    }

    pub(super) fn row<'a>(&self, tenant: &'a str, message: &'a str) -> Vec<Value<'a>> {
        let times = self.0.iter().map(|time| Value::Int(time.map(Timestamp::as_millis)));
        [Value::text(tenant), Value::text(message)].into_iter().chain(times).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Touch;
    use proptest::{collection::vec, prelude::*};

    fn number() -> impl Strategy<Value = i64> {
        prop_oneof![-5..5_i64, Just(i64::MIN), Just(i64::MAX), Just(i64::MAX - 1), any::<i64>()]
    }

    proptest! {
        #[test]
        fn a_list_of_additions_comes_to_one(count in number(), list in vec(number(), 0..8)) {
            let count = count.max(0);
            let mut touch = Touch::default();
            let mut expected = count;
            for unread in list {
                touch.add(unread);
                expected = expected.saturating_add(unread).max(0);
            }
            prop_assert_eq!(count.saturating_add(touch.unread).max(touch.low).min(touch.high), expected);
        }
    }
}
