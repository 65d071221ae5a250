//! Lenient reading of what Meta and other writers put on the wire.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::error::Category;
use std::{fmt, marker::PhantomData};

/// Text, or a number read as its digits; as a `String` or anything else that is built from text (ids).
pub(crate) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    struct TextVisitor<T>(PhantomData<T>);
    impl<T: for<'a> From<&'a str>> Visitor<'_> for TextVisitor<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text or a whole number")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }
        fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
            Ok(T::from(&number.to_string()))
        }
        fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
            Ok(T::from(&number.to_string()))
        }
    }
    deserializer.deserialize_any(TextVisitor(PhantomData))
}

/// A whole number, or text that spells one.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct IntegerVisitor;
    impl Visitor<'_> for IntegerVisitor {
        type Value = i64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number or text that spells one")
        }
        fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
            Ok(number)
        }
        fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
            i64::try_from(number).map_err(|_| E::custom("number out of range"))
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
            text.trim().parse().map_err(|_| E::custom("text is not a whole number"))
        }
    }
    deserializer.deserialize_any(IntegerVisitor)
}

/// Like [`text`] for an optional member: null and the empty string count as absent.
pub(crate) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    struct OptionalVisitor<T>(PhantomData<T>);
    impl<'de, T: for<'a> From<&'a str>> Visitor<'de> for OptionalVisitor<T> {
        type Value = Option<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text or a whole number")
        }
        fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
            deserializer.deserialize_any(self)
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
            Ok((!text.is_empty()).then(|| T::from(text)))
        }
        fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
            self.visit_str(&number.to_string())
        }
        fn visit_i64<E: Error>(self, number: i64) -> Result<Option<T>, E> {
            self.visit_str(&number.to_string())
        }
    }
    deserializer.deserialize_any(OptionalVisitor(PhantomData))
}

/// [`optional`] for text that stays text.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    optional(deserializer)
}

/// Like [`integer`] for an optional member: null and the empty string count as absent.
pub(crate) fn optional_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match optional_text(deserializer)? {
        None => Ok(None),
        Some(text) => {
            text.trim().parse().map(Some).map_err(|_| D::Error::custom("text is not a whole number"))
        }
    }
}

/// Like [`text`] for an optional member whose empty text means something of its own: only null counts as absent.
pub(crate) fn nullable_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Text(#[serde(deserialize_with = "text")] String);
    Ok(Option::<Text>::deserialize(deserializer)?.map(|t| t.0))
}

/// A list of which null means that it is empty.
pub(crate) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A finite number, or text that spells one.
pub(crate) fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    struct DecimalVisitor;
    impl Visitor<'_> for DecimalVisitor {
        type Value = f64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number or text that spells one")
        }
        fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
            Ok(number)
        }
        fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
            self.visit_str(&number.to_string())
        }
        fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
            self.visit_str(&number.to_string())
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
            let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
            number.ok_or_else(|| E::custom("text is not a finite number"))
        }
    }
    deserializer.deserialize_any(DecimalVisitor)
}

/// For serde's `with`: bytes that are text as a rule, written as text where they are and as bytes where they are not.
pub(crate) mod bytes {
    use serde::{
        Serializer,
        de::{Deserializer, Error, SeqAccess, Visitor},
    };
    use std::fmt;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.serialize_bytes(bytes),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct BytesVisitor;
        impl<'de> Visitor<'de> for BytesVisitor {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or bytes")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
                Ok(text.as_bytes().to_vec())
            }
            fn visit_string<E: Error>(self, text: String) -> Result<Vec<u8>, E> {
                Ok(text.into_bytes())
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
            // JSON has no bytes: they are an array of numbers.
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = items.next_element()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
        }
        deserializer.deserialize_any(BytesVisitor)
    }
}

/// Why JSON could not be read, without any of it: serde's own text may quote what a customer wrote.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // These name members of ours, never content.
    if text.starts_with("missing field `") || text.starts_with("duplicate field `") {
        return text;
    }
    let what = match error.classify() {
        Category::Data => "a member is not of the expected type",
        Category::Eof => "the JSON ends too early",
        Category::Syntax | Category::Io => "the JSON is malformed",
    };
    format!("{what} at line {} column {}", error.line(), error.column())
}

/// Writes a `Debug` that shows the named fields only, so that no body, number or name reaches a log.
macro_rules! quiet_debug {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use quiet_debug;

#[cfg(test)]
mod tests {
    use super::reason;
    use serde::Deserialize;

    #[test]
    fn a_reason_quotes_nothing_of_the_body() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "it is never read")]
        struct Strict {
            number: u8,
        }
        for (json, expected) in [
            (r#"{"number":"private"}"#, "a member is not of the expected type at line 1 column 19"),
            (r#"{"number":1,"number":2}"#, "duplicate field `number` at line 1 column 20"),
            (r#"{"private":1}"#, "missing field `number` at line 1 column 13"),
            (r#"{"number"#, "the JSON ends too early at line 1 column 8"),
            (r#"{private}"#, "the JSON is malformed at line 1 column 2"),
        ] {
            assert_eq!(reason(&serde_json::from_str::<Strict>(json).unwrap_err()), expected);
        }
    }
}
