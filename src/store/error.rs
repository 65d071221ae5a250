//! What a store can answer but a result.

use std::{error::Error as StdError, sync::Arc};

/// Why a store refused or failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The record is not in the version the change expects, or is there when it should not be. Read again and retry.
    #[error("the {0} was changed by another; read it again")]
    Conflict(&'static str),
    /// Another record already holds what may exist once: an identity, an active conversation, a phone number, a message id.
    /// The name says what, for a person to read.
    #[error("another record has this {0} already; look up which one, and use or change that")]
    NotUnique(&'static str),
    /// The job is done, or was claimed by another after this lease ran out.
    #[error("the lease on the job was lost")]
    LeaseLost,
    /// More changes or bytes in one batch than a store has to take.
    #[error("{what} of {actual} is more than the {limit} that one batch may hold")]
    TooLarge {
        /// What is too large: the number of changes or of bytes.
        what: &'static str,
        /// How large it is.
        actual: usize,
        /// How large it may be.
        limit: usize,
    },
    /// A change that no store makes, whatever it holds (see [`Change::Put`](crate::store::Change::Put)), or that is newer
    /// than the store.
    #[error("the store does not take {0}")]
    Refused(&'static str),
    /// A cursor that this list of this tenant did not give.
    #[error("the cursor does not belong to this list")]
    BadCursor,
    /// The store cannot be reached, is full or is shutting down.
    #[error("the store is unavailable: {what}")]
    Unavailable {
        /// What was tried.
        what: &'static str,
        /// The backend's own error.
        #[source]
        source: Option<Arc<dyn StdError + Send + Sync>>,
    },
    /// What is kept cannot be read back.
    #[error("the store holds a {0} that cannot be read")]
    Corrupt(&'static str),
    /// The data was written by a newer version of this crate.
    #[error("the store has schema {found}, newer than the {known} this version knows")]
    SchemaTooNew {
        /// The schema found.
        found: i64,
        /// The newest schema this version knows.
        known: i64,
    },
}

impl StoreError {
    /// Unavailable, with the backend's own error.
    pub fn unavailable(what: &'static str, source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Unavailable { what, source: Some(Arc::new(source)) }
    }

    /// Whether reading again and repeating may work: a conflict, a lost race for something unique, or a passing failure.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::NotUnique(_) | Self::Unavailable { .. })
    }
}

impl From<StoreError> for crate::Error {
    fn from(error: StoreError) -> Self {
        let kind = crate::ErrorKind::Store { retryable: error.is_retryable() };
        Self::with_source(kind, error)
    }
}
