//! The text of a template.

use crate::{
    template::{
        example::BodyExample,
        members::{Extra, Members, Reason},
    },
    wire::quiet_debug,
};
use serde::Serialize;

/// The text of a template (`BODY` on the wire).
///
/// In authentication templates Meta sets the text; then it has none.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "BodyExample::is_empty")]
    pub(super) example: BodyExample,
    #[serde(flatten)]
    pub(super) extra: Extra,
}

quiet_debug!(Body {});

/// Limits from [Meta: template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
impl Body {
    /// Longest text, in characters.
    pub const MAX_TEXT: usize = 1024;
    /// Longest text beside a limited-time offer, in characters.
    pub const MAX_TEXT_WITH_OFFER: usize = 600;
    /// Longest text in a card of a carousel, in characters.
    pub const MAX_TEXT_IN_CARD: usize = 160;

    /// The text, with its placeholders.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Whether Meta warns not to share the code, in authentication templates (`add_security_recommendation` on the wire).
    #[must_use]
    pub fn security_recommendation(&self) -> Option<bool> {
        self.extra.get("add_security_recommendation")?.as_bool()
    }

    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        Ok(Self {
            text: members.text("text")?,
            example: BodyExample::read(members.object("example")?)?,
            extra: members.rest(),
        })
    }
}
