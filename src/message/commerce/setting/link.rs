//! Links that lead to a payment.

use crate::{
    check,
    error::{Path, Violation},
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A link that opens a UPI app with everything filled in (`upi_intent_link` on the wire; India).
///
/// ```json
/// {"link": "upi://pay?pa=tea@bank&pn=Tea%20House&mc=5499&purpose=00&tr=order-7"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpiIntentLink {
    link: String,
}

quiet_debug!(UpiIntentLink {});

/// Documented at [Meta: UPI intents with a dynamic VPA](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/upi-intent/dynamic-vpa).
impl UpiIntentLink {
    /// The `upi://pay` link that the payment service made for the order. Of it, Meta reads `pa`, `pn`, `mc`, `purpose`
    /// and `tr`.
    #[must_use]
    pub fn new(link: impl Into<String>) -> Self {
        Self { link: link.into() }
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        if !self.link.starts_with("upi://") || self.link.contains(char::is_whitespace) {
            out.push(Violation::new(
                at.field("link"),
                "is no link to a UPI payment",
                "such as upi://pay?pa=…",
            ));
        }
    }
}

/// A page to pay on (`payment_link` on the wire; India, Brazil).
///
/// ```json
/// {"uri": "https://pay.example.com/7", "success_url": "https://pay.example.com/7/done"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentLink {
    uri: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    success_url: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    cancel_url: Option<String>,
}

quiet_debug!(PaymentLink {});

/// Documented at [Meta: payment links in India](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/payment-links)
/// and [Meta: payment links in Brazil](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/payment-links).
impl PaymentLink {
    /// The page at `uri`, whose domain Meta must have enabled in India.
    #[must_use]
    pub fn new(uri: impl Into<String>) -> Self {
        Self { uri: uri.into(), success_url: None, cancel_url: None }
    }

    /// The address that ends the payment well when it is reached (India).
    #[must_use]
    pub fn success_url(mut self, url: impl Into<String>) -> Self {
        self.success_url = Some(url.into());
        self
    }

    /// The address that ends the payment as failed when it is reached (India).
    #[must_use]
    pub fn cancel_url(mut self, url: impl Into<String>) -> Self {
        self.cancel_url = Some(url.into());
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::link(at.field("uri"), &self.uri, out);
        for (name, url) in [("success_url", &self.success_url), ("cancel_url", &self.cancel_url)] {
            if let Some(url) = url {
                check::link(at.field(name), url, out);
            }
        }
    }
}
