//! Phone numbers: as people type them, and the digits under which one person may be known.
//!
//! Sending and receiving need none of this. A [`Recipient`](crate::recipient::Recipient) checks the shape of a number and
//! costs nothing, and a `wa_id` from a webhook is the address to answer, as it came.
//!
//! | | for | feature |
//! |---|---|---|
//! | [`PhoneNumber`] | a number from a form: whether it exists, its country and kind, one spelling to keep | `phonenumber` |
//! | [`match_keys`] | finding the contact who is known by another spelling of a number | |
//!
//! # What nothing here does
//!
//! - No number from Meta is altered. A `wa_id` that does not fit today's numbering plan (twelve digits in Brazil) is still the
//!   address of its owner, so do not parse one either.
//! - No country is guessed. Text without a country code is read only in the region that the caller names.
//! - No two contacts are declared to be one person. [`match_keys`] finds candidates; who merges decides.

mod keys;
#[cfg(feature = "phonenumber")]
mod number;
#[cfg(feature = "phonenumber")]
mod plan;

pub use keys::{MatchKeys, match_keys};
#[cfg(feature = "phonenumber")]
#[cfg_attr(docsrs, doc(cfg(feature = "phonenumber")))]
pub use number::{NumberKind, PhoneNumber};

#[cfg(test)]
mod tests;
