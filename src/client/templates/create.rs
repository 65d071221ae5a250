//! Creating a template, with samples of its files uploaded on the way.

use super::{Created, EDGE, Planned, Templates, valid};
use crate::{
    client::{
        App,
        call::{CallFuture, MAX_JSON, Options, call_options, json, run},
    },
    error::{Error, ErrorKind, Path, Result, Violation},
    message::Upload,
    template::Definition,
};
use bytes::Bytes;
use http::Method;
use std::future::IntoFuture;

/// A template about to be created; `.await` creates it.
///
/// ```no_run
/// # async fn f(client: whatsapp_business::Client) -> whatsapp_business::Result<()> {
/// use whatsapp_business::{message::Upload, template::{Category, Definition, HeaderFormat}};
/// let definition = Definition::new("roof_survey", "en_US", Category::Utility)
///     .header_sample(HeaderFormat::Image)
///     .body("The survey of your roof is done.");
/// let app = client.app("670843887433847");
/// let templates = client.account("102290129340398").templates();
/// let created = templates.create(definition).header_sample(&app, Upload::path("roof.jpg")).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a template is created when this is awaited"]
pub struct CreateTemplate {
    templates: Templates,
    definition: Definition,
    samples: Vec<Sample>,
    options: Options,
}

#[derive(Clone, Debug)]
struct Sample {
    app: App,
    file: Upload,
    /// The card that it is for; nothing for the header of the template.
    card: Option<usize>,
}

impl CreateTemplate {
    pub(super) fn new(templates: Templates, definition: Definition) -> Self {
        Self { templates, definition, samples: Vec::new(), options: Options::default() }
    }

    /// Uploads the sample of the header's file to `app` first, which must be the one that the token is of.
    pub fn header_sample(mut self, app: &App, file: impl Into<Upload>) -> Self {
        self.samples.push(Sample { app: app.clone(), file: file.into(), card: None });
        self
    }

    /// Uploads the sample of a card's file to `app` first; cards are counted from 0.
    pub fn card_sample(mut self, index: usize, app: &App, file: impl Into<Upload>) -> Self {
        self.samples.push(Sample { app: app.clone(), file: file.into(), card: Some(index) });
        self
    }

    call_options!();

    /// What would be sent, without credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with every broken limit, or when a sample is not uploaded yet.
    pub fn request(&self) -> Result<http::Request<Bytes>> {
        if !self.samples.is_empty() {
            let here = Path::ROOT.field("components");
            let violation =
                Violation::new(here, "has samples that are not uploaded yet", "handles of uploads");
            return Err(Error::invalid(vec![violation]));
        }
        self.plan().map_err(Error::invalid)?.request()
    }

    fn plan(&self) -> Planned {
        valid(&self.definition)?;
        self.templates.plan(Method::POST, EDGE, "templates.create")?.json(&self.definition)
    }
}

impl IntoFuture for CreateTemplate {
    type Output = Result<Created>;
    type IntoFuture = CallFuture<Created>;

    fn into_future(mut self) -> CallFuture<Created> {
        Box::pin(async move {
            // Nothing is uploaded for a template that would be refused; any handle stands for those to come.
            let mut whole = self.clone();
            for sample in &self.samples {
                whole.put(sample.card, "4::")?;
            }
            whole.plan().map_err(Error::invalid)?;
            for Sample { app, file, card } in std::mem::take(&mut self.samples) {
                let mut upload = app.upload(file);
                if let Some(policy) = self.options.retry.clone() {
                    upload = upload.retry(policy);
                }
                if let Some(limit) = self.options.timeout {
                    upload = upload.timeout(limit);
                }
                let handle = upload.await.map_err(Error::not_sent)?;
                self.put(card, handle.as_str())?;
            }
            let plan = self.plan().map_err(Error::invalid)?;
            json(&run(&self.templates.account.client, &plan, &self.options, MAX_JSON).await?)
        })
    }
}

impl CreateTemplate {
    fn put(&mut self, card: Option<usize>, handle: &str) -> Result<()> {
        if self.definition.set_sample(card, handle) {
            return Ok(());
        }
        let place = match card {
            None => "header".to_owned(),
            Some(index) => format!("cards[{index}].header"),
        };
        let (problem, limit) = ("takes no file".to_owned(), "a header of media".to_owned());
        Err(Error::new(ErrorKind::Invalid(vec![Violation { path: place, problem, limit }])))
    }
}
