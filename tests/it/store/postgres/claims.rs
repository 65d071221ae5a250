//! Several processes at one queue, some of them killed: no group is in two hands at once, and each job is done once.

use super::{
    NOW,
    kills::{child, count, rounds},
    new_store,
    server::{APP, Server},
};
use crate::programs::say;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    process::Child,
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};
use tokio::task::JoinSet;
use whatsapp_business::{
    store::{
        Change, Changes, Claim, DeadLetter, Job, JobKind, Outcome, PostgresOptions, PostgresStore, Store,
        StoreError,
    },
    time::Timestamp,
};

/// The database whose jobs the child process does; without it there is nothing to do.
const URL: &str = "WHATSAPP_BUSINESS_TEST_WORKS_AT_URL";
const TENANTS: [&str; 2] = ["acme", "globex"];
const WORKERS: usize = 4;
const PROCESSES: usize = 3;
/// How many jobs there are of a group.
const IN_GROUP: usize = 4;
/// Short, so that many leases run out.
const LEASE: Duration = Duration::from_millis(150);

/// Run by the test below in a process of its own: does jobs and says from when to when it had which, in the clock of the
/// machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_does_jobs_until_it_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = PostgresStore::open(&url, &PostgresOptions::new()).await.unwrap();
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        let store = store.clone();
        workers.spawn(async move {
            for n in 0.. {
                work(&store, &format!("{}.{worker}.{n}", std::process::id())).await;
            }
        });
    }
    // The first that fails ends the process.
    workers.join_next().await.unwrap().unwrap();
}

/// Claims some jobs and does them, with all that may happen meanwhile.
async fn work(store: &PostgresStore, token: &str) {
    let enqueued = store.job_enqueued();
    let leases = store.claim(Claim::new(Timestamp::now(), LEASE, 8, token)).await.unwrap();
    let millis = || Timestamp::now().as_millis();
    let holds = |lease: &whatsapp_business::store::Lease, until: Timestamp| {
        let (tenant, job) = (lease.tenant.as_str(), lease.job.id.as_str());
        say(&format!("holds {tenant} {job} {token} {} {}", millis(), until.as_millis()));
    };
    leases.iter().for_each(|lease| holds(lease, lease.until));
    if leases.is_empty() {
        let _ = tokio::time::timeout(Duration::from_millis(20), enqueued).await;
    }
    for lease in leases {
        let (tenant, job) = (lease.tenant.as_str(), lease.job.id.as_str());
        let chance = fastrand::u32(..100);
        if chance < 2 {
            // A worker that was paused for too long, and does not know it.
            tokio::time::sleep(LEASE + Duration::from_millis(20)).await;
        } else if chance < 20 {
            let until = Timestamp::now() + 2 * LEASE;
            match store.extend(&lease, until).await {
                Ok(()) => holds(&lease, until),
                Err(error) => assert!(matches!(error, StoreError::LeaseLost), "{error:?}"),
            }
        }
        let (outcome, changes) = if chance >= 90 {
            (Outcome::Again(Timestamp::now()), Changes::at(NOW))
        } else {
            (Outcome::Done, Changes::at(NOW).insert(DeadLetter::new(job, NOW, token, "")))
        };
        say(&format!("ends {tenant} {job} {token} {}", millis()));
        match store.finish(&lease, outcome.clone(), changes).await {
            Ok(_) if outcome == Outcome::Done => say(&format!("done {tenant} {job} {token}")),
            Ok(_) => {}
            // A second finish would find the letter of the first: that is a conflict, which fails here.
            Err(error) => assert!(matches!(error, StoreError::LeaseLost), "{error:?}"),
        }
    }
}

/// A process with a thread that hears what it says.
struct Process {
    child: Child,
    ear: JoinHandle<Vec<String>>,
}

impl Process {
    fn start(url: &str, done: &mpsc::Sender<()>) -> Self {
        let mut child =
            child("claims::child_that_does_jobs_until_it_is_killed").env(URL, url).spawn().unwrap();
        let (lines, done) = (BufReader::new(child.stdout.take().unwrap()).lines(), done.clone());
        let ear = std::thread::spawn(move || {
            let hear = |line: Result<String, _>| {
                let line = line.unwrap();
                if line.starts_with("done ") {
                    let _ = done.send(());
                }
                line
            };
            lines.map(hear).collect()
        });
        Self { child, ear }
    }

