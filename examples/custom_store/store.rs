//! The store: calls of the contract become transactions of redb, and records rows of its tables.
//!
//! Records are kept whole, as a document or key-value database would. What they are found by they tell themselves, and what
//! a change makes of one the change tells: so this store has no rule of the contract in it that could be wrong, and records
//! and changes that are new in the contract fit in.

use async_trait::async_trait;
use redb::{Database, ReadTransaction, ReadableTable, WriteTransaction};
use serde::Serialize;
use std::{collections::BTreeMap, error::Error, ops::Bound, path::PathBuf, sync::Arc, time::Duration};
use tokio::task::spawn_blocking;
use whatsapp_business::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Binding, Change, Changes, Claim, Job, JobId, Key, Lease, LeaseToken, Mark, Outcome, Page,
        PageRequest, Query, Record, Result, Store, StoreError, TenantStore,
    },
    time::Timestamp,
};

type Table<K, V> = redb::TableDefinition<'static, K, V>;

/// A tenant and an id or key of theirs. Tenants never meet: all that is theirs is kept by their id first.
type Of = (&'static str, &'static str);

/// By tenant and key: the record as JSON.
const RECORDS: Table<Of, &[u8]> = Table::new("records");
/// By tenant and another key of a record: its own key.
const OTHER_KEYS: Table<Of, &str> = Table::new("other_keys");
/// By tenant, list, and place in it: the key of a record.
const LISTS: Table<(&str, &str, i64, &str), &str> = Table::new("lists");
/// By tenant and mark: until when it holds.
const MARKS: Table<(&str, &[u8; 32]), i64> = Table::new("marks");
/// By tenant and id: a job's place among all, its group, when it is due, and the token and end of its lease.
const JOBS: Table<Of, (u64, &str, i64, Option<(&str, i64)>)> = Table::new("jobs");
/// The last place that was given to a job.
const LAST_PLACE: Table<(), u64> = Table::new("last_place");
/// By business phone number: its tenant and account.
const NUMBERS: Table<&str, (&str, &str)> = Table::new("numbers");

/// Inside the store any error will do; see [`told`].
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Keeps everything in one file of redb. Clones are handles to the same store.
#[derive(Clone, Debug)]
pub(crate) struct RedbStore {
    database: Arc<Database>,
}

impl RedbStore {
    /// Opens the file at `path`, and makes it if there is none.
    pub(crate) async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        blocking(move || Self::over(Database::create(path)?)).await
    }

    pub(crate) fn over(database: Database) -> Fallible<Self> {
        let transaction = database.begin_write()?;
        // A reader is refused a table that nobody opened to write.
        transaction.open_table(NUMBERS)?;
        transaction.open_table(RECORDS)?;
        transaction.open_table(OTHER_KEYS)?;
        transaction.open_table(LISTS)?;
        transaction.commit()?;
        Ok(Self { database: Arc::new(database) })
    }

    async fn read<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&ReadTransaction) -> Fallible<T> + Send + 'static,
    {
        let database = self.database.clone();
        blocking(move || work(&database.begin_read()?)).await
    }

    /// Does `work` while no other writes: all of it, on disk when this returns, or none if it fails.
    async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&WriteTransaction) -> Fallible<T> + Send + 'static,
    {
        let database = self.database.clone();
        let commit = move || {
            let transaction = database.begin_write()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        blocking(commit).await
    }
}

/// Waits for the disk on a thread where nothing else waits. A caller who goes away leaves no transaction open: the work
/// comes to its end there all the same.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Fallible<T> + Send + 'static) -> Result<T> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| StoreError::unavailable("the work was given up", error))?.map_err(told)
}

/// An error in the words of the contract.
fn told(error: Box<dyn Error + Send + Sync>) -> StoreError {
    match error.downcast() {
        Ok(known) => *known,
        Err(other) => StoreError::Unavailable { what: "redb failed", source: Some(other.into()) },
    }
}

