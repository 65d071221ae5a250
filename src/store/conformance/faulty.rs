//! A store with a bug: that the suite sees each of these shows that it can fail.

use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Binding, Change, Changes, Claim, Conversation, ConversationState, ConversationTime,
        Expect, JobEnqueued, JobId, Key, Lease, LeaseToken, Mark, MemoryStore, Outcome, Page, PageRequest,
        Query, Record, Result, Store, StoreError, StoredTemplate, TenantStore, TenantStoreExt, Usage,
        ext::one,
    },
    time::Timestamp,
};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

/// What is wrong with a [`Faulty`] store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bug {
    /// Nothing: the wrapper itself keeps the contract.
    None,
    MarkNotKept,
    MarkSeenOnlyAtTheHead,
    /// Looked up, then set: a storm gets in between.
    MarkReadThenSet,
    MarkKeptThoughTheBatchFailed,
    MarkKeptForEver,
    LastChangeDropped,
    ChangesMadeOneByOne,
    BatchDroppedHalfWay,
    FinishDroppedHalfWay,
    ClaimDroppedHalfWay,
    LimitNotChecked,
    VersionNotChecked,
    PresenceNotChecked,
    DeleteOfAnyVersion,
    UniquenessNotChecked,
    LatestMovesBack,
    AddStopsAboveZero,
    AddReadThenWritten,
    FirstWordOfAFactKept,
    BodyCut,
    NulLost,
    MillisecondsLost,
    TenantIgnored,
    TenantIgnoredInLists,
    NewestAndOldestMixedUp,
    CursorOffByOne,
    PageReadOneByOne,
    CursorOfAnotherListTaken,
    EveryPageSaidToBeLast,
    IdsSortedAsWords,
    NumberHasTwoOwners,
    GroupIgnored,
    LeaseOfEnqueueIgnored,
    ClaimGivenTwice,
    ClaimGivenForGood,
    ClaimOfTooMany,
    ClaimOfNewestFirst,
    LeaseNotFenced,
    LeaseFencedAfterTheCheck,
    LeaseFencedAfterTheChanges,
    LeaseNotProlonged,
    DuplicateSettlesNothing,
    AgainForgotten,
    AgainAtTheEndOfItsGroup,
    ChangesOfFinishLost,
    TemplateNamesOfOneLanguage,
    /// Looked up, then written: another gets in between.
    RaceOfTemplatesNotSeen,
    ContextLost,
    EditsLost,
    TagsAndEntriesRewritten,
    VersionOfNewRecordsNotChecked,
    UnassignedAreAllActive,
    UsageOfAnotherDay,
    UsageReadThenWritten,
    UsageStopsTooEarly,
    TagsOfAllTenants,
    BacklogOfAnotherTime,
}

/// The store in memory, with a bug.
#[derive(Clone, Debug)]
pub(super) struct Faulty {
    bug: Bug,
    sound: MemoryStore,
    seen: Arc<Mutex<Seen>>,
}

/// What a bug needs to know of what went before.
#[derive(Debug, Default)]
struct Seen {
    tenants: BTreeSet<TenantId>,
    marks: BTreeSet<(TenantId, Mark)>,
    holders: BTreeMap<(TenantId, JobId), LeaseToken>,
}

impl Faulty {
    pub(super) fn with(bug: Bug) -> Self {
        Self { bug, sound: MemoryStore::new(), seen: Arc::default() }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    fn hold(&self, tenant: &TenantId, job: &JobId, token: &LeaseToken) {
        self.seen().holders.insert((tenant.clone(), job.clone()), token.clone());
    }

    /// The lease as whoever has the job now would show it.
    fn current(&self, lease: &Lease) -> Lease {
        let holder = self.seen().holders.get(&(lease.tenant.clone(), lease.job.id.clone())).cloned();
        Lease { token: holder.unwrap_or_else(|| lease.token.clone()), ..lease.clone() }
    }
}

#[async_trait]
impl Store for Faulty {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        self.seen().tenants.insert(id.clone());
        let id = if self.bug == Bug::TenantIgnored { "one for all".into() } else { id.clone() };
        Arc::new(FaultyTenant { sound: self.sound.tenant(&id), store: self.clone(), id })
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        match self.sound.bind(number, account, tenant).await {
            Err(StoreError::NotUnique(_)) if self.bug == Bug::NumberHasTwoOwners => Ok(()),
            bound => bound,
        }
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        self.sound.route(number).await
    }

