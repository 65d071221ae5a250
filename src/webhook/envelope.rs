//! The envelope that all webhooks share: entries, each of one account, with changes, each of one field.

use crate::{
    error::{Error, ErrorKind, Result},
    id::AccountId,
    time::Timestamp,
    webhook::{Event, UnknownEvent, Webhook, items, lenient, messages, nesting, notice, plain, standby},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Envelope<'a> {
    /// Not compared with `whatsapp_business_account`: what is signed and has entries is read.
    #[serde(borrow, default)]
    object: Option<&'a RawValue>,
    entry: Option<Vec<&'a RawValue>>,
    /// The test button of the app dashboard sends a change without an envelope.
    #[serde(default)]
    value: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(default, deserialize_with = "lenient::optional")]
    id: Option<AccountId>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    time: Option<Timestamp>,
    #[serde(borrow)]
    changes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow, default, deserialize_with = "lenient::word")]
    field: Cow<'a, str>,
    value: &'a RawValue,
}

impl Change<'_> {
    fn field(&self) -> &str {
        &self.field
    }

    /// Samples in Meta's pages lack the field here and there: then what is in the value tells.
    fn may_be_messages(&self) -> bool {
        matches!(self.field(), "messages" | "")
    }
}

impl Entry<'_> {
    fn origin<'a>(&'a self, field: &'a str) -> Origin<'a> {
        Origin { account_id: self.id.as_ref(), time: self.time, field }
    }
}

/// Where a change was found: what its events have in common.
pub(super) struct Origin<'a> {
    pub(super) account_id: Option<&'a AccountId>,
    pub(super) time: Option<Timestamp>,
    pub(super) field: &'a str,
}

/// The events of a delivery, in the making.
#[derive(Default)]
pub(super) struct Events {
    list: Vec<Event>,
    /// Whether there are more than are read.
    has_too_many: bool,
}

impl Events {
    /// With room for what a body of this length may hold; room for more than the one that most hold is expensive.
    pub(super) fn with_room_for(body: &str) -> Self {
        // A short text with its contact takes about so many bytes, and Meta puts up to so many into a body.
        let count = (body.len() / 350).clamp(1, 1000);
        Self { list: Vec::with_capacity(count), has_too_many: false }
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, count: usize) {
        self.list.reserve(count.min(Webhook::MAX_EVENTS));
    }

    /// The number of events.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn push(&mut self, event: Event) {
        if self.list.len() >= Webhook::MAX_EVENTS {
            self.has_too_many = true;
        } else if nesting::exceeds(event.raw().as_bytes(), Webhook::MAX_DEPTH) {
            self.list.push(UnknownEvent::too_deep(&event));
        } else {
            self.list.push(event);
        }
    }
}

impl From<Events> for Vec<Event> {
    fn from(events: Events) -> Self {
        events.list
    }
}

/// Refuses a body that is larger than Meta sends.
pub(super) fn check_size(body: &[u8]) -> Result<()> {
    if body.len() > Webhook::MAX_BODY {
        return refuse(format!("the body is larger than {} bytes", Webhook::MAX_BODY));
    }
    Ok(())
}

/// Reads all events of a body.
pub(super) fn read(body: &[u8]) -> Result<Vec<Event>> {
    check_size(body)?;
    let Ok(body) = std::str::from_utf8(body) else { return refuse("the body is not UTF-8".into()) };
    // What is derived would read a list as an object, member by member.
    if !body.trim_ascii_start().starts_with('{') {
        return refuse("the body is not a JSON object".into());
    }
    let events = match plain::read(body) {
        Some(events) => events,
        None => read_one_by_one(body)?,
    };
    if events.has_too_many {
        return refuse("it holds too many events".into());
    }
    Ok(events.into())
}

/// Reads a body with other things in it, or with something out of place: each part stands or falls by itself.
fn read_one_by_one(body: &str) -> Result<Events> {
    let mut events = Events::default();
    let envelope: Envelope<'_> = match serde_json::from_str(body) {
        Ok(envelope) => envelope,
        Err(error) => return refuse(lenient::reason(&error)),
    };
    let outside = Entry { id: None, time: None, changes: Vec::new() };
    match envelope {
        Envelope { entry: Some(entries), .. } => {
            for raw in entries {
                match lenient::parse::<Entry<'_>>(raw) {
                    Ok(entry) => {
                        entry.changes.iter().for_each(|raw| read_change(&entry, raw.get(), &mut events));
                    }
                    Err(error) => push_unreadable(&outside, raw.get(), &error, &mut events),
                }
            }
        }
        Envelope { value: Some(_), .. } => read_change(&outside, body, &mut events),
        Envelope { object: Some(_), .. } => {}
        _ => return refuse("it has neither entries nor a value".into()),
    }
    Ok(events)
}

fn read_change(entry: &Entry<'_>, raw: &str, events: &mut Events) {
    let change: Change<'_> = match serde_json::from_str(raw) {
        Ok(change) => change,
        Err(error) => return push_unreadable(entry, raw, &error, events),
    };
    let (origin, value) = (entry.origin(change.field()), change.value.get());
    if change.may_be_messages() {
        messages::read(value, &origin, events);
    } else if origin.field == "standby" {
        standby::read(value, &origin, events);
    } else if let Some(notice) = notice::read(value, &origin) {
        events.push(notice);
    } else if !items::read(value, &origin, events) {
        events.push(UnknownEvent::keep(value, None, messages::phone_number_id(value), &origin));
    }
}

fn push_unreadable(entry: &Entry<'_>, raw: &str, error: &serde_json::Error, events: &mut Events) {
    events.push(UnknownEvent::keep(raw, Some(lenient::reason(error)), None, &entry.origin("")));
}

fn refuse<T>(reason: String) -> Result<T> {
    Err(Error::new(ErrorKind::Envelope(reason)))
}
