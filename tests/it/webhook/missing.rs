//! Each member of each fixture in turn is taken away or emptied: the event comes all the same, and says the same.

use super::{
    fixtures,
    notices::NEEDED,
    oddities::{places, without},
};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    mem::{Discriminant, discriminant},
};
use whatsapp_business::webhook::{Delivery, Event, Inbound, Standby};

/// Members without which there is no event, by field. What is left of it is kept with the reason.
///
/// What names a thing (its id) has to be there, or nobody could tell it from others; so has the time of messages and
/// statuses, without which nobody could tell what is old; and so has what says what happened.
const REQUIRED: &[(&str, &[&str])] = &[
    (
        "messages",
        &[
            "messages",
            "messages/*/id",
            "messages/*/timestamp",
            "statuses",
            "statuses/*/id",
            "statuses/*/status",
            "statuses/*/timestamp",
            "statuses/*/payment",
            "user_actions",
            "user_actions/*/action_type",
            "errors",
        ],
    ),
    ("calls", &["calls", "calls/*/id", "calls/*/event", "statuses", "statuses/*/id", "statuses/*/status"]),
    ("group_lifecycle_update", &["groups", "groups/*/type"]),
    ("group_participants_update", &["groups", "groups/*/type"]),
    ("group_settings_update", &["groups", "groups/*/type"]),
    ("group_status_update", &["groups", "groups/*/type"]),
    (
        "history",
        &[
            "history",
            // In place of the threads, where the business declines.
            "history/*/errors",
            "messages",
            "messages/*/id",
            "messages/*/timestamp",
            "messages/*/type",
            "message_echoes",
            "message_echoes/*/id",
            "message_echoes/*/timestamp",
            "message_echoes/*/type",
        ],
    ),
    // By the type they are told from echoes of another shape, whose message is a request.
    (
        "smb_message_echoes",
        &["message_echoes", "message_echoes/*/id", "message_echoes/*/timestamp", "message_echoes/*/type"],
    ),
    (
        "message_echoes",
        &["message_echoes", "message_echoes/*/id", "message_echoes/*/timestamp", "message_echoes/*/type"],
    ),
    ("smb_app_state_sync", &["state_sync", "state_sync/*/type", "state_sync/*/contact"]),
    ("user_preferences", &["user_preferences", "user_preferences/*/value"]),
    ("user_id_update", &["user_id_update", "user_id_update/*/user_id", "user_id_update/*/user_id/current"]),
    ("automatic_events", &["automatic_events", "automatic_events/*/id", "automatic_events/*/event_name"]),
    (
        "standby",
        &[
            "standby",
            "standby/messages",
            "standby/messages/*/id",
            "standby/messages/*/timestamp",
            "standby/statuses",
            "standby/statuses/*/id",
            "standby/statuses/*/status",
            "standby/statuses/*/timestamp",
            "standby/message_echoes",
            "standby/message_echoes/*/id",
            "standby/message_echoes/*/timestamp",
            "standby/message_echoes/*/message",
        ],
    ),
];

/// Members without which a message says nothing: it comes, but as [`Inbound::Unknown`] with the reason.
const SAYING: &[&str] = &[
    "text",
    "text/body",
    "image",
    "image/id",
    "video",
    "video/id",
    "audio",
    "audio/id",
    "document",
    "document/id",
    "sticker",
    "sticker/id",
    "location",
    "location/latitude",
    "location/longitude",
    "contacts",
    "reaction",
    "reaction/message_id",
    "button",
    "interactive",
    "interactive/button_reply",
    "interactive/button_reply/id",
    "interactive/list_reply",
    "interactive/list_reply/id",
    "interactive/nfm_reply",
    "interactive/nfm_reply/response_json",
    "interactive/call_permission_reply",
    "interactive/payment_method",
    "order",
    "order/product_items",
    "system",
    "edit",
    "edit/original_message_id",
    "edit/message",
    "revoke",
    "revoke/original_message_id",
];

/// Types of messages that nothing but the type tells of.
const BARE: &[&str] = &["request_welcome", "media_placeholder", "unsupported", "unknown"];

/// A place in a body: the field of its change, and the way from the value; of what is around the value no field.
fn place(body: &Value, at: &str) -> (String, String) {
    let general = |path: &str| {
        let names = path.split('/').map(|name| if name.parse::<u32>().is_ok() { "*" } else { name });
        names.collect::<Vec<_>>().join("/")
    };
    let parts = at.split_once("/value/").filter(|_| at.starts_with("/entry") || at.starts_with("/value"));
    match parts {
        Some((change, path)) => {
            let field = body.pointer(change).unwrap()["field"].as_str().unwrap_or_default();
            (field.to_owned(), general(path))
        }
        None => (String::new(), general(&at[1..])),
    }
}

fn is_required(field: &str, path: &str) -> bool {
    let notice = NEEDED.iter().any(|(known, members)| *known == field && members.contains(&path));
    notice || REQUIRED.iter().any(|(known, members)| *known == field && members.contains(&path))
}

