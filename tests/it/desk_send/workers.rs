//! Workers: what they take up, what they leave, and how they end.

use super::{ANA, Office, builder};
use std::time::Duration;
use whatsapp_business::{
    Client, Desk, Result,
    desk::Credentials,
    id::{PhoneNumberId, TenantId},
    simulator::{Pace, Simulator},
    store::{Change, Changes, Claim, Job, JobKind, Key, Record, SendState, Store},
};

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
    let left = office.store.claim(far_away(&office)).await.unwrap();
    assert!(left.iter().all(|lease| lease.job.kind != JobKind::Send), "its job is done");
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

#[tokio::test(start_paused = true)]
async fn f25_b_of_two_workers_one_has_a_message_also_when_their_clocks_differ_by_minutes() {
    for skew in [Duration::from_secs(600), Duration::ZERO] {
        let office = Office::open().await;
        let number = office.simulator.phone_number_id();
        for n in 0..40 {
            office.acme.enqueue(number, format!("+1415555{n:04}"), "Hello").await.unwrap();
        }
        let clock = office.simulator.clock();
        let ahead = builder(&office.simulator, office.store.clone()).clock(move || clock() + skew).build();
        let other = tokio::spawn(async move { ahead.run(tokio::time::sleep(Duration::from_secs(60))).await });
        office.desk.run(tokio::time::sleep(Duration::from_secs(60))).await.unwrap();
        other.await.unwrap().unwrap();
        assert_eq!((office.simulator.sent().len(), office.simulator.requests()), (40, 40), "{skew:?}");
    }
}

/// A colleague who comes when the other has begun.
async fn looks_all_the_time(colleague: &Desk) {
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..100 {
        colleague.step().await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn f25_b_work_that_takes_longer_than_its_lease_stays_with_its_worker() {
    let slow = Pace::by_hand();
    let office =
        Office::with(Simulator::builder().pace(slow), |desk| desk.lease(Duration::from_secs(3))).await;
    let vault = SlowVault(office.simulator.client());
    let desk = builder(&office.simulator, office.store.clone());
    let desk = desk.lease(Duration::from_secs(3)).credentials(vault).build();
    let number = office.simulator.phone_number_id();
    let receipt = office.acme.enqueue(number, ANA, "Hello").await.unwrap();
    let shutdown = tokio::time::sleep(Duration::from_secs(40));
    let (worked, ()) = tokio::join!(desk.run(shutdown), looks_all_the_time(&office.desk));
    worked.unwrap();
    let sending = office.entry(&receipt.id).await.message.sending.unwrap();
    assert_eq!((sending.state, sending.attempts, office.taken().len()), (SendState::Accepted, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn f25_b_a_send_in_place_that_takes_longer_than_its_lease_stays_with_its_caller() {
    let office =
        Office::with(Simulator::builder().pace(Pace::by_hand()), |desk| desk.lease(Duration::from_secs(3)))
            .await;
    let vault = SlowVault(office.simulator.client());
    let desk = builder(&office.simulator, office.store.clone());
    let desk = desk.lease(Duration::from_secs(3)).credentials(vault).build();
    let call = desk.tenant("acme").send(office.simulator.phone_number_id(), ANA, "Hello");
    let call = call.resend_after(Duration::from_secs(1)).into_future();
    let (receipt, ()) = tokio::join!(call, looks_all_the_time(&office.desk));
    assert_eq!(receipt.unwrap().sending.state, SendState::Accepted);
    assert_eq!(office.taken().len(), 1);
}

/// Takes twenty seconds to give a token.
#[derive(Debug)]
pub(super) struct SlowVault(pub(super) Client);

#[async_trait::async_trait]
impl Credentials for SlowVault {
    async fn client(&self, _: &TenantId, _: &PhoneNumberId) -> Result<Client> {
        tokio::time::sleep(Duration::from_secs(20)).await;
        Ok(self.0.clone())
    }
}

/// Never gives a token.
#[derive(Debug)]
struct DeafVault;

#[async_trait::async_trait]
impl Credentials for DeafVault {
    async fn client(&self, _: &TenantId, _: &PhoneNumberId) -> Result<Client> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn c_a_message_for_which_there_is_no_token_is_not_under_way_for_ever() {
    let office = Office::open().await;
    let desk = builder(&office.simulator, office.store.clone()).credentials(DeafVault).build();
    let call = desk.tenant("acme").send(office.simulator.phone_number_id(), ANA, "Hello");
    let receipt = tokio::time::timeout(Duration::from_secs(3600), call.into_future()).await.unwrap().unwrap();
    assert_eq!(receipt.sending.state, SendState::Queued);
    office.works_until(|simulator| simulator.sent().len() == 1).await;
    assert_eq!(office.state(&receipt.id).await, SendState::Accepted);
}

#[tokio::test(start_paused = true)]
async fn bc_a_process_that_dies_leaves_what_waits_to_others_and_what_was_under_way_to_the_statuses() {
    let office = Office::with(Simulator::builder().pace(Pace::by_hand()), |desk| desk).await;
    let number = office.simulator.phone_number_id().clone();
    let vault = SlowVault(office.simulator.client());
    let doomed = builder(&office.simulator, office.store.clone()).credentials(vault).build();
    let under_way = office.acme.enqueue(&number, ANA, "first").await.unwrap();
    let waiting = office.acme.enqueue(&number, ANA, "second").await.unwrap();
    // A runtime of its own, which ends with all its tasks: nothing that it holds is given back.
    let died = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _ =
            runtime.block_on(async { tokio::time::timeout(Duration::from_millis(200), doomed.step()).await });
    });
    died.join().unwrap();
    assert_eq!(office.state(&under_way.id).await, SendState::Submitting);
    let behind = office.sends("third").await;
    assert_eq!(behind.sending.state, SendState::Queued);
    office.desk.run(tokio::time::sleep(Duration::from_secs(60))).await.unwrap();
    assert!(office.taken().is_empty(), "its lease is not over");
    office.simulator.advance(Duration::from_secs(60));
    office.works_until(|simulator| simulator.sent().len() == 2).await;
    assert_eq!(office.state(&under_way.id).await, SendState::OutcomeUnknown);
    assert_eq!(office.state(&waiting.id).await, SendState::Accepted);
    assert_eq!(office.taken(), ["second", "third"]);
}
