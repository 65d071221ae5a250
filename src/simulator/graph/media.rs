//! `POST /{phone_number_id}/media`.

use super::check_phone;
use crate::simulator::{checks, model::MediaObject, platform::Platform, refusal::Refusal};
use axum::{
    Json,
    body::Bytes,
    extract::{
        Multipart, Path, State,
        multipart::{MultipartError, MultipartRejection},
    },
};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn upload(
    State(platform): State<Arc<Platform>>,
    Path((_, phone)): Path<(String, String)>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<Value>, Refusal> {
    let form = form.map_err(|_| Refusal::unsupported("The body of the request is not a multipart form."))?;
    let form = read(form).await.map_err(|_| Refusal::unsupported("The multipart form could not be read."))?;
    // The number is checked after the form was read: an answer before the end of the upload would break the connection.
    let phone = check_phone(&platform, &phone)?;
    if form.product.as_deref() != Some("whatsapp") {
        return Err(Refusal::unsupported("messaging_product must be whatsapp."));
    }
    let file = form.file.ok_or_else(|| Refusal::unsupported("file is required."))?;
    let mime = form.mime.or(form.file_mime).unwrap_or_default();
    checks::upload(&mime, &file)?;
    let id = platform.change(|model, _| model.keep_media(MediaObject::new(file, mime).of(&phone.id)));
    Ok(Json(json!({ "id": id })))
}

/// The members of the form that matter.
#[derive(Default)]
struct Form {
    product: Option<String>,
    mime: Option<String>,
    file_mime: Option<String>,
    file: Option<Bytes>,
}

async fn read(mut multipart: Multipart) -> Result<Form, MultipartError> {
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await? {
        match field.name() {
            Some("messaging_product") => form.product = Some(field.text().await?),
            Some("type") => form.mime = Some(field.text().await?),
            Some("file") => {
                form.file_mime = field.content_type().map(str::to_owned);
                form.file = Some(field.bytes().await?);
            }
            _ => {}
        }
    }
    Ok(form)
}
