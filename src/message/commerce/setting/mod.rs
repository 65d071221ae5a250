//! Ways to pay a bill.

mod brazil;
mod gateway;
mod link;

pub use brazil::{Boleto, OffsiteCardPay, PixDynamicCode, PixKeyType};
pub use gateway::PaymentGateway;
pub use link::{PaymentLink, UpiIntentLink};

use super::Market;
use crate::error::{Path, Violation};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeMap};
use serde_json::{Map, Value};
use std::fmt;

/// A way to pay a bill. Every type of them converts into it.
///
/// ```
/// use whatsapp_business::message::{PaymentLink, PaymentSetting};
/// let setting = PaymentSetting::from(PaymentLink::new("https://pay.example.com/7"));
/// assert_eq!(setting.kind(), "payment_link");
/// ```
///
/// ```json
/// {"type": "payment_link", "payment_link": {"uri": "https://pay.example.com/7"}}
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum PaymentSetting {
    /// A link that UPI apps open (India).
    UpiIntentLink(UpiIntentLink),
    /// A payment gateway that is linked to the account (India).
    PaymentGateway(PaymentGateway),
    /// A page to pay on (India, Brazil).
    PaymentLink(PaymentLink),
    /// A dynamic Pix code (Brazil).
    PixDynamicCode(PixDynamicCode),
    /// A boleto (Brazil).
    Boleto(Boleto),
    /// A card that the seller's payment service has on file (Brazil).
    OffsiteCardPay(OffsiteCardPay),
    /// Any other; made by [`raw`](Self::raw).
    Raw(RawSetting),
}

/// A way to pay that this version has no type for: its wire name and the JSON of its member.
#[derive(Clone, PartialEq)]
pub struct RawSetting {
    kind: String,
    json: Value,
}

impl PaymentSetting {
    /// A way to pay of another type, with the JSON of the member that is named like it. Nothing of it is checked.
    ///
    /// ```
    /// use serde_json::json;
    /// use whatsapp_business::message::PaymentSetting;
    /// let setting = PaymentSetting::raw("razorpay", json!({"encrypted_payment_gateway_data": "…"}));
    /// ```
    ///
    /// ```json
    /// {"type": "razorpay", "razorpay": {"encrypted_payment_gateway_data": "…"}}
    /// ```
    #[must_use]
    pub fn raw(kind: impl Into<String>, json: impl Into<Value>) -> Self {
        Self::Raw(RawSetting { kind: kind.into(), json: json.into() })
    }

    /// `type` on the wire.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::UpiIntentLink(_) => UPI_INTENT_LINK,
            Self::PaymentGateway(_) => PAYMENT_GATEWAY,
            Self::PaymentLink(_) => PAYMENT_LINK,
            Self::PixDynamicCode(_) => PIX_DYNAMIC_CODE,
            Self::Boleto(_) => BOLETO,
            Self::OffsiteCardPay(_) => OFFSITE_CARD_PAY,
            Self::Raw(raw) => &raw.kind,
        }
    }

    /// Checks what holds wherever the setting stands; `at` is the setting.
    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let member = at.field(self.kind());
        match self {
            Self::UpiIntentLink(way) => way.check(member, out),
            Self::PaymentGateway(way) => way.check(member, out),
            Self::PaymentLink(way) => way.check(member, out),
            Self::PixDynamicCode(way) => way.check(member, out),
            Self::Boleto(way) => way.check(member, out),
            Self::OffsiteCardPay(way) => way.check(member, out),
            Self::Raw(raw) => raw.check(at, out),
        }
    }

    /// Checks what holds in a button that requests a payment ([Meta: payment request buttons](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/payment-request-cta)).
    pub(in crate::message) fn check_in_request(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.check(at, out);
        if let Self::PixDynamicCode(pix) = self {
            pix.check_optional_merchant(at.field(self.kind()), out);
        }
        if matches!(self, Self::UpiIntentLink(_) | Self::PaymentGateway(_) | Self::OffsiteCardPay(_)) {
            let limit = "a dynamic Pix code, a boleto or a payment link";
            out.push(Violation::new(at.field("type"), "is no way to pay of a button", limit));
        }
    }

    /// Checks what holds in a bill, where more is required of a Pix code than in a button.
    pub(super) fn check_in_bill(&self, at: Path<'_>, market: Market, out: &mut Vec<Violation>) {
        self.check(at, out);
        if let Self::PixDynamicCode(pix) = self {
            pix.check_merchant(at.field(self.kind()), out);
        }
        let elsewhere = match self {
            Self::UpiIntentLink(_) | Self::PaymentGateway(_) => market == Market::Brazil,
            Self::PixDynamicCode(_) | Self::Boleto(_) | Self::OffsiteCardPay(_) => market == Market::India,
            Self::PaymentLink(_) | Self::Raw(_) => false,
        };
        if elsewhere {
            let limit = "a way to pay of the bill's country";
            out.push(Violation::new(at.field("type"), "is of another country", limit));
        }
    }
}

