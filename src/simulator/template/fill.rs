//! What a phone shows of a template that was sent.

use super::{
    ApprovedTemplate, TemplateAction, TemplateButton, TemplateHeader, TemplateParts,
    placeholder::{fill, fill_address},
};
use crate::simulator::{
    ButtonKind, ShownButton,
    json::{list, text},
};
use serde_json::Value;

/// A template, or one of its cards, with its parameters in place.
pub(crate) struct Filled {
    pub(crate) header: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) footer: Option<String>,
    pub(crate) media: Option<String>,
    pub(crate) buttons: Vec<ShownButton>,
    pub(crate) cards: Vec<Filled>,
}

impl ApprovedTemplate {
    /// What a phone shows of it, given the `template` object of a send.
    pub(crate) fn fill(&self, send: &Value) -> Filled {
        let mut filled = self.parts.fill(send);
        if let Some(offer) = &self.offer {
            filled.header.get_or_insert_with(|| offer.text.clone());
        }
        let carousel = component(send, "carousel").map_or(&[][..], |carousel| list(carousel, "/cards"));
        let cards = carousel.iter().filter_map(|card| {
            let index = usize::try_from(card.get("card_index")?.as_u64()?).ok()?;
            Some((index, self.cards.get(index)?.fill(card)))
        });
        let mut cards: Vec<_> = cards.collect();
        cards.sort_by_key(|(index, _)| *index);
        filled.cards = cards.into_iter().map(|(_, card)| card).collect();
        filled
    }
}

impl TemplateParts {
    /// `send` has the components: the template, or a card.
    fn fill(&self, send: &Value) -> Filled {
        let (header, media) = self.fill_header(component(send, "header"));
        let buttons = self.buttons.iter().enumerate();
        Filled {
            header,
            media,
            body: self.body.as_deref().map(|body| fill(body, component(send, "body"))),
            footer: self.footer.clone(),
            buttons: buttons
                .map(|(index, button)| button.fill(button_component(send, index, button)))
                .collect(),
            cards: Vec::new(),
        }
    }

    /// The text of the header, and its file.
    fn fill_header(&self, sent: Option<&Value>) -> (Option<String>, Option<String>) {
        let member = |name: &str| {
            let found = text(sent?, &format!("/parameters/0/{name}"));
            found.map(str::to_owned)
        };
        match &self.header {
            Some(TemplateHeader::Text(words)) => (Some(fill(words, sent)), None),
            Some(TemplateHeader::Media(kind)) => {
                let file = member(&format!("{kind}/id")).or_else(|| member(&format!("{kind}/link")));
                (member(&format!("{kind}/filename")), file)
            }
            Some(TemplateHeader::Location) => {
                (member("location/name").or_else(|| member("location/address")), None)
            }
            // There is no catalog to look its name up in.
            Some(TemplateHeader::Product) => (member("product/product_retailer_id"), None),
            Some(TemplateHeader::Unknown) | None => (None, None),
        }
    }
}

impl TemplateButton {
    fn fill(&self, sent: Option<&Value>) -> ShownButton {
        let member = |pointer: &str| sent.and_then(|sent| text(sent, pointer)).map(str::to_owned);
        let action = |name: &str| member(&format!("/parameters/0/action/{name}"));
        let payload = || {
            let parameters = list(sent?, "/parameters").iter();
            parameters.filter_map(|parameter| text(parameter, "/payload")).next().map(str::to_owned)
        };
        let (kind, id) = match &self.does {
            TemplateAction::QuickReply => {
                (ButtonKind::QuickReply, Some(payload().unwrap_or(self.title.clone())))
            }
            TemplateAction::Url(url) => (ButtonKind::Link, Some(fill_address(url, sent))),
            TemplateAction::PhoneNumber(number) => (ButtonKind::Call, Some(number.clone())),
            TemplateAction::VoiceCall => (ButtonKind::Call, payload()),
            TemplateAction::CopyCode => (ButtonKind::Copy, member("/parameters/0/coupon_code")),
            TemplateAction::OneTimeCode => (ButtonKind::Copy, member("/parameters/0/text")),
            TemplateAction::Catalog | TemplateAction::Products | TemplateAction::Product => {
                (ButtonKind::Product, action("thumbnail_product_retailer_id"))
            }
            TemplateAction::Flow => (ButtonKind::Flow, action("flow_token")),
            TemplateAction::ContactInfo => (ButtonKind::Share, None),
            TemplateAction::OrderDetails => (ButtonKind::Pay, action("order_details/reference_id")),
            TemplateAction::PaymentRequest(way) => (ButtonKind::Pay, Some(way.clone())),
            TemplateAction::Unknown => (ButtonKind::Other, None),
        };
        ShownButton::new(kind, id.unwrap_or_default(), self.title.clone())
    }
}

/// The component `kind` of a send.
pub(crate) fn component<'a>(send: &'a Value, kind: &str) -> Option<&'a Value> {
    list(send, "/components").iter().find(|component| is(component, "/type", kind))
}

/// The component of a send that fills the button at `index`. The one of a voice call has no index on Meta's page.
fn button_component<'a>(send: &'a Value, index: usize, button: &TemplateButton) -> Option<&'a Value> {
    list(send, "/components").iter().find(|component| {
        let named = match component.get("index") {
            None | Some(Value::Null) => {
                button.does == TemplateAction::VoiceCall && is(component, "/sub_type", "voice_call")
            }
            Some(given) => button_index(given) == Some(index),
        };
        named && is(component, "/type", "button")
    })
}

fn is(component: &Value, member: &str, name: &str) -> bool {
    text(component, member).is_some_and(|given| given.eq_ignore_ascii_case(name))
}

/// Meta's documentation writes the index as text and as a number.
pub(crate) fn button_index(given: &Value) -> Option<usize> {
    match given {
        Value::String(digits) => digits.parse().ok(),
        number => number.as_u64().and_then(|index| usize::try_from(index).ok()),
    }
}

/// The text a parameter puts into the message; the Cloud API uses the fallback of currencies and dates. A group stands
/// there by its id, as there are no links to groups here.
pub(crate) fn spelled(parameter: &Value) -> &str {
    ["/text", "/currency/fallback_value", "/date_time/fallback_value", "/group_id"]
        .iter()
        .find_map(|place| text(parameter, place))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::ApprovedTemplate;
    use crate::simulator::ButtonKind;
    use serde_json::json;

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
        assert_eq!(filled.body.as_deref(), Some("A-42 for Ana"));
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
        assert_eq!(filled.body.as_deref(), Some("Hello Ana!"));
        assert_eq!(filled.header.as_deref(), Some("Hi Ana"));
    }
}
