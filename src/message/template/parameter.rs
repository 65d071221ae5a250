//! The values that fill a template's placeholders.

use crate::{
    check,
    error::{Path, Violation},
    message::{MediaKind, MediaSource, media::WireMedia},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use std::fmt;

/// The values of one component: in order for `{{1}}`, `{{2}}` …, or by name.
///
/// Arrays and vectors convert: of values, or of `(name, value)` pairs.
///
/// ```
/// use whatsapp_business::message::{Parameter, Parameters};
/// let positional = Parameters::from(["Ana", "A-42"]);
/// let named = Parameters::from([("total", Parameter::currency("USD", 12_500, "$12.50"))]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(Vec<Slot>);

/// A value and, for templates with named placeholders, the name it fills.
#[derive(Clone, Debug, PartialEq)]
struct Slot {
    name: Option<String>,
    value: Parameter,
}

/// One value.
#[derive(Clone, PartialEq)]
pub struct Parameter(Kind);

#[derive(Clone, PartialEq)]
enum Kind {
    Text(String),
    Payload(String),
    Image(MediaSource),
    Currency {
        code: String,
        amount_1000: i64,
        fallback: String,
    },
    DateTime {
        fallback: String,
    },
    /// A kind this version has no type for: its JSON as it came.
    Other(Value),
}

impl Parameter {
    /// Text. Meta refuses line breaks, tabs and more than four spaces in a row.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self(Kind::Text(text.into()))
    }

    /// What comes back when a quick-reply button is tapped.
    #[must_use]
    pub fn payload(payload: impl Into<String>) -> Self {
        Self(Kind::Payload(payload.into()))
    }

    /// An image, for an image header.
    #[must_use]
    pub fn image(source: impl Into<MediaSource>) -> Self {
        Self(Kind::Image(source.into()))
    }

    /// An amount of money, in thousandths of the currency with ISO 4217 `code`; `fallback` is what is shown where
    /// WhatsApp cannot format it.
    #[must_use]
    pub fn currency(code: impl Into<String>, amount_1000: i64, fallback: impl Into<String>) -> Self {
        Self(Kind::Currency { code: code.into(), amount_1000, fallback: fallback.into() })
    }

    /// A date or time, as the text to show.
    #[must_use]
    pub fn date_time(shown: impl Into<String>) -> Self {
        Self(Kind::DateTime { fallback: shown.into() })
    }

    fn shown(&self) -> Option<&str> {
        match &self.0 {
            Kind::Text(text) => Some(text),
            Kind::Currency { fallback, .. } | Kind::DateTime { fallback } => Some(fallback),
            Kind::Payload(_) | Kind::Image(_) | Kind::Other(_) => None,
        }
    }
}

impl Parameters {
    /// Longest text of one value, in characters: that of the longest component, since the whole is checked by Meta.
    pub const MAX_TEXT: usize = 1024;

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|slot| slot.value.shown())
    }

    pub(super) fn media(&mut self) -> impl Iterator<Item = &mut MediaSource> {
        self.0.iter_mut().filter_map(|slot| match &mut slot.value.0 {
            Kind::Image(source) => Some(source),
            _ => None,
        })
    }

    /// `max` is the longest text that one value may have.
    pub(super) fn check(&self, at: Path<'_>, max: usize, out: &mut Vec<Violation>) {
        let named = self.0.iter().filter(|slot| slot.name.is_some()).count();
        if named != 0 && named != self.0.len() {
            out.push(Violation::new(at, "has named and unnamed values", "all named or none"));
        }
        for (index, slot) in self.0.iter().enumerate() {
            let item = at.index(index);
            if let Some(name) = &slot.name
                && (name.is_empty()
                    || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
            {
                let limit = "lower-case letters, digits and _";
                out.push(Violation::new(item.field("parameter_name"), "is not a placeholder's name", limit));
            }
            match &slot.value.0 {
                Kind::Text(text) => check_text(item.field("text"), text, max, out),
                Kind::Image(source) => source.check(item.field("image"), MediaKind::Image, out),
                Kind::Payload(_) | Kind::Currency { .. } | Kind::DateTime { .. } | Kind::Other(_) => {}
            }
        }
        let name_at = |index| at.index(index).field("parameter_name").to_string();
        check::unique(name_at, self.0.iter().filter_map(|slot| slot.name.as_deref()), out);
    }
}

