//! Carousels of cards with media.

use crate::{
    check,
    error::{Path, Violation},
    message::{
        Header, Kind, MediaSource, ReplyButton,
        interactive::{Frame, Link, Parts, Wrapped},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Cards with pictures or videos, side by side (`interactive` of type `carousel` on the wire).
///
/// Every card has either a link or quick-reply buttons, and the same of them as every other card. The id of the button
/// that was tapped comes back in a webhook, as [`Inbound::ButtonReply`](crate::webhook::Inbound::ButtonReply); no
/// webhook tells that a link was.
///
/// ```
/// use whatsapp_business::message::{Content, MediaCard, MediaCarousel};
/// let offers = MediaCarousel::new("Two roofs like yours:")
///     .card(MediaCard::image("1013859600285441").body("12 panels").button("panels-12", "This one"))
///     .card(MediaCard::video("1013859600285442").body("20 panels").button("panels-20", "This one"));
/// assert!(Content::from(offers).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "carousel", "body": {"text": "Two roofs like yours:"},
///   "action": {"cards": [
///     {"card_index": 0, "type": "cta_url", "header": {"type": "image", "image": {"id": "1013859600285441"}},
///      "body": {"text": "12 panels"},
///      "action": {"buttons": [{"type": "quick_reply", "quick_reply": {"id": "panels-12", "title": "This one"}}]}},
///     {"card_index": 1, "type": "cta_url", "header": {"type": "video", "video": {"id": "1013859600285442"}},
///      "body": {"text": "20 panels"},
///      "action": {"buttons": [{"type": "quick_reply", "quick_reply": {"id": "panels-20", "title": "This one"}}]}}]}}}
/// ```
///
/// The `type` of a card is `cta_url` for both forms: so Meta's examples have it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Action>", try_from = "Frame<Action>")]
pub struct MediaCarousel {
    parts: Parts,
    cards: Vec<MediaCard>,
}

quiet_debug!(MediaCarousel { cards });

/// One card of a [`MediaCarousel`]: an image or a video, text, and a link or quick-reply buttons.
#[derive(Clone, PartialEq)]
pub struct MediaCard {
    header: Header,
    body: Option<String>,
    link: Option<Link>,
    buttons: Vec<ReplyButton>,
}

quiet_debug!(MediaCard { header, buttons });

/// Limits from [Meta: interactive media carousel messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-media-carousel-messages).
impl MediaCarousel {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Fewest cards.
    pub const MIN_CARDS: usize = 2;
    /// Most cards.
    pub const MAX_CARDS: usize = 10;

    /// The text above the cards; add [`Self::MIN_CARDS`] to [`Self::MAX_CARDS`] cards to it.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { parts: Parts::new(body), cards: Vec::new() }
    }

    /// Adds a card.
    #[must_use]
    pub fn card(mut self, card: MediaCard) -> Self {
        self.cards.push(card);
        self
    }

    /// The text above the cards.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// The cards, in order.
    #[must_use]
    pub fn cards(&self) -> &[MediaCard] {
        &self.cards
    }
}

/// Limits from [Meta: interactive media carousel messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-media-carousel-messages).
/// For the id of a quick reply its translations say 20 characters, which its own example breaks, and its English form
/// 256; for the address of a link it says 20, which every one of its examples breaks, so none is checked.
impl MediaCard {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = 160;
    /// Most line breaks in the body.
    pub const MAX_LINE_BREAKS: usize = 2;
    /// Longest text on a link, in characters.
    pub const MAX_DISPLAY_TEXT: usize = Link::MAX_TEXT;
    /// Longest id of a quick-reply button, in characters.
    pub const MAX_ID: usize = 256;
    /// Longest title of a quick-reply button, in characters.
    pub const MAX_TITLE: usize = 20;

    /// A card with an image that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn image(source: impl Into<MediaSource>) -> Self {
        Self::new(Header::image(source))
    }

    /// A card with a video that was uploaded, by its media id (or any other [`MediaSource`]).
    #[must_use]
    pub fn video(source: impl Into<MediaSource>) -> Self {
        Self::new(Header::video(source))
    }

    fn new(header: Header) -> Self {
        Self { header, body: None, link: None, buttons: Vec::new() }
    }

    /// The text under the image or video; at most [`Self::MAX_BODY`] characters and [`Self::MAX_LINE_BREAKS`] line
    /// breaks.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.body = Some(text.into());
        self
    }

    /// A button that opens an http or https address.
    #[must_use]
    pub fn link(mut self, display_text: impl Into<String>, url: impl Into<String>) -> Self {
        self.link = Some(Link::new(display_text, url));
        self
    }

    /// Adds a quick-reply button. The ids of a card must differ from each other; let them tell the card too.
    #[must_use]
    pub fn button(mut self, id: impl Into<String>, title: impl Into<String>) -> Self {
        self.buttons.push(ReplyButton::new(id, title));
        self
    }

    /// The text under the image or video.
    #[must_use]
    pub fn body_text(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// The quick-reply buttons, in order.
    #[must_use]
    pub fn buttons(&self) -> &[ReplyButton] {
        &self.buttons
    }

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.header.check(at.field("header"), out);
        let body = at.field("body");
        check::optional_text(body.field("text"), self.body.as_deref(), Self::MAX_BODY, out);
        let breaks = self.body.as_deref().unwrap_or_default().matches('\n').count();
        check::count(body.field("text"), breaks, &(0..=Self::MAX_LINE_BREAKS), "line breaks", out);
        let action = at.field("action");
        if self.link.is_some() != self.buttons.is_empty() {
            let problem =
                if self.link.is_some() { "has a link and buttons" } else { "has no link and no button" };
            out.push(Violation::new(action, problem, "either a link, or 1 button and more"));
        }
        if let Some(link) = &self.link {
            link.check(action.field("parameters"), true, out);
        }
        let list = action.field("buttons");
        for (index, button) in self.buttons.iter().enumerate() {
            let item = list.index(index);
            let reply = item.field("quick_reply");
            check::text(reply.field("id"), button.id(), Self::MAX_ID, out);
            check::text(reply.field("title"), button.title(), Self::MAX_TITLE, out);
        }
        let id_at = |index| list.index(index).field("quick_reply").field("id").to_string();
        check::unique(id_at, self.buttons.iter().map(ReplyButton::id), out);
    }
}

