//! Definitions as approved templates.

use super::{
    ApprovedTemplate, TemplateAction, TemplateButton, TemplateHeader, TemplateOffer, TemplateParts,
    component, placeholders,
};
use crate::{
    simulator::{
        json::{list, text},
        library::kinds,
    },
    template::Definition,
};
use serde_json::{Value, json};

/// Approves what was submitted. It is taken as it is: whether Meta would approve it is not checked.
impl From<Definition> for ApprovedTemplate {
    fn from(definition: Definition) -> Self {
        // Its JSON is read, not its types, so that kinds without a type count as well. Text and numbers can be written.
        let json = serde_json::to_value(&definition).unwrap_or_default();
        Self::read(&json)
    }
}

impl From<&Definition> for ApprovedTemplate {
    fn from(definition: &Definition) -> Self {
        definition.clone().into()
    }
}

impl ApprovedTemplate {
    /// What the Graph API answers of it: what it was read from, or else what its methods made.
    pub(in crate::simulator) fn definition(&self) -> Value {
        self.source.clone().unwrap_or_else(|| {
            let is_named = self.parts.body.as_deref().is_some_and(|body| !is_numbered(body));
            json!({
                "name": self.name,
                "language": self.language,
                "category": self.category.to_ascii_uppercase(),
                "parameter_format": if is_named { "NAMED" } else { "POSITIONAL" },
                "components": self.parts.components(),
            })
        })
    }

    pub(in crate::simulator) fn read(json: &Value) -> Self {
        let member = |pointer| text(json, pointer).unwrap_or_default();
        let is_code = member("/category").eq_ignore_ascii_case("AUTHENTICATION");
        let carousel = component(json, "CAROUSEL");
        Self {
            name: member("/name").to_owned(),
            language: member("/language").to_owned(),
            category: member("/category").to_owned(),
            parts: TemplateParts::read(json, is_code),
            cards: carousel
                .map_or(&[][..], |carousel| list(carousel, "/cards"))
                .iter()
                .map(|card| TemplateParts::read(card, false))
                .collect(),
            offer: component(json, "LIMITED_TIME_OFFER").map(|offer| TemplateOffer {
                text: text(offer, "/limited_time_offer/text").unwrap_or_default().to_owned(),
                has_expiration: offer.pointer("/limited_time_offer/has_expiration").and_then(Value::as_bool),
            }),
            order_status: member("/sub_category").to_ascii_uppercase().ends_with("ORDER_STATUS"),
            source: Some(json.clone()),
        }
    }
}

impl TemplateParts {
    /// `json` has the components: the template, or a card. Those of a one-time code have words that Meta sets.
    fn read(json: &Value, is_code: bool) -> Self {
        let words = |kind| component(json, kind).and_then(|part| text(part, "/text")).map(str::to_owned);
        let buttons = component(json, "BUTTONS").map_or(&[][..], |buttons| list(buttons, "/buttons"));
        Self {
            header: component(json, "HEADER").map(TemplateHeader::read),
            body: words("BODY").or_else(|| is_code.then(|| code_body(component(json, "BODY")))),
            footer: words("FOOTER").or_else(|| code_footer(component(json, "FOOTER")?)),
            buttons: buttons.iter().map(TemplateButton::read).collect(),
            kinds: kinds(json),
        }
    }
}

impl TemplateParts {
    /// The components that the methods of an approved template can have made.
    fn components(&self) -> Vec<Value> {
        let header = self.header.as_ref().map(|header| match header {
            TemplateHeader::Text(words) => json!({ "type": "HEADER", "format": "TEXT", "text": words }),
            TemplateHeader::Media(kind) => json!({ "type": "HEADER", "format": kind.to_ascii_uppercase() }),
            TemplateHeader::Location => json!({ "type": "HEADER", "format": "LOCATION" }),
            TemplateHeader::Product => json!({ "type": "HEADER", "format": "PRODUCT" }),
            TemplateHeader::Unknown => json!({ "type": "HEADER" }),
        });
        let body = self.body.as_ref().map(|words| json!({ "type": "BODY", "text": words }));
        let footer = self.footer.as_ref().map(|words| json!({ "type": "FOOTER", "text": words }));
        let button = |button: &TemplateButton| match &button.does {
            TemplateAction::Url(url) => json!({ "type": "URL", "text": button.title, "url": url }),
            _ => json!({ "type": "QUICK_REPLY", "text": button.title }),
        };
        let buttons: Vec<_> = self.buttons.iter().map(button).collect();
        let buttons = (!buttons.is_empty()).then(|| json!({ "type": "BUTTONS", "buttons": buttons }));
        [header, body, footer, buttons].into_iter().flatten().collect()
    }
}

fn is_numbered(text: &str) -> bool {
    placeholders(text).iter().all(|name| name.bytes().all(|b| b.is_ascii_digit()))
}

impl TemplateHeader {
    fn read(header: &Value) -> Self {
        let format = text(header, "/format").unwrap_or_default().to_ascii_uppercase();
        match format.as_str() {
            "TEXT" => Self::Text(text(header, "/text").unwrap_or_default().to_owned()),
            "IMAGE" => Self::Media("image"),
            "VIDEO" => Self::Media("video"),
            "DOCUMENT" => Self::Media("document"),
            "GIF" => Self::Media("gif"),
            "LOCATION" => Self::Location,
            "PRODUCT" => Self::Product,
            _ => Self::Unknown,
        }
    }
}

impl TemplateButton {
    /// Some kinds have a title that WhatsApp sets, or sets if there is none.
    fn read(button: &Value) -> Self {
        let member = |pointer| text(button, pointer).unwrap_or_default().to_owned();
        let kind = member("/type").to_ascii_uppercase();
        let (does, title) = match kind.as_str() {
            "QUICK_REPLY" => (TemplateAction::QuickReply, ""),
            "URL" => (TemplateAction::Url(member("/url")), ""),
            "PHONE_NUMBER" => (TemplateAction::PhoneNumber(member("/phone_number")), ""),
            "COPY_CODE" => (TemplateAction::CopyCode, "Copy offer code"),
            "OTP" => (TemplateAction::OneTimeCode, "Copy code"),
            "CATALOG" => (TemplateAction::Catalog, "View catalog"),
            "MPM" => (TemplateAction::Products, "View items"),
            "SPM" => (TemplateAction::Product, "View"),
            "FLOW" => (TemplateAction::Flow, ""),
            "VOICE_CALL" => (TemplateAction::VoiceCall, "Call Now"),
            "REQUEST_CONTACT_INFO" => (TemplateAction::ContactInfo, "Share Contact Info"),
            "ORDER_DETAILS" => (TemplateAction::OrderDetails, "Review and Pay"),
            "PAYMENT_REQUEST" => (TemplateAction::PaymentRequest(member("/payment_setting/type")), ""),
            _ => (TemplateAction::Unknown, ""),
        };
        let given = member("/text");
        Self { title: if given.is_empty() { title.to_owned() } else { given }, does }
    }
}

/// The body of a one-time code, in words like Meta's.
pub(in crate::simulator) fn code_body(body: Option<&Value>) -> String {
    let warns = body.and_then(|body| body.get("add_security_recommendation")) == Some(&Value::Bool(true));
    let warning = if warns { " For your security, do not share this code." } else { "" };
    format!("{{{{1}}}} is your verification code.{warning}")
}

pub(in crate::simulator) fn code_footer(footer: &Value) -> Option<String> {
    let minutes = footer.get("code_expiration_minutes")?.as_u64()?;
    Some(format!("This code expires in {minutes} minutes."))
}
