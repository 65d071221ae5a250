//! Orders and payments in templates.

use super::{Template, component::Component, value::ParameterKind};
use crate::message::{Bill, OrderState, PaymentSetting, commerce::OrderProgress};

/// Orders and payments, documented by Meta: [in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/upi-intent/dynamic-vpa),
/// [in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders),
/// [checkout buttons](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/checkout-button-templates),
/// [payment request buttons](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/payment-request-cta).
impl Template {
    /// The bill that the button at `index`, counted from 0, opens to be paid (`order_details` on the wire; India and
    /// Brazil). Behind a button "Buy now" it has [shipping info](Bill::shipping_info), if its goods are physical.
    ///
    /// ```
    /// use whatsapp_business::message::{Amount, Bill, Boleto, Content, GoodsType, Template};
    /// let bill = Bill::brazil_total_only("pedido-7", GoodsType::Digital, Amount::minor(5_000))
    ///     .setting(Boleto::new("03399026944140000002628346101018898510000008848"));
    /// let template = Template::new("your_order", "pt_BR").order_details_button(0, bill);
    /// assert!(Content::from(template).validate().is_ok());
    /// ```
    ///
    /// ```json
    /// {"type": "button", "sub_type": "order_details", "index": 0, "parameters": [{"type": "action", "action":
    ///   {"order_details": {"reference_id": "pedido-7", "type": "digital-goods", "payment_type": "br",
    ///     "payment_settings": [{"type": "boleto", "boleto":
    ///       {"digitable_line": "03399026944140000002628346101018898510000008848"}}],
    ///     "currency": "BRL", "total_amount": {"value": 5000, "offset": 100}}}}]}
    /// ```
    #[must_use]
    pub fn order_details_button(self, index: u8, bill: Bill) -> Self {
        self.with(Component::order_details_button(index, bill))
    }

    /// The payment that the button at `index`, counted from 0, asks for (`payment_request` on the wire; Brazil): a
    /// [`PixDynamicCode`](crate::message::PixDynamicCode), which here needs no merchant, a
    /// [`Boleto`](crate::message::Boleto) or a [`PaymentLink`](crate::message::PaymentLink).
    ///
    /// ```
    /// use whatsapp_business::message::{Content, PixDynamicCode, Template};
    /// let pix = PixDynamicCode::new("00020101021226700014br.gov.bcb.pix");
    /// let template = Template::new("pay_now", "pt_BR").payment_request_button(0, pix);
    /// assert!(Content::from(template).validate().is_ok());
    /// ```
    ///
    /// ```json
    /// {"type": "button", "sub_type": "payment_request", "index": 0, "parameters": [{"type": "action", "action":
    ///   {"payment_request": {"payment_setting": {"type": "pix_dynamic_code",
    ///     "pix_dynamic_code": {"code": "00020101021226700014br.gov.bcb.pix"}}}}}]}
    /// ```
    #[must_use]
    pub fn payment_request_button(self, index: u8, setting: impl Into<PaymentSetting>) -> Self {
        self.with(Component::payment_request_button(index, setting.into()))
    }

    /// The state that the order of the bill with this reference id is now in, and what is said of it, which may be left
    /// out. The limits are those of an [`OrderStatus`](crate::message::OrderStatus).
    ///
    /// ```
    /// use whatsapp_business::message::{Content, OrderState, Template};
    /// let shipped = Template::new("on_its_way", "en").order_status("order-7", OrderState::Shipped, "Arrives on Friday");
    /// assert!(Content::from(shipped).validate().is_ok());
    /// ```
    ///
    /// ```json
    /// {"type": "order_status", "parameters": [{"type": "order_status", "order_status": {"reference_id": "order-7",
    ///   "order": {"status": "shipped", "description": "Arrives on Friday"}}}]}
    /// ```
    #[must_use]
    pub fn order_status<'a>(
        self,
        reference_id: impl Into<String>,
        state: OrderState,
        description: impl Into<Option<&'a str>>,
    ) -> Self {
        let order_status = OrderProgress::of_order(reference_id, state);
        let order_status = match description.into() {
            Some(text) => order_status.description(text),
            None => order_status,
        };
        self.with(Component::of("order_status", ParameterKind::OrderStatus { order_status }))
    }
}