    async fn claim(&self, mut request: Claim) -> Result<Vec<Lease>> {
        let until = request.until;
        match self.bug {
            Bug::ClaimGivenTwice => request.until = request.now,
            Bug::ClaimGivenForGood => request.until = Timestamp::from_millis(i64::MAX),
            Bug::ClaimOfTooMany => request.max += 1,
            _ => {}
        }
        let mut leases = Vec::new();
        if self.bug == Bug::ClaimDroppedHalfWay {
            for _ in 0..request.max {
                leases.extend(self.sound.claim(Claim { max: 1, ..request.clone() }).await?);
                tokio::task::yield_now().await;
            }
        } else {
            leases = self.sound.claim(request).await?;
        }
        for lease in &mut leases {
            lease.until = until;
            self.hold(&lease.tenant, &lease.job.id, &lease.token);
        }
        if self.bug == Bug::ClaimOfNewestFirst {
            leases.reverse();
        }
        Ok(leases)
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        match self.bug {
            Bug::LeaseNotFenced => self.sound.extend(&self.current(lease), until).await,
            Bug::LeaseNotProlonged => self.sound.extend(lease, lease.until).await,
            _ => self.sound.extend(lease, until).await,
        }
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        let nothing = Changes::at(changes.now());
        match (self.bug, &outcome) {
            (Bug::LeaseNotFenced, _) => self.sound.finish(&self.current(lease), outcome, changes).await,
            (Bug::LeaseFencedAfterTheCheck, _) => {
                changes.check(&lease.tenant)?;
                self.sound.finish(lease, outcome, changes).await
            }
            (Bug::LeaseFencedAfterTheChanges, _) => {
                let applied = self.sound.tenant(&lease.tenant).apply(changes).await?;
                self.sound.finish(lease, outcome, nothing).await.map(|_| applied)
            }
            (Bug::FinishDroppedHalfWay, _) => {
                self.sound.extend(lease, lease.until).await?;
                let applied = self.sound.tenant(&lease.tenant).apply(changes).await?;
                tokio::task::yield_now().await;
                self.sound.finish(lease, outcome, nothing).await.map(|_| applied)
            }
            (Bug::DuplicateSettlesNothing, _) => {
                self.sound.extend(lease, lease.until).await?;
                match self.sound.tenant(&lease.tenant).apply(changes).await? {
                    Applied::Duplicate => Ok(Applied::Duplicate),
                    Applied::Done => self.sound.finish(lease, outcome, nothing).await,
                }
            }
            (Bug::AgainForgotten, _) => self.sound.finish(lease, Outcome::Done, changes).await,
            (Bug::AgainAtTheEndOfItsGroup, Outcome::Again(due)) => {
                let mut job = lease.job.clone();
                job.due = *due;
                let moved = changes
                    .with(Change::Delete(Key::Job(job.id.clone()), 1))
                    .with(Change::Enqueue(job, None));
                self.sound.finish(lease, Outcome::Done, moved).await
            }
            (Bug::ChangesOfFinishLost, _) => self.sound.finish(lease, outcome, nothing).await,
            (Bug::LimitNotChecked, _) => self.sound.finish(lease, outcome, cut(changes)).await,
            _ => self.sound.finish(lease, outcome, changes).await,
        }
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        let early = if self.bug == Bug::BacklogOfAnotherTime { 1 } else { 0 };
        self.sound.backlog(now - std::time::Duration::from_secs(early)).await
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        self.sound.job_enqueued()
    }
}

#[derive(Debug)]
struct FaultyTenant {
    store: Faulty,
    sound: Arc<dyn TenantStore>,
    id: TenantId,
}

