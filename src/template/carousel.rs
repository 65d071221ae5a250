//! Cards that are swiped through.

use crate::{
    template::{
        Component,
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
