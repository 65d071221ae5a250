//! Limits of buttons: at the limit and one past it.

use super::{long, problems_of};
use serde_json::{Value, json};

/// The broken limits of these buttons, with paths from the list on.
#[expect(clippy::needless_pass_by_value, reason = "literals read better without a reference")]
fn check(buttons: Value) -> Vec<String> {
    let problems = problems_of(
        "MARKETING",
        &json!([{"type": "BODY", "text": "Hi"}, {"type": "BUTTONS", "buttons": buttons}]),
    );
    let below =
        |problem: String| problem.strip_prefix("components[1].").map(str::to_owned).unwrap_or(problem);
    problems.into_iter().map(below).collect()
}

/// The broken limits of the one button of a template for codes.
#[expect(clippy::needless_pass_by_value, reason = "literals read better without a reference")]
fn check_otp(button: Value) -> Vec<String> {
    let problems = problems_of("AUTHENTICATION", &json!([{"type": "BUTTONS", "buttons": [button]}]));
    let below = |problem: String| problem.strip_prefix("components[0].buttons[0].").unwrap().to_owned();
    problems.into_iter().map(below).collect()
}

fn reply() -> Value {
    json!({"type": "QUICK_REPLY", "text": "x"})
}

fn url() -> Value {
    json!({"type": "URL", "text": "x", "url": "https://example.com"})
}

fn phone() -> Value {
    json!({"type": "PHONE_NUMBER", "text": "x", "phone_number": "+14155552671"})
}

#[test]
fn there_are_at_most_10_buttons() {
    assert!(check(json!(vec![reply(); 10])).is_empty());
    assert_eq!(check(json!(vec![reply(); 11])), ["buttons: has 11 buttons (1 to 10 buttons)"]);
    assert_eq!(check(json!([])), ["buttons: has 0 buttons (1 to 10 buttons)"]);
}

#[test]
fn some_kinds_are_limited_in_number() {
    let code = json!({"type": "COPY_CODE", "example": "A"});
    let pay = json!({"type": "PAYMENT_REQUEST", "text": "Copy Pix code"});
    assert!(check(json!([url(), url(), phone(), code, pay, pay, pay])).is_empty());
    assert_eq!(check(json!([url(), url(), url()])), ["buttons: has 3 URL buttons (at most 2 of them)"]);
    assert_eq!(check(json!([phone(), phone()])), ["buttons: has 2 PHONE_NUMBER buttons (at most 1 of them)"]);
    assert_eq!(check(json!([code, code])), ["buttons: has 2 COPY_CODE buttons (at most 1 of them)"]);
    assert_eq!(check(json!(vec![pay; 4])), ["buttons: has 4 PAYMENT_REQUEST buttons (at most 3 of them)"]);
}

#[test]
fn quick_replies_stand_together_at_one_end() {
    for good in [json!([reply(), reply(), url(), phone()]), json!([url(), phone(), reply(), reply()])] {
        assert!(check(good).is_empty());
    }
    for bad in [json!([reply(), url(), reply()]), json!([url(), reply(), phone()])] {
        assert_eq!(
            check(bad),
            [
                "buttons: mixes quick replies with other buttons (quick replies together, before or after all other buttons)"
            ]
        );
    }
}

#[test]
fn texts_have_lengths() {
    let kinds = [
        ("QUICK_REPLY", 25),
        ("URL", 25),
        ("PHONE_NUMBER", 25),
        ("FLOW", 25),
        ("CATALOG", 25),
        ("MPM", 25),
        ("SPM", 25),
        ("ORDER_DETAILS", 25),
        ("VOICE_CALL", 20),
    ];
    for (kind, most) in kinds {
        let button = |length| json!([{"type": kind, "text": long(length), "url": "https://example.com", "phone_number": "1", "flow_id": "1"}]);
        assert!(check(button(most)).is_empty(), "{kind}");
        let wanted = format!("buttons[0].text: has {} characters (1 to {most} characters)", most + 1);
        assert_eq!(check(button(most + 1)), [wanted]);
    }
    for kind in ["QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW"] {
        let problems =
            check(json!([{"type": kind, "url": "https://example.com", "phone_number": "1", "flow_id": "1"}]));
        assert_eq!(problems, ["buttons[0].text: is empty or missing (1 to 25 characters)"], "{kind}");
    }
    assert_eq!(
        check(json!([{"type": "QUICK_REPLY", "text": {"secret": 1}}])),
        ["buttons[0].text: is not text (1 to 25 characters)"]
    );
}

#[test]
fn addresses_are_of_the_web_and_end_in_their_placeholder() {
    let button = |url: &str| json!([{"type": "URL", "text": "x", "url": url, "example": ["x"]}]);
    let address = |length: usize| format!("https://example.com/{}", "a".repeat(length - 20));
    for good in
        ["http://example.com", "https://example.com/{{1}}", "https://example.com/?a={{1}}", &address(2000)]
    {
        assert!(check(button(good)).is_empty(), "{good}");
    }
    assert_eq!(check(button(&address(2001))), ["buttons[0].url: has 2001 characters (1 to 2000 characters)"]);
    for bad in ["example.com", "ftp://example.com", "https://", "https://{{1}}", "mailto:a@example.com"] {
        let wanted = ["buttons[0].url: is not an address of the web (an http or https URL)"];
        assert_eq!(check(button(bad)), wanted, "{bad}");
    }
    for bad in ["https://example.com/{{1}}/x", "https://example.com/{{2}}", "https://example.com/{{"] {
        let wanted = ["buttons[0].url: has a placeholder elsewhere than at its end ({{1}} at the end)"];
        assert_eq!(check(button(bad)), wanted, "{bad}");
    }
    assert_eq!(
        check(button("https://example.com/{{1}}{{2}}")),
        ["buttons[0].url: has 2 placeholders (one placeholder, at the end)"]
    );
    assert_eq!(
        check(json!([{"type": "URL", "text": "x", "url": "https://example.com/{{1}}"}])),
        ["buttons[0].example: is empty or missing (an example of what the placeholder stands for)"]
    );
    assert_eq!(
        check(json!([{"type": "URL", "text": "x"}])),
        ["buttons[0].url: is empty or missing (1 to 2000 characters)"]
    );
}

