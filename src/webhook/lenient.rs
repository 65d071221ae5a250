//! Reading what people wrote and what Meta may yet change, without failing the rest for it.

use crate::wire;
use serde::{
    Deserialize,
    de::{
        DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::{error::Category, value::RawValue};
use std::{borrow::Cow, fmt, marker::PhantomData};

/// Text that is borrowed from the body where it has no escapes.
#[derive(Deserialize)]
pub(super) struct Word<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Reads a part that was kept as raw JSON.
pub(super) fn parse<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, serde_json::Error> {
    serde_json::from_str(raw.get())
}

/// Text that a person wrote: may hold what is legal in JSON but not in a `String`.
///
/// A surrogate without its other half (`"\ud83d"`, left over when a text was cut through an emoji) reads as U+FFFD.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct TextVisitor;
    impl Visitor<'_> for TextVisitor {
        type Value = String;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text")
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
        fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<String, E> {
            Ok(std::str::from_utf8(bytes).map_or_else(|_| replace_surrogates(bytes), str::to_owned))
        }
    }
    // Asked for bytes, serde_json hands out lone surrogates in the three bytes UTF-8 would have for them.
    deserializer.deserialize_bytes(TextVisitor)
}

fn replace_surrogates(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        // The first of the three bytes stands for the surrogate, the other two (10xx_xxxx) belong to it.
        if chunk.invalid().first().is_some_and(|byte| byte & 0b1100_0000 != 0b1000_0000) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// Like [`text`] for an optional member: null and the empty string count as absent.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Text(#[serde(deserialize_with = "text")] String);
    Ok(Option::<Text>::deserialize(deserializer)?.map(|text| text.0).filter(|text| !text.is_empty()))
}

/// A member without which the rest is still worth reading: the default when it is of another shape than expected.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(parse(raw).unwrap_or_default())
}

/// Like [`or_default`] for an object that is nearly always there: read in one go, but what is in it has to fit.
pub(super) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    struct ObjectVisitor<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectVisitor<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
        fn visit_unit<E>(self) -> Result<T, E> {
            Ok(T::default())
        }
        fn visit_str<E>(self, _: &str) -> Result<T, E> {
            Ok(T::default())
        }
    }
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

/// An optional member that is made of text, such as an id, a name or a word out of a list: absent when it is null,
/// empty or of another shape. A number is read as its digits.
pub(super) fn loose<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    #[derive(Deserialize)]
    struct Written(#[serde(deserialize_with = "text")] String);
    #[derive(Deserialize)]
    struct Counted(#[serde(deserialize_with = "wire::text")] String);
    let raw = <&RawValue>::deserialize(deserializer)?;
    let text = match parse(raw) {
        Ok(Written(text)) => Some(text),
        Err(_) => parse(raw).ok().map(|Counted(digits)| digits),
    };
    Ok(text.filter(|text| !text.is_empty()).map(|text| T::from(&text)))
}

/// An optional whole number, or text that spells one: absent when it is of another shape or out of range.
pub(super) fn number<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    #[derive(Deserialize)]
    struct Number(#[serde(deserialize_with = "wire::integer")] i64);
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(parse(raw).ok().and_then(|Number(number)| T::try_from(number).ok()))
}

/// The items of a list that can be read; none when it is no list.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    let items: Vec<&RawValue> = parse(raw).unwrap_or_default();
    Ok(items.into_iter().filter_map(|item| parse(item).ok()).collect())
}

/// A list whose items are still to be read, each by itself. Null and the empty string count as an empty one.
#[derive(Default)]
pub(super) struct List<'a> {
    pub(super) items: Vec<&'a RawValue>,
    /// Whether it is something else altogether.
    pub(super) is_odd: bool,
}

