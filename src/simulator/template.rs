//! Templates that count as approved, and what becomes of them on a phone.

use super::{
    ButtonKind, ShownButton,
    json::{list, text},
};
use serde_json::Value;

/// A template as if Meta had approved it, for [`Simulator::approve_template`](super::Simulator::approve_template).
///
/// Sends are checked against it, and phones show its text with the parameters filled in. Placeholders are numbered
/// (`{{1}}`) or named (`{{first_name}}`).
///
/// ```
/// use whatsapp_business::simulator::ApprovedTemplate;
/// let template = ApprovedTemplate::new("order_update", "en_US", "Hello {{1}}, order {{2}} is on its way.")
///     .footer("Sunny Solar")
///     .url_button("Track", "https://example.com/orders/{{1}}")
///     .quick_reply("Call me");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is not approved before it is passed to a simulator"]
pub struct ApprovedTemplate {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) category: String,
    pub(super) header: Option<TemplateHeader>,
    pub(super) body: String,
    pub(super) footer: Option<String>,
    pub(super) buttons: Vec<TemplateButton>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TemplateHeader {
    Text(String),
    /// A file of the kind named as on the wire: `image`, `video` or `document`.
    Media(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TemplateButton {
    QuickReply { title: String },
    Url { title: String, url: String },
}

impl ApprovedTemplate {
    /// A template of the category `UTILITY` with this body.
    pub fn new(name: impl Into<String>, language: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language: language.into(),
            category: "UTILITY".into(),
            header: None,
            body: body.into(),
            footer: None,
            buttons: Vec::new(),
        }
    }

    /// Its category: `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = category.into();
        self
    }

    /// A line of text above the body, with one placeholder at most.
    pub fn header_text(mut self, text: impl Into<String>) -> Self {
        self.header = Some(TemplateHeader::Text(text.into()));
        self
    }

    /// A picture above the body; each send names it.
    pub fn header_image(mut self) -> Self {
        self.header = Some(TemplateHeader::Media("image"));
        self
    }

    /// A video above the body; each send names it.
    pub fn header_video(mut self) -> Self {
        self.header = Some(TemplateHeader::Media("video"));
        self
    }

    /// A document above the body; each send names it.
    pub fn header_document(mut self) -> Self {
        self.header = Some(TemplateHeader::Media("document"));
        self
    }

    /// Small print below the body.
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.footer = Some(text.into());
        self
    }

    /// One more button, which answers with its payload.
    pub fn quick_reply(mut self, title: impl Into<String>) -> Self {
        self.buttons.push(TemplateButton::QuickReply { title: title.into() });
        self
    }

    /// One more button, which opens `url`; `{{1}}` at its end is filled in by each send.
    pub fn url_button(mut self, title: impl Into<String>, url: impl Into<String>) -> Self {
        self.buttons.push(TemplateButton::Url { title: title.into(), url: url.into() });
        self
    }

    /// What a phone shows of it, given the `template` object of a send.
    pub(super) fn fill(&self, send: &Value) -> Filled {
        let header = component(send, "header");
        let media = match (&self.header, header) {
            (Some(TemplateHeader::Media(kind)), Some(header)) => {
                let file =
                    |member| text(header, &format!("/parameters/0/{kind}/{member}")).map(str::to_owned);
                file("id").or_else(|| file("link"))
            }
            _ => None,
        };
        let buttons = self.buttons.iter().enumerate().map(|(index, button)| {
            let sent = button_component(send, index);
            match button {
                TemplateButton::QuickReply { title } => ShownButton {
                    kind: ButtonKind::QuickReply,
                    id: sent.and_then(|sent| text(sent, "/parameters/0/payload")).unwrap_or(title).to_owned(),
                    title: title.clone(),
                    description: None,
                },
                TemplateButton::Url { title, url } => ShownButton {
                    kind: ButtonKind::Link,
                    id: fill(url, sent),
                    title: title.clone(),
                    description: None,
                },
            }
        });
        Filled {
            header: match &self.header {
                Some(TemplateHeader::Text(text)) => Some(fill(text, header)),
                _ => None,
            },
            body: fill(&self.body, component(send, "body")),
            footer: self.footer.clone(),
            media,
            buttons: buttons.collect(),
        }
    }
}

/// A template with its parameters in place.
pub(super) struct Filled {
    pub(super) header: Option<String>,
    pub(super) body: String,
    pub(super) footer: Option<String>,
    pub(super) media: Option<String>,
    pub(super) buttons: Vec<ShownButton>,
}

