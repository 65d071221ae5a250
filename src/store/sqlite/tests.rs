//! What is asked must not look at every row, and what fails must not take others with it.

use super::{
    SqliteStore,
    connect::{BUSY, Database},
    error::Failed,
    jobs, read,
    worker::Worker,
};
use crate::{
    store::{
        Approval, Changes, ConversationState, DeadLetter, Key, PageRequest, Query, Result, Store, StoreError,
        Subject, SubjectKind, TenantStore,
    },
    time::Timestamp,
};
use rusqlite::Connection;
use std::{
    future::Future as _,
    sync::{Mutex, mpsc},
    task::{Context, Waker},
    time::Duration,
};

/// How SQLite would go about a query.
fn plan(connection: &Connection, sql: &str) -> String {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut plan = String::new();
    while let Some(row) = rows.next().unwrap() {
        plan += &row.get::<_, String>(3).unwrap();
        plan.push('\n');
    }
    plan
}

/// Looks at each statement that any test of this crate has a store execute: it finds its rows by more than the tenant,
/// or in the order in which it gives them.
pub(super) fn look_at_plan(connection: &Connection, sql: &str) {
    let is_of_all = sql == jobs::BACKLOG;
    if is_of_all
        || ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"].iter().any(|word| sql.starts_with(word))
    {
        return;
    }
    let plan = plan(connection, sql);
    let is_sorted = plan.contains("TEMP B-TREE FOR ORDER BY") && sql != jobs::CLAIM_OVER;
    assert!(!plan.contains("SCAN") && !is_sorted, "{sql}\n{plan}");
    let is_of_one_row = sql.contains("FROM tenants") || sql.contains("UPDATE tenants");
    let finds = plan.lines().filter(|line| line.ends_with("(tenant_id=?)")).count();
    assert!(finds == 0 || sql.contains("LIMIT") || is_of_one_row, "{sql}\n{plan}");
}

/// The suite makes a store execute every statement there is.
#[cfg(feature = "conformance")]
mod every_statement_follows_an_index {
    use crate::store::SqliteStore;
    use tempfile::TempDir;

    async fn new_store() -> (SqliteStore, TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
        (store, directory)
    }

    crate::store_conformance!(new_store);
}

#[test]
fn lists_follow_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let connection = Database::writer(&directory.path().join("store.db"), BUSY).unwrap().connection;
    for (query, index) in [
        (Query::Contacts, "contacts_by_time (tenant_id=?"),
        (Query::MergedInto("p".into()), "contacts_merged (tenant_id=? AND merged_into=?"),
        (Query::Conversations, "conversations_by_time (tenant_id=?"),
        (Query::ConversationsWith("p".into()), "conversations_by_contact (tenant_id=? AND contact_id=?"),
        (Query::Messages("c".into()), "messages_by_conversation (tenant_id=? AND conversation_id=?"),
        (Query::AllMessages, "messages_by_time (tenant_id=?"),
        (Query::DeadLetters, "dead_letters_by_time (tenant_id=?"),
        (Query::IdentityConflicts, "identity_conflicts_by_time (tenant_id=?"),
        (Query::Consents, "consents_by_time (tenant_id=?"),
        (
            Query::ConversationsIn(ConversationState::Closed),
            "conversations_by_state (tenant_id=? AND state=?",
        ),
        (Query::ConversationsOf("a".into()), "conversations_by_assignee (tenant_id=? AND assignee_id=?"),
        (Query::Unassigned, "conversations_unassigned (tenant_id=? AND state=?"),
        (Query::Waiting, "conversations_waiting (tenant_id=?"),
        (
            Query::ConversationsOfCustomer("c".into()),
            "conversations_by_customer (tenant_id=? AND customer_id=?",
        ),
        (Query::ConversationsOfLead("l".into()), "conversations_by_lead (tenant_id=? AND lead_id=?"),
        (Query::Tagged("vip".into()), "tags_by_name (tenant_id=? AND name=?"),
        (Query::TagsOf("c".into()), "tags_by_conversation (tenant_id=? AND conversation_id=?"),
        (Query::Agents, "agents_by_time (tenant_id=?"),
        (Query::Templates, "templates_by_time (tenant_id=?"),
        (Query::TemplateVersions("t".into()), "template_versions_by_template (tenant_id=? AND template_id=?"),
        (Query::VersionsIn(Approval::Draft), "template_versions_by_approval (tenant_id=? AND approval=?"),
        (Query::Audit, "audit_by_time (tenant_id=?"),
        (
            Query::AuditOf(Subject::new(SubjectKind::Agent, "a")),
            "audit_by_subject (tenant_id=? AND subject_kind=? AND subject_id=?",
        ),
        (Query::Usage, "PRIMARY KEY (tenant_id=?"),
    ] {
        for page in [PageRequest::newest(10), PageRequest::oldest(10)] {
            for goes_on in [false, true] {
                let plan = plan(&connection, &read::list_sql(&query, &page, goes_on));
                assert!(
                    plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"),
                    "{plan}"
                );
                // Going on means to begin at the place, not to skip what comes before it.
                assert_eq!(plan.contains(">(?,?)") || plan.contains("<(?,?)"), goes_on, "{plan}");
            }
        }
    }
}

