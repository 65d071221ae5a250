//! What a send has to fill in.

use crate::{
    message,
    template::{
        Button, ButtonKind, Definition, Header, HeaderFormat,
        example::Named,
        placeholder::{Placeholder, find, keys},
        scope::Scope,
    },
    wire::quiet_debug,
};
use serde::Serialize;

/// What a send has to fill in of a template: its shape, for forms, for checks, and for whoever writes the send.
///
/// [`Definition::parameters`] makes it.
///
/// ```
/// use whatsapp_business::template::{Button, Category, Definition, SlotKind};
/// let definition = Definition::new("order_update", "en_US", Category::Utility)
///     .body("Hello {{name}}, your order is on its way.")
///     .example("name", "Ana")
///     .button(Button::url("Track", "https://example.com/orders/{{1}}").example("A-42"));
/// let parameters = definition.parameters();
/// let places: Vec<_> = parameters.slots().map(|slot| (slot.path.as_str(), slot.kind, slot.is_required)).collect();
/// assert_eq!(places, [("body.name", SlotKind::Text, true), ("buttons[0]", SlotKind::UrlSuffix, true)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Parameters {
    /// What the header takes: a value for its text, a file, a place or a product.
    pub header: Option<Slot>,
    /// The placeholders of the body: numbered ones by number, named ones as they first occur.
    pub body: Vec<Slot>,
    /// When the offer ends.
    pub limited_time_offer: Option<Slot>,
    /// The state of an order.
    pub order_status: Option<Slot>,
    /// The buttons that take something, each with its [`index`](Slot::index).
    pub buttons: Vec<Slot>,
    /// The cards of a carousel, all of which a send has.
    pub cards: Vec<Parameters>,
}

/// One thing that a send fills in.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Slot {
    /// Where it is: `header`, `body.name`, `body.1`, `buttons[0]`, `cards[1].buttons[0]`. Violations name it so, too.
    pub path: String,
    /// What it takes.
    pub kind: SlotKind,
    /// Whether a send without it is refused.
    pub is_required: bool,
    /// The name or number of the placeholder.
    pub name: Option<String>,
    /// The place of the button, counted from 0.
    pub index: Option<u8>,
    /// What is written on the button.
    pub label: Option<String>,
    /// The example that reviewers see.
    pub example: Option<String>,
    /// Longest value, in characters, where there is one; of a text, that of the whole text around it.
    pub max: Option<usize>,
}

quiet_debug!(Slot { path, kind, is_required, index, max });

/// What a [`Slot`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SlotKind {
    /// Text, an amount of money or a date.
    Text,
    /// An image.
    Image,
    /// A video.
    Video,
    /// An animation.
    Gif,
    /// A document.
    Document,
    /// A place on the map.
    Location,
    /// A product of a catalog.
    Product,
    /// When the offer ends.
    Expiration,
    /// The state of an order.
    OrderStatus,
    /// The end of an address.
    UrlSuffix,
    /// What comes back when the button is tapped.
    Payload,
    /// A coupon code.
    CouponCode,
    /// A one-time code; the same in the body and on the button.
    OneTimeCode,
    /// The token of a Flow, and data for its first screen.
    Flow,
    /// The product whose picture stands for the catalog.
    Thumbnail,
    /// Products in sections, and the one whose picture stands for them.
    Products,
    /// For how long the business may be called, and what the call brings along.
    Call,
    /// A bill.
    OrderDetails,
    /// A payment.
    PaymentRequest,
    /// Whatever a header or button takes that this version has no type for.
    Unknown,
}

impl SlotKind {
    /// What the value is called on the wire; nothing for an unknown one.
    pub(super) fn tags(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["text", "currency", "date_time", "group_id"],
            Self::Image => &["image"],
            Self::Video => &["video"],
            Self::Gif => &["gif"],
            Self::Document => &["document"],
            Self::Location => &["location"],
            Self::Product => &["product"],
            Self::Expiration => &["limited_time_offer"],
            Self::OrderStatus => &["order_status"],
            Self::UrlSuffix | Self::OneTimeCode => &["text"],
            Self::Payload => &["payload"],
            Self::CouponCode => &["coupon_code"],
            Self::Flow | Self::Thumbnail | Self::Products | Self::OrderDetails | Self::PaymentRequest => {
                &["action"]
            }
            Self::Call => &["ttl_minutes", "payload"],
            Self::Unknown => &[],
        }
    }

    /// The `sub_type` of the button on the wire; nothing for an unknown one.
    pub(super) fn sub_type(self) -> Option<&'static str> {
        Some(match self {
            Self::UrlSuffix | Self::OneTimeCode => "url",
            Self::Payload => "quick_reply",
            Self::CouponCode => "copy_code",
            Self::Flow => "flow",
            Self::Thumbnail => "catalog",
            Self::Products => "mpm",
            Self::Call => "voice_call",
            Self::OrderDetails => "order_details",
            Self::PaymentRequest => "payment_request",
            _ => return None,
        })
    }
}

impl Definition {
    /// What a send of it has to fill in.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        let offer = self.offer().filter(|offer| offer.has_expiration() != Some(false)).map(|offer| Slot {
            is_required: offer.has_expiration() == Some(true),
            ..Slot::new("limited_time_offer".to_owned(), SlotKind::Expiration)
        });
        let order_status =
            self.tells_order_status().then(|| Slot::new("order_status".to_owned(), SlotKind::OrderStatus));
        let cards = self.card_scopes().enumerate();
        Parameters {
            limited_time_offer: offer,
            order_status,
            cards: cards.map(|(index, card)| Parameters::of(&card, &format!("cards[{index}]."))).collect(),
            ..Parameters::of(&self.scope(), "")
        }
    }
}

