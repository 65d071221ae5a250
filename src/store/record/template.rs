//! A template as the tenant keeps it: its versions with their approval, and what Meta made of it.

use crate::{
    id::{AccountId, TemplateId, id},
    open::open_enum,
    template::TemplateStatus,
    time::Timestamp,
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

id!(
    /// Our id of a template.
    StoredTemplateId
);

open_enum! {
    /// What the tenant's own people think of a version of a template. Meta's opinion is another matter.
    pub enum Approval {
        /// It is being written.
        Draft = "draft",
        /// It waits for somebody else than its author to look at it.
        Submitted = "submitted",
        /// It may be submitted to Meta; it is not changed any more.
        Approved = "approved",
        /// It may not.
        Rejected = "rejected",
    }
}

/// A template of a tenant, by account, name and language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredTemplate {
    /// Our id.
    pub id: StoredTemplateId,
    /// The account that it is for.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Its language, by Meta's code.
    pub language: String,
    /// The number of its newest version.
    pub latest: u32,
    /// The number of the version that Meta took last.
    pub at_meta: Option<u32>,
    /// Meta's id of it.
    pub template: Option<TemplateId>,
    /// What Meta made of it, as last reported; `None` when Meta never had it.
    pub status: Option<TemplateStatus>,
    /// Since when, by Meta's clock.
    #[serde(default, with = "crate::time::millis::option")]
    pub status_at: Option<Timestamp>,
    /// As of when that is known: an older report does not replace a newer one.
    #[serde(default, with = "crate::time::millis::option")]
    pub status_told_at: Option<Timestamp>,
    /// Why Meta rejected, disabled or paused it, by Meta's code.
    pub rejection: Option<String>,
    /// The category that Meta gave it, by Meta's word.
    pub category: Option<String>,
    /// As of when that is known.
    #[serde(default, with = "crate::time::millis::option")]
    pub category_told_at: Option<Timestamp>,
    /// What customers think of it, by Meta's word.
    pub quality: Option<String>,
    /// As of when that is known.
    #[serde(default, with = "crate::time::millis::option")]
    pub quality_told_at: Option<Timestamp>,
    /// Since when the account's list of templates does not hold it; `None` while it does.
    #[serde(default, with = "crate::time::millis::option")]
    pub missing_since: Option<Timestamp>,
    /// When it was last attempted to submit it to Meta.
    #[serde(default, with = "crate::time::millis::option")]
    pub last_attempt_at: Option<Timestamp>,
    /// When that last succeeded.
    #[serde(default, with = "crate::time::millis::option")]
    pub last_success_at: Option<Timestamp>,
    /// How the last attempt failed, in words for a person; `None` after a success.
    pub last_error: Option<String>,
    /// When it was edited at Meta, as far as it counts for Meta's limits on edits.
    #[serde(default, with = "crate::time::millis::list")]
    pub edits: Vec<Timestamp>,
    /// When it was first kept.
    #[serde(with = "crate::time::millis")]
    pub created_at: Timestamp,
    /// Raised by each change.
    pub version: u64,
}

impl StoredTemplate {
    /// A template whose first version is being written and that Meta never had.
    #[must_use]
    pub fn new(
        id: impl Into<StoredTemplateId>,
        account: impl Into<AccountId>,
        name: impl Into<String>,
        language: impl Into<String>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            account: account.into(),
            name: name.into(),
            language: language.into(),
            latest: 1,
            at_meta: None,
            template: None,
            status: None,
            status_at: None,
            status_told_at: None,
            rejection: None,
            category: None,
            category_told_at: None,
            quality: None,
            quality_told_at: None,
            missing_since: None,
            last_attempt_at: None,
            last_success_at: None,
            last_error: None,
            edits: Vec::new(),
            created_at,
            version: 0,
        }
    }
}

/// One version of a template. Once approved it is not changed any more; the next edit makes another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TemplateVersion {
    /// The template.
    pub template: StoredTemplateId,
    /// Which version: 1 is the first.
    pub number: u32,
    /// The [`Definition`](crate::template::Definition), as JSON.
    pub definition: String,
    /// Who wrote it.
    pub author: String,
    /// When it was begun.
    #[serde(with = "crate::time::millis")]
    pub at: Timestamp,
    /// What the tenant's own people think of it.
    pub approval: Approval,
    /// Who approved or rejected it.
    pub decided_by: Option<String>,
    /// When that was.
    #[serde(default, with = "crate::time::millis::option")]
    pub decided_at: Option<Timestamp>,
    /// Why, in their words.
    pub reason: Option<String>,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(TemplateVersion { template, number, at, approval, decided_at, version });

impl TemplateVersion {
    /// A draft.
    #[must_use]
    pub fn new(
        template: impl Into<StoredTemplateId>,
        number: u32,
        definition: impl Into<String>,
        author: impl Into<String>,
        at: Timestamp,
    ) -> Self {
        Self {
            template: template.into(),
            number,
            definition: definition.into(),
            author: author.into(),
            at,
            approval: Approval::Draft,
            decided_by: None,
            decided_at: None,
            reason: None,
            version: 0,
        }
    }
}
