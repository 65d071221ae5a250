//! Buttons that call the business.

use crate::{
    check,
    error::{Path, Violation},
    message::{
        Kind,
        interactive::{Frame, Named, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Text with a button that calls the business over WhatsApp (`interactive` of type `voice_call` on the wire).
///
/// A call through the button comes in as a webhook of the field `calls`, with the [`payload`](Self::payload) as
/// `cta_payload`.
///
/// ```
/// use whatsapp_business::message::{CallButton, Content};
/// let call = CallButton::new("Questions about the offer?").display_text("Call Ana").ttl_minutes(60).payload("offer-42");
/// assert!(Content::from(call).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "voice_call",
///   "body": {"text": "Questions about the offer?"},
///   "action": {"name": "voice_call",
///              "parameters": {"display_text": "Call Ana", "ttl_minutes": 60, "payload": "offer-42"}}}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<Parameters>>", try_from = "Frame<Named<Parameters>>")]
pub struct CallButton {
    parts: Parts,
    parameters: Parameters,
}

quiet_debug!(CallButton { parameters });

/// The parameters of the action, as they are on the wire.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    display_text: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_integer",
        skip_serializing_if = "Option::is_none"
    )]
    ttl_minutes: Option<i64>,
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    payload: Option<String>,
}

quiet_debug!(Parameters { ttl_minutes });

/// Limits from [Meta: call button messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-button-messages-deep-links).
/// It states none for the body: that of interactive messages in general holds.
impl CallButton {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest text on the button, in characters.
    pub const MAX_DISPLAY_TEXT: usize = 20;
    /// Longest time for which the button can be tapped, in minutes: 30 days.
    pub const MAX_TTL_MINUTES: u32 = 43_200;
    /// Longest payload, in characters.
    pub const MAX_PAYLOAD: usize = 512;

    const ACTION: &'static str = "voice_call";

    /// The text above the button.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { parts: Parts::new(body), parameters: Parameters::default() }
    }

    /// What is written on the button; at most [`Self::MAX_DISPLAY_TEXT`] characters. WhatsApp's own words unless set.
    #[must_use]
    pub fn display_text(mut self, text: impl Into<String>) -> Self {
        self.parameters.display_text = Some(text.into());
        self
    }

    /// For how long the button can be tapped; 1 to [`Self::MAX_TTL_MINUTES`] minutes, 7 days unless set.
    #[must_use]
    pub fn ttl_minutes(mut self, minutes: u32) -> Self {
        self.parameters.ttl_minutes = Some(minutes.into());
        self
    }

    /// What comes back in the webhooks of a call through the button; at most [`Self::MAX_PAYLOAD`] characters.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<String>) -> Self {
        self.parameters.payload = Some(payload.into());
        self
    }

    /// The text above the button.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    pub(in crate::message) fn check_ttl(at: Path<'_>, minutes: i64, out: &mut Vec<Violation>) {
        check::number(at, minutes, &(1..=Self::MAX_TTL_MINUTES.into()), "minutes", out);
    }
}

impl Kind for CallButton {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("voice_call");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        let at = action.field("parameters");
        let Parameters { display_text, ttl_minutes, payload } = &self.parameters;
        check::optional_text(at.field("display_text"), display_text.as_deref(), Self::MAX_DISPLAY_TEXT, out);
        if let Some(minutes) = ttl_minutes {
            Self::check_ttl(at.field("ttl_minutes"), *minutes, out);
        }
        check::optional_text(at.field("payload"), payload.as_deref(), Self::MAX_PAYLOAD, out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }
}

impl From<CallButton> for Frame<Named<Parameters>> {
    fn from(button: CallButton) -> Self {
        let parameters = Some(button.parameters).filter(|parameters| *parameters != Parameters::default());
        Self::new::<CallButton>(button.parts, Named::new(CallButton::ACTION, parameters))
    }
}

impl TryFrom<Frame<Named<Parameters>>> for CallButton {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<Parameters>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        let parameters = action.open(Self::ACTION)?.unwrap_or_default();
        Ok(Self { parts: parts.body_only()?, parameters })
    }
}
