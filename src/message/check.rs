//! The checks that many kinds of message share. Lengths are counted in characters, as Meta counts them.

use crate::error::{Path, Violation};
use url::Url;

/// Text that must be there and may have at most `max` characters.
pub(super) fn text(at: Path<'_>, text: &str, max: usize, out: &mut Vec<Violation>) {
    let limit = || format!("1 to {max} characters");
    let length = text.chars().count();
    if text.trim().is_empty() {
        out.push(Violation::new(at, "is empty", limit()));
    } else if length > max {
        out.push(Violation::new(at, format!("has {length} characters"), limit()));
    }
}

/// Text that may be left out, but not be empty or longer than `max` characters.
pub(super) fn optional_text(at: Path<'_>, value: Option<&str>, max: usize, out: &mut Vec<Violation>) {
    if let Some(value) = value {
        text(at, value, max, out);
    }
}

/// An address that Meta fetches: http or https.
pub(super) fn link(at: Path<'_>, link: &str, out: &mut Vec<Violation>) {
    let web = Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !web {
        out.push(Violation::new(at, "is not an address of the web", "a public http or https URL"));
    }
}

/// An id of something at Meta: not empty, no white space.
pub(super) fn id(at: Path<'_>, id: &str, out: &mut Vec<Violation>) {
    if id.is_empty() || id.contains(char::is_whitespace) {
        out.push(Violation::new(at, "is empty or has white space", "an id as Meta gave it"));
    }
}

/// Values that must differ from each other.
pub(super) fn unique<'a>(
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
