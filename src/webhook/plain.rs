//! Bodies of nothing but messages and statuses as Meta writes them, which nearly all are: read in one pass.
//!
//! What stands at another place than Meta puts it, twice, or is of another type, gives nothing: it is for the reader that
//! takes a body apart piece by piece.

use crate::{
    id::AccountId,
    time::Timestamp,
    webhook::{
        Contact, Event,
        contact::Contacts,
        cursor::{Cursor, filled, once},
        envelope::{Events, Origin},
        message,
        messages::{Metadata, Shared},
        status,
    },
};
use std::sync::Arc;

/// Reads a body; gives nothing when there is something else in it.
pub(super) fn read(body: &str) -> Option<Events> {
    let mut events = Events::with_room_for(body);
    let mut cursor = Cursor::new(body)?;
    let mut entries = None;
    cursor.members(|cursor, name| match name {
        "entry" => once(&mut entries, cursor.items(|cursor| read_entry(cursor, &mut events))),
        "value" => None,
        _ => cursor.skip(),
    })?;
    (entries.is_some() && cursor.is_at_end()).then_some(events)
}

/// What an entry says of itself comes before its changes.
fn read_entry(cursor: &mut Cursor<'_>, events: &mut Events) -> Option<()> {
    let (mut id, mut time, mut changes) = (None, None, None);
    cursor.members(|cursor, name| match name {
        "changes" => {
            let account_id: Option<AccountId> = filled(id.take());
            let origin = Origin { account_id: account_id.as_ref(), time, field: "messages" };
            once(&mut changes, cursor.items(|cursor| read_change(cursor, &origin, events)))
        }
        "id" if changes.is_none() => once(&mut id, cursor.word()),
        "time" if changes.is_none() => once(&mut time, cursor.value::<Timestamp>()),
        "id" | "time" => None,
        _ => cursor.skip(),
    })?;
    changes
}

fn read_change(cursor: &mut Cursor<'_>, origin: &Origin<'_>, events: &mut Events) -> Option<()> {
    let (mut field, mut value) = (None, None);
    cursor.members(|cursor, name| match name {
        "value" => once(&mut value, read_value(cursor, origin, events)),
        "field" => once(&mut field, (cursor.word()? == "messages").then_some(())),
        _ => cursor.skip(),
    })?;
    field.and(value)
}

/// Number and people come before the items, and messages before statuses.
fn read_value(cursor: &mut Cursor<'_>, origin: &Origin<'_>, events: &mut Events) -> Option<()> {
    let (mut metadata, mut people) = (None, None);
    let (mut messages, mut statuses) = (None, None);
    let count = events.len();
    cursor.members(|cursor, name| {
        let has_items = messages.is_some() || statuses.is_some();
        match name {
            "metadata" if !has_items => once(&mut metadata, Metadata::read_plain(cursor)),
            "contacts" if !has_items => once(&mut people, read_people(cursor)),
            "messages" | "statuses" if statuses.is_none() => {
                let contacts = Contacts::new(people.get_or_insert_default());
                let shared = Shared {
                    origin,
                    metadata: metadata.get_or_insert_default(),
                    contacts: &contacts,
                    summary: None,
                };
                if name == "messages" {
                    once(&mut messages, read_messages(cursor, &shared, events))
                } else {
                    once(&mut statuses, read_statuses(cursor, &shared, events))
                }
            }
            "metadata" | "contacts" | "messages" | "statuses" | "user_actions" | "errors" => None,
            // Another list or object holds events too.
            _ if matches!(cursor.peek()?, b'[' | b'{') => None,
            _ => cursor.skip(),
        }
    })?;
    // A value without events is one itself.
    (events.len() > count).then_some(())
}

fn read_people(cursor: &mut Cursor<'_>) -> Option<Vec<Arc<Contact>>> {
    let mut people = Vec::new();
    cursor.items(|cursor| {
        let person = match cursor.attempt(Contact::read_plain) {
            Some(person) => person,
            None => Contact::read(cursor.value()?).ok()?,
        };
        people.push(Arc::new(person));
        Some(())
    })?;
    Some(people)
}

