//! What is to go wrong: by chance, and because a test asked for it.

use crate::simulator::faults::Faults;
use std::collections::VecDeque;

/// The troubles ahead.
pub(crate) struct Trouble {
    pub(crate) faults: Faults,
    /// Codes that the next requests are refused with.
    pub(crate) refusals: VecDeque<i64>,
    /// How many of the next sends get no answer.
    pub(crate) lost_answers: usize,
}

impl Trouble {
    pub(super) fn new(faults: Faults) -> Self {
        Self { faults, refusals: VecDeque::new(), lost_answers: 0 }
    }
}
