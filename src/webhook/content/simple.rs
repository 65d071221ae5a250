//! The small kinds of content.

use crate::{
    id::MessageId,
    webhook::{Context, content::Inbound, lenient},
    wire::{self, quiet_debug},
};
use serde::Deserialize;

/// Text.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Text {
    /// What they wrote.
    #[serde(deserialize_with = "lenient::text")]
    pub body: String,
}
quiet_debug!(Text {});

/// A place.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Location {
    /// Degrees north of the equator; negative in the south.
    #[serde(deserialize_with = "wire::decimal")]
    pub latitude: f64,
    /// Degrees east of Greenwich; negative in the west.
    #[serde(deserialize_with = "wire::decimal")]
    pub longitude: f64,
    /// What the place is called, when they picked one with a name.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub name: Option<String>,
    /// The address of the place.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub address: Option<String>,
    /// A web page about the place.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub url: Option<String>,
}
quiet_debug!(Location {});

/// An emoji put to a message, or taken away from it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Reaction {
    /// The message it is put to; ours or theirs.
    #[serde(deserialize_with = "lenient::needed")]
    pub message_id: MessageId,
    /// The emoji; nothing when they took it away.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub emoji: Option<String>,
}
quiet_debug!(Reaction { message_id });

impl Reaction {
    /// Whether they took their reaction away.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.emoji.is_none()
    }
}

/// A message was changed after it was sent; of numbers shared with the WhatsApp Business app.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Edit {
    /// The message that was changed.
    pub original_message_id: MessageId,
    /// What it says from now on.
    pub content: Box<Inbound>,
    /// What it answers.
    pub context: Option<Box<Context>>,
}
quiet_debug!(Edit { original_message_id, content });

/// A message was deleted for everyone; of numbers shared with the WhatsApp Business app.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Revoke {
    /// The message that was deleted.
    #[serde(deserialize_with = "lenient::needed")]
    pub original_message_id: MessageId,
}
quiet_debug!(Revoke { original_message_id });

/// Something that Meta does not pass on, such as a poll; the message's
/// [`errors`](crate::webhook::InboundMessage::errors) tell why.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsupported {
    /// What it was, such as `poll` or `edit` (`unsupported.type` on the wire), if Meta says.
    pub what: Option<String>,
    /// The message's type: `unsupported`, or `unknown` in older ones.
    pub(super) kind: &'static str,
}
quiet_debug!(Unsupported { what });

impl Unsupported {
    pub(super) fn new(kind: &'static str, content: Option<&serde_json::value::RawValue>) -> Self {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "type", default, deserialize_with = "lenient::optional")]
            what: Option<String>,
        }
        let what = content.and_then(|content| lenient::parse::<Wire>(content).ok()?.what);
        Self { what, kind }
    }
}
