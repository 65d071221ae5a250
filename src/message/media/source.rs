//! Where the file of a message comes from.

use crate::{
    check,
    error::{Path, Violation},
    id::MediaId,
    message::MediaKind,
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

    pub(in crate::message) fn check(&self, at: Path<'_>, _kind: MediaKind, out: &mut Vec<Violation>) {
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

/// A media object as it is on the wire: `id` or `link`, and what the kind allows besides.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::message) struct WireMedia {
    #[serde(default, deserialize_with = "crate::wire::optional", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<MediaId>,
    #[serde(default, deserialize_with = "crate::wire::optional", skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) caption: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::message) filename: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) voice: Option<bool>,
}

impl WireMedia {
    pub(in crate::message) fn new(source: MediaSource) -> Self {
        let (id, link) = match source {
            MediaSource::Id(id) => (Some(id), None),
            MediaSource::Link(link) => (None, Some(link)),
        };
        Self { id, link, caption: None, filename: None, voice: None }
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
