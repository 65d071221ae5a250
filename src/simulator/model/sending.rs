//! A message of the business on its way to a phone.

use super::{Model, Shown, ids, number};
use crate::{
    id::{GroupId, MessageId, UserId, WaId},
    simulator::{
        builder::Pace,
        json::text,
        refusal::{Refusal, reported},
        webhooks::payload,
    },
    time::Timestamp,
};
use serde_json::{Value, json};

/// A message that was accepted.
pub(crate) struct Outgoing {
    pub(crate) id: MessageId,
    pub(crate) to: Target,
    pub(crate) endpoint: Endpoint,
    /// Whether the request named the person by BSUID alone.
    pub(crate) by_user_id: bool,
    /// The request as it came.
    pub(crate) body: Value,
    /// What to give back in each status (`biz_opaque_callback_data`).
    pub(crate) tracking: Option<String>,
    /// What it is charged as.
    pub(crate) category: String,
    shown: Shown,
    is_delivered: bool,
    is_read: bool,
}

impl Outgoing {
    pub(super) fn is_reaction(&self) -> bool {
        self.shown.kind == "reaction"
    }

    pub(super) fn is_template(&self) -> bool {
        self.shown.kind == "template"
    }
}

/// Whom a message is for.
#[derive(Clone)]
pub(crate) enum Target {
    Person(WaId),
    Group(GroupId),
}

/// What a message was posted to.
#[derive(Clone, Copy)]
pub(crate) enum Endpoint {
    Messages,
    MarketingMessages,
}

/// What happens to a message after its acceptance.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Sent,
    Delivered,
    Read,
    /// Not delivered, as the window is closed.
    OutsideWindow,
}

/// Whom a request is for, and how it said so.
pub(super) struct Address {
    to: Target,
    input: String,
    user_id: Option<UserId>,
}

impl Address {
    /// `contacts[0]` of the answer: the phone if a phone was given, else the BSUID. A group's id stands in both places.
    pub(super) fn contact(&self) -> Value {
        match (&self.to, &self.user_id) {
            (Target::Group(group), _) => json!({ "input": self.input, "wa_id": group }),
            (Target::Person(_), Some(user_id)) => json!({ "input": self.input, "user_id": user_id }),
            (Target::Person(number), None) => json!({ "input": self.input, "wa_id": number }),
        }
    }
}

impl Model {
    /// Finds whom a checked request is for. With both `to` and `recipient`, `to` wins.
    pub(super) fn address(&self, body: &Value) -> Result<Address, Refusal> {
        let to = text(body, "/to");
        if let (Some("group"), Some(group)) = (text(body, "/recipient_type"), to) {
            let id = GroupId::from(group);
            if !self.groups.contains(&id) {
                return Err(Refusal::new(131_041, "to is not the id of a group that this number is in."));
            }
            return Ok(Address { to: Target::Group(id), input: group.into(), user_id: None });
        }
        if let Some(to) = to {
            let is_known = |digits: &str| self.person(&WaId::from(digits)).is_some();
            let Some(number) = number::resolve(to, &self.settings.number, is_known) else {
                return Err(Refusal::value("to is not a phone number; a BSUID goes into recipient."));
            };
            if number == self.settings.number {
                return Err(Refusal::new(131_021, "The sender and the recipient are the same number."));
            }
            return Ok(Address { to: Target::Person(number.into()), input: to.into(), user_id: None });
        }
        let user_id = UserId::from(text(body, "/recipient").unwrap_or_default());
        match self.person_of(&user_id) {
            Some(person) => Ok(Address {
                to: Target::Person(person.number.clone()),
                input: user_id.as_str().into(),
                user_id: Some(user_id),
            }),
            None => Err(Refusal::value("recipient is not a BSUID known to this business.")),
        }
    }

