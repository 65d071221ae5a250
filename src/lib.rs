//! Everything an application needs to talk to its customers over the WhatsApp Business Platform (Meta's Cloud API).
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod error;
pub mod id;
pub mod message;
pub mod open;
#[cfg(feature = "phonenumber")]
#[cfg_attr(docsrs, doc(cfg(feature = "phonenumber")))]
pub mod phone;
pub mod recipient;
mod secret;
pub mod store;
pub mod template;
pub mod time;
pub mod webhook;
mod wire;

pub use error::{Error, ErrorKind, Result};
pub use message::Message;
pub use recipient::Recipient;
pub use secret::{AccessToken, AppSecret, VerifyToken};
pub use webhook::Webhook;
