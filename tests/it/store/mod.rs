//! The stores of this crate, held to their contract.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "these are tests, also outside of test functions"
)]

#[cfg(feature = "sqlite")]
mod backup;
#[cfg(feature = "sqlite")]
mod durability;
#[cfg(feature = "sqlite")]
mod erasure;
#[cfg(feature = "sqlite")]
mod faults;
mod memory;
#[cfg(all(feature = "postgres", unix))]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
