//! What became of an order.

use super::{Named, OrderState, bill, check_reference};
use crate::{
    check,
    error::{Path, Violation},
    message::{
        Header, Kind, MediaSource,
        interactive::{Frame, Parts},
    },
    open::open_enum,
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What became of the payment of an order (Brazil).
    pub enum PaymentState {
        /// It is not there yet.
        Pending = "pending",
        /// It is there; the bill is shown as paid.
        Captured = "captured",
        /// It failed.
        Failed = "failed",
    }
}

/// What became of an order, which also changes the page of its bill (`interactive` of type `order_status` on the wire).
///
/// Whether the order can go from its state to this one is for Meta to say, after it took the message (errors 2046 and
/// 2047).
///
/// ```
/// use whatsapp_business::message::{Content, OrderState, OrderStatus};
/// let shipped = OrderStatus::new("On its way", "order-7", OrderState::Shipped).description("Arrives on Friday");
/// assert!(Content::from(shipped).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "order_status", "body": {"text": "On its way"},
///   "action": {"name": "review_order", "parameters": {"reference_id": "order-7",
///     "order": {"status": "shipped", "description": "Arrives on Friday"}}}}}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<OrderProgress>>", try_from = "Frame<Named<OrderProgress>>")]
pub struct OrderStatus {
    parts: Parts,
    progress: OrderProgress,
}

quiet_debug!(OrderStatus { progress });

/// Limits from [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl OrderStatus {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;
    /// Longest reference id, in characters. In India it is shorter, but the message does not tell its country.
    pub const MAX_REFERENCE: usize = bill::Bill::MAX_REFERENCE_BRAZIL;
    /// Longest description, in characters.
    pub const MAX_DESCRIPTION: usize = OrderProgress::MAX_DESCRIPTION;

    /// The order of the bill with this reference id is now in this state.
    #[must_use]
    pub fn new(body: impl Into<String>, reference_id: impl Into<String>, state: OrderState) -> Self {
        Self { parts: Parts::new(body), progress: OrderProgress::of_order(reference_id, state) }
    }

    /// The payment of the bill with this reference id is now in this state, since this time if it is known (Brazil). Of
    /// the order nothing is said, as for a bill that has none.
    #[must_use]
    pub fn payment_only(
        body: impl Into<String>,
        reference_id: impl Into<String>,
        state: PaymentState,
        at: impl Into<Option<Timestamp>>,
    ) -> Self {
        let progress = OrderProgress { reference_id: reference_id.into(), order: None, payment: None };
        Self { parts: Parts::new(body), progress }.payment(state, at)
    }

    /// What is said of the state on the page of the bill, such as why an order was called off; at most
    /// [`Self::MAX_DESCRIPTION`] characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.progress = self.progress.description(text);
        self
    }

    /// What became of the payment, and when, if it is known (Brazil).
    #[must_use]
    pub fn payment(mut self, state: PaymentState, at: impl Into<Option<Timestamp>>) -> Self {
        let timestamp = at.into().map(Timestamp::as_seconds);
        self.progress.payment = Some(Payment { status: state, timestamp });
        self
    }

    /// What stands above the body. Only Meta's page on Brazil knows of it, and does not say what it may be.
    #[must_use]
    pub fn header(mut self, header: impl Into<Header>) -> Self {
        self.parts.header = Some(header.into());
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// What is said of it.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// The reference id of the bill.
    #[must_use]
    pub fn reference_id(&self) -> &str {
        &self.progress.reference_id
    }

    /// The state of the order, if it is told.
    #[must_use]
    pub fn state(&self) -> Option<&OrderState> {
        self.progress.order.as_ref()?.status.as_ref()
    }
}

impl Kind for OrderStatus {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("order_status");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        self.progress.check(action.field("parameters"), out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.parts.media()
    }
}

/// What is told of an order: the parameters of the action, and those of the component of a template.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::message) struct OrderProgress {
    #[serde(deserialize_with = "crate::wire::text")]
    reference_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<OrderPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<Payment>,
}

quiet_debug!(OrderProgress { reference_id, order, payment });

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderPart {
    /// Only missing where a description was given to what tells of a payment alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<OrderState>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    description: Option<String>,
}

quiet_debug!(OrderPart { status });

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payment {
    status: PaymentState,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_integer",
        skip_serializing_if = "Option::is_none"
    )]
    timestamp: Option<i64>,
}

impl OrderProgress {
    const MAX_DESCRIPTION: usize = 120;

    pub(in crate::message) fn of_order(reference_id: impl Into<String>, state: OrderState) -> Self {
        let order = Some(OrderPart { status: Some(state), description: None });
        Self { reference_id: reference_id.into(), order, payment: None }
    }

    pub(in crate::message) fn description(mut self, text: impl Into<String>) -> Self {
        let order = self.order.get_or_insert(OrderPart { status: None, description: None });
        order.description = Some(text.into());
        self
    }

    pub(in crate::message) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check_reference(at.field("reference_id"), &self.reference_id, OrderStatus::MAX_REFERENCE, out);
        let order = at.field("order");
        match &self.order {
            Some(part) => {
                let (state, description) = (part.status.as_ref(), part.description.as_deref());
                let state = state.map(OrderState::as_str).unwrap_or_default();
                check::filled(order.field("status"), state, out);
                check::optional_text(order.field("description"), description, Self::MAX_DESCRIPTION, out);
            }
            None if self.payment.is_none() => {
                out.push(Violation::new(order, "is missing", "a state of the order or of its payment"));
            }
            None => {}
        }
        if let Some(payment) = &self.payment {
            let at = at.field("payment");
            check::filled(at.field("status"), payment.status.as_str(), out);
            if payment.timestamp.is_some_and(|seconds| seconds < 0) {
                out.push(Violation::new(at.field("timestamp"), "is before 1970", "seconds since 1970"));
            }
        }
    }
}

impl From<OrderStatus> for Frame<Named<OrderProgress>> {
    fn from(status: OrderStatus) -> Self {
        Self::new::<OrderStatus>(status.parts, Named::new(ACTION, status.progress))
    }
}

impl TryFrom<Frame<Named<OrderProgress>>> for OrderStatus {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<OrderProgress>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        Ok(Self { parts, progress: action.parameters(ACTION)? })
    }
}

/// The name of the action.
const ACTION: &str = "review_order";
