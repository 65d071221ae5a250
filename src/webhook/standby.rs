//! What happens in conversations that another app answers.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/standby>

use crate::{
    id::{AccountId, MessageId, PhoneNumberId},
    time::Timestamp,
    webhook::{
        Contact, Event, InboundMessage, Status, UnknownEvent,
        contact::{self, Contacts},
        envelope::{Events, Origin},
        event,
        lenient::{self, List},
        message,
        messages::{self, Metadata, Shared},
        status,
    },
    wire::{self, quiet_debug},
};
use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::Arc;

/// Something that happened in a conversation that another app answers (`standby` on the wire).
///
/// It is told to apps that may have to take over: look on, and do not answer. A conversation is ours again when a
/// [`Handover`](crate::webhook::notice::Handover) says so, or when its messages come as [`Event::Message`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Standby {
    /// The customer wrote something.
    Message(InboundMessage),
    /// Something became of a message that the other app sent.
    Status(Status),
    /// The other app sent something.
    Echo(StandbyEcho),
}

impl Standby {
    /// The key of the same thing in a conversation of ours, set apart: it does not have the same effect.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Message(message) => format!("standby:{}", event::message_key(message)),
            Self::Status(status) => format!("standby:{}", event::status_key(status)),
            Self::Echo(echo) => format!("standby:echo:{}", echo.id),
        }
    }

    /// Our number that this is about.
    #[must_use]
    pub fn phone_number_id(&self) -> Option<&PhoneNumberId> {
        match self {
            Self::Message(message) => message.phone_number_id.as_ref(),
            Self::Status(status) => status.phone_number_id.as_ref(),
            Self::Echo(echo) => echo.phone_number_id.as_ref(),
        }
    }

    /// The account that owns our number.
    #[must_use]
    pub fn account_id(&self) -> Option<&AccountId> {
        match self {
            Self::Message(message) => message.account_id.as_ref(),
            Self::Status(status) => status.account_id.as_ref(),
            Self::Echo(echo) => echo.account_id.as_ref(),
        }
    }

    /// When it happened.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        match self {
            Self::Message(message) => message.timestamp,
            Self::Status(status) => status.timestamp,
            Self::Echo(echo) => echo.timestamp,
        }
    }

    /// The person on the other side, matched by id.
    #[must_use]
    pub fn contact(&self) -> Option<&Contact> {
        match self {
            Self::Message(message) => message.contact.as_deref(),
            Self::Status(status) => status.contact.as_deref(),
            Self::Echo(_) => None,
        }
    }

    /// The JSON of this message, status or echo as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        match self {
            Self::Message(message) => message.raw(),
            Self::Status(status) => status.raw(),
            Self::Echo(echo) => echo.raw(),
        }
    }
}

/// A message that another app sent from our number.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StandbyEcho {
    /// Meta's id of the message.
    pub id: MessageId,
    /// When it was sent.
    pub timestamp: Timestamp,
    /// Our number that it was sent from.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    message: Box<str>,
    template: Option<Box<str>>,
    flow: Option<Box<str>>,
    raw: Box<str>,
}
quiet_debug!(StandbyEcho { id, timestamp, phone_number_id });

impl StandbyEcho {
    /// The body of the request by which it was sent, as JSON: reads as a [`Message`](crate::Message).
    ///
    /// ```
    /// use whatsapp_business::{Message, webhook::{Delivery, Event, Standby}};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let body = br#"{"entry":[{"id":"1","changes":[{"field":"standby","value":{"standby":{"message_echoes":[
    /// #     {"id":"wamid.1","timestamp":"1","message":{"messaging_product":"whatsapp","recipient_type":"individual",
    /// #     "to":"14155550123","type":"text","text":{"body":"Hello"}}}]}}}]}]}"#;
    /// for event in Delivery::unverified(body)? {
    ///     let Event::Standby(standby) = event else { continue };
    ///     let Standby::Echo(echo) = &*standby else { continue };
    ///     let sent: Message = serde_json::from_str(echo.message())?;
    ///     println!("another app sent {:?}", sent.content());
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The template that was sent as Meta keeps it, as JSON.
    #[must_use]
    pub fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// The Flow that was sent as Meta keeps it, as JSON.
    #[must_use]
    pub fn flow(&self) -> Option<&str> {
        self.flow.as_deref()
    }

