//! The time after the storm, until nothing is left to do.

use super::worker::Worker;
use crate::store::postgres::server::Database;
use std::time::{Duration, Instant};
use whatsapp_business::{simulator::Simulator, time::Timestamp};

/// The least by which time is put forward, so that what comes due one after the other is not waited for one by one.
const STEP: Duration = Duration::from_secs(5);

/// How long nothing moves before jobs in hand are taken for those of the dead.
const STILL: Duration = Duration::from_secs(2);

/// The jobs that are left, how many of them are in somebody's hand, and when the next can be done. The lanes of numbers are jobs
/// that nobody does.
const LEFT: &str = "SELECT coalesce(string_agg(kind, ', '), ''), count(*) FILTER (WHERE lease_until > $1),
        (SELECT min(greatest(due, busy_until)) FROM whatsapp.job_groups WHERE name NOT LIKE 'lane%')
    FROM whatsapp.jobs WHERE kind <> 'lane'";

/// Lets the workers do all that is left, puts time forward for what waits for it, and lets them end.
///
/// # Panics
/// When something is left for longer than `patience`.
pub(super) async fn wait(
    simulator: &Simulator,
    database: &Database,
    mut workers: [Worker; 2],
    patience: Duration,
) {
    let (admin, began, mut ahead) = (database.admin().await, Instant::now(), Duration::ZERO);
    let (mut before, mut moved) = (None, began);
    loop {
        let is_idle = simulator.idle().await.is_ok();
        let now = simulator.now();
        let left = admin.query_one(LEFT, &[&now.as_millis()]).await.unwrap();
        let (kinds, in_hand, next): (String, i64, Option<i64>) = (left.get(0), left.get(1), left.get(2));
        let seen = (simulator.requests(), kinds.len(), in_hand);
        let has_moved = before.replace(seen) != Some(seen);
        if has_moved {
            moved = Instant::now();
        }
        // What ended just now may have left a webhook behind, so it is looked at twice.
        if is_idle && kinds.is_empty() && !has_moved {
            break;
        }
        assert!(began.elapsed() < patience, "after {patience:?} there is still to do: {kinds}");
        let next = next.map(Timestamp::from_millis).filter(|next| *next > now);
        match next.filter(|_| is_idle && (in_hand == 0 || moved.elapsed() > STILL)) {
            Some(next) => {
                let step = next.since(now).max(STEP);
                simulator.advance(step);
                ahead += step;
                for worker in &mut workers {
                    worker.put_forward(ahead).await;
                }
            }
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    for worker in workers {
        worker.stop().await;
    }
}
