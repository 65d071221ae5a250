//! How many messages one person may be sent: rules over what is known and a time, without a store or a clock of their own.

use crate::time::Timestamp;
use std::time::Duration;

/// What one number sends to one person: a message every six seconds, of which up to 45 may come at once on credit.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    /// When the burst began that is not paid off yet, and how many messages are in it.
    burst: Option<(Timestamp, u32)>,
}

impl Pair {
    const PACE: Duration = Duration::from_secs(6);
    const BURST: u32 = 45;
    /// How long a message may be on its way: one that left in time for a burst must not reach Meta after it.
    const ON_ITS_WAY: Duration = Duration::from_secs(1);
    /// How long a message can count against others: what was sent before that is paid off.
    pub(super) const SPAN: Duration = Duration::from_secs(6 * 45);

    /// What is owed after messages that were sent at these times, the first one first, by whomever. Those of the last
    /// [`SPAN`](Self::SPAN) tell all.
    pub(super) fn after(times: impl IntoIterator<Item = Timestamp>) -> Self {
        let count = |pair: Self, at| match pair.burst {
            Some((began, messages)) if !pair.is_paid_off(at) => Self { burst: Some((began, messages + 1)) },
            _ => Self { burst: Some((at, 1)) },
        };
        times.into_iter().fold(Self::default(), count)
    }

    /// The one of the two that owes more: neither need know of all messages.
    pub(super) fn or_more(self, other: Self) -> Self {
        let end = |pair: &Self| pair.burst.map(|(began, messages)| began + messages * Self::PACE);
        if end(&other) > end(&self) { other } else { self }
    }

    /// Counts a message that may be sent now.
    ///
    /// # Errors
    /// When it has to wait until.
    pub(super) fn admit(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        let burst = match self.burst {
            // A clock that went back is no reason to wait.
            Some((began, messages)) if began <= now && now < began + messages * Self::PACE => {
                if now + Self::ON_ITS_WAY >= began + Self::PACE || messages >= Self::BURST {
                    return Err(began + messages * Self::PACE);
                }
                (began, messages + 1)
            }
            _ => (now, 1),
        };
        self.burst = Some(burst);
        Ok(())
    }

    /// Whether nothing is owed any more.
    pub(super) fn is_paid_off(&self, now: Timestamp) -> bool {
        self.burst.is_none_or(|(began, messages)| now >= began + messages * Self::PACE)
    }
}

#[cfg(test)]
mod tests {
    use super::Pair;
    use crate::time::Timestamp;
    use proptest::prelude::*;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn millis(n: u64) -> Timestamp {
        NOW + Duration::from_millis(n)
    }

    #[test]
    fn a_burst_of_45_is_paid_off_after_four_and_a_half_minutes() {
        let mut pair = Pair::default();
        for n in 0..45 {
            assert_eq!(pair.admit(millis(n)), Ok(()));
        }
        let free = NOW + Duration::from_secs(270);
        assert_eq!(pair.admit(millis(50)), Err(free));
        assert!(!pair.is_paid_off(millis(269_999)));
        assert!(pair.is_paid_off(free));
        assert_eq!(pair.admit(free), Ok(()));
        assert_eq!(pair.admit(NOW), Ok(()), "a clock that went back");
    }

    proptest! {
        /// P9: processes that each know what they sent, and what all sent lately, keep the pace of one that sent it all.
        #[test]
        fn processes_that_look_up_what_was_sent_are_as_one(
            sends in proptest::collection::vec((0..3_usize, 0..3_u64, 0..9000_u64), 1..300),
        ) {
            let (mut own, mut one) = ([Pair::default(); 3], Pair::default());
            let (mut now, mut sent) = (NOW, Vec::new());
            for (process, long, pause) in sends {
                now = now + Duration::from_millis(pause * long.pow(4));
                let recent = sent.iter().copied().filter(|at| *at > now - Pair::SPAN);
                own[process] = own[process].or_more(Pair::after(recent));
                let admitted = own[process].admit(now);
                prop_assert_eq!(admitted, one.admit(now));
                if admitted.is_ok() {
                    sent.push(now);
                }
            }
        }

        /// P9: to one person no more than a burst and one every six seconds.
        #[test]
        fn no_person_gets_more_than_a_burst_and_one_every_six_seconds(
            pauses in proptest::collection::vec(0..9000_u64, 1..300),
        ) {
            let (mut pair, mut now, mut sent) = (Pair::default(), NOW, Vec::new());
            for pause in pauses {
                now = now + Duration::from_millis(pause);
                if pair.admit(now).is_ok() {
                    sent.push(now);
                }
            }
            for (i, begin) in sent.iter().enumerate() {
                for (n, end) in sent[i..].iter().enumerate() {
                    prop_assert!(n as u64 <= 45 + end.since(*begin).as_secs() / 6);
                }
            }
        }
    }
}
