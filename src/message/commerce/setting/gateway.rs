//! Payment gateways.

use super::Members;
use crate::{
    check,
    error::{Path, Violation},
    wire::quiet_debug,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeMap};
use serde_json::{Map, Value};

/// A payment gateway that is linked to the account by a payment configuration (`payment_gateway` on the wire; India).
///
/// What is [passed](Self::pass) to the gateway comes back in the webhooks on the payment. Meta takes a configuration name
/// that does not exist for good: the customer then just cannot pay.
///
/// ```
/// use serde_json::json;
/// use whatsapp_business::message::PaymentGateway;
/// let gateway = PaymentGateway::new("razorpay", "shop")
///     .pass("receipt", "receipt-7")
///     .pass("notes", json!({"table": "4"}))
///     .preferred_method("gpay");
/// ```
///
/// ```json
/// {"type": "razorpay", "configuration_name": "shop",
///  "razorpay": {"notes": {"table": "4"}, "receipt": "receipt-7"},
///  "preferred_payment_methods": [{"method": "gpay"}]}
/// ```
#[derive(Clone, PartialEq)]
pub struct PaymentGateway {
    kind: String,
    configuration: String,
    passed: Map<String, Value>,
    preferred: Vec<Preferred>,
    enabled: Vec<String>,
}

quiet_debug!(PaymentGateway { kind, configuration });

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Preferred {
    method: String,
}

/// Limits from [Meta: payment gateways in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg).
impl PaymentGateway {
    /// Longest `receipt` for Razorpay, in characters.
    pub const MAX_RECEIPT: usize = 40;
    /// Most `notes` for Razorpay.
    pub const MAX_NOTES: usize = 15;
    /// Longest note for Razorpay, in characters.
    pub const MAX_NOTE: usize = 256;
    /// Longest of `udf1` to `udf4` for PayU, in characters.
    pub const MAX_UDF: usize = 255;
    /// Longest of `extra1` and `extra2` for Zaakpay, in characters.
    pub const MAX_EXTRA: usize = 180;
    /// Longest of `additional_info1` to `additional_info7` for BillDesk, in characters.
    pub const MAX_ADDITIONAL_INFO: usize = 120;
    /// Most preferred methods.
    pub const MAX_PREFERRED: usize = 1;

    /// The gateway `kind` (Meta names `razorpay`, `payu`, `zaakpay` and `billdesk`) with the payment configuration of
    /// this name.
    #[must_use]
    pub fn new(kind: impl Into<String>, configuration: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            configuration: configuration.into(),
            passed: Map::new(),
            preferred: Vec::new(),
            enabled: Vec::new(),
        }
    }

    /// Passes a value through to the gateway: for Razorpay `receipt` and `notes`, for PayU `udf1` to `udf4`, for Zaakpay
    /// `extra1` and `extra2`, for BillDesk `additional_info1` to `additional_info7`.
    #[must_use]
    pub fn pass(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.passed.insert(name.into(), value.into());
        self
    }

    /// The app that is offered first: `gpay`, `phonepe`, `paytm`, `bhim`, `amazonpay`, `cred` or `mobikwik`.
    #[must_use]
    pub fn preferred_method(mut self, method: impl Into<String>) -> Self {
        self.preferred = vec![Preferred { method: method.into() }];
        self
    }

    /// Adds one of the only ways that the customer may pay in: `upi` or `web`.
    #[must_use]
    pub fn enabled_option(mut self, option: impl Into<String>) -> Self {
        self.enabled.push(option.into());
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("type"), &self.kind, out);
        check::filled(at.field("configuration_name"), &self.configuration, out);
        if OWN.contains(&&*self.kind) {
            out.push(Violation::new(at.field("type"), "is no payment gateway", "such as razorpay"));
        }
        let passed = at.field(&self.kind);
        for (name, value) in &self.passed {
            self.check_passed(name, value, passed.field(name), out);
        }
        let preferred = at.field("preferred_payment_methods");
        check::count(preferred, self.preferred.len(), &(0..=Self::MAX_PREFERRED), "methods", out);
        for (index, Preferred { method }) in self.preferred.iter().enumerate() {
            check::filled(preferred.index(index).field("method"), method, out);
        }
        let enabled = at.field("enabled_payment_options");
        for (index, option) in self.enabled.iter().enumerate() {
            check::filled(enabled.index(index), option, out);
        }
    }

    /// What a gateway that is not documented takes is for it to say.
    fn check_passed(&self, name: &str, value: &Value, at: Path<'_>, out: &mut Vec<Violation>) {
        let max = match (&*self.kind, name) {
            ("razorpay", "notes") => return check_notes(value, at, out),
            ("razorpay", "receipt") => Self::MAX_RECEIPT,
            ("payu", "udf1" | "udf2" | "udf3" | "udf4") => Self::MAX_UDF,
            ("zaakpay", "extra1" | "extra2") => Self::MAX_EXTRA,
            ("billdesk", name) if is_additional_info(name) => Self::MAX_ADDITIONAL_INFO,
            ("razorpay" | "payu" | "zaakpay" | "billdesk", _) => {
                return out.push(Violation::new(at, "is not known to the gateway", "what Meta lists for it"));
            }
            _ => return,
        };
        check_value(value, max, at, out);
    }
}