#[async_trait]
impl Store for RedbStore {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(RedbTenant { store: self.clone(), tenant: id.clone() })
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        let (number, account, tenant) = (number.clone(), account.clone(), tenant.clone());
        let bind = move |transaction: &WriteTransaction| {
            let mut numbers = transaction.open_table(NUMBERS)?;
            let bound = numbers.insert(number.as_str(), (tenant.as_str(), account.as_str()))?;
            if bound.is_some_and(|bound| bound.value().0 != tenant.as_str()) {
                return Err(StoreError::NotUnique("phone number").into());
            }
            Ok(())
        };
        self.write(bind).await
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        let number = number.clone();
        let find = move |transaction: &ReadTransaction| {
            let bound = transaction.open_table(NUMBERS)?.get(number.as_str())?;
            Ok(bound.map(|bound| Binding::new(bound.value().0.into(), bound.value().1.into())))
        };
        self.read(find).await
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        self.write(move |transaction| claim(transaction, &request)).await
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        let lease = lease.clone();
        self.write(move |transaction| Batch { transaction, tenant: &lease.tenant }.extend(&lease, until))
            .await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        let lease = lease.clone();
        let finish = move |transaction: &WriteTransaction| {
            let batch = Batch { transaction, tenant: &lease.tenant };
            let held = batch.held(&lease)?.ok_or(StoreError::LeaseLost)?;
            let applied = batch.apply(changes)?;
            batch.settle(&lease, held, outcome)?;
            Ok(applied)
        };
        self.write(finish).await
    }
}

/// The data of one tenant.
#[derive(Debug)]
struct RedbTenant {
    store: RedbStore,
    tenant: TenantId,
}

#[async_trait]
impl TenantStore for RedbTenant {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        let tenant = self.tenant.clone();
        let get = move |transaction: &ReadTransaction| {
            let (records, others) = (transaction.open_table(RECORDS)?, transaction.open_table(OTHER_KEYS)?);
            get(&records, &others, &tenant, &key)
        };
        self.store.read(get).await
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        let tenant = self.tenant.clone();
        self.store.read(move |transaction| list(transaction, &tenant, &query, &page)).await
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        let tenant = self.tenant.clone();
        self.store.write(move |transaction| Batch { transaction, tenant: &tenant }.apply(changes)).await
    }
}

/// The record at `key`, which may be another than its own.
fn get(
    records: &impl ReadableTable<Of, &'static [u8]>,
    others: &impl ReadableTable<Of, &'static str>,
    tenant: &TenantId,
    key: &Key,
) -> Fallible<Option<Record>> {
    let (tenant, key) = (tenant.as_str(), text(key)?);
    let own = others.get((tenant, &*key))?;
    let key = own.as_ref().map_or(&*key, |own| own.value());
    records.get((tenant, key))?.map(|json| read(json.value())).transpose()
}

/// A page of a list, which is a stretch of its table on one side of the cursor.
fn list(
    transaction: &ReadTransaction,
    tenant: &TenantId,
    query: &Query,
    page: &PageRequest,
) -> Fallible<Page<Record>> {
    let (name, list, after) = (tenant.as_str(), text(query)?, page.position(tenant, query)?);
    // No list comes between: the character does not stand in JSON.
    let behind = format!("{list}\0");
    let mut start = Bound::Included((name, &*list, i64::MIN, ""));
    let mut end = Bound::Excluded((name, &*behind, i64::MIN, ""));
    if let Some((at, id)) = &after {
        let side = if page.is_oldest_first() { &mut start } else { &mut end };
        *side = Bound::Excluded((name, &*list, at.as_millis(), id));
    }
    let (lists, records) = (transaction.open_table(LISTS)?, transaction.open_table(RECORDS)?);
    let mut stretch = lists.range((start, end))?;
    let mut found = Vec::new();
    while found.len() <= page.limit() {
        let next = if page.is_oldest_first() { stretch.next() } else { stretch.next_back() };
        let Some(row) = next else { break };
        let json = records.get((name, row?.1.value()))?.ok_or(StoreError::Corrupt("list"))?;
        found.push(read(json.value())?);
    }
    Ok(Page::cut(found, tenant, query, page))
}

fn text(key: &impl Serialize) -> Fallible<String> {
    Ok(serde_json::to_string(key)?)
}

