//! Contact cards.

mod card;
mod details;

pub use card::Contact;
pub use details::{ContactAddress, ContactEmail, ContactPhone, ContactUrl};

use crate::{
    check,
    error::{Path, Violation},
    message::{Content, Kind},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Contact cards, which the customer can save, write to or call.
///
/// A single [`Contact`] converts into content as well.
///
/// ```
/// use whatsapp_business::message::{Contact, ContactPhone, Contacts, Content};
/// let ana = Contact::new("Ana Silva").first_name("Ana").phone(ContactPhone::new("+14155550123").wa_id("14155550123"));
/// let shop = Contact::new("Lucky Shrub").email("hello@example.com");
/// assert!(Content::from(Contacts::new([ana, shop])).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "contacts", "contacts": [
///   {"name": {"formatted_name": "Ana Silva", "first_name": "Ana"},
///    "phones": [{"phone": "+14155550123", "wa_id": "14155550123"}]},
///   {"name": {"formatted_name": "Lucky Shrub"}, "emails": [{"email": "hello@example.com"}]}]}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contacts {
    contacts: Vec<Contact>,
}

quiet_debug!(Contacts { contacts });

/// Limits from [Meta: contacts messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/contacts-messages).
impl Contacts {
    /// Most cards. Meta's OpenAPI document says 5, its page 257: the looser one counts here.
    pub const MAX_CONTACTS: usize = 257;

    /// These 1 to [`Self::MAX_CONTACTS`] cards.
    #[must_use]
    pub fn new(contacts: impl IntoIterator<Item = Contact>) -> Self {
        Self { contacts: contacts.into_iter().collect() }
    }

    /// The cards, in order.
    #[must_use]
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }
}

impl Kind for Contacts {
    const TYPE: &'static str = "contacts";

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::count(at, self.contacts.len(), &(1..=Self::MAX_CONTACTS), "contacts", out);
        for (index, contact) in self.contacts.iter().enumerate() {
            contact.check(at.index(index), out);
        }
    }

    fn words(&self) -> Option<String> {
        let names: Vec<_> = self.contacts.iter().map(Contact::name).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

impl From<Contact> for Contacts {
    fn from(contact: Contact) -> Self {
        Self::new([contact])
    }
}

impl From<Contact> for Content {
    fn from(contact: Contact) -> Self {
        Self::Contacts(contact.into())
    }
}
