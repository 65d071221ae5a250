//! Reading what others write.

use super::{problems, rewritten};
use crate::template::{Button, ButtonKind, Category, Component, ComponentKind, Definition, HeaderFormat};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn other_sdks_spell_examples_as_one_value_or_a_list() {
    let theirs = json!({"name": "a", "language": "en", "category": "marketing", "message_send_ttl_seconds": "43200",
        "components": [
            {"type": "header", "format": "text", "text": "Hi {{1}} there", "example": {"header_text": "Ana"}},
            {"type": "body", "text": "Order {{1}} costs {{2}} now", "example": {"body_text": ["A-42", 800]}},
            {"type": "buttons", "buttons": [
                {"type": "url", "text": "Go", "url": "https://example.com/{{1}}", "example": "x"},
                {"type": "copy_code", "example": ["250FF"]}]}]});
    assert_eq!(problems(theirs.clone()), [""; 0]);
    assert_eq!(
        rewritten(&theirs),
        json!({"name": "a", "language": "en", "category": "MARKETING", "message_send_ttl_seconds": 43200,
            "components": [
                {"type": "HEADER", "format": "TEXT", "text": "Hi {{1}} there", "example": {"header_text": ["Ana"]}},
                {"type": "BODY", "text": "Order {{1}} costs {{2}} now", "example": {"body_text": [["A-42", "800"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Go", "url": "https://example.com/{{1}}", "example": ["x"]},
                    {"type": "COPY_CODE", "example": "250FF"}]}]})
    );
}

#[test]
fn numbers_and_ids_of_buttons_are_text_however_they_are_written() {
    let button =
        |theirs: Value| serde_json::to_value(serde_json::from_value::<Button>(theirs).unwrap()).unwrap();
    assert_eq!(
        button(json!({"type": "phone_number", "text": 24, "phone_number": 16_467_043_595_i64})),
        json!({"type": "PHONE_NUMBER", "text": "24", "phone_number": "16467043595"})
    );
    assert_eq!(
        button(json!({"type": "flow", "text": "Go", "flow_id": u64::MAX})),
        json!({"type": "FLOW", "text": "Go", "flow_id": "18446744073709551615"})
    );
}

#[test]
fn parts_can_be_looked_at() {
    let definition: Definition = serde_json::from_value(json!({
        "name": "a", "language": "en", "category": "Transactional", "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
            {"type": "BODY", "text": "Hello"}, {"type": "FOOTER", "text": "Bye"},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://example.com"}]},
            {"type": "call_permission_request"}]}))
    .unwrap();
    assert_eq!((definition.name(), definition.language()), ("a", "en"));
    assert_eq!(definition.category().map(Category::as_str), Some("Transactional"));
    let kinds: Vec<_> = definition.components().iter().map(|part| part.kind().to_string()).collect();
    assert_eq!(kinds, ["HEADER", "BODY", "FOOTER", "BUTTONS", "CALL_PERMISSION_REQUEST"]);
    let [
        Component::Header(header),
        Component::Body(body),
        Component::Footer(footer),
        Component::Buttons(buttons),
        Component::Raw(raw),
    ] = definition.components()
    else {
        panic!("{definition:?}")
    };
    assert_eq!((header.format(), header.handle()), (Some(&HeaderFormat::Image), Some("4::a")));
    assert_eq!((body.text(), footer.text()), (Some("Hello"), Some("Bye")));
    let button = &buttons.list()[0];
    assert_eq!(button.kind(), &ButtonKind::Url);
    assert_eq!((button.text(), button.url_template()), (Some("Go"), Some("https://example.com")));
    assert_eq!(raw.json(), r#"{"type":"CALL_PERMISSION_REQUEST"}"#);
    assert_eq!((raw.kind(), raw.reason()), (ComponentKind::CallPermissionRequest, None));
}

#[test]
fn a_component_that_is_not_as_documented_is_kept_and_reported_without_its_words() {
    let cases = [
        (json!({"type": "BODY", "text": ["secret"]}), "text is not text"),
        (json!({"type": "BODY", "text": "x", "example": "secret"}), "example is not an object"),
        (
            json!({"type": "BODY", "text": "x", "example": {"body_text": [[{"secret": 1}]]}}),
            "body_text is not a list of lists of text",
        ),
        (
            json!({"type": "BODY", "text": "x", "example": {"body_text_named_params": [{"example": "secret"}]}}),
            "param_name is missing",
        ),
        (json!({"type": "HEADER", "format": {"secret": 1}}), "format is not text"),
        (json!({"type": "BUTTONS"}), "buttons is missing"),
        (json!({"type": "BUTTONS", "buttons": {"secret": 1}}), "buttons is not a list"),
        (
            json!({"type": "BUTTONS", "buttons": [{"type": "URL"}, {"text": "secret"}]}),
            "buttons[1]: type is missing",
        ),
        (
            json!({"type": "CAROUSEL", "cards": [{"components": "secret"}]}),
            "cards[0]: components is not a list",
        ),
        (json!({"text": "secret"}), "it is not an object with a type"),
        (json!("secret"), "it is not an object with a type"),
        (json!(["secret"]), "it is not an object with a type"),
    ];
    for (component, problem) in cases {
        let body = json!({"name": "a", "language": "en", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "x"}, component]});
        assert_eq!(rewritten(&body), body);
        assert_eq!(problems(body), [format!("components[1]: {problem} (the members that Meta documents)")]);
    }
}

