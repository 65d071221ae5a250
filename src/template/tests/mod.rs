mod build;
mod builders;
mod buttons;
mod fill;
mod findings;
mod kept;
mod limits;
mod preview;
mod read;
mod rows;

use super::Definition;
use serde_json::{Value, json};

/// A template around one BODY and these components, and what of its limits is broken.
fn problems_of(category: &str, components: &Value) -> Vec<String> {
    problems(json!({"name": "a", "language": "en", "category": category, "components": components}))
}

fn problems(body: Value) -> Vec<String> {
    let definition: Definition = serde_json::from_value(body).unwrap();
    match definition.validate() {
        Ok(()) => Vec::new(),
        Err(error) => error.violations().iter().map(ToString::to_string).collect(),
    }
}

/// Only the paths of the broken limits.
fn paths(body: Value) -> Vec<String> {
    problems(body).into_iter().map(|problem| problem.split(": ").next().unwrap().to_owned()).collect()
}

/// What is written when `body` is read.
fn rewritten(body: &Value) -> Value {
    let definition: Definition = serde_json::from_value(body.clone()).unwrap();
    let text = serde_json::to_string(&definition).unwrap();
    assert_eq!(definition, serde_json::from_str(&text).unwrap(), "reads what it wrote: {text}");
    serde_json::from_str(&text).unwrap()
}

fn long(length: usize) -> String {
    "é".repeat(length)
}
