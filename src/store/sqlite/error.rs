//! What SQLite says, in the words of the contract.

use crate::store::StoreError;
use rusqlite::ErrorCode;

/// A store's error, into which SQLite's turn by `?`. Private, so that no type of `rusqlite` shows in the public API.
#[derive(Debug)]
pub(super) struct Failed(pub(super) StoreError);

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{
            FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
        };
        Self(match error {
            FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | Utf8Error(..) => StoreError::Corrupt("row"),
            error if matches!(code(&error), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) => {
                StoreError::Corrupt("file")
            }
            error => StoreError::unavailable("SQLite failed", error),
        })
    }
}

/// Whether a uniqueness rule was about to be broken.
pub(super) fn is_not_unique(error: &rusqlite::Error) -> bool {
    code(error) == Some(ErrorCode::ConstraintViolation)
}

fn code(error: &rusqlite::Error) -> Option<ErrorCode> {
    error.sqlite_error_code()
}
