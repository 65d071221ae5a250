//! Placeholders, and the examples that reviewers see in their place.

use super::{At, Result};
use crate::simulator::refusal::Refusal;
use serde_json::Value;

/// A text cut at its placeholders.
pub(super) struct Cut<'a> {
    /// What stands between the double braces, in order.
    pub(super) placeholders: Vec<&'a str>,
    /// What stands before, between and after them.
    pub(super) rest: Vec<&'a str>,
    /// Whether there are double braces that nothing closes.
    is_open: bool,
}

impl<'a> Cut<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut cut = Self { placeholders: Vec::new(), rest: Vec::new(), is_open: false };
        let mut left = text;
        while let Some((before, after)) = left.split_once("{{") {
            let Some((inside, behind)) = after.split_once("}}") else {
                cut.is_open = true;
                break;
            };
            cut.rest.push(before);
            cut.placeholders.push(inside);
            left = behind;
        }
        cut.rest.push(left);
        cut
    }

    pub(super) fn starts_with_one(&self) -> bool {
        !self.placeholders.is_empty() && self.rest.first().is_some_and(|text| text.trim().is_empty())
    }

    pub(super) fn ends_with_one(&self) -> bool {
        !self.placeholders.is_empty() && self.rest.last().is_some_and(|text| text.trim().is_empty())
    }

    /// How many words there are beside the placeholders.
    pub(super) fn words(&self) -> usize {
        let is_word = |word: &&str| word.contains(char::is_alphanumeric);
        self.rest.iter().flat_map(|text| text.split_whitespace()).filter(is_word).count()
    }

    /// The names of the placeholders, each once, if all are well formed and of the one format.
    fn names(&self, is_named: bool) -> Option<Vec<&'a str>> {
        let mut names = self.placeholders.clone();
        names.sort_unstable();
        names.dedup();
        let is_number = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
        let is_plain = |name: &&str| {
            !name.is_empty()
                && !is_number(name)
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        let fits = if is_named {
            names.iter().all(is_plain)
        } else {
            // Each number up to their count, spelled plainly, is then there exactly once.
            (1..=names.len()).all(|number| names.contains(&&*number.to_string()))
        };
        (fits && !self.is_open).then_some(names)
    }
}

/// Checks the placeholders of the text at `part`, and that each has an example.
pub(super) fn check(part: &At<'_>, cut: &Cut<'_>, is_named: bool, example: &str, subcode: i64) -> Result {
    let Some(names) = cut.names(is_named) else {
        let wanted = if is_named { "{{name}}, of a to z, 0 to 9 and _" } else { "{{1}}, {{2}} and so on" };
        let problem = format!("has placeholders other than {wanted}");
        return Err(part.need("text")?.unsupported(&problem).of_template(subcode));
    };
    let examples = part.get("example");
    let has_all = match &examples {
        None => names.is_empty(),
        Some(examples) => {
            let (named, count) = if is_named { (&names[..], 0) } else { (&[][..], names.len()) };
            has_named(examples.value.get(format!("{example}_named_params")), named)
                && has_numbered(examples.value.get(example), count)
        }
    };
    if has_all {
        Ok(())
    } else {
        let details = "Each placeholder needs an example, which is a text of its own.";
        Err(Refusal::unsupported(details).of_template(subcode))
    }
}

/// Meta's page has a list of lists for bodies and a plain list for headers; both are taken for both.
fn has_numbered(examples: Option<&Value>, count: usize) -> bool {
    let is_enough = |row: &[Value]| row.len() >= count && row.iter().all(is_text);
    match examples {
        None => count == 0,
        Some(Value::Array(rows)) if !rows.is_empty() && rows.iter().all(Value::is_array) => {
            rows.iter().all(|row| row.as_array().is_some_and(|row| is_enough(row)))
        }
        Some(Value::Array(row)) => is_enough(row),
        Some(one) => is_enough(std::slice::from_ref(one)),
    }
}

fn has_named(examples: Option<&Value>, names: &[&str]) -> bool {
    let examples = examples.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let given = |name: &str| {
        let of_it = |example: &&Value| example.get("param_name").and_then(Value::as_str) == Some(name);
        examples.iter().filter(of_it).count()
    };
    let is_whole = |example: &Value| {
        example.get("example").is_some_and(is_text)
            && example.get("param_name").and_then(Value::as_str).is_some_and(|name| given(name) == 1)
    };
    names.iter().all(|name| given(name) == 1) && examples.iter().all(is_whole)
}

fn is_text(value: &Value) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Whether WhatsApp would show a part of `text` as bold, italic, struck through or code.
pub(super) fn is_formatted(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let at = |place: usize| chars.get(place).copied();
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_solid = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    let mark_at = |place: usize| at(place).filter(|c| matches!(c, '*' | '_' | '~' | '`'));
    (0..chars.len()).any(|start| {
        let Some(mark) = mark_at(start) else { return false };
        let opens =
            (start == 0 || !is_word(at(start - 1))) && is_solid(at(start + 1)) && at(start + 1) != Some(mark);
        // The next of the same kind has to close what this one opens.
        let end = (start + 1..chars.len()).find(|place| at(*place) == Some(mark));
        opens && end.is_some_and(|end| is_solid(at(end - 1)) && !is_word(at(end + 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::{Cut, is_formatted};

    #[test]
    fn placeholders_are_cut_out() {
        let cut = Cut::of("{{1}} of {{2}}, {{ 3");
        assert_eq!(cut.placeholders, ["1", "2"]);
        assert_eq!(cut.rest, ["", " of ", ", {{ 3"]);
        assert!(cut.starts_with_one() && !cut.ends_with_one() && cut.is_open);
        assert_eq!(cut.words(), 2);
    }

    #[test]
    fn formats_are_kept_apart_and_numbers_have_no_gaps() {
        let names = |text: &'static str, is_named| Cut::of(text).names(is_named);
        assert_eq!(names("{{2}} {{1}} {{2}}", false), Some(vec!["1", "2"]));
        assert_eq!(names("{{b}} {{a_1}}", true), Some(vec!["a_1", "b"]));
        for text in ["{{2}}", "{{1}} {{3}}", "{{01}}", "{{a}}", "{{}}", "{{1}} {{", "{{ 1 }}"] {
            assert_eq!(names(text, false), None, "{text}");
        }
        for text in ["{{1}}", "{{A}}", "{{a b}}", "{{}}", "{{a}} {{1}}", "{{a}} {{"] {
            assert_eq!(names(text, true), None, "{text}");
        }
    }

    #[test]
    fn formatting_is_told_from_lone_marks() {
        for text in ["*bold*", "so _very_ true", "(~no~)", "`code`"] {
            assert!(is_formatted(text), "{text}");
        }
        for text in ["5 * 3 * 2", "order_id_x", "~5 to ~6 minutes", "it's", "**"] {
            assert!(!is_formatted(text), "{text}");
        }
    }
}
