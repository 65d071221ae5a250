//! Pages of a list, with cursors.

use super::params::Params;
use crate::simulator::refusal::Refusal;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// How many items a page has when the request does not say.
const USUAL: usize = 25;

/// Most items of a page.
const MOST: usize = 1000;

/// The page of `items` that `params` ask for; each item comes with its key, which the cursor holds.
///
/// `address` is that of the list, `bad_cursor` the code for a cursor that names nothing.
pub(super) fn page(
    items: &[(String, Value)],
    params: &Params,
    address: &str,
    bad_cursor: i64,
) -> Result<Value, Refusal> {
    let limit = match params.text("limit") {
        None => USUAL,
        Some(limit) => limit
            .parse::<usize>()
            .ok()
            .filter(|limit| *limit > 0)
            .ok_or_else(|| Refusal::unsupported("limit must be a number of at least 1."))?
            .min(MOST),
    };
    let find = |name: &str| match params.text(name).filter(|cursor| !cursor.is_empty()) {
        None => Ok(None),
        Some(cursor) => {
            let key = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|key| String::from_utf8(key).ok());
            let place = key.and_then(|key| items.iter().position(|(there, _)| *there == key));
            let refused = || Refusal::new(bad_cursor, "The cursor is not one of this list, or not any more.");
            place.map(Some).ok_or_else(refused)
        }
    };
    let (start, end) = match (find("after")?, find("before")?) {
        (None, Some(before)) => (before.saturating_sub(limit), before),
        (after, _) => {
            let start = after.map_or(0, |after| after + 1);
            (start, items.len().min(start + limit))
        }
    };
    let shown = items.get(start..end).unwrap_or_default();
    let mut page = json!({ "data": shown.iter().map(|(_, item)| item).collect::<Vec<_>>() });
    let cursor = |item: Option<&(String, Value)>| item.map(|(key, _)| URL_SAFE_NO_PAD.encode(key));
    if let (Some(first), Some(last), Some(members)) =
        (cursor(shown.first()), cursor(shown.last()), page.as_object_mut())
    {
        let mut paging = Map::new();
        if end < items.len() {
            paging.insert("next".into(), link(address, params, limit, "after", &last).into());
        }
        if start > 0 {
            paging.insert("previous".into(), link(address, params, limit, "before", &first).into());
        }
        paging.insert("cursors".into(), json!({ "before": first, "after": last }));
        members.insert("paging".into(), paging.into());
    }
    Ok(page)
}

/// The whole address of a page. Meta's has the token in it, which is left out here.
fn link(address: &str, params: &Params, limit: usize, direction: &str, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(format!("{address}?"));
    let own = ["access_token", "limit", "after", "before"];
    for (name, value) in params.0.iter().filter(|(name, _)| !own.contains(&name.as_str())) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        query.append_pair(name, &text);
    }
    query.append_pair("limit", &limit.to_string()).append_pair(direction, cursor);
    query.finish()
}
