//! A customer, and their chats with the numbers of the business.

use super::chat::Chat;
use crate::{
    id::{PhoneNumberId, WaId},
    time::Timestamp,
};
use std::collections::BTreeMap;

pub(crate) struct Person {
    pub(crate) number: WaId,
    pub(crate) name: String,
    /// Whoever has one hides their number from those who do not know it yet.
    pub(crate) username: Option<String>,
    /// One for each business number that they have been in touch with.
    chats: BTreeMap<PhoneNumberId, Chat>,
}

impl Person {
    pub(super) fn new(number: WaId) -> Self {
        Self { number, name: "Customer".into(), username: None, chats: BTreeMap::new() }
    }

    pub(crate) fn chat(&self, phone: &PhoneNumberId) -> Option<&Chat> {
        self.chats.get(phone)
    }

    pub(super) fn chat_mut(&mut self, phone: &PhoneNumberId) -> Option<&mut Chat> {
        self.chats.get_mut(phone)
    }

    pub(super) fn chat_or_begin(&mut self, phone: &PhoneNumberId, begin: impl FnOnce() -> Chat) -> &mut Chat {
        self.chats.entry(phone.clone()).or_insert_with(begin)
    }

    /// The numbers of the business that they have been in touch with.
    pub(crate) fn phones(&self) -> impl Iterator<Item = &PhoneNumberId> {
        self.chats.keys()
    }

    /// The number, where webhooks of this chat may show it.
    ///
    /// <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>
    pub(crate) fn number_in(&self, chat: &Chat, now: Timestamp) -> Option<&WaId> {
        (self.username.is_none() || chat.knows_number(now)).then_some(&self.number)
    }
}
