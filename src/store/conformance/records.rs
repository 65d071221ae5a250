//! What the desk keeps beside people and messages: agents, tags, files, templates with their versions, the audit trail, usage.

use super::{
    acme, assert_fails, assert_one_wins, at, at_once, batch, claim, contact, conversation, enqueue, ids, job,
    make, seconds,
};
use crate::{
    store::{
        Agent, Applied, AuditEntry, Backlog, Change, Changes, Claim, Consent, Contact, Conversation,
        ConversationState, Key, Outcome, PageRequest, PersonHash, Presence, Purpose, Query, Record, Store,
        StoreError, StoredMedia, StoredTemplate, Subject, SubjectKind, Tag, TemplateVersion, TenantStore,
        Usage,
    },
    time::Timestamp,
};
use std::sync::Arc;

/// Texts that a column may stumble over.
const ODD: [&str; 4] = ["", "a\0\u{1}b\0", "👩‍👩‍👧‍👦 ñ \u{202e}עברית \u{10ffff}", "\"'; -- {}[],:\\\r\n"];
/// The times at both ends, and one that is between two seconds.
const TIMES: [i64; 3] = [i64::MIN, 1_700_000_000_123, i64::MAX];

/// One of each kind, all of it filled: with a text, a time, and numbers as large as they get.
fn full(text: &str, time: Timestamp) -> Vec<Record> {
    let words = || ODD.iter().map(|word| (*word).to_owned());
    let some = || Some(text.to_owned());
    let mut agent = Agent::new(text, text, u32::MAX, time);
    (agent.skills, agent.languages) = (words().collect(), words().rev().collect());
    (agent.load, agent.presence, agent.assigned_at) = (u32::MAX, text.into(), Some(time));
    let mut media = StoredMedia::new(text, text, time);
    (media.state, media.size) = (text.into(), Some(i64::MAX.unsigned_abs()));
    (media.mime, media.sha256, media.location, media.error) = (some(), some(), some(), some());
    let mut template = StoredTemplate::new(text, text, text, text, time);
    (template.latest, template.at_meta) = (u32::MAX, Some(u32::MAX));
    (template.template, template.status) = (Some(text.into()), Some(text.into()));
    (template.rejection, template.category, template.quality) = (some(), some(), some());
    (template.status_at, template.missing_since) = (Some(time), Some(time));
    (template.last_attempt_at, template.last_success_at) = (Some(time), Some(time));
    (template.last_error, template.edits) = (some(), TIMES.map(Timestamp::from_millis).to_vec());
    let mut version = TemplateVersion::new(text, u32::MAX, text, text, time);
    version.approval = text.into();
    (version.decided_by, version.decided_at, version.reason) = (some(), Some(time), some());
    let mut consent = Consent::given(PersonHash::from_bytes([0xff; 32]), text.into(), time);
    (consent.state, consent.source) = (text.into(), text.into());
    let mut thread = Conversation::new(text, text, text, time);
    (thread.closed_at, thread.assigned_at, thread.waiting_since) = (Some(time), Some(time), Some(time));
    (thread.assignee, thread.customer, thread.lead) =
        (Some(text.into()), Some(text.into()), Some(text.into()));
    thread.context = words().zip(words().rev()).collect();
    thread.unread = i64::MAX.unsigned_abs();
    let mut merged = contact(text);
    merged.merged_into = Some(text.into());
    let subject = Subject::new(text.into(), text);
    vec![
        agent.into(),
        media.into(),
        template.into(),
        version.into(),
        consent.into(),
        thread.into(),
        merged.into(),
        Tag::new(text, text, time).into(),
        AuditEntry::new(text, time, subject, text, text).detail(text).into(),
    ]
}

/// One of each kind, of which nothing is filled that need not be.
fn empty() -> Vec<Record> {
    vec![
        Agent::new("empty", "", 0, at(0)).into(),
        StoredMedia::new("empty", "", at(0)).into(),
        StoredTemplate::new("empty", "", "", "", at(0)).into(),
        TemplateVersion::new("empty", 0, "", "", at(0)).into(),
        Consent::withdrawn(PersonHash::from_bytes([0; 32]), Purpose::All, at(0)).into(),
        conversation("empty").into(),
        contact("empty").into(),
        Tag::new("empty", "", at(0)).into(),
        AuditEntry::new("empty", at(0), Subject::new(SubjectKind::Tenant, ""), "", "").into(),
    ]
}

