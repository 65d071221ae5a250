//! The store: calls of the contract become transactions of redb, and records rows of its tables.
//!
//! Records are kept whole, as a document or key-value database would. What they are found by they tell themselves, and what
//! a change makes of one the change tells: so this store has no rule of the contract in it that could be wrong, and records
//! and changes that are new in the contract fit in.

use async_trait::async_trait;
use redb::{Database, ReadTransaction, ReadableTable, WriteTransaction};
use std::{collections::BTreeMap, error::Error, ops::Bound, path::PathBuf, sync::Arc, time::Duration};
use tokio::task::spawn_blocking;
use whatsapp_business::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Bell, Binding, Change, Changes, Claim, Job, JobEnqueued, JobId, Key, Lease,
        LeaseToken, Mark, Outcome, Page, PageRequest, Query, Record, Result, Store, StoreError, TenantStore,
    },
    time::Timestamp,
};

type Table<K, V> = redb::TableDefinition<'static, K, V>;

/// A tenant and an id or key of theirs. Tenants never meet: all that is theirs is kept by their id first.
type Of = (&'static str, &'static str);

/// A job's place among all, its group, when it is due, and the token and end of its lease.
type Standing = (u64, &'static str, i64, Option<(&'static str, i64)>);

/// By tenant and key: the record as JSON.
const RECORDS: Table<Of, &[u8]> = Table::new("records");
/// By tenant and another key of a record: its own key.
const OTHER_KEYS: Table<Of, &str> = Table::new("other_keys");
/// By tenant, list, and place in it: the key of a record.
const LISTS: Table<(&str, &str, i64, &str), &str> = Table::new("lists");
/// By tenant and mark: until when it holds.
const MARKS: Table<(&str, &[u8; 32]), i64> = Table::new("marks");
/// By tenant and id: where a job stands.
const JOBS: Table<Of, Standing> = Table::new("jobs");
/// The last place that was given to a job.
const LAST_PLACE: Table<(), u64> = Table::new("last_place");
/// By business phone number: its tenant and account.
const NUMBERS: Table<&str, (&str, &str)> = Table::new("numbers");

/// Inside the store any error will do; see [`blocking`].
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Keeps everything in one file of redb. Clones are handles to the same store.
#[derive(Clone, Debug)]
pub(crate) struct RedbStore {
    database: Arc<Database>,
    bell: Bell,
}

impl RedbStore {
    /// Opens the file at `path`, and makes it if there is none.
    pub(crate) async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        blocking(move || Self::over(Database::create(path)?)).await
    }

    pub(crate) fn over(database: Database) -> Fallible<Self> {
        let txn = database.begin_write()?;
        // A reader is refused a table that nobody opened to write.
        txn.open_table(NUMBERS)?;
        txn.open_table(RECORDS)?;
        txn.open_table(OTHER_KEYS)?;
        txn.open_table(LISTS)?;
        txn.open_table(JOBS)?;
        txn.commit()?;
        Ok(Self { database: Arc::new(database), bell: Bell::default() })
    }

    /// Does `work` while no other writes: all of it, on disk when this returns, or none if it fails.
    async fn write<T, W>(&self, wakes: bool, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&WriteTransaction) -> Fallible<T> + Send + 'static,
    {
        let RedbStore { database, bell } = self.clone();
        let commit = move || {
            let txn = database.begin_write()?;
            let done = work(&txn)?;
            txn.commit()?;
            if wakes {
                bell.ring();
            }
            Ok(done)
        };
        blocking(commit).await
    }
}

/// Waits for the disk on a thread where nothing else waits. If the caller goes away the work comes to its end there all the
/// same: no transaction is left open. Errors become those of the contract.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Fallible<T> + Send + 'static) -> Result<T> {
    let done = spawn_blocking(work).await.map_err(|lost| StoreError::unavailable("a thread ended", lost))?;
    done.map_err(|error| match error.downcast() {
        Ok(known) => *known,
        Err(other) => StoreError::Unavailable { what: "redb failed", source: Some(other.into()) },
    })
}

