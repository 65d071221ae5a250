//! Alerts about an account, a number or a business.

use super::member;
use crate::{id::PhoneNumberId, open::open_enum, wire::quiet_debug};
use serde::{Deserialize, Deserializer, de::Error as _};

/// Meta wants something to be known or done (`account_alerts` on the wire).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountAlert {
    /// What it is about (`entity_type` on the wire).
    pub entity: Option<AlertEntity>,
    /// The id of the portfolio, number or account that it is about.
    pub entity_id: Option<String>,
    /// What is the matter (`alert_type` on the wire).
    pub kind: AlertKind,
    /// How bad it is (`alert_severity` on the wire).
    pub severity: Option<AlertSeverity>,
    /// Whether it still is so (`alert_status` on the wire).
    pub status: Option<AlertStatus>,
    /// What is the matter, in Meta's words (`alert_description` on the wire).
    pub description: Option<String>,
}
quiet_debug!(AccountAlert { entity, entity_id, kind, severity, status });

impl<'de> Deserialize<'de> for AccountAlert {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default, deserialize_with = "member::text")]
            entity_type: Option<AlertEntity>,
            #[serde(default, deserialize_with = "member::text")]
            entity_id: Option<String>,
            #[serde(deserialize_with = "member::object")]
            alert_info: Option<Info>,
        }
        #[derive(Deserialize)]
        struct Info {
            #[serde(deserialize_with = "member::needed")]
            alert_type: AlertKind,
            #[serde(default, deserialize_with = "member::text")]
            alert_severity: Option<AlertSeverity>,
            #[serde(default, deserialize_with = "member::text")]
            alert_status: Option<AlertStatus>,
            #[serde(default, deserialize_with = "member::text")]
            alert_description: Option<String>,
        }
        let Wire { entity_type, entity_id, alert_info } = Wire::deserialize(deserializer)?;
        let info = alert_info.ok_or_else(|| D::Error::custom("the alert tells nothing"))?;
        Ok(Self {
            entity: entity_type,
            entity_id,
            kind: info.alert_type,
            severity: info.alert_severity,
            status: info.alert_status,
            description: info.alert_description,
        })
    }
}

impl AccountAlert {
    pub(super) fn phone_number_id(&self) -> Option<PhoneNumberId> {
        let is_number = self.entity == Some(AlertEntity::PhoneNumber);
        self.entity_id.as_deref().filter(|_| is_number).map(PhoneNumberId::from)
    }
}

open_enum! {
    /// What an alert is about.
    pub enum AlertEntity {
        /// The business portfolio.
        Business = "BUSINESS",
        /// A phone number.
        PhoneNumber = "PHONE_NUMBER",
        /// The business profile.
        Profile = "CURRENT_STATUS_ID",
        /// The account.
        Account = "WABA",
    }
}

open_enum! {
    /// What is the matter.
    pub enum AlertKind {
        /// A higher messaging limit has to wait.
        LimitIncreaseDeferred = "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
        /// A higher messaging limit was refused.
        LimitIncreaseFailed = "INCREASED_CAPABILITIES_ELIGIBILITY_FAILED",
        /// A higher messaging limit needs more information of the business.
        LimitIncreaseNeedsInfo = "INCREASED_CAPABILITIES_ELIGIBILITY_NEED_MORE_INFO",
        /// It became an official business account.
        OfficialAccountApproved = "OBA_APPROVED",
        /// It did not become an official business account.
        OfficialAccountRejected = "OBA_REJECTED",
        /// The picture of the business profile is gone.
        ProfilePictureLost = "PROFILE_PICTURE_LOST",
    }
}

open_enum! {
    /// How bad it is.
    pub enum AlertSeverity {
        /// Something has to be done.
        Critical = "CRITICAL",
        /// Something should be done.
        Warning = "WARNING",
        /// Nothing is to be done.
        Informational = "INFORMATIONAL",
    }
}

open_enum! {
    /// Whether it still is so.
    pub enum AlertStatus {
        /// It is so.
        Active = "ACTIVE",
        /// It is settled, or there is nothing to settle.
        Inactive = "NONE",
    }
}
