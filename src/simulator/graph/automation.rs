//! What a chat offers by itself: `/{phone_number_id}/conversational_automation` and `/whatsapp_commerce_settings`.

use super::{check_phone, params::Params};
use crate::{
    id::PhoneNumberId,
    simulator::{json::text, platform::Platform, refusal::Refusal},
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

type Answer = Result<Json<Value>, Refusal>;

/// Most prompts, of which the page says 4 and the reference 3, and most commands.
const PROMPTS: usize = 4;
const COMMANDS: usize = 30;

pub(super) async fn set(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let is_prompt =
        |prompt: &Value| prompt.as_str().is_some_and(|text| (1..=80).contains(&text.chars().count()));
    let is_command = |command: &Value| {
        let fits = |pointer, most| {
            text(command, pointer).is_some_and(|text| (1..=most).contains(&text.chars().count()))
        };
        fits("/command_name", 32) && fits("/command_description", 256)
    };
    if let Some(prompts) = params.0.get("prompts")
        && !prompts.as_array().is_some_and(|all| all.len() <= PROMPTS && all.iter().all(is_prompt))
    {
        let details = format!("prompts must be at most {PROMPTS} texts of 1 to 80 characters.");
        return Err(Refusal::unsupported(details));
    }
    if let Some(commands) = params.0.get("commands")
        && !commands.as_array().is_some_and(|all| all.len() <= COMMANDS && all.iter().all(is_command))
    {
        let details =
            format!("commands must be at most {COMMANDS}, each with command_name and command_description.");
        return Err(Refusal::unsupported(details));
    }
    let given = params.0.into_iter().filter_map(|(name, value)| match (name.as_str(), value) {
        // Addresses and forms know only text.
        ("enable_welcome_message", value) => Some((name, (value == true || value == "true").into())),
        ("prompts" | "commands", value) => Some((name, value)),
        _ => None,
    });
    platform.change(|model, _| model.number_mut(&id).automation.extend(given));
    Ok(Json(json!({ "success": true })))
}

pub(super) async fn commerce(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let number = platform
        .look(|model| model.number(&id).map(|number| (number.is_cart_enabled, number.is_catalog_visible)));
    let (cart, catalog) = number.unwrap_or((true, false));
    Ok(Json(json!({ "data": [{ "id": id, "is_cart_enabled": cart, "is_catalog_visible": catalog }] })))
}

pub(super) async fn set_commerce(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let switch = |name: &str| match params.0.get(name) {
        None => Ok(None),
        Some(value) if *value == true || *value == "true" => Ok(Some(true)),
        Some(value) if *value == false || *value == "false" => Ok(Some(false)),
        Some(_) => Err(Refusal::unsupported(format!("{name} must be true or false."))),
    };
    let (cart, catalog) = (switch("is_cart_enabled")?, switch("is_catalog_visible")?);
    platform.change(|model, _| {
        let number = model.number_mut(&id);
        number.is_cart_enabled = cart.unwrap_or(number.is_cart_enabled);
        number.is_catalog_visible = catalog.unwrap_or(number.is_catalog_visible);
    });
    Ok(Json(json!({ "success": true })))
}
