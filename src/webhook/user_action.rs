//! What somebody did with a message that we sent.

use crate::{
    id::{AccountId, PhoneNumberId},
    open::open_enum,
    time::Timestamp,
    webhook::{
        Contact,
        event::{escape, hash_of},
        lenient,
        messages::Shared,
    },
    wire::quiet_debug,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What somebody did with a message that we sent (an item of `user_actions` on the wire), such as following its link.
///
/// Meta does not name the message: what tells them apart is the tracking token of the link.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserAction {
    /// What they did (`action_type` on the wire).
    pub kind: UserActionKind,
    /// When that was.
    pub timestamp: Option<Timestamp>,
    /// The link they followed (`marketing_messages_link_click_data` on the wire).
    pub link_click: Option<LinkClick>,
    /// Our number that sent the message.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// Who it was, where the delivery tells of no more than one person.
    pub contact: Option<Arc<Contact>>,
    raw: Box<str>,
}
quiet_debug!(UserAction { kind, timestamp, phone_number_id });

open_enum! {
    /// What somebody did with a message.
    pub enum UserActionKind {
        /// They followed a link in a message sent through the Marketing Messages API.
        LinkClick = "marketing_messages_link_click",
    }
}

/// A link that was followed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct LinkClick {
    /// Where in the message the link was (`click_component` on the wire).
    #[serde(rename = "click_component", default, deserialize_with = "lenient::optional")]
    pub component: Option<ClickComponent>,
    /// The product it leads to.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub product_id: Option<String>,
    /// Meta's id of the click, to report what came of it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub click_id: Option<String>,
    /// The token of the link.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub tracking_token: Option<String>,
}
quiet_debug!(LinkClick { component });

open_enum! {
    /// Where in a message a link was.
    pub enum ClickComponent {
        /// On a button.
        Button = "cta",
        /// In the text.
        Body = "body",
    }
}

impl UserAction {
    /// The action's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// By the id of the click; without one, everything that tells it from others is in the hash.
    pub(super) fn key(&self) -> String {
        let click = self.link_click.as_ref().and_then(|click| click.click_id.as_deref());
        let time = self.timestamp.map_or_else(String::new, |time| time.as_seconds().to_string());
        let kind = escape(self.kind.as_str());
        if let Some(click) = click {
            return format!("action:{kind}:{time}:{}", escape(click));
        }
        let number = self.phone_number_id.as_ref().map_or("", PhoneNumberId::as_str);
        let person = self.contact.as_ref().and_then(|contact| contact.ids().into_iter().flatten().next());
        let hash = hash_of(
            self.account_id.as_ref().map(AccountId::as_str),
            None,
            &[number, person.unwrap_or("")],
            &self.raw,
        );
        format!("action:{kind}:{time}::{hash}")
    }
}

/// Reads one action.
pub(super) fn read(raw: &RawValue, shared: &Shared<'_>) -> Result<UserAction, serde_json::Error> {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(default, deserialize_with = "lenient::optional")]
        action_type: Option<UserActionKind>,
        #[serde(default, deserialize_with = "lenient::or_default")]
        timestamp: Option<Timestamp>,
        #[serde(default, deserialize_with = "lenient::optional_object")]
        marketing_messages_link_click_data: Option<LinkClick>,
    }
    let wire: Wire = lenient::parse(raw)?;
    Ok(UserAction {
        kind: lenient::required(wire.action_type, "action_type")?,
        timestamp: wire.timestamp,
        link_click: wire.marketing_messages_link_click_data,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        contact: shared.contacts.only(),
        raw: raw.get().into(),
    })
}
