//! Requests for a location.

use crate::{
    error::{Path, Violation},
    message::{
        Kind,
        interactive::{Frame, Named, NoParameters, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A request for a place, with a button that sends it (`interactive` of type `location_request_message` on the wire).
///
/// The place comes back in a webhook as a message of type `location`, which quotes this one.
///
/// ```
/// use whatsapp_business::message::{Content, LocationRequest};
/// let ask = LocationRequest::new("Where shall we bring the panels?");
/// assert!(Content::from(ask).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "location_request_message",
///   "body": {"text": "Where shall we bring the panels?"},
///   "action": {"name": "send_location"}}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<NoParameters>>", try_from = "Frame<Named<NoParameters>>")]
pub struct LocationRequest {
    parts: Parts,
}

quiet_debug!(LocationRequest {});

/// Limits from [Meta: location request messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-request-messages).
impl LocationRequest {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;

    const ACTION: &'static str = "send_location";

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

impl Kind for LocationRequest {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("location_request_message");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }
}

impl From<LocationRequest> for Frame<Named<NoParameters>> {
    fn from(request: LocationRequest) -> Self {
        Self::new::<LocationRequest>(request.parts, Named::new(LocationRequest::ACTION, None))
    }
}

impl TryFrom<Frame<Named<NoParameters>>> for LocationRequest {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<NoParameters>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        action.open(Self::ACTION)?;
        Ok(Self { parts: parts.body_only()? })
    }
}
