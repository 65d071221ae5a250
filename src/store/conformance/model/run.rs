//! Runs a program on two stores at once.

use super::{
    super::at_once,
    list::List,
    program::{Batch, Holder, NAMES, Place, Step, Thing, at, name},
};
use crate::{
    id::TenantId,
    store::{
        Applied, Backlog, Binding, Change, Changes, Claim, Conversation, Cursor, Identity, Key, Lease,
        MemoryStore, Outcome, Page, PageRequest, Record, Result, Store, StoreError,
    },
};
use std::{fmt, time::Duration};

/// The first step of a program that `store` answers otherwise than memory, and both answers.
pub(super) async fn disagreement(store: &dyn Store, program: &[Step]) -> Option<String> {
    let memory = MemoryStore::new();
    let mut run = Run { stores: [store, &memory], leases: Vec::new(), cursors: Vec::new() };
    for (n, step) in program.iter().enumerate() {
        let [answer, expected] = run.step(n, step).await;
        if answer != expected {
            let (answer, expected) = first_difference(answer, expected);
            return Some(format!("Step {}: the store says {answer:?}, memory {expected:?}.", n + 1));
        }
    }
    None
}

/// The store that is tried, and memory.
type Both<T> = [T; 2];

struct Run<'a> {
    stores: Both<&'a dyn Store>,
    /// All that were given out, also those that are over.
    leases: Vec<Lease>,
    cursors: Vec<Bookmark>,
}

/// A list that is being read.
#[derive(Clone)]
struct Bookmark {
    tenant: u8,
    list: List,
    first: PageRequest,
    /// Each store has its own.
    next: Both<Option<Cursor>>,
}

/// What a store says to a step. They are compared whole, and printed with what records do not show of themselves.
#[derive(PartialEq)]
enum Answer {
    Nothing,
    Applied(Applied),
    Leases(Vec<Lease>),
    /// And whether there are more.
    Records(Vec<Record>, bool),
    Owner(Option<Binding>),
    Backlog(Backlog),
    /// The kind of error. What it is about is for people to read.
    Failed(String),
}

