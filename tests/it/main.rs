//! What a user of the crate can do, end to end.

#[cfg(feature = "simulator")]
mod simulator;
