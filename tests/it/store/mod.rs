//! The stores of this crate, held to their contract.

#[cfg(feature = "sqlite")]
mod durability;
mod memory;
#[cfg(feature = "sqlite")]
mod model;
#[cfg(feature = "sqlite")]
mod sqlite;
