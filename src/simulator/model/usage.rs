//! How often a template was sent, and how often it made people block the business.

use crate::time::Timestamp;
use std::{collections::BTreeMap, time::Duration};

const HOUR: i64 = 60 * 60;

/// What is counted longest: the longest time that templates are compared over.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Counts by the hour, so that they stay few however much is sent.
#[derive(Default)]
pub(crate) struct Usage(BTreeMap<i64, Counts>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) sends: u64,
    pub(crate) blocks: u64,
}

impl Usage {
    pub(super) fn note_send(&mut self, now: Timestamp) {
        self.hour(now).sends += 1;
    }

    pub(super) fn note_block(&mut self, now: Timestamp) {
        self.hour(now).blocks += 1;
    }

    /// Everything in the hours from `start` to `end`.
    pub(crate) fn between(&self, start: Timestamp, end: Timestamp) -> Counts {
        let (start, end) = (hour_of(start), hour_of(end));
        let hours = self.0.iter().filter(|(hour, _)| (start..=end).contains(hour));
        hours.fold(Counts::default(), |sum, (_, counts)| Counts {
            sends: sum.sends + counts.sends,
            blocks: sum.blocks + counts.blocks,
        })
    }

    fn hour(&mut self, now: Timestamp) -> &mut Counts {
        if !self.0.contains_key(&hour_of(now)) {
            self.0.retain(|hour, _| now < Timestamp::from_seconds((hour + 1) * HOUR) + KEPT);
        }
        self.0.entry(hour_of(now)).or_default()
    }
}

fn hour_of(time: Timestamp) -> i64 {
    time.as_seconds().div_euclid(HOUR)
}

#[cfg(test)]
mod tests {
    use super::{Counts, KEPT, Usage};
    use crate::time::Timestamp;
    use std::time::Duration;

    #[test]
    fn hours_are_added_up_and_forgotten_after_ninety_days() {
        let (hour, begin) = (Duration::from_secs(3600), Timestamp::from_seconds(1_700_000_000));
        let mut usage = Usage::default();
        usage.note_send(begin);
        usage.note_send(begin + hour);
        usage.note_block(begin + hour);
        assert_eq!(usage.between(begin, begin + hour), Counts { sends: 2, blocks: 1 });
        assert_eq!(usage.between(begin + hour, begin + hour), Counts { sends: 1, blocks: 1 });
        usage.note_send(begin + KEPT + hour);
        assert_eq!(usage.0.len(), 2);
        assert_eq!(usage.between(begin, begin), Counts::default());
    }
}