fn check_text(at: Path<'_>, text: &str, max: usize, out: &mut Vec<Violation>) {
    check::text(at, text, max, out);
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        let limit = "no line break, no tab, at most 4 spaces in a row";
        out.push(Violation::new(at, "has white space that Meta refuses in templates", limit));
    }
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl<V: Into<Parameter>> From<Vec<V>> for Parameters {
    fn from(values: Vec<V>) -> Self {
        Self(values.into_iter().map(|value| Slot { name: None, value: value.into() }).collect())
    }
}

impl<V: Into<Parameter>, const N: usize> From<[V; N]> for Parameters {
    fn from(values: [V; N]) -> Self {
        Vec::from(values).into()
    }
}

impl<K: Into<String>, V: Into<Parameter>> From<Vec<(K, V)>> for Parameters {
    fn from(pairs: Vec<(K, V)>) -> Self {
        let slots =
            pairs.into_iter().map(|(name, value)| Slot { name: Some(name.into()), value: value.into() });
        Self(slots.collect())
    }
}

impl<K: Into<String>, V: Into<Parameter>, const N: usize> From<[(K, V); N]> for Parameters {
    fn from(pairs: [(K, V); N]) -> Self {
        Vec::from(pairs).into()
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::Text(_) => "Text(..)",
            Kind::Payload(_) => "Payload(..)",
            Kind::Image(_) => "Image(..)",
            Kind::Currency { .. } => "Currency(..)",
            Kind::DateTime { .. } => "DateTime(..)",
            Kind::Other(_) => "Other(..)",
        })
    }
}

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        if let Kind::Other(value) = &self.value.0 {
            return value.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        let tag = match &self.value.0 {
            Kind::Text(_) => "text",
            Kind::Payload(_) => "payload",
            Kind::Image(_) => "image",
            Kind::Currency { .. } => "currency",
            Kind::DateTime { .. } => "date_time",
            Kind::Other(_) => "",
        };
        map.serialize_entry("type", tag)?;
        if let Some(name) = &self.name {
            map.serialize_entry("parameter_name", name)?;
        }
        match &self.value.0 {
            Kind::Text(text) | Kind::Payload(text) => map.serialize_entry(tag, text)?,
            Kind::Image(source) => map.serialize_entry(tag, &WireMedia::new(source.clone()))?,
            Kind::Currency { code, amount_1000, fallback } => {
                let money = json!({"fallback_value": fallback, "code": code, "amount_1000": amount_1000});
                map.serialize_entry(tag, &money)?;
            }
            Kind::DateTime { fallback } => {
                map.serialize_entry(tag, &json!({ "fallback_value": fallback }))?;
            }
            Kind::Other(_) => {}
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if !value.is_object() {
            return Err(serde::de::Error::custom("a parameter is not an object"));
        }
        Ok(typed(&value).unwrap_or(Self { name: None, value: Parameter(Kind::Other(value)) }))
    }
}

/// The typed form of a parameter, if nothing in its JSON would be lost by it.
fn typed(value: &Value) -> Option<Slot> {
    let members = value.as_object()?;
    let name = match members.get("parameter_name") {
        None | Some(Value::Null) => None,
        Some(name) => Some(name.as_str()?.to_owned()),
    };
    let tag = members.get("type")?.as_str()?;
    if members
        .iter()
        .any(|(member, value)| ![tag, "type", "parameter_name"].contains(&&**member) && !value.is_null())
    {
        return None;
    }
    let inner = members.get(tag)?;
    let text = |member: &str| inner.get(member)?.as_str().map(str::to_owned);
    let only = |count| inner.as_object().is_some_and(|inner| inner.len() == count);
    let kind = match tag {
        "text" => Kind::Text(inner.as_str()?.to_owned()),
        "payload" => Kind::Payload(inner.as_str()?.to_owned()),
        "image" => {
            let media: WireMedia = serde_json::from_value(inner.clone()).ok()?;
            Kind::Image(media.bare().ok()?)
        }
        "currency" if only(3) => Kind::Currency {
            code: text("code")?,
            amount_1000: inner.get("amount_1000")?.as_i64()?,
            fallback: text("fallback_value")?,
        },
        "date_time" if only(1) => Kind::DateTime { fallback: text("fallback_value")? },
        _ => return None,
    };
    Some(Slot { name, value: Parameter(kind) })
}
