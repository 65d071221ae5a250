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
#[serde(into = "Frame<CatalogProduct>", try_from = "Frame<CatalogProduct>")]
pub struct Product {
    parts: Parts,
    action: CatalogProduct,
}

quiet_debug!(Product { action });

/// Limits from [Meta: share products](https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/share-products).
impl Product {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;

    /// The product that the seller calls `retailer_id` in this catalog (`product_retailer_id` on the wire).
    #[must_use]
    pub fn new(catalog: impl Into<CatalogId>, retailer_id: impl Into<String>) -> Self {
        Self { parts: Parts::default(), action: CatalogProduct::new(catalog, retailer_id) }
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
        self.action.check(at.field("action"), out);
    }

    fn words(&self) -> Option<String> {
        self.parts.body.clone()
    }
}

/// A product, by its catalog and what the seller calls it there: an action, and the header of a template.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::message) struct CatalogProduct {
    pub(super) catalog_id: CatalogId,
    #[serde(deserialize_with = "crate::wire::text")]
    pub(super) product_retailer_id: String,
}

quiet_debug!(CatalogProduct { catalog_id, product_retailer_id });

impl CatalogProduct {
    pub(in crate::message) fn new(catalog: impl Into<CatalogId>, retailer_id: impl Into<String>) -> Self {
        Self { catalog_id: catalog.into(), product_retailer_id: retailer_id.into() }
    }

    pub(in crate::message) fn retailer_id(&self) -> &str {
        &self.product_retailer_id
    }

    pub(in crate::message) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::id(at.field("catalog_id"), self.catalog_id.as_str(), out);
        check::filled(at.field("product_retailer_id"), &self.product_retailer_id, out);
    }
}

impl From<Product> for Frame<CatalogProduct> {
    fn from(product: Product) -> Self {
        Self::new::<Product>(product.parts, product.action)
    }
}

impl TryFrom<Frame<CatalogProduct>> for Product {
    type Error = &'static str;
    fn try_from(frame: Frame<CatalogProduct>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        Ok(Self { parts: parts.without_header()?, action })
    }
}
