//! A template as a business submits it.

use crate::{
    error::{Error, Result},
    template::{
        Body, Button, Buttons, Category, Component, Footer, Header, HeaderFormat, ParameterFormat, check,
        example::Named,
        members::{Extra, Members, Reason, without_nulls},
        placeholder::names,
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;
use std::{mem::discriminant, ops::RangeInclusive};

/// A template as a business submits it to Meta: the body of a request to create one.
///
/// Methods may come in any order; components are put in the order in which they are shown.
///
/// ```
/// use whatsapp_business::template::{Button, Category, Definition};
/// let definition = Definition::new("order_update", "en_US", Category::Utility)
///     .header_text("Good news")
///     .body("Hello {{name}}, your order {{order}} is on its way.")
///     .example("name", "Ana")
///     .example("order", "A-42")
///     .footer("Reply STOP to opt out")
///     .button(Button::url("Track", "https://example.com/orders/{{1}}").example("A-42"))
///     .button(Button::quick_reply("Thanks"));
/// assert!(definition.validate().is_ok());
///
/// let numbered = Definition::new("order_update_2", "pt_BR", Category::Utility)
///     .body("Hello {{1}}, your order {{2}} is on its way.")
///     .body_examples(["Ana", "A-42"]);
/// assert!(numbered.validate().is_ok());
/// ```
///
/// ```json
/// {"name": "order_update_2", "language": "pt_BR", "category": "UTILITY", "components": [
///   {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is on its way.",
///    "example": {"body_text": [["Ana", "A-42"]]}}]}
/// ```
#[derive(Clone, PartialEq, Serialize)]
pub struct Definition {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) language: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameter_format: Option<ParameterFormat>,
    #[serde(rename = "message_send_ttl_seconds", skip_serializing_if = "Option::is_none")]
    pub(super) ttl_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) components: Vec<Component>,
    #[serde(flatten)]
    pub(super) extra: Extra,
    /// Examples of placeholders that are in no text so far.
    #[serde(skip)]
    pub(super) unplaced: Vec<Named>,
}

quiet_debug!(Definition { name, language, category, components });

/// Limits from [Meta: template management](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management),
/// [components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components) and
/// [time-to-live](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live).
impl Definition {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 512;
    /// Seconds for which Meta may try to deliver an authentication template.
    pub const AUTHENTICATION_TTL: RangeInclusive<i64> = 30..=900;
    /// Seconds for which Meta may try to deliver a utility template.
    pub const UTILITY_TTL: RangeInclusive<i64> = 30..=43_200;
    /// Seconds for which Meta may try to deliver a marketing template.
    pub const MARKETING_TTL: RangeInclusive<i64> = 43_200..=2_592_000;
    /// In place of seconds: 30 days, for authentication and utility templates.
    pub const TTL_30_DAYS: i64 = -1;

    /// A template without components so far.
    ///
    /// `name` has lower-case letters, digits and `_`; it is unique per account together with `language`, a code such as
    /// `en` or `en_US`.
    #[must_use]
    pub fn new(name: impl Into<String>, language: impl Into<String>, category: Category) -> Self {
        Self {
            name: name.into(),
            language: language.into(),
            category: Some(category),
            parameter_format: None,
            ttl_seconds: None,
            components: Vec::new(),
            extra: Extra::new(),
            unplaced: Vec::new(),
        }
    }

    /// A line of text above the body; at most [`Header::MAX_TEXT`] characters and one placeholder.
    #[must_use]
    pub fn header_text(self, text: impl Into<String>) -> Self {
        self.edit(Component::Header(Header::default()), |component| {
            if let Component::Header(header) = component {
                header.format = Some(HeaderFormat::Text);
                header.text = Some(text.into());
            }
        })
    }

    /// What stands for `{{1}}` in the header, for reviewers.
    #[must_use]
    pub fn header_example(self, value: impl Into<String>) -> Self {
        self.edit(Component::Header(Header::default()), |component| {
            if let Component::Header(header) = component {
                header.example.values = vec![value.into()];
            }
        })
    }

