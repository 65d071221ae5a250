//! Templates made from Meta's library: its words, with the addresses and numbers of the business.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-library>

use super::{At, Result, one_of, short, spelled_member, whole_number};
use crate::simulator::{
    json::{list, text},
    library,
    refusal::Refusal,
};
use serde_json::{Value, json};

/// Buttons that need an input, and others that may have one.
const NEEDED: [&str; 3] = ["URL", "PHONE_NUMBER", "OTP"];
const OTHERS: [&str; 6] = ["QUICK_REPLY", "MPM", "CATALOG", "FLOW", "VOICE_CALL", "APP"];

/// Choices for the body that are yes or no.
const SWITCHES: [&str; 4] =
    ["add_contact_number", "add_learn_more_link", "add_security_recommendation", "add_track_package_link"];

/// The definition as if it had been written out: what is made from the library gets its components, anything else stays as
/// it is. Whether the whole is as it should be is for the check of definitions to say.
pub(crate) fn written_out(definition: Value) -> Result<Value> {
    write_out(definition).map_err(Refusal::of_parameter)
}

fn write_out(mut definition: Value) -> Result<Value> {
    let components = {
        let whole = At::root(&definition);
        let Some(name) = whole.get("library_template_name") else { return Ok(definition) };
        let language = whole.need("language")?;
        let Some(template) = library::find(name.text()?, language.text()?) else {
            return Err(name.unsupported("is not the name of a template of the library in this language"));
        };
        let category = whole.need("category")?;
        if template.get("category") != Some(category.value) {
            return Err(category.unsupported("is not that of the template of the library"));
        }
        let choices = given(&whole, "library_template_body_inputs", json!({}))?;
        let inputs = given(&whole, "library_template_button_inputs", json!([]))?;
        let (choices, inputs) = (At::root(&choices), At::root(&inputs));
        check_choices(&choices)?;
        if category.value == "AUTHENTICATION" {
            code(&choices, &buttons(template, &inputs)?)
        } else {
            words(template, &choices, &buttons(template, &inputs)?)
        }
    };
    if let Some(members) = definition.as_object_mut() {
        members.insert("components".into(), components);
    }
    Ok(definition)
}

/// A member of the definition, which may be JSON in a text: Meta's own examples write it so.
fn given(whole: &At<'_>, name: &str, without: Value) -> Result<Value> {
    let Some(member) = whole.get(name) else { return Ok(without) };
    match member.value {
        Value::String(json) => match serde_json::from_str(json) {
            Ok(value) => Ok(spelled_member("", &value)),
            Err(_) => Err(member.unsupported("is not JSON")),
        },
        value => Ok(value.clone()),
    }
}

fn check_choices(choices: &At<'_>) -> Result {
    choices.members()?;
    for switch in SWITCHES {
        choices.optional(switch, At::boolean)?;
    }
    match choices.get("code_expiration_minutes") {
        Some(minutes) if !whole_number(minutes.value).is_some_and(|minutes| (1..=90).contains(&minutes)) => {
            Err(minutes.unsupported("must be 1 to 90"))
        }
        _ => Ok(()),
    }
}

/// The buttons of the template, each with what its input says.
fn buttons(template: &Value, inputs: &At<'_>) -> Result<Vec<Value>> {
    let mut left = Vec::new();
    for input in inputs.list()? {
        let kind = input.need("type")?;
        if !OTHERS.contains(&one_of(&kind, &[&NEEDED[..], &OTHERS[..]].concat())?) {
            left.push(input);
        }
    }
    let mut left = left.into_iter();
    let mut buttons = Vec::new();
    for button in list(template, "/buttons") {
        let kind = text(button, "/type").unwrap_or_default();
        buttons.push(match (kind, NEEDED.contains(&kind).then(|| left.next())) {
            (_, None) => whole(button),
            (_, Some(Some(input))) if input.value.get("type") == button.get("type") => {
                filled(button, &input)?
            }
            _ => return Err(inputs.unsupported(&format!("needs an input of type {kind} in this place"))),
        });
    }
    match left.next() {
        None => Ok(buttons),
        Some(input) => Err(input.unsupported("is for no button of the template of the library")),
    }
}

/// A button that needs nothing of the business. The forms of the library are Flows that Meta made.
fn whole(button: &Value) -> Value {
    let mut button = button.clone();
    if let (Some("FLOW"), Some(members)) =
        (text(&button, "/type").map(str::to_owned).as_deref(), button.as_object_mut())
    {
        members.insert("flow_name".into(), "form_of_the_library".into());
    }
    button
}

fn filled(button: &Value, input: &At<'_>) -> Result<Value> {
    let mut filled = button.clone();
    let Some(members) = filled.as_object_mut() else { return Ok(filled) };
    match text(button, "/type") {
        Some("URL") => {
            input.only(&["type", "url"])?;
            let url = input.need("url")?;
            url.only(&["base_url", "url_suffix_example"])?;
            members.insert("url".into(), short(&url.need("base_url")?, 2000)?.into());
            if let Some(example) = url.optional("url_suffix_example", At::text)? {
                members.insert("example".into(), json!([example]));
            }
        }
        Some("PHONE_NUMBER") => {
            input.only(&["type", "phone_number"])?;
            members.insert("phone_number".into(), short(&input.need("phone_number")?, 20)?.into());
        }
        _ => {
            input.only(&["type", "otp_type", "zero_tap_terms_accepted", "supported_apps"])?;
            members.extend(input.value.as_object().cloned().unwrap_or_default());
        }
    }
    Ok(filled)
}

/// The words of the library. What more the body may say is in words of our own.
fn words(template: &Value, choices: &At<'_>, buttons: &[Value]) -> Value {
    let mut components = Vec::new();
    if let Some(header) = text(template, "/header") {
        components.push(json!({ "type": "HEADER", "format": "TEXT", "text": header }));
    }
    let calls = if is_on(choices, "add_contact_number") { " If you have questions, call us." } else { "" };
    let body = format!("{}{calls}", text(template, "/body").unwrap_or_default());
    let samples = list(template, "/body_params");
    components.push(if samples.is_empty() {
        json!({ "type": "BODY", "text": body })
    } else {
        json!({ "type": "BODY", "text": body, "example": { "body_text": [samples] } })
    });
    if !buttons.is_empty() {
        components.push(json!({ "type": "BUTTONS", "buttons": buttons }));
    }
    components.into()
}

/// A one-time code, whose words are set for all alike.
fn code(choices: &At<'_>, buttons: &[Value]) -> Value {
    let warns = is_on(choices, "add_security_recommendation");
    let mut components = vec![json!({ "type": "BODY", "add_security_recommendation": warns })];
    if let Some(minutes) = choices.get("code_expiration_minutes") {
        components.push(json!({ "type": "FOOTER", "code_expiration_minutes": minutes.value }));
    }
    components.push(json!({ "type": "BUTTONS", "buttons": buttons }));
    components.into()
}

fn is_on(choices: &At<'_>, name: &str) -> bool {
    choices.value.get(name) == Some(&Value::Bool(true))
}
