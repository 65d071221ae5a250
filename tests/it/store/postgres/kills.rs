//! What was acknowledged survives the death of the process and of the server, and nothing is there by half.
//!
//! Some rounds are made; `WHATSAPP_BUSINESS_TEST_ROUNDS` says how many instead.

use super::{
    NOW, letter,
    server::{APP, Control, Death, Server},
};
use crate::programs::{self, say};
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};
use tokio::sync::mpsc;
use tokio_postgres::Client;
use whatsapp_business::store::{
    Applied, Change, Changes, Job, JobKind, Mark, PostgresOptions, PostgresStore, Store, StoreError,
    StoredMessage,
};

/// The database that the child process writes to; without it there is nothing to do.
const URL: &str = "WHATSAPP_BUSINESS_TEST_WRITES_TO_URL";
/// The tenant that it writes for.
const TENANT: &str = "WHATSAPP_BUSINESS_TEST_TENANT";
const WRITERS: usize = 8;

/// How many rounds to make.
const ROUNDS: &str = "WHATSAPP_BUSINESS_TEST_ROUNDS";

/// How many rounds to make: so many, unless it is said.
pub(super) fn rounds(usual: usize) -> usize {
    std::env::var(ROUNDS).map_or(usual, |rounds| rounds.parse().unwrap())
}

/// A child process that runs one test of this binary.
pub(super) fn child(test: &str) -> Command {
    let mut command = programs::child(&format!("store::postgres::{test}"));
    command.stdout(Stdio::piped());
    command
}

/// Says what was counted to whoever asked for rounds.
pub(super) fn count(line: &str) {
    if std::env::var_os(ROUNDS).is_some() {
        say(line);
    }
}

/// A batch that leaves a part of itself in four tables.
pub(super) fn batch(id: &str) -> Changes {
    let message = StoredMessage::new(id, "conversation", "inbound".into(), NOW, "text", vec![b'x'; 1000]);
    Changes::at(NOW)
        .once(id, NOW + Duration::from_secs(9))
        .insert(letter(id, 1000))
        .insert(message)
        .with(Change::Enqueue(Job::new(id, JobKind::Send, id, NOW), None))
}

/// Asserts that of every batch of a tenant either all is there or nothing, and gives those that are there.
pub(super) async fn whole_batches(admin: &Client, tenant: &str) -> BTreeSet<String> {
    // One statement sees one moment, whoever writes on.
    let sql = "SELECT 0, id FROM whatsapp.dead_letters WHERE tenant_id = $1
        UNION ALL SELECT 1, id FROM whatsapp.messages WHERE tenant_id = $1
        UNION ALL SELECT 2, id FROM whatsapp.jobs WHERE tenant_id = $1
        UNION ALL SELECT 3, encode(key, 'hex') FROM whatsapp.once_marks WHERE tenant_id = $1";
    let mut parts: [BTreeSet<String>; 4] = Default::default();
    for row in admin.query(sql, &[&tenant]).await.unwrap() {
        let is_new = parts[usize::try_from(row.get::<_, i32>(0)).unwrap()].insert(row.get(1));
        assert!(is_new, "a part of {tenant} is there twice");
    }
    let [letters, messages, jobs, marks] = parts;
    assert_eq!(letters, messages, "{tenant}: letters and messages");
    assert_eq!(letters, jobs, "{tenant}: letters and jobs");
    let hex = |id: &String| Mark::of(id).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(letters.iter().map(hex).collect::<BTreeSet<String>>(), marks, "{tenant}: letters and marks");
    letters
}

