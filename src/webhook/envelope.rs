//! The envelope that all webhooks share: entries, each of one account, with changes, each of one field.

use crate::{
    error::{Error, ErrorKind, Result},
    id::AccountId,
    time::Timestamp,
    webhook::{
        Event, UnknownEvent, Webhook,
        lenient::{self, Word},
        messages, nesting,
    },
    wire,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// `E` is an [`Entry`], or raw JSON where entries have to be read one by one.
#[derive(Deserialize)]
struct Envelope<'a, E> {
    /// Not compared with `whatsapp_business_account`: what is signed and has entries is read.
    #[serde(borrow, default)]
    object: Option<&'a RawValue>,
    entry: Option<Vec<E>>,
    /// The test button of the app dashboard sends a change without an envelope.
    #[serde(default)]
    value: Option<&'a RawValue>,
}

/// `C` is a [`Change`], or raw JSON where changes have to be read one by one.
#[derive(Deserialize)]
struct Entry<C> {
    #[serde(default, deserialize_with = "wire::optional")]
    id: Option<AccountId>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    time: Option<Timestamp>,
    changes: Vec<C>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    field: Option<Word<'a>>,
    #[serde(borrow)]
    value: &'a RawValue,
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
    too_many: bool,
}

impl Events {
    pub(super) fn push(&mut self, event: Event) {
        if self.list.len() < Webhook::MAX_EVENTS {
            self.list.push(event);
        } else {
            self.too_many = true;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
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
    if nesting::exceeds(body.as_bytes(), Webhook::MAX_DEPTH) {
        return refuse(format!("the body is nested deeper than {} levels", Webhook::MAX_DEPTH));
    }
    let mut events = Events::default();
    match serde_json::from_str::<Envelope<'_, Entry<Change<'_>>>>(body) {
        Ok(Envelope { entry: Some(entries), .. }) => {
            for entry in &entries {
                for change in &entry.changes {
                    read_change(entry, change, &mut events);
                }
            }
        }
        _ => read_one_by_one(body, &mut events)?,
    }
    if events.too_many {
        return refuse(format!("the body holds more than {} events", Webhook::MAX_EVENTS));
    }
    Ok(events.list)
}

fn read_change<C>(entry: &Entry<C>, change: &Change<'_>, events: &mut Events) {
    let field = change.field.as_ref().map_or("", |field| &field.0);
    let origin = Origin { account_id: entry.id.as_ref(), time: entry.time, field };
    let raw = change.value.get();
    match field {
        // Samples in Meta's pages lack the field here and there; what is in the value tells then.
        "messages" | "" => messages::read(raw, &origin, events),
        _ => events.push(UnknownEvent::keep(raw, None, messages::phone_number_id(raw), &origin)),
    }
}

/// Reads a body in which something is not where it should be: slower, but each part stands or falls by itself.
fn read_one_by_one(body: &str, events: &mut Events) -> Result<()> {
    let envelope: Envelope<'_, &RawValue> = match serde_json::from_str(body) {
        Ok(envelope) => envelope,
        Err(error) => return refuse(lenient::reason(&error)),
    };
    let outside = Entry { id: None, time: None, changes: Vec::<()>::new() };
    match envelope {
        Envelope { entry: Some(entries), .. } => {
            for raw in entries {
                match serde_json::from_str::<Entry<&RawValue>>(raw.get()) {
                    Ok(entry) => entry.changes.iter().for_each(|raw| read_raw_change(&entry, raw, events)),
                    Err(error) => push_unreadable(&outside, raw, &error, events),
                }
            }
        }
        Envelope { value: Some(_), .. } => match serde_json::from_str(body) {
            Ok(change) => read_change(&outside, &change, events),
            Err(error) => return refuse(lenient::reason(&error)),
        },
        Envelope { object: Some(_), .. } => {}
        _ => return refuse("it has neither entries nor a value".into()),
    }
    Ok(())
}

fn read_raw_change<C>(entry: &Entry<C>, raw: &RawValue, events: &mut Events) {
    match serde_json::from_str(raw.get()) {
        Ok(change) => read_change(entry, &change, events),
        Err(error) => push_unreadable(entry, raw, &error, events),
    }
}

fn push_unreadable<C>(entry: &Entry<C>, raw: &RawValue, error: &serde_json::Error, events: &mut Events) {
    let origin = Origin { account_id: entry.id.as_ref(), time: entry.time, field: "" };
    events.push(UnknownEvent::keep(raw.get(), Some(lenient::reason(error)), None, &origin));
}

fn refuse<T>(reason: String) -> Result<T> {
    Err(Error::new(ErrorKind::Envelope(reason)))
}
