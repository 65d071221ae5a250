//! `GET /{template_id}/compare`: how two templates did beside each other.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-comparison>

use super::params::Params;
use crate::{
    id::TemplateId,
    simulator::{
        model::{Counts, Model},
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

const DAY: i64 = 24 * 60 * 60;

/// Over how many days templates are compared.
const DAYS: [i64; 4] = [7, 30, 60, 90];

/// Meta wants a thousand messages of each; here as few as there are will do.
pub(super) async fn compare(
    State(platform): State<Arc<Platform>>,
    Path((_, id)): Path<(String, TemplateId)>,
    params: Params,
) -> Result<Json<Value>, Refusal> {
    let time = |name: &str| {
        let seconds = params.need(name)?.parse().map(Timestamp::from_seconds);
        seconds.map_err(|_| Refusal::unsupported(format!("{name} must be a time in seconds.")))
    };
    let (start, end) = (time("start")?, time("end")?);
    if !DAYS.iter().any(|days| end.as_seconds() - start.as_seconds() == days * DAY) {
        return Err(Refusal::unsupported("start must be 7, 30, 60 or 90 days before end."));
    }
    let other = match params.texts("template_ids").as_deref() {
        Some([other]) => TemplateId::from(other),
        Some([_, ..]) => return Err(Refusal::unsupported("template_ids may have one id.")),
        _ => return Err(Refusal::missing("template_ids").of_parameter()),
    };
    platform.look(|model| {
        let mut both = [used(model, &id, start, end)?, used(model, &other, start, end)?];
        if account(model, &id) != account(model, &other) {
            return Err(Refusal::no_such_object());
        }
        let values = |value: &dyn Fn(Counts) -> Option<Value>| -> Vec<Value> {
            let item =
                |(id, counts): &(TemplateId, Counts)| Some(json!({ "key": id, "value": value(*counts)? }));
            both.iter().filter_map(item).collect()
        };
        let sends = values(&|counts| Some(counts.sends.into()));
        // Nobody is asked why here.
        let reasons = values(&|counts| (counts.blocks > 0).then(|| "NO_REASON_GIVEN".into()));
        // The one that fewer people blocked, of as many messages, stands first.
        both.sort_by_key(|(_, counts)| counts.blocks * 1_000_000 / counts.sends.max(1));
        let order = both.map(|(id, _)| id);
        Ok(Json(json!({ "data": [
            { "metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": order },
            { "metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": sends },
            { "metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": reasons },
        ] })))
    })
}

fn used(
    model: &Model,
    id: &TemplateId,
    start: Timestamp,
    end: Timestamp,
) -> Result<(TemplateId, Counts), Refusal> {
    let kept = model.templates().get(id).ok_or_else(Refusal::no_such_object)?;
    Ok((id.clone(), kept.usage.between(start, end)))
}

fn account<'a>(model: &'a Model, id: &TemplateId) -> Option<&'a str> {
    model.templates().get(id).map(|kept| kept.account.as_str())
}
