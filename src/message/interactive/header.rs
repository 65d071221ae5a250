//! What may stand above the body of an interactive message.

use crate::{
    check,
    error::{Path, Violation},
    message::{MediaKind, MediaSource, media::WireMedia},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands above the body of an interactive message.
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

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        match self {
            Self::Text(text) => check::text(at.field("text"), text, Self::MAX_TEXT, out),
            Self::Image(source) => source.check(at.field("image"), MediaKind::Image, out),
            Self::Video(source) => source.check(at.field("video"), MediaKind::Video, out),
            Self::Document(source, _) => source.check(at.field("document"), MediaKind::Document, out),
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

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum WireHeader {
    Text { text: String },
    Image { image: WireMedia },
    Video { video: WireMedia },
    Document { document: WireMedia },
}

impl From<Header> for WireHeader {
    fn from(header: Header) -> Self {
        match header {
            Header::Text(text) => Self::Text { text },
            Header::Image(source) => Self::Image { image: WireMedia::new(source) },
            Header::Video(source) => Self::Video { video: WireMedia::new(source) },
            Header::Document(source, filename) => {
                let mut document = WireMedia::new(source);
                document.filename = filename;
                Self::Document { document }
            }
        }
    }
}

impl TryFrom<WireHeader> for Header {
    type Error = &'static str;
    fn try_from(wire: WireHeader) -> Result<Self, Self::Error> {
        match wire {
            WireHeader::Text { text } => Ok(Self::Text(text)),
            WireHeader::Image { image } => image.bare().map(Self::Image),
            WireHeader::Video { video } => video.bare().map(Self::Video),
            WireHeader::Document { mut document } => {
                let filename = document.filename.take();
                Ok(Self::Document(document.bare()?, filename))
            }
        }
    }
}
