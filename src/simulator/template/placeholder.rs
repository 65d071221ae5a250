//! Placeholders in the texts of a template, and what is put in their place.

use super::fill::spelled;
use crate::simulator::json::{list, text};
use serde_json::Value;

/// The names of the placeholders in `text`, each once, in order.
pub(crate) fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for name in pieces(text).into_iter().filter_map(|(_, name)| name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Puts the parameters of `component` in the place of the placeholders; those without one stay as they are.
pub(crate) fn fill(text: &str, component: Option<&Value>) -> String {
    let parameters = component.map_or(&[][..], |component| list(component, "/parameters"));
    replace(text, |name| {
        let is_its = |(n, parameter): &(usize, &Value)| is_for(parameter, *n, name);
        parameters.iter().enumerate().find(is_its).map(|(_, parameter)| spelled(parameter))
    })
}

/// Puts the one parameter of `component` in the place of the placeholder of an address, whatever its name.
pub(super) fn fill_address(address: &str, component: Option<&Value>) -> String {
    replace(address, |_| component.and_then(|component| text(component, "/parameters/0/text")))
}

fn replace<'a>(text: &str, value_of: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut filled = String::new();
    for (before, name) in pieces(text) {
        filled.push_str(before);
        let Some(name) = name else { continue };
        match value_of(name) {
            Some(value) => filled.push_str(value),
            None => filled.extend(["{{", name, "}}"]),
        }
    }
    filled
}

/// Whether the parameter at position `n` fills the placeholder `name`.
fn is_for(parameter: &Value, n: usize, name: &str) -> bool {
    match text(parameter, "/parameter_name") {
        Some(parameter_name) => parameter_name == name,
        None => name.parse() == Ok(n + 1),
    }
}

/// The literal pieces of `text`, each with the placeholder that follows it.
fn pieces(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(before, after)| Some((before, after.split_once("}}")?)))
    {
        pieces.push((before, Some(name.trim())));
        rest = after;
    }
    pieces.push((rest, None));
    pieces
}

#[cfg(test)]
mod tests {
    use super::placeholders;

    #[test]
    fn placeholders_are_found_once_and_in_order() {
        assert_eq!(placeholders("{{2}} then {{1}} and {{2}} but {{not closed"), ["2", "1"]);
        assert!(placeholders("none").is_empty());
    }
}
