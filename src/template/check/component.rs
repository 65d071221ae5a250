//! One component by itself.

use super::{Around, buttons, carousel, placeholders, text};
use crate::{
    check,
    error::{Path, Violation},
    template::{
        Body, Category, Component, Footer, Header, HeaderFormat, LimitedTimeOffer, Raw,
        placeholder::{Placeholder, find},
    },
};

pub(super) fn check(at: Path<'_>, component: &Component, around: Around<'_>, out: &mut Vec<Violation>) {
    match component {
        Component::Header(header) => check_header(at, header, around, out),
        Component::Body(body) => check_body(at, body, around, out),
        Component::Footer(footer) => check_footer(at, footer, around, out),
        Component::Buttons(list) => buttons::check(at.field("buttons"), list, around, out),
        Component::Carousel(cards) => carousel::check(at.field("cards"), cards, around, out),
        Component::LimitedTimeOffer(offer) => check_offer(at, offer, around, out),
        Component::Raw(raw) => check_raw(at, raw, out),
    }
}

fn check_header(at: Path<'_>, header: &Header, around: Around<'_>, out: &mut Vec<Violation>) {
    match &header.format {
        Some(HeaderFormat::Text) => check_header_text(at, header, around, out),
        Some(format) if format.is_media() => {
            // Older pages call it header_url.
            if header.example.handles.is_empty() && !header.example.extra.contains_key("header_url") {
                let handle = at.field("example");
                out.push(Violation::new(handle.field("header_handle"), "is missing", "a sample file"));
            }
            for handle in &header.example.handles {
                if handle.trim().is_empty() {
                    let example = at.field("example");
                    out.push(Violation::new(example.field("header_handle"), "is empty", "a sample file"));
                }
            }
        }
        Some(_) => {}
        None => {
            let limit = "TEXT, IMAGE, VIDEO, GIF, DOCUMENT, LOCATION or PRODUCT";
            out.push(Violation::new(at.field("format"), "is missing", limit));
        }
    }
}

fn check_header_text(at: Path<'_>, header: &Header, around: Around<'_>, out: &mut Vec<Violation>) {
    let here = at.field("text");
    check::text(here, header.text().unwrap_or(""), Header::MAX_TEXT, out);
    let Some(words) = header.text() else { return };
    let count = find(words).len();
    if count > Header::MAX_PLACEHOLDERS {
        out.push(Violation::new(
            here,
            format!("has {count} placeholders"),
            format!("at most {}", Header::MAX_PLACEHOLDERS),
        ));
    }
    if text::has_markdown(words) {
        out.push(Violation::new(
            here,
            "has formatting marks",
            "no bold, italic, struck-through or code text",
        ));
    }
    placeholders::check(at, words, &(&header.example).into(), around.format, out);
}

fn check_body(at: Path<'_>, body: &Body, around: Around<'_>, out: &mut Vec<Violation>) {
    const OURS: &str = "add_security_recommendation";
    match body.text() {
        Some(words) => {
            check::text(at.field("text"), words, around.max_body, out);
            placeholders::check(at, words, &(&body.example).into(), around.format, out);
            placeholders::check_ends(at, words, out);
        }
        None if around.is_authentication() => {}
        None => check::text(at.field("text"), "", around.max_body, out),
    }
    if let Some(value) = body.extra.get(OURS) {
        if !value.is_boolean() {
            out.push(Violation::new(at.field(OURS), "is not a boolean", "true or false"));
        }
        only_in_authentication(at.field(OURS), around, out);
    }
}

fn check_footer(at: Path<'_>, footer: &Footer, around: Around<'_>, out: &mut Vec<Violation>) {
    const OURS: &str = "code_expiration_minutes";
    match footer.text() {
        Some(words) => {
            let here = at.field("text");
            check::text(here, words, Footer::MAX_TEXT, out);
            if find(words).iter().any(|found| found.placeholder != Placeholder::Malformed) {
                out.push(Violation::new(here, "has a placeholder", "no placeholders in a footer"));
            }
        }
        None if around.is_authentication() => {}
        None => check::text(at.field("text"), "", Footer::MAX_TEXT, out),
    }
    text::optional_range(at, &footer.extra, OURS, &Footer::CODE_EXPIRATION_MINUTES, out);
    if footer.extra.contains_key(OURS) {
        only_in_authentication(at.field(OURS), around, out);
    }
}

/// A member or button that only authentication templates have; categories we do not know are let through.
pub(super) fn only_in_authentication(at: Path<'_>, around: Around<'_>, out: &mut Vec<Violation>) {
    if matches!(around.category, Some(Category::Marketing | Category::Utility)) {
        out.push(Violation::new(at, "is for one-time codes", "authentication templates only"));
    }
}

fn check_offer(at: Path<'_>, offer: &LimitedTimeOffer, around: Around<'_>, out: &mut Vec<Violation>) {
    let here = at.field("limited_time_offer");
    if !offer.is_whole() {
        out.push(Violation::new(here, "is missing", "an object with the offer's text"));
        return;
    }
    check::text(here.field("text"), offer.text().unwrap_or(""), LimitedTimeOffer::MAX_TEXT, out);
    only_in_marketing(at, "is for offers", around, out);
}

/// What only marketing templates have; categories we do not know are let through.
pub(super) fn only_in_marketing(at: Path<'_>, problem: &str, around: Around<'_>, out: &mut Vec<Violation>) {
    if around.category == Some(&Category::Utility) {
        out.push(Violation::new(at, problem, "marketing templates only"));
    }
}

fn check_raw(at: Path<'_>, raw: &Raw, out: &mut Vec<Violation>) {
    if let Some(reason) = raw.reason() {
        out.push(Violation::new(at, reason, "the members that Meta documents"));
    }
}