    /// Media above the body: an image, video, animation or document.
    ///
    /// `handle` is what the upload of a sample file answered, such as `4::aW…`. The media itself is given when the
    /// template is sent.
    #[must_use]
    pub fn header_media(self, format: HeaderFormat, handle: impl Into<String>) -> Self {
        let mut header = Header { format: Some(format), ..Header::default() };
        header.example.handles = vec![handle.into()];
        self.replace(Component::Header(header))
    }

    /// A map above the body. The place is given when the template is sent.
    #[must_use]
    pub fn header_location(self) -> Self {
        self.replace(Component::Header(Header { format: Some(HeaderFormat::Location), ..Header::default() }))
    }

    /// The text; at most [`Body::MAX_TEXT`] characters, no placeholder at its begin or end.
    ///
    /// Named placeholders make the template one of [`ParameterFormat::Named`], unless a format is set.
    #[must_use]
    pub fn body(self, text: impl Into<String>) -> Self {
        self.edit(Component::Body(Body::default()), |component| {
            if let Component::Body(body) = component {
                body.text = Some(text.into());
            }
        })
    }

    /// What stands for `{{1}}`, `{{2}}` … in the body, in order, for reviewers.
    #[must_use]
    pub fn body_examples<T: Into<String>>(self, values: impl IntoIterator<Item = T>) -> Self {
        self.edit(Component::Body(Body::default()), |component| {
            if let Component::Body(body) = component {
                body.example.set_row(values.into_iter().map(Into::into).collect());
            }
        })
    }

    /// What stands for the placeholder `{{name}}` in header and body, for reviewers.
    #[must_use]
    pub fn example(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let example = Named::new(name, value);
        for (_, examples) in self.named_texts_mut() {
            examples.retain(|there| there.name != example.name);
        }
        self.unplaced.retain(|there| there.name != example.name);
        self.unplaced.push(example);
        self.place_examples();
        self
    }

    /// Small print under the body; at most [`Footer::MAX_TEXT`] characters, no placeholders.
    #[must_use]
    pub fn footer(self, text: impl Into<String>) -> Self {
        self.edit(Component::Footer(Footer::default()), |component| {
            if let Component::Footer(footer) = component {
                footer.text = Some(text.into());
            }
        })
    }

    /// Adds a button; at most [`Buttons::MAX`], with quick replies before or after all others.
    #[must_use]
    pub fn button(self, button: Button) -> Self {
        self.edit(Component::Buttons(Buttons::default()), |component| {
            if let Component::Buttons(buttons) = component {
                buttons.buttons.push(button);
            }
        })
    }

    /// Adds any component, as the last one: a carousel, or a kind this version has no type for.
    #[must_use]
    pub fn component(mut self, component: impl Into<Component>) -> Self {
        self.components.push(component.into());
        self.place_examples();
        self
    }

    /// How placeholders are named; needed only where they do not tell.
    #[must_use]
    pub fn parameter_format(mut self, format: ParameterFormat) -> Self {
        self.parameter_format = Some(format);
        self
    }

    /// For how many seconds Meta tries to deliver a message (`message_send_ttl_seconds` on the wire), or
    /// [`Self::TTL_30_DAYS`].
    ///
    /// The range depends on the category; marketing templates keep it only when sent by the Marketing Messages API.
    #[must_use]
    pub fn ttl_seconds(mut self, seconds: i64) -> Self {
        self.ttl_seconds = Some(seconds);
        self
    }

    /// The name; empty when there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The language's code; empty when there is none.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What the template is for.
    #[must_use]
    pub fn category(&self) -> Option<&Category> {
        self.category.as_ref()
    }

