//! Filling a template in, checked against what it has.

use crate::{
    error::Result,
    id::CatalogId,
    message::{
        self, Bill, Location, MediaSource, OrderState, Parameter, PaymentSetting, ProductSection,
        TemplateCard,
    },
    template::{Definition, Parameters, SlotKind, parameters::is_number},
    time::Timestamp,
};
use serde_json::Value;
use std::fmt;

/// A template being filled in; [`build`](Self::build) checks it and gives the message.
///
/// Methods are named as those of [`message::Template`]. What WhatsApp needs nothing for is left out.
///
/// ```
/// use whatsapp_business::template::{Button, Category, Definition, HeaderFormat};
/// # fn main() -> whatsapp_business::Result<()> {
/// let definition = Definition::new("order_update", "en_US", Category::Utility)
///     .header_media(HeaderFormat::Image, "4::aW")
///     .body("Hello {{name}}, your order {{order}} is on its way.")
///     .example("name", "Ana")
///     .example("order", "A-42")
///     .button(Button::url("Track", "https://example.com/orders/{{1}}").example("A-42"))
///     .button(Button::quick_reply("Thanks"));
///
/// let message = definition
///     .fill([("name", "Ana"), ("order", "A-42")])
///     .header_media("1013859600285441")
///     .url_button(0, "A-42")
///     .quick_reply(1, "thanks:A-42")
///     .build()?;
/// # assert_eq!(message.name(), "order_update");
///
/// let error = definition.fill([("nmae", "Ana"), ("order", "A-42")]).url_button(0, "A-42").build().unwrap_err();
/// let places: Vec<_> = error.violations().iter().map(|violation| violation.path.as_str()).collect();
/// assert_eq!(places, ["header", "body.nmae", "body.name"]);
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "it is filled in, but not checked before it is built"]
pub struct Fill<'a> {
    definition: &'a Definition,
    shape: Parameters,
    values: Vec<(Option<String>, Parameter)>,
    header: Option<Parameter>,
    filled: message::Template,
}

impl fmt::Debug for Fill<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fill").field("definition", &self.definition).finish_non_exhaustive()
    }
}

impl Definition {
    /// Begins to fill the template in, with the values of its placeholders: an array for `{{1}}`, `{{2}}` …, of
    /// `(name, value)` pairs for named ones, or `()` where it has none.
    ///
    /// A named value goes wherever its placeholder stands, in the header as well. Numbered placeholders may be named by
    /// their numbers (`"1"`), as [`Slot::name`](crate::template::Slot::name) does. The value of an authentication template
    /// is its code, which is put on the button, too.
    pub fn fill(&self, values: impl Into<message::Parameters>) -> Fill<'_> {
        Fill {
            definition: self,
            shape: self.parameters(),
            values: values.into().into_named().collect(),
            header: None,
            filled: message::Template::new(self.name(), self.language()),
        }
    }
}

