//! What becomes of templates that are submitted, and what a test makes of those that are there.

use super::{
    ApprovedTemplate, Simulator,
    model::{Kept, Model},
};
use crate::{
    error::{Error, ErrorKind, Result},
    id::TemplateId,
    template::Category,
    time::Timestamp,
    webhook::notice::{QualityScore, TemplateRejection},
    wire::quiet_debug,
};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};

/// What Meta makes of a template that is submitted; set by [`Simulator::review`], and of a single one by
/// [`Simulator::decide_template`].
///
/// ```
/// use std::time::Duration;
/// use whatsapp_business::simulator::Review;
/// let slow = Review::approve().after(Duration::from_secs(60));
/// let strict = Review::reject("PROMOTIONAL");
/// let choosy = Review::by(|template| match template.language.as_str() {
///     "en_US" => Review::approve(),
///     _ => Review::reject("INVALID_FORMAT"),
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "nothing is reviewed before it is passed to a simulator"]
pub struct Review {
    verdict: Verdict,
    after: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Approve,
    Reject(TemplateRejection),
    /// Nobody decides before a test does.
    ByHand,
    Asks(Judge),
}

/// A function that decides.
#[derive(Clone)]
struct Judge(Arc<dyn Fn(&KeptTemplate) -> Review + Send + Sync>);

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judge")
    }
}

impl PartialEq for Judge {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Judge {}

impl Review {
    /// Templates are approved; at once, unless a [time](Self::after) is given.
    pub fn approve() -> Self {
        Self { verdict: Verdict::Approve, after: Duration::ZERO }
    }

    /// Templates are rejected for this reason; at once, unless a [time](Self::after) is given.
    pub fn reject(reason: impl Into<TemplateRejection>) -> Self {
        Self { verdict: Verdict::Reject(reason.into()), after: Duration::ZERO }
    }

    /// Templates stay pending until [`Simulator::decide_template`] is called.
    pub fn by_hand() -> Self {
        Self { verdict: Verdict::ByHand, after: Duration::ZERO }
    }

    /// The function decides upon each template as it is handed in. It must not ask the simulator anything, which waits for
    /// it.
    pub fn by(judge: impl Fn(&KeptTemplate) -> Self + Send + Sync + 'static) -> Self {
        Self { verdict: Verdict::Asks(Judge(Arc::new(judge))), after: Duration::ZERO }
    }

    /// How long the review takes.
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    pub(super) fn decides(&self) -> bool {
        self.verdict != Verdict::ByHand
    }

    pub(super) fn wait(&self) -> Duration {
        self.after
    }

    /// What is made of this template.
    pub(super) fn of(&self, kept: &Kept) -> Self {
        match &self.verdict {
            Verdict::Asks(Judge(judge)) => {
                let review = judge(&KeptTemplate::from(kept)).of(kept);
                Self { after: self.after + review.after, ..review }
            }
            _ => self.clone(),
        }
    }

    /// Why it is rejected, if it is.
    pub(super) fn rejection(&self) -> Option<&TemplateRejection> {
        match &self.verdict {
            Verdict::Reject(reason) => Some(reason),
            Verdict::Approve | Verdict::ByHand | Verdict::Asks(_) => None,
        }
    }
}

/// A template of the simulated account.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct KeptTemplate {
    /// Its id.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// Its language, such as `en_US`.
    pub language: String,
    /// Where it stands, as `GET /{template_id}` spells it: `PENDING`, `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED` or
    /// `ARCHIVED`.
    pub status: String,
    /// What was submitted, with the API's words in capital letters.
    pub definition: Value,
}

quiet_debug!(KeptTemplate { id, name, language, status });

impl From<&Kept> for KeptTemplate {
    fn from(kept: &Kept) -> Self {
        Self {
            id: kept.id.clone(),
            name: kept.member("name").to_owned(),
            language: kept.member("language").to_owned(),
            status: kept.standing.word().to_owned(),
            definition: kept.definition.clone(),
        }
    }
}

