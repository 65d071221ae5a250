//! Templates made by the constructors.

use super::rewritten;
use crate::template::{Button, Category, Component, Definition, HeaderFormat, ParameterFormat};
use serde_json::{Value, json};

fn written(definition: &Definition) -> Value {
    let body = serde_json::to_value(definition).unwrap();
    assert_eq!(rewritten(&body), body);
    assert_eq!(&serde_json::from_value::<Definition>(body.clone()).unwrap(), definition);
    body
}

#[test]
fn a_template_is_written_as_meta_documents_it() {
    let definition = Definition::new("seasonal_promotion", "en_US", Category::Marketing)
        .header_text("Our {{1}} is on!")
        .header_example("Summer Sale")
        .body("Shop now through {{1}} and use code {{2}} today.")
        .body_examples(["the end of August", "25OFF"])
        .footer("Use the buttons below")
        .button(Button::quick_reply("Unsubscribe"))
        .button(Button::url("Shop", "https://example.com/{{1}}").example("summer"))
        .button(Button::phone_number("Call", "+14155552671"))
        .button(Button::copy_code("25OFF"))
        .ttl_seconds(43_200);
    assert!(definition.validate().is_ok());
    assert_eq!(
        written(&definition),
        json!({"name": "seasonal_promotion", "language": "en_US", "category": "MARKETING",
            "message_send_ttl_seconds": 43200, "components": [
                {"type": "HEADER", "format": "TEXT", "text": "Our {{1}} is on!", "example": {"header_text": ["Summer Sale"]}},
                {"type": "BODY", "text": "Shop now through {{1}} and use code {{2}} today.",
                 "example": {"body_text": [["the end of August", "25OFF"]]}},
                {"type": "FOOTER", "text": "Use the buttons below"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Unsubscribe"},
                    {"type": "URL", "text": "Shop", "url": "https://example.com/{{1}}", "example": ["summer"]},
                    {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+14155552671"},
                    {"type": "COPY_CODE", "example": "25OFF"}]}]})
    );
}

#[test]
fn members_are_written_in_the_order_of_meta_s_pages() {
    let definition = Definition::new("a", "en", Category::Utility).body("Hi {{1}}!").body_examples(["Ana"]);
    assert_eq!(
        serde_json::to_string(&definition).unwrap(),
        concat!(
            r#"{"name":"a","language":"en","category":"UTILITY","components":["#,
            r#"{"type":"BODY","text":"Hi {{1}}!","example":{"body_text":[["Ana"]]}}]}"#
        )
    );
}

#[test]
fn named_examples_find_their_texts_in_any_order() {
    let new = || Definition::new("a", "en", Category::Utility);
    let expected = new()
        .header_text("Hi {{name}}")
        .body("Dear {{name}}, order {{order}} shipped.")
        .example("name", "Ana")
        .example("order", "A-42");
    let others = [
        new()
            .example("name", "Ana")
            .example("order", "A-42")
            .body("Dear {{name}}, order {{order}} shipped.")
            .header_text("Hi {{name}}"),
        new()
            .body("Dear {{name}}, order {{order}} shipped.")
            .example("name", "Eve")
            .example("name", "Ana")
            .header_text("Hi {{name}}")
            .example("order", "A-42"),
    ];
    assert!(expected.validate().is_ok(), "{:?}", expected.validate());
    let wanted = written(&expected);
    assert_eq!(wanted["parameter_format"], json!("NAMED"));
    assert_eq!(
        wanted["components"],
        json!([
            {"type": "HEADER", "format": "TEXT", "text": "Hi {{name}}",
             "example": {"header_text_named_params": [{"param_name": "name", "example": "Ana"}]}},
            {"type": "BODY", "text": "Dear {{name}}, order {{order}} shipped.", "example": {"body_text_named_params": [
                {"param_name": "name", "example": "Ana"}, {"param_name": "order", "example": "A-42"}]}},
        ])
    );
    for other in others {
        assert!(other.validate().is_ok(), "{:?}", other.validate());
        let mut body = written(&other);
        let examples = body["components"][1]["example"]["body_text_named_params"].as_array_mut().unwrap();
        examples.sort_by_key(|example| example["param_name"].to_string());
        assert_eq!(body, wanted);
    }
}

#[test]
fn no_examples_are_written_as_none() {
    let code = Definition::new("code", "en", Category::Authentication).body_examples([""; 0]);
    assert_eq!(written(&code)["components"], json!([{"type": "BODY"}]));
}

#[test]
fn an_example_of_no_placeholder_is_reported() {
    let definition =
        Definition::new("a", "en", Category::Utility).body("Hi {{name}}!").example("nmae", "Ana");
    let error = definition.validate().unwrap_err();
    let shown: Vec<_> = error.violations().iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "components[0].example.body_text_named_params: has no example of {{name}} (an example for each placeholder)",
            "components: no text has the placeholder {{nmae}} of an example (examples of placeholders only)",
        ]
    );
}

#[test]
fn setting_a_part_again_replaces_it() {
    let definition = Definition::new("a", "en", Category::Utility)
        .header_text("One")
        .header_media(HeaderFormat::Image, "4::a")
        .body("One")
        .body("Two")
        .footer("One")
        .footer("Two")
        .parameter_format(ParameterFormat::Positional);
    assert_eq!(
        written(&definition)["components"],
        json!([
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}},
            {"type": "BODY", "text": "Two"},
            {"type": "FOOTER", "text": "Two"},
        ])
    );
    assert_eq!(
        written(&definition.header_location())["components"][0],
        json!({"type": "HEADER", "format": "LOCATION"})
    );
}

#[test]
fn any_component_and_button_can_be_added_from_json() {
    let component: Component =
        serde_json::from_str(r#"{"type": "call_permission_request", "unset": null}"#).unwrap();
    let button: Button = serde_json::from_str(r#"{"type": "catalog", "text": "View catalog"}"#).unwrap();
    let definition =
        Definition::new("a", "en", Category::Marketing).body("Hi").component(component).button(button);
    assert_eq!(
        written(&definition)["components"],
        json!([
            {"type": "BODY", "text": "Hi"},
            {"type": "BUTTONS", "buttons": [{"type": "CATALOG", "text": "View catalog"}]},
            {"type": "CALL_PERMISSION_REQUEST"},
        ])
    );
}
