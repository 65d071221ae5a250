//! What became of our templates.

use super::member;
use crate::{
    category::Category, id::TemplateId, open::open_enum, time::Timestamp, webhook::lenient, wire::quiet_debug,
};
use serde::{Deserialize, Deserializer};

/// A template was approved, rejected, paused … (`message_template_status_update` on the wire).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateStatusUpdate {
    /// What became of it.
    #[serde(deserialize_with = "member::needed")]
    pub event: TemplateEvent,
    /// The template (`message_template_id` on the wire).
    #[serde(rename = "message_template_id", deserialize_with = "member::needed")]
    pub id: TemplateId,
    /// Its name (`message_template_name` on the wire).
    #[serde(rename = "message_template_name", default, deserialize_with = "member::text")]
    pub name: Option<String>,
    /// Its language (`message_template_language` on the wire); Meta writes `en-US` here where templates have `en_US`.
    #[serde(rename = "message_template_language", default, deserialize_with = "member::text")]
    pub language: Option<String>,
    /// What it is for (`message_template_category` on the wire).
    #[serde(rename = "message_template_category", default, deserialize_with = "member::text")]
    pub category: Option<Category>,
    /// Why it was rejected or disabled; Meta's `NONE` counts as absent.
    #[serde(default, deserialize_with = "reason")]
    pub reason: Option<TemplateRejection>,
    /// What is wrong with it and how to mend it (`rejection_info` on the wire); of some rejections.
    #[serde(rename = "rejection_info", default, deserialize_with = "member::object")]
    pub advice: Option<RejectionAdvice>,
    /// Why it is locked, paused or back again (`other_info` on the wire).
    #[serde(rename = "other_info", default, deserialize_with = "member::object")]
    pub details: Option<TemplateEventDetails>,
    /// When it is disabled, as Meta writes it (`disable_info.disable_date` on the wire).
    #[serde(rename = "disable_info", default, deserialize_with = "disable_date")]
    pub disable_date: Option<String>,
}
quiet_debug!(TemplateStatusUpdate { event, id, category, reason });

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TemplateRejection>, D::Error> {
    let reason: Option<String> = member::text(deserializer)?;
    Ok(reason.filter(|reason| !reason.eq_ignore_ascii_case("NONE")).map(|reason| reason.as_str().into()))
}

fn disable_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Info {
        #[serde(default, deserialize_with = "member::text")]
        disable_date: Option<String>,
    }
    Ok(member::object::<_, Info>(deserializer)?.and_then(|info| info.disable_date))
}

open_enum! {
    /// What became of a template.
    pub enum TemplateEvent {
        /// It may be sent.
        Approved = "APPROVED",
        /// It was put away: after a year without use, or on request.
        Archived = "ARCHIVED",
        /// It was taken out of the archive.
        Unarchived = "UNARCHIVED",
        /// It is gone.
        Deleted = "DELETED",
        /// It may not be sent any more.
        Disabled = "DISABLED",
        /// Customers dislike it: it is about to be paused or disabled.
        Flagged = "FLAGGED",
        /// Its rejection is looked at again.
        InAppeal = "IN_APPEAL",
        /// The account has as many templates as it may have.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// It may not be changed.
        Locked = "LOCKED",
        /// It may not be sent for a while.
        Paused = "PAUSED",
        /// It is being reviewed.
        Pending = "PENDING",
        /// It is no longer flagged or disabled.
        Reinstated = "REINSTATED",
        /// It will be gone soon.
        PendingDeletion = "PENDING_DELETION",
        /// It may not be sent; the reason tells why.
        Rejected = "REJECTED",
    }
}

