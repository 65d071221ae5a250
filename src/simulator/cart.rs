//! What a customer orders.

use crate::{id::CatalogId, wire::quiet_debug};
use serde_json::{Map, Value, json};

/// A cart of products, for [`User::orders`](super::User::orders).
///
/// ```
/// use whatsapp_business::simulator::Cart;
/// let cart = Cart::new("194836987003835", "USD").item("roof-tile", 40, 3.5).note("By Friday, please");
/// ```
#[derive(Clone, PartialEq)]
pub struct Cart {
    catalog: CatalogId,
    currency: String,
    items: Vec<Value>,
    note: Option<String>,
}

quiet_debug!(Cart { catalog });

impl Cart {
    /// An empty cart for products of this catalog, at prices in this currency.
    pub fn new(catalog: impl Into<CatalogId>, currency: impl Into<String>) -> Self {
        Self { catalog: catalog.into(), currency: currency.into(), items: Vec::new(), note: None }
    }

    /// Puts in `quantity` pieces of a product, at the price of one.
    #[must_use]
    pub fn item(mut self, product: impl Into<String>, quantity: u32, price: f64) -> Self {
        self.items.push(json!({
            "product_retailer_id": product.into(),
            "quantity": quantity,
            "item_price": price,
            "currency": self.currency,
        }));
        self
    }

    /// What the customer writes about it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The object `order` of the webhook.
    pub(super) fn into_json(self) -> Value {
        let mut order = Map::from_iter([
            ("catalog_id".to_owned(), self.catalog.as_str().into()),
            ("product_items".to_owned(), self.items.into()),
        ]);
        order.extend(self.note.map(|note| ("text".to_owned(), note.into())));
        order.into()
    }
}
