//! Bills as messages.

use super::{Bill, Named};
use crate::{
    error::{Path, Violation},
    message::{
        Header, Kind, MediaSource,
        interactive::{Frame, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A bill that the customer can look at and pay (`interactive` of type `order_details` on the wire).
///
/// Tell what becomes of the order with an [`OrderStatus`](crate::message::OrderStatus); outside of the customer service
/// window, send the bill with a template.
///
/// ```
/// use whatsapp_business::message::{Amount, Bill, Boleto, Content, GoodsType, Order, OrderDetails, OrderItem};
/// let order = Order::new([OrderItem::new("Bolo de fubá", Amount::minor(2_500), 2).retailer_id("bolo-1")]);
/// let boleto = Boleto::new("03399026944140000002628346101018898510000008848");
/// let bill = Bill::brazil("pedido-7", GoodsType::Physical, order).setting(boleto);
/// assert!(Content::from(OrderDetails::new("Your order", bill)).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "order_details", "body": {"text": "Your order"},
///   "action": {"name": "review_and_pay", "parameters": {
///     "reference_id": "pedido-7", "type": "physical-goods", "payment_type": "br",
///     "payment_settings": [{"type": "boleto", "boleto":
///       {"digitable_line": "03399026944140000002628346101018898510000008848"}}],
///     "currency": "BRL", "total_amount": {"value": 5000, "offset": 100},
///     "order": {"status": "pending",
///       "items": [{"retailer_id": "bolo-1", "name": "Bolo de fubá",
///                  "amount": {"value": 2500, "offset": 100}, "quantity": 2}],
///       "subtotal": {"value": 5000, "offset": 100}, "tax": {"value": 0, "offset": 100}}}}}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<Bill>>", try_from = "Frame<Named<Bill>>")]
pub struct OrderDetails {
    parts: Parts,
    bill: Box<Bill>,
}

quiet_debug!(OrderDetails { parts, bill });

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg)
/// and [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl OrderDetails {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;

    /// The bill, with what is said of it: at most [`Self::MAX_BODY`] characters.
    #[must_use]
    pub fn new(body: impl Into<String>, bill: Bill) -> Self {
        Self { parts: Parts::new(body), bill: Box::new(bill) }
    }

    /// The image above the body; a bill without an order has none. Without it, that is the first picture of a product.
    #[must_use]
    pub fn image(mut self, source: impl Into<MediaSource>) -> Self {
        self.parts.header = Some(Header::Image(source.into()));
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// What is said of the bill.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// The bill.
    #[must_use]
    pub fn bill(&self) -> &Bill {
        &self.bill
    }
}

impl Kind for OrderDetails {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("order_details");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        if self.parts.header.is_some() && self.bill.order().is_none() {
            let problem = "stands above a bill without an order";
            out.push(Violation::new(at.field("header"), problem, "no header without an order"));
        }
        let action = at.field("action");
        let parameters = action.field("parameters");
        self.bill.check(parameters, out);
        if self.bill.has_shipping_info() {
            let limit = "templates only";
            out.push(Violation::new(parameters.field("shipping_info"), "is not for this kind", limit));
        }
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.parts.media()
    }
}

/// The name of the action.
const ACTION: &str = "review_and_pay";

impl From<OrderDetails> for Frame<Named<Bill>> {
    fn from(details: OrderDetails) -> Self {
        Self::new::<OrderDetails>(details.parts, Named::new(ACTION, *details.bill))
    }
}

impl TryFrom<Frame<Named<Bill>>> for OrderDetails {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<Bill>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        if !matches!(parts.header, None | Some(Header::Image(_))) {
            return Err("type is not that of an image header");
        }
        Ok(Self { parts, bill: Box::new(action.parameters(ACTION)?) })
    }
}