#[test]
fn numbers_and_codes_have_lengths() {
    let phone =
        |length: usize| json!([{"type": "PHONE_NUMBER", "text": "x", "phone_number": "1".repeat(length)}]);
    assert!(check(phone(20)).is_empty());
    assert_eq!(check(phone(21)), ["buttons[0].phone_number: has 21 characters (1 to 20 characters)"]);
    let code = |length: usize| json!([{"type": "COPY_CODE", "example": "A".repeat(length)}]);
    assert!(check(code(20)).is_empty());
    assert_eq!(check(code(21)), ["buttons[0].example: has 21 characters (1 to 20 characters)"]);
    assert_eq!(check(code(0)), ["buttons[0].example: is empty or missing (1 to 20 characters)"]);
}

#[test]
fn a_flow_is_named_in_one_way() {
    let problem =
        |given| [format!("buttons[0]: names {given} Flows (one of flow_id, flow_name and flow_json)")];
    assert_eq!(check(json!([{"type": "FLOW", "text": "x"}])), problem(0));
    assert_eq!(check(json!([{"type": "FLOW", "text": "x", "flow_id": "1", "flow_json": "{}"}])), problem(2));
}

#[test]
fn calls_and_contacts_have_rules() {
    let call = |minutes: Value| json!([{"type": "VOICE_CALL", "ttl_minutes": minutes}]);
    assert!(check(call(json!(1440))).is_empty() && check(call(json!("43200"))).is_empty());
    assert_eq!(check(call(json!(1439))), ["buttons[0].ttl_minutes: is 1439 (1440 to 43200)"]);
    assert_eq!(check(call(json!(43_201))), ["buttons[0].ttl_minutes: is 43201 (1440 to 43200)"]);
    assert_eq!(
        check(json!([{"type": "REQUEST_CONTACT_INFO", "text": "Share"}])),
        ["buttons[0].text: is other text (Share Contact Info, or none)"]
    );
}

#[test]
fn codes_name_their_type_and_apps() {
    let app = |package: &str, hash: &str| json!({"package_name": package, "signature_hash": hash});
    let good = || app("com.example.a", "K8a/AINcGX7");
    let one_tap = |apps: Value| json!({"type": "OTP", "otp_type": "ONE_TAP", "supported_apps": apps});
    assert!(check_otp(one_tap(json!(vec![good(); 5]))).is_empty());
    assert_eq!(check_otp(one_tap(json!(vec![good(); 6]))), ["supported_apps: has 6 apps (1 to 5 apps)"]);
    assert_eq!(check_otp(one_tap(json!([]))), ["supported_apps: has 0 apps (1 to 5 apps)"]);
    assert_eq!(check_otp(one_tap(json!("x"))), ["supported_apps: is not a list (1 to 5 apps)"]);
    assert_eq!(
        check_otp(json!({"type": "OTP", "otp_type": "one_tap"})),
        ["supported_apps: is missing (1 to 5 apps for ONE_TAP and ZERO_TAP)"]
    );

    let name = "supported_apps[0].package_name: is not a package name (1 to 224 letters, digits, _ and .)";
    assert!(check_otp(one_tap(json!([app(&"a".repeat(224), "K8a/AINcGX7")]))).is_empty());
    for package in ["", "com.example-a", &"a".repeat(225)] {
        assert_eq!(check_otp(one_tap(json!([app(package, "K8a/AINcGX7")]))), [name], "{package}");
    }
    let hash =
        "supported_apps[0].signature_hash: is not a signature hash (exactly 11 letters, digits, +, / and =)";
    for signature in ["", "K8a/AINcGX", "K8a/AINcGX77", "K8a%AINcGX7"] {
        assert_eq!(check_otp(one_tap(json!([app("com.example", signature)]))), [hash], "{signature}");
    }

    let kind = ["otp_type: is missing or another (COPY_CODE, ONE_TAP or ZERO_TAP)"];
    assert_eq!(check_otp(json!({"type": "OTP"})), kind);
    assert_eq!(check_otp(json!({"type": "OTP", "otp_type": "TWO_TAP"})), kind);
    assert_eq!(
        check_otp(json!({"type": "OTP", "otp_type": "ZERO_TAP", "supported_apps": [good()]})),
        ["zero_tap_terms_accepted: is not true (true for ZERO_TAP)"]
    );
    let texts = |length| json!({"type": "OTP", "otp_type": "COPY_CODE", "text": long(length), "autofill_text": long(length)});
    assert!(check_otp(texts(25)).is_empty());
    assert_eq!(
        check_otp(texts(26)),
        [
            "text: has 26 characters (1 to 25 characters)",
            "autofill_text: has 26 characters (1 to 25 characters)"
        ]
    );
}
