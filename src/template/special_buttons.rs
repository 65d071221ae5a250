//! Buttons that do more than open an address: Flows, products, calls, payments.

use crate::{
    id::{AppId, FlowId},
    open::open_enum,
    template::{Button, ButtonKind},
};

open_enum! {
    /// The picture on a button that opens a Flow.
    pub enum FlowIcon {
        /// A sheet of paper.
        Document = "DOCUMENT",
        /// A tag.
        Promotion = "PROMOTION",
        /// A star.
        Review = "REVIEW",
    }
}

/// Buttons that do more than answer or open an address, each as on its page of
/// [Meta's](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
///
/// ```
/// use whatsapp_business::template::{Button, Category, Definition, FlowIcon};
/// let definition = Definition::new("rate_us", "en_US", Category::Marketing)
///     .body("How was your visit?")
///     .button(Button::flow("Rate us", "1111").opens_screen("RATING").icon(FlowIcon::Review))
///     .button(Button::voice_call().label("Call us").works_for_minutes(1440));
/// assert!(definition.validate().is_ok());
/// ```
///
/// ```json
/// {"type": "FLOW", "text": "Rate us", "flow_id": "1111", "flow_action": "navigate", "navigate_screen": "RATING",
///  "icon": "REVIEW"}
/// ```
impl Button {
    /// Opens the Flow with this id.
    #[must_use]
    pub fn flow(text: impl Into<String>, id: impl Into<FlowId>) -> Self {
        Self::opens_flow(text.into(), "flow_id", id.into().as_str().to_owned())
    }

    /// Opens the Flow of this name.
    #[must_use]
    pub fn flow_named(text: impl Into<String>, name: impl Into<String>) -> Self {
        Self::opens_flow(text.into(), "flow_name", name.into())
    }

    /// Opens the Flow of this Flow JSON, which Meta makes together with the template.
    #[must_use]
    pub fn flow_json(text: impl Into<String>, json: impl Into<String>) -> Self {
        Self::opens_flow(text.into(), "flow_json", json.into())
    }

    /// The screen that a Flow begins with (`navigate_screen` on the wire).
    #[must_use]
    pub fn opens_screen(self, screen: impl Into<String>) -> Self {
        self.with("flow_action", "navigate").with("navigate_screen", screen.into())
    }

    /// Asks the endpoint of a Flow for its first screen (`data_exchange` on the wire).
    #[must_use]
    pub fn asks_endpoint(self) -> Self {
        self.with("flow_action", "data_exchange")
    }

    /// The picture on a button that opens a Flow.
    #[must_use]
    pub fn icon(self, icon: impl Into<FlowIcon>) -> Self {
        self.with("icon", icon.into().as_str())
    }

    /// Opens the catalog.
    #[must_use]
    pub fn catalog() -> Self {
        Self::new(ButtonKind::Catalog).label("View catalog")
    }

    /// Opens several products (`MPM` on the wire), which each send names.
    #[must_use]
    pub fn multi_product() -> Self {
        Self::new(ButtonKind::Mpm).label("View items")
    }

    /// Opens the product in the header (`SPM` on the wire).
    #[must_use]
    pub fn single_product() -> Self {
        Self::new(ButtonKind::Spm).label("View")
    }

    /// Calls the business on WhatsApp.
    #[must_use]
    pub fn voice_call() -> Self {
        Self::new(ButtonKind::VoiceCall)
    }

    /// For how many minutes a button that calls on WhatsApp works; see [`Self::VOICE_CALL_MINUTES`].
    #[must_use]
    pub fn works_for_minutes(self, minutes: u32) -> Self {
        self.with("ttl_minutes", minutes)
    }

    /// Asks for the customer's contact. WhatsApp sets its text.
    #[must_use]
    pub fn request_contact_info() -> Self {
        Self::new(ButtonKind::RequestContactInfo)
    }

    /// Opens an order to pay, which each send gives (Brazil, India): `Review and pay`, `Copy Pix code`, or `Buy now` for a
    /// checkout.
    #[must_use]
    pub fn order_details(text: impl Into<String>) -> Self {
        Self::new(ButtonKind::OrderDetails).label(text)
    }

    /// Asks for a payment, which each send gives (Brazil), in the way named as on the wire: `pix_dynamic_code`, `boleto`,
    /// `payment_link`.
    #[must_use]
    pub fn payment_request(text: impl Into<String>, way: impl Into<String>) -> Self {
        let setting = serde_json::json!({"type": way.into()});
        Self::new(ButtonKind::PaymentRequest).label(text).with("payment_setting", setting)
    }

    /// Makes a button that opens an address open an Android app instead, with a page to get it from; of messages sent over
    /// the Marketing Messages API only (`app_deep_link` on the wire).
    #[must_use]
    pub fn app_deep_link(
        self,
        app: impl Into<AppId>,
        deep_link: impl Into<String>,
        store_page: impl Into<String>,
    ) -> Self {
        let link = serde_json::json!({"meta_app_id": app.into(), "android_deep_link": deep_link.into(),
            "android_fallback_playstore_url": store_page.into()});
        self.with("app_deep_link", link)
    }

    /// What is written on it, in place of what its kind has.
    #[must_use]
    pub fn label(self, text: impl Into<String>) -> Self {
        self.with("text", text.into())
    }

    fn opens_flow(text: String, named_by: &str, flow: String) -> Self {
        Self::new(ButtonKind::Flow).label(text).with(named_by, flow)
    }
}
