//! Templates that count as approved, and what becomes of them on a phone.

mod definition;
mod fill;
mod placeholder;

pub(super) use definition::{code_body, code_footer};
pub(super) use fill::{Filled, button_index, component, spelled};
pub(super) use placeholder::{fill, placeholders};

use serde_json::Value;

/// A template as if Meta had approved it, for [`Simulator::approve_template`](super::Simulator::approve_template).
///
/// Sends are checked against it, and phones show its text with the parameters filled in. Placeholders are numbered
/// (`{{1}}`) or named (`{{first_name}}`). A [`Definition`](crate::template::Definition) becomes one as well, with
/// everything it can have: carousels, offers, buttons of every kind.
///
/// ```
/// use whatsapp_business::simulator::ApprovedTemplate;
/// use whatsapp_business::template::{Button, Category, Definition};
/// let template = ApprovedTemplate::new("order_update", "en_US", "Hello {{1}}, order {{2}} is on its way.")
///     .footer("Sunny Solar")
///     .url_button("Track", "https://example.com/orders/{{1}}")
///     .quick_reply("Call me");
///
/// let offer = Definition::new("summer", "en_US", Category::Marketing)
///     .body("20 % off until Friday.")
///     .button(Button::copy_code("SUN20"));
/// let offer = ApprovedTemplate::from(offer);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is not approved before it is passed to a simulator"]
pub struct ApprovedTemplate {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) category: String,
    pub(super) parts: TemplateParts,
    /// The cards of a carousel.
    pub(super) cards: Vec<TemplateParts>,
    pub(super) offer: Option<TemplateOffer>,
    /// Whether it tells the state of an order.
    pub(super) order_status: bool,
    /// What it was made from, if that was a definition.
    source: Option<Value>,
}

/// What is on a template, and on each of its cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TemplateParts {
    pub(super) header: Option<TemplateHeader>,
    pub(super) body: Option<String>,
    pub(super) footer: Option<String>,
    pub(super) buttons: Vec<TemplateButton>,
    /// What the parameters of the body have to be, in a template of the library.
    pub(super) kinds: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TemplateHeader {
    Text(String),
    /// A file of the kind named as on the wire: `image`, `video`, `document` or `gif`.
    Media(&'static str),
    Location,
    Product,
    /// A kind that has no rules here.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TemplateButton {
    pub(super) title: String,
    pub(super) does: TemplateAction,
}

/// What tapping the button of a template does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TemplateAction {
    QuickReply,
    /// Opens this address, with its placeholder.
    Url(String),
    PhoneNumber(String),
    CopyCode,
    OneTimeCode,
    Catalog,
    Products,
    Product,
    Flow,
    VoiceCall,
    ContactInfo,
    OrderDetails,
    /// Asks to be paid, in the way named as on the wire; empty where the definition names none.
    PaymentRequest(String),
    /// A kind that has no rules here.
    Unknown,
}

/// An offer that may run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TemplateOffer {
    pub(super) text: String,
    /// Whether each send says when; where the definition leaves it open, it may.
    pub(super) has_expiration: Option<bool>,
}

impl ApprovedTemplate {
    /// A template of the category `UTILITY` with this body.
    pub fn new(name: impl Into<String>, language: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language: language.into(),
            category: "UTILITY".into(),
            parts: TemplateParts { body: Some(body.into()), ..TemplateParts::default() },
            cards: Vec::new(),
            offer: None,
            order_status: false,
            source: None,
        }
    }

    /// Its category: `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = category.into();
        self
    }

    /// A line of text above the body, with one placeholder at most.
    pub fn header_text(mut self, text: impl Into<String>) -> Self {
        self.parts.header = Some(TemplateHeader::Text(text.into()));
        self
    }

    /// A picture above the body; each send names it.
    pub fn header_image(mut self) -> Self {
        self.parts.header = Some(TemplateHeader::Media("image"));
        self
    }

    /// A video above the body; each send names it.
    pub fn header_video(mut self) -> Self {
        self.parts.header = Some(TemplateHeader::Media("video"));
        self
    }

    /// A document above the body; each send names it.
    pub fn header_document(mut self) -> Self {
        self.parts.header = Some(TemplateHeader::Media("document"));
        self
    }

    /// Small print below the body.
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// One more button, which answers with its payload.
    pub fn quick_reply(self, title: impl Into<String>) -> Self {
        self.button(title.into(), TemplateAction::QuickReply)
    }

    /// One more button, which opens `url`; `{{1}}` at its end is filled in by each send.
    pub fn url_button(self, title: impl Into<String>, url: impl Into<String>) -> Self {
        self.button(title.into(), TemplateAction::Url(url.into()))
    }

    fn button(mut self, title: String, does: TemplateAction) -> Self {
        self.parts.buttons.push(TemplateButton { title, does });
        self
    }

    pub(super) fn is_authentication(&self) -> bool {
        self.category.eq_ignore_ascii_case("AUTHENTICATION")
    }

    /// Whether groups take it: text and media, nothing to buy, to call or to log in with.
    pub(super) fn fits_groups(&self) -> bool {
        let plain = |button: &TemplateButton| {
            matches!(
                button.does,
                TemplateAction::QuickReply
                    | TemplateAction::Url(_)
                    | TemplateAction::PhoneNumber(_)
                    | TemplateAction::Unknown
            )
        };
        !self.is_authentication()
            && self.cards.is_empty()
            && self.offer.is_none()
            && !self.order_status
            && !matches!(self.parts.header, Some(TemplateHeader::Product))
            && self.parts.buttons.iter().all(plain)
    }
}
