//! The file of a received message, on its way from Meta to the host.

use crate::{id::MediaId, open::open_enum, store::StoredMessageId, time::Timestamp, wire::quiet_debug};
use serde::{Deserialize, Serialize};

open_enum! {
    /// Where a file is.
    pub enum MediaState {
        /// At Meta; it is being fetched.
        Pending = "pending",
        /// With the host.
        Stored = "stored",
        /// Nowhere: Meta had removed it before it was fetched.
        Expired = "expired",
        /// It could not be fetched, and is not tried again.
        Failed = "failed",
    }
}

/// The file of a received message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredMedia {
    /// The message.
    pub message: StoredMessageId,
    /// Meta's id of the file.
    pub media: MediaId,
    /// Where it is.
    pub state: MediaState,
    /// Its type, such as `image/jpeg`.
    pub mime: Option<String>,
    /// The SHA-256 of its bytes, as Meta told it.
    pub sha256: Option<String>,
    /// How many bytes it has; known when it is stored.
    pub size: Option<u64>,
    /// Where the host keeps it; known when it is stored.
    pub location: Option<String>,
    /// Why it could not be fetched, in words for a person.
    pub error: Option<String>,
    /// When the message came.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(StoredMedia { message, state, mime, size, at, version });

impl StoredMedia {
    /// A file that is to be fetched.
    #[must_use]
    pub fn new(message: impl Into<StoredMessageId>, media: impl Into<MediaId>, at: Timestamp) -> Self {
        Self {
            message: message.into(),
            media: media.into(),
            state: MediaState::Pending,
            mime: None,
            sha256: None,
            size: None,
            location: None,
            error: None,
            at,
            version: 0,
        }
    }
}
