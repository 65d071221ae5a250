//! The documented limits of a template, all of them in one pass.

mod authentication;
mod button;
mod buttons;
mod carousel;
mod component;
mod placeholders;
mod text;

use crate::{
    check,
    error::{Path, Violation},
    template::{Body, Category, Component, ComponentKind, Definition, ParameterFormat},
};

/// What the limits of a component depend on beside the component itself.
#[derive(Clone, Copy)]
struct Around<'a> {
    category: Option<&'a Category>,
    /// How placeholders must be named; nothing when the format is one we do not know.
    format: Option<&'a ParameterFormat>,
    max_body: usize,
}

impl Around<'_> {
    fn is_authentication(&self) -> bool {
        self.category == Some(&Category::Authentication)
    }
}

pub(super) fn definition(definition: &Definition, out: &mut Vec<Violation>) {
    name(&definition.name, out);
    language(definition, out);
    if definition.category.is_none() {
        out.push(Violation::new(
            Path::ROOT.field("category"),
            "is missing",
            "MARKETING, UTILITY or AUTHENTICATION",
        ));
    }
    time_to_live(definition, out);
    components(definition, out);
    for example in &definition.unplaced {
        let problem = format!("no text has the placeholder {{{{{}}}}} of an example", example.name);
        out.push(Violation::new(Path::ROOT.field("components"), problem, "examples of placeholders only"));
    }
}

fn name(name: &str, out: &mut Vec<Violation>) {
    let at = Path::ROOT.field("name");
    check::text(at, name, Definition::MAX_NAME, out);
    if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        out.push(Violation::new(at, "has other characters", "lower-case letters, digits and _"));
    }
}

/// Accounts that create one authentication template in many languages at once give `languages` instead.
fn language(definition: &Definition, out: &mut Vec<Violation>) {
    if definition.language.is_empty() && definition.extra.contains_key("languages") {
        return;
    }
    let (language, region) = match definition.language.split_once('_') {
        Some((language, region)) => (language, Some(region)),
        None => (&*definition.language, None),
    };
    let shaped = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
    let placed = region.is_none_or(|region| {
        (2..=4).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if !(shaped && placed) {
        out.push(Violation::new(
            Path::ROOT.field("language"),
            "is not a language code",
            "such as en or en_US",
        ));
    }
}

fn time_to_live(definition: &Definition, out: &mut Vec<Violation>) {
    let Some(seconds) = definition.ttl_seconds else { return };
    let (range, or_30_days) = match definition.category {
        Some(Category::Authentication) => (Definition::AUTHENTICATION_TTL, true),
        Some(Category::Utility) => (Definition::UTILITY_TTL, true),
        Some(Category::Marketing) => (Definition::MARKETING_TTL, false),
        Some(Category::Unknown(_)) | None => return,
    };
    let fits = range.contains(&seconds) || (or_30_days && seconds == Definition::TTL_30_DAYS);
    if !fits {
        let limit = format!("{} to {} seconds in this category", range.start(), range.end());
        let limit = if or_30_days { format!("{limit}, or -1 for 30 days") } else { limit };
        out.push(Violation::new(
            Path::ROOT.field("message_send_ttl_seconds"),
            format!("is {seconds}"),
            limit,
        ));
    }
}

fn components(definition: &Definition, out: &mut Vec<Violation>) {
    let at = Path::ROOT.field("components");
    let has = |kind| definition.components.iter().any(|component| component.kind() == kind);
    let around = Around {
        category: definition.category.as_ref(),
        format: match &definition.parameter_format {
            None => Some(&ParameterFormat::Positional),
            Some(ParameterFormat::Unknown(_)) => None,
            Some(known) => Some(known),
        },
        max_body: if has(ComponentKind::LimitedTimeOffer) {
            Body::MAX_TEXT_WITH_OFFER
        } else {
            Body::MAX_TEXT
        },
    };
    let from_library = definition.extra.contains_key("library_template_name");
    if !has(ComponentKind::Body) && !around.is_authentication() && !from_library {
        out.push(Violation::new(
            at,
            "has no BODY",
            "one BODY, except in authentication and library templates",
        ));
    }
    if has(ComponentKind::LimitedTimeOffer) && has(ComponentKind::Footer) {
        out.push(Violation::new(at, "has a FOOTER beside a LIMITED_TIME_OFFER", "one of the two"));
    }
    for (index, component) in definition.components.iter().enumerate() {
        component::check(at.index(index), component, around, out);
    }
    only_once(at, &definition.components, out);
    if around.is_authentication() {
        authentication::check(at, &definition.components, out);
    }
}

/// Each kind of component may be there once, in a template and in a card.
fn only_once(at: Path<'_>, components: &[Component], out: &mut Vec<Violation>) {
    for (index, component) in components.iter().enumerate() {
        let kind = component.kind();
        // Of what could not be read that is all there is to say.
        let is_unread = matches!(component, Component::Raw(raw) if raw.reason().is_some());
        let is_known = !matches!(kind, ComponentKind::Unknown(_));
        if is_known && !is_unread && components.iter().take(index).any(|there| there.kind() == kind) {
            let problem = format!("is a second {kind}");
            out.push(Violation::new(at.index(index), problem, "each kind of component only once"));
        }
    }
}
