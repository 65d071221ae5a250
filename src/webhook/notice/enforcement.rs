//! Policies that were broken, and what follows.

use super::member;
use crate::{open::open_enum, time::Timestamp, webhook::lenient, wire::quiet_debug};
use serde::Deserialize;

/// A policy that an account broke.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AccountViolation {
    /// Which one (`violation_type` on the wire).
    #[serde(rename = "violation_type", default, deserialize_with = "member::text")]
    pub kind: Option<ViolationKind>,
    /// What to do about it, in Meta's words.
    #[serde(default, deserialize_with = "member::text")]
    pub remediation: Option<String>,
}
quiet_debug!(AccountViolation { kind });

open_enum! {
    /// The policy that was broken; Meta has many more than it documents.
    pub enum ViolationKind {
        /// Too many dislike our calls to them.
        BusinessInitiatedCallingQuality = "LOW_BUSINESS_INITIATED_CALLING_QUALITY",
        /// We answer too few calls.
        UserInitiatedCallingQuality = "LOW_USER_INITIATED_CALLING_QUALITY",
    }
}

/// Something an account may not do for now.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Restriction {
    /// What it may not do (`restriction_type` on the wire).
    #[serde(rename = "restriction_type", default, deserialize_with = "member::text")]
    pub kind: Option<RestrictionKind>,
    /// When it may do so again (`expiration` on the wire).
    #[serde(rename = "expiration", default, deserialize_with = "lenient::or_default")]
    pub expires_at: Option<Timestamp>,
    /// What to do about it, in Meta's words.
    #[serde(default, deserialize_with = "member::text")]
    pub remediation: Option<String>,
}
quiet_debug!(Restriction { kind, expires_at });

open_enum! {
    /// What an account may not do.
    pub enum RestrictionKind {
        /// Add phone numbers.
        AddPhoneNumbers = "RESTRICTED_ADD_PHONE_NUMBER_ACTION",
        /// Write first.
        BusinessInitiatedMessaging = "RESTRICTED_BIZ_INITIATED_MESSAGING",
        /// Answer customers.
        CustomerInitiatedMessaging = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING",
        /// Call customers.
        BusinessInitiatedCalling = "RESTRICTED_BUSINESS_INITIATED_CALLING",
        /// Be called by customers.
        UserInitiatedCalling = "RESTRICTED_USER_INITIATED_CALLING",
        /// Call and be called.
        AllCalling = "RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING",
        /// Show a call button, because too few calls are answered.
        CallButton = "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN",
        /// Send utility messages without a template of its own.
        DirectSendUtility = "RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES",
        /// Create utility templates.
        UtilityTemplates = "RESTRICTED_UTILITY_TEMPLATES",
    }
}

/// Whether and when an account is switched off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Ban {
    /// Whether it is off (`waba_ban_state` on the wire).
    #[serde(rename = "waba_ban_state", default, deserialize_with = "member::text")]
    pub state: Option<BanState>,
    /// Since when or from when on, as Meta writes it: `April 17, 2025` (`waba_ban_date` on the wire).
    #[serde(rename = "waba_ban_date", default, deserialize_with = "member::text")]
    pub date: Option<String>,
}

open_enum! {
    /// Whether an account is switched off.
    pub enum BanState {
        /// It is off.
        Disabled = "DISABLE",
        /// It is on again.
        Reinstated = "REINSTATE",
        /// It will be off.
        Scheduled = "SCHEDULE_FOR_DISABLE",
    }
}
