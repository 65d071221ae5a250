//! `/{phone_number_id}/message_qrdls`: links and QR pictures that open a chat with words in it.

use super::{check_phone, fields::select, paging::page, params::Params};
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

const KIND: &str = "WhatsAppMessageQRCode";
const USUAL: [&str; 3] = ["code", "prefilled_message", "deep_link_url"];

/// Longest text that a code writes for the customer.
const LONGEST: usize = 140;

type Answer = Result<Json<Value>, Refusal>;

/// Every field of a code. The picture is only named: nothing draws it.
fn whole(code: &str, message: &str) -> Value {
    json!({
        "code": code,
        "prefilled_message": message,
        "deep_link_url": format!("https://wa.me/message/{code}"),
        "qr_image_url": format!("https://scontent.whatsapp.net/qr/{code}"),
    })
}

pub(super) async fn list(
    State(platform): State<Arc<Platform>>,
    Path((version, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let codes =
        platform.look(|model| model.number(&id).map(|number| number.qr_codes.clone())).unwrap_or_default();
    let (wanted, only) = (params.text("fields"), params.text("code"));
    let shown = codes.iter().rev().filter(|(code, _)| only.as_ref().is_none_or(|only| only == code));
    let items = shown.map(|(code, message)| {
        Ok((code.clone(), select(&whole(code, message), wanted.as_deref(), &USUAL, KIND)?))
    });
    let items: Vec<_> = items.collect::<Result<_, Refusal>>()?;
    let address = format!("{}/{version}/{id}/message_qrdls", platform.origin);
    page(&items, &params, &address, 100).map(Json)
}

/// A new code, or other words for one that is there.
pub(super) async fn write(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, PhoneNumberId)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let message = params.need("prefilled_message")?;
    if message.chars().count() > LONGEST {
        let details = format!("prefilled_message has more than {LONGEST} characters.");
        return Err(Refusal::unsupported(details));
    }
    let picture = params.text("generate_qr_image");
    if picture.as_deref().is_some_and(|format| !matches!(format, "PNG" | "SVG")) {
        return Err(Refusal::unsupported("generate_qr_image must be PNG or SVG."));
    }
    let code = platform.change(|model, _| match params.text("code") {
        None => {
            let code = model.qr_code();
            model.number_mut(&id).qr_codes.push((code.clone(), message.clone()));
            Ok(code)
        }
        Some(code) => {
            let known = model.number_mut(&id).qr_codes.iter_mut().find(|(there, _)| *there == code);
            known.ok_or_else(Refusal::no_such_object)?.1.clone_from(&message);
            Ok(code)
        }
    })?;
    let wanted = if picture.is_some() { "code,prefilled_message,deep_link_url,qr_image_url" } else { "" };
    select(&whole(&code, &message), Some(wanted), &USUAL, KIND).map(Json)
}

pub(super) async fn read(
    State(platform): State<Arc<Platform>>,
    Path((_, id, code)): Path<(String, PhoneNumberId, String)>,
    params: Params,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    let codes =
        platform.look(|model| model.number(&id).map(|number| number.qr_codes.clone())).unwrap_or_default();
    let (code, message) =
        codes.iter().find(|(there, _)| *there == code).ok_or_else(Refusal::no_such_object)?;
    let item = select(&whole(code, message), params.text("fields").as_deref(), &USUAL, KIND)?;
    Ok(Json(json!({ "data": [item] })))
}

pub(super) async fn delete(
    State(platform): State<Arc<Platform>>,
    Path((_, id, code)): Path<(String, PhoneNumberId, String)>,
) -> Answer {
    check_phone(&platform, id.as_str())?;
    platform.change(|model, _| {
        let codes = &mut model.number_mut(&id).qr_codes;
        let before = codes.len();
        codes.retain(|(there, _)| *there != code);
        if codes.len() < before {
            Ok(Json(json!({ "success": true })))
        } else {
            Err(Refusal::no_such_object())
        }
    })
}
