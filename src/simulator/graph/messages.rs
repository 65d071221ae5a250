//! `POST /{phone_number_id}/messages` and `/marketing_messages`.

use super::check_phone;
use crate::simulator::{
    checks, json::text, model::Endpoint, platform::Platform, refusal::Refusal, socket::Scissors,
};
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
    let body = read(&body)?;
    if body.get("status").is_some() {
        return mark_read(&platform, &body).map(Json);
    }
    accept(&platform, &scissors, body, Endpoint::Messages)
}

pub(super) async fn send_marketing(
    State(platform): State<Arc<Platform>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path((_, phone)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    check_phone(&platform, &phone)?;
    accept(&platform, &scissors, read(&body)?, Endpoint::MarketingMessages)
}

fn read(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| {
        Refusal::unsupported("The body of the request is not JSON; messaging_product is required.")
    })
}

/// Takes a message that passes the checks, and loses the answer if a test asked for that.
fn accept(
    platform: &Platform,
    scissors: &Scissors,
    body: Value,
    endpoint: Endpoint,
) -> Result<Json<Value>, Refusal> {
    let (answer, is_lost) = platform.change(|model, now| {
        match endpoint {
            Endpoint::Messages => checks::message(&body, model, now)?,
            Endpoint::MarketingMessages => checks::marketing(&body, model, now)?,
        }
        let answer = model.accept(body, endpoint, now)?;
        let is_lost = model.trouble.lost_answers > 0;
        model.trouble.lost_answers -= usize::from(is_lost);
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
