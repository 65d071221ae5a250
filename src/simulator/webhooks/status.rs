//! The JSON of statuses.

use crate::{
    id::{AccountId, PhoneNumberId, UserId, WaId},
    simulator::model::{Heard, Outgoing, Person, Target},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value;

/// The webhook of a status of a sent message, as text; `error` is what a `failed` one reports.
///
/// There are three of them for each send: written straight from what is known, they cost a tenth of what a tree of values
/// does.
///
/// Which member is there in which status: <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>
pub(crate) fn webhook(
    message: &Outgoing,
    person: Option<&Person>,
    status: &str,
    error: Option<Value>,
    now: Timestamp,
) -> String {
    let has_failed = error.is_some();
    let phone = &*message.from;
    let who = person.and_then(|person| Some(Heard { phone, person, chat: person.chat(&phone.id)? }));
    let mut members = Status {
        id: message.id.as_str(),
        status,
        timestamp: now,
        recipient_id: None,
        recipient_type: None,
        recipient_user_id: None,
        recipient_parent_user_id: None,
        biz_opaque_callback_data: message.tracking.as_deref(),
        pricing: None,
        errors: error.map(|error| [error]),
    };
    match (&message.to, who) {
        (Target::Group(group), _) => {
            members.recipient_id = Some(group.as_str());
            members.recipient_type = Some("group");
        }
        (Target::Person(number), None) => members.recipient_id = Some(number.as_str()),
        (Target::Person(_), Some(who)) => {
            let is_named = !has_failed || message.by_user_id;
            members.recipient_id = number(who, message, now).map(WaId::as_str);
            members.recipient_user_id = is_named.then_some(&who.chat.user_id);
            members.recipient_parent_user_id = who.chat.parent_user_id.as_ref();
        }
    }
    // What goes to a group is billed for each member whom it reaches.
    if matches!(status, "sent" | "delivered") && matches!(message.to, Target::Person(_)) {
        let category = &message.category;
        members.pricing = Some(Pricing { billable: true, pricing_model: "PMP", kind: "regular", category });
    }
    let contact = who.filter(|_| !has_failed).map(|who| Contact {
        profile: Profile {
            name: &who.person.name,
            username: who.person.username.as_deref().filter(|_| status != "sent"),
        },
        user_id: &who.chat.user_id,
        wa_id: number(who, message, now),
        parent_user_id: who.chat.parent_user_id.as_ref(),
    });
    let value = Statuses {
        messaging_product: "whatsapp",
        metadata: Metadata { display_phone_number: &phone.number, phone_number_id: &phone.id },
        contacts: contact.map(|contact| [contact]),
        statuses: [members],
    };
    let envelope = Envelope {
        object: "whatsapp_business_account",
        entry: [Entry { id: &phone.account_id, changes: [Change { field: "messages", value }] }],
    };
    // Every member is text, a number or a tree that came from JSON: this does not fail.
    serde_json::to_string(&envelope).unwrap_or_default()
}

/// The number of the recipient, where a status shows it: whoever wrote to it knows it.
fn number<'a>(who: Heard<'a>, message: &Outgoing, now: Timestamp) -> Option<&'a WaId> {
    if message.by_user_id { who.person.number_in(who.chat, now) } else { Some(&who.person.number) }
}

#[derive(Serialize)]
struct Envelope<'a> {
    object: &'static str,
    entry: [Entry<'a>; 1],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a AccountId,
    changes: [Change<'a>; 1],
}

#[derive(Serialize)]
struct Change<'a> {
    field: &'static str,
    value: Statuses<'a>,
}

#[derive(Serialize)]
struct Statuses<'a> {
    messaging_product: &'static str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<[Contact<'a>; 1]>,
    statuses: [Status<'a>; 1],
}

#[derive(Serialize)]
struct Metadata<'a> {
    display_phone_number: &'a str,
    phone_number_id: &'a PhoneNumberId,
}

#[derive(Serialize)]
struct Contact<'a> {
    profile: Profile<'a>,
    user_id: &'a UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    wa_id: Option<&'a WaId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<&'a UserId>,
}

#[derive(Serialize)]
struct Profile<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
}

#[derive(Serialize)]
struct Status<'a> {
    id: &'a str,
    status: &'a str,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_user_id: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_parent_user_id: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_opaque_callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[Value; 1]>,
}

#[derive(Serialize)]
struct Pricing<'a> {
    billable: bool,
    pricing_model: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    category: &'a str,
}
