//! The state of Meta's side: pure, without sockets, tasks or a clock of its own.

mod access;
mod agenda;
mod bubble;
mod chat;
mod hearing;
mod holding;
mod ids;
mod limits;
mod media;
mod number;
mod numbers;
mod person;
mod phone;
mod registry;
mod ring;
mod sending;
mod shown;
mod templates;
mod throttle;
mod trouble;
mod uploads;

pub(super) use agenda::Agenda;
pub(super) use chat::Chat;
pub(super) use hearing::{Heard, Said};
pub(super) use media::MediaObject;
pub(super) use numbers::NumberState;
pub(super) use person::Person;
pub use phone::Phone;
pub(super) use registry::{Kept, Standing};
pub(super) use ring::Ring;
pub use sending::Report;
pub(super) use sending::{Endpoint, Outgoing, Target};
pub use shown::{ButtonKind, Shown, ShownButton, ShownCard};
pub(super) use throttle::Throttled;
pub(super) use trouble::{Mishap, Spoilt};

use self::{
    access::Phones, limits::Quotas, media::Shelf, numbers::Numbers, registry::Registry, sending::Step,
    trouble::Trouble, uploads::Uploads,
};
use super::{builder::Settings, journal::Journal, json::text, refusal::Refusal, webhooks::Outbox};
use crate::{
    id::{GroupId, MediaId, MessageId, PhoneNumberId, UserId, WaId},
    time::Timestamp,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    fmt,
    sync::Arc,
};

/// Everything Meta knows. Time is always a parameter.
pub(super) struct Model {
    settings: Arc<Settings>,
    rng: fastrand::Rng,
    phones: Phones,
    people: HashMap<WaId, Person>,
    /// Whose BSUIDs and parent BSUIDs are whose.
    user_ids: HashMap<UserId, WaId>,
    groups: BTreeSet<GroupId>,
    media: Shelf,
    pub(super) uploads: Uploads,
    registry: Registry,
    numbers: Numbers,
    /// What the business sent, in order.
    sent: Ring<Outgoing>,
    /// Whose chat each bubble on any phone is in, in order.
    bubbles: VecDeque<(WaId, PhoneNumberId)>,
    /// Where the messages of both sides are.
    places: HashMap<MessageId, Place>,
    agenda: Agenda<(u64, Step)>,
    pub(super) outbox: Outbox,
    pub(super) trouble: Trouble,
    pub(super) quotas: Quotas,
    /// How many requests reached the Graph API.
    pub(super) requests: usize,
    pub(super) journal: Journal,
}

/// Where a message is to be found.
enum Place {
    /// The business sent it: the number of its sending.
    Sent(u64),
    /// A customer wrote it: their chat, the number of its bubble there, and that of the webhook that tells of it.
    Heard { author: WaId, with: PhoneNumberId, bubble: u64, webhook: Option<usize> },
}

impl Model {
    pub(super) fn new(settings: Arc<Settings>, rng: fastrand::Rng) -> Self {
        let phones = Phones::new(settings.phone());
        let dice = fastrand::Rng::with_seed(rng.clone().u64(..));
        let trouble = Trouble::new(settings.faults.clone(), dice);
        let quotas = Quotas::new(settings.limits.clone());
        let outbox = Outbox::new(settings.posting, settings.keep);
        Self {
            settings,
            rng,
            phones,
            people: HashMap::new(),
            user_ids: HashMap::new(),
            groups: BTreeSet::new(),
            media: Shelf::default(),
            uploads: Uploads::default(),
            registry: Registry::new(),
            numbers: Numbers::default(),
            sent: Ring::new(),
            bubbles: VecDeque::new(),
            places: HashMap::new(),
            agenda: Agenda::new(),
            outbox,
            trouble,
            quotas,
            requests: 0,
            journal: Journal::default(),
        }
    }

    /// Lets everything happen that is due by `now`, each at its own time.
    pub(super) fn advance(&mut self, now: Timestamp) {
        while let Some((due, (number, step))) = self.agenda.take_due(now) {
            self.take_planned_step(number, step, due);
        }
        self.advance_templates(now);
        self.outbox.advance(now);
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let due = [self.agenda.next_due(), self.registry.next_due(), self.outbox.next_due()];
        due.into_iter().flatten().min()
    }

