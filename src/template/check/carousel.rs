//! Cards, which must be alike.

use super::{Around, component, only_once};
use crate::{
    check,
    error::{Path, Violation},
    template::{Body, ButtonKind, Card, Carousel, Component, ComponentKind, HeaderFormat},
};

pub(super) fn check(at: Path<'_>, carousel: &Carousel, around: Around<'_>, out: &mut Vec<Violation>) {
    let cards = carousel.cards();
    check::count(at, cards.len(), &Carousel::CARDS, "cards", out);
    let around = Around { max_body: Body::MAX_TEXT_IN_CARD, ..around };
    let model = cards.first().map(shape);
    for (index, card) in cards.iter().enumerate() {
        let item = at.index(index);
        let list = item.field("components");
        if model.as_ref() != Some(&shape(card)) {
            let limit = "the same components, formats and buttons as the first card";
            out.push(Violation::new(list, "differs from the first card", limit));
        }
        only_once(list, card.components(), out);
        for (index, part) in card.components().iter().enumerate() {
            component::check(list.index(index), part, around, out);
            check_part(list.index(index), part, out);
        }
        if !card.components().iter().any(|part| part.kind() == ComponentKind::Header) {
            out.push(Violation::new(list, "has no HEADER", "an image, a video or a product on each card"));
        }
    }
}

/// What is stricter in a card than in a template.
fn check_part(at: Path<'_>, part: &Component, out: &mut Vec<Violation>) {
    match part {
        Component::Header(header) => {
            let fits = matches!(
                header.format(),
                None | Some(
                    HeaderFormat::Image
                        | HeaderFormat::Video
                        | HeaderFormat::Product
                        | HeaderFormat::Unknown(_)
                )
            );
            if !fits {
                out.push(Violation::new(
                    at.field("format"),
                    "does not fit a card",
                    "IMAGE, VIDEO or PRODUCT",
                ));
            }
        }
        Component::Buttons(buttons) if buttons.list().len() > Card::MAX_BUTTONS => {
            let problem = format!("has {} buttons", buttons.list().len());
            out.push(Violation::new(
                at.field("buttons"),
                problem,
                format!("at most {} buttons on a card", Card::MAX_BUTTONS),
            ));
        }
        _ => {}
    }
}

/// What must be the same on each card: its components, the format of its header, the kinds of its buttons.
fn shape(card: &Card) -> Vec<(ComponentKind, Option<HeaderFormat>, Vec<ButtonKind>)> {
    let part = |part: &Component| match part {
        Component::Header(header) => (part.kind(), header.format().cloned(), Vec::new()),
        Component::Buttons(buttons) => {
            (part.kind(), None, buttons.list().iter().map(|button| button.kind().clone()).collect())
        }
        _ => (part.kind(), None, Vec::new()),
    };
    card.components().iter().map(part).collect()
}
