//! What a customer will see of a template.

mod html;
mod markup;

use crate::{
    message::{
        self, Location, MediaSource,
        template::{CardParts, Part, Value},
    },
    template::{
        Button, ButtonKind, Definition, Header, HeaderFormat, Parameters, Slot,
        parameters::is_called,
        placeholder::{find, replace},
        scope::Scope,
    },
    wire::quiet_debug,
};
use serde::Serialize;
use std::fmt;

/// What a customer will see of a template, with its values in place: for people, and for tests.
///
/// [`Definition::preview`] makes it. [`Display`](fmt::Display) writes it as plain text, [`html`](Self::html) as a card. The
/// texts keep the marks of WhatsApp, such as `*` around what is bold. Words that WhatsApp sets are in English.
///
/// ```
/// use whatsapp_business::template::{Button, Category, Definition};
/// # fn main() -> whatsapp_business::Result<()> {
/// let definition = Definition::new("order_update", "en_US", Category::Utility)
///     .body("Hello {{1}}, *order {{2}}* is on its way.")
///     .body_examples(["Ana", "A-42"])
///     .button(Button::url("Track", "https://example.com/orders/{{1}}").example("A-42"));
/// assert_eq!(
///     definition.preview(None).to_string(),
///     "Hello Ana, *order A-42* is on its way.\n[Track] https://example.com/orders/A-42",
/// );
///
/// let message = definition.fill(["Eve", "B-7"]).url_button(0, "B-7").build()?;
/// let preview = definition.preview(&message);
/// assert_eq!(preview.body.as_deref(), Some("Hello Eve, *order B-7* is on its way."));
/// assert!(preview.html().contains("<b>order B-7</b>"));
/// # Ok(()) }
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Preview {
    /// The language's code.
    pub language: String,
    /// What is above the body.
    pub header: Option<PreviewHeader>,
    /// The line of a limited-time offer.
    pub offer: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The small print.
    pub footer: Option<String>,
    /// The buttons, in order.
    pub buttons: Vec<PreviewButton>,
    /// The cards of a carousel.
    pub cards: Vec<Preview>,
}

quiet_debug!(Preview { language, buttons, cards });

/// The header of a [`Preview`].
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreviewHeader {
    /// What kind of header it is.
    pub format: HeaderFormat,
    /// Its text, the name of a document, the name or address of a place, what the seller calls a product.
    pub text: Option<String>,
    /// The id or address of its file: that of the send, or the sample.
    pub file: Option<String>,
}

quiet_debug!(PreviewHeader { format });

/// A button of a [`Preview`].
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreviewButton {
    /// What it does.
    pub kind: ButtonKind,
    /// What is written on it.
    pub label: String,
    /// The address it opens, the number it calls, the code it copies.
    pub target: Option<String>,
}

quiet_debug!(PreviewButton { kind });

impl Definition {
    /// What a customer will see, with the values of `filled` in place; where it has none, or is `None`, the examples are
    /// shown, and the placeholders where there are no examples either.
    ///
    /// Whether `filled` fits is not checked: see [`check`](Self::check).
    #[must_use]
    pub fn preview<'a>(&self, filled: impl Into<Option<&'a message::Template>>) -> Preview {
        let (shape, parts) =
            (self.parameters(), filled.into().map(message::Template::parts).unwrap_or_default());
        let cards: Vec<&CardParts<'_>> = parts.iter().flat_map(|part| &part.cards).collect();
        let card = |(index, (scope, shape)): (usize, (Scope<'_>, &Parameters))| {
            let parts = cards.iter().find(|card| usize::try_from(card.index) == Ok(index));
            shown(&scope, shape, parts.map_or(&[], |card| &card.parts))
        };
        Preview {
            language: self.language().to_owned(),
            offer: self.offer().and_then(|offer| offer.text()).map(str::to_owned),
            cards: self.card_scopes().zip(&shape.cards).enumerate().map(card).collect(),
            ..shown(&self.scope(), &shape, &parts)
        }
    }
}

fn shown(scope: &Scope<'_>, shape: &Parameters, parts: &[Part<'_>]) -> Preview {
    let body = |text: &str| {
        let values = values_of(parts, "body");
        replace(text, |placeholder| {
            let key = |slot: &&Slot| slot.name.as_deref().is_some_and(|key| is_called(placeholder, key));
            let slot = shape.body.iter().find(key)?;
            let name = slot.name.as_deref()?;
            let position = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let by_position = || values.get(position?).filter(|value| value.name.is_none());
            let value = values.iter().find(|value| value.name == Some(name)).or_else(by_position);
            value.and_then(Value::text).or(slot.example.as_deref())
        })
    };
    let buttons = (0_i64..).zip(scope.buttons);
    Preview {
        header: scope.header.and_then(|header| header_of(header, shape.header.as_ref(), parts)),
        body: scope.text.as_deref().map(body),
        footer: scope.footer.as_deref().map(str::to_owned),
        buttons: buttons.map(|(index, button)| button_of(button, index, parts)).collect(),
        ..Preview::default()
    }
}