impl Run<'_> {
    async fn step(&mut self, n: usize, step: &Step) -> Both<Answer> {
        match step {
            Step::Apply { tenant, batch } => {
                let changes = self.changes(&tenant_id(*tenant), batch, n).await;
                let applied = self
                    .both(async |store| {
                        Answer::of(
                            store.tenant(&tenant_id(*tenant)).apply(changes.clone()).await,
                            Answer::Applied,
                        )
                    })
                    .await;
                self.note_leases(&tenant_id(*tenant), &changes, &applied);
                applied
            }
            Step::Page { tenant, list, oldest, limit } => {
                let first = if *oldest { PageRequest::oldest(*limit) } else { PageRequest::newest(*limit) };
                let bookmark = Bookmark { tenant: *tenant, list: *list, first, next: [None, None] };
                self.page(bookmark).await
            }
            Step::GoOn { back, elsewhere } => {
                let Some(mut bookmark) = from_the_end(&self.cursors, *back).cloned() else {
                    return [Answer::Nothing, Answer::Nothing];
                };
                if let Some((tenant, list)) = *elsewhere {
                    (bookmark.tenant, bookmark.list) = (tenant, list);
                }
                self.page(bookmark).await
            }
            Step::Look { tenant } => self.both(async |store| look(store, &tenant_id(*tenant)).await).await,
            Step::Claim { now, span, max } => {
                let claim = Claim::new(at(*now), Duration::from_secs(*span), *max, format!("claim {n}"));
                let claimed = self
                    .both(async |store| Answer::of(store.claim(claim.clone()).await, Answer::Leases))
                    .await;
                if let Answer::Leases(leases) = &claimed[1] {
                    self.leases.extend(leases.iter().cloned());
                }
                claimed
            }
            Step::Extend { lease, until } => {
                let Some(lease) = self.lease(lease) else { return [Answer::Nothing, Answer::Nothing] };
                let until = at(*until);
                self.both(async |store| Answer::of(store.extend(&lease, until).await, |()| Answer::Nothing))
                    .await
            }
            Step::Finish { lease, again, batch } => {
                let Some(lease) = self.lease(lease) else { return [Answer::Nothing, Answer::Nothing] };
                let outcome = again.map_or(Outcome::Done, |due| Outcome::Again(at(due)));
                let changes = self.changes(&lease.tenant, batch, n).await;
                let applied = self
                    .both(async |store| {
                        let finished = store.finish(&lease, outcome.clone(), changes.clone()).await;
                        Answer::of(finished, Answer::Applied)
                    })
                    .await;
                self.note_leases(&lease.tenant, &changes, &applied);
                applied
            }
            Step::Backlog { now } => {
                let now = at(*now);
                self.both(async |store| Answer::of(store.backlog(now).await, Answer::Backlog)).await
            }
            Step::Bind { number, account, tenant } => {
                let (number, account) = (name(*number).into(), name(*account).into());
                self.both(async |store| match store.bind(&number, &account, &tenant_id(*tenant)).await {
                    Ok(()) => Answer::of(store.route(&number).await, Answer::Owner),
                    Err(error) => Answer::failed(&error),
                })
                .await
            }
        }
    }

    async fn both(&self, ask: impl AsyncFn(&dyn Store) -> Answer) -> Both<Answer> {
        [ask(self.stores[0]).await, ask(self.stores[1]).await]
    }

    /// The changes of a batch, which expect what memory holds now.
    async fn changes(&self, tenant: &TenantId, batch: &Batch, n: usize) -> Changes {
        let mut changes = Changes::at(at(batch.now));
        for (m, write) in batch.changes.iter().enumerate() {
            let read = match write.reads() {
                Some(key) => self.stores[1].tenant(tenant).get(key).await,
                None => Ok(None),
            };
            let version = read.ok().flatten().map_or(1, |record| record.version());
            changes = changes.with(write.change(version, &format!("enqueued {n}.{m}")));
        }
        changes
    }

    /// Whoever enqueues a job leased holds it.
    fn note_leases(&mut self, tenant: &TenantId, changes: &Changes, applied: &Both<Answer>) {
        if applied[1] != Answer::Applied(Applied::Done) {
            return;
        }
        for change in changes.list() {
            if let Change::Enqueue(job, Some((token, until))) = change {
                self.leases.push(Lease::new(tenant.clone(), job.clone(), token.clone(), *until));
            }
        }
    }

    fn lease(&self, holder: &Holder) -> Option<Lease> {
        let mut lease = from_the_end(&self.leases, holder.back).cloned()?;
        if let Some(tenant) = holder.forged {
            lease.tenant = tenant_id(tenant);
        }
        Some(lease)
    }

    /// Reads the page at a bookmark and keeps one for the page after it.
    async fn page(&mut self, bookmark: Bookmark) -> Both<Answer> {
        let Bookmark { tenant, list, first, next } = bookmark;
        let mut after = [None, None];
        let mut answers = [Answer::Nothing, Answer::Nothing];
        for (n, store) in self.stores.into_iter().enumerate() {
            let request = first.clone().after(next[n].clone());
            let page = store.tenant(&tenant_id(tenant)).list(list.query(), request).await;
            answers[n] = Answer::of(page, |Page { items, next }| {
                let more = next.is_some();
                after[n] = next;
                Answer::Records(items, more)
            });
        }
        if after[1].is_some() {
            self.cursors.push(Bookmark { tenant, list, first, next: after });
        }
        answers
    }
}

impl Answer {
    fn of<T>(result: Result<T>, answer: impl FnOnce(T) -> Self) -> Self {
        result.map_or_else(|error| Self::failed(&error), answer)
    }

    fn failed(error: &StoreError) -> Self {
        let text = format!("{error:?}");
        Self::Failed(text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Applied(applied) => applied.fmt(f),
            Self::Leases(leases) => leases.fmt(f),
            Self::Owner(owner) => owner.fmt(f),
            Self::Backlog(backlog) => backlog.fmt(f),
            Self::Failed(kind) => f.write_str(kind),
            Self::Records(records, more) => {
                f.debug_list()
                    .entries(records.iter().map(|record| format!("{record:?} {}", hidden(record))))
                    .finish()?;
                f.write_str(if *more { " and more" } else { "" })
            }
        }
    }
}

