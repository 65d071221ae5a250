//! How fast the desk sends, against a simulator that keeps Meta's limits.

use super::{ANA, Office, builder};
use proptest::{prelude::*, test_runner::Config};
use std::time::Duration;
use whatsapp_business::{
    Desk,
    desk::DeskBuilder,
    simulator::{Builder, Limits, Pace, Phone, Simulator},
    store::SendState,
};

fn limited() -> Builder {
    Simulator::builder().limits(Limits::none().throughput(true).pair_rate(true)).pace(Pace::by_hand())
}

impl Office {
    /// Enqueues a message to each of so many people, from a number.
    async fn campaign(&self, from: &str, people: usize) {
        for n in 0..people {
            self.acme.enqueue(from, format!("+1415556{n:04}"), "Hello").await.unwrap();
        }
    }

    /// Works until so many messages were taken, with others on the same store; how long that took.
    async fn works_off(&self, messages: usize, others: &[Desk]) -> Duration {
        let (stop, _) = tokio::sync::broadcast::channel::<()>(1);
        let others: Vec<_> = others
            .iter()
            .map(|desk| {
                let (desk, mut stopped) = (desk.clone(), stop.subscribe());
                tokio::spawn(async move {
                    desk.run(async { stopped.recv().await.unwrap_or_default() }).await.unwrap();
                })
            })
            .collect();
        let began = tokio::time::Instant::now();
        self.works_until(move |simulator| simulator.requests() >= messages).await;
        let took = began.elapsed();
        drop(stop);
        for other in others {
            other.await.unwrap();
        }
        took
    }

    fn refused(&self) -> usize {
        self.simulator.requests() - self.simulator.sent().len()
    }
}

/// The rate that `messages` in `took` make, of `promised`.
fn rate(messages: usize, took: Duration, promised: f64) -> f64 {
    (messages - 1) as f64 / took.as_secs_f64() / promised
}

fn plain(desk: DeskBuilder) -> DeskBuilder {
    desk
}

#[tokio::test(start_paused = true)]
async fn a_number_sends_as_fast_as_it_may_and_never_faster() {
    for (throughput, messages) in [(20, 100), (80, 400), (1000, 3000)] {
        let office = Office::with(limited().throughput(throughput), plain).await;
        let number = office.simulator.phone_number_id().clone();
        if throughput != 80 {
            office.acme.set_throughput(&number, u32::try_from(throughput).unwrap()).await.unwrap();
        }
        office.campaign(number.as_str(), messages).await;
        let rate = rate(messages, office.works_off(messages, &[]).await, throughput as f64);
        assert!((0.98..=1.0).contains(&rate), "{rate} of {throughput}");
        assert_eq!(office.refused(), 0, "at {throughput} a second");
    }
}

