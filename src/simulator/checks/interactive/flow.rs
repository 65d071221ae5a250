//! Flows.

use super::{At, Result, named};
use crate::simulator::checks::emoji::has_emoji;
use serde_json::Value;

pub(super) fn check(action: &At<'_>) -> Result {
    let parameters = named(action, "flow")?;
    parameters.only(&[
        "flow_message_version",
        "flow_id",
        "flow_name",
        "flow_cta",
        "mode",
        "flow_token",
        "flow_action",
        "flow_action_payload",
    ])?;
    parameters.need("flow_message_version")?.one_of(&["3"])?;
    match (parameters.get("flow_id"), parameters.get("flow_name")) {
        (Some(id), None) => drop(id.id()?),
        (None, Some(name)) => drop(name.text()?),
        (None, None) => return parameters.need("flow_id").map(drop),
        (Some(_), Some(_)) => return Err(parameters.value("have both flow_id and flow_name")),
    }
    let words = parameters.need("flow_cta")?;
    if has_emoji(words.text_up_to(30)?) {
        return Err(words.value("has an emoji"));
    }
    parameters.optional("mode", |mode| mode.one_of(&["draft", "published"]))?;
    parameters.optional("flow_token", At::text)?;
    let action = parameters.optional("flow_action", |way| way.one_of(&["navigate", "data_exchange"]))?;
    match parameters.get("flow_action_payload") {
        Some(payload) if action == Some("data_exchange") => {
            Err(payload.value("is for the flow_action navigate only"))
        }
        Some(payload) => first_screen(&payload),
        None => Ok(()),
    }
}

fn first_screen(payload: &At<'_>) -> Result {
    payload.only(&["screen", "data"])?;
    payload.optional("screen", At::text)?;
    payload.optional("data", data_of).map(drop)
}

/// What the first screen begins with: an object, or one written out as text. Meta's pages have both.
fn data_of(data: &At<'_>) -> Result {
    let written_out;
    let object = match data.value {
        Value::String(json) => {
            written_out = serde_json::from_str(json).unwrap_or(Value::Null);
            &written_out
        }
        object => object,
    };
    match object {
        Value::Object(members) if members.is_empty() => Err(data.value("must not be empty")),
        Value::Object(_) => Ok(()),
        _ => Err(data.value("must be an object, or the JSON of one")),
    }
}
