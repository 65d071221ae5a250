//! `POST /{phone_number_id}/messages` and `/marketing_messages`.

use super::check_phone;
use crate::simulator::{
    checks,
    cut::Cut,
    json::text,
    model::{Endpoint, Phone},
    platform::Platform,
    refusal::Refusal,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long an answer waits for statuses that are to be faster than it.
const HEAD_START: Duration = Duration::from_secs(1);

pub(super) async fn send(
    State(platform): State<Arc<Platform>>,
    Path((_, phone)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let phone = check_phone(&platform, &phone)?;
    let body = read(&body)?;
    if body.get("status").is_some() {
        return mark_read(&platform, &phone, &body).map(|answer| Json(answer).into_response());
    }
    accept(&platform, &phone, body, Endpoint::Messages).await
}

pub(super) async fn send_marketing(
    State(platform): State<Arc<Platform>>,
    Path((_, phone)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let phone = check_phone(&platform, &phone)?;
    accept(&platform, &phone, read(&body)?, Endpoint::MarketingMessages).await
}

fn read(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| {
        Refusal::unsupported("The body of the request is not JSON; messaging_product is required.")
    })
}

/// Takes a message that passes the checks, and loses the answer if a test asked for that.
async fn accept(
    platform: &Platform,
    phone: &Arc<Phone>,
    body: Value,
    endpoint: Endpoint,
) -> Result<Response, Refusal> {
    let taken = platform.change(|model, now| {
        match endpoint {
            Endpoint::Messages => checks::message(&body, phone, model, now)?,
            Endpoint::MarketingMessages => checks::marketing(&body, phone, model, now)?,
        }
        if model.trouble.maintenance {
            return Err(Refusal::new(131_057, "The number is in maintenance mode; try again in a minute."));
        }
        let is_early = model.trouble.is_early();
        let answer = model.accept(phone, body, endpoint, is_early, now)?;
        let is_lost = model.trouble.lost_answers > 0;
        model.trouble.lost_answers -= usize::from(is_lost);
        Ok((answer, is_early, is_lost))
    });
    let (answer, is_early, is_lost) = taken?;
    if is_early {
        let ahead = platform.look(|model| model.outbox.next_number());
        // An application may keep its statuses waiting for the answer: then the answer goes first.
        let _ = timeout(HEAD_START, platform.until(|model| model.outbox.is_tried_before(ahead))).await;
    }
    let mut answer = Json(answer).into_response();
    if is_lost {
        answer.extensions_mut().insert(Cut::LOST);
    }
    Ok(answer)
}

/// A send that is none: the business has read a customer's message, and perhaps begins to type.
fn mark_read(platform: &Platform, phone: &Phone, body: &Value) -> Result<Value, Refusal> {
    checks::mark_read(body)?;
    let id = text(body, "/message_id").unwrap_or_default();
    platform
        .change(|model, now| model.mark_read(&phone.id, id, body.get("typing_indicator").is_some(), now))?;
    Ok(json!({ "success": true }))
}
