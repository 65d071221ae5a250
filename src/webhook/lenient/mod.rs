//! Reading what people wrote and what Meta may yet change, without failing the rest for it.

use crate::wire;
pub(super) use crate::wire::reason;
use serde::{
    Deserialize,
    de::{
        DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

/// Text that is borrowed from the body where it has no escapes.
#[derive(Deserialize)]
pub(super) struct Word<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A member that is one value, whatever its type; anything else is [`Other`](Self::Other).
enum Scalar<'a> {
    Text(Cow<'a, str>),
    Whole(i128),
    Flag(bool),
    Other,
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Whole(number.into()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Whole(number.into()))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Other)
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Flag(flag))
            }
            fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar<'de>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Scalar<'de>, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// An optional id or word that nobody types: a number is read as its digits, every other shape counts as absent.
pub(super) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    struct OptionalVisitor<T>(PhantomData<T>);
    impl<'de, T: for<'a> From<&'a str>> Visitor<'de> for OptionalVisitor<T> {
        type Value = Option<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }
        fn visit_str<E>(self, text: &str) -> Result<Option<T>, E> {
            Ok((!text.is_empty()).then(|| T::from(text)))
        }
        fn visit_i64<E>(self, number: i64) -> Result<Option<T>, E> {
            Ok(Some(T::from(&number.to_string())))
        }
        fn visit_u64<E>(self, number: u64) -> Result<Option<T>, E> {
            Ok(Some(T::from(&number.to_string())))
        }
        fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_unit<E>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            Ok(None)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<T>, A::Error> {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    }
    deserializer.deserialize_any(OptionalVisitor(PhantomData))
}

/// The `type` of something, borrowed where it can be; empty when it is of another shape.
pub(super) fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Text(text) => text,
        _ => Cow::Borrowed(""),
    })
}

/// Yes or no, also spelled as text or a number; nothing when it is of another shape.
pub(super) fn optional_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Flag(flag) => Some(flag),
        Scalar::Whole(number) => Some(number != 0),
        Scalar::Text(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Scalar::Text(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        _ => None,
    })
}

/// Like [`optional_flag`]; no when it does not say.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(optional_flag(deserializer)?.unwrap_or_default())
}

/// Reads a part that was kept as raw JSON.
pub(super) fn parse<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, serde_json::Error> {
    serde_json::from_str(raw.get())
}

/// Text that a person wrote: may hold what is legal in JSON but not in a `String`.
///
/// A surrogate without its other half (`"\ud83d"`, left over when a text was cut through an emoji) reads as U+FFFD.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let Bytes(bytes) = Bytes::deserialize(deserializer)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| replace_surrogates(error.as_bytes())))
}

/// The bytes of a text; lone surrogates have the three that UTF-8 would have for them.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes(text.into()))
            }
            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.into()))
            }
        }
        // Asked for text, serde_json would refuse lone surrogates.
        deserializer.deserialize_bytes(TextVisitor)
    }
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

/// Like [`text`] for an optional member: null and the empty text count as absent, and so does what is no text at all. A
/// number is read as its digits.
pub(super) fn any_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(raw_text(raw))
}

fn raw_text(raw: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Spoken(#[serde(deserialize_with = "text")] String);
    let text = match raw.get().as_bytes().first()? {
        b'"' => parse::<Spoken>(raw).ok()?.0,
        b'-' | b'0'..=b'9' => raw.get().to_owned(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The members of an object that are texts or numbers; none when it is no object.
pub(super) fn texts<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    let members: BTreeMap<String, &RawValue> = parse(raw).unwrap_or_default();
    Ok(members.into_iter().filter_map(|(name, value)| Some((name, raw_text(value)?))).collect())
}

/// A finite number, or text that spells one; nothing when it is of another shape.
pub(super) fn optional_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    struct Decimal(#[serde(deserialize_with = "wire::decimal")] f64);
    Ok(or_default::<D, Option<Decimal>>(deserializer)?.map(|number| number.0))
}

/// A whole number, or text that spells one; nothing when it is of another shape.
pub(super) fn optional_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Integer(#[serde(deserialize_with = "wire::integer")] i64);
    Ok(or_default::<D, Option<Integer>>(deserializer)?.map(|number| number.0))
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
    Ok(optional_object(deserializer)?.unwrap_or_default())
}

/// Like [`object`]; nothing when it is none.
pub(super) fn optional_object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct ObjectVisitor<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
        type Value = Option<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Option<T>, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members)).map(Some)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            Ok(None)
        }
        fn visit_unit<E>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
            Ok(None)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
            Ok(None)
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

/// Like [`loose`] for the member without which the rest is worth nothing.
pub(super) fn needed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    loose(deserializer)?.ok_or_else(|| D::Error::custom("the member is empty"))
}

/// Fails with `problem` when a member is absent.
pub(super) fn required<T>(member: Option<T>, name: &'static str) -> Result<T, serde_json::Error> {
    member.ok_or_else(|| serde_json::Error::missing_field(name))
}

#[cfg(test)]
mod tests;
