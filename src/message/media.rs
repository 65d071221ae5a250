//! Media messages: a file that Meta has, or fetches.

use crate::{
    check,
    error::{Path, Violation},
    id::MediaId,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where the file of a message comes from: an upload, or a public address that Meta fetches (and caches for 10 minutes).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaSource {
    /// The id of an uploaded file.
    Id(MediaId),
    /// An http or https address.
    Link(String),
}

impl MediaSource {
    /// A public address that Meta fetches.
    #[must_use]
    pub fn link(url: impl Into<String>) -> Self {
        Self::Link(url.into())
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        match self {
            Self::Id(id) => check::id(at.field("id"), id.as_str(), out),
            Self::Link(link) => check::link(at.field("link"), link, out),
        }
    }
}

impl<T: Into<MediaId>> From<T> for MediaSource {
    fn from(id: T) -> Self {
        Self::Id(id.into())
    }
}

/// A link may carry a secret in its query, so only its presence is shown.
impl fmt::Debug for MediaSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Link(_) => f.write_str("Link(..)"),
        }
    }
}

/// An image: JPEG or PNG of at most 5 MB, 8-bit RGB or RGBA.
///
/// ```
/// use whatsapp_business::message::{Content, Image};
/// let content = Content::from(Image::link("https://example.com/roof.jpg").caption("Roof survey"));
/// let uploaded = Content::from(Image::new("1013859600285441"));
/// ```
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

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.source.check(at, out);
        check::optional_text(at.field("caption"), self.caption.as_deref(), Self::MAX_CAPTION, out);
    }
}

/// A media object as it is on the wire: `id` or `link`, and what the kind allows besides.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireMedia {
    #[serde(default, deserialize_with = "crate::wire::optional", skip_serializing_if = "Option::is_none")]
    id: Option<MediaId>,
    #[serde(default, deserialize_with = "crate::wire::optional", skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) filename: Option<String>,
}

impl WireMedia {
    pub(super) fn new(source: MediaSource) -> Self {
        let (id, link) = match source {
            MediaSource::Id(id) => (Some(id), None),
            MediaSource::Link(link) => (None, Some(link)),
        };
        Self { id, link, caption: None, filename: None }
    }

    /// Where the file comes from, if there is nothing besides.
    pub(super) fn bare(self) -> Result<MediaSource, &'static str> {
        match (&self.caption, &self.filename) {
            (None, None) => self.source(),
            (Some(_), _) => Err("unknown field `caption`"),
            (None, Some(_)) => Err("unknown field `filename`"),
        }
    }

    fn source(self) -> Result<MediaSource, &'static str> {
        match (self.id, self.link) {
            (Some(id), None) => Ok(MediaSource::Id(id)),
            (None, Some(link)) => Ok(MediaSource::Link(link)),
            (Some(_), Some(_)) => Err("media has both an id and a link"),
            (None, None) => Err("media has neither an id nor a link"),
        }
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