impl Parameters {
    /// Everything that is to be filled in, that of cards as well, in the order in which it is shown.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        let cards = self.cards.iter().flat_map(Self::own);
        self.own().chain(cards)
    }

    /// Whether a send needs nothing but the name of the template.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots().next().is_none()
    }

    /// The slots that are on no card.
    fn own(&self) -> impl Iterator<Item = &Slot> {
        let above = self.header.iter().chain(&self.body);
        above.chain(&self.limited_time_offer).chain(&self.order_status).chain(&self.buttons)
    }

    fn of(scope: &Scope<'_>, prefix: &str) -> Self {
        let buttons = (0..).zip(scope.buttons);
        Self {
            header: scope.header.and_then(|header| of_header(header, prefix)),
            body: of_body(scope, prefix),
            buttons: buttons.filter_map(|(index, button)| of_button(button, index, prefix)).collect(),
            ..Self::default()
        }
    }
}

impl Slot {
    fn new(path: String, kind: SlotKind) -> Self {
        Self { path, kind, is_required: true, name: None, index: None, label: None, example: None, max: None }
    }
}

fn of_header(header: &Header, prefix: &str) -> Option<Slot> {
    let slot = |kind| Slot::new(format!("{prefix}header"), kind);
    let kind = match header.format()? {
        HeaderFormat::Text => {
            let key = keys(header.text()?).into_iter().next()?;
            let numbered = header.example.values.first();
            let example = example(&header.example.named, key).or(numbered.map(String::as_str));
            let (name, example) = (Some(key.to_owned()), example.map(str::to_owned));
            return Some(Slot { name, example, max: Some(Header::MAX_TEXT), ..slot(SlotKind::Text) });
        }
        HeaderFormat::Image => SlotKind::Image,
        HeaderFormat::Video => SlotKind::Video,
        HeaderFormat::Gif => SlotKind::Gif,
        HeaderFormat::Document => SlotKind::Document,
        HeaderFormat::Location => SlotKind::Location,
        HeaderFormat::Product => SlotKind::Product,
        HeaderFormat::Unknown(_) => return Some(Slot { is_required: false, ..slot(SlotKind::Unknown) }),
    };
    Some(Slot { example: header.handle().map(str::to_owned), ..slot(kind) })
}

fn of_body(scope: &Scope<'_>, prefix: &str) -> Vec<Slot> {
    let Some(text) = scope.text.as_deref() else { return Vec::new() };
    let (kind, max) = if scope.is_code {
        (SlotKind::OneTimeCode, message::Template::MAX_ONE_TIME_CODE)
    } else {
        (SlotKind::Text, scope.max_body)
    };
    let examples = scope.body.map(|body| &body.example);
    let slot = |key: &str| {
        let numbered = || {
            let place = key.parse::<usize>().ok()?.checked_sub(1)?;
            examples?.rows.first()?.get(place).map(String::as_str)
        };
        let named = examples.and_then(|examples| example(&examples.named, key));
        Slot {
            name: Some(key.to_owned()),
            example: named.or_else(numbered).map(str::to_owned),
            max: Some(max),
            ..Slot::new(format!("{prefix}body.{key}"), kind)
        }
    };
    keys(text).into_iter().map(slot).collect()
}

fn of_button(button: &Button, index: u8, prefix: &str) -> Option<Slot> {
    use message::Template;
    let (kind, is_required, max) = match button.kind() {
        ButtonKind::QuickReply => (SlotKind::Payload, false, Some(Template::MAX_PAYLOAD)),
        ButtonKind::Url if find(button.url_template()?).is_empty() => return None,
        ButtonKind::Url => (SlotKind::UrlSuffix, true, Some(Template::MAX_URL)),
        ButtonKind::CopyCode => (SlotKind::CouponCode, true, Some(Template::MAX_COUPON_CODE)),
        ButtonKind::Otp => (SlotKind::OneTimeCode, true, Some(Template::MAX_ONE_TIME_CODE)),
        ButtonKind::Catalog => (SlotKind::Thumbnail, false, None),
        ButtonKind::Mpm => (SlotKind::Products, true, None),
        ButtonKind::Flow => (SlotKind::Flow, false, None),
        ButtonKind::VoiceCall => (SlotKind::Call, false, None),
        ButtonKind::OrderDetails => (SlotKind::OrderDetails, true, None),
        ButtonKind::PaymentRequest => (SlotKind::PaymentRequest, true, None),
        ButtonKind::PhoneNumber | ButtonKind::Spm | ButtonKind::RequestContactInfo => return None,
        ButtonKind::Unknown(_) => (SlotKind::Unknown, false, None),
    };
    Some(Slot {
        is_required,
        index: Some(index),
        label: button.text().map(str::to_owned),
        example: button.first_example().map(str::to_owned),
        max,
        ..Slot::new(format!("{prefix}buttons[{index}]"), kind)
    })
}

fn example<'a>(examples: &'a [Named], name: &str) -> Option<&'a str> {
    examples.iter().find(|example| example.name == name).map(|example| example.value.as_str())
}

/// Whether a placeholder of this name is a numbered one.
pub(super) fn is_number(key: &str) -> bool {
    key.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a placeholder is the one called `key`.
pub(super) fn is_called(placeholder: Placeholder<'_>, key: &str) -> bool {
    match placeholder {
        Placeholder::Number(number) => key.parse() == Ok(number),
        Placeholder::Name(name) => name == key,
        Placeholder::Malformed => false,
    }
}
