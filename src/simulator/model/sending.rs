//! A message of the business on its way to a phone.

use super::{Model, Phone, Place, Shown, holding::Held, ids, number};
use crate::{
    id::{GroupId, MessageId, PhoneNumberId, TemplateId, UserId, WaId},
    simulator::{
        builder::Pace,
        json::text,
        refusal::{Refusal, reported},
        webhooks::status,
    },
    time::Timestamp,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// A message that was accepted.
pub(crate) struct Outgoing {
    pub(crate) id: MessageId,
    /// The number of the business that sent it.
    pub(crate) from: Arc<Phone>,
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
    is_reaction: bool,
    is_template: bool,
    /// What the phone will show, until it does.
    shown: Option<Box<Shown>>,
    /// The number of its bubble on the phone.
    pub(super) bubble: Option<u64>,
    /// How many steps are still planned.
    steps: u8,
    is_delivered: bool,
    is_read: bool,
    /// The template whose messages wait.
    held_by: Option<TemplateId>,
}

impl Outgoing {
    pub(super) fn is_reaction(&self) -> bool {
        self.is_reaction
    }

    pub(super) fn is_template(&self) -> bool {
        self.is_template
    }

    pub(super) fn is_held(&self) -> bool {
        self.held_by.is_some()
    }

    fn is_marketing(&self) -> bool {
        matches!(&*self.category, "marketing" | "marketing_lite")
    }
}

/// A status of a sent message, for [`Simulator::report`](crate::simulator::Simulator::report).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Report {
    /// It left Meta.
    Sent,
    /// It is on the phone.
    Delivered,
    /// The customer saw it.
    Read,
    /// The customer listened to it.
    Played,
    /// It did not get through, for the reason with this code.
    Failed(i64),
}

/// Whom a message is for.
#[derive(Clone, PartialEq)]
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
    Failed(Failure),
}

/// Why a message that was accepted does not arrive.
#[derive(Clone, Copy)]
pub(super) enum Failure {
    OutsideWindow,
    Blocked,
    OptedOut,
    TooManyPeople,
    TooMuchMarketing,
    TemplatePaused,
    TemplateDeleted,
}

impl Failure {
    /// What the `failed` status reports.
    fn error(self) -> Value {
        match self {
            Self::OutsideWindow => reported(
                131_047,
                "Message failed to send because more than 24 hours have passed since the customer last replied to \
                 this number.",
            ),
            Self::Blocked => reported(131_026, "Message undeliverable."),
            Self::OptedOut => {
                reported(131_050, "The user has stopped marketing messages from this business.")
            }
            Self::TooManyPeople => {
                reported(131_048, "The business has turned to as many people as it may within 24 hours.")
            }
            Self::TooMuchMarketing => {
                reported(131_049, "This message was not delivered to maintain healthy ecosystem engagement.")
            }
            Self::TemplatePaused => reported(132_015, "The template was paused while the message was held."),
            Self::TemplateDeleted => {
                reported(132_001, "The template was deleted while the message was held.")
            }
        }
    }
}

/// Whom a request is for, and how it said so.
pub(super) struct Address {
    to: Target,
    input: String,
    user_id: Option<UserId>,
}

