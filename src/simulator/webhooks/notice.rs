//! What Meta tells of an account beside its messages: envelopes with a time.

use crate::{id::AccountId, simulator::model::Kept, time::Timestamp};
use serde_json::{Map, Value, json};

/// The webhook of anything that happened to an account.
pub(crate) fn notice(account: &AccountId, field: &str, value: &Value, now: Timestamp) -> Value {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": account,
            "time": now.as_seconds(),
            "changes": [{ "field": field, "value": value }],
        }],
    })
}

/// The webhook of what became of a template: `value` beside what names it.
pub(crate) fn of_template(kept: &Kept, field: &str, mut value: Map<String, Value>, now: Timestamp) -> Value {
    // Meta writes the id as a number here, and the language with a hyphen.
    let id = kept.id.as_str().parse::<u64>().map_or_else(|_| kept.id.as_str().into(), Value::from);
    value.insert("message_template_id".into(), id);
    value.insert("message_template_name".into(), kept.member("name").into());
    value.insert("message_template_language".into(), kept.member("language").replace('_', "-").into());
    notice(&kept.account, field, &value.into(), now)
}
