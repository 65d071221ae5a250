//! The templates that a business submitted, from the first review to the end.

use super::{agenda::Agenda, holding::Held, usage::Usage};
use crate::{
    id::{AccountId, TemplateId},
    simulator::{json::text, review::Review, template::ApprovedTemplate},
    time::Timestamp,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many templates an account may submit in an hour.
const HOURLY: usize = 100;

/// Where a template stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Pending,
    Approved,
    Rejected,
    Paused,
    Disabled,
    Archived,
}

impl Standing {
    /// As `status` spells it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
            Self::Archived => "ARCHIVED",
        }
    }
}

/// One template in one language.
pub(crate) struct Kept {
    pub(crate) id: TemplateId,
    pub(crate) account: AccountId,
    /// The definition, with its words of the API in capital letters.
    pub(crate) definition: Value,
    /// What sends are held to, and phones show.
    pub(crate) approved: ApprovedTemplate,
    pub(crate) standing: Standing,
    pub(crate) rejected_reason: String,
    pub(crate) quality: String,
    pub(crate) quality_since: Timestamp,
    /// The category that it will have, if it is of another now.
    pub(crate) correct_category: Option<String>,
    pub(crate) previous_category: Option<String>,
    pub(crate) usage: Usage,
    /// When it was edited while it was approved.
    edits: Vec<Timestamp>,
    /// Counts what was handed in for review: only the newest is decided upon.
    pub(super) submission: u64,
    pub(super) pauses: u32,
    was_approved: bool,
    /// The messages that wait, while those of this template do.
    pub(super) held: Option<Vec<Held>>,
}

impl Kept {
    pub(super) fn new(id: TemplateId, account: AccountId, definition: Value, now: Timestamp) -> Self {
        Self {
            id,
            account,
            approved: ApprovedTemplate::read(&definition),
            definition,
            standing: Standing::Pending,
            rejected_reason: "NONE".into(),
            quality: "UNKNOWN".into(),
            quality_since: now,
            correct_category: None,
            previous_category: None,
            usage: Usage::default(),
            edits: Vec::new(),
            submission: 0,
            pauses: 0,
            was_approved: false,
            held: None,
        }
    }

    /// Counts as approved without a review.
    pub(super) fn approved_as(mut self, approved: ApprovedTemplate) -> Self {
        self.approved = approved;
        self.stand(Standing::Approved);
        self
    }

    pub(crate) fn member(&self, name: &str) -> &str {
        text(&self.definition, &format!("/{name}")).unwrap_or_default()
    }

    pub(crate) fn is_disabled(&self) -> bool {
        self.standing == Standing::Disabled
    }

    /// Whether it was approved and then turned out to break WhatsApp's policies.
    pub(crate) fn breaks_policy(&self) -> bool {
        let is_banned = matches!(&*self.rejected_reason, "ABUSIVE_CONTENT" | "SCAM");
        self.was_approved && self.standing == Standing::Rejected && is_banned
    }

    pub(super) fn stand(&mut self, standing: Standing) {
        self.standing = standing;
        self.was_approved |= standing == Standing::Approved;
    }

    /// Puts another definition in the place of this one.
    pub(super) fn define(&mut self, definition: Value) {
        self.approved = ApprovedTemplate::read(&definition);
        self.definition = definition;
    }

    /// Notes an edit of the approved template, if that is still allowed: once in 24 hours, 10 times in 30 days.
    pub(super) fn note_edit(&mut self, now: Timestamp) -> bool {
        self.edits.retain(|edit| now < *edit + 30 * DAY);
        let is_allowed = self.edits.len() < 10 && self.edits.last().is_none_or(|last| now >= *last + DAY);
        if is_allowed {
            self.edits.push(now);
        }
        is_allowed
    }
}

/// All templates, in the order in which they were submitted: ids only grow.
pub(crate) struct Registry {
    pub(super) policy: Review,
    templates: BTreeMap<TemplateId, Kept>,
    /// Where a send finds what it names: by account, name and language.
    names: BTreeMap<AccountId, BTreeMap<String, BTreeMap<String, TemplateId>>>,
    /// Reviews to come: which template, as it was handed in for the how-manieth time, and what becomes of it.
    pub(super) reviews: Agenda<(TemplateId, u64, Review)>,
    /// What becomes of templates by itself.
    pub(super) later: Agenda<(TemplateId, Later)>,
    /// When templates were submitted within the last hour.
    submitted: VecDeque<(AccountId, Timestamp)>,
    /// Names of approved templates that were deleted, and until when nobody may use them again.
    buried: BTreeMap<(AccountId, String), Timestamp>,
    last_id: u64,
}

