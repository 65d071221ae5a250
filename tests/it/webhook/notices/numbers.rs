//! Notices of numbers, what they may do, and of Flows.

use super::{at, body, kind, notice, read};
use crate::webhook::fixture;
use serde_json::json;
use whatsapp_business::webhook::notice::{
    CallIconVisibility, FlowAlertState, FlowEvent, FlowStatus, FlowUpdate, HandoverKind, KeyExchange,
    MessagingLimit, NameRejection, NoticeKind, PhoneNumberQualityEvent, ReviewDecision, Role, SecurityEvent,
    SettingsKind, Switch, UsernameStatus,
};

fn flow(name: &str) -> FlowUpdate {
    kind!(FlowUpdate, name)
}

#[test]
fn settings_of_calls_are_read_whole() {
    let notice = notice("account_settings_calling");
    assert_eq!(notice.phone_number_id.unwrap().as_str(), "106540352242922");
    assert_eq!(notice.timestamp, at(1_700_000_123), "the value tells when");
    let NoticeKind::AccountSettingsUpdate(update) = notice.kind else { panic!() };
    assert_eq!((update.kind, update.timestamp), (SettingsKind::PhoneNumber, at(1_700_000_123)));
    let calling = update.calling.unwrap();
    assert_eq!((calling.status, calling.callback_permission), (Some(Switch::Enabled), Some(Switch::Enabled)));
    assert_eq!(calling.icon_visibility, Some(CallIconVisibility::DisableAll));
    assert_eq!(calling.key_exchange, Some(KeyExchange::Sdes));
    let hours = calling.hours.unwrap();
    assert_eq!((hours.status, hours.time_zone.as_deref()), (Some(Switch::Enabled), Some("America/Manaus")));
    assert_eq!(hours.weekly.len(), 2);
    assert_eq!(hours.weekly[1].day.as_deref(), Some("FRIDAY"));
    assert_eq!(
        (hours.weekly[1].opens.as_deref(), hours.weekly[1].closes.as_deref()),
        (Some("0800"), Some("1200"))
    );
    let [holiday] = &hours.holidays[..] else { panic!() };
    assert_eq!(holiday.date.as_deref(), Some("2027-01-01"));
    assert_eq!((holiday.opens.as_deref(), holiday.closes.as_deref()), (Some("0000"), Some("2359")));
    let sip = calling.sip.unwrap();
    let [server] = &sip.servers[..] else { panic!() };
    assert_eq!((sip.status, server.hostname.as_deref()), (Some(Switch::Enabled), Some("sip.example.com")));
    assert_eq!((server.port, server.user_params["tgrp"].as_str()), (Some(5061), "wacall"));
}

#[test]
fn a_messaging_limit_is_read_from_numbers_and_tiers() {
    let update = kind!(CapabilityUpdate, "business_capability_update");
    assert_eq!((update.limit, update.limit_per_phone), (Some(MessagingLimit::People(2_000)), None));
    assert_eq!(update.max_phone_numbers_per_business, Some(2));
    assert_eq!(update.max_phone_numbers_per_account, Some(25));
    let legacy = kind!(CapabilityUpdate, "business_capability_legacy");
    assert_eq!(legacy.limit.unwrap().people(), Some(100_000));
    assert_eq!(legacy.limit_per_phone, Some(MessagingLimit::Unlimited));
    assert_eq!(legacy.max_phone_numbers_per_account, Some(20));

    let throughput = kind!(PhoneNumberQualityUpdate, "phone_number_quality_throughput");
    assert_eq!(throughput.event, PhoneNumberQualityEvent::ThroughputUpgrade);
    assert_eq!(throughput.limit, Some(MessagingLimit::Unlimited));
    assert_eq!(throughput.display_phone_number.as_deref(), Some("14155550123"));
    let legacy = kind!(PhoneNumberQualityUpdate, "phone_number_quality_legacy");
    assert_eq!((legacy.event, legacy.limit), (PhoneNumberQualityEvent::Downgrade, None));
    assert_eq!(legacy.old_limit, Some(MessagingLimit::People(10_000)));
    assert_eq!(legacy.current_limit, Some(MessagingLimit::NotSet));
}

#[test]
fn a_number_has_a_name_a_pin_and_a_username() {
    let rejected = kind!(PhoneNumberNameUpdate, "phone_number_name_rejected");
    assert_eq!(
        (rejected.decision, rejected.rejection_reason),
        (ReviewDecision::Rejected, Some(NameRejection::NotConsistent))
    );
    assert_eq!(rejected.requested_name.as_deref(), Some("Lucky Shrub"));
    assert_eq!(rejected.display_phone_number.as_deref(), Some("14155550123"));
    let approved = kind!(PhoneNumberNameUpdate, "phone_number_name_approved");
    assert_eq!((approved.decision, approved.rejection_reason), (ReviewDecision::Approved, None));

    let changed = kind!(SecurityUpdate, "security_pin_changed");
    assert_eq!(
        (changed.event, changed.requester.as_deref()),
        (SecurityEvent::PinChanged, Some("61555822107539"))
    );
    let reset = kind!(SecurityUpdate, "security_pin_reset");
    assert_eq!((reset.event, reset.requester), (SecurityEvent::PinResetSuccess, None));
    assert_eq!(SecurityEvent::from("PIN_RESET_SUCCESS"), SecurityEvent::PinResetSuccess);

    let deleted = kind!(UsernameUpdate, "username_deleted");
    assert_eq!((deleted.status, deleted.username), (UsernameStatus::Deleted, None));
    let body = fixture("username_approved");
    for field in ["business_username_updates", "business_username_update", "phone_number_username_update"] {
        let notice = read(&body.replace("business_username_updates", field));
        assert_eq!(notice.field(), field);
        let NoticeKind::UsernameUpdate(approved) = notice.kind else { panic!("{field}") };
        assert_eq!(
            (approved.status, approved.username.as_deref()),
            (UsernameStatus::Approved, Some("luckyshrub"))
        );
    }
}

