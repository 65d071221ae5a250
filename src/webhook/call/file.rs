//! What a call leaves: its recording, its transcript.

use crate::{id::MediaId, webhook::lenient, wire::quiet_debug};
use serde::Deserialize;

/// A recording or a transcript of a call. Fetch it by its [`id`](Self::id) within seven days: then Meta deletes it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CallFile {
    /// The id to fetch it by.
    #[serde(deserialize_with = "lenient::needed")]
    pub id: MediaId,
    /// Its type, such as `audio/ogg; codecs=opus` or `application/json`.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub sha256: Option<String>,
    /// Where it can be fetched with an access token for the next minutes.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub url: Option<String>,
}
quiet_debug!(CallFile { id, mime_type });

/// A file on the wire: in an object, under the name of its kind.
#[derive(Default, Deserialize)]
pub(super) struct InObject {
    #[serde(default, deserialize_with = "lenient::or_default")]
    audio: Option<CallFile>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    document: Option<CallFile>,
}

impl InObject {
    pub(super) fn file(self) -> Option<CallFile> {
        self.audio.or(self.document)
    }
}
