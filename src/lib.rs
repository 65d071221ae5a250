//! Everything an application needs to talk to its customers over the WhatsApp Business Platform (Meta's Cloud API).
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub mod axum;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod client;
#[cfg(feature = "desk")]
#[cfg_attr(docsrs, doc(cfg(feature = "desk")))]
pub mod desk;
pub mod error;
pub mod id;
pub mod message;
pub mod open;
#[cfg(feature = "phonenumber")]
#[cfg_attr(docsrs, doc(cfg(feature = "phonenumber")))]
pub mod phone;
pub mod recipient;
mod secret;
#[cfg(feature = "simulator")]
#[cfg_attr(docsrs, doc(cfg(feature = "simulator")))]
pub mod simulator;
pub mod store;
pub mod template;
pub mod time;
pub mod webhook;
mod wire;

#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "desk")]
pub use desk::Desk;
pub use error::{Error, ErrorKind, Result};
pub use message::Message;
pub use recipient::Recipient;
pub use secret::{AccessToken, AppSecret, VerifyToken};
pub use store::Store;
pub use webhook::Webhook;
