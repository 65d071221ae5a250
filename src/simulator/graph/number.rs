//! A business number: its fields, registration, PIN, verification, settings and username.

use super::{check_account, check_phone, fields::select, paging::page, params::Params};
use crate::{
    id::{AccountId, PhoneNumberId},
    simulator::{
        Simulator,
        model::{Model, NumberState, Phone},
        platform::Platform,
        refusal::Refusal,
    },
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Numbers: what only their owner gets to see.
impl Simulator {
    /// The code that `POST /{phone_number_id}/request_code` last sent by SMS or in a call, until it is used.
    #[must_use]
    pub fn verification_code(&self) -> Option<String> {
        let phone = self.phone_number_id();
        self.platform().look(|model| model.number(phone).and_then(|number| number.code.clone()))
    }
}

const KIND: &str = "WhatsAppBusinessPhoneNumber";

/// Fields of an answer that was not asked for any.
const USUAL: [&str; 7] = [
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
];

/// The throughput that Meta calls high.
const HIGH: usize = 1_000;

type Answer = Result<Json<Value>, Refusal>;

fn success() -> Answer {
    Ok(Json(json!({ "success": true })))
}

/// `GET /{phone_number_id}`, if it is the id of one.
pub(super) fn read(platform: &Platform, id: &str, params: &Params) -> Option<Answer> {
    let phone = check_phone(platform, id).ok()?;
    let wanted = params.text("fields");
    let whole = platform.look(|model| whole(platform, model, &phone));
    Some(select(&whole, wanted.as_deref(), &USUAL, KIND).map(Json))
}

/// `GET /{account_id}/phone_numbers`.
pub(super) async fn list(
    State(platform): State<Arc<Platform>>,
    Path((version, account)): Path<(String, AccountId)>,
    params: Params,
) -> Answer {
    check_account(&platform, &account)?;
    let wanted = params.text("fields");
    let items: Vec<_> = platform.look(|model| {
        let phones = model.phones().filter(|phone| phone.account_id == account);
        let items = phones.map(|phone| {
            let item = select(&whole(&platform, model, phone), wanted.as_deref(), &USUAL, KIND)?;
            Ok((phone.id.as_str().to_owned(), item))
        });
        items.collect::<Result<_, Refusal>>()
    })?;
    let address = format!("{}/{version}/{account}/phone_numbers", platform.origin);
    page(&items, &params, &address, 100).map(Json)
}

fn whole(platform: &Platform, model: &Model, phone: &Phone) -> Value {
    let unset = NumberState::default();
    let number = model.number(&phone.id).unwrap_or(&unset);
    let callback = model
        .outbox
        .callback()
        .and_then(|callback| callback.address())
        .map(|callback| json!({ "application": callback.as_str() }));
    json!({
        "id": phone.id,
        "display_phone_number": format!("+{}", phone.number),
        "verified_name": number.verified_name,
        "code_verification_status": if number.is_verified { "VERIFIED" } else { "NOT_VERIFIED" },
        "quality_rating": "GREEN",
        "name_status": "APPROVED",
        "new_name_status": if number.new_name.is_some() { "PENDING_REVIEW" } else { "NONE" },
        "new_display_name": number.new_name,
        "status": if number.is_registered { "CONNECTED" } else { "DISCONNECTED" },
        "platform_type": if number.is_registered { "CLOUD_API" } else { "NOT_APPLICABLE" },
        "throughput": { "level": if phone.throughput >= HIGH { "HIGH" } else { "STANDARD" } },
        "account_mode": "LIVE",
        "is_official_business_account": false,
        "is_on_biz_app": false,
        "is_pin_enabled": number.pin.is_some(),
        "host_platform": "CLOUD_API",
        "messaging_limit_tier": "TIER_1K",
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "webhook_configuration": callback,
        "username": number.username,
        "conversational_automation": number.automation,
        "health_status": health(platform, phone, number),
    })
}

fn health(platform: &Platform, phone: &Phone, number: &NumberState) -> Value {
    let state = if number.is_registered { "AVAILABLE" } else { "BLOCKED" };
    json!({ "can_send_message": state, "entities": [
        { "entity_type": "PHONE_NUMBER", "id": phone.id, "can_send_message": state },
        { "entity_type": "WABA", "id": phone.account_id, "can_send_message": "AVAILABLE" },
        { "entity_type": "APP", "id": platform.settings.app_id, "can_send_message": "AVAILABLE" },
    ] })
}

/// `POST /{phone_number_id}`, if it is the id of one: the PIN, or another display name.
pub(super) fn edit(platform: &Platform, id: &str, params: &Params) -> Option<Answer> {
    let phone = check_phone(platform, id).ok()?;
    Some(if params.0.contains_key("pin") {
        pin(params).and_then(|pin| {
            platform.change(|model, now| model.set_pin(&phone, &pin, now));
            success()
        })
    } else if params.0.contains_key("new_display_name") {
        params.need("new_display_name").and_then(|name| {
            if !(2..=75).contains(&name.chars().count()) {
                return Err(Refusal::unsupported("new_display_name must have 2 to 75 characters."));
            }
            platform.change(|model, _| model.number_mut(&phone.id).new_name = Some(name));
            success()
        })
    } else if params.0.contains_key("webhook_configuration") {
        Err(Refusal::unsupported("webhook_configuration is not simulated."))
    } else {
        Err(Refusal::unsupported("Nothing was given that can be changed."))
    })
}

/// Six digits.
fn pin(params: &Params) -> Result<String, Refusal> {
    let pin = params.need("pin")?;
    if pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) {
        Ok(pin)
    } else {
        Err(Refusal::unsupported("pin must have 6 digits."))
    }
}

