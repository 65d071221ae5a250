//! The values that fill a template's placeholders.

use super::{
    part,
    value::{Currency, DateTime, ParameterKind, Takes},
};
use crate::{
    check,
    error::{Path, Violation},
    id::GroupId,
    message::{Bill, MediaSource},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};
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
pub struct Parameter(pub(super) ParameterKind);

impl Parameter {
    /// Text. Meta refuses line breaks, tabs and more than four spaces in a row.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self(ParameterKind::Text { text: text.into(), payment_link_preview: None })
    }

    /// The text, of one that is text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.0 {
            ParameterKind::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What comes back when a quick-reply button is tapped.
    #[must_use]
    pub fn payload(payload: impl Into<String>) -> Self {
        Self(ParameterKind::Payload { payload: payload.into() })
    }

    /// An image, for an image header.
    #[must_use]
    pub fn image(source: impl Into<MediaSource>) -> Self {
        Self(ParameterKind::Image { image: source.into() })
    }

    /// An amount of money, in thousandths of the currency with ISO 4217 `code`; `fallback` is what is shown where
    /// WhatsApp cannot format it.
    #[must_use]
    pub fn currency(code: impl Into<String>, amount_1000: i64, fallback: impl Into<String>) -> Self {
        let currency = Currency { fallback_value: fallback.into(), code: code.into(), amount_1000 };
        Self(ParameterKind::Currency { currency })
    }

    /// A date or time, as the text to show.
    #[must_use]
    pub fn date_time(shown: impl Into<String>) -> Self {
        Self(ParameterKind::DateTime {
            date_time: DateTime { fallback_value: shown.into(), parts: Map::new() },
        })
    }

    /// A group, for the body of an invitation: its link is put in when the message is delivered.
    #[must_use]
    pub fn group(id: impl Into<GroupId>) -> Self {
        Self(ParameterKind::GroupId { group_id: id.into() })
    }
}

impl Parameters {
    /// Longest text of one value, in characters: that of the longest component, since the whole is checked by Meta.
    pub const MAX_TEXT: usize = 1024;

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|slot| slot.value.0.shown())
    }

    pub(super) fn values(&self) -> impl Iterator<Item = part::Value<'_>> {
        self.0.iter().map(|slot| part::Value { name: slot.name.as_deref(), kind: &slot.value.0 })
    }

    /// Values, each with the name of its placeholder or without.
    pub(crate) fn from_named(values: impl IntoIterator<Item = (Option<String>, Parameter)>) -> Self {
        Self(values.into_iter().map(|(name, value)| Slot { name, value }).collect())
    }

    /// The values, each with the name it has.
    pub(crate) fn into_named(self) -> impl Iterator<Item = (Option<String>, Parameter)> {
        self.0.into_iter().map(|slot| (slot.name, slot.value))
    }

    /// The bills that buttons open, each with its position.
    pub(super) fn bills(&self) -> impl Iterator<Item = (usize, &Bill)> {
        self.0.iter().enumerate().filter_map(|(index, slot)| match &slot.value.0 {
            ParameterKind::Action { action } => Some((index, action.order_details.as_ref()?)),
            _ => None,
        })
    }

    pub(super) fn has_product(&self) -> bool {
        self.0.iter().any(|slot| matches!(slot.value.0, ParameterKind::Product { .. }))
    }

    pub(super) fn media(&mut self) -> impl Iterator<Item = &mut MediaSource> {
        self.0.iter_mut().filter_map(|slot| slot.value.0.media())
    }

    pub(super) fn check(&self, at: Path<'_>, takes: Takes<'_>, out: &mut Vec<Violation>) {
        self.check_count(at, takes, out);
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
            slot.value.0.check(item, takes, out);
        }
        let names =
            self.0.iter().enumerate().filter_map(|(place, slot)| Some((place, slot.name.as_deref()?)));
        let (places, names): (Vec<_>, Vec<_>) = names.unzip();
        let name_at = |index: usize| {
            let place = places.get(index).copied().unwrap_or(index);
            at.index(place).field("parameter_name").to_string()
        };
        check::unique(name_at, names, out);
    }

    fn check_count(&self, at: Path<'_>, takes: Takes<'_>, out: &mut Vec<Violation>) {
        if self.0.len() > takes.most {
            let limit = format!("at most {}", takes.most);
            out.push(Violation::new(at, format!("has {} parameters", self.0.len()), limit));
        } else if takes.most != usize::MAX {
            let type_at = |index| at.index(index).field("type").to_string();
            check::unique(type_at, self.0.iter().filter_map(|slot| slot.value.0.tag()), out);
        }
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

/// No values.
impl From<()> for Parameters {
    fn from((): ()) -> Self {
        Self::default()
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

/// Shows the kind of the value only: it may be a person's name.
impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(..)", self.0.tag().unwrap_or("other"))
    }
}

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Named<'a> {
            #[serde(flatten)]
            value: &'a ParameterKind,
            parameter_name: &'a str,
        }
        match &self.name {
            None => self.value.0.serialize(serializer),
            Some(name) => Named { value: &self.value.0, parameter_name: name }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Object(mut members) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom("a parameter is not an object"));
        };
        let name = match members.remove("parameter_name") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(other) => {
                members.insert("parameter_name".to_owned(), other);
                None
            }
        };
        Ok(Self { name, value: Parameter(ParameterKind::read(members)) })
    }
}
