//! The kinds of media, with the types and sizes that each takes.

/// A kind of media, which says which files it takes.
///
/// ```
/// use whatsapp_business::message::MediaKind;
/// assert_eq!(MediaKind::of("audio/ogg; codecs=opus"), Some(MediaKind::Audio));
/// assert!(MediaKind::Image.types().contains(&("image/png", 5 * 1024 * 1024)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// Sound.
    Audio,
    /// Sound that is shown as a voice note: Ogg with the codec Opus, one channel.
    Voice,
    /// A file to be kept or opened elsewhere.
    Document,
    /// A sticker.
    Sticker,
}

const MB: u64 = 1024 * 1024;

/// Types and sizes from [Meta: media](https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media).
impl MediaKind {
    /// The types made for it, each with its largest size in bytes.
    ///
    /// Stickers may have 500 KB: that is the limit of those that move, of others it is 100 KB, which Meta checks. Besides
    /// its own types, a document may be of any type of another kind: a picture that is to arrive as it is.
    #[must_use]
    pub const fn types(self) -> &'static [(&'static str, u64)] {
        match self {
            Self::Image => &[("image/jpeg", 5 * MB), ("image/png", 5 * MB)],
            Self::Video => &[("video/mp4", 16 * MB), ("video/3gpp", 16 * MB)],
            Self::Audio => &[
                ("audio/aac", 16 * MB),
                ("audio/amr", 16 * MB),
                ("audio/mpeg", 16 * MB),
                ("audio/mp4", 16 * MB),
                ("audio/ogg", 16 * MB),
            ],
            Self::Voice => &[("audio/ogg", 16 * MB)],
            Self::Document => &[
                ("text/plain", 100 * MB),
                ("application/pdf", 100 * MB),
                ("application/msword", 100 * MB),
                ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 * MB),
                ("application/vnd.ms-excel", 100 * MB),
                ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 * MB),
                ("application/vnd.ms-powerpoint", 100 * MB),
                ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 * MB),
            ],
            Self::Sticker => &[("image/webp", 500 * 1024)],
        }
    }

    /// The kind that files of this type are made for; parameters such as `; codecs=opus` do not count.
    #[must_use]
    pub fn of(mime_type: &str) -> Option<Self> {
        let essence = essence(mime_type);
        [Self::Image, Self::Video, Self::Audio, Self::Document, Self::Sticker]
            .into_iter()
            .find(|kind| kind.own(&essence).is_some())
    }

    /// The largest size of a file of this type that is sent as this kind, if it can be.
    #[cfg(feature = "client")]
    pub(super) fn largest(self, mime_type: &str) -> Option<u64> {
        match self {
            Self::Document => Self::of(mime_type)?.own(&essence(mime_type)),
            _ => self.own(&essence(mime_type)),
        }
    }

    fn own(self, essence: &str) -> Option<u64> {
        self.types().iter().find(|(known, _)| *known == essence).map(|(_, largest)| *largest)
    }
}

/// A type without its parameters.
fn essence(mime_type: &str) -> String {
    mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
