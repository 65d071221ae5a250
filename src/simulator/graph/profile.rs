//! `/{phone_number_id}/whatsapp_business_profile`.

use super::{check_phone, fields::select, number::check_product, params::Params};
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

/// What a profile has, and how many characters each text of it may have. The page and the reference do not agree on the
/// description.
const TEXTS: [(&str, usize); 4] = [("about", 139), ("address", 256), ("description", 512), ("email", 128)];

const VERTICALS: [&str; 23] = [
    "UNDEFINED",
    "OTHER",
    "AUTO",
    "BEAUTY",
    "APPAREL",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GROCERY",
    "GOVT",
    "HOTEL",
    "HEALTH",
    "NONPROFIT",
    "PROF_SERVICES",
    "RETAIL",
    "TRAVEL",
    "RESTAURANT",
    "ALCOHOL",
    "ONLINE_GAMBLING",
    "PHYSICAL_GAMBLING",
    "OTC_DRUGS",
    "NOT_A_BIZ",
];

pub(super) async fn read(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_phone(&platform, id.as_str())?;
    let given = platform.look(|model| model.number(&id).map(|number| number.profile.clone()));
    let mut whole = given.unwrap_or_default();
    if let Some(Value::String(handle)) = whole.remove("profile_picture_handle") {
        whole.insert("profile_picture_url".into(), super::samples::address(&platform.origin, &handle).into());
    }
    whole.insert("messaging_product".into(), "whatsapp".into());
    for name in TEXTS.map(|(name, _)| name).into_iter().chain(["vertical", "websites", "profile_picture_url"])
    {
        whole.entry(name).or_insert(Value::Null);
    }
    let wanted = params.text("fields");
    let profile =
        select(&whole.into(), wanted.as_deref(), &["messaging_product"], "WhatsAppBusinessProfile")?;
    Ok(Json(json!({ "data": [profile] })))
}

pub(super) async fn write(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_phone(&platform, id.as_str())?;
    check_product(&params)?;
    for (name, most) in TEXTS {
        let Some(value) = params.0.get(name) else { continue };
        let length = value.as_str().map(|text| text.chars().count());
        let least = usize::from(name == "about");
        if !length.is_some_and(|length| (least..=most).contains(&length)) {
            return Err(Refusal::unsupported(format!("{name} must be text of at most {most} characters.")));
        }
    }
    if let Some(vertical) = params.0.get("vertical")
        && !vertical.as_str().is_some_and(|vertical| VERTICALS.contains(&vertical))
    {
        return Err(Refusal::unsupported(format!("vertical must be one of {}.", VERTICALS.join(", "))));
    }
    if let Some(websites) = params.0.get("websites") {
        let is_site = |site: &Value| {
            site.as_str().is_some_and(|site| {
                site.chars().count() <= 256 && (site.starts_with("http://") || site.starts_with("https://"))
            })
        };
        if !websites.as_array().is_some_and(|sites| sites.len() <= 2 && sites.iter().all(is_site)) {
            return Err(Refusal::unsupported("websites must be at most 2 http or https addresses."));
        }
    }
    let picture = params.text("profile_picture_handle");
    platform.change(|model, _| {
        if picture.is_some_and(|handle| model.uploads.file(&handle).is_none()) {
            return Err(Refusal::unsupported(
                "profile_picture_handle is not the handle of an uploaded file.",
            ));
        }
        let known = TEXTS.map(|(name, _)| name);
        let is_known = |name: &str| {
            known.contains(&name) || matches!(name, "vertical" | "websites" | "profile_picture_handle")
        };
        let given = params.0.into_iter().filter(|(name, _)| is_known(name));
        model.number_mut(&id).profile.extend(given);
        Ok(Json(json!({ "success": true })))
    })
}
