//! Buttons: those the template has, each with what it needs.

use super::{
    super::interactive::product_sections, Around, At, LONGEST_URL, Refusal, Result, count, count_is_off,
    counts_differ, format, inner, order, parameters, texts::words,
};
use crate::simulator::template::{TemplateAction, TemplateButton, button_index, placeholders};

/// Longest code of a coupon. The page on limited-time offers still says 15.
const LONGEST_COUPON: usize = 20;

/// Longest payload of a quick reply. Older pages of Meta's say 128, and the newer ones nothing: what reply buttons have.
const LONGEST_PAYLOAD: usize = 256;

/// `previews` says whether payment links may be shown with one; `references` are those of the orders so far: each is there once.
pub(super) fn check<'a>(
    sent: &[&At<'a>],
    buttons: &[TemplateButton],
    previews: bool,
    references: &mut Vec<&'a str>,
    around: Around<'_>,
) -> Result {
    let mut components = vec![None; buttons.len()];
    for component in sent {
        let index = position(component, buttons)?;
        let (Some(button), Some(place)) = (buttons.get(index), components.get_mut(index)) else {
            return Err(count_is_off("buttons", "index names no button of the template"));
        };
        let wanted = sub_type(&button.does);
        let given = component.need("sub_type")?.text()?;
        if wanted.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(given)) {
            return Err(format("buttons: sub_type does not match the button of the template."));
        }
        if place.replace(*component).is_some() {
            return Err(component.value("is for a button that has a component already"));
        }
    }
    for (index, (button, component)) in buttons.iter().zip(components).enumerate() {
        let place = format!("buttons: button at index {index}");
        fits(&place, button, component, previews, references, around)?;
    }
    Ok(())
}

/// Which button a component is for. The one of a voice call has no index on Meta's page.
fn position(component: &At<'_>, buttons: &[TemplateButton]) -> Result<usize> {
    let calls = || buttons.iter().position(|button| button.does == TemplateAction::VoiceCall);
    let is_call = || {
        let sub_type = component.get("sub_type").and_then(|kind| kind.value.as_str());
        sub_type.is_some_and(|kind| kind.eq_ignore_ascii_case("voice_call"))
    };
    match component.get("index") {
        None if is_call() => calls().ok_or_else(|| format("buttons: the template has no voice call.")),
        None => component.need("index").map(|_| 0),
        Some(index) => {
            button_index(index.value).ok_or_else(|| index.value("is not the position of a button"))
        }
    }
}

/// What `sub_type` is for a button; empty for one that takes nothing, none for one without rules.
fn sub_type(does: &TemplateAction) -> Option<&'static str> {
    Some(match does {
        TemplateAction::QuickReply => "quick_reply",
        // One-time codes are sent as addresses, too.
        TemplateAction::Url(_) | TemplateAction::OneTimeCode => "url",
        TemplateAction::CopyCode => "copy_code",
        TemplateAction::Catalog => "catalog",
        TemplateAction::Products => "mpm",
        TemplateAction::Flow => "flow",
        TemplateAction::VoiceCall => "voice_call",
        TemplateAction::OrderDetails => "order_details",
        TemplateAction::PaymentRequest(_) => "payment_request",
        TemplateAction::PhoneNumber(_) | TemplateAction::Product | TemplateAction::ContactInfo => "",
        TemplateAction::Unknown => return None,
    })
}

