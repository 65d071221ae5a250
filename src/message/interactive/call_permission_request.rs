//! Requests for the permission to call.

use crate::{
    error::{Path, Violation},
    message::{
        Kind,
        interactive::{Frame, Named, NoParameters, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A request for the permission to call a person (`interactive` of type `call_permission_request` on the wire).
///
/// The answer comes back in a webhook as an `interactive` message of type `call_permission_reply`, which says whether
/// the permission is given and until when. Meta allows one request a day and two in a week to the same person.
///
/// ```
/// use whatsapp_business::message::{CallPermissionRequest, Content};
/// let ask = CallPermissionRequest::new().body("May we call you about your order?");
/// assert!(Content::from(ask).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "call_permission_request",
///   "body": {"text": "May we call you about your order?"},
///   "action": {"name": "call_permission_request"}}}
/// ```
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<NoParameters>>", try_from = "Frame<Named<NoParameters>>")]
pub struct CallPermissionRequest {
    parts: Parts,
}

quiet_debug!(CallPermissionRequest {});

/// Limits from [Meta: user call permissions](https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions).
/// It states none for the body: that of interactive messages in general holds.
impl CallPermissionRequest {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;

    const ACTION: &'static str = "call_permission_request";

    /// A request that says no more than WhatsApp does by itself.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Why you want to call; at most [`Self::MAX_BODY`] characters.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.parts.body = Some(text.into());
        self
    }

    /// Why you want to call.
    #[must_use]
    pub fn body_text(&self) -> Option<&str> {
        self.parts.body.as_deref()
    }
}

impl Kind for CallPermissionRequest {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("call_permission_request");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check_bodiless(at, Self::MAX_BODY, out);
    }

    fn words(&self) -> Option<String> {
        self.parts.body.clone()
    }
}

impl From<CallPermissionRequest> for Frame<Named<NoParameters>> {
    fn from(request: CallPermissionRequest) -> Self {
        let action = Named::new(CallPermissionRequest::ACTION, None);
        Self::new::<CallPermissionRequest>(request.parts, action)
    }
}

impl TryFrom<Frame<Named<NoParameters>>> for CallPermissionRequest {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<NoParameters>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        action.open(Self::ACTION)?;
        Ok(Self { parts: parts.body_only()? })
    }
}
