//! One product of a catalog.

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

/// One product of a catalog, which the customer can look at and order (`interactive` of type `product` on the wire).
///
/// ```
/// use whatsapp_business::message::{Content, Product};
/// let tea = Product::new("194836987003835", "tea-250").body("Back in stock").footer("Ships on Monday");
/// assert!(Content::from(tea).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "product",
///   "body": {"text": "Back in stock"}, "footer": {"text": "Ships on Monday"},
///   "action": {"catalog_id": "194836987003835", "product_retailer_id": "tea-250"}}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Frame<Action>", try_from = "Frame<Action>")]
pub struct Product {
    parts: Parts,
    action: Action,
}

quiet_debug!(Product { action });

/// Limits from [Meta: share products](https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/share-products).
impl Product {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = 1024;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;

    /// The product that the seller calls `retailer_id` in this catalog (`product_retailer_id` on the wire).
    #[must_use]
    pub fn new(catalog: impl Into<CatalogId>, retailer_id: impl Into<String>) -> Self {
        let action = Action { catalog_id: catalog.into(), product_retailer_id: retailer_id.into() };
        Self { parts: Parts::default(), action }
    }

    /// What is said of it; at most [`Self::MAX_BODY`] characters.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.parts.body = Some(text.into());
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// The catalog it is in.
    #[must_use]
    pub fn catalog(&self) -> &CatalogId {
        &self.action.catalog_id
    }

    /// What the seller calls it in the catalog.
    #[must_use]
    pub fn retailer_id(&self) -> &str {
        &self.action.product_retailer_id
    }
}

impl Kind for Product {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("product");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check_bodiless(at, Self::MAX_BODY, out);
        let action = at.field("action");
        check::id(action.field("catalog_id"), self.catalog().as_str(), out);
        check::filled(action.field("product_retailer_id"), self.retailer_id(), out);
    }

    fn words(&self) -> Option<String> {
        self.parts.body.clone()
    }
}

/// The action on the wire.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    catalog_id: CatalogId,
    #[serde(deserialize_with = "crate::wire::text")]
    product_retailer_id: String,
}

quiet_debug!(Action { catalog_id, product_retailer_id });

impl From<Product> for Frame<Action> {
    fn from(product: Product) -> Self {
        Self::new::<Product>(product.parts, product.action)
    }
}

impl TryFrom<Frame<Action>> for Product {
    type Error = &'static str;
    fn try_from(frame: Frame<Action>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        Ok(Self { parts: parts.without_header()?, action })
    }
}