impl RawSetting {
    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        if self.kind.is_empty() || self.kind == "type" {
            out.push(Violation::new(
                at.field("type"),
                "is no way to pay",
                "the name of the member beside it",
            ));
        }
        if self.json.is_null() {
            out.push(Violation::new(at.field(&self.kind), "is null", "a value"));
        }
    }
}

const UPI_INTENT_LINK: &str = "upi_intent_link";
const PAYMENT_GATEWAY: &str = "payment_gateway";
const PAYMENT_LINK: &str = "payment_link";
const PIX_DYNAMIC_CODE: &str = "pix_dynamic_code";
const BOLETO: &str = "boleto";
const OFFSITE_CARD_PAY: &str = "offsite_card_pay";

impl From<UpiIntentLink> for PaymentSetting {
    fn from(way: UpiIntentLink) -> Self {
        Self::UpiIntentLink(way)
    }
}

impl From<PaymentGateway> for PaymentSetting {
    fn from(way: PaymentGateway) -> Self {
        Self::PaymentGateway(way)
    }
}

impl From<PaymentLink> for PaymentSetting {
    fn from(way: PaymentLink) -> Self {
        Self::PaymentLink(way)
    }
}

impl From<PixDynamicCode> for PaymentSetting {
    fn from(way: PixDynamicCode) -> Self {
        Self::PixDynamicCode(way)
    }
}

impl From<Boleto> for PaymentSetting {
    fn from(way: Boleto) -> Self {
        Self::Boleto(way)
    }
}

impl From<OffsiteCardPay> for PaymentSetting {
    fn from(way: OffsiteCardPay) -> Self {
        Self::OffsiteCardPay(way)
    }
}

impl fmt::Debug for PaymentSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentSetting({}, ..)", self.kind())
    }
}

impl fmt::Debug for RawSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawSetting").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Serialize for PaymentSetting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", kind)?;
        match self {
            Self::UpiIntentLink(way) => map.serialize_entry(kind, way)?,
            Self::PaymentGateway(way) => map.serialize_entry(kind, way)?,
            Self::PaymentLink(way) => map.serialize_entry(kind, way)?,
            Self::PixDynamicCode(way) => map.serialize_entry(kind, way)?,
            Self::Boleto(way) => map.serialize_entry(kind, way)?,
            Self::OffsiteCardPay(way) => map.serialize_entry(kind, way)?,
            Self::Raw(raw) => map.serialize_entry(kind, &raw.json)?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for PaymentSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Members::read(deserializer)?;
        let kind = members.tag().map_err(D::Error::custom)?;
        let known = kind.to_ascii_lowercase();
        // A type that is not known keeps its spelling, since the member beside it has the same.
        let way = members.0.remove(&kind).or_else(|| members.0.remove(&known));
        members.end().map_err(D::Error::custom)?;
        let Some(way) = way else { return Err(D::Error::custom("missing field of the type's name")) };
        let read = match known.as_str() {
            UPI_INTENT_LINK => serde_json::from_value(way).map(Self::UpiIntentLink),
            PAYMENT_GATEWAY => serde_json::from_value(way).map(Self::PaymentGateway),
            PAYMENT_LINK => serde_json::from_value(way).map(Self::PaymentLink),
            PIX_DYNAMIC_CODE => serde_json::from_value(way).map(Self::PixDynamicCode),
            BOLETO => serde_json::from_value(way).map(Self::Boleto),
            OFFSITE_CARD_PAY => serde_json::from_value(way).map(Self::OffsiteCardPay),
            _ => Ok(Self::raw(kind, way)),
        };
        read.map_err(D::Error::custom)
    }
}

/// The members of an object in which `type` names another member.
struct Members(Map<String, Value>);

impl Members {
    /// All that are not null.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        Ok(Self(members.into_iter().filter(|(_, value)| !value.is_null()).collect()))
    }

    /// Takes `type` out.
    fn tag(&mut self) -> Result<String, &'static str> {
        match self.0.remove("type") {
            Some(Value::String(kind)) if kind != "type" => Ok(kind),
            Some(_) => Err("type is not the name of a member"),
            None => Err("missing field `type`"),
        }
    }

    /// Nothing may be left.
    fn end(self) -> Result<(), String> {
        match self.0.keys().next() {
            Some(name) => Err(format!("unknown field `{name}`")),
            None => Ok(()),
        }
    }
}
