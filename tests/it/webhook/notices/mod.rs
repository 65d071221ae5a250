//! What Meta reports of accounts, numbers, templates, Flows and partners.

mod accounts;
mod numbers;
mod rules;
mod templates;

use super::{fixture, fixtures, only};
use serde_json::{Value, json};
use whatsapp_business::{
    time::Timestamp,
    webhook::{Event, notice::Notice},
};

/// The fields of notices, with the members without which one would tell nothing.
pub(super) const NEEDED: &[(&str, &[&str])] = &[
    ("message_template_status_update", &["event", "message_template_id"]),
    ("message_template_quality_update", &["new_quality_score", "message_template_id"]),
    ("message_template_components_update", &["message_template_id"]),
    ("template_category_update", &["new_category", "message_template_id"]),
    ("template_correct_category_detection", &["correct_category", "message_template_id"]),
    ("account_update", &["event"]),
    ("account_review_update", &["decision"]),
    ("account_alerts", &["alert_info", "alert_info/alert_type"]),
    ("account_settings_update", &["type"]),
    // Any of the limits will do.
    ("business_capability_update", &[]),
    ("phone_number_name_update", &["decision"]),
    ("phone_number_quality_update", &["event"]),
    ("security", &["event"]),
    ("business_username_updates", &["status"]),
    ("business_username_update", &["status"]),
    ("phone_number_username_update", &["status"]),
    ("partner_solutions", &["event"]),
    ("payment_configuration_update", &["configuration_name"]),
    ("flows", &["event"]),
    ("messaging_handovers", &["type"]),
];

/// Every fixture of a notice: its name, its field and its value.
fn all() -> Vec<(&'static str, String, Value)> {
    let change = |(name, body): &'static (String, String)| {
        let body: Value = serde_json::from_str(body).unwrap();
        let [change] = body["entry"][0]["changes"].as_array()?.as_slice() else { return None };
        let field = change["field"].as_str()?;
        let is_notice = NEEDED.iter().any(|(known, _)| *known == field);
        is_notice.then(|| (name.as_str(), field.to_owned(), change["value"].clone()))
    };
    fixtures().iter().filter_map(change).collect()
}

fn needed(field: &str) -> &'static [&'static str] {
    NEEDED.iter().find(|(known, _)| *known == field).unwrap().1
}

fn read(body: &str) -> Notice {
    match only(body) {
        Event::Notice(notice) => *notice,
        other => panic!("{other:?} of {body}"),
    }
}

fn notice(name: &str) -> Notice {
    read(&fixture(name))
}

/// The kind of a notice that is expected to be of one kind.
macro_rules! kind {
    ($kind:ident, $name:expr) => {
        match notice($name).kind {
            NoticeKind::$kind(kind) => kind,
            other => panic!("{} is {other:?}", $name),
        }
    };
}
use kind;

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::from_seconds(seconds))
}

fn body(field: &str, value: &Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "time": 2, "changes": [
        {"field": field, "value": value}]}]})
    .to_string()
}
