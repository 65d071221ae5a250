//! The members of a JSON object, on their way into a type.
//!
//! What a type knows is taken out, the rest is kept. Reasons for refusing name members, never values.

use serde_json::{Map, Value};

/// Members that a type does not know, kept and written back.
pub(super) type Extra = Map<String, Value>;

/// Why JSON is not what Meta documents.
pub(super) type Reason = String;

/// Leaves out members that are null, at any depth: other SDKs write null for every option that is not set.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let given = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(given.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Text, or a number as its digits.
fn to_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, or text that spells one.
pub(super) fn to_integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A list of text; text that stands alone is a list of one.
pub(super) fn to_texts(value: Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.into_iter().map(to_text).collect(),
        one => to_text(one).map(|text| vec![text]),
    }
}

/// The members of one object, taken out one by one.
pub(super) struct Members(Extra);

impl Members {
    /// The members of `value`, which `name` names in the reason when it is not an object.
    pub(super) fn of(value: Value, name: &str) -> Result<Self, Reason> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(format!("{name} is not an object")),
        }
    }

    /// Takes a member out as it is.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Takes a member out through `read`, which gives nothing when the value is not what `wanted` says.
    fn read<T>(
        &mut self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Option<T>, Reason> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| format!("{name} is not {wanted}")),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Reason> {
        self.read(name, "text", to_text)
    }

    pub(super) fn integer(&mut self, name: &str) -> Result<Option<i64>, Reason> {
        self.read(name, "a whole number", |value| to_integer(&value))
    }

    pub(super) fn boolean(&mut self, name: &str) -> Result<Option<bool>, Reason> {
        self.read(name, "true or false", |value| value.as_bool())
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Vec<String>, Reason> {
        Ok(self.read(name, "a list of text", to_texts)?.unwrap_or_default())
    }

    pub(super) fn list(&mut self, name: &str) -> Result<Option<Vec<Value>>, Reason> {
        self.read(name, "a list", |value| match value {
            Value::Array(items) => Some(items),
            _ => None,
        })
    }

    /// Takes a member out that is an object; an absent one has no members.
    pub(super) fn object(&mut self, name: &str) -> Result<Self, Reason> {
        self.take(name).map_or_else(|| Ok(Self(Extra::new())), |value| Self::of(value, name))
    }

    /// What was not taken.
    pub(super) fn rest(self) -> Extra {
        self.0
    }
}
