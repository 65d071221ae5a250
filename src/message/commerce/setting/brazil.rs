//! What people in Brazil pay with.

use crate::{
    check,
    error::{Path, Violation},
    open::open_enum,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What kind of thing a Pix key is.
    pub enum PixKeyType {
        /// A person's tax number.
        Cpf = "CPF",
        /// A company's tax number.
        Cnpj = "CNPJ",
        /// An e-mail address.
        Email = "EMAIL",
        /// A phone number.
        Phone = "PHONE",
        /// A random key.
        Evp = "EVP",
    }
}

/// A dynamic Pix code, which the customer copies (`pix_dynamic_code` on the wire).
///
/// ```
/// use whatsapp_business::message::{PixDynamicCode, PixKeyType};
/// let pix = PixDynamicCode::new("00020101021226700014br.gov.bcb.pix")
///     .merchant("Casa do Chá", "39580525000189", PixKeyType::Cnpj);
/// ```
///
/// ```json
/// {"code": "00020101021226700014br.gov.bcb.pix", "merchant_name": "Casa do Chá", "key": "39580525000189",
///  "key_type": "CNPJ"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PixDynamicCode {
    #[serde(deserialize_with = "crate::wire::text")]
    code: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    merchant_name: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::wire::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_type: Option<PixKeyType>,
}

quiet_debug!(PixDynamicCode { key_type });

/// Documented at [Meta: Pix](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/offsite-pix).
impl PixDynamicCode {
    /// The code that the payment service made. A [`Bill`](crate::message::Bill) needs the [`merchant`](Self::merchant)
    /// too, a template's button that requests a payment does not.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), merchant_name: None, key: None, key_type: None }
    }

    /// Who is paid: the name, and the Pix key.
    #[must_use]
    pub fn merchant(mut self, name: impl Into<String>, key: impl Into<String>, key_type: PixKeyType) -> Self {
        (self.merchant_name, self.key, self.key_type) = (Some(name.into()), Some(key.into()), Some(key_type));
        self
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("code"), &self.code, out);
    }

    /// Checks what is said of the merchant where nothing has to be.
    pub(super) fn check_optional_merchant(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        for (name, text) in [("merchant_name", &self.merchant_name), ("key", &self.key)] {
            check::optional_filled(at.field(name), text.as_deref(), out);
        }
    }

    pub(super) fn check_merchant(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        let kind = self.key_type.as_ref().map(PixKeyType::as_str);
        for (name, text) in [
            ("merchant_name", self.merchant_name.as_deref()),
            ("key", self.key.as_deref()),
            ("key_type", kind),
        ] {
            check::filled(at.field(name), text.unwrap_or_default(), out);
        }
    }
}

/// A boleto, whose number the customer copies (`boleto` on the wire).
///
/// ```json
/// {"digitable_line": "03399026944140000002628346101018898510000008848"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boleto {
    #[serde(deserialize_with = "crate::wire::text")]
    digitable_line: String,
}

quiet_debug!(Boleto {});

/// Documented at [Meta: Boleto](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/boleto).
impl Boleto {
    /// The boleto with this number, as it is typed in.
    #[must_use]
    pub fn new(digitable_line: impl Into<String>) -> Self {
        Self { digitable_line: digitable_line.into() }
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::filled(at.field("digitable_line"), &self.digitable_line, out);
    }
}

/// A card that the seller's payment service has on file, to pay with one tap (`offsite_card_pay` on the wire). Meta gives
/// it to few businesses.
///
/// The tap comes back in a webhook; the seller then has the card charged.
///
/// ```json
/// {"last_four_digits": "4242", "credential_id": "card-7"}
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffsiteCardPay {
    #[serde(deserialize_with = "crate::wire::text")]
    last_four_digits: String,
    #[serde(deserialize_with = "crate::wire::text")]
    credential_id: String,
}

quiet_debug!(OffsiteCardPay {});

/// Documented at [Meta: one-click payments](https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/one-click-payments).
impl OffsiteCardPay {
    /// How many of the card's digits are shown.
    pub const DIGITS: usize = 4;

    /// The card that ends in these four digits, by the id that comes back when it is chosen.
    #[must_use]
    pub fn new(last_four_digits: impl Into<String>, credential_id: impl Into<String>) -> Self {
        Self { last_four_digits: last_four_digits.into(), credential_id: credential_id.into() }
    }

    pub(super) fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::digits(at.field("last_four_digits"), &self.last_four_digits, Self::DIGITS, out);
        check::filled(at.field("credential_id"), &self.credential_id, out);
    }
}
