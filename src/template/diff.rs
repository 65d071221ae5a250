//! What differs between two definitions.

use crate::{template::Definition, wire::quiet_debug};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// One difference between two definitions.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Where, as a path into the JSON; components go by their types: `components[BODY].text`,
    /// `components[BUTTONS].buttons[1].url`.
    pub path: String,
    /// What was there.
    pub before: Option<Value>,
    /// What is there now.
    pub after: Option<Value>,
}

quiet_debug!(Difference { path });

impl Definition {
    /// What is different in `after`, in the order of the paths; nothing when both say the same.
    ///
    /// Components are compared by their types, wherever they stand; buttons, cards and examples by their places.
    ///
    /// ```
    /// use whatsapp_business::template::{Button, Category, Definition};
    /// let before = Definition::new("greeting", "en", Category::Utility).body("Welcome.");
    /// let after = before.clone().body("Welcome!").button(Button::quick_reply("Thanks"));
    /// let differences = before.diff(&after);
    /// let paths: Vec<_> = differences.iter().map(|difference| difference.path.as_str()).collect();
    /// assert_eq!(paths, ["components[BODY].text", "components[BUTTONS]"]);
    /// assert_eq!(differences[0].before.as_ref().unwrap(), "Welcome.");
    /// ```
    #[must_use]
    pub fn diff(&self, after: &Self) -> Vec<Difference> {
        // Text and numbers can be written.
        let json = |definition| serde_json::to_value(definition).unwrap_or_default();
        let mut out = Vec::new();
        compare("", Some(&json(self)), Some(&json(after)), &mut out);
        out
    }
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<Difference>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            let dot = if path.is_empty() { "" } else { "." };
            for name in names {
                compare(&format!("{path}{dot}{name}"), one.get(name), other.get(name), out);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => compare_lists(path, one, other, out),
        _ => out.push(Difference { path: path.to_owned(), before: before.cloned(), after: after.cloned() }),
    }
}

fn compare_lists(path: &str, before: &[Value], after: &[Value], out: &mut Vec<Difference>) {
    if path.ends_with("components")
        && let (Some(one), Some(other)) = (by_type(before), by_type(after))
    {
        let find = |list: &[(&str, &Value)], kind: &str| {
            list.iter().find(|(known, _)| *known == kind).map(|(_, value)| (*value).clone())
        };
        let kinds: BTreeSet<_> = one.iter().chain(&other).map(|(kind, _)| *kind).collect();
        for kind in kinds {
            compare(&format!("{path}[{kind}]"), find(&one, kind).as_ref(), find(&other, kind).as_ref(), out);
        }
        return;
    }
    for index in 0..before.len().max(after.len()) {
        compare(&format!("{path}[{index}]"), before.get(index), after.get(index), out);
    }
}

/// Components by their types, if each is there once.
fn by_type(components: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let mut seen = BTreeSet::new();
    let typed = components.iter().map(|component| Some((component.get("type")?.as_str()?, component)));
    typed.collect::<Option<Vec<_>>>().filter(|typed| typed.iter().all(|(kind, _)| seen.insert(*kind)))
}
