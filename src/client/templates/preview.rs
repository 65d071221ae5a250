//! What Meta writes around one-time codes.

use super::{Planned, join};
use crate::{
    client::{
        Client,
        call::{Call, CallFuture, Options, call_options, json},
    },
    error::Result,
    wire,
};
use bytes::Bytes;
use serde::Deserialize;
use std::future::IntoFuture;

/// Previews of authentication templates about to be asked for, in all languages unless some are named.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked for until this is awaited"]
pub struct PreviewCodes {
    client: Client,
    plan: Planned,
    options: Options,
}

/// What Meta writes around a one-time code in one language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CodePreview {
    /// The language.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub language: Option<String>,
    /// The text, in which `{{1}}` stands for the code.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub body: Option<String>,
    /// The small print.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub footer: Option<String>,
    /// The button.
    #[serde(default, deserialize_with = "wire::list")]
    pub buttons: Vec<CodePreviewButton>,
}

/// What Meta writes on the button of an authentication template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CodePreviewButton {
    /// On one that copies.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub text: Option<String>,
    /// On one that fills in.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub autofill_text: Option<String>,
}

impl PreviewCodes {
    pub(super) fn new(client: Client, plan: Planned) -> Self {
        let plan = plan.map(|plan| plan.query("category", "AUTHENTICATION").query("button_types", "OTP"));
        Self { client, plan, options: Options::default() }
    }

    /// In these languages only.
    pub fn languages<L: Into<String>>(self, languages: impl IntoIterator<Item = L>) -> Self {
        let languages: Vec<String> = languages.into_iter().map(Into::into).collect();
        self.query("languages", &join(&languages))
    }

    /// Whether the warning not to share the code is in it.
    pub fn security_recommendation(self, on: bool) -> Self {
        self.query("add_security_recommendation", if on { "true" } else { "false" })
    }

    /// With small print that says for how many minutes the code is good.
    pub fn code_expiration_minutes(self, minutes: u8) -> Self {
        self.query("code_expiration_minutes", &minutes.to_string())
    }

    call_options!();

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the account's id cannot be one.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        self.clone().call().request()
    }

    fn call(self) -> Call<Vec<CodePreview>> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default, deserialize_with = "wire::list")]
            data: Vec<CodePreview>,
        }
        let read = |answer: &[u8]| json::<Answer>(answer).map(|answer| answer.data);
        Call::new(&self.client, self.plan, read).with(self.options)
    }

    fn query(mut self, name: &str, value: &str) -> Self {
        self.plan = self.plan.map(|plan| plan.query(name, value));
        self
    }
}

impl IntoFuture for PreviewCodes {
    type Output = Result<Vec<CodePreview>>;
    type IntoFuture = CallFuture<Vec<CodePreview>>;

    fn into_future(self) -> CallFuture<Vec<CodePreview>> {
        self.call().into_future()
    }
}