#[test]
fn a_carousel_in_a_card_is_kept_but_not_entered() {
    let mut nested = json!({"type": "CAROUSEL", "cards": []});
    for _ in 0..20 {
        nested = json!({"type": "CAROUSEL", "cards": [{"components": [nested]}]});
    }
    let body = json!({"name": "a", "language": "en", "category": "MARKETING",
        "components": [{"type": "BODY", "text": "x"}, nested]});
    assert_eq!(rewritten(&body), body);
    let problem = "components[1].cards[0].components[0]: a card cannot hold a carousel";
    assert!(problems(body).iter().any(|found| found.starts_with(problem)));
}

#[test]
fn a_body_that_is_no_template_is_an_error_that_names_the_member() {
    let error = |body: Value| serde_json::from_value::<Definition>(body).unwrap_err().to_string();
    assert_eq!(error(json!([])), "the template is not an object");
    assert_eq!(error(json!({"name": ["secret"]})), "name is not text");
    assert_eq!(error(json!({"language": {"code": "en"}})), "language is not text");
    assert_eq!(error(json!({"components": "secret"})), "components is not a list");
    assert_eq!(
        error(json!({"message_send_ttl_seconds": 1.5})),
        "message_send_ttl_seconds is not a whole number"
    );
    assert!(serde_json::from_str::<Button>("{}").is_err());
}

#[test]
fn debug_shows_no_words() {
    let definition: Definition = serde_json::from_value(json!({
        "name": "a", "language": "en", "category": "UTILITY", "components": [
            {"type": "HEADER", "format": "TEXT", "text": "secret {{x}}", "example": {"header_text_named_params": [{"param_name": "x", "example": "secret"}]}},
            {"type": "BODY", "text": "secret", "example": {"body_text": [["secret"]]}}, {"type": "FOOTER", "text": "secret"},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "secret", "url": "https://secret.example"}]},
            {"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY", "text": "secret"}]}]},
            {"type": "OTHER", "text": "secret"}, {"type": "BODY", "text": ["secret"]}], "extra": "secret"}))
    .unwrap();
    let shown = format!("{definition:?}");
    assert!(shown.contains("Header") && !shown.contains("secret"), "{shown}");
}

/// Any JSON, with the names and types of templates in it so that it gets past the first look.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "type",
        "HEADER",
        "body",
        "FOOTER",
        "BUTTONS",
        "CAROUSEL",
        "limited_time_offer",
        "URL",
        "OTP",
        "FLOW",
        "TEXT",
        "IMAGE",
        "text",
        "format",
        "buttons",
        "cards",
        "components",
        "example",
        "body_text",
        "header_text",
        "url",
        "header_handle",
        "body_text_named_params",
        "param_name",
        "name",
        "language",
        "category",
        "AUTHENTICATION",
        "supported_apps",
        "otp_type",
        "ONE_TAP",
        "{{1}}",
        "{{a}} {{",
        "https://example.com/{{1}}",
        "é{{2}}",
        "",
        "-1",
        "message_send_ttl_seconds",
        "languages",
        "*",
        "VOICE_CALL",
        "ttl_minutes",
        "add_security_recommendation",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i16>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        word.clone().prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..8).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused_but_never_panics(components in any_json(), mut body in any_json()) {
        if let Ok(definition) = serde_json::from_value::<Definition>(body.clone()) {
            let _ = definition.validate();
        }
        let component: Component = serde_json::from_value(components.clone()).unwrap();
        prop_assert_eq!(&component, &serde_json::from_value(serde_json::to_value(&component).unwrap()).unwrap());
        if let Value::Object(members) = &mut body {
            members.insert("components".to_owned(), components);
            if let Ok(definition) = serde_json::from_value::<Definition>(body) {
                let _ = definition.validate();
                let written = serde_json::to_string(&definition).unwrap();
                prop_assert_eq!(definition, serde_json::from_str(&written).unwrap());
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_but_never_panics(text in "\\PC*") {
        let _ = serde_json::from_str::<Definition>(&text);
        let _ = Definition::new(&text, &text, Category::from(text.as_str())).header_text(&text).body(&text)
            .example(&text, &text).footer(&text).button(Button::url(&text, &text)).validate();
    }
}
