//! A list that forgets its oldest.

use std::collections::VecDeque;

/// Items by their number, counted from the first one ever; the oldest can be taken away.
pub(crate) struct Ring<T> {
    items: VecDeque<T>,
    /// The number of the oldest that is still here.
    first: u64,
}

impl<T> Ring<T> {
    pub(crate) fn new() -> Self {
        Self { items: VecDeque::new(), first: 0 }
    }

    /// Adds an item; its number.
    pub(crate) fn push(&mut self, item: T) -> u64 {
        let number = self.next_number();
        self.items.push_back(item);
        number
    }

    /// The number that the next item will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.first + u64::try_from(self.items.len()).unwrap_or(u64::MAX)
    }

    /// The number of the oldest item.
    pub(crate) fn oldest_number(&self) -> u64 {
        self.first
    }

    pub(crate) fn get(&self, number: u64) -> Option<&T> {
        self.items.get(self.index(number)?)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let index = self.index(number)?;
        self.items.get_mut(index)
    }

    pub(crate) fn oldest(&self) -> Option<&T> {
        self.items.front()
    }

    pub(crate) fn pop_oldest(&mut self) -> Option<T> {
        let item = self.items.pop_front()?;
        self.first += 1;
        Some(item)
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut()
    }

    /// All up to and including this number.
    pub(crate) fn up_to_mut(&mut self, number: u64) -> impl Iterator<Item = &mut T> {
        let count = self.index(number).map_or(0, |index| index + 1);
        self.items.iter_mut().take(count)
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;

    #[test]
    fn items_keep_their_numbers_when_older_ones_go() {
        let mut ring = Ring::new();
        assert_eq!((ring.push("a"), ring.push("b"), ring.push("c")), (0, 1, 2));
        assert_eq!(ring.pop_oldest(), Some("a"));
        assert_eq!(
            (ring.get(0), ring.get(1), ring.get(2), ring.get(3)),
            (None, Some(&"b"), Some(&"c"), None)
        );
        assert_eq!((ring.oldest_number(), ring.next_number(), ring.len()), (1, 3, 2));
        assert_eq!(ring.up_to_mut(1).count(), 1);
        assert_eq!(ring.up_to_mut(0).count(), 0);
    }
}
