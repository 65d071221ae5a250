//! Everything an application needs to talk to its customers over the WhatsApp Business Platform (Meta's Cloud API): a
//! client, webhooks, conversations in a store you choose, and a simulator of Meta to test it all.
//!
//! ```no_run
//! # #[cfg(feature = "client")]
//! # async fn f() -> whatsapp_business::Result<()> {
//! use whatsapp_business::{Client, message::Buttons};
//!
//! let phone = Client::new("token")?.phone("106540352242922");
//! let sent = phone.send("+14155552671", "Your panels ship on Monday").await?;
//! let ask = Buttons::new("Is 10:00 good?").button("yes", "Yes").button("no", "Another day");
//! phone.send("+14155552671", ask).reply_to(&sent.message_id).await?;
//! # Ok(()) }
//! ```
//!
//! # What is where
//!
//! | room | what is in it | feature |
//! |---|---|---|
//! | [`message`] | what can be said, and its limits | |
//! | [`template`] | what Meta approves | |
//! | [`webhook`] | what Meta reports | |
//! | [`payload`] | own data in the ids of buttons and in tracking data | |
//! | [`recipient`], [`phone`] | whom a message is for; numbers as people type them, and how else they may be spelled | `phonenumber` for parsing |
//! | [`client`] | the HTTP side: sending, media | `client` |
//! | [`store`] | the contract for keeping data, the stores in memory, in SQLite and in PostgreSQL, the suite | `sqlite`, `postgres`, `postgres-rustls`, `conformance` |
//! | [`desk`] | tracked sends, webhooks kept, conversations | `desk` |
//! | [`axum`] | webhooks over HTTP: the desk's, or those of a function | `axum`, or `axum-handler` without the desk |
//! | [`simulator`] | Meta on your machine | `simulator` |
//! | [`error`] | the one error, and what to do about it | |
//! | [`id`], [`time`], [`open`] | ids, points in time, enums that keep what they do not know | |
//!
//! Rooms without a feature are pure values: they do no I/O and need no runtime. Modules use only those of lower floors, so
//! each can be read by itself.
//!
//! # Features
//!
//! `client`, `rustls` and `phonenumber` are on by default; `rustls-no-provider` takes the host's cryptography instead.
#![cfg_attr(
    not(all(feature = "axum", feature = "phonenumber", feature = "simulator")),
    expect(rustdoc::broken_intra_doc_links, reason = "the map names rooms whose features are off")
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "axum-handler")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum-handler")))]
pub mod axum;
mod category;
mod check;
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
pub mod payload;
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

/// The examples of the README, compiled with the documentation's.
#[cfg(all(doctest, feature = "axum", feature = "rustls", feature = "simulator", feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
