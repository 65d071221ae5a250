//! `POST /{account_id}/migrate_message_templates`: the templates of another account, submitted anew in this one.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-migration>

use super::{check_account, gate, params::Params, templates};
use crate::{
    id::{AccountId, TemplateId},
    simulator::{
        model::{Kept, Model, Standing},
        platform::Platform,
        refusal::Refusal,
    },
    time::Timestamp,
};
use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Most templates that one request copies, and how many it does when it does not say.
const MOST: usize = 500;

pub(super) async fn migrate(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_account(&platform, &account)?;
    let source = AccountId::from(params.need("source_waba_id")?);
    if source == account {
        return Err(Refusal::unsupported("source_waba_id is the account itself."));
    }
    gate::check_object(&platform, &headers, source.as_str())?;
    check_account(&platform, &source)?;
    let number = |name: &str, without: usize| match params.text(name) {
        None => Ok(without),
        Some(text) => text.parse().map_err(|_| Refusal::unsupported(format!("{name} must be a number."))),
    };
    let (page, count) = (number("page_number", 0)?, number("count", MOST)?);
    let ids = params.texts("template_ids");
    if !(1..=MOST).contains(&count) || ids.as_ref().is_some_and(|ids| ids.len() > MOST) {
        return Err(Refusal::unsupported(format!("At most {MOST} templates can be migrated at once.")));
    }
    platform.change(|model, now| {
        let chosen: Vec<TemplateId> = match &ids {
            Some(ids) => ids.iter().map(TemplateId::from).collect(),
            None => {
                let fit = model.templates().of(&source).filter(|kept| may_move(kept));
                fit.skip(page.saturating_mul(count)).take(count).map(|kept| kept.id.clone()).collect()
            }
        };
        let (mut migrated, mut failed) = (Vec::new(), Map::new());
        for id in chosen {
            match copy(model, &id, &source, &account, now) {
                Ok(()) => migrated.push(id),
                Err(refusal) => drop(failed.insert(id.to_string(), refusal.into_details().into())),
            }
        }
        Ok(Json(json!({ "migrated_templates": migrated, "failed_templates": failed })))
    })
}

/// Only what is approved and not disliked is copied.
fn may_move(kept: &Kept) -> bool {
    kept.standing == Standing::Approved && matches!(&*kept.quality, "GREEN" | "UNKNOWN")
}

fn copy(
    model: &mut Model,
    id: &TemplateId,
    source: &AccountId,
    account: &AccountId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let kept = model.templates().get(id).filter(|kept| kept.account == *source);
    let kept = kept.ok_or_else(Refusal::no_such_object)?;
    if !may_move(kept) {
        let details = "The template is not approved, or its quality is neither GREEN nor UNKNOWN.";
        return Err(Refusal::unsupported(details));
    }
    let definition = kept.definition.clone();
    templates::check_name(model, account, &definition, now)?;
    model.submit(account, definition, now).map(drop)
}
