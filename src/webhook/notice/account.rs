//! What happened to an account.

use super::{
    enforcement::{AccountViolation, Ban, Restriction},
    member,
    partner::{Certification, Disconnection, SharedAccount},
    pricing::{InternationalRates, VolumeTier},
};
use crate::{id::BusinessId, open::open_enum, wire::quiet_debug};
use serde::{Deserialize, Deserializer};

/// Something happened to an account (`account_update` on the wire).
///
/// The event says what, and with it which of the other members are there.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AccountUpdate {
    /// What happened.
    #[serde(deserialize_with = "member::needed")]
    pub event: AccountEvent,
    /// Our number that it happened to, as Meta writes it; of numbers that are also in the WhatsApp Business app, and of
    /// calls.
    #[serde(default, deserialize_with = "member::text")]
    pub phone_number: Option<String>,
    /// Where the business is now, by ISO 3166 (`country` on the wire).
    #[serde(default, deserialize_with = "member::text")]
    pub country: Option<String>,
    /// The account that was shared with a partner or linked (`waba_info` on the wire).
    #[serde(rename = "waba_info", default, deserialize_with = "member::object")]
    pub shared: Option<SharedAccount>,
    /// The policy that was broken (`violation_info` on the wire).
    #[serde(rename = "violation_info", default, deserialize_with = "member::object")]
    pub violation: Option<AccountViolation>,
    /// What the account may not do for now (`restriction_info` on the wire).
    #[serde(rename = "restriction_info", default, deserialize_with = "member::objects")]
    pub restrictions: Vec<Restriction>,
    /// Whether and when it is switched off (`ban_info` on the wire).
    #[serde(rename = "ban_info", default, deserialize_with = "member::object")]
    pub ban: Option<Ban>,
    /// Why the number left the platform (`disconnection_info` on the wire).
    #[serde(rename = "disconnection_info", default, deserialize_with = "member::object")]
    pub disconnection: Option<Disconnection>,
    /// What became of a client's verification (`partner_client_certification_info` on the wire).
    #[serde(rename = "partner_client_certification_info", default, deserialize_with = "member::object")]
    pub certification: Option<Certification>,
    /// The client whom the partner has to verify (`partner_client_certification_needed_info.client_business_id` on the
    /// wire).
    #[serde(rename = "partner_client_certification_needed_info", default, deserialize_with = "client")]
    pub certification_needed: Option<BusinessId>,
    /// Since when rates for codes to other countries apply (`auth_international_rate_eligibility` on the wire).
    #[serde(rename = "auth_international_rate_eligibility", default, deserialize_with = "member::object")]
    pub international_rates: Option<InternationalRates>,
    /// The volume by which messages are priced now (`volume_tier_info` on the wire).
    #[serde(rename = "volume_tier_info", default, deserialize_with = "member::object")]
    pub volume_tier: Option<VolumeTier>,
}
quiet_debug!(AccountUpdate { event, shared, violation, restrictions, ban, disconnection, certification });

fn client<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BusinessId>, D::Error> {
    #[derive(Deserialize)]
    struct Info {
        #[serde(default, deserialize_with = "member::text")]
        client_business_id: Option<BusinessId>,
    }
    Ok(member::object::<_, Info>(deserializer)?.and_then(|info| info.client_business_id))
}

impl AccountUpdate {
    /// Whether it comes under the id of a business portfolio instead of an account's.
    pub(super) fn is_of_portfolio(&self) -> bool {
        // Not every delivery of these names the account: an uninstalled app is told without the one it was taken from.
        let is_always = matches!(
            self.event,
            AccountEvent::AdAccountLinked
                | AccountEvent::MarketingTermsSigned
                | AccountEvent::PartnerAdded
                | AccountEvent::PartnerAppInstalled
                | AccountEvent::PartnerAppUninstalled
        );
        self.shared.is_some() || is_always
    }
}

open_enum! {
    /// What happened to an account.
    pub enum AccountEvent {
        /// It was deleted.
        Deleted = "ACCOUNT_DELETED",
        /// It broke a policy.
        Violation = "ACCOUNT_VIOLATION",
        /// It may not do some things for now.
        Restriction = "ACCOUNT_RESTRICTION",
        /// A number left the platform because its owner changed device or registered it anew.
        Offboarded = "ACCOUNT_OFFBOARDED",
        /// A number that had left is back; nothing is to be done.
        Reconnected = "ACCOUNT_RECONNECTED",
        /// A partner may use its advertising account; replaced by [`MarketingTermsSigned`](Self::MarketingTermsSigned).
        AdAccountLinked = "AD_ACCOUNT_LINKED",
        /// Rates for codes to other countries will apply to it.
        InternationalRates = "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
        /// Where the business is was set.
        PrimaryLocationUpdate = "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE",
        /// It was switched off, will be, or is back.
        DisabledUpdate = "DISABLED_UPDATE",
        /// It accepted the terms of the Marketing Messages API.
        MarketingTermsSigned = "MM_LITE_TERMS_SIGNED",
        /// It was shared with a partner.
        PartnerAdded = "PARTNER_ADDED",
        /// It is no longer shared with a partner.
        PartnerRemoved = "PARTNER_REMOVED",
        /// A customer granted our app permissions.
        PartnerAppInstalled = "PARTNER_APP_INSTALLED",
        /// A customer took our app's permissions away.
        PartnerAppUninstalled = "PARTNER_APP_UNINSTALLED",
        /// What became of a client's verification by a partner.
        CertificationUpdate = "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
        /// A partner has to verify a client.
        CertificationNeeded = "PARTNER_CLIENT_CERTIFICATION_NEEDED",
        /// It was verified, and left the sandbox.
        Verified = "VERIFIED_ACCOUNT",
        /// Its messages are priced by another volume now.
        VolumeTierUpdate = "VOLUME_BASED_PRICING_TIER_UPDATE",
    }
}

/// An account was reviewed (`account_review_update` on the wire).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AccountReviewUpdate {
    /// How it ended.
    #[serde(deserialize_with = "member::needed")]
    pub decision: ReviewDecision,
}

open_enum! {
    /// How a review ended.
    pub enum ReviewDecision {
        /// It was approved.
        Approved = "APPROVED",
        /// It was rejected.
        Rejected = "REJECTED",
        /// It is not decided yet.
        Pending = "PENDING",
        /// The decision was put off.
        Deferred = "DEFERRED",
    }
}
