//! The sample files of templates, at an address that needs no token: Meta has them on a host for everybody.

use crate::simulator::platform::Platform;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;
use url::form_urlencoded;

pub(super) const PATH: &str = "/whatsapp_business/samples";

#[derive(Deserialize)]
pub(super) struct Sample {
    handle: String,
}

/// Where the sample with this handle can be seen.
pub(super) fn address(origin: &str, handle: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(format!("{origin}{PATH}?"));
    query.append_pair("handle", handle);
    query.finish()
}

pub(super) async fn show(
    State(platform): State<Arc<Platform>>,
    Query(Sample { handle }): Query<Sample>,
) -> Response {
    match platform.look(|model| model.uploads.file(&handle).cloned()) {
        Some(bytes) => bytes.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
