//! The records of one tenant, and the indexes that find them.

use crate::{
    store::{Key, Mark, PageRequest, Query, Record},
    time::Timestamp,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    time::Duration,
};

/// A place in a list: see [`Record::order`].
type Place = (Timestamp, String);

/// Everything of a tenant but its jobs.
#[derive(Default)]
pub(super) struct Records {
    records: BTreeMap<Key, Record>,
    /// The other keys by which records are found, each of which one record may have.
    aliases: BTreeMap<Key, Key>,
    lists: BTreeMap<Query, BTreeMap<Place, Key>>,
    marks: BTreeMap<Mark, Timestamp>,
    marks_by_end: BTreeSet<(Timestamp, Mark)>,
}

impl Records {
    /// The record at a key or alias.
    pub(super) fn get(&self, key: &Key) -> Option<&Record> {
        self.records.get(self.resolve(key))
    }

    /// The key behind an alias; any other key as it is.
    pub(super) fn resolve<'a>(&'a self, key: &'a Key) -> &'a Key {
        self.aliases.get(key).unwrap_or(key)
    }

    /// What `record` would be the second to have.
    pub(super) fn not_unique(&self, record: &Record) -> Option<&'static str> {
        let key = record.key();
        let taken = |alias: &&Key| self.aliases.get(alias).is_some_and(|owner| *owner != key);
        record.other_keys().iter().find(taken).map(|alias| match alias {
            Key::ContactOf(_) => "identity",
            Key::ActiveConversation(..) => "active conversation",
            Key::TemplateOf(..) => "template",
            _ => "message id",
        })
    }

    /// Makes `record` what is at `key`, keeps the indexes true, and gives what was there before.
    pub(super) fn set(&mut self, key: Key, mut record: Option<Record>) -> Option<Record> {
        if let (Some(before), Some(after)) = (self.records.get_mut(&key), &mut record)
            && is_found_alike(before, after)
        {
            std::mem::swap(before, after);
            return record;
        }
        let before = self.records.remove(&key);
        if let Some(before) = &before {
            for alias in before.other_keys() {
                self.aliases.remove(&alias);
            }
            for query in before.lists() {
                if let Some(list) = self.lists.get_mut(&query) {
                    list.remove(&before.order(&query));
                    if list.is_empty() {
                        self.lists.remove(&query);
                    }
                }
            }
        }
        if let Some(record) = record {
            for alias in record.other_keys() {
                self.aliases.insert(alias, key.clone());
            }
            for query in record.lists() {
                let place = record.order(&query);
                self.lists.entry(query).or_default().insert(place, key.clone());
            }
            self.records.insert(key, record);
        }
        before
    }

    /// The records behind `after` in a list, one more than the page may hold.
    pub(super) fn list(&self, query: &Query, page: &PageRequest, after: Option<Place>) -> Vec<Record> {
        let Some(list) = self.lists.get(query) else { return Vec::new() };
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let records = |keys: &mut dyn Iterator<Item = (&Place, &Key)>| {
            keys.filter_map(|(_, key)| self.records.get(key)).take(page.limit() + 1).cloned().collect()
        };
        if page.is_oldest_first() {
            records(&mut list.range((after, Bound::Unbounded)))
        } else {
            records(&mut list.range((Bound::Unbounded, after)).rev())
        }
    }

    /// Until when `key` is marked as seen.
    pub(super) fn mark(&self, key: Mark) -> Option<Timestamp> {
        self.marks.get(&key).copied()
    }

    /// Marks `key` as seen until a time, or takes the mark away, and gives the mark that was there before.
    pub(super) fn set_mark(&mut self, key: Mark, until: Option<Timestamp>) -> Option<Timestamp> {
        let before = match until {
            Some(until) => self.marks.insert(key, until),
            None => self.marks.remove(&key),
        };
        if let Some(before) = before {
            self.marks_by_end.remove(&(before, key));
        }
        if let Some(until) = until {
            self.marks_by_end.insert((until, key));
        }
        before
    }

    /// Forgets a few of the marks that are long over: more than one batch makes on average, so that they do not pile up.
    pub(super) fn forget_marks(&mut self, now: Timestamp) {
        for _ in 0..4 {
            match self.marks_by_end.pop_first() {
                Some((until, key)) if until + FORGET_AFTER < now => {
                    self.marks.remove(&key);
                }
                Some(first) => {
                    self.marks_by_end.insert(first);
                    return;
                }
                None => return,
            }
        }
    }
}

/// Whether two versions of a record are in the same places of the indexes, as most are: a message changes nothing else of its
/// conversation than times and counts.
fn is_found_alike(before: &Record, after: &Record) -> bool {
    let lists = before.lists();
    before.other_keys() == after.other_keys()
        && lists == after.lists()
        && lists.iter().all(|list| before.order(list) == after.order(list))
}

/// How long a mark is kept when it is over, for callers whose clock is behind.
const FORGET_AFTER: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::Records;
    use crate::time::Timestamp;

    #[test]
    fn marks_that_are_long_over_are_forgotten_little_by_little() {
        let mut records = Records::default();
        for n in 0..9 {
            records.set_mark(format!("{n}").into(), Some(Timestamp::from_seconds(0)));
        }
        for (second, kept) in [(3600, 9), (3601, 5), (3601, 1), (3601, 0), (3601, 0)] {
            records.forget_marks(Timestamp::from_seconds(second));
            assert_eq!((records.marks.len(), records.marks_by_end.len()), (kept, kept));
        }
    }
}