/// What becomes of a template by itself.
pub(super) enum Later {
    /// The pause of this number ends.
    Unpause(u32),
    /// It is moved to the category that was announced.
    Recategorise,
}

impl Registry {
    pub(super) fn new() -> Self {
        Self {
            policy: Review::approve(),
            templates: BTreeMap::new(),
            names: BTreeMap::new(),
            reviews: Agenda::new(),
            later: Agenda::new(),
            submitted: VecDeque::new(),
            buried: BTreeMap::new(),
            last_id: 1_000_000_000_000_000,
        }
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.templates.values()
    }

    /// The templates of one account, oldest first.
    pub(crate) fn of<'a>(&'a self, account: &'a AccountId) -> impl DoubleEndedIterator<Item = &'a Kept> {
        self.all().filter(move |kept| kept.account == *account)
    }

    pub(crate) fn get(&self, id: &TemplateId) -> Option<&Kept> {
        self.templates.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &TemplateId) -> Option<&mut Kept> {
        self.templates.get_mut(id)
    }

    pub(crate) fn find(&self, account: &AccountId, name: &str, language: &str) -> Option<&Kept> {
        self.get(self.names.get(account)?.get(name)?.get(language)?)
    }

    /// An id that is greater than all before.
    pub(super) fn next_id(&mut self, rng: &mut fastrand::Rng) -> TemplateId {
        self.last_id += rng.u64(1..1_000_000_000);
        TemplateId::from(self.last_id.to_string())
    }

    /// Adds a template; one of the same name and language is replaced, and what waited for it waits for this one.
    pub(super) fn put(&mut self, mut kept: Kept) {
        let languages = self.names.entry(kept.account.clone()).or_default();
        let languages = languages.entry(kept.member("name").to_owned()).or_default();
        if let Some(replaced) = languages.insert(kept.member("language").to_owned(), kept.id.clone()) {
            kept.held = self.templates.remove(&replaced).and_then(|replaced| replaced.held);
        }
        self.templates.insert(kept.id.clone(), kept);
    }

    /// Takes a template out; the name of one that was approved stays taken for 30 days.
    pub(super) fn remove(&mut self, id: &TemplateId, now: Timestamp) -> Option<Kept> {
        let kept = self.templates.remove(id)?;
        if let Some(names) = self.names.get_mut(&kept.account)
            && let Some(languages) = names.get_mut(kept.member("name"))
        {
            languages.remove(kept.member("language"));
            names.retain(|_, languages| !languages.is_empty());
        }
        self.buried.retain(|_, until| now < *until);
        if kept.was_approved {
            self.buried.insert((kept.account.clone(), kept.member("name").to_owned()), now + 30 * DAY);
        }
        Some(kept)
    }

    pub(crate) fn is_buried(&self, account: &AccountId, name: &str, now: Timestamp) -> bool {
        self.buried.get(&(account.clone(), name.to_owned())).is_some_and(|until| now < *until)
    }

    /// Notes that a template is submitted, unless there were too many within the hour.
    pub(super) fn note_submission(&mut self, account: &AccountId, now: Timestamp) -> bool {
        self.submitted.retain(|(_, at)| now < *at + HOUR);
        let is_allowed = self.submitted.iter().filter(|(of, _)| of == account).count() < HOURLY;
        if is_allowed {
            self.submitted.push_back((account.clone(), now));
        }
        is_allowed
    }

    /// Plans the review of a template that was just handed in.
    pub(super) fn plan_review(&mut self, id: &TemplateId, policy: &Review, now: Timestamp) {
        let Some(kept) = self.get_mut(id) else { return };
        let policy = policy.of(kept);
        kept.submission += 1;
        let submission = kept.submission;
        if policy.decides() {
            self.reviews.plan(now + policy.wait(), (id.clone(), submission, policy));
        }
    }

    /// When something is due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        [self.reviews.next_due(), self.later.next_due()].into_iter().flatten().min()
    }
}
