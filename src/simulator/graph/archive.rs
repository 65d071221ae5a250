//! The archive of templates. Meta has it on a host of its own, `api.facebook.com`, whose paths have no version.

use super::{check_account, params::Params};
use crate::{
    id::{AccountId, TemplateId},
    simulator::{platform::Platform, refusal::Refusal},
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) const ARCHIVE: &str = "/{account}/message_templates/archive";
pub(super) const UNARCHIVE: &str = "/{account}/message_templates/unarchive";

/// Most templates that one request puts into the archive.
const MOST_AT_ONCE: usize = 100;

/// Whether a path is one of that host.
pub(super) fn has(path: &str) -> bool {
    path.ends_with("/message_templates/archive") || path.ends_with("/message_templates/unarchive")
}

pub(super) async fn archive(
    State(platform): State<Arc<Platform>>,
    Path(account): Path<AccountId>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    change(&platform, &account, &params, true)
}

pub(super) async fn unarchive(
    State(platform): State<Arc<Platform>>,
    Path(account): Path<AccountId>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    change(&platform, &account, &params, false)
}

fn change(
    platform: &Platform,
    account: &AccountId,
    params: &Params,
    is_archived: bool,
) -> Result<Json<Value>, Refusal> {
    check_account(platform, account)?;
    let ids = params.texts("hsm_ids").unwrap_or_default();
    if ids.is_empty() {
        return Err(Refusal::missing("hsm_ids").of_parameter());
    }
    if ids.len() > MOST_AT_ONCE {
        return Err(Refusal::unsupported(format!("hsm_ids has more than {MOST_AT_ONCE} ids.")));
    }
    let done = platform.change(|model, now| {
        let change = |id: &String| {
            let id = TemplateId::from(id);
            let is_ours = model.templates().get(&id).is_some_and(|kept| kept.account == *account);
            is_ours && model.archive(&id, is_archived, now)
        };
        ids.iter().map(change).collect::<Vec<_>>()
    });
    let these = |wanted: bool| {
        let chosen = ids.iter().zip(&done).filter(|(_, done)| **done == wanted);
        chosen.map(|(id, _)| id.as_str()).collect::<Vec<_>>()
    };
    let name = if is_archived { "archived_templates" } else { "unarchived_templates" };
    Ok(Json(json!({ name: these(true), "failed_templates": these(false) })))
}