/// Of two lists of records the first two that differ, so that a person sees it at once.
fn first_difference(answer: Answer, expected: Answer) -> (Answer, Answer) {
    if let (Answer::Records(these, _), Answer::Records(those, _)) = (&answer, &expected)
        && let Some((this, that)) = these.iter().zip(those).find(|(this, that)| this != that)
    {
        let one = |record: &Record| Answer::Records(vec![record.clone()], false);
        return (one(this), one(that));
    }
    (answer, expected)
}

/// What a record does not show of itself, because it is personal where it is not made up.
fn hidden(record: &Record) -> String {
    match record {
        Record::Contact(contact) => {
            let parts = |identity: &Identity| format!("{} {:?}", identity.kind(), identity.value());
            format!("{:?} {:?}", contact.name, contact.identities.iter().map(parts).collect::<Vec<_>>())
        }
        Record::Message(message) => {
            let wamid = message.wamid.as_ref().map(|wamid| wamid.as_str());
            format!("{wamid:?} {:?} {:?}", message.text, message.body)
        }
        Record::Progress(progress) => format!("{:?}", progress.message.as_str()),
        Record::Failure(failure) => format!("{:?} {:?}", failure.message.as_str(), failure.title),
        Record::DeadLetter(letter) => format!("{:?} {:?}", letter.reason, letter.body),
        Record::IdentityConflict(conflict) => format!("{:?}", conflict.identity.value()),
        Record::Consent(consent) => consent.person.to_hex(),
        Record::Conversation(Conversation { customer, lead, context, .. }) => {
            format!("{customer:?} {lead:?} {context:?}")
        }
        Record::Tag(tag) => format!("{:?}", tag.name),
        Record::Media(media) => format!("{:?}", media.location),
        Record::Agent(agent) => format!("{:?} {:?}", agent.name, agent.skills),
        Record::TemplateVersion(version) => format!("{:?} {:?}", version.definition, version.decided_by),
        Record::Audit(entry) => format!("{:?} {:?} {:?}", entry.subject, entry.actor, entry.detail),
        Record::Job(job) => format!("{:?} {:?}", job.group, job.payload),
        _ => String::new(),
    }
}

fn tenant_id(n: u8) -> TenantId {
    name(n).into()
}

/// The last of some things, or one so many before it.
fn from_the_end<T>(things: &[T], back: usize) -> Option<&T> {
    things.iter().rev().nth(back % things.len().max(1))
}

async fn look(store: &dyn Store, tenant: &TenantId) -> Answer {
    Answer::of(everything(store, tenant).await, |records| Answer::Records(records, false))
}

/// All that a tenant has: what its lists hold, each record as the list and as its key gives it, and what else keys find.
async fn everything(store: &dyn Store, tenant: &TenantId) -> Result<Vec<Record>> {
    let tenant = store.tenant(tenant);
    let mut found = Vec::new();
    for list in List::all() {
        let mut next = None;
        loop {
            let page = tenant.list(list.query(), PageRequest::oldest(3).after(next)).await?;
            found.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
    }
    let mut places = vec![Place::Of(Thing::Tenant { id: 0, name: 0, at: 0 })];
    for n in 0..NAMES {
        places.extend([
            Place::Of(Thing::Progress { wamid: n }),
            Place::Of(Thing::Job { id: n }),
            Place::MessageOf { wamid: n },
            Place::ContactOf { identity: n },
            Place::ActiveConversation { number: n % 2, contact: n / 2 },
            Place::Of(Thing::Media { message: n, state: 0, size: None, at: 0 }),
            Place::TemplateOf { account: 0, name: n % 2, language: n / 2 },
        ]);
    }
    let keys: Vec<Key> = found.iter().map(Record::key).chain(places.iter().map(Place::key)).collect();
    for record in at_once(keys.into_iter().map(|key| tenant.get(key))).await {
        found.extend(record?);
    }
    Ok(found)
}