fn read(json: &[u8]) -> Fallible<Record> {
    serde_json::from_slice(json).map_err(|_| StoreError::Corrupt("record").into())
}

/// A transaction on the data of one tenant. It is given up if anything fails, so nothing is taken back here.
struct Batch<'a> {
    transaction: &'a WriteTransaction,
    tenant: &'a TenantId,
}

impl Batch<'_> {
    /// Makes all of `changes`.
    fn apply(&self, changes: Changes) -> Fallible<Applied> {
        changes.check(self.tenant)?;
        let now = changes.now();
        for change in changes.list() {
            if let Change::Once { key, .. } = change
                && self.marked_until(*key)? > Some(now.as_millis())
            {
                return Ok(Applied::Duplicate);
            }
        }
        for change in changes.into_list() {
            match change {
                Change::Once { key, keep_until } => self.mark(key, keep_until, now)?,
                change => self.change_record(change)?,
            }
        }
        Ok(Applied::Done)
    }

    fn change_record(&self, change: Change) -> Fallible<()> {
        let key = change.key().ok_or(StoreError::Refused("a change that it does not know"))?;
        let lease = if let Change::Enqueue(_, lease) = &change { lease.clone() } else { None };
        let before = self.get(&key)?;
        let after = change.apply_to(before.as_ref())?;
        if let (None, Some(Record::Job(job))) = (&before, &after) {
            let mut last = self.transaction.open_table(LAST_PLACE)?;
            let place = last.get(())?.map_or(0, |last| last.value() + 1);
            last.insert((), place)?;
            return self.queue(job, place, lease);
        }
        self.set(before.as_ref(), after.as_ref())
    }

    fn get(&self, key: &Key) -> Fallible<Option<Record>> {
        let records = self.transaction.open_table(RECORDS)?;
        get(&records, &self.transaction.open_table(OTHER_KEYS)?, self.tenant, key)
    }

    /// Puts `after` in the place of `before`, with all by which they are found.
    fn set(&self, before: Option<&Record>, after: Option<&Record>) -> Fallible<()> {
        let (tenant, mut records) = (self.tenant.as_str(), self.transaction.open_table(RECORDS)?);
        let mut others = self.transaction.open_table(OTHER_KEYS)?;
        let mut lists = self.transaction.open_table(LISTS)?;
        if let Some(record) = before {
            let (at, id) = record.order();
            records.remove((tenant, &*text(&record.key())?))?;
            for other in record.other_keys() {
                others.remove((tenant, &*text(&other)?))?;
            }
            for list in record.lists() {
                lists.remove((tenant, &*text(&list)?, at.as_millis(), &*id))?;
            }
            if let Record::Job(job) = record {
                self.transaction.open_table(JOBS)?.remove((tenant, job.id.as_str()))?;
            }
        }
        if let Some(record) = after {
            let ((at, id), key) = (record.order(), text(&record.key())?);
            records.insert((tenant, &*key), &*serde_json::to_vec(record)?)?;
            for other in record.other_keys() {
                if others.insert((tenant, &*text(&other)?), &*key)?.is_some() {
                    return Err(StoreError::NotUnique(other.name()).into());
                }
            }
            for list in record.lists() {
                lists.insert((tenant, &*text(&list)?, at.as_millis(), &*id), &*key)?;
            }
        }
        Ok(())
    }

    fn marked_until(&self, mark: Mark) -> Fallible<Option<i64>> {
        let marks = self.transaction.open_table(MARKS)?;
        Ok(marks.get((self.tenant.as_str(), mark.as_bytes()))?.map(|until| until.value()))
    }

    fn mark(&self, mark: Mark, keep_until: Timestamp, now: Timestamp) -> Fallible<()> {
        let (tenant, keep_until) = (self.tenant.as_str(), keep_until.as_millis());
        let until = self.marked_until(mark)?.map_or(keep_until, |until| until.max(keep_until));
        let mut marks = self.transaction.open_table(MARKS)?;
        marks.insert((tenant, mark.as_bytes()), until)?;
        // Marks are digests, so those behind a new one are a sample of all. What is long over of it is forgotten: then about
        // an eighth of all is over, and no batch waits for many. The hour is for callers whose clock is behind.
        let long_over = (now - Duration::from_secs(3600)).as_millis();
        let sample = marks.range((tenant, mark.as_bytes())..=(tenant, &[u8::MAX; 32]))?.take(8);
        let mut over = Vec::new();
        for row in sample {
            let (key, until) = row?;
            if until.value() < long_over {
                over.push(*key.value().1);
            }
        }
        for mark in over {
            marks.remove((tenant, &mark))?;
        }
        Ok(())
    }

    /// Writes a job with its place and its lease.
    fn queue(&self, job: &Job, place: u64, lease: Option<(LeaseToken, Timestamp)>) -> Fallible<()> {
        let lease = lease.as_ref().map(|(token, until)| (token.as_str(), until.as_millis()));
        let row = (place, &*job.group, job.due.as_millis(), lease);
        self.transaction.open_table(JOBS)?.insert((self.tenant.as_str(), job.id.as_str()), row)?;
        self.set(None, Some(&job.clone().into()))
    }

    fn job(&self, id: &JobId) -> Fallible<Job> {
        let record = self.get(&Key::Job(id.clone()))?;
        Ok(record.and_then(|record| record.try_into().ok()).ok_or(StoreError::Corrupt("job"))?)
    }

    /// The job that `lease` is still good for, and its place.
    fn held(&self, lease: &Lease) -> Fallible<Option<(Job, u64)>> {
        let jobs = self.transaction.open_table(JOBS)?;
        let row = jobs.get((self.tenant.as_str(), lease.job.id.as_str()))?;
        match row.as_ref().map(|row| row.value()) {
            Some((place, .., Some((token, _)))) if token == lease.token.as_str() => {
                Ok(Some((self.job(&lease.job.id)?, place)))
            }
            _ => Ok(None),
        }
    }

    fn extend(&self, lease: &Lease, until: Timestamp) -> Fallible<()> {
        let (job, place) = self.held(lease)?.ok_or(StoreError::LeaseLost)?;
        self.queue(&job, place, Some((lease.token.clone(), until)))
    }

    /// Ends a lease, unless the changes that were made under it removed the job.
    fn settle(&self, lease: &Lease, held: (Job, u64), outcome: Outcome) -> Fallible<()> {
        if self.held(lease)?.as_ref() != Some(&held) {
            return Ok(());
        }
        let (job, place) = held;
        match outcome.apply_to(job.clone()) {
            Some(job) => self.queue(&job, place, None),
            None => self.set(Some(&job.into()), None),
        }
    }
}

