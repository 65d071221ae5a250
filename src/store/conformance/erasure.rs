//! Export, erasure and retention, which every store has by its contract: nothing of a person is left over, and nothing of
//! anybody else is touched.

use super::{acme, at, batch, job, make};
use crate::store::{
    Applied, AuditEntry, Change, Changes, Consent, Contact, ContactId, Conversation, ConversationId,
    ConversationState, ConversationTime, DeadLetter, DeliveryFailure, Direction, Erased, Fact, Forgotten,
    Identity, IdentityConflict, Key, Page, PageRequest, PersonHash, Purpose, Query, Record, Result,
    SendState, Sending, Store, StoreError, StoredMedia, StoredMessage, Subject, SubjectKind, Tag,
    TenantStore, TenantStoreExt,
};
use async_trait::async_trait;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Messages that a person has from us in each conversation: with their progress, more than one batch.
const SENT: usize = 60;

/// Writes a person of whom there is everything, under ids that begin with `name`: a contact that another was merged into, to
/// which the same had happened.
async fn person(tenant: &Arc<dyn TenantStore>, name: &str, phone: &str) -> ContactId {
    let identities = [Identity::Phone(phone.into()), Identity::UserId(format!("US.{phone}").into())];
    let conflict = |holder: &str, claimant: &str| {
        IdentityConflict::new(Identity::Phone(phone.into()), holder, claimant, at(1))
    };
    let letter = format!(r#"{{"from":"{phone}","type":"hologram"}}"#);
    let merged = |id: &str, into: &str| {
        let mut merged = Contact::new(id, [], at(0));
        merged.merged_into = Some(into.into());
        merged
    };
    let (former, first) = (format!("{name} formerly"), format!("{name} at first"));
    let queued = job(&format!("{name} job"), &format!("send:{name}"), 5).payload(format!("{name} open 0"));
    make(
        tenant,
        batch()
            .insert(Contact::new(name, identities, at(0)))
            .insert(conflict(name, "somebody"))
            .insert(conflict("somebody", name))
            .insert(conflict(&former, "somebody"))
            .insert(DeadLetter::new(format!("{name} letter"), at(3), "odd", letter))
            .insert(Consent::withdrawn(hash(phone), Purpose::Marketing, at(2)))
            .insert(entry(&format!("{name} entry"), Subject::new(SubjectKind::Contact, name)))
            .insert(merged(&former, name))
            .insert(merged(&first, &former))
            .insert(entry(&format!("{former} entry"), Subject::new(SubjectKind::Contact, former)))
            .insert(entry(&format!("{first} entry"), Subject::new(SubjectKind::Contact, first)))
            .with(Change::Enqueue(queued, None)),
    )
    .await;
    for (state, label) in [(ConversationState::Closed, "closed"), (ConversationState::Active, "open")] {
        let mut conversation = Conversation::new(format!("{name} {label}"), "number", name, at(0));
        conversation.state = state;
        make(tenant, batch().insert(conversation)).await;
        for n in 0..SENT {
            make(tenant, sent(&format!("{name} {label}"), n)).await;
        }
        let said = heard(&format!("{name} {label}"), 0);
        let file = StoredMedia::new(said.id.as_str(), "media", at(2));
        let (of, note) = (format!("{name} {label}"), format!("{name} {label} note"));
        let tag = Tag::new(of.as_str(), "vip", at(4));
        let note = entry(&note, Subject::new(SubjectKind::Conversation, of));
        make(tenant, batch().insert(said).insert(file).insert(tag).insert(note)).await;
    }
    name.into()
}

fn entry(id: &str, subject: Subject) -> AuditEntry {
    AuditEntry::new(id, at(4), subject, "agent", "note").detail("Call back.")
}

/// A message that was sent, with what is known of its way.
fn sent(conversation: &str, n: usize) -> Changes {
    let (id, wamid) = (format!("{conversation} {n}"), format!("wamid.{conversation}.{n}"));
    let second = i64::try_from(n).unwrap();
    let mut message = StoredMessage::new(
        id,
        conversation,
        Direction::Outbound,
        at(second),
        "text",
        *b"{\"body\":\"Hello\"}",
    );
    message.wamid = Some(wamid.as_str().into());
    let mut sending = Sending::queued();
    sending.state = SendState::Accepted;
    message.sending = Some(sending);
    let failures = [1, 2].map(|code| DeliveryFailure::new(wamid.as_str(), at(second), code, "no"));
    let [first, second_failure] = failures;
    batch().insert(message).earliest(wamid, Fact::Sent, at(second)).insert(first).insert(second_failure)
}

/// A message from the person.
fn heard(conversation: &str, n: usize) -> StoredMessage {
    let id = format!("{conversation} heard {n}");
    let mut message = StoredMessage::new(&id, conversation, Direction::Inbound, at(2), "text", *b"{}");
    message.wamid = Some(format!("wamid.{id}").into());
    message
}

fn hash(phone: &str) -> PersonHash {
    let mut bytes = [0; 32];
    for (byte, digit) in bytes.iter_mut().zip(phone.bytes()) {
        *byte = digit;
    }
    PersonHash::from_bytes(bytes)
}

/// Every record of a tenant that a list tells, with the progress of the messages in `wamids`.
async fn everything(tenant: &Arc<dyn TenantStore>, names: &[&str]) -> Vec<Record> {
    let mut all = Vec::new();
    for query in [
        Query::Contacts,
        Query::Conversations,
        Query::AllMessages,
        Query::DeadLetters,
        Query::IdentityConflicts,
        Query::Consents,
        Query::Audit,
        Query::Tagged("vip".to_owned()),
    ] {
        all.extend(list(tenant, query).await);
    }
    for name in names {
        for label in ["open", "closed"] {
            let message = format!("{name} {label} heard 0");
            all.extend(tenant.get(Key::Media(message.into())).await.unwrap());
        }
        for n in 0..SENT {
            for label in ["open", "closed"] {
                let wamid = format!("wamid.{name} {label}.{n}");
                all.extend(tenant.get(Key::Progress(wamid.as_str().into())).await.unwrap());
                all.extend(list(tenant, Query::Failures(wamid.into())).await);
            }
        }
    }
    all
}

async fn list(tenant: &Arc<dyn TenantStore>, query: Query) -> Vec<Record> {
    let (mut all, mut next) = (Vec::new(), None);
    loop {
        let page = tenant.list(query.clone(), PageRequest::oldest(PageRequest::MAX_LIMIT).after(next)).await;
        let page: Page<Record> = page.unwrap();
        all.extend(page.items);
        next = page.next;
        if next.is_none() {
            return all;
        }
    }
}

/// Asserts that the records are the same, without showing all of them.
fn assert_same(left: &[Record], before: &[Record], when: &str) {
    let only = |some: &[Record], others: &[Record]| {
        some.iter().filter(|record| !others.contains(record)).map(Record::key).take(5).collect::<Vec<_>>()
    };
    let (more, fewer) = (only(left, before), only(before, left));
    assert!(more.is_empty() && fewer.is_empty(), "{when}: left over {more:?}, lost {fewer:?}");
}

/// What an erasure of such a person counts.
fn whole() -> (bool, [usize; 9]) {
    (true, [2, 2 * SENT + 2, 2 * SENT, 4 * SENT, 3, 1, 2, 2, 5])
}

fn counts(erased: Erased) -> (bool, [usize; 9]) {
    let Erased {
        contact,
        conversations,
        messages,
        progress,
        failures,
        conflicts,
        dead_letters,
        tags,
        media,
        audit,
    } = erased;
    (contact, [conversations, messages, progress, failures, conflicts, dead_letters, tags, media, audit])
}

/// An export holds each record of a person once, and none of anybody else.
pub async fn an_export_holds_everything_of_a_person_once(store: &dyn Store) {
    let acme = acme(store);
    let ana = person(&acme, "ana", "14155550100").await;
    let alone = everything(&acme, &["ana"]).await;
    person(&acme, "bia", "5511912345678").await;
    let (mut exported, mut export) = (Vec::new(), acme.export(&ana));
    while let Some(records) = export.next().await.unwrap() {
        assert!(!records.is_empty() && records.len() < 500, "{} at once", records.len());
        exported.extend(records);
    }
    assert!(export.next().await.unwrap().is_none());
    let mut expected: Vec<Key> = alone
        .iter()
        .filter(|record| !matches!(record, Record::DeadLetter(_) | Record::Consent(_)))
        .map(Record::key)
        .collect();
    let mut keys: Vec<Key> = exported.iter().map(Record::key).collect();
    expected.sort();
    keys.sort();
    assert!(keys == expected, "{} of {} records", keys.len(), expected.len());
    assert!(acme.export(&"nobody".into()).next().await.unwrap().is_none());
}

/// An erasure removes all records of a person and counts them; marks and consents stay, and so does all of anybody else.
pub async fn an_erasure_removes_everything_of_a_person_and_nothing_else(store: &dyn Store) {
    let (acme, globex) = (acme(store), store.tenant(&"globex".into()));
    let near = DeadLetter::new("near", at(0), "odd", *b"\"9114155550100\" 141555501001");
    make(&acme, batch().insert(near)).await;
    person(&globex, "ana", "14155550100").await;
    person(&acme, "bia", "5511912345678").await;
    let before = everything(&acme, &["ana", "bia"]).await;
    let ana = person(&acme, "ana", "14155550100").await;
    make(&acme, batch().once("msg:wamid.ana", at(100))).await;
    let consent = acme.consent(&hash("14155550100"), &Purpose::Marketing).await.unwrap();
    let elsewhere = everything(&globex, &["ana"]).await;

    assert_eq!(counts(acme.erase(&ana, at(50)).await.unwrap()), whole());
    let mut left = everything(&acme, &["ana", "bia"]).await;
    left.retain(|record| record.key() != Key::Consent(hash("14155550100"), Purpose::Marketing));
    assert_same(&left, &before, "after it");
    assert!(consent.is_some());
    assert_eq!(acme.consent(&hash("14155550100"), &Purpose::Marketing).await.unwrap(), consent);
    assert_same(&everything(&globex, &["ana"]).await, &elsewhere, "elsewhere");
    let again = batch().once("msg:wamid.ana", at(100)).insert(heard("ana open", 0));
    assert_eq!(acme.apply(again).await.unwrap(), Applied::Duplicate);
    assert_eq!(acme.erase(&ana, at(50)).await.unwrap(), Erased::default());
}

/// An erasure that was interrupted behind or before any of its batches is brought to its end by another.
pub async fn an_interrupted_erasure_is_brought_to_its_end_by_another(store: &dyn Store) {
    let acme = acme(store);
    person(&acme, "bia", "5511912345678").await;
    let before = everything(&acme, &["ana", "bia"]).await;
    for batches in 0.. {
        let mut finished = 0;
        for is_made in [false, true] {
            let ana = person(&acme, "ana", "14155550100").await;
            let failing: Arc<dyn TenantStore> = Arc::new(Failing::new(acme.clone(), batches, is_made));
            let first = failing.erase(&ana, at(50)).await;
            finished += usize::from(first.is_ok());
            assert!(first.is_ok() || acme.contact(&ana).await.unwrap().is_some() || is_made);
            let _ = acme.erase(&ana, at(50)).await.unwrap();
            for key in [Key::Consent(hash("14155550100"), Purpose::Marketing), Key::Job("ana job".into())] {
                make(&acme, batch().with(Change::Delete(key, 1))).await;
            }
            let when = format!("interrupted at batch {batches}, made: {is_made}");
            assert_same(&everything(&acme, &["ana", "bia"]).await, &before, &when);
        }
        if finished == 2 {
            assert!(batches > 4, "an erasure of {batches} batches is not one of many");
            return;
        }
    }
}

/// What arrives while a person is erased is erased, too: a message, a conversation, another name.
pub async fn what_arrives_during_an_erasure_is_erased(store: &dyn Store) {
    let acme = acme(store);
    let before = everything(&acme, &["ana"]).await;
    for batches in 0..20 {
        let ana = person(&acme, "ana", "14155550100").await;
        let busy = Busy { inner: acme.clone(), left: AtomicUsize::new(batches) };
        let busy: Arc<dyn TenantStore> = Arc::new(busy);
        let _ = busy.erase(&ana, at(50)).await.unwrap();
        let _ = acme.apply(batch().with(Change::Delete(Key::Job("ana job".into()), 1))).await.unwrap();
        let consent = Key::Consent(hash("14155550100"), Purpose::Marketing);
        make(&acme, batch().with(Change::Delete(consent, 1))).await;
        assert_same(&everything(&acme, &["ana"]).await, &before, &format!("arrived at batch {batches}"));
    }
}

/// Old messages and dead letters are forgotten, oldest first and no more than wanted; what is not settled stays.
pub async fn what_is_old_is_forgotten_oldest_first(store: &dyn Store) {
    let acme = acme(store);
    person(&acme, "ana", "14155550100").await;
    let thread = ConversationId::from("other");
    for (id, state) in [
        ("q", "queued"),
        ("s", "submitting"),
        ("u", "unknown"),
        ("x", "Pondering"),
        ("r", "rejected"),
        ("c", "cancelled"),
        ("g", "given_up"),
    ] {
        let mut message = StoredMessage::new(id, &thread, Direction::Outbound, at(-9), "text", *b"{}");
        let mut sending = Sending::queued();
        sending.state = state.into();
        message.sending = Some(sending);
        make(&acme, batch().insert(message)).await;
    }
    let before = everything(&acme, &["ana"]).await.len();
    let forgotten = acme.forget_before(at(0), 10).await.unwrap();
    assert_eq!((forgotten.total(), forgotten.messages), (3, 3), "those that nobody waits for");

    // In each of two conversations: a message a second with its progress and two failures, and one from Ana in second 2.
    let forgotten = acme.forget_before(at(3), 7).await.unwrap();
    let Forgotten { messages, progress, failures, media, .. } = forgotten;
    assert_eq!((messages, progress, failures, media), (7, 6, 12, 1));
    assert!(acme.message(&"ana open 2".into()).await.unwrap().is_none());
    assert!(acme.message(&"ana open heard 0".into()).await.unwrap().is_some(), "the last by its id");
    assert_eq!(acme.forget_before(at(3), 7).await.unwrap().total(), 1);
    assert_eq!(acme.forget_before(at(3), 7).await.unwrap(), Forgotten::default());
    let all = acme.forget_before(at(1000), usize::MAX).await.unwrap();
    assert_eq!(
        (all.messages, all.progress, all.failures, all.dead_letters),
        (2 * SENT - 6, 2 * SENT - 6, 4 * SENT - 12, 1)
    );
    let left = everything(&acme, &["ana"]).await;
    // With those that nobody waited for, what Ana said with its files, and the dead letter.
    assert_eq!(before - left.len(), 3 + 2 * SENT + 2 * SENT + 4 * SENT + 2 + 2 + 1);
    let kept: Vec<Key> = list(&acme, Query::Messages(thread)).await.iter().map(Record::key).collect();
    assert_eq!(kept, ["q", "s", "u", "x"].map(|id| Key::Message(id.into())));
}

/// A tenant whose store fails at one of its batches and all that follow.
#[derive(Debug)]
struct Failing {
    inner: Arc<dyn TenantStore>,
    left: AtomicUsize,
    /// Whether the first batch that fails is made all the same.
    is_made: bool,
}

impl Failing {
    fn new(inner: Arc<dyn TenantStore>, batches: usize, is_made: bool) -> Self {
        Self { inner, left: AtomicUsize::new(batches), is_made }
    }
}

#[async_trait]
impl TenantStore for Failing {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        self.inner.get(key).await
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        self.inner.list(query, page).await
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return self.inner.apply(changes).await;
        }
        if self.is_made {
            let _ = self.inner.apply(changes).await?;
        }
        Err(StoreError::Unavailable { what: "it fails", source: None })
    }
}

