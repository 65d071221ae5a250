//! Templates for one-time codes: Meta sets their words.

use crate::{
    error::{Path, Violation},
    template::{ButtonKind, Component, ComponentKind},
};

/// Checks what is peculiar to [authentication templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates).
pub(super) fn check(at: Path<'_>, components: &[Component], out: &mut Vec<Violation>) {
    let mut codes = 0;
    for (index, component) in components.iter().enumerate() {
        let item = at.index(index);
        match component {
            Component::Body(body) => {
                refuse(item.field("text"), body.text.is_some(), out);
                refuse(item.field("example"), !body.example.is_empty(), out);
            }
            Component::Footer(footer) => refuse(item.field("text"), footer.text().is_some(), out),
            Component::Buttons(buttons) => {
                let list = item.field("buttons");
                for (index, button) in buttons.list().iter().enumerate() {
                    if *button.kind() == ButtonKind::Otp {
                        codes += 1;
                    } else {
                        out.push(Violation::new(
                            list.index(index),
                            "is not an OTP button",
                            "one OTP button, no other",
                        ));
                    }
                }
            }
            other => check_kind(item, &other.kind(), out),
        }
    }
    if codes != 1 {
        let problem = format!("has {codes} OTP buttons");
        out.push(Violation::new(at, problem, "exactly 1 OTP button in an authentication template"));
    }
}

fn refuse(at: Path<'_>, is_given: bool, out: &mut Vec<Violation>) {
    if is_given {
        let limit = "no custom text: Meta sets the words of authentication templates";
        out.push(Violation::new(at, "is given", limit));
    }
}

/// A kind we do not know is let through.
fn check_kind(at: Path<'_>, kind: &ComponentKind, out: &mut Vec<Violation>) {
    if !matches!(kind, ComponentKind::Unknown(_)) {
        let problem = format!("is a {kind}");
        out.push(Violation::new(at, problem, "BODY, FOOTER and BUTTONS in an authentication template"));
    }
}
