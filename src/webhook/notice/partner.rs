//! Partners, their clients and what they share.

use super::member;
use crate::{
    id::{AccountId, AppId, BusinessId, SolutionId},
    open::open_enum,
};
use serde::{Deserialize, Deserializer};

/// An account that was shared with a partner or linked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedAccount {
    /// The account (`waba_id` on the wire).
    pub id: Option<AccountId>,
    /// The business portfolio that owns it.
    pub owner_business_id: Option<BusinessId>,
    /// The advertising account that was linked (`ad_account_id` or `ad_account_linked` on the wire).
    pub ad_account_id: Option<String>,
    /// The partner's app.
    pub partner_app_id: Option<AppId>,
    /// The solution by which the customer came.
    pub solution_id: Option<SolutionId>,
    /// The portfolios of the partners in that solution (`solution_partner_business_ids` on the wire).
    pub partner_business_ids: Vec<BusinessId>,
}

impl<'de> Deserialize<'de> for SharedAccount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default, deserialize_with = "member::text")]
            waba_id: Option<AccountId>,
            #[serde(default, deserialize_with = "member::text")]
            owner_business_id: Option<BusinessId>,
            #[serde(default, deserialize_with = "member::text")]
            ad_account_id: Option<String>,
            #[serde(default, deserialize_with = "member::text")]
            ad_account_linked: Option<String>,
            #[serde(default, deserialize_with = "member::text")]
            partner_app_id: Option<AppId>,
            #[serde(default, deserialize_with = "member::text")]
            solution_id: Option<SolutionId>,
            #[serde(default, deserialize_with = "member::texts")]
            solution_partner_business_ids: Vec<BusinessId>,
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            id: wire.waba_id,
            owner_business_id: wire.owner_business_id,
            ad_account_id: wire.ad_account_id.or(wire.ad_account_linked),
            partner_app_id: wire.partner_app_id,
            solution_id: wire.solution_id,
            partner_business_ids: wire.solution_partner_business_ids,
        })
    }
}

/// What became of a client's verification by a partner.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Certification {
    /// The client's business portfolio.
    #[serde(default, deserialize_with = "member::text")]
    pub client_business_id: Option<BusinessId>,
    /// How far it got.
    #[serde(default, deserialize_with = "member::text")]
    pub status: Option<CertificationStatus>,
    /// Why it was rejected, such as `LEGAL NAME NOT MATCHING`; Meta writes `NONE` when it was not.
    #[serde(default, deserialize_with = "member::texts")]
    pub rejection_reasons: Vec<String>,
}

open_enum! {
    /// How far a client's verification got.
    pub enum CertificationStatus {
        /// The client is verified.
        Approved = "APPROVED",
        /// It was given up.
        Discarded = "DISCARDED",
        /// The client could not be verified.
        Failed = "FAILED",
        /// It is being looked at.
        Pending = "PENDING",
        /// The client is no longer verified.
        Revoked = "REVOKED",
    }
}

/// Why a number that was also in the WhatsApp Business app left the platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Disconnection {
    /// Why.
    #[serde(default, deserialize_with = "member::text")]
    pub reason: Option<DisconnectionReason>,
    /// By whom.
    #[serde(default, deserialize_with = "member::text")]
    pub initiated_by: Option<Initiator>,
}

open_enum! {
    /// Why a number left the platform.
    pub enum DisconnectionReason {
        /// Its account was deleted, by its owner or by Meta.
        AccountDisconnected = "ACCOUNT_DISCONNECTED",
        /// It was registered with the app for private people.
        BusinessDowngrade = "BUSINESS_DOWNGRADE",
        /// Its owner took another number.
        ChangeNumber = "CHANGE_NUMBER",
        /// A linked device was not used for about 30 days.
        CompanionInactivity = "COMPANION_INACTIVITY",
        /// The phone was not used for about 14 days.
        PrimaryInactivity = "PRIMARY_INACTIVITY",
        /// It was registered on another device.
        UserReRegistered = "USER_RE_REGISTERED",
    }
}

open_enum! {
    /// Who ended it.
    pub enum Initiator {
        /// The owner of the number.
        User = "USER",
        /// Meta.
        System = "SYSTEM",
    }
}

/// A solution by which several partners serve one customer was made or changed (`partner_solutions` on the wire).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SolutionUpdate {
    /// What happened.
    #[serde(deserialize_with = "member::needed")]
    pub event: SolutionEvent,
    /// The solution.
    #[serde(default, deserialize_with = "member::text")]
    pub solution_id: Option<SolutionId>,
    /// How it stands now (`solution_status` on the wire).
    #[serde(rename = "solution_status", default, deserialize_with = "member::text")]
    pub status: Option<SolutionStatus>,
}

open_enum! {
    /// What happened to a solution.
    pub enum SolutionEvent {
        /// It was made.
        Created = "SOLUTION_CREATED",
        /// It stands otherwise now.
        Updated = "SOLUTION_UPDATED",
    }
}

open_enum! {
    /// How a solution stands.
    pub enum SolutionStatus {
        /// It may be used.
        Active = "ACTIVE",
        /// It was ended.
        Deactivated = "DEACTIVATED",
        /// It was not offered to the partner yet.
        Draft = "DRAFT",
        /// It was offered to the partner.
        Initiated = "INITIATED",
        /// One side asked to end it.
        PendingDeactivation = "PENDING_DEACTIVATION",
        /// The partner declined.
        Rejected = "REJECTED",
    }
}