/// The component `kind` of a send.
pub(super) fn component<'a>(send: &'a Value, kind: &str) -> Option<&'a Value> {
    list(send, "/components").iter().find(|c| text(c, "/type").is_some_and(|t| t.eq_ignore_ascii_case(kind)))
}

/// The component of a send that fills the button at `index`.
pub(super) fn button_component(send: &Value, index: usize) -> Option<&Value> {
    list(send, "/components").iter().find(|component| {
        text(component, "/type").is_some_and(|kind| kind.eq_ignore_ascii_case("button"))
            && button_index(component) == Some(index)
    })
}

/// Meta's documentation writes the index as text and as a number.
pub(super) fn button_index(component: &Value) -> Option<usize> {
    match component.get("index")? {
        Value::String(digits) => digits.parse().ok(),
        number => number.as_u64().and_then(|index| usize::try_from(index).ok()),
    }
}

/// The names of the placeholders in `text`, each once, in order.
pub(super) fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for name in pieces(text).into_iter().filter_map(|(_, name)| name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Puts the parameters of `component` in the place of the placeholders; those without one stay as they are.
fn fill(text: &str, component: Option<&Value>) -> String {
    let parameters = component.map_or(&[][..], |component| list(component, "/parameters"));
    let mut filled = String::new();
    for (before, name) in pieces(text) {
        filled.push_str(before);
        let Some(name) = name else { continue };
        match parameters.iter().enumerate().find(|(n, parameter)| is_for(parameter, *n, name)) {
            Some((_, parameter)) => filled.push_str(spelled(parameter)),
            None => filled.extend(["{{", name, "}}"]),
        }
    }
    filled
}

/// Whether the parameter at position `n` fills the placeholder `name`.
fn is_for(parameter: &Value, n: usize, name: &str) -> bool {
    match text(parameter, "/parameter_name") {
        Some(parameter_name) => parameter_name == name,
        None => name.parse() == Ok(n + 1),
    }
}

/// The text a parameter puts into the message; the Cloud API uses the fallback of currencies and dates.
pub(super) fn spelled(parameter: &Value) -> &str {
    ["/text", "/currency/fallback_value", "/date_time/fallback_value"]
        .iter()
        .find_map(|place| text(parameter, place))
        .unwrap_or_default()
}

/// The literal pieces of `text`, each with the placeholder that follows it.
fn pieces(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(before, after)| Some((before, after.split_once("}}")?)))
    {
        pieces.push((before, Some(name.trim())));
        rest = after;
    }
    pieces.push((rest, None));
    pieces
}

#[cfg(test)]
mod tests {
    use super::{ApprovedTemplate, placeholders};
    use crate::simulator::ButtonKind;
    use serde_json::json;

    #[test]
    fn placeholders_are_found_once_and_in_order() {
        assert_eq!(placeholders("{{2}} then {{1}} and {{2}} but {{not closed"), ["2", "1"]);
        assert!(placeholders("none").is_empty());
    }

    #[test]
    fn numbered_parameters_are_filled_in_by_position() {
        let template = ApprovedTemplate::new("t", "en", "{{2}} for {{1}}")
            .url_button("Track", "https://example.com/{{1}}")
            .quick_reply("Call me");
        let filled = template.fill(&json!({"components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "A-42"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "x"}]},
            {"type": "button", "sub_type": "quick_reply", "index": 1,
             "parameters": [{"type": "payload", "payload": "call"}]},
        ]}));
        assert_eq!(filled.body, "A-42 for Ana");
        assert_eq!(
            (filled.buttons[0].kind, &*filled.buttons[0].id),
            (ButtonKind::Link, "https://example.com/x")
        );
        assert_eq!((filled.buttons[1].kind, &*filled.buttons[1].id), (ButtonKind::QuickReply, "call"));
    }

    #[test]
    fn named_parameters_are_filled_in_by_name() {
        let template =
            ApprovedTemplate::new("t", "en", "Hello {{first_name}}{{mark}}").header_text("Hi {{first_name}}");
        let name = json!({"type": "text", "parameter_name": "first_name", "text": "Ana"});
        let filled = template.fill(&json!({"components": [
            {"type": "header", "parameters": [name]},
            {"type": "BODY", "parameters": [{"type": "text", "parameter_name": "mark", "text": "!"}, name]},
        ]}));
        assert_eq!(filled.body, "Hello Ana!");
        assert_eq!(filled.header.as_deref(), Some("Hi Ana"));
    }
}
