//! Everything an application needs to talk to its customers over the WhatsApp Business Platform (Meta's Cloud API).
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod error;
pub mod id;
mod open;
pub mod store;
mod secret;
#[cfg(feature = "simulator")]
#[cfg_attr(docsrs, doc(cfg(feature = "simulator")))]
pub mod simulator;
pub mod time;
mod wire;

pub use error::{Error, ErrorKind, Result};
pub use secret::{AccessToken, AppSecret, VerifyToken};
