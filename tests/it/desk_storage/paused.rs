//! Workers that stand still, and clocks that jump.

use super::{ANA, Meta, NUMBER, Office, builder};
use crate::programs::{child, say};
use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, Result,
    desk::Credentials,
    id::{PhoneNumberId, TenantId},
    store::{SendState, SqliteStore},
};

/// The file that a child works on, and where it stands still; without them there is nothing to do.
const PATH: &str = "WHATSAPP_BUSINESS_TEST_PAUSED_ON";
const PLACE: &str = "WHATSAPP_BUSINESS_TEST_PAUSED_WHEN";
const LEASE: Duration = Duration::from_secs(1);

/// Stands still once, until the parent says to go on.
#[derive(Debug, Default)]
struct Pause(AtomicBool);

impl Pause {
    fn once(&self) {
        if !self.0.swap(true, Ordering::SeqCst) {
            say("stands still");
            let _ = std::io::stdin().read_line(&mut String::new());
        }
    }
}

/// Stands still before it gives a token: the attempt is recorded, and not made.
#[derive(Debug)]
struct Vault(Meta, Arc<Pause>);

#[async_trait::async_trait]
impl Credentials for Vault {
    async fn client(&self, _: &TenantId, _: &PhoneNumberId) -> Result<Client> {
        self.1.once();
        Ok(self.0.client())
    }
}

/// Run by the test below in a process of its own: a worker that is stopped when it has a message in hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_stands_still() {
    let (Some(path), Ok(place)) = (std::env::var_os(PATH), std::env::var(PLACE)) else { return };
    let (meta, pause) = (Meta::default(), Arc::new(Pause::default()));
    let desk = builder(SqliteStore::open(path).await.unwrap(), &meta, &Arc::default()).lease(LEASE);
    let desk = match place.as_str() {
        "claimed" => desk.allowance(move |_| {
            pause.once();
            None
        }),
        _ => desk.credentials(Vault(meta.clone(), pause)),
    };
    desk.build().step().await.unwrap();
    say(&format!("posted {}", meta.posts().len()));
}

/// A process that runs the test above. It is killed when this is dropped: one that stands still would stay for ever.
struct Stopped(Child, Lines<BufReader<ChildStdout>>);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Stopped {
    fn start(path: &Path, place: &str) -> Self {
        let mut child = child("desk_storage::paused::child_that_stands_still")
            .env(PATH, path)
            .env(PLACE, place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self(child, lines)
    }

    /// What it says after these words.
    fn hear(&mut self, words: &str) -> String {
        let mut lines = self.1.by_ref().map(Result::unwrap);
        lines.find_map(|line| line.strip_prefix(words).map(str::to_owned)).expect("it says so")
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

/// F25, **B**, R20: a process is stopped for longer than its lease, before it recorded the attempt and after; meanwhile another
/// looks after its message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f25_b_a_process_that_stands_still_for_longer_than_its_lease_makes_no_second_post() {
    for (place, meanwhile, its_posts) in
        [("claimed", SendState::Accepted, "0"), ("recorded", SendState::OutcomeUnknown, "1")]
    {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = SqliteStore::open(&path).await.unwrap();
        let office = Office::with(store, |desk| desk.lease(LEASE)).await;
        let receipt = office.acme.enqueue(NUMBER, format!("+{ANA}"), "Hello").await.unwrap();
        let state = async || office.acme.message(&receipt.id).await.unwrap().message.sending.unwrap().state;
        let mut process = Stopped::start(&path, place);
        process.hear("stands still");
        process.signal("-STOP");
        let looks_after_it = async {
            while state().await != meanwhile {
                office.desk.step().await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), looks_after_it)
            .await
            .expect("the other looks after it");
        process.signal("-CONT");
        process.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        assert_eq!(process.hear("posted "), its_posts, "{place}");
        assert!(process.0.wait().unwrap().success());
        let ours = office.meta.posts().len();
        assert_eq!(
            (ours + its_posts.parse::<usize>().unwrap(), state().await),
            (1, SendState::Accepted),
            "{place}"
        );
    }
}

/// F25, **B C**.
#[tokio::test]
async fn f25_bc_a_clock_that_jumps_while_messages_wait_sends_each_of_them_once() {
    for jump in [600, -600] {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path().join("store.db")).await.unwrap();
        let office = Office::over(store.clone()).await;
        let mut waiting = Vec::new();
        for n in 0..40 {
            waiting.push(office.acme.enqueue(NUMBER, format!("+1415556{n:04}"), "Hello").await.unwrap().id);
        }
        assert_eq!(office.desk.step().await.unwrap(), 16);
        office.later(jump);
        let colleague = office.colleague(store);
        while colleague.step().await.unwrap() + office.desk.step().await.unwrap() > 0 {}
        office.later(jump.abs() + 100);
        office.works().await;
        assert_eq!(office.meta.posts().len(), 40, "{jump}");
        for id in &waiting {
            let state = office.acme.message(id).await.unwrap().message.sending.unwrap().state;
            assert_eq!(state, SendState::Accepted, "{jump}");
        }
    }
}