impl Kind for MediaCarousel {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("carousel");
    const CARD: Option<&'static str> = Some(WireCard::TYPE);

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        let list = action.field("cards");
        check::count(list, self.cards.len(), &(Self::MIN_CARDS..=Self::MAX_CARDS), "cards", out);
        let shape = |card: &MediaCard| (card.link.is_some(), card.buttons.len());
        let first = self.cards.first().map(shape);
        for (index, card) in self.cards.iter().enumerate() {
            let item = list.index(index);
            card.check(item, out);
            if Some(shape(card)) != first {
                let limit = "buttons of the same kind and number on every card";
                out.push(Violation::new(
                    item.field("action"),
                    "has other buttons than the first card",
                    limit,
                ));
            }
        }
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.cards.iter_mut().filter_map(|card| card.header.media()).collect()
    }
}

/// The action on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    cards: Vec<WireCard>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCard {
    #[serde(deserialize_with = "crate::wire::integer")]
    card_index: i64,
    r#type: String,
    header: Header,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Wrapped>,
    action: CardAction,
}

/// What a card does: that of a link with its name, or buttons.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardAction {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buttons: Option<Vec<QuickReply>>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum QuickReply {
    QuickReply { quick_reply: ReplyButton },
}

impl WireCard {
    const TYPE: &'static str = "cta_url";

    fn new(index: i64, card: MediaCard) -> Self {
        let buttons = card.buttons.into_iter().map(|quick_reply| QuickReply::QuickReply { quick_reply });
        let buttons: Vec<_> = buttons.collect();
        Self {
            card_index: index,
            r#type: Self::TYPE.to_owned(),
            header: card.header,
            body: card.body.map(|text| Wrapped { text }),
            action: CardAction {
                name: card.link.is_some().then(|| Link::NAME.to_owned()),
                parameters: card.link,
                buttons: if buttons.is_empty() { None } else { Some(buttons) },
            },
        }
    }

    /// The card, if it stands at its place.
    fn open(self, index: i64) -> Result<MediaCard, &'static str> {
        let CardAction { name, parameters, buttons } = self.action;
        if self.card_index != index {
            return Err("action has cards out of order");
        }
        if !self.r#type.eq_ignore_ascii_case(Self::TYPE) {
            return Err("type is not that of the first card");
        }
        if !matches!(self.header, Header::Image(_) | Header::Video(_)) {
            return Err("type is neither image nor video in the header of a card");
        }
        if name.as_deref() != parameters.is_some().then_some(Link::NAME) {
            return Err("action has a name without parameters or the other way round");
        }
        let buttons = buttons.into_iter().flatten();
        Ok(MediaCard {
            header: self.header,
            body: self.body.map(|body| body.text),
            link: parameters,
            buttons: buttons.map(|QuickReply::QuickReply { quick_reply }| quick_reply).collect(),
        })
    }
}

impl From<MediaCarousel> for Frame<Action> {
    fn from(carousel: MediaCarousel) -> Self {
        let cards = (0..).zip(carousel.cards).map(|(index, card)| WireCard::new(index, card)).collect();
        Self::new::<MediaCarousel>(carousel.parts, Action { cards })
    }
}

impl TryFrom<Frame<Action>> for MediaCarousel {
    type Error = &'static str;
    fn try_from(frame: Frame<Action>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        let cards =
            (0..).zip(action.cards).map(|(index, card)| card.open(index)).collect::<Result<_, _>>()?;
        Ok(Self { parts: parts.body_only()?, cards })
    }
}
