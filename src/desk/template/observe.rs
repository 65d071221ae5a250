//! What Meta tells of a template, by whichever way: rules without a store or a clock.

use crate::{
    client::Created,
    id::TemplateId,
    store::StoredTemplate,
    template::{Definition, Template, TemplateStatus},
    time::Timestamp,
};
use serde_json::Value;
use std::time::Duration;

/// What Meta told of a template.
#[derive(Clone, Debug)]
pub(super) struct Observation {
    /// As of when: an older one does not replace a newer one.
    pub(super) at: Timestamp,
    /// When what is new about it happened.
    pub(super) since: Timestamp,
    /// The template by Meta's id.
    pub(super) id: Option<TemplateId>,
    pub(super) status: Option<TemplateStatus>,
    /// Why it has that status, by Meta's word.
    pub(super) reason: Option<String>,
    pub(super) category: Option<String>,
    pub(super) quality: Option<String>,
    pub(super) source: Source,
}

/// How it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Meta reported a change.
    Webhook,
    /// Meta was asked, and this is how the template is.
    Answer,
    /// Meta was asked for all templates, and it was not among them.
    Absence,
}

impl Observation {
    /// Of a webhook: Meta tells whole seconds, so it may have happened at the end of the one that it tells.
    pub(super) fn reported(told: Timestamp, id: TemplateId) -> Self {
        let at = told + Duration::from_millis(999);
        Self { since: told, id: Some(id), ..Self::of(at, Source::Webhook) }
    }

    /// Of an answer of Meta, which is as of when it was asked for.
    pub(super) fn answered(asked: Timestamp, template: &Template) -> Self {
        Self {
            id: template.id.clone(),
            status: template.status.clone(),
            reason: template.rejection.as_ref().map(|reason| reason.as_str().to_owned()),
            category: template.definition.category().map(|category| category.as_str().to_owned()),
            quality: template.quality.as_ref().map(|quality| quality.score.as_str().to_owned()),
            ..Self::of(asked, Source::Answer)
        }
    }

    /// Of a list that does not hold the template.
    pub(super) fn absent(asked: Timestamp) -> Self {
        Self::of(asked, Source::Absence)
    }

    /// Of Meta's answer to a submission, which was made at `asked`.
    pub(super) fn created(asked: Timestamp, created: &Created) -> Self {
        Self {
            id: Some(created.id.clone()),
            status: created.status.clone(),
            category: created.category.as_ref().map(|category| category.as_str().to_owned()),
            ..Self::of(asked, Source::Answer)
        }
    }

    /// Of an edit that Meta took at `asked`, without a word of what it made of it.
    pub(super) fn taken(asked: Timestamp, id: &TemplateId) -> Self {
        Self { id: Some(id.clone()), ..Self::of(asked, Source::Answer) }
    }

    /// The same, which is younger than whatever is `known` of the template: that was known before Meta was asked.
    pub(super) fn after(mut self, known: &StoredTemplate) -> Self {
        let told = [known.status_told_at, known.category_told_at, known.quality_told_at];
        self.at = told.into_iter().flatten().fold(self.at, Timestamp::max);
        self
    }

    fn of(at: Timestamp, source: Source) -> Self {
        Self { at, since: at, id: None, status: None, reason: None, category: None, quality: None, source }
    }
}

