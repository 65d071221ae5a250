//! A store with a bug: that the suite sees each of these shows that it can fail.

mod bend;

use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Binding, Change, Changes, Claim, Conversation, ConversationState, Expect,
        JobEnqueued, JobId, Key, Lease, LeaseToken, Mark, MemoryStore, Outcome, Page, PageRequest, Query,
        Record, Result, Store, StoreError, TenantStore,
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
    AddToWhatIsOver,
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
    NumbersOfOtherAccountsFound,
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
    LeftCounted,
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
    WaitingInTheOrderOfOpening,
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

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        let mut numbers = self.sound.numbers_of(account).await?;
        if self.bug == Bug::NumbersOfOtherAccountsFound {
            numbers.extend(self.sound.numbers_of(&"second".into()).await?);
        }
        Ok(numbers)
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
            (Bug::LeftCounted, Outcome::Left(due)) => {
                self.sound.finish(lease, Outcome::Again(*due), changes).await
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
                let order = |record: &Record| record.order(&query);
                found.items.sort_by_key(|record| (order(record).0, order(record).1.to_lowercase()));
            }
            Bug::WaitingInTheOrderOfOpening if query == Query::Waiting => {
                found.items.sort_by_key(|record| record.order(&Query::Conversations));
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
