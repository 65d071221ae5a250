//! Conversations that go from one app to another.

use super::member;
use crate::{
    id::{AppId, PhoneNumberId, UserId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::{lenient, summary::ConversationContext},
    wire::quiet_debug,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Who answers a conversation changed (`messaging_handovers` on the wire).
///
/// Meta has no way to ask who answers one: these notices, and the field a message comes under, are all there is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handover {
    /// Whether it is ours now or was taken from us (`type` on the wire).
    pub kind: HandoverKind,
    /// When that was.
    pub timestamp: Option<Timestamp>,
    /// The customer's phone number, when Meta shares it (`sender.phone_number` on the wire).
    pub from: Option<WaId>,
    /// The customer's id within the business portfolio (`sender.user_id` on the wire); not documented, so mostly absent.
    pub from_user_id: Option<UserId>,
    /// Our number (`recipient.phone_number_id` on the wire).
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it (`recipient.display_phone_number` on the wire).
    pub display_phone_number: Option<String>,
    /// Who answered before (`previous_owner_role` on the wire).
    pub previous_role: Option<Role>,
    /// Who answers now (`new_owner_role` on the wire).
    pub new_role: Option<Role>,
    /// The app that answered before (`previous_owner_app_id` on the wire). Meta announced its end: rely on the role.
    pub previous_app_id: Option<AppId>,
    /// What kind of app that was, such as `meta_business_agent` (`previous_owner_app_role` on the wire); ends as well.
    pub previous_app_role: Option<String>,
    /// The app that answers now (`new_owner_app_id` on the wire).
    pub new_app_id: Option<AppId>,
    /// What the other app gave along.
    pub metadata: Option<String>,
    /// What was talked about so far, written by a machine (`conversation_context.summary.text` on the wire).
    pub summary: Option<String>,
}
quiet_debug!(Handover { kind, timestamp, from, phone_number_id, previous_role, new_role });

open_enum! {
    /// How a conversation changed hands.
    pub enum HandoverKind {
        /// It was passed to us: the customer waits for our answer.
        Passed = "control_passed",
        /// It was taken from us: we answer no more.
        Taken = "control_taken",
    }
}

open_enum! {
    /// The part an app plays for a number.
    pub enum Role {
        /// Answers those who write by themselves.
        CustomerService = "customer_service",
        /// Answers those who answer a marketing message.
        Marketing = "marketing",
        /// Answers those who answer a utility message.
        Utility = "utility",
        /// Answers those who came through an advertisement.
        ClickToWhatsApp = "ctwa",
        /// Meta's agent that answers by itself.
        AiAgent = "ai_agent",
        /// Takes over what the others cannot settle; may take any conversation.
        Escalation = "escalation",
    }
}

/// Reads a handover, with the details under the member that its type names.
pub(super) fn read(raw: &str) -> Result<Handover, serde_json::Error> {
    let wire: Wire = serde_json::from_str(raw)?;
    let mut members: HashMap<String, &RawValue> = serde_json::from_str(raw)?;
    let details = members.remove(wire.kind.as_str()).and_then(member::read_object);
    let details: Details = details.unwrap_or_default();
    let sender = wire.sender.unwrap_or_default();
    let recipient = wire.recipient.unwrap_or_default();
    Ok(Handover {
        kind: wire.kind,
        timestamp: wire.timestamp,
        from: sender.phone_number,
        from_user_id: sender.user_id,
        phone_number_id: recipient.phone_number_id,
        display_phone_number: recipient.display_phone_number,
        previous_role: details.previous_owner_role,
        new_role: details.new_owner_role,
        previous_app_id: details.previous_owner_app_id,
        previous_app_role: details.previous_owner_app_role,
        new_app_id: details.new_owner_app_id,
        metadata: details.metadata,
        summary: details.conversation_context.and_then(ConversationContext::text),
    })
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type", deserialize_with = "member::needed")]
    kind: HandoverKind,
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "member::object")]
    sender: Option<Sender>,
    #[serde(default, deserialize_with = "member::object")]
    recipient: Option<Recipient>,
}

#[derive(Default, Deserialize)]
struct Sender {
    #[serde(default, deserialize_with = "member::text")]
    phone_number: Option<WaId>,
    #[serde(default, deserialize_with = "member::text")]
    user_id: Option<UserId>,
}

#[derive(Default, Deserialize)]
struct Recipient {
    #[serde(default, deserialize_with = "member::text")]
    phone_number_id: Option<PhoneNumberId>,
    #[serde(default, deserialize_with = "member::text")]
    display_phone_number: Option<String>,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(default, deserialize_with = "member::text")]
    previous_owner_role: Option<Role>,
    #[serde(default, deserialize_with = "member::text")]
    new_owner_role: Option<Role>,
    #[serde(default, deserialize_with = "member::text")]
    previous_owner_app_id: Option<AppId>,
    #[serde(default, deserialize_with = "member::text")]
    previous_owner_app_role: Option<String>,
    #[serde(default, deserialize_with = "member::text")]
    new_owner_app_id: Option<AppId>,
    #[serde(default, deserialize_with = "member::text")]
    metadata: Option<String>,
    #[serde(default, deserialize_with = "member::object")]
    conversation_context: Option<ConversationContext>,
}
