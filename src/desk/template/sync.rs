//! Asking Meta how its templates are.

use crate::{
    client::Templates as AtMeta,
    desk::{
        TRIES, Templates, Tenant,
        audit::entry,
        new_id,
        template::{
            definition_of,
            observe::{Observation, has_changed, is_settled, observe, says_all_of},
            submit::job_id,
            way::wait,
        },
    },
    error::{Error, ErrorKind, Result},
    id::{AccountId, TemplateId},
    store::{
        self, Approval, Changes, Job, JobKind, Key, Lease, Outcome, PageRequest, StoreError, StoredTemplate,
        TemplateVersion, TenantStoreExt,
    },
    template::Template,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// What a [`sync`](Templates::sync) found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Synced {
    /// Templates that Meta has.
    pub seen: usize,
    /// Those among them that were not kept here, and are now.
    pub adopted: usize,
    /// Those among them that were known otherwise.
    pub changed: usize,
    /// Templates that Meta had and that are missing now, since this sync or an earlier one.
    pub missing: usize,
}

/// What Meta's answer made of a template that is kept.
enum Taken {
    Adopted,
    Changed,
    Same,
}

/// Keeping in step with Meta.
impl Templates {
    /// Asks Meta for all templates of the account, and brings what is kept up to date.
    ///
    /// Webhooks tell the same sooner; this finds what they did not tell. Call it when an account is connected and from time to
    /// time, such as once a day. What changes here meanwhile stays as it is. A template that Meta's list does not hold is kept
    /// and [missing](StoredTemplate::missing_since); one that is not kept here is adopted.
    ///
    /// # Errors
    /// What Meta's list fails with: what was read so far is kept then, and nothing is taken for missing.
    /// [`ErrorKind::NotFound`] for an account that is not this tenant's; [`ErrorKind::Store`].
    pub async fn sync(&self) -> Result<Synced> {
        let asked = self.now();
        let mut list = self.at_meta().await?.list().limit(100).stream();
        let (mut synced, mut names) = (Synced::default(), BTreeSet::new());
        while let Some(there) = list.next().await {
            let there = there?;
            names.insert((there.definition.name().to_owned(), there.definition.language().to_owned()));
            synced.seen += 1;
            match self.take(&there, asked).await? {
                Taken::Adopted => synced.adopted += 1,
                Taken::Changed => synced.changed += 1,
                Taken::Same => {}
            }
        }
        let mut page = PageRequest::oldest(PageRequest::MAX_LIMIT);
        loop {
            let kept = self.store().templates(page.clone()).await?;
            for template in kept.items.into_iter().filter(|kept| kept.account == self.account) {
                if !names.contains(&(template.name.clone(), template.language.clone())) {
                    synced.missing += usize::from(self.miss(template, asked).await?);
                }
            }
            match kept.next {
                Some(next) => page = page.after(next),
                None => return Ok(synced),
            }
        }
    }

    async fn at_meta(&self) -> Result<AtMeta> {
        Ok(self.client().await?.account(&self.account).templates())
    }

