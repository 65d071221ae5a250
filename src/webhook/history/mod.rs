//! What was written in the WhatsApp Business app before it was joined with the API.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/history>

mod message;

pub use message::{HistoryMessage, HistoryStatus};
pub(super) use message::{read_echo, read_message};

use crate::{
    error::ApiError,
    id::{AccountId, PhoneNumberId, WaId},
    time::Timestamp,
    webhook::{
        Contact, Event, UnknownEvent,
        contact::Contacts,
        items::Item,
        lenient::{self, List},
        messages::Shared,
    },
    wire::quiet_debug,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// A part of what was written before: threads with their messages, or that the business does not share them.
///
/// Parts come in any order. Pictures and the like of the last two weeks follow by themselves, as
/// [`Event::HistoryMedia`].
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct History {
    /// How old it is: 0 up to a day, 1 up to 90 days, 2 up to 180 days.
    pub phase: Option<u32>,
    /// Its place among the parts of the phase.
    pub chunk_order: Option<u32>,
    /// How much of the whole has been delivered, in percent.
    pub progress: Option<u32>,
    /// The threads, one for each customer.
    pub threads: Vec<HistoryThread>,
    /// Threads that could not be read.
    pub unreadable: Vec<UnknownEvent>,
    /// Why there is nothing; see [`is_declined`](Self::is_declined).
    pub errors: Vec<ApiError>,
    /// When Meta wrote it (`entry.time` on the wire), if it says.
    pub timestamp: Option<Timestamp>,
    /// Our number.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    raw: Box<str>,
}
quiet_debug!(History { phase, chunk_order, progress, threads, unreadable, errors, phone_number_id });

impl History {
    /// The code of the error that says that the business does not share its history.
    const DECLINED: i64 = 2_593_109;

    /// Whether the business chose not to share its history.
    #[must_use]
    pub fn is_declined(&self) -> bool {
        self.errors.iter().any(|error| error.code == Self::DECLINED)
    }

    /// Whether all has been delivered. Parts overtake each other: others may still be on their way.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.progress >= Some(100)
    }

    /// The part's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// What stands in it as an event of its own, to be put aside.
    #[cfg(feature = "desk")]
    pub(crate) fn part(&self, raw: &str) -> Event {
        use crate::webhook::envelope::Origin;
        let origin = Origin { account_id: self.account_id.as_ref(), time: self.timestamp, field: "history" };
        UnknownEvent::keep(raw, None, self.phone_number_id.clone(), &origin)
    }
}

/// What was written between the business and one customer.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct HistoryThread {
    /// The customer's phone number, when Meta shares it (`id` on the wire).
    pub wa_id: Option<WaId>,
    /// Who the customer is (`context` on the wire); without a name.
    pub contact: Option<Arc<Contact>>,
    /// What was written, in the order of the delivery.
    pub messages: Vec<HistoryMessage>,
    /// Messages that could not be read.
    pub unreadable: Vec<UnknownEvent>,
}
quiet_debug!(HistoryThread { wa_id, contact, messages, unreadable });

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default, deserialize_with = "lenient::or_default")]
    metadata: Chunk,
    #[serde(borrow)]
    threads: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<ApiError>,
}

#[derive(Default, Deserialize)]
struct Chunk {
    #[serde(default, deserialize_with = "lenient::number")]
    phase: Option<u32>,
    #[serde(default, deserialize_with = "lenient::number")]
    chunk_order: Option<u32>,
    #[serde(default, deserialize_with = "lenient::number")]
    progress: Option<u32>,
}

impl Chunk {
    fn is_told(&self) -> bool {
        self.phase.is_some() || self.chunk_order.is_some() || self.progress.is_some()
    }
}

#[derive(Deserialize)]
struct Thread<'a> {
    #[serde(default, deserialize_with = "lenient::loose")]
    id: Option<WaId>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    messages: &'a RawValue,
}

/// Reads one part of a history.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire<'_> = serde_json::from_str(item.raw)?;
    let shared = item.shared;
    // Where it is declined, errors stand in place of the threads; a part may also tell no more than that it is the last.
    let threads = if wire.threads.is_none() && (!wire.errors.is_empty() || wire.metadata.is_told()) {
        List::default()
    } else {
        list(wire.threads, "threads")?
    };
    let (threads, unreadable) = read_each(&threads.items, shared, |raw| thread(raw, shared));
    Ok(Event::History(History {
        phase: wire.metadata.phase,
        chunk_order: wire.metadata.chunk_order,
        progress: wire.metadata.progress,
        threads,
        unreadable,
        errors: wire.errors,
        timestamp: shared.origin.time,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        raw: item.raw.into(),
    }))
}

fn thread(raw: &str, shared: &Shared<'_>) -> Result<HistoryThread, serde_json::Error> {
    let Thread { id, context, messages } = serde_json::from_str(raw)?;
    let messages = list(Some(messages), "messages")?;
    let contact = context.and_then(|raw| Contact::read(raw).ok()).map(Arc::new);
    let people: Vec<_> = contact.iter().cloned().collect();
    // Whoever writes in a thread is its customer or us: other contacts of the value do not count.
    let contacts = &Contacts::new(&people);
    let within = Shared { origin: shared.origin, metadata: shared.metadata, contacts, summary: None };
    let read = |raw: &str| message::in_thread(raw, &within, id.as_ref(), contact.as_ref());
    let (messages, unreadable) = read_each(&messages.items, shared, read);
    Ok(HistoryThread { wa_id: id, contact, messages, unreadable })
}

/// A list that has to be there.
fn list<'a>(raw: Option<&'a RawValue>, name: &'static str) -> Result<List<'a>, serde_json::Error> {
    let list = raw.map(lenient::parse::<List<'_>>).transpose()?;
    lenient::required(list.filter(|list| !list.is_odd), name)
}

/// Reads each item by itself; those that cannot be read are put aside.
fn read_each<T>(
    items: &[&RawValue],
    shared: &Shared<'_>,
    read: impl Fn(&str) -> Result<T, serde_json::Error>,
) -> (Vec<T>, Vec<UnknownEvent>) {
    let (mut readable, mut unreadable) = (Vec::with_capacity(items.len()), Vec::new());
    for raw in items {
        match read(raw.get()) {
            Ok(item) => readable.push(item),
            Err(error) => {
                let number = shared.metadata.phone_number_id.clone();
                let reason = Some(lenient::reason(&error));
                unreadable.push(UnknownEvent::new(raw.get(), reason, number, shared.origin));
            }
        }
    }
    (readable, unreadable)
}