#[async_trait]
impl TenantStore for FaultyTenant {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        self.sound.get(key).await
    }

    async fn list(&self, mut query: Query, mut page: PageRequest) -> Result<Page<Record>> {
        if self.store.bug == Bug::UnassignedAreAllActive && query == Query::Unassigned {
            query = Query::ConversationsIn(ConversationState::Active);
        }
        let goes_on = page.after.is_some();
        match self.store.bug {
            Bug::NewestAndOldestMixedUp => {
                let other = if page.is_oldest_first() {
                    PageRequest::newest(page.limit)
                } else {
                    PageRequest::oldest(page.limit)
                };
                page.order = other.order;
            }
            Bug::CursorOfAnotherListTaken if page.position(&self.id, &query).is_err() => page.after = None,
            _ => {}
        }
        let mut found = self.sound.list(query.clone(), page.clone()).await?;
        if self.store.bug == Bug::PageReadOneByOne {
            found = Page::new(Vec::new(), page.after.clone());
            while found.items.len() < page.limit && (found.items.is_empty() || found.next.is_some()) {
                let one = PageRequest { limit: 1, after: found.next.take(), ..page.clone() };
                let one = self.sound.list(query.clone(), one).await?;
                found.next = one.next;
                if one.items.is_empty() {
                    break;
                }
                found.items.extend(one.items);
                tokio::task::yield_now().await;
            }
        }
        match self.store.bug {
            Bug::TagsOfAllTenants if !matches!(query, Query::TagsOf(_)) => {}
            Bug::TenantIgnoredInLists | Bug::TagsOfAllTenants => {
                let others = self.store.seen().tenants.clone();
                for other in others.iter().filter(|other| **other != self.id) {
                    found.items.extend(
                        self.store.sound.tenant(other).list(query.clone(), page.clone()).await?.items,
                    );
                }
            }
            Bug::CursorOffByOne if goes_on && !found.items.is_empty() => {
                found.items.remove(0);
            }
            Bug::EveryPageSaidToBeLast => found.next = None,
            Bug::IdsSortedAsWords => {
                found.items.sort_by_key(|record| (record.order().0, record.order().1.to_lowercase()));
            }
            _ => {}
        }
        Ok(found)
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        for change in changes.list() {
            if let Change::Enqueue(job, Some((token, _))) = change {
                self.store.hold(&self.id, &job.id, token);
            }
        }
        let changes = self.bend(changes).await?;
        match self.store.bug {
            Bug::MarkReadThenSet => self.read_marks_then_set(changes).await,
            Bug::MarkKeptThoughTheBatchFailed => {
                let (marks, rest) = split(changes, |change| matches!(change, Change::Once { .. }));
                match self.sound.apply(marks).await? {
                    Applied::Duplicate => Ok(Applied::Duplicate),
                    Applied::Done => self.sound.apply(rest).await,
                }
            }
            Bug::ChangesMadeOneByOne => {
                let now = changes.now();
                let mut applied = Applied::Done;
                for change in changes.into_list() {
                    applied = self.sound.apply(Changes::at(now).with(change)).await?;
                }
                Ok(applied)
            }
            Bug::BatchDroppedHalfWay => {
                let (first, rest) = split(changes, |change| !matches!(change, Change::Enqueue(..)));
                if self.sound.apply(first).await? == Applied::Duplicate {
                    return Ok(Applied::Duplicate);
                }
                tokio::task::yield_now().await;
                self.sound.apply(rest).await
            }
            Bug::RaceOfTemplatesNotSeen => {
                let are_free = self.are_names_free(&changes).await?;
                tokio::task::yield_now().await;
                match self.sound.apply(changes).await {
                    Err(StoreError::NotUnique("template")) if are_free => Ok(Applied::Done),
                    applied => applied,
                }
            }
            Bug::UniquenessNotChecked => match self.sound.apply(changes).await {
                Err(StoreError::NotUnique(_)) => Ok(Applied::Done),
                applied => applied,
            },
            _ => self.sound.apply(changes).await,
        }
    }
}

