//! A file that another process holds, and a disk that is full.

use super::{ANA, NUMBER, Office, duplicates, is_to_be_repeated, says, webhook};
use crate::programs::{child, child_without_room, say};
use rusqlite::Connection;
use std::process::Command;
use tempfile::TempDir;
use whatsapp_business::store::{SendState, SqliteStore};

/// Which file a child fills; without it there is nothing to do.
const PATH: &str = "WHATSAPP_BUSINESS_TEST_DESK_FILLS";

async fn new_store() -> (SqliteStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (SqliteStore::open(directory.path().join("store.db")).await.unwrap(), directory)
}

/// F23, **A B E**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f23_abe_while_another_process_writes_nothing_is_acknowledged_or_posted_and_readers_go_on() {
    let (store, directory) = new_store().await;
    let office = Office::over(store).await;
    let other = Connection::open(directory.path().join("store.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = says(ANA, "wamid.1", "Hi");
    let signature = webhook().sign(&body);
    let hello = || office.acme.send(NUMBER, format!("+{ANA}"), "Hello").idempotency_key("order-7");
    // Both give up while the other still writes.
    let (received, sent) = tokio::join!(office.desk.receive(&body, Some(&signature)), hello().into_future());
    assert!(is_to_be_repeated(&received), "{received:?}");
    assert!(is_to_be_repeated(&sent), "{sent:?}");
    assert_eq!((office.history().await.len(), office.meta.posts().len()), (0, 0));
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(office.receives(&body).await.unwrap().applied, 1);
    let sent = hello().await.unwrap();
    assert_eq!(sent.sending.state, SendState::Accepted);
    let posts = office.meta.posts();
    assert_eq!((office.history().await.len(), posts.len()), (2, 1));
    assert_eq!(posts[0].attempt, format!("{}.1", sent.id));
    assert_eq!(posts[0].wamid, sent.wamid.unwrap().as_str());
}

/// Run by the test below in a process that may not write large files: receives and sends until nothing fits.
#[tokio::test]
async fn child_that_receives_until_nothing_fits() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let office = Office::over(SqliteStore::open(path).await.unwrap()).await;
    let said = |n: usize| says(ANA, &format!("wamid.{n}"), &"x".repeat(50_000));
    let mut kept = 0;
    let full = loop {
        assert!(kept < 1000, "more was kept than fits");
        match office.receives(&said(kept)).await {
            Ok(received) => assert_eq!(received.applied, 1),
            full => break full,
        }
        kept += 1;
    };
    assert!(is_to_be_repeated(&full), "{full:?}");
    // Nothing is sent that could not be recorded, and what is there is read.
    let send = |n: usize| office.acme.send(NUMBER, format!("+1415556{n:04}"), "y".repeat(4000));
    let mut recorded = 0;
    let full = loop {
        match send(recorded).idempotency_key(format!("{recorded}")).await {
            Ok(_) => recorded += 1,
            full => break full,
        }
        assert!(recorded < 1000, "more was recorded than fits");
    };
    assert!(is_to_be_repeated(&full), "{full:?}");
    assert_eq!(office.meta.posts().len(), recorded);
    assert_eq!(office.inbox().await.len(), kept);
    // Once there is room, the same desk goes on.
    let process = std::process::id().to_string();
    let more = Command::new("prlimit").args(["--pid", &process, "--fsize=unlimited"]).status();
    assert!(more.unwrap().success());
    assert_eq!(office.receives(&said(kept)).await.unwrap().applied, 1);
    let sent = send(recorded).idempotency_key(format!("{recorded}")).await.unwrap();
    assert_eq!((sent.sending.state, office.meta.posts().len()), (SendState::Accepted, recorded + 1));
    say(&format!("kept {}", kept + 1));
}

/// F23, **A B E**.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn f23_abe_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept_and_room_is_found_without_a_restart()
{
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let child = child_without_room("desk_storage::sqlite::child_that_receives_until_nothing_fits")
        .env(PATH, &path)
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    let kept: usize =
        output.lines().find_map(|line| line.strip_prefix("kept ")?.parse().ok()).expect(&output);
    assert!(kept > 1);
    let office = Office::over(SqliteStore::open(&path).await.unwrap()).await;
    let inbox = office.inbox().await;
    assert_eq!((inbox.len(), inbox.values().sum::<usize>()), (kept, kept));
}