fn insert(records: impl IntoIterator<Item = Record>) -> Changes {
    records.into_iter().fold(batch(), |batch, record| batch.insert(record))
}

/// The records of a list, read a page of two at a time.
async fn listed(tenant: &Arc<dyn TenantStore>, query: &Query, first: PageRequest) -> Vec<Record> {
    let (mut all, mut next) = (Vec::new(), None);
    loop {
        let page = tenant.list(query.clone(), first.clone().after(next)).await.unwrap();
        assert!(page.items.len() <= 2, "{query:?}");
        all.extend(page.items);
        next = page.next;
        if next.is_none() {
            return all;
        }
    }
}

/// Every field is kept, whatever is in it: any text, any time, the largest numbers, or nothing.
pub async fn every_field_of_every_record_is_kept(store: &dyn Store) {
    for (n, text) in ODD.into_iter().enumerate() {
        let tenant = store.tenant(&format!("tenant {n}").into());
        let time = Timestamp::from_millis(TIMES[n % TIMES.len()]);
        let records = full(text, time);
        make(&tenant, insert(records.clone())).await;
        for mut record in records {
            record.set_version(1);
            assert_eq!(tenant.get(record.key()).await.unwrap().as_ref(), Some(&record), "{text:?}");
            for query in record.lists() {
                assert_eq!(
                    listed(&tenant, &query, PageRequest::newest(2)).await,
                    [record.clone()],
                    "{query:?}"
                );
            }
        }
        let named = Key::TemplateOf(text.into(), text.to_owned(), text.to_owned());
        assert_eq!(tenant.get(named).await.unwrap().unwrap().key(), Key::Template(text.into()));
    }
    let acme = acme(store);
    make(&acme, insert(empty())).await;
    for mut record in empty() {
        record.set_version(1);
        assert_eq!(acme.get(record.key()).await.unwrap(), Some(record));
    }
    let mut large = StoredMedia::new("large", "", at(0));
    large.size = Some(u64::MAX);
    assert_fails!(acme.apply(batch().insert(large)).await, Refused);
}

/// Each write of a record makes its next version and expects the one before; all of it is written, and may be emptied again.
pub async fn each_record_has_its_versions(store: &dyn Store) {
    let acme = acme(store);
    let written = full("empty", at(7));
    for mut record in empty() {
        make(&acme, batch().insert(record.clone())).await;
        assert_fails!(acme.apply(batch().insert(record.clone())).await, Conflict);
        if matches!(record, Record::Tag(_) | Record::Audit(_)) {
            continue;
        }
        // Those whose key is made of other fields stay as they are.
        let mut full = written.iter().find(|full| full.key() == record.key()).unwrap_or(&record).clone();
        for version in [0, 2, u64::MAX] {
            full.set_version(version);
            assert_fails!(acme.apply(batch().update(full.clone())).await, Conflict);
            let delete = Change::Delete(record.key(), version);
            assert_fails!(acme.apply(batch().with(delete)).await, Conflict);
        }
        full.set_version(1);
        make(&acme, batch().update(full.clone())).await;
        full.set_version(2);
        assert_eq!(acme.get(record.key()).await.unwrap(), Some(full));
        record.set_version(2);
        make(&acme, batch().update(record.clone())).await;
        record.set_version(3);
        assert_eq!(acme.get(record.key()).await.unwrap(), Some(record.clone()));
        make(&acme, batch().with(Change::Delete(record.key(), 3))).await;
        assert_eq!(acme.get(record.key()).await.unwrap(), None);
        for query in record.lists() {
            assert_eq!(listed(&acme, &query, PageRequest::newest(2)).await, []);
        }
    }
}

