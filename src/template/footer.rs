//! The small print of a template.

use crate::{
    template::members::{Extra, Members, Reason, to_integer},
    wire::quiet_debug,
};
use serde::Serialize;
use std::ops::RangeInclusive;

/// The small print under the body (`FOOTER` on the wire).
///
/// In authentication templates Meta sets the text; the footer then says when the code expires.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Footer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(flatten)]
    pub(super) extra: Extra,
}

quiet_debug!(Footer {});

/// Limits from [Meta: template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
impl Footer {
    /// Longest text, in characters.
    pub const MAX_TEXT: usize = 60;
    /// For how many minutes a code of an authentication template may be good.
    pub const CODE_EXPIRATION_MINUTES: RangeInclusive<i64> = 1..=90;

    /// The text; it has no placeholders.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// For how many minutes the code is good, in authentication templates.
    #[must_use]
    pub fn code_expiration_minutes(&self) -> Option<i64> {
        to_integer(self.extra.get("code_expiration_minutes")?)
    }

    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        Ok(Self { text: members.text("text")?, extra: members.rest() })
    }
}
