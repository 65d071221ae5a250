//! What Meta checks of a template that is submitted, before anybody reviews it.
//!
//! All of it has code 100; the subcode tells what it is about.
//!
//! | subcode | when |
//! |---|---|
//! | 2388040 | more characters than a text may have |
//! | 2388047 | a header that is not as it should be |
//! | 2388072 | a body that is not as it should be |
//! | 2388073 | a footer that is not as it should be |
//! | 2388273 | no sample file of a header, or one that was never uploaded |
//! | 2388293 | more placeholders than other words in a body: Meta does not say how many are too many |
//! | 2388299 | a body that begins or ends with a placeholder |
//!
//! What the account may do (names that are taken, limits) is for the model to say. Members of the body that Meta does not
//! know are passed over, as the Graph API does; those of components and buttons are refused.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components>

mod buttons;
mod cards;
mod code;
mod library;
mod parts;
mod words;

pub(crate) use library::written_out;

use super::{Result, at::At};
use crate::simulator::{model::Model, refusal::Refusal};
use serde_json::{Map, Value};

pub(super) const TOO_LONG: i64 = 2_388_040;
const LONGEST_NAME: usize = 512;

/// What is kept of a definition.
const MEMBERS: [&str; 13] = [
    "name",
    "language",
    "category",
    "sub_category",
    "display_format",
    "parameter_format",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "components",
    "library_template_name",
    "library_template_body_inputs",
    "library_template_button_inputs",
];

/// Members whose value is a word of the API, which requests may spell in small letters and answers never do.
const WORDS: [&str; 7] =
    ["type", "format", "category", "sub_category", "display_format", "parameter_format", "otp_type"];

/// What the limits of a component depend on beside the component itself.
#[derive(Clone, Copy)]
struct Around<'a> {
    model: &'a Model,
    is_code: bool,
    is_marketing: bool,
    is_named: bool,
    longest_body: usize,
}

/// The members that are kept of what was submitted, with the API's words in capital letters.
pub(crate) fn spelled(submitted: &Map<String, Value>) -> Value {
    let kept = MEMBERS.iter().filter_map(|name| {
        let value = submitted.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), spelled_member(name, value)))
    });
    kept.collect()
}

fn spelled_member(name: &str, value: &Value) -> Value {
    match value {
        // What a flow or a payment holds is not the template's own.
        _ if matches!(name, "flow_json" | "payment_setting" | "degrees_of_freedom_spec") => value.clone(),
        Value::String(word) if WORDS.contains(&name) => word.to_ascii_uppercase().into(),
        Value::Array(items) => items.iter().map(|item| spelled_member("", item)).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), spelled_member(name, value)))
            .collect(),
        other => other.clone(),
    }
}

/// Checks a definition whose words are [`spelled`].
pub(crate) fn definition(definition: &Value, model: &Model) -> Result {
    check(definition, model).map_err(Refusal::of_parameter)
}

fn check(definition: &Value, model: &Model) -> Result {
    let whole = At::root(definition);
    let name = whole.need("name")?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !short(&name, LONGEST_NAME)?.bytes().all(plain) {
        return Err(name.unsupported("has other characters than a to z, 0 to 9 and _"));
    }
    language(&whole.need("language")?)?;
    let category = whole.need("category")?;
    let category = one_of(&category, &["AUTHENTICATION", "MARKETING", "UTILITY"])?;
    let format = whole.optional("parameter_format", |format| one_of(format, &["NAMED", "POSITIONAL"]))?;
    if let Some(seconds) = whole.get("message_send_ttl_seconds") {
        time_to_live(&seconds, category)?;
    }
    creative_features(&whole)?;
    components(&whole.need("components")?, category, format == Some("NAMED"), model)
}

