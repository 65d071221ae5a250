//! What the business keeps in the WhatsApp Business app: its address book.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/smb_app_state_sync>

use crate::{
    id::{AccountId, PhoneNumberId, UserId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::{Event, items::Item, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;
use std::sync::Arc;

/// Something the business keeps in the WhatsApp Business app, as it is now (field `smb_app_state_sync`).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppState {
    /// What it is (`type` on the wire).
    pub kind: AppStateKind,
    /// What happened to it.
    pub action: Option<AppStateAction>,
    /// When that was (`metadata.timestamp` on the wire).
    pub timestamp: Option<Timestamp>,
    /// The entry of the address book, when it is one.
    pub contact: Option<AppContact>,
    /// Our number.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    raw: Box<str>,
}
quiet_debug!(AppState { kind, action, timestamp, contact, phone_number_id });

impl AppState {
    /// The item's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

open_enum! {
    /// What the app keeps.
    pub enum AppStateKind {
        /// An entry of the address book.
        Contact = "contact",
    }
}

open_enum! {
    /// What happened in the app.
    pub enum AppStateAction {
        /// It was added, or changed.
        Add = "add",
        /// It was removed.
        Remove = "remove",
    }
}

/// An entry of the address book in the app. Its names are the business's own, not those people gave themselves.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppContact {
    /// The whole name.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub full_name: Option<String>,
    /// The first name.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub first_name: Option<String>,
    /// Their phone number, when Meta shares it.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub phone_number: Option<WaId>,
    /// Their id within the business portfolio.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub user_id: Option<UserId>,
    /// Their id across portfolios that belong together.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub parent_user_id: Option<UserId>,
    /// Their username; they may change it at any time.
    #[serde(default, deserialize_with = "lenient::loose")]
    pub username: Option<String>,
}
quiet_debug!(AppContact { phone_number, user_id, parent_user_id });

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type", default, deserialize_with = "lenient::loose")]
    kind: Option<AppStateKind>,
    #[serde(default, deserialize_with = "lenient::loose")]
    action: Option<AppStateAction>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    contact: Option<AppContact>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default, deserialize_with = "lenient::or_default")]
    timestamp: Option<Timestamp>,
}

/// Reads one item.
pub(super) fn read(item: &Item<'_>) -> Result<Event, serde_json::Error> {
    let wire: Wire = serde_json::from_str(item.raw)?;
    let kind = lenient::required(wire.kind, "type")?;
    if kind == AppStateKind::Contact {
        lenient::required(wire.contact.as_ref(), "contact")?;
    }
    let shared = item.shared;
    Ok(Event::AppState(AppState {
        kind,
        action: wire.action,
        timestamp: wire.metadata.timestamp.or(shared.origin.time),
        contact: wire.contact,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        raw: item.raw.into(),
    }))
}