    /// The echo's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

/// The members of an object, each still to be read by itself.
type Members<'a> = HashMap<String, &'a RawValue>;

/// Reads messages, then statuses, then echoes; each that cannot be read becomes [`Event::Unknown`] and leaves the others
/// alone.
pub(super) fn read(raw: &str, origin: &Origin<'_>, events: &mut Events) {
    let number = || messages::phone_number_id(raw);
    let (mut value, mut standby) = match read_members(raw) {
        Ok(members) => members,
        Err(error) => {
            return events.push(UnknownEvent::keep(raw, Some(lenient::reason(&error)), number(), origin));
        }
    };
    let mut list = |name: &str| -> List<'_> {
        standby.remove(name).and_then(|list| lenient::parse(list).ok()).unwrap_or_default()
    };
    let (contacts, messages, statuses, echoes) =
        (list("contacts"), list("messages"), list("statuses"), list("message_echoes"));
    let metadata = Metadata::read(value.remove("metadata"));
    let people = contact::read(&contacts.items);
    let shared = Shared { origin, metadata: &metadata, contacts: &Contacts::new(&people), summary: None };
    let mut push = |name: &'static str, item: &RawValue, standby: Result<Standby, serde_json::Error>| {
        events.push(standby.map(|standby| Event::Standby(Box::new(standby))).unwrap_or_else(|error| {
            let reason = Some(lenient::reason(&error));
            Event::Unknown(UnknownEvent::new(item.get(), reason, number(), origin).item_of(name))
        }));
    };
    for item in &messages.items {
        push("messages", item, message::read(item.get(), &shared).map(Standby::Message));
    }
    for item in &statuses.items {
        push("statuses", item, read_status(item, &shared));
    }
    for item in &echoes.items {
        push("message_echoes", item, read_echo(item.get(), &shared).map(Standby::Echo));
    }
    let has_more = value.values().chain(standby.values()).any(|more| messages::is_filled(more));
    let problem = messages::problem([&messages, &statuses, &echoes], has_more);
    // Nothing vanishes: whatever else happened is kept as the whole value.
    if problem.is_some() || has_more {
        events.push(UnknownEvent::keep(raw, problem.map(str::to_owned), number(), origin));
    }
}

/// Of payments nothing is known in another app's conversation.
fn read_status(item: &RawValue, shared: &Shared<'_>) -> Result<Standby, serde_json::Error> {
    match status::read(item.get(), shared)? {
        Event::Status(status) => Ok(Standby::Status(status)),
        _ => Err(serde_json::Error::custom("not the status of a message")),
    }
}

/// The members beside `standby`, and those in it.
fn read_members(raw: &str) -> Result<(Members<'_>, Members<'_>), serde_json::Error> {
    let mut value: Members<'_> = serde_json::from_str(raw)?;
    let standby = lenient::required(value.remove("standby"), "standby")?;
    Ok((value, lenient::parse(standby)?))
}

fn read_echo(raw: &str, shared: &Shared<'_>) -> Result<StandbyEcho, serde_json::Error> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(default, deserialize_with = "wire::optional")]
        id: Option<MessageId>,
        timestamp: Option<Timestamp>,
        #[serde(borrow)]
        message: Option<&'a RawValue>,
        #[serde(borrow)]
        template: Option<&'a RawValue>,
        #[serde(borrow)]
        flow: Option<&'a RawValue>,
    }
    let wire: Wire<'_> = serde_json::from_str(raw)?;
    Ok(StandbyEcho {
        id: lenient::required(wire.id, "id")?,
        timestamp: lenient::required(wire.timestamp, "timestamp")?,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        message: lenient::required(wire.message, "message")?.get().into(),
        template: wire.template.map(|template| template.get().into()),
        flow: wire.flow.map(|flow| flow.get().into()),
        raw: raw.into(),
    })
}
