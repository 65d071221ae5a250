//! `GET /message_template_library`: templates that Meta has written.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-library>

use super::{fields::select, paging::page, params::Params};
use crate::simulator::{
    json::{list, text},
    library::templates,
    platform::Platform,
    refusal::Refusal,
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::Value;
use std::sync::Arc;

const KIND: &str = "WhatsAppBusinessHSMTemplateLibrary";

/// The code for a cursor that names nothing.
const BAD_CURSOR: i64 = 131_059;

/// Filters by one word, which stands in a member of the same name.
const FILTERS: [&str; 6] = ["name", "category", "topic", "usecase", "industry", "language"];

/// Fields of an answer that was not asked for any: all there are.
const USUAL: [&str; 12] = [
    "name",
    "language",
    "category",
    "topic",
    "usecase",
    "industry",
    "header",
    "body",
    "body_params",
    "body_param_types",
    "buttons",
    "id",
];

pub(super) async fn list_all(
    State(platform): State<Arc<Platform>>,
    Path(version): Path<String>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    let wanted = params.text("fields");
    let mut items = Vec::new();
    for template in templates().iter().filter(|template| is_sought(template, &params)) {
        let mut whole = template.clone();
        if let Some(members) = whole.as_object_mut() {
            members.entry("header").or_insert(Value::Null);
        }
        let item = select(&whole, wanted.as_deref(), &USUAL, KIND)?;
        items.push((text(template, "/id").unwrap_or_default().to_owned(), item));
    }
    let address = format!("{}/{version}/message_template_library", platform.origin);
    page(&items, &params, &address, BAD_CURSOR).map(Json)
}

fn is_sought(template: &Value, params: &Params) -> bool {
    let has = |filter: &&str, wanted: &String| {
        let is_it = |value: &Value| value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(wanted));
        match template.get(*filter) {
            Some(Value::Array(values)) => values.iter().any(is_it),
            value => value.is_some_and(is_it),
        }
    };
    let fits = |filter: &&str| params.text(filter).is_none_or(|wanted| has(filter, &wanted));
    FILTERS.iter().all(fits) && params.text("search").is_none_or(|words| says(template, &words))
}

/// Whether the name or a text has these words, in any letters.
fn says(template: &Value, words: &str) -> bool {
    let words = words.to_lowercase();
    let titles = list(template, "/buttons").iter().filter_map(|button| text(button, "/text"));
    let texts = ["/name", "/header", "/body"].into_iter().filter_map(|place| text(template, place));
    texts.chain(titles).any(|text| text.to_lowercase().contains(&words))
}
