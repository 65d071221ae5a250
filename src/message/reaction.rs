//! Reactions to messages.

use crate::{
    check,
    error::{Path, Violation},
    id::MessageId,
    message::Kind,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// An emoji put to a message of the conversation, or taken back.
///
/// Meta refuses reactions to messages that are older than 30 days, deleted, or reactions themselves. It reports no more of
/// a reaction than that it was sent. It cannot quote a message: it already names one.
///
/// ```
/// use whatsapp_business::message::{Content, Reaction};
/// let thanks = Content::from(Reaction::new("wamid.HBgL", "👍"));
/// let never_mind = Content::from(Reaction::remove("wamid.HBgL"));
/// ```
///
/// ```json
/// {"type": "reaction", "reaction": {"message_id": "wamid.HBgL", "emoji": "👍"}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Wire", from = "Wire")]
pub struct Reaction {
    message_id: MessageId,
    /// None takes the reaction back.
    emoji: Option<String>,
}

quiet_debug!(Reaction { message_id });

/// See [Meta: reaction messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/reaction-messages).
impl Reaction {
    /// Longest emoji, in characters (code points). Meta states none; no emoji of Unicode comes near it.
    pub const MAX_EMOJI: usize = 32;

    /// Puts `emoji` to the message with this id, in place of the one put there before.
    #[must_use]
    pub fn new(message_id: impl Into<MessageId>, emoji: impl Into<String>) -> Self {
        Self { message_id: message_id.into(), emoji: Some(emoji.into()) }
    }

    /// Takes the reaction to the message with this id back (an empty `emoji` on the wire).
    #[must_use]
    pub fn remove(message_id: impl Into<MessageId>) -> Self {
        Self { message_id: message_id.into(), emoji: None }
    }

    /// The message that is reacted to.
    #[must_use]
    pub fn message_id(&self) -> &MessageId {
        &self.message_id
    }

    /// The emoji, or none when the reaction is taken back.
    #[must_use]
    pub fn emoji(&self) -> Option<&str> {
        self.emoji.as_deref()
    }
}

impl Kind for Reaction {
    const TYPE: &'static str = "reaction";

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::id(at.field("message_id"), self.message_id.as_str(), out);
        let Some(emoji) = self.emoji() else { return };
        let mut refuse =
            |problem: String, limit: String| out.push(Violation::new(at.field("emoji"), problem, limit));
        let length = emoji.chars().count();
        if length > Self::MAX_EMOJI {
            refuse(
                format!("has {length} characters"),
                format!("one emoji of 1 to {} characters", Self::MAX_EMOJI),
            );
        } else if !may_be_emoji(emoji) {
            refuse("is no emoji".to_owned(), "one emoji, such as 👍".to_owned());
        }
    }

    fn words(&self) -> Option<String> {
        self.emoji.clone()
    }
}

/// Whether text is a keycap, or all of it are characters that emoji are made of. Which emoji there are grows by the year,
/// so those that WhatsApp has are for Meta to say.
fn may_be_emoji(text: &str) -> bool {
    let is_keycap =
        text.strip_prefix(|c: char| c.is_ascii_digit() || matches!(c, '#' | '*')).is_some_and(|rest| {
            // The first asks for the coloured form of what stands before it, the second is the key around it.
            matches!(rest, "\u{fe0f}\u{20e3}" | "\u{20e3}")
        });
    let may_belong = |c: char| match c {
        // The only ones that Unicode counts as letters, or has below general punctuation.
        '©' | '®' | 'ℹ' | 'Ⓜ' | '🅰' | '🅱' | '🅾' | '🅿' => true,
        c => c >= '\u{2000}' && !c.is_alphanumeric() && !c.is_whitespace(),
    };
    is_keycap || (!text.is_empty() && text.chars().all(may_belong))
}

/// A reaction on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    message_id: MessageId,
    emoji: String,
}

impl From<Reaction> for Wire {
    fn from(reaction: Reaction) -> Self {
        Self { message_id: reaction.message_id, emoji: reaction.emoji.unwrap_or_default() }
    }
}

impl From<Wire> for Reaction {
    fn from(wire: Wire) -> Self {
        Self { message_id: wire.message_id, emoji: Some(wire.emoji).filter(|emoji| !emoji.is_empty()) }
    }
}
