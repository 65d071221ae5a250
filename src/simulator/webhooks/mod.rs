//! What Meta tells the application: the payloads, their bytes and signature, and their delivery.

mod batch;
mod callback;
pub(super) mod courier;
pub(super) mod notice;
mod outbox;
pub(super) mod payload;
mod signing;
pub(super) mod status;

pub(super) use callback::Callback;
pub use outbox::PostedWebhook;
pub(super) use outbox::{Entry, Outbox, Turn};
pub(super) use signing::signature_of;
