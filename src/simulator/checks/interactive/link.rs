//! Buttons that open an address.

use super::{At, Result, named};

pub(super) fn check(action: &At<'_>, has_header: bool) -> Result {
    let parameters = named(action, "cta_url")?;
    parameters.only(&["display_text", "url", "payment_link_preview"])?;
    button(&parameters)?;
    if parameters.optional("payment_link_preview", At::boolean)? == Some(true) && has_header {
        return Err(parameters.value("have payment_link_preview, which is for messages without header"));
    }
    Ok(())
}

/// The two members that every button of this kind has.
pub(super) fn button(parameters: &At<'_>) -> Result {
    parameters.need("display_text")?.text_up_to(20)?;
    parameters.need("url")?.web_address()
}