    /// The components, in order.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Checks every documented limit of the template.
    ///
    /// What only Meta can know is not checked: whether the name is taken, how many placeholders a text may have for its
    /// length, whether the words fit the category.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with all broken limits, not only the first.
    pub fn validate(&self) -> Result<()> {
        let mut out = Vec::new();
        check::definition(self, &mut out);
        if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
    }

    /// What of its category it is, as it is written.
    pub(super) fn sub_category_text(&self) -> Option<&str> {
        self.extra.get("sub_category")?.as_str()
    }

    /// Edits the component of the kind of `new`, which is put in its place first if there is none.
    pub(super) fn edit(mut self, new: Component, edit: impl FnOnce(&mut Component)) -> Self {
        let at = self.place(new);
        self.components.get_mut(at).map(edit);
        self.place_examples();
        self
    }

    pub(super) fn replace(self, new: Component) -> Self {
        self.edit(new.clone(), |there| *there = new)
    }

    /// Where the component of the kind of `new` is; without one, `new` is put where it is shown.
    fn place(&mut self, new: Component) -> usize {
        let kind = discriminant(&new);
        self.components.iter().position(|there| discriminant(there) == kind).unwrap_or_else(|| {
            let later = |there: &Component| place_of(there) > place_of(&new);
            let at = self.components.iter().position(later).unwrap_or(self.components.len());
            self.components.insert(at, new);
            at
        })
    }

    /// Gives each text the examples of its named placeholders, in whichever order text and examples were set.
    fn place_examples(&mut self) {
        let given = std::mem::take(&mut self.unplaced);
        let mut known = given.clone();
        known.extend(self.named_texts_mut().into_iter().flat_map(|(_, examples)| examples.clone()));
        let mut used = Vec::new();
        for (text, examples) in self.named_texts_mut() {
            for name in names(text) {
                used.push(name.to_owned());
                if examples.iter().all(|there| there.name != name)
                    && let Some(example) = known.iter().find(|example| example.name == name)
                {
                    examples.push(example.clone());
                }
            }
        }
        if !used.is_empty() && self.parameter_format.is_none() {
            self.parameter_format = Some(ParameterFormat::Named);
        }
        self.unplaced = given.into_iter().filter(|example| !used.contains(&example.name)).collect();
    }

    /// The texts that may have placeholders, and the examples of the named ones.
    fn named_texts_mut(&mut self) -> Vec<(&str, &mut Vec<Named>)> {
        fn text(component: &mut Component) -> Option<(&str, &mut Vec<Named>)> {
            match component {
                Component::Header(Header { text: Some(text), example, .. }) => {
                    Some((text, &mut example.named))
                }
                Component::Body(Body { text: Some(text), example, .. }) => Some((text, &mut example.named)),
                _ => None,
            }
        }
        self.components.iter_mut().filter_map(text).collect()
    }

    pub(super) fn read(json: Value) -> Result<Self, Reason> {
        let mut members = Members::of(json, "the template")?;
        Ok(Self {
            name: members.text("name")?.unwrap_or_default(),
            language: members.text("language")?.unwrap_or_default(),
            category: members.text("category")?.map(|category| Category::from(category.as_str())),
            parameter_format: members.text("parameter_format")?.map(|format| format.as_str().into()),
            ttl_seconds: members.integer("message_send_ttl_seconds")?,
            components: members
                .list("components")?
                .unwrap_or_default()
                .into_iter()
                .map(Component::read)
                .collect(),
            extra: members.rest(),
            unplaced: Vec::new(),
        })
    }
}

/// In which order components are shown.
fn place_of(component: &Component) -> u8 {
    match component {
        Component::Header(_) => 0,
        Component::Body(_) => 1,
        Component::Footer(_) => 2,
        Component::Buttons(_) => 3,
        Component::Carousel(_) | Component::LimitedTimeOffer(_) | Component::Raw(_) => 4,
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(without_nulls(Value::deserialize(deserializer)?)).map_err(D::Error::custom)
    }
}
