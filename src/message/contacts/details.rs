//! The numbers and addresses of a contact card.

use crate::{
    check,
    error::{Path, Violation},
    id::WaId,
    wire::{self, quiet_debug},
};
use serde::{Deserialize, Serialize};

/// A phone number on a contact card; text converts into one.
///
/// ```
/// use whatsapp_business::message::ContactPhone;
/// let phone = ContactPhone::new("+1 (415) 555-0123").label("Work").wa_id("14155550123");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactPhone {
    #[serde(deserialize_with = "wire::text")]
    phone: String,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wa_id: Option<WaId>,
}

quiet_debug!(ContactPhone {});

impl ContactPhone {
    /// A phone number, as it is to be read.
    #[must_use]
    pub fn new(number: impl Into<String>) -> Self {
        Self { phone: number.into(), r#type: None, wa_id: None }
    }

    /// What the number is for, such as `Home` or `Work` (`type` on the wire).
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.r#type = Some(text.into());
        self
    }

    /// The number as WhatsApp knows it. With it the card has a button to write to them, without it one to invite them.
    #[must_use]
    pub fn wa_id(mut self, id: impl Into<WaId>) -> Self {
        self.wa_id = Some(id.into());
        self
    }

    /// The phone number.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.phone
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("phone"), &self.phone, out);
        check::optional_filled(at.field("type"), self.r#type.as_deref(), out);
        if let Some(wa_id) = &self.wa_id {
            check::id(at.field("wa_id"), wa_id.as_str(), out);
        }
    }
}

impl<T: Into<String>> From<T> for ContactPhone {
    fn from(number: T) -> Self {
        Self::new(number)
    }
}

/// An e-mail address on a contact card; text converts into one.
///
/// ```
/// use whatsapp_business::message::ContactEmail;
/// let email = ContactEmail::new("ana@example.com").label("Work");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactEmail {
    email: String,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
}

quiet_debug!(ContactEmail {});

impl ContactEmail {
    /// An e-mail address.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self { email: address.into(), r#type: None }
    }

    /// What the address is for, such as `Home` or `Work` (`type` on the wire).
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.r#type = Some(text.into());
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("email"), &self.email, out);
        check::optional_filled(at.field("type"), self.r#type.as_deref(), out);
    }
}

impl<T: Into<String>> From<T> for ContactEmail {
    fn from(address: T) -> Self {
        Self::new(address)
    }
}

/// A web address on a contact card; text converts into one.
///
/// ```
/// use whatsapp_business::message::ContactUrl;
/// let site = ContactUrl::new("https://example.com").label("Company");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactUrl {
    url: String,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
}

quiet_debug!(ContactUrl {});

impl ContactUrl {
    /// A web address.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), r#type: None }
    }

    /// What the address is for, such as `Company` or `Work` (`type` on the wire).
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.r#type = Some(text.into());
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("url"), &self.url, out);
        check::optional_filled(at.field("type"), self.r#type.as_deref(), out);
    }
}

impl<T: Into<String>> From<T> for ContactUrl {
    fn from(url: T) -> Self {
        Self::new(url)
    }
}

/// A postal address on a contact card; every part of it may be left out.
///
/// ```
/// use whatsapp_business::message::ContactAddress;
/// let home = ContactAddress::new().street("1 Garden Way").city("Menlo Park").state("CA").zip("94025").label("Home");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactAddress {
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    zip: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    country_code: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
}

quiet_debug!(ContactAddress {});

impl ContactAddress {
    /// An address without parts so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The street and number.
    #[must_use]
    pub fn street(mut self, text: impl Into<String>) -> Self {
        self.street = Some(text.into());
        self
    }

    /// The city.
    #[must_use]
    pub fn city(mut self, text: impl Into<String>) -> Self {
        self.city = Some(text.into());
        self
    }

    /// The state's code.
    #[must_use]
    pub fn state(mut self, text: impl Into<String>) -> Self {
        self.state = Some(text.into());
        self
    }

    /// The postal code.
    #[must_use]
    pub fn zip(mut self, text: impl Into<String>) -> Self {
        self.zip = Some(text.into());
        self
    }

    /// The country's name.
    #[must_use]
    pub fn country(mut self, text: impl Into<String>) -> Self {
        self.country = Some(text.into());
        self
    }

    /// The country's code: the two letters of ISO 3166.
    #[must_use]
    pub fn country_code(mut self, code: impl Into<String>) -> Self {
        self.country_code = Some(code.into());
        self
    }

    /// What the address is, such as `Home` or `Work` (`type` on the wire).
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.r#type = Some(text.into());
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        for (name, text) in [
            ("street", &self.street),
            ("city", &self.city),
            ("state", &self.state),
            ("zip", &self.zip),
            ("country", &self.country),
            ("type", &self.r#type),
        ] {
            check::optional_filled(at.field(name), text.as_deref(), out);
        }
        let two_letters = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
        if self.country_code.as_deref().is_some_and(|code| !two_letters(code)) {
            out.push(Violation::new(
                at.field("country_code"),
                "is not a country code",
                "two letters, such as US",
            ));
        }
    }
}
