//! Templates as Meta keeps them, and what changed in them.

use crate::template::{Category, Definition, Template, TemplateStatus};
use serde_json::{Value, json};

fn kept() -> Value {
    json!({"id": "572279198452421", "status": "REJECTED", "name": "order_update", "language": "en_US",
        "category": "UTILITY", "parameter_format": "NAMED", "sub_category": "CUSTOM", "rejected_reason": "PROMOTIONAL",
        "correct_category": "MARKETING", "previous_category": "MARKETING",
        "quality_score": {"score": "YELLOW", "date": 1_700_000_000, "reasons": ["SPAM"]},
        "components": [{"type": "BODY", "text": "Hello {{name}}, welcome."}], "novelty": {"deep": [1]}})
}

#[test]
fn a_template_is_read_with_what_became_of_it_and_written_as_it_came() {
    let template: Template = serde_json::from_value(kept()).unwrap();
    assert_eq!(template.id.as_ref().unwrap().as_str(), "572279198452421");
    assert_eq!(template.status, Some(TemplateStatus::Rejected));
    assert_eq!(template.rejection.as_ref().unwrap().as_str(), "PROMOTIONAL");
    assert_eq!(
        (template.correct_category.as_ref(), template.will_change_category()),
        (Some(&Category::Marketing), true)
    );
    let quality = template.quality.as_ref().unwrap();
    assert_eq!((quality.score.as_str(), quality.since.unwrap().as_seconds()), ("YELLOW", 1_700_000_000));
    assert_eq!(quality.reasons, ["SPAM"]);
    assert_eq!(serde_json::to_value(&template).unwrap(), kept());
    // What is submitted again is what was submitted.
    assert_eq!(
        serde_json::to_value(&template.definition).unwrap(),
        json!({"name": "order_update", "language": "en_US", "category": "UTILITY", "parameter_format": "NAMED",
            "sub_category": "CUSTOM", "components": [{"type": "BODY", "text": "Hello {{name}}, welcome."}]})
    );
    let filled = template.definition.fill([("name", "Ana")]).build().unwrap();
    assert_eq!(filled.body_texts().collect::<Vec<_>>(), ["Ana"]);
}

#[test]
fn what_meta_adds_or_leaves_out_does_no_harm() {
    let bare: Template =
        serde_json::from_value(json!({"id": 5, "status": "MELTED", "rejected_reason": "NONE",
        "quality_score": {"score": "MAUVE"}, "correct_category": null, "components": null}))
        .unwrap();
    assert_eq!(bare.id.as_ref().unwrap().as_str(), "5");
    assert_eq!(bare.status.as_ref().unwrap().as_str(), "MELTED");
    assert_eq!((&bare.rejection, bare.will_change_category(), bare.is_sendable()), (&None, false, false));
    assert_eq!(bare.quality.unwrap().score.as_str(), "MAUVE");
    let odd: Template = serde_json::from_value(json!({"quality_score": "x", "rejected_reason": 5})).unwrap();
    assert_eq!((odd.quality, odd.rejection), (None, None));
}

#[test]
fn debug_of_a_template_shows_no_words() {
    let mut body = kept();
    body["components"][0]["text"] = json!("secret");
    body["novelty"] = json!("secret");
    let shown = format!("{:?}", serde_json::from_value::<Template>(body).unwrap());
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn differences_are_named_by_their_places() {
    let read = |components: Value| -> Definition {
        serde_json::from_value(
            json!({"name": "a", "language": "en", "category": "UTILITY", "components": components}),
        )
        .unwrap()
    };
    let button = |text: &str| json!({"type": "QUICK_REPLY", "text": text});
    let before = read(json!([{"type": "BODY", "text": "One"}, {"type": "FOOTER", "text": "Bye"},
        {"type": "BUTTONS", "buttons": [button("A"), button("B")]}]));
    let after = read(json!([{"type": "BUTTONS", "buttons": [button("A"), button("C"), button("D")]},
        {"type": "BODY", "text": "Two"}]));
    let differences: Vec<_> = before.diff(&after).into_iter().map(|d| (d.path, d.before, d.after)).collect();
    assert_eq!(
        differences,
        [
            ("components[BODY].text".to_owned(), Some(json!("One")), Some(json!("Two"))),
            ("components[BUTTONS].buttons[1].text".to_owned(), Some(json!("B")), Some(json!("C"))),
            ("components[BUTTONS].buttons[2]".to_owned(), None, Some(button("D"))),
            ("components[FOOTER]".to_owned(), Some(json!({"type": "FOOTER", "text": "Bye"})), None),
        ]
    );
    assert!(before.diff(&before.clone()).is_empty());
    let renamed = Definition::new("b", "en", Category::Marketing);
    let paths: Vec<_> = before.diff(&renamed).into_iter().map(|difference| difference.path).collect();
    assert_eq!(paths, ["category", "components", "name"]);
}
