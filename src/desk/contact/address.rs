//! Where an answer goes.

use crate::{
    desk::{Tenant, tenant::not_found},
    error::Result,
    id::{UserId, WaId},
    recipient::Recipient,
    store::{ConversationId, Direction, Identity, PageRequest, StoredMessage, TenantStoreExt},
};
use serde::Deserialize;

/// How many of the last messages are looked at for one of the customer.
const NEWEST: usize = 20;

impl Tenant {
    /// Whom an answer in a conversation goes to: the address that the customer wrote from last, if it is theirs still, else the
    /// newest number or user id that is known of them.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), also when no address is known;
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    ///
    /// ```
    /// # use whatsapp_business::{Result, desk::{Receipt, Tenant}, store::Conversation};
    /// async fn answer(acme: &Tenant, conversation: &Conversation, text: &str) -> Result<Receipt> {
    ///     let customer = acme.recipient(&conversation.id).await?;
    ///     acme.send(&conversation.number, customer, text).await
    /// }
    /// ```
    pub async fn recipient(&self, id: &ConversationId) -> Result<Recipient> {
        let contact = self.contact(&self.conversation(id).await?.contact).await?;
        let newest = self.store.messages(id, PageRequest::newest(NEWEST)).await?.items;
        let heard = newest.iter().find(|message| message.direction == Direction::Inbound);
        let known = contact.identities;
        let address = heard.and_then(sender).filter(|sender| known.contains(sender));
        let address = address.as_ref().or_else(|| newest_of(&known));
        address.map(Recipient::from).ok_or_else(|| not_found("address of the contact"))
    }
}

/// Who sent a received message, by the name that is written to.
fn sender(message: &StoredMessage) -> Option<Identity> {
    #[derive(Deserialize)]
    struct Wire {
        from: Option<WaId>,
        from_user_id: Option<UserId>,
        system: Option<Moved>,
    }
    /// Where WhatsApp says that the person is now.
    #[derive(Deserialize)]
    struct Moved {
        wa_id: Option<WaId>,
        user_id: Option<UserId>,
    }
    let wire: Wire = serde_json::from_slice(&message.body).ok()?;
    let (phone, user) = match wire.system {
        Some(Moved { wa_id, user_id }) if wa_id.is_some() || user_id.is_some() => (wa_id, user_id),
        _ => (wire.from, wire.from_user_id),
    };
    let phone = phone.filter(|phone| !phone.as_str().is_empty()).map(Identity::Phone);
    phone.or(user.map(Identity::UserId))
}

/// The newest number, else the newest user id.
fn newest_of(known: &[Identity]) -> Option<&Identity> {
    let is_phone = |identity: &&Identity| matches!(identity, Identity::Phone(_));
    let is_user = |identity: &&Identity| matches!(identity, Identity::UserId(_));
    let newest = || known.iter().rev();
    newest().find(is_phone).or_else(|| newest().find(is_user)).or(known.last())
}
