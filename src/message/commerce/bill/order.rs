//! What is being paid for.

use super::{Amount, Charge, Discount, Market, OrderItem, Terms};
use crate::{
    check,
    error::{Path, Violation},
    id::CatalogId,
    open::open_enum,
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

open_enum! {
    /// How far an order has come.
    pub enum OrderState {
        /// Not processed, or not paid yet. A new order is.
        Pending = "pending",
        /// The seller is at work on it.
        Processing = "processing",
        /// Some of it was shipped. Meta's table spells it with a dash, its examples with an underscore; written is that
        /// of the examples, read are both.
        PartiallyShipped = "partially_shipped" | "partially-shipped",
        /// All of it was shipped.
        Shipped = "shipped",
        /// Done. Nothing can follow.
        Completed = "completed",
        /// Called off, which Meta refuses once there is a payment. Nothing can follow.
        Canceled = "canceled",
    }
}

/// What is being paid for: things, and what is added to or taken from their price.
///
/// The sums are made from the parts, so they always agree.
///
/// ```
/// use whatsapp_business::message::{Amount, Charge, Order, OrderItem};
/// let order = Order::new([OrderItem::new("Assam tea, 250 g", Amount::minor(1_000), 2)])
///     .tax(Charge::new(Amount::minor(360)).description("GST 18 %"))
///     .discount(Amount::minor(60));
/// assert_eq!(order.total().value(), 2_300);
/// ```
///
/// ```json
/// {"status": "pending",
///  "items": [{"name": "Assam tea, 250 g", "amount": {"value": 1000, "offset": 100}, "quantity": 2}],
///  "subtotal": {"value": 2000, "offset": 100},
///  "tax": {"value": 360, "offset": 100, "description": "GST 18 %"},
///  "discount": {"value": 60, "offset": 100}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    status: OrderState,
    #[serde(
        default,
        rename = "type",
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    kind: Option<String>,
    #[serde(default, deserialize_with = "crate::wire::optional", skip_serializing_if = "Option::is_none")]
    catalog_id: Option<CatalogId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiration: Option<Expiration>,
    items: Vec<OrderItem>,
    subtotal: Amount,
    tax: Charge,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shipping: Option<Charge>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discount: Option<Discount>,
}

quiet_debug!(Order { status, items });

