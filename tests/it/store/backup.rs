//! Copies of SQLite's file that are made while it is in use.

use super::durability::{NOW, WRITERS, letter, parts};
use rusqlite::Connection;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use whatsapp_business::{
    store::{Changes, DeadLetter, Key, SqliteStore, Store, StoreError},
    time::Timestamp,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_holds_what_was_acknowledged_and_no_batch_by_half() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
    let acknowledged: Arc<[AtomicUsize; WRITERS]> = Arc::default();
    let is_over = Arc::new(AtomicBool::new(false));
    let tasks = (0..WRITERS).map(|writer| {
        let (acme, acknowledged, is_over) =
            (store.tenant(&"acme".into()), acknowledged.clone(), is_over.clone());
        tokio::spawn(async move {
            for batch in 0.. {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                let parts =
                    (0..3).map(|part| DeadLetter::new(letter(writer, batch, part), NOW, "", vec![0; 2000]));
                let changes = parts.fold(Changes::at(NOW), |changes, letter| changes.insert(letter));
                let _ = acme.apply(changes).await.unwrap();
                acknowledged[writer].store(batch + 1, Ordering::SeqCst);
            }
        })
    });
    let tasks = tasks.collect::<Vec<_>>();
    for n in 0..4 {
        // Each copy is made of more than the one before.
        while acknowledged[0].load(Ordering::SeqCst) < n * 5 {
            tokio::task::yield_now().await;
        }
        let before: Vec<_> = acknowledged.iter().map(|count| count.load(Ordering::SeqCst)).collect();
        let path = directory.path().join(format!("{n}.db"));
        store.backup(&path).await.unwrap();

        let sound: String = Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
        let copy = SqliteStore::open(&path).await.unwrap();
        let acme = copy.tenant(&"acme".into());
        for (writer, before) in before.into_iter().enumerate() {
            for batch in 0..before {
                assert_eq!(
                    parts(&*acme, writer, batch).await,
                    3,
                    "batch {batch} of writer {writer} in copy {n}"
                );
            }
            for batch in before..before + 3 {
                let parts = parts(&*acme, writer, batch).await;
                assert!(
                    parts == 0 || parts == 3,
                    "batch {batch} of writer {writer} in copy {n}: {parts} of 3"
                );
            }
        }
    }
    is_over.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn a_copy_is_a_store_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let (here, there) = (directory.path().join("store.db"), directory.path().join("copy.db"));
    let store = SqliteStore::open(&here).await.unwrap();
    let change = |id: &str| Changes::at(NOW).insert(DeadLetter::new(id, NOW, "", "body"));
    let _ = store.tenant(&"acme".into()).apply(change("before")).await.unwrap();
    store.backup(&there).await.unwrap();
    let _ = store.tenant(&"acme".into()).apply(change("after")).await.unwrap();

    let copy = SqliteStore::open(&there).await.unwrap().tenant(&"acme".into());
    assert!(copy.get(Key::DeadLetter("before".into())).await.unwrap().is_some());
    assert_eq!(copy.get(Key::DeadLetter("after".into())).await.unwrap(), None);
    let _ = copy.apply(change("after")).await.unwrap();
}

#[tokio::test]
async fn what_was_deleted_is_not_copied() {
    let directory = tempfile::tempdir().unwrap();
    let (here, there) = (directory.path().join("store.db"), directory.path().join("copy.db"));
    let store = SqliteStore::open(&here).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let body = "what nobody should find again";
    let _ = acme.apply(Changes::at(NOW).insert(DeadLetter::new("l", NOW, "", body))).await.unwrap();
    let delete = whatsapp_business::store::Change::Delete(Key::DeadLetter("l".into()), 1);
    let _ = acme.apply(Changes::at(NOW).with(delete)).await.unwrap();
    store.backup(&there).await.unwrap();
    let copy = std::fs::read(&there).unwrap();
    assert!(!copy.windows(body.len()).any(|bytes| bytes == body.as_bytes()));
}

#[tokio::test]
async fn nothing_is_written_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let taken = directory.path().join("taken.db");
    std::fs::write(&taken, "").unwrap();
    for to in [taken.clone(), path.clone(), directory.path().to_owned(), "/no/such/directory/copy.db".into()]
    {
        let copied = store.backup(&to).await;
        assert!(matches!(copied, Err(StoreError::Unavailable { .. })), "{copied:?}");
    }
    assert_eq!(std::fs::read(&taken).unwrap(), b"");
    let at = Timestamp::from_seconds(0);
    let _ = store.tenant(&"acme".into()).apply(Changes::at(at)).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_is_as_private_as_the_store() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let (here, there) = (directory.path().join("store.db"), directory.path().join("copy.db"));
    let store = SqliteStore::open(&here).await.unwrap();
    std::fs::set_permissions(&here, std::fs::Permissions::from_mode(0o600)).unwrap();
    store.backup(&there).await.unwrap();
    assert_eq!(std::fs::metadata(&there).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn of_a_file_that_was_replaced_no_copy_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let (here, there) = (directory.path().join("store.db"), directory.path().join("copy.db"));
    let store = SqliteStore::open(&here).await.unwrap();
    let other = directory.path().join("other.db");
    SqliteStore::open(&other).await.unwrap().close().await;
    std::fs::rename(&other, &here).unwrap();
    let copied = store.backup(&there).await;
    assert!(matches!(copied, Err(StoreError::Unavailable { .. })), "{copied:?}");
    assert!(!there.exists());
}
