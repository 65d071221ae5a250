//! The JSON of webhooks.

use crate::{
    simulator::{
        builder::Settings,
        model::{Outgoing, Person, Target},
    },
    time::Timestamp,
};
use serde_json::{Map, Value, json};

/// What a customer's message is: its type and the object of that name.
pub(crate) struct Inbound {
    pub(crate) kind: &'static str,
    pub(crate) content: Value,
}

/// The webhook of a customer's message.
pub(crate) fn message(
    settings: &Settings,
    from: &Person,
    id: &str,
    inbound: &Inbound,
    context: Option<Value>,
    now: Timestamp,
) -> Value {
    let mut message = Map::from_iter([
        ("from".to_owned(), from.number.as_str().into()),
        ("from_user_id".to_owned(), from.user_id.as_str().into()),
        ("id".to_owned(), id.into()),
        ("timestamp".to_owned(), seconds(now)),
        ("type".to_owned(), inbound.kind.into()),
        (inbound.kind.to_owned(), inbound.content.clone()),
    ]);
    message.extend(parent_user_id(from, "from_parent_user_id"));
    message.extend(context.map(|context| ("context".to_owned(), context)));
    envelope(settings, json!({ "contacts": [contact(from)], "messages": [message] }))
}

/// The webhook of a status of a sent message; `error` is what a `failed` one reports.
///
/// Which member is there in which status: <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>
pub(crate) fn status(
    settings: &Settings,
    message: &Outgoing,
    person: Option<&Person>,
    status: &str,
    error: Option<Value>,
    now: Timestamp,
) -> Value {
    let has_failed = error.is_some();
    let mut members = Map::from_iter([
        ("id".to_owned(), message.id.as_str().into()),
        ("status".to_owned(), status.into()),
        ("timestamp".to_owned(), seconds(now)),
    ]);
    match (&message.to, person) {
        (Target::Group(group), _) => {
            members.insert("recipient_id".into(), group.as_str().into());
            members.insert("recipient_type".into(), "group".into());
        }
        (Target::Person(number), person) => {
            members.insert("recipient_id".into(), number.as_str().into());
            if let Some(person) = person.filter(|_| !has_failed || message.by_user_id) {
                members.insert("recipient_user_id".into(), person.user_id.as_str().into());
            }
            members.extend(person.and_then(|person| parent_user_id(person, "recipient_parent_user_id")));
        }
    }
    if let Some(tracking) = &message.tracking {
        members.insert("biz_opaque_callback_data".into(), tracking.as_str().into());
    }
    // What goes to a group is billed for each member whom it reaches.
    if matches!(status, "sent" | "delivered") && matches!(message.to, Target::Person(_)) {
        let pricing = json!({
            "billable": true, "pricing_model": "PMP", "type": "regular", "category": message.category,
        });
        members.insert("pricing".into(), pricing);
    }
    members.extend(error.map(|error| ("errors".to_owned(), json!([error]))));

    let mut value = json!({ "statuses": [members] });
    if let (Some(person), false, Some(value)) = (person, has_failed, value.as_object_mut()) {
        value.insert("contacts".into(), json!([contact(person)]));
    }
    envelope(settings, value)
}

/// Wraps what happened to our number in all that stands around it.
fn envelope(settings: &Settings, mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        let metadata = json!({
            "display_phone_number": settings.number,
            "phone_number_id": settings.phone_number_id,
        });
        members.insert("messaging_product".into(), "whatsapp".into());
        members.insert("metadata".into(), metadata);
    }
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": settings.account_id, "changes": [{ "field": "messages", "value": value }] }],
    })
}

fn contact(person: &Person) -> Value {
    let mut contact = Map::from_iter([
        ("profile".to_owned(), json!({ "name": person.name })),
        ("wa_id".to_owned(), person.number.as_str().into()),
        ("user_id".to_owned(), person.user_id.as_str().into()),
    ]);
    contact.extend(parent_user_id(person, "parent_user_id"));
    contact.into()
}

/// The member `name` with the parent BSUID of a person; none where there are no such ids.
fn parent_user_id(person: &Person, name: &str) -> Option<(String, Value)> {
    person.parent_user_id.as_ref().map(|id| (name.to_owned(), id.as_str().into()))
}

/// Meta writes the time of messages and statuses as text.
fn seconds(at: Timestamp) -> Value {
    at.as_seconds().to_string().into()
}
