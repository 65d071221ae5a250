//! Template messages: a template that Meta approved, filled in.

mod action;
mod buttons;
mod card;
mod component;
mod headers;
mod order;
mod parameter;
mod part;
mod value;

pub use card::TemplateCard;
pub use parameter::{Parameter, Parameters};
pub(crate) use part::{CardParts, Part, Value};

use crate::{
    check,
    error::{Path, Violation},
    message::{Kind, MediaSource},
    recipient::Recipient,
    wire::{self, quiet_debug},
};
use component::{Around, Component};
use serde::{Deserialize, Deserializer, Serialize};

/// A template message: the name and language of an approved template, and what fills its placeholders.
///
/// What a template has no placeholder for is left out.
///
/// ```
/// use whatsapp_business::message::{Content, Template};
/// let named = Template::new("order_update", "en_US").body([("name", "Ana"), ("order", "A-42")]).url_button(0, "A-42");
/// let positional = Template::new("order_update_2", "en_US").body(["Ana", "A-42"]);
/// assert!(Content::from(named).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "template", "template": {"name": "order_update", "language": {"code": "en_US"}, "components": [
///   {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Ana"},
///                                   {"type": "text", "parameter_name": "order", "text": "A-42"}]},
///   {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "A-42"}]}]}}
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Nothing that the Cloud API needs; kept so that older bodies which name it come out as they went in.
    #[serde(default, deserialize_with = "wire::optional_text", skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
    language: Language,
    #[serde(default, deserialize_with = "null_as_empty", skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component>,
    /// Whether it was made to bring a one-time code, which its JSON does not say.
    #[serde(skip)]
    is_authentication: bool,
}

quiet_debug!(Template { name, language, components });

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    code: String,
    /// Only `deterministic` exists; kept so that bodies which name it come out as they went in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
}

/// Limits from Meta: [templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview),
/// [authentication templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates).
impl Template {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 512;
    /// Longest one-time code, in characters.
    pub const MAX_ONE_TIME_CODE: usize = 15;

    /// The template `name` in `language` (such as `en_US`), without parameters so far.
    #[must_use]
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            namespace: None,
            name: name.into(),
            language: Language { code: language.into(), policy: None },
            components: Vec::new(),
            is_authentication: false,
        }
    }

    /// The authentication template `name` in `language`, which brings a one-time code of at most
    /// [`Self::MAX_ONE_TIME_CODE`] characters: in its body, and on the button that copies it or fills it in.
    ///
    /// It goes to a phone number. Meta refuses it for a business-scoped user id alone (error 131062) and for groups, and
    /// so does [`Message::validate`](crate::message::Message::validate), for the value that this makes. The JSON is that of a template
    /// with a URL button and does not say what it is for; of one that was read it is Meta that decides.
    ///
    /// ```
    /// use whatsapp_business::message::{Message, Template};
    /// let code = Template::authentication("login_code", "en_US", "123456");
    /// assert!(Message::new("+14155552671", code.clone()).validate().is_ok());
    /// assert!(Message::new("US.13491208655302741918", code).validate().is_err());
    /// ```
    ///
    /// ```json
    /// {"type": "template", "template": {"name": "login_code", "language": {"code": "en_US"}, "components": [
    ///   {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
    ///   {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "123456"}]}]}}
    /// ```
    #[must_use]
    pub fn authentication(
        name: impl Into<String>,
        language: impl Into<String>,
        code: impl Into<String>,
    ) -> Self {
        let code = code.into();
        let template = Self::new(name, language).body([code.clone()]).url_button(0, code);
        Self { is_authentication: true, ..template }
    }

    /// Fills the body: an array of values for `{{1}}`, `{{2}}` …, or of `(name, value)` pairs for named placeholders.
    #[must_use]
    pub fn body(self, parameters: impl Into<Parameters>) -> Self {
        self.with(Component::new("body", parameters.into()))
    }

    /// The template's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The language's code.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language.code
    }

    /// The values that fill the body, in order, as text a person would read.
    pub fn body_texts(&self) -> impl Iterator<Item = &str> {
        let body = self.components.iter().filter(|component| component.r#type == "body");
        body.filter_map(|component| component.parameters.as_ref()).flat_map(Parameters::texts)
    }

    fn with(mut self, component: Component) -> Self {
        self.components.push(component);
        self
    }

    /// Notes whether Meta would refuse it for the recipient alone.
    pub(super) fn check_recipient(&self, to: &Recipient, out: &mut Vec<Violation>) {
        if matches!(to, Recipient::Group(_)) && !self.components.iter().all(Component::in_groups) {
            let problem = "has more than text, files and plain buttons, which is all that groups take";
            let limit = "a template of text and media";
            out.push(Violation::new(Path::ROOT.field("template"), problem, limit));
        }
        if !self.is_authentication {
            return;
        }
        match to {
            Recipient::User(_) => out.push(Violation::new(
                Path::ROOT.field("recipient"),
                "is a user id alone, which gets no one-time code: error 131062",
                "the phone number, alone or beside it",
            )),
            Recipient::Group(_) => out.push(Violation::new(
                Path::ROOT.field("to"),
                "is a group, which gets no one-time code",
                "the phone number of one person",
            )),
            Recipient::Phone(_) | Recipient::PhoneAndUser(..) => {}
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.components.iter().any(|component| component.r#type == kind)
    }
}

/// What it was made for is no part of what it says.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        let Self { namespace, name, language, components, is_authentication: _ } = self;
        *namespace == other.namespace
            && *name == other.name
            && *language == other.language
            && *components == other.components
    }
}

impl Kind for Template {
    const TYPE: &'static str = "template";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        check::text(at.field("name"), &self.name, Self::MAX_NAME, out);
        if !self.name.chars().all(plain) {
            out.push(Violation::new(
                at.field("name"),
                "has other characters",
                "lower-case letters, digits and _",
            ));
        }
        let language = at.field("language");
        let shaped = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if self.language.code.len() < 2 || !self.language.code.chars().all(shaped) {
            let problem =
                Violation::new(language.field("code"), "is not a language code", "such as en or en_US");
            out.push(problem);
        }
        let (max_body, max_url) = if self.is_authentication {
            (Self::MAX_ONE_TIME_CODE, Self::MAX_ONE_TIME_CODE)
        } else if self.has("limited_time_offer") {
            (Self::MAX_BODY_WITH_OFFER, Self::MAX_URL)
        } else {
            (Parameters::MAX_TEXT, Self::MAX_URL)
        };
        let previews = !self.has("header") && !self.has("carousel");
        let around = Around { in_card: false, max_body, max_url, previews };
        let list = at.field("components");
        component::check(list, &self.components, Self::MAX_BUTTONS, around, out);
        let mut bills = Vec::new();
        component::bills(list, &self.components, &mut bills);
        let reference_at = |index: usize| bills.get(index).map(|(at, _)| at.clone()).unwrap_or_default();
        check::unique(reference_at, bills.iter().map(|(_, bill)| bill.reference_id()), out);
    }

    fn words(&self) -> Option<String> {
        let values: Vec<_> = self.body_texts().collect();
        let colon = if values.is_empty() { "" } else { ": " };
        Some(format!("{}{colon}{}", self.name, values.join(", ")))
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.components.iter_mut().flat_map(Component::media).collect()
    }
}

fn null_as_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Component>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
