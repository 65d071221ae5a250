//! What fills the buttons of a template, and the parts that stand beside them.

use super::{
    Template,
    action::Action,
    component::Component,
    value::{Offer, ParameterKind, TapTarget},
};
use crate::{message::ProductSection, time::Timestamp};
use serde_json::Value;

/// Buttons, by their place among the buttons of the template, counted from 0. Those that Meta needs nothing for (phone
/// numbers, single products, requests for contacts) are left out of a send.
///
/// Limits from Meta: [template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components),
/// [coupon codes](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/coupon-templates),
/// [multi-product templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/mpm-templates),
/// [call buttons](https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-button-messages-deep-links).
impl Template {
    /// Most buttons of a template; indexes run from 0.
    pub const MAX_BUTTONS: usize = 10;
    /// Longest address of a URL button, in characters, with what fills its end.
    pub const MAX_URL: usize = 2000;
    /// Longest payload of a quick-reply button, in characters. Older pages of Meta's say 128, and the newer ones nothing; 256 is
    /// what reply buttons have.
    pub const MAX_PAYLOAD: usize = 256;
    /// Longest coupon code, in characters. The page on limited-time offers still says 15.
    pub const MAX_COUPON_CODE: usize = 20;

    /// Fills the end of the address of the URL button at `index`, counted from 0.
    #[must_use]
    pub fn url_button(self, index: u8, suffix: impl Into<String>) -> Self {
        self.with(Component::url_button(index, suffix.into()))
    }

    /// Like [`url_button`](Self::url_button), where the address is an enhanced payment link (India), which is shown with
    /// a preview. The template must have neither a header nor cards.
    #[must_use]
    pub fn payment_link_button(self, index: u8, suffix: impl Into<String>) -> Self {
        let suffix = ParameterKind::Text { text: suffix.into(), payment_link_preview: Some(true) };
        self.with(Component::button("url", index, [suffix]))
    }

    /// What comes back when the quick-reply button at `index`, counted from 0, is tapped, as
    /// [`Inbound::Button`](crate::webhook::Inbound::Button).
    #[must_use]
    pub fn quick_reply(self, index: u8, payload: impl Into<String>) -> Self {
        self.with(Component::quick_reply(index, payload.into()))
    }

    /// The coupon code that the copy-code button at `index` copies; at most [`Self::MAX_COUPON_CODE`] characters.
    #[must_use]
    pub fn copy_code(self, index: u8, code: impl Into<String>) -> Self {
        self.with(Component::button(
            "copy_code",
            index,
            [ParameterKind::CouponCode { coupon_code: code.into() }],
        ))
    }

    /// The token that the Flow behind the button at `index` carries and its answer brings back, and the data for its
    /// first screen: an object, or `None`. Where Meta is told no token it takes `unused`.
    ///
    /// ```
    /// use serde_json::json;
    /// use whatsapp_business::message::{Content, Template};
    /// let rate = Template::new("rate_us", "en").flow_button(0, "visit-7", json!({"visit": "7"}));
    /// assert!(Content::from(rate).validate().is_ok());
    /// let plain = Template::new("rate_us", "en").flow_button(0, "visit-7", None);
    /// ```
    ///
    /// ```json
    /// {"type": "button", "sub_type": "flow", "index": 0, "parameters": [{"type": "action",
    ///   "action": {"flow_token": "visit-7", "flow_action_data": {"visit": "7"}}}]}
    /// ```
    #[must_use]
    pub fn flow_button(self, index: u8, token: impl Into<String>, data: impl Into<Option<Value>>) -> Self {
        let action =
            Action { flow_token: Some(token.into()), flow_action_data: data.into(), ..Action::default() };
        self.with(Component::action_button("flow", index, action))
    }