/// What must not change.
#[derive(Debug, PartialEq)]
struct Seen {
    kind: Discriminant<Event>,
    content: Option<Discriminant<Inbound>>,
    key: String,
    number: Option<String>,
    account: Option<String>,
    time: Option<i64>,
}

/// What a message says; of an edit, what the message says from now on.
fn content(event: &Event) -> Option<&Inbound> {
    let content = match event {
        Event::Message(message) => Some(&message.content),
        Event::Echo(echo) => Some(&echo.message.content),
        Event::HistoryMedia(media) => Some(&media.message.content),
        Event::Standby(standby) => match &**standby {
            Standby::Message(message) => Some(&message.content),
            _ => None,
        },
        _ => None,
    };
    match content? {
        Inbound::Edit(edit) => Some(&edit.content),
        content => Some(content),
    }
}

fn seen(event: &Event) -> Seen {
    Seen {
        kind: discriminant(event),
        content: content(event).map(discriminant),
        key: event.key(),
        number: event.phone_number_id().map(ToString::to_string),
        account: event.account_id().map(ToString::to_string),
        time: event.timestamp().map(|time| time.as_seconds()),
    }
}

/// Whether a key is made of all that the item says, instead of an id.
fn is_hash(key: &str) -> bool {
    key.rsplit(':').next().is_some_and(|hash| hash.len() == 64)
}

/// One fixture with one member changed.
struct Changed<'a> {
    file: &'a str,
    field: &'a str,
    path: &'a str,
    to: &'a Option<Value>,
}

impl Changed<'_> {
    fn how(&self) -> String {
        format!("{} with {}: {} = {:?}", self.file, self.field, self.path, self.to)
    }

    fn last(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    fn is_in(&self, names: &[&str]) -> bool {
        self.path.split('/').any(|name| names.contains(&name))
    }

    /// The way from the message that it is in, or that it is changed to.
    fn of_message(&self) -> &str {
        let lists = ["messages/*/", "message_echoes/*/"];
        let parts = lists.iter().find_map(|list| self.path.split_once(list));
        parts.map_or("", |(_, path)| path.trim_start_matches("edit/message/"))
    }

    /// Empty is not the same as absent: nothing is in it, but it is there.
    fn is_empty(&self) -> bool {
        matches!(self.to, Some(to) if !to.is_null())
    }

    /// What was asked of the reader: the same events.
    fn are_the_same(&self, before: &[Event], after: &[Event]) {
        let (after, more) = after.split_at_checked(before.len()).unwrap_or((after, &[]));
        assert_eq!(after.len(), before.len(), "{}: {after:?}", self.how());
        // What was talked about before stands beside the messages: what cannot be read of it is kept with the whole value.
        let whole = |event: &Event| matches!(event, Event::Unknown(whole) if whole.raw().contains("conversation_context"));
        assert!(
            more.iter().all(|more| self.is_in(&["conversation_context"]) && whole(more)),
            "{}",
            self.how()
        );
        let says =
            |event: &Event| content(event).is_some_and(|content| !matches!(content, Inbound::Unknown(_)));
        if SAYING.contains(&self.of_message()) && !self.is_empty() && before.iter().any(says) {
            let has_changed = before.iter().zip(after).any(|(before, after)| says(before) && !says(after));
            assert!(has_changed, "{} needs no place in the list", self.how());
        }
        before.iter().zip(after).for_each(|(before, after)| self.is_the_same(before, after));
    }

    fn is_the_same(&self, before: &Event, after: &Event) {
        let (was, is, how) = (seen(before), seen(after), self.how());
        assert_eq!(is.kind, was.kind, "{how}: {after:?}");
        let of_message = self.of_message();
        if let Some(Inbound::Unknown(unknown)) = content(after).filter(|_| is.content != was.content) {
            let bare = self.last() == "type" && content(before).is_some_and(|c| BARE.contains(&c.kind()));
            assert!(bare || SAYING.contains(&of_message), "{how}: {after:?}");
            assert!(unknown.reason().is_some_and(|reason| !reason.is_empty()), "{how}: {after:?}");
        } else {
            assert_eq!(is.content, was.content, "{how}: {after:?}");
        }
        if !self.is_in(&[
            "metadata",
            "phone_number_id",
            "recipient",
            "phone_number_settings",
            "entity_type",
            "entity_id",
        ]) {
            assert_eq!(is.number, was.number, "{how}");
        }
        // Without its id an account is not told, but no other is told in its place.
        if !self.is_in(&["waba_info"]) && self.path != "entry/*/id" {
            assert_eq!(is.account, was.account, "{how}");
        } else {
            assert!(is.account.is_none() || is.account == was.account, "{how}");
        }
        if !["timestamp", "time", "metadata"].contains(&self.last()) {
            assert_eq!(is.time, was.time, "{how}");
        }
        // What a key is made of besides the id, as its table says.
        let in_key = [
            "timestamp",
            "time",
            "recipient_participant_id",
            "recipient_participant_user_id",
            "participant_recipient_id",
            "transaction",
            "refunds",
            "marketing_messages_link_click_data",
        ];
        if !is_hash(&is.key) && !self.is_in(&in_key) && self.last() != "payment" {
            assert_eq!(is.key, was.key, "{how}");
        }
    }

    /// Whether the event has to stand aside. What is there but empty may do.
    fn is_aside_for_it(&self, before: &[Event], after: &[Event]) -> bool {
        let kinds = |events: &[Event]| events.iter().map(discriminant).collect::<Vec<_>>();
        match self.path {
            "entry/*/changes" | "entry/*/changes/*/value" => true,
            // An object that is no list may hold something.
            "history/*/threads" => self.to == &Some(json!({})),
            path => is_required(self.field, path) && !(self.is_empty() && kinds(before) == kinds(after)),
        }
    }

    /// What was asked of the reader where the member has to be there: the event stands aside, its siblings are as they were.
    fn is_aside(&self, before: &[Event], after: &[Event]) {
        let how = self.how();
        let mut left: Vec<Seen> = before.iter().map(seen).collect();
        let mut aside = 0;
        for event in after {
            let was = left.iter().position(|was| *was == seen(event));
            match (was, event) {
                (Some(was), _) => drop(left.remove(was)),
                // What stood beside it may be kept with the whole value, without a reason of its own.
                (None, Event::Unknown(unknown)) => {
                    aside += usize::from(unknown.reason().is_some_and(|reason| !reason.is_empty()));
                }
                (None, other) => panic!("{how}: {other:?}"),
            }
        }
        assert!(!left.is_empty(), "{how} needs no place in the list");
        // A list that is gone is told of where there is no other beside it.
        let is_list = left.len() > 1 || aside == 0;
        assert!(aside == 1 || (is_list && !after.is_empty()), "{how}: {after:?}");
    }
}

