//! Components that only some templates have.

use super::{At, LONGEST_URL, Result, count, only_parameter, order, parameters};
use crate::simulator::template::TemplateOffer;

/// When an offer runs out.
pub(super) fn offer(component: Option<&At<'_>>, offer: Option<&TemplateOffer>) -> Result {
    const NAME: &str = "limited_time_offer";
    let runs_out = offer.map_or(Some(false), |offer| offer.has_expiration);
    match (runs_out, component) {
        (Some(false), component) => count(NAME, parameters(component)?.len(), 0),
        (None, None) => Ok(()),
        _ => {
            let offer = only_parameter(NAME, component, NAME)?;
            offer.only(&["expiration_time_ms"])?;
            offer.need("expiration_time_ms")?.integer_in(1..=u64::MAX).map(drop)
        }
    }
}

/// What a tap on the message itself opens.
pub(super) fn tap_target(component: Option<&At<'_>>) -> Result {
    const NAME: &str = "tap_target_configuration";
    if component.is_none() {
        return Ok(());
    }
    for target in only_parameter(NAME, component, NAME)?.elements()? {
        target.only(&["url", "title"])?;
        let url = target.need("url")?;
        url.web_address()?;
        url.text_up_to(LONGEST_URL)?;
        target.need("title")?.text()?;
    }
    Ok(())
}

/// The state of an order, in the templates that tell it.
pub(super) fn order_status(component: Option<&At<'_>>, is_wanted: bool) -> Result {
    const NAME: &str = "order_status";
    if is_wanted {
        order::status(&only_parameter(NAME, component, NAME)?)
    } else {
        count(NAME, parameters(component)?.len(), 0)
    }
}
