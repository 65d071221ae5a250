//! The value of the field `messages`: who it is about, messages, statuses, clicks, errors.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages>

use crate::{
    id::PhoneNumberId,
    webhook::{
        Event, UnknownEvent,
        contact::{self, Contacts},
        cursor::{Cursor, filled, once},
        envelope::{Events, Origin},
        error_report,
        lenient::{self, List, Word},
        message, status,
        summary::ConversationContext,
        user_action,
    },
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{fmt, sync::Arc};

/// A value with its items, each still to be read by itself.
#[derive(Default)]
pub(super) struct Value<'a> {
    metadata: Option<&'a RawValue>,
    contacts: List<'a>,
    messages: List<'a>,
    statuses: List<'a>,
    user_actions: List<'a>,
    errors: List<'a>,
    /// What was talked about before, if anything is told of it.
    summary: Option<Arc<str>>,
    /// Whether there is a list or an object of something else.
    has_more: bool,
}

/// The business number that a value is about.
#[derive(Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default, deserialize_with = "lenient::optional")]
    pub(super) phone_number_id: Option<PhoneNumberId>,
    /// In every event of the value, so they share it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub(super) display_phone_number: Option<Arc<str>>,
}

impl Metadata {
    pub(super) fn read(raw: Option<&RawValue>) -> Self {
        raw.and_then(|raw| lenient::parse(raw).ok()).unwrap_or_default()
    }

    /// Reads it when both members are text.
    pub(super) fn read_plain(cursor: &mut Cursor<'_>) -> Option<Self> {
        let (mut id, mut number) = (None, None);
        cursor.members(|cursor, name| match name {
            "phone_number_id" => once(&mut id, cursor.word()),
            "display_phone_number" => once(&mut number, cursor.word()),
            _ => cursor.skip(),
        })?;
        Some(Self { phone_number_id: filled(id), display_phone_number: filled(number) })
    }
}

/// What the items of one value have in common.
pub(super) struct Shared<'a> {
    pub(super) origin: &'a Origin<'a>,
    pub(super) metadata: &'a Metadata,
    pub(super) contacts: &'a Contacts<'a>,
    /// What was talked about before with the one whose messages these are.
    pub(super) summary: Option<Arc<str>>,
}

impl Value<'_> {
    /// Whether messages, statuses and the like are all that it holds.
    pub(super) fn is_plain(&self, field: &str) -> bool {
        !self.has_more && self.problem(field).is_none()
    }

    /// Without the field, a value that has nothing but errors may be of any.
    fn may_be_of(&self, field: &str) -> bool {
        let lists = [&self.messages, &self.statuses, &self.user_actions];
        !field.is_empty() || lists.iter().any(|list| !list.items.is_empty())
    }

    /// Why it does not hold what it should.
    fn problem(&self, field: &str) -> Option<&'static str> {
        if !self.may_be_of(field) {
            return Some("the field is missing");
        }
        problem([&self.messages, &self.statuses, &self.user_actions, &self.errors], self.has_more)
    }

    fn read_context(&mut self, raw: &RawValue) {
        let context: ConversationContext = lenient::parse(raw).unwrap_or_default();
        self.summary = context.text().map(Into::into);
        self.has_more |= self.summary.is_none() && is_filled(raw);
    }

    /// Reads messages, then all else; each item that cannot be read becomes [`Event::Unknown`] and leaves the others alone.
    pub(super) fn read(&self, origin: &Origin<'_>, events: &mut Events) {
        let metadata = Metadata::read(self.metadata);
        let people = contact::read(&self.contacts.items);
        let contacts = &Contacts::new(&people);
        let shared = Shared { origin, metadata: &metadata, contacts, summary: self.summary.clone() };
        let lists = [&self.messages, &self.statuses, &self.user_actions, &self.errors];
        events.reserve(lists.iter().map(|list| list.items.len()).sum());
        shared.push_all(
            "messages",
            &self.messages,
            |raw| message::read(raw.get(), &shared).map(Event::Message),
            events,
        );
        shared.push_all("statuses", &self.statuses, |raw| status::read(raw.get(), &shared), events);
        shared.push_all(
            "user_actions",
            &self.user_actions,
            |raw| user_action::read(raw, &shared).map(Event::UserAction),
            events,
        );
        shared.push_all(
            "errors",
            &self.errors,
            |raw| error_report::read(raw, &shared).map(Event::Error),
            events,
        );
    }
}

impl Shared<'_> {
    fn push_all(
        &self,
        name: &'static str,
        list: &List<'_>,
        read: impl Fn(&RawValue) -> Result<Event, serde_json::Error>,
        events: &mut Events,
    ) {
        for raw in &list.items {
            events.push(read(raw).unwrap_or_else(|error| {
                let number = self.metadata.phone_number_id.clone();
                let reason = Some(lenient::reason(&error));
                Event::Unknown(UnknownEvent::new(raw.get(), reason, number, self.origin).item_of(name))
            }));
        }
    }
}

/// Reads any value of the field `messages`.
pub(super) fn read(raw: &str, origin: &Origin<'_>, events: &mut Events) {
    let reason = match serde_json::from_str::<Value<'_>>(raw) {
        Ok(value) => {
            if value.may_be_of(origin.field) {
                value.read(origin, events);
            }
            if value.is_plain(origin.field) {
                return;
            }
            value.problem(origin.field).map(str::to_owned)
        }
        Err(error) => Some(lenient::reason(&error)),
    };
    // Nothing vanishes: whatever else happened is kept as the whole value.
    events.push(UnknownEvent::keep(raw, reason, phone_number_id(raw), origin));
}

/// Why lists do not hold the items of a value as they should; nothing when there is just more beside them.
pub(super) fn problem<'a>(
    lists: impl IntoIterator<Item = &'a List<'a>>,
    has_more: bool,
) -> Option<&'static str> {
    let mut is_empty = !has_more;
    for list in lists {
        if list.is_odd {
            return Some("a list is of another shape than expected");
        }
        is_empty &= list.items.is_empty();
    }
    is_empty.then_some("there is nothing in it")
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
                        "user_actions" => value.user_actions.append(members.next_value()?),
                        "errors" => value.errors.append(members.next_value()?),
                        "conversation_context" => value.read_context(members.next_value()?),
                        _ => value.has_more |= is_filled(members.next_value()?),
                    }
                }
                Ok(value)
            }
        }
        deserializer.deserialize_map(ValueVisitor)
    }
}

/// Whether it is a list or an object with something in it.
pub(super) fn is_filled(raw: &RawValue) -> bool {
    let inside = raw.get().strip_prefix(['[', '{']);
    inside.is_some_and(|inside| !inside.trim_start().starts_with([']', '}']))
}
