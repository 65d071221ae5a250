//! Pinned messages of groups.

use crate::{
    check,
    error::{Path, Violation},
    id::MessageId,
    message::Kind,
    wire::{self, quiet_debug},
};
use serde::{Deserialize, Serialize};

/// A message pinned to the top of a group, or taken from there. It can be sent to a group only.
///
/// A group has at most three pinned messages: one more takes the place of the oldest.
///
/// ```
/// use whatsapp_business::{message::{Message, Pin}, recipient::Recipient};
/// let crew = Recipient::group("Y2FwaV9ncm91cDox");
/// assert!(Message::new(&crew, Pin::new("wamid.HBgL", 7)).validate().is_ok());
/// assert!(Message::new(&crew, Pin::remove("wamid.HBgL")).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "pin", "pin": {"type": "pin", "message_id": "wamid.HBgL", "expiration_days": 7}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    r#type: Act,
    message_id: MessageId,
    #[serde(default, deserialize_with = "wire::optional_integer", skip_serializing_if = "Option::is_none")]
    expiration_days: Option<i64>,
}

quiet_debug!(Pin { r#type, message_id, expiration_days });

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    #[serde(alias = "PIN")]
    Pin,
    #[serde(alias = "UNPIN")]
    Unpin,
}

/// Limits from [Meta: group messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/groups/groups-messaging).
impl Pin {
    /// Most days that a message stays pinned.
    pub const MAX_DAYS: u8 = 30;

    /// Pins the message with this id for 1 to [`Self::MAX_DAYS`] days.
    #[must_use]
    pub fn new(message_id: impl Into<MessageId>, days: u8) -> Self {
        Self { r#type: Act::Pin, message_id: message_id.into(), expiration_days: Some(days.into()) }
    }

    /// Takes the message with this id from the top.
    #[must_use]
    pub fn remove(message_id: impl Into<MessageId>) -> Self {
        Self { r#type: Act::Unpin, message_id: message_id.into(), expiration_days: None }
    }

    /// The message that is pinned, or no longer.
    #[must_use]
    pub fn message_id(&self) -> &MessageId {
        &self.message_id
    }
}

impl Kind for Pin {
    const TYPE: &'static str = "pin";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::id(at.field("message_id"), self.message_id.as_str(), out);
        let at = at.field("expiration_days");
        match (self.r#type, self.expiration_days) {
            (_, Some(days)) => check::number(at, days, &(1..=Self::MAX_DAYS.into()), "days", out),
            (Act::Pin, None) => {
                out.push(Violation::new(at, "is missing", format!("1 to {} days", Self::MAX_DAYS)));
            }
            (Act::Unpin, None) => {}
        }
    }

    fn words(&self) -> Option<String> {
        None
    }
}
