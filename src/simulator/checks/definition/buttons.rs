//! Buttons: how many of each, in which order, and each by itself.

use super::{Around, At, Result, one_of, short, whole_number, words::Cut};

/// How many buttons of a kind there may be, where Meta says.
const MOST: [(&str, usize); 4] = [("URL", 2), ("PHONE_NUMBER", 1), ("COPY_CODE", 1), ("PAYMENT_REQUEST", 3)];

pub(super) fn check(part: &At<'_>, around: Around<'_>) -> Result {
    part.only(&["type", "buttons"])?;
    let list = part.need("buttons")?;
    let buttons = list.elements()?;
    if buttons.len() > 10 {
        return Err(list.unsupported("has more than 10 buttons"));
    }
    let kinds: Vec<&str> = buttons.iter().map(|button| button.need("type")?.text()).collect::<Result<_>>()?;
    for (kind, most) in MOST {
        if kinds.iter().filter(|there| **there == kind).count() > most {
            return Err(list.unsupported(&format!("has more than {most} buttons of type {kind}")));
        }
    }
    let places: Vec<usize> = (0..kinds.len()).filter(|n| kinds.get(*n) == Some(&"QUICK_REPLY")).collect();
    if let (Some(first), Some(last)) = (places.first(), places.last()) {
        let is_together = last - first + 1 == places.len();
        let is_at_an_end = *first == 0 || *last + 1 == kinds.len();
        if !is_together || !is_at_an_end {
            return Err(
                list.unsupported("has quick replies that are not together before or after the others")
            );
        }
    }
    buttons.iter().zip(kinds).try_for_each(|(button, kind)| one(kind, button, around))
}

fn one(kind: &str, button: &At<'_>, around: Around<'_>) -> Result {
    match kind {
        "QUICK_REPLY" => {
            button.only(&["type", "text"])?;
            short(&button.need("text")?, 25).map(drop)
        }
        "URL" => address(button),
        "PHONE_NUMBER" => {
            button.only(&["type", "text", "phone_number"])?;
            short(&button.need("text")?, 25)?;
            short(&button.need("phone_number")?, 20).map(drop)
        }
        "COPY_CODE" => {
            button.only(&["type", "text", "example"])?;
            let example = button.need("example")?;
            let list = example.list();
            let code = list.as_deref().ok().and_then(|list| list.first()).unwrap_or(&example);
            short(code, 20).map(drop)
        }
        "FLOW" => flow(button),
        "VOICE_CALL" => {
            button.only(&["type", "text", "ttl_minutes"])?;
            button.optional("text", |text| short(text, 20))?;
            match button.get("ttl_minutes") {
                Some(time)
                    if !whole_number(time.value).is_some_and(|time| (1440..=43_200).contains(&time)) =>
                {
                    Err(time.unsupported("must be 1440 to 43200"))
                }
                _ => Ok(()),
            }
        }
        "REQUEST_CONTACT_INFO" => {
            button.only(&["type", "text"])?;
            button.optional("text", |text| one_of(text, &["Share Contact Info"])).map(drop)
        }
        "PAYMENT_REQUEST" => {
            button.only(&["type", "text", "payment_setting"])?;
            button.optional("text", |text| short(text, 25)).map(drop)
        }
        "CATALOG" | "MPM" | "SPM" | "ORDER_DETAILS" => {
            button.only(&["type", "text"])?;
            button.optional("text", |text| short(text, 25)).map(drop)
        }
        "OTP" => Err(button.unsupported("is for authentication templates")),
        _ => Err(button.need("type")?.unsupported("is not a type of button")),
    }?;
    // An address that is tracked in its own way, or opens in an app, is for offers only.
    if kind == "URL" && button.get("app_deep_link").is_some() && !around.is_marketing {
        return Err(button.unsupported("opens in an app, which is for marketing templates"));
    }
    Ok(())
}

/// An address, with one placeholder at its end if need be.
fn address(button: &At<'_>) -> Result {
    button.only(&["type", "text", "url", "example", "app_deep_link", "payment_link_preview"])?;
    short(&button.need("text")?, 25)?;
    let url = button.need("url")?;
    let cut = Cut::of(short(&url, 2000)?);
    let fixed = match (cut.placeholders.as_slice(), cut.rest.as_slice()) {
        ([], [whole]) => *whole,
        ([_], [fixed, ""]) => *fixed,
        _ => return Err(url.unsupported("may have one placeholder, at its end")),
    };
    if !fixed.starts_with("https://") && !fixed.starts_with("http://") {
        return Err(url.unsupported("must be an http or https address"));
    }
    if cut.placeholders.is_empty() {
        return Ok(());
    }
    let example = button.need("example")?;
    let given = example.value.get(0).unwrap_or(example.value).as_str();
    if given.is_some_and(|given| !given.trim().is_empty()) {
        Ok(())
    } else {
        Err(example.unsupported("must say what may stand for the placeholder"))
    }
}

fn flow(button: &At<'_>) -> Result {
    const NAMES: [&str; 3] = ["flow_id", "flow_name", "flow_json"];
    button.only(&[
        "type",
        "text",
        "flow_id",
        "flow_name",
        "flow_json",
        "flow_action",
        "navigate_screen",
        "icon",
    ])?;
    short(&button.need("text")?, 25)?;
    if NAMES.iter().filter(|name| button.get(name).is_some()).count() != 1 {
        return Err(button.unsupported("must have one of flow_id, flow_name and flow_json"));
    }
    button.optional("flow_action", |action| one_of(action, &["navigate", "data_exchange"]))?;
    button.optional("icon", |icon| one_of(icon, &["DOCUMENT", "PROMOTION", "REVIEW"]))?;
    Ok(())
}

/// The one button of an authentication template.
pub(super) fn one_time_code(button: &At<'_>) -> Result {
    button.only(&[
        "type",
        "otp_type",
        "text",
        "autofill_text",
        "zero_tap_terms_accepted",
        "supported_apps",
        "package_name",
        "signature_hash",
    ])?;
    one_of(&button.need("type")?, &["OTP"])?;
    button.optional("text", |text| short(text, 25))?;
    button.optional("autofill_text", |text| short(text, 25))?;
    let way = button.need("otp_type")?;
    let way = one_of(&way, &["COPY_CODE", "ONE_TAP", "ZERO_TAP"])?;
    if way == "ZERO_TAP" && button.value.get("zero_tap_terms_accepted") != Some(&true.into()) {
        return Err(button.unsupported("needs zero_tap_terms_accepted, which is true"));
    }
    match button.get("supported_apps") {
        Some(apps) => {
            let list = apps.elements()?;
            if list.len() > 5 {
                return Err(apps.unsupported("has more than 5 apps"));
            }
            list.iter().try_for_each(app)
        }
        // Before v21 there was one app, beside the other members.
        None if button.get("package_name").is_some() => Ok(()),
        None if way == "COPY_CODE" => Ok(()),
        None => Err(button.unsupported("needs supported_apps")),
    }
}

fn app(app: &At<'_>) -> Result {
    app.only(&["package_name", "signature_hash"])?;
    let name = app.need("package_name")?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    if !short(&name, 224)?.chars().all(is_plain) {
        return Err(name.unsupported("is not the name of a package"));
    }
    let hash = app.need("signature_hash")?;
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    if hash.text()?.len() == 11 && hash.text()?.chars().all(is_base64) {
        Ok(())
    } else {
        Err(hash.unsupported("must be 11 characters of base64"))
    }
}
