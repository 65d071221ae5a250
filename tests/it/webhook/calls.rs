//! Calls, each read from a fixture.

use super::{fixture, only, read};
use std::time::Duration;
use whatsapp_business::{
    time::Timestamp,
    webhook::{Call, CallDirection, CallEvent, CallOutcome, CallStatus, CallStatusKind, Event, SdpType},
};

const ID: &str = "wacid.ABGGFjFVU2AfAgo6V-Hc5eCgK5Gh";

fn call(body: &str) -> Call {
    match only(body) {
        Event::Call(call) => *call,
        other => panic!("it is no call: {other:?}"),
    }
}

fn status(body: &str) -> CallStatus {
    match only(body) {
        Event::CallStatus(status) => status,
        other => panic!("it is no status of a call: {other:?}"),
    }
}

#[test]
fn a_call_from_a_customer_offers_a_session_and_tells_where_it_came_from() {
    let call = call(&fixture("call_connect"));
    assert_eq!((call.id.as_str(), &call.event), (ID, &CallEvent::Connect));
    assert_eq!(call.timestamp, Some(Timestamp::from_seconds(1_700_000_201)));
    assert_eq!(call.direction, Some(CallDirection::UserInitiated));
    assert_eq!(call.from.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(call.from_user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(call.from_parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(call.to.as_ref().unwrap().as_str(), "10005550100");
    assert_eq!((&call.to_user_id, &call.to_parent_user_id), (&None, &None));
    let session = call.session.as_ref().unwrap();
    assert_eq!(session.sdp_type, Some(SdpType::Offer));
    assert!(session.sdp.starts_with("v=0\r\no=-"), "{}", session.sdp);
    assert_eq!(call.deeplink_payload.as_deref(), Some("from-newsletter"));
    assert_eq!(call.cta_payload.as_deref(), Some("order-42"));
    assert_eq!(call.contact.as_ref().unwrap().name.as_deref(), Some("Customer 1"));
    assert_eq!(call.phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
    assert_eq!(call.display_phone_number.as_deref(), Some("10005550100"));
    assert_eq!(call.account_id.as_ref().unwrap().as_str(), "102290129340398");
    assert_eq!((&call.outcome, call.duration, call.errors.len()), (&None, None, 0));
}

#[test]
fn a_call_tells_what_all_events_have_in_common() {
    let event = only(&fixture("call_connect"));
    assert_eq!(event.key(), format!("call:{ID}:connect:1700000201"));
    assert_eq!(event.field(), "calls");
    assert_eq!(event.phone_number_id().unwrap().as_str(), "106540352242922");
    assert_eq!(event.account_id().unwrap().as_str(), "102290129340398");
    assert_eq!(event.timestamp(), Some(Timestamp::from_seconds(1_700_000_201)));
    assert_eq!(event.contact().unwrap().username.as_deref(), Some("customer_1"));
    assert!(event.raw().contains("from-newsletter"));
}

#[test]
fn a_call_of_ours_is_answered_by_the_customers_session() {
    let call = call(&fixture("call_connect_business"));
    assert_eq!(call.direction, Some(CallDirection::BusinessInitiated));
    assert_eq!(call.from.unwrap().as_str(), "10005550100");
    assert_eq!(call.to.unwrap().as_str(), "10005550101");
    assert_eq!(call.to_user_id.unwrap().as_str(), "US.1000000000000001");
    assert_eq!(call.to_parent_user_id.unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(call.session.unwrap().sdp_type, Some(SdpType::Answer));
    assert_eq!(call.callback_data.as_deref(), Some("attempt-1"));
    assert_eq!(
        call.contact.unwrap().username.as_deref(),
        Some("customer_1"),
        "it is the customer who is told of"
    );
}

#[test]
fn the_end_of_a_call_tells_how_long_it_was() {
    let call = call(&fixture("call_terminate"));
    assert_eq!((&call.event, &call.outcome), (&CallEvent::Terminate, &Some(CallOutcome::Completed)));
    assert!(!call.has_failed());
    assert_eq!(call.started_at, Some(Timestamp::from_seconds(1_700_000_210)));
    assert_eq!(call.ended_at, Some(Timestamp::from_seconds(1_700_000_300)));
    assert_eq!(call.duration, Some(Duration::from_secs(90)));
    assert_eq!(call.callback_data.as_deref(), Some("attempt-1"));
    assert_eq!(call.cta_payload.as_deref(), Some("order-42"));
}

#[test]
fn the_outcome_is_read_as_a_word_and_as_a_list() {
    let body = fixture("call_terminate_failed");
    for (spelling, outcome) in [
        (r#""FAILED""#, Some(CallOutcome::Failed)),
        (r#""Failed""#, Some(CallOutcome::Failed)),
        (r#"["FAILED"]"#, Some(CallOutcome::Failed)),
        (r#"["Completed"]"#, Some(CallOutcome::Completed)),
        (r#""MISSED""#, Some(CallOutcome::from("MISSED"))),
        ("[]", None),
        ("[5]", None),
        (r#""""#, None),
        ("null", None),
        ("{}", None),
    ] {
        assert_eq!(call(&body.replace(r#""FAILED""#, spelling)).outcome, outcome, "{spelling}");
    }
}

#[test]
fn why_a_call_failed_stands_beside_it() {
    let call = call(&fixture("call_terminate_failed"));
    assert!(call.has_failed());
    assert_eq!(call.errors.len(), 1);
    assert_eq!(call.errors[0].code, 138_021);
    assert_eq!(call.errors[0].details.as_deref(), Some("No media was received for a long time."));
    assert_eq!((call.to, call.started_at, call.duration), (None, None, None));
    assert_eq!(
        call.contact.unwrap().user_id,
        call.to_user_id,
        "without a number, the user id tells who it is"
    );
}

#[test]
fn errors_beside_several_calls_go_to_those_that_failed() {
    let value = |calls: &str| {
        let errors = r#"[{"code":138021}]"#;
        let value = format!(r#"{{"calls":[{calls}],"errors":{errors}}}"#);
        format!(r#"{{"entry":[{{"id":"1","changes":[{{"field":"calls","value":{value}}}]}}]}}"#)
    };
    let call = |id: &str, status: &str| format!(r#"{{"id":"{id}","event":"terminate","status":"{status}"}}"#);
    let delivery = read(&value(&[call("a", "COMPLETED"), call("b", "FAILED")].join(",")));
    let errors: Vec<_> = delivery
        .events()
        .iter()
        .map(|event| match event {
            Event::Call(call) => call.errors.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(errors, [0, 1]);

    let delivery = read(&value(&[call("a", "COMPLETED"), call("b", "COMPLETED")].join(",")));
    let [Event::Call(_), Event::Call(_), Event::Unknown(rest)] = delivery.events() else {
        panic!("errors that belong to no call are kept with the whole value: {delivery:?}")
    };
    assert!(rest.raw().contains("138021") && rest.reason().is_none());
}

#[test]
fn a_recording_and_a_transcript_come_with_what_is_needed_to_fetch_them() {
    let recorded = call(&fixture("call_recording_available"));
    assert_eq!(recorded.event, CallEvent::RecordingAvailable);
    let recording = recorded.recording.unwrap();
    assert_eq!(recording.id.as_str(), "1003383421387301");
    assert_eq!(recording.mime_type.as_deref(), Some("audio/ogg; codecs=opus"));
    assert_eq!(recording.sha256.as_deref(), Some("SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="));
    assert!(recording.url.unwrap().starts_with("https://lookaside.fbsbx.com/"));
    assert!(recorded.transcript.is_none());

    let written = call(&fixture("call_transcription_available"));
    assert_eq!(written.event, CallEvent::TranscriptionAvailable);
    let transcript = written.transcript.unwrap();
    assert_eq!(transcript.id.as_str(), "1003383421387302");
    assert_eq!(transcript.mime_type.as_deref(), Some("application/json"));
    assert!(written.recording.is_none());
}

#[test]
fn a_call_over_sip_has_no_session() {
    let call = call(&fixture("call_created_sip"));
    assert_eq!((call.event, call.session), (CallEvent::Created, None));
}

#[test]
fn a_status_tells_how_a_call_of_ours_is_taken() {
    let status = status(&fixture("call_status_ringing"));
    assert_eq!((status.id.as_str(), &status.status), (ID, &CallStatusKind::Ringing));
    assert_eq!(status.timestamp, Some(Timestamp::from_seconds(1_700_000_203)));
    assert_eq!(status.recipient_id.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(status.recipient_user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(status.recipient_parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(status.callback_data.as_deref(), Some("attempt-1"));
    assert_eq!(status.contact.unwrap().username.as_deref(), Some("customer_1"));
    assert_eq!(only(&fixture("call_status_ringing")).key(), format!("call-status:{ID}:RINGING:1700000203"));

    let kinds: Vec<_> = read(&fixture("call_status_answered"))
        .into_iter()
        .map(|event| match event {
            Event::CallStatus(status) => status.status,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, [CallStatusKind::Accepted, CallStatusKind::Rejected]);
}
