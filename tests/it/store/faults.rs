//! What SQLite's file and its neighbours may do to it.

use super::durability::NOW;
use crate::programs;
use rusqlite::Connection;
use std::{
    future::Future as _,
    io::{BufRead, BufReader, Write as _},
    path::Path,
    pin::pin,
    process::{Child, Command, Stdio},
    task::{Context, Waker},
    time::Duration,
};
use tempfile::TempDir;
use whatsapp_business::store::{
    Applied, Changes, Claim, DeadLetter, Key, PageRequest, Query, Result, SqliteStore, Store, StoreError,
    TenantStore,
};

/// Which file a child works on; without it there is nothing to do.
const PATH: &str = "WHATSAPP_BUSINESS_TEST_FILE";

async fn new_store() -> (SqliteStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
    (store, directory)
}

async fn insert(tenant: &dyn TenantStore, id: &str, size: usize) -> Result<Applied> {
    tenant.apply(Changes::at(NOW).insert(DeadLetter::new(id, NOW, "", vec![b'x'; size]))).await
}

async fn is_there(tenant: &dyn TenantStore, id: &str) -> Result<bool> {
    Ok(tenant.get(Key::DeadLetter(id.into())).await?.is_some())
}

fn is_unavailable<T>(result: &Result<T>) -> bool {
    matches!(result, Err(StoreError::Unavailable { .. }))
}

