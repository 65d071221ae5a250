//! What one customer and one number of the business have to do with each other.

use super::{ring::Ring, shown::Shown};
use crate::{
    id::{TemplateId, UserId},
    time::Timestamp,
};
use std::{collections::BTreeSet, time::Duration};

/// How long after a customer's last message free-form messages are delivered.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the customer sees the business typing.
const TYPING: Duration = Duration::from_secs(25);

/// How long a business number that was in touch with a phone number is shown it.
const ACQUAINTANCE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(crate) struct Chat {
    pub(crate) user_id: UserId,
    pub(crate) parent_user_id: Option<UserId>,
    /// The conversation as the phone shows it.
    pub(crate) bubbles: Ring<Shown>,
    /// Whether the customer has blocked the business.
    pub(crate) is_blocked: bool,
    /// Whether the customer wants no marketing.
    pub(crate) has_opted_out: bool,
    /// The messages that were delivered and not read, by the number of their sending.
    pub(super) unread: BTreeSet<u64>,
    /// The template that the newest message of the business is of.
    pub(super) newest_template: Option<TemplateId>,
    wrote: Option<Timestamp>,
    typing_until: Option<Timestamp>,
    knows_number_until: Option<Timestamp>,
}

impl Chat {
    pub(super) fn new(user_id: UserId, parent_user_id: Option<UserId>) -> Self {
        Self {
            user_id,
            parent_user_id,
            bubbles: Ring::new(),
            is_blocked: false,
            has_opted_out: false,
            unread: BTreeSet::new(),
            newest_template: None,
            wrote: None,
            typing_until: None,
            knows_number_until: None,
        }
    }

    /// The customer wrote: the window is open from now on.
    pub(super) fn wrote(&mut self, now: Timestamp) {
        self.wrote = Some(now);
    }

    pub(crate) fn window_is_open(&self, now: Timestamp) -> bool {
        self.wrote.is_some_and(|wrote| now < wrote + WINDOW)
    }

    /// The phone number was used between the two.
    pub(super) fn used_number(&mut self, now: Timestamp) {
        self.knows_number_until = Some(now + ACQUAINTANCE);
    }

    pub(super) fn knows_number(&self, now: Timestamp) -> bool {
        self.knows_number_until.is_some_and(|until| now < until)
    }

    /// The business is seen typing until it answers, 25 seconds at most.
    pub(super) fn sees_typing_begin(&mut self, now: Timestamp) {
        self.typing_until = Some(now + TYPING);
    }

    pub(crate) fn sees_typing(&self, now: Timestamp) -> bool {
        self.typing_until.is_some_and(|until| now < until)
    }

    pub(crate) fn typing_until(&self) -> Option<Timestamp> {
        self.typing_until
    }

    /// A message of the business arrives on the phone; the number of its bubble.
    pub(super) fn gets(&mut self, message: Shown) -> u64 {
        self.typing_until = None;
        self.bubbles.push(message)
    }

    /// The business has read the customer's message with this number, and with it all earlier ones.
    pub(super) fn was_read_to(&mut self, bubble: u64) {
        for message in self.bubbles.up_to_mut(bubble).filter(|message| !message.from_business) {
            message.read = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chat;
    use crate::time::Timestamp;
    use std::time::Duration;

    #[test]
    fn the_window_closes_24_hours_after_the_last_message() {
        let mut chat = Chat::new("US.1".into(), None);
        let wrote = Timestamp::from_seconds(1_000);
        assert!(!chat.window_is_open(wrote));
        chat.wrote(wrote);
        assert!(chat.window_is_open(wrote + Duration::from_secs(86_399)));
        assert!(!chat.window_is_open(wrote + Duration::from_secs(86_400)));
    }
}