    /// Kills the process and gives what it said.
    fn kill(mut self) -> Vec<String> {
        assert!(self.child.try_wait().unwrap().is_none(), "a process failed");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.ear.join().unwrap()
    }
}

/// What all processes said.
#[derive(Default)]
struct Ledger {
    /// By tenant and group: from when to when which token was good for which job.
    held: BTreeMap<(String, usize), Vec<Held>>,
    done: BTreeMap<(String, String), String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    from: i64,
    until: i64,
    job: usize,
    token: String,
}

impl Ledger {
    fn hear(&mut self, lines: &[String]) {
        for line in lines {
            let words: Vec<_> = line.split(' ').collect();
            let (["holds", tenant, job, token, ..]
            | ["ends", tenant, job, token, ..]
            | ["done", tenant, job, token]) = words[..]
            else {
                continue;
            };
            let (group, n) = job.split_once('.').unwrap();
            let (group, n): (usize, usize) = (group.parse().unwrap(), n.parse().unwrap());
            let held = self.held.entry((tenant.to_owned(), group)).or_default();
            match words[..] {
                ["holds", .., from, until] => held.push(Held {
                    from: from.parse().unwrap(),
                    until: until.parse().unwrap(),
                    job: n,
                    token: token.to_owned(),
                }),
                ["ends", .., at] => {
                    let at = at.parse().unwrap();
                    let mine = held.iter_mut().filter(|held| held.token == token && held.job == n);
                    mine.for_each(|held| held.until = held.until.min(at));
                }
                _ => {
                    let other = self.done.insert((tenant.to_owned(), job.to_owned()), token.to_owned());
                    assert_eq!(other, None, "{job} of {tenant} was done twice");
                }
            }
        }
    }

    /// Asserts that in each group one lease came after the other, and the jobs in their order; how many there were, and how
    /// many of them came after one that ran out.
    fn check(&mut self) -> (usize, usize) {
        let (mut leases, mut again) = (0, 0);
        for ((tenant, group), held) in &mut self.held {
            // Who was told of a lease when it was over already held nothing.
            held.retain(|held| held.from <= held.until);
            held.sort();
            for pair in held.windows(2) {
                let [first, second] = pair else { continue };
                assert!(first.job <= second.job, "{tenant} {group}: out of order: {first:?} {second:?}");
                if first.token != second.token {
                    assert!(
                        first.until <= second.from,
                        "{tenant} {group}: two at once: {first:?} {second:?}"
                    );
                    again += usize::from(first.job == second.job);
                }
            }
            leases += held.len();
        }
        (leases, again)
    }
}

#[tokio::test]
async fn of_many_processes_one_holds_a_job_and_each_job_is_done_once() {
    let (store, database) = new_store().await;
    let kills = rounds(3);
    let groups = 100 * kills.max(6);
    for (tenant, n) in TENANTS.into_iter().flat_map(|tenant| (0..IN_GROUP).map(move |n| (tenant, n))) {
        for start in (0..groups / 2).step_by(Changes::MAX_LEN) {
            let jobs = (start..groups / 2).take(Changes::MAX_LEN).map(|group| {
                let job = Job::new(format!("{group}.{n}"), JobKind::Send, format!("{group}"), NOW);
                Change::Enqueue(job, None)
            });
            let changes = jobs.fold(Changes::at(NOW), Changes::with);
            let _ = store.tenant(&tenant.into()).apply(changes).await.unwrap();
        }
    }
    let jobs = groups / 2 * IN_GROUP * TENANTS.len();
    let (url, mut ledger) = (database.url(APP), Ledger::default());
    let (done, heard) = mpsc::channel();
    let mut processes: Vec<_> = (0..PROCESSES).map(|_| Process::start(&url, &done)).collect();
    for kill in 0..kills {
        // Each time in the midst of things.
        for _ in 0..fastrand::usize(1..jobs / kills) {
            heard.recv_timeout(Duration::from_secs(60)).expect("the processes do jobs");
        }
        let killed = std::mem::replace(&mut processes[kill % PROCESSES], Process::start(&url, &done));
        ledger.hear(&killed.kill());
    }
    let admin = database.admin().await;
    let left = "SELECT EXISTS (SELECT FROM whatsapp.jobs)";
    while admin.query_one(left, &[]).await.unwrap().get(0) {
        heard.recv_timeout(Duration::from_secs(60)).expect("the processes do jobs");
    }
    for process in processes {
        ledger.hear(&process.kill());
    }
    let left = "SELECT count(*) FROM whatsapp.job_groups";
    assert_eq!(admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0, "groups without jobs");

    let rows = admin.query("SELECT tenant_id, id, reason FROM whatsapp.dead_letters", &[]).await.unwrap();
    let finished: BTreeMap<(String, String), String> =
        rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect();
    let all = TENANTS.into_iter().flat_map(|tenant| {
        let ids = (0..groups / 2).flat_map(|group| (0..IN_GROUP).map(move |n| format!("{group}.{n}")));
        ids.map(move |id| (tenant.to_owned(), id))
    });
    assert_eq!(finished.keys().cloned().collect::<BTreeSet<_>>(), all.collect());
    for (job, token) in &ledger.done {
        assert_eq!(finished.get(job), Some(token), "{job:?} was done under another lease than was told");
    }
    let (held, again) = ledger.check();
    count(&format!(
        "{jobs} jobs, {held} times held, {again} times after another lease, {} told as done",
        ledger.done.len()
    ));
    assert!(held >= ledger.done.len() && again > 0);
}

