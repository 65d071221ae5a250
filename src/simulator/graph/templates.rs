//! Templates: `/{account_id}/message_templates` and `/{template_id}`.

use super::{check_account, fields::select, mishap, paging::page, params::Params};
use crate::{
    id::{AccountId, TemplateId},
    simulator::{
        checks,
        json::{list, text},
        model::{Kept, Model},
        platform::Platform,
        refusal::Refusal,
    },
    time::Timestamp,
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What Graph calls a template.
const KIND: &str = "WhatsAppMessageTemplate";

/// The code for a cursor that names nothing.
const BAD_CURSOR: i64 = 131_059;

/// Fields of an answer that was not asked for any.
const USUAL: [&str; 7] =
    ["name", "parameter_format", "components", "language", "status", "category", "sub_category"];

/// Most templates that one request deletes or archives.
const MOST_AT_ONCE: usize = 100;

pub(super) async fn create(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
    Params(params): Params,
) -> Result<Json<Value>, Refusal> {
    check_account(&platform, &account)?;
    let definition = checks::written_out(checks::spelled(&params))?;
    let (answer, is_early) = platform.change(|model, now| {
        checks::definition(&definition, model)?;
        check_name(model, &account, &definition, now)?;
        let id = model.submit(&account, definition, now)?;
        let kept = model.templates().get(&id).ok_or_else(Refusal::no_such_object)?;
        let answer = json!({ "id": id, "status": kept.standing.word(), "category": kept.member("category") });
        Ok((answer, model.trouble.is_early()))
    })?;
    if is_early {
        mishap::let_webhooks_pass(&platform).await;
    }
    Ok(Json(answer))
}

/// Authentication templates in many languages at once: those that are there are replaced.
pub(super) async fn upsert(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_account(&platform, &account)?;
    let languages = params.texts("languages").unwrap_or_default();
    if languages.is_empty() {
        return Err(Refusal::missing("languages").of_parameter());
    }
    platform.change(|model, now| {
        let of_language = |language: &String| {
            let mut params = params.0.clone();
            params.insert("language".into(), language.as_str().into());
            checks::spelled(&params)
        };
        let definitions: Vec<_> = languages.iter().map(of_language).collect();
        for definition in &definitions {
            checks::definition(definition, model)?;
            if text(definition, "/category") != Some("AUTHENTICATION") {
                return Err(Refusal::unsupported("category must be AUTHENTICATION."));
            }
        }
        let mut data = Vec::new();
        for definition in definitions {
            let member = |pointer| text(&definition, pointer).unwrap_or_default();
            let (name, language) = (member("/name"), member("/language").to_owned());
            let id = match model.templates().find(&account, name, &language).map(|kept| kept.id.clone()) {
                Some(id) => model.edit(&id, definition, now).map(|()| id)?,
                None => model.submit(&account, definition, now)?,
            };
            data.push(json!({ "id": id, "status": "PENDING", "language": language }));
        }
        Ok(Json(json!({ "data": data })))
    })
}

/// A name that is taken in this language, or was until lately.
pub(super) fn check_name(
    model: &Model,
    account: &AccountId,
    definition: &Value,
    now: Timestamp,
) -> Result<(), Refusal> {
    let member = |pointer| text(definition, pointer).unwrap_or_default();
    if model.templates().find(account, member("/name"), member("/language")).is_some() {
        let details = "There is a template of this name in this language.";
        return Err(Refusal::unsupported(details).of_template(2_388_024));
    }
    if model.templates().is_buried(account, member("/name"), now) {
        let details = "An approved template of this name was deleted within the last 30 days.";
        return Err(Refusal::unsupported(details).of_template(2_388_023));
    }
    Ok(())
}

pub(super) async fn list_all(
    State(platform): State<Arc<Platform>>,
    Path((version, account)): Path<(String, AccountId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_account(&platform, &account)?;
    let wanted = params.text("fields");
    let filter = Filter::read(&params);
    platform.look(|model| {
        let mut items = Vec::new();
        // The newest stands first.
        for kept in model.templates().of(&account).rev().filter(|kept| filter.takes(kept)) {
            let item = select(&whole(kept, &platform.origin), wanted.as_deref(), &USUAL, KIND)?;
            items.push((kept.id.as_str().to_owned(), item));
        }
        let address = format!("{}/{version}/{account}/message_templates", platform.origin);
        let mut answer = page(&items, &params, &address, BAD_CURSOR)?;
        if let (Some(names), Some(members)) = (params.texts("summary"), answer.as_object_mut()) {
            let summary = json!({
                "total_count": items.len(),
                "message_template_count": model.templates().of(&account).count(),
                "message_template_limit": 250,
                "are_translations_complete": are_translations_complete(model, &account),
            });
            members.insert("summary".into(), select(&summary, Some(&names.join(",")), &[], KIND)?);
        }
        Ok(Json(answer))
    })
}

/// Whether every name is there in the same languages.
fn are_translations_complete(model: &Model, account: &AccountId) -> bool {
    let languages = |name: &str| {
        let same = model.templates().of(account).filter(|kept| kept.member("name") == name);
        let mut languages: Vec<_> = same.map(|kept| kept.member("language")).collect();
        languages.sort_unstable();
        languages
    };
    let mut sets = model.templates().of(account).map(|kept| languages(kept.member("name")));
    let first = sets.next();
    sets.all(|set| Some(set) == first)
}

/// Which templates a list is asked for.
struct Filter {
    status: Option<Vec<String>>,
    category: Option<Vec<String>>,
    language: Option<Vec<String>>,
    quality: Option<Vec<String>>,
    name: Option<String>,
    content: Option<String>,
    name_or_content: Option<String>,
}

impl Filter {
    fn read(params: &Params) -> Self {
        Self {
            status: params.texts("status"),
            category: params.texts("category"),
            language: params.texts("language"),
            quality: params.texts("quality_score"),
            name: params.text("name"),
            content: params.text("content"),
            name_or_content: params.text("name_or_content"),
        }
    }

    fn takes(&self, kept: &Kept) -> bool {
        let one_of = |wanted: &Option<Vec<String>>, value: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|one| one.eq_ignore_ascii_case(value)))
        };
        let names = |part: &str| kept.member("name").contains(part);
        let says = |part: &str| has_words(&kept.definition, &part.to_lowercase());
        one_of(&self.status, kept.standing.word())
            && one_of(&self.category, kept.member("category"))
            && one_of(&self.language, kept.member("language"))
            && one_of(&self.quality, &kept.quality)
            && self.name.as_deref().is_none_or(names)
            && self.content.as_deref().is_none_or(says)
            && self.name_or_content.as_deref().is_none_or(|part| names(part) || says(part))
    }
}

