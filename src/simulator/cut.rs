//! What the network does to an answer, told as an extension of the answer: whoever carries it to the client obeys.

/// The connection ends before the answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// How many bytes of the answer get through, its head included.
    pub(super) after: usize,
    /// Whether the end is a reset and not an orderly close.
    pub(super) reset: bool,
}

impl Cut {
    /// Nothing of the answer gets through.
    pub(super) const LOST: Self = Self { after: 0, reset: false };
    /// The connection is reset in the place of an answer.
    pub(super) const RESET: Self = Self { after: 0, reset: true };
}
