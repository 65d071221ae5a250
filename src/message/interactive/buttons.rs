//! Reply buttons.

use crate::{
    check,
    error::{Path, Violation},
    message::{
        Header, Kind, MediaSource,
        interactive::{Frame, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A question with up to three buttons to answer it (`interactive` of type `button` on the wire).
///
/// The id of the button that was tapped comes back in a webhook, as
/// [`Inbound::ButtonReply`](crate::webhook::Inbound::ButtonReply).
///
/// ```
/// use whatsapp_business::message::{Buttons, Content};
/// let ask = Buttons::new("Keep Tuesday 10:00?").button("keep", "Keep").button("move", "Change").footer("Table 4");
/// assert!(Content::from(ask).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "button",
///   "body": {"text": "Keep Tuesday 10:00?"}, "footer": {"text": "Table 4"},
///   "action": {"buttons": [{"type": "reply", "reply": {"id": "keep", "title": "Keep"}},
///                          {"type": "reply", "reply": {"id": "move", "title": "Change"}}]}}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Frame<Action>", try_from = "Frame<Action>")]
pub struct Buttons {
    parts: Parts,
    buttons: Vec<ReplyButton>,
}

quiet_debug!(Buttons { parts, buttons });

/// One reply button.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyButton {
    #[serde(deserialize_with = "crate::wire::text")]
    id: String,
    #[serde(deserialize_with = "crate::wire::text")]
    title: String,
}

quiet_debug!(ReplyButton { id });

impl ReplyButton {
    pub(super) fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into() }
    }

    /// The id that comes back when the button is tapped.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is written on it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// Limits from [Meta: interactive reply buttons](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages).
impl Buttons {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;
    /// Most buttons.
    pub const MAX_BUTTONS: usize = 3;
    /// Longest id of a button, in characters.
    pub const MAX_ID: usize = 256;
    /// Longest title of a button, in characters.
    pub const MAX_TITLE: usize = 20;

    /// The question; add 1 to [`Self::MAX_BUTTONS`] buttons to it.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { parts: Parts::new(body), buttons: Vec::new() }
    }

    /// Adds a button. Ids must differ from each other, and so must titles.
    #[must_use]
    pub fn button(mut self, id: impl Into<String>, title: impl Into<String>) -> Self {
        self.buttons.push(ReplyButton::new(id, title));
        self
    }

    /// What stands above the body: text, or media.
    #[must_use]
    pub fn header(mut self, header: impl Into<Header>) -> Self {
        self.parts.header = Some(header.into());
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// The question.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// The buttons, in order.
    #[must_use]
    pub fn buttons(&self) -> &[ReplyButton] {
        &self.buttons
    }
}

impl Kind for Buttons {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("button");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        let list = action.field("buttons");
        check::count(list, self.buttons.len(), &(1..=Self::MAX_BUTTONS), "buttons", out);
        for (index, button) in self.buttons.iter().enumerate() {
            let item = list.index(index);
            let reply = item.field("reply");
            check::text(reply.field("id"), &button.id, Self::MAX_ID, out);
            if button.id.trim() != button.id {
                out.push(Violation::new(
                    reply.field("id"),
                    "begins or ends with a space",
                    "no space at either end",
                ));
            }
            check::text(reply.field("title"), &button.title, Self::MAX_TITLE, out);
        }
        let at_each =
            |member: &'static str| move |index| list.index(index).field("reply").field(member).to_string();
        check::unique(at_each("id"), self.buttons.iter().map(|button| button.id.as_str()), out);
        check::unique(at_each("title"), self.buttons.iter().map(|button| button.title.as_str()), out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.parts.media()
    }
}

/// The action on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    buttons: Vec<WireButton>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum WireButton {
    Reply { reply: ReplyButton },
}

impl From<Buttons> for Frame<Action> {
    fn from(ask: Buttons) -> Self {
        let buttons = ask.buttons.into_iter().map(|reply| WireButton::Reply { reply }).collect();
        Self::new::<Buttons>(ask.parts, Action { buttons })
    }
}

impl TryFrom<Frame<Action>> for Buttons {
    type Error = &'static str;
    fn try_from(frame: Frame<Action>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        Ok(Self {
            parts,
            buttons: action.buttons.into_iter().map(|WireButton::Reply { reply }| reply).collect(),
        })
    }
}
