//! What WhatsApp tells of a customer.

use crate::{
    id::{UserId, WaId},
    open::open_enum,
    webhook::{Identity, lenient},
    wire::quiet_debug,
};
use serde::Deserialize;

/// Something about the customer has changed: their number, their ids, their device.
///
/// Nobody said it: it opens no customer-service window. The `from` of the message is the customer as they were known so
/// far, and there may be none.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct System {
    /// What has changed (`type` on the wire).
    pub kind: Option<SystemKind>,
    /// Meta's sentence about it; it holds the customer's name and numbers.
    pub body: Option<String>,
    /// Their phone number from now on, when Meta shares it.
    pub wa_id: Option<WaId>,
    /// Their phone number until now (`customer` on the wire, formerly).
    pub previous_wa_id: Option<WaId>,
    /// Their id within the business portfolio from now on.
    pub user_id: Option<UserId>,
    /// Their id across portfolios that belong together, from now on.
    pub parent_user_id: Option<UserId>,
    /// Their id within the business portfolio until now.
    pub previous_user_id: Option<UserId>,
    /// Their id across portfolios that belong together, until now.
    pub previous_parent_user_id: Option<UserId>,
    /// The new identity key, when that is what changed.
    pub identity: Option<Identity>,
}
quiet_debug!(System { kind, wa_id, user_id, previous_user_id });

open_enum! {
    /// What has changed about a customer.
    pub enum SystemKind {
        /// They have another phone number, and with it another user id.
        UserChangedNumber = "user_changed_number" | "customer_changed_number",
        /// They have another user id; the number behind it may be hidden.
        UserChangedUserId = "user_changed_user_id",
        /// They registered WhatsApp anew: it may be somebody else. Only with the identity check switched on.
        UserIdentityChanged = "user_identity_changed" | "customer_identity_changed",
    }
}

impl<'de> Deserialize<'de> for System {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "type", default, deserialize_with = "lenient::optional")]
            kind: Option<SystemKind>,
            #[serde(default, deserialize_with = "lenient::any_text")]
            body: Option<String>,
            #[serde(default, deserialize_with = "lenient::optional")]
            wa_id: Option<WaId>,
            /// An old name of the former.
            #[serde(default, deserialize_with = "lenient::optional")]
            new_wa_id: Option<WaId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            customer: Option<WaId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            user_id: Option<UserId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            parent_user_id: Option<UserId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            previous_user_id: Option<UserId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            previous_parent_user_id: Option<UserId>,
            #[serde(default, deserialize_with = "lenient::or_default")]
            identity: Option<Identity>,
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            kind: wire.kind,
            body: wire.body,
            wa_id: wire.wa_id.or(wire.new_wa_id),
            previous_wa_id: wire.customer,
            user_id: wire.user_id,
            parent_user_id: wire.parent_user_id,
            previous_user_id: wire.previous_user_id,
            previous_parent_user_id: wire.previous_parent_user_id,
            identity: wire.identity,
        })
    }
}
