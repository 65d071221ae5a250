//! A place in a request's JSON, and what Meta says when it is not as it should be.

use crate::simulator::refusal::Refusal;
use serde_json::Value;
use std::ops::RangeInclusive;

/// A value and its path, as in `interactive.action.buttons[3].reply.title`.
#[derive(Clone)]
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

    /// What `check` makes of the member `name`, if it is there.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        check: impl FnOnce(&At<'a>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.get(name).map(|member| check(&member)).transpose()
    }

    /// The elements of an array, which may be empty.
    pub(super) fn list(&self) -> Result<Vec<At<'a>>> {
        let elements = self.value.as_array().ok_or_else(|| self.unsupported("must be an array"))?;
        let at = |(n, value)| At { value, path: format!("{}[{n}]", self.path) };
        Ok(elements.iter().enumerate().map(at).collect())
    }

    /// The elements of an array of at least one.
    pub(super) fn elements(&self) -> Result<Vec<At<'a>>> {
        let elements = self.list()?;
        if elements.is_empty() { Err(Refusal::missing(&self.path)) } else { Ok(elements) }
    }

    /// The elements of an array of one to `most`.
    pub(super) fn elements_up_to(&self, most: usize) -> Result<Vec<At<'a>>> {
        let elements = self.elements()?;
        if elements.len() > most {
            return Err(self.value(&format!("has {} elements, at most {most} are allowed", elements.len())));
        }
        Ok(elements)
    }

    /// The members of an object, by name.
    pub(super) fn members(&self) -> Result<Vec<(&'a str, At<'a>)>> {
        let members = self.value.as_object().ok_or_else(|| self.unsupported("must be an object"))?;
        // Names are written by the caller of the API and may be anything: they are not part of the path.
        let at = |value| At { value, path: format!("{}.*", self.path) };
        Ok(members.iter().map(|(name, value)| (name.as_str(), at(value))).collect())
    }

    /// Text with something in it: white space alone counts as empty.
    pub(super) fn text(&self) -> Result<&'a str> {
        match self.value.as_str() {
            None => Err(self.unsupported("must be text")),
            Some(text) if text.trim().is_empty() => Err(Refusal::missing(&self.path)),
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

    /// Text of `most` characters or fewer, or of none.
    pub(super) fn text_or_empty(&self, most: usize) -> Result {
        if self.value == "" { Ok(()) } else { self.text_up_to(most).map(drop) }
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

    /// An id of something: text without white space.
    pub(super) fn id(&self) -> Result<&'a str> {
        let id = self.text()?;
        if id.contains(char::is_whitespace) { Err(self.value("has white space")) } else { Ok(id) }
    }

    /// Text that is nothing but `count` digits.
    pub(super) fn digits(&self, count: usize) -> Result {
        let text = self.text()?;
        if text.len() == count && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(())
        } else {
            Err(self.value(&format!("must have {count} digits and nothing else")))
        }
    }

    /// An address that begins with http or https.
    pub(super) fn web_address(&self) -> Result {
        let address = self.text()?;
        // A parser of addresses takes white space away that Meta gets to see.
        let is_whole = !address.contains(|c: char| c.is_whitespace() || c.is_control());
        match url::Url::parse(address) {
            Ok(url) if is_whole && matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
            _ => Err(self.value("must be an http or https address")),
        }
    }

    pub(super) fn boolean(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.unsupported("must be true or false"))
    }

    /// A whole number in `range`.
    pub(super) fn integer_in(&self, range: RangeInclusive<u64>) -> Result<u64> {
        if !self.value.is_number() {
            return Err(self.unsupported("must be a number"));
        }
        let number = self.value.as_u64().filter(|number| range.contains(number));
        let (least, most) = range.into_inner();
        number.ok_or_else(|| {
            self.value(&match most {
                u64::MAX => format!("must be a whole number of at least {least}"),
                most => format!("must be a whole number from {least} to {most}"),
            })
        })
    }

    /// An object without other members than `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result {
        let members = self.value.as_object().ok_or_else(|| self.unsupported("must be an object"))?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(_) => Err(self.unsupported(&format!("has a member other than {}", known.join(", ")))),
        }
    }

    /// An object without the member `name`.
    pub(super) fn without(&self, name: &str) -> Result {
        self.get(name).map_or(Ok(()), |member| Err(member.unsupported("is not allowed here")))
    }

    /// Notes this text among those `seen`, and refuses one that was there before.
    pub(super) fn unique(&self, seen: &mut Vec<&'a str>) -> Result {
        let text = self.text()?;
        if seen.contains(&text) {
            return Err(self.value("is there twice"));
        }
        seen.push(text);
        Ok(())
    }

    /// Code 100 about this place.
    pub(super) fn unsupported(&self, problem: &str) -> Refusal {
        Refusal::unsupported(self.says(problem))
    }

    /// Code 131009 about this place.
    pub(super) fn value(&self, problem: &str) -> Refusal {
        Refusal::value(self.says(problem))
    }

    /// Any code about this place.
    pub(super) fn refuse(&self, code: i64, problem: &str) -> Refusal {
        Refusal::new(code, self.says(problem))
    }

    fn says(&self, problem: &str) -> String {
        let name = if self.path.is_empty() { "The body" } else { &self.path };
        format!("{name} {problem}.")
    }

    fn path_to(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}
