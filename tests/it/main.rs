//! What a user of the crate can do, end to end.
//!
//! # Rules
//!
//! What other systems lost messages by, each with a test that names it (`R4: …` in its first line):
//!
//! | rule | what | where |
//! |---|---|---|
//! | R1 | an event counts once, by its own key, in the transaction of its effect | `desk`, `desk_storage::duplicates` |
//! | R2 | nothing is fetched while a delivery is received | `desk_intake::media` |
//! | R3 | of first messages at once one opens the conversation | `desk` |
//! | R4 | times of statuses are kept, and no status is assigned | `desk`, `desk_storage::statuses` |
//! | R5 | a status needs no message | `desk`, `desk_storage::statuses` |
//! | R6 | each event of a delivery stands for itself | `desk`, `desk_people::contacts`, `webhook::events` |
//! | R7 | the window is that of a number and a person, by Meta's clock, looked at before each attempt | `desk_people::window` |
//! | R9 | an attempt is written down before it is made; a lost answer is unknown | `desk` |
//! | R10 | the number alone tells whose an event is | `desk`, `desk_storage::tenants` |
//! | R11 | a person is a set of names; conflicts are for people, and merges can be undone | `people`, `desk_people::contacts`, `desk` |
//! | R12 | what people do not want is heard wherever they say it, and looked at before each attempt | `desk_people::consent` |
//! | R13 | files are fetched by jobs and checked | `desk_intake::media` |
//! | R14 | templates: one log, missing is not deleted, our approval is not Meta's | `desk_templates` |
//! | R15 | what is written in the app is ours and opens no window | `desk_intake::echoes`, `webhook::coexistence` |
//! | R16 | the bytes are verified, and a refusal tells nothing | `desk`, `webhook::signature` |
//! | R17 | each code has its class | `error/code/tests.rs` |
//! | R18 | assignment: a conditional write, those who waited longest first | `desk_people::routing` |
//! | R19 | tenants are parted in SQL for each transaction | `store::postgres::isolation`, `desk_storage::tenants` |
//! | R20 | a lease is of a job, and fences off who lost it | `recovery`, `desk_storage::paused` |
//! | P1 to P6 | numbers: never changed, looked up by both spellings, no country guessed | `phone`, `people`, `phone/tests/keys.rs` |
//!
//! The guarantees of webhooks (P1 to P6 there) are in `webhook::guarantees`, the faults of stores in `desk_storage`.
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
#[cfg(all(feature = "axum", feature = "postgres", feature = "simulator", feature = "sqlite"))]
mod crm;
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
#[cfg(all(feature = "desk", feature = "sqlite"))]
mod desk_storage;
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
mod programs;
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
#[cfg(all(
    feature = "axum",
    feature = "conformance",
    feature = "desk",
    feature = "postgres",
    feature = "simulator",
    unix
))]
mod storm;
#[cfg(feature = "client")]
mod templates;
mod webhook;