impl Address {
    pub(super) fn target(&self) -> &Target {
        &self.to
    }

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
    pub(super) fn address(&self, from: &Phone, body: &Value) -> Result<Address, Refusal> {
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
            let Some(number) = number::resolve(to, &from.number, is_known) else {
                return Err(Refusal::value("to is not a phone number; a BSUID goes into recipient."));
            };
            if number == from.number {
                return Err(Refusal::new(131_021, "The sender and the recipient are the same number."));
            }
            return Ok(Address { to: Target::Person(number.into()), input: to.into(), user_id: None });
        }
        let user_id = UserId::from(text(body, "/recipient").unwrap_or_default());
        match self.person_of(from, &user_id) {
            Some(person) => Ok(Address {
                to: Target::Person(person.number.clone()),
                input: user_id.as_str().into(),
                user_id: Some(user_id),
            }),
            None => Err(Refusal::value("recipient is not a BSUID known to this business.")),
        }
    }

    pub(super) fn outgoing(
        &mut self,
        from: &Arc<Phone>,
        address: &Address,
        body: Value,
        endpoint: Endpoint,
    ) -> Outgoing {
        let holder = match (&address.user_id, &address.to) {
            (Some(user_id), _) => user_id.as_str(),
            (None, Target::Person(number)) => number.as_str(),
            (None, Target::Group(group)) => group.as_str(),
        };
        let id = ids::message_id(&mut self.rng, holder, false);
        let member = |pointer| text(&body, pointer).unwrap_or_default();
        let (name, language) = (member("/template/name"), member("/template/language/code"));
        let kept = self.registry.find(&from.account_id, name, language);
        let held_by = kept.filter(|kept| kept.held.is_some()).map(|kept| kept.id.clone());
        let template = kept.map(|kept| &kept.approved);
        let shown = Shown::of_request(id.clone(), &body, template);
        Outgoing {
            from: Arc::clone(from),
            to: address.to.clone(),
            by_user_id: address.user_id.is_some(),
            tracking: text(&body, "/biz_opaque_callback_data").map(str::to_owned),
            category: match (endpoint, template) {
                (Endpoint::MarketingMessages, _) => "marketing_lite".into(),
                (Endpoint::Messages, Some(template)) => template.category.to_lowercase(),
                (Endpoint::Messages, None) => "service".into(),
            },
            endpoint,
            is_reaction: shown.kind == "reaction",
            is_template: shown.kind == "template",
            shown: Some(Box::new(shown)),
            bubble: None,
            steps: 0,
            is_delivered: false,
            is_read: false,
            held_by,
            id,
            body,
        }
    }

    /// Puts the steps of an accepted message on the agenda.
    pub(super) fn plan(&mut self, message: Outgoing, pace: Pace, now: Timestamp) {
        let number = self.sent.next_number();
        // However its statuses come, the message begins the chat that it will be in.
        if let Target::Person(to) = &message.to {
            let chat = self.chat_mut(&message.from, to);
            if !message.by_user_id {
                chat.used_number(now);
            }
        }
        let steps = match &message.to {
            _ if pace.by_hand => [None, None, None],
            Target::Person(to) => {
                let needs_window = self.settings.window && !message.is_template();
                let chat = self.chat_mut(&message.from, to);
                let is_open = chat.window_is_open(now);
                let failure = if chat.is_blocked {
                    Some(Failure::Blocked)
                } else if chat.has_opted_out && message.is_marketing() {
                    Some(Failure::OptedOut)
                } else if needs_window && !is_open {
                    Some(Failure::OutsideWindow)
                } else if message.is_template()
                    && !is_open
                    && !self.quotas.reach(&message.from.account_id, to, now)
                {
                    Some(Failure::TooManyPeople)
                } else {
                    let is_too_much = message.is_marketing() && !self.quotas.market(to, now);
                    is_too_much.then_some(Failure::TooMuchMarketing)
                };
                let delivered = pace.delivered.max(pace.sent);
                match failure {
                    Some(failure) => [Some((pace.sent, Step::Failed(failure))), None, None],
                    None if message.is_reaction() => [Some((pace.sent, Step::Sent)), None, None],
                    None => [
                        Some((pace.sent, Step::Sent)),
                        Some((delivered, Step::Delivered)),
                        pace.read.map(|read| (read.max(delivered), Step::Read)),
                    ],
                }
            }
            // Nobody is in a group yet, so nobody gets it.
            Target::Group(_) => [Some((pace.sent, Step::Sent)), None, None],
        };
        self.places.insert(message.id.clone(), Place::Sent(number));
        let holder = message.held_by.clone().and_then(|id| self.registry.get_mut(&id)?.held.as_mut());
        let is_held = holder.is_some();
        if let Some(held) = holder {
            held.push(Held { number, steps: steps.into_iter().flatten().collect() });
        }
        self.sent.push(message);
        if is_held {
            self.begin_wait(number);
        } else {
            for (after, step) in steps.into_iter().flatten() {
                self.plan_step(number, step, now + after);
            }
        }
        self.forget_sent();
    }

    /// A message that waits is remembered as one that has steps to take.
    fn begin_wait(&mut self, number: u64) {
        if let Some(message) = self.sent.get_mut(number) {
            message.steps = message.steps.saturating_add(1);
        }
    }

    pub(super) fn end_wait(&mut self, number: u64) {
        if let Some(message) = self.sent.get_mut(number) {
            message.steps = message.steps.saturating_sub(1);
        }
    }

    pub(super) fn plan_step(&mut self, number: u64, step: Step, due: Timestamp) {
        if let Some(message) = self.sent.get_mut(number) {
            message.steps = message.steps.saturating_add(1);
            self.agenda.plan(due, (number, step));
        }
    }

    /// Takes the step that was planned for the message with this number.
    pub(super) fn take_planned_step(&mut self, number: u64, step: Step, now: Timestamp) {
        self.end_wait(number);
        self.take_step(number, step, now);
        self.forget_sent();
    }

    fn take_step(&mut self, number: u64, step: Step, now: Timestamp) {
        if matches!(step, Step::Sent) {
            self.show_reaction(number);
        }
        let Some(message) = self.sent.get_mut(number) else { return };
        let from = Arc::clone(&message.from);
        let mut person = match &message.to {
            Target::Person(number) => self.people.get_mut(number),
            Target::Group(_) => None,
        };
        let chat = person.as_mut().and_then(|person| person.chat_mut(&from.id));
        let (status, error) = match step {
            Step::Sent => ("sent", None),
            Step::Delivered => {
                message.is_delivered = true;
                if let (Some(chat), Some(mut shown)) = (chat, message.shown.take()) {
                    shown.at = now;
                    message.bubble = Some(chat.gets(*shown));
                    chat.unread.insert(number);
                    if let Target::Person(to) = &message.to {
                        let place = (to.clone(), from.id.clone());
                        self.keep_bubble(place);
                    }
                }
                ("delivered", None)
            }
            Step::Read => {
                if !message.is_delivered || message.is_read {
                    return;
                }
                message.is_read = true;
                if let Some(chat) = chat {
                    chat.unread.remove(&number);
                    if let Some(shown) = message.bubble.and_then(|bubble| chat.bubbles.get_mut(bubble)) {
                        shown.read = true;
                    }
                }
                ("read", None)
            }
            Step::Failed(failure) => ("failed", Some(failure.error())),
        };
        self.tell(number, status, error, now);
    }

    /// Reports a status of the message with this id, if there is one.
    pub(crate) fn report(&mut self, id: &MessageId, report: Report, now: Timestamp) -> bool {
        let Some(Place::Sent(number)) = self.places.get(id) else { return false };
        let number = *number;
        let is_on_the_phone =
            self.sent.get(number).is_some_and(|message| message.is_delivered && !message.is_read);
        match report {
            Report::Sent => self.take_step(number, Step::Sent, now),
            Report::Delivered => self.take_step(number, Step::Delivered, now),
            Report::Read if is_on_the_phone => self.take_step(number, Step::Read, now),
            Report::Read => self.tell(number, "read", None, now),
            Report::Played => self.tell(number, "played", None, now),
            Report::Failed(code) => {
                self.tell(number, "failed", Some(reported(code, "The test asked for this error.")), now);
            }
        }
        true
    }

    fn tell(&mut self, number: u64, name: &str, error: Option<Value>, now: Timestamp) {
        let Some(message) = self.sent.get(number) else { return };
        let person = match &message.to {
            Target::Person(number) => self.people.get(number),
            Target::Group(_) => None,
        };
        let webhook = status::webhook(message, person, name, error, now);
        self.post(webhook, now);
    }

    /// Puts the emoji of a reaction on the message it is about, wherever a phone shows that.
    fn show_reaction(&mut self, number: u64) {
        let Some(message) = self.sent.get(number).filter(|message| message.is_reaction) else { return };
        let target = text(&message.body, "/reaction/message_id").map(MessageId::from);
        let emoji =
            text(&message.body, "/reaction/emoji").filter(|emoji| !emoji.is_empty()).map(str::to_owned);
        if let Some(shown) = target.and_then(|target| self.bubble_mut(&target)) {
            shown.reaction = emoji;
        }
    }

    /// The person with this number looks at the chat: everything in it is read.
    pub(crate) fn look_at_phone(&mut self, phone: &PhoneNumberId, reader: &WaId, now: Timestamp) {
        let chat = self.people.get_mut(reader).and_then(|person| person.chat_mut(phone));
        let unread = chat.map(|chat| std::mem::take(&mut chat.unread)).unwrap_or_default();
        for number in unread {
            self.take_step(number, Step::Read, now);
        }
    }

    /// Forgets the oldest messages, but none to which something is still to happen.
    fn forget_sent(&mut self) {
        while self.sent.len() > self.settings.keep
            && self.sent.oldest().is_some_and(|message| message.steps == 0)
        {
            let number = self.sent.oldest_number();
            let Some(message) = self.sent.pop_oldest() else { return };
            self.places.remove(&message.id);
            if let Target::Person(to) = &message.to
                && let Some(chat) = self.people.get_mut(to).and_then(|p| p.chat_mut(&message.from.id))
            {
                chat.unread.remove(&number);
            }
        }
    }
}