/// Templates: their review, and what becomes of them later.
impl Simulator {
    /// Lets `template` count as approved in the account of the first number; one of the same name and language is replaced.
    ///
    /// A number sends the templates of its own account. Another account gets its templates as Meta's do: by
    /// [`create`](crate::client::Templates::create).
    ///
    /// A [`Definition`](crate::template::Definition) can be given as well.
    pub fn approve_template(&self, template: impl Into<ApprovedTemplate>) {
        let template = template.into();
        self.platform().change(|model, _| model.approve(template));
    }

    /// How templates are reviewed from now on; before, each is approved at once.
    ///
    /// A template that is created or edited is `PENDING` in the answer; the decision is told by a webhook
    /// (`message_template_status_update`).
    ///
    /// ```
    /// use whatsapp_business::simulator::{Review, Simulator};
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::start().await?;
    /// simulator.review(Review::by_hand());
    /// // The application submits `order_update` in `en_US`; until somebody decides it is pending.
    /// assert!(simulator.decide_template("order_update", "en_US", Review::approve()).is_err());
    /// # Ok(()) }
    /// ```
    pub fn review(&self, policy: Review) {
        self.platform().change(|model, _| model.set_review(policy));
    }

    /// Every template of the account, oldest first.
    #[must_use]
    pub fn templates(&self) -> Vec<KeptTemplate> {
        self.platform().look(|model| model.templates().all().map(KeptTemplate::from).collect())
    }

    /// Approves or rejects one template, whatever it is now; an approved one can be rejected later on.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such template.
    pub fn decide_template(&self, name: &str, language: &str, review: Review) -> Result<()> {
        let decide = move |model: &mut Model, id: &TemplateId, now| model.hand_in(id, &review, now);
        self.at_template(name, language, decide)
    }

    /// Pauses a template, as Meta does for three hours when customers dislike it: sends are refused with 132015 until
    /// it is [rated](Self::rate_template) better, decided upon anew, or `POST /{template_id}/unpause` is called.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such template.
    pub fn pause_template(&self, name: &str, language: &str) -> Result<()> {
        self.at_template(name, language, |model, id, now| model.pause(id, now))
    }

    /// Holds the messages of a template, as Meta does with the first ones of a new template: they are accepted as
    /// `held_for_quality_assessment`, and wait until the template is [released](Self::release_template), or
    /// [paused](Self::pause_template), when they fail with 132015. When it is deleted they fail with 132001.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such template.
    pub fn hold_template(&self, name: &str, language: &str) -> Result<()> {
        self.at_template(name, language, |model, id, _| model.hold(id))
    }

    /// Sends on what was [held](Self::hold_template) of a template, and holds no more of it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such template.
    pub fn release_template(&self, name: &str, language: &str) -> Result<()> {
        self.at_template(name, language, |model, id, now| model.release(id, now))
    }

    /// Tells what customers think of a template.
    ///
    /// At [`QualityScore::Red`] it is paused: for three hours, the second time for six, and the third time it is disabled.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such template.
    pub fn rate_template(&self, name: &str, language: &str, score: impl Into<QualityScore>) -> Result<()> {
        let score = score.into();
        self.at_template(name, language, |model, id, now| model.rate(id, &score, now))
    }

    /// Moves a template to another category; with a time, this is only announced for then.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such template.
    pub fn recategorise_template(
        &self,
        name: &str,
        language: &str,
        category: impl Into<Category>,
        after: Duration,
    ) -> Result<()> {
        let category = category.into();
        self.at_template(name, language, |model, id, now| model.recategorise(id, &category, after, now))
    }

    fn at_template(
        &self,
        name: &str,
        language: &str,
        change: impl FnOnce(&mut Model, &TemplateId, Timestamp),
    ) -> Result<()> {
        self.at_found(|model| model.find_template(name, language), change)
    }

    /// Changes the template that is found.
    pub(super) fn at_found(
        &self,
        find: impl FnOnce(&Model) -> Option<&Kept>,
        change: impl FnOnce(&mut Model, &TemplateId, Timestamp),
    ) -> Result<()> {
        self.platform().change(|model, now| {
            let id = find(model).map(|kept| kept.id.clone());
            let id = id.ok_or_else(|| Error::new(ErrorKind::NotFound("there is no such template".into())))?;
            change(model, &id, now);
            Ok(())
        })
    }
}