/// The template after an observation.
///
/// What was told of as of later stays as it is, and so does what a submission changed since: that one has an answer of its
/// own.
pub(super) fn observe(mut template: StoredTemplate, told: &Observation) -> StoredTemplate {
    let is_other = matches!((&template.template, &told.id), (Some(known), Some(id)) if known != id);
    if told.source == Source::Webhook && is_other {
        // It is about one that had the name before, or has it since we looked.
        return template;
    }
    if told.source == Source::Absence {
        if template.template.is_some()
            && is_news(template.status_told_at, told)
            && is_settled(&template, told)
        {
            template.missing_since.get_or_insert(told.at);
        }
        return template;
    }
    if is_other && !is_settled(&template, told) {
        return template;
    }
    template.template = told.id.clone().or(template.template);
    if let Some(status) = &told.status
        && is_news(template.status_told_at, told)
    {
        if template.status.as_ref() != Some(status) {
            (template.status, template.status_at) = (Some(status.clone()), Some(told.since));
            template.rejection = None;
        }
        // A list does not say why a template is paused; a webhook did.
        template.rejection = told.reason.clone().or(template.rejection);
        template.status_told_at = Some(told.at);
        if template.missing_since.is_some_and(|since| told.at >= since) && *status != TemplateStatus::Deleted
        {
            template.missing_since = None;
        }
    }
    if let Some(category) = &told.category
        && is_news(template.category_told_at, told)
    {
        (template.category, template.category_told_at) = (Some(category.clone()), Some(told.at));
    }
    if let Some(quality) = &told.quality
        && is_news(template.quality_told_at, told)
    {
        (template.quality, template.quality_told_at) = (Some(quality.clone()), Some(told.at));
    }
    template
}

fn is_news(known: Option<Timestamp>, told: &Observation) -> bool {
    known.is_none_or(|known| told.at >= known)
}

/// Whether no submission changed the template at Meta since it was observed.
pub(super) fn is_settled(template: &StoredTemplate, told: &Observation) -> bool {
    template.last_attempt_at.max(template.last_success_at).is_none_or(|last| last < told.at)
}

/// Whether nothing was told of the status that makes the one differ from the other.
pub(super) fn has_same_status(one: &StoredTemplate, other: &StoredTemplate) -> bool {
    let known =
        |template: &StoredTemplate| (template.status.clone(), template.status_at, template.status_told_at);
    known(one) == known(other)
}

/// Whether a template differs otherwise than by when that was known.
pub(super) fn has_changed(before: &StoredTemplate, after: &StoredTemplate) -> bool {
    let untimed = |template: &StoredTemplate| StoredTemplate {
        status_told_at: None,
        category_told_at: None,
        quality_told_at: None,
        ..template.clone()
    };
    untimed(before) != untimed(after)
}

/// Whether what is at Meta is what we submitted.
///
/// Meta answers more than it was given (the words around a one-time code, addresses in place of samples), so all that we
/// said has to be there, but for the examples.
pub(super) fn says_all_of(at_meta: &Definition, ours: &Definition) -> bool {
    // Text and numbers can be written.
    let json = |definition: &Definition| serde_json::to_value(definition.components()).unwrap_or_default();
    holds(&json(at_meta), &json(ours))
}

fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .filter(|(name, _)| *name != "example")
            .all(|(name, value)| whole.get(name).is_some_and(|there| holds(there, value))),
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| holds(whole, part))
        }
        (whole, part) => whole == part,
    }
}