/// Tags and entries of the audit trail are written once; they can be removed, and usage cannot be put.
pub async fn tags_and_the_audit_trail_are_never_rewritten(store: &dyn Store) {
    let acme = acme(store);
    let subject = || Subject::new(SubjectKind::Contact, "ana");
    let entry = |action: &str| AuditEntry::new("e", at(1), subject(), "desk", action);
    let kept: [Record; 2] = [Tag::new("c", "vip", at(1)).into(), entry("added").into()];
    let others: [Record; 2] = [Tag::new("c", "vip", at(2)).into(), entry("removed").into()];
    for (kept, other) in kept.into_iter().zip(others) {
        let (key, name) = (kept.key(), kept.name());
        make(&acme, batch().insert(kept.clone())).await;
        assert_fails!(acme.apply(batch().insert(other.clone())).await, Conflict);
        assert_fails!(acme.apply(batch().update(other.clone())).await, Refused);
        assert_eq!(acme.get(key.clone()).await.unwrap(), Some(kept), "{name}");
        assert_fails!(acme.apply(batch().with(Change::Delete(key.clone(), 2))).await, Conflict);
        make(&acme, batch().with(Change::Delete(key.clone(), 1)).insert(other.clone())).await;
        assert_eq!(acme.get(key).await.unwrap(), Some(other), "{name}");
    }
    assert_fails!(acme.apply(batch().insert(Usage::new(at(0), "sent"))).await, Refused);
}

/// A list holds the records it asks for, in order from either end: by contact, assignee, wait, customer, lead, state, word,
/// template, approval and subject; and a record that is changed moves.
pub async fn each_list_holds_what_it_asks_for_in_order(store: &dyn Store) {
    let acme = acme(store);
    let mut records: Vec<Record> = Vec::new();
    for n in 0..24_u32 {
        // Many at one time, so that their ids decide, and words of which one is how another begins.
        let (time, id) = (at((n / 6).into()), format!("{n}"));
        let word = ["a", "ab", "b"][n as usize % 3];
        let mut thread = conversation(&id);
        thread.opened_at = time;
        thread.state =
            [ConversationState::Active, ConversationState::Closed, "odd".into()][n as usize / 3 % 3].clone();
        thread.assignee = (n % 2 == 0).then(|| word.into());
        // Who waits longest is not who was there first.
        thread.waiting_since = (n % 5 > 1).then(|| at((n % 3).into()));
        thread.customer = (n % 4 < 2).then(|| word.into());
        thread.lead = (n % 4 > 0).then(|| word.into());
        let mut person = Contact::new(id.as_str(), [], time);
        person.merged_into = (n % 4 > 0).then(|| word.into());
        let mut version =
            TemplateVersion::new(word, [n, 1 << n, u32::MAX - n][n as usize % 3], "{}", "a", time);
        version.approval = ["draft", "approved"][n as usize % 2].into();
        let subject = Subject::new([SubjectKind::Contact, SubjectKind::Agent][n as usize % 2].clone(), word);
        records.extend::<[Record; 8]>([
            thread.into(),
            person.into(),
            version.into(),
            Tag::new(id.as_str(), word, time).into(),
            Tag::new(word, id.as_str(), time).into(),
            AuditEntry::new(id.as_str(), time, subject, "desk", "added").into(),
            Agent::new(id.as_str(), "", 1, time).into(),
            StoredTemplate::new(id.as_str(), "account", id.as_str(), "en", time).into(),
        ]);
    }
    for record in &mut records {
        record.set_version(1);
    }
    make(&acme, insert(records.clone())).await;
    assert_lists(&acme, &records).await;

    let mut changed = batch();
    for record in &mut records {
        let before = record.clone();
        match record {
            Record::Conversation(thread) => {
                thread.assignee = if thread.assignee.is_some() { None } else { Some("ab".into()) };
                let (customer, lead) = (thread.customer.take(), thread.lead.take());
                thread.customer = lead.map(|lead| lead.as_str().into());
                thread.lead = customer.map(|customer| customer.as_str().into());
                thread.state = ConversationState::Active;
                thread.waiting_since = if thread.waiting_since == Some(at(1)) { None } else { Some(at(2)) };
            }
            Record::Contact(person) => {
                person.merged_into = if person.merged_into.is_some() { None } else { Some("ab".into()) };
            }
            Record::TemplateVersion(version) => version.approval = "rejected".into(),
            Record::Agent(agent) => agent.presence = Presence::Online,
            _ => continue,
        }
        changed = changed.update(record.clone());
        record.set_version(before.version() + 1);
    }
    make(&acme, changed).await;
    assert_lists(&acme, &records).await;
}