    pub(super) fn outgoing(&mut self, address: &Address, body: Value, endpoint: Endpoint) -> Outgoing {
        let holder = match (&address.user_id, &address.to) {
            (Some(user_id), _) => user_id.as_str(),
            (None, Target::Person(number)) => number.as_str(),
            (None, Target::Group(group)) => group.as_str(),
        };
        let id = ids::message_id(&mut self.rng, holder, false);
        let member = |pointer| text(&body, pointer).unwrap_or_default();
        let template = self.template(member("/template/name"), member("/template/language/code"));
        Outgoing {
            shown: Shown::of_request(id.clone(), &body, template),
            to: address.to.clone(),
            by_user_id: address.user_id.is_some(),
            tracking: text(&body, "/biz_opaque_callback_data").map(str::to_owned),
            category: match (endpoint, template) {
                (Endpoint::MarketingMessages, _) => "marketing_lite".into(),
                (Endpoint::Messages, Some(template)) => template.category.to_lowercase(),
                (Endpoint::Messages, None) => "service".into(),
            },
            endpoint,
            is_delivered: false,
            is_read: false,
            id,
            body,
        }
    }

    /// Puts the steps of an accepted message on the agenda.
    pub(super) fn plan(&mut self, message: Outgoing, pace: Pace, now: Timestamp) {
        let index = self.sent.len();
        match &message.to {
            Target::Person(number) => {
                let is_open = self.person_mut(number).window_is_open(now);
                if self.settings.window && !is_open && !message.is_template() {
                    self.agenda.plan(now + pace.sent, (index, Step::OutsideWindow));
                } else {
                    self.agenda.plan(now + pace.sent, (index, Step::Sent));
                    if !message.is_reaction() {
                        let delivered = pace.delivered.max(pace.sent);
                        self.agenda.plan(now + delivered, (index, Step::Delivered));
                        if let Some(read) = pace.read {
                            self.agenda.plan(now + read.max(delivered), (index, Step::Read));
                        }
                    }
                }
            }
            // Nobody is in a group yet, so nobody gets it.
            Target::Group(_) => self.agenda.plan(now + pace.sent, (index, Step::Sent)),
        }
        self.sent.push(message);
    }

    pub(super) fn take_step(&mut self, index: usize, step: Step, now: Timestamp) {
        let Some(message) = self.sent.get_mut(index) else { return };
        let person = match &message.to {
            Target::Person(number) => self.people.get_mut(number),
            Target::Group(_) => None,
        };
        let (status, error) = match step {
            Step::Sent => {
                if let Some(person) = person.filter(|_| message.is_reaction()) {
                    let target = text(&message.body, "/reaction/message_id").map(MessageId::from);
                    let emoji = text(&message.body, "/reaction/emoji").filter(|emoji| !emoji.is_empty());
                    if let Some(shown) = target.and_then(|target| person.shown_mut(&target)) {
                        shown.reaction = emoji.map(str::to_owned);
                    }
                }
                ("sent", None)
            }
            Step::Delivered => {
                message.is_delivered = true;
                if let Some(person) = person {
                    person.gets(message.shown.clone(), now);
                }
                ("delivered", None)
            }
            Step::Read => {
                if !message.is_delivered || message.is_read {
                    return;
                }
                message.is_read = true;
                if let Some(shown) = person.and_then(|person| person.shown_mut(&message.id)) {
                    shown.read = true;
                }
                ("read", None)
            }
            Step::OutsideWindow => {
                let details = "Message failed to send because more than 24 hours have passed since the customer \
                               last replied to this number.";
                ("failed", Some(reported(131_047, details)))
            }
        };
        let person = match &message.to {
            Target::Person(number) => self.people.get(number),
            Target::Group(_) => None,
        };
        let webhook = payload::status(&self.settings, message, person, status, error, now);
        self.post(webhook, now);
    }

    /// The person with this number looks at the phone: everything on it is read.
    pub(crate) fn look_at_phone(&mut self, reader: &WaId, now: Timestamp) {
        for index in 0..self.sent.len() {
            let is_theirs =
                |message: &Outgoing| matches!(&message.to, Target::Person(number) if number == reader);
            if self.sent.get(index).is_some_and(is_theirs) {
                self.take_step(index, Step::Read, now);
            }
        }
    }
}
