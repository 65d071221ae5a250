//! Templates: submitted, reviewed, edited, paused, moved, deleted.

use super::{
    Model,
    registry::{Kept, Later, Registry, Standing},
    sending::Failure,
};
use crate::{
    id::{AccountId, TemplateId},
    simulator::{
        json::{list, text},
        refusal::Refusal,
        review::Review,
        template::{ApprovedTemplate, component},
        webhooks::notice::of_template,
    },
    template::Category,
    time::Timestamp,
    webhook::notice::QualityScore,
};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How many templates an account may have whose portfolio is not verified.
const MOST: usize = 250;

const HOUR: Duration = Duration::from_secs(60 * 60);

impl Model {
    pub(crate) fn templates(&self) -> &Registry {
        &self.registry
    }

    /// The template of this name, of the first account that has one: a test names it without its account.
    pub(crate) fn find_template(&self, name: &str, language: &str) -> Option<&Kept> {
        self.phones().find_map(|phone| self.registry.find(&phone.account_id, name, language))
    }

    pub(crate) fn approve(&mut self, template: ApprovedTemplate) {
        let (id, account) = (self.registry.next_id(&mut self.rng), self.settings.account_id.clone());
        let kept = Kept::new(id, account, template.definition(), Timestamp::from_seconds(0));
        self.registry.put(kept.approved_as(template));
    }

    /// How templates are reviewed that are submitted now.
    pub(crate) fn review(&self) -> &Review {
        &self.registry.policy
    }

    pub(crate) fn set_review(&mut self, policy: Review) {
        self.registry.policy = policy;
    }

    /// Takes a definition that has passed the checks, and plans its review.
    pub(crate) fn submit(
        &mut self,
        account: &AccountId,
        definition: Value,
        now: Timestamp,
    ) -> Result<TemplateId, Refusal> {
        if self.registry.of(account).count() >= MOST {
            let details = format!("The account has {MOST} templates, which is all it may have.");
            return Err(Refusal::unsupported(details).of_template(2_388_019));
        }
        if !self.registry.note_submission(account, now) {
            return Err(Refusal::new(80_007, "The account has submitted 100 templates within the hour."));
        }
        let id = self.registry.next_id(&mut self.rng);
        self.registry.put(Kept::new(id.clone(), account.clone(), definition, now));
        self.registry.plan_review(&id, self.registry.policy.clone(), now);
        Ok(id)
    }

    /// Puts another definition, which has passed the checks, in the place of a template's, and plans its review.
    pub(crate) fn edit(&mut self, id: &TemplateId, definition: Value, now: Timestamp) -> Result<(), Refusal> {
        let kept = self.registry.get_mut(id).ok_or_else(Refusal::no_such_object)?;
        if !matches!(kept.standing, Standing::Approved | Standing::Rejected | Standing::Paused) {
            let details = "Only templates that are approved, rejected or paused can be edited.";
            return Err(Refusal::unsupported(details).of_template(2_388_039));
        }
        if kept.standing == Standing::Approved {
            if text(&definition, "/category") != Some(kept.member("category")) {
                return Err(Refusal::unsupported("The category of an approved template cannot be edited."));
            }
            if !kept.note_edit(now) {
                let details = "An approved template can be edited once in 24 hours and 10 times in 30 days.";
                return Err(Refusal::unsupported(details).of_template(2_388_039));
            }
        }
        kept.define(definition);
        kept.stand(Standing::Pending);
        kept.rejected_reason = "NONE".into();
        let webhook = of_template(kept, "message_template_components_update", reading(&kept.definition), now);
        self.post(webhook, now);
        self.registry.plan_review(id, self.registry.policy.clone(), now);
        Ok(())
    }

    pub(crate) fn delete_template(&mut self, id: &TemplateId, now: Timestamp) {
        self.drop_held(id, Failure::TemplateDeleted, now);
        if let Some(kept) = self.registry.remove(id, now) {
            self.tell_status_of(&kept, "DELETED", json!({ "reason": "NONE" }), now);
        }
    }

    /// Decides upon a template by hand, or plans that it is decided upon.
    pub(crate) fn hand_in(&mut self, id: &TemplateId, review: Review, now: Timestamp) {
        self.registry.plan_review(id, review, now);
    }

    /// Lets everything happen to templates that is due at `now`.
    pub(super) fn advance_templates(&mut self, now: Timestamp) {
        while let Some((due, (id, submission, review))) = self.registry.reviews.take_due(now) {
            if self.registry.get(&id).is_some_and(|kept| kept.submission == submission) {
                self.decide(&id, &review, due);
            }
        }
        while let Some((due, (id, later))) = self.registry.later.take_due(now) {
            let Some(kept) = self.registry.get(&id) else { continue };
            match later {
                Later::Unpause(pause) if kept.pauses == pause => drop(self.unpause(&id, due)),
                Later::Unpause(_) => {}
                Later::Recategorise => self.finish_move(&id, due),
            }
        }
    }

    fn decide(&mut self, id: &TemplateId, review: &Review, now: Timestamp) {
        let Some(kept) = self.registry.get_mut(id) else { return };
        let (event, reason) = match review.rejection() {
            None => {
                kept.stand(Standing::Approved);
                ("APPROVED", "NONE")
            }
            Some(reason) => {
                kept.stand(Standing::Rejected);
                ("REJECTED", reason.as_str())
            }
        };
        reason.clone_into(&mut kept.rejected_reason);
        self.tell_status(id, event, json!({ "reason": reason }), now);
    }

