//! How a version gets to Meta, and what becomes of an attempt: rules without a store or a clock.

use crate::{
    desk::{TemplateProblem, send::LADDER},
    error::Error,
    id::TemplateId,
    store::{Approval, Outcome, StoredTemplate, TemplateVersion},
    template::{Category, Definition, TemplateStatus},
    time::Timestamp,
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How often Meta takes an edit of an approved template within [`MONTH`]; within [`DAY`] it takes one.
/// See [template management](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management).
const MOST_EDITS: usize = 10;

/// How often a submission is taken up, for two days: the last wait of the ladder repeats.
const MOST_ATTEMPTS: u32 = 50;

/// The template as it is recorded before a version is submitted.
pub(super) fn begin(
    mut template: StoredTemplate,
    version: &TemplateVersion,
    definition: &Definition,
    now: Timestamp,
) -> Result<StoredTemplate, TemplateProblem> {
    if version.approval != Approval::Approved {
        let (found, wanted) = (version.approval.clone(), Approval::Approved);
        return Err(TemplateProblem::Approval { found, wanted });
    }
    if editable(&template).is_some() {
        if template.at_meta == Some(version.number) {
            return Err(TemplateProblem::AtMeta);
        }
        let is_approved = match &template.status {
            Some(TemplateStatus::Approved) => true,
            None | Some(TemplateStatus::Rejected | TemplateStatus::Paused) => false,
            Some(other) => return Err(TemplateProblem::NotEditable(other.clone())),
        };
        if is_approved {
            let category = definition.category().map(Category::as_str);
            if let (Some(wanted), Some(there)) = (category, &template.category)
                && !wanted.eq_ignore_ascii_case(there)
            {
                return Err(TemplateProblem::CategoryFixed);
            }
            if let Some(until) = next_edit(&template.edits, now) {
                return Err(TemplateProblem::EditLimit { until });
            }
            template.edits.retain(|edit| *edit + MONTH > now);
            template.edits.push(now);
        }
    } else {
        // Whatever there was of this name is gone; Meta gives the next one another id.
        template.template = None;
        template.missing_since = None;
        (template.status, template.status_at, template.status_told_at) = (None, None, None);
        (template.rejection, template.at_meta) = (None, None);
        template.edits.clear();
    }
    (template.last_attempt_at, template.last_error) = (Some(now), None);
    Ok(template)
}

/// The template at Meta that can be edited; without one, it is to be created.
pub(super) fn editable(template: &StoredTemplate) -> Option<&TemplateId> {
    let is_gone = template.missing_since.is_some() || template.status == Some(TemplateStatus::Deleted);
    template.template.as_ref().filter(|_| !is_gone)
}

/// When Meta takes the next edit of an approved template; nothing when it does now.
fn next_edit(edits: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let newest = |back: usize| edits.len().checked_sub(back).and_then(|place| edits.get(place));
    let of_day = newest(1).map(|last| *last + DAY);
    let of_month = newest(MOST_EDITS).map(|tenth| *tenth + MONTH);
    of_day.max(of_month).filter(|until| *until > now)
}

/// What becomes of the job of an attempt that failed.
///
/// An attempt whose answer was lost is taken up again, too: Meta is asked then whether it took it.
pub(super) fn after_failure(error: &Error, attempts: u32, now: Timestamp) -> Outcome {
    if attempts >= MOST_ATTEMPTS || !(error.outcome_unknown() || error.is_retryable()) {
        return Outcome::Done;
    }
    Outcome::Again(now + error.retry_after().unwrap_or_default().max(wait(attempts)))
}

/// How long something waits that was tried so often.
pub(super) fn wait(attempts: u32) -> Duration {
    let rung = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    LADDER.get(rung).or(LADDER.last()).copied().unwrap_or(DAY)
}

#[cfg(test)]
mod tests {
    use super::{DAY, MONTH, MOST_ATTEMPTS, after_failure, begin, next_edit};
    use crate::{
        desk::TemplateProblem,
        error::{Error, ErrorKind},
        store::{Approval, Outcome, StoredTemplate, TemplateVersion},
        template::{Category, Definition, TemplateStatus},
        time::Timestamp,
    };
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_seconds(100_000_000);

    fn template(status: Option<TemplateStatus>) -> StoredTemplate {
        let mut template = StoredTemplate::new("t", "account", "hello", "en_US", NOW);
        template.template = status.is_some().then(|| "99".into());
        (template.status, template.category) = (status, Some("UTILITY".into()));
        template.at_meta = Some(1);
        template
    }

    fn begins(template: StoredTemplate) -> Result<StoredTemplate, TemplateProblem> {
        let mut version = TemplateVersion::new("t", 2, "{}", "bea", NOW);
        version.approval = Approval::Approved;
        begin(template, &version, &Definition::new("hello", "en_US", Category::Utility), NOW)
    }

    #[test]
    fn only_what_is_approved_is_submitted() {
        for approval in [Approval::Draft, Approval::Submitted, Approval::Rejected] {
            let mut version = TemplateVersion::new("t", 1, "{}", "bea", NOW);
            version.approval = approval.clone();
            let definition = Definition::new("hello", "en_US", Category::Utility);
            let problem = begin(template(None), &version, &definition, NOW).unwrap_err();
            assert_eq!(problem, TemplateProblem::Approval { found: approval, wanted: Approval::Approved });
        }
    }

    #[test]
    fn an_approved_template_is_edited_once_in_a_day_and_ten_times_in_a_month() {
        let hours = |hours: u32| NOW - Duration::from_secs(3600) * hours;
        assert_eq!(next_edit(&[], NOW), None);
        assert_eq!(next_edit(&[hours(24)], NOW), None);
        assert_eq!(next_edit(&[hours(23)], NOW), Some(hours(23) + DAY));
        let ten: Vec<_> = (1..=10).rev().map(|day| hours(25 * day)).collect();
        assert_eq!(next_edit(&ten[1..], NOW), None);
        assert_eq!(next_edit(&ten, NOW), Some(ten[0] + MONTH));
    }

    #[test]
    fn edits_of_an_approved_template_are_counted_before_they_are_made() {
        let first = begins(template(Some(TemplateStatus::Approved))).unwrap();
        assert_eq!(first.edits, [NOW]);
        let refused = begins(StoredTemplate { at_meta: Some(1), ..first });
        assert_eq!(refused.unwrap_err(), TemplateProblem::EditLimit { until: NOW + DAY });
        for free in [TemplateStatus::Rejected, TemplateStatus::Paused] {
            let mut there = template(Some(free));
            there.edits = vec![NOW];
            assert_eq!(begins(there).unwrap().edits, [NOW]);
        }
    }

    #[test]
    fn what_meta_does_not_edit_is_known_before_it_is_asked() {
        for status in [TemplateStatus::Pending, TemplateStatus::Disabled, "FROZEN".into()] {
            let problem = begins(template(Some(status.clone()))).unwrap_err();
            assert_eq!(problem, TemplateProblem::NotEditable(status));
        }
        let mut there = template(Some(TemplateStatus::Rejected));
        there.at_meta = Some(2);
        assert_eq!(begins(there).unwrap_err(), TemplateProblem::AtMeta);
        let mut there = template(Some(TemplateStatus::Approved));
        there.category = Some("MARKETING".into());
        assert_eq!(begins(there.clone()).unwrap_err(), TemplateProblem::CategoryFixed);
        there.status = Some(TemplateStatus::Rejected);
        assert!(begins(there).is_ok());
    }

    #[test]
    fn what_is_gone_at_meta_is_created_anew() {
        let mut missing = template(Some(TemplateStatus::Approved));
        missing.missing_since = Some(NOW);
        for gone in [missing, template(Some(TemplateStatus::Deleted))] {
            let begun = begins(gone).unwrap();
            assert_eq!((begun.template, begun.status, begun.missing_since), (None, None, None));
        }
    }

    #[test]
    fn a_lost_answer_is_looked_after_and_a_refusal_is_not() {
        let lost = Error::new(ErrorKind::Timeout);
        let first = Outcome::Again(NOW + Duration::from_secs(30));
        assert_eq!(after_failure(&lost, 1, NOW), first);
        assert_eq!(after_failure(&Error::new(ErrorKind::Connect), 1, NOW), first);
        let hourly = Outcome::Again(NOW + Duration::from_secs(3600));
        assert_eq!(after_failure(&lost, MOST_ATTEMPTS - 1, NOW), hourly);
        assert_eq!(after_failure(&lost, MOST_ATTEMPTS, NOW), Outcome::Done);
        let refused = Error::new(ErrorKind::Invalid(Vec::new()));
        assert_eq!(after_failure(&refused, 1, NOW), Outcome::Done);
    }
}
