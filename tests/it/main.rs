//! What a user of the crate can do, end to end.

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "client")]
mod faults;
mod inspect;
#[cfg(feature = "client")]
mod media;
#[cfg(feature = "simulator")]
mod simulator;
#[cfg(feature = "conformance")]
mod store;
