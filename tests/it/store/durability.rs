//! What was acknowledged survives the death of the process, and nothing is there by half.
//!
//! Some rounds are made; `WHATSAPP_BUSINESS_TEST_ROUNDS` says how many instead.

use crate::programs::{child, child_without_room, say};
use rusqlite::Connection;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};
use whatsapp_business::{
    store::{Changes, DeadLetter, Key, SqliteStore, Store, StoreError, TenantStore},
    time::Timestamp,
};

/// Where the child process writes; without it there is nothing to do.
const PATH: &str = "WHATSAPP_BUSINESS_TEST_WRITES_TO";
/// The same for the child that fills its disk.
const FULL_PATH: &str = "WHATSAPP_BUSINESS_TEST_FILLS";
/// How often the child is killed. Whoever says so is told what was counted.
const ROUNDS: &str = "WHATSAPP_BUSINESS_TEST_ROUNDS";
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
pub(super) const WRITERS: usize = 8;

pub(super) fn letter(writer: usize, batch: usize, part: usize) -> String {
    format!("{writer}.{batch}.{part}")
}

/// How many of the three parts of a batch are there.
pub(super) async fn parts(tenant: &dyn TenantStore, writer: usize, batch: usize) -> usize {
    let mut found = 0;
    for part in 0..3 {
        let key = Key::DeadLetter(letter(writer, batch, part).into());
        found += usize::from(tenant.get(key).await.unwrap().is_some());
    }
    found
}

/// Run by the test below in a process of its own: writes batch after batch and says which were acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let store = SqliteStore::open(path).await.unwrap();
    let tasks = (0..WRITERS).map(|writer| {
        let acme = store.tenant(&"acme".into());
        tokio::spawn(async move {
            for batch in 0.. {
                let parts =
                    (0..3).map(|part| DeadLetter::new(letter(writer, batch, part), NOW, "", vec![0; 2000]));
                let changes = parts.fold(Changes::at(NOW), |changes, letter| changes.insert(letter));
                let _ = acme.apply(changes).await.unwrap();
                say(&format!("acknowledged {writer} {batch}"));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

/// Run by the test below in a process that may not write large files: writes until that fails.
#[tokio::test]
async fn child_that_writes_until_nothing_fits() {
    let Some(path) = std::env::var_os(FULL_PATH) else { return };
    let store = SqliteStore::open(path).await.unwrap();
    let acme = store.tenant(&"acme".into());
    let letter = |n: usize, size| DeadLetter::new(format!("{n}"), NOW, "", vec![0; size]);
    let mut taken = 0;
    let full = loop {
        assert!(taken < 1000, "more was taken than fits");
        match acme.apply(Changes::at(NOW).insert(letter(taken, 50_000))).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StoreError::Unavailable { .. }), "{full:?}");
    // The threads live on: reads are answered, and so are writes, if only by an error.
    assert!(acme.get(Key::DeadLetter("0".into())).await.unwrap().is_some());
    let both = acme.apply(Changes::at(NOW).insert(letter(taken, 1)).insert(letter(taken + 1, 50_000))).await;
    assert!(both.is_err(), "{both:?}");
    // Once there is room, the same store goes on.
    let process = std::process::id().to_string();
    let more = Command::new("prlimit").args(["--pid", &process, "--fsize=unlimited"]).status();
    assert!(more.unwrap().success());
    let _ = acme.apply(Changes::at(NOW).insert(letter(taken, 50_000))).await.unwrap();
    say(&format!("taken {}", taken + 1));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn when_nothing_fits_what_was_taken_is_kept_and_more_is_taken_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let child = child_without_room("store::durability::child_that_writes_until_nothing_fits")
        .env(FULL_PATH, &path)
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    let taken: usize =
        output.lines().find_map(|line| line.strip_prefix("taken ")?.parse().ok()).expect(&output);
    assert!(taken > 0);

    let store = SqliteStore::open(&path).await.unwrap();
    let acme = store.tenant(&"acme".into());
    for n in 0..taken {
        assert!(acme.get(Key::DeadLetter(format!("{n}").into())).await.unwrap().is_some(), "{n} of {taken}");
    }
    assert_eq!(acme.get(Key::DeadLetter(format!("{taken}").into())).await.unwrap(), None);
}

#[tokio::test]
async fn acknowledged_batches_survive_a_kill_and_none_is_torn() {
    let rounds = std::env::var(ROUNDS).ok().map(|rounds| rounds.parse::<usize>().unwrap());
    let (mut all, mut under_way) = (0, 0);
    for round in 0..rounds.unwrap_or(3) {
        let lines = [1, 40, 150][round % 3] + round;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let mut child = child("store::durability::child_that_writes_until_it_is_killed")
            .env(PATH, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = [None; WRITERS];
        let mut note = |line: String| {
            let mut words =
                line.strip_prefix("acknowledged ")?.split(' ').map(|word| word.parse::<usize>().ok());
            let (writer, batch) = (words.next()??, words.next()??);
            acknowledged[writer] = Some(batch);
            Some(())
        };
        let mut left = lines;
        while left > 0 {
            let line = output.next().expect("the child writes on").unwrap();
            left -= usize::from(note(line).is_some());
        }
        // On Unix this is SIGKILL: nothing of the process runs any more.
        child.kill().unwrap();
        child.wait().unwrap();
        for line in output {
            note(line.unwrap());
        }

        let store = SqliteStore::open(&path).await.unwrap();
        let sound: String = Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
        let acme = store.tenant(&"acme".into());
        for (writer, last) in acknowledged.into_iter().enumerate() {
            let next = last.map_or(0, |last| last + 1);
            for batch in 0..next {
                assert_eq!(
                    parts(&*acme, writer, batch).await,
                    3,
                    "batch {batch} of writer {writer} was acknowledged"
                );
            }
            // The one that was under way was made or was not.
            let torn = parts(&*acme, writer, next).await;
            assert!(torn == 0 || torn == 3, "batch {next} of writer {writer} is torn: {torn} of 3");
            (all, under_way) = (all + next, under_way + torn / 3);
        }
    }
    if rounds.is_some() {
        say(&format!("{all} batches were acknowledged, {under_way} more were made"));
    }
}
