//! What Meta reports of accounts, numbers, templates, Flows and partners.
//!
//! Each such change is an [`Event::Notice`]; its [`kind`](Notice::kind) holds what the
//! field tells:
//!
//! | field | kind |
//! |---|---|
//! | `message_template_status_update` | [`TemplateStatusUpdate`] |
//! | `message_template_quality_update` | [`TemplateQualityUpdate`] |
//! | `message_template_components_update` | [`TemplateComponentsUpdate`] |
//! | `template_category_update` | [`TemplateCategoryUpdate`] |
//! | `template_correct_category_detection` | [`WrongCategory`] |
//! | `account_update` | [`AccountUpdate`] |
//! | `account_review_update` | [`AccountReviewUpdate`] |
//! | `account_alerts` | [`AccountAlert`] |
//! | `account_settings_update` | [`AccountSettingsUpdate`] |
//! | `business_capability_update` | [`CapabilityUpdate`] |
//! | `phone_number_name_update` | [`PhoneNumberNameUpdate`] |
//! | `phone_number_quality_update` | [`PhoneNumberQualityUpdate`] |
//! | `security` | [`SecurityUpdate`] |
//! | `business_username_updates`, `business_username_update`, `phone_number_username_update` | [`UsernameUpdate`] |
//! | `partner_solutions` | [`SolutionUpdate`] |
//! | `payment_configuration_update` | [`PaymentConfigurationUpdate`] |
//! | `flows` | [`FlowUpdate`] |
//! | `messaging_handovers` | [`Handover`] |
//!
//! Only the member without which a notice tells nothing has to be there; any other that is missing, or of another shape
//! than expected, is `None`. [`Notice::raw`] has them all.
//!
//! ```
//! use whatsapp_business::webhook::{Delivery, Event, notice::{NoticeKind, TemplateEvent}};
//! # fn main() -> whatsapp_business::Result<()> {
//! # let body = br#"{"entry":[{"id":"1","time":1,"changes":[{"field":"message_template_status_update","value":{
//! #     "event":"REJECTED","message_template_id":2,"reason":"PROMOTIONAL"}}]}]}"#;
//! for event in Delivery::unverified(body)? {
//!     let Event::Notice(notice) = event else { continue };
//!     match &notice.kind {
//!         NoticeKind::TemplateStatusUpdate(update) if update.event == TemplateEvent::Rejected => {
//!             println!("{} was rejected: {:?}", update.id, update.reason);
//!         }
//!         NoticeKind::AccountAlert(alert) => println!("{}: {:?}", alert.kind, alert.description),
//!         _ => {}
//!     }
//! }
//! # Ok(()) }
//! ```

mod account;
mod alert;
mod capability;
mod enforcement;
mod flow;
mod handover;
mod member;
mod partner;
mod payment;
mod phone_number;
mod pricing;
mod settings;
mod template;

pub use account::{AccountEvent, AccountReviewUpdate, AccountUpdate, ReviewDecision};
pub use alert::{AccountAlert, AlertEntity, AlertKind, AlertSeverity, AlertStatus};
pub use capability::{CapabilityUpdate, MessagingLimit};
pub use enforcement::{AccountViolation, Ban, BanState, Restriction, RestrictionKind, ViolationKind};
pub use flow::{FlowAlertState, FlowError, FlowEvent, FlowStatus, FlowUpdate};
pub use handover::{Handover, HandoverKind, Role};
pub use partner::{
    Certification, CertificationStatus, Disconnection, DisconnectionReason, Initiator, SharedAccount,
    SolutionEvent, SolutionStatus, SolutionUpdate,
};
pub use payment::{PaymentConfigurationStatus, PaymentConfigurationUpdate, PaymentProvider};
pub use phone_number::{
    NameRejection, PhoneNumberNameUpdate, PhoneNumberQualityEvent, PhoneNumberQualityUpdate, SecurityEvent,
    SecurityUpdate, UsernameStatus, UsernameUpdate,
};
pub use pricing::{CountryRate, InternationalRates, VolumeTier};
pub use settings::{
    AccountSettingsUpdate, CallHours, CallIconVisibility, CallingSettings, HolidayHours, KeyExchange,
    OpeningHours, SettingsKind, Sip, SipServer, Switch,
};
pub use template::{
    QualityScore, RejectionAdvice, TemplateButton, TemplateCategoryUpdate, TemplateComponentsUpdate,
    TemplateEvent, TemplateEventDetails, TemplatePause, TemplateQualityUpdate, TemplateRejection,
    TemplateStatusUpdate, WrongCategory,
};