/// Asserts that each list that any of `records` is in, and each that none is in, holds just these.
async fn assert_lists(tenant: &Arc<dyn TenantStore>, records: &[Record]) {
    let mut queries: Vec<Query> = records.iter().flat_map(Record::lists).collect();
    queries.extend([
        Query::Unassigned,
        Query::Waiting,
        Query::ConversationsIn(ConversationState::Archived),
        Query::ConversationsOf("".into()),
        Query::ConversationsOfCustomer("a\0".into()),
        Query::ConversationsOfLead("A".into()),
        Query::MergedInto("A".into()),
        Query::Tagged(String::new()),
        Query::TagsOf("abb".into()),
        Query::TemplateVersions("aB".into()),
        Query::VersionsIn("draft".into()),
        Query::AuditOf(Subject::new(SubjectKind::Contact, "abc")),
        Query::AuditOf(Subject::new(SubjectKind::Tenant, "a")),
    ]);
    queries.sort();
    queries.dedup();
    for query in queries {
        let mut expected: Vec<Record> =
            records.iter().filter(|record| record.lists().contains(&query)).cloned().collect();
        expected.sort_by_key(|record| record.order(&query));
        let keys = |records: &[Record]| records.iter().map(Record::key).collect::<Vec<_>>();
        let found = listed(tenant, &query, PageRequest::oldest(2)).await;
        assert_eq!(keys(&found), keys(&expected), "{query:?}");
        assert_eq!(found, expected, "{query:?}");
        expected.reverse();
        assert_eq!(keys(&listed(tenant, &query, PageRequest::newest(2)).await), keys(&expected), "{query:?}");
    }
}

/// An account has one template of a name and a language, by which it is found; what is given up is free.
pub async fn a_template_has_its_name_alone(store: &dyn Store) {
    let acme = acme(store);
    let named = |id: &str, [account, name, language]: [&str; 3]| {
        StoredTemplate::new(id, account, name, language, at(0))
    };
    let key = |[account, name, language]: [&str; 3]| {
        Key::TemplateOf(account.into(), name.to_owned(), language.to_owned())
    };
    let first = ["account", "offer", "en"];
    make(&acme, batch().insert(named("a", first))).await;
    assert_fails!(acme.apply(batch().insert(named("b", first))).await, NotUnique);
    // Who inserts what is there is told so first.
    assert_fails!(acme.apply(batch().insert(named("a", first))).await, Conflict);
    // None of them is the same, though all are the same texts in a row.
    for (n, other) in [["other", "offer", "en"], ["account", "offer", "en_US"], ["account", "offere", "n"]]
        .into_iter()
        .enumerate()
    {
        make(&acme, batch().insert(named(&format!("other {n}"), other))).await;
        assert_eq!(
            acme.get(key(other)).await.unwrap().unwrap().key(),
            Key::Template(format!("other {n}").into())
        );
    }
    let mut renamed = named("other 0", first);
    renamed.version = 1;
    assert_fails!(acme.apply(batch().update(renamed.clone())).await, NotUnique);
    let mut gone = named("a", ["account", "farewell", "en"]);
    gone.version = 1;
    // The name is free once it was given up, and not before, in a batch as well.
    assert_fails!(acme.apply(batch().update(renamed.clone()).update(gone.clone())).await, NotUnique);
    make(&acme, batch().update(gone).update(renamed)).await;
    assert_eq!(acme.get(key(first)).await.unwrap().unwrap().key(), Key::Template("other 0".into()));
    assert_eq!(acme.get(key(["other", "offer", "en"])).await.unwrap(), None);
    make(&acme, batch().with(Change::Delete(key(first), 2)).insert(named("heir", first))).await;
    assert_eq!(acme.get(key(first)).await.unwrap().unwrap().key(), Key::Template("heir".into()));
    make(&store.tenant(&"globex".into()), batch().insert(named("a", first))).await;
}

