//! Objects by their id: whose it is, `GET` and `DELETE /{media_id}`, and the download of media.

use super::{account, gate, number, params::Params, templates, uploads};
use crate::{
    id::{MediaId, PhoneNumberId},
    secret::hex,
    simulator::{
        model::{MediaObject, Model},
        platform::Platform,
        refusal::Refusal,
    },
    time::Timestamp,
};
use axum::{
    Json,
    extract::{FromRequest, Path, Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use hmac::Mac;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Where media is downloaded, as on Meta's media host.
pub(super) const DOWNLOADS: &str = "/whatsapp_business/attachments";

/// Whose media it should be; media of another number is not found.
#[derive(Deserialize)]
pub(super) struct Owner {
    phone_number_id: Option<PhoneNumberId>,
    /// The signature of an upload session.
    sig: Option<String>,
}

pub(super) async fn read(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, MediaId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    let owner = Owner {
        phone_number_id: params.text("phone_number_id").map(PhoneNumberId::from),
        sig: params.text("sig"),
    };
    if id.as_str().starts_with(uploads::PREFIX) {
        return uploads::state(&platform, id.as_str(), owner.sig.as_deref());
    }
    let id_text = id.as_str();
    let answer = number::read(&platform, id_text, &params)
        .or_else(|| account::read(&platform, id_text, &params))
        .or_else(|| templates::read(&platform, id_text, &params));
    if let Some(answer) = answer {
        return answer;
    }
    let object = platform.look(|model| media(model, &id, &owner).cloned())?;
    Ok(Json(json!({
        "messaging_product": "whatsapp",
        "url": platform.media_url(&id, platform.now()),
        "mime_type": object.mime,
        "sha256": object.sha256_hex(),
        "file_size": object.bytes.len(),
        "id": id,
    })))
}

/// `POST` to an object: the next part of an upload, or a change of anything else.
pub(super) async fn write(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    if id.starts_with(uploads::PREFIX) {
        return uploads::receive(platform, &id, request).await;
    }
    let params = Params::from_request(request, &platform).await?;
    number::edit(&platform, &id, &params)
        .or_else(|| templates::edit(&platform, &id, &params))
        .unwrap_or_else(|| Err(Refusal::no_such_object()))
}

pub(super) async fn delete(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, MediaId)>,
    Query(owner): Query<Owner>,
) -> Result<Json<Value>, Refusal> {
    platform.change(|model, _| {
        media(model, &id, &owner)?;
        model.forget_media(&id);
        Ok(Json(json!({ "success": true })))
    })
}

/// The media object with this id, if it is of the number that it should be of.
fn media<'a>(model: &'a Model, id: &MediaId, owner: &Owner) -> Result<&'a MediaObject, Refusal> {
    let object = model.media(id).ok_or_else(Refusal::no_such_object)?;
    match &owner.phone_number_id {
        Some(phone) if !object.is_of(phone) => Err(Refusal::no_such_object()),
        _ => Ok(object),
    }
}

/// The signed address of one media object.
#[derive(Deserialize)]
pub(super) struct Ticket {
    mid: MediaId,
    ext: i64,
    hash: String,
}

/// Answers with the bytes; without Graph's envelope when it refuses.
pub(super) async fn download(
    State(platform): State<Arc<Platform>>,
    headers: HeaderMap,
    ticket: Result<Query<Ticket>, QueryRejection>,
) -> Response {
    if gate::check_token(&platform, &headers).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(Query(ticket)) = ticket else { return StatusCode::NOT_FOUND.into_response() };
    let is_ours = ticket.hash == platform.ticket_hash(&ticket.mid, ticket.ext);
    if !is_ours || platform.now() >= Timestamp::from_millis(ticket.ext) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match platform.look(|model| model.media(&ticket.mid).cloned()) {
        Some(object) => ([(CONTENT_TYPE, object.mime)], object.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Platform {
    /// An address at which the media object can be downloaded for a while.
    pub(in crate::simulator) fn media_url(&self, id: &MediaId, now: Timestamp) -> String {
        let expiry = (now + self.settings.media_url_lifetime).as_millis();
        let hash = self.ticket_hash(id, expiry);
        format!("{}{DOWNLOADS}?mid={id}&ext={expiry}&hash={hash}", self.origin)
    }

    fn ticket_hash(&self, id: &MediaId, expiry: i64) -> String {
        let mut mac = self.settings.signing_key.keyed();
        mac.update(format!("{id}/{expiry}").as_bytes());
        hex(mac.finalize().into_bytes().get(..16).unwrap_or_default())
    }
}
