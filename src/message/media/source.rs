//! Where the file of a message comes from.

#[cfg(feature = "client")]
use crate::message::Upload;
use crate::{
    check,
    error::{Path, Violation},
    id::MediaId,
    message::MediaKind,
};
use serde::{Deserialize, Serialize};
#[cfg(feature = "client")]
use serde::{Serializer, ser::Error as _};
use std::fmt;

/// Where the file of a message comes from: an upload, or a public address that Meta fetches (and caches for 10 minutes).
///
/// Media ids convert into it, and so does an [`Upload`](crate::message::Upload) (feature `client`), which is made on the way
/// to the recipient. Until then the message has no JSON: to write it is an error.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaSource {
    /// The id of an uploaded file.
    Id(MediaId),
    /// An http or https address.
    Link(String),
    /// A file that is uploaded before the message is sent.
    #[cfg(feature = "client")]
    #[cfg_attr(docsrs, doc(cfg(feature = "client")))]
    #[serde(skip_deserializing, serialize_with = "refuse_upload")]
    Upload(Upload),
}

/// Why a message that still has to be uploaded has no JSON.
#[cfg(feature = "client")]
const NOT_UPLOADED: &str = "media must be uploaded first";

#[cfg(feature = "client")]
fn refuse_upload<T, S: Serializer>(_: &T, _: S) -> Result<S::Ok, S::Error> {
    Err(S::Error::custom(NOT_UPLOADED))
}

impl MediaSource {
    /// A public address that Meta fetches.
    #[must_use]
    pub fn link(url: impl Into<String>) -> Self {
        Self::Link(url.into())
    }

    #[cfg_attr(not(feature = "client"), expect(unused_variables, reason = "only uploads have a kind yet"))]
    pub(in crate::message) fn check(&self, at: Path<'_>, kind: MediaKind, out: &mut Vec<Violation>) {
        match self {
            Self::Id(id) if check::is_web(id.as_str()) => {
                let limit = "the id of an upload; an address is a link";
                out.push(Violation::new(at.field("id"), "is an address", limit));
            }
            Self::Id(id) => check::id(at.field("id"), id.as_str(), out),
            Self::Link(link) => check::link(at.field("link"), link, out),
            #[cfg(feature = "client")]
            Self::Upload(upload) => upload.check(at, Some(kind), out),
        }
    }
}

impl<T: Into<MediaId>> From<T> for MediaSource {
    fn from(id: T) -> Self {
        Self::Id(id.into())
    }
}

#[cfg(feature = "client")]
impl From<Upload> for MediaSource {
    fn from(file: Upload) -> Self {
        Self::Upload(file)
    }
}

/// A link may carry a secret in its query, so only its presence is shown.
impl fmt::Debug for MediaSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) if check::is_web(id.as_str()) => f.write_str("Id(..)"),
            Self::Id(id) => id.fmt(f),
            Self::Link(_) => f.write_str("Link(..)"),
            #[cfg(feature = "client")]
            Self::Upload(file) => file.fmt(f),
        }
    }
}

/// A media object as it is on the wire: `id` or `link`, and what the kind allows besides.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::message) struct WireMedia {
    #[serde(default, deserialize_with = "crate::wire::optional", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<MediaId>,
    #[serde(default, deserialize_with = "crate::wire::optional", skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<String>,
    #[cfg(feature = "client")]
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none", serialize_with = "refuse_upload")]
    pub(super) upload: Option<Upload>,
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) caption: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(in crate::message) filename: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) voice: Option<bool>,
}

impl WireMedia {
    pub(in crate::message) fn new(source: MediaSource) -> Self {
        let mut wire = Self {
            id: None,
            link: None,
            #[cfg(feature = "client")]
            upload: None,
            caption: None,
            filename: None,
            voice: None,
        };
        match source {
            MediaSource::Id(id) => wire.id = Some(id),
            MediaSource::Link(link) => wire.link = Some(link),
            #[cfg(feature = "client")]
            MediaSource::Upload(file) => wire.upload = Some(file),
        }
        wire
    }

    /// Where the file comes from, if there is nothing besides.
    pub(in crate::message) fn bare(self) -> Result<MediaSource, &'static str> {
        match &self {
            Self { caption: Some(_), .. } => Err("unknown field `caption`"),
            Self { filename: Some(_), .. } => Err("unknown field `filename`"),
            Self { voice: Some(_), .. } => Err("unknown field `voice`"),
            _ => self.source(),
        }
    }

    pub(super) fn source(self) -> Result<MediaSource, &'static str> {
        match (self.id, self.link) {
            (Some(id), None) => Ok(MediaSource::Id(id)),
            (None, Some(link)) => Ok(MediaSource::Link(link)),
            (Some(_), Some(_)) => Err("media has both an id and a link"),
            (None, None) => Err("media has neither an id nor a link"),
        }
    }
}