/// Whether a text of the template has these words, in small letters.
fn has_words(definition: &Value, words: &str) -> bool {
    let texts = list(definition, "/components").iter().filter_map(|part| text(part, "/text"));
    texts.map(str::to_lowercase).any(|text| text.contains(words))
}

/// Deletes by name, in all languages; by name and id; or by many ids, all or none of them.
pub(super) async fn delete(
    State(platform): State<Arc<Platform>>,
    Path((_, account)): Path<(String, AccountId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    check_account(&platform, &account)?;
    platform.change(|model, now| {
        let doomed = doomed(model, &account, &params)?;
        let is_disabled = |id: &TemplateId| model.templates().get(id).is_some_and(Kept::is_disabled);
        if doomed.iter().any(is_disabled) {
            let details = "A template that is disabled cannot be deleted.";
            return Err(Refusal::unsupported(details).of_template(2_388_039));
        }
        for id in doomed {
            model.delete_template(&id, now);
        }
        Ok(Json(json!({ "success": true })))
    })
}

fn doomed(model: &Model, account: &AccountId, params: &Params) -> Result<Vec<TemplateId>, Refusal> {
    let (name, id) = (params.text("name"), params.text("hsm_id"));
    let find = |id: &str| {
        let kept = model.templates().get(&TemplateId::from(id));
        kept.filter(|kept| kept.account == *account).ok_or_else(Refusal::no_such_object)
    };
    if let Some(ids) = params.texts("hsm_ids") {
        if name.is_some() || id.is_some() {
            return Err(Refusal::unsupported("hsm_ids cannot be combined with name and hsm_id."));
        }
        if ids.len() > MOST_AT_ONCE {
            return Err(Refusal::unsupported(format!("hsm_ids has more than {MOST_AT_ONCE} ids.")));
        }
        return ids.iter().map(|id| Ok(find(id)?.id.clone())).collect();
    }
    let name = params.need("name")?;
    if let Some(id) = id {
        let kept = find(&id)?;
        return if kept.member("name") == name {
            Ok(vec![kept.id.clone()])
        } else {
            Err(Refusal::unsupported("name is not the name of the template of this id."))
        };
    }
    let same = model.templates().of(account).filter(|kept| kept.member("name") == name);
    let ids: Vec<_> = same.map(|kept| kept.id.clone()).collect();
    if ids.is_empty() { Err(Refusal::no_such_object()) } else { Ok(ids) }
}

/// `GET /{template_id}`, if it is the id of one.
pub(super) fn read(platform: &Platform, id: &str, params: &Params) -> Option<Result<Json<Value>, Refusal>> {
    platform.look(|model| {
        let kept = model.templates().get(&TemplateId::from(id))?;
        let wanted = params.text("fields");
        Some(select(&whole(kept, &platform.origin), wanted.as_deref(), &USUAL, KIND).map(Json))
    })
}

/// `POST /{template_id}`, if it is the id of one.
pub(super) fn edit(platform: &Platform, id: &str, params: &Params) -> Option<Result<Json<Value>, Refusal>> {
    /// What may be edited.
    const MEMBERS: [&str; 6] = [
        "category",
        "components",
        "message_send_ttl_seconds",
        "parameter_format",
        "cta_url_link_tracking_opted_out",
        "degrees_of_freedom_spec",
    ];
    let id = TemplateId::from(id);
    platform.change(|model, now| {
        let kept = model.templates().get(&id)?;
        let mut members = kept.definition.as_object().cloned().unwrap_or_default();
        let given = MEMBERS.into_iter().filter_map(|name| Some((name, params.0.get(name)?)));
        let given: Vec<_> = given.map(|(name, value)| (name.to_owned(), value.clone())).collect();
        if given.is_empty() {
            return Some(Err(Refusal::unsupported("Nothing was given that can be edited.")));
        }
        if given.iter().any(|(name, _)| name == "components") {
            // With words of its own it is not the library's any more.
            members.retain(|name, _| !name.starts_with("library_"));
        }
        members.extend(given);
        let definition = checks::spelled(&members);
        let edited = checks::definition(&definition, model).and_then(|()| model.edit(&id, definition, now));
        Some(edited.map(|()| Json(json!({ "success": true }))))
    })
}

pub(super) async fn unpause(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, TemplateId)>,
) -> Result<Json<Value>, Refusal> {
    platform.change(|model, now| {
        model.templates().get(&id).ok_or_else(Refusal::no_such_object)?;
        Ok(Json(if model.unpause(&id, now) {
            json!({ "success": true })
        } else {
            json!({ "success": false, "reason": "The template is not paused." })
        }))
    })
}

