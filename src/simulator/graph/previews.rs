//! `GET /{account_id}/message_template_previews`: how authentication templates will read.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-preview>

use super::{check_account, params::Params};
use crate::{
    id::AccountId,
    simulator::{
        platform::Platform,
        refusal::Refusal,
        template::{code_body, code_footer},
    },
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// In English whatever the language: nobody translates Meta's words here.
pub(super) async fn show(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_account(&platform, &account)?;
    if !params.need("category")?.eq_ignore_ascii_case("AUTHENTICATION") {
        return Err(Refusal::unsupported("category must be AUTHENTICATION."));
    }
    let is_otp = |kinds: &Vec<String>| kinds.iter().all(|kind| kind.eq_ignore_ascii_case("OTP"));
    if !params.texts("button_types").is_none_or(|kinds| is_otp(&kinds)) {
        return Err(Refusal::unsupported("button_types must be OTP."));
    }
    let minutes = match params.text("code_expiration_minutes") {
        None => None,
        Some(text) => {
            let minutes = text.parse::<u64>().ok().filter(|minutes| (1..=90).contains(minutes));
            let refused = || Refusal::unsupported("code_expiration_minutes must be 1 to 90.");
            Some(minutes.ok_or_else(refused)?)
        }
    };
    let warns = matches!(params.0.get("add_security_recommendation"), Some(value) if value == true || value == "true");
    let body = code_body(Some(&json!({ "add_security_recommendation": warns })));
    let footer = code_footer(&json!({ "code_expiration_minutes": minutes }));
    // One page says language, the reference and Meta's own SDKs languages.
    let languages = params.texts("languages").or_else(|| params.texts("language"));
    let languages = languages.unwrap_or_else(|| vec!["en_US".to_owned()]);
    let preview = |language: &String| {
        let mut preview = json!({
            "body": body,
            "buttons": [{ "autofill_text": "Autofill", "text": "Copy code" }],
            "language": language,
        });
        if let (Some(footer), Some(members)) = (&footer, preview.as_object_mut()) {
            members.insert("footer".into(), footer.as_str().into());
        }
        preview
    };
    Ok(Json(json!({ "data": languages.iter().map(preview).collect::<Vec<_>>() })))
}