    /// Hands an update, as JSON, to the outbox; the number of its webhook.
    fn post(&mut self, update: impl fmt::Display, now: Timestamp) -> usize {
        let turn = self.trouble.turn();
        self.outbox.push(update.to_string(), turn, now)
    }

    /// Whether nothing is planned and no webhook waits.
    pub(super) fn is_idle(&self) -> bool {
        self.agenda.next_due().is_none()
            && self.registry.reviews.next_due().is_none()
            && self.outbox.is_empty()
    }

    pub(super) fn sent(&self) -> impl DoubleEndedIterator<Item = &Outgoing> {
        self.sent.iter()
    }

    /// The message with this id, if the business sent it.
    pub(super) fn sent_message(&self, id: &MessageId) -> Option<&Outgoing> {
        match self.places.get(id)? {
            Place::Sent(number) => self.sent.get(*number),
            Place::Heard { .. } => None,
        }
    }

    /// Whether the application has taken the webhook of the customer's message with this id.
    pub(super) fn is_taken(&self, id: &MessageId) -> bool {
        match self.places.get(id) {
            Some(Place::Heard { webhook: Some(number), .. }) => self.outbox.is_taken(*number),
            _ => false,
        }
    }

    pub(super) fn media(&self, id: &MediaId) -> Option<&MediaObject> {
        self.media.get(id)
    }

    pub(super) fn keep_media(&mut self, object: MediaObject) -> MediaId {
        self.media.put(&mut self.rng, object)
    }

    pub(super) fn forget_media(&mut self, id: &MediaId) {
        self.media.remove(id);
    }

    /// A session for the upload of `length` bytes: its id.
    pub(super) fn begin_upload(&mut self, length: u64) -> String {
        self.uploads.begin(&mut self.rng, length)
    }

    /// Ends a session whose file is complete: the handle of the file.
    pub(super) fn end_upload(&mut self, id: &str) -> Option<String> {
        self.uploads.end(&mut self.rng, id)
    }

    pub(super) fn person(&self, number: &WaId) -> Option<&Person> {
        self.people.get(number)
    }

    /// All people, in no order.
    pub(super) fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The person with this number, who appears on first contact.
    pub(super) fn person_mut(&mut self, number: &WaId) -> &mut Person {
        self.people.entry(number.clone()).or_insert_with(|| Person::new(number.clone()))
    }

    /// The chat of the person with this number with one of the business, which begins on first contact.
    pub(super) fn chat_mut(&mut self, phone: &Phone, number: &WaId) -> &mut Chat {
        let Self { people, user_ids, settings, .. } = self;
        let person = people.entry(number.clone()).or_insert_with(|| Person::new(number.clone()));
        person.chat_or_begin(&phone.id, || {
            let user_id = ids::user_id(&phone.account_id, number);
            user_ids.insert(user_id.clone(), number.clone());
            let parent_user_id = settings.parent_user_ids.then(|| ids::parent_user_id(number));
            user_ids.extend(parent_user_id.clone().map(|id| (id, number.clone())));
            Chat::new(user_id, parent_user_id)
        })
    }

    pub(super) fn chat(&self, phone: &PhoneNumberId, number: &WaId) -> Option<&Chat> {
        self.person(number)?.chat(phone)
    }

    /// The person with this BSUID in the portfolio of a number, or this parent BSUID.
    pub(super) fn person_of(&self, phone: &Phone, user_id: &UserId) -> Option<&Person> {
        let person = self.people.get(self.user_ids.get(user_id)?)?;
        let is_theirs = ids::user_id(&phone.account_id, &person.number) == *user_id
            || (self.settings.parent_user_ids && ids::parent_user_id(&person.number) == *user_id);
        is_theirs.then_some(person)
    }

    /// A new group that the business is in.
    pub(super) fn open_group(&mut self) -> GroupId {
        let id = ids::group_id(&mut self.rng, &self.settings.number);
        self.groups.insert(id.clone());
        id
    }

    /// A number of digits that no two answers share.
    pub(super) fn challenge(&mut self) -> String {
        std::iter::repeat_with(|| self.rng.digit(10)).take(10).collect()
    }

