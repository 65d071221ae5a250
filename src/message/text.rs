//! Text messages.

use crate::{
    check,
    error::{Path, Violation},
    message::Kind,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A text message.
///
/// ```
/// use whatsapp_business::message::{Content, Text};
/// let content = Content::from(Text::new("Plans: https://example.com/plans").preview_url(true));
/// ```
///
/// ```json
/// {"type": "text", "text": {"body": "Plans: https://example.com/plans", "preview_url": true}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    #[serde(deserialize_with = "crate::wire::text")]
    body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preview_url: Option<bool>,
}

quiet_debug!(Text { preview_url });

impl Text {
    /// Longest text, in characters ([Meta: text messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages)).
    pub const MAX_BODY: usize = 4096;

    /// A text of at most [`Self::MAX_BODY`] characters.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into(), preview_url: None }
    }

    /// Whether WhatsApp shows a preview of the first link in the text.
    #[must_use]
    pub fn preview_url(mut self, on: bool) -> Self {
        self.preview_url = Some(on);
        self
    }

    /// The text.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl Kind for Text {
    const TYPE: &'static str = "text";
    const IN_GROUPS: bool = true;

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::text(at.field("body"), &self.body, Self::MAX_BODY, out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body.clone())
    }
}
