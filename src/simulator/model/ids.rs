//! Ids that look like Meta's.

use crate::id::{AccountId, GroupId, MediaId, MessageId, UserId, WaId};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use sha2::{Digest, Sha256};

/// A message id: base64 of a small record that holds the customer's number, as in Meta's own.
pub(crate) fn message_id(rng: &mut fastrand::Rng, customer: &str, from_customer: bool) -> MessageId {
    let customer = customer.get(..customer.len().min(200)).unwrap_or_default();
    let serial: String = std::iter::repeat_with(|| rng.digit(16).to_ascii_uppercase()).take(18).collect();
    let mut record = vec![0x1c, 0x18, u8::try_from(customer.len()).unwrap_or(u8::MAX)];
    record.extend_from_slice(customer.as_bytes());
    record.extend_from_slice(&[0x15, 0x02, 0x00, if from_customer { 0x12 } else { 0x11 }, 0x18, 0x12]);
    record.extend_from_slice(serial.as_bytes());
    record.push(0);
    MessageId::from(format!("wamid.{}", STANDARD.encode(record)))
}

pub(crate) fn media_id(rng: &mut fastrand::Rng) -> MediaId {
    let digits: String = std::iter::repeat_with(|| rng.digit(10)).take(14).collect();
    MediaId::from(format!("1{digits}"))
}

/// The business-scoped id of a person: always the same for the same account and number.
pub(crate) fn user_id(account: &AccountId, number: &WaId) -> UserId {
    UserId::from(format!("US.{}", digits_of(&format!("{account}/{number}"))))
}

/// The id of a person in all business portfolios that belong together: always the same for the same number.
pub(crate) fn parent_user_id(number: &WaId) -> UserId {
    UserId::from(format!("US.ENT.{}", digits_of(&format!("parent/{number}"))))
}

/// The id of a group: base64 that holds the number of the business, as in Meta's own.
pub(crate) fn group_id(rng: &mut fastrand::Rng, business: &str) -> GroupId {
    let serial: String = std::iter::repeat_with(|| rng.digit(10)).take(15).collect();
    GroupId::from(format!("{}ZD", STANDARD_NO_PAD.encode(format!("capi_group:{business}:120{serial}"))))
}

/// Twenty digits that are always the same for the same text.
fn digits_of(text: &str) -> String {
    Sha256::digest(text).iter().take(20).map(|byte| char::from(b'0' + byte % 10)).collect()
}

#[cfg(test)]
mod tests {
    use super::message_id;
    use base64::{Engine, engine::general_purpose::STANDARD};

    #[test]
    fn a_message_id_contains_the_customers_number() {
        let id = message_id(&mut fastrand::Rng::with_seed(1), "16505551234", false);
        let record = STANDARD.decode(id.as_str().strip_prefix("wamid.").unwrap()).unwrap();
        assert!(String::from_utf8_lossy(&record).contains("16505551234"));
    }
}