/// A tenant in which, just before one of the batches, the person writes, gets a message and changes the name.
#[derive(Debug)]
struct Busy {
    inner: Arc<dyn TenantStore>,
    left: AtomicUsize,
}

impl Busy {
    /// Does as the desk does: a message moves a time of its conversation, a conversation raises its contact.
    async fn arrive(&self) {
        let ana = ContactId::from("ana");
        let Some(mut contact) = self.inner.contact(&ana).await.unwrap() else { return };
        contact.name = Some("Ana".into());
        make(&self.inner, batch().update(contact)).await;
        let active = Key::ActiveConversation("number".into(), ana.clone());
        let conversation = match self.inner.get(active).await.unwrap() {
            Some(Record::Conversation(conversation)) => conversation.id,
            _ => {
                let contact = self.inner.contact(&ana).await.unwrap().unwrap();
                let new = Conversation::new("ana new", "number", ana, at(9));
                make(&self.inner, batch().update(contact).insert(new.clone())).await;
                new.id
            }
        };
        let new = heard("ana new", 1);
        let new = StoredMessage { conversation: conversation.clone(), ..new };
        let changes = batch().insert(new).latest(conversation, ConversationTime::LastMessage, at(9));
        make(&self.inner, changes).await;
    }
}

#[async_trait]
impl TenantStore for Busy {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        self.inner.get(key).await
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        self.inner.list(query, page).await
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.arrive().await;
        }
        self.inner.apply(changes).await
    }
}
