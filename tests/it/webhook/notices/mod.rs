//! What Meta reports of accounts, numbers, templates, Flows and partners.

mod accounts;
mod numbers;
mod rules;
mod templates;

use super::{fixture, only};
use serde_json::{Value, json};
use whatsapp_business::{
    time::Timestamp,
    webhook::{Event, notice::Notice},
};

/// Every fixture of a notice, with the members without which it would tell nothing.
const ALL: &[(&str, &[&str])] = &[
    ("template_status_update", &["event", "message_template_id"]),
    ("template_status_rejected", &["event", "message_template_id"]),
    ("template_status_paused", &["event", "message_template_id"]),
    ("template_status_disabled", &["event", "message_template_id"]),
    ("template_quality_update", &["new_quality_score", "message_template_id"]),
    ("template_components_update", &["message_template_id"]),
    ("template_category_announced", &["new_category", "message_template_id"]),
    ("template_category_moved", &["new_category", "message_template_id"]),
    ("template_wrong_category", &["correct_category", "message_template_id"]),
    ("account_update_deleted", &["event"]),
    ("account_update_violation", &["event"]),
    ("account_update_restriction", &["event"]),
    ("account_update_offboarded", &["event"]),
    ("account_update_reconnected", &["event"]),
    ("account_update_ad_account_linked", &["event"]),
    ("account_update_international_rates", &["event"]),
    ("account_update_country", &["event"]),
    ("account_update_disabled", &["event"]),
    ("account_update_marketing_terms", &["event"]),
    ("account_update_partner_added", &["event"]),
    ("account_update_partner_removed", &["event"]),
    ("account_update_partner_app_installed", &["event"]),
    ("account_update_partner_app_uninstalled", &["event"]),
    ("account_update_certification", &["event"]),
    ("account_update_certification_needed", &["event"]),
    ("account_update_verified", &["event"]),
    ("account_update_volume_tier", &["event"]),
    ("account_review_update", &["decision"]),
    ("account_alert_business", &["alert_info", "alert_info/alert_type"]),
    ("account_alert_phone_number", &["alert_info", "alert_info/alert_type"]),
    ("account_settings_calling", &["type"]),
    ("business_capability_update", &[]),
    ("business_capability_legacy", &[]),
    ("phone_number_name_rejected", &["decision"]),
    ("phone_number_name_approved", &["decision"]),
    ("phone_number_quality_throughput", &["event"]),
    ("phone_number_quality_legacy", &["event"]),
    ("security_pin_changed", &["event"]),
    ("security_pin_reset", &["event"]),
    ("username_approved", &["status"]),
    ("username_deleted", &["status"]),
    ("partner_solution_updated", &["event"]),
    ("payment_configuration_update", &["configuration_name"]),
    ("flow_status_change", &["event"]),
    ("flow_client_error_rate", &["event"]),
    ("flow_endpoint_error_rate", &["event"]),
    ("flow_endpoint_latency", &["event"]),
    ("flow_endpoint_availability", &["event"]),
    ("flow_version_expiry", &["event"]),
    ("handover_passed", &["type"]),
    ("handover_taken", &["type"]),
];

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
