//! Texts, and members that hold one.

use crate::{
    check,
    error::{Path, Violation},
    template::members::{Extra, to_integer},
};
use serde_json::Value;
use std::ops::RangeInclusive;

/// A member that must be text of at most `max` characters.
pub(super) fn required_member(
    at: Path<'_>,
    members: &Extra,
    name: &str,
    max: usize,
    out: &mut Vec<Violation>,
) {
    match members.get(name) {
        Some(value) if !value.is_string() => {
            out.push(Violation::new(at.field(name), "is not text", format!("1 to {max} characters")));
        }
        value => check::text(at.field(name), value.and_then(Value::as_str).unwrap_or(""), max, out),
    }
}

/// A member that may be left out, else must be text of at most `max` characters.
pub(super) fn optional_member(
    at: Path<'_>,
    members: &Extra,
    name: &str,
    max: usize,
    out: &mut Vec<Violation>,
) {
    if members.contains_key(name) {
        required_member(at, members, name, max, out);
    }
}

/// A member that may be left out, else must be a whole number in `range`.
pub(super) fn optional_range(
    at: Path<'_>,
    members: &Extra,
    name: &str,
    range: &RangeInclusive<i64>,
    out: &mut Vec<Violation>,
) {
    let Some(value) = members.get(name) else { return };
    let problem = match to_integer(value) {
        Some(number) if range.contains(&number) => return,
        Some(number) => format!("is {number}"),
        None => "is not a whole number".to_owned(),
    };
    out.push(Violation::new(at.field(name), problem, format!("{} to {}", range.start(), range.end())));
}

/// Whether WhatsApp would show part of a text as bold, italic, struck through or code.
pub(super) fn has_markdown(text: &str) -> bool {
    ['*', '_', '~', '`'].into_iter().any(|mark| {
        let inner: Vec<_> = text.split(mark).collect();
        // Between two marks, with words touching the marks from inside but not from outside.
        inner.windows(3).any(|parts| match parts {
            [before, inside, after] => {
                let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
                touches(inside.chars().next())
                    && touches(inside.chars().next_back())
                    && !before.chars().next_back().is_some_and(char::is_alphanumeric)
                    && !after.chars().next().is_some_and(char::is_alphanumeric)
            }
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::has_markdown;

    #[test]
    fn markdown_is_told_from_lone_marks() {
        for text in ["*bold*", "so _very_ true", "(~no~)", "`code`"] {
            assert!(has_markdown(text), "{text}");
        }
        for text in ["5 * 3 * 2", "order_id_x", "{{first_name}} {{last_name}}", "~5 to ~6 minutes", "it's"] {
            assert!(!has_markdown(text), "{text}");
        }
    }
}