fn values_of<'a>(parts: &[Part<'a>], kind: &str) -> Vec<Value<'a>> {
    parts.iter().filter(|part| part.kind == kind).flat_map(|part| part.values.iter().copied()).collect()
}

fn header_of(header: &Header, slot: Option<&Slot>, parts: &[Part<'_>]) -> Option<PreviewHeader> {
    let format = header.format()?.clone();
    let value = values_of(parts, "header").into_iter().next();
    let example = slot.and_then(|slot| slot.example.as_deref());
    let (text, file) = match &format {
        HeaderFormat::Text => {
            let value = value.as_ref().and_then(Value::text).or(example);
            (Some(replace(header.text()?, |_| value)), None)
        }
        format if format.is_media() => match value.and_then(|value| value.file()) {
            Some((source, name)) => (name.map(str::to_owned), address(source)),
            None => (None, example.map(str::to_owned)),
        },
        HeaderFormat::Location => {
            let place = value.and_then(|value| value.location());
            let name = place.and_then(|place| place.name_text().or(place.address_text()));
            (name.map(str::to_owned).or_else(|| place.map(degrees)), None)
        }
        _ => (value.as_ref().and_then(Value::text).map(str::to_owned), None),
    };
    Some(PreviewHeader { format, text, file })
}

fn address(source: &MediaSource) -> Option<String> {
    match source {
        MediaSource::Id(id) => Some(id.as_str().to_owned()),
        MediaSource::Link(link) => Some(link.clone()),
        #[cfg(feature = "client")]
        MediaSource::Upload(_) => None,
    }
}

fn degrees(place: &Location) -> String {
    format!("{}, {}", place.latitude(), place.longitude())
}

fn button_of(button: &Button, index: i64, parts: &[Part<'_>]) -> PreviewButton {
    let part = parts.iter().find(|part| part.kind == "button" && part.index == Some(index));
    let value = part.and_then(|part| part.values.first()).and_then(Value::text);
    let example = button.first_example();
    let target = match button.kind() {
        ButtonKind::Url => button.url_template().map(|url| match (value, example) {
            // The example may be the whole address.
            (None, Some(example)) if !find(url).is_empty() && example.contains("://") => example.to_owned(),
            (value, example) => replace(url, |_| value.or(example)),
        }),
        ButtonKind::PhoneNumber => button.member("phone_number").map(str::to_owned),
        ButtonKind::CopyCode => value.or(example).map(str::to_owned),
        ButtonKind::Otp => value.map(str::to_owned),
        _ => None,
    };
    let label = button.text().unwrap_or_else(|| match button.kind() {
        ButtonKind::CopyCode => "Copy offer code",
        ButtonKind::Otp => "Copy code",
        ButtonKind::Catalog => "View catalog",
        ButtonKind::Mpm => "View items",
        ButtonKind::Spm => "View",
        ButtonKind::VoiceCall => "Call now",
        ButtonKind::RequestContactInfo => "Share Contact Info",
        ButtonKind::OrderDetails => "Review and pay",
        other => other.as_str(),
    });
    PreviewButton { kind: button.kind().clone(), label: label.to_owned(), target }
}

/// Plain text, a line for each part; buttons are in brackets, cards are set in.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

impl Preview {
    fn lines(&self) -> Vec<String> {
        let header = self.header.iter().map(|header| match (&header.format, &header.text) {
            (HeaderFormat::Text, Some(text)) => text.clone(),
            (format, Some(text)) => format!("({} {text})", format.as_str().to_lowercase()),
            (format, None) => format!("({})", format.as_str().to_lowercase()),
        });
        let texts = [&self.offer, &self.body, &self.footer].into_iter().flatten().cloned();
        let buttons = self.buttons.iter().map(|button| match &button.target {
            Some(target) => format!("[{}] {target}", button.label),
            None => format!("[{}]", button.label),
        });
        let cards = self.cards.iter().enumerate().flat_map(|(index, card)| {
            let lines = card
                .lines()
                .into_iter()
                .flat_map(|line| line.lines().map(|line| format!("  {line}")).collect::<Vec<_>>());
            std::iter::once(format!("card {}:", index + 1)).chain(lines)
        });
        header.chain(texts).chain(buttons).chain(cards).collect()
    }
}
