//! Fields beside `messages` whose values are lists of things that people did: each item is an event of its own.

use crate::{
    error::ApiError,
    webhook::{
        Event, UnknownEvent, app_state, automatic,
        call::{self, status},
        contact::{self, Contacts},
        echo,
        envelope::{Events, Origin},
        group, history,
        lenient::{self, List, Word},
        messages::{self, Metadata, Shared},
        preference, user_id,
    },
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::fmt;

/// Reads one item of a list.
type Read = fn(&Item<'_>) -> Result<Event, serde_json::Error>;

/// The lists in the value of a field, in the order of their events, and what reads their items.
fn lists(field: &str) -> Option<&'static [(&'static str, Read)]> {
    Some(match field {
        "calls" => &[("calls", call::read), ("statuses", status::read)],
        "group_lifecycle_update"
        | "group_participants_update"
        | "group_settings_update"
        | "group_status_update" => &[("groups", group::read)],
        "history" => &[
            ("history", history::read),
            ("messages", history::read_message),
            ("message_echoes", history::read_echo),
        ],
        "smb_message_echoes" | "message_echoes" => &[("message_echoes", echo::read)],
        "smb_app_state_sync" => &[("state_sync", app_state::read)],
        "user_preferences" => &[("user_preferences", preference::read)],
        "user_id_update" => &[("user_id_update", user_id::read)],
        "automatic_events" => &[("automatic_events", automatic::read)],
        _ => return None,
    })
}

/// An item that is still to be read, and what is around it.
pub(super) struct Item<'a> {
    pub(super) raw: &'a str,
    pub(super) shared: &'a Shared<'a>,
    value: &'a Value<'a>,
}

impl Item<'_> {
    /// A member of the whole value, for what Meta's samples show beside the items as well as in them.
    pub(super) fn of_the_value<T: for<'a> From<&'a str>>(&self, name: &str) -> Option<T> {
        let word: Word<'_> = self.value.get(name).and_then(|raw| lenient::parse(raw).ok())?;
        (!word.0.is_empty()).then(|| T::from(&word.0))
    }
}

/// Reads the value of a field that is known here; says whether it is.
///
/// An item that cannot be read becomes [`Event::Unknown`] and leaves the others alone.
pub(super) fn read(raw: &str, origin: &Origin<'_>, events: &mut Events) -> bool {
    let Some(lists) = lists(origin.field) else { return false };
    let reason = match serde_json::from_str::<Value<'_>>(raw) {
        Ok(value) => match read_lists(&value, lists, origin, events) {
            Whole::Read => return true,
            Whole::Kept(problem) => problem.map(str::to_owned),
        },
        Err(error) => Some(lenient::reason(&error)),
    };
    // Nothing vanishes: whatever else happened is kept as the whole value.
    events.push(UnknownEvent::keep(raw, reason, messages::phone_number_id(raw), origin));
    true
}

/// What became of a whole value.
enum Whole {
    /// All that is in it is in events.
    Read,
    /// There is more, or something is amiss.
    Kept(Option<&'static str>),
}

/// Reads all items.
fn read_lists(
    value: &Value<'_>,
    lists: &[(&'static str, Read)],
    origin: &Origin<'_>,
    events: &mut Events,
) -> Whole {
    let metadata = Metadata::read(value.get("metadata"));
    let people = contact::read(&value.list("contacts").items);
    let shared = Shared { origin, metadata: &metadata, contacts: &Contacts::new(&people), summary: None };
    let lists: Vec<_> = lists.iter().map(|(name, read)| (*name, value.list(name), read)).collect();
    let count: usize = lists.iter().map(|(_, list, _)| list.items.len()).sum();
    let mut errors = Errors::new(&value.list("errors"), count == 1);
    events.reserve(count);
    for (name, list, read) in &lists {
        for raw in &list.items {
            let item = Item { raw: raw.get(), shared: &shared, value };
            let event = read(&item).map(|event| errors.give_to(event));
            events.push(event.unwrap_or_else(|error| {
                let number = metadata.phone_number_id.clone();
                let reason = Some(lenient::reason(&error));
                Event::Unknown(UnknownEvent::new(raw.get(), reason, number, origin).item_of(name))
            }));
        }
    }
    let is_known = |name: &str| {
        matches!(name, "metadata" | "contacts")
            || (name == "errors" && errors.are_kept())
            || lists.iter().any(|(list, ..)| *list == name)
    };
    let has_more = value.0.iter().any(|(name, raw)| !is_known(&name.0) && messages::is_filled(raw));
    match messages::problem(lists.iter().map(|(_, list, _)| list), has_more) {
        None if !has_more => Whole::Read,
        problem => Whole::Kept(problem),
    }
}

/// Errors beside the items: those of a call that failed stand there.
struct Errors {
    list: Vec<ApiError>,
    /// Whether there is something among them that could not be read.
    is_odd: bool,
    is_only_item: bool,
    are_given: bool,
}

impl Errors {
    fn new(errors: &List<'_>, is_only_item: bool) -> Self {
        let list: Vec<_> = errors.items.iter().filter_map(|raw| lenient::parse(raw).ok()).collect();
        let is_odd = errors.is_odd || list.len() < errors.items.len();
        Self { list, is_odd, is_only_item, are_given: false }
    }

    /// Whether all of them are in events.
    fn are_kept(&self) -> bool {
        self.are_given && !self.is_odd
    }

    /// Gives them to the call they belong to; when there are more calls, to those that failed.
    fn give_to(&mut self, mut event: Event) -> Event {
        let place = match &mut event {
            Event::Call(call) if self.is_only_item || call.has_failed() => &mut call.errors,
            Event::CallStatus(status) if self.is_only_item => &mut status.errors,
            _ => return event,
        };
        place.extend_from_slice(&self.list);
        self.are_given = true;
        event
    }
}

/// The members of a value, each still to be read.
pub(super) struct Value<'a>(pub(super) Vec<(Word<'a>, &'a RawValue)>);

impl<'a> Value<'a> {
    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(member, _)| member.0 == name).map(|(_, raw)| *raw)
    }

    /// A list by its name; one that is given twice counts twice.
    fn list(&self, name: &str) -> List<'a> {
        let mut list = List::default();
        for (_, raw) in self.0.iter().filter(|(member, _)| member.0 == name) {
            list.append(lenient::parse(raw).unwrap_or(List::ODD));
        }
        list
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
                let mut value = Vec::new();
                while let Some(member) = members.next_entry()? {
                    value.push(member);
                }
                Ok(Value(value))
            }
        }
        deserializer.deserialize_map(ValueVisitor)
    }
}