/// Of many who make a template of one name at once, one gets it and the others are told to look again.
pub async fn of_many_templates_one_gets_the_name(store: &dyn Store) {
    let acme = acme(store);
    let make = |n: u32| {
        let template = StoredTemplate::new(format!("{n}"), "account", "offer", "en", at(0));
        let version = TemplateVersion::new(format!("{n}"), 1, "{}", "author", at(0));
        acme.apply(batch().insert(template).insert(version))
    };
    let results = at_once((0..64).map(make)).await;
    assert_one_wins(&results, |result| matches!(result, Err(StoreError::NotUnique(_))));
    let draft = Query::VersionsIn("draft".into());
    assert_eq!(listed(&acme, &draft, PageRequest::oldest(2)).await.len(), 1);
}

/// What is counted adds up by day in UTC and by metric, however much a batch counts; a duplicate and a batch that fails count
/// nothing.
pub async fn usage_is_counted_by_day_and_metric(store: &dyn Store) {
    let acme = acme(store);
    let day = |n: i64| Timestamp::from_seconds(86_400 * n);
    let late = day(1) - std::time::Duration::from_millis(1);
    make(&acme, batch().count(day(0), "sent", 2).count(late, "sent", 3).count(day(1), "sent", 1)).await;
    make(&acme, batch().count(late, "received", 0).count(late, "sent\0", 7).count(day(-1), "sent", 1)).await;
    make(&acme, batch().once("mark", at(9)).count(late, "sent", 1)).await;
    let again = batch().once("mark", at(9)).count(late, "sent", 1);
    assert_eq!(acme.apply(again).await.unwrap(), Applied::Duplicate);
    let failing = batch().count(late, "sent", 1).with(Change::Delete(Key::Agent("nobody".into()), 1));
    assert_fails!(acme.apply(failing).await, Conflict);
    let used = |day, metric: &str, count| {
        let mut used = Usage::new(day, metric);
        used.count = count;
        Record::from(used)
    };
    let expected = [
        used(day(-1), "sent", 1),
        used(day(0), "received", 0),
        used(day(0), "sent", 6),
        used(day(0), "sent\0", 7),
        used(day(1), "sent", 1),
    ];
    assert_eq!(listed(&acme, &Query::Usage, PageRequest::oldest(2)).await, expected);
    for used in expected {
        assert_eq!(acme.get(used.key()).await.unwrap(), Some(used));
    }
    // It can be removed, and then begins anew, also within a batch.
    let gone = Change::Delete(Key::Usage(day(0), "sent".to_owned()), 1);
    make(&acme, batch().count(late, "sent", 1).with(gone).count(late, "sent", 4)).await;
    assert_eq!(acme.get(Key::Usage(day(0), "sent".to_owned())).await.unwrap(), Some(used(day(0), "sent", 4)));
}

/// What many use at once is all counted: two metrics, in either order, by 64 callers.
pub async fn usage_of_many_writers_adds_up(store: &dyn Store) {
    let acme = acme(store);
    let count = |n: u64| {
        let metrics = if n.is_multiple_of(2) { ["sent", "received"] } else { ["received", "sent"] };
        acme.apply(metrics.into_iter().fold(batch(), |batch, metric| batch.count(at(0), metric, n)))
    };
    for result in at_once((1..=64).map(count)).await {
        assert_eq!(result.unwrap(), Applied::Done);
    }
    for metric in ["sent", "received"] {
        let used = acme.get(Key::Usage(at(0).day(), metric.to_owned())).await.unwrap();
        assert!(matches!(&used, Some(Record::Usage(used)) if used.count == 64 * 65 / 2), "{used:?}");
    }
}

