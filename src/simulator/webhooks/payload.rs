//! The JSON of webhooks.

use crate::{
    id::{MessageId, UserId, WaId},
    simulator::model::{Heard, Phone},
    time::Timestamp,
};
use serde_json::{Map, Value, json};

/// The webhook of a customer's message: its type, and the object of that name.
pub(crate) fn message(
    from: Heard<'_>,
    id: &MessageId,
    kind: &str,
    content: Value,
    context: Option<Value>,
    now: Timestamp,
) -> Value {
    let mut message = Map::from_iter([
        ("from_user_id".to_owned(), from.chat.user_id.as_str().into()),
        ("id".to_owned(), id.as_str().into()),
        ("timestamp".to_owned(), seconds(now)),
        ("type".to_owned(), kind.into()),
        (kind.to_owned(), content),
    ]);
    message.extend(from.person.number_in(from.chat, now).map(|number| text("from", number.as_str())));
    message.extend(parent_user_id(from, "from_parent_user_id"));
    message.extend(context.map(|context| ("context".to_owned(), context)));
    let value =
        json!({ "contacts": [contact(from, from.person.username.as_deref(), now)], "messages": [message] });
    envelope(from.phone, "messages", value)
}

/// The webhook of a customer who has other ids: who they were to the business, and who they are.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>
pub(crate) fn changed(
    who: Heard<'_>,
    id: &MessageId,
    old_number: Option<&WaId>,
    (previous, previous_parent): &(UserId, Option<UserId>),
    now: Timestamp,
) -> Value {
    let (person, chat) = (who.person, who.chat);
    let (kind, before, after) = match old_number {
        Some(old) => ("user_changed_number", old.as_str(), person.number.as_str()),
        None => ("user_changed_user_id", previous.as_str(), chat.user_id.as_str()),
    };
    let mut system = Map::from_iter([
        text("type", kind),
        ("body".to_owned(), format!("User {} changed from {before} to {after}", person.name).into()),
        text("user_id", chat.user_id.as_str()),
        text("previous_user_id", previous.as_str()),
    ]);
    system.extend(parent_user_id(who, "parent_user_id"));
    system.extend(previous_parent.as_ref().map(|id| text("previous_parent_user_id", id.as_str())));
    let mut message = Map::from_iter([
        text("from_user_id", previous.as_str()),
        text("id", id.as_str()),
        ("timestamp".to_owned(), seconds(now)),
        text("type", "system"),
    ]);
    message.extend(previous_parent.as_ref().map(|id| text("from_parent_user_id", id.as_str())));
    if let Some(old) = old_number {
        system.extend([text("wa_id", person.number.as_str())]);
        message.extend([text("from", old.as_str())]);
    }
    message.insert("system".into(), system.into());
    envelope(who.phone, "messages", json!({ "messages": [message] }))
}

/// The webhook of a customer who stops or resumes marketing messages.
pub(crate) fn preference(who: Heard<'_>, stops: bool, now: Timestamp) -> Value {
    let (value, verb) = if stops { ("stop", "stop") } else { ("resume", "resume") };
    let mut preference = Map::from_iter([
        text("user_id", who.chat.user_id.as_str()),
        ("detail".to_owned(), format!("User requested to {verb} marketing messages").into()),
        text("category", "marketing_messages"),
        text("value", value),
        ("timestamp".to_owned(), now.as_seconds().into()),
    ]);
    preference.extend(who.person.number_in(who.chat, now).map(|number| text("wa_id", number.as_str())));
    preference.extend(parent_user_id(who, "parent_user_id"));
    let contact = contact(who, who.person.username.as_deref(), now);
    let mut body = envelope(
        who.phone,
        "user_preferences",
        json!({ "contacts": [contact], "user_preferences": [preference] }),
    );
    if let Some(entry) = body.pointer_mut("/entry/0").and_then(Value::as_object_mut) {
        entry.insert("time".into(), now.as_seconds().into());
    }
    body
}

/// Wraps what happened to a number of ours in all that stands around it.
fn envelope(phone: &Phone, field: &str, mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        let metadata = json!({ "display_phone_number": phone.number, "phone_number_id": phone.id });
        members.insert("messaging_product".into(), "whatsapp".into());
        members.insert("metadata".into(), metadata);
    }
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": phone.account_id, "changes": [{ "field": field, "value": value }] }],
    })
}

fn contact(who: Heard<'_>, username: Option<&str>, now: Timestamp) -> Map<String, Value> {
    let mut profile = Map::from_iter([text("name", &who.person.name)]);
    profile.extend(username.map(|username| text("username", username)));
    let mut contact =
        Map::from_iter([("profile".to_owned(), profile.into()), text("user_id", who.chat.user_id.as_str())]);
    contact.extend(who.person.number_in(who.chat, now).map(|number| text("wa_id", number.as_str())));
    contact.extend(parent_user_id(who, "parent_user_id"));
    contact
}

/// The member `name` with the parent BSUID of a person; none where there are no such ids.
fn parent_user_id(who: Heard<'_>, name: &str) -> Option<(String, Value)> {
    who.chat.parent_user_id.as_ref().map(|id| text(name, id.as_str()))
}

fn text(name: &str, value: &str) -> (String, Value) {
    (name.to_owned(), value.into())
}

/// Meta writes the time of messages and statuses as text.
fn seconds(at: Timestamp) -> Value {
    at.as_seconds().to_string().into()
}