impl List<'_> {
    pub(super) const ODD: Self = Self { items: Vec::new(), is_odd: true };

    /// Adds another one: a member that is given twice counts twice.
    pub(super) fn append(&mut self, mut other: Self) {
        self.items.append(&mut other.items);
        self.is_odd |= other.is_odd;
    }
}

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;
        impl<'de> Visitor<'de> for ListVisitor {
            type Value = List<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<'de>, A::Error> {
                let mut list = List::default();
                while let Some(item) = items.next_element()? {
                    list.items.push(item);
                }
                Ok(list)
            }
            fn visit_unit<E>(self) -> Result<List<'de>, E> {
                Ok(List::default())
            }
            fn visit_str<E>(self, text: &str) -> Result<List<'de>, E> {
                Ok(if text.is_empty() { List::default() } else { List::ODD })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<List<'de>, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(List::ODD)
            }
            fn visit_bool<E>(self, _: bool) -> Result<List<'de>, E> {
                Ok(List::ODD)
            }
            fn visit_i64<E>(self, _: i64) -> Result<List<'de>, E> {
                Ok(List::ODD)
            }
            fn visit_u64<E>(self, _: u64) -> Result<List<'de>, E> {
                Ok(List::ODD)
            }
            fn visit_f64<E>(self, _: f64) -> Result<List<'de>, E> {
                Ok(List::ODD)
            }
        }
        deserializer.deserialize_any(ListVisitor)
    }
}

/// Fails with `problem` when a member is absent.
pub(super) fn required<T>(member: Option<T>, name: &'static str) -> Result<T, serde_json::Error> {
    member.ok_or_else(|| serde_json::Error::missing_field(name))
}

/// Why JSON could not be read, without any of it: serde's own text may quote what a customer wrote.
pub(super) fn reason(error: &serde_json::Error) -> String {
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

#[cfg(test)]
mod tests {
    use super::{List, loose, number, reason, text};
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Text(#[serde(deserialize_with = "text")] String);

    #[test]
    fn half_a_surrogate_reads_as_one_replacement_character() {
        for (json, expected) in [
            (r#""\ud83d\ude42""#, "\u{1f642}"),
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\ude42b""#, "\u{fffd}b"),
            (r#""\ud83d\ud83d\ude42\u0041""#, "\u{fffd}\u{1f642}A"),
            (r#""\ud83d\ud83dé\u0000""#, "\u{fffd}\u{fffd}é\0"),
        ] {
            assert_eq!(serde_json::from_str::<Text>(json).unwrap().0, expected, "{json}");
        }
    }

    #[test]
    fn what_is_made_of_text_is_read_or_absent() {
        #[derive(Deserialize)]
        struct Loose(#[serde(deserialize_with = "loose")] Option<String>);
        for (json, expected) in [
            (r#""a\ud83d""#, Some("a\u{fffd}")),
            ("106540352242922", Some("106540352242922")),
            ("-5", Some("-5")),
            (r#""""#, None),
            ("null", None),
            ("true", None),
            ("5.5", None),
            ("{}", None),
            (r#"["a"]"#, None),
        ] {
            assert_eq!(serde_json::from_str::<Loose>(json).unwrap().0.as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn a_number_is_read_if_it_fits() {
        #[derive(Deserialize)]
        struct Number(#[serde(deserialize_with = "number")] Option<u8>);
        for (json, expected) in [
            ("55", Some(55)),
            (r#"" 55 ""#, Some(55)),
            ("256", None),
            ("-1", None),
            ("5.5", None),
            (r#""""#, None),
            ("null", None),
            ("{}", None),
        ] {
            assert_eq!(serde_json::from_str::<Number>(json).unwrap().0, expected, "{json}");
        }
    }

    #[test]
    fn a_list_is_read_from_any_shape() {
        for (json, items, is_odd) in [
            ("[1,[2],{}]", 3, false),
            ("[]", 0, false),
            ("null", 0, false),
            (r#""""#, 0, false),
            (r#""text""#, 0, true),
            (r#"{"a":[{}],"b":1}"#, 0, true),
            ("5", 0, true),
            ("-5", 0, true),
            ("5.5", 0, true),
            ("true", 0, true),
        ] {
            let list: List<'_> = serde_json::from_str(json).unwrap();
            assert_eq!((list.items.len(), list.is_odd), (items, is_odd), "{json}");
        }
    }

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
