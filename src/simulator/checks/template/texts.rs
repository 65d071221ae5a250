//! Texts with placeholders, and the parameters that fill them in.

use super::{At, Refusal, Result, Sent, count, format, parameters};
use crate::simulator::{
    library,
    template::{fill, placeholders, spelled},
};

/// Longest one-time code.
const LONGEST_CODE: usize = 15;

/// Checks the parameters of `component` against the `text` they fill in.
pub(super) fn check(place: &str, component: Option<&At<'_>>, text: &str, longest: usize) -> Result {
    let parameters = parameters(component)?;
    let names = placeholders(text);
    count(place, parameters.len(), names.len())?;
    for parameter in &parameters {
        words(place, parameter, &["parameter_name"])?;
        // The link to a group is put into bodies.
        if place != "body" && parameter.get("group_id").is_some() {
            return Err(format(&format!("{place}: Format mismatch, expected text.")));
        }
    }
    named(place, &parameters, &names)?;
    if fill(text, component.map(|component| component.value)).chars().count() > longest {
        let details = format!("{place}: with its parameters it has more than {longest} characters.");
        return Err(Refusal::new(132_005, details));
    }
    Ok(())
}

/// Checks that the parameters of named placeholders have their names. Those of numbered ones need none.
fn named(place: &str, parameters: &[At<'_>], names: &[&str]) -> Result {
    let is_numbered = names.iter().all(|name| name.bytes().all(|b| b.is_ascii_digit()));
    let mut given = Vec::new();
    for parameter in parameters {
        match parameter.get("parameter_name") {
            None if is_numbered => {}
            None => {
                let details = format!("{place}: parameter_name is missing or empty.");
                return Err(Refusal::unsupported(details));
            }
            Some(name) if !names.contains(&name.text()?) => {
                return Err(format(&format!("{place}: parameter_name is not one of the template's.")));
            }
            Some(name) if given.contains(&name.text()?) => {
                return Err(format(&format!("{place}: a parameter is there twice.")));
            }
            Some(name) => given.push(name.text()?),
        }
    }
    Ok(())
}

/// Checks that the parameters of a template of the library are of the kinds that it says; they are numbered. Meta does not
/// say with which code it refuses others.
pub(super) fn of_kinds(component: Option<&At<'_>>, kinds: &[&str]) -> Result {
    for (parameter, kind) in parameters(component)?.iter().zip(kinds) {
        if !library::fits(kind, spelled(parameter.value)) {
            return Err(format(&format!("body: Format mismatch, expected {kind}.")));
        }
    }
    Ok(())
}

/// Checks that a parameter is text, or something with a text to fall back on; it may have the members `more`.
pub(super) fn words(place: &str, parameter: &At<'_>, more: &[&str]) -> Result {
    let at = parameter.need("type")?;
    let kind = at.text()?;
    if !matches!(kind, "text" | "currency" | "date_time" | "group_id") {
        return Err(format(&format!("{place}: Format mismatch, expected text.")));
    }
    let known: Vec<&str> = ["type", kind].iter().chain(more).copied().collect();
    parameter.only(&known)?;
    let value = parameter.need(kind)?;
    match kind {
        "currency" => {
            value.only(&["fallback_value", "code", "amount_1000"])?;
            value.need("fallback_value")?.text()?;
            let code = value.need("code")?;
            if code.text()?.len() != 3 || !code.text()?.bytes().all(|b| b.is_ascii_uppercase()) {
                return Err(code.value("must be the three letters of a currency"));
            }
            let amount = value.need("amount_1000")?;
            if !amount.value.is_i64() && !amount.value.is_u64() {
                return Err(amount.unsupported("must be a whole number"));
            }
        }
        "date_time" => {
            value.only(&["fallback_value"])?;
            value.need("fallback_value")?.text()?;
        }
        "group_id" => drop(value.id()?),
        _ => drop(value.text()?),
    }
    let text = spelled(parameter.value);
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        let details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces.";
        return Err(Refusal::new(132_018, format!("{place}: {details}")));
    }
    Ok(())
}

/// Checks that body and button of an authentication template have the same code.
pub(super) fn code(sent: &Sent<'_>) -> Result {
    let mut codes = Vec::new();
    for component in sent.one("body").into_iter().chain(sent.all("button")) {
        for parameter in parameters(Some(component))? {
            codes.extend(parameter.optional("text", |code| code.text_up_to(LONGEST_CODE))?);
        }
    }
    match codes.split_first() {
        Some((first, rest)) if rest.iter().any(|code| code != first) => {
            Err(Refusal::value("The code in the body is not the code on the button."))
        }
        _ => Ok(()),
    }
}
