//! Messages that sell: products of a catalog, bills, and what became of an order.

mod bill;
mod catalog;
mod order_details;
mod order_status;
mod product;
mod product_carousel;
mod product_list;
mod setting;

use bill::Market;
pub use bill::{
    Amount, Beneficiary, Bill, Charge, Discount, Expiration, GoodsType, ImporterAddress, Order, OrderItem,
    OrderState, ShippingAddress, ShippingInfo,
};
pub use catalog::Catalog;
pub use order_details::OrderDetails;
pub use order_status::{OrderStatus, PaymentState};
pub use product::Product;
pub use product_carousel::ProductCarousel;
pub use product_list::{ProductList, ProductSection};
pub use setting::{
    Boleto, OffsiteCardPay, PaymentGateway, PaymentLink, PaymentSetting, PixDynamicCode, PixKeyType,
    RawSetting, UpiIntentLink,
};

use crate::error::{Path, Violation};
use serde::{Deserialize, Serialize};

/// An action that says its name, and may have parameters.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named<P> {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<P>,
}

impl<P> Named<P> {
    fn new(name: &str, parameters: impl Into<Option<P>>) -> Self {
        Self { name: name.to_owned(), parameters: parameters.into() }
    }

    /// The parameters, if the action has this name.
    fn open(self, name: &str) -> Result<Option<P>, &'static str> {
        if self.name == name { Ok(self.parameters) } else { Err("action has the name of another kind") }
    }

    /// The parameters, of an action that cannot do without them.
    fn parameters(self, name: &str) -> Result<P, &'static str> {
        self.open(name)?.ok_or("missing field parameters")
    }
}

/// Checks what a payment is matched by.
fn check_reference(at: Path<'_>, id: &str, max: usize, out: &mut Vec<Violation>) {
    crate::check::text(at, id, max, out);
    if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) {
        out.push(Violation::new(at, "has other characters", "letters, digits, _, . and -"));
    }
}
