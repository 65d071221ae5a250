//! The state of Meta's side: pure, without sockets, tasks or a clock of its own.

mod agenda;
mod bubble;
mod ids;
mod media;
mod number;
mod person;
mod sending;
mod shown;
mod trouble;
mod uploads;

pub(super) use agenda::Agenda;
pub(super) use media::MediaObject;
pub(super) use person::Person;
pub(super) use sending::{Endpoint, Outgoing, Target};
pub use shown::{ButtonKind, Shown, ShownButton, ShownCard};
pub(super) use trouble::{Mishap, Spoilt};

use self::{media::Shelf, sending::Step, trouble::Trouble, uploads::Uploads};
use super::{
    ApprovedTemplate,
    builder::Settings,
    journal::Journal,
    refusal::Refusal,
    webhooks::{
        Outbox,
        payload::{self, Inbound},
    },
};
use crate::{
    id::{GroupId, MediaId, MessageId, UserId, WaId},
    time::Timestamp,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Everything Meta knows. Time is always a parameter.
pub(super) struct Model {
    settings: Arc<Settings>,
    rng: fastrand::Rng,
    people: BTreeMap<WaId, Person>,
    groups: BTreeSet<GroupId>,
    media: Shelf,
    pub(super) uploads: Uploads,
    templates: BTreeMap<(String, String), ApprovedTemplate>,
    /// What the business sent, in order.
    sent: Vec<Outgoing>,
    agenda: Agenda<(usize, Step)>,
    pub(super) outbox: Outbox,
    pub(super) trouble: Trouble,
    /// How many requests reached the Graph API.
    pub(super) requests: usize,
    pub(super) journal: Journal,
}

impl Model {
    pub(super) fn new(settings: Arc<Settings>, rng: fastrand::Rng) -> Self {
        let dice = fastrand::Rng::with_seed(rng.clone().u64(..));
        let trouble = Trouble::new(settings.faults.clone(), dice);
        let outbox = Outbox::new(settings.posting);
        Self {
            settings,
            rng,
            people: BTreeMap::new(),
            groups: BTreeSet::new(),
            media: Shelf::default(),
            uploads: Uploads::default(),
            templates: BTreeMap::new(),
            sent: Vec::new(),
            agenda: Agenda::new(),
            outbox,
            trouble,
            requests: 0,
            journal: Journal::default(),
        }
    }

    /// Lets everything happen that is due by `now`, each at its own time.
    pub(super) fn advance(&mut self, now: Timestamp) {
        while let Some((due, (index, step))) = self.agenda.take_due(now) {
            self.take_step(index, step, due);
        }
        self.outbox.advance(now);
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.agenda.next_due().into_iter().chain(self.outbox.next_due()).min()
    }

    /// Hands an update to the outbox.
    fn post(&mut self, update: Value, now: Timestamp) {
        let turn = self.trouble.turn();
        self.outbox.push(update, turn, now);
    }

    /// Whether nothing is planned and no webhook waits.
    pub(super) fn is_idle(&self) -> bool {
        self.agenda.next_due().is_none() && self.outbox.is_empty()
    }

    pub(super) fn sent(&self) -> &[Outgoing] {
        &self.sent
    }

    pub(super) fn approve(&mut self, template: ApprovedTemplate) {
        self.templates.insert((template.name.clone(), template.language.clone()), template);
    }

    pub(super) fn template(&self, name: &str, language: &str) -> Option<&ApprovedTemplate> {
        self.templates.get(&(name.to_owned(), language.to_owned()))
    }

    pub(super) fn media(&self, id: &MediaId) -> Option<&MediaObject> {
        self.media.get(id)
    }

    pub(super) fn keep_media(&mut self, object: MediaObject) -> MediaId {
        self.media.put(&mut self.rng, object)
    }

    /// Whether there was such an object.
    pub(super) fn forget_media(&mut self, id: &MediaId) -> bool {
        self.media.remove(id)
    }

    /// A session for the upload of `length` bytes: its id.
    pub(super) fn begin_upload(&mut self, length: u64) -> String {
        self.uploads.begin(&mut self.rng, length)
    }

    /// Ends a session whose file is complete: the handle of the file.
    pub(super) fn end_upload(&mut self, id: &str) -> Option<String> {
        self.uploads.end(&mut self.rng, id)
    }

    /// Everyone who is known.
    pub(super) fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    pub(super) fn person(&self, number: &WaId) -> Option<&Person> {
        self.people.get(number)
    }

    /// The person with this number, who appears on first contact.
    pub(super) fn person_mut(&mut self, number: &WaId) -> &mut Person {
        let settings = &self.settings;
        self.people.entry(number.clone()).or_insert_with(|| {
            let parent_user_id = settings.parent_user_ids.then(|| ids::parent_user_id(number));
            Person::new(number.clone(), ids::user_id(&settings.account_id, number), parent_user_id)
        })
    }

    /// The person with this BSUID or parent BSUID.
    fn person_of(&self, user_id: &UserId) -> Option<&Person> {
        let is_theirs =
            |person: &&Person| person.user_id == *user_id || person.parent_user_id.as_ref() == Some(user_id);
        self.people.values().find(is_theirs)
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
        let is_it = |message: &Outgoing| message.id.as_str() == id && !message.is_reaction();
        self.author_of(id).is_some() || self.sent.iter().any(is_it)
    }

    /// The customer who wrote the message `id`.
    fn author_of(&self, id: &str) -> Option<&WaId> {
        let wrote = |person: &&Person| person.phone.iter().any(|m| !m.from_business && m.id.as_str() == id);
        self.people.values().find(wrote).map(|person| &person.number)
    }

    /// The business marks the customer's message `id` as read, and begins to type if `typing`.
    pub(super) fn mark_read(&mut self, id: &str, typing: bool, now: Timestamp) -> Result<(), Refusal> {
        let Some(author) = self.author_of(id).cloned() else {
            return Err(Refusal::value("message_id is not the id of a message that this number received."));
        };
        let person = self.person_mut(&author);
        person.was_read_to(&MessageId::from(id));
        if typing {
            person.sees_typing_begin(now);
        }
        Ok(())
    }

    /// The customer with this number writes: it shows on their phone, opens the window and becomes a webhook.
    pub(super) fn hear(
        &mut self,
        from: &WaId,
        inbound: &Inbound,
        mut shown: Shown,
        reply_to: Option<MessageId>,
        now: Timestamp,
    ) -> MessageId {
        let id = ids::message_id(&mut self.rng, from.as_str(), true);
        let context = reply_to.as_ref().map(|quoted| {
            let author =
                if self.author_of(quoted.as_str()).is_some() { from.as_str() } else { &self.settings.number };
            json!({ "from": author, "id": quoted })
        });
        shown.id = id.clone();
        shown.at = now;
        shown.reply_to = reply_to;
        let settings = Arc::clone(&self.settings);
        let person = self.person_mut(from);
        person.wrote(now);
        person.phone.push(shown);
        let webhook = payload::message(&settings, person, id.as_str(), inbound, context, now);
        self.post(webhook, now);
        id
    }

    /// Takes a message of the business; the answer of the Graph API.
    ///
    /// The body must have passed the checks. Its statuses come after their time, or all at once.
    pub(super) fn accept(
        &mut self,
        body: Value,
        endpoint: Endpoint,
        at_once: bool,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let address = self.address(&body)?;
        let message = self.outgoing(&address, body, endpoint);
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
                first.insert("message_status".into(), "accepted".into());
            }
        }
        let pace = self.settings.pace;
        self.plan(message, if at_once { pace.at_once() } else { pace }, now);
        Ok(answer)
    }
}
