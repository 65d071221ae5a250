//! Template messages: a template that Meta approved, filled in.

mod parameter;

pub use parameter::{Parameter, Parameters};

use crate::{
    check,
    error::{Path, Violation},
    message::{Kind, MediaSource},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A template message: the name and language of an approved template, and what fills its placeholders.
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
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    name: String,
    language: Language,
    #[serde(default, deserialize_with = "null_as_empty", skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component>,
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

/// What fills one component of a template.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    #[serde(deserialize_with = "lower_case")]
    r#type: String,
    #[serde(default, deserialize_with = "optional_lower_case", skip_serializing_if = "Option::is_none")]
    sub_type: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_integer",
        skip_serializing_if = "Option::is_none"
    )]
    index: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parameters: Option<Parameters>,
    /// The cards of a carousel, as they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cards: Option<Value>,
}

quiet_debug!(Component { r#type, sub_type, index, parameters });

/// Limits from [Meta: templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview).
impl Template {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 512;
    /// Longest address of a URL button, in characters, with what fills its end.
    pub const MAX_URL: usize = 2000;
    /// Most buttons of a template; indexes run from 0.
    pub const MAX_BUTTONS: usize = 10;

    /// The template `name` in `language` (such as `en_US`), without parameters so far.
    #[must_use]
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language: Language { code: language.into(), policy: None },
            components: Vec::new(),
        }
    }

    /// Fills the body: an array of values for `{{1}}`, `{{2}}` …, or of `(name, value)` pairs for named placeholders.
    #[must_use]
    pub fn body(self, parameters: impl Into<Parameters>) -> Self {
        self.with("body", None, None, parameters.into())
    }

    /// Fills the placeholder of a text header.
    #[must_use]
    pub fn header(self, parameters: impl Into<Parameters>) -> Self {
        self.with("header", None, None, parameters.into())
    }

    /// The image of an image header.
    #[must_use]
    pub fn header_image(self, source: impl Into<MediaSource>) -> Self {
        self.with("header", None, None, Parameters::from([Parameter::image(source)]))
    }

    /// Fills the end of the address of the URL button at `index`, counted from 0.
    #[must_use]
    pub fn url_button(self, index: u8, suffix: impl Into<String>) -> Self {
        self.with("button", Some("url"), Some(index), Parameters::from([Parameter::text(suffix)]))
    }

    /// What comes back when the quick-reply button at `index`, counted from 0, is tapped.
    #[must_use]
    pub fn quick_reply(self, index: u8, payload: impl Into<String>) -> Self {
        self.with("button", Some("quick_reply"), Some(index), Parameters::from([Parameter::payload(payload)]))
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

    fn with(mut self, kind: &str, sub_type: Option<&str>, index: Option<u8>, parameters: Parameters) -> Self {
        self.components.push(Component {
            r#type: kind.to_owned(),
            sub_type: sub_type.map(str::to_owned),
            index: index.map(i64::from),
            parameters: Some(parameters),
            cards: None,
        });
        self
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
        let list = at.field("components");
        let mut buttons = Vec::new();
        for (index, component) in self.components.iter().enumerate() {
            let item = list.index(index);
            if let Some(parameters) = &component.parameters {
                let max = if component.r#type == "button" { Self::MAX_URL } else { Parameters::MAX_TEXT };
                parameters.check(item.field("parameters"), max, out);
            }
            let Some(button) = component.index else { continue };
            if usize::try_from(button).is_ok_and(|button| button < Self::MAX_BUTTONS)
                && !buttons.contains(&button)
            {
                buttons.push(button);
            } else {
                out.push(Violation::new(
                    item.field("index"),
                    "is out of range or used twice",
                    "0 to 9, each once",
                ));
            }
        }
    }

    fn words(&self) -> Option<String> {
        let values: Vec<_> = self.body_texts().collect();
        let colon = if values.is_empty() { "" } else { ": " };
        Some(format!("{}{colon}{}", self.name, values.join(", ")))
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.components
            .iter_mut()
            .filter_map(|component| component.parameters.as_mut())
            .flat_map(Parameters::media)
            .collect()
    }
}

fn lower_case<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text.to_ascii_lowercase())
}

fn optional_lower_case<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(|text| text.to_ascii_lowercase()))
}

fn null_as_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Component>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
