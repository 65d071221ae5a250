//! Image messages.

#[cfg(feature = "client")]
use crate::message::Upload;
use crate::{
    check,
    error::{Path, Violation},
    message::{Kind, MediaKind, MediaSource, media::WireMedia},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// An image: JPEG or PNG of at most 5 MB, 8-bit RGB or RGBA.
///
/// ```
/// use whatsapp_business::message::{Content, Image};
/// let content = Content::from(Image::link("https://example.com/roof.jpg").caption("Roof survey"));
/// let uploaded = Content::from(Image::new("1013859600285441"));
/// ```
///
/// With the feature `client`, the image may also be a file that is uploaded when the message is sent:
/// `Image::upload(Upload::path("roof.jpg"))`.
///
/// ```json
/// {"type": "image", "image": {"link": "https://example.com/roof.jpg", "caption": "Roof survey"}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireMedia", try_from = "WireMedia")]
pub struct Image {
    source: MediaSource,
    caption: Option<String>,
}

quiet_debug!(Image { source });

impl Image {
    /// Longest caption, in characters ([Meta: image messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages)).
    pub const MAX_CAPTION: usize = 1024;

    /// An image that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn new(source: impl Into<MediaSource>) -> Self {
        Self { source: source.into(), caption: None }
    }

    /// An image that Meta fetches from a public http or https address.
    #[must_use]
    pub fn link(url: impl Into<String>) -> Self {
        Self { source: MediaSource::link(url), caption: None }
    }

    /// An image that is uploaded when the message is sent.
    #[cfg(feature = "client")]
    #[cfg_attr(docsrs, doc(cfg(feature = "client")))]
    #[must_use]
    pub fn upload(file: Upload) -> Self {
        Self::new(file)
    }

    /// The text under the image; at most [`Self::MAX_CAPTION`] characters.
    #[must_use]
    pub fn caption(mut self, text: impl Into<String>) -> Self {
        self.caption = Some(text.into());
        self
    }

    /// Where the file comes from.
    #[must_use]
    pub fn source(&self) -> &MediaSource {
        &self.source
    }

    /// The text under the image.
    #[must_use]
    pub fn caption_text(&self) -> Option<&str> {
        self.caption.as_deref()
    }
}

impl Kind for Image {
    const TYPE: &'static str = "image";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.source.check(at, MediaKind::Image, out);
        check::optional_text(at.field("caption"), self.caption.as_deref(), Self::MAX_CAPTION, out);
    }

    fn words(&self) -> Option<String> {
        self.caption.clone()
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        vec![&mut self.source]
    }
}

impl From<Image> for WireMedia {
    fn from(image: Image) -> Self {
        Self { caption: image.caption, ..Self::new(image.source) }
    }
}

impl TryFrom<WireMedia> for Image {
    type Error = &'static str;
    fn try_from(mut wire: WireMedia) -> Result<Self, Self::Error> {
        let caption = wire.caption.take();
        Ok(Self { source: wire.bare()?, caption })
    }
}
