//! Members of a notice: one of another shape than expected counts as absent, and the others are read all the same.

use crate::{webhook::lenient, wire};
use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, Error as _},
};
use serde_json::value::RawValue;

/// An id, a word or what a person wrote: numbers count as their digits, null and the empty text as absent.
pub(super) fn text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    #[derive(Deserialize)]
    struct Text(#[serde(deserialize_with = "lenient::text")] String);
    #[derive(Deserialize)]
    struct Digits(#[serde(deserialize_with = "wire::text")] String);
    let raw = <&RawValue>::deserialize(deserializer)?;
    let text = lenient::parse::<Text>(raw).map(|text| text.0);
    let text = text.or_else(|_| lenient::parse::<Digits>(raw).map(|digits| digits.0));
    Ok(text.ok().filter(|text| !text.is_empty()).map(|text| T::from(&text)))
}

/// Like [`text`] for the member without which the notice tells nothing.
pub(super) fn needed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    text(deserializer)?.ok_or_else(|| D::Error::custom("the member is empty"))
}

/// A whole number, or text that spells one.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Integer(#[serde(deserialize_with = "wire::integer")] i64);
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(lenient::parse::<Integer>(raw).ok().map(|integer| integer.0))
}

/// A number, or text that spells one.
pub(super) fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    #[derive(Deserialize)]
    struct Decimal(#[serde(deserialize_with = "wire::decimal")] f64);
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(lenient::parse::<Decimal>(raw).ok().map(|decimal| decimal.0))
}

/// An object of further members.
pub(super) fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(read_object(<&RawValue>::deserialize(deserializer)?))
}

/// The objects of a list.
pub(super) fn objects<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(items(<&RawValue>::deserialize(deserializer)?).into_iter().filter_map(read_object).collect())
}

/// The ids or words of a list.
pub(super) fn texts<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    #[derive(Deserialize)]
    #[serde(bound = "T: for<'a> From<&'a str>")]
    struct Item<T>(#[serde(deserialize_with = "text")] Option<T>);
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(items(raw).into_iter().filter_map(|item| lenient::parse::<Item<T>>(item).ok()?.0).collect())
}

fn items(raw: &RawValue) -> Vec<&RawValue> {
    lenient::parse(raw).unwrap_or_default()
}

/// What is derived would read a list as an object, member by member.
pub(super) fn read_object<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    if raw.get().starts_with('{') { lenient::parse(raw).ok() } else { None }
}