/// What a process is given in place of the system's calls that bring files to the disk: they fail while a file is there.
#[cfg(target_os = "linux")]
const FAILING_DISK: &str = r#"
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int call(long number, int file) {
    const char *fails = getenv("WHATSAPP_BUSINESS_TEST_DISK_FAILS");
    if (fails && access(fails, F_OK) == 0) { errno = EIO; return -1; }
    return syscall(number, file);
}
int fsync(int file) { return call(SYS_fsync, file); }
int fdatasync(int file) { return call(SYS_fdatasync, file); }
"#;
/// The file whose presence makes the disk fail.
const FAILS: &str = "WHATSAPP_BUSINESS_TEST_DISK_FAILS";

/// Run by the test below in a process whose disk fails when it says so.
#[tokio::test]
async fn child_whose_disk_fails_for_a_while() {
    let (Some(path), Some(fails)) = (std::env::var_os(PATH), std::env::var_os(FAILS)) else { return };
    let office = Office::over(SqliteStore::open(path).await.unwrap()).await;
    let said = |n: usize| says(ANA, &format!("wamid.{n}"), "Hi");
    let hello = || office.acme.send(NUMBER, format!("+{ANA}"), "Hello").idempotency_key("order-7");
    assert_eq!(office.receives(&said(0)).await.unwrap().applied, 1);
    std::fs::write(&fails, "").unwrap();
    for n in 1..4 {
        let received = office.receives(&said(n)).await;
        assert!(is_to_be_repeated(&received), "{received:?}");
        let sent = hello().await;
        assert!(is_to_be_repeated(&sent), "{sent:?}");
    }
    assert_eq!((office.history().await.len(), office.meta.posts().len()), (1, 0));
    // Without a restart.
    std::fs::remove_file(&fails).unwrap();
    for n in 1..4 {
        assert_eq!(office.receives(&said(n)).await.unwrap().applied, 1);
    }
    assert_eq!(hello().await.unwrap().sending.state, SendState::Accepted);
    assert_eq!(office.meta.posts().len(), 1);
    say("it went on");
}

/// F23, **A B**: what could not be brought to the disk is neither acknowledged nor posted.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn f23_ab_on_a_disk_that_fails_nothing_is_acknowledged_and_when_it_works_again_all_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("disk.c"), FAILING_DISK).unwrap();
    let mut compiler = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler.args(["-shared", "-fPIC", "-o"]).args([path("disk.so"), path("disk.c")]);
    assert!(compiler.status().expect("a C compiler, as Rust links with it").success());
    let child = child("desk_storage::sqlite::child_whose_disk_fails_for_a_while")
        .env(PATH, path("store.db"))
        .env(FAILS, path("fails"))
        .env("LD_PRELOAD", path("disk.so"))
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout) + String::from_utf8_lossy(&child.stderr);
    assert!(output.lines().any(|line| line == "it went on"), "{output}");
    let office = Office::over(SqliteStore::open(path("store.db")).await.unwrap()).await;
    assert_eq!(office.history().await.len(), 5, "four from the customer, one to them");
}

/// F17, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_a_delivery_that_comes_a_thousand_times_at_once_counts_once_and_is_handed_on_once() {
    let (store, _directory) = new_store().await;
    duplicates::thousand(store).await;
}

/// F20, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_a_who_hangs_up_at_any_point_loses_nothing() {
    let (store, _directory) = new_store().await;
    duplicates::hang_up(store).await;
}

/// F24, **A**.
#[tokio::test]
async fn f24_a_a_poisonous_message_among_five_hundred_is_put_aside_alone() {
    let (store, _directory) = new_store().await;
    duplicates::poison(store).await;
}

/// F27, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f27_a_what_is_delivered_once_more_in_any_order_has_each_effect_once() {
    let (store, _directory) = new_store().await;
    duplicates::week(store, 20_000).await;
}
