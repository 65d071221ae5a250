//! What went wrong with a number or its account, without a message or status that it belongs to.

use crate::{
    error::ApiError,
    id::{AccountId, PhoneNumberId},
    time::Timestamp,
    webhook::{event::hash_of, lenient, messages::Shared},
    wire::quiet_debug,
};
use serde::de::Error as _;
use serde_json::value::RawValue;
use std::sync::Arc;

/// Something went wrong with one of our numbers or its account (an item of `errors` beside the messages on the wire).
///
/// Errors of a single message come with it: [`InboundMessage::errors`](crate::webhook::InboundMessage::errors),
/// [`Status::errors`](crate::webhook::Status::errors).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ErrorReport {
    /// What went wrong, classified like any error of the API.
    pub error: ApiError,
    /// Our number that this is about, if it says.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// When Meta wrote it (`entry.time` on the wire), which it seldom says.
    pub timestamp: Option<Timestamp>,
    raw: Box<str>,
}
quiet_debug!(ErrorReport { error, phone_number_id, account_id });

impl ErrorReport {
    /// The error's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The error has no id of its own: everything that tells it from others is in the hash.
    pub(super) fn key(&self) -> String {
        let number = self.phone_number_id.as_ref().map_or("", PhoneNumberId::as_str);
        format!(
            "error:{}",
            hash_of(self.account_id.as_ref().map(AccountId::as_str), self.timestamp, &[number], &self.raw)
        )
    }
}

/// Reads one error.
pub(super) fn read(raw: &RawValue, shared: &Shared<'_>) -> Result<ErrorReport, serde_json::Error> {
    let error: ApiError = lenient::parse(raw)?;
    if !raw.get().starts_with('{') || (error.code == ApiError::NO_CODE && error.message.is_empty()) {
        return Err(serde_json::Error::custom("it tells of no error"));
    }
    Ok(ErrorReport {
        error,
        phone_number_id: shared.metadata.phone_number_id.clone(),
        display_phone_number: shared.metadata.display_phone_number.clone(),
        account_id: shared.origin.account_id.cloned(),
        timestamp: shared.origin.time,
        raw: raw.get().into(),
    })
}
