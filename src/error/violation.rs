//! Broken limits, each with the place it was found at.

use serde::Serialize;
use std::fmt;

/// One broken limit of a value that was about to be sent.
///
/// ```
/// use whatsapp_business::message::{Content, Text};
/// let error = Content::from(Text::new("")).validate().unwrap_err();
/// assert_eq!(error.violations()[0].path, "text.body");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// Where, as a path into the JSON body: `interactive.action.buttons[3].reply.title`.
    pub path: String,
    /// What is wrong, without the value itself.
    pub problem: String,
    /// The limit that is broken, such as `at most 20 characters`.
    pub limit: String,
}

impl Violation {
    pub(crate) fn new(at: Path<'_>, problem: impl Into<String>, limit: impl Into<String>) -> Self {
        Self { path: at.to_string(), problem: problem.into(), limit: limit.into() }
    }
}

/// `path: what is wrong (the limit)`.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.problem, self.limit)
    }
}

/// All violations in one line, for the text of an error.
pub(super) struct Listed<'a>(pub(super) &'a [Violation]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value breaks documented limits; nothing was sent")?;
        for (n, violation) in self.0.iter().enumerate() {
            write!(f, "{}{violation}", if n == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

/// A place in a JSON body, built on the stack while walking down and written out only when something is wrong.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    pub(crate) const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    pub(crate) fn field(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Field(name) }
    }

    pub(crate) fn index(&'a self, index: usize) -> Path<'a> {
        Path { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let below_root = match self.parent {
            Some(parent) => {
                parent.fmt(f)?;
                !matches!(parent.step, Step::Root)
            }
            None => false,
        };
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) => write!(f, "{}{name}", if below_root { "." } else { "" }),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_reads_like_the_json_it_points_into() {
        let (interactive, action) = (Path::ROOT.field("interactive"), "action");
        let buttons = interactive.field(action);
        let buttons = buttons.field("buttons");
        assert_eq!(buttons.index(3).field("reply").to_string(), "interactive.action.buttons[3].reply");
    }
}
