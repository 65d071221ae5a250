//! What a phone shows of a message.

use crate::{
    id::MessageId,
    simulator::{
        ApprovedTemplate,
        json::{list, text},
    },
    wire::quiet_debug,
};
use serde_json::Value;

/// A message as a customer's phone shows it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Shown {
    /// Its id.
    pub id: MessageId,
    /// Whether the business wrote it; otherwise the customer did.
    pub from_business: bool,
    /// The type on the wire: `text`, `image`, `interactive`, `template` …
    pub kind: String,
    /// Text or name above the body.
    pub header: Option<String>,
    /// The text, body or caption, with the placeholders of a template filled in.
    pub text: Option<String>,
    /// Small print below the body.
    pub footer: Option<String>,
    /// What can be tapped: buttons, or the rows of a list.
    pub buttons: Vec<ShownButton>,
    /// Id or link of the media.
    pub media: Option<String>,
    /// The message it answers to.
    pub reply_to: Option<MessageId>,
    /// The emoji with which the business reacted to it.
    pub reaction: Option<String>,
    /// Whether the other side has read it.
    pub read: bool,
}

quiet_debug!(Shown { id, from_business, kind, read });

/// Something that can be tapped.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShownButton {
    /// What tapping it does.
    pub kind: ButtonKind,
    /// What the business gets to know it by: its id, or the payload of a template's quick reply.
    pub id: String,
    /// What is written on it.
    pub title: String,
    /// Small print of a list's row.
    pub description: Option<String>,
}

quiet_debug!(ShownButton { kind });

/// What tapping a [`ShownButton`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ButtonKind {
    /// Answers with a `button_reply`.
    Reply,
    /// Answers with a `list_reply`.
    Row,
    /// Answers with a `button` message.
    QuickReply,
    /// Opens an address; the business hears nothing.
    Link,
}

impl Shown {
    /// An empty bubble of the given type.
    pub(crate) fn new(id: MessageId, kind: &str, from_business: bool) -> Self {
        Self {
            id,
            from_business,
            kind: kind.to_owned(),
            header: None,
            text: None,
            footer: None,
            buttons: Vec::new(),
            media: None,
            reply_to: None,
            reaction: None,
            read: false,
        }
    }

    /// What the phone shows of a body that has passed the checks.
    pub(super) fn of_request(id: MessageId, body: &Value, template: Option<&ApprovedTemplate>) -> Self {
        let kind = text(body, "/type").unwrap_or_default();
        let mut shown = Self::new(id, kind, true);
        shown.reply_to = text(body, "/context/message_id").map(MessageId::from);
        let content = body.get(kind).unwrap_or(&Value::Null);
        match kind {
            "text" => shown.text = owned(content, "/body"),
            "interactive" => shown.show_interactive(content),
            "template" => {
                if let Some(template) = template {
                    shown.show_template(content, template);
                }
            }
            _ => {
                shown.media = owned(content, "/id").or_else(|| owned(content, "/link"));
                shown.text = owned(content, "/caption").or_else(|| owned(content, "/name"));
                shown.header = owned(content, "/filename");
            }
        }
        shown
    }

    fn show_interactive(&mut self, content: &Value) {
        self.text = owned(content, "/body/text");
        self.footer = owned(content, "/footer/text");
        self.header = owned(content, "/header/text");
        if let Some(header) = content.get("header").and_then(|header| header.get(text(header, "/type")?)) {
            self.media = owned(header, "/id").or_else(|| owned(header, "/link"));
        }
        let button = |kind, from: &Value, id: &str, title: &str| {
            Some(ShownButton {
                kind,
                id: owned(from, id)?,
                title: owned(from, title)?,
                description: owned(from, "/description"),
            })
        };
        let replies = list(content, "/action/buttons").iter();
        self.buttons
            .extend(replies.filter_map(|b| button(ButtonKind::Reply, b, "/reply/id", "/reply/title")));
        let rows = list(content, "/action/sections").iter().flat_map(|section| list(section, "/rows"));
        self.buttons.extend(rows.filter_map(|row| button(ButtonKind::Row, row, "/id", "/title")));
        let link = content.pointer("/action/parameters");
        self.buttons.extend(link.and_then(|link| button(ButtonKind::Link, link, "/url", "/display_text")));
    }

    fn show_template(&mut self, content: &Value, template: &ApprovedTemplate) {
        let filled = template.fill(content);
        (self.header, self.text, self.footer) = (filled.header, Some(filled.body), filled.footer);
        (self.media, self.buttons) = (filled.media, filled.buttons);
    }
}

fn owned(value: &Value, pointer: &str) -> Option<String> {
    text(value, pointer).map(str::to_owned)
}
