//! Whom messages are for, and how they are sent.

use super::Limit;
use crate::messages::lab::ANA;
use whatsapp_business::{message::Message, recipient::Recipient};

pub(super) fn limits() -> Vec<Limit> {
    let digits = |count: usize| format!("+{}", "4915123456789012".get(..count).unwrap());
    let user =
        |length: usize| Recipient::PhoneAndUser(ANA.to_owned(), format!("US.{}", "1".repeat(length)).into());
    let tracked = |length: usize| Message::new(ANA, "x").callback_data("é".repeat(length));
    let limit = |name, at, past| Limit { name, at, past, approved: None };
    let to =
        |name, at: Recipient, past: Recipient| limit(name, Message::new(at, "x"), Message::new(past, "x"));
    vec![
        limit(
            "Message::MAX_CALLBACK_DATA",
            tracked(Message::MAX_CALLBACK_DATA),
            tracked(Message::MAX_CALLBACK_DATA + 1),
        ),
        to(
            "Recipient::MIN_DIGITS",
            digits(Recipient::MIN_DIGITS).into(),
            digits(Recipient::MIN_DIGITS - 1).into(),
        ),
        to(
            "Recipient::MAX_DIGITS",
            digits(Recipient::MAX_DIGITS).into(),
            digits(Recipient::MAX_DIGITS + 1).into(),
        ),
        to("Recipient::MAX_USER_ID", user(Recipient::MAX_USER_ID), user(Recipient::MAX_USER_ID + 1)),
    ]
}
