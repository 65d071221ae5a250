//! What messages of an account cost from now on.

use super::member;
use crate::{
    time::Timestamp,
    webhook::{PricingCategory, lenient},
};
use serde::Deserialize;

/// Since when rates for codes to other countries apply.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct InternationalRates {
    /// Since when (`start_time` on the wire).
    #[serde(rename = "start_time", default, deserialize_with = "lenient::or_default")]
    pub starts_at: Option<Timestamp>,
    /// The countries where it is another time (`exception_countries` on the wire).
    #[serde(rename = "exception_countries", default, deserialize_with = "member::objects")]
    pub exceptions: Vec<CountryRate>,
}

/// Since when rates for codes to other countries apply in one country.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CountryRate {
    /// The country, by ISO 3166 (`country_code` on the wire).
    #[serde(rename = "country_code", default, deserialize_with = "member::text")]
    pub country: Option<String>,
    /// Since when (`start_time` on the wire).
    #[serde(rename = "start_time", default, deserialize_with = "lenient::or_default")]
    pub starts_at: Option<Timestamp>,
}

/// The volume by which messages are priced: who sends more, pays less for each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct VolumeTier {
    /// When it was reached (`tier_update_time` on the wire).
    #[serde(rename = "tier_update_time", default, deserialize_with = "lenient::or_default")]
    pub updated_at: Option<Timestamp>,
    /// The messages that it is about (`pricing_category` on the wire).
    #[serde(rename = "pricing_category", default, deserialize_with = "member::text")]
    pub category: Option<PricingCategory>,
    /// From how many to how many messages a month, as Meta writes it: `25000001:50000000`.
    #[serde(default, deserialize_with = "member::text")]
    pub tier: Option<String>,
    /// The month that it is about: `2025-11` (`effective_month` on the wire).
    #[serde(rename = "effective_month", default, deserialize_with = "member::text")]
    pub month: Option<String>,
    /// The market that it is about, such as `India`.
    #[serde(default, deserialize_with = "member::text")]
    pub region: Option<String>,
}
