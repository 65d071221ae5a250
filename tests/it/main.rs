//! What a user of the crate can do, end to end.

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "client")]
mod faults;
#[cfg(feature = "client")]
mod media;
#[cfg(all(feature = "axum", feature = "simulator"))]
mod secrets;
#[cfg(feature = "simulator")]
mod simulator;
#[cfg(feature = "conformance")]
mod store;
