//! How much a business may do.

use super::member;
use crate::{open::UnknownValue, webhook::lenient};
use serde::Deserialize;

/// How much a business may do changed (`business_capability_update` on the wire).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CapabilityUpdate {
    /// To how many people the portfolio may write first (`max_daily_conversations_per_business` on the wire).
    #[serde(rename = "max_daily_conversations_per_business", default, deserialize_with = "member::text")]
    pub limit: Option<MessagingLimit>,
    /// To how many people each number may write first (`max_daily_conversation_per_phone` on the wire); until February
    /// 2026.
    #[serde(rename = "max_daily_conversation_per_phone", default, deserialize_with = "member::text")]
    pub limit_per_phone: Option<MessagingLimit>,
    /// How many numbers the portfolio may have.
    #[serde(default, deserialize_with = "member::integer")]
    pub max_phone_numbers_per_business: Option<i64>,
    /// How many numbers the account may have (`max_phone_numbers_per_waba` on the wire).
    #[serde(rename = "max_phone_numbers_per_waba", default, deserialize_with = "member::integer")]
    pub max_phone_numbers_per_account: Option<i64>,
}

/// Reads a value that has at least one of the members.
pub(super) fn read(raw: &str) -> Result<CapabilityUpdate, serde_json::Error> {
    let update: CapabilityUpdate = serde_json::from_str(raw)?;
    let told = Some(update).filter(|update| *update != CapabilityUpdate::default());
    lenient::required(told, "max_daily_conversations_per_business")
}

/// To how many people a business may write first within 24 hours.
///
/// Meta writes a number or the name of a tier: `2000` and `TIER_2K` are the same, so are `-1` and `TIER_UNLIMITED`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessagingLimit {
    /// To so many.
    People(u64),
    /// To as many as it likes.
    Unlimited,
    /// It has no limit yet, and may not write first.
    NotSet,
    /// A spelling that this version does not know.
    Unknown(UnknownValue),
}

impl MessagingLimit {
    /// To how many people; nothing when there is no end, or none is known.
    #[must_use]
    pub fn people(&self) -> Option<u64> {
        match self {
            Self::People(people) => Some(*people),
            _ => None,
        }
    }
}

impl From<&str> for MessagingLimit {
    fn from(spelling: &str) -> Self {
        let upper = spelling.trim().to_ascii_uppercase();
        let tier = upper.strip_prefix("TIER_").unwrap_or(&upper);
        match tier {
            "-1" | "UNLIMITED" => return Self::Unlimited,
            "NOT_SET" => return Self::NotSet,
            _ => {}
        }
        let (digits, unit) = match tier.strip_suffix('K') {
            Some(thousands) => (thousands, 1_000),
            None => (tier, 1),
        };
        let people = digits.parse().ok().and_then(|number: u64| number.checked_mul(unit));
        people.map_or_else(|| Self::Unknown(UnknownValue::new(spelling)), Self::People)
    }
}

#[cfg(test)]
mod tests {
    use super::MessagingLimit;

    #[test]
    fn a_limit_is_a_number_or_a_tier() {
        for (spelling, expected) in [
            ("250", MessagingLimit::People(250)),
            ("TIER_50", MessagingLimit::People(50)),
            ("TIER_2K", MessagingLimit::People(2_000)),
            ("tier_100k", MessagingLimit::People(100_000)),
            ("TIER_UNLIMITED", MessagingLimit::Unlimited),
            ("-1", MessagingLimit::Unlimited),
            ("TIER_NOT_SET", MessagingLimit::NotSet),
        ] {
            assert_eq!(MessagingLimit::from(spelling), expected, "{spelling}");
        }
    }

    #[test]
    fn a_limit_of_another_spelling_keeps_it() {
        for spelling in ["TIER_1M", "-2", "K", "18446744073709551615K", "Tier of gold"] {
            let MessagingLimit::Unknown(value) = MessagingLimit::from(spelling) else { panic!("{spelling}") };
            assert_eq!(value.as_str(), spelling);
        }
    }
}
