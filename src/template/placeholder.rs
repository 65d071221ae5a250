//! Placeholders in the texts of a template: `{{1}}`, `{{first_name}}`.

use std::ops::Range;

/// A placeholder and where it stands, in bytes, with its braces.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) placeholder: Placeholder<'a>,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholder<'a> {
    /// `{{1}}`.
    Number(u32),
    /// `{{first_name}}`; whether Meta takes the name is for the check to say.
    Name(&'a str),
    /// Braces that hold nothing, no plain number, or are not closed.
    Malformed,
}

/// Every placeholder of a text, in order.
pub(super) fn find(text: &str) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut at) = (text, 0);
    while let Some((before, after)) = rest.split_once("{{") {
        let start = at + before.len();
        let Some((inner, next)) = after.split_once("}}") else {
            found.push(Found { placeholder: Placeholder::Malformed, span: start..text.len() });
            break;
        };
        at = start + inner.len() + "{{}}".len();
        rest = next;
        found.push(Found { placeholder: read(inner), span: start..at });
    }
    found
}

fn read(inner: &str) -> Placeholder<'_> {
    match inner.parse() {
        // "+1" and "01" are numbers to Rust, but no placeholders.
        Ok(number) if inner.bytes().all(|b| b.is_ascii_digit()) && !inner.starts_with('0') => {
            Placeholder::Number(number)
        }
        _ if inner.is_empty() || inner.bytes().all(|b| b.is_ascii_digit()) => Placeholder::Malformed,
        _ => Placeholder::Name(inner),
    }
}

/// What the placeholders of a text are called, each once: numbers in their order, names as they first occur.
pub(super) fn keys(text: &str) -> Vec<&str> {
    let mut numbers = std::collections::BTreeMap::new();
    for found in find(text) {
        if let Placeholder::Number(number) = found.placeholder {
            numbers.insert(number, text.get(found.span.start + 2..found.span.end - 2).unwrap_or_default());
        }
    }
    let mut keys: Vec<_> = numbers.into_values().collect();
    keys.extend(names(text));
    keys
}

/// The text with what `value_of` gives in the place of its placeholders; those without a value stay as they are.
pub(super) fn replace<'v>(text: &str, value_of: impl Fn(Placeholder<'_>) -> Option<&'v str>) -> String {
    let (mut filled, mut at) = (String::new(), 0);
    for found in find(text) {
        filled.push_str(text.get(at..found.span.start).unwrap_or_default());
        let as_it_is = || text.get(found.span.clone()).unwrap_or_default();
        filled.push_str(value_of(found.placeholder).unwrap_or_else(as_it_is));
        at = found.span.end;
    }
    filled.push_str(text.get(at..).unwrap_or_default());
    filled
}

/// The names of a text's named placeholders, each once.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for found in find(text) {
        if let Placeholder::Name(name) = found.placeholder
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Found, Placeholder, find, names};

    #[test]
    fn placeholders_are_found_with_their_places() {
        assert_eq!(
            find("é {{1}}{{first_name}}!"),
            [
                Found { placeholder: Placeholder::Number(1), span: 3..8 },
                Found { placeholder: Placeholder::Name("first_name"), span: 8..22 },
            ]
        );
        assert_eq!(find("no {1} here }} {"), []);
        assert_eq!(names("{{a}} {{b}} {{a}} {{1}}"), ["a", "b"]);
    }

    #[test]
    fn what_is_no_plain_number_or_name_is_malformed() {
        for text in ["{{}}", "{{0}}", "{{01}}", "{{99999999999}}", "x {{open", "{{"] {
            let found = find(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].placeholder, Placeholder::Malformed, "{text}");
        }
        assert_eq!(find("{{ 1 }}")[0].placeholder, Placeholder::Name(" 1 "));
    }
}
