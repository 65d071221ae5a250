//! Amounts of money, and what is added to or taken from the price of an order.

use crate::{
    check,
    error::{Path, Violation},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// An amount of money, in the smallest unit of its currency: `Amount::minor(1_234)` is ₹12.34 or R$12.34.
///
/// ```json
/// {"value": 1234, "offset": 100}
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    #[serde(deserialize_with = "crate::wire::integer")]
    value: i64,
    #[serde(deserialize_with = "crate::wire::integer")]
    offset: i64,
}

quiet_debug!(Amount {});

impl Amount {
    /// How many of the smallest unit make a whole one: 100, for rupees as for reais (`offset` on the wire).
    pub const OFFSET: i64 = 100;

    /// An amount in the smallest unit, such as paise or centavos.
    #[must_use]
    pub const fn minor(value: i64) -> Self {
        Self { value, offset: Self::OFFSET }
    }

    /// The amount in the smallest unit.
    #[must_use]
    pub const fn value(self) -> i64 {
        self.value
    }

    /// `value` in the smallest unit, or the nearest amount that can be written.
    pub(super) fn nearest(value: i128) -> Self {
        Self::minor(i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX }))
    }

    /// The value in a width in which no sum of a message can overflow unseen.
    pub(super) fn wide(self) -> i128 {
        self.value.into()
    }

    pub(super) fn check(self, at: Path<'_>, out: &mut Vec<Violation>) {
        if self.value < 0 {
            out.push(Violation::new(at.field("value"), "is negative", "0 or more"));
        }
        if self.offset != Self::OFFSET {
            let limit = Self::OFFSET.to_string();
            out.push(Violation::new(at.field("offset"), "is not that of the currency", limit));
        }
    }
}

/// Tax or shipping: an amount, and what it is for.
///
/// ```
/// use whatsapp_business::message::{Amount, Charge};
/// let tax = Charge::new(Amount::minor(180)).description("GST 18 %");
/// ```
///
/// ```json
/// {"value": 180, "offset": 100, "description": "GST 18 %"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    #[serde(deserialize_with = "crate::wire::integer")]
    value: i64,
    #[serde(deserialize_with = "crate::wire::integer")]
    offset: i64,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    description: Option<String>,
}

quiet_debug!(Charge {});

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg)
/// and [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl Charge {
    /// Longest description, in characters.
    pub const MAX_DESCRIPTION: usize = 60;

    /// A charge of `amount`. A tax of zero is not shown.
    #[must_use]
    pub fn new(amount: Amount) -> Self {
        Self { value: amount.value, offset: amount.offset, description: None }
    }

    /// What it is for; at most [`Self::MAX_DESCRIPTION`] characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    pub(super) fn amount(&self) -> Amount {
        Amount { value: self.value, offset: self.offset }
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.amount().check(at, out);
        let description = self.description.as_deref();
        check::optional_text(at.field("description"), description, Self::MAX_DESCRIPTION, out);
    }
}

impl From<Amount> for Charge {
    fn from(amount: Amount) -> Self {
        Self::new(amount)
    }
}

/// What is taken off the price of an order.
///
/// ```
/// use whatsapp_business::message::{Amount, Discount};
/// let off = Discount::new(Amount::minor(500)).description("First order").program("welcome");
/// ```
///
/// ```json
/// {"value": 500, "offset": 100, "description": "First order", "discount_program_name": "welcome"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    #[serde(deserialize_with = "crate::wire::integer")]
    value: i64,
    #[serde(deserialize_with = "crate::wire::integer")]
    offset: i64,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    description: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    discount_program_name: Option<String>,
}

quiet_debug!(Discount {});

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg)
/// and [Meta: orders in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/orders).
impl Discount {
    /// Longest description, in characters.
    pub const MAX_DESCRIPTION: usize = 60;
    /// Longest name of a programme, in characters.
    pub const MAX_PROGRAM: usize = 60;

    /// `amount` less to pay.
    #[must_use]
    pub fn new(amount: Amount) -> Self {
        Self { value: amount.value, offset: amount.offset, description: None, discount_program_name: None }
    }

    /// Why there is less to pay; at most [`Self::MAX_DESCRIPTION`] characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// The programme that made the order happen, if there is one (`discount_program_name` on the wire); at most
    /// [`Self::MAX_PROGRAM`] characters.
    #[must_use]
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.discount_program_name = Some(name.into());
        self
    }

    pub(super) fn amount(&self) -> Amount {
        Amount { value: self.value, offset: self.offset }
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.amount().check(at, out);
        let (description, program) = (self.description.as_deref(), self.discount_program_name.as_deref());
        check::optional_text(at.field("description"), description, Self::MAX_DESCRIPTION, out);
        check::optional_text(at.field("discount_program_name"), program, Self::MAX_PROGRAM, out);
    }
}

impl From<Amount> for Discount {
    fn from(amount: Amount) -> Self {
        Self::new(amount)
    }
}
