//! Products side by side.

use super::CatalogProduct;
use crate::{
    check,
    error::{Path, Violation},
    id::CatalogId,
    message::{
        Kind,
        interactive::{Frame, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Products of a catalog on cards to scroll through (`interactive` of type `carousel` with cards of type `product` on
/// the wire).
///
/// ```
/// use whatsapp_business::message::{Content, ProductCarousel};
/// let teas = ProductCarousel::new("New this week", "194836987003835").product("assam-250").product("sencha-100");
/// assert!(Content::from(teas).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "carousel", "body": {"text": "New this week"},
///   "action": {"cards": [
///     {"card_index": 0, "type": "product",
///      "action": {"catalog_id": "194836987003835", "product_retailer_id": "assam-250"}},
///     {"card_index": 1, "type": "product",
///      "action": {"catalog_id": "194836987003835", "product_retailer_id": "sencha-100"}}]}}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Frame<Action>", try_from = "Frame<Action>")]
pub struct ProductCarousel {
    parts: Parts,
    catalog: CatalogId,
    products: Vec<String>,
}

quiet_debug!(ProductCarousel { catalog, products });

/// Limits from [Meta: product carousels](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-product-carousel-messages).
impl ProductCarousel {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Fewest products.
    pub const MIN_PRODUCTS: usize = 2;
    /// Most products.
    pub const MAX_PRODUCTS: usize = 10;

    /// Products of this catalog with what is said of them; add [`Self::MIN_PRODUCTS`] to [`Self::MAX_PRODUCTS`].
    #[must_use]
    pub fn new(body: impl Into<String>, catalog: impl Into<CatalogId>) -> Self {
        Self { parts: Parts::new(body), catalog: catalog.into(), products: Vec::new() }
    }

    /// Adds a card with what the seller calls `retailer_id` in the catalog. Cards are counted by themselves.
    #[must_use]
    pub fn product(mut self, retailer_id: impl Into<String>) -> Self {
        self.products.push(retailer_id.into());
        self
    }

    /// What is said of them.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// The catalog they are in.
    #[must_use]
    pub fn catalog(&self) -> &CatalogId {
        &self.catalog
    }

    /// What the seller calls the products, in order.
    pub fn products(&self) -> impl Iterator<Item = &str> {
        self.products.iter().map(String::as_str)
    }
}

impl Kind for ProductCarousel {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("carousel");
    const CARD: Option<&'static str> = Some(CARD);

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let cards = at.field("action");
        let cards = cards.field("cards");
        check::count(cards, self.products.len(), &(Self::MIN_PRODUCTS..=Self::MAX_PRODUCTS), "cards", out);
        for (index, id) in self.products.iter().enumerate() {
            let action = cards.index(index);
            let action = action.field("action");
            check::filled(action.field("product_retailer_id"), id, out);
            check::id(action.field("catalog_id"), self.catalog.as_str(), out);
        }
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }
}

/// The action on the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    cards: Vec<Card>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    #[serde(deserialize_with = "crate::wire::integer")]
    card_index: i64,
    r#type: String,
    action: CatalogProduct,
}

/// The type of the cards.
const CARD: &str = "product";

impl From<ProductCarousel> for Frame<Action> {
    fn from(carousel: ProductCarousel) -> Self {
        let cards = (0..).zip(carousel.products).map(|(card_index, retailer_id)| {
            let action = CatalogProduct::new(carousel.catalog.clone(), retailer_id);
            Card { card_index, r#type: CARD.to_owned(), action }
        });
        Self::new::<ProductCarousel>(carousel.parts, Action { cards: cards.collect() })
    }
}

impl TryFrom<Frame<Action>> for ProductCarousel {
    type Error = &'static str;
    fn try_from(frame: Frame<Action>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        let parts = parts.without_header()?.without_footer()?;
        let mut catalog = None;
        let mut products = Vec::with_capacity(action.cards.len());
        for (index, card) in (0..).zip(action.cards) {
            if !card.r#type.eq_ignore_ascii_case(CARD) {
                return Err("type is not that of a product's card");
            }
            if card.card_index != index {
                return Err("cards have other indexes than 0, 1, 2 …");
            }
            if *catalog.get_or_insert_with(|| card.action.catalog_id.clone()) != card.action.catalog_id {
                return Err("cards have products of several catalogs");
            }
            products.push(card.action.product_retailer_id);
        }
        let catalog = catalog.ok_or("missing field `cards`")?;
        Ok(Self { parts, catalog, products })
    }
}
