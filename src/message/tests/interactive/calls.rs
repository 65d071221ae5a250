use super::{assert_kept, assert_round_trip, bad_paths, body, long, problems, read};
use crate::message::{CallButton, Content};
use serde_json::json;

#[test]
fn a_call_button_is_written_as_meta_documents_it() {
    assert_eq!(
        body(CallButton::new("Questions?").display_text("Call Ana").ttl_minutes(100).payload("offer-42")),
        json!({"type": "interactive", "interactive": {
            "type": "voice_call",
            "body": {"text": "Questions?"},
            "action": {"name": "voice_call",
                "parameters": {"display_text": "Call Ana", "ttl_minutes": 100, "payload": "offer-42"}},
        }})
    );
    assert_round_trip(
        CallButton::new("Questions?").display_text("Call Ana").ttl_minutes(100).payload("offer-42"),
    );
}

#[test]
fn a_call_button_without_options_has_no_parameters() {
    assert_eq!(body(CallButton::new("Questions?"))["interactive"]["action"], json!({"name": "voice_call"}));
    assert_eq!(problems(CallButton::new("Questions?")), [""; 0]);
    assert_round_trip(CallButton::new("Questions?"));
    assert_eq!(
        body(CallButton::new("Questions?").payload("p"))["interactive"]["action"]["parameters"],
        json!({"payload": "p"})
    );
}

#[test]
fn every_limit_of_a_call_button_holds_at_its_edge_and_breaks_one_past_it() {
    let button = |body, text, ttl, payload| {
        CallButton::new(long(body)).display_text(long(text)).ttl_minutes(ttl).payload(long(payload))
    };
    assert_eq!(problems(button(1024, 20, 43_200, 512)), [""; 0]);
    assert_eq!(problems(button(1, 1, 1, 1)), [""; 0]);
    let paths = [
        "interactive.body.text",
        "interactive.action.parameters.display_text",
        "interactive.action.parameters.ttl_minutes",
        "interactive.action.parameters.payload",
    ];
    assert_eq!(bad_paths(button(1025, 21, 43_201, 513)), paths);
    assert_eq!(bad_paths(button(0, 0, 0, 0)), paths);
    assert_eq!(
        problems(CallButton::new("x").ttl_minutes(43_201)),
        ["interactive.action.parameters.ttl_minutes: is 43201 (1 to 43200 minutes)"]
    );
}

#[test]
fn nulls_and_numbers_as_text_of_other_writers_are_read() {
    let button = |parameters| {
        json!({"type": "voice_call", "body": {"text": "x"},
            "action": {"name": "voice_call", "parameters": parameters}})
    };
    let bare = Content::from(CallButton::new("x"));
    assert_eq!(read(&button(json!(null))), bare);
    assert_eq!(read(&button(json!({}))), bare);
    assert_eq!(read(&button(json!({"display_text": null, "ttl_minutes": null, "payload": null}))), bare);
    assert_eq!(read(&button(json!({"ttl_minutes": "60"}))), CallButton::new("x").ttl_minutes(60).into());
}

#[test]
fn a_call_button_with_a_header_or_a_footer_is_kept() {
    let button = |member: &str, value| {
        let mut button =
            json!({"type": "voice_call", "body": {"text": "x"}, "action": {"name": "voice_call"}});
        button[member] = value;
        button
    };
    assert_kept(&button("header", json!({"type": "text", "text": "x"})), "unknown field header");
    assert_kept(&button("footer", json!({"text": "x"})), "unknown field footer");
    let action = json!({"name": "voice_call", "parameters": {"ttl": 5}});
    assert_kept(&button("action", action), "unknown field ttl");
}
