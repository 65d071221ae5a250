//! What an inbound message says.

use crate::{
    id::MediaId,
    webhook::lenient,
    wire::{self, quiet_debug},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What an inbound message says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inbound {
    /// Text.
    Text(Text),
    /// A picture.
    Image(Image),
    /// One of the reply buttons we offered was pressed.
    ButtonReply(ButtonReply),
    /// A row of the list we offered was chosen.
    ListReply(ListReply),
    /// A quick-reply button of a template was pressed.
    Button(Button),
    /// A type this version has no variant for, or one that could not be read.
    Unknown(UnknownContent),
}

impl Inbound {
    /// The `type` on the wire.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::ButtonReply(_) | Self::ListReply(_) => "interactive",
            Self::Button(_) => "button",
            Self::Unknown(unknown) => unknown.kind(),
        }
    }
}

/// Text.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Text {
    /// What they wrote.
    #[serde(deserialize_with = "lenient::text")]
    pub body: String,
}
quiet_debug!(Text {});

/// A picture. Fetch it by its [`id`](Self::id) within days: Meta deletes media.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Image {
    /// The id to fetch it by.
    pub id: MediaId,
    /// Its type, such as `image/jpeg`, as the sender's app told it.
    #[serde(default, deserialize_with = "wire::optional")]
    pub mime_type: Option<String>,
    /// SHA-256 of its bytes, in base64.
    #[serde(default, deserialize_with = "wire::optional")]
    pub sha256: Option<String>,
    /// Where it can be fetched with an access token for the next minutes.
    #[serde(default, deserialize_with = "wire::optional")]
    pub url: Option<String>,
    /// What they wrote below it.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub caption: Option<String>,
}
quiet_debug!(Image { id, mime_type });

/// The reply button that was pressed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ButtonReply {
    /// The id we gave it.
    #[serde(deserialize_with = "lenient::text")]
    pub id: String,
    /// What it showed.
    #[serde(deserialize_with = "lenient::text")]
    pub title: String,
}
quiet_debug!(ButtonReply {});

/// The row of a list that was chosen.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ListReply {
    /// The id we gave it.
    #[serde(deserialize_with = "lenient::text")]
    pub id: String,
    /// What it showed.
    #[serde(deserialize_with = "lenient::text")]
    pub title: String,
    /// What it showed below the title.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub description: Option<String>,
}
quiet_debug!(ListReply {});

/// The quick-reply button of a template that was pressed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Button {
    /// The payload we gave it when the template was sent.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub payload: Option<String>,
    /// What it showed.
    #[serde(deserialize_with = "lenient::text")]
    pub text: String,
}
quiet_debug!(Button {});

/// A message of a type that this version has no variant for, or that could not be read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownContent {
    kind: Box<str>,
    raw: Arc<str>,
    reason: Option<Box<str>>,
}
quiet_debug!(UnknownContent { kind, reason });

impl UnknownContent {
    /// The `type` on the wire; empty when there is none.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The whole message's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Why a known type could not be read; nothing when the type is not known.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// Reads the content of a known type.
pub(super) fn read<'a, T: Deserialize<'a>>(
    content: Option<&'a RawValue>,
    kind: &str,
    known: fn(T) -> Inbound,
    message: &Arc<str>,
) -> Inbound {
    match content.map(lenient::parse) {
        Some(Ok(content)) => known(content),
        Some(Err(error)) => unknown(kind, message, Some(&lenient::reason(&error))),
        None => unknown(kind, message, Some("the content is missing")),
    }
}

/// Reads an answer to an interactive message, which has a type of its own.
pub(super) fn read_interactive(content: Option<&RawValue>, message: &Arc<str>) -> Inbound {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow, rename = "type")]
        kind: lenient::Word<'a>,
        #[serde(borrow)]
        button_reply: Option<&'a RawValue>,
        #[serde(borrow)]
        list_reply: Option<&'a RawValue>,
    }
    let kind = "interactive";
    match content.map(lenient::parse::<Wire<'_>>) {
        Some(Ok(wire)) => match &*wire.kind.0 {
            "button_reply" => read(wire.button_reply, kind, Inbound::ButtonReply, message),
            "list_reply" => read(wire.list_reply, kind, Inbound::ListReply, message),
            _ => unknown(kind, message, None),
        },
        Some(Err(error)) => unknown(kind, message, Some(&lenient::reason(&error))),
        None => unknown(kind, message, Some("the content is missing")),
    }
}

/// Keeps a message as it came.
pub(super) fn unknown(kind: &str, message: &Arc<str>, reason: Option<&str>) -> Inbound {
    Inbound::Unknown(UnknownContent {
        kind: kind.into(),
        raw: Arc::clone(message),
        reason: reason.map(Into::into),
    })
}