impl FaultyTenant {
    /// The changes as the bug has them.
    async fn bend(&self, changes: Changes) -> Result<Changes> {
        let now = changes.now();
        let mut list =
            if self.store.bug == Bug::LimitNotChecked { cut(changes) } else { changes }.into_list();
        if self.store.bug == Bug::LastChangeDropped && list.len() > 1 {
            list.pop();
        }
        let mut bent = Changes::at(now);
        for (n, mut change) in list.into_iter().enumerate() {
            match (self.store.bug, &mut change) {
                (Bug::TemplateNamesOfOneLanguage, Change::Put(record, Expect::Absent)) => {
                    if let Record::Template(StoredTemplate { account, name, .. }) = &**record {
                        let templates =
                            self.sound.templates(PageRequest::newest(PageRequest::MAX_LIMIT)).await?;
                        if templates.items.iter().any(|kept| kept.account == *account && kept.name == *name) {
                            return Err(StoreError::NotUnique("template"));
                        }
                    }
                }
                (Bug::TagsAndEntriesRewritten, Change::Put(record, expect @ Expect::Version(_)))
                    if matches!(**record, Record::Tag(_) | Record::Audit(_)) =>
                {
                    bent = bent.with(Change::Delete(record.key(), 1));
                    *expect = Expect::Absent;
                }
                (Bug::VersionOfNewRecordsNotChecked, Change::Put(record, expect @ Expect::Version(_)))
                    if matches!(**record, Record::Agent(_) | Record::Template(_)) =>
                {
                    *expect = Expect::Version(self.version(&record.key()).await?.unwrap_or_default());
                }
                (Bug::UsageOfAnotherDay, Change::Count { at, .. }) => *at = Timestamp::from_millis(0),
                (Bug::UsageStopsTooEarly, Change::Count { at, metric, by }) => {
                    let known = self.used(*at, metric).await?;
                    if known.checked_add(*by).is_none_or(|count| count > Usage::MAX_COUNT) {
                        *by = 0;
                    }
                }
                (Bug::UsageReadThenWritten, Change::Count { at, metric, by }) => {
                    let read = self.used(*at, metric).await?;
                    tokio::task::yield_now().await;
                    let written = self.used(*at, metric).await?;
                    *by = read.saturating_add(*by).saturating_sub(written);
                }
                (Bug::MarkNotKept, Change::Once { .. }) => continue,
                (Bug::MarkSeenOnlyAtTheHead, Change::Once { .. }) if n > 0 => continue,
                (Bug::MarkKeptForEver, Change::Once { keep_until, .. }) => {
                    *keep_until = Timestamp::from_millis(i64::MAX);
                }
                (Bug::VersionNotChecked, Change::Put(record, expect @ Expect::Version(_))) => {
                    *expect = Expect::Version(self.version(&record.key()).await?.unwrap_or_default());
                }
                (Bug::PresenceNotChecked, Change::Put(record, expect @ Expect::Absent)) => {
                    if let Some(version) = self.version(&record.key()).await? {
                        *expect = Expect::Version(version);
                    }
                }
                (Bug::DeleteOfAnyVersion, Change::Delete(key, version)) => {
                    *version = self.version(key).await?.unwrap_or_default();
                }
                (Bug::LatestMovesBack, Change::Latest { conversation, time, at }) => {
                    if let Some(mut conversation) = self.sound.conversation(conversation).await? {
                        match time {
                            ConversationTime::LastMessage => conversation.last_message_at = *at,
                            ConversationTime::LastInbound => conversation.last_inbound_at = Some(*at),
                        }
                        change = update(conversation);
                    }
                }
                (Bug::AddStopsAboveZero, Change::Add { conversation, unread }) => {
                    let there = self.sound.conversation(conversation).await?.map_or(0, |there| there.unread);
                    if there.checked_add_signed(*unread).is_none() {
                        *unread = 0;
                    }
                }
                (Bug::AddReadThenWritten, Change::Add { conversation, unread }) => {
                    if let Some(read) = self.sound.conversation(conversation).await? {
                        tokio::task::yield_now().await;
                        let mut written =
                            self.sound.conversation(conversation).await?.unwrap_or(read.clone());
                        written.unread =
                            read.unread.saturating_add_signed(*unread).min(i64::MAX.unsigned_abs());
                        change = update(written);
                    }
                }
                (Bug::FirstWordOfAFactKept, Change::Earliest { message, fact, .. }) => {
                    let known = self.sound.progress(message).await?;
                    if known.is_some_and(|known| known.when(*fact).is_some()) {
                        continue;
                    }
                }
                (
                    Bug::BodyCut | Bug::NulLost | Bug::MillisecondsLost | Bug::ContextLost | Bug::EditsLost,
                    Change::Put(record, _),
                ) => self.harm(record),
                (Bug::GroupIgnored, Change::Enqueue(job, _)) => job.group = job.id.to_string(),
                (Bug::LeaseOfEnqueueIgnored, Change::Enqueue(_, lease)) => *lease = None,
                _ => {}
            }
            bent = bent.with(change);
        }
        Ok(bent)
    }

