//! What a person does not want to be sent.

use crate::{open::open_enum, store::PersonHash, time::Timestamp};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a message is sent for.
    pub enum Purpose {
        /// Advertising.
        Marketing = "marketing",
        /// Anything at all.
        All = "all",
    }
}

/// A person's word that they do not want messages of a purpose.
///
/// It outlives the erasure of the person, who would else be written to again: so it knows them by a
/// [`PersonHash`] only, one record for each identity and purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptOut {
    /// Who.
    pub person: PersonHash,
    /// What they do not want.
    pub purpose: Purpose,
    /// When they said so.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

impl OptOut {
    /// An opt-out.
    #[must_use]
    pub fn new(person: PersonHash, purpose: Purpose, at: Timestamp) -> Self {
        Self { person, purpose, at, version: 0 }
    }
}
