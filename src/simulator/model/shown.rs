//! What a phone shows of a message.

use crate::{id::MessageId, time::Timestamp, wire::quiet_debug};

/// A message as a customer's phone shows it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Shown {
    /// Its id.
    pub id: MessageId,
    /// When it appeared on the phone.
    pub at: Timestamp,
    /// Whether the business wrote it; otherwise the customer did.
    pub from_business: bool,
    /// The type on the wire: `text`, `image`, `interactive`, `template` …
    pub kind: String,
    /// Text or name above the body.
    pub header: Option<String>,
    /// The text, body or caption, with the placeholders of a template filled in; the names of contacts, the name and address
    /// of a place, the id of a product without body.
    pub text: Option<String>,
    /// Small print below the body.
    pub footer: Option<String>,
    /// What can be tapped: buttons, the rows of a list, products.
    pub buttons: Vec<ShownButton>,
    /// What is written on the button that opens a list.
    pub menu: Option<String>,
    /// The cards of a carousel, in order.
    pub cards: Vec<ShownCard>,
    /// Id or link of the media.
    pub media: Option<String>,
    /// The message it answers to.
    pub reply_to: Option<MessageId>,
    /// The emoji with which the business reacted to it.
    pub reaction: Option<String>,
    /// The emoji with which the customer reacted to it.
    pub own_reaction: Option<String>,
    /// Whether its author has deleted it for everyone; nothing but its type is left then.
    pub is_deleted: bool,
    /// Whether the other side has read it.
    pub read: bool,
}

quiet_debug!(Shown { id, at, from_business, kind, read });

/// A card of a carousel.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShownCard {
    /// Text above the body; on the card of a product its id, as there is no catalog to look its name up in.
    pub header: Option<String>,
    /// The text, with the placeholders of a template filled in.
    pub text: Option<String>,
    /// Id or link of the media.
    pub media: Option<String>,
    /// What can be tapped.
    pub buttons: Vec<ShownButton>,
}

quiet_debug!(ShownCard { buttons });

/// Something that can be tapped.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShownButton {
    /// What tapping it does.
    pub kind: ButtonKind,
    /// What the business gets to know it by: its id, or the payload of a template's quick reply. Of a button that is not
    /// answered it is what the button opens: an address, a number, a product; empty where that has no name.
    pub id: String,
    /// What is written on it.
    pub title: String,
    /// Small print of a list's row.
    pub description: Option<String>,
    /// The title of the section it stands in.
    pub section: Option<String>,
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
    /// Copies a code; the business hears nothing.
    Copy,
    /// Calls the business.
    Call,
    /// Opens a product, several, or the whole catalog.
    Product,
    /// Opens a Flow.
    Flow,
    /// Opens an order, or a way to pay.
    Pay,
    /// Shares something of the customer's: a place, a contact, an address, leave to call.
    Share,
    /// Something else, from a template of a newer kind.
    Other,
}

impl ShownButton {
    pub(crate) fn new(kind: ButtonKind, id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { kind, id: id.into(), title: title.into(), description: None, section: None }
    }
}

impl Shown {
    /// An empty bubble of the given type.
    pub(crate) fn new(id: MessageId, kind: &str, from_business: bool) -> Self {
        Self {
            id,
            at: Timestamp::from_millis(0),
            from_business,
            kind: kind.to_owned(),
            header: None,
            text: None,
            footer: None,
            buttons: Vec::new(),
            menu: None,
            cards: Vec::new(),
            media: None,
            reply_to: None,
            reaction: None,
            own_reaction: None,
            is_deleted: false,
            read: false,
        }
    }

    /// What can be tapped, on the message and on its cards.
    pub(crate) fn all_buttons(&self) -> impl Iterator<Item = &ShownButton> {
        self.buttons.iter().chain(self.cards.iter().flat_map(|card| &card.buttons))
    }
}
