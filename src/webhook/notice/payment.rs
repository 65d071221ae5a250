//! Ways to be paid.

use super::member;
use crate::{open::open_enum, time::Timestamp, webhook::lenient, wire::quiet_debug};
use serde::Deserialize;

/// A way to be paid was made or changed (`payment_configuration_update` on the wire).
///
/// Meta may deliver it under the account `0`: then the account is not told.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PaymentConfigurationUpdate {
    /// The name we gave it (`configuration_name` on the wire).
    #[serde(rename = "configuration_name", deserialize_with = "member::needed")]
    pub name: String,
    /// Who handles the payments (`provider_name` on the wire).
    #[serde(rename = "provider_name", default, deserialize_with = "member::text")]
    pub provider: Option<PaymentProvider>,
    /// Our id at the provider (`provider_mid` on the wire).
    #[serde(rename = "provider_mid", default, deserialize_with = "member::text")]
    pub merchant_id: Option<String>,
    /// Whether it can be used.
    #[serde(default, deserialize_with = "member::text")]
    pub status: Option<PaymentConfigurationStatus>,
    /// When it was made (`created_timestamp` on the wire).
    #[serde(rename = "created_timestamp", default, deserialize_with = "lenient::or_default")]
    pub created_at: Option<Timestamp>,
    /// When it was changed (`updated_timestamp` on the wire).
    #[serde(rename = "updated_timestamp", default, deserialize_with = "lenient::or_default")]
    pub updated_at: Option<Timestamp>,
}
quiet_debug!(PaymentConfigurationUpdate { provider, status });

open_enum! {
    /// Who handles payments.
    pub enum PaymentProvider {
        /// Any app for UPI, to an address of ours.
        UpiVpa = "upi_vpa",
        /// Razorpay.
        Razorpay = "razorpay",
        /// PayU.
        PayU = "payu",
        /// Zaakpay.
        Zaakpay = "zaakpay",
        /// BillDesk.
        BillDesk = "billdesk",
    }
}

open_enum! {
    /// Whether a way to be paid can be used.
    pub enum PaymentConfigurationStatus {
        /// It can.
        Active = "Active",
        /// The provider has to be connected first.
        NeedsConnecting = "Needs Connecting" | "Needs_Connecting",
        /// A payment has to be tried first.
        NeedsTesting = "Needs Testing" | "Needs_Testing",
    }
}
