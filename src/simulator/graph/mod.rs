//! The Graph API: one file for each resource, behind one gate.

mod gate;
mod media;
mod messages;
mod mishap;
mod node;
mod uploads;

use super::{journal, model::Phone, platform::Platform, refusal::Refusal};
use crate::id::PhoneNumberId;
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
        .route("/{version}/{node}", get(node::read).delete(node::delete).post(uploads::receive))
        .fallback(|| std::future::ready(Refusal::no_such_path()))
        .method_not_allowed_fallback(|| std::future::ready(Refusal::no_such_path()))
        .layer(middleware::from_fn_with_state(Arc::clone(&platform), gate::pass))
        .layer(middleware::from_fn_with_state(Arc::clone(&platform), journal::keep));
    // Meta's media host is another one and knows nothing of Graph's envelope.
    Router::new().route(node::DOWNLOADS, get(node::download)).merge(graph).with_state(platform)
}

/// The business number with this id; refuses any other.
fn check_phone(platform: &Platform, phone: &str) -> Result<Arc<Phone>, Refusal> {
    platform
        .look(|model| model.phone(&PhoneNumberId::from(phone)).map(Arc::clone))
        .ok_or_else(Refusal::no_such_object)
}
