//! Cards that are swiped through.

use crate::{
    template::{
        Body, Button, Buttons, Component, Header, HeaderFormat,
        members::{Extra, Members, Reason},
    },
    wire::quiet_debug,
};
use serde::Serialize;
use serde_json::Value;
use std::ops::RangeInclusive;

/// Cards that are swiped through (`CAROUSEL` on the wire), each with the same components.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Carousel {
    pub(super) cards: Vec<Card>,
    #[serde(flatten)]
    extra: Extra,
}

quiet_debug!(Carousel { cards });

/// One card of a [`Carousel`].
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Card {
    pub(super) components: Vec<Component>,
    #[serde(flatten)]
    extra: Extra,
}

quiet_debug!(Card { components });

/// Limits from [Meta: media card carousel templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates).
impl Carousel {
    /// How many cards there may be.
    pub const CARDS: RangeInclusive<usize> = 2..=10;

    /// These cards, in order, which must be alike.
    ///
    /// ```
    /// use whatsapp_business::template::{Button, Card, Carousel, Category, Definition, HeaderFormat};
    /// let card = |fruit: &str| {
    ///     Card::new()
    ///         .header_media(HeaderFormat::Image, "4::aW")
    ///         .body("Fresh {{1}} for you")
    ///         .body_examples([fruit])
    ///         .button(Button::url("Buy", "https://example.com/{{1}}").example(fruit))
    /// };
    /// let definition = Definition::new("fruit", "en_US", Category::Marketing)
    ///     .body("Just in:")
    ///     .component(Carousel::new([card("lemons"), card("limes")]));
    /// assert!(definition.validate().is_ok());
    /// ```
    #[must_use]
    pub fn new(cards: impl IntoIterator<Item = Card>) -> Self {
        Self { cards: cards.into_iter().collect(), extra: Extra::new() }
    }

    /// The cards, in order.
    #[must_use]
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        let cards = members.list("cards")?.ok_or("cards is missing")?;
        let cards = cards.into_iter().enumerate();
        let card = |(index, card)| Card::read(card).map_err(|reason| format!("cards[{index}]: {reason}"));
        Ok(Self { cards: cards.map(card).collect::<Result<_, _>>()?, extra: members.rest() })
    }
}

/// Limits from the same page.
impl Card {
    /// Most buttons of a card.
    pub const MAX_BUTTONS: usize = 2;

    /// A card without anything on it so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The image or video of the card, with the handle of a sample file.
    #[must_use]
    pub fn header_media(self, format: HeaderFormat, handle: impl Into<String>) -> Self {
        let mut header = Header { format: Some(format), ..Header::default() };
        header.example.handles = vec![handle.into()];
        self.with(header)
    }

    /// The product of the card, which each send names.
    #[must_use]
    pub fn header_product(self) -> Self {
        self.with(Header { format: Some(HeaderFormat::Product), ..Header::default() })
    }

    /// The text of the card; at most [`Body::MAX_TEXT_IN_CARD`] characters.
    #[must_use]
    pub fn body(self, text: impl Into<String>) -> Self {
        self.with(Body { text: Some(text.into()), ..Body::default() })
    }

    /// What stands for `{{1}}`, `{{2}}` … in the text, in order, for reviewers.
    #[must_use]
    pub fn body_examples<T: Into<String>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        for component in &mut self.components {
            if let Component::Body(body) = component {
                body.example.set_row(values.into_iter().map(Into::into).collect());
                break;
            }
        }
        self
    }

    /// Adds a button; at most [`Self::MAX_BUTTONS`].
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        let there = self.components.iter_mut().find_map(|component| match component {
            Component::Buttons(buttons) => Some(buttons),
            _ => None,
        });
        if let Some(buttons) = there {
            buttons.buttons.push(button);
            return self;
        }
        self.with(Buttons { buttons: vec![button], ..Buttons::default() })
    }

    fn with(mut self, component: impl Into<Component>) -> Self {
        self.components.push(component.into());
        self
    }

    /// What is on the card: a header, a body, buttons.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    fn read(card: Value) -> Result<Self, Reason> {
        let mut members = Members::of(card, "the card")?;
        let components = members.list("components")?.ok_or("components is missing")?;
        let components = components.into_iter().map(Component::read_in_card).collect();
        Ok(Self { components, extra: members.rest() })
    }
}
