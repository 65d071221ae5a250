//! `/{phone_number_id}/block_users`: people who cannot write to the number any more.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users>

use super::{check_phone, number::check_product, paging::page, params::Params};
use crate::{
    id::{PhoneNumberId, UserId, WaId},
    simulator::{
        json::text,
        model::{Model, Person, Phone},
        platform::Platform,
        refusal::{Refusal, trace_id},
    },
    time::Timestamp,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Longest list of a number.
const MOST: usize = 64_000;

pub(super) async fn list(
    State(platform): State<Arc<Platform>>,
    Path((version, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_phone(&platform, id.as_str())?;
    let items: Vec<_> = platform.look(|model| {
        let blocked = model.number(&id).map_or(&[][..], |number| &number.blocked);
        let item = |(wa_id, user_id): &(WaId, UserId)| {
            let item = json!({ "messaging_product": "whatsapp", "wa_id": wa_id, "user_id": user_id });
            (user_id.as_str().to_owned(), item)
        };
        blocked.iter().map(item).collect()
    });
    let address = format!("{}/{version}/{id}/block_users", platform.origin);
    page(&items, &params, &address, 100).map(Json)
}

pub(super) async fn block(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Result<Response, Refusal> {
    change(&platform, &id, &params, true)
}

pub(super) async fn unblock(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Result<Response, Refusal> {
    change(&platform, &id, &params, false)
}

fn change(
    platform: &Platform,
    id: &PhoneNumberId,
    params: &Params,
    is_blocked: bool,
) -> Result<Response, Refusal> {
    let phone = check_phone(platform, id.as_str())?;
    check_product(params)?;
    let users = params.0.get("block_users").and_then(Value::as_array).filter(|users| !users.is_empty());
    let users = users.ok_or_else(|| Refusal::missing("block_users").of_parameter())?;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    platform.change(|model, now| {
        for user in users {
            match change_one(model, &phone, user, is_blocked, now) {
                Ok(changed) => done.push(changed),
                Err(problem) => failed.push(json!({
                    "input": text(user, "/user").or_else(|| text(user, "/user_id")),
                    "errors": [{ "message": "User could not be blocked or unblocked", "code": 139_100,
                                 "error_data": { "details": problem } }],
                })),
            }
        }
    });
    let name = if is_blocked { "added_users" } else { "removed_users" };
    let mut answer = json!({ "messaging_product": "whatsapp", "block_users": { name: done } });
    if failed.is_empty() {
        return Ok(Json(answer).into_response());
    }
    let refusal = Refusal::new(139_100, "Some of the users were not changed.");
    if let Some(members) = answer.as_object_mut() {
        members.extend(refusal.body(&trace_id()).as_object().cloned().unwrap_or_default());
    }
    if let Some(members) = answer.pointer_mut("/block_users").and_then(Value::as_object_mut) {
        members.insert("failed_users".into(), failed.into());
    }
    let status = refusal.into_response().status();
    Ok((status, Json(answer)).into_response())
}

/// Blocks or unblocks one person, who is named by number or by BSUID; the number wins.
fn change_one(
    model: &mut Model,
    phone: &Phone,
    user: &Value,
    is_blocked: bool,
    now: Timestamp,
) -> Result<Value, &'static str> {
    let (by_number, by_id) = (text(user, "/user"), text(user, "/user_id"));
    let person = match (by_number, by_id) {
        (Some(number), _) => {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            model.person(&WaId::from(digits))
        }
        // A parent BSUID is not taken here.
        (None, Some(user_id)) => {
            let person = model.person_of(phone, &UserId::from(user_id));
            let is_own = |person: &&Person| {
                person.chat(&phone.id).is_some_and(|chat| chat.user_id.as_str() == user_id)
            };
            person.filter(is_own)
        }
        (None, None) => return Err("Either user or user_id is required."),
    };
    let chat = person.and_then(|person| Some((person.number.clone(), person.chat(&phone.id)?)));
    let Some((wa_id, chat)) = chat else { return Err("The user has not written to the number.") };
    let user_id = chat.user_id.clone();
    if is_blocked && !chat.window_is_open(now) {
        return Err("The user has not written to the number within the last 24 hours.");
    }
    let number = model.number_mut(&phone.id);
    if is_blocked && !number.has_blocked(&wa_id) {
        if number.blocked.len() >= MOST {
            return Err("The list is full.");
        }
        number.blocked.push((wa_id.clone(), user_id.clone()));
    } else if !is_blocked {
        number.blocked.retain(|(there, _)| *there != wa_id);
    }
    Ok(match by_number {
        Some(input) => json!({ "input": input, "wa_id": wa_id }),
        None => json!({ "input": by_id, "user_id": user_id }),
    })
}
