//! A template as Meta keeps it.

use crate::{
    id::TemplateId,
    open::open_enum,
    template::{
        Category, Definition,
        members::{Extra, Members, Reason, to_integer, without_nulls},
    },
    time::Timestamp,
    webhook::notice::{QualityScore, TemplateRejection},
    wire::quiet_debug,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

/// A template as Meta keeps it: its definition, and what became of it.
///
/// It is read from what Meta answers, and written back as it came, members that this version does not know included.
///
/// ```
/// use whatsapp_business::template::{Template, TemplateStatus};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let template: Template = serde_json::from_str(r#"{"id": "572279198452421", "status": "APPROVED", "name": "order_update",
///     "language": "en_US", "category": "UTILITY", "parameter_format": "NAMED", "components": [
///         {"type": "BODY", "text": "Hello {{name}}, your order is on its way."}]}"#)?;
/// assert_eq!(template.status, Some(TemplateStatus::Approved));
/// let message = template.definition.fill([("name", "Ana")]).build()?;
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Template {
    /// Its id.
    pub id: Option<TemplateId>,
    /// What became of it.
    pub status: Option<TemplateStatus>,
    /// Name, language, category and components.
    pub definition: Definition,
    /// Why it was rejected (`rejected_reason` on the wire); Meta's `NONE` counts as absent.
    pub rejection: Option<TemplateRejection>,
    /// What customers think of it (`quality_score` on the wire).
    pub quality: Option<TemplateQuality>,
    /// The category that Meta will move it to, where it differs from the template's.
    pub correct_category: Option<Category>,
    /// The category that it was moved from.
    pub previous_category: Option<Category>,
    extra: Extra,
}

quiet_debug!(Template { id, status, definition, rejection, quality, correct_category, previous_category });

open_enum! {
    /// What became of a template.
    pub enum TemplateStatus {
        /// It may be sent.
        Approved = "APPROVED",
        /// It is being reviewed.
        Pending = "PENDING",
        /// It may not be sent; [`Template::rejection`] tells why.
        Rejected = "REJECTED",
        /// It may not be sent for a while: customers disliked it.
        Paused = "PAUSED",
        /// It may not be sent any more.
        Disabled = "DISABLED",
        /// Its rejection is looked at again.
        InAppeal = "IN_APPEAL",
        /// It will be gone soon: what was sent of it is still on its way.
        PendingDeletion = "PENDING_DELETION",
        /// It is gone.
        Deleted = "DELETED",
        /// The account has as many templates as it may have.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// It was put away: after a year without use, or on request.
        Archived = "ARCHIVED",
    }
}

/// What customers think of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateQuality {
    /// How much they like it.
    pub score: QualityScore,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why, in Meta's words.
    pub reasons: Vec<String>,
}

/// The members of a definition; all others are what Meta says of it.
const SUBMITTED: &[&str] = &[
    "name",
    "language",
    "category",
    "parameter_format",
    "message_send_ttl_seconds",
    "components",
    "sub_category",
    "display_format",
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "library_template_name",
    "library_template_body_inputs",
    "library_template_button_inputs",
];

impl Template {
    /// Whether it may be sent.
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        self.status == Some(TemplateStatus::Approved)
    }

    /// Whether Meta will move it to another category.
    #[must_use]
    pub fn will_change_category(&self) -> bool {
        self.correct_category.is_some() && self.correct_category.as_ref() != self.definition.category()
    }

    fn read(json: Value) -> Result<Self, Reason> {
        let Value::Object(members) = json else { return Err("the template is not an object".to_owned()) };
        let (submitted, kept): (Extra, Extra) =
            members.into_iter().partition(|(name, _)| SUBMITTED.contains(&name.as_str()));
        let definition = Definition::read(Value::Object(submitted))?;
        let mut kept = Members::of(Value::Object(kept), "the template")?;
        let id = kept.text("id")?.map(TemplateId::from);
        let status = kept.text("status")?.map(|status| status.as_str().into());
        let extra = kept.rest();
        let text = |name: &str| extra.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let rejection = text("rejected_reason").filter(|reason| !reason.eq_ignore_ascii_case("NONE"));
        Ok(Self {
            id,
            status,
            definition,
            rejection: rejection.map(TemplateRejection::from),
            quality: extra.get("quality_score").and_then(TemplateQuality::read),
            correct_category: text("correct_category").map(Category::from),
            previous_category: text("previous_category").map(Category::from),
            extra,
        })
    }
}

impl TemplateQuality {
    fn read(json: &Value) -> Option<Self> {
        let reasons = json.get("reasons").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Some(Self {
            score: json.get("score")?.as_str()?.into(),
            since: json.get("date").and_then(to_integer).map(Timestamp::from_seconds),
            reasons: reasons.iter().filter_map(|reason| reason.as_str().map(str::to_owned)).collect(),
        })
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(without_nulls(Value::deserialize(deserializer)?)).map_err(D::Error::custom)
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            id: &'a Option<TemplateId>,
            #[serde(skip_serializing_if = "Option::is_none")]
            status: &'a Option<TemplateStatus>,
            #[serde(flatten)]
            definition: &'a Definition,
            #[serde(flatten)]
            extra: &'a Extra,
        }
        let Self { id, status, definition, extra, .. } = self;
        Written { id, status, definition, extra }.serialize(serializer)
    }
}