/// What hides the button "Review and pay".
const QUICK_PAY: &str = "quick_pay";

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg)
/// and [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl Order {
    /// Most items, if any of them has an image. There is no documented limit for items without.
    pub const MAX_ITEMS_WITH_IMAGES: usize = 10;
    /// Most items behind one button "Buy now" of a template ([Meta: checkout button templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/checkout-button-templates)).
    pub const MAX_CHECKOUT_ITEMS: usize = 1;

    /// An order of one or more items, without tax so far.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = OrderItem>) -> Self {
        let items: Vec<_> = items.into_iter().collect();
        Self {
            status: OrderState::Pending,
            kind: None,
            catalog_id: None,
            expiration: None,
            subtotal: Amount::nearest(cost(&items)),
            items,
            tax: Amount::minor(0).into(),
            shipping: None,
            discount: None,
        }
    }

    /// The tax on it: an [`Amount`], or a [`Charge`] with a description.
    #[must_use]
    pub fn tax(mut self, tax: impl Into<Charge>) -> Self {
        self.tax = tax.into();
        self
    }

    /// What shipping costs: an [`Amount`], or a [`Charge`] with a description.
    #[must_use]
    pub fn shipping(mut self, shipping: impl Into<Charge>) -> Self {
        self.shipping = Some(shipping.into());
        self
    }

    /// What is taken off: an [`Amount`], or a [`Discount`] with a description.
    #[must_use]
    pub fn discount(mut self, discount: impl Into<Discount>) -> Self {
        self.discount = Some(discount.into());
        self
    }

    /// The catalog that the items are from.
    #[must_use]
    pub fn catalog(mut self, id: impl Into<CatalogId>) -> Self {
        self.catalog_id = Some(id.into());
        self
    }

    /// When it can no longer be paid: a [`Timestamp`], or an [`Expiration`] with a description, which Brazil asks for.
    #[must_use]
    pub fn expires(mut self, at: impl Into<Expiration>) -> Self {
        self.expiration = Some(at.into());
        self
    }

    /// Whether only "Pay now" is offered, without "Review and pay" before it (India only).
    #[must_use]
    pub fn quick_pay(mut self, on: bool) -> Self {
        self.kind = on.then(|| QUICK_PAY.to_owned());
        self
    }

    /// What is bought, in order.
    #[must_use]
    pub fn items(&self) -> &[OrderItem] {
        &self.items
    }

    /// What is to be paid: items, tax and shipping, less the discount.
    #[must_use]
    pub fn total(&self) -> Amount {
        Amount::nearest(self.sum())
    }

    pub(super) fn sum(&self) -> i128 {
        let shipping = self.shipping.as_ref().map_or(0, |shipping| shipping.amount().wide());
        let discount = self.discount.as_ref().map_or(0, |discount| discount.amount().wide());
        self.subtotal.wide() + self.tax.amount().wide() + shipping - discount
    }

    pub(super) fn check(&self, at: Path<'_>, terms: Terms, out: &mut Vec<Violation>) {
        check::exactly(at.field("status"), self.status.as_str(), OrderState::Pending.as_str(), out);
        if let Some(kind) = &self.kind {
            check::exactly(at.field("type"), kind, QUICK_PAY, out);
            if terms.market == Market::Brazil {
                out.push(Violation::new(at.field("type"), "is not for this country", "in India only"));
            }
        }
        if let Some(id) = &self.catalog_id {
            check::id(at.field("catalog_id"), id.as_str(), out);
        }
        if let Some(expiration) = &self.expiration {
            expiration.check(at.field("expiration"), terms.market, out);
        }
        let (items, most) = (at.field("items"), Self::MAX_ITEMS_WITH_IMAGES);
        if self.items.is_empty() {
            out.push(Violation::new(items, "has no items", "1 item or more"));
        } else if self.items.len() > most && self.items.iter().any(OrderItem::has_image) {
            let problem = format!("has {} items, and one has an image", self.items.len());
            out.push(Violation::new(items, problem, format!("at most {most} items with images")));
        }
        for (index, item) in self.items.iter().enumerate() {
            item.check(items.index(index), terms, self.catalog_id.is_some(), out);
        }
        let subtotal = at.field("subtotal");
        self.subtotal.check(subtotal, out);
        if self.subtotal.wide() != cost(&self.items) {
            out.push(Violation::new(
                subtotal.field("value"),
                "is not what the items cost",
                "the sum of (sale_amount or amount) times quantity",
            ));
        }
        self.tax.check(at.field("tax"), out);
        if let Some(shipping) = &self.shipping {
            shipping.check(at.field("shipping"), out);
        }
        if let Some(discount) = &self.discount {
            discount.check(at.field("discount"), out);
        }
    }
}

/// What all items cost, in the smallest unit.
fn cost(items: &[OrderItem]) -> i128 {
    items.iter().fold(0, |sum: i128, item| sum.saturating_add(item.cost()))
}

/// When an order can no longer be paid, and what is said of it.
///
/// ```json
/// {"timestamp": "1893456000", "description": "The price holds until New Year"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expiration {
    timestamp: Timestamp,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    description: Option<String>,
}

quiet_debug!(Expiration { timestamp });

/// Limits from [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl Expiration {
    /// Longest description, in characters.
    pub const MAX_DESCRIPTION: usize = 120;

    /// The order can be paid until `at`, which must be at least 300 seconds ahead when Meta gets the message. That is
    /// not checked here.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        // Whole seconds are all that is written.
        Self { timestamp: Timestamp::from_seconds(at.as_seconds()), description: None }
    }

    /// What is said of it; at most [`Self::MAX_DESCRIPTION`] characters. Required in Brazil.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    fn check(&self, at: Path<'_>, market: Market, out: &mut Vec<Violation>) {
        let (at, max) = (at.field("description"), Self::MAX_DESCRIPTION);
        match &self.description {
            None if market != Market::Brazil => {}
            description => check::text(at, description.as_deref().unwrap_or_default(), max, out),
        }
    }
}

impl From<Timestamp> for Expiration {
    fn from(at: Timestamp) -> Self {
        Self::new(at)
    }
}