pub(super) fn check_product(params: &Params) -> Result<(), Refusal> {
    if params.text("messaging_product").as_deref() == Some("whatsapp") {
        Ok(())
    } else {
        Err(Refusal::unsupported("messaging_product is required and must be whatsapp."))
    }
}

pub(super) async fn register(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    check_product(&params)?;
    let pin = pin(&params)?;
    platform.change(|model, now| model.number_mut(&id).register(&pin, now))?;
    success()
}

pub(super) async fn deregister(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    platform.change(|model, now| model.number_mut(&id).deregister(now))?;
    success()
}

pub(super) async fn request_code(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    if !matches!(params.need("code_method")?.as_str(), "SMS" | "VOICE") {
        return Err(Refusal::unsupported("code_method must be SMS or VOICE."));
    }
    params.need("language")?;
    platform.change(|model, _| model.send_code(&id));
    success()
}

pub(super) async fn verify_code(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let code = params.need("code")?;
    platform.change(|model, _| {
        let number = model.number_mut(&id);
        if number.code.take_if(|sent| *sent == code).is_none() {
            return Err(Refusal::unsupported("code is not the one that was sent to the number."));
        }
        number.is_verified = true;
        success()
    })
}

/// The features of a number's settings, one of which is set at a time.
const SETTINGS: [&str; 4] =
    ["calling", "user_identity_change", "payload_encryption", "storage_configuration"];

pub(super) async fn settings(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let given = platform.look(|model| model.number(&id).map(|number| number.settings.clone()));
    let mut settings = given.unwrap_or_default();
    settings.entry("calling").or_insert_with(|| json!({ "status": "DISABLED" }));
    settings
        .entry("storage_configuration")
        .or_insert_with(|| json!({ "status": "IN_COUNTRY_STORAGE_DISABLED" }));
    for name in SETTINGS {
        settings.entry(name).or_insert(Value::Null);
    }
    let usual = SETTINGS;
    select(&settings.into(), params.text("fields").as_deref(), &usual, "WhatsAppBusinessPhoneNumberSettings")
        .map(Json)
}

pub(super) async fn set(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let given: Map<_, _> = params
        .0
        .into_iter()
        .filter(|(name, value)| SETTINGS.contains(&name.as_str()) && value.is_object())
        .collect();
    if given.len() != 1 {
        let details = format!("Exactly one of {} must be given, an object.", SETTINGS.join(", "));
        return Err(Refusal::unsupported(details));
    }
    platform.change(|model, _| model.number_mut(&id).settings.extend(given));
    success()
}
