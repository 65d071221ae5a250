//! The list of buttons: how many of each, in which order.

use super::{
    Around, button,
    component::{only_in_authentication, only_in_marketing},
};
use crate::{
    check,
    error::{Path, Violation},
    template::{ButtonKind, Buttons},
};

/// How often a kind of button may be there, where Meta says.
const MOST: &[(ButtonKind, usize)] = &[
    (ButtonKind::Url, Buttons::MAX_URLS),
    (ButtonKind::PhoneNumber, Buttons::MAX_PHONE_NUMBERS),
    (ButtonKind::CopyCode, Buttons::MAX_COPY_CODES),
    (ButtonKind::PaymentRequest, Buttons::MAX_PAYMENT_REQUESTS),
];

pub(super) fn check(at: Path<'_>, buttons: &Buttons, around: Around<'_>, out: &mut Vec<Violation>) {
    let list = buttons.list();
    check::count(at, list.len(), &(1..=Buttons::MAX), "buttons", out);
    for (kind, most) in MOST {
        let count = list.iter().filter(|button| button.kind() == kind).count();
        if count > *most {
            out.push(Violation::new(
                at,
                format!("has {count} {kind} buttons"),
                format!("at most {most} of them"),
            ));
        }
    }
    // Before or after all others, the list changes between the two at most once.
    let is_reply = |kind: &ButtonKind| *kind == ButtonKind::QuickReply;
    let changes = list.windows(2).filter(|pair| match pair {
        [one, next] => is_reply(one.kind()) != is_reply(next.kind()),
        _ => false,
    });
    if changes.count() > 1 {
        let limit = "quick replies together, before or after all other buttons";
        out.push(Violation::new(at, "mixes quick replies with other buttons", limit));
    }
    for (index, item) in list.iter().enumerate() {
        button::check(at.index(index), item, out);
        if *item.kind() == ButtonKind::Otp {
            only_in_authentication(at.index(index), around, out);
        }
        if item.members.contains_key("app_deep_link") {
            // Only the Marketing Messages API opens apps.
            only_in_marketing(at.index(index).field("app_deep_link"), "opens an app", around, out);
        }
    }
}
