//! The buttons of a template.

use crate::{
    open::open_enum,
    template::members::{Extra, Members, Reason, to_texts, without_nulls},
    wire::quiet_debug,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;
use std::ops::RangeInclusive;

open_enum! {
    /// What a button does (`type` on the wire).
    pub enum ButtonKind {
        /// Answers; the business hears of it in a webhook.
        QuickReply = "QUICK_REPLY",
        /// Opens an address.
        Url = "URL",
        /// Calls a number.
        PhoneNumber = "PHONE_NUMBER",
        /// Copies a code.
        CopyCode = "COPY_CODE",
        /// Copies or fills in a one-time code.
        Otp = "OTP",
        /// Opens the catalog.
        Catalog = "CATALOG",
        /// Opens several products.
        Mpm = "MPM",
        /// Opens a product.
        Spm = "SPM",
        /// Opens a Flow.
        Flow = "FLOW",
        /// Calls the business on WhatsApp.
        VoiceCall = "VOICE_CALL",
        /// Asks for the customer's contact.
        RequestContactInfo = "REQUEST_CONTACT_INFO",
        /// Opens an order to pay (Brazil, India).
        OrderDetails = "ORDER_DETAILS",
        /// Asks for a payment (Brazil).
        PaymentRequest = "PAYMENT_REQUEST",
    }
}

/// One button of a template.
///
/// The common kinds have constructors; every other kind is read from JSON, as Meta documents it.
///
/// ```
/// use whatsapp_business::template::Button;
/// let track = Button::url("Track", "https://example.com/orders/{{1}}").example("A-42");
/// let flow: Button = serde_json::from_str(r#"{"type": "FLOW", "text": "Rate us", "flow_id": "1"}"#).unwrap();
/// ```
#[derive(Clone, PartialEq, Serialize)]
pub struct Button {
    #[serde(rename = "type")]
    pub(super) kind: ButtonKind,
    #[serde(flatten)]
    pub(super) members: Extra,
}

quiet_debug!(Button { kind });

/// Limits from [Meta: template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
impl Button {
    /// Longest text, in characters.
    pub const MAX_TEXT: usize = 25;
    /// Longest text of a button that calls on WhatsApp, in characters.
    pub const MAX_VOICE_CALL_TEXT: usize = 20;
    /// Longest address, in characters.
    pub const MAX_URL: usize = 2000;
    /// Longest phone number, in characters.
    pub const MAX_PHONE_NUMBER: usize = 20;
    /// Longest code to copy, in characters. The page on limited-time offers still says 15.
    pub const MAX_CODE: usize = 20;
    /// For how many minutes a button that calls on WhatsApp may work.
    pub const VOICE_CALL_MINUTES: RangeInclusive<i64> = 1440..=43_200;
    /// Most Android apps that a one-time code may be handed to.
    pub const MAX_APPS: usize = 5;
    /// Longest package name of such an app, in characters.
    pub const MAX_PACKAGE_NAME: usize = 224;
    /// Length of the signature hash of such an app, in characters.
    pub const SIGNATURE_HASH: usize = 11;

    /// A button that answers with its text.
    #[must_use]
    pub fn quick_reply(text: impl Into<String>) -> Self {
        Self::new(ButtonKind::QuickReply).with("text", text.into())
    }

    /// A button that opens an address. It may end in `{{1}}`, which needs an [`example`](Self::example).
    #[must_use]
    pub fn url(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self::new(ButtonKind::Url).with("text", text.into()).with("url", url.into())
    }

    /// A button that calls a phone number.
    #[must_use]
    pub fn phone_number(text: impl Into<String>, number: impl Into<String>) -> Self {
        Self::new(ButtonKind::PhoneNumber).with("text", text.into()).with("phone_number", number.into())
    }

    /// A button that copies a code, with an example of one. WhatsApp sets its text.
    #[must_use]
    pub fn copy_code(example: impl Into<String>) -> Self {
        Self::new(ButtonKind::CopyCode).with("example", example.into())
    }

    /// An example of what a placeholder in the address stands for: what is filled in, or the whole address.
    #[must_use]
    pub fn example(self, value: impl Into<String>) -> Self {
        let value = value.into();
        // Only codes to copy are not written as a list.
        if self.kind == ButtonKind::CopyCode {
            self.with("example", value)
        } else {
            self.with("example", vec![value])
        }
    }

    /// What it does.
    #[must_use]
    pub fn kind(&self) -> &ButtonKind {
        &self.kind
    }

    /// What is written on it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.member("text")
    }

    /// The address it opens, with its placeholder.
    #[must_use]
    pub fn url_template(&self) -> Option<&str> {
        self.member("url")
    }

    /// The way to pay that it asks for.
    pub(super) fn payment_way(&self) -> Option<&str> {
        self.members.get("payment_setting")?.get("type")?.as_str()
    }

    /// The example of what a send fills in: the first, where there may be several.
    pub(super) fn first_example(&self) -> Option<&str> {
        let example = self.members.get("example")?;
        example.as_str().or_else(|| example.get(0)?.as_str())
    }

    pub(super) fn new(kind: ButtonKind) -> Self {
        Self { kind, members: Extra::new() }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// A member that is text.
    pub(super) fn member(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    pub(super) fn read(json: Value) -> Result<Self, Reason> {
        let mut members = Members::of(json, "it")?;
        let kind = members.text("type")?.ok_or("type is missing")?;
        let mut button = Self { kind: ButtonKind::from(kind.as_str()), members: members.rest() };
        button.spell_as_documented();
        Ok(button)
    }

    /// Numbers and ids are text, and examples one or a list, in the way Meta documents for the kind.
    fn spell_as_documented(&mut self) {
        for name in ["text", "phone_number", "flow_id"] {
            if let Some(value) = self.members.get_mut(name)
                && let Value::Number(number) = value
            {
                *value = number.to_string().into();
            }
        }
        let example = self.members.get("example").cloned().and_then(to_texts);
        let example = match (&self.kind, example) {
            (ButtonKind::Url, Some(values)) => Some(Value::from(values)),
            (ButtonKind::CopyCode, Some(values)) => {
                <[String; 1]>::try_from(values).ok().map(|[code]| code.into())
            }
            _ => None,
        };
        if let Some(example) = example {
            self.members.insert("example".to_owned(), example);
        }
        if let (ButtonKind::Otp, Some(Value::String(spelling))) =
            (&self.kind, self.members.get_mut("otp_type"))
        {
            OtpKind::from(spelling.as_str()).as_str().clone_into(spelling);
        }
    }
}

impl<'de> Deserialize<'de> for Button {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(without_nulls(Value::deserialize(deserializer)?)).map_err(D::Error::custom)
    }
}

open_enum! {
    /// How a one-time code reaches the app (`otp_type` on the wire).
    pub(super) enum OtpKind {
        /// By copy and paste.
        CopyCode = "COPY_CODE",
        /// By a tap.
        OneTap = "ONE_TAP",
        /// By itself.
        ZeroTap = "ZERO_TAP",
    }
}