fn components(at: &At<'_>, category: &str, is_named: bool, model: &Model) -> Result {
    let parts = by_kind(at, &parts::KINDS)?;
    let has = |kind| parts.iter().any(|(there, _)| *there == kind);
    let around = Around {
        model,
        is_code: category == "AUTHENTICATION",
        is_marketing: category == "MARKETING",
        is_named,
        longest_body: if has("LIMITED_TIME_OFFER") { 600 } else { 1024 },
    };
    if around.is_code {
        return code::check(at, &parts);
    }
    if !has("BODY") {
        return Err(at.unsupported("has no BODY").of_template(parts::BODY));
    }
    if has("LIMITED_TIME_OFFER") && has("FOOTER") {
        return Err(at.unsupported("has a FOOTER beside a LIMITED_TIME_OFFER").of_template(parts::FOOTER));
    }
    parts.iter().try_for_each(|(kind, part)| match *kind {
        "BUTTONS" => buttons::check(part, around),
        "CAROUSEL" => cards::check(part, around),
        kind => parts::check(kind, part, around),
    })
}

/// The components of a template or a card, each of one of `kinds` and each kind once.
fn by_kind<'a>(at: &At<'a>, kinds: &[&'static str]) -> Result<Vec<(&'static str, At<'a>)>> {
    let mut parts: Vec<(&'static str, At<'a>)> = Vec::new();
    for part in at.elements()? {
        let kind = part.need("type")?;
        let Some(known) = kinds.iter().find(|known| kind.value == **known) else {
            return Err(kind.unsupported(&format!("must be one of {}", kinds.join(", "))));
        };
        if parts.iter().any(|(there, _)| there == known) {
            return Err(part.unsupported("is of a type that is there already"));
        }
        parts.push((known, part));
    }
    Ok(parts)
}

/// Two or three small letters, and a region if need be. Meta has a list of languages that grows.
fn language(at: &At<'_>) -> Result {
    let text = at.text()?;
    let (language, region) = text.split_once('_').map_or((text, None), |(one, two)| (one, Some(two)));
    let is_language = matches!(language.len(), 2 | 3) && language.bytes().all(|b| b.is_ascii_lowercase());
    let is_region = region.is_none_or(|region| {
        matches!(region.len(), 2..=4) && region.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if is_language && is_region { Ok(()) } else { Err(at.unsupported("is not a language of templates")) }
}

fn time_to_live(at: &At<'_>, category: &str) -> Result {
    let (range, month) = match category {
        "AUTHENTICATION" => (30..=900, true),
        "UTILITY" => (30..=43_200, true),
        _ => (43_200..=2_592_000, false),
    };
    match whole_number(at.value) {
        Some(seconds) if range.contains(&seconds) || (month && seconds == -1) => Ok(()),
        _ => {
            let (least, most) = range.into_inner();
            Err(at.unsupported(&format!("must be {least} to {most} seconds in this category")))
        }
    }
}

fn creative_features(whole: &At<'_>) -> Result {
    const FEATURES: [&str; 10] = [
        "image_brightness_and_contrast",
        "image_touchups",
        "add_text_overlay",
        "image_animation",
        "image_background_gen",
        "auto_promotion_tag",
        "text_extraction_for_headline",
        "text_extraction_for_tap_target",
        "product_extensions",
        "text_formatting_optimization",
    ];
    let Some(freedom) = whole.get("degrees_of_freedom_spec") else { return Ok(()) };
    freedom.only(&["creative_features_spec"])?;
    let features = freedom.need("creative_features_spec")?;
    features.only(&FEATURES)?;
    features.members()?.into_iter().try_for_each(|(_, feature)| {
        feature.only(&["enroll_status"])?;
        one_of(&feature.need("enroll_status")?, &["OPT_IN", "OPT_OUT"]).map(drop)
    })
}

/// A whole number, or text that spells one: forms know nothing else.
fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Text of one to `most` characters; its own subcode tells that it is too long.
fn short<'a>(at: &At<'a>, most: usize) -> Result<&'a str> {
    at.text()?;
    at.text_up_to(most).map_err(|refusal| refusal.of_template(TOO_LONG))
}

/// A word of the API. Templates know no code but 100 for another one.
fn one_of<'a>(at: &At<'a>, allowed: &[&str]) -> Result<&'a str> {
    let word = at.text()?;
    if allowed.contains(&word) {
        Ok(word)
    } else {
        Err(at.unsupported(&format!("must be one of {}", allowed.join(", "))))
    }
}