#[tokio::test]
async fn a_claim_waits_for_nobody_who_has_a_job_in_hand() {
    let database = Server::shared().await.migrated().await;
    let options = PostgresOptions::new().statement_timeout(Duration::from_secs(2));
    let store = PostgresStore::open(&database.url(APP), &options).await.unwrap();
    let jobs = ["a", "b"].map(|id| Change::Enqueue(Job::new(id, JobKind::Send, id, NOW), None));
    let changes = jobs.into_iter().fold(Changes::at(NOW), Changes::with);
    let _ = store.tenant(&"acme".into()).apply(changes).await.unwrap();
    // As a finish does that comes late: first the job, then its group. A claim that has the group must not want the job.
    let other = database.admin().await;
    other.batch_execute("BEGIN; SELECT FROM whatsapp.jobs WHERE id = 'a' FOR UPDATE").await.unwrap();
    let claim = |token| Claim::new(NOW, LEASE, 9, token);
    let claimed = store.claim(claim("first")).await.unwrap();
    assert_eq!(claimed.iter().map(|lease| lease.job.id.as_str()).collect::<Vec<_>>(), ["b"]);
    other.batch_execute("COMMIT").await.unwrap();
    let claimed = store.claim(claim("second")).await.unwrap();
    assert_eq!(claimed.iter().map(|lease| lease.job.id.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[tokio::test]
async fn a_lease_in_a_long_group_is_kept_without_a_look_at_all_of_its_jobs() {
    let (store, database) = new_store().await;
    let acme = store.tenant(&"acme".into());
    for batch in 0..8 {
        let job = |n| Job::new(format!("{batch}.{n}"), JobKind::Send, "long", NOW);
        let changes =
            (0..250).fold(Changes::at(NOW), |changes, n| changes.with(Change::Enqueue(job(n), None)));
        let _ = acme.apply(changes).await.unwrap();
    }
    let claim = || Claim::new(NOW, Duration::from_secs(60), 9, "worker");
    let leases = store.claim(claim()).await.unwrap();
    assert_eq!(leases.len(), 1, "the first of its group");
    for n in 1..=5 {
        store.extend(&leases[0], NOW + Duration::from_secs(60 * n)).await.unwrap();
        assert!(store.claim(claim()).await.unwrap().is_empty());
    }
    let _ = store.finish(&leases[0], Outcome::Done, Changes::at(NOW)).await.unwrap();
    assert_eq!(store.claim(claim()).await.unwrap().len(), 1);
    // Whatever else was looked for there, too, it is nowhere near all.
    let sql = "SELECT idx_scan >= 10 AND idx_tup_read < 500 FROM pg_stat_user_indexes
        WHERE schemaname = 'whatsapp' AND indexrelname = 'jobs_by_group'";
    super::until(&database.admin().await, sql).await;
}
