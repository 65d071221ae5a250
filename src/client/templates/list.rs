//! Lists of templates.

use super::{FIELDS, Planned};
use crate::{
    client::{
        Client, Page, Pages,
        call::{Call, CallFuture, Options, call_options},
        page::at,
    },
    error::Result,
    template::{Category, Template, TemplateStatus},
    webhook::notice::QualityScore,
};
use bytes::Bytes;
use std::future::IntoFuture;

/// A list of templates about to be asked for: `.await` gives a [`Page`], [`stream`](Self::stream) all of them.
///
/// Filters may be combined. Meta documents the one by name; the others are those of its reference.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked for until this is awaited"]
pub struct ListTemplates {
    client: Client,
    plan: Planned,
    options: Options,
    after: Option<String>,
}

impl ListTemplates {
    pub(super) fn new(client: Client, plan: Planned) -> Self {
        let plan = plan.map(|plan| plan.query("fields", FIELDS));
        Self { client, plan, options: Options::default(), after: None }
    }

    /// Those with this status.
    pub fn status(self, status: impl Into<TemplateStatus>) -> Self {
        self.query("status", status.into().as_str())
    }

    /// Those whose name holds this.
    pub fn name(self, name: impl AsRef<str>) -> Self {
        self.query("name", name.as_ref())
    }

    /// Those of this category.
    pub fn category(self, category: impl Into<Category>) -> Self {
        self.query("category", category.into().as_str())
    }

    /// Those in this language.
    pub fn language(self, language: impl Into<String>) -> Self {
        self.query("language", &language.into())
    }

    /// Those of which customers think so (`quality_score` on the wire).
    pub fn quality(self, score: impl Into<QualityScore>) -> Self {
        self.query("quality_score", score.into().as_str())
    }

    /// Those whose text holds this.
    pub fn content(self, words: impl AsRef<str>) -> Self {
        self.query("content", words.as_ref())
    }

    /// Those whose name or text holds this.
    pub fn name_or_content(self, words: impl AsRef<str>) -> Self {
        self.query("name_or_content", words.as_ref())
    }

    /// Most templates on a page.
    pub fn limit(self, most: u32) -> Self {
        self.query("limit", &most.to_string())
    }

    /// Counts as well, for [`Page::summary`].
    pub fn summary(self) -> Self {
        let all = "total_count,message_template_count,message_template_limit,are_translations_complete";
        self.query("summary", all)
    }

    /// The page that begins here: the [`after`](Page::after) of the one before it.
    pub fn after(mut self, cursor: impl Into<String>) -> Self {
        self.after = Some(cursor.into());
        self
    }

    call_options!();

    /// All of them, page after page.
    pub fn stream(self) -> Pages<Template> {
        let plan = self.plan.map(|plan| at(plan, self.after.as_deref()));
        Pages::new(self.client, plan, self.options)
    }

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the account's id cannot be one.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        self.clone().call().request()
    }

    fn call(self) -> Call<Page<Template>> {
        let plan = self.plan.map(|plan| at(plan, self.after.as_deref()));
        Call::new(&self.client, plan, Page::read).with(self.options)
    }

    fn query(mut self, name: &str, value: &str) -> Self {
        self.plan = self.plan.map(|plan| plan.query(name, value));
        self
    }
}

impl IntoFuture for ListTemplates {
    type Output = Result<Page<Template>>;
    type IntoFuture = CallFuture<Page<Template>>;

    fn into_future(self) -> CallFuture<Page<Template>> {
        self.call().into_future()
    }
}