#[async_trait]
impl Store for RedbStore {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(RedbTenant { store: self.clone(), tenant: id.clone() })
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        let (number, account, tenant) = (number.clone(), account.clone(), tenant.clone());
        let bind = move |txn: &WriteTransaction| {
            let mut numbers = txn.open_table(NUMBERS)?;
            let bound = numbers.insert(number.as_str(), (tenant.as_str(), account.as_str()))?;
            if bound.is_some_and(|bound| bound.value().0 != tenant.as_str()) {
                return Err(StoreError::NotUnique("phone number").into());
            }
            Ok(())
        };
        self.write(false, bind).await
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        let (database, number) = (self.database.clone(), number.clone());
        let find = move || {
            let bound = database.begin_read()?.open_table(NUMBERS)?.get(number.as_str())?;
            Ok(bound.map(|bound| Binding::new(bound.value().0.into(), bound.value().1.into())))
        };
        blocking(find).await
    }

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        let (database, account) = (self.database.clone(), account.clone());
        let find = move || {
            let mut numbers = Vec::new();
            for bound in database.begin_read()?.open_table(NUMBERS)?.iter()? {
                let (number, binding) = bound?;
                if binding.value().1 == account.as_str() {
                    numbers.push((number.value().into(), binding.value().0.into()));
                }
            }
            Ok(numbers)
        };
        blocking(find).await
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        self.write(false, move |txn| claim(txn, &request)).await
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        let lease = lease.clone();
        let extend = move |txn: &WriteTransaction| {
            let batch = Batch { txn, tenant: &lease.tenant };
            let (job, place) = batch.held(&lease)?.ok_or(StoreError::LeaseLost)?;
            batch.queue(&job, place, Some((&lease.token, until)))
        };
        self.write(false, extend).await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        let lease = lease.clone();
        let wakes = changes.enqueues() || outcome.keeps_job();
        let finish = move |txn: &WriteTransaction| {
            let batch = Batch { txn, tenant: &lease.tenant };
            let held = batch.held(&lease)?.ok_or(StoreError::LeaseLost)?;
            let applied = batch.apply(changes)?;
            // Unless the changes removed the job.
            if batch.held(&lease)?.as_ref() == Some(&held) {
                match outcome.apply_to(held.0.clone()) {
                    Some(job) => batch.queue(&job, held.1, None)?,
                    None => batch.set(Some(&held.0.into()), None)?,
                }
            }
            Ok(applied)
        };
        self.write(wakes, finish).await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        let database = self.database.clone();
        let count = move || {
            let mut backlog = Backlog::default();
            for row in database.begin_read()?.open_table(JOBS)?.iter()? {
                let row = row?.1;
                let (_, _, due, lease) = row.value();
                let until = lease.map(|(_, until)| Timestamp::from_millis(until));
                backlog.add(now, Timestamp::from_millis(due), until);
            }
            Ok(backlog)
        };
        blocking(count).await
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        self.bell.listen()
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
        let (database, tenant) = (self.store.database.clone(), self.tenant.clone());
        let find = move || {
            let txn = database.begin_read()?;
            get(&txn.open_table(RECORDS)?, &txn.open_table(OTHER_KEYS)?, &tenant, &key)
        };
        blocking(find).await
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        let (database, tenant) = (self.store.database.clone(), self.tenant.clone());
        blocking(move || list(&database.begin_read()?, &tenant, &query, &page)).await
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        let (tenant, wakes) = (self.tenant.clone(), changes.enqueues());
        self.store.write(wakes, move |txn| Batch { txn, tenant: &tenant }.apply(changes)).await
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
    txn: &ReadTransaction,
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
    let (lists, records) = (txn.open_table(LISTS)?, txn.open_table(RECORDS)?);
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

fn text(key: &impl serde::Serialize) -> Fallible<String> {
    Ok(serde_json::to_string(key)?)
}

fn read(json: &[u8]) -> Fallible<Record> {
    serde_json::from_slice(json).map_err(|_| StoreError::Corrupt("record").into())
}

/// A transaction on the data of one tenant. It is given up if anything fails, so nothing is taken back here.
struct Batch<'a> {
    txn: &'a WriteTransaction,
    tenant: &'a TenantId,
}

