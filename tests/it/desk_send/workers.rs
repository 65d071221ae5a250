//! Workers: what they take up, what they leave, and how they end.

use super::Office;
use std::time::Duration;
use whatsapp_business::store::{Change, Changes, Claim, Job, JobKind, Key, Record, SendState, Store};

#[tokio::test(start_paused = true)]
async fn a_worker_sends_what_has_to_wait_when_its_time_has_come() {
    let office = Office::open().await;
    office.simulator.fail_next(131_056);
    let receipt = office.sends("Hello").await;
    assert_eq!(receipt.sending.state, SendState::Queued);
    office.works_until(|simulator| simulator.sent().len() == 1).await;
    assert_eq!(office.state(&receipt.id).await, SendState::Accepted);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_told_to_stop_brings_to_its_end_what_it_has_in_hand() {
    let office = Office::open().await;
    office.simulator.fail_next(131_056);
    let receipt = office.sends("Hello").await;
    // It stops as soon as the request is there, before its answer is.
    office.works_until(|simulator| simulator.requests() == 2).await;
    assert_eq!(office.state(&receipt.id).await, SendState::Accepted);
    assert!(office.store.claim(far_away(&office)).await.unwrap().is_empty(), "its job is done");
}

/// A claim of whatever there is at any time.
fn far_away(office: &Office) -> Claim {
    let in_a_year = office.simulator.now() + Duration::from_secs(365 * 86_400);
    Claim::new(in_a_year, Duration::from_secs(1), 100, "far away")
}

#[tokio::test(start_paused = true)]
async fn jobs_of_a_kind_that_nobody_knows_are_left_to_others_and_claimed_ever_more_rarely() {
    let office = Office::open().await;
    let acme = office.store.tenant(&"acme".into());
    let job = Job::new("new", JobKind::from("dance"), "g", office.simulator.now());
    let _ = acme.apply(Changes::at(office.simulator.now()).with(Change::Enqueue(job, None))).await.unwrap();
    let day = tokio::time::sleep(Duration::from_secs(86_400));
    office.desk.run(day).await.unwrap();
    let Some(Record::Job(job)) = acme.get(Key::Job("new".into())).await.unwrap() else {
        panic!("the job is gone")
    };
    assert!((2..60).contains(&job.attempts), "it was claimed {} times in a day", job.attempts);
}