open_enum! {
    /// Why a template was rejected or disabled.
    pub enum TemplateRejection {
        /// Its content is abusive.
        AbusiveContent = "ABUSIVE_CONTENT",
        /// The account may not have templates of its category.
        CategoryNotAvailable = "CATEGORY_NOT_AVAILABLE",
        /// Its content is of another category.
        IncorrectCategory = "INCORRECT_CATEGORY",
        /// Its form is wrong, such as placeholders beside each other.
        InvalidFormat = "INVALID_FORMAT",
        /// It advertises, and its category does not.
        Promotional = "PROMOTIONAL",
        /// It looks like fraud.
        Scam = "SCAM",
        /// Its language or category does not match its content.
        TagContentMismatch = "TAG_CONTENT_MISMATCH",
    }
}

/// What is wrong with a rejected template, in Meta's words.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RejectionAdvice {
    /// What is wrong.
    #[serde(default, deserialize_with = "member::text")]
    pub reason: Option<String>,
    /// How to mend it.
    #[serde(default, deserialize_with = "member::text")]
    pub recommendation: Option<String>,
}
quiet_debug!(RejectionAdvice {});

/// Why a template is locked, paused or back again.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateEventDetails {
    /// What happened.
    #[serde(default, deserialize_with = "member::text")]
    pub title: Option<TemplatePause>,
    /// Why, in Meta's words.
    #[serde(default, deserialize_with = "member::text")]
    pub description: Option<String>,
}
quiet_debug!(TemplateEventDetails { title });

open_enum! {
    /// What happened to a template that customers dislike.
    pub enum TemplatePause {
        /// It is paused for the first time, for some hours.
        First = "FIRST_PAUSE",
        /// It is paused for the second time, for longer.
        Second = "SECOND_PAUSE",
        /// It is paused because it was sent too often.
        RateLimiting = "RATE_LIMITING_PAUSE",
        /// It may be sent again.
        Unpaused = "UNPAUSE",
        /// It was disabled for good.
        Disabled = "DISABLED",
    }
}

/// What customers think of a template changed (`message_template_quality_update` on the wire).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateQualityUpdate {
    /// The template (`message_template_id` on the wire).
    #[serde(rename = "message_template_id", deserialize_with = "member::needed")]
    pub id: TemplateId,
    /// Its name (`message_template_name` on the wire).
    #[serde(rename = "message_template_name", default, deserialize_with = "member::text")]
    pub name: Option<String>,
    /// Its language (`message_template_language` on the wire), as in [`TemplateStatusUpdate::language`].
    #[serde(rename = "message_template_language", default, deserialize_with = "member::text")]
    pub language: Option<String>,
    /// What they thought before (`previous_quality_score` on the wire).
    #[serde(rename = "previous_quality_score", default, deserialize_with = "member::text")]
    pub previous: Option<QualityScore>,
    /// What they think now (`new_quality_score` on the wire).
    #[serde(rename = "new_quality_score", deserialize_with = "member::needed")]
    pub new: QualityScore,
}
quiet_debug!(TemplateQualityUpdate { id, previous, new });

open_enum! {
    /// What customers think of a template, by what they block, report and read.
    pub enum QualityScore {
        /// They like it.
        Green = "GREEN",
        /// Some dislike it.
        Yellow = "YELLOW",
        /// Many dislike it: it is about to be paused.
        Red = "RED",
        /// Too few have seen it yet.
        NotRated = "UNKNOWN",
    }
}

/// A template reads otherwise now (`message_template_components_update` on the wire).
///
/// This is what Meta tells of it; headers with media and most buttons are to be fetched by the id.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateComponentsUpdate {
    /// The template (`message_template_id` on the wire).
    #[serde(rename = "message_template_id", deserialize_with = "member::needed")]
    pub id: TemplateId,
    /// Its name (`message_template_name` on the wire).
    #[serde(rename = "message_template_name", default, deserialize_with = "member::text")]
    pub name: Option<String>,
    /// Its language (`message_template_language` on the wire), as in [`TemplateStatusUpdate::language`].
    #[serde(rename = "message_template_language", default, deserialize_with = "member::text")]
    pub language: Option<String>,
    /// The text of its header (`message_template_title` on the wire).
    #[serde(rename = "message_template_title", default, deserialize_with = "member::text")]
    pub header: Option<String>,
    /// The text of its body (`message_template_element` on the wire).
    #[serde(rename = "message_template_element", default, deserialize_with = "member::text")]
    pub body: Option<String>,
    /// The text of its footer (`message_template_footer` on the wire).
    #[serde(rename = "message_template_footer", default, deserialize_with = "member::text")]
    pub footer: Option<String>,
    /// Its buttons (`message_template_buttons` on the wire).
    #[serde(rename = "message_template_buttons", default, deserialize_with = "member::objects")]
    pub buttons: Vec<TemplateButton>,
}
quiet_debug!(TemplateComponentsUpdate { id, buttons });

