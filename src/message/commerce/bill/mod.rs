//! Bills: what is to be paid, for what, and how. Messages carry them, and so do the buttons of templates.

mod address;
mod amount;
mod item;
mod order;

pub use address::{Beneficiary, ShippingAddress, ShippingInfo};
pub use amount::{Amount, Charge, Discount};
pub use item::{ImporterAddress, OrderItem};
pub use order::{Expiration, Order, OrderState};

use super::{PaymentSetting, check_reference};
use crate::{
    check,
    error::{Path, Violation},
    open::open_enum,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What kind of goods a bill is for.
    pub enum GoodsType {
        /// Goods that are not shipped.
        Digital = "digital-goods",
        /// Goods that are.
        Physical = "physical-goods",
    }
}

/// A bill: what is to be paid, for what, and how (`parameters` of an `order_details` message, or `order_details` of a
/// template's button, on the wire).
///
/// Payments exist in India and in Brazil, between a business and a customer of the same country. WhatsApp moves no money
/// by itself: match what was paid by the reference id, which must be another one for every bill.
///
/// ```
/// use whatsapp_business::message::{Amount, Bill, GoodsType, Order, OrderItem, PixDynamicCode, PixKeyType, UpiIntentLink};
/// let order = Order::new([OrderItem::new("Assam tea, 250 g", Amount::minor(1_000), 2)]).tax(Amount::minor(360));
/// let india = Bill::india(
///     "order-7",
///     GoodsType::Digital,
///     order,
///     UpiIntentLink::new("upi://pay?pa=tea@bank&pn=Tea%20House&mc=5499&purpose=00&tr=order-7"),
/// );
/// assert_eq!(india.total().value(), 2_360);
///
/// let pix = PixDynamicCode::new("00020101021226700014br.gov.bcb.pix")
///     .merchant("Casa do Chá", "39580525000189", PixKeyType::Cnpj);
/// let brazil = Bill::brazil_total_only("order-8", GoodsType::Digital, Amount::minor(5_000)).setting(pix);
/// ```
///
/// ```json
/// {"reference_id": "order-7", "type": "digital-goods",
///  "payment_settings": [{"type": "upi_intent_link", "upi_intent_link":
///    {"link": "upi://pay?pa=tea@bank&pn=Tea%20House&mc=5499&purpose=00&tr=order-7"}}],
///  "currency": "INR", "total_amount": {"value": 2360, "offset": 100},
///  "order": {"status": "pending",
///    "items": [{"name": "Assam tea, 250 g", "amount": {"value": 1000, "offset": 100}, "quantity": 2}],
///    "subtotal": {"value": 2000, "offset": 100}, "tax": {"value": 360, "offset": 100}}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bill {
    #[serde(deserialize_with = "crate::wire::text")]
    reference_id: String,
    #[serde(rename = "type")]
    goods: GoodsType,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    payment_type: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    payment_configuration: Option<String>,
    #[serde(default, deserialize_with = "crate::wire::list", skip_serializing_if = "Vec::is_empty")]
    payment_settings: Vec<PaymentSetting>,
    currency: String,
    total_amount: Amount,
    #[serde(default, deserialize_with = "crate::wire::list", skip_serializing_if = "Vec::is_empty")]
    beneficiaries: Vec<Beneficiary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shipping_info: Option<ShippingInfo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
}

quiet_debug!(Bill { reference_id, goods, currency, payment_settings, order });

/// The country whose rules a bill is under.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Market {
    India,
    Brazil,
    /// One that Meta's pages do not describe: the looser limit holds.
    Other,
}

/// What a bill asks of its parts.
#[derive(Clone, Copy)]
struct Terms {
    market: Market,
    /// Whether it is for a template with a "Buy now" button, told by its shipping addresses.
    checkout: bool,
}

