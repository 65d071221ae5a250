//! What customers write and do.

use super::{Chat, Model, Person, Phone, Place, Shown, Target, ids};
use crate::{
    id::{MessageId, WaId},
    simulator::webhooks::payload,
    time::Timestamp,
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Something that a customer writes.
pub(crate) struct Said {
    /// Its type on the wire.
    pub(crate) kind: &'static str,
    /// The object of that name.
    pub(crate) content: Value,
    /// Its bubble on the phone, if it makes one; the model gives it its id.
    pub(crate) shown: Option<Shown>,
    pub(crate) reply_to: Option<MessageId>,
}

/// Who is heard, and by which number of the business.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) phone: &'a Phone,
    pub(crate) person: &'a Person,
    pub(crate) chat: &'a Chat,
}

impl Model {
    /// The customer writes: it shows on their phone, opens the window and becomes a webhook.
    pub(crate) fn hear(&mut self, phone: &Arc<Phone>, from: &WaId, said: Said, now: Timestamp) -> MessageId {
        let id = ids::message_id(&mut self.rng, from.as_str(), true);
        self.quotas.note(phone, now);
        let context = said.reply_to.as_ref().and_then(|quoted| self.context(phone, from, quoted, now));
        let hides_number = self.person_mut(from).username.is_some();
        let chat = self.chat_mut(phone, from);
        chat.wrote(now);
        if !hides_number {
            chat.used_number(now);
        }
        // What somebody writes whom the business blocked stays on their phone.
        let heard = self.heard(phone, from).filter(|_| !self.has_blocked(&phone.id, from));
        let told = heard.map(|heard| payload::message(heard, &id, said.kind, said.content, context, now));
        let webhook = told.map(|webhook| self.post(webhook, now));
        if let Some(mut shown) = said.shown {
            shown.id = id.clone();
            shown.at = now;
            shown.reply_to = said.reply_to;
            let bubble = self.chat_mut(phone, from).bubbles.push(shown);
            let (author, with) = (from.clone(), phone.id.clone());
            self.places.insert(id.clone(), Place::Heard { author, with, bubble, webhook });
            self.keep_bubble((from.clone(), phone.id.clone()));
        }
        id
    }

    fn heard<'a>(&'a self, phone: &'a Phone, from: &WaId) -> Option<Heard<'a>> {
        let person = self.person(from)?;
        Some(Heard { phone, person, chat: person.chat(&phone.id)? })
    }

    /// What a webhook says of the message that is answered. The number of a customer who hides it is left out.
    fn context(&self, phone: &Phone, from: &WaId, quoted: &MessageId, now: Timestamp) -> Option<Value> {
        let author = match self.places.get(quoted) {
            Some(Place::Heard { .. }) => {
                let heard = self.heard(phone, from);
                heard.and_then(|heard| heard.person.number_in(heard.chat, now)).map(WaId::as_str)
            }
            _ => Some(&*phone.number),
        };
        let mut context = Map::from_iter([("id".to_owned(), quoted.as_str().into())]);
        context.extend(author.map(|author| ("from".to_owned(), author.into())));
        Some(context.into())
    }

    /// The newest bubbles first, in the chat of one person with one number.
    pub(crate) fn newest_first(&self, phone: &Phone, number: &WaId) -> impl Iterator<Item = &Shown> {
        self.chat(&phone.id, number).into_iter().flat_map(|chat| chat.bubbles.iter().rev())
    }

    /// Lets the customer see what they did to a message on their phone; whether it is there.
    pub(crate) fn touch(
        &mut self,
        phone: &Phone,
        number: &WaId,
        id: &MessageId,
        touch: impl FnOnce(&mut Shown),
    ) -> bool {
        let is_here = self.is_between(phone, &Target::Person(number.clone()), id);
        match self.bubble_mut(id).filter(|_| is_here) {
            Some(shown) => {
                touch(shown);
                true
            }
            None => false,
        }
    }

    /// The customer stops or resumes marketing messages, which the business hears of when it is new.
    pub(crate) fn prefer(&mut self, phone: &Arc<Phone>, number: &WaId, stops: bool, now: Timestamp) {
        let chat = self.chat_mut(phone, number);
        if std::mem::replace(&mut chat.has_opted_out, stops) == stops {
            return;
        }
        if let Some(heard) = self.heard(phone, number) {
            let webhook = payload::preference(heard, stops, now);
            self.post(webhook, now);
        }
    }

    /// The person goes by another number: their chats go with them, and each business hears of their new ids. Whether the
    /// new number was free.
    pub(crate) fn change_number(&mut self, old: &WaId, new: &WaId, now: Timestamp) -> bool {
        if self.people.contains_key(new) {
            return false;
        }
        let Some(mut person) = self.people.remove(old) else { return false };
        person.number = new.clone();
        let phones: Vec<Arc<Phone>> = self.phones().map(Arc::clone).collect();
        let mut notices = Vec::new();
        for phone in &phones {
            let Some(chat) = person.chat_mut(&phone.id) else { continue };
            let knew_number = chat.knows_number(now);
            let previous = (chat.user_id.clone(), chat.parent_user_id.clone());
            chat.user_id = ids::user_id(&phone.account_id, new);
            chat.parent_user_id = chat.parent_user_id.as_ref().map(|_| ids::parent_user_id(new));
            for id in [Some(&previous.0), previous.1.as_ref()].into_iter().flatten() {
                self.user_ids.remove(id);
            }
            for id in [Some(&chat.user_id), chat.parent_user_id.as_ref()].into_iter().flatten() {
                self.user_ids.insert(id.clone(), new.clone());
            }
            notices.push((Arc::clone(phone), previous, knew_number));
        }
        self.people.insert(new.clone(), person);
        self.rename(old, new);
        for (phone, previous, knew_number) in notices {
            let id = ids::message_id(&mut self.rng, old.as_str(), true);
            let Some(heard) = self.heard(&phone, new) else { continue };
            let shows = heard.person.username.is_none() || knew_number;
            let webhook = payload::changed(heard, &id, shows.then_some(old), &previous, now);
            self.post(webhook, now);
        }
        true
    }

    /// Keeps what is known of the messages of a person in step with their new number.
    fn rename(&mut self, old: &WaId, new: &WaId) {
        for place in self.places.values_mut() {
            if let Place::Heard { author, .. } = place
                && author == old
            {
                *author = new.clone();
            }
        }
        for (number, _) in self.bubbles.iter_mut().filter(|(number, _)| number == old) {
            *number = new.clone();
        }
        for message in self.sent.iter_mut() {
            if let Target::Person(to) = &mut message.to
                && to == old
            {
                *to = new.clone();
            }
        }
    }
}
