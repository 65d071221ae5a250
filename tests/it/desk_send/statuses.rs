//! Statuses beside sends: in any order, any number of times, before and after the answer.

use super::{ANA, Office};
use proptest::{prelude::*, test_runner::TestCaseError};
use std::time::Duration;
use whatsapp_business::{
    Webhook,
    desk::{Entry, Headline},
    simulator::{Pace, Simulator},
    store::{PageRequest, SendState, StoredMessageId},
};

async fn office() -> Office {
    Office::with(Simulator::builder().pace(Pace::by_hand()), |desk| desk).await
}

impl Office {
    /// Meta tells a status of the message with this tracking data.
    async fn told(
        &self,
        wamid: &str,
        kind: &str,
        second: i64,
        data: Option<&str>,
    ) -> whatsapp_business::desk::Received {
        let mut status = serde_json::json!({"id": wamid, "status": kind, "recipient_id": "14155550132",
            "timestamp": (1_700_000_000 + second).to_string()});
        if let Some(data) = data {
            status["biz_opaque_callback_data"] = data.into();
        }
        let metadata = serde_json::json!({"display_phone_number": "15550100001",
            "phone_number_id": self.simulator.phone_number_id().as_str()});
        let value =
            serde_json::json!({"messaging_product": "whatsapp", "metadata": metadata, "statuses": [status]});
        let body = serde_json::json!({"object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]});
        let body = serde_json::to_vec(&body).unwrap();
        let webhook = Webhook::new(self.simulator.app_secret(), self.simulator.verify_token()).unwrap();
        self.desk.receive(&body, Some(&webhook.sign(&body))).await.unwrap()
    }
}

/// What is known of a message, but for when it was accepted, which is our own time.
fn known(entry: &Entry) -> (Headline, SendState, Option<String>, Vec<Option<i64>>) {
    let progress = entry.progress.as_ref();
    let times = progress.map(|p| [p.sent_at, p.delivered_at, p.read_at, p.failed_at]).into_iter().flatten();
    (
        entry.headline(),
        entry.message.sending.as_ref().unwrap().state.clone(),
        entry.message.wamid.as_ref().map(|wamid| wamid.as_str().to_owned()),
        times.map(|time| time.map(|time| time.as_seconds())).collect(),
    )
}

#[tokio::test(start_paused = true)]
async fn f17_a_the_same_status_a_thousand_times_at_once_counts_once() {
    let office = office().await;
    let receipt = office.sends("Hello").await;
    let wamid = receipt.wamid.as_ref().unwrap().as_str();
    let all = (0..1000).map(|_| office.told(wamid, "delivered", 5, None));
    let mut applied = 0;
    for received in futures(all).await {
        assert_eq!(received.applied + received.duplicates, 1);
        applied += received.applied;
    }
    assert_eq!(applied, 1);
    assert_eq!(office.entry(&receipt.id).await.headline(), Headline::Delivered);
}

/// Polls all of them together.
async fn futures<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test(start_paused = true)]
async fn f19_a_a_status_of_a_message_that_nobody_knows_is_kept_and_harms_nothing() {
    let office = office().await;
    assert_eq!(office.told("wamid.FOREIGN", "read", 1, None).await.applied, 1);
    assert_eq!(office.told("wamid.FOREIGN", "sent", 0, Some("another system's data")).await.applied, 1);
    assert!(office.acme.conversations(PageRequest::newest(1)).await.unwrap().items.is_empty());
    assert!(office.acme.dead_letters(PageRequest::newest(1)).await.unwrap().items.is_empty());
}

/// What happens to a message.
#[derive(Clone, Copy, Debug)]
enum Step {
    Status(&'static str, i64, bool),
    Work,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let statuses = [("sent", 1), ("delivered", 2), ("read", 3), ("failed", 4)];
    let status = (0..statuses.len(), any::<bool>())
        .prop_map(move |(n, named)| Step::Status(statuses[n].0, statuses[n].1, named));
    proptest::collection::vec(prop_oneof![4 => status, 1 => Just(Step::Work)], 0..12)
}

/// How the first attempt goes.
#[derive(Clone, Copy, Debug)]
enum First {
    Accepted,
    Lost,
    Throttled,
}

/// The state in the end of a message to which this happened, and all statuses once more.
async fn end(
    first: First,
    steps: &[Step],
    seed: u64,
) -> (Headline, SendState, bool, Vec<Option<i64>>, usize) {
    let office = Office::with(Simulator::builder().pace(Pace::by_hand()).seed(seed), |desk| desk).await;
    match first {
        First::Accepted => {}
        First::Lost => office.simulator.lose_next_answer(),
        First::Throttled => office.simulator.fail_next(131_056),
    }
    let receipt = office.sends("Hello").await;
    let wamid = |id: StoredMessageId, office: &Office| {
        // Meta speaks only of what it took.
        let _ = id;
        office.simulator.sent().first().map(|sent| sent.id.as_str().to_owned())
    };
    let data = format!("{}.{}", receipt.id, if matches!(first, First::Throttled) { 2 } else { 1 });
    let all = [Step::Work].iter().chain(steps).chain([
        &Step::Work,
        &Step::Status("sent", 1, true),
        &Step::Status("delivered", 2, true),
        &Step::Status("read", 3, true),
        &Step::Status("failed", 4, true),
    ]);
    for step in all {
        match step {
            Step::Work => office.desk.run(tokio::time::sleep(Duration::from_secs(10))).await.unwrap(),
            Step::Status(kind, second, named) => {
                if let Some(wamid) = wamid(receipt.id.clone(), &office) {
                    // What has no answer is told by the data alone, which Meta then always gives.
                    let named = *named || matches!(first, First::Lost);
                    office.told(&wamid, kind, *second, named.then_some(data.as_str())).await;
                }
            }
        }
    }
    let entry = office.entry(&receipt.id).await;
    let (headline, state, wamid, times) = known(&entry);
    (headline, state, wamid.is_some(), times, office.taken().len())
}

/// F18 and P7: whatever the order of statuses, duplicates, late sends and retries, the end is the same.
#[test]
fn f18_ab_any_interleaving_of_statuses_and_work_ends_in_the_same_state() {
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 48, ..ProptestConfig::default() });
    let first = prop_oneof![Just(First::Accepted), Just(First::Lost), Just(First::Throttled)];
    runner
        .run(&(first, steps()), |(first, steps)| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .start_paused(true)
                .build()
                .unwrap();
            let expected = (
                Headline::Read,
                SendState::Accepted,
                true,
                [1, 2, 3, 4].map(|second| Some(1_700_000_000 + second)).to_vec(),
                1,
            );
            let ended = runtime.block_on(end(first, &steps, 7));
            if ended == expected { Ok(()) } else { Err(TestCaseError::fail(format!("{ended:?}"))) }
        })
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn f18_a_a_status_before_the_answer_is_not_undone_by_it() {
    let office = office().await;
    office.simulator.lose_next_answer();
    let receipt = office.sends("Hello").await;
    let wamid = office.simulator.sent()[0].id.as_str().to_owned();
    office.told(&wamid, "read", 3, Some(&format!("{}.1", receipt.id))).await;
    office.told(&wamid, "sent", 1, None).await;
    let entry = office.entry(&receipt.id).await;
    assert_eq!((entry.headline(), entry.message.wamid.unwrap().as_str()), (Headline::Read, &*wamid));
    assert_eq!(
        office.acme.send(office.simulator.phone_number_id(), ANA, "Next").await.unwrap().sending.state,
        SendState::Accepted
    );
}
