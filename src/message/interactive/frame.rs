//! What interactive messages have in common on the wire: `header`, `body`, `footer` around an `action`.

use crate::{
    check,
    error::{Path, Violation},
    message::{Header, Kind, MediaSource},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// The member `interactive` of the kind whose action is `A`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::message) struct Frame<A> {
    r#type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Wrapped>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    footer: Option<Wrapped>,
    action: A,
}

/// `{"text": …}`: how bodies and footers are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::message) struct Wrapped {
    #[serde(deserialize_with = "crate::wire::text")]
    pub(in crate::message) text: String,
}

impl<A> Frame<A> {
    pub(in crate::message) fn new<K: Kind>(parts: Parts, action: A) -> Self {
        let wrapped = |text: Option<String>| text.map(|text| Wrapped { text });
        Self {
            r#type: K::INTERACTIVE.unwrap_or_default().to_owned(),
            header: parts.header,
            body: wrapped(parts.body),
            footer: wrapped(parts.footer),
            action,
        }
    }

    /// The parts and the action, if this is of kind `K`.
    pub(in crate::message) fn open<K: Kind>(self) -> Result<(Parts, A), &'static str> {
        if K::INTERACTIVE != Some(&*self.r#type) {
            return Err("type is that of another kind");
        }
        let text = |wrapped: Option<Wrapped>| wrapped.map(|wrapped| wrapped.text);
        Ok((Parts { header: self.header, body: text(self.body), footer: text(self.footer) }, self.action))
    }
}

/// An action that says its name, and may have parameters.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::message) struct Named<P> {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<P>,
}

/// The parameters of actions that have none.
#[derive(Serialize, Deserialize)]
pub(in crate::message) enum NoParameters {}

impl<P> Named<P> {
    pub(in crate::message) fn new(name: &str, parameters: impl Into<Option<P>>) -> Self {
        Self { name: name.to_owned(), parameters: parameters.into() }
    }

    /// The parameters, if the action has this name.
    pub(in crate::message) fn open(self, name: &str) -> Result<Option<P>, &'static str> {
        if self.name == name { Ok(self.parameters) } else { Err("action has the name of another kind") }
    }

    /// The parameters, of an action that cannot do without them.
    pub(in crate::message) fn parameters(self, name: &str) -> Result<P, &'static str> {
        self.open(name)?.ok_or("missing field parameters")
    }
}

/// What stands around the action.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::message) struct Parts {
    pub(in crate::message) header: Option<Header>,
    pub(in crate::message) body: Option<String>,
    pub(in crate::message) footer: Option<String>,
}

quiet_debug!(Parts { header });

impl Parts {
    /// Longest body of most kinds.
    pub(in crate::message) const MAX_BODY: usize = 1024;
    pub(in crate::message) const MAX_FOOTER: usize = 60;

    pub(in crate::message) fn new(body: impl Into<String>) -> Self {
        Self { header: None, body: Some(body.into()), footer: None }
    }

    pub(in crate::message) fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// Checks parts that must have a body of at most `max_body` characters.
    pub(in crate::message) fn check(&self, at: Path<'_>, max_body: usize, out: &mut Vec<Violation>) {
        self.check_header(at, out);
        check::text(at.field("body").field("text"), self.body(), max_body, out);
        self.check_footer(at, out);
    }

    /// Checks parts that may do without a body.
    pub(in crate::message) fn check_bodiless(&self, at: Path<'_>, max_body: usize, out: &mut Vec<Violation>) {
        self.check_header(at, out);
        check::optional_text(at.field("body").field("text"), self.body.as_deref(), max_body, out);
        self.check_footer(at, out);
    }

    fn check_header(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        if let Some(header) = &self.header {
            header.check(at.field("header"), out);
        }
    }

    fn check_footer(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::optional_text(at.field("footer").field("text"), self.footer.as_deref(), Self::MAX_FOOTER, out);
    }

    /// Refuses a header that was read for a kind that has none.
    pub(in crate::message) fn without_header(self) -> Result<Self, &'static str> {
        if self.header.is_some() { Err("unknown field header") } else { Ok(self) }
    }

    /// Refuses a footer that was read for a kind that has none.
    pub(in crate::message) fn without_footer(self) -> Result<Self, &'static str> {
        if self.footer.is_some() { Err("unknown field footer") } else { Ok(self) }
    }

    /// Refuses media in the header, read for a kind whose header is text.
    pub(in crate::message) fn with_text_header(self) -> Result<Self, &'static str> {
        match self.header {
            None | Some(Header::Text(_)) => Ok(self),
            Some(_) => Err("type is not text in the header"),
        }
    }

    /// Refuses header and footer, read for a kind that has neither.
    pub(in crate::message) fn body_only(self) -> Result<Self, &'static str> {
        self.without_header()?.without_footer()
    }

    pub(in crate::message) fn media(&mut self) -> Vec<&mut MediaSource> {
        self.header.as_mut().and_then(Header::media).into_iter().collect()
    }
}
