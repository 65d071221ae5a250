//! Meta's library of templates.

use super::Planned;
use crate::{
    client::{
        Client, Page, Pages,
        call::{Call, CallFuture, Options, Plan, call_options},
    },
    error::Result,
    id::TemplateId,
    template::Category,
    wire::{self, quiet_debug},
};
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use std::future::IntoFuture;

/// Templates of Meta's library about to be asked for: `.await` gives a [`Page`], [`stream`](Self::stream) all of them.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked for until this is awaited"]
pub struct ListLibrary {
    client: Client,
    plan: Planned,
    options: Options,
}

/// A template of Meta's library.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct LibraryTemplate {
    /// Its name, for [`Definition::from_library`](crate::template::Definition::from_library).
    pub name: String,
    /// Its id.
    #[serde(default)]
    pub id: Option<TemplateId>,
    /// Its language.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub language: Option<String>,
    /// Its category.
    #[serde(default)]
    pub category: Option<Category>,
    /// What it is about, such as `ORDER_MANAGEMENT`.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub topic: Option<String>,
    /// What it is for, such as `DELIVERY_UPDATE`.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub usecase: Option<String>,
    /// For whom it is, such as `E_COMMERCE`.
    #[serde(default, deserialize_with = "wire::list")]
    pub industry: Vec<String>,
    /// The text above the body.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub header: Option<String>,
    /// The text.
    #[serde(default, deserialize_with = "wire::optional_text")]
    pub body: Option<String>,
    /// Examples of what fills the text.
    #[serde(default, deserialize_with = "wire::list")]
    pub body_params: Vec<String>,
    /// What may fill the text: `TEXT`, `AMOUNT`, `DATE` …
    #[serde(default, deserialize_with = "wire::list")]
    pub body_param_types: Vec<String>,
    /// The buttons, as Meta writes them.
    #[serde(default, deserialize_with = "wire::list")]
    pub buttons: Vec<serde_json::Value>,
}

quiet_debug!(LibraryTemplate { name, id, language, category, topic, usecase });

impl ListLibrary {
    pub(super) fn new(client: Client) -> Self {
        let plan = Ok(Plan::below(&client, Method::GET, ["message_template_library"], "templates.library"));
        Self { client, plan, options: Options::default() }
    }

    /// Those in which this is found.
    pub fn search(self, words: impl AsRef<str>) -> Self {
        self.query("search", words.as_ref())
    }

    /// Those about this, such as `ORDER_MANAGEMENT`.
    pub fn topic(self, topic: impl AsRef<str>) -> Self {
        self.query("topic", topic.as_ref())
    }

    /// Those for this, such as `SHIPMENT_CONFIRMATION`.
    pub fn usecase(self, usecase: impl AsRef<str>) -> Self {
        self.query("usecase", usecase.as_ref())
    }

    /// Those for this industry, such as `E_COMMERCE`.
    pub fn industry(self, industry: impl AsRef<str>) -> Self {
        self.query("industry", industry.as_ref())
    }

    /// Those in this language.
    pub fn language(self, language: impl Into<String>) -> Self {
        self.query("language", &language.into())
    }

    call_options!();

    /// All of them, page after page.
    pub fn stream(self) -> Pages<LibraryTemplate> {
        Pages::new(self.client, self.plan, self.options)
    }

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// None that is documented.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        self.clone().call().request()
    }

    fn call(self) -> Call<Page<LibraryTemplate>> {
        Call::new(&self.client, self.plan, Page::read).with(self.options)
    }

    fn query(mut self, name: &str, value: &str) -> Self {
        self.plan = self.plan.map(|plan| plan.query(name, value));
        self
    }
}

impl IntoFuture for ListLibrary {
    type Output = Result<Page<LibraryTemplate>>;
    type IntoFuture = CallFuture<Page<LibraryTemplate>>;

    fn into_future(self) -> CallFuture<Page<LibraryTemplate>> {
        self.call().into_future()
    }
}