    /// Pauses a template: for three hours, then for six, and then for good.
    pub(crate) fn pause(&mut self, id: &TemplateId, now: Timestamp) {
        let Some(kept) = self.registry.get_mut(id) else { return };
        if !matches!(kept.standing, Standing::Approved | Standing::Paused) {
            return;
        }
        kept.pauses += 1;
        let (standing, title, hours) = match kept.pauses {
            1 => (Standing::Paused, "FIRST_PAUSE", 3),
            2 => (Standing::Paused, "SECOND_PAUSE", 6),
            _ => (Standing::Disabled, "DISABLED", 0),
        };
        kept.stand(standing);
        let pause = kept.pauses;
        if standing == Standing::Paused {
            self.registry.later.plan(now + hours * HOUR, (id.clone(), Later::Unpause(pause)));
        }
        let info = json!({ "title": title, "description": "Customers dislike the template." });
        self.tell_status(id, standing.word(), json!({ "reason": null, "other_info": info }), now);
        self.drop_held(id, Failure::TemplatePaused, now);
    }

    /// Ends a pause; whether there was one.
    pub(crate) fn unpause(&mut self, id: &TemplateId, now: Timestamp) -> bool {
        let Some(kept) = self.registry.get_mut(id).filter(|kept| kept.standing == Standing::Paused) else {
            return false;
        };
        kept.stand(Standing::Approved);
        let info = json!({ "title": "UNPAUSE", "description": "The template can be sent again." });
        self.tell_status(id, "APPROVED", json!({ "reason": "NONE", "other_info": info }), now);
        true
    }

    /// Puts a template into the archive, or takes it out; whether that could be done.
    pub(crate) fn archive(&mut self, id: &TemplateId, is_archived: bool, now: Timestamp) -> bool {
        let (from, to, event) = if is_archived {
            (Standing::Approved, Standing::Archived, "ARCHIVED")
        } else {
            (Standing::Archived, Standing::Approved, "UNARCHIVED")
        };
        let Some(kept) = self.registry.get_mut(id).filter(|kept| kept.standing == from) else {
            return false;
        };
        kept.stand(to);
        self.tell_status(id, event, json!({ "reason": "NONE" }), now);
        true
    }

    /// Customers think otherwise of a template.
    pub(crate) fn rate(&mut self, id: &TemplateId, score: &QualityScore, now: Timestamp) {
        let Some(kept) = self.registry.get_mut(id) else { return };
        let previous = std::mem::replace(&mut kept.quality, score.as_str().to_owned());
        kept.quality_since = now;
        let value = json!({ "previous_quality_score": previous, "new_quality_score": kept.quality });
        let webhook = of_template(kept, "message_template_quality_update", members(value), now);
        self.post(webhook, now);
        if *score == QualityScore::Red {
            self.pause(id, now);
        } else {
            self.unpause(id, now);
        }
    }

    /// Moves a template to another category, or announces that it will be.
    pub(crate) fn recategorise(
        &mut self,
        id: &TemplateId,
        category: &Category,
        after: Duration,
        now: Timestamp,
    ) {
        let Some(kept) = self.registry.get_mut(id) else { return };
        kept.correct_category = Some(category.as_str().to_owned());
        if after.is_zero() {
            return self.finish_move(id, now);
        }
        let at = now + after;
        let value = json!({
            "correct_category": category,
            "new_category": kept.member("category"),
            "category_update_timestamp": at.as_seconds(),
        });
        let webhook = of_template(kept, "template_category_update", members(value), now);
        self.post(webhook, now);
        self.registry.later.plan(at, (id.clone(), Later::Recategorise));
    }

    fn finish_move(&mut self, id: &TemplateId, now: Timestamp) {
        let Some(kept) = self.registry.get_mut(id) else { return };
        let Some(category) = kept.correct_category.take() else { return };
        let previous = kept.member("category").to_owned();
        let mut definition = kept.definition.clone();
        if let Some(members) = definition.as_object_mut() {
            members.insert("category".into(), category.as_str().into());
        }
        kept.define(definition);
        kept.previous_category = Some(previous.clone());
        let value = json!({ "previous_category": previous, "new_category": category });
        let webhook = of_template(kept, "template_category_update", members(value), now);
        self.post(webhook, now);
    }

    fn tell_status(&mut self, id: &TemplateId, event: &str, more: Value, now: Timestamp) {
        if let Some(kept) = self.registry.get(id) {
            let webhook = status(kept, event, more, now);
            self.post(webhook, now);
        }
    }

    fn tell_status_of(&mut self, kept: &Kept, event: &str, more: Value, now: Timestamp) {
        self.post(status(kept, event, more, now), now);
    }
}

/// The webhook of a template that stands otherwise now.
fn status(kept: &Kept, event: &str, more: Value, now: Timestamp) -> Value {
    let mut value = members(more);
    value.insert("event".into(), event.into());
    value.insert("message_template_category".into(), kept.member("category").into());
    of_template(kept, "message_template_status_update", value, now)
}

/// How a template reads, in the words of its webhook.
fn reading(definition: &Value) -> Map<String, Value> {
    let words = |kind| component(definition, kind).and_then(|part| text(part, "/text"));
    let given = [
        ("message_template_title", words("HEADER")),
        ("message_template_element", words("BODY")),
        ("message_template_footer", words("FOOTER")),
    ];
    let given = given.into_iter().filter_map(|(name, words)| Some((name.to_owned(), words?.into())));
    let mut reading: Map<_, _> = given.collect();
    let buttons = component(definition, "BUTTONS").map_or(&[][..], |buttons| list(buttons, "/buttons"));
    if !buttons.is_empty() {
        let told = |button: &Value| {
            let told = ["type", "text", "url", "phone_number"].into_iter().filter_map(|member| {
                Some((format!("message_template_button_{member}"), button.get(member)?.clone()))
            });
            Value::Object(told.collect())
        };
        reading.insert("message_template_buttons".into(), buttons.iter().map(told).collect());
    }
    reading
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