#[tokio::test(start_paused = true)]
async fn processes_that_share_a_number_send_no_faster_together() {
    let office = Office::with(limited(), plain).await;
    let number = office.simulator.phone_number_id().clone();
    office.campaign(number.as_str(), 800).await;
    let others = [office.colleague(), office.colleague()];
    let rate = rate(800, office.works_off(800, &others).await, 80.0);
    assert!((0.9..=1.0).contains(&rate), "{rate}");
    assert_eq!(office.refused(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_burst_to_one_person_is_paid_off_without_asking_meta() {
    let office = Office::with(limited(), plain).await;
    let number = office.simulator.phone_number_id().clone();
    for n in 0..50 {
        office.acme.enqueue(&number, ANA, format!("{n}")).await.unwrap();
    }
    let took = office.works_off(50, &[]).await;
    assert!((270..280).contains(&took.as_secs()), "{took:?}");
    assert_eq!(office.refused(), 0);
    assert_eq!(office.taken(), (0..50).map(|n| format!("{n}")).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn processes_that_share_a_person_send_no_faster_together() {
    let office = Office::with(limited(), plain).await;
    let number = office.simulator.phone_number_id().clone();
    for n in 0..120 {
        office.acme.enqueue(&number, ANA, format!("{n}")).await.unwrap();
    }
    let took = office.works_off(120, &[office.colleague(), office.colleague()]).await;
    assert!((540..560).contains(&took.as_secs()), "{took:?}");
    assert_eq!(office.refused(), 0);
    assert_eq!(office.taken(), (0..120).map(|n| format!("{n}")).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_is_started_anew_knows_to_whom_much_was_sent() {
    let office = Office::with(limited(), plain).await;
    for n in 0..45 {
        assert_eq!(office.sends(&format!("{n}")).await.sending.state, SendState::Accepted);
    }
    let (later, number) = (office.colleague(), office.simulator.phone_number_id());
    let last = later.tenant("acme").send(number, ANA, "45").await.unwrap();
    assert_eq!(last.sending.state, SendState::Queued, "it would be one too many");
    let until = office.simulator.until(|simulator| simulator.requests() == 46);
    let began = tokio::time::Instant::now();
    later.run(async { until.within(Duration::from_secs(600)).await.unwrap() }).await.unwrap();
    assert!((265..275).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(office.refused(), 0);
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    /// P9: whoever sends to a person, in place or by a worker, Meta never finds that they get too many.
    #[test]
    fn no_person_gets_more_than_meta_allows_however_many_processes_send(
        sends in proptest::collection::vec((0..2_usize, any::<bool>(), 0..4_u64, 0..9000_u64), 1..80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let refused = runtime.block_on(async {
            let office = Office::with(limited(), plain).await;
            let (desks, number) = ([office.desk.clone(), office.colleague()], office.simulator.phone_number_id());
            for (desk, in_place, long, pause) in sends {
                tokio::time::sleep(Duration::from_millis(pause * long.pow(4) / 64)).await;
                let acme = desks[desk].tenant("acme");
                if in_place {
                    acme.send(number, ANA, "Hello").await.unwrap();
                } else {
                    acme.enqueue(number, ANA, "Hello").await.unwrap();
                }
                desks[desk].step().await.unwrap();
            }
            office.refused()
        });
        prop_assert_eq!(refused, 0);
    }
}

/// What leaves in the last moment of a burst would reach Meta after it.
#[tokio::test(start_paused = true)]
async fn a_message_that_is_nearly_too_late_for_a_burst_waits_for_its_end() {
    let office = Office::with(limited(), plain).await;
    for millis in [0, 10, 2000, 3986] {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        office.sends("Hello").await;
    }
    assert_eq!((office.refused(), office.simulator.sent().len()), (0, 3));
    let began = tokio::time::Instant::now();
    office.works_until(|simulator| simulator.sent().len() == 4).await;
    assert!((11..14).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_is_full_blocks_no_other() {
    let office = Office::with(limited(), plain).await;
    let (busy, quiet) = (office.simulator.phone_number_id().clone(), "200");
    let other = Phone::new(quiet, office.simulator.account_id().as_str(), "+1 555 010 0002");
    office.simulator.add_phone(other.access_token(office.simulator.access_token())).unwrap();
    office.acme.bind(quiet, office.simulator.account_id()).await.unwrap();
    office.campaign(busy.as_str(), 2000).await;
    office.acme.enqueue(quiet, ANA, "me too").await.unwrap();
    let began = tokio::time::Instant::now();
    office.works_until(|simulator| simulator.sent().iter().any(|sent| sent.from.as_str() == "200")).await;
    let sent_meanwhile = office.simulator.sent().len();
    assert!(sent_meanwhile < 200, "{sent_meanwhile} went before it");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn f11_e_a_number_that_is_slower_than_thought_is_found_out_with_few_refusals() {
    let office = Office::with(limited().throughput(40), plain).await;
    let number = office.simulator.phone_number_id().clone();
    office.campaign(number.as_str(), 600).await;
    office.works_until(|simulator| simulator.sent().len() == 600).await;
    assert!(office.refused() <= 60, "{} refusals", office.refused());
}

#[tokio::test(start_paused = true)]
async fn a_tenant_sends_no_faster_than_its_allowance() {
    let office =
        Office::with(limited(), |desk| desk.allowance(|tenant| (tenant.as_str() == "acme").then_some(10)))
            .await;
    let number = office.simulator.phone_number_id().clone();
    office.campaign(number.as_str(), 50).await;
    let rate = rate(50, office.works_off(50, &[]).await, 10.0);
    assert!((0.95..=1.0).contains(&rate), "{rate}");
}

#[tokio::test(start_paused = true)]
async fn what_the_host_set_is_kept_for_other_processes_and_for_long() {
    let office = Office::with(limited().throughput(20), plain).await;
    let number = office.simulator.phone_number_id().clone();
    office.acme.set_throughput(&number, 20).await.unwrap();
    tokio::time::sleep(Duration::from_secs(100 * 86_400)).await;
    while office.desk.step().await.unwrap() > 0 {}
    let later = builder(&office.simulator, office.store.clone()).build();
    office.campaign(number.as_str(), 60).await;
    let until = office.simulator.until(|simulator| simulator.sent().len() == 60);
    later.run(async { until.within(Duration::from_secs(60)).await.unwrap() }).await.unwrap();
    assert_eq!(office.refused(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_host_set_outlives_a_process_that_knows_of_nothing_newer() {
    for rest in [61, 7200] {
        let office = Office::with(limited().throughput(20), plain).await;
        let number = office.simulator.phone_number_id().clone();
        office.sends("before").await;
        office.colleague().tenant("acme").set_throughput(&number, 20).await.unwrap();
        tokio::time::sleep(Duration::from_secs(rest)).await;
        office.sends("after").await;
        office.campaign(number.as_str(), 60).await;
        let until = office.simulator.until(|simulator| simulator.sent().len() == 62);
        let later = office.colleague();
        later.run(async { until.within(Duration::from_secs(60)).await.unwrap() }).await.unwrap();
        assert_eq!(office.refused(), 0, "after {rest} seconds");
    }
}

#[tokio::test(start_paused = true)]
async fn in_place_a_message_waits_for_its_slot_and_not_for_long() {
    let office = Office::with(limited(), plain).await;
    let number = office.simulator.phone_number_id().clone();
    let calls = (0..300).map(|n| {
        let (acme, number) = (office.acme.clone(), number.clone());
        tokio::spawn(async move { acme.send(number, format!("+1415556{n:04}"), "Hello").await.unwrap() })
    });
    let mut in_place = 0;
    for call in calls.collect::<Vec<_>>() {
        in_place += usize::from(call.await.unwrap().sending.state == SendState::Accepted);
    }
    // As many as go out in a second wait; the others are left to a worker.
    assert!((80..=120).contains(&in_place), "{in_place}");
    office.works_until(|simulator| simulator.sent().len() == 300).await;
    assert_eq!(office.refused(), 0);
}
