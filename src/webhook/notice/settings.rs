//! Settings of a number that were changed.

use super::member;
use crate::{id::PhoneNumberId, open::open_enum, time::Timestamp, webhook::lenient, wire::quiet_debug};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// Settings of a number were changed (`account_settings_update` on the wire).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountSettingsUpdate {
    /// Which settings (`type` on the wire).
    pub kind: SettingsKind,
    /// When they were changed.
    pub timestamp: Option<Timestamp>,
    /// Our number (`phone_number_settings.phone_number_id` on the wire).
    pub phone_number_id: Option<PhoneNumberId>,
    /// How calls are handled now (`phone_number_settings.calling` on the wire).
    pub calling: Option<CallingSettings>,
}

impl<'de> Deserialize<'de> for AccountSettingsUpdate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "type", deserialize_with = "member::needed")]
            kind: SettingsKind,
            #[serde(default, deserialize_with = "lenient::or_default")]
            timestamp: Option<Timestamp>,
            #[serde(default, deserialize_with = "member::object")]
            phone_number_settings: Option<Settings>,
        }
        #[derive(Deserialize)]
        struct Settings {
            #[serde(default, deserialize_with = "member::text")]
            phone_number_id: Option<PhoneNumberId>,
            #[serde(default, deserialize_with = "member::object")]
            calling: Option<CallingSettings>,
        }
        let Wire { kind, timestamp, phone_number_settings } = Wire::deserialize(deserializer)?;
        let settings = phone_number_settings.map(|settings| (settings.phone_number_id, settings.calling));
        let (phone_number_id, calling) = settings.unwrap_or_default();
        Ok(Self { kind, timestamp, phone_number_id, calling })
    }
}

open_enum! {
    /// Which settings were changed.
    pub enum SettingsKind {
        /// Those of one phone number.
        PhoneNumber = "phone_number_settings",
    }
}

open_enum! {
    /// Whether something is switched on.
    pub enum Switch {
        /// It is on.
        Enabled = "ENABLED",
        /// It is off.
        Disabled = "DISABLED",
    }
}

/// How calls to and from a number are handled.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CallingSettings {
    /// Whether there are calls at all.
    #[serde(default, deserialize_with = "member::text")]
    pub status: Option<Switch>,
    /// Where the call button shows (`call_icon_visibility` on the wire).
    #[serde(rename = "call_icon_visibility", default, deserialize_with = "member::text")]
    pub icon_visibility: Option<CallIconVisibility>,
    /// Whether who called may be called back (`callback_permission_status` on the wire).
    #[serde(rename = "callback_permission_status", default, deserialize_with = "member::text")]
    pub callback_permission: Option<Switch>,
    /// When calls are taken (`call_hours` on the wire).
    #[serde(rename = "call_hours", default, deserialize_with = "member::object")]
    pub hours: Option<CallHours>,
    /// Where calls are taken over SIP.
    #[serde(default, deserialize_with = "member::object")]
    pub sip: Option<Sip>,
    /// How keys are agreed on (`srtp_key_exchange_protocol` on the wire).
    #[serde(rename = "srtp_key_exchange_protocol", default, deserialize_with = "member::text")]
    pub key_exchange: Option<KeyExchange>,
}

open_enum! {
    /// Where the call button shows.
    pub enum CallIconVisibility {
        /// Wherever WhatsApp shows it.
        Default = "DEFAULT",
        /// Nowhere but in messages that have one.
        DisableAll = "DISABLE_ALL",
    }
}

open_enum! {
    /// How the keys of a call are agreed on.
    pub enum KeyExchange {
        /// In the media stream.
        Dtls = "DTLS",
        /// In the session description; over SIP only.
        Sdes = "SDES",
    }
}

/// When calls are taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CallHours {
    /// Whether the hours count.
    #[serde(default, deserialize_with = "member::text")]
    pub status: Option<Switch>,
    /// Their time zone, such as `America/Manaus` (`timezone_id` on the wire).
    #[serde(rename = "timezone_id", default, deserialize_with = "member::text")]
    pub time_zone: Option<String>,
    /// Every week (`weekly_operating_hours` on the wire).
    #[serde(rename = "weekly_operating_hours", default, deserialize_with = "member::objects")]
    pub weekly: Vec<OpeningHours>,
    /// On single days (`holiday_schedule` on the wire).
    #[serde(rename = "holiday_schedule", default, deserialize_with = "member::objects")]
    pub holidays: Vec<HolidayHours>,
}

/// When calls are taken on a day of the week.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct OpeningHours {
    /// The day, such as `MONDAY` (`day_of_week` on the wire).
    #[serde(rename = "day_of_week", default, deserialize_with = "member::text")]
    pub day: Option<String>,
    /// From when, such as `0900` (`open_time` on the wire).
    #[serde(rename = "open_time", default, deserialize_with = "member::text")]
    pub opens: Option<String>,
    /// Until when, such as `1700` (`close_time` on the wire).
    #[serde(rename = "close_time", default, deserialize_with = "member::text")]
    pub closes: Option<String>,
}

/// When calls are taken on a single day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HolidayHours {
    /// The day, such as `2027-01-01`.
    #[serde(default, deserialize_with = "member::text")]
    pub date: Option<String>,
    /// From when, such as `0000` (`start_time` on the wire).
    #[serde(rename = "start_time", default, deserialize_with = "member::text")]
    pub opens: Option<String>,
    /// Until when, such as `2359` (`end_time` on the wire).
    #[serde(rename = "end_time", default, deserialize_with = "member::text")]
    pub closes: Option<String>,
}

/// Where calls are taken over SIP.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Sip {
    /// Whether they are.
    #[serde(default, deserialize_with = "member::text")]
    pub status: Option<Switch>,
    /// By which servers.
    #[serde(default, deserialize_with = "member::objects")]
    pub servers: Vec<SipServer>,
}

/// A server that takes calls.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SipServer {
    /// Its name.
    #[serde(default, deserialize_with = "member::text")]
    pub hostname: Option<String>,
    /// Its port.
    #[serde(default, deserialize_with = "port")]
    pub port: Option<u16>,
    /// What is added to the address that is called (`request_uri_user_params` on the wire).
    #[serde(rename = "request_uri_user_params", default, deserialize_with = "lenient::or_default")]
    pub user_params: BTreeMap<String, String>,
}
quiet_debug!(SipServer { port });

fn port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    Ok(member::integer(deserializer)?.and_then(|port| u16::try_from(port).ok()))
}