    /// Keeps how a template is at Meta, as of when that was asked for.
    async fn take(&self, there: &Template, asked: Timestamp) -> Result<Taken> {
        let json = serde_json::to_string(&there.definition).map_err(|error| {
            Error::with_source(ErrorKind::Decode("the definition cannot be written".into()), error)
        })?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_take(there, &json, asked).await {
                // A person, a webhook or another sync changed it just now.
                Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {}
                other => return Ok(other?),
            }
        }
    }

    async fn try_take(&self, there: &Template, json: &str, asked: Timestamp) -> store::Result<Taken> {
        let (now, told) = (self.now(), Observation::answered(asked, there));
        let (name, language) = (there.definition.name(), there.definition.language());
        let Some(known) = self.lookup(name, language).await? else {
            let template = StoredTemplate::new(new_id(), &self.account, name, language, now);
            let template = StoredTemplate { at_meta: Some(1), ..observe(template, &told) };
            let changes = Changes::at(now).insert(template.clone());
            let _ = self.store().apply(adopt(changes, &template, 1, json)).await?;
            return Ok(Taken::Adopted);
        };
        let mut after = observe(known.clone(), &told);
        let mut adopted = false;
        // What is being submitted, or was since Meta was asked, has an answer of its own.
        let is_submitted = self.store().get(Key::Job(job_id(&known.id))).await?.is_some();
        if is_settled(&known, &told) && !is_submitted {
            match self.version_of(&known, there).await? {
                Some(number) => after.at_meta = Some(number),
                None => {
                    after.latest = known.latest.saturating_add(1);
                    (after.at_meta, adopted) = (Some(after.latest), true);
                }
            }
        }
        if after == known {
            return Ok(Taken::Same);
        }
        let changed = has_changed(&known, &after);
        let mut changes = Changes::at(now).update(after.clone());
        if adopted {
            changes = adopt(changes, &after, after.latest, json);
        } else if changed {
            let detail = json!({
                "status": after.status,
                "reason": after.rejection,
                "category": after.category,
                "quality": after.quality,
                "version": after.at_meta,
            });
            changes = changes.insert(entry(&after.id, Self::META, "template.synced", &detail, now));
        }
        let _ = self.store().apply(changes).await?;
        Ok(if changed { Taken::Changed } else { Taken::Same })
    }

    /// The version that Meta has; nothing when it is none of ours.
    async fn version_of(&self, known: &StoredTemplate, there: &Template) -> store::Result<Option<u32>> {
        if let Some(number) = known.at_meta
            && let Some(version) = self.stored_version(&known.id, number).await?
            && says_all_of(&there.definition, &definition_of(&version)?)
        {
            return Ok(Some(number));
        }
        let mut page = PageRequest::newest(50);
        loop {
            let versions = self.store().template_versions(&known.id, page.clone()).await?;
            for version in versions.items.iter().filter(|version| version.approval == Approval::Approved) {
                if says_all_of(&there.definition, &definition_of(version)?) {
                    return Ok(Some(version.number));
                }
            }
            match versions.next {
                Some(next) => page = page.after(next),
                None => return Ok(None),
            }
        }
    }

    /// Notes that Meta's list does not hold a template; whether it is missing.
    async fn miss(&self, mut template: StoredTemplate, asked: Timestamp) -> Result<bool> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (now, told) = (self.now(), Observation::absent(asked));
            let after = observe(template.clone(), &told);
            if after == template {
                return Ok(after.missing_since.is_some());
            }
            let changes = Changes::at(now).update(after.clone()).insert(entry(
                &after.id,
                Self::META,
                "template.missing",
                &json!({}),
                now,
            ));
            match self.store().apply(changes).await {
                Ok(_) => return Ok(true),
                Err(StoreError::Conflict(_)) if tries < TRIES => template = self.kept(&template.id).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Adds the version that Meta has and nobody here wrote. It is approved: customers get it already.
fn adopt(changes: Changes, template: &StoredTemplate, number: u32, json: &str) -> Changes {
    let now = changes.now();
    let mut version = TemplateVersion::new(&template.id, number, json, Templates::META, now);
    version.approval = Approval::Approved;
    (version.decided_by, version.decided_at) = (Some(Templates::META.to_owned()), Some(now));
    let detail = json!({ "version": number, "status": template.status });
    let audit = entry(&template.id, Templates::META, "template.adopted", &detail, now);
    changes.insert(version).insert(audit)
}

/// Which template Meta is to be asked for: the payload of the job.
#[derive(Serialize, Deserialize)]
struct Wanted {
    account: AccountId,
    template: TemplateId,
}

/// A job to ask Meta for one template.
pub(super) fn fetch_job(account: &AccountId, template: &TemplateId, now: Timestamp) -> Job {
    let payload = json!({ "account": account, "template": template }).to_string();
    Job::new(new_id(), JobKind::FetchTemplate, format!("template:{template}"), now).payload(payload)
}

/// Asks Meta for a template that a webhook told of.
pub(in crate::desk) async fn fetch(tenant: &Tenant, lease: Lease) -> Result<()> {
    let fetched = match serde_json::from_str::<Wanted>(&lease.job.payload) {
        Ok(Wanted { account, template }) => fetch_one(&tenant.templates(account), &template).await,
        Err(_) => Ok(()),
    };
    let now = tenant.desk.now();
    let outcome = match fetched {
        Err(error) if error.is_retryable() => Outcome::Again(now + wait(lease.job.attempts)),
        Err(error) => {
            // It is gone meanwhile, or is not ours to see; a sync finds what there is.
            tracing::warn!(%error, "a template that a webhook told of could not be fetched");
            Outcome::Done
        }
        Ok(()) => Outcome::Done,
    };
    tenant.settle(&lease, outcome, Changes::at(now)).await
}

async fn fetch_one(templates: &Templates, id: &TemplateId) -> Result<()> {
    let asked = templates.now();
    let there = templates.at_meta().await?.get(id).await?;
    templates.take(&there, asked).await.map(drop)
}