#[test]
fn claims_look_at_due_heads_only() {
    let directory = tempfile::tempdir().unwrap();
    let connection = Database::writer(&directory.path().join("store.db"), BUSY).unwrap().connection;
    let free = plan(&connection, jobs::CLAIM_FREE);
    assert!(free.contains("job USING INDEX jobs_due (due<?)") && !free.contains("TEMP B-TREE"), "{free}");
    let over = plan(&connection, jobs::CLAIM_OVER);
    assert!(over.contains("job USING INDEX jobs_over (lease_until<?)"), "{over}");
    for plan in [free, over] {
        assert!(plan.contains("jobs_leased (tenant_id=? AND group_name=? AND lease_until>?)"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn insert(id: impl Into<String>, size: usize) -> Changes {
    Changes::at(NOW).insert(DeadLetter::new(id.into(), NOW, "", vec![b'x'; size]))
}

async fn is_there(tenant: &dyn TenantStore, id: &str) -> bool {
    tenant.get(Key::DeadLetter(id.into())).await.unwrap().is_some()
}

#[tokio::test]
async fn while_another_process_writes_for_long_calls_fail_and_later_ones_do_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = SqliteStore::open_with(&path, Duration::from_millis(50)).unwrap();
    let acme = store.tenant(&"acme".into());
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // More than are taken in one go, and more than may wait.
    let calls = (0..600).map(|n| {
        let acme = acme.clone();
        tokio::spawn(async move { acme.apply(insert(n.to_string(), 1)).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{answer:?}");
    }
    // Readers do not wait for writers.
    assert!(!is_there(&*acme, "0").await);
    other.execute_batch("COMMIT").unwrap();
    let _ = acme.apply(insert("0", 1)).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_an_error_until_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert("before", 1)).await.unwrap();
    let limit = |pages: u32| {
        store.workers.writer.call(0, move |connection| {
            connection
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
                .map_err(Failed::from)
        })
    };
    limit(100).await.unwrap();
    let calls = (0..50).map(|n| {
        let acme = acme.clone();
        tokio::spawn(
            async move { acme.apply(insert(n.to_string(), if n == 20 { 900_000 } else { 1 })).await },
        )
    });
    for (n, call) in calls.collect::<Vec<_>>().into_iter().enumerate() {
        let answer = call.await.unwrap();
        // The small ones fit.
        assert_eq!(matches!(answer, Err(StoreError::Unavailable { .. })), n == 20, "{n}: {answer:?}");
        assert_eq!(is_there(&*acme, &n.to_string()).await, n != 20, "{n}");
    }
    limit(1_000_000).await.unwrap();
    let _ = acme.apply(insert("20", 900_000)).await.unwrap();
    assert!(is_there(&*acme, "before").await && is_there(&*acme, "20").await);
}

#[tokio::test]
async fn a_batch_that_loses_the_transaction_loses_it_for_nobody_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let other = Connection::open(&path).unwrap();
    // SQLite may roll a transaction back by itself, such as when the disk is full. This trigger does it for large rows.
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON dead_letters WHEN length(NEW.body) > 1000
        BEGIN SELECT RAISE(ROLLBACK, 'full'); END; BEGIN IMMEDIATE";
    other.execute_batch(trigger).unwrap();
    // The first keeps the writer waiting for the other process, so that the rest come into one group.
    let mut context = Context::from_waker(Waker::noop());
    let once = |id: &str| insert(id, 1).once("key", NOW + BUSY);
    let batches =
        [insert("first", 1), once("a"), insert("a", 1), insert("large", 1001), once("b"), insert("c", 1)];
    let mut calls: Vec<_> = batches.into_iter().map(|changes| acme.apply(changes)).collect();
    for call in &mut calls {
        assert!(call.as_mut().poll(&mut context).is_pending());
    }
    other.execute_batch("COMMIT").unwrap();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await);
    }
    let expected = ["Ok(Done)", "Ok(Done)", "Err(Conflict", "Err(Unavailable", "Ok(Duplicate)", "Ok(Done)"];
    for (answer, expected) in answers.iter().zip(expected) {
        assert!(format!("{answer:?}").starts_with(expected), "{answers:?}");
    }
    for (id, kept) in [("first", true), ("a", true), ("large", false), ("b", false), ("c", true)] {
        assert_eq!(is_there(&*acme, id).await, kept, "{id}");
    }
}

/// Keeps a thread busy until the sender that comes back is dropped.
fn occupy(worker: &Worker) -> (mpsc::Sender<()>, impl Future<Output = Result<()>>) {
    let (end, ended) = mpsc::channel();
    let ended = Mutex::new(ended);
    let mut call = Box::pin(worker.call(0, move |_| {
        let _ = ended.lock().unwrap().recv();
        Ok(())
    }));
    assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    (end, call)
}

#[tokio::test]
async fn long_lists_and_short_questions_do_not_wait_for_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(insert("l", 1)).await.unwrap();
    let limit = Duration::from_secs(30);

    let (end, long) = occupy(&store.workers.lists);
    let asked = tokio::time::timeout(limit, is_there(&*acme, "l")).await;
    drop(end);
    assert!(asked.unwrap());
    long.await.unwrap();

    let (end, long) = occupy(&store.workers.reader);
    let listed = tokio::time::timeout(limit, acme.list(Query::DeadLetters, PageRequest::newest(1))).await;
    drop(end);
    assert_eq!(listed.unwrap().unwrap().items.len(), 1);
    long.await.unwrap();
}
