//! The cards of a carousel template.

use super::{
    Template,
    component::{self, Around, Component},
    parameter::Parameters,
    part::CardParts,
    value::ParameterKind,
};
use crate::{
    check,
    error::{Path, Violation},
    id::CatalogId,
    message::{Bill, MediaSource, commerce::CatalogProduct},
    wire::{self, quiet_debug},
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What fills one card of a carousel template: its picture, video or product, its text and its buttons.
///
/// ```
/// use whatsapp_business::message::{Content, Template, TemplateCard};
/// let card = |photo: &str, tour: &str| TemplateCard::image(photo).body([tour]).quick_reply(0, tour).url_button(1, tour);
/// let tours = Template::new("tours", "en").body(["Ana"]).carousel([card("55", "coast"), card("56", "hills")]);
/// assert!(Content::from(tours).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "carousel", "cards": [{"card_index": 0, "components": [
///   {"type": "header", "parameters": [{"type": "image", "image": {"id": "55"}}]},
///   {"type": "body", "parameters": [{"type": "text", "text": "coast"}]},
///   {"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{"type": "payload", "payload": "coast"}]},
///   {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "coast"}]}]}]}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateCard {
    #[serde(deserialize_with = "wire::integer")]
    card_index: i64,
    components: Vec<Component>,
}

quiet_debug!(TemplateCard { card_index, components });

/// Limits from [Meta: media card carousel templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates).
impl TemplateCard {
    /// Longest body of a card, in characters, which no value of it can exceed.
    pub const MAX_BODY: usize = 160;
    /// Most buttons of a card; indexes run from 0.
    pub const MAX_BUTTONS: usize = 2;

    /// A card with an image.
    #[must_use]
    pub fn image(source: impl Into<MediaSource>) -> Self {
        Self::new(ParameterKind::Image { image: source.into() })
    }

    /// A card with a video.
    #[must_use]
    pub fn video(source: impl Into<MediaSource>) -> Self {
        Self::new(ParameterKind::Video { video: source.into() })
    }

    /// A card with the product that the seller calls `retailer_id` in this catalog.
    #[must_use]
    pub fn product(catalog: impl Into<CatalogId>, retailer_id: impl Into<String>) -> Self {
        Self::new(ParameterKind::Product { product: CatalogProduct::new(catalog, retailer_id) })
    }

    /// Fills the card's text, as [`Template::body`] does.
    #[must_use]
    pub fn body(self, parameters: impl Into<Parameters>) -> Self {
        self.with(Component::new("body", parameters.into()))
    }

    /// Fills the end of the address of the card's URL button at `index`, counted from 0 on each card.
    #[must_use]
    pub fn url_button(self, index: u8, suffix: impl Into<String>) -> Self {
        self.with(Component::url_button(index, suffix.into()))
    }

    /// What comes back when the card's quick-reply button at `index`, counted from 0 on each card, is tapped.
    #[must_use]
    pub fn quick_reply(self, index: u8, payload: impl Into<String>) -> Self {
        self.with(Component::quick_reply(index, payload.into()))
    }

    /// The bill that the card's first button opens to be paid, as [`Template::order_details_button`] does: Meta has this
    /// button in no other place of a card. Each bill needs a reference id of its own.
    #[must_use]
    pub fn order_details_button(self, bill: Bill) -> Self {
        self.with(Component::order_details_button(0, bill))
    }

    fn new(header: ParameterKind) -> Self {
        Self { card_index: 0, components: vec![Component::of("header", header)] }
    }

    fn with(mut self, component: Component) -> Self {
        self.components.push(component);
        self
    }

    pub(super) fn components(&self) -> &[Component] {
        &self.components
    }

    pub(super) fn parts(&self) -> CardParts<'_> {
        CardParts { index: self.card_index, parts: self.components.iter().map(Component::part).collect() }
    }

    pub(super) fn media(&mut self) -> Vec<&mut MediaSource> {
        self.components.iter_mut().flat_map(Component::media).collect()
    }
}

/// Limits from [Meta: media card carousel templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates).
impl Template {
    /// Fewest cards of a carousel.
    pub const MIN_CARDS: usize = 2;
    /// Most cards of a carousel.
    pub const MAX_CARDS: usize = 10;

    /// Fills the cards of a carousel, in order: as many as the template has.
    #[must_use]
    pub fn carousel(self, cards: impl IntoIterator<Item = TemplateCard>) -> Self {
        let numbered = (0..).zip(cards).map(|(card_index, card)| TemplateCard { card_index, ..card });
        self.with(Component::carousel(numbered.collect()))
    }
}

pub(super) fn check(at: Path<'_>, cards: &[TemplateCard], out: &mut Vec<Violation>) {
    check::count(at, cards.len(), &(Template::MIN_CARDS..=Template::MAX_CARDS), "cards", out);
    let around = Around {
        in_card: true,
        max_body: TemplateCard::MAX_BODY,
        max_url: Template::MAX_URL,
        previews: false,
    };
    let mut seen = HashSet::new();
    for (place, card) in cards.iter().enumerate() {
        let item = at.index(place);
        let in_range = usize::try_from(card.card_index).is_ok_and(|index| index < cards.len());
        if !in_range || !seen.insert(card.card_index) {
            let limit = format!("0 to {}, each once", cards.len().saturating_sub(1));
            out.push(Violation::new(item.field("card_index"), "is out of range or used twice", limit));
        }
        let list = item.field("components");
        if !card.components.iter().any(|component| component.r#type == "header") {
            out.push(Violation::new(list, "has no header", "an image, a video or a product on each card"));
        }
        component::check(list, &card.components, TemplateCard::MAX_BUTTONS, around, out);
    }
}
