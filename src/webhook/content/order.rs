//! Orders out of a catalog.

use crate::{id::CatalogId, webhook::lenient, wire::quiet_debug};
use serde::Deserialize;

/// What a customer put into the cart and sent.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// The catalog that the products are in.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub catalog_id: Option<CatalogId>,
    /// What they wrote with it.
    #[serde(default, deserialize_with = "lenient::any_text")]
    pub text: Option<String>,
    /// What they want (`product_items` on the wire). All of it: an order with an item that cannot be read is kept as
    /// [`Inbound::Unknown`](crate::webhook::Inbound::Unknown), lest the rest be taken for the whole.
    #[serde(rename = "product_items")]
    pub items: Vec<OrderItem>,
}
quiet_debug!(Order { catalog_id });

/// A product of an order.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct OrderItem {
    /// Our id of the product in the catalog (`product_retailer_id` on the wire).
    #[serde(rename = "product_retailer_id", default, deserialize_with = "lenient::any_text")]
    pub product_id: Option<String>,
    /// How many.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    pub quantity: Option<i64>,
    /// The price of one, in units of the currency (`item_price` on the wire). Compare it with the catalog's: it came from
    /// the customer's device.
    #[serde(rename = "item_price", default, deserialize_with = "lenient::optional_decimal")]
    pub price: Option<f64>,
    /// The currency's code, such as `USD`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub currency: Option<String>,
}
quiet_debug!(OrderItem { quantity, currency });
