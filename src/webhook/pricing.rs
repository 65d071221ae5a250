//! What a message is billed as.
//!
//! <https://developers.facebook.com/docs/whatsapp/pricing>

use crate::{
    open::open_enum,
    time::Timestamp,
    webhook::{
        cursor::{Cursor, filled, once},
        lenient,
    },
};
use serde::Deserialize;

/// What a message is billed as.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Pricing {
    /// Whether it is billed. Meta announced the end of this member: rely on the kind.
    #[serde(default, deserialize_with = "lenient::optional_flag")]
    pub billable: Option<bool>,
    /// How billing works (`pricing_model` on the wire).
    #[serde(rename = "pricing_model", default, deserialize_with = "lenient::optional")]
    pub model: Option<PricingModel>,
    /// Whether it is free, and why (`type` on the wire).
    #[serde(rename = "type", default, deserialize_with = "lenient::optional")]
    pub kind: Option<PricingKind>,
    /// The rate that applies.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub category: Option<PricingCategory>,
}

impl Pricing {
    /// Reads it when every member is of the type that Meta gives it.
    pub(super) fn read_plain(cursor: &mut Cursor<'_>) -> Option<Self> {
        let (mut billable, mut model, mut kind, mut category) = (None, None, None, None);
        cursor.members(|cursor, name| match name {
            "billable" => once(&mut billable, cursor.value()),
            "pricing_model" => once(&mut model, cursor.word()),
            "type" => once(&mut kind, cursor.word()),
            "category" => once(&mut category, cursor.word()),
            _ => cursor.skip(),
        })?;
        Some(Self { billable, model: filled(model), kind: filled(kind), category: filled(category) })
    }
}

open_enum! {
    /// How billing works.
    pub enum PricingModel {
        /// Per message.
        PerMessage = "PMP",
        /// Per conversation, until July 2025.
        PerConversation = "CBP",
    }
}

open_enum! {
    /// Whether a message is free, and why.
    pub enum PricingKind {
        /// It is billed.
        Regular = "regular",
        /// It is free as an answer within the customer-service window.
        FreeCustomerService = "free_customer_service",
        /// It is free because the customer came through an advertisement or a page.
        FreeEntryPoint = "free_entry_point",
        /// It is free as an answer within the customer-service window of a group.
        FreeGroupCustomerService = "free_group_customer_service",
    }
}

open_enum! {
    /// The rate that applies to a message. Meta spells some with a hyphen in one place and an underscore in another; both
    /// are read as the same.
    pub enum PricingCategory {
        /// A one-time password.
        Authentication = "authentication",
        /// A one-time password to another country.
        AuthenticationInternational = "authentication-international" | "authentication_international",
        /// Marketing.
        Marketing = "marketing",
        /// Marketing through the Marketing Messages API.
        MarketingLite = "marketing_lite" | "marketing-lite",
        /// Within a free entry point.
        ReferralConversion = "referral_conversion" | "referral-conversion",
        /// An answer within the customer-service window.
        Service = "service",
        /// A template about something the customer did.
        Utility = "utility",
        /// Marketing to a group.
        GroupMarketing = "group_marketing" | "group-marketing",
        /// An answer within the customer-service window of a group.
        GroupService = "group_service" | "group-service",
        /// A template to a group about something its members did.
        GroupUtility = "group_utility" | "group-utility",
        /// An answer of an assistant that is what the business sells.
        GeneralPurposeAi = "general_purpose_ai" | "general-purpose-ai",
    }
}

/// The billed conversation a message belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversation {
    /// Meta's id of it.
    pub id: Option<String>,
    /// When it ends (`expiration_timestamp` on the wire); only on `sent`.
    pub expires_at: Option<Timestamp>,
    /// What opened it (`origin.type` on the wire).
    pub origin: Option<PricingCategory>,
    /// What stands beside it as a rule.
    pub(super) pricing: Option<Pricing>,
}

impl<'de> Deserialize<'de> for Conversation {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default, deserialize_with = "lenient::optional")]
            id: Option<String>,
            #[serde(default, deserialize_with = "lenient::or_default")]
            expiration_timestamp: Option<Timestamp>,
            #[serde(default, deserialize_with = "lenient::object")]
            origin: Origin,
            #[serde(default, deserialize_with = "lenient::optional_object")]
            pricing: Option<Pricing>,
        }
        #[derive(Default, Deserialize)]
        struct Origin {
            #[serde(rename = "type", default, deserialize_with = "lenient::optional")]
            kind: Option<PricingCategory>,
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            id: wire.id,
            expires_at: wire.expiration_timestamp,
            origin: wire.origin.kind,
            pricing: wire.pricing,
        })
    }
}
