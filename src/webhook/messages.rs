//! The value of the field `messages`: who it is about, messages, statuses, errors.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages>

use crate::{
    id::PhoneNumberId,
    webhook::{
        Event, UnknownEvent,
        contact::{self, Contacts},
        envelope::{Events, Origin},
        lenient::{self, List, Word},
        message, status,
    },
    wire,
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::fmt;

/// A value with its items, each still to be read by itself.
#[derive(Default)]
pub(super) struct Value<'a> {
    metadata: Option<&'a RawValue>,
    contacts: List<'a>,
    messages: List<'a>,
    statuses: List<'a>,
    /// Whether there is a list of something else, such as `errors`.
    has_more: bool,
}

/// The business number that a value is about.
#[derive(Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default, deserialize_with = "wire::optional")]
    pub(super) phone_number_id: Option<PhoneNumberId>,
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub(super) display_phone_number: Option<String>,
}

impl Metadata {
    pub(super) fn read(raw: Option<&RawValue>) -> Self {
        raw.and_then(|raw| lenient::parse(raw).ok()).unwrap_or_default()
    }
}

/// What the items of one value have in common.
pub(super) struct Shared<'a> {
    pub(super) origin: &'a Origin<'a>,
    pub(super) metadata: &'a Metadata,
    pub(super) contacts: &'a Contacts<'a>,
}

impl Value<'_> {
    /// Whether messages and statuses are all that it holds.
    pub(super) fn is_plain(&self) -> bool {
        let is_odd = self.has_more || self.messages.is_odd || self.statuses.is_odd;
        let is_empty = self.messages.items.is_empty() && self.statuses.items.is_empty();
        !is_odd && !is_empty
    }

    /// Reads messages, then statuses; each that cannot be read becomes [`Event::Unknown`] and leaves the others alone.
    pub(super) fn read(&self, origin: &Origin<'_>, events: &mut Events) {
        let metadata = Metadata::read(self.metadata);
        let people = contact::read(&self.contacts.items);
        let shared = Shared { origin, metadata: &metadata, contacts: &Contacts::new(&people) };
        let unreadable = |raw: &RawValue, error: &serde_json::Error| {
            let number = shared.metadata.phone_number_id.clone();
            UnknownEvent::keep(raw.get(), Some(lenient::reason(error)), number, shared.origin)
        };
        events.reserve(self.messages.items.len() + self.statuses.items.len());
        for raw in &self.messages.items {
            let message = message::read(raw.get(), &shared).map(Event::Message);
            events.push(message.unwrap_or_else(|error| unreadable(raw, &error)));
        }
        for raw in &self.statuses.items {
            let status = status::read(raw.get(), &shared).map(Event::Status);
            events.push(status.unwrap_or_else(|error| unreadable(raw, &error)));
        }
    }
}

/// Reads any value of the field `messages`.
pub(super) fn read(raw: &str, origin: &Origin<'_>, events: &mut Events) {
    let reason = match serde_json::from_str::<Value<'_>>(raw) {
        Ok(value) => {
            value.read(origin, events);
            if value.is_plain() {
                return;
            }
            None
        }
        Err(error) => Some(lenient::reason(&error)),
    };
    // Nothing vanishes: whatever else happened is kept as the whole value.
    events.push(UnknownEvent::keep(raw, reason, phone_number_id(raw), origin));
}

/// The business number a value of any field is about, if it says.
pub(super) fn phone_number_id(raw: &str) -> Option<PhoneNumberId> {
    #[derive(Deserialize)]
    struct Value {
        #[serde(default, deserialize_with = "lenient::or_default")]
        metadata: Metadata,
    }
    serde_json::from_str::<Value>(raw).ok()?.metadata.phone_number_id
}

/// By hand, because what is derived either skips members it does not know or copies them all.
impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
                let mut value = Value::default();
                while let Some(name) = members.next_key::<Word<'de>>()? {
                    match &*name.0 {
                        "metadata" => value.metadata = members.next_value()?,
                        "contacts" => value.contacts = members.next_value()?,
                        "messages" => value.messages.append(members.next_value()?),
                        "statuses" => value.statuses.append(members.next_value()?),
                        _ => value.has_more |= is_filled_list(members.next_value()?),
                    }
                }
                Ok(value)
            }
        }
        deserializer.deserialize_map(ValueVisitor)
    }
}

fn is_filled_list(raw: &RawValue) -> bool {
    raw.get().strip_prefix('[').is_some_and(|rest| !rest.trim_start().starts_with(']'))
}
