//! Orders and payments in templates.

use super::{Template, component::Component, value::Kind};
use crate::{
    check,
    error::{Path, Violation},
    wire,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an order-details button carries: the `parameters` of an order-details message, as Meta documents them.
pub(super) type OrderParameters = Value;

/// One way to pay, as Meta documents it.
pub(super) type PaymentSetting = Value;

/// Limits from Meta: [payments in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/upi-intent/dynamic-vpa)
/// and [in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl Template {
    /// Longest reference of an order, in characters. In India it is 35, in Brazil 60; a send does not say which it is.
    pub const MAX_REFERENCE: usize = 60;
    /// Longest description of an order's status, in characters.
    pub const MAX_STATUS_DESCRIPTION: usize = 120;

    /// The order that the button at `index`, counted from 0, opens to be paid (`order_details` on the wire; India and
    /// Brazil): the `action.parameters` of an order-details message, as JSON.
    #[must_use]
    pub fn order_details_button(self, index: u8, order: impl Into<OrderParameters>) -> Self {
        self.with(Component::order_details_button(index, order.into()))
    }

    /// The payment that the button at `index`, counted from 0, asks for (`payment_request` on the wire; Brazil): one
    /// payment setting as JSON, such as `{"type": "pix_dynamic_code", "pix_dynamic_code": {"code": "000201…"}}`.
    #[must_use]
    pub fn payment_request_button(self, index: u8, setting: impl Into<PaymentSetting>) -> Self {
        self.with(Component::payment_request_button(index, setting.into()))
    }

    /// The status that an order has now, for templates about orders: `processing`, `partially_shipped`, `shipped`,
    /// `completed` or `canceled`.
    ///
    /// The description, which may be left out, has at most [`Self::MAX_STATUS_DESCRIPTION`] characters.
    #[must_use]
    pub fn order_status<'a>(
        self,
        reference_id: impl Into<String>,
        status: impl Into<String>,
        description: impl Into<Option<&'a str>>,
    ) -> Self {
        let order = State { status: status.into(), description: description.into().map(str::to_owned) };
        let order_status = OrderStatus { reference_id: reference_id.into(), order };
        self.with(Component::of("order_status", Kind::OrderStatus { order_status }))
    }
}

/// The status of an order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderStatus {
    #[serde(deserialize_with = "wire::text")]
    reference_id: String,
    order: State,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    status: String,
    #[serde(default, deserialize_with = "wire::optional_text", skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl OrderStatus {
    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let here = at.field("reference_id");
        check::text(here, &self.reference_id, Template::MAX_REFERENCE, out);
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if !self.reference_id.bytes().all(plain) {
            out.push(Violation::new(here, "has other characters", "letters, digits, _, - and ."));
        }
        let order = at.field("order");
        check::filled(order.field("status"), &self.order.status, out);
        let description = self.order.description.as_deref();
        check::optional_text(order.field("description"), description, Template::MAX_STATUS_DESCRIPTION, out);
    }
}

/// Checks the object of an order or a payment as far as it is known here.
pub(super) fn check_object(at: Path<'_>, value: &Value, out: &mut Vec<Violation>) {
    if value.as_object().is_none_or(serde_json::Map::is_empty) {
        out.push(Violation::new(at, "is empty or no object", "an object as Meta documents it"));
    }
}