    /// Whether either side has written the message `id`, and it is not a reaction itself.
    pub(super) fn can_be_reacted_to(&self, id: &str) -> bool {
        match self.places.get(&MessageId::from(id)) {
            Some(Place::Sent(number)) => self.sent.get(*number).is_some_and(|message| !message.is_reaction()),
            Some(Place::Heard { .. }) => true,
            None => false,
        }
    }

    /// Whether the message `id` stands in the conversation of this number of the business with `whom`.
    fn is_between(&self, phone: &Phone, whom: &Target, id: &MessageId) -> bool {
        match self.places.get(id) {
            Some(Place::Heard { author, with, .. }) => {
                *with == phone.id && matches!(whom, Target::Person(number) if number == author)
            }
            Some(Place::Sent(number)) => self
                .sent
                .get(*number)
                .is_some_and(|message| message.from.id == phone.id && message.to == *whom),
            None => false,
        }
    }

    /// The business marks the customer's message `id` as read, and begins to type if `typing`.
    pub(super) fn mark_read(
        &mut self,
        reader: &PhoneNumberId,
        id: &str,
        typing: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let chat = match self.places.get(&MessageId::from(id)) {
            Some(Place::Heard { author, with, bubble, .. }) if with == reader => {
                self.people.get_mut(author).and_then(|person| Some((person.chat_mut(with)?, *bubble)))
            }
            _ => None,
        };
        let Some((chat, bubble)) = chat else {
            return Err(Refusal::value("message_id is not the id of a message that this number received."));
        };
        chat.was_read_to(bubble);
        if typing {
            chat.sees_typing_begin(now);
        }
        Ok(())
    }

    /// The bubble of the message `id`, on the phone it is on.
    fn bubble_mut(&mut self, id: &MessageId) -> Option<&mut Shown> {
        let (number, phone, bubble) = match self.places.get(id)? {
            Place::Heard { author, with, bubble, .. } => (author, with, *bubble),
            Place::Sent(number) => match self.sent.get(*number)? {
                Outgoing { to: Target::Person(to), from, bubble, .. } => (to, &from.id, (*bubble)?),
                _ => return None,
            },
        };
        self.people.get_mut(number)?.chat_mut(phone)?.bubbles.get_mut(bubble)
    }

    /// Notes whose chat the newest bubble is in, and forgets the oldest.
    fn keep_bubble(&mut self, place: (WaId, PhoneNumberId)) {
        self.bubbles.push_back(place);
        if self.bubbles.len() <= self.settings.keep {
            return;
        }
        let Some((number, phone)) = self.bubbles.pop_front() else { return };
        let chat = self.people.get_mut(&number).and_then(|person| person.chat_mut(&phone));
        if let Some(bubble) = chat.and_then(|chat| chat.bubbles.pop_oldest())
            && !bubble.from_business
        {
            self.places.remove(&bubble.id);
        }
    }

    /// Takes a message of the business; the answer of the Graph API.
    ///
    /// The body must have passed the checks. Its statuses come after their time, or all at once.
    pub(super) fn accept(
        &mut self,
        from: &Arc<Phone>,
        body: Value,
        endpoint: Endpoint,
        at_once: bool,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let address = self.address(from, &body)?;
        self.may_send(from, &address)?;
        if let Some(reacted) = text(&body, "/reaction/message_id").map(MessageId::from)
            && !self.is_between(from, address.target(), &reacted)
        {
            return Err(Refusal::value(
                "reaction.message_id is not the id of a message in this conversation.",
            ));
        }
        self.quotas.send(from, address.target(), now)?;
        let message = self.outgoing(from, &address, body, endpoint);
        let mut answer = json!({
            "messaging_product": "whatsapp",
            "contacts": [address.contact()],
            "messages": [{ "id": message.id }],
        });
        if let Some(first) = answer.pointer_mut("/messages/0").and_then(Value::as_object_mut) {
            if let Target::Group(group) = &message.to {
                first.insert("group_id".into(), group.as_str().into());
            }
            if message.is_template() {
                let status = if message.is_held() { "held_for_quality_assessment" } else { "accepted" };
                first.insert("message_status".into(), status.into());
            }
        }
        let pace = self.settings.pace;
        self.plan(message, if at_once { pace.at_once() } else { pace }, now);
        Ok(answer)
    }
}