/// `payment_type` and `currency` of India.
const UPI: &str = "upi";
const INR: &str = "INR";
/// `payment_type` and `currency` of Brazil.
const BR: &str = "br";
const BRL: &str = "BRL";

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg)
/// and [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl Bill {
    /// Longest reference id in India, in characters.
    pub const MAX_REFERENCE_INDIA: usize = 35;
    /// Longest reference id in Brazil, in characters.
    pub const MAX_REFERENCE_BRAZIL: usize = 60;
    /// Longest name of a payment configuration, in characters.
    pub const MAX_CONFIGURATION: usize = 60;

    /// A bill in rupees. The reference id has letters, digits, `_`, `.` and `-`, at most [`Self::MAX_REFERENCE_INDIA`],
    /// and must not have been used before.
    ///
    /// It is paid by a [`UpiIntentLink`](super::UpiIntentLink) (which Meta recommends), a
    /// [`PaymentGateway`](super::PaymentGateway) or a [`PaymentLink`](super::PaymentLink).
    #[must_use]
    pub fn india(
        reference_id: impl Into<String>,
        goods: GoodsType,
        order: Order,
        setting: impl Into<PaymentSetting>,
    ) -> Self {
        let mut bill = Self::new(reference_id, goods, INR, order.total());
        bill.order = Some(order);
        bill.setting(setting)
    }

    /// A bill in rupees that is paid through the payment configuration of this name, whose UPI intent has the reference
    /// id as its `tr`. Meta no longer recommends this way.
    #[must_use]
    pub fn india_upi(
        reference_id: impl Into<String>,
        goods: GoodsType,
        order: Order,
        configuration: impl Into<String>,
    ) -> Self {
        let mut bill = Self::new(reference_id, goods, INR, order.total());
        bill.payment_type = Some(UPI.to_owned());
        bill.payment_configuration = Some(configuration.into());
        bill.order = Some(order);
        bill
    }

    /// A bill in reais; say with [`setting`](Self::setting) how it can be paid. The reference id has letters, digits,
    /// `_`, `.` and `-`, at most [`Self::MAX_REFERENCE_BRAZIL`], and must not have been used before.
    #[must_use]
    pub fn brazil(reference_id: impl Into<String>, goods: GoodsType, order: Order) -> Self {
        let mut bill = Self::brazil_total_only(reference_id, goods, order.total());
        bill.order = Some(order);
        bill
    }

    /// A bill in reais that tells nothing of the order but its total. A message with it has no image.
    #[must_use]
    pub fn brazil_total_only(reference_id: impl Into<String>, goods: GoodsType, total: Amount) -> Self {
        let mut bill = Self::new(reference_id, goods, BRL, total);
        bill.payment_type = Some(BR.to_owned());
        bill
    }

    fn new(reference_id: impl Into<String>, goods: GoodsType, currency: &str, total_amount: Amount) -> Self {
        Self {
            reference_id: reference_id.into(),
            goods,
            payment_type: None,
            payment_configuration: None,
            payment_settings: Vec::new(),
            currency: currency.to_owned(),
            total_amount,
            beneficiaries: Vec::new(),
            shipping_info: None,
            order: None,
        }
    }

    /// Adds a way to pay. In Brazil these are a [`PixDynamicCode`](super::PixDynamicCode), a
    /// [`PaymentLink`](super::PaymentLink), a [`Boleto`](super::Boleto) and an
    /// [`OffsiteCardPay`](super::OffsiteCardPay), and there may be several.
    #[must_use]
    pub fn setting(mut self, setting: impl Into<PaymentSetting>) -> Self {
        let setting = setting.into();
        if self.currency == INR && matches!(setting, PaymentSetting::PaymentLink(_)) {
            // Of India's three ways to pay, only the page on links has a payment type, and requires it.
            self.payment_type.get_or_insert_with(|| UPI.to_owned());
        }
        self.payment_settings.push(setting);
        self
    }

    /// Adds someone who gets the goods. India requires it for goods that are shipped; since not all physical goods are,
    /// a bill without it is not refused. In Brazil there are none.
    #[must_use]
    pub fn beneficiary(mut self, beneficiary: Beneficiary) -> Self {
        self.beneficiaries.push(beneficiary);
        self
    }

    /// The addresses that goods may go to: for the button "Buy now" of a template, whose goods are physical and paid
    /// through a [`PaymentGateway`](super::PaymentGateway).
    #[must_use]
    pub fn shipping_info(mut self, info: ShippingInfo) -> Self {
        self.shipping_info = Some(info);
        self
    }

    /// What the payment is matched by.
    #[must_use]
    pub fn reference_id(&self) -> &str {
        &self.reference_id
    }

    /// The ISO 4217 code of the currency.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// What is to be paid.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.total_amount
    }

    /// What it is paid for, if the bill tells.
    #[must_use]
    pub fn order(&self) -> Option<&Order> {
        self.order.as_ref()
    }

    pub(in crate::message) fn has_shipping_info(&self) -> bool {
        self.shipping_info.is_some()
    }

    fn market(&self) -> Market {
        match (self.payment_type.as_deref(), &*self.currency) {
            (Some(BR), _) | (_, BRL) => Market::Brazil,
            (Some(UPI), _) | (_, INR) => Market::India,
            _ => Market::Other,
        }
    }

    pub(in crate::message) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let terms = Terms { market: self.market(), checkout: self.has_shipping_info() };
        let max = match terms.market {
            Market::India => Self::MAX_REFERENCE_INDIA,
            Market::Brazil | Market::Other => Self::MAX_REFERENCE_BRAZIL,
        };
        check_reference(at.field("reference_id"), &self.reference_id, max, out);
        match terms.market {
            Market::India => self.check_india(at, out),
            Market::Brazil => {
                let payment_type = self.payment_type.as_deref().unwrap_or_default();
                check::exactly(at.field("payment_type"), payment_type, BR, out);
                check::exactly(at.field("currency"), &self.currency, BRL, out);
                for (name, is_there) in [
                    ("payment_configuration", self.payment_configuration.is_some()),
                    ("beneficiaries", !self.beneficiaries.is_empty()),
                    ("shipping_info", self.has_shipping_info()),
                ] {
                    if is_there {
                        out.push(Violation::new(at.field(name), "is not for this country", "in India only"));
                    }
                }
            }
            Market::Other => check::filled(at.field("currency"), &self.currency, out),
        }
        let configuration = self.payment_configuration.as_deref();
        let named = at.field("payment_configuration");
        check::optional_text(named, configuration, Self::MAX_CONFIGURATION, out);
        let settings = at.field("payment_settings");
        for (index, setting) in self.payment_settings.iter().enumerate() {
            setting.check_in_bill(settings.index(index), terms.market, out);
        }
        let beneficiaries = at.field("beneficiaries");
        for (index, beneficiary) in self.beneficiaries.iter().enumerate() {
            beneficiary.check(beneficiaries.index(index), out);
        }
        if let Some(info) = &self.shipping_info {
            self.check_checkout(at, info, out);
        }
        self.total_amount.check(at.field("total_amount"), out);
        if let Some(order) = &self.order {
            order.check(at.field("order"), terms, out);
            if self.total_amount.wide() != order.sum() {
                let limit = "subtotal + tax + shipping - discount";
                let total = at.field("total_amount");
                out.push(Violation::new(total.field("value"), "is not the sum of the order", limit));
            }
        }
    }

    fn check_india(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let by_link = self.payment_settings.iter().any(|way| matches!(way, PaymentSetting::PaymentLink(_)));
        match self.payment_type.as_deref() {
            None if !by_link && self.payment_configuration.is_none() => {}
            given => check::exactly(at.field("payment_type"), given.unwrap_or_default(), UPI, out),
        }
        check::exactly(at.field("currency"), &self.currency, INR, out);
        if self.payment_settings.is_empty() && self.payment_configuration.is_none() {
            out.push(Violation::new(at.field("payment_settings"), "is missing", "a way to pay"));
        }
        if self.order.is_none() {
            out.push(Violation::new(at.field("order"), "is missing", "required in India"));
        }
    }

    /// What holds for the button "Buy now" of a template ([Meta: checkout button templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/checkout-button-templates)).
    fn check_checkout(&self, at: Path<'_>, info: &ShippingInfo, out: &mut Vec<Violation>) {
        info.check(at.field("shipping_info"), out);
        if self.goods == GoodsType::Digital {
            let problem = "stands beside digital goods";
            out.push(Violation::new(at.field("shipping_info"), problem, "physical goods only"));
        }
        let items = self.order.as_ref().map_or(0, |order| order.items().len());
        if items > Order::MAX_CHECKOUT_ITEMS {
            let (problem, limit) = (format!("has {items} items"), "1 item for each button");
            out.push(Violation::new(at.field("order").field("items"), problem, limit));
        }
        let settings = at.field("payment_settings");
        for (index, setting) in self.payment_settings.iter().enumerate() {
            check::exactly(settings.index(index).field("type"), setting.kind(), "payment_gateway", out);
        }
    }
}
