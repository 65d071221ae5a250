//! `POST /{phone_number_id}/messages`.

use super::check_phone;
use crate::simulator::{checks, json::text, platform::Platform, refusal::Refusal, socket::Scissors};
use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, Path, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn send(
    State(platform): State<Arc<Platform>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path((_, phone)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    check_phone(&platform, &phone)?;
    let body: Value = serde_json::from_slice(&body).map_err(|_| {
        Refusal::unsupported("The body of the request is not JSON; messaging_product is required.")
    })?;
    if body.get("status").is_some() {
        return mark_read(&platform, &body).map(Json);
    }
    let (answer, is_lost) = platform.change(|model, now| {
        checks::message(&body, model, now)?;
        let answer = model.accept(body, now)?;
        let is_lost = model.faults.lost_answers > 0;
        model.faults.lost_answers -= usize::from(is_lost);
        Ok((answer, is_lost))
    })?;
    if is_lost {
        scissors.cut();
    }
    Ok(Json(answer))
}

/// A send that is none: the business has read a customer's message, and perhaps begins to type.
fn mark_read(platform: &Platform, body: &Value) -> Result<Value, Refusal> {
    checks::mark_read(body)?;
    let id = text(body, "/message_id").unwrap_or_default();
    platform.change(|model, now| model.mark_read(id, body.get("typing_indicator").is_some(), now))?;
    Ok(json!({ "success": true }))
}
