//! An offer that may run out.

use crate::{
    template::members::{Extra, Members, Reason},
    wire::quiet_debug,
};
use serde::Serialize;

/// An offer that may run out (`LIMITED_TIME_OFFER` on the wire): a line above the body, and a countdown.
///
/// It stands in marketing templates with an image or a video above it and without a footer. If it runs out, a button that
/// copies a code goes with it.
///
/// ```
/// use whatsapp_business::template::{Button, Category, Definition, HeaderFormat, LimitedTimeOffer};
/// let offer = Definition::new("spring_offer", "en_US", Category::Marketing)
///     .header_media(HeaderFormat::Image, "4::aW")
///     .component(LimitedTimeOffer::new("Ends soon!").expires(true))
///     .body("A quarter off everything, for our regulars.")
///     .button(Button::copy_code("CARIBE25"))
///     .button(Button::url("Book now", "https://example.com/offers"));
/// assert!(offer.validate().is_ok());
/// ```
///
/// ```json
/// {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon!", "has_expiration": true}}
/// ```
#[derive(Clone, PartialEq, Serialize)]
pub struct LimitedTimeOffer {
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_time_offer: Option<Offer>,
    #[serde(flatten)]
    extra: Extra,
}

quiet_debug!(LimitedTimeOffer {});

#[derive(Clone, Default, PartialEq, Serialize)]
struct Offer {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_expiration: Option<bool>,
    #[serde(flatten)]
    extra: Extra,
}

/// Limits from [Meta: limited-time offer templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/limited-time-offer-templates).
impl LimitedTimeOffer {
    /// Longest text, in characters.
    pub const MAX_TEXT: usize = 16;

    /// An offer in these words; at most [`Self::MAX_TEXT`] characters.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let offer = Offer { text: Some(text.into()), has_expiration: None, extra: Extra::new() };
        Self { limited_time_offer: Some(offer), extra: Extra::new() }
    }

    /// Whether it shows when it ends, which each send then says (`has_expiration` on the wire).
    #[must_use]
    pub fn expires(mut self, it_does: bool) -> Self {
        self.limited_time_offer.get_or_insert_default().has_expiration = Some(it_does);
        self
    }

    /// Its words.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.limited_time_offer.as_ref()?.text.as_deref()
    }

    /// Whether each send says when it ends; where it is not said, a send may.
    #[must_use]
    pub fn has_expiration(&self) -> Option<bool> {
        self.limited_time_offer.as_ref()?.has_expiration
    }

    /// Whether what it is all about is there.
    pub(super) fn is_whole(&self) -> bool {
        self.limited_time_offer.is_some()
    }

    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        let read = |offer| {
            let mut offer = Members::of(offer, "limited_time_offer")?;
            let (text, has_expiration) = (offer.text("text")?, offer.boolean("has_expiration")?);
            Ok::<_, Reason>(Offer { text, has_expiration, extra: offer.rest() })
        };
        let limited_time_offer = members.take("limited_time_offer").map(read).transpose()?;
        Ok(Self { limited_time_offer, extra: members.rest() })
    }
}
