//! Where the things of an order go.

use crate::{
    check,
    error::{Path, Violation},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Who gets the goods of an order in India, which its law asks for; the customer does not see it.
///
/// ```json
/// {"name": "Asha Nair", "address_line1": "12 Harbour Road", "city": "Mumbai", "state": "Maharashtra",
///  "country": "India", "postal_code": "400001"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beneficiary {
    name: String,
    address_line1: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    address_line2: Option<String>,
    city: String,
    state: String,
    country: String,
    #[serde(deserialize_with = "crate::wire::text")]
    postal_code: String,
}

quiet_debug!(Beneficiary {});

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg).
impl Beneficiary {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 200;
    /// Longest line of the address, in characters.
    pub const MAX_LINE: usize = 100;
    /// Length of a postal code, in digits.
    pub const POSTAL_CODE: usize = 6;

    /// A person or business, by what is written on the parcel: the name (at most [`Self::MAX_NAME`] characters), the
    /// address (at most [`Self::MAX_LINE`]), city, state, and postal code.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        line: impl Into<String>,
        city: impl Into<String>,
        state: impl Into<String>,
        postal_code: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            address_line1: line.into(),
            address_line2: None,
            city: city.into(),
            state: state.into(),
            country: "India".to_owned(),
            postal_code: postal_code.into(),
        }
    }

    /// A second line of the address, such as a landmark; at most [`Self::MAX_LINE`] characters.
    #[must_use]
    pub fn line2(mut self, line: impl Into<String>) -> Self {
        self.address_line2 = Some(line.into());
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::text(at.field("name"), &self.name, Self::MAX_NAME, out);
        check::text(at.field("address_line1"), &self.address_line1, Self::MAX_LINE, out);
        check::optional_text(at.field("address_line2"), self.address_line2.as_deref(), Self::MAX_LINE, out);
        check::filled(at.field("city"), &self.city, out);
        check::filled(at.field("state"), &self.state, out);
        check::exactly(at.field("country"), &self.country, "India", out);
        check::digits(at.field("postal_code"), &self.postal_code, Self::POSTAL_CODE, out);
    }
}

/// The addresses that a customer in India may have goods sent to, for a template with a "Buy now" button.
///
/// ```json
/// {"country": "IN", "addresses": []}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingInfo {
    country: String,
    #[serde(default, deserialize_with = "crate::wire::list")]
    addresses: Vec<ShippingAddress>,
}

quiet_debug!(ShippingInfo { addresses });

impl ShippingInfo {
    /// No known address: the customer is asked for one.
    #[must_use]
    pub fn new() -> Self {
        Self { country: "IN".to_owned(), addresses: Vec::new() }
    }

    /// Adds an address to choose from.
    #[must_use]
    pub fn address(mut self, address: ShippingAddress) -> Self {
        self.addresses.push(address);
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::exactly(at.field("country"), &self.country, "IN", out);
        let list = at.field("addresses");
        for (index, address) in self.addresses.iter().enumerate() {
            address.check(list.index(index), out);
        }
    }
}

impl Default for ShippingInfo {
    fn default() -> Self {
        Self::new()
    }
}

/// An address in India that goods may be sent to.
///
/// It has the fields of an [`Address`](crate::message::Address), of which a bill requires six and limits all.
///
/// ```json
/// {"name": "Asha Nair", "phone_number": "911234567890", "address": "12 Harbour Road", "city": "Mumbai",
///  "state": "Maharashtra", "in_pin_code": "400001", "house_number": "7"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingAddress {
    name: String,
    #[serde(deserialize_with = "crate::wire::text")]
    phone_number: String,
    address: String,
    city: String,
    state: String,
    #[serde(deserialize_with = "crate::wire::text")]
    in_pin_code: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    landmark_area: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    house_number: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    floor_number: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    tower_number: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    building_name: Option<String>,
}

quiet_debug!(ShippingAddress {});

/// Limits from [Meta: checkout button templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/checkout-button-templates).
impl ShippingAddress {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 256;
    /// Longest phone number, in characters.
    pub const MAX_PHONE_NUMBER: usize = 12;
    /// Longest address, in characters.
    pub const MAX_ADDRESS: usize = 512;
    /// Longest name of a city, in characters.
    pub const MAX_CITY: usize = 100;
    /// Longest name of a state, in characters.
    pub const MAX_STATE: usize = 100;
    /// Longest PIN code, in characters.
    pub const MAX_IN_PIN_CODE: usize = 6;
    /// Longest landmark, in characters.
    pub const MAX_LANDMARK_AREA: usize = 128;
    /// Longest number of a house, in characters.
    pub const MAX_HOUSE_NUMBER: usize = 8;
    /// Longest number of a floor, in characters.
    pub const MAX_FLOOR_NUMBER: usize = 10;
    /// Longest number of a tower, in characters.
    pub const MAX_TOWER_NUMBER: usize = 8;
    /// Longest name of a building, in characters.
    pub const MAX_BUILDING_NAME: usize = 128;

    /// What every address has: the name, phone number, address, city, state, and PIN code.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        phone_number: impl Into<String>,
        address: impl Into<String>,
        city: impl Into<String>,
        state: impl Into<String>,
        pin_code: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            phone_number: phone_number.into(),
            address: address.into(),
            city: city.into(),
            state: state.into(),
            in_pin_code: pin_code.into(),
            landmark_area: None,
            house_number: None,
            floor_number: None,
            tower_number: None,
            building_name: None,
        }
    }

    /// A landmark or area near it.
    #[must_use]
    pub fn landmark_area(mut self, text: impl Into<String>) -> Self {
        self.landmark_area = Some(text.into());
        self
    }

    /// The flat or house.
    #[must_use]
    pub fn house_number(mut self, number: impl Into<String>) -> Self {
        self.house_number = Some(number.into());
        self
    }

    /// The floor.
    #[must_use]
    pub fn floor_number(mut self, number: impl Into<String>) -> Self {
        self.floor_number = Some(number.into());
        self
    }

    /// The tower.
    #[must_use]
    pub fn tower_number(mut self, number: impl Into<String>) -> Self {
        self.tower_number = Some(number.into());
        self
    }

    /// The building.
    #[must_use]
    pub fn building_name(mut self, name: impl Into<String>) -> Self {
        self.building_name = Some(name.into());
        self
    }

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        for (name, text, max) in [
            ("name", &self.name, Self::MAX_NAME),
            ("phone_number", &self.phone_number, Self::MAX_PHONE_NUMBER),
            ("address", &self.address, Self::MAX_ADDRESS),
            ("city", &self.city, Self::MAX_CITY),
            ("state", &self.state, Self::MAX_STATE),
            ("in_pin_code", &self.in_pin_code, Self::MAX_IN_PIN_CODE),
        ] {
            check::text(at.field(name), text, max, out);
        }
        for (name, text, max) in [
            ("landmark_area", &self.landmark_area, Self::MAX_LANDMARK_AREA),
            ("house_number", &self.house_number, Self::MAX_HOUSE_NUMBER),
            ("floor_number", &self.floor_number, Self::MAX_FLOOR_NUMBER),
            ("tower_number", &self.tower_number, Self::MAX_TOWER_NUMBER),
            ("building_name", &self.building_name, Self::MAX_BUILDING_NAME),
        ] {
            check::optional_text(at.field(name), text.as_deref(), max, out);
        }
    }
}