fn read_messages(cursor: &mut Cursor<'_>, shared: &Shared<'_>, events: &mut Events) -> Option<()> {
    cursor.items(|cursor| {
        if cursor.attempt(|cursor| message::read_plain(cursor, shared, events)).is_none() {
            let (wire, raw) = cursor.with_text(Cursor::value)?;
            events.push(Event::Message(message::from_wire(wire, raw, shared).ok()?));
        }
        Some(())
    })
}

fn read_statuses(cursor: &mut Cursor<'_>, shared: &Shared<'_>, events: &mut Events) -> Option<()> {
    cursor.items(|cursor| {
        if cursor.attempt(|cursor| status::read_plain(cursor, shared, events)).is_none() {
            let (wire, raw) = cursor.with_text(Cursor::value)?;
            events.push(status::from_wire(wire, raw, shared).ok()?);
        }
        Some(())
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::webhook::{Event, envelope};

    const METADATA: &str =
        r#""messaging_product":"whatsapp","metadata":{"display_phone_number":"1","phone_number_id":"2"}"#;
    const CONTACTS: &str = r#""contacts":[{"profile":{"name":"A"},"wa_id":"3","user_id":"US.4"},{"profile":{"username":"b"},"wa_id":"5"}]"#;
    const TEXT: &str = r#"{"from":"3","from_user_id":"US.4","id":"wamid.A","timestamp":"1","text":{"body":"\u00e4"},"type":"text"}"#;
    const IMAGE: &str =
        r#"{"from":"5","id":"wamid.B","timestamp":2,"type":"image","image":{"id":7},"new":[{"a":1}]}"#;
    const SENT: &str = r#"{"id":"wamid.C","status":"sent","timestamp":"3","recipient_id":"3","biz_opaque_callback_data":"x","conversation":{"id":"c","origin":{"type":"utility"}},"pricing":{"billable":true,"pricing_model":"PMP","category":"utility"}}"#;
    const FAILED: &str =
        r#"{"id":"wamid.D","status":"failed","timestamp":"4","recipient_id":"5","errors":[{"code":131026}]}"#;

    fn body(value: &str) -> String {
        format!(
            r#"{{"object":"o","entry":[{{"id":"9","time":8,"changes":[{{"value":{{{value}}},"field":"messages"}}]}}]}}"#
        )
    }

    #[test]
    fn what_nearly_all_bodies_hold_is_read_as_the_other_reader_reads_it() {
        let both =
            format!(r#"{METADATA},{CONTACTS},"messages":[{TEXT},{IMAGE}],"statuses":[{SENT},{FAILED}]"#);
        let bare = format!(r#""statuses":[{FAILED}],"new":true"#);
        for (body, count) in [(body(&both), 4), (body(&bare), 1)] {
            let events: Vec<Event> = read(&body).expect("it is plain").into();
            assert_eq!(events.len(), count);
            assert!(!events.iter().any(|event| matches!(event, Event::Unknown(_))));
            // A line break is out of the ordinary.
            assert_eq!(events, envelope::read(format!("{body}\n").as_bytes()).unwrap());
        }
    }

    #[test]
    fn what_else_there_is_is_left_to_the_other_reader() {
        let texts = format!(r#""messages":[{TEXT}]"#);
        for value in [
            format!("{texts},{METADATA}"),
            format!("{texts},{CONTACTS}"),
            format!(r#""statuses":[{SENT}],{texts}"#),
            format!("{texts},{texts}"),
            format!(r#"{texts},"new":[]"#),
            format!(r#"{texts},"new":{{"a":1}}"#),
            format!(r#"{texts},"errors":{{}}"#),
            r#""messages":[{}]"#.into(),
            r#""messages":[]"#.into(),
            String::new(),
        ] {
            assert!(read(&body(&value)).is_none(), "{value}");
        }
        let good = body(&texts);
        for (part, other) in [
            (r#""field":"messages""#, r#""field":"history""#),
            (r#","field":"messages""#, ""),
            (r#""id":"9","#, r#""id":9,"#),
            (r#""entry":"#, r#""value":{},"entry":"#),
            (r#""entry":"#, r#""entries":"#),
            ("]}]}", "]}]} 5"),
        ] {
            assert!(read(&good).is_some() && read(&good.replace(part, other)).is_none(), "{other}");
        }
    }
}
