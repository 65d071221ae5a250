use crate::error::{ApiError, Class, Error, ErrorKind, HttpError, read, wait};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;

const PHONE: &str = "+14155552671";

fn api(status: u16, body: &str) -> ApiError {
    match read(status, None, body.as_bytes()) {
        ErrorKind::Api(error) => *error,
        other => panic!("not an error of Meta: {other:?}"),
    }
}

fn webhook(body: &str) -> ApiError {
    serde_json::from_str(body).unwrap()
}

#[test]
fn the_documented_envelope_is_read_whole() {
    let error = api(
        400,
        r##"{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException","code":130429,
        "error_subcode":2494055,"fbtrace_id":"Az8or2yhqkZfEZ-_4Qn_Bam","is_transient":false,
        "error_user_title":"Slow down","error_user_msg":"Too many messages",
        "error_data":{"messaging_product":"whatsapp","details":"Cloud API message throughput has been reached."}}}"##,
    );
    assert_eq!(
        error,
        ApiError {
            status: Some(400),
            code: 130429,
            subcode: Some(2494055),
            message: "(#130429) Rate limit hit".to_owned(),
            details: Some("Cloud API message throughput has been reached.".to_owned()),
            user_title: Some("Slow down".to_owned()),
            user_message: Some("Too many messages".to_owned()),
            trace_id: Some("Az8or2yhqkZfEZ-_4Qn_Bam".to_owned()),
            ..ApiError::default()
        }
    );
    assert_eq!(
        error.to_string(),
        "Meta refused the request: (#130429/2494055) Rate limit hit: Cloud API message throughput has been reached; \
         send more slowly from this number [trace Az8or2yhqkZfEZ-_4Qn_Bam]"
    );
}

