//! Writing versions.

use crate::{
    client::CallFuture,
    desk::{
        Revision, TRIES, Templates,
        audit::entry,
        detached, new_id,
        template::{actor, read, refused},
    },
    error::{Error, ErrorKind, Result},
    id::AppId,
    message::Upload,
    store::{Approval, Changes, StoreError, StoredTemplate, TemplateVersion},
    template::Definition,
};
use serde_json::json;
use std::future::IntoFuture;

/// A version about to be written; `.await` uploads its samples and keeps it.
///
/// ```no_run
/// # async fn f(acme: whatsapp_business::desk::Tenant) -> whatsapp_business::Result<()> {
/// use whatsapp_business::{message::Upload, template::{Category, Definition, HeaderFormat}};
/// let definition = Definition::new("roof_survey", "en_US", Category::Utility)
///     .header_sample(HeaderFormat::Image)
///     .body("The survey of your roof is done.");
/// let templates = acme.templates("102290129340398");
/// templates.draft(definition, "bea").header_sample("670843887433847", Upload::path("roof.jpg")).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is kept until this is awaited"]
pub struct DraftTemplate {
    templates: Templates,
    definition: Definition,
    author: String,
    samples: Vec<Sample>,
}

#[derive(Clone, Debug)]
struct Sample {
    app: AppId,
    file: Upload,
    /// The card that it is for; nothing for the header of the template.
    card: Option<usize>,
}

impl DraftTemplate {
    pub(super) fn new(templates: Templates, definition: Definition, author: String) -> Self {
        Self { templates, definition, author, samples: Vec::new() }
    }

    /// Uploads the sample of the header's file to `app` first, which must be the one that the token is of.
    ///
    /// What is kept is the handle that Meta answers, so that whoever approves the version approves what reviewers will see.
    pub fn header_sample(mut self, app: impl Into<AppId>, file: impl Into<Upload>) -> Self {
        self.samples.push(Sample { app: app.into(), file: file.into(), card: None });
        self
    }

    /// Uploads the sample of a card's file to `app` first; cards are counted from 0.
    pub fn card_sample(mut self, index: usize, app: impl Into<AppId>, file: impl Into<Upload>) -> Self {
        self.samples.push(Sample { app: app.into(), file: file.into(), card: Some(index) });
        self
    }

    async fn keep(mut self) -> Result<Revision> {
        self.author = actor("author", self.author)?;
        self.check_name()?;
        for Sample { app, file, card } in std::mem::take(&mut self.samples) {
            // A header that takes no file is found before the file is uploaded.
            self.put(card, "4::")?;
            let client = self.templates.client().await?;
            let handle = client.app(app).upload(file).await?;
            self.put(card, handle.as_str())?;
        }
        let json = serde_json::to_string(&self.definition).map_err(|error| {
            Error::with_source(ErrorKind::Decode("the definition cannot be written".into()), error)
        })?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.write(&json).await {
                // Another draft was faster: this one comes after it.
                Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {}
                other => return Ok(other?),
            }
        }
    }

    async fn write(&self, json: &str) -> Result<Revision, StoreError> {
        let now = self.templates.now();
        let (name, language) = (self.definition.name(), self.definition.language());
        let known = self.templates.lookup(name, language).await?;
        if let Some(template) = &known
            && let Some(newest) = self.templates.stored_version(&template.id, template.latest).await?
            && newest.approval == Approval::Draft
            && newest.author == self.author
            && newest.definition == json
        {
            return read(template.clone(), newest);
        }
        let template = match &known {
            Some(known) => StoredTemplate { latest: known.latest.saturating_add(1), ..known.clone() },
            None => StoredTemplate::new(new_id(), &self.templates.account, name, language, now),
        };
        let version = TemplateVersion::new(&template.id, template.latest, json, &self.author, now);
        let detail = json!({ "version": version.number });
        let changes = Changes::at(now);
        let changes = match known {
            Some(_) => changes.update(template.clone()),
            None => changes.insert(template.clone()),
        };
        let changes = changes.insert(version.clone()).insert(entry(
            &template.id,
            &self.author,
            "template.drafted",
            &detail,
            now,
        ));
        let _ = self.templates.store().apply(changes).await?;
        let template = StoredTemplate { version: template.version + 1, ..template };
        read(template, TemplateVersion { version: 1, ..version })
    }

    /// A draft may break any limit but those of what it is found by.
    fn check_name(&self) -> Result<()> {
        let Err(error) = self.definition.validate() else { return Ok(()) };
        let violations = error.violations().iter();
        let of_name: Vec<_> =
            violations.filter(|broken| matches!(&*broken.path, "name" | "language")).cloned().collect();
        if of_name.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Invalid(of_name))) }
    }

    fn put(&mut self, card: Option<usize>, handle: &str) -> Result<()> {
        if self.definition.set_sample(card, handle) {
            return Ok(());
        }
        let place = match card {
            None => "header".to_owned(),
            Some(index) => format!("cards[{index}].header"),
        };
        Err(refused(&place, "takes no file", "a header of media"))
    }
}

impl IntoFuture for DraftTemplate {
    type Output = Result<Revision>;
    type IntoFuture = CallFuture<Revision>;

    fn into_future(self) -> CallFuture<Revision> {
        Box::pin(detached(self.keep()))
    }
}
