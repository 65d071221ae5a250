//! The Graph API: one file for each resource, behind one gate.

mod archive;
mod fields;
mod gate;
mod media;
mod messages;
mod node;
mod paging;
mod params;
mod samples;
mod templates;
mod uploads;

use super::{platform::Platform, refusal::Refusal};
use crate::id::{AccountId, PhoneNumberId};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use std::sync::Arc;

/// Every route of the simulated hosts.
pub(super) fn routes(platform: Arc<Platform>) -> Router {
    let graph = Router::new()
        .route("/{version}/{phone}/messages", post(messages::send))
        .route("/{version}/{phone}/marketing_messages", post(messages::send_marketing))
        .route(
            "/{version}/{phone}/media",
            // The check of the size is ours to answer.
            post(media::upload).layer(DefaultBodyLimit::disable()),
        )
        .route("/{version}/{app}/uploads", post(uploads::begin))
        .route(
            "/{version}/{account}/message_templates",
            get(templates::list_all).post(templates::create).delete(templates::delete),
        )
        .route(archive::ARCHIVE, post(archive::archive))
        .route(archive::UNARCHIVE, post(archive::unarchive))
        .route("/{version}/{account}/upsert_message_templates", post(templates::upsert))
        .route("/{version}/{template}/unpause", post(templates::unpause))
        .route("/{version}/{node}", get(node::read).delete(node::delete).post(node::write))
        .fallback(|| std::future::ready(Refusal::no_such_path()))
        .method_not_allowed_fallback(|| std::future::ready(Refusal::no_such_path()))
        .layer(middleware::from_fn_with_state(Arc::clone(&platform), gate::pass));
    // Meta's media host is another one and knows nothing of Graph's envelope.
    Router::new()
        .route(node::DOWNLOADS, get(node::download))
        .route(samples::PATH, get(samples::show))
        .merge(graph)
        .with_state(platform)
}

/// Refuses the id of a number that is not ours.
fn check_phone(platform: &Platform, phone: &str) -> Result<(), Refusal> {
    if PhoneNumberId::from(phone) == platform.settings.phone_number_id {
        Ok(())
    } else {
        Err(Refusal::no_such_object())
    }
}

/// Refuses the id of an account that is not ours.
fn check_account(platform: &Platform, account: &AccountId) -> Result<(), Refusal> {
    if *account == platform.settings.account_id { Ok(()) } else { Err(Refusal::no_such_object()) }
}
