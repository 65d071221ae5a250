//! Template sends, against the template as it was approved.
//!
//! | code | when |
//! |---|---|
//! | 132000 | more or fewer parameters, buttons or cards than the template has |
//! | 132001 | the account of the number has no such template in this language |
//! | 132005 | too long with its parameters filled in |
//! | 132015 | the template is paused |
//! | 132016 | the template is disabled |
//! | 132012 | a parameter or button of another kind than the template's |
//! | 132018 | text with white space that templates may not have |
//! | 131062 | a one-time code for a BSUID |
//!
//! Everything else has the code that it has in other messages.

mod buttons;
mod carousel;
mod extras;
mod header;
mod texts;

use super::{Around, Result, at::At, media, order, simple};
use crate::simulator::{
    model::{Kept, Standing},
    refusal::Refusal,
    template::{ApprovedTemplate, TemplateParts},
};

/// The kinds of component that a send has, and the members of each.
const KINDS: [(&str, &[&str]); 7] = [
    ("header", &["type", "parameters"]),
    ("body", &["type", "parameters"]),
    ("button", &["type", "sub_type", "index", "parameters"]),
    ("limited_time_offer", &["type", "parameters"]),
    ("carousel", &["type", "cards"]),
    ("tap_target_configuration", &["type", "parameters"]),
    ("order_status", &["type", "parameters"]),
];

/// Longest address, which what fills its end cannot exceed by itself.
const LONGEST_URL: usize = 2000;

/// How many of [`KINDS`] cards have.
const ON_CARDS: usize = 3;

pub(super) fn template(content: &At<'_>, around: Around<'_>) -> Result {
    content.only(&["name", "language", "components", "namespace"])?;
    let name = content.need("name")?.text_up_to(512)?;
    let language = content.need("language")?;
    language.only(&["code", "policy"])?;
    let code = language.need("code")?.text()?;
    language.optional("policy", |policy| policy.one_of(&["deterministic"]))?;

    let template = sendable(around.model.templates().find(&around.from.account_id, name, code))?;
    if around.by_user_id && template.is_authentication() {
        return Err(Refusal::new(131_062, "Authentication templates cannot be sent to a BSUID."));
    }
    if around.in_group && !template.fits_groups() {
        return Err(content.value("is not a template of text and media, which are all that groups take"));
    }
    let sent = Sent::read(content, &KINDS)?;
    fits(&sent, template, around)
}

/// The template as sends are held to it, if it may be sent as it stands.
fn sendable(kept: Option<&Kept>) -> Result<&ApprovedTemplate> {
    match kept.map(|kept| (kept.standing, &kept.approved)) {
        Some((Standing::Approved, template)) => Ok(template),
        Some((Standing::Paused, _)) => Err(Refusal::new(132_015, "Customers dislike the template.")),
        Some((Standing::Disabled, _)) => {
            Err(Refusal::new(132_016, "The template was paused too often and is disabled for good."))
        }
        _ => Err(Refusal::new(132_001, "No template of this name is approved in this language.")),
    }
}

fn fits(sent: &Sent<'_>, template: &ApprovedTemplate, around: Around<'_>) -> Result {
    let mut references = Vec::new();
    let longest_body = if template.offer.is_some() { 600 } else { 1024 };
    parts(sent, &template.parts, longest_body, template.cards.is_empty(), &mut references, around)?;
    if template.is_authentication() {
        texts::code(sent)?;
    }
    extras::offer(sent.one("limited_time_offer"), template.offer.as_ref())?;
    extras::tap_target(sent.one("tap_target_configuration"))?;
    extras::order_status(sent.one("order_status"), template.order_status)?;
    carousel::check(sent.one("carousel"), &template.cards, &mut references, around)
}

/// Checks what templates and cards have alike; `previews` says whether payment links may be shown with one.
fn parts<'a>(
    sent: &Sent<'a>,
    parts: &TemplateParts,
    longest_body: usize,
    previews: bool,
    references: &mut Vec<&'a str>,
    around: Around<'_>,
) -> Result {
    texts::check("body", sent.one("body"), parts.body.as_deref().unwrap_or_default(), longest_body)?;
    header::check(sent.one("header"), parts.header.as_ref(), around)?;
    let previews = previews && parts.header.is_none();
    buttons::check(&sent.all("button"), &parts.buttons, previews, references, around)
}

/// The components of a send, by kind.
struct Sent<'a>(Vec<(&'static str, At<'a>)>);

impl<'a> Sent<'a> {
    /// Reads the member `components` of a template or a card, each of one of `kinds`.
    fn read(holder: &At<'a>, kinds: &[(&'static str, &[&str])]) -> Result<Self> {
        let mut sent = Self(Vec::new());
        for component in holder.optional("components", At::list)?.unwrap_or_default() {
            let at = component.need("type")?;
            let name = at.text()?;
            // Meta's pages have small and capital letters.
            let Some((kind, members)) = kinds.iter().find(|(kind, _)| kind.eq_ignore_ascii_case(name)) else {
                let kinds: Vec<_> = kinds.iter().map(|(kind, _)| *kind).collect();
                return Err(at.unsupported(&format!("must be one of {}", kinds.join(", "))));
            };
            component.only(members)?;
            if *kind != "button" && sent.one(kind).is_some() {
                return Err(component.value("is of a type that is there already"));
            }
            sent.0.push((kind, component));
        }
        Ok(sent)
    }

    fn one(&self, kind: &str) -> Option<&At<'a>> {
        self.0.iter().find(|(known, _)| *known == kind).map(|(_, component)| component)
    }

    fn all(&self, kind: &str) -> Vec<&At<'a>> {
        self.0.iter().filter(|(known, _)| *known == kind).map(|(_, component)| component).collect()
    }
}

/// The parameters of a component that may be missing.
fn parameters<'a>(component: Option<&At<'a>>) -> Result<Vec<At<'a>>> {
    match component {
        Some(component) => Ok(component.optional("parameters", At::list)?.unwrap_or_default()),
        None => Ok(Vec::new()),
    }
}

/// The one parameter of a component, which is of type `kind` and has a member of that name.
fn only_parameter<'a>(place: &str, component: Option<&At<'a>>, kind: &str) -> Result<At<'a>> {
    match parameters(component)?.as_slice() {
        [parameter] => inner(place, parameter, kind),
        other => Err(counts_differ(place, other.len(), 1)),
    }
}

/// The member of a parameter that its type names, which has to be `kind`.
fn inner<'a>(place: &str, parameter: &At<'a>, kind: &str) -> Result<At<'a>> {
    if parameter.need("type")?.value != kind {
        return Err(format(&format!("{place}: Format mismatch, expected {kind}.")));
    }
    parameter.only(&["type", kind])?;
    parameter.need(kind)
}

fn count(place: &str, given: usize, wanted: usize) -> Result {
    if given == wanted { Ok(()) } else { Err(counts_differ(place, given, wanted)) }
}

fn counts_differ(place: &str, given: usize, wanted: usize) -> Refusal {
    let difference = format!(
        "number of localizable_params ({given}) does not match the expected number of params ({wanted})"
    );
    count_is_off(place, &difference)
}

fn count_is_off(place: &str, difference: &str) -> Refusal {
    Refusal::new(132_000, format!("{place}: {difference}."))
}

fn format(details: &str) -> Refusal {
    Refusal::new(132_012, details)
}
