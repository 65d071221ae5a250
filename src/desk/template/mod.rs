//! Templates: kept in versions, approved by two people, in step with Meta.
//!
//! ```text
//! draft ──> submitted ──> approved ──> (submitted to Meta)      by the tenant's own people
//!               └───────> rejected
//!
//! PENDING ──> APPROVED <──> PAUSED ──> DISABLED …               by Meta
//!     └─────> REJECTED
//! ```
//!
//! These are two state machines. What people decide is a property of a version, and no report of Meta changes it. What Meta
//! made of a template is a property of the template, and only what Meta answers, reports by webhook, or lists when asked
//! changes it.
//!
//! **Versions.** Each [`draft`](Templates::draft) makes a version, with its author and time; what was written is never
//! rewritten, so whoever approves a version knows what. Only the same author's same draft once more makes none.
//!
//! **Submitting.** The attempt is recorded before it is made, with a job that outlives the process. When the answer is lost,
//! the template is looked up at Meta before it is submitted again.
//!
//! **Reports.** An older report never replaces a newer one. A list counts as of when it was asked for, so that a webhook
//! that came meanwhile wins. Meta tells webhooks in whole seconds: one counts as of the end of its second.
//!
//! **What is at Meta and not here** is adopted: as a version by the author [`meta`](Templates::META), approved, as it can
//! be sent already. A template that was changed at Meta gets such a version, too.

mod approval;
mod draft;
mod fill;
mod observe;
mod problem;
mod report;
mod submit;
mod sync;
mod way;

pub use draft::DraftTemplate;
pub use problem::TemplateProblem;
pub(super) use report::is_report;
pub(super) use submit::resume;
pub use sync::Synced;
pub(super) use sync::fetch;

use crate::{
    client::Client,
    desk::{Tenant, audit, tenant::not_found},
    error::{Error, Path, Result, Violation},
    id::AccountId,
    store::{
        self, Approval, AuditEntry, Key, Page, PageRequest, Query, StoreError, StoredTemplate,
        StoredTemplateId, Subject, SubjectKind, TemplateVersion, TenantStore, TenantStoreExt,
        ext::{many, one},
    },
    template::{Definition, Difference, Finding},
    time::Timestamp,
    wire::quiet_debug,
};
use std::fmt;

impl Tenant {
    /// The templates of one of the tenant's accounts.
    ///
    /// ```
    /// # #[cfg(not(feature = "simulator"))] fn main() {}
    /// # #[cfg(feature = "simulator")] #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// # use whatsapp_business::{Desk, Webhook, simulator::Simulator, store::MemoryStore};
    /// use whatsapp_business::template::{Category, Definition};
    /// # let simulator = Simulator::start().await?;
    /// # let desk = Desk::builder(MemoryStore::default()).credentials(simulator.client()).build();
    /// # let acme = desk.tenant("acme");
    /// # acme.bind(simulator.phone_number_id(), simulator.account_id()).await?;
    /// let templates = acme.templates(simulator.account_id());
    /// let definition = Definition::new("delivery_day", "en_US", Category::Utility)
    ///     .body("Hello {{name}}, your panels ship on Monday.")
    ///     .example("name", "Ana");
    /// let draft = templates.draft(definition, "bea").await?;
    /// let (id, number) = (&draft.template.id, draft.version.number);
    /// templates.request_approval(id, number, "bea").await?;
    /// templates.approve(id, number, "cem").await?;
    /// templates.submit(id, number, "bea").await?;
    ///
    /// // Meta reviews it; a webhook tells the result, or this:
    /// templates.sync().await?;
    /// let message = templates.fill("delivery_day", "en_US", [("name", "Ana")]).await?;
    /// // acme.send(number, "+14155552671", message).await?;
    /// # assert_eq!(message.name(), "delivery_day");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn templates(&self, account: impl Into<AccountId>) -> Templates {
        Templates { tenant: self.clone(), account: account.into() }
    }
}

/// The templates of a tenant's account.
#[derive(Clone)]
pub struct Templates {
    tenant: Tenant,
    account: AccountId,
}

/// A version of a template, with what it says.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Revision {
    /// The template.
    pub template: StoredTemplate,
    /// Its author, its number, and what the tenant's own people think of it.
    pub version: TemplateVersion,
    /// What it says.
    pub definition: Definition,
}

quiet_debug!(Revision { template, version });

impl Revision {
    /// What Meta refuses of it, and what reviewers tend to dislike; see [`Definition::findings`].
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.definition.findings()
    }
}

impl Templates {
    /// The author of what was adopted from Meta; nobody of the tenant may be called so.
    pub const META: &str = audit::META;

