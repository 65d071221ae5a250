//! Pictures, sound, films, files and stickers that a customer sent.

use crate::{id::MediaId, webhook::lenient, wire::quiet_debug};
use serde::Deserialize;
use std::fmt;

/// A picture. Fetch it by its [`id`](Self::id) within days: Meta deletes media.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Image {
    /// The id to fetch it by.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: MediaId,
    /// Its type, such as `image/jpeg`, as the sender's app told it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub sha256: Option<String>,
    /// Where it can be fetched with an access token for the next minutes.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub url: Option<String>,
    /// What they wrote below it.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub caption: Option<String>,
}
quiet_debug!(Image { id, mime_type });

/// A film. Fetch it by its [`id`](Self::id) within days: Meta deletes media.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Video {
    /// The id to fetch it by.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: MediaId,
    /// Its type, such as `video/mp4`, as the sender's app told it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub sha256: Option<String>,
    /// Where it can be fetched with an access token for the next minutes.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub url: Option<String>,
    /// What they wrote below it.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub caption: Option<String>,
}
quiet_debug!(Video { id, mime_type });

/// Sound. Fetch it by its [`id`](Self::id) within days: Meta deletes media.
///
/// What a caller left on the voicemail comes as one, too, with the id of the call (`wacid.…`) as the message's id.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Audio {
    /// The id to fetch it by.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: MediaId,
    /// Its type, such as `audio/ogg; codecs=opus`, as the sender's app told it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub sha256: Option<String>,
    /// Where it can be fetched with an access token for the next minutes.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub url: Option<String>,
    /// Whether they recorded it in WhatsApp, rather than sent a file.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub voice: bool,
}
quiet_debug!(Audio { id, mime_type, voice });

/// A file. Fetch it by its [`id`](Self::id) within days: Meta deletes media.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Document {
    /// The id to fetch it by.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: MediaId,
    /// Its type, such as `application/pdf`, as the sender's app told it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub sha256: Option<String>,
    /// Where it can be fetched with an access token for the next minutes.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub url: Option<String>,
    /// Its name on the sender's device. Never a path to write to: they may call it anything.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub filename: Option<String>,
    /// What they wrote below it.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub caption: Option<String>,
}
quiet_debug!(Document { id, mime_type });

/// A sticker. Fetch it by its [`id`](Self::id) within days: Meta deletes media.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Sticker {
    /// The id to fetch it by.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: MediaId,
    /// Its type, mostly `image/webp`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub sha256: Option<String>,
    /// Where it can be fetched with an access token for the next minutes.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub url: Option<String>,
    /// Whether it moves.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub animated: bool,
}
quiet_debug!(Sticker { id, mime_type, animated });

/// The file of a message, whatever its kind: what is needed to fetch it and to keep it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Media<'a> {
    /// The kind: `image`, `video`, `audio`, `document` or `sticker`.
    pub kind: &'static str,
    /// The id to fetch it by.
    pub id: &'a MediaId,
    /// Its type, as the sender's app told it.
    pub mime_type: Option<&'a str>,
    /// SHA-256 of its bytes, in base64.
    pub sha256: Option<&'a str>,
    /// Where it can be fetched with an access token for the next minutes.
    pub url: Option<&'a str>,
    /// Its name on the sender's device; documents only. Never a path to write to: they may call it anything.
    pub filename: Option<&'a str>,
    /// What they wrote below it.
    pub caption: Option<&'a str>,
    /// Whether it is a voice message.
    pub voice: bool,
}
impl fmt::Debug for Media<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Media");
        out.field("kind", &self.kind).field("id", &self.id).field("mime_type", &self.mime_type);
        out.field("voice", &self.voice).finish_non_exhaustive()
    }
}

/// Gives the view that all media have in common; what a kind does not have is named by the caller.
macro_rules! media {
    ($name:ident, $kind:literal, |$media:ident| { $($field:ident: $value:expr),* $(,)? }) => {
        impl<'a> From<&'a $name> for Media<'a> {
            fn from($media: &'a $name) -> Self {
                Self {
                    $($field: $value,)*
                    ..Self::new($kind, &$media.id, [&$media.mime_type, &$media.sha256, &$media.url])
                }
            }
        }
    };
}
media!(Image, "image", |image| { caption: image.caption.as_deref() });
media!(Video, "video", |video| { caption: video.caption.as_deref() });
media!(Audio, "audio", |audio| { voice: audio.voice });
media!(Document, "document", |document| {
    filename: document.filename.as_deref(),
    caption: document.caption.as_deref(),
});
media!(Sticker, "sticker", |sticker| {});

impl<'a> Media<'a> {
    fn new(kind: &'static str, id: &'a MediaId, words: [&'a Option<String>; 3]) -> Self {
        let [mime_type, sha256, url] = words.map(Option::as_deref);
        Self { kind, id, mime_type, sha256, url, filename: None, caption: None, voice: false }
    }
}
