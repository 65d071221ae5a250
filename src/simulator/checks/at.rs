//! A place in a request's JSON, and what Meta says when it is not as it should be.

use crate::simulator::refusal::Refusal;
use serde_json::Value;

/// A value and its path, as in `interactive.action.buttons[3].reply.title`.
pub(super) struct At<'a> {
    pub(super) value: &'a Value,
    path: String,
}

type Result<T = ()> = std::result::Result<T, Refusal>;

impl<'a> At<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// The member `name`; null counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<At<'a>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(At { value, path: self.path_to(name) })
    }

    /// The member `name`, which has to be there.
    pub(super) fn need(&self, name: &str) -> Result<At<'a>> {
        self.get(name).ok_or_else(|| Refusal::missing(&self.path_to(name)))
    }

    /// The elements of an array of at least one.
    pub(super) fn elements(&self) -> Result<Vec<At<'a>>> {
        let elements = self.value.as_array().ok_or_else(|| self.unsupported("must be an array"))?;
        if elements.is_empty() {
            return Err(Refusal::missing(&self.path));
        }
        let at = |(n, value)| At { value, path: format!("{}[{n}]", self.path) };
        Ok(elements.iter().enumerate().map(at).collect())
    }

    /// The elements of an array of one to `most`.
    pub(super) fn elements_up_to(&self, most: usize) -> Result<Vec<At<'a>>> {
        let elements = self.elements()?;
        if elements.len() > most {
            return Err(self.value(&format!("has {} elements, at most {most} are allowed", elements.len())));
        }
        Ok(elements)
    }

    /// Text that is not empty.
    pub(super) fn text(&self) -> Result<&'a str> {
        match self.value.as_str() {
            None => Err(self.unsupported("must be text")),
            Some("") => Err(Refusal::missing(&self.path)),
            Some(text) => Ok(text),
        }
    }

    /// Text of one to `most` characters.
    pub(super) fn text_up_to(&self, most: usize) -> Result<&'a str> {
        let text = self.text()?;
        let length = text.chars().count();
        if length > most {
            return Err(self.unsupported(&format!("has {length} characters, at most {most} are allowed")));
        }
        Ok(text)
    }

    /// Text that is one of `allowed`.
    pub(super) fn one_of(&self, allowed: &[&str]) -> Result<&'a str> {
        let text = self.text()?;
        if allowed.contains(&text) {
            Ok(text)
        } else {
            Err(self.value(&format!("must be one of {}", allowed.join(", "))))
        }
    }

    /// An address that begins with http or https.
    pub(super) fn web_address(&self) -> Result<()> {
        match url::Url::parse(self.text()?) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
            _ => Err(self.value("must be an http or https address")),
        }
    }

    pub(super) fn boolean(&self) -> Result {
        if self.value.is_boolean() { Ok(()) } else { Err(self.unsupported("must be true or false")) }
    }

    /// An object without other members than `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result {
        let members = self.value.as_object().ok_or_else(|| self.unsupported("must be an object"))?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(_) => Err(self.unsupported(&format!("has a member other than {}", known.join(", ")))),
        }
    }

    /// Code 100 about this place.
    pub(super) fn unsupported(&self, problem: &str) -> Refusal {
        Refusal::unsupported(format!("{} {problem}.", self.name()))
    }

    /// Code 131009 about this place.
    pub(super) fn value(&self, problem: &str) -> Refusal {
        Refusal::value(format!("{} {problem}.", self.name()))
    }

    fn name(&self) -> &str {
        if self.path.is_empty() { "The body" } else { &self.path }
    }

    fn path_to(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}