/// A button of a template.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateButton {
    /// What it does, such as `URL` (`message_template_button_type` on the wire); spelled mostly as in definitions.
    #[serde(rename = "message_template_button_type", default, deserialize_with = "member::text")]
    pub kind: Option<String>,
    /// What it shows (`message_template_button_text` on the wire).
    #[serde(rename = "message_template_button_text", default, deserialize_with = "member::text")]
    pub text: Option<String>,
    /// What it opens (`message_template_button_url` on the wire).
    #[serde(rename = "message_template_button_url", default, deserialize_with = "member::text")]
    pub url: Option<String>,
    /// Whom it calls (`message_template_button_phone_number` on the wire).
    #[serde(rename = "message_template_button_phone_number", default, deserialize_with = "member::text")]
    pub phone_number: Option<String>,
}
quiet_debug!(TemplateButton { kind });

/// Meta moved a template to another category, or will soon (`template_category_update` on the wire).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TemplateCategoryUpdate {
    /// The template (`message_template_id` on the wire).
    #[serde(rename = "message_template_id", deserialize_with = "member::needed")]
    pub id: TemplateId,
    /// Its name (`message_template_name` on the wire).
    #[serde(rename = "message_template_name", default, deserialize_with = "member::text")]
    pub name: Option<String>,
    /// Its language (`message_template_language` on the wire), as in [`TemplateStatusUpdate::language`].
    #[serde(rename = "message_template_language", default, deserialize_with = "member::text")]
    pub language: Option<String>,
    /// The category it has now (`new_category` on the wire), also when the move is only announced.
    #[serde(rename = "new_category", deserialize_with = "member::needed")]
    pub category: Category,
    /// The category it had (`previous_category` on the wire); only once it was moved.
    #[serde(rename = "previous_category", default, deserialize_with = "member::text")]
    pub previous: Option<Category>,
    /// The category it will have (`correct_category` on the wire); only when the move is announced.
    #[serde(rename = "correct_category", default, deserialize_with = "member::text")]
    pub announced: Option<Category>,
    /// When it will be moved (`category_update_timestamp` on the wire).
    #[serde(rename = "category_update_timestamp", default, deserialize_with = "lenient::or_default")]
    pub moves_at: Option<Timestamp>,
}
quiet_debug!(TemplateCategoryUpdate { id, category, previous, announced, moves_at });

/// What was sent directly, without a template of our own, is of another category than was claimed
/// (`template_correct_category_detection` on the wire).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct WrongCategory {
    /// The template that Meta made of it (`message_template_id` on the wire).
    #[serde(rename = "message_template_id", deserialize_with = "member::needed")]
    pub id: TemplateId,
    /// Its name (`message_template_name` on the wire).
    #[serde(rename = "message_template_name", default, deserialize_with = "member::text")]
    pub name: Option<String>,
    /// Its language (`message_template_language` on the wire).
    #[serde(rename = "message_template_language", default, deserialize_with = "member::text")]
    pub language: Option<String>,
    /// The category that was claimed (`category` on the wire).
    #[serde(rename = "category", default, deserialize_with = "member::text")]
    pub claimed: Option<Category>,
    /// The category it is of (`correct_category` on the wire).
    #[serde(rename = "correct_category", deserialize_with = "member::needed")]
    pub correct: Category,
}
quiet_debug!(WrongCategory { id, claimed, correct });