    /// The account.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Writes a version: the first one of a new template, or the next one of the template of this name and language.
    ///
    /// It may break Meta's limits, which [`Revision::findings`] tells; approval cannot be requested before they are mended. The
    /// versions before it stay as they are: one that waits for approval still does.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a name or language that Meta does not take and for an author called
    /// `meta` or `desk`; whatever an upload fails with; [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub fn draft(&self, definition: Definition, author: impl Into<String>) -> DraftTemplate {
        DraftTemplate::new(self.clone(), definition, author.into())
    }

    /// The templates, by the time they were first kept. A page may hold fewer than there are: those of the tenant's other
    /// accounts are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn list(&self, page: PageRequest) -> Result<Page<StoredTemplate>> {
        let mut page = self.store().templates(page).await?;
        page.items.retain(|kept| kept.account == self.account);
        Ok(page)
    }

    /// The template of this name and language.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn find(&self, name: &str, language: &str) -> Result<StoredTemplate> {
        self.lookup(name, language).await?.ok_or_else(|| not_found("template"))
    }

    /// A version of a template.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn version(&self, id: &StoredTemplateId, number: u32) -> Result<Revision> {
        let template = self.kept(id).await?;
        let version = self.stored_version(id, number).await?;
        Ok(read(template, version.ok_or_else(|| not_found("version of this template"))?)?)
    }

    /// The versions of a template, by the time they were begun.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn versions(&self, id: &StoredTemplateId, page: PageRequest) -> Result<Page<Revision>> {
        let template = self.kept(id).await?;
        let Page { items, next, .. } = self.store().template_versions(id, page).await?;
        let items = items.into_iter().map(|version| read(template.clone(), version));
        Ok(Page::new(items.collect::<store::Result<_>>()?, next))
    }

    /// What differs between two versions, from `before` to `after`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn diff(&self, id: &StoredTemplateId, before: u32, after: u32) -> Result<Vec<Difference>> {
        let (before, after) = (self.version(id, before).await?, self.version(id, after).await?);
        Ok(before.definition.diff(&after.definition))
    }

    /// The versions that wait for approval, by the time they were begun. A page may hold fewer than there are: those of the
    /// tenant's other accounts are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn awaiting_approval(&self, page: PageRequest) -> Result<Page<Revision>> {
        let waiting = Query::VersionsIn(Approval::Submitted);
        let Page { items, next, .. } = many::<TemplateVersion, _>(self.store(), waiting, page).await?;
        let mut revisions = Vec::with_capacity(items.len());
        for version in items {
            let template = self.store().template(&version.template).await?;
            if let Some(template) = template.filter(|template| template.account == self.account) {
                revisions.push(read(template, version)?);
            }
        }
        Ok(Page::new(revisions, next))
    }

    /// What happened to a template, and who did it: drafts, decisions, submissions, and what Meta reported.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn history(&self, id: &StoredTemplateId, page: PageRequest) -> Result<Page<AuditEntry>> {
        self.kept(id).await?;
        Ok(self.store().audit_of(&id.into(), page).await?)
    }

    fn store(&self) -> &dyn TenantStore {
        &*self.tenant.store
    }

    fn now(&self) -> Timestamp {
        self.tenant.desk.now()
    }

    async fn lookup(&self, name: &str, language: &str) -> store::Result<Option<StoredTemplate>> {
        let key = Key::TemplateOf(self.account.clone(), name.to_owned(), language.to_owned());
        one(self.store(), key).await
    }

    async fn kept(&self, id: &StoredTemplateId) -> Result<StoredTemplate> {
        let kept = self.store().template(id).await?.filter(|kept| kept.account == self.account);
        kept.ok_or_else(|| not_found("template"))
    }

    async fn stored_version(
        &self,
        id: &StoredTemplateId,
        number: u32,
    ) -> store::Result<Option<TemplateVersion>> {
        self.store().template_version(id, number).await
    }

    /// A client that may speak for the account, of which the tenant must have a number.
    async fn client(&self) -> Result<Client> {
        let tenant = &self.tenant;
        let numbers = tenant.desk.store().numbers_of(&self.account).await?;
        let own = numbers.into_iter().find(|(_, owner)| *owner == tenant.id);
        let (number, _) = own.ok_or_else(|| not_found("account of this tenant"))?;
        tenant.desk.client(&tenant.id, &number).await
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates")
            .field("tenant", &self.tenant.id)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl From<&StoredTemplateId> for Subject {
    fn from(id: &StoredTemplateId) -> Self {
        Self::new(SubjectKind::Template, id.as_str())
    }
}

/// A version with what it says.
fn read(template: StoredTemplate, version: TemplateVersion) -> store::Result<Revision> {
    let definition = definition_of(&version)?;
    Ok(Revision { template, version, definition })
}

fn definition_of(version: &TemplateVersion) -> store::Result<Definition> {
    serde_json::from_str(&version.definition).map_err(|_| StoreError::Corrupt("template version"))
}

/// A person's name as given at `place`; Meta and the desk are no persons.
fn actor(place: &str, name: String) -> Result<String> {
    match name.trim() {
        "" => Err(refused(place, "is empty", "who does it")),
        audit::META | audit::DESK => Err(refused(place, "is no person", "who does it")),
        _ => Ok(name),
    }
}

fn refused(place: &str, problem: &str, limit: &str) -> Error {
    Error::invalid(vec![Violation::new(Path::ROOT.field(place), problem, limit)])
}
