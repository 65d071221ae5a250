//! One button by itself.

use super::text;
use crate::{
    check,
    error::{Path, Violation},
    template::{
        Button, ButtonKind,
        button::OtpKind,
        members::Extra,
        placeholder::{Placeholder, find},
    },
};
use serde_json::Value;

pub(super) fn check(at: Path<'_>, button: &Button, out: &mut Vec<Violation>) {
    let members = &button.members;
    match &button.kind {
        ButtonKind::QuickReply => text::required_member(at, members, "text", Button::MAX_TEXT, out),
        ButtonKind::Url => {
            text::required_member(at, members, "text", Button::MAX_TEXT, out);
            check_url(at, members, out);
        }
        ButtonKind::PhoneNumber => {
            text::required_member(at, members, "text", Button::MAX_TEXT, out);
            text::required_member(at, members, "phone_number", Button::MAX_PHONE_NUMBER, out);
        }
        ButtonKind::CopyCode => text::required_member(at, members, "example", Button::MAX_CODE, out),
        ButtonKind::Otp => check_otp(at, members, out),
        ButtonKind::Flow => {
            text::required_member(at, members, "text", Button::MAX_TEXT, out);
            check_flow(at, members, out);
        }
        ButtonKind::VoiceCall => {
            text::optional_member(at, members, "text", Button::MAX_VOICE_CALL_TEXT, out);
            text::optional_range(at, members, "ttl_minutes", &Button::VOICE_CALL_MINUTES, out);
        }
        ButtonKind::RequestContactInfo => {
            const TEXT: &str = "Share Contact Info";
            if members.get("text").is_some_and(|text| text != TEXT) {
                out.push(Violation::new(at.field("text"), "is other text", "Share Contact Info, or none"));
            }
        }
        ButtonKind::Catalog
        | ButtonKind::Mpm
        | ButtonKind::Spm
        | ButtonKind::OrderDetails
        | ButtonKind::PaymentRequest => {
            text::optional_member(at, members, "text", Button::MAX_TEXT, out);
        }
        ButtonKind::Unknown(_) => {}
    }
}

fn check_url(at: Path<'_>, members: &Extra, out: &mut Vec<Violation>) {
    text::required_member(at, members, "url", Button::MAX_URL, out);
    let Some(url) = members.get("url").and_then(Value::as_str) else { return };
    let here = at.field("url");
    let found = find(url);
    let fixed = match found.as_slice() {
        [] => url,
        [only] if only.span.end == url.len() && is_first(only.placeholder) => {
            check_url_example(at, members, out);
            url.get(..only.span.start).unwrap_or(url)
        }
        [_] => {
            out.push(Violation::new(here, "has a placeholder elsewhere than at its end", "{{1}} at the end"));
            return;
        }
        more => {
            let problem = format!("has {} placeholders", more.len());
            out.push(Violation::new(here, problem, "one placeholder, at the end"));
            return;
        }
    };
    if !check::is_web(fixed) && !url.trim().is_empty() {
        out.push(Violation::new(here, "is not an address of the web", "an http or https URL"));
    }
}

/// Addresses have `{{1}}` in both formats; a name is let through, since Meta does not forbid it.
fn is_first(placeholder: Placeholder<'_>) -> bool {
    matches!(placeholder, Placeholder::Number(1) | Placeholder::Name(_))
}

fn check_url_example(at: Path<'_>, members: &Extra, out: &mut Vec<Violation>) {
    let first = members.get("example").and_then(|example| example.get(0)).and_then(Value::as_str);
    if first.is_none_or(|example| example.trim().is_empty()) {
        let limit = "an example of what the placeholder stands for";
        out.push(Violation::new(at.field("example"), "is empty or missing", limit));
    }
}

fn check_flow(at: Path<'_>, members: &Extra, out: &mut Vec<Violation>) {
    let names = ["flow_id", "flow_name", "flow_json"];
    let given = names.iter().filter(|name| members.contains_key(**name)).count();
    if given != 1 {
        let problem = format!("names {given} Flows");
        out.push(Violation::new(at, problem, "one of flow_id, flow_name and flow_json"));
    }
}

fn check_otp(at: Path<'_>, members: &Extra, out: &mut Vec<Violation>) {
    text::optional_member(at, members, "text", Button::MAX_TEXT, out);
    text::optional_member(at, members, "autofill_text", Button::MAX_TEXT, out);
    let kind = members.get("otp_type").and_then(Value::as_str).map(OtpKind::from);
    if !kind.as_ref().is_some_and(|kind| OtpKind::KNOWN.contains(kind)) {
        let limit = "COPY_CODE, ONE_TAP or ZERO_TAP";
        out.push(Violation::new(at.field("otp_type"), "is missing or another", limit));
    }
    if kind == Some(OtpKind::ZeroTap) && members.get("zero_tap_terms_accepted") != Some(&Value::Bool(true)) {
        let here = at.field("zero_tap_terms_accepted");
        out.push(Violation::new(here, "is not true", "true for ZERO_TAP"));
    }
    let here = at.field("supported_apps");
    match members.get("supported_apps") {
        Some(Value::Array(apps)) => check_apps(here, apps, out),
        Some(_) => out.push(Violation::new(here, "is not a list", apps_limit())),
        // Until Graph v21 the one app stood beside the other members.
        None if members.contains_key("package_name") => {}
        None if matches!(kind, Some(OtpKind::OneTap | OtpKind::ZeroTap)) => {
            out.push(Violation::new(
                here,
                "is missing",
                format!("{} for ONE_TAP and ZERO_TAP", apps_limit()),
            ));
        }
        None => {}
    }
}

fn apps_limit() -> String {
    format!("1 to {} apps", Button::MAX_APPS)
}

fn check_apps(at: Path<'_>, apps: &[Value], out: &mut Vec<Violation>) {
    check::count(at, apps.len(), &(1..=Button::MAX_APPS), "apps", out);
    for (index, app) in apps.iter().enumerate() {
        let item = at.index(index);
        let member = |name| app.get(name).and_then(Value::as_str).unwrap_or("");
        let package = member("package_name");
        let plain = package.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
        if !plain || !(1..=Button::MAX_PACKAGE_NAME).contains(&package.len()) {
            let limit = format!("1 to {} letters, digits, _ and .", Button::MAX_PACKAGE_NAME);
            out.push(Violation::new(item.field("package_name"), "is not a package name", limit));
        }
        let hash = member("signature_hash");
        let plain = hash.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        if !plain || hash.len() != Button::SIGNATURE_HASH {
            let limit = format!("exactly {} letters, digits, +, / and =", Button::SIGNATURE_HASH);
            out.push(Violation::new(item.field("signature_hash"), "is not a signature hash", limit));
        }
    }
}