#[test]
fn a_flow_changes_or_is_in_trouble() {
    let change = flow("flow_status_change");
    assert_eq!(
        (change.event, change.flow_id.unwrap().as_str()),
        (FlowEvent::StatusChange, "6627390910605886")
    );
    assert_eq!(
        (change.old_status, change.new_status),
        (Some(FlowStatus::Draft), Some(FlowStatus::Published))
    );
    assert_eq!(change.message.as_deref(), Some("Flow Booking went from DRAFT to PUBLISHED"));

    let client = flow("flow_client_error_rate");
    assert_eq!(
        (client.event, client.alert_state),
        (FlowEvent::ClientErrorRate, Some(FlowAlertState::Activated))
    );
    assert_eq!((client.error_rate, client.threshold), (Some(14.28), Some(10.0)));
    let [transition, key] = &client.errors[..] else { panic!() };
    assert_eq!((transition.kind.as_deref(), transition.count), (Some("INVALID_SCREEN_TRANSITION"), Some(2)));
    assert_eq!((key.rate, key.count), (Some(33.34), Some(1)));

    let endpoint = flow("flow_endpoint_error_rate");
    assert_eq!(
        (endpoint.event, endpoint.alert_state),
        (FlowEvent::EndpointErrorRate, Some(FlowAlertState::Deactivated))
    );
    assert_eq!((endpoint.error_rate, endpoint.errors[0].count), (Some(50.5), Some(7)));

    let latency = flow("flow_endpoint_latency");
    assert_eq!((latency.event, latency.requests_count), (FlowEvent::EndpointLatency, Some(3000)));
    assert_eq!((latency.latency_p50, latency.latency_p90), (Some(1200.0), Some(5400.5)));

    let away = flow("flow_endpoint_availability");
    assert_eq!((away.event, away.availability), (FlowEvent::EndpointAvailability, Some(75.0)));
    let expiry = flow("flow_version_expiry");
    assert_eq!((expiry.event, expiry.message), (FlowEvent::VersionExpiryWarning, None));
    assert_eq!(expiry.warning.as_deref(), Some("Version 3.0 of Booking ends soon"));
}

#[test]
fn a_conversation_is_passed_to_us_or_taken_from_us() {
    let notice = notice("handover_passed");
    assert_eq!(notice.phone_number_id.as_ref().unwrap().as_str(), "106540352242922", "it can be routed");
    assert_eq!(notice.timestamp, at(1_700_000_200));
    let NoticeKind::Handover(passed) = notice.kind else { panic!() };
    assert_eq!((passed.kind, passed.timestamp), (HandoverKind::Passed, at(1_700_000_200)));
    assert_eq!(passed.from.unwrap().as_str(), "14155550123");
    assert_eq!(passed.display_phone_number.as_deref(), Some("10005550100"));
    assert_eq!((passed.previous_role, passed.new_role), (Some(Role::AiAgent), Some(Role::Escalation)));
    assert_eq!(passed.previous_app_id.unwrap().as_str(), "793702766889889");
    assert_eq!(passed.previous_app_role.as_deref(), Some("meta_business_agent"));
    assert_eq!(passed.new_app_id.unwrap().as_str(), "634974688087057");
    assert_eq!(passed.metadata.as_deref(), Some("wants a refund"));
    assert_eq!(passed.summary.as_deref(), Some("The customer asks for money back."));

    let taken = kind!(Handover, "handover_taken");
    assert_eq!((taken.kind, taken.new_role), (HandoverKind::Taken, Some(Role::Escalation)));
    assert_eq!((taken.from, taken.previous_role, taken.summary), (None, None, None));
    assert_eq!(taken.phone_number_id.unwrap().as_str(), "106540352242922");
    assert_eq!(taken.metadata.as_deref(), Some("Control taken via service message"));

    let value = json!({"type": "control_lent", "sender": {"user_id": "US.1"},
        "control_lent": {"new_owner_role": "night_shift"}});
    let NoticeKind::Handover(lent) = read(&body("messaging_handovers", &value)).kind else { panic!() };
    assert_eq!(lent.kind.as_str(), "control_lent");
    assert_eq!(lent.new_role.unwrap().as_str(), "night_shift", "details lie where the type says");
    assert_eq!(lent.from_user_id.unwrap().as_str(), "US.1");
}
