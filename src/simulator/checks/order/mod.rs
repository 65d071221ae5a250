//! Orders to pay and the states they are in, in India and Brazil: in interactive messages and on buttons of templates.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/orderdetails> and the
//! pages beside it.

mod amount;
mod contents;
mod setting;
mod shipping;
mod status;

pub(super) use setting::request as payment_request;
pub(super) use status::status;

use super::{Around, Result, at::At};
use amount::amount;

/// The countries whose customers can pay.
#[derive(Clone, Copy, PartialEq)]
enum Market {
    India,
    Brazil,
    /// One that Meta's pages do not tell of, such as Singapore, which survives in the documentation of others: what is not
    /// known of it is not refused.
    Other,
}

/// Where an order is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// In an interactive message.
    Message,
    /// On a button of a template.
    Button,
    /// On the button of a template with which India's customers check out.
    Checkout,
}

/// Checks the order of the interactive message `content`.
pub(super) fn message(parameters: &At<'_>, content: &At<'_>, around: Around<'_>) -> Result {
    details(parameters, Place::Message, around)?;
    match content.get("header") {
        Some(header) if parameters.get("order").is_none() => {
            Err(header.value("is for messages with order, whose products it stands for"))
        }
        _ => Ok(()),
    }
}

/// Checks an order.
pub(super) fn details(parameters: &At<'_>, place: Place, around: Around<'_>) -> Result {
    parameters.only(&[
        "reference_id",
        "type",
        "payment_type",
        "payment_configuration",
        "payment_settings",
        "currency",
        "total_amount",
        "beneficiaries",
        "shipping_info",
        "order",
    ])?;
    let (market, place) = match (parameters.need("currency")?.text()?, place) {
        ("INR", place) => (Market::India, place),
        // There is no checkout in Brazil, whatever is written on the button.
        ("BRL", Place::Checkout) => (Market::Brazil, Place::Button),
        ("BRL", place) => (Market::Brazil, place),
        (_, place) => (Market::Other, place),
    };
    if market == Market::Brazil {
        parameters.without("payment_configuration")?;
        parameters.without("beneficiaries")?;
    }
    if place != Place::Checkout {
        parameters.without("shipping_info")?;
    }
    reference(parameters, if market == Market::India { 35 } else { 60 })?;
    let kind = parameters.need("type")?.one_of(&["digital-goods", "physical-goods"])?;
    payment(parameters, market, place)?;
    let total = parameters.need("total_amount")?;
    let sum = amount(&total, &[])?;
    parameters.optional("beneficiaries", shipping::beneficiaries)?;
    if place == Place::Checkout {
        shipping::info(parameters, kind)?;
    }
    let contents = parameters.optional("order", |order| contents::order(order, market, place, around))?;
    // The order itself can be left out in Brazil.
    if contents.is_none() && market == Market::India {
        parameters.need("order")?;
    }
    if contents.is_some_and(|cost| cost != sum) {
        return Err(total.value("is not subtotal + tax + shipping - discount"));
    }
    Ok(())
}

/// The business's own id of the payment.
fn reference(parameters: &At<'_>, most: usize) -> Result {
    let at = parameters.need("reference_id")?;
    let reference = at.text_up_to(most)?;
    if reference.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')) {
        Ok(())
    } else {
        Err(at.value("has other characters than letters, digits, _, . and -"))
    }
}

/// How it is paid. Of India's pages those on payment links and on named configurations require `payment_type`, the others
/// do not have it.
fn payment(parameters: &At<'_>, market: Market, place: Place) -> Result {
    let named = parameters.optional("payment_configuration", |name| name.text_up_to(60))?.is_some();
    let mut has_link = false;
    for setting in parameters.optional("payment_settings", At::elements)?.unwrap_or_default() {
        has_link |= setting::check(&setting, market, place)? == "payment_link";
    }
    match market {
        Market::Brazil => drop(parameters.need("payment_type")?.one_of(&["br"])?),
        Market::India => {
            parameters.optional("payment_type", |kind| kind.one_of(&["upi"]))?;
            if named || has_link {
                parameters.need("payment_type")?;
            }
            // The name of a configuration stands in for settings in an older form.
            if !named {
                parameters.need("payment_settings")?;
            }
        }
        Market::Other => {
            // Those of the two other countries, whose currency this is not.
            if let Some(kind) = parameters.get("payment_type")
                && matches!(kind.text()?, "upi" | "br")
            {
                return Err(kind.value("is of another country than the currency"));
            }
        }
    }
    Ok(())
}
