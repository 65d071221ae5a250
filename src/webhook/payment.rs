//! What became of a payment, in India.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/payments-api/payments-in/pg>

use crate::{
    id::{AccountId, MessageId, PhoneNumberId, UserId, WaId},
    open::open_enum,
    time::Timestamp,
    webhook::{Contact, Status, event::escape, lenient},
    wire::{self, quiet_debug},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{collections::BTreeMap, sync::Arc};

/// What became of a payment through a gateway (a status of type `payment` on the wire).
///
/// Meta asks not to rely on it alone: look the payment up before the goods leave. Other ways of paying send none.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentStatus {
    /// The message that asked for the payment.
    pub id: MessageId,
    /// How far the payment got.
    pub status: PaymentState,
    /// When that was.
    pub timestamp: Timestamp,
    /// Our reference of the order.
    pub reference_id: Option<String>,
    /// How much is paid in all.
    pub amount: Option<PaidAmount>,
    /// The currency's code, such as `INR`.
    pub currency: Option<String>,
    /// The latest attempt to pay.
    pub transaction: Option<Box<Transaction>>,
    /// What was paid back.
    pub refunds: Vec<Refund>,
    /// Our receipt number, as given to the gateway (Razorpay).
    pub receipt: Option<String>,
    /// Our notes, as given to the gateway (Razorpay).
    pub notes: BTreeMap<String, String>,
    /// What else we gave the gateway, by its name on the wire: `udf1` (PayU), `additional_info1` (Billdesk), `extra1` (Zaakpay)
    /// and so on.
    pub extra: BTreeMap<String, String>,
    /// The phone number of who pays, when Meta shares it.
    pub recipient_id: Option<WaId>,
    /// The id of who pays within the business portfolio.
    pub recipient_user_id: Option<UserId>,
    /// The id of who pays across portfolios that belong together.
    pub recipient_parent_user_id: Option<UserId>,
    /// Our number that asked for the payment.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Our number as people write it.
    pub display_phone_number: Option<Arc<str>>,
    /// The account that owns our number.
    pub account_id: Option<AccountId>,
    /// What the delivery tells of who pays.
    pub contact: Option<Arc<Contact>>,
    raw: Arc<str>,
}
quiet_debug!(PaymentStatus { id, status, timestamp, amount, currency, recipient_id, phone_number_id });

open_enum! {
    /// How far a payment got.
    pub enum PaymentState {
        /// It is under way.
        Pending = "pending",
        /// It is paid.
        Captured = "captured",
        /// It failed.
        Failed = "failed",
    }
}

/// An amount of money, in parts of the currency's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PaidAmount {
    /// How many parts.
    #[serde(deserialize_with = "wire::integer")]
    pub value: i64,
    /// How many parts make a unit; 100 for paise.
    #[serde(default = "hundred", deserialize_with = "wire::integer")]
    pub offset: i64,
}

fn hundred() -> i64 {
    100
}

/// An attempt to pay.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transaction {
    /// Our or the gateway's id of the order.
    pub id: Option<String>,
    /// The gateway's id of the payment (`pg_transaction_id` on the wire).
    pub gateway_id: Option<String>,
    /// The gateway, such as `razorpay` (`type` on the wire).
    pub gateway: Option<String>,
    /// How far it got.
    pub status: Option<TransactionState>,
    /// When it began (`created_timestamp` on the wire).
    pub created_at: Option<Timestamp>,
    /// When it last changed (`updated_timestamp` on the wire).
    pub updated_at: Option<Timestamp>,
    /// How it is paid, such as `upi` or `card` (`method.type` on the wire).
    pub method: Option<String>,
    /// The gateway's code of what went wrong (`error.code` on the wire).
    pub error_code: Option<String>,
    /// The gateway's words on what went wrong (`error.reason` on the wire).
    pub error_reason: Option<String>,
}
quiet_debug!(Transaction { gateway, status, created_at, updated_at, method, error_code });

/// Money that was paid back.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Refund {
    /// The gateway's id of it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub id: Option<String>,
    /// How much.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub amount: Option<PaidAmount>,
    /// How it was paid back: `instant` or `normal` (`speed_processed` on the wire).
    #[serde(rename = "speed_processed", default, deserialize_with = "lenient::optional")]
    pub speed: Option<String>,
    /// How far it got.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub status: Option<TransactionState>,
    /// When it began (`created_timestamp` on the wire).
    #[serde(rename = "created_timestamp", default, deserialize_with = "lenient::or_default")]
    pub created_at: Option<Timestamp>,
    /// When it last changed (`updated_timestamp` on the wire).
    #[serde(rename = "updated_timestamp", default, deserialize_with = "lenient::or_default")]
    pub updated_at: Option<Timestamp>,
}
quiet_debug!(Refund { amount, speed, status, created_at, updated_at });

open_enum! {
    /// How far an attempt to pay or to pay back got.
    pub enum TransactionState {
        /// It is under way.
        Pending = "pending",
        /// It is done.
        Success = "success" | "completed",
        /// It failed.
        Failed = "failed",
    }
}

