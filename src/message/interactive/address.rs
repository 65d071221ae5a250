//! Postal addresses as fields by name.

use crate::{
    error::{Path, Violation},
    wire::quiet_debug,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// A postal address, as the form of an [`AddressRequest`](crate::message::AddressRequest) holds it.
///
/// The methods are called as the fields are on the wire.
///
/// ```
/// use whatsapp_business::message::Address;
/// let home = Address::new().name("Ana").address("Palm Road 7").in_pin_code("400063").city("Mumbai");
/// ```
///
/// ```json
/// {"name": "Ana", "address": "Palm Road 7", "in_pin_code": "400063", "city": "Mumbai"}
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(Fields);

quiet_debug!(Address {});

/// Fields and limits from [Meta: address messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/address-messages).
impl Address {
    /// Longest Indian PIN code, in characters.
    pub const MAX_IN_PIN_CODE: usize = 6;

    /// An address without any field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The name of the person.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        self.field("name", name)
    }

    /// The phone number for the delivery.
    #[must_use]
    pub fn phone_number(self, number: impl Into<String>) -> Self {
        self.field("phone_number", number)
    }

    /// The Indian PIN code; at most [`Self::MAX_IN_PIN_CODE`] characters.
    #[must_use]
    pub fn in_pin_code(self, code: impl Into<String>) -> Self {
        self.field("in_pin_code", code)
    }

    /// The number of the flat or house.
    #[must_use]
    pub fn house_number(self, number: impl Into<String>) -> Self {
        self.field("house_number", number)
    }

    /// The number of the floor.
    #[must_use]
    pub fn floor_number(self, number: impl Into<String>) -> Self {
        self.field("floor_number", number)
    }

    /// The number of the tower.
    #[must_use]
    pub fn tower_number(self, number: impl Into<String>) -> Self {
        self.field("tower_number", number)
    }

    /// The name of the building.
    #[must_use]
    pub fn building_name(self, name: impl Into<String>) -> Self {
        self.field("building_name", name)
    }

    /// The street, and what has no field of its own.
    #[must_use]
    pub fn address(self, text: impl Into<String>) -> Self {
        self.field("address", text)
    }

    /// A landmark, or the area.
    #[must_use]
    pub fn landmark_area(self, text: impl Into<String>) -> Self {
        self.field("landmark_area", text)
    }

    /// The city.
    #[must_use]
    pub fn city(self, name: impl Into<String>) -> Self {
        self.field("city", name)
    }

    /// The state.
    #[must_use]
    pub fn state(self, name: impl Into<String>) -> Self {
        self.field("state", name)
    }

    /// A field by its name on the wire, for those that have no method here: Singapore once had `sg_post_code` and
    /// `unit_number`.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.set(name, value);
        self
    }

    /// What a field holds, by its name on the wire.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.0.get(name).map(String::as_str)
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let length = self.get("in_pin_code").map_or(0, |code| code.chars().count());
        if length > Self::MAX_IN_PIN_CODE {
            let limit = format!("at most {} characters", Self::MAX_IN_PIN_CODE);
            out.push(Violation::new(at.field("in_pin_code"), format!("has {length} characters"), limit));
        }
    }
}

/// Texts by name.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    pub(super) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// By hand, because what is derived keeps the last of two fields of the same name, and refuses null.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                #[derive(Deserialize)]
                struct Text(#[serde(deserialize_with = "crate::wire::text")] String);
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Option<Text>>()? {
                    if let Some(value) = value
                        && fields.insert(name, value.0).is_some()
                    {
                        return Err(A::Error::custom("duplicate field in an address"));
                    }
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}
