//! What a person wants to be sent, and what not.

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

open_enum! {
    /// What a person said about being written to.
    pub enum ConsentState {
        /// They want it.
        Given = "given",
        /// They do not want it, or not any more.
        Withdrawn = "withdrawn",
    }
}

open_enum! {
    /// How it is known what a person wants.
    pub enum ConsentSource {
        /// The host application said so.
        Host = "host",
        /// They wrote a word that stands for it, such as STOP.
        Keyword = "keyword",
        /// They chose it in WhatsApp, and Meta reported it.
        Preference = "preference",
        /// Meta refused a message because of it (131050).
        Refusal = "refusal",
    }
}

/// A person's last word on messages of a purpose.
///
/// It outlives the erasure of the person, who would else be written to again: so it knows them by a
/// [`PersonHash`] only, one record for each identity and purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Consent {
    /// Who.
    pub person: PersonHash,
    /// For what.
    pub purpose: Purpose,
    /// What they said.
    pub state: ConsentState,
    /// How it is known.
    pub source: ConsentSource,
    /// When they said so.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

impl Consent {
    /// Somebody wants to be sent it, as the host tells; set [`source`](Self::source) for any other source.
    #[must_use]
    pub fn given(person: PersonHash, purpose: Purpose, at: Timestamp) -> Self {
        Self { person, purpose, state: ConsentState::Given, source: ConsentSource::Host, at, version: 0 }
    }

    /// Somebody does not want to be sent it, as the host tells; set [`source`](Self::source) for any other source.
    #[must_use]
    pub fn withdrawn(person: PersonHash, purpose: Purpose, at: Timestamp) -> Self {
        Self { state: ConsentState::Withdrawn, ..Self::given(person, purpose, at) }
    }
}