impl PaymentStatus {
    /// The status's JSON as it came, byte for byte.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// A payment changes without its status changing: the attempt and what was paid back tell more.
    pub(super) fn key(&self) -> String {
        let state = |state: &Option<TransactionState>| {
            state.as_ref().map_or_else(String::new, |state| escape(state.as_str()))
        };
        let name = |name: &Option<String>| escape(name.as_deref().unwrap_or(""));
        let (id, status) = (escape(self.id.as_str()), escape(self.status.as_str()));
        let mut key = format!("payment:{id}:{status}:{}", self.timestamp.as_seconds());
        if let Some(attempt) = &self.transaction {
            key += &format!(":{}:{}", name(&attempt.id), state(&attempt.status));
        }
        for refund in &self.refunds {
            key += &format!(":refund:{}:{}", name(&refund.id), state(&refund.status));
        }
        key
    }
}

impl<'de> Deserialize<'de> for Transaction {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default, deserialize_with = "lenient::optional")]
            id: Option<String>,
            #[serde(default, deserialize_with = "lenient::optional")]
            pg_transaction_id: Option<String>,
            #[serde(rename = "type", default, deserialize_with = "lenient::optional")]
            gateway: Option<String>,
            #[serde(default, deserialize_with = "lenient::optional")]
            status: Option<TransactionState>,
            #[serde(default, deserialize_with = "lenient::or_default")]
            created_timestamp: Option<Timestamp>,
            #[serde(default, deserialize_with = "lenient::or_default")]
            updated_timestamp: Option<Timestamp>,
            #[serde(default, deserialize_with = "lenient::object")]
            method: Method,
            #[serde(default, deserialize_with = "lenient::object")]
            error: Failure,
        }
        #[derive(Default, Deserialize)]
        struct Method {
            #[serde(rename = "type", default, deserialize_with = "lenient::optional")]
            kind: Option<String>,
        }
        #[derive(Default, Deserialize)]
        struct Failure {
            #[serde(default, deserialize_with = "lenient::optional")]
            code: Option<String>,
            #[serde(default, deserialize_with = "lenient::any_text")]
            reason: Option<String>,
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            id: wire.id,
            gateway_id: wire.pg_transaction_id,
            gateway: wire.gateway,
            status: wire.status,
            created_at: wire.created_timestamp,
            updated_at: wire.updated_timestamp,
            method: wire.method.kind,
            error_code: wire.error.code,
            error_reason: wire.error.reason,
        })
    }
}

/// What a status of a payment has beside the members of every status.
#[derive(Deserialize)]
struct Payment {
    #[serde(default, deserialize_with = "lenient::any_text")]
    reference_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    amount: Option<PaidAmount>,
    #[serde(default, deserialize_with = "lenient::optional")]
    currency: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    transaction: Option<Box<Transaction>>,
    #[serde(default, deserialize_with = "lenient::list")]
    refunds: Vec<Refund>,
    #[serde(default, deserialize_with = "lenient::any_text")]
    receipt: Option<String>,
    #[serde(default, deserialize_with = "lenient::texts")]
    notes: BTreeMap<String, String>,
}

impl Payment {
    const MEMBERS: [&str; 7] =
        ["reference_id", "amount", "currency", "transaction", "refunds", "receipt", "notes"];
}

/// Reads the payment of a status, which was read like any other.
pub(super) fn read(status: Status) -> Result<PaymentStatus, serde_json::Error> {
    #[derive(Deserialize)]
    struct Outer<'a> {
        #[serde(borrow)]
        payment: &'a RawValue,
    }
    #[derive(Deserialize)]
    struct Extra(#[serde(deserialize_with = "lenient::texts")] BTreeMap<String, String>);
    #[derive(Deserialize)]
    struct Within {
        #[serde(default, deserialize_with = "lenient::object")]
        transaction: Refunds,
    }
    #[derive(Default, Deserialize)]
    struct Refunds {
        #[serde(default, deserialize_with = "lenient::list")]
        refunds: Vec<Refund>,
    }
    let raw = Arc::clone(status.shared_raw());
    let Outer { payment: json } = serde_json::from_str(&raw)?;
    let mut payment: Payment = lenient::parse(json)?;
    if payment.refunds.is_empty() {
        // Meta's samples put them in either place.
        payment.refunds = lenient::parse::<Within>(json)?.transaction.refunds;
    }
    let Extra(mut extra) = lenient::parse(json)?;
    extra.retain(|name, _| !Payment::MEMBERS.contains(&name.as_str()));
    Ok(PaymentStatus {
        id: status.id,
        status: status.status.as_str().into(),
        timestamp: status.timestamp,
        reference_id: payment.reference_id,
        amount: payment.amount,
        currency: payment.currency,
        transaction: payment.transaction,
        refunds: payment.refunds,
        receipt: payment.receipt,
        notes: payment.notes,
        extra,
        recipient_id: status.recipient_id,
        recipient_user_id: status.recipient_user_id,
        recipient_parent_user_id: status.recipient_parent_user_id,
        phone_number_id: status.phone_number_id,
        display_phone_number: status.display_phone_number,
        account_id: status.account_id,
        contact: status.contact,
        raw,
    })
}