/// Leases the due heads of groups in which nobody works.
///
/// It looks at every job. A store of many would keep an index of the heads, as `SqliteStore` does.
fn claim(transaction: &WriteTransaction, claim: &Claim) -> Fallible<Vec<Lease>> {
    let (now, until) = (claim.now().as_millis(), claim.until());
    let mut groups = BTreeMap::new();
    for row in transaction.open_table(JOBS)?.iter()? {
        let (key, row) = row?;
        let ((tenant, id), (place, group, due, lease)) = (key.value(), row.value());
        let group =
            groups.entry((tenant.to_owned(), group.to_owned())).or_insert((place, due, id.into(), false));
        if place < group.0 {
            (group.0, group.1, group.2) = (place, due, id.into());
        }
        group.3 |= lease.is_some_and(|(_, until)| until > now);
    }
    let free = groups.into_iter().filter(|(_, (_, due, _, busy))| *due <= now && !busy);
    let mut heads: Vec<_> = free.map(|((tenant, _), (place, due, id, _))| (due, place, tenant, id)).collect();
    heads.sort_unstable();
    let mut leases = Vec::new();
    for (_, place, tenant, id) in heads.into_iter().take(claim.max()) {
        let tenant = tenant.into();
        let batch = Batch { transaction, tenant: &tenant };
        let mut job = batch.job(&id)?;
        job.attempts = job.attempts.saturating_add(1);
        batch.queue(&job, place, Some((claim.token().clone(), until)))?;
        leases.push(Lease::new(tenant, job, claim.token().clone(), until));
    }
    Ok(leases)
}