impl Batch<'_> {
    /// Makes all of `changes`.
    fn apply(&self, changes: Changes) -> Fallible<Applied> {
        changes.check(self.tenant)?;
        let now = changes.now();
        for change in changes.list() {
            let Change::Once { key, .. } = change else { continue };
            if self.marked_until(*key)? > Some(now.as_millis()) {
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
            let mut last = self.txn.open_table(LAST_PLACE)?;
            let place = last.get(())?.map_or(0, |last| last.value() + 1);
            last.insert((), place)?;
            return self.queue(job, place, lease.as_ref().map(|(token, until)| (token, *until)));
        }
        self.set(before.as_ref(), after.as_ref())
    }

    fn get(&self, key: &Key) -> Fallible<Option<Record>> {
        let records = self.txn.open_table(RECORDS)?;
        get(&records, &self.txn.open_table(OTHER_KEYS)?, self.tenant, key)
    }

    /// Puts `after` in the place of `before`, with all by which they are found.
    fn set(&self, before: Option<&Record>, after: Option<&Record>) -> Fallible<()> {
        let (tenant, mut records) = (self.tenant.as_str(), self.txn.open_table(RECORDS)?);
        let mut others = self.txn.open_table(OTHER_KEYS)?;
        let mut lists = self.txn.open_table(LISTS)?;
        if let Some(record) = before {
            records.remove((tenant, &*text(&record.key())?))?;
            for other in record.other_keys() {
                others.remove((tenant, &*text(&other)?))?;
            }
            for list in record.lists() {
                let (at, id) = record.order(&list);
                lists.remove((tenant, &*text(&list)?, at.as_millis(), &*id))?;
            }
            if let Record::Job(job) = record {
                self.txn.open_table(JOBS)?.remove((tenant, job.id.as_str()))?;
            }
        }
        if let Some(record) = after {
            let key = text(&record.key())?;
            records.insert((tenant, &*key), &*serde_json::to_vec(record)?)?;
            for other in record.other_keys() {
                if others.insert((tenant, &*text(&other)?), &*key)?.is_some() {
                    return Err(StoreError::NotUnique(other.name()).into());
                }
            }
            for list in record.lists() {
                let (at, id) = record.order(&list);
                lists.insert((tenant, &*text(&list)?, at.as_millis(), &*id), &*key)?;
            }
        }
        Ok(())
    }

    fn marked_until(&self, mark: Mark) -> Fallible<Option<i64>> {
        let marks = self.txn.open_table(MARKS)?;
        Ok(marks.get((self.tenant.as_str(), mark.as_bytes()))?.map(|until| until.value()))
    }

    fn mark(&self, mark: Mark, keep_until: Timestamp, now: Timestamp) -> Fallible<()> {
        let (tenant, keep_until) = (self.tenant.as_str(), keep_until.as_millis());
        let until = self.marked_until(mark)?.map_or(keep_until, |until| until.max(keep_until));
        let mut marks = self.txn.open_table(MARKS)?;
        marks.insert((tenant, mark.as_bytes()), until)?;
        // Marks are digests, so those behind a new one are a sample of all. What is long over of it is forgotten: then about
        // an eighth of all is over, and no batch waits for many. The hour is for callers whose clock is behind.
        let mut over = Vec::new();
        for row in marks.range((tenant, mark.as_bytes())..=(tenant, &[u8::MAX; 32]))?.take(8) {
            let (key, until) = row?;
            if until.value() < (now - Duration::from_secs(3600)).as_millis() {
                over.push(*key.value().1);
            }
        }
        for mark in over {
            marks.remove((tenant, &mark))?;
        }
        Ok(())
    }

    /// Writes a job with its place and its lease.
    fn queue(&self, job: &Job, place: u64, lease: Option<(&LeaseToken, Timestamp)>) -> Fallible<()> {
        let lease = lease.map(|(token, until)| (token.as_str(), until.as_millis()));
        let row = (place, &*job.group, job.due.as_millis(), lease);
        self.txn.open_table(JOBS)?.insert((self.tenant.as_str(), job.id.as_str()), row)?;
        self.set(None, Some(&job.clone().into()))
    }

    fn job(&self, id: &JobId) -> Fallible<Job> {
        let record = self.get(&Key::Job(id.clone()))?;
        Ok(record.and_then(|record| record.try_into().ok()).ok_or(StoreError::Corrupt("job"))?)
    }

    /// The job that `lease` is still good for, and its place.
    fn held(&self, lease: &Lease) -> Fallible<Option<(Job, u64)>> {
        let jobs = self.txn.open_table(JOBS)?;
        let row = jobs.get((self.tenant.as_str(), lease.job.id.as_str()))?;
        let row = row.as_ref().map(|row| row.value());
        let held = row.filter(|(.., held)| held.is_some_and(|(token, _)| token == lease.token.as_str()));
        held.map(|(place, ..)| Ok((self.job(&lease.job.id)?, place))).transpose()
    }
}

/// Leases the due heads of groups in which nobody works. It looks at every job: a store of many would keep an index of the
/// heads, as `SqliteStore` does.
fn claim(txn: &WriteTransaction, claim: &Claim) -> Fallible<Vec<Lease>> {
    let (now, until) = (claim.now().as_millis(), claim.until());
    let (mut heads, mut held) = (BTreeMap::new(), BTreeMap::new());
    for row in txn.open_table(JOBS)?.iter()? {
        let (key, row) = row?;
        let ((tenant, id), (place, group, due, lease)) = (key.value(), row.value());
        let (group, job) = ((tenant.to_owned(), group.to_owned()), (place, due, JobId::from(id)));
        if let Some((_, until)) = lease.filter(|(_, until)| *until > now) {
            held.insert(group.clone(), until);
        }
        let head = heads.entry(group).or_insert_with(|| job.clone());
        *head = job.min(head.clone());
    }
    heads.retain(|group, (_, due, _)| *due <= now && !held.contains_key(group));
    let mut heads: Vec<_> = heads.into_iter().collect();
    heads.sort_by_key(|(_, (place, due, _))| (*due, *place));
    let mut leases = Vec::new();
    for ((tenant, _), (place, _, id)) in heads.into_iter().take(claim.max()) {
        let tenant = tenant.into();
        let batch = Batch { txn, tenant: &tenant };
        let mut job = batch.job(&id)?;
        job.attempts = job.attempts.saturating_add(1);
        batch.queue(&job, place, Some((claim.token(), until)))?;
        leases.push(Lease::new(tenant, job, claim.token().clone(), until));
    }
    Ok(leases)
}
