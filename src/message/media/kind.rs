//! The kinds of media, with the types and sizes that each takes.

/// A kind of media, which says which files it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// Sound, such as a voice note.
    Audio,
    /// A file to be kept or opened elsewhere.
    Document,
    /// A sticker.
    Sticker,
}
