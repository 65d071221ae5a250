//! SQLite: the contract, and what is its own.

use rusqlite::Connection;
use std::{task::Context, time::Duration};
use tempfile::TempDir;
use whatsapp_business::{
    store::{
        Applied, Change, Changes, Conversation, DeadLetter, Job, JobKind, Key, SqliteStore, Store,
        StoreError, TenantStore, TenantStoreExt,
    },
    time::Timestamp,
};

async fn new_store() -> (SqliteStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
    (store, directory)
}

whatsapp_business::store_conformance!(new_store);

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn letter(id: &str, size: usize) -> DeadLetter {
    DeadLetter::new(id, NOW, "", vec![b'x'; size])
}

async fn letters(tenant: &dyn TenantStore, ids: impl Iterator<Item = String>) -> usize {
    let mut found = 0;
    for id in ids {
        found += usize::from(tenant.get(Key::DeadLetter(id.into())).await.unwrap().is_some());
    }
    found
}

#[tokio::test]
async fn what_was_written_is_there_when_the_file_is_opened_again() {
    let (store, directory) = new_store().await;
    let conversation = Conversation::new("c", "number", "contact", NOW);
    let changes = Changes::at(NOW).once("key", NOW + Duration::from_secs(9)).insert(conversation);
    assert_eq!(store.tenant(&"acme".into()).apply(changes.clone()).await.unwrap(), Applied::Done);
    store.close().await;
    assert!(matches!(store.route(&"1".into()).await, Err(StoreError::Unavailable { .. })));
    assert!(matches!(
        store.bind(&"1".into(), &"a".into(), &"acme".into()).await,
        Err(StoreError::Unavailable { .. })
    ));
    store.close().await;

    let store = SqliteStore::open_blocking(directory.path().join("store.db")).unwrap();
    let acme = store.tenant(&"acme".into());
    assert!(acme.conversation(&"c".into()).await.unwrap().is_some());
    assert_eq!(acme.apply(changes).await.unwrap(), Applied::Duplicate);
}