    /// The product whose picture stands for the catalog that the button at `index` opens; without one, Meta takes the
    /// catalog's first.
    #[must_use]
    pub fn catalog_button<'a>(self, index: u8, thumbnail: impl Into<Option<&'a str>>) -> Self {
        let action = thumbnail
            .into()
            .map(|id| Action { thumbnail_product_retailer_id: Some(id.to_owned()), ..Action::default() });
        let action = action.map(|action| ParameterKind::Action { action: Box::new(action) });
        self.with(Component::button("catalog", index, action))
    }

    /// The products that the button at `index` opens (`mpm` on the wire), in sections, and the one whose picture stands
    /// for them. The limits are those of a [`ProductList`](crate::message::ProductList).
    ///
    /// ```
    /// use whatsapp_business::message::{Content, ProductSection, Template};
    /// let tea = Template::new("spring_tea", "en").multi_product_button(
    ///     0,
    ///     "sencha",
    ///     [ProductSection::new("Green", ["sencha", "matcha"]), ProductSection::new("Black", ["assam"])],
    /// );
    /// assert!(Content::from(tea).validate().is_ok());
    /// ```
    ///
    /// ```json
    /// {"type": "button", "sub_type": "mpm", "index": 0, "parameters": [{"type": "action", "action": {
    ///   "thumbnail_product_retailer_id": "sencha", "sections": [
    ///     {"title": "Green", "product_items": [{"product_retailer_id": "sencha"}, {"product_retailer_id": "matcha"}]},
    ///     {"title": "Black", "product_items": [{"product_retailer_id": "assam"}]}]}}]}
    /// ```
    #[must_use]
    pub fn multi_product_button(
        self,
        index: u8,
        thumbnail: impl Into<String>,
        sections: impl IntoIterator<Item = ProductSection>,
    ) -> Self {
        let action = Action {
            thumbnail_product_retailer_id: Some(thumbnail.into()),
            sections: Some(sections.into_iter().collect()),
            ..Action::default()
        };
        self.with(Component::action_button("mpm", index, action))
    }

    /// For how many minutes the button that calls the business works, and what the webhooks of the call bring back as
    /// `cta_payload`, within the limits of a [`CallButton`](crate::message::CallButton). Both may be `None`, and so may the
    /// index: Meta's example has none.
    ///
    /// ```
    /// use whatsapp_business::message::{Content, Template};
    /// let call = Template::new("call_us", "en").call_button(None, 100, "order-42");
    /// assert!(Content::from(call).validate().is_ok());
    /// ```
    ///
    /// ```json
    /// {"type": "button", "sub_type": "voice_call", "parameters": [
    ///   {"type": "ttl_minutes", "ttl_minutes": 100}, {"type": "payload", "payload": "order-42"}]}
    /// ```
    #[must_use]
    pub fn call_button<'a>(
        self,
        index: impl Into<Option<u8>>,
        minutes: impl Into<Option<u32>>,
        payload: impl Into<Option<&'a str>>,
    ) -> Self {
        let minutes = minutes.into().map(|minutes| ParameterKind::TtlMinutes { ttl_minutes: minutes.into() });
        let payload = payload.into().map(|payload| ParameterKind::Payload { payload: payload.to_owned() });
        self.with(Component::button("voice_call", index, minutes.into_iter().chain(payload)))
    }
}

/// What stands beside the buttons: when an [offer](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/limited-time-offer-templates)
/// ends, and what a [tap on the message](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/tap-target-url-title-override)
/// opens.
impl Template {
    /// Longest body of a template with a limited-time offer, in characters, which no value of it can exceed.
    pub const MAX_BODY_WITH_OFFER: usize = 600;

    /// When the limited-time offer ends. Its code is that of the template's [`copy_code`](Self::copy_code) button.
    #[must_use]
    pub fn limited_time_offer(self, expires_at: Timestamp) -> Self {
        let limited_time_offer = Offer { expiration_time_ms: expires_at.as_millis() };
        self.with(Component::of("limited_time_offer", ParameterKind::LimitedTimeOffer { limited_time_offer }))
    }

    /// Makes the message as a whole open `url`, under this title (`tap_target_configuration` on the wire). Meta lets
    /// verified businesses of high quality do so.
    #[must_use]
    pub fn tap_target(self, title: impl Into<String>, url: impl Into<String>) -> Self {
        let target = TapTarget { url: url.into(), title: title.into() };
        let target = ParameterKind::TapTargetConfiguration { tap_target_configuration: vec![target] };
        self.with(Component::of("tap_target_configuration", target))
    }
}
