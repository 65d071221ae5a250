//! Several products of a catalog.

use crate::{
    check,
    error::{Path, Violation},
    id::CatalogId,
    message::{
        Header, Kind,
        interactive::{Frame, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Products of a catalog in sections, which the customer can look at and order (`interactive` of type `product_list` on
/// the wire).
///
/// Products that the catalog does not have are left out by Meta; if it has none of them, the message is refused.
///
/// ```
/// use whatsapp_business::message::{Content, ProductList};
/// let shelf = ProductList::new("Our teas", "Pick what you like", "194836987003835")
///     .section("Black", ["assam-250", "ceylon-250"])
///     .section("Green", ["sencha-100"]);
/// assert!(Content::from(shelf).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "product_list",
///   "header": {"type": "text", "text": "Our teas"}, "body": {"text": "Pick what you like"},
///   "action": {"catalog_id": "194836987003835", "sections": [
///     {"title": "Black", "product_items": [{"product_retailer_id": "assam-250"}, {"product_retailer_id": "ceylon-250"}]},
///     {"title": "Green", "product_items": [{"product_retailer_id": "sencha-100"}]}]}}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Frame<Action>", try_from = "Frame<Action>")]
pub struct ProductList {
    parts: Parts,
    action: Action,
}

quiet_debug!(ProductList { action });

/// Limits from [Meta: share products](https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/share-products).
impl ProductList {
    /// Longest header, in characters.
    pub const MAX_HEADER: usize = Header::MAX_TEXT;
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;
    /// Most sections.
    pub const MAX_SECTIONS: usize = 10;
    /// Most products, in all sections together.
    pub const MAX_PRODUCTS: usize = 30;

    /// Products of this catalog under a header and a body; add 1 to [`Self::MAX_SECTIONS`] sections of them.
    #[must_use]
    pub fn new(header: impl Into<String>, body: impl Into<String>, catalog: impl Into<CatalogId>) -> Self {
        let parts = Parts { header: Some(Header::Text(header.into())), ..Parts::new(body) };
        Self { parts, action: Action { catalog_id: catalog.into(), sections: Vec::new() } }
    }

    /// Adds a section of what the seller calls these in the catalog.
    #[must_use]
    pub fn section<P: Into<String>>(
        mut self,
        title: impl Into<String>,
        retailer_ids: impl IntoIterator<Item = P>,
    ) -> Self {
        self.action.sections.push(ProductSection::new(title, retailer_ids));
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
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
        &self.action.catalog_id
    }

    /// The sections, in order.
    #[must_use]
    pub fn sections(&self) -> &[ProductSection] {
        &self.action.sections
    }
}

impl Kind for ProductList {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("product_list");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        check::id(action.field("catalog_id"), self.catalog().as_str(), out);
        ProductSection::check_all(self.sections(), action.field("sections"), out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }
}

/// Some products under a title.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductSection {
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    title: Option<String>,
    product_items: Vec<Item>,
}

quiet_debug!(ProductSection { product_items });

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(deserialize_with = "crate::wire::text")]
    product_retailer_id: String,
}

quiet_debug!(Item { product_retailer_id });

/// Limits from [Meta: share products](https://developers.facebook.com/documentation/business-messaging/whatsapp/catalogs/share-products).
impl ProductSection {
    /// Longest title, in characters.
    pub const MAX_TITLE: usize = 24;

    /// What the seller calls these products in the catalog, under a title of at most [`Self::MAX_TITLE`] characters.
    #[must_use]
    pub fn new<P: Into<String>>(title: impl Into<String>, retailer_ids: impl IntoIterator<Item = P>) -> Self {
        let items = retailer_ids.into_iter().map(|id| Item { product_retailer_id: id.into() });
        Self { title: Some(title.into()), product_items: items.collect() }
    }

    /// What stands above the products, if anything does.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// What the seller calls the products, in order.
    pub fn products(&self) -> impl Iterator<Item = &str> {
        self.product_items.iter().map(|item| &*item.product_retailer_id)
    }

    /// Checks the sections of one list; a title may be missing where there is only one.
    pub(in crate::message) fn check_all(sections: &[Self], at: Path<'_>, out: &mut Vec<Violation>) {
        check::count(at, sections.len(), &(1..=ProductList::MAX_SECTIONS), "sections", out);
        let products = sections.iter().map(|section| section.product_items.len()).sum();
        check::count(at, products, &(0..=ProductList::MAX_PRODUCTS), "products", out);
        for (index, section) in sections.iter().enumerate() {
            let section_at = at.index(index);
            if section.title.is_some() || sections.len() > 1 {
                let title = section.title().unwrap_or_default();
                check::text(section_at.field("title"), title, Self::MAX_TITLE, out);
            }
            let items = section_at.field("product_items");
            if section.product_items.is_empty() {
                out.push(Violation::new(items, "has no products", "1 product or more"));
            }
            for (index, id) in section.products().enumerate() {
                check::filled(items.index(index).field("product_retailer_id"), id, out);
            }
        }
    }
}

/// The action on the wire.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    catalog_id: CatalogId,
    sections: Vec<ProductSection>,
}

quiet_debug!(Action { catalog_id, sections });

impl From<ProductList> for Frame<Action> {
    fn from(list: ProductList) -> Self {
        Self::new::<ProductList>(list.parts, list.action)
    }
}

impl TryFrom<Frame<Action>> for ProductList {
    type Error = &'static str;
    fn try_from(frame: Frame<Action>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        match parts.header {
            Some(Header::Text(_)) => Ok(Self { parts, action }),
            Some(_) => Err("type is not that of a text header"),
            None => Err("missing field `header`"),
        }
    }
}
