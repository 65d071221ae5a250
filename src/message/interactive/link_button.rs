//! Buttons that open an address.

use crate::{
    check,
    error::{Path, Violation},
    message::{
        Header, Kind, MediaSource,
        interactive::{Frame, Named, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// Text with a button that opens an address in the browser (`interactive` of type `cta_url` on the wire).
///
/// No webhook tells that the button was tapped; put what you want to know into the address.
///
/// ```
/// use whatsapp_business::message::{Content, Header, LinkButton};
/// let offer = LinkButton::new("Your offer is ready.", "Open", "https://example.com/offers/42")
///     .header(Header::image("1013859600285441"))
///     .footer("Valid for a week");
/// assert!(Content::from(offer).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "cta_url",
///   "header": {"type": "image", "image": {"id": "1013859600285441"}},
///   "body": {"text": "Your offer is ready."}, "footer": {"text": "Valid for a week"},
///   "action": {"name": "cta_url",
///              "parameters": {"display_text": "Open", "url": "https://example.com/offers/42"}}}}
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Named<Link>>", try_from = "Frame<Named<Link>>")]
pub struct LinkButton {
    parts: Parts,
    link: Link,
}

quiet_debug!(LinkButton { parts });

/// The parameters of an action that opens an address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    #[serde(deserialize_with = "crate::wire::text")]
    display_text: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_link_preview: Option<bool>,
}

impl Link {
    /// The name of the action.
    pub(super) const NAME: &'static str = "cta_url";
    /// Longest text on the button.
    pub(super) const MAX_TEXT: usize = 20;

    pub(super) fn new(display_text: impl Into<String>, url: impl Into<String>) -> Self {
        Self { display_text: display_text.into(), url: url.into(), payment_link_preview: None }
    }

    /// Checks the link; `at` is the place of its parameters.
    pub(super) fn check(&self, at: Path<'_>, has_header: bool, out: &mut Vec<Violation>) {
        check::text(at.field("display_text"), &self.display_text, Self::MAX_TEXT, out);
        check::link(at.field("url"), &self.url, out);
        if has_header && self.payment_link_preview == Some(true) {
            let at = at.field("payment_link_preview");
            out.push(Violation::new(at, "is asked for below a header", "only without a header"));
        }
    }
}

/// Limits from [Meta: call-to-action URL messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-cta-url-messages).
impl LinkButton {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = Parts::MAX_BODY;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;
    /// Longest text on the button, in characters.
    pub const MAX_DISPLAY_TEXT: usize = Link::MAX_TEXT;

    /// The text, what is written on the button, and the http or https address that it opens.
    #[must_use]
    pub fn new(body: impl Into<String>, display_text: impl Into<String>, url: impl Into<String>) -> Self {
        Self { parts: Parts::new(body), link: Link::new(display_text, url) }
    }

    /// What stands above the body: text, or media.
    #[must_use]
    pub fn header(mut self, header: impl Into<Header>) -> Self {
        self.parts.header = Some(header.into());
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// Whether WhatsApp shows a preview of a payment link, which some Indian payment gateways offer. Only without a
    /// header.
    #[must_use]
    pub fn payment_link_preview(mut self, on: bool) -> Self {
        self.link.payment_link_preview = Some(on);
        self
    }

    /// The text.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// What is written on the button.
    #[must_use]
    pub fn display_text(&self) -> &str {
        &self.link.display_text
    }

    /// The address that the button opens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.link.url
    }
}

impl Kind for LinkButton {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("cta_url");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        self.link.check(action.field("parameters"), self.parts.header.is_some(), out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }

    fn media(&mut self) -> Vec<&mut MediaSource> {
        self.parts.media()
    }
}

impl From<LinkButton> for Frame<Named<Link>> {
    fn from(button: LinkButton) -> Self {
        Self::new::<LinkButton>(button.parts, Named::new(Link::NAME, button.link))
    }
}

impl TryFrom<Frame<Named<Link>>> for LinkButton {
    type Error = &'static str;
    fn try_from(frame: Frame<Named<Link>>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        Ok(Self { parts, link: action.parameters(Link::NAME)? })
    }
}