/// Gives the places that were tried, by field.
fn try_with(to: &Option<Value>) -> HashSet<(String, String)> {
    let mut places_tried = HashSet::new();
    let mut tried = 0;
    for (file, text) in fixtures() {
        let body: Value = serde_json::from_str(text).unwrap();
        let before = Delivery::unverified(text.as_bytes()).unwrap().into_events();
        let mut all = Vec::new();
        places(&body, "", &mut all);
        for at in all {
            let is_member = at.rsplit_once('/').is_some_and(|(_, name)| name.parse::<u32>().is_err());
            // A body without entries is no delivery. What the dashboard sends is one change without entries.
            if !is_member || at == "/entry" || (file == "dashboard_test" && at == "/value") {
                continue;
            }
            let (field, path) = place(&body, &at);
            let changed = Changed { file, field: &field, path: &path, to };
            let how = changed.how();
            let after = Delivery::unverified(without(&body, &at, to.clone()).as_bytes());
            let after = after.unwrap_or_else(|error| panic!("{how}: {error}")).into_events();
            places_tried.insert((field.clone(), path.clone()));
            tried += 1;
            let change = at.strip_suffix("/field").map(|change| body.pointer(change).unwrap());
            if change.is_some_and(|change| change["field"] != "messages" || file == "value_errors") {
                let aside =
                    |event: &Event| matches!(event, Event::Unknown(aside) if aside.reason().is_some());
                // Nothing but the field tells media of a history from a message.
                assert!(after.iter().any(aside) || file == "history_media", "{how}: {after:?}");
            } else if path.ends_with("/changes") && to == &Some(json!([])) {
                assert!(after.len() < before.len(), "{how}: an entry may be empty");
            } else if changed.is_aside_for_it(&before, &after) {
                changed.is_aside(&before, &after);
            } else {
                changed.are_the_same(&before, &after);
            }
        }
    }
    assert!(tried > 4_500, "{tried}");
    places_tried
}

#[test]
fn a_member_that_is_missing_takes_nothing_with_it() {
    let tried = try_with(&None);
    for (field, members) in REQUIRED.iter().chain(NEEDED) {
        for path in *members {
            assert!(
                tried.contains(&((*field).to_owned(), (*path).to_owned())),
                "no fixture has {field}: {path}"
            );
        }
    }
    for path in SAYING {
        let ends = |(_, tried): &(String, String)| tried.ends_with(&format!("*/{path}"));
        assert!(tried.iter().any(ends), "no fixture has {path}");
    }
}

#[test]
fn a_member_that_is_null_is_missing() {
    let _ = try_with(&Some(json!(null)));
}

#[test]
fn a_member_that_is_empty_text_is_missing() {
    let _ = try_with(&Some(json!("")));
}

#[test]
fn a_member_that_is_an_empty_list_takes_nothing_with_it() {
    let _ = try_with(&Some(json!([])));
}

#[test]
fn a_member_that_is_an_empty_object_takes_nothing_with_it() {
    let _ = try_with(&Some(json!({})));
}
