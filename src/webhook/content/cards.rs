//! Contact cards that a customer sent.

use crate::{
    id::{UserId, WaId},
    open::open_enum,
    webhook::lenient,
    wire::quiet_debug,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A contact card: a person or a business, as somebody's phone book describes them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContactCard {
    /// The name that stands on it (`name.formatted_name` on the wire).
    pub name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The middle name.
    pub middle_name: Option<String>,
    /// What precedes the name, such as `Dr`.
    pub prefix: Option<String>,
    /// What follows the name, such as `Jr`.
    pub suffix: Option<String>,
    /// The company they work for (`org.company` on the wire).
    pub company: Option<String>,
    /// The department of the company (`org.department` on the wire).
    pub department: Option<String>,
    /// What they are there (`org.title` on the wire).
    pub job_title: Option<String>,
    /// The birthday, mostly as `YYYY-MM-DD`.
    pub birthday: Option<String>,
    /// The phone numbers.
    pub phones: Vec<ContactPhone>,
    /// The e-mail addresses.
    pub emails: Vec<ContactEmail>,
    /// The web addresses.
    pub urls: Vec<ContactUrl>,
    /// The postal addresses.
    pub addresses: Vec<ContactAddress>,
    /// The whole card in the form phone books exchange; only of cards that we did not ask for.
    pub vcard: Option<String>,
    /// Whether the customer answered our request for their phone number.
    pub origin: Option<ContactOrigin>,
}
quiet_debug!(ContactCard { origin });

open_enum! {
    /// Why a contact card was sent.
    pub enum ContactOrigin {
        /// The customer answered our request for their phone number: the card is their own.
        ContactRequest = "contact_request",
        /// The customer sent it of their own accord.
        Other = "other",
    }
}

/// A phone number on a contact card.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ContactPhone {
    /// The number as it stands on the card (`phone` on the wire).
    #[serde(rename = "phone", default, deserialize_with = "lenient::any_text")]
    pub number: Option<String>,
    /// What it is for, such as `Home` (`type` on the wire).
    #[serde(rename = "type", default, deserialize_with = "lenient::any_text")]
    pub label: Option<String>,
    /// The number as WhatsApp knows it, when they use WhatsApp.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub wa_id: Option<WaId>,
    /// Their id within the business portfolio.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub user_id: Option<UserId>,
}
quiet_debug!(ContactPhone { wa_id, user_id });

/// An e-mail address on a contact card.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ContactEmail {
    /// The address (`email` on the wire).
    #[serde(rename = "email", default, deserialize_with = "lenient::any_text")]
    pub address: Option<String>,
    /// What it is for, such as `Work` (`type` on the wire).
    #[serde(rename = "type", default, deserialize_with = "lenient::any_text")]
    pub label: Option<String>,
}
quiet_debug!(ContactEmail {});

/// A web address on a contact card.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ContactUrl {
    /// The address, as they typed it.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub url: Option<String>,
    /// What it is for, such as `Work` (`type` on the wire).
    #[serde(rename = "type", default, deserialize_with = "lenient::any_text")]
    pub label: Option<String>,
}
quiet_debug!(ContactUrl {});

/// A postal address on a contact card.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ContactAddress {
    /// Street and house number.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub street: Option<String>,
    /// The city.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub city: Option<String>,
    /// The state or province.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub state: Option<String>,
    /// The postal code.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub zip: Option<String>,
    /// The country.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub country: Option<String>,
    /// The country's code of two letters.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub country_code: Option<String>,
    /// What it is, such as `Home` (`type` on the wire).
    #[serde(rename = "type", default, deserialize_with = "lenient::any_text")]
    pub label: Option<String>,
}
quiet_debug!(ContactAddress {});

/// A card on the wire; anything in it may be missing.
#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::or_default")]
    name: Name,
    #[serde(default, deserialize_with = "lenient::or_default")]
    org: Org,
    #[serde(default, deserialize_with = "lenient::any_text")]
    birthday: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    phones: Vec<ContactPhone>,
    #[serde(default, deserialize_with = "lenient::list")]
    emails: Vec<ContactEmail>,
    #[serde(default, deserialize_with = "lenient::list")]
    urls: Vec<ContactUrl>,
    #[serde(default, deserialize_with = "lenient::list")]
    addresses: Vec<ContactAddress>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    vcard: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional")]
    origin: Option<ContactOrigin>,
}

#[derive(Default, Deserialize)]
struct Name {
    #[serde(default, deserialize_with = "lenient::any_text")]
    formatted_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    last_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    middle_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    prefix: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    suffix: Option<String>,
}

#[derive(Default, Deserialize)]
struct Org {
    #[serde(default, deserialize_with = "lenient::any_text")]
    company: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    department: Option<String>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    title: Option<String>,
}

impl<'de> Deserialize<'de> for ContactCard {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { name, org, birthday, phones, emails, urls, addresses, vcard, origin } =
            Wire::deserialize(deserializer)?;
        let Name { formatted_name, first_name, last_name, middle_name, prefix, suffix } = name;
        let Org { company, department, title } = org;
        Ok(Self {
            name: formatted_name,
            first_name,
            last_name,
            middle_name,
            prefix,
            suffix,
            company,
            department,
            job_title: title,
            birthday,
            phones,
            emails,
            urls,
            addresses,
            vcard,
            origin,
        })
    }
}

/// Reads the cards of a message. Older pages of Meta put the origin on the message: it counts for cards without their own.
pub(super) fn read(
    cards: &RawValue,
    origin: Option<&ContactOrigin>,
) -> Result<Vec<ContactCard>, serde_json::Error> {
    let mut cards: Vec<ContactCard> = lenient::parse(cards)?;
    for card in &mut cards {
        card.origin = card.origin.take().or_else(|| origin.cloned());
    }
    Ok(cards)
}