use crate::{
    id::{AccountId, BusinessId, PhoneNumberId},
    time::Timestamp,
    webhook::{Event, UnknownEvent, envelope::Origin, event, lenient, messages},
    wire::quiet_debug,
};
use serde::de::DeserializeOwned;

/// Something that Meta reports of an account, a number, a template, a Flow or a partner.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Notice {
    /// The account that this is about.
    ///
    /// It is `entry.id` on the wire, except where that is a [business portfolio](Self::business_id): then it is
    /// `waba_info.waba_id`, if it says.
    pub account_id: Option<AccountId>,
    /// The business portfolio it was reported to, where that is told instead of the account (`entry.id` on the wire): of
    /// accounts that are shared or linked, and of solutions.
    pub business_id: Option<BusinessId>,
    /// Our number that this is about, if it says so by id; most say it as people write it.
    pub phone_number_id: Option<PhoneNumberId>,
    /// When it happened, or else when Meta wrote it (`entry.time` on the wire).
    pub timestamp: Option<Timestamp>,
    /// What happened.
    pub kind: NoticeKind,
    field: Box<str>,
    raw: Box<str>,
}
quiet_debug!(Notice { field, kind, account_id, business_id, phone_number_id, timestamp });

impl Notice {
    /// The field it was delivered under, as Meta spelled it.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The JSON of the value as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// By what is reported to whom and when: Meta gives notices no id.
    pub(super) fn key(&self) -> String {
        let account = self.account_id.as_ref().map(AccountId::as_str);
        let entry = self.business_id.as_ref().map(BusinessId::as_str).or(account);
        event::raw_key(entry, self.timestamp, &self.field, &self.raw)
    }
}

/// What happened, by the field it was delivered under.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "notices are rare, and an event holds them in a box")]
pub enum NoticeKind {
    /// A template was approved, rejected, paused …
    TemplateStatusUpdate(TemplateStatusUpdate),
    /// What customers think of a template changed.
    TemplateQualityUpdate(TemplateQualityUpdate),
    /// A template reads otherwise now.
    TemplateComponentsUpdate(TemplateComponentsUpdate),
    /// Meta moved a template to another category, or will soon.
    TemplateCategoryUpdate(TemplateCategoryUpdate),
    /// What was sent directly is of another category than was claimed.
    WrongCategory(WrongCategory),
    /// Something happened to an account.
    AccountUpdate(AccountUpdate),
    /// An account was reviewed.
    AccountReviewUpdate(AccountReviewUpdate),
    /// Meta wants something to be known or done.
    AccountAlert(AccountAlert),
    /// Settings of a number were changed.
    AccountSettingsUpdate(AccountSettingsUpdate),
    /// How much a business may do changed.
    CapabilityUpdate(CapabilityUpdate),
    /// The name that customers see was reviewed.
    PhoneNumberNameUpdate(PhoneNumberNameUpdate),
    /// How much a number may send changed.
    PhoneNumberQualityUpdate(PhoneNumberQualityUpdate),
    /// The PIN of a number was changed or is to be.
    SecurityUpdate(SecurityUpdate),
    /// The username of a number was approved, reserved or deleted.
    UsernameUpdate(UsernameUpdate),
    /// A solution by which several partners serve one customer was made or changed.
    SolutionUpdate(SolutionUpdate),
    /// A way to be paid was made or changed.
    PaymentConfigurationUpdate(PaymentConfigurationUpdate),
    /// A Flow changed, or it or its endpoint is in trouble.
    FlowUpdate(FlowUpdate),
    /// Who answers a conversation changed.
    Handover(Handover),
}

