//! What may stand above the body of an interactive message.

use crate::{
    check,
    error::{Path, Violation},
    message::{MediaKind, MediaSource, media::WireMedia},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands above the body of an interactive message.
///
/// Text converts into it.
///
/// ```
/// use whatsapp_business::message::{Buttons, Header, MediaSource};
/// let titled = Buttons::new("Keep it?").header("Your booking").button("keep", "Keep");
/// let plan = Header::image(MediaSource::link("https://example.com/plan.png"));
/// let pictured = Buttons::new("Keep it?").header(plan).button("keep", "Keep");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireHeader", try_from = "WireHeader")]
#[non_exhaustive]
pub enum Header {
    /// A line of text; at most [`Self::MAX_TEXT`] characters.
    Text(String),
    /// An image.
    Image(MediaSource),
    /// A video.
    Video(MediaSource),
    /// A document, and the name it is shown under.
    Document(MediaSource, Option<String>),
}

impl Header {
    /// Longest text, in characters.
    pub const MAX_TEXT: usize = 60;

    /// An image that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn image(source: impl Into<MediaSource>) -> Self {
        Self::Image(source.into())
    }

    /// A video that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn video(source: impl Into<MediaSource>) -> Self {
        Self::Video(source.into())
    }

    /// A document that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn document(source: impl Into<MediaSource>) -> Self {
        Self::Document(source.into(), None)
    }

    /// A document, and the name it is shown under.
    #[must_use]
    pub fn named_document(source: impl Into<MediaSource>, filename: impl Into<String>) -> Self {
        Self::Document(source.into(), Some(filename.into()))
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        match self {
            Self::Text(text) => check::text(at.field("text"), text, Self::MAX_TEXT, out),
            Self::Image(source) => source.check(at.field("image"), MediaKind::Image, out),
            Self::Video(source) => source.check(at.field("video"), MediaKind::Video, out),
            Self::Document(source, filename) => {
                let at = at.field("document");
                source.check(at, MediaKind::Document, out);
                check::optional_filled(at.field("filename"), filename.as_deref(), out);
            }
        }
    }

    /// Where its file comes from, if it has one.
    pub(super) fn media(&mut self) -> Option<&mut MediaSource> {
        match self {
            Self::Text(_) => None,
            Self::Image(source) | Self::Video(source) | Self::Document(source, _) => Some(source),
        }
    }
}

impl From<&str> for Header {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Header {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Image(_) => "Image(..)",
            Self::Video(_) => "Video(..)",
            Self::Document(..) => "Document(..)",
        })
    }
}

/// A header on the wire: `type`, and the member that it names.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireHeader {
    r#type: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<WireMedia>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<WireMedia>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<WireMedia>,
}

impl From<Header> for WireHeader {
    fn from(header: Header) -> Self {
        let of = |kind: &str| Self { r#type: kind.to_owned(), ..Self::default() };
        match header {
            Header::Text(text) => Self { text: Some(text), ..of("text") },
            Header::Image(source) => Self { image: Some(WireMedia::new(source)), ..of("image") },
            Header::Video(source) => Self { video: Some(WireMedia::new(source)), ..of("video") },
            Header::Document(source, filename) => {
                let mut document = WireMedia::new(source);
                document.filename = filename;
                Self { document: Some(document), ..of("document") }
            }
        }
    }
}

impl TryFrom<WireHeader> for Header {
    type Error = &'static str;
    fn try_from(wire: WireHeader) -> Result<Self, Self::Error> {
        match (&*wire.r#type, wire.text, wire.image, wire.video, wire.document) {
            ("text", Some(text), None, None, None) => Ok(Self::Text(text)),
            ("image", None, Some(image), None, None) => image.bare().map(Self::Image),
            ("video", None, None, Some(video), None) => video.bare().map(Self::Video),
            ("document", None, None, None, Some(mut document)) => {
                let filename = document.filename.take();
                Ok(Self::Document(document.bare()?, filename))
            }
            _ => Err("type is not what the header holds"),
        }
    }
}
