//! Placeholders of a text, and the examples they need.

use crate::{
    error::{Path, Violation},
    template::{
        ParameterFormat,
        example::{BodyExample, HeaderExample, Named},
        placeholder::{Placeholder, find},
    },
};
use std::collections::BTreeSet;

/// The examples of a text, and what their members are called.
pub(super) struct Examples<'a> {
    numbered: &'static str,
    rows: Vec<&'a [String]>,
    named: &'static str,
    names: &'a [Named],
}

impl<'a> From<&'a HeaderExample> for Examples<'a> {
    fn from(example: &'a HeaderExample) -> Self {
        let rows = if example.values.is_empty() { vec![] } else { vec![&*example.values] };
        Self { numbered: "header_text", rows, named: "header_text_named_params", names: &example.named }
    }
}

impl<'a> From<&'a BodyExample> for Examples<'a> {
    fn from(example: &'a BodyExample) -> Self {
        let rows = example.rows.iter().map(Vec::as_slice).collect();
        Self { numbered: "body_text", rows, named: "body_text_named_params", names: &example.named }
    }
}

/// Checks the placeholders of the `text` of the component `at`.
pub(super) fn check(
    at: Path<'_>,
    text: &str,
    examples: &Examples<'_>,
    format: Option<&ParameterFormat>,
    out: &mut Vec<Violation>,
) {
    let (mut numbers, mut names, mut malformed) = (BTreeSet::new(), Vec::new(), false);
    for found in find(text) {
        match found.placeholder {
            Placeholder::Number(number) => drop(numbers.insert(number)),
            Placeholder::Name(name) if names.contains(&name) => {}
            Placeholder::Name(name) => names.push(name),
            Placeholder::Malformed => malformed = true,
        }
    }
    let here = at.field("text");
    if malformed {
        out.push(Violation::new(here, "has {{ that is no placeholder", "{{1}} or {{name}}"));
    }
    check_style(here, &numbers, &names, format, out);
    if !numbers.iter().copied().zip(1..).all(|(number, place)| number == place) {
        out.push(Violation::new(here, "leaves a number out", "{{1}}, {{2}} … without gaps"));
    }
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !names.iter().all(|name| name.bytes().all(plain)) {
        out.push(Violation::new(
            here,
            "has a placeholder whose name has other characters",
            "lower-case letters, digits and _",
        ));
    }
    let example = at.field("example");
    check_numbered(example.field(examples.numbered), &examples.rows, numbers.len(), out);
    check_named(example.field(examples.named), examples.names, &names, out);
}

/// All placeholders must be of the template's format; numbers are the default.
fn check_style(
    at: Path<'_>,
    numbers: &BTreeSet<u32>,
    names: &[&str],
    format: Option<&ParameterFormat>,
    out: &mut Vec<Violation>,
) {
    let (problem, limit) = match (numbers.is_empty(), names.is_empty(), format) {
        (false, false, _) => ("mixes numbered and named placeholders", "{{1}} or {{name}}, not both"),
        (false, true, Some(ParameterFormat::Named)) => {
            ("has numbered placeholders", "named ones: parameter_format is NAMED")
        }
        (true, false, Some(ParameterFormat::Positional)) => {
            ("has named placeholders", "numbered ones, unless parameter_format is NAMED")
        }
        _ => return,
    };
    out.push(Violation::new(at, problem, limit));
}

fn check_numbered(at: Path<'_>, rows: &[&[String]], count: usize, out: &mut Vec<Violation>) {
    let limit = format!("an example for each of {count} placeholders");
    if count > 0 && rows.is_empty() {
        out.push(Violation::new(at, "is missing", limit.as_str()));
    }
    for row in rows {
        if row.len() < count {
            out.push(Violation::new(at, format!("has {} examples", row.len()), limit.as_str()));
        }
        if row.iter().any(|value| value.trim().is_empty()) {
            out.push(Violation::new(at, "has an empty example", "text"));
        }
    }
}

fn check_named(at: Path<'_>, examples: &[Named], names: &[&str], out: &mut Vec<Violation>) {
    for name in names.iter().filter(|name| !examples.iter().any(|example| example.name == **name)) {
        let problem = format!("has no example of {{{{{name}}}}}");
        out.push(Violation::new(at, problem, "an example for each placeholder"));
    }
    for (index, example) in examples.iter().enumerate() {
        let item = at.index(index);
        if example.value.trim().is_empty() {
            out.push(Violation::new(item.field("example"), "is empty", "text"));
        }
        if examples.iter().take(index).any(|there| there.name == example.name) {
            out.push(Violation::new(item.field("param_name"), "is there twice", "each name once"));
        }
    }
}

/// No text of a body may begin or end with a placeholder.
pub(super) fn check_ends(at: Path<'_>, text: &str, out: &mut Vec<Violation>) {
    let text = text.trim();
    let mut found = find(text);
    found.retain(|found| found.placeholder != Placeholder::Malformed);
    let leads = found.first().is_some_and(|first| first.span.start == 0);
    let trails = found.last().is_some_and(|last| last.span.end == text.len());
    let problem = match (leads, trails) {
        (true, true) => "begins and ends with a placeholder",
        (true, false) => "begins with a placeholder",
        (false, true) => "ends with a placeholder",
        (false, false) => return,
    };
    out.push(Violation::new(at.field("text"), problem, "words before and after placeholders"));
}