/// Every field of a template.
fn whole(kept: &Kept, origin: &str) -> Value {
    let member = |name| kept.definition.get(name).cloned().unwrap_or_default();
    let mut components = member("components");
    show_samples(&mut components, origin);
    json!({
        "id": kept.id,
        "name": member("name"),
        "language": member("language"),
        "status": kept.standing.word(),
        "category": member("category"),
        "sub_category": member("sub_category"),
        "parameter_format": kept.definition.get("parameter_format").cloned().unwrap_or_else(|| "POSITIONAL".into()),
        "components": components,
        "message_send_ttl_seconds": member("message_send_ttl_seconds"),
        "correct_category": kept.correct_category,
        "previous_category": kept.previous_category,
        "rejected_reason": kept.rejected_reason,
        "quality_score": { "score": kept.quality, "date": kept.quality_since.as_seconds() },
        "library_template_name": member("library_template_name"),
        "cta_url_link_tracking_opted_out": member("cta_url_link_tracking_opted_out"),
        "degrees_of_freedom_spec": freedom(kept),
    })
}

/// Creative features read otherwise than they are written: as a list.
fn freedom(kept: &Kept) -> Value {
    let features = kept.definition.pointer("/degrees_of_freedom_spec/creative_features_spec");
    let Some(features) = features.and_then(Value::as_object) else { return Value::Null };
    let item = |(name, value): (&String, &Value)| json!({ "key": name.to_ascii_uppercase(), "value": value });
    json!({ "creative_features_spec": features.iter().map(item).collect::<Vec<_>>() })
}

/// Puts addresses of samples in the place of their handles, at any depth.
fn show_samples(value: &mut Value, origin: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| show_samples(item, origin)),
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| match value {
            Value::Array(handles) if name == "header_handle" => {
                for handle in handles {
                    let address = handle.as_str().map(|handle| super::samples::address(origin, handle));
                    *handle = address.into();
                }
            }
            value => show_samples(value, origin),
        }),
        _ => {}
    }
}
