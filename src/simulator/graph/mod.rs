//! The Graph API: one file for each resource, behind one gate.

mod account;
mod archive;
mod automation;
mod blocking;
mod compare;
mod fields;
mod gate;
mod library;
mod media;
mod messages;
mod migrate;
mod mishap;
mod node;
mod number;
mod paging;
mod params;
mod previews;
mod profile;
mod qr;
mod samples;
mod templates;
mod uploads;
mod username;

use super::{journal, model::Phone, platform::Platform, refusal::Refusal};
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
        .route("/{version}/message_template_library", get(library::list_all))
        .route(archive::ARCHIVE, post(archive::archive))
        .route(archive::UNARCHIVE, post(archive::unarchive))
        .route("/{version}/{account}/upsert_message_templates", post(templates::upsert))
        .route("/{version}/{account}/message_template_previews", get(previews::show))
        .route("/{version}/{account}/migrate_message_templates", post(migrate::migrate))
        .route("/{version}/{template}/unpause", post(templates::unpause))
        .route("/{version}/{template}/compare", get(compare::compare))
        .route(
            "/{version}/{account}/subscribed_apps",
            get(account::subscriptions).post(account::subscribe).delete(account::unsubscribe),
        )
        .route("/{version}/debug_token", get(account::debug_token))
        .merge(of_numbers())
        .route("/{version}/{node}", get(node::read).delete(node::delete).post(node::write))
        .fallback(|| std::future::ready(Refusal::no_such_path()))
        .method_not_allowed_fallback(|| std::future::ready(Refusal::no_such_path()))
        .layer(middleware::from_fn_with_state(Arc::clone(&platform), gate::pass))
        .layer(middleware::from_fn_with_state(Arc::clone(&platform), journal::keep))
        .layer(middleware::map_response(mishap::drip));
    // Meta's media host is another one and knows nothing of Graph's envelope.
    Router::new()
        .route(node::DOWNLOADS, get(node::download))
        .route(samples::PATH, get(samples::show))
        .merge(graph)
        .with_state(platform)
}

/// What is set for a number, beside its messages.
fn of_numbers() -> Router<Arc<Platform>> {
    Router::new()
        .route("/{version}/{account}/phone_numbers", get(number::list))
        .route("/{version}/{phone}/register", post(number::register))
        .route("/{version}/{phone}/deregister", post(number::deregister))
        .route("/{version}/{phone}/request_code", post(number::request_code))
        .route("/{version}/{phone}/verify_code", post(number::verify_code))
        .route("/{version}/{phone}/settings", get(number::settings).post(number::set))
        .route("/{version}/{phone}/whatsapp_business_profile", get(profile::read).post(profile::write))
        .route(
            "/{version}/{phone}/block_users",
            get(blocking::list).post(blocking::block).delete(blocking::unblock),
        )
        .route("/{version}/{phone}/message_qrdls", get(qr::list).post(qr::write))
        .route("/{version}/{phone}/message_qrdls/{code}", get(qr::read).delete(qr::delete))
        .route(
            "/{version}/{phone}/username",
            get(username::read).post(username::adopt).delete(username::drop_it),
        )
        .route("/{version}/{phone}/username_suggestions", get(username::suggest))
        .route("/{version}/{phone}/conversational_automation", post(automation::set))
        .route(
            "/{version}/{phone}/whatsapp_commerce_settings",
            get(automation::commerce).post(automation::set_commerce),
        )
}

/// The business number with this id; refuses any other.
fn check_phone(platform: &Platform, phone: &str) -> Result<Arc<Phone>, Refusal> {
    platform
        .look(|model| model.phone(&PhoneNumberId::from(phone)).map(Arc::clone))
        .ok_or_else(Refusal::no_such_object)
}

/// Refuses the id of an account that is not ours.
fn check_account(platform: &Platform, account: &AccountId) -> Result<(), Refusal> {
    let is_ours = platform.look(|model| model.phones().any(|phone| phone.account_id == *account));
    if is_ours { Ok(()) } else { Err(Refusal::no_such_object()) }
}
