//! The ways to pay.

use super::{super::at::At, Market, Place, Result};

/// The ways to pay in India. The two gateways by themselves are for their own checks of an order.
const INDIA: [&str; 5] = ["upi_intent_link", "payment_gateway", "payment_link", "razorpay", "payu"];
const BRAZIL: [&str; 4] = ["pix_dynamic_code", "payment_link", "boleto", "offsite_card_pay"];
/// Of a market that is not known, both.
const ANY: [&str; 8] = [
    "upi_intent_link",
    "payment_gateway",
    "payment_link",
    "razorpay",
    "payu",
    "pix_dynamic_code",
    "boleto",
    "offsite_card_pay",
];
const REQUESTS: [&str; 3] = ["pix_dynamic_code", "boleto", "payment_link"];

/// Checks a way to pay, and tells which it is.
pub(super) fn check<'a>(setting: &At<'a>, market: Market, place: Place) -> Result<&'a str> {
    let ways: &[&str] = match (market, place) {
        (_, Place::Checkout) => &["payment_gateway"],
        (Market::India, _) => &INDIA,
        (Market::Brazil, _) => &BRAZIL,
        (Market::Other, _) => &ANY,
    };
    let (way, inner) = open(setting, ways)?;
    match way {
        "upi_intent_link" => upi(&inner)?,
        "payment_gateway" => gateway(&inner)?,
        "razorpay" | "payu" => {
            inner.only(&["encrypted_payment_gateway_data"])?;
            inner.need("encrypted_payment_gateway_data")?.text().map(drop)?;
        }
        "pix_dynamic_code" => pix(&inner, true)?,
        "boleto" => boleto(&inner)?,
        "offsite_card_pay" => {
            inner.only(&["last_four_digits", "credential_id"])?;
            inner.need("last_four_digits")?.digits(4)?;
            inner.need("credential_id")?.text()?;
        }
        _ => payment_link(&inner)?,
    }
    Ok(way)
}

/// Checks what a button of a template asks to be paid with, and tells which way it is.
pub(in super::super) fn request<'a>(setting: &At<'a>) -> Result<&'a str> {
    let (way, inner) = open(setting, &REQUESTS)?;
    match way {
        "pix_dynamic_code" => pix(&inner, false)?,
        "boleto" => boleto(&inner)?,
        _ => payment_link(&inner)?,
    }
    Ok(way)
}

/// The way that a setting names, and the member of that name.
fn open<'a>(setting: &At<'a>, ways: &[&str]) -> Result<(&'a str, At<'a>)> {
    let way = setting.need("type")?.one_of(ways)?;
    setting.only(&["type", way])?;
    Ok((way, setting.need(way)?))
}

fn upi(inner: &At<'_>) -> Result {
    inner.only(&["link"])?;
    let link = inner.need("link")?;
    if link.id()?.starts_with("upi://") { Ok(()) } else { Err(link.value("must begin with upi://")) }
}

fn payment_link(inner: &At<'_>) -> Result {
    inner.only(&["uri", "success_url", "cancel_url"])?;
    inner.need("uri")?.web_address()?;
    inner.optional("success_url", At::web_address)?;
    inner.optional("cancel_url", At::web_address).map(drop)
}

/// Only the code is needed where no order is shown.
fn pix(inner: &At<'_>, has_order: bool) -> Result {
    inner.only(&["code", "merchant_name", "key", "key_type"])?;
    inner.need("code")?.text()?;
    for name in ["merchant_name", "key", "key_type"].into_iter().filter(|_| has_order) {
        inner.need(name)?;
    }
    inner.optional("merchant_name", At::text)?;
    inner.optional("key", At::text)?;
    inner.optional("key_type", |kind| kind.one_of(&["CPF", "CNPJ", "EMAIL", "PHONE", "EVP"])).map(drop)
}

fn boleto(inner: &At<'_>) -> Result {
    inner.only(&["digitable_line"])?;
    inner.need("digitable_line")?.text().map(drop)
}

/// A gateway by name. Meta knows some; a name or configuration it does not know is not refused, the customer just cannot
/// pay.
fn gateway(inner: &At<'_>) -> Result {
    let own = ["type", "configuration_name", "preferred_payment_methods", "enabled_payment_options"];
    let kind = inner.need("type")?;
    let name = kind.text()?;
    if own.contains(&name) {
        return Err(kind.value("is not the name of a gateway"));
    }
    inner.only(&[own.as_slice(), &[name]].concat())?;
    inner.need("configuration_name")?.text()?;
    inner.optional(name, |own| own_data(name, own))?;
    inner.optional("preferred_payment_methods", |methods| {
        for method in methods.elements_up_to(1)? {
            method.only(&["method"])?;
            method.need("method")?.text()?;
        }
        Ok(())
    })?;
    inner
        .optional("enabled_payment_options", |options| {
            options.elements()?.iter().try_for_each(|option| option.text().map(drop))
        })
        .map(drop)
}

/// What a gateway gives back in its webhooks.
fn own_data(name: &str, own: &At<'_>) -> Result {
    let (known, most): (&[&str], usize) = match name {
        "razorpay" => return razorpay(own),
        "payu" => (&["udf1", "udf2", "udf3", "udf4"], 255),
        "zaakpay" => (&["extra1", "extra2"], 180),
        "billdesk" => (
            &[
                "additional_info1",
                "additional_info2",
                "additional_info3",
                "additional_info4",
                "additional_info5",
                "additional_info6",
                "additional_info7",
            ],
            120,
        ),
        _ => return own.members().map(drop),
    };
    own.only(known)?;
    known.iter().try_for_each(|name| own.optional(name, |text| text.text_up_to(most)).map(drop))
}

fn razorpay(own: &At<'_>) -> Result {
    own.only(&["receipt", "notes"])?;
    own.optional("receipt", |receipt| receipt.text_up_to(40))?;
    let Some(notes) = own.get("notes") else { return Ok(()) };
    let members = notes.members()?;
    if members.len() > 15 {
        return Err(notes.value(&format!("has {} members, at most 15 are allowed", members.len())));
    }
    members.iter().try_for_each(|(_, note)| note.text_up_to(256).map(drop))
}
