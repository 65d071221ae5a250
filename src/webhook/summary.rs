//! What was talked about before a conversation came to us.

use crate::webhook::lenient;
use serde::Deserialize;

/// A summary of a conversation that another app passed to us, written by a machine (`conversation_context` on the wire).
#[derive(Default, Deserialize)]
pub(super) struct ConversationContext {
    #[serde(default, deserialize_with = "lenient::or_default")]
    summary: Summary,
}

#[derive(Default, Deserialize)]
struct Summary {
    #[serde(default, deserialize_with = "lenient::any_text")]
    text: Option<String>,
}

impl ConversationContext {
    /// What it says.
    pub(super) fn text(self) -> Option<String> {
        self.summary.text
    }
}
