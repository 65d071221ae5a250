//! One contact card.

use super::{ContactAddress, ContactEmail, ContactPhone, ContactUrl};
use crate::{
    check,
    error::{Path, Violation},
    wire::{self, quiet_debug},
};
use serde::{Deserialize, Serialize};

/// One contact card: a person or a business.
///
/// How much of it the customer sees depends on their app.
///
/// ```
/// use whatsapp_business::message::{Contact, ContactAddress, ContactEmail, ContactPhone, ContactUrl, Content};
/// let card = Contact::new("Dr Ana Silva")
///     .prefix("Dr").first_name("Ana").last_name("Silva")
///     .company("Lucky Shrub").department("Gardens").job_title("Head gardener")
///     .birthday("1990-02-28")
///     .phone(ContactPhone::new("+14155550123").label("Work").wa_id("14155550123"))
///     .email(ContactEmail::new("ana@example.com").label("Work"))
///     .url("https://example.com")
///     .address(ContactAddress::new().street("1 Garden Way").city("Menlo Park").country_code("US"));
/// assert!(Content::from(card).validate().is_ok());
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    name: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    org: Option<Org>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    birthday: Option<String>,
    #[serde(default, deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    phones: Vec<ContactPhone>,
    #[serde(default, deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    emails: Vec<ContactEmail>,
    #[serde(default, deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    urls: Vec<ContactUrl>,
    #[serde(default, deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<ContactAddress>,
}

quiet_debug!(Contact {});

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    #[serde(deserialize_with = "wire::text")]
    formatted_name: String,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    middle_name: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Org {
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(default, deserialize_with = "wire::nullable_text", skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

impl Contact {
    /// A card with the name that stands on it (`formatted_name` on the wire). Older pages of Meta also ask for one of the
    /// name's parts, such as [`first_name`](Self::first_name).
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Name { formatted_name: name.into(), ..Name::default() },
            org: None,
            birthday: None,
            phones: Vec::new(),
            emails: Vec::new(),
            urls: Vec::new(),
            addresses: Vec::new(),
        }
    }

    /// The first name.
    #[must_use]
    pub fn first_name(mut self, name: impl Into<String>) -> Self {
        self.name.first_name = Some(name.into());
        self
    }

    /// The last name.
    #[must_use]
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.name.last_name = Some(name.into());
        self
    }

    /// The middle name.
    #[must_use]
    pub fn middle_name(mut self, name: impl Into<String>) -> Self {
        self.name.middle_name = Some(name.into());
        self
    }

    /// What follows the name, such as `Jr`.
    #[must_use]
    pub fn suffix(mut self, suffix: impl Into<String>) -> Self {
        self.name.suffix = Some(suffix.into());
        self
    }

    /// What precedes the name, such as `Dr`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.name.prefix = Some(prefix.into());
        self
    }

    /// The company they work for (`org.company` on the wire).
    #[must_use]
    pub fn company(mut self, name: impl Into<String>) -> Self {
        self.org.get_or_insert_default().company = Some(name.into());
        self
    }

    /// The department of the company (`org.department` on the wire).
    #[must_use]
    pub fn department(mut self, name: impl Into<String>) -> Self {
        self.org.get_or_insert_default().department = Some(name.into());
        self
    }

    /// What they are there (`org.title` on the wire).
    #[must_use]
    pub fn job_title(mut self, title: impl Into<String>) -> Self {
        self.org.get_or_insert_default().title = Some(title.into());
        self
    }

    /// The birthday, as `YYYY-MM-DD`.
    #[must_use]
    pub fn birthday(mut self, date: impl Into<String>) -> Self {
        self.birthday = Some(date.into());
        self
    }

    /// Adds a phone number.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<ContactPhone>) -> Self {
        self.phones.push(phone.into());
        self
    }

    /// Adds an e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<ContactEmail>) -> Self {
        self.emails.push(email.into());
        self
    }

    /// Adds a web address.
    #[must_use]
    pub fn url(mut self, url: impl Into<ContactUrl>) -> Self {
        self.urls.push(url.into());
        self
    }

    /// Adds a postal address.
    #[must_use]
    pub fn address(mut self, address: ContactAddress) -> Self {
        self.addresses.push(address);
        self
    }

    /// The name that stands on it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name.formatted_name
    }

    /// The phone numbers, in order.
    #[must_use]
    pub fn phones(&self) -> &[ContactPhone] {
        &self.phones
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.name.check(at.field("name"), out);
        if let Some(org) = &self.org {
            org.check(at.field("org"), out);
        }
        if self.birthday.as_deref().is_some_and(|date| !is_date(date)) {
            out.push(Violation::new(at.field("birthday"), "is not a date", "YYYY-MM-DD"));
        }
        let phones = at.field("phones");
        for (index, phone) in self.phones.iter().enumerate() {
            phone.check(phones.index(index), out);
        }
        let emails = at.field("emails");
        for (index, email) in self.emails.iter().enumerate() {
            email.check(emails.index(index), out);
        }
        let urls = at.field("urls");
        for (index, url) in self.urls.iter().enumerate() {
            url.check(urls.index(index), out);
        }
        let addresses = at.field("addresses");
        for (index, address) in self.addresses.iter().enumerate() {
            address.check(addresses.index(index), out);
        }
    }
}

impl Name {
    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("formatted_name"), &self.formatted_name, out);
        for (name, text) in [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("middle_name", &self.middle_name),
            ("suffix", &self.suffix),
            ("prefix", &self.prefix),
        ] {
            check::optional_filled(at.field(name), text.as_deref(), out);
        }
    }
}

impl Org {
    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let Self { company, department, title } = self;
        for (name, text) in [("company", company), ("department", department), ("title", title)] {
            check::optional_filled(at.field(name), text.as_deref(), out);
        }
    }
}

/// Whether text is a day of the calendar, written `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let is_shaped = text.len() == 10
        && text.bytes().enumerate().all(|(place, b)| match place {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let mut numbers = text.split('-').map(str::parse::<u32>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (numbers.next(), numbers.next(), numbers.next())
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    is_shaped && (1..=days).contains(&day)
}
