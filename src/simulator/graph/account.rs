//! The account: `GET /{account_id}` and `/{account_id}/subscribed_apps`.

use super::{check_account, fields::select, params::Params};
use crate::{
    id::AccountId,
    simulator::{platform::Platform, refusal::Refusal},
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

const KIND: &str = "WhatsAppBusinessAccount";
const USUAL: [&str; 4] = ["name", "currency", "timezone_id", "message_template_namespace"];

type Answer = Result<Json<Value>, Refusal>;

/// `GET /{account_id}`, if it is the id of one.
pub(super) fn read(platform: &Platform, id: &str, params: &Params) -> Option<Answer> {
    check_account(platform, &AccountId::from(id)).ok()?;
    let whole = json!({
        "id": id,
        "name": "Sunny Solar",
        "currency": "USD",
        "timezone_id": "1",
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "country": "US",
        "ownership_type": "SELF",
        "status": "ACTIVE",
        "primary_business_location": null,
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "health_status": { "can_send_message": "AVAILABLE", "entities": [
            { "entity_type": "WABA", "id": id, "can_send_message": "AVAILABLE" },
            { "entity_type": "APP", "id": platform.settings.app_id, "can_send_message": "AVAILABLE" },
        ] },
    });
    Some(select(&whole, params.text("fields").as_deref(), &USUAL, KIND).map(Json))
}

pub(super) async fn subscriptions(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
) -> Answer {
    check_account(&platform, &account)?;
    let app = &platform.settings.app_id;
    let about = json!({ "id": app, "link": format!("https://www.facebook.com/games/?app_id={app}"), "name": "Simulated app" });
    let is_subscribed = platform.look(|model| !model.outbox.is_muted());
    let data = if is_subscribed { json!([{ "whatsapp_business_api_data": about }]) } else { json!([]) };
    Ok(Json(json!({ "data": data })))
}

pub(super) async fn subscribe(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
    params: Params,
) -> Answer {
    check_account(&platform, &account)?;
    if params.0.contains_key("override_callback_uri") {
        return Err(Refusal::unsupported("override_callback_uri is not simulated."));
    }
    platform.change(|model, _| model.outbox.mute(false));
    Ok(Json(json!({ "success": true })))
}

/// From now on nothing that happens to the account becomes a webhook.
pub(super) async fn unsubscribe(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
) -> Answer {
    check_account(&platform, &account)?;
    platform.change(|model, _| model.outbox.mute(true));
    Ok(Json(json!({ "success": true })))
}

/// `GET /debug_token`: what a token is good for.
pub(super) async fn debug_token(State(platform): State<Arc<Platform>>, params: Params) -> Answer {
    let token = params.need("input_token")?;
    let Ok(accounts) = platform.look(|model| model.accounts_of(&token).cloned()) else {
        let error = json!({ "code": 190, "message": "The access token could not be decrypted." });
        return Ok(Json(json!({ "data": { "is_valid": false, "error": error, "scopes": [] } })));
    };
    let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
    let granular = scopes.map(|scope| json!({ "scope": scope, "target_ids": accounts }));
    Ok(Json(json!({ "data": {
        "app_id": platform.settings.app_id,
        "type": "SYSTEM_USER",
        "application": "Simulated app",
        "data_access_expires_at": 0,
        "expires_at": 0,
        "is_valid": true,
        "issued_at": 0,
        "scopes": scopes,
        "granular_scopes": granular,
        "user_id": "1",
    } })))
}