#[cfg(test)]
mod tests {
    use super::{Observation, has_changed, observe, says_all_of};
    use crate::{
        store::StoredTemplate,
        template::{Button, Category, Definition, HeaderFormat, TemplateStatus},
        time::Timestamp,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn template() -> StoredTemplate {
        let mut template = StoredTemplate::new("t", "account", "hello", "en_US", at(0));
        template.template = Some("99".into());
        template
    }

    fn status(second: i64, status: TemplateStatus) -> Observation {
        Observation { status: Some(status), ..Observation::reported(at(second), "99".into()) }
    }

    fn answer(second: i64, status: TemplateStatus) -> Observation {
        Observation { status: Some(status), id: Some("99".into()), ..listed(second) }
    }

    fn listed(second: i64) -> Observation {
        Observation { source: super::Source::Answer, ..Observation::absent(at(second)) }
    }

    #[test]
    fn reports_in_any_order_give_the_same_template() {
        let quality = |second, word: &str| Observation {
            quality: Some(word.into()),
            ..Observation::reported(at(second), "99".into())
        };
        let category =
            Observation { category: Some("MARKETING".into()), ..Observation::reported(at(3), "99".into()) };
        let told = [
            status(1, TemplateStatus::Approved),
            status(5, TemplateStatus::Paused),
            answer(3, TemplateStatus::Approved),
            quality(2, "GREEN"),
            quality(4, "RED"),
            category,
        ];
        let in_order = told.iter().fold(template(), observe);
        assert_eq!(in_order.status, Some(TemplateStatus::Paused));
        assert_eq!((in_order.status_at, in_order.quality.as_deref()), (Some(at(5)), Some("RED")));
        assert_eq!(in_order.category.as_deref(), Some("MARKETING"));
        // Every order of six: by the digits of a number in mixed base.
        for mut order in 0..720 {
            let mut rest: Vec<_> = told.iter().collect();
            let mut seen = template();
            for left in (1..=rest.len()).rev() {
                seen = observe(seen, rest.remove(order % left));
                order /= left;
            }
            assert_eq!(seen, in_order);
        }
    }

    #[test]
    fn a_webhook_that_came_during_a_poll_outweighs_it() {
        let reported = observe(template(), &status(10, TemplateStatus::Approved));
        let asked_within_that_second =
            Observation { at: Timestamp::from_millis(10_400), ..answer(10, TemplateStatus::Pending) };
        let polled = observe(reported.clone(), &asked_within_that_second);
        assert_eq!(polled, reported);
        assert_eq!(observe(polled, &answer(11, TemplateStatus::Paused)).status, Some(TemplateStatus::Paused));
    }

    #[test]
    fn a_pause_that_is_seen_again_began_when_it_began() {
        let paused = observe(template(), &status(5, TemplateStatus::Paused));
        let again = observe(paused.clone(), &answer(9, TemplateStatus::Paused));
        assert_eq!((again.status_at, again.status_told_at), (Some(at(5)), Some(at(9))));
        assert!(!has_changed(&paused, &again));
        // And a report from before that look is old news.
        assert_eq!(observe(again.clone(), &status(7, TemplateStatus::Approved)), again);
    }

    #[test]
    fn what_is_missing_is_not_deleted_and_comes_back() {
        let approved = observe(template(), &status(1, TemplateStatus::Approved));
        let missing = observe(approved, &Observation::absent(at(5)));
        assert_eq!((missing.missing_since, &missing.status), (Some(at(5)), &Some(TemplateStatus::Approved)));
        let still = observe(missing, &Observation::absent(at(9)));
        assert_eq!(still.missing_since, Some(at(5)));
        assert_eq!(observe(still, &answer(10, TemplateStatus::Approved)).missing_since, None);
    }

    #[test]
    fn a_list_says_nothing_of_what_was_submitted_since() {
        let mut submitted = template();
        submitted.last_success_at = Some(at(6));
        assert_eq!(observe(submitted.clone(), &Observation::absent(at(5))).missing_since, None);
        let other = Observation { id: Some("7".into()), ..answer(5, TemplateStatus::Approved) };
        assert_eq!(observe(submitted.clone(), &other), submitted);
        let mut never_there = submitted;
        never_there.template = None;
        assert_eq!(observe(never_there, &Observation::absent(at(9))).missing_since, None);
    }

    #[test]
    fn a_report_of_a_namesake_changes_nothing() {
        let namesake = Observation { id: Some("7".into()), ..status(5, TemplateStatus::Deleted) };
        assert_eq!(observe(template(), &namesake), template());
    }

    #[test]
    fn what_meta_adds_is_no_change_and_what_it_lacks_is() {
        let ours = Definition::new("hello", "en_US", Category::Utility)
            .header_media(HeaderFormat::Image, "4::aW")
            .body("Hello {{name}}, welcome.")
            .example("name", "Ana")
            .button(Button::quick_reply("Thanks"));
        let answered = serde_json::json!({"name": "hello", "language": "en_US", "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://x/y.jpg"]}},
            {"type": "BODY", "text": "Hello {{name}}, welcome.", "extra": 1},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"}]},
        ]});
        let answered: Definition = serde_json::from_value(answered).unwrap();
        assert!(says_all_of(&answered, &ours));
        assert!(!says_all_of(&answered, &ours.clone().body("Hello {{name}}, goodbye.")));
        assert!(!says_all_of(&answered.footer("Small print"), &ours));
    }
}
