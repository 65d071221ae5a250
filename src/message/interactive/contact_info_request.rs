//! Requests for the phone number.

use crate::{
    error::{Path, Violation},
    message::{
        Kind,
        interactive::{Frame, Named, NoParameters, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A request for the phone number of a person who is known by a user id only, with a button that shares it (`interactive`
/// of type `request_contact_info` on the wire).
///
/// The number comes back in a webhook as a message of type `contacts`: a card with it in `phones`.
///
/// ```
/// use whatsapp_business::message::{Content, ContactInfoRequest};
/// let ask = ContactInfoRequest::new("Which number may we call?");
/// assert!(Content::from(ask).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "request_contact_info",
///   "body": {"text": "Which number may we call?"},
///   "action": {"name": "request_contact_info"}}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<NoParameters>>", try_from = "Frame<Named<NoParameters>>")]
pub struct ContactInfoRequest {
    parts: Parts,
}

quiet_debug!(ContactInfoRequest {});

/// Limits from [Meta: business-scoped user ids](https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids).
/// It states none for the body: that of interactive messages in general holds.
impl ContactInfoRequest {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;

    const ACTION: &'static str = "request_contact_info";

    /// The request; at most [`Self::MAX_BODY`] characters. The button is WhatsApp's own.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { parts: Parts::new(body) }
    }

    /// The request.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }
}

impl Kind for ContactInfoRequest {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("request_contact_info");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }
}

impl From<ContactInfoRequest> for Frame<Named<NoParameters>> {
    fn from(request: ContactInfoRequest) -> Self {
        Self::new::<ContactInfoRequest>(request.parts, Named::new(ContactInfoRequest::ACTION, None))
    }
}

impl TryFrom<Frame<Named<NoParameters>>> for ContactInfoRequest {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<NoParameters>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        action.open(Self::ACTION)?;
        Ok(Self { parts: parts.body_only()? })
    }
}
