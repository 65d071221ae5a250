//! A customer, and the phone in their hand.

use super::shown::Shown;
use crate::{
    id::{MessageId, UserId, WaId},
    time::Timestamp,
};
use std::time::Duration;

/// How long after a customer's last message free-form messages are delivered.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the customer sees the business typing.
const TYPING: Duration = Duration::from_secs(25);

pub(crate) struct Person {
    pub(crate) number: WaId,
    pub(crate) user_id: UserId,
    pub(crate) parent_user_id: Option<UserId>,
    pub(crate) name: String,
    /// The conversation as the phone shows it.
    pub(crate) phone: Vec<Shown>,
    wrote: Option<Timestamp>,
    typing_until: Option<Timestamp>,
}

impl Person {
    pub(super) fn new(number: WaId, user_id: UserId, parent_user_id: Option<UserId>) -> Self {
        Self {
            number,
            user_id,
            parent_user_id,
            name: "Customer".into(),
            phone: Vec::new(),
            wrote: None,
            typing_until: None,
        }
    }

    /// The person wrote: the window is open from now on.
    pub(super) fn wrote(&mut self, now: Timestamp) {
        self.wrote = Some(now);
    }

    pub(crate) fn window_is_open(&self, now: Timestamp) -> bool {
        self.wrote.is_some_and(|wrote| now < wrote + WINDOW)
    }

    /// The business sees typing until it answers, 25 seconds at most.
    pub(super) fn sees_typing_begin(&mut self, now: Timestamp) {
        self.typing_until = Some(now + TYPING);
    }

    pub(crate) fn sees_typing(&self, now: Timestamp) -> bool {
        self.typing_until.is_some_and(|until| now < until)
    }

    pub(crate) fn typing_until(&self) -> Option<Timestamp> {
        self.typing_until
    }

    /// A message of the business arrives on the phone.
    pub(super) fn gets(&mut self, mut message: Shown, now: Timestamp) {
        self.typing_until = None;
        message.at = now;
        self.phone.push(message);
    }

    /// The business has read the message `id` of this person, and with it all earlier ones.
    pub(super) fn was_read_to(&mut self, id: &MessageId) {
        let Some(last) = self.phone.iter().position(|message| message.id == *id) else { return };
        for message in self.phone.iter_mut().take(last + 1).filter(|message| !message.from_business) {
            message.read = true;
        }
    }

    pub(crate) fn shown_mut(&mut self, id: &MessageId) -> Option<&mut Shown> {
        self.phone.iter_mut().find(|message| message.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::Person;
    use crate::time::Timestamp;
    use std::time::Duration;

    #[test]
    fn the_window_closes_24_hours_after_the_last_message() {
        let mut person = Person::new("16505551234".into(), "US.1".into(), None);
        let wrote = Timestamp::from_seconds(1_000);
        assert!(!person.window_is_open(wrote));
        person.wrote(wrote);
        assert!(person.window_is_open(wrote + Duration::from_secs(86_399)));
        assert!(!person.window_is_open(wrote + Duration::from_secs(86_400)));
    }
}
