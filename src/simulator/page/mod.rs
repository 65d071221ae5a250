//! The page in a browser: phones of the customers side by side, and an inspector of all that is sent and received.
//!
//! It is plain HTML, CSS and JavaScript, served beside the Graph API. A browser gets one stream of events, a snapshot and
//! then what changes, and acts by small requests. Text that an application sent is only ever set as text.

mod act;
mod events;
mod files;
mod guard;
mod news;
mod view;

use super::{Simulator, platform::Platform, server::Running};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Redirect,
    routing::{get, post},
};
use std::sync::{Arc, OnceLock, Weak};

/// What every path of the page begins with. Graph's paths begin with a version, so none of them is in the way.
pub(super) const PREFIX: &str = "/simulator";

/// The way from the page to its simulator. It is a weak one: an open page keeps no simulator alive.
#[derive(Clone, Default)]
pub(super) struct Door(Arc<OnceLock<Weak<Running>>>);

impl Door {
    /// Lets the page act on `simulator`.
    pub(super) fn open(&self, simulator: &Simulator) {
        // A door is opened once, where it is made.
        let _ = self.0.set(Arc::downgrade(&simulator.0));
    }

    fn simulator(&self) -> Option<Simulator> {
        self.0.get()?.upgrade().map(Simulator)
    }
}

/// What the handlers of the page share.
#[derive(Clone)]
struct Desktop {
    platform: Arc<Platform>,
    door: Door,
}

/// Every route of the page.
pub(super) fn routes(platform: Arc<Platform>, door: Door) -> Router {
    let path = |rest: &str| format!("{PREFIX}/{rest}");
    let control = Router::new()
        .route(&path("events"), get(events::stream))
        .route(&path("media/{id}"), get(files::media))
        .route(&path("act"), post(act::act))
        // As large as Meta takes the largest file: a document.
        .route(&path("file"), post(act::send_file).layer(DefaultBodyLimit::max(100 << 20)))
        .route_layer(middleware::from_fn(guard::same_origin_only));
    Router::new()
        .route(PREFIX, get(|| std::future::ready(Redirect::permanent("/simulator/"))))
        .route(&path(""), get(files::index))
        .route(&path("{file}"), get(files::file))
        .merge(control)
        .with_state(Desktop { platform, door })
}
