//! The value of the field `messages`: who it is about, messages, statuses, errors.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages>

use crate::{
    id::PhoneNumberId,
    webhook::{
        Event, UnknownEvent,
        contact::{self, Contacts},
        envelope::{Events, Origin},
        lenient::{self, Word},
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

#[derive(Default)]
struct Value<'a> {
    metadata: Option<&'a RawValue>,
    contacts: Option<&'a RawValue>,
    messages: Vec<&'a RawValue>,
    statuses: Vec<&'a RawValue>,
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
    fn read(raw: Option<&RawValue>) -> Self {
        raw.and_then(|raw| lenient::parse(raw).ok()).unwrap_or_default()
    }
}

/// What the items of one value have in common.
pub(super) struct Shared<'a> {
    pub(super) origin: &'a Origin<'a>,
    pub(super) metadata: &'a Metadata,
    pub(super) contacts: &'a Contacts<'a>,
}

/// Reads messages, then statuses; each that cannot be read becomes [`Event::Unknown`] and leaves the others alone.
pub(super) fn read(raw: &str, origin: &Origin<'_>, events: &mut Events) {
    let value: Value<'_> = match serde_json::from_str(raw) {
        Ok(value) => value,
        Err(error) => {
            let reason = Some(lenient::reason(&error));
            return events.push(UnknownEvent::keep(raw, reason, phone_number_id(raw), origin));
        }
    };
    let metadata = Metadata::read(value.metadata);
    let people = contact::read(value.contacts);
    let shared = Shared { origin, metadata: &metadata, contacts: &Contacts::new(&people) };
    let before = events.len();
    for raw in value.messages {
        let message = message::read(raw.get(), &shared).map(Event::Message);
        events.push(message.unwrap_or_else(|error| unreadable(raw, &error, &shared)));
    }
    for raw in value.statuses {
        let status = status::read(raw.get(), &shared).map(Event::Status);
        events.push(status.unwrap_or_else(|error| unreadable(raw, &error, &shared)));
    }
    // Nothing vanishes: what else happened is kept as the whole value.
    if value.has_more || events.len() == before {
        events.push(UnknownEvent::keep(raw, None, metadata.phone_number_id, origin));
    }
}

fn unreadable(raw: &RawValue, error: &serde_json::Error, shared: &Shared<'_>) -> Event {
    let number = shared.metadata.phone_number_id.clone();
    UnknownEvent::keep(raw.get(), Some(lenient::reason(error)), number, shared.origin)
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
                        "messages" => value.messages.extend(items(&mut members)?),
                        "statuses" => value.statuses.extend(items(&mut members)?),
                        _ => value.has_more |= is_filled_list(members.next_value()?),
                    }
                }
                Ok(value)
            }
        }
        deserializer.deserialize_map(ValueVisitor)
    }
}

/// The items of a list, each to be read by itself.
fn items<'de, A: MapAccess<'de>>(members: &mut A) -> Result<Vec<&'de RawValue>, A::Error> {
    Ok(members.next_value::<Option<_>>()?.unwrap_or_default())
}

fn is_filled_list(raw: &RawValue) -> bool {
    raw.get().strip_prefix('[').is_some_and(|rest| !rest.trim_start().starts_with(']'))
}
