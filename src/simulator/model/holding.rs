//! Messages of a template that Meta holds until it knows what customers think of it.
//!
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-pacing>

use super::{
    Model,
    sending::{Failure, Step},
};
use crate::{id::TemplateId, time::Timestamp};
use std::time::Duration;

/// A message that waits, and what happens to it afterwards.
pub(super) struct Held {
    pub(super) number: u64,
    pub(super) steps: Vec<(Duration, Step)>,
}

impl Model {
    /// Messages of the template wait from now on.
    pub(crate) fn hold(&mut self, id: &TemplateId) {
        if let Some(kept) = self.registry.get_mut(id) {
            kept.held.get_or_insert_default();
        }
    }

    /// Sends what waited on its way.
    pub(crate) fn release(&mut self, id: &TemplateId, now: Timestamp) {
        for Held { number, steps } in self.take_held(id) {
            for (after, step) in steps {
                self.plan_step(number, step, now + after);
            }
        }
    }

    /// Lets what waited fail, as the template cannot be sent any more.
    pub(super) fn drop_held(&mut self, id: &TemplateId, failure: Failure, now: Timestamp) {
        for Held { number, .. } in self.take_held(id) {
            self.plan_step(number, Step::Failed(failure), now);
        }
    }

    fn take_held(&mut self, id: &TemplateId) -> Vec<Held> {
        let held = self.registry.get_mut(id).and_then(|kept| kept.held.take()).unwrap_or_default();
        for Held { number, .. } in &held {
            self.end_wait(*number);
        }
        held
    }
}
