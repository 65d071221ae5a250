//! The Resumable Upload API: `POST /{app_id}/uploads`, and `POST` and `GET /{upload_id}`.

use crate::simulator::{checks, platform::Platform, refusal::Refusal};
use axum::{
    Json,
    body::HttpBody,
    extract::{Path, Query, Request, State},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{future::poll_fn, pin::Pin, sync::Arc};
use url::form_urlencoded;

/// What the ids of upload sessions begin with.
pub(super) const PREFIX: &str = "upload:";

#[derive(Deserialize)]
pub(super) struct About {
    file_length: Option<u64>,
    file_type: Option<String>,
}

pub(super) async fn begin(
    State(platform): State<Arc<Platform>>,
    Path((_, app)): Path<(String, String)>,
    Query(about): Query<About>,
) -> Result<Json<Value>, Refusal> {
    if app != platform.settings.app_id.as_str() {
        return Err(Refusal::no_such_object());
    }
    let length = about.file_length.ok_or_else(|| Refusal::missing("file_length"))?;
    let mime = about.file_type.ok_or_else(|| Refusal::missing("file_type"))?;
    checks::sample(&mime, length)?;
    let id = platform.change(|model, _| model.begin_upload(length));
    Ok(Json(json!({ "id": id })))
}

pub(super) fn state(platform: &Platform, id: &str, signature: Option<&str>) -> Result<Json<Value>, Refusal> {
    let (offset, _) = platform.upload(id, signature)?;
    Ok(Json(json!({ "id": id, "file_offset": offset })))
}

/// Takes bytes as they come: what has arrived when the connection breaks stays.
pub(super) async fn receive(
    platform: Arc<Platform>,
    id: &str,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let signature = request.uri().query().and_then(|query| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "sig")
            .map(|(_, sig)| sig.into_owned())
    });
    let (_, length) = platform.upload(id, signature.as_deref())?;
    let offset =
        request.headers().get("file_offset").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut here = offset.ok_or_else(|| Refusal::missing("file_offset"))?;
    let mut body = request.into_body();
    let turn = platform
        .change(|model, _| model.uploads.go_on(id, here))
        .ok_or_else(|| Refusal::unsupported("file_offset is more than is here of the file."))?;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else {
            return Err(Refusal::unsupported("The connection broke."));
        };
        let Ok(part) = frame.into_data() else { continue };
        here = here.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
        if here > length {
            return Err(Refusal::unsupported("The file is longer than file_length."));
        }
        if !platform.change(|model, _| model.uploads.append(id, turn, &part)) {
            return Err(Refusal::unsupported("Another request goes on with the upload."));
        }
    }
    if here < length {
        return Err(Refusal::unsupported("The file is shorter than file_length."));
    }
    let handle = platform.change(|model, _| model.end_upload(id)).ok_or_else(Refusal::no_such_object)?;
    Ok(Json(json!({ "h": handle })))
}

impl Platform {
    /// How many bytes of a session's file are here, and how many there should be.
    fn upload(&self, id: &str, signature: Option<&str>) -> Result<(u64, u64), Refusal> {
        self.look(|model| model.uploads.state(id, signature.unwrap_or_default()))
            .ok_or_else(Refusal::no_such_object)
    }
}