impl NoticeKind {
    /// Reads the value of a field; nothing when the field is not one of these.
    fn read(field: &str, raw: &str) -> Option<Result<Self, serde_json::Error>> {
        Some(match field {
            "message_template_status_update" => value(raw, Self::TemplateStatusUpdate),
            "message_template_quality_update" => value(raw, Self::TemplateQualityUpdate),
            "message_template_components_update" => value(raw, Self::TemplateComponentsUpdate),
            "template_category_update" => value(raw, Self::TemplateCategoryUpdate),
            "template_correct_category_detection" => value(raw, Self::WrongCategory),
            "account_update" => value(raw, Self::AccountUpdate),
            "account_review_update" => value(raw, Self::AccountReviewUpdate),
            "account_alerts" => value(raw, Self::AccountAlert),
            "account_settings_update" => value(raw, Self::AccountSettingsUpdate),
            "business_capability_update" => capability::read(raw).map(Self::CapabilityUpdate),
            "phone_number_name_update" => value(raw, Self::PhoneNumberNameUpdate),
            "phone_number_quality_update" => value(raw, Self::PhoneNumberQualityUpdate),
            "security" => value(raw, Self::SecurityUpdate),
            // Meta's pages have spelled it in three ways.
            "business_username_updates" | "business_username_update" | "phone_number_username_update" => {
                value(raw, Self::UsernameUpdate)
            }
            "partner_solutions" => value(raw, Self::SolutionUpdate),
            "payment_configuration_update" => value(raw, Self::PaymentConfigurationUpdate),
            "flows" => value(raw, Self::FlowUpdate),
            "messaging_handovers" => handover::read(raw).map(Self::Handover),
            _ => return None,
        })
    }

    /// Whether it comes under the id of a business portfolio instead of an account's.
    fn is_of_portfolio(&self) -> bool {
        match self {
            Self::AccountUpdate(update) => update.is_of_portfolio(),
            Self::SolutionUpdate(_) => true,
            _ => false,
        }
    }

    /// The account that the value names.
    fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::AccountUpdate(update) => update.shared.as_ref()?.id.clone(),
            _ => None,
        }
    }

    /// The number that the value names.
    fn phone_number_id(&self) -> Option<PhoneNumberId> {
        match self {
            Self::AccountAlert(alert) => alert.phone_number_id(),
            Self::AccountSettingsUpdate(update) => update.phone_number_id.clone(),
            Self::Handover(handover) => handover.phone_number_id.clone(),
            _ => None,
        }
    }

    /// The time that the value names.
    fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::AccountSettingsUpdate(update) => update.timestamp,
            Self::Handover(handover) => handover.timestamp,
            _ => None,
        }
    }
}

fn value<T: DeserializeOwned>(
    raw: &str,
    known: impl FnOnce(T) -> NoticeKind,
) -> Result<NoticeKind, serde_json::Error> {
    serde_json::from_str(raw).map(known)
}

/// Reads a value of one of these fields; one that cannot be read is kept with the reason.
pub(super) fn read(raw: &str, origin: &Origin<'_>) -> Option<Event> {
    let unreadable =
        |reason: String| UnknownEvent::keep(raw, Some(reason), messages::phone_number_id(raw), origin);
    let kind = match NoticeKind::read(origin.field, raw)? {
        // What is derived would read a list as an object, member by member.
        Ok(_) if !raw.starts_with('{') => return Some(unreadable("the value is no object".to_owned())),
        Ok(kind) => kind,
        Err(error) => return Some(unreadable(lenient::reason(&error))),
    };
    // Meta writes 0 where there is none.
    let entry = origin.account_id.filter(|id| id.as_str() != "0");
    let (account_id, business_id) = match entry {
        Some(entry) if kind.is_of_portfolio() && kind.account_id().as_ref() != Some(entry) => {
            (kind.account_id(), Some(BusinessId::from(entry.as_str())))
        }
        entry => (entry.cloned().or_else(|| kind.account_id()), None),
    };
    Some(Event::Notice(Box::new(Notice {
        account_id,
        business_id,
        phone_number_id: kind.phone_number_id().or_else(|| messages::phone_number_id(raw)),
        timestamp: kind.timestamp().or(origin.time),
        kind,
        field: origin.field.into(),
        raw: raw.into(),
    })))
}
