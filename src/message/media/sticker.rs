//! Sticker messages.

#[cfg(feature = "client")]
use crate::message::Upload;
use crate::{
    error::{Path, Violation},
    message::{Kind, MediaKind, MediaSource, media::WireMedia},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A sticker: WebP of at most 100 KB, or 500 KB when it is animated. It has no caption.
///
/// See [Meta: sticker messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/sticker-messages).
///
/// ```
/// use whatsapp_business::message::{Content, Sticker};
/// let content = Content::from(Sticker::link("https://example.com/sun.webp"));
/// let uploaded = Content::from(Sticker::new("1013859600285441"));
/// ```
///
/// ```json
/// {"type": "sticker", "sticker": {"link": "https://example.com/sun.webp"}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireMedia", try_from = "WireMedia")]
pub struct Sticker {
    source: MediaSource,
}

quiet_debug!(Sticker { source });

impl Sticker {
    /// A sticker that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self { source: source.into() }
    }

    /// A sticker that Meta fetches from a public http or https address.
    #[must_use]
    pub fn link(url: impl Into<String>) -> Self {
        Self { source: MediaSource::link(url) }
    }

    /// A sticker that is uploaded when the message is sent.
    #[cfg(feature = "client")]
    #[cfg_attr(docsrs, doc(cfg(feature = "client")))]
    #[must_use]
    pub fn upload(file: Upload) -> Self {
        Self::new(file)
    }

    /// Where the file comes from.
    #[must_use]
    pub fn source(&self) -> &MediaSource {
        &self.source
    }
}

impl Kind for Sticker {
    const TYPE: &'static str = "sticker";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.source.check(at, MediaKind::Sticker, out);
    }

    fn words(&self) -> Option<String> {
        None
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        vec![&mut self.source]
    }
}

impl From<Sticker> for WireMedia {
    fn from(sticker: Sticker) -> Self {
        Self::new(sticker.source)
    }
}

impl TryFrom<WireMedia> for Sticker {
    type Error = &'static str;
    fn try_from(wire: WireMedia) -> Result<Self, Self::Error> {
        Ok(Self { source: wire.bare()? })
    }
}