#[test]
fn odd_shapes_of_the_envelope_are_read() {
    let details = |data: &str| {
        let error = api(400, &format!(r#"{{"error":{{"code":100,"error_data":{data}}}}}"#));
        (error.details, error.data)
    };
    assert_eq!(details(r#""no such field""#), (Some("no such field".to_owned()), None));
    assert_eq!(details(r#""{\"details\":\"in text\"}""#), (Some("in text".to_owned()), None));
    assert_eq!(details(r#"{"details":""}"#), (None, None));
    assert_eq!(details("null"), (None, None));
    assert_eq!(details("[1]"), (None, Some(json!([1]))));
    let blame = json!({"blame_field_specs": [["name"]], "details": "bad name"});
    assert_eq!(details(&blame.to_string()), (Some("bad name".to_owned()), Some(blame)));

    let spelled =
        api(400, r#"{"error":{"code":"131056","error_subcode":" 33 ","message":7,"is_transient":"true"}}"#);
    assert_eq!((spelled.code, spelled.subcode, &*spelled.message), (131056, Some(33), "7"));
    assert!(spelled.is_transient);
    assert_eq!(api(400, r#"{"error":{"code":190.0,"message":{"a":1},"fbtrace_id":null}}"#).code, 190);
    assert_eq!(api(400, r#"{"error":{"error_subcode":2388024}}"#).class(), Class::TemplateDefinition);
    assert_eq!(api(206, r#"{"error":{"code":131201,"message":"Partial success"}}"#).class(), Class::Group);
}

#[test]
fn answers_without_the_envelope_are_http_errors() {
    let deep = format!(r#"{{"error":{{"code":{}"#, "[".repeat(200_000));
    let huge = format!(r#"{{"error":{{"code":4,"message":"{}"}}}}"#, "x".repeat(2 << 20));
    for body in [
        "",
        " ",
        "<html><body>502 Bad Gateway</body></html>",
        r#"{"error":"text"}"#,
        r#"{"error":null}"#,
        r#"{"error":{}}"#,
        r#"{"error":{"message":"no code"}}"#,
        r#"{"error":[{"code":4}]}"#,
        r#"[{"error":{"code":4}}]"#,
        r#"{"error":{"code":4}"#,
        "null",
        &deep,
        &huge,
    ] {
        let wait = Some(Duration::from_secs(3));
        let ErrorKind::Http(error) = read(502, wait, body.as_bytes()) else { panic!("{body:.40}") };
        assert_eq!(error, HttpError { status: 502, retry_after: wait });
    }
    assert!(matches!(read(500, None, b"\xff{\"error\":{\"code\":4}}"), ErrorKind::Http(_)));
}

#[test]
fn an_http_status_decides_only_where_meta_gave_no_code() {
    for (status, retryable, open) in [
        (200, false, true),
        (302, false, false),
        (400, false, false),
        (404, false, false),
        (408, true, true),
        (429, true, false),
        (500, true, true),
        (501, false, true),
        (502, true, true),
        (503, true, true),
        (504, true, true),
    ] {
        let error = HttpError { status, retry_after: None };
        assert_eq!((error.is_retryable(), error.outcome_unknown()), (retryable, open), "{status}");
        assert!(error.to_string().contains(&status.to_string()));
    }
    let error = api(500, r#"{"error":{"code":131045}}"#);
    assert_eq!((error.is_retryable(), error.outcome_unknown()), (false, false));
}

#[test]
fn an_unknown_code_follows_metas_mark() {
    let fixed = api(400, r#"{"error":{"code":987654,"message":"new"}}"#);
    assert_eq!(
        (fixed.class(), fixed.is_retryable(), fixed.outcome_unknown()),
        (Class::Unknown, false, false)
    );
    let passing = api(400, r#"{"error":{"code":987654,"is_transient":true}}"#);
    assert_eq!(
        (passing.class(), passing.is_retryable(), passing.outcome_unknown()),
        (Class::Unknown, true, true)
    );
    assert!(api(503, r#"{"error":{"code":987654}}"#).outcome_unknown());
    let known = api(400, r#"{"error":{"code":131047,"is_transient":true}}"#);
    assert!(!known.is_retryable());
}

#[test]
fn metas_wait_goes_before_the_tables() {
    let body = br#"{"error":{"code":80007}}"#;
    let minutes = Some(Duration::from_secs(720));
    assert_eq!(Error::new(read(400, minutes, body)).retry_after(), minutes);
    assert_eq!(Error::new(read(400, None, body)).retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(api(400, r#"{"error":{"code":131049}}"#).retry_after(), Some(Duration::from_secs(86_400)));
    assert_eq!(api(400, r#"{"error":{"code":131026}}"#).retry_after(), None);
}

#[test]
fn waits_are_read_from_headers() {
    let usage = r#"{"102290129340398":[
        {"type":"whatsapp","call_count":1,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":0},
        {"type":"whatsapp_business_management","estimated_time_to_regain_access":"12"}],
        "9":{"estimated_time_to_regain_access":3}, "8":[], "7":null, "6":[{"estimated_time_to_regain_access":-4}]}"#;
    let none = r#"{"1":[{"type":"whatsapp","estimated_time_to_regain_access":0}]}"#;
    for (after, usage, seconds) in [
        (None, None, None),
        (Some("7"), None, Some(7)),
        (Some(" 7 "), Some(none), Some(7)),
        (Some("0"), Some(none), None),
        (Some("-1"), Some("not JSON"), None),
        (Some("Fri, 11 Sep 2026 10:00:00 GMT"), Some("[]"), None),
        (None, Some(usage), Some(720)),
        (Some("30"), Some(usage), Some(720)),
        (Some("900"), Some(usage), Some(900)),
        (Some("18446744073709551615"), None, Some(30 * 86_400)),
        (None, Some(r#"{"1":[{"estimated_time_to_regain_access":9223372036854775807}]}"#), Some(30 * 86_400)),
    ] {
        assert_eq!(wait(after, usage), seconds.map(Duration::from_secs), "{after:?} {usage:?}");
    }
}

#[test]
fn the_error_of_a_webhook_is_read() {
    let error = webhook(
        r#"{"code":131026,"title":"Message undeliverable","message":"Message undeliverable","later":{"a":1},
        "error_data":{"details":"Unable to deliver the message."},
        "href":"/documentation/business-messaging/whatsapp/support/error-codes"}"#,
    );
    assert_eq!((error.status, error.code, error.class()), (None, 131026, Class::Recipient));
    assert_eq!(error.href.as_deref(), Some("/documentation/business-messaging/whatsapp/support/error-codes"));
    assert_eq!(
        error.to_string(),
        "Meta reported an error: (#131026) Message undeliverable: Unable to deliver the message; \
         use another channel: WhatsApp can not deliver to this person"
    );
    assert_eq!(
        webhook(r#"{"code":"131051","title":"Message type unknown"}"#).message,
        "Message type unknown"
    );
    for (body, code, message) in
        [("{}", -1, ""), ("null", -1, ""), ("[]", -1, ""), ("\"why\"", -1, "why"), ("131000", 131000, "")]
    {
        let error = webhook(body);
        assert_eq!((error.code, &*error.message), (code, message), "{body}");
    }
    assert_eq!(webhook("{}").class(), Class::Unknown);
    for (body, shown) in [
        ("{}", " without a code; look the code up"),
        ("\"why\"", " without a code: why; look"),
        (r#"{"code":100,"error_data":"why"}"#, ": (#100) why; mend"),
        (r#"{"code":100,"title":"a","error_data":"a."}"#, ": (#100) a; mend"),
        (r#"{"code":100,"title":"(#100) a","error_data":"b"}"#, ": (#100) a: b; mend"),
    ] {
        let error = webhook(body).to_string();
        assert!(error.starts_with(&format!("Meta reported an error{shown}")), "{error}");
    }
}

#[test]
fn what_is_shown_holds_no_number_token_or_message_id() {
    let error = api(
        400,
        r#"{"error":{"code":14155552671,"error_subcode":14155552671,"message":"(#100) to +1 (415) 555-2671",
        "error_user_title":"+14155552671","error_user_msg":"+14155552671","fbtrace_id":"14155552671",
        "error_data":{"details":"token EAAGm0PX4ZCpsBAKZ wamid.HBgLMTQxNTU1NTI2NzE","to":"+14155552671"}}}"#,
    );
    for shown in [
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
        Error::new(ErrorKind::Api(Box::new(error))).to_string(),
    ] {
        for secret in ["4155552671", "555-2671", "EAAG", "HBgL"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("[masked]"), "{shown}");
    }
}

fn shows_the_phone(kind: &ErrorKind) -> bool {
    [kind.to_string(), format!("{kind:?}")].iter().any(|shown| {
        let digits: String = shown.chars().filter(|c| !" -().+".contains(*c)).collect();
        digits.contains("14155552671")
    })
}

/// JSON of any shape, with a phone number in many a place.
fn planted() -> impl Strategy<Value = Value> {
    let text = ("[ -~]{0,12}", "[^0-9]{0,12}")
        .prop_map(|(before, after)| Value::from(format!("{before}{PHONE}{after}")));
    let leaf = prop_oneof![
        text,
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(14_155_552_671_i64)),
        Just(Value::Null),
        any::<String>().prop_map(Value::from),
    ];
    let name = prop_oneof![Just("details".to_owned()), Just("messaging_product".to_owned()), any::<String>()];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(status: u16, body: Vec<u8>, header: String) {
        let kind = read(status, wait(Some(&header), Some(&header)), &body);
        let _ = (kind.to_string(), format!("{kind:?}"));
    }

    #[test]
    fn no_envelope_shows_a_phone_number(
        members in prop::collection::btree_map(
            prop::sample::select(vec![
                "message", "title", "code", "error_subcode", "error_data", "error_user_msg", "fbtrace_id", "href",
            ]),
            planted(),
            0..8,
        ),
        code in prop::option::of(prop::sample::select(vec![4_i64, 100, 131_000, 999_999])),
        cut in 0_usize..4,
    ) {
        let mut error = json!(members);
        if let Some(code) = code {
            error["code"] = code.into();
        }
        let mut body = json!({ "error": error }).to_string().into_bytes();
        let webhook: ApiError = serde_json::from_value(error).unwrap();
        prop_assert!(!shows_the_phone(&ErrorKind::Api(Box::new(webhook))));
        body.truncate(body.len() - cut / 3);
        prop_assert!(!shows_the_phone(&read(400, None, &body)));
    }
}
