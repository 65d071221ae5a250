//! What the tenant's own people think of a version: draft, submitted, approved or rejected.
//!
//! Nothing here looks at what Meta made of a template, and nothing that Meta tells changes what is decided here.

use crate::{
    desk::{
        Revision, TRIES, TemplateProblem, Templates,
        audit::entry,
        template::{actor, refused},
    },
    error::Result,
    store::{Approval, Changes, StoreError, StoredTemplateId, TemplateVersion},
    template::Definition,
    time::Timestamp,
};
use serde_json::json;

/// Approval by the tenant's own people.
impl Templates {
    /// Asks for a draft to be looked at by somebody else than its author: see [`awaiting_approval`](Self::awaiting_approval).
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with every limit that the version breaks;
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when it is no draft any more;
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn request_approval(
        &self,
        id: &StoredTemplateId,
        number: u32,
        by: impl Into<String>,
    ) -> Result<Revision> {
        self.decide(id, number, by.into(), Step::Request).await
    }

    /// Approves a version that waits for it: it may be [submitted](Self::submit) to Meta then, and is never changed again.
    ///
    /// Of several people who decide at once the first is heard; the others are told what was decided.
    ///
    /// # Errors
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) for its author, and when it does not wait for approval;
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn approve(
        &self,
        id: &StoredTemplateId,
        number: u32,
        by: impl Into<String>,
    ) -> Result<Revision> {
        self.decide(id, number, by.into(), Step::Approve).await
    }

    /// Rejects a version that waits for approval, and says why. The next [draft](Self::draft) makes another version.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) without a reason, else those of [`approve`](Self::approve).
    pub async fn reject(
        &self,
        id: &StoredTemplateId,
        number: u32,
        by: impl Into<String>,
        reason: impl Into<String>,
    ) -> Result<Revision> {
        let reason = reason.into();
        if reason.trim().is_empty() {
            return Err(refused("reason", "is empty", "why it is rejected"));
        }
        self.decide(id, number, by.into(), Step::Reject(reason)).await
    }

    async fn decide(&self, id: &StoredTemplateId, number: u32, by: String, step: Step) -> Result<Revision> {
        let by = actor("by", by)?;
        let mut tries = 0;
        loop {
            tries += 1;
            let now = self.now();
            let Revision { template, version, definition } = self.version(id, number).await?;
            let version = step.take(version, &definition, &by, now)?;
            let mut detail = json!({ "version": number });
            if let (Some(reason), Some(detail)) = (&version.reason, detail.as_object_mut()) {
                detail.insert("reason".to_owned(), reason.as_str().into());
            }
            let changes =
                Changes::at(now).update(version.clone()).insert(entry(id, &by, step.action(), &detail, now));
            match self.store().apply(changes).await {
                Ok(_) => {
                    let version = TemplateVersion { version: version.version + 1, ..version };
                    return Ok(Revision { template, version, definition });
                }
                // Somebody else decided just now: look at what.
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A step on the way of a version.
enum Step {
    Request,
    Approve,
    Reject(String),
}

impl Step {
    fn action(&self) -> &'static str {
        match self {
            Self::Request => "template.approval_requested",
            Self::Approve => "template.approved",
            Self::Reject(_) => "template.rejected",
        }
    }

    /// The version after the step.
    fn take(
        &self,
        mut version: TemplateVersion,
        definition: &Definition,
        by: &str,
        now: Timestamp,
    ) -> Result<TemplateVersion> {
        let wanted = match self {
            Self::Request => Approval::Draft,
            Self::Approve | Self::Reject(_) => Approval::Submitted,
        };
        if version.approval != wanted {
            return Err(TemplateProblem::Approval { found: version.approval, wanted }.into());
        }
        if let Self::Request = self {
            definition.validate()?;
            version.approval = Approval::Submitted;
            return Ok(version);
        }
        if version.author == by {
            return Err(TemplateProblem::OwnVersion.into());
        }
        (version.approval, version.reason) = match self {
            Self::Reject(reason) => (Approval::Rejected, Some(reason.clone())),
            _ => (Approval::Approved, None),
        };
        (version.decided_by, version.decided_at) = (Some(by.to_owned()), Some(now));
        Ok(version)
    }
}

#[cfg(test)]
mod tests {
    use super::Step;
    use crate::{
        desk::TemplateProblem,
        store::{Approval, TemplateVersion},
        template::{Category, Definition},
        time::Timestamp,
    };

    const NOW: Timestamp = Timestamp::from_seconds(100);

    fn definition() -> Definition {
        Definition::new("hello", "en_US", Category::Utility).body("Hello.")
    }

    fn version(approval: Approval) -> TemplateVersion {
        let mut version = TemplateVersion::new("t", 1, "{}", "bea", Timestamp::from_seconds(1));
        version.approval = approval;
        version
    }

    #[test]
    fn each_step_leads_from_one_state_only() {
        for (step, from, to) in [
            (Step::Request, Approval::Draft, Approval::Submitted),
            (Step::Approve, Approval::Submitted, Approval::Approved),
            (Step::Reject("no".into()), Approval::Submitted, Approval::Rejected),
        ] {
            for found in Approval::KNOWN {
                let taken = step.take(version(found.clone()), &definition(), "cem", NOW);
                if *found == from {
                    assert_eq!(taken.unwrap().approval, to);
                } else {
                    let (found, wanted) = (found.clone(), from.clone());
                    let error = taken.unwrap_err();
                    assert_eq!(
                        TemplateProblem::of(&error),
                        Some(&TemplateProblem::Approval { found, wanted })
                    );
                }
            }
        }
    }

    #[test]
    fn an_author_does_not_decide() {
        for step in [Step::Approve, Step::Reject("no".into())] {
            let error = step.take(version(Approval::Submitted), &definition(), "bea", NOW).unwrap_err();
            assert_eq!(TemplateProblem::of(&error), Some(&TemplateProblem::OwnVersion));
        }
    }

    #[test]
    fn a_decision_says_who_when_and_why() {
        let rejected = Step::Reject("too long".into())
            .take(version(Approval::Submitted), &definition(), "cem", NOW)
            .unwrap();
        assert_eq!(rejected.decided_by.as_deref(), Some("cem"));
        assert_eq!(rejected.decided_at, Some(NOW));
        assert_eq!(rejected.reason.as_deref(), Some("too long"));
    }

    #[test]
    fn what_breaks_a_limit_is_not_handed_in() {
        let broken = Definition::new("hello", "en_US", Category::Utility).body("Hello {{name}}");
        let error = Step::Request.take(version(Approval::Draft), &broken, "bea", NOW).unwrap_err();
        assert!(!error.violations().is_empty());
    }
}
