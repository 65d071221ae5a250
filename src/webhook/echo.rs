//! Messages that the business wrote elsewhere: in the WhatsApp Business app, beside us.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/smb_message_echoes>

use crate::{
    id::{UserId, WaId},
    webhook::{
        Contact, Event, InboundMessage, contact::ids, items::Item, lenient, message, messages::Shared,
    },
    wire::quiet_debug,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// A message that the business wrote to a customer elsewhere: in the app (field `smb_message_echoes`), or through
/// another program (field `message_echoes`).
///
/// It does not open the customer-service window. Messages that were edited or deleted in the app come as echoes too,
/// of type `edit` and `revoke`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Echo {
    /// What was written, by our number: [`from`](InboundMessage::from) is that number.
    pub message: InboundMessage,
    /// The phone number it was written to, when Meta shares it.
    pub to: Option<WaId>,
    /// The recipient's id within the business portfolio.
    pub to_user_id: Option<UserId>,
    /// The recipient's id across portfolios that belong together.
    pub to_parent_user_id: Option<UserId>,
    /// What the delivery tells of the recipient.
    pub contact: Option<Arc<Contact>>,
    pub(super) field: Box<str>,
}
quiet_debug!(Echo { message, to, to_user_id });

impl Echo {
    /// The message's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.message.raw()
    }
}

/// Whom a message was written to, and what a history tells of it besides.
#[derive(Deserialize)]
pub(super) struct Addressed<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient::loose")]
    pub(super) to: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    pub(super) to_user_id: Option<UserId>,
    #[serde(default, deserialize_with = "lenient::loose")]
    pub(super) to_parent_user_id: Option<UserId>,
    #[serde(borrow)]
    pub(super) history_context: Option<&'a RawValue>,
}

impl Addressed<'_> {
    pub(super) fn ids(&self) -> [Option<&str>; 3] {
        ids(self.to_user_id.as_ref(), self.to.as_ref(), self.to_parent_user_id.as_ref())
    }
}

/// Reads a message that says whom it was written to; all else is as in messages that customers send.
pub(super) fn read_message<'a>(
    raw: &'a str,
    shared: &Shared<'_>,
) -> Result<(InboundMessage, Addressed<'a>), serde_json::Error> {
    let addressed: Addressed<'_> = serde_json::from_str(raw)?;
    // Echoes of another shape, with the body of the request in them, have none.
    lenient::required(addressed.kind, "type")?;
    Ok((message::read(raw, shared)?, addressed))
}

/// Reads one echo.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let (message, addressed) = read_message(item.raw, item.shared)?;
    let echo = Echo {
        message,
        contact: item.shared.contacts.find(addressed.ids()),
        to: addressed.to,
        to_user_id: addressed.to_user_id,
        to_parent_user_id: addressed.to_parent_user_id,
        field: item.shared.origin.field.into(),
    };
    Ok(Event::Echo(Box::new(echo)))
}
