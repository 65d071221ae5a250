//! Submitting a version to Meta, recorded before it is made.

use crate::{
    client::Templates as AtMeta,
    desk::{
        TRIES, TemplateProblem, Templates, Tenant,
        audit::{DESK, entry},
        detached, new_id,
        template::{
            actor, definition_of,
            observe::{Observation, has_same_status, observe, says_all_of},
            way::{after_failure, begin, editable},
        },
        tenant::not_found,
    },
    error::{Error, ErrorKind, Result},
    store::{
        Change, Changes, Job, JobId, JobKind, Key, Lease, Outcome, StoreError, StoredTemplate,
        StoredTemplateId, TenantStoreExt,
    },
    template::{Category, Definition, Template, TemplateStatus},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Code and subcode with which Meta refuses a second template of a name and language.
const NAME_TAKEN: (i64, i64) = (100, 2_388_024);

/// What is to be submitted: the payload of the job.
#[derive(Serialize, Deserialize)]
struct Order {
    template: StoredTemplateId,
    number: u32,
}

/// Submission to Meta.
impl Templates {
    /// Submits an approved version to Meta, which reviews it: a new template is created, one that Meta has is edited.
    ///
    /// The attempt is recorded first. Of two processes that submit at once one does, and should it die, a
    /// [worker](crate::Desk::run) goes on. When Meta's answer is lost or Meta is out of reach, `.await` gives the template with its
    /// [`last_error`](StoredTemplate::last_error), and a worker looks at Meta for the template before it is submitted again.
    ///
    /// # Errors
    /// [`ErrorKind::NotAllowed`] before anything is sent, as [`TemplateProblem`] says: the version is not approved, Meta has it,
    /// Meta takes no edit before some time. [`ErrorKind::Api`] when Meta refused it for good, which is recorded.
    /// [`ErrorKind::NotFound`] for an account that is not this tenant's; [`ErrorKind::Store`].
    pub async fn submit(
        &self,
        id: &StoredTemplateId,
        number: u32,
        by: impl Into<String> + Send,
    ) -> Result<StoredTemplate> {
        let by = actor("by", by.into())?;
        let (templates, order) = (self.clone(), Order { template: id.clone(), number });
        detached(async move {
            // A tenant without a number of the account is told so before anything is recorded.
            templates.client().await?;
            let lease = templates.order(&order, &by).await?;
            match attempt(&templates, &order, &lease).await? {
                (template, None) => Ok(template),
                (_, Some(refusal)) => Err(refusal),
            }
        })
        .await
    }

    /// Records that a version is being submitted, with a job that is ours already.
    async fn order(&self, order: &Order, by: &str) -> Result<Lease> {
        let (id, desk) = (&order.template, &self.tenant.desk);
        let payload = serde_json::to_string(order).map_err(|error| {
            Error::with_source(ErrorKind::Decode("the order cannot be written".into()), error)
        })?;
        // One at a time: a second job of this id is a conflict.
        let job_id = job_id(id);
        let mut tries = 0;
        loop {
            tries += 1;
            if self.store().get(Key::Job(job_id.clone())).await?.is_some() {
                return Err(TemplateProblem::UnderWay.into());
            }
            let now = self.now();
            let revision = self.version(id, order.number).await?;
            let template = begin(revision.template, &revision.version, &revision.definition, now)?;
            let job =
                Job::new(job_id.clone(), JobKind::SubmitTemplate, job_id.as_str(), now).payload(&*payload);
            let (token, until) = (new_id().into(), now + desk.0.settings.lease);
            let lease = Lease::new(self.tenant.id.clone(), Job { attempts: 1, ..job.clone() }, token, until);
            let detail = json!({ "version": order.number });
            let changes = Changes::at(now)
                .update(template)
                .insert(entry(id, by, "template.submitted", &detail, now))
                .with(Change::Enqueue(job, Some((lease.token.clone(), until))));
            match self.store().apply(changes).await {
                Ok(_) => return Ok(lease),
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

pub(super) fn job_id(template: &StoredTemplateId) -> JobId {
    format!("template:{template}").into()
}

/// Goes on with a submission whose process died, or whose outcome is not known.
pub(in crate::desk) async fn resume(tenant: &Tenant, lease: Lease) -> Result<()> {
    let order: Option<Order> = serde_json::from_str(&lease.job.payload).ok();
    let template = match &order {
        Some(order) => tenant.store.template(&order.template).await?,
        None => None,
    };
    let (Some(order), Some(template)) = (order, template) else {
        return tenant.settle(&lease, Outcome::Done, Changes::at(tenant.desk.now())).await;
    };
    attempt(&tenant.templates(template.account), &order, &lease).await.map(drop)
}

/// Makes an attempt that is recorded, and records what came of it; Meta's refusal, if it is for good, comes back, too.
async fn attempt(
    templates: &Templates,
    order: &Order,
    lease: &Lease,
) -> Result<(StoredTemplate, Option<Error>)> {
    let asked = templates.now();
    let before = templates.kept(&order.template).await?;
    let posted = match templates.stored_version(&order.template, order.number).await? {
        Some(version) => {
            let (definition, resumed) = (definition_of(&version)?, lease.job.attempts > 1);
            post(templates, &before, definition, asked, resumed).await
        }
        None => Err(not_found("version of this template")),
    };
    let mut tries = 0;
    loop {
        tries += 1;
        let now = templates.now();
        let known = templates.kept(&order.template).await?;
        let result = match &posted {
            // Nothing was told meanwhile, so what is known is older than the answer, even within one second.
            Ok(told) if has_same_status(&known, &before) => Ok(told.clone().after(&before)),
            Ok(told) => Ok(told.clone()),
            Err(error) => Err(error),
        };
        let (template, outcome, action) = conclude(known, order.number, lease.job.attempts, &result, now);
        let detail = json!({ "version": order.number, "error": template.last_error });
        let changes = Changes::at(now).update(template.clone()).insert(entry(
            &order.template,
            DESK,
            action,
            &detail,
            now,
        ));
        match templates.tenant.finish(lease, outcome.clone(), changes).await {
            // Whoever has the job now goes on with it.
            Ok(_) | Err(StoreError::LeaseLost) => {
                let refusal = posted.err().filter(|_| outcome == Outcome::Done);
                return Ok((StoredTemplate { version: template.version + 1, ..template }, refusal));
            }
            // A webhook was faster than the answer: what it told stays.
            Err(StoreError::Conflict(_)) if tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The template after an attempt, what becomes of the job, and what the audit trail calls it.
fn conclude(
    mut template: StoredTemplate,
    number: u32,
    attempts: u32,
    result: &Result<Observation, &Error>,
    now: Timestamp,
) -> (StoredTemplate, Outcome, &'static str) {
    match result {
        Ok(told) => {
            template.template.clone_from(&told.id);
            (template.at_meta, template.last_success_at) = (Some(number), Some(now));
            (template.last_error, template.missing_since) = (None, None);
            (observe(template, told), Outcome::Done, "template.accepted")
        }
        Err(error) => {
            let outcome = after_failure(error, attempts, now);
            template.last_error = Some(error.to_string());
            if outcome != Outcome::Done {
                return (template, outcome, "template.postponed");
            }
            if !error.outcome_unknown() {
                // It was counted before it was made, and Meta did not take it.
                let attempted = template.last_attempt_at;
                template.edits.retain(|edit| Some(*edit) != attempted);
            }
            (template, outcome, "template.refused")
        }
    }
}

/// Brings `definition` to Meta, unless it is there, and gives what Meta says of it.
async fn post(
    templates: &Templates,
    template: &StoredTemplate,
    definition: Definition,
    asked: Timestamp,
    resumed: bool,
) -> Result<Observation> {
    let at_meta = templates.client().await?.account(&template.account).templates();
    if resumed
        && let Some(there) = look(&at_meta, template).await?
        && says_all_of(&there.definition, &definition)
        && !waits_for_edit(template, &there)
    {
        return Ok(Observation::answered(asked, &there));
    }
    let Some(id) = editable(template) else {
        return match at_meta.create(definition.clone()).await {
            Ok(created) => Ok(Observation::created(asked, &created)),
            Err(error) if is_name_taken(&error) => match look(&at_meta, template).await? {
                Some(there) if says_all_of(&there.definition, &definition) => {
                    Ok(Observation::answered(asked, &there))
                }
                _ => Err(error),
            },
            Err(error) => Err(error),
        };
    };
    let category = definition.category().map(Category::as_str);
    if category.is_none() || category == template.category.as_deref() {
        at_meta.edit(id, &definition).await?;
    } else {
        at_meta.edit_whole(id, &definition).await?;
    }
    // Meta answers no more than that it took it. When this fails, webhooks and the next sync tell the rest.
    let asked = templates.now();
    match at_meta.get(id).await {
        Ok(there) => Ok(Observation::answered(asked, &there)),
        Err(_) => Ok(Observation::taken(asked, id)),
    }
}

/// Whether an edit is what `there` waits for, whatever it says.
///
/// An edit may change no more than the category or the examples, which are not compared. What is rejected or paused takes any
/// number of edits, so that one too many does no harm, and one that was taken is under review.
fn waits_for_edit(template: &StoredTemplate, there: &Template) -> bool {
    editable(template).is_some()
        && matches!(there.status, Some(TemplateStatus::Rejected | TemplateStatus::Paused))
}

/// The template as Meta has it, by its id or else by name and language.
async fn look(at_meta: &AtMeta, template: &StoredTemplate) -> Result<Option<Template>> {
    if let Some(id) = editable(template) {
        return at_meta.get(id).await.map(Some);
    }
    let mut list = at_meta.list().name(&template.name).language(&template.language).stream();
    while let Some(there) = list.next().await {
        let there = there?;
        // Meta's filter finds names that hold the one asked for, too.
        if there.definition.name() == template.name && there.definition.language() == template.language {
            return Ok(Some(there));
        }
    }
    Ok(None)
}

fn is_name_taken(error: &Error) -> bool {
    error.api().is_some_and(|api| (api.code, api.subcode) == (NAME_TAKEN.0, Some(NAME_TAKEN.1)))
}
