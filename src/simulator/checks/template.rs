//! Template sends, against the template as it was approved.

use super::{Result, at::At};
use crate::simulator::{
    ApprovedTemplate,
    model::Model,
    refusal::Refusal,
    template::{
        TemplateButton, TemplateHeader, button_component, button_index, component, placeholders, spelled,
    },
};
use serde_json::Value;

const COMPONENTS: [&str; 6] =
    ["header", "body", "button", "limited_time_offer", "carousel", "tap_target_configuration"];

/// Longest body with its parameters filled in.
const LONGEST_BODY: usize = 1024;

/// `by_user_id`: the person is named by BSUID alone.
pub(super) fn template(content: &At<'_>, model: &Model, by_user_id: bool) -> Result {
    content.only(&["name", "language", "components", "namespace"])?;
    let name = content.need("name")?.text_up_to(512)?;
    let language = content.need("language")?.need("code")?.text()?;
    let Some(template) = model.template(name, language) else {
        return Err(Refusal::new(132_001, "No template of this name is approved in this language."));
    };
    if by_user_id && template.category.eq_ignore_ascii_case("authentication") {
        return Err(Refusal::new(131_062, "Authentication templates cannot be sent to a BSUID."));
    }
    if let Some(components) =
        content.get("components").filter(|components| components.value != &Value::Array(vec![]))
    {
        for component in components.elements()? {
            let kind = component.need("type")?;
            if !COMPONENTS
                .iter()
                .any(|known| kind.value.as_str().is_some_and(|k| k.eq_ignore_ascii_case(known)))
            {
                return Err(kind.unsupported(&format!("must be one of {}", COMPONENTS.join(", "))));
            }
        }
    }
    body(content.value, template)?;
    header(content, template, model)?;
    buttons(content.value, template)
}

fn body(send: &Value, template: &ApprovedTemplate) -> Result {
    let parameters = parameters(component(send, "body"));
    texts("body", parameters, &template.body)?;
    if template.fill(send).body.chars().count() > LONGEST_BODY {
        let details = format!("body: with its parameters it has more than {LONGEST_BODY} characters.");
        return Err(Refusal::new(132_005, details));
    }
    Ok(())
}

fn header(content: &At<'_>, template: &ApprovedTemplate, model: &Model) -> Result {
    let parameters = parameters(component(content.value, "header"));
    match &template.header {
        None => texts("header", parameters, ""),
        Some(TemplateHeader::Text(text)) => texts("header", parameters, text),
        Some(TemplateHeader::Media(kind)) => {
            count("header", parameters.len(), 1)?;
            for parameter in parameters {
                let is_kind = parameter.get("type").and_then(Value::as_str) == Some(kind);
                let Some(file) = parameter.get(kind).filter(|_| is_kind) else {
                    return Err(format(&format!("header: Format mismatch, expected {kind}.")));
                };
                super::content::source(kind, &At::root(file), model)?;
            }
            Ok(())
        }
    }
}

fn buttons(send: &Value, template: &ApprovedTemplate) -> Result {
    for sent in list(send.get("components")).iter().filter(|c| is_button(c)) {
        let button = button_index(sent).and_then(|index| template.buttons.get(index));
        let sub_type = sent.get("sub_type").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let fits = match button {
            None => return Err(count_is_off("buttons", "index names no button of the template")),
            Some(TemplateButton::QuickReply { .. }) => sub_type == "quick_reply",
            // The copy-code button of an authentication template is sent as an address, too.
            Some(TemplateButton::Url { .. }) => sub_type == "url",
        };
        if !fits {
            return Err(format("buttons: sub_type does not match the button of the template."));
        }
    }
    for (index, button) in template.buttons.iter().enumerate() {
        let parameters = parameters(button_component(send, index));
        let place = format!("buttons: button at index {index}");
        match button {
            TemplateButton::QuickReply { .. } => {
                let is_payload = |parameter: &Value| parameter.get("payload").is_some_and(Value::is_string);
                if parameters.len() > 1 || !parameters.iter().all(is_payload) {
                    return Err(format(&format!("{place} takes one payload.")));
                }
            }
            TemplateButton::Url { url, .. } => match (placeholders(url).len(), parameters.len()) {
                (0, 0) => {}
                (_, 0) => {
                    return Err(Refusal::new(131_008, format!("{place} of type url requires a parameter.")));
                }
                (wanted, given) => {
                    count(&place, given, wanted)?;
                    parameters.iter().try_for_each(|parameter| spelled_text(&place, parameter))?;
                }
            },
        }
    }
    Ok(())
}

/// Checks the parameters of a text with placeholders.
fn texts(place: &str, parameters: &[Value], text: &str) -> Result {
    let names = placeholders(text);
    count(place, parameters.len(), names.len())?;
    for parameter in parameters {
        spelled_text(place, parameter)?;
    }
    let is_positional = names.iter().all(|name| name.bytes().all(|b| b.is_ascii_digit()));
    if is_positional {
        return Ok(());
    }
    for parameter in parameters {
        let Some(name) = parameter.get("parameter_name").and_then(Value::as_str) else {
            return Err(Refusal::unsupported(format!("{place}: parameter_name is missing or empty.")));
        };
        if !names.contains(&name) {
            return Err(format(&format!("{place}: parameter_name is not one of the template's.")));
        }
    }
    let given =
        |name: &&str| parameters.iter().any(|p| p.get("parameter_name").is_some_and(|given| given == *name));
    if names.iter().all(given) {
        Ok(())
    } else {
        Err(format(&format!("{place}: a parameter is there twice.")))
    }
}

/// Checks that a parameter is text, or something with a text to fall back on.
fn spelled_text(place: &str, parameter: &Value) -> Result {
    let kind = parameter.get("type").and_then(Value::as_str).unwrap_or_default();
    if !matches!(kind, "text" | "currency" | "date_time") {
        return Err(format(&format!("{place}: Format mismatch, expected text.")));
    }
    let text = spelled(parameter);
    if text.is_empty() {
        return Err(Refusal::new(131_008, format!("{place}: a parameter of type {kind} has no text.")));
    }
    if text.contains(['\n', '\t']) || text.contains("     ") {
        let details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces.";
        return Err(Refusal::new(132_018, format!("{place}: {details}")));
    }
    Ok(())
}

fn count(place: &str, given: usize, wanted: usize) -> Result {
    if given == wanted {
        return Ok(());
    }
    let difference = format!(
        "number of localizable_params ({given}) does not match the expected number of params ({wanted})"
    );
    Err(count_is_off(place, &difference))
}

fn count_is_off(place: &str, difference: &str) -> Refusal {
    Refusal::new(132_000, format!("{place}: {difference}."))
}

fn format(details: &str) -> Refusal {
    Refusal::new(132_012, details)
}

fn is_button(component: &Value) -> bool {
    component.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("button"))
}

fn parameters(component: Option<&Value>) -> &[Value] {
    list(component.and_then(|component| component.get("parameters")))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
