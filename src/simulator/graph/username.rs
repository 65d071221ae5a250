//! `/{phone_number_id}/username` and the suggestions for one.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-usernames>

use super::{check_phone, params::Params};
use crate::{
    id::PhoneNumberId,
    simulator::{platform::Platform, refusal::Refusal},
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

type Answer = Result<Json<Value>, Refusal>;

pub(super) async fn read(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let username = platform.look(|model| model.number(&id).and_then(|number| number.username.clone()));
    Ok(Json(match username {
        Some(username) => json!({ "username": username, "status": "approved" }),
        None => json!({}),
    }))
}

pub(super) async fn adopt(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    let phone = check_phone(&platform, id.as_str())?;
    let username = params.need("username")?.to_ascii_lowercase();
    if !is_username(&username) {
        return Err(Refusal::unsupported("username is not one: 3 to 35 of a to z, 0 to 9, . and _."));
    }
    if let Some(action) = params.text("transfer_action")
        && !matches!(action.as_str(), "none" | "force_transfer")
    {
        return Err(Refusal::unsupported("transfer_action must be none or force_transfer."));
    }
    platform.change(|model, now| model.set_username(&phone, Some(username), now));
    Ok(Json(json!({ "status": "approved" })))
}

pub(super) async fn drop_it(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
) -> Answer {
    let phone = check_phone(&platform, id.as_str())?;
    platform.change(|model, now| model.set_username(&phone, None, now));
    Ok(Json(json!({ "success": true })))
}

pub(super) async fn suggest(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let name = platform.look(|model| model.number(&id).map(|number| number.verified_name.clone()));
    let plain = name.unwrap_or_else(|| "Sunny Solar".into()).to_lowercase();
    let plain: String = plain.chars().filter(char::is_ascii_alphanumeric).collect();
    let suggestions = json!([plain, format!("{plain}.official"), format!("the_{plain}")]);
    Ok(Json(json!({ "data": [{ "username_suggestions": suggestions }] })))
}

fn is_username(name: &str) -> bool {
    (3..=35).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_'))
        && name.bytes().any(|b| b.is_ascii_lowercase())
        && !name.starts_with(['.'])
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.starts_with("www")
        && ![".com", ".net", ".org"].iter().any(|domain| name.ends_with(domain))
}
