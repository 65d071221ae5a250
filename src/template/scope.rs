//! What a template and each of its cards have alike, with the words that Meta sets put in.

use crate::template::{
    Body, Button, Card, Carousel, Category, Component, Definition, Footer, Header, LimitedTimeOffer,
};
use std::borrow::Cow;

/// The parts of a template, or of a card.
pub(super) struct Scope<'a> {
    pub(super) header: Option<&'a Header>,
    pub(super) body: Option<&'a Body>,
    /// The words of the body: in authentication templates Meta's, in English.
    pub(super) text: Option<Cow<'a, str>>,
    pub(super) footer: Option<Cow<'a, str>>,
    pub(super) buttons: &'a [Button],
    /// Longest body with its values in place, in characters.
    pub(super) max_body: usize,
    pub(super) is_code: bool,
}

impl<'a> Scope<'a> {
    fn new(components: &'a [Component], max_body: usize, is_code: bool) -> Self {
        let mut scope =
            Self { header: None, body: None, text: None, footer: None, buttons: &[], max_body, is_code };
        for component in components {
            match component {
                Component::Header(header) => scope.header = Some(header),
                Component::Body(body) => scope.body = Some(body),
                Component::Footer(footer) => scope.footer = words_below(footer),
                Component::Buttons(buttons) => scope.buttons = buttons.list(),
                _ => {}
            }
        }
        scope.text = match scope.body.and_then(Body::text) {
            Some(text) => Some(text.into()),
            None => is_code.then(|| code_words(scope.body).into()),
        };
        scope
    }
}

impl Definition {
    /// What it has itself.
    pub(super) fn scope(&self) -> Scope<'_> {
        let max = if self.offer().is_some() { Body::MAX_TEXT_WITH_OFFER } else { Body::MAX_TEXT };
        Scope::new(&self.components, max, self.is_authentication())
    }

    /// What its cards have, in order.
    pub(super) fn card_scopes(&self) -> impl Iterator<Item = Scope<'_>> {
        self.cards().iter().map(|card| Scope::new(card.components(), Body::MAX_TEXT_IN_CARD, false))
    }

    pub(super) fn is_authentication(&self) -> bool {
        self.category == Some(Category::Authentication)
    }

    pub(super) fn cards(&self) -> &[Card] {
        let carousel = self.components.iter().find_map(|component| match component {
            Component::Carousel(carousel) => Some(carousel),
            _ => None,
        });
        carousel.map_or(&[], Carousel::cards)
    }

    pub(super) fn offer(&self) -> Option<&LimitedTimeOffer> {
        self.components.iter().find_map(|component| match component {
            Component::LimitedTimeOffer(offer) => Some(offer),
            _ => None,
        })
    }

    /// Whether each send tells the state of an order.
    pub(super) fn tells_order_status(&self) -> bool {
        self.sub_category_text().is_some_and(|kind| kind.to_ascii_uppercase().ends_with("ORDER_STATUS"))
    }
}

/// What Meta writes around a one-time code, in English.
fn code_words(body: Option<&Body>) -> String {
    let warns = body.and_then(Body::security_recommendation) == Some(true);
    let warning = if warns { " For your security, do not share this code." } else { "" };
    format!("*{{{{1}}}}* is your verification code.{warning}")
}

fn words_below(footer: &Footer) -> Option<Cow<'_, str>> {
    let minutes = || footer.code_expiration_minutes().map(|n| format!("This code expires in {n} minutes."));
    footer.text().map(Cow::from).or_else(|| minutes().map(Cow::from))
}