/// A count stops at [`Usage::MAX_COUNT`] and stays there, in one batch and in several.
pub async fn usage_stops_at_the_most_there_can_be(store: &dyn Store) {
    let acme = acme(store);
    let most = Usage::MAX_COUNT;
    for (metric, steps) in [
        ("slowly", vec![(most - 1, most - 1), (2, most), (0, most), (most, most), (u64::MAX, most)]),
        ("at once", vec![(u64::MAX, most), (1, most)]),
    ] {
        for (by, count) in steps {
            make(&acme, batch().count(at(0), metric, by)).await;
            let used = acme.get(Key::Usage(at(0).day(), metric.to_owned())).await.unwrap();
            assert!(matches!(&used, Some(Record::Usage(used)) if used.count == count), "{used:?}");
        }
    }
    make(
        &acme,
        batch().count(at(0), "together", most).count(at(0), "together", 1).count(at(0), "together", u64::MAX),
    )
    .await;
    let used = acme.get(Key::Usage(at(0).day(), "together".to_owned())).await.unwrap();
    assert!(matches!(&used, Some(Record::Usage(used)) if used.count == most), "{used:?}");
}

/// Two tenants may have the same of everything; each finds and removes its own.
pub async fn records_of_two_tenants_never_meet(store: &dyn Store) {
    let tenants = ["acme", "globex"].map(|name| store.tenant(&name.into()));
    for (tenant, second) in tenants.iter().zip([1, 2]) {
        make(tenant, insert(full("same", at(second))).count(at(0), "sent", second.unsigned_abs())).await;
    }
    let [acme, globex] = tenants;
    for mut record in full("same", at(1)) {
        record.set_version(1);
        assert_eq!(acme.get(record.key()).await.unwrap(), Some(record.clone()));
        for query in record.lists() {
            assert_eq!(listed(&acme, &query, PageRequest::oldest(2)).await, [record.clone()], "{query:?}");
        }
        make(&acme, batch().with(Change::Delete(record.key(), 1))).await;
    }
    let sent = Key::Usage(at(0).day(), "sent".to_owned());
    make(&acme, batch().with(Change::Delete(sent.clone(), 1))).await;
    assert_eq!(acme.get(sent.clone()).await.unwrap(), None);
    let used = globex.get(sent).await.unwrap();
    assert!(matches!(&used, Some(Record::Usage(used)) if used.count == 2), "{used:?}");
    for mut record in full("same", at(2)) {
        record.set_version(1);
        assert_eq!(globex.get(record.key()).await.unwrap(), Some(record));
    }
}

/// The backlog counts the jobs of all tenants: those due, also behind others of their group, those for later, and those
/// leased, until the lease ends.
pub async fn a_backlog_counts_what_is_due_later_and_leased(store: &dyn Store) {
    let backlog = async |second, due, later, leased, oldest: Option<i64>| {
        let mut expected = Backlog::default();
        (expected.due, expected.later, expected.leased) = (due, later, leased);
        expected.oldest_due = oldest.map(at);
        assert_eq!(store.backlog(at(second)).await.unwrap(), expected, "at {second}");
    };
    backlog(0, 0, 0, 0, None).await;
    let (acme, globex) = (acme(store), store.tenant(&"globex".into()));
    make(&acme, enqueue([job("a", "g", 5), job("b", "g", 3), job("c", "h", 20)])).await;
    make(&globex, enqueue([job("a", "g", 4)])).await;
    backlog(2, 0, 4, 0, None).await;
    backlog(3, 1, 3, 0, Some(3)).await;
    backlog(10, 3, 1, 0, Some(3)).await;
    let leases = claim(store, 10, "token").await;
    assert_eq!(ids(&leases), ["a", "a"]);
    backlog(10, 1, 1, 2, Some(3)).await;
    backlog(19, 1, 1, 2, Some(3)).await;
    backlog(20, 4, 0, 0, Some(3)).await;
    store.extend(&leases[0], at(40)).await.unwrap();
    backlog(30, 3, 0, 1, Some(3)).await;
    let _ = store.finish(&leases[1], Outcome::Again(at(50)), batch()).await.unwrap();
    backlog(30, 2, 1, 1, Some(3)).await;
    let _ = store.claim(Claim::new(at(60), seconds(1), 9, "other")).await.unwrap();
    backlog(60, 1, 0, 3, Some(3)).await;
}
