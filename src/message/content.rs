//! What a message says.

use crate::{
    error::{Error, Path, Result, Violation},
    message::{Buttons, ENVELOPE, Image, Template, Text},
};
use serde_json::value::RawValue;
use std::fmt;

/// What a message says. Every kind converts into it, and so does text.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Text.
    Text(Text),
    /// An image.
    Image(Image),
    /// A question with reply buttons.
    Buttons(Buttons),
    /// An approved template, filled in.
    Template(Template),
    /// Any other kind, by its wire name and JSON.
    Raw(Raw),
}

impl Content {
    /// The kind as it is called on the wire: `text`, `image`, `interactive` …
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Buttons(_) => "interactive",
            Self::Template(_) => "template",
            Self::Raw(raw) => &raw.kind,
        }
    }

    /// What a person reads of it, for histories and search: the text, caption, question, or the template's values.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.body().to_owned()),
            Self::Image(image) => image.caption_text().map(str::to_owned),
            Self::Buttons(ask) => Some(ask.body().to_owned()),
            Self::Template(template) => {
                let values: Vec<_> = template.body_texts().collect();
                let colon = if values.is_empty() { "" } else { ": " };
                Some(format!("{}{colon}{}", template.name(), values.join(", ")))
            }
            Self::Raw(_) => None,
        }
    }

    /// Checks every documented limit of this kind.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with all broken limits, not only the first.
    pub fn validate(&self) -> Result<()> {
        let mut out = Vec::new();
        self.check(&mut out);
        if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
    }

    pub(super) fn check(&self, out: &mut Vec<Violation>) {
        let at = Path::ROOT.field(self.kind());
        match self {
            Self::Text(text) => text.check(at, out),
            Self::Image(image) => image.check(at, out),
            Self::Buttons(ask) => ask.check(at, out),
            Self::Template(template) => template.check(at, out),
            Self::Raw(raw) => raw.check(at, out),
        }
    }

    /// Reads the member that `kind` names. A known kind whose JSON is not as documented is kept raw with the reason, so
    /// that reading a body never loses any of it.
    pub(super) fn read(kind: &str, json: &RawValue) -> Self {
        fn typed<T: serde::de::DeserializeOwned + Into<Content>>(json: &RawValue) -> Result<Content, String> {
            serde_json::from_str::<T>(json.get()).map(Into::into).map_err(|error| harmless(&error))
        }
        let read = match kind {
            "text" => typed::<Text>(json),
            "image" => typed::<Image>(json),
            "template" => typed::<Template>(json),
            "interactive" if interactive_type(json).as_deref() == Some("button") => typed::<Buttons>(json),
            _ => return Self::Raw(Raw { kind: kind.into(), json: json.to_owned(), reason: None }),
        };
        read.unwrap_or_else(|reason| {
            Self::Raw(Raw { kind: kind.into(), json: json.to_owned(), reason: Some(reason.into()) })
        })
    }
}

fn interactive_type(json: &RawValue) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Tag {
        r#type: String,
    }
    serde_json::from_str::<Tag>(json.get()).ok().map(|tag| tag.r#type)
}

/// The part of a serde error that names members only: others quote values, which may be a person's words.
fn harmless(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let named = ["missing field", "unknown field", "duplicate field", "media has"];
    match text.rsplit_once(" at line") {
        Some((what, _)) if named.iter().any(|start| what.starts_with(start)) => what.replace('`', ""),
        _ => "a member is of the wrong type".to_owned(),
    }
}

/// A kind of message that this version has no type for: its wire name and the JSON of its member.
///
/// Everything else of the envelope (recipient, context, tracking data) works as for typed kinds. Limits are not checked.
///
/// ```
/// use whatsapp_business::message::{Content, Raw};
/// # fn main() -> whatsapp_business::Result<()> {
/// let content = Content::from(Raw::new("sticker", r#"{"id": "1013859600285441"}"#)?);
/// assert_eq!(content.kind(), "sticker");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Raw {
    kind: Box<str>,
    json: Box<RawValue>,
    reason: Option<Box<str>>,
}

impl Raw {
    /// The message kind `kind`, whose member of the same name holds `json`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when `json` is not JSON.
    pub fn new(kind: impl Into<Box<str>>, json: impl Into<String>) -> Result<Self> {
        let kind = kind.into();
        match RawValue::from_string(json.into()) {
            Ok(json) => Ok(Self { kind, json, reason: None }),
            Err(_) => Err(Error::invalid(vec![Violation::new(
                Path::ROOT.field(&kind),
                "is not JSON",
                "a JSON value",
            )])),
        }
    }

    /// The kind's name on the wire.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The JSON of the kind's member, as it was given.
    #[must_use]
    pub fn json(&self) -> &str {
        self.json.get()
    }

    pub(super) fn raw(&self) -> &RawValue {
        &self.json
    }

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        if self.kind.is_empty() || ENVELOPE.contains(&&*self.kind) {
            let limit = "the name of a kind of message, such as sticker";
            out.push(Violation::new(Path::ROOT.field("type"), "is no kind of message", limit));
        }
        if let Some(reason) = &self.reason {
            out.push(Violation::new(at, &**reason, "the members that Meta documents"));
        }
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.json.get() == other.json.get()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl From<&str> for Content {
    fn from(body: &str) -> Self {
        Self::Text(Text::new(body))
    }
}

impl From<String> for Content {
    fn from(body: String) -> Self {
        Self::Text(Text::new(body))
    }
}

macro_rules! content_from {
    ($($kind:ident),+) => {$(
        impl From<$kind> for Content {
            fn from(content: $kind) -> Self {
                Self::$kind(content)
            }
        }
    )+};
}
content_from!(Text, Image, Buttons, Template, Raw);
