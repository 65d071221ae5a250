//! What happened to a number of ours.

use super::{account::ReviewDecision, capability::MessagingLimit, member};
use crate::{open::open_enum, wire::quiet_debug};
use serde::Deserialize;

/// The name that customers see was reviewed (`phone_number_name_update` on the wire).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PhoneNumberNameUpdate {
    /// Our number as people write it.
    #[serde(default, deserialize_with = "member::text")]
    pub display_phone_number: Option<String>,
    /// How the review ended.
    #[serde(deserialize_with = "member::needed")]
    pub decision: ReviewDecision,
    /// The name that was asked for (`requested_verified_name` on the wire).
    #[serde(rename = "requested_verified_name", default, deserialize_with = "member::text")]
    pub requested_name: Option<String>,
    /// Why it was rejected.
    #[serde(default, deserialize_with = "member::text")]
    pub rejection_reason: Option<NameRejection>,
}
quiet_debug!(PhoneNumberNameUpdate { decision, rejection_reason });

open_enum! {
    /// Why a name was rejected.
    pub enum NameRejection {
        /// It is the name of somebody who works there.
        Employee = "NAME_EMPLOYEE_ISSUE",
        /// It has nothing to do with the business.
        NotRelated = "NAME_ENDCLIENT_NOTRELATED",
        /// Its form is not allowed.
        Format = "NAME_FORMAT_UNACCEPTABLE",
        /// It is the name of a person.
        Individual = "NAME_INDIVIDUAL_ISSUE",
        /// It differs from how the business calls itself elsewhere.
        NotConsistent = "NAME_NOT_CONSISTENT",
        /// Meta does not tell.
        NotTold = "UNKNOWN",
    }
}

/// How much a number may send changed (`phone_number_quality_update` on the wire).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PhoneNumberQualityUpdate {
    /// Our number as people write it.
    #[serde(default, deserialize_with = "member::text")]
    pub display_phone_number: Option<String>,
    /// What happened.
    #[serde(deserialize_with = "member::needed")]
    pub event: PhoneNumberQualityEvent,
    /// To how many people the whole portfolio may write first (`max_daily_conversations_per_business` on the wire).
    #[serde(rename = "max_daily_conversations_per_business", default, deserialize_with = "member::text")]
    pub limit: Option<MessagingLimit>,
    /// To how many people the number may write first; until February 2026.
    #[serde(default, deserialize_with = "member::text")]
    pub current_limit: Option<MessagingLimit>,
    /// To how many people the number could write first before; until February 2026.
    #[serde(default, deserialize_with = "member::text")]
    pub old_limit: Option<MessagingLimit>,
}
quiet_debug!(PhoneNumberQualityUpdate { event, limit, current_limit, old_limit });

open_enum! {
    /// What happened to how much a number may send.
    pub enum PhoneNumberQualityEvent {
        /// It is new.
        Onboarding = "ONBOARDING",
        /// It may send more messages a second.
        ThroughputUpgrade = "THROUGHPUT_UPGRADE",
        /// It may write to more people.
        Upgrade = "UPGRADE",
        /// It may write to fewer people.
        Downgrade = "DOWNGRADE",
        /// Customers dislike what it sends.
        Flagged = "FLAGGED",
        /// They no longer do.
        Unflagged = "UNFLAGGED",
    }
}

/// The PIN of a number was changed or is to be (`security` on the wire).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SecurityUpdate {
    /// Our number as people write it.
    #[serde(default, deserialize_with = "member::text")]
    pub display_phone_number: Option<String>,
    /// What happened.
    #[serde(deserialize_with = "member::needed")]
    pub event: SecurityEvent,
    /// Who did it, by Meta's id of the user.
    #[serde(default, deserialize_with = "member::text")]
    pub requester: Option<String>,
}
quiet_debug!(SecurityUpdate { event });

open_enum! {
    /// What happened to a PIN.
    pub enum SecurityEvent {
        /// It was changed or set.
        PinChanged = "PIN_CHANGED",
        /// Somebody asked to switch it off.
        PinResetRequest = "PIN_RESET_REQUEST",
        /// It was switched off.
        PinResetSuccess = "PIN_RESET_SUCCESS" | "PIN_REQUEST_SUCCESS",
    }
}

/// The username of a number was approved, reserved or deleted (`business_username_updates` on the wire, also
/// `business_username_update` and `phone_number_username_update`).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UsernameUpdate {
    /// Our number as people write it.
    #[serde(default, deserialize_with = "member::text")]
    pub display_phone_number: Option<String>,
    /// The username; nothing when it was deleted.
    #[serde(default, deserialize_with = "member::text")]
    pub username: Option<String>,
    /// What became of it.
    #[serde(deserialize_with = "member::needed")]
    pub status: UsernameStatus,
}
quiet_debug!(UsernameUpdate { status });

open_enum! {
    /// How a username stands.
    pub enum UsernameStatus {
        /// It is ours, and customers see it.
        Approved = "approved",
        /// The number has none any more.
        Deleted = "deleted",
        /// It is kept for us, and customers do not see it yet.
        Reserved = "reserved",
    }
}
