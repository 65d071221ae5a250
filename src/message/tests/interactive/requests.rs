use super::{assert_kept, assert_round_trip, bad_paths, body, long, problems, read, rewritten};
use crate::message::{CallPermissionRequest, ContactInfoRequest, Content, LocationRequest};
use serde_json::{Value, json};

fn request(kind: &str, action: &str) -> Value {
    json!({"type": kind, "body": {"text": "Please?"}, "action": {"name": action}})
}

/// Every kind that is a body and no more, with its JSON.
fn requests() -> [(Content, Value); 3] {
    [
        (LocationRequest::new("Please?").into(), request("location_request_message", "send_location")),
        (ContactInfoRequest::new("Please?").into(), request("request_contact_info", "request_contact_info")),
        (
            CallPermissionRequest::new().body("Please?").into(),
            request("call_permission_request", "call_permission_request"),
        ),
    ]
}

#[test]
fn requests_are_written_as_meta_documents_them() {
    for (content, written) in requests() {
        assert_eq!(body(content.clone()), json!({"type": "interactive", "interactive": written}));
        assert_eq!(problems(content.clone()), [""; 0]);
        assert_eq!(content.text().as_deref(), Some("Please?"));
        assert_round_trip(content);
    }
}

#[test]
fn a_request_for_the_permission_to_call_needs_no_body() {
    let bare = json!({"type": "call_permission_request", "action": {"name": "call_permission_request"}});
    assert_eq!(body(CallPermissionRequest::new())["interactive"], bare);
    assert_eq!(problems(CallPermissionRequest::new()), [""; 0]);
    assert_eq!(CallPermissionRequest::new().body_text(), None);
    assert_round_trip(CallPermissionRequest::new());
    assert_eq!(bad_paths(CallPermissionRequest::new().body("")), ["interactive.body.text"]);
}

#[test]
fn bodies_of_requests_hold_at_the_limit_and_break_one_past_it() {
    let requests = |length| -> [Content; 3] {
        [
            LocationRequest::new(long(length)).into(),
            ContactInfoRequest::new(long(length)).into(),
            CallPermissionRequest::new().body(long(length)).into(),
        ]
    };
    for content in requests(1024) {
        assert_eq!(problems(content), [""; 0]);
    }
    for content in requests(1025).into_iter().chain(requests(0)) {
        assert_eq!(bad_paths(content), ["interactive.body.text"]);
    }
}

#[test]
fn requests_with_nulls_are_read() {
    for (content, written) in requests() {
        let mut theirs = written.clone();
        theirs["header"] = Value::Null;
        theirs["footer"] = Value::Null;
        theirs["action"]["parameters"] = Value::Null;
        assert_eq!(read(&theirs), content);
        assert_eq!(rewritten(&theirs), written);
    }
}

#[test]
fn requests_with_a_header_a_footer_or_parameters_are_kept() {
    for (_, written) in requests() {
        let with = |member: &str, value: Value| {
            let mut theirs = written.clone();
            theirs[member] = value;
            theirs
        };
        assert_kept(&with("header", json!({"type": "text", "text": "x"})), "unknown field header");
        assert_kept(&with("footer", json!({"text": "x"})), "unknown field footer");
        assert_kept(&with("action", json!({"name": "other"})), "action has the name of another kind");
        let name = &written["action"]["name"];
        let action = json!({"name": name, "parameters": {"secret": 1}});
        assert_kept(&with("action", action), "a member is of the wrong type");
    }
}
