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
pub(super) use order_status::OrderProgress;
pub use order_status::{OrderStatus, PaymentState};
pub(super) use product::CatalogProduct;
pub use product::Product;
pub use product_carousel::ProductCarousel;
pub use product_list::{ProductList, ProductSection};
pub use setting::{
    Boleto, OffsiteCardPay, PaymentGateway, PaymentLink, PaymentSetting, PixDynamicCode, PixKeyType,
    RawSetting, UpiIntentLink,
};

use crate::{
    error::{Path, Violation},
    message::interactive::Named,
};

/// Checks what a payment is matched by.
fn check_reference(at: Path<'_>, id: &str, max: usize, out: &mut Vec<Violation>) {
    crate::check::text(at, id, max, out);
    if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) {
        out.push(Violation::new(at, "has other characters", "letters, digits, _, . and -"));
    }
}