fn fits<'a>(
    place: &str,
    button: &TemplateButton,
    component: Option<&At<'a>>,
    previews: bool,
    references: &mut Vec<&'a str>,
    around: Around<'_>,
) -> Result {
    let parameters = parameters(component)?;
    let needed = |what: &str| match parameters.as_slice() {
        [] => Err(Refusal::new(131_008, format!("{place} of type {what} requires a parameter."))),
        [one] => Ok(one),
        more => Err(counts_differ(place, more.len(), 1)),
    };
    // The only parameter of a button that can do without.
    let spare = || count(place, parameters.len(), parameters.len().min(1)).map(|()| parameters.first());
    match &button.does {
        TemplateAction::QuickReply => match spare()? {
            Some(payload) => inner(place, payload, "payload")?.text_up_to(LONGEST_PAYLOAD).map(drop),
            None => Ok(()),
        },
        TemplateAction::Url(url) if placeholders(url).is_empty() => count(place, parameters.len(), 0),
        TemplateAction::Url(_) | TemplateAction::OneTimeCode => {
            let suffix = needed("url")?;
            if suffix.need("type")?.value != "text" {
                return Err(format(&format!("{place}: Format mismatch, expected text.")));
            }
            words(place, suffix, &["payment_link_preview"])?;
            suffix.optional("text", |text| text.text_up_to(LONGEST_URL))?;
            match suffix.get("payment_link_preview") {
                Some(preview) if preview.boolean()? && !previews => {
                    Err(preview.value("is for templates without header and cards"))
                }
                _ => Ok(()),
            }
        }
        TemplateAction::CopyCode => {
            let code = inner(place, needed("copy_code")?, "coupon_code")?;
            code.text_up_to(LONGEST_COUPON).map(drop)
        }
        TemplateAction::Catalog => match spare()? {
            Some(parameter) => thumbnail(&inner(place, parameter, "action")?, &[]),
            None => Ok(()),
        },
        TemplateAction::Products => {
            let action = inner(place, needed("mpm")?, "action")?;
            thumbnail(&action, &["sections"])?;
            product_sections(&action.need("sections")?)
        }
        TemplateAction::Flow => match spare()? {
            Some(parameter) => flow(&inner(place, parameter, "action")?),
            None => Ok(()),
        },
        TemplateAction::VoiceCall => voice_call(place, &parameters),
        TemplateAction::OrderDetails => {
            let action = inner(place, needed("order_details")?, "action")?;
            action.only(&["order_details"])?;
            let is_checkout = button.title.eq_ignore_ascii_case("Buy now");
            let kind = if is_checkout { order::Place::Checkout } else { order::Place::Button };
            let details = action.need("order_details")?;
            order::details(&details, kind, around)?;
            details.need("reference_id")?.unique(references)
        }
        TemplateAction::PaymentRequest(way) => {
            let action = inner(place, needed("payment_request")?, "action")?;
            payment_request(place, &action, way)
        }
        TemplateAction::PhoneNumber(_) | TemplateAction::Product | TemplateAction::ContactInfo => {
            count(place, parameters.len(), 0)
        }
        TemplateAction::Unknown => Ok(()),
    }
}

/// The product whose picture is shown, and the members `more`.
fn thumbnail(action: &At<'_>, more: &[&str]) -> Result {
    let known: Vec<&str> = ["thumbnail_product_retailer_id"].iter().chain(more).copied().collect();
    action.only(&known)?;
    action.optional("thumbnail_product_retailer_id", At::text).map(drop)
}

fn flow(action: &At<'_>) -> Result {
    action.only(&["flow_token", "flow_action_data"])?;
    action.optional("flow_token", At::text)?;
    match action.get("flow_action_data") {
        Some(data) if data.members()?.is_empty() => Err(data.value("must not be empty")),
        _ => Ok(()),
    }
}

/// How long the button works, and what its calls bring along.
fn voice_call(place: &str, parameters: &[At<'_>]) -> Result {
    let mut kinds = Vec::new();
    for parameter in parameters {
        let kind = parameter.need("type")?;
        kind.unique(&mut kinds)?;
        if kind.value == "ttl_minutes" {
            inner(place, parameter, "ttl_minutes")?.integer_in(1..=43_200)?;
        } else {
            inner(place, parameter, "payload")?.text_up_to(512)?;
        }
    }
    Ok(())
}

fn payment_request(place: &str, action: &At<'_>, way: &str) -> Result {
    action.only(&["payment_request"])?;
    let request = action.need("payment_request")?;
    request.only(&["payment_setting"])?;
    let given = order::payment_request(&request.need("payment_setting")?)?;
    if way.is_empty() || way.eq_ignore_ascii_case(given) {
        Ok(())
    } else {
        Err(format(&format!("{place}: Format mismatch, expected {way}.")))
    }
}