    fn harm(&self, record: &mut Record) {
        match (self.store.bug, record) {
            (Bug::BodyCut, Record::Message(message)) => message.body.truncate(1 << 20),
            (Bug::NulLost, Record::Message(message)) => {
                message.text = message.text.take().map(|text| text.replace('\0', ""));
            }
            (Bug::ContextLost, Record::Conversation(conversation)) => conversation.context.clear(),
            (Bug::EditsLost, Record::Template(template)) => template.edits.clear(),
            (Bug::MillisecondsLost, Record::Contact(contact)) => {
                contact.created_at = Timestamp::from_seconds(contact.created_at.as_seconds());
            }
            _ => {}
        }
    }

    /// The count of a metric on the day of a time.
    async fn used(&self, at: Timestamp, metric: &str) -> Result<u64> {
        let used: Option<Usage> = one(&*self.sound, Key::Usage(at.day(), metric.to_owned())).await?;
        Ok(used.map_or(0, |used| used.count))
    }

    /// Whether nobody has the names of any of the new templates yet.
    async fn are_names_free(&self, changes: &Changes) -> Result<bool> {
        for change in changes.list() {
            if let Change::Put(record, Expect::Absent) = change
                && let Record::Template(StoredTemplate { account, name, language, .. }) = &**record
                && let key = Key::TemplateOf(account.clone(), name.clone(), language.clone())
                && self.sound.get(key).await?.is_some()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn version(&self, key: &Key) -> Result<Option<u64>> {
        Ok(self.sound.get(key.clone()).await?.map(|record| record.version()))
    }

    async fn read_marks_then_set(&self, changes: Changes) -> Result<Applied> {
        let (marks, rest) = split(changes, |change| matches!(change, Change::Once { .. }));
        let marks: Vec<_> = marks
            .into_list()
            .into_iter()
            .filter_map(|change| match change {
                Change::Once { key, .. } => Some((self.id.clone(), key)),
                _ => None,
            })
            .collect();
        if marks.iter().any(|mark| self.store.seen().marks.contains(mark)) {
            return Ok(Applied::Duplicate);
        }
        tokio::task::yield_now().await;
        let applied = self.sound.apply(rest).await?;
        self.store.seen().marks.extend(marks);
        Ok(applied)
    }
}

fn update(conversation: Conversation) -> Change {
    let version = Expect::Version(conversation.version);
    Change::Put(Box::new(conversation.into()), version)
}

/// As many changes as a batch may hold.
fn cut(changes: Changes) -> Changes {
    let now = changes.now();
    changes.into_list().into_iter().take(Changes::MAX_LEN).fold(Changes::at(now), Changes::with)
}

/// The changes that are of a kind, and the others.
fn split(changes: Changes, of_kind: impl Fn(&Change) -> bool) -> (Changes, Changes) {
    let now = changes.now();
    let (these, those): (Vec<_>, Vec<_>) = changes.into_list().into_iter().partition(of_kind);
    let batch = |changes: Vec<Change>| changes.into_iter().fold(Changes::at(now), Changes::with);
    (batch(these), batch(those))
}
