//! What Meta tells the application: the payloads, their bytes and signature, and their delivery.

pub(super) mod courier;
mod outbox;
pub(super) mod payload;
mod signing;

pub(super) use outbox::Outbox;
pub use outbox::PostedWebhook;
pub(super) use signing::signature_of;
