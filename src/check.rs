//! The checks that many things share. Lengths are counted in characters, as Meta counts them.

use crate::error::{Path, Violation};
use std::ops::RangeInclusive;
use url::Url;

/// Text that must be there and may have at most `max` characters.
pub(crate) fn text(at: Path<'_>, text: &str, max: usize, out: &mut Vec<Violation>) {
    let length = text.chars().count();
    let problem = if text.trim().is_empty() {
        "is empty or missing".to_owned()
    } else if length > max {
        format!("has {length} characters")
    } else {
        return;
    };
    out.push(Violation::new(at, problem, format!("1 to {max} characters")));
}

/// Text that must be there, for which no greatest length is documented.
pub(crate) fn filled(at: Path<'_>, text: &str, out: &mut Vec<Violation>) {
    if text.trim().is_empty() {
        out.push(Violation::new(at, "is empty or missing", "at least 1 character"));
    }
}

/// Text that may be left out, but not be empty or longer than `max` characters.
pub(crate) fn optional_text(at: Path<'_>, value: Option<&str>, max: usize, out: &mut Vec<Violation>) {
    if let Some(value) = value {
        text(at, value, max, out);
    }
}

/// Text that may be left out, but not be empty, for which no greatest length is documented.
pub(crate) fn optional_filled(at: Path<'_>, value: Option<&str>, out: &mut Vec<Violation>) {
    if let Some(value) = value {
        filled(at, value, out);
    }
}

/// Text that must be exactly `wanted`.
pub(crate) fn exactly(at: Path<'_>, text: &str, wanted: &str, out: &mut Vec<Violation>) {
    if text != wanted {
        out.push(Violation::new(at, "is another value", format!("only {wanted}")));
    }
}

/// Text of `count` digits.
pub(crate) fn digits(at: Path<'_>, text: &str, count: usize, out: &mut Vec<Violation>) {
    if text.len() != count || !text.bytes().all(|b| b.is_ascii_digit()) {
        out.push(Violation::new(
            at,
            "is not made of digits, or of another length",
            format!("{count} digits"),
        ));
    }
}

/// Whether `address` is one of the web: http or https, and a host.
pub(crate) fn is_web(address: &str) -> bool {
    // A URL is read without white space and controls, but Meta gets the text as it is.
    let is_whole = !address.contains(|c: char| c.is_whitespace() || c.is_control());
    is_whole
        && Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// An address that Meta fetches.
pub(crate) fn link(at: Path<'_>, link: &str, out: &mut Vec<Violation>) {
    if !is_web(link) {
        out.push(Violation::new(at, "is not an address of the web", "a public http or https URL"));
    }
}

/// An id of something at Meta: not empty, no white space.
pub(crate) fn id(at: Path<'_>, id: &str, out: &mut Vec<Violation>) {
    if id.is_empty() || id.contains(char::is_whitespace) {
        out.push(Violation::new(at, "is empty or has white space", "an id as Meta gave it"));
    }
}

/// How many `things` there are.
pub(crate) fn count(
    at: Path<'_>,
    count: usize,
    range: &RangeInclusive<usize>,
    things: &str,
    out: &mut Vec<Violation>,
) {
    if range.contains(&count) {
        return;
    }
    let limit = match (range.start(), range.end()) {
        (0, most) => format!("at most {most} {things}"),
        (least, most) => format!("{least} to {most} {things}"),
    };
    out.push(Violation::new(at, format!("has {count} {things}"), limit));
}

/// A whole number of `unit`.
pub(crate) fn number(
    at: Path<'_>,
    number: i64,
    range: &RangeInclusive<i64>,
    unit: &str,
    out: &mut Vec<Violation>,
) {
    if !range.contains(&number) {
        let limit = format!("{} to {} {unit}", range.start(), range.end());
        out.push(Violation::new(at, format!("is {number}"), limit));
    }
}

/// Values that must differ from each other.
pub(crate) fn unique<'a>(
    at: impl Fn(usize) -> String,
    values: impl IntoIterator<Item = &'a str>,
    out: &mut Vec<Violation>,
) {
    let mut seen = std::collections::HashMap::new();
    for (index, value) in values.into_iter().enumerate() {
        if let Some(first) = seen.get(value) {
            let problem = format!("is the same as number {first}");
            out.push(Violation { path: at(index), problem, limit: "each only once".to_owned() });
        } else {
            seen.insert(value, index);
        }
    }
}
