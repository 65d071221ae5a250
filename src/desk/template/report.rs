//! What Meta reports of templates by webhook.

use crate::{
    desk::{
        Templates, Tenant,
        audit::entry,
        template::{
            observe::{Observation, has_changed, observe},
            submit::job_id,
            sync::fetch_job,
        },
    },
    id::TemplateId,
    store::{self, Change, Changes, Key, PageRequest, StoredTemplate, TenantStoreExt, ext::one},
    template::TemplateStatus,
    webhook::notice::{Notice, NoticeKind, TemplateEvent, TemplateStatusUpdate},
};
use serde_json::json;

/// Whether a notice is about a template of an account: it goes to every tenant that has a number of the account.
pub(in crate::desk) fn is_report(notice: &Notice) -> bool {
    read(notice).is_some()
}

/// What a notice tells of a template.
struct Report<'a> {
    id: &'a TemplateId,
    name: Option<&'a str>,
    language: Option<&'a str>,
    told: Observation,
    /// Whether Meta has to be asked for the rest.
    is_part: bool,
}

impl Tenant {
    /// What Meta's report of a template changes.
    pub(in crate::desk) async fn template_report(
        &self,
        notice: &Notice,
        changes: Changes,
    ) -> store::Result<Result<Changes, String>> {
        let (Some(report), Some(account)) = (read(notice), &notice.account_id) else {
            return Ok(Err("the notice is not about a template of an account".to_owned()));
        };
        let now = changes.now();
        let templates = self.templates(account);
        let fetch = || Change::Enqueue(fetch_job(account, report.id, now), None);
        let Some(template) = find(&templates, &report).await? else {
            // It was made elsewhere, or Meta is faster than its own answer to another process of ours.
            return Ok(Ok(changes.with(fetch())));
        };
        let after = observe(template.clone(), &report.told);
        let detail = json!({
            "field": notice.field(),
            "at": report.told.since.as_seconds(),
            "status": report.told.status,
            "reason": report.told.reason,
            "category": report.told.category,
            "quality": report.told.quality,
            "changed": has_changed(&template, &after),
        });
        let audit = entry(&template.id, Templates::META, "template.reported", &detail, now);
        // One that is not ours, under a name of ours, has words that nobody here wrote.
        let is_foreign =
            template.template.is_none() && self.store.get(Key::Job(job_id(&template.id))).await?.is_none();
        let changes = changes.insert(audit).update(after);
        Ok(Ok(if report.is_part || is_foreign { changes.with(fetch()) } else { changes }))
    }
}

/// The template that a report is about.
async fn find(templates: &Templates, report: &Report<'_>) -> store::Result<Option<StoredTemplate>> {
    if let (Some(name), Some(language)) = (report.name, report.language) {
        // Webhooks write `en-US` where templates have `en_US`.
        let key = Key::TemplateOf(templates.account.clone(), name.to_owned(), language.replace('-', "_"));
        return one(templates.store(), key).await;
    }
    let mut page = PageRequest::newest(PageRequest::MAX_LIMIT);
    loop {
        let found = templates.store().templates(page.clone()).await?;
        let is_meant = |kept: &StoredTemplate| {
            kept.account == templates.account && kept.template.as_ref() == Some(report.id)
        };
        if let Some(kept) = found.items.into_iter().find(is_meant) {
            return Ok(Some(kept));
        }
        match found.next {
            Some(next) => page = page.after(next),
            None => return Ok(None),
        }
    }
}

fn read(notice: &Notice) -> Option<Report<'_>> {
    let at = notice.timestamp?;
    let told = |id: &TemplateId| Observation::reported(at, id.clone());
    Some(match &notice.kind {
        NoticeKind::TemplateStatusUpdate(update) => Report {
            id: &update.id,
            name: update.name.as_deref(),
            language: update.language.as_deref(),
            told: Observation {
                status: status(&update.event),
                reason: reason(update),
                category: update.category.as_ref().map(|category| category.as_str().to_owned()),
                ..told(&update.id)
            },
            is_part: false,
        },
        NoticeKind::TemplateQualityUpdate(update) => Report {
            id: &update.id,
            name: update.name.as_deref(),
            language: update.language.as_deref(),
            told: Observation { quality: Some(update.new.as_str().to_owned()), ..told(&update.id) },
            is_part: false,
        },
        NoticeKind::TemplateCategoryUpdate(update) => Report {
            id: &update.id,
            name: update.name.as_deref(),
            language: update.language.as_deref(),
            told: Observation { category: Some(update.category.as_str().to_owned()), ..told(&update.id) },
            is_part: false,
        },
        // It does not tell all of the components.
        NoticeKind::TemplateComponentsUpdate(update) => Report {
            id: &update.id,
            name: update.name.as_deref(),
            language: update.language.as_deref(),
            told: told(&update.id),
            is_part: true,
        },
        _ => return None,
    })
}

/// What an event makes of a template; nothing of those that only warn, and of those this version does not know.
fn status(event: &TemplateEvent) -> Option<TemplateStatus> {
    Some(match event {
        TemplateEvent::Approved | TemplateEvent::Unarchived | TemplateEvent::Reinstated => {
            TemplateStatus::Approved
        }
        TemplateEvent::Archived => TemplateStatus::Archived,
        TemplateEvent::Deleted => TemplateStatus::Deleted,
        TemplateEvent::Disabled => TemplateStatus::Disabled,
        TemplateEvent::InAppeal => TemplateStatus::InAppeal,
        TemplateEvent::LimitExceeded => TemplateStatus::LimitExceeded,
        TemplateEvent::Paused => TemplateStatus::Paused,
        TemplateEvent::Pending => TemplateStatus::Pending,
        TemplateEvent::PendingDeletion => TemplateStatus::PendingDeletion,
        TemplateEvent::Rejected => TemplateStatus::Rejected,
        TemplateEvent::Flagged | TemplateEvent::Locked | TemplateEvent::Unknown(_) => return None,
    })
}

/// Why: the rejection, or which pause it is.
fn reason(update: &TemplateStatusUpdate) -> Option<String> {
    if let Some(reason) = &update.reason {
        return Some(reason.as_str().to_owned());
    }
    let title = update.details.as_ref()?.title.as_ref()?;
    (update.event != TemplateEvent::Approved).then(|| title.as_str().to_owned())
}
