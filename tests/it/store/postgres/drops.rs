//! Callers, and whole runtimes, that go away at any moment: each batch is whole, and no transaction stays open.

use super::{
    NOW,
    kills::{batch, whole_batches},
    letter, new_store,
    server::{APP, Database},
    until,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio_postgres::Client;
use whatsapp_business::store::{
    Change, Changes, Claim, Job, JobKind, Lease, Outcome, PostgresOptions, PostgresStore, Store,
};

/// From none at all to more than a call takes.
const MOMENTS: [Duration; 12] = {
    let micros = [0, 20, 50, 100, 200, 400, 800, 1500, 3000, 6000, 12_000, 50_000];
    let mut moments = [Duration::ZERO; 12];
    let mut n = 0;
    while n < moments.len() {
        moments[n] = Duration::from_micros(micros[n]);
        n += 1;
    }
    moments
};

/// Leases of two jobs that are enqueued so.
async fn leases(store: &PostgresStore, round: usize) -> [Lease; 2] {
    let leases = ["first", "second"].map(|name| {
        let id = format!("{name} {round}");
        let job = Job::new(id.as_str(), JobKind::Send, id.as_str(), NOW);
        Lease::new("worker".into(), job, "token".into(), NOW + Duration::from_secs(600))
    });
    let changes = leases.iter().fold(Changes::at(NOW), |changes, lease| {
        changes.with(Change::Enqueue(lease.job.clone(), Some((lease.token.clone(), lease.until))))
    });
    let _ = store.tenant(&"worker".into()).apply(changes).await.unwrap();
    leases
}

fn done(lease: &Lease) -> Changes {
    let id = lease.job.id.as_str();
    Changes::at(NOW).insert(letter(id, 10)).insert(letter(&format!("{id} as well"), 10))
}

/// Asserts that nothing was left open, and that each job of the worker is done if and only if both its letters are there.
async fn assert_whole(admin: &Client, rounds: usize) {
    let open = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND (state LIKE 'idle in transaction%' OR state = 'active'))";
    until(admin, open).await;
    whole_batches(admin, "acme").await;
    let ids = async |sql: &str| -> BTreeSet<String> {
        admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    let waiting = ids("SELECT id FROM whatsapp.jobs WHERE tenant_id = 'worker'").await;
    let letters = ids("SELECT id FROM whatsapp.dead_letters WHERE tenant_id = 'worker'").await;
    for round in 0..rounds {
        for id in ["first", "second"].map(|name| format!("{name} {round}")) {
            let (one, both) = (letters.contains(&id), letters.contains(&format!("{id} as well")));
            assert_eq!((one, both), (!waiting.contains(&id), one), "job {id}");
        }
    }
    // Each group leads to the first of its jobs and knows of its leases, and each job has a group.
    let astray =
        "SELECT coalesce(j.group_name, g.name) FROM (
            SELECT tenant_id, group_name, min(seq) AS head, count(lease_token) AS leases, max(lease_until) AS until
            FROM whatsapp.jobs GROUP BY tenant_id, group_name) AS j
        FULL JOIN whatsapp.job_groups AS g ON j.tenant_id = g.tenant_id AND j.group_name = g.name
        WHERE (j.head = g.head AND j.leases = g.leases AND g.busy_until >= coalesce(j.until, g.busy_until)) IS NOT TRUE";
    assert_eq!(ids(astray).await, BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_go_away_at_any_moment_leave_whole_batches_and_nothing_open() {
    let (store, database) = new_store().await;
    for (round, moment) in MOMENTS.into_iter().cycle().take(3 * MOMENTS.len()).enumerate() {
        let acme = store.tenant(&"acme".into());
        let leases = leases(&store, round).await;
        let ids = [0, 1, 2].map(|n| format!("{round}.{n}"));
        let applies = async {
            tokio::join!(acme.apply(batch(&ids[0])), acme.apply(batch(&ids[1])), acme.apply(batch(&ids[2])))
        };
        let finishes = async {
            tokio::join!(
                store.finish(&leases[0], Outcome::Done, done(&leases[0])),
                store.finish(&leases[1], Outcome::Done, done(&leases[1]))
            )
        };
        let claim = store.claim(Claim::new(NOW, Duration::from_secs(600), 2, format!("dropped {round}")));
        // Each by itself, so that the end of one does not keep the others.
        let _ = tokio::join!(
            tokio::time::timeout(moment, applies),
            tokio::time::timeout(moment, finishes),
            tokio::time::timeout(moment, claim)
        );
    }
    // What nobody waits for any more is brought to its end all the same.
    store.close().await;
    assert_whole(&database.admin().await, 3 * MOMENTS.len()).await;
}

/// Opens a store in a runtime of its own, which ends in the midst of its work.
fn die_after(moment: Duration, round: usize, database: &Database) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let url = database.url(APP);
    runtime.block_on(async {
        let store = Arc::new(PostgresStore::open(&url, &PostgresOptions::new()).await.unwrap());
        let leases = leases(&store, round).await;
        for n in 0..3 {
            let acme = store.tenant(&"acme".into());
            tokio::spawn(async move { acme.apply(batch(&format!("{round}.{n}"))).await });
        }
        for lease in leases {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.finish(&lease, Outcome::Done, done(&lease)).await });
        }
        tokio::time::sleep(moment).await;
    });
    // Every task is dropped at the await where it stands.
    runtime.shutdown_background();
}

#[tokio::test]
async fn runtimes_that_end_at_any_moment_leave_whole_batches_and_nothing_open() {
    let (store, database) = new_store().await;
    store.close().await;
    let database = Arc::new(database);
    for (round, moment) in MOMENTS.into_iter().enumerate() {
        let database = Arc::clone(&database);
        tokio::task::spawn_blocking(move || die_after(moment, round, &database)).await.unwrap();
    }
    assert_whole(&database.admin().await, MOMENTS.len()).await;
}
