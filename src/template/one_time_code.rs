//! Templates for one-time codes: Meta sets their words, the business chooses the button.

use crate::template::{Body, Button, ButtonKind, Component, Definition, Footer, button::OtpKind};
use serde::Serialize;

/// An Android app that a one-time code may be handed to.
///
/// ```
/// use whatsapp_business::template::{Button, Category, Definition, SupportedApp};
/// let definition = Definition::new("login_code", "en_US", Category::Authentication)
///     .security_recommendation(true)
///     .code_expiration_minutes(10)
///     .button(Button::one_tap([SupportedApp::new("com.example.shop", "K8a/AINcGX7")]).autofill_text("Fill in"));
/// assert!(definition.validate().is_ok());
/// ```
///
/// ```json
/// {"type": "OTP", "otp_type": "ONE_TAP", "autofill_text": "Fill in",
///  "supported_apps": [{"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}]}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SupportedApp {
    package_name: String,
    signature_hash: String,
}

impl SupportedApp {
    /// The app of this package name, signed so that this is its hash; see [`Button::MAX_PACKAGE_NAME`] and
    /// [`Button::SIGNATURE_HASH`].
    #[must_use]
    pub fn new(package_name: impl Into<String>, signature_hash: impl Into<String>) -> Self {
        Self { package_name: package_name.into(), signature_hash: signature_hash.into() }
    }
}

/// Buttons of [Meta: authentication templates](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates),
/// of which an authentication template has one. Their words are WhatsApp's unless [`label`](Self::label) sets others.
impl Button {
    /// Copies the one-time code.
    #[must_use]
    pub fn copy_one_time_code() -> Self {
        Self::otp(&OtpKind::CopyCode)
    }

    /// Fills the one-time code into one of these apps at a tap; elsewhere it copies the code.
    #[must_use]
    pub fn one_tap(apps: impl IntoIterator<Item = SupportedApp>) -> Self {
        Self::otp(&OtpKind::OneTap).supported_apps(apps)
    }

    /// Fills the one-time code into one of these apps without a tap; where that cannot be it is like
    /// [`one_tap`](Self::one_tap). To make it is to accept Meta's terms of zero-tap codes (`zero_tap_terms_accepted` on the
    /// wire).
    #[must_use]
    pub fn zero_tap(apps: impl IntoIterator<Item = SupportedApp>) -> Self {
        Self::otp(&OtpKind::ZeroTap).with("zero_tap_terms_accepted", true).supported_apps(apps)
    }

    /// What is written on a button that fills the code in.
    #[must_use]
    pub fn autofill_text(self, text: impl Into<String>) -> Self {
        self.with("autofill_text", text.into())
    }

    fn otp(kind: &OtpKind) -> Self {
        Self::new(ButtonKind::Otp).with("otp_type", kind.as_str())
    }

    fn supported_apps(self, apps: impl IntoIterator<Item = SupportedApp>) -> Self {
        let app = |app: SupportedApp| serde_json::json!({"package_name": app.package_name, "signature_hash": app.signature_hash});
        self.with("supported_apps", apps.into_iter().map(app).collect::<Vec<_>>())
    }
}

/// What authentication templates have in place of words.
impl Definition {
    /// Whether the body warns not to share the code (`add_security_recommendation` on the wire).
    #[must_use]
    pub fn security_recommendation(self, on: bool) -> Self {
        self.edit(Component::Body(Body::default()), |component| {
            if let Component::Body(body) = component {
                body.extra.insert("add_security_recommendation".to_owned(), on.into());
            }
        })
    }

    /// For how many minutes the code is good, which the footer says; see [`Footer::CODE_EXPIRATION_MINUTES`].
    #[must_use]
    pub fn code_expiration_minutes(self, minutes: u8) -> Self {
        self.edit(Component::Footer(Footer::default()), |component| {
            if let Component::Footer(footer) = component {
                footer.extra.insert("code_expiration_minutes".to_owned(), minutes.into());
            }
        })
    }
}
