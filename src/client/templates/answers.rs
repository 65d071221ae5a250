//! What Meta answers about templates.

use crate::{
    id::TemplateId,
    open::open_enum,
    template::{Category, TemplateStatus},
    wire::{self, quiet_debug},
};
use serde::Deserialize;
use serde_json::Value;

/// A template that was created.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Created {
    /// Its id.
    pub id: TemplateId,
    /// What became of it: it waits for its review, or is approved at once.
    #[serde(default)]
    pub status: Option<TemplateStatus>,
    /// The category that Meta put it into.
    #[serde(default)]
    pub category: Option<Category>,
}

/// A template in one language that was created or changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Upserted {
    /// Its id.
    pub id: TemplateId,
    /// What became of it.
    #[serde(default)]
    pub status: Option<TemplateStatus>,
    /// Its language.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub language: Option<String>,
}

/// What became of a template that should be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Unpaused {
    /// Whether it may be sent again.
    #[serde(default)]
    pub success: bool,
    /// Why not, in Meta's words.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub reason: Option<String>,
}

/// What became of templates that should be put into the archive, or taken out of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Archived {
    /// Those that were (`archived_templates` or `unarchived_templates` on the wire).
    #[serde(alias = "archived_templates", alias = "unarchived_templates", default, deserialize_with = "ids")]
    pub done: Vec<TemplateId>,
    /// Those that were not.
    #[serde(rename = "failed_templates", default, deserialize_with = "failures")]
    pub failed: Vec<FailedTemplate>,
}

/// What became of the templates of another account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Migrated {
    /// Those that were copied, by their ids (`migrated_templates` on the wire).
    #[serde(rename = "migrated_templates", default, deserialize_with = "ids")]
    pub done: Vec<TemplateId>,
    /// Those that were not.
    #[serde(rename = "failed_templates", default, deserialize_with = "failures")]
    pub failed: Vec<FailedTemplate>,
}

/// A template with which something could not be done.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedTemplate {
    /// Its id.
    pub id: TemplateId,
    /// Why, in Meta's words.
    pub reason: Option<String>,
}

quiet_debug!(FailedTemplate { id });

/// How templates did beside each other, by one measure.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The measure.
    pub metric: Metric,
    /// The templates in order, the best first, of measures that only say so.
    #[serde(rename = "order_by_relative_metric", default, deserialize_with = "ids")]
    pub order: Vec<TemplateId>,
    /// The number of each template, of measures that have one.
    #[serde(rename = "number_values", default, deserialize_with = "numbers")]
    pub numbers: Vec<(TemplateId, i64)>,
    /// The word of each template, of measures that have one.
    #[serde(rename = "string_values", default, deserialize_with = "texts")]
    pub texts: Vec<(TemplateId, String)>,
}

open_enum! {
    /// A measure by which templates are compared.
    pub enum Metric {
        /// How many customers blocked the business after it.
        BlockRate = "BLOCK_RATE",
        /// How often it was sent.
        MessageSends = "MESSAGE_SENDS",
        /// What most who blocked the business said of it.
        TopBlockReason = "TOP_BLOCK_REASON",
    }
}

/// Ids in a list: as text or numbers, or as members of objects.
fn ids<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<TemplateId>, D::Error> {
    let values: Vec<Value> = wire::list(deserializer)?;
    Ok(values.iter().filter_map(id_of).collect())
}

fn id_of(value: &Value) -> Option<TemplateId> {
    match value {
        Value::String(id) => Some(id.as_str().into()),
        Value::Number(id) => Some(id.to_string().into()),
        Value::Object(members) => {
            ["id", "template_id", "key"].iter().find_map(|name| id_of(members.get(*name)?))
        }
        _ => None,
    }
}

/// Meta writes an object of ids and reasons, or a list of ids or objects.
fn failures<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<FailedTemplate>, D::Error> {
    let reason = |value: &Value| {
        let named = ["reason", "error", "message"].iter().find_map(|name| value.get(*name)?.as_str());
        value.as_str().or(named).map(str::to_owned)
    };
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(members) => {
            let failed =
                |(id, value): (&String, &Value)| FailedTemplate { id: id.into(), reason: reason(value) };
            members.iter().map(failed).collect()
        }
        Value::Array(items) => {
            let failed = |item: &Value| {
                Some(FailedTemplate { id: id_of(item)?, reason: reason(item).filter(|_| item.is_object()) })
            };
            items.iter().filter_map(failed).collect()
        }
        _ => Vec::new(),
    })
}

fn numbers<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<(TemplateId, i64)>, D::Error> {
    let values: Vec<Value> = wire::list(deserializer)?;
    Ok(values.iter().filter_map(|item| Some((id_of(item)?, item.get("value")?.as_i64()?))).collect())
}

fn texts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<(TemplateId, String)>, D::Error> {
    let values: Vec<Value> = wire::list(deserializer)?;
    Ok(values
        .iter()
        .filter_map(|item| Some((id_of(item)?, item.get("value")?.as_str()?.to_owned())))
        .collect())
}