/// The members that every gateway has.
const OWN: &[&str] = &["type", "configuration_name", "preferred_payment_methods", "enabled_payment_options"];

fn is_additional_info(name: &str) -> bool {
    matches!(name.strip_prefix("additional_info"), Some("1" | "2" | "3" | "4" | "5" | "6" | "7"))
}

fn check_notes(value: &Value, at: Path<'_>, out: &mut Vec<Violation>) {
    let Value::Object(notes) = value else {
        return out.push(Violation::new(at, "is not an object", "texts by their names"));
    };
    check::count(at, notes.len(), &(0..=PaymentGateway::MAX_NOTES), "notes", out);
    for (name, note) in notes {
        check_value(note, PaymentGateway::MAX_NOTE, at.field(name), out);
    }
}

fn check_value(value: &Value, max: usize, at: Path<'_>, out: &mut Vec<Violation>) {
    match value {
        Value::String(text) => check::text(at, text, max, out),
        _ => out.push(Violation::new(at, "is not text", format!("1 to {max} characters"))),
    }
}

impl Serialize for PaymentGateway {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        map.serialize_entry("configuration_name", &self.configuration)?;
        if !self.passed.is_empty() {
            map.serialize_entry(&self.kind, &self.passed)?;
        }
        if !self.preferred.is_empty() {
            map.serialize_entry("preferred_payment_methods", &self.preferred)?;
        }
        if !self.enabled.is_empty() {
            map.serialize_entry("enabled_payment_options", &self.enabled)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for PaymentGateway {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn list<T: for<'a> Deserialize<'a>>(value: Option<Value>) -> serde_json::Result<Vec<T>> {
            value.map_or_else(|| Ok(Vec::new()), serde_json::from_value)
        }
        let mut members = Members::read(deserializer)?;
        let kind = members.tag().map_err(D::Error::custom)?;
        let Some(configuration) = members.0.remove("configuration_name") else {
            return Err(D::Error::missing_field("configuration_name"));
        };
        let configuration = crate::wire::text(configuration).map_err(D::Error::custom)?;
        let preferred = list(members.0.remove("preferred_payment_methods")).map_err(D::Error::custom)?;
        let enabled = list(members.0.remove("enabled_payment_options")).map_err(D::Error::custom)?;
        let passed = members.0.remove(&kind).unwrap_or_else(|| Value::Object(Map::new()));
        members.end().map_err(D::Error::custom)?;
        let mut passed: Map<String, Value> = serde_json::from_value(passed).map_err(D::Error::custom)?;
        passed.retain(|_, value| !value.is_null());
        Ok(Self { kind, configuration, passed, preferred, enabled })
    }
}