/// Runs a test of this file in a process of its own.
fn child(test: &str, path: &Path) -> Command {
    let mut command = programs::child(&format!("store::faults::{test}"));
    command.env(PATH, path).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Says something to the parent.
fn say(word: &str) {
    std::io::stdout().write_all(format!("{word}\n").as_bytes()).unwrap();
}

/// Waits until a child says `word`.
fn hear(child: &mut Child, word: &str) {
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.map_while(std::result::Result::ok).any(|line| line.ends_with(word)), "the child ended");
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_acknowledged_while_the_file_is_away() {
    for name in ["store.db", "store.db-wal"] {
        let (store, directory) = new_store().await;
        let acme = store.tenant(&"acme".into());
        let _ = insert(&*acme, "before", 1).await.unwrap();
        let (here, away) = (directory.path().join(name), directory.path().join("away"));
        std::fs::rename(&here, &away).unwrap();
        assert!(is_unavailable(&insert(&*acme, "lost", 1).await), "{name} was removed");
        assert!(is_unavailable(&is_there(&*acme, "before").await), "{name} was removed");
        std::fs::write(&here, "").unwrap();
        assert!(is_unavailable(&insert(&*acme, "lost", 1).await), "{name} was replaced");
        assert!(is_unavailable(&acme.list(Query::DeadLetters, PageRequest::newest(9)).await), "{name}");

        std::fs::rename(&away, &here).unwrap();
        let _ = insert(&*acme, "after", 1).await.unwrap();
        for (id, kept) in [("before", true), ("lost", false), ("after", true)] {
            assert_eq!(is_there(&*acme, id).await.unwrap(), kept, "{id}");
        }
    }
}

#[tokio::test]
async fn a_damaged_page_is_an_error_for_those_who_need_it() {
    let (store, directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    // Ten letters to a page would be one page for all; these have pages of their own.
    for n in 0..40 {
        let _ = insert(&*acme, &format!("{n:02}"), 3000).await.unwrap();
    }
    store.close().await;
    let path = directory.path().join("store.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let damaged = bytes.windows(64).rposition(|bytes| bytes.iter().all(|byte| *byte == b'x')).unwrap();
    bytes[damaged & !4095..][..4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();

    let store = SqliteStore::open(&path).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let mut damaged = 0;
    for n in 0..40 {
        match is_there(&*acme, &format!("{n:02}")).await {
            Ok(is_there) => assert!(is_there),
            Err(StoreError::Corrupt("file")) => damaged += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!((1..20).contains(&damaged), "{damaged}");
    let listed = acme.list(Query::DeadLetters, PageRequest::newest(40)).await;
    assert!(matches!(listed, Err(StoreError::Corrupt("file"))), "{listed:?}");
    let bound = store.bind(&"1".into(), &"account".into(), &"acme".into()).await;
    assert!(bound.is_ok(), "{bound:?}");
}

/// Run by the tests below in a process of its own: opens the store and keeps what its name says.
#[tokio::test]
async fn child_that_opens_and_writes() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let store = SqliteStore::open(path).await.unwrap();
    let _ = insert(&*store.tenant(&"acme".into()), &std::process::id().to_string(), 1).await.unwrap();
}

#[tokio::test]
async fn processes_that_make_the_tables_at_once_do_not_meet() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let children: Vec<_> =
        (0..4).map(|_| child("child_that_opens_and_writes", &path).spawn().unwrap()).collect();
    let mut ids = Vec::new();
    for mut child in children {
        ids.push(child.id().to_string());
        assert!(child.wait().unwrap().success());
    }
    let acme = SqliteStore::open(&path).await.unwrap().tenant(&"acme".into());
    for id in ids {
        assert!(is_there(&*acme, &id).await.unwrap());
    }
}

/// Run by the test below in a process of its own: has made half of the tables, and waits for its end.
#[test]
fn child_that_never_ends_making_the_tables() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let tables = include_str!("../../../src/store/sqlite/001_initial.sql");
    let half = tables.match_indices(";\n").nth(5).unwrap().0;
    let connection = Connection::open(path).unwrap();
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    // A cache this small has what is not committed written to the file.
    connection.execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE").unwrap();
    connection.execute_batch(&tables[..=half]).unwrap();
    say("half");
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[tokio::test]
async fn tables_that_were_never_finished_are_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let mut child = child("child_that_never_ends_making_the_tables", &path).spawn().unwrap();
    hear(&mut child, "half");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(path.with_extension("db-wal").metadata().unwrap().len() > 0);

    let store = SqliteStore::open(&path).await.unwrap();
    let _ = insert(&*store.tenant(&"acme".into()), "l", 1).await.unwrap();
}

/// Run by the test below in a process of its own, as somebody who may not write the file.
#[tokio::test]
async fn child_that_may_not_write() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let opened = SqliteStore::open(path).await;
    assert!(is_unavailable(&opened), "{opened:?}");
    say("refused");
}

#[cfg(unix)]
#[tokio::test]
async fn what_may_not_be_written_is_refused_when_it_is_opened() {
    use std::os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    };
    let set = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for (file, folder) in [(0o444, 0o777), (0o444, 0o555), (0o666, 0o555)] {
        let (store, directory) = new_store().await;
        store.close().await;
        let path = directory.path().join("store.db");
        set(&path, file);
        set(directory.path(), folder);
        let mut command = child("child_that_may_not_write", &path);
        // Nothing is forbidden to root.
        if directory.path().metadata().unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        let mut child = command.spawn().unwrap();
        hear(&mut child, "refused");
        assert!(child.wait().unwrap().success());
        set(directory.path(), 0o777);
    }
}

#[tokio::test]
async fn a_log_does_not_grow_without_end_under_constant_readers() {
    let (store, directory) = new_store().await;
    let acme = store.tenant(&"acme".into());
    for n in 0..20 {
        let _ = insert(&*acme, &format!("a {n}"), 1_000_000).await.unwrap();
    }
    // A list takes longer than a commit, so that there is always one that began before the last commit.
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let acme = acme.clone();
            tokio::spawn(async move {
                loop {
                    acme.list(Query::DeadLetters, PageRequest::oldest(20)).await.unwrap();
                }
            })
        })
        .collect();
    let log = directory.path().join("store.db-wal");
    let mut largest = 0;
    for n in 0..200 {
        let _ = insert(&*acme, &format!("b {n}"), 1_000_000).await.unwrap();
        largest = largest.max(log.metadata().unwrap().len());
    }
    readers.iter().for_each(|reader| reader.abort());
    // Without readers 16 MB would do.
    assert!(largest < 100_000_000, "{largest}");
}

#[tokio::test]
async fn calls_that_wait_when_the_store_is_closed_are_made() {
    let (store, directory) = new_store().await;
    let other = Connection::open(directory.path().join("store.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let acme = store.tenant(&"acme".into());
    // Those that were polled are in the queue: the writer waits for the other process.
    let mut context = Context::from_waker(Waker::noop());
    let mut calls: Vec<_> = (0..100)
        .map(|n| acme.apply(Changes::at(NOW).insert(DeadLetter::new(n.to_string(), NOW, "", ""))))
        .collect();
    for call in &mut calls {
        assert!(call.as_mut().poll(&mut context).is_pending());
    }
    let closing = store.close();
    let mut closing = pin!(closing);
    assert!(closing.as_mut().poll(&mut context).is_pending());
    other.execute_batch("COMMIT").unwrap();
    for call in calls {
        assert_eq!(call.await.unwrap(), Applied::Done);
    }
    closing.await;
    assert!(is_unavailable(&insert(&*acme, "late", 1).await));
    assert!(is_unavailable(&is_there(&*acme, "0").await));
    assert!(is_unavailable(&store.claim(Claim::new(NOW, Duration::ZERO, 1, "token")).await));
}