/// Run by the test below in a process of its own: writes batch after batch and says which were acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_writes_until_it_is_killed() {
    let (Ok(url), Ok(tenant)) = (std::env::var(URL), std::env::var(TENANT)) else { return };
    let store = PostgresStore::open(&url, &PostgresOptions::new()).await.unwrap();
    let tasks = (0..WRITERS).map(|writer| {
        let tenant = store.tenant(&tenant.as_str().into());
        tokio::spawn(async move {
            for n in 0.. {
                let id = format!("{writer}.{n}");
                assert_eq!(tenant.apply(batch(&id)).await.unwrap(), Applied::Done);
                say(&format!("acknowledged {id}"));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_the_death_of_the_process_and_nothing_is_torn() {
    let database = Server::shared().await.migrated().await;
    let admin = database.admin().await;
    let (mut all, mut under_way) = (0, 0);
    for round in 0..rounds(3) {
        let tenant = format!("round {round}");
        let mut child = child("kills::child_that_writes_until_it_is_killed")
            .env(URL, database.url(APP))
            .env(TENANT, &tenant)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let acknowledged = |line: String| line.strip_prefix("acknowledged ").map(str::to_owned);
        let enough = fastrand::usize(1..200);
        let mut told: BTreeSet<_> = lines.by_ref().filter_map(acknowledged).take(enough).collect();
        // On Unix this is SIGKILL: nothing of the process runs any more.
        child.kill().unwrap();
        child.wait().unwrap();
        told.extend(lines.filter_map(acknowledged));
        assert!(told.len() >= enough, "the child died by itself");
        let there = whole_batches(&admin, &tenant).await;
        assert!(told.is_subset(&there), "lost: {:?}", told.difference(&there));
        // Each writer waits for its answer, so of each at most one is there that was not told.
        assert!(there.len() <= told.len() + WRITERS, "{} there, {} told", there.len(), told.len());
        (all, under_way) = (all + told.len(), under_way + there.len() - told.len());
    }
    count(&format!("{all} batches were acknowledged, {under_way} more were made"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_the_death_of_the_server_and_nothing_is_torn() {
    if std::env::var_os("DATABASE_URL").is_some() {
        // That server is not ours to kill.
        return;
    }
    // It waits for the disk, unlike that of the other tests.
    let server = Server::start("fsync=on\nsynchronous_commit=on\nfull_page_writes=on");
    let database = server.migrated_alone().await;
    let control = Control::of(&database).await;
    let store = database.store().await;
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let writers = (0..WRITERS).map(|writer| {
        let (acme, acknowledge) = (store.tenant(&"acme".into()), acknowledge.clone());
        tokio::spawn(async move {
            for n in 0.. {
                let id = format!("{writer}.{n}");
                while let Err(error) = acme.apply(batch(&id)).await {
                    // Had it been made by half, it would be a conflict to repeat it.
                    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                acknowledge.send(id).unwrap();
            }
        })
    });
    let mut writers: Vec<_> = writers.collect();
    // Callers that do not repeat what is in doubt: what became of it stays as the server left it.
    writers.extend((0..WRITERS).map(|writer| {
        let (acme, acknowledge) = (store.tenant(&"acme".into()), acknowledge.clone());
        tokio::spawn(async move {
            for n in 0.. {
                let id = format!("once {writer}.{n}");
                match acme.apply(batch(&id)).await {
                    Ok(applied) => {
                        assert_eq!(applied, Applied::Done);
                        acknowledge.send(id).unwrap();
                    }
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        })
    }));
    let mut told = BTreeSet::new();
    for round in 0..rounds(2) {
        let enough = told.len() + fastrand::usize(1..200);
        while told.len() < enough {
            told.insert(acknowledged.recv().await.unwrap());
        }
        let death = [Death::Killed, Death::Immediate][round % 2];
        control.kill(death);
        control.start();
        while let Ok(id) = acknowledged.try_recv() {
            told.insert(id);
        }
        let there = whole_batches(&database.admin().await, "acme").await;
        assert!(told.is_subset(&there), "lost when {death:?}: {:?}", told.difference(&there));
    }
    for writer in writers {
        writer.abort();
        assert!(writer.await.is_err_and(|error| error.is_cancelled()), "a writer failed");
    }
    count(&format!("{} batches were acknowledged", told.len()));
}
