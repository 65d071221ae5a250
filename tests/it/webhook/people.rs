//! What customers decide, and what Meta reads out of their chats, each read from a fixture.

use super::{fixture, only};
use whatsapp_business::{
    time::Timestamp,
    webhook::{AutomaticEvent, AutomaticEventName, Event, Preference, PreferenceCategory, PreferenceValue},
};

fn preference(name: &str) -> Preference {
    match only(&fixture(name)) {
        Event::Preference(preference) => preference,
        other => panic!("{name} is no preference: {other:?}"),
    }
}

fn automatic(name: &str) -> AutomaticEvent {
    match only(&fixture(name)) {
        Event::AutomaticEvent(event) => event,
        other => panic!("{name} is no automatic event: {other:?}"),
    }
}

#[test]
fn a_customer_stops_marketing_and_resumes_it() {
    let stop = preference("preference_stop");
    assert_eq!(stop.category, Some(PreferenceCategory::MarketingMessages));
    assert_eq!(stop.value, PreferenceValue::Stop);
    assert_eq!(stop.detail.as_deref(), Some("User requested to stop marketing messages"));
    assert_eq!(stop.timestamp, Some(Timestamp::from_seconds(1_700_000_901)));
    assert_eq!(stop.user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(stop.parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(stop.wa_id, None);
    assert_eq!(stop.contact.unwrap().name.as_deref(), Some("Customer 1"));

    let resume = preference("preference_resume");
    assert_eq!((resume.value, resume.wa_id.unwrap().as_str()), (PreferenceValue::Resume, "10005550101"));
    assert_eq!(resume.timestamp, Some(Timestamp::from_seconds(1_700_000_902)), "here it is text");
    assert_eq!(resume.phone_number_id.unwrap().as_str(), "106540352242922");
}

#[test]
fn the_same_decision_about_another_number_is_another_event() {
    let body = fixture("preference_stop");
    let key = only(&body).key();
    assert!(key.starts_with("preference:") && !key.contains("US."), "{key}");
    assert_eq!(only(&body).key(), key);
    for (one, other) in [
        ("106540352242922", "106540352242923"),
        ("102290129340398", "102290129340399"),
        ("1700000901", "1700000902"),
        ("\"stop\"", "\"resume\""),
        ("US.1000000000000001", "US.1000000000000002"),
    ] {
        assert_ne!(only(&body.replace(one, other)).key(), key, "{one}");
    }
    let again = body.replace("1700000900", "1700000999");
    assert_eq!(only(&again).key(), key, "when Meta wrote it does not matter, when they did it does");
}

#[test]
fn a_new_user_id_comes_with_the_old_one() {
    let Event::UserIdChange(change) = only(&fixture("user_id_update")) else { panic!() };
    assert_eq!(change.user_id.as_str(), "US.1000000000000009");
    assert_eq!(change.previous_user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(change.parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000009");
    assert_eq!(change.previous_parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(change.wa_id.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(change.detail.as_deref(), Some("User ID updated"));
    assert_eq!(change.timestamp, Some(Timestamp::from_seconds(1_700_001_001)));
    assert_eq!(change.contact.as_ref().unwrap().name.as_deref(), Some("Customer 1"), "found by the old id");
}

#[test]
fn a_purchase_comes_with_its_amount() {
    let purchase = automatic("automatic_event_purchase");
    assert_eq!(purchase.message_id.as_str(), "wamid.MESSAGE00000001");
    assert_eq!(purchase.name, AutomaticEventName::Purchase);
    assert_eq!(purchase.timestamp, Some(Timestamp::from_seconds(1_700_001_101)));
    assert_eq!(purchase.ctwa_clid.as_deref(), Some("ARAkLkA8rmlFeiCktEJQ"));
    assert_eq!((purchase.currency.as_deref(), purchase.value), (Some("USD"), Some(25.5)));

    let lead = automatic("automatic_event_lead");
    assert_eq!((lead.name, lead.currency, lead.value), (AutomaticEventName::LeadSubmitted, None, None));
    assert_eq!(lead.timestamp, Some(Timestamp::from_seconds(1_700_001_102)), "here it is text");
    let key = only(&fixture("automatic_event_lead")).key();
    assert_eq!(key, "automatic:wamid.MESSAGE00000002:LeadSubmitted:1700001102");
}