impl Fill<'_> {
    /// Checks what is filled in, and gives the message.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with everything that Meta would refuse: what is missing, what the
    /// template does not have, what is of another kind, too long, or has white space that templates may not have.
    pub fn build(self) -> Result<message::Template> {
        let definition = self.definition;
        let filled = self.draft();
        definition.check(&filled)?;
        Ok(filled)
    }

    /// The value of the header's placeholder.
    pub fn header(mut self, value: impl Into<Parameter>) -> Self {
        self.header = Some(value.into());
        self
    }

    /// The file of the header: an image, video, animation or document, as the template has it.
    pub fn header_media(self, source: impl Into<MediaSource>) -> Self {
        let kind = self.shape.header.as_ref().map(|slot| slot.kind);
        self.with(|filled| match kind {
            Some(SlotKind::Video) => filled.header_video(source),
            Some(SlotKind::Gif) => filled.header_gif(source),
            Some(SlotKind::Document) => filled.header_document(source, None),
            _ => filled.header_image(source),
        })
    }

    /// The document of the header, and the file name that it is shown under.
    pub fn header_document(self, source: impl Into<MediaSource>, filename: &str) -> Self {
        self.with(|filled| filled.header_document(source, filename))
    }

    /// The place of the header.
    pub fn header_location(self, location: Location) -> Self {
        self.with(|filled| filled.header_location(location))
    }

    /// The product of the header, by its catalog and what the seller calls it there.
    pub fn header_product(self, catalog: impl Into<CatalogId>, retailer_id: impl Into<String>) -> Self {
        self.with(|filled| filled.header_product(catalog, retailer_id))
    }

    /// When the offer ends.
    pub fn limited_time_offer(self, expires_at: Timestamp) -> Self {
        self.with(|filled| filled.limited_time_offer(expires_at))
    }

    /// The state that the order is now in; see [`message::Template::order_status`].
    pub fn order_status<'t>(
        self,
        reference_id: impl Into<String>,
        state: OrderState,
        description: impl Into<Option<&'t str>>,
    ) -> Self {
        self.with(|filled| filled.order_status(reference_id, state, description))
    }

    /// What a tap on the message itself opens; see [`message::Template::tap_target`].
    pub fn tap_target(self, title: impl Into<String>, url: impl Into<String>) -> Self {
        self.with(|filled| filled.tap_target(title, url))
    }

    /// The end of the address of the URL button at `index`, counted from 0.
    pub fn url_button(self, index: u8, suffix: impl Into<String>) -> Self {
        self.with(|filled| filled.url_button(index, suffix))
    }

    /// The end of the address of a payment link; see [`message::Template::payment_link_button`].
    pub fn payment_link_button(self, index: u8, suffix: impl Into<String>) -> Self {
        self.with(|filled| filled.payment_link_button(index, suffix))
    }

    /// What comes back when the quick-reply button at `index` is tapped; its text, unless it is given.
    pub fn quick_reply(self, index: u8, payload: impl Into<String>) -> Self {
        self.with(|filled| filled.quick_reply(index, payload))
    }

    /// The coupon code that the button at `index` copies.
    pub fn copy_code(self, index: u8, code: impl Into<String>) -> Self {
        self.with(|filled| filled.copy_code(index, code))
    }

    /// The token of the Flow behind the button at `index`, and data for its first screen.
    pub fn flow_button(self, index: u8, token: impl Into<String>, data: impl Into<Option<Value>>) -> Self {
        self.with(|filled| filled.flow_button(index, token, data))
    }

    /// The product whose picture stands for the catalog behind the button at `index`.
    pub fn catalog_button<'t>(self, index: u8, thumbnail: impl Into<Option<&'t str>>) -> Self {
        self.with(|filled| filled.catalog_button(index, thumbnail))
    }

    /// The products behind the button at `index`; see [`message::Template::multi_product_button`].
    pub fn multi_product_button(
        self,
        index: u8,
        thumbnail: impl Into<String>,
        sections: impl IntoIterator<Item = ProductSection>,
    ) -> Self {
        self.with(|filled| filled.multi_product_button(index, thumbnail, sections))
    }

    /// For how many minutes the button at `index` calls the business, and what the call brings along.
    pub fn call_button<'t>(
        self,
        index: u8,
        minutes: impl Into<Option<u32>>,
        payload: impl Into<Option<&'t str>>,
    ) -> Self {
        self.with(|filled| filled.call_button(index, minutes, payload))
    }

    /// The bill behind the button at `index`.
    pub fn order_details_button(self, index: u8, bill: Bill) -> Self {
        self.with(|filled| filled.order_details_button(index, bill))
    }

    /// The payment that the button at `index` asks for.
    pub fn payment_request_button(self, index: u8, setting: impl Into<PaymentSetting>) -> Self {
        self.with(|filled| filled.payment_request_button(index, setting))
    }

    /// The cards, in order: as many as the template has.
    pub fn carousel(self, cards: impl IntoIterator<Item = TemplateCard>) -> Self {
        self.with(|filled| filled.carousel(cards))
    }

    fn with(mut self, fill: impl FnOnce(message::Template) -> message::Template) -> Self {
        self.filled = fill(self.filled);
        self
    }

    /// The message, unchecked.
    fn draft(self) -> message::Template {
        let Self { definition, shape, values, header, mut filled } = self;
        let header_key = shape.header.as_ref().and_then(|slot| slot.name.as_deref());
        let key = header_key.filter(|key| !is_number(key));
        let named = values.iter().find(|(name, _)| key.is_some() && name.as_deref() == key);
        if let Some(value) = header.or_else(|| named.map(|(_, value)| value.clone())) {
            filled = match key {
                Some(key) => filled.header([(key, value)]),
                None => filled.header([value]),
            };
        }
        let is_in_body = |name: &str| shape.body.iter().any(|slot| slot.name.as_deref() == Some(name));
        let mut body = values;
        body.retain(|(name, _)| name.as_deref().is_none_or(|name| Some(name) != key || is_in_body(name)));
        if definition.is_authentication()
            && let [(_, code)] = body.as_slice()
            && let Some(code) = code.as_text()
        {
            let buttons = shape.buttons.iter().filter(|slot| slot.kind == SlotKind::OneTimeCode);
            filled = buttons
                .filter_map(|slot| slot.index)
                .fold(filled, |filled, index| filled.url_button(index, code));
            filled = filled.for_one_time_code();
        }
        if !body.is_empty() {
            filled = filled.body(in_order(body, &shape));
        }
        filled.in_order_of_display()
    }
}

/// The values by name, or by position where the placeholders are numbered and each has one.
fn in_order(mut values: Vec<(Option<String>, Parameter)>, shape: &Parameters) -> message::Parameters {
    let keys: Vec<_> = shape.body.iter().filter_map(|slot| slot.name.as_deref()).collect();
    let place = |name: &Option<String>| keys.iter().position(|key| Some(*key) == name.as_deref());
    let is_whole = values.len() == keys.len()
        && keys
            .iter()
            .all(|key| is_number(key) && values.iter().any(|(name, _)| name.as_deref() == Some(key)));
    if is_whole {
        values.sort_by_key(|(name, _)| place(name));
        for (name, _) in &mut values {
            *name = None;
        }
    }
    message::Parameters::from_named(values)
}