#[tokio::test]
async fn the_threads_end_with_the_last_handle() {
    let (store, directory) = new_store().await;
    let path = directory.path().join("store.db");
    let acme = store.tenant(&"acme".into());
    let clone = store.clone();
    drop((store, clone));
    let _ = acme.apply(Changes::at(NOW).insert(letter("l", 1))).await.unwrap();
    assert!(path.with_extension("db-wal").exists());
    drop(acme);
    // SQLite removes the log when the last connection to the file is closed.
    let ended = async {
        while path.with_extension("db-wal").exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the file is closed");
}

#[tokio::test]
async fn marks_that_are_long_over_are_forgotten_little_by_little() {
    let (store, directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let marks = (0..9).fold(Changes::at(NOW), |changes, n| changes.once(format!("{n}"), NOW));
    let _ = acme.apply(marks).await.unwrap();
    let connection = Connection::open(directory.path().join("store.db")).unwrap();
    // The first batch comes an hour after the marks are over, when a clock that is behind may still ask for them.
    for (seconds, kept) in [(3600, 10), (3601, 7), (3602, 4), (3603, 4)] {
        let now = NOW + Duration::from_secs(seconds);
        let _ = acme.apply(Changes::at(now).once(format!("at {seconds}"), now)).await.unwrap();
        let count: i64 =
            connection.query_row("SELECT count(*) FROM once_marks", [], |row| row.get(0)).unwrap();
        assert_eq!(count, kept, "after {seconds} seconds");
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (store, directory) = new_store().await;
    store.close().await;
    let path = directory.path().join("store.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 1000).unwrap();
    let opened = SqliteStore::open(&path).await;
    assert!(matches!(opened, Err(StoreError::SchemaTooNew { found: 1000, known: 1 })), "{opened:?}");
}

#[tokio::test]
async fn what_is_not_a_file_of_sqlite_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    std::fs::write(&path, "a letter to my bank, and more of it than a header would hold".repeat(99)).unwrap();
    let opened = SqliteStore::open(&path).await;
    assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
    for path in [":memory:", "", "/no/such/directory/store.db"] {
        let opened = SqliteStore::open(path).await;
        assert!(matches!(opened, Err(StoreError::Unavailable { .. })), "{path}: {opened:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_private_and_one_that_was_there_is_as_it_was() {
    use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let directory = tempfile::tempdir().unwrap();
    let (new, old) = (directory.path().join("new.db"), directory.path().join("old.db"));
    fs::write(&old, "").unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    for (path, expected) in [(new, 0o600), (old, 0o640)] {
        let store = SqliteStore::open(&path).await.unwrap();
        let _ = store.tenant(&"acme".into()).apply(Changes::at(NOW).insert(letter("l", 1))).await.unwrap();
        for path in [path.clone(), path.with_extension("db-wal"), path.with_extension("db-shm")] {
            assert_eq!(mode(&path), expected, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn many_may_open_a_new_file_at_once_and_share_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let opened = (0..8).map(|_| tokio::spawn(SqliteStore::open(path.clone()))).collect::<Vec<_>>();
    let mut tenants = Vec::new();
    for store in opened {
        tenants.push(store.await.unwrap().unwrap().tenant(&"acme".into()));
    }
    let tasks = tenants.iter().enumerate().map(|(n, tenant)| {
        let tenant = tenant.clone();
        tokio::spawn(async move {
            for m in 0..20 {
                let _ = tenant.apply(Changes::at(NOW).insert(letter(&format!("{n}.{m}"), 10))).await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let ids = (0..8).flat_map(|n| (0..20).map(move |m| format!("{n}.{m}")));
    assert_eq!(letters(&*tenants[0], ids).await, 160);
}

#[tokio::test]
async fn a_batch_that_fails_fails_alone() {
    let (store, _directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let _ = acme.apply(Changes::at(NOW).insert(letter("taken", 1))).await.unwrap();
    // All wait at once, so that they come into the same transactions.
    let tasks = (0..200).map(|n| {
        let acme = acme.clone();
        let changes = Changes::at(NOW).insert(letter(&format!("{n}"), 10));
        let changes = if n % 3 == 0 { changes.insert(letter("taken", 1)) } else { changes };
        tokio::spawn(async move { (n, acme.apply(changes).await) })
    });
    for task in tasks.collect::<Vec<_>>() {
        let (n, result) = task.await.unwrap();
        let kept = acme.get(Key::DeadLetter(format!("{n}").into())).await.unwrap().is_some();
        assert_eq!((result.is_err(), kept), (n % 3 == 0, n % 3 != 0), "{n}: {result:?}");
    }
}

#[tokio::test]
async fn a_batch_whose_caller_went_away_is_made_or_not_but_never_half() {
    let (store, _directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    for n in 0..50 {
        let changes =
            (0..20).fold(Changes::at(NOW), |changes, m| changes.insert(letter(&format!("{n}.{m}"), 100)));
        let mut apply = acme.apply(changes);
        let mut context = Context::from_waker(std::task::Waker::noop());
        for _ in 0..n % 3 {
            let _ = apply.as_mut().poll(&mut context);
        }
    }
    // Calls are made in order: when this one is, those before it were.
    let _ = acme.apply(Changes::at(NOW).insert(letter("last", 1))).await.unwrap();
    for n in 0..50 {
        let found = letters(&*acme, (0..20).map(|m| format!("{n}.{m}"))).await;
        assert_eq!(found, if n % 3 == 0 { 0 } else { 20 });
    }
}

#[tokio::test]
async fn a_job_is_told_also_when_its_caller_went_away() {
    let (store, _directory) = new_store().await;
    let enqueued = store.job_enqueued();
    let acme = store.tenant(&"acme".into());
    let job = Job::new("j", JobKind::Send, "g", NOW);
    let mut apply = acme.apply(Changes::at(NOW).with(Change::Enqueue(job, None)));
    let _ = apply.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop()));
    drop(apply);
    enqueued.await.unwrap();
    assert!(acme.get(Key::Job("j".into())).await.unwrap().is_some());
}

#[tokio::test]
async fn a_lost_transaction_is_an_error_and_not_the_end() {
    let (store, directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    // SQLite may roll a transaction back by itself, such as when the disk is full. This trigger does it for large rows.
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON dead_letters WHEN length(NEW.body) > 1000
        BEGIN SELECT RAISE(ROLLBACK, 'full'); END";
    Connection::open(directory.path().join("store.db")).unwrap().execute_batch(trigger).unwrap();
    for n in 0..3 {
        let lost =
            acme.apply(Changes::at(NOW).insert(letter("first", 1)).insert(letter("large", 1001))).await;
        assert!(matches!(lost, Err(StoreError::Unavailable { .. })), "{lost:?}");
        assert_eq!(letters(&*acme, ["first".to_owned(), "large".to_owned()].into_iter()).await, 0);
        let _ = acme.apply(Changes::at(NOW).insert(letter(&format!("{n}"), 1000))).await.unwrap();
    }
}

#[tokio::test]
async fn the_lost_transaction_of_one_is_never_acknowledged_to_another() {
    let (store, directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON dead_letters WHEN length(NEW.body) > 1000
        BEGIN SELECT RAISE(ROLLBACK, 'full'); END";
    Connection::open(directory.path().join("store.db")).unwrap().execute_batch(trigger).unwrap();
    let tasks = (0..200).map(|n| {
        let acme = acme.clone();
        let size = if n % 20 == 7 { 1001 } else { 10 };
        tokio::spawn(
            async move { (n, acme.apply(Changes::at(NOW).insert(letter(&format!("{n}"), size))).await) },
        )
    });
    for task in tasks.collect::<Vec<_>>() {
        let (n, result) = task.await.unwrap();
        assert_eq!(
            letters(&*acme, std::iter::once(format!("{n}"))).await,
            usize::from(result.is_ok()),
            "{n}: {result:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_threads_with_the_same_event_one_applies_it() {
    let (store, _directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    let _ =
        acme.apply(Changes::at(NOW).insert(Conversation::new("c", "number", "contact", NOW))).await.unwrap();
    let tasks = (0..1000).map(|n| {
        let acme = acme.clone();
        let event = format!("msg:{}", n % 10);
        let add = Change::Add { conversation: "c".into(), unread: 1 };
        let changes = Changes::at(NOW).once(event, NOW + Duration::from_secs(9)).with(add);
        tokio::spawn(async move { acme.apply(changes).await.unwrap() })
    });
    let mut done = 0;
    for task in tasks.collect::<Vec<_>>() {
        done += usize::from(task.await.unwrap() == Applied::Done);
    }
    assert_eq!(done, 10);
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().unread, 10);
}
