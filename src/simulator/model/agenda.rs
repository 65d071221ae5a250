//! What is going to happen, and when.

use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Planned happenings, in the order in which they are due; what is due at the same time keeps the order of planning.
pub(crate) struct Agenda<T> {
    entries: BTreeMap<(Timestamp, u64), T>,
    planned: u64,
}

impl<T> Agenda<T> {
    pub(crate) fn new() -> Self {
        Self { entries: BTreeMap::new(), planned: 0 }
    }

    pub(crate) fn plan(&mut self, due: Timestamp, happening: T) {
        self.entries.insert((due, self.planned), happening);
        self.planned += 1;
    }

    /// Takes the first happening that is due at `now`, and when it was due.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, T)> {
        let first = self.entries.first_entry()?;
        let due = first.key().0;
        (due <= now).then(|| (due, first.remove()))
    }

    /// When the next happening is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.entries.keys().next().map(|(due, _)| *due)
    }
}

#[cfg(test)]
mod tests {
    use super::Agenda;
    use crate::time::Timestamp;

    #[test]
    fn what_is_due_first_happens_first_and_ties_keep_their_order() {
        let mut agenda = Agenda::new();
        for (due, name) in [(2, "late"), (1, "first"), (1, "second")] {
            agenda.plan(Timestamp::from_seconds(due), name);
        }
        assert_eq!(agenda.next_due(), Some(Timestamp::from_seconds(1)));
        assert_eq!(agenda.take_due(Timestamp::from_millis(999)), None);
        let (first, second) = (Timestamp::from_seconds(1), Timestamp::from_seconds(2));
        assert_eq!(
            [agenda.take_due(first), agenda.take_due(first), agenda.take_due(first)],
            [Some((first, "first")), Some((first, "second")), None]
        );
        assert_eq!(agenda.take_due(Timestamp::from_seconds(9)), Some((second, "late")));
    }
}
