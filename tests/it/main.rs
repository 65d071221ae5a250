//! What a user of the crate can do, end to end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has to fail, in its helpers too"
)]

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "desk")]
mod desk_faults;
#[cfg(feature = "desk")]
mod desk_intake;
#[cfg(feature = "desk")]
mod desk_people;
#[cfg(all(feature = "desk", feature = "simulator"))]
mod desk_send;
#[cfg(all(feature = "desk", feature = "simulator"))]
mod desk_templates;
mod endpoint;
#[cfg(feature = "client")]
mod faults;
#[cfg(feature = "simulator")]
mod gallery;
mod inspect;
#[cfg(feature = "client")]
mod marketing;
#[cfg(feature = "client")]
mod media;
#[cfg(feature = "simulator")]
mod messages;
#[cfg(feature = "desk")]
mod people;
mod phone;
#[cfg(all(feature = "axum", feature = "simulator", feature = "sqlite"))]
mod quickstart;
#[cfg(feature = "desk")]
mod recovery;
#[cfg(feature = "simulator")]
mod send;
#[cfg(feature = "simulator")]
mod simulator;
#[cfg(feature = "conformance")]
mod store;
#[cfg(feature = "client")]
mod templates;
mod webhook;
