//! Customers who write and colleagues who write to them, while something happens to the store.

use super::{NUMBER, Office, Post, builder, delivery, is_to_be_repeated, says, status};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use whatsapp_business::{
    desk::{DeskBuilder, Incoming},
    store::{SendState, Store, StoredMessageId},
    webhook::Event,
};

/// How many write at once, of each kind.
const WRITERS: usize = 6;

/// Goes on until [`ends_well`](Self::ends_well).
pub(super) struct Traffic {
    offices: [Office; 2],
    ends: Arc<AtomicBool>,
    acknowledged: watch::Receiver<usize>,
    customers: JoinSet<Vec<String>>,
    colleagues: JoinSet<Vec<StoredMessageId>>,
    workers: Vec<JoinHandle<()>>,
    handled: Arc<Mutex<BTreeSet<String>>>,
}

impl Traffic {
    /// Two processes on the same tables, each with a worker.
    pub(super) async fn begin(stores: [impl Store; 2]) -> Self {
        let handled = Arc::default();
        let (first, second) = stores.into();
        let first = Office::with(first, |desk| set(desk, &handled)).await;
        let second = set(builder(second, &first.meta, &first.ahead), &handled).build();
        let second = Office { acme: second.tenant("acme"), desk: second, ..first.clone() };
        let offices = [first, second];
        let ends = Arc::new(AtomicBool::new(false));
        let (count, acknowledged) = watch::channel(0);
        let count = Arc::new(count);
        let (mut customers, mut colleagues) = (JoinSet::new(), JoinSet::new());
        for writer in 0..WRITERS {
            let office = &offices[writer % 2];
            customers.spawn(writes(office.clone(), writer, Arc::clone(&ends), Arc::clone(&count)));
            colleagues.spawn(answers(office.clone(), writer, Arc::clone(&ends), Arc::clone(&count)));
        }
        let workers = offices.iter().map(|office| {
            let (desk, acknowledged, ends) = (office.desk.clone(), acknowledged.clone(), Arc::clone(&ends));
            tokio::spawn(async move { desk.run(ended(acknowledged, &ends)).await.unwrap() })
        });
        let workers = workers.collect();
        Self { offices, ends, acknowledged, customers, colleagues, workers, handled }
    }

    /// Waits until so many more were acknowledged.
    pub(super) async fn goes_on(&mut self, more: usize) {
        let enough = *self.acknowledged.borrow() + more;
        let goes_on = self.acknowledged.wait_for(|count| *count >= enough);
        tokio::time::timeout(Duration::from_secs(300), goes_on).await.expect("it goes on").unwrap();
    }

    /// Lets everybody stop, and Meta tell what it took; asserts that all has come to its end then.
    pub(super) async fn ends_well(self) {
        let Self { offices, ends, acknowledged, customers, colleagues, workers, handled } = self;
        let office = &offices[0];
        ends.store(true, Ordering::SeqCst);
        let received: BTreeSet<_> = customers.join_all().await.into_iter().flatten().collect();
        let sent: Vec<_> = colleagues.join_all().await.into_iter().flatten().collect();
        drop(acknowledged);
        for worker in workers {
            worker.await.unwrap();
        }
        // Longer than a lease and than any wait, so that all is made that waits.
        for _ in 0..10 {
            office.later(200);
            office.works().await;
        }
        let posts = office.meta.posts();
        for post in &posts {
            let statuses = [("sent", 1), ("delivered", 2)]
                .map(|(kind, second)| status(&post.wamid, kind, second, Some(&post.attempt)));
            office.receives(&delivery(NUMBER, json!({"statuses": statuses}))).await.unwrap();
        }
        office.works().await;
        assert_eq!(office.meta.posts().len(), posts.len());

        // A: what was acknowledged is there, once, and was handed on.
        let inbox = office.inbox().await;
        assert_eq!(inbox.keys().cloned().collect::<BTreeSet<_>>(), received);
        assert!(inbox.values().all(|times| *times == 1), "{inbox:?}");
        assert!(handled.lock().unwrap().is_superset(&received), "not all was handed on");
        assert_eq!(office.used("received").await, received.len() as u64);
        // B: nothing is posted twice.
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        posts.iter().for_each(|post| *times.entry(message_of(post)).or_default() += 1);
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        // C: every message has come to its end, and the right one.
        for id in &sent {
            let state = office.acme.message(id).await.unwrap().message.sending.unwrap().state;
            let wanted =
                if times.contains_key(id.as_str()) { SendState::Accepted } else { SendState::GivenUp };
            assert_eq!(state, wanted);
        }
        for message in times.keys() {
            assert!(office.acme.message(&StoredMessageId::from(*message)).await.is_ok(), "it was recorded");
        }
        let health = office.desk.health().await;
        assert_eq!((health.due, health.in_hand, health.deliveries), (0, 0, 0));
        assert!(posts.len() * 2 > sent.len(), "{} of {} were posted", posts.len(), sent.len());
    }
}

/// Our id of the message.
fn message_of(post: &Post) -> &str {
    post.attempt.split_once('.').unwrap().0
}

fn set(desk: DeskBuilder, handled: &Arc<Mutex<BTreeSet<String>>>) -> DeskBuilder {
    let handled = Arc::clone(handled);
    desk.on_event(move |incoming: Incoming| {
        if let Event::Message(message) = &incoming.event {
            handled.lock().unwrap().insert(message.id.as_str().to_owned());
        }
        async { Ok(()) }
    })
}

async fn ended(mut acknowledged: watch::Receiver<usize>, ends: &AtomicBool) {
    // An error says that all who write have stopped.
    let _ = acknowledged.wait_for(|_| ends.load(Ordering::SeqCst)).await;
}

/// Customers write; what is not acknowledged Meta delivers again. Gives what was.
async fn writes(
    office: Office,
    writer: usize,
    ends: Arc<AtomicBool>,
    count: Arc<watch::Sender<usize>>,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    while !ends.load(Ordering::SeqCst) {
        let n = acknowledged.len();
        let wamid = format!("wamid.IN{writer}.{n}");
        let body = says(&format!("1415555{writer:02}{:02}", n % 10), &wamid, &format!("said {wamid}"));
        loop {
            let received = office.receives(&body).await;
            if received.is_ok() {
                break;
            }
            assert!(is_to_be_repeated(&received), "{received:?}");
            // Not as fast as it can, while there is no store.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        acknowledged.push(wamid);
        count.send_modify(|count| *count += 1);
    }
    acknowledged
}

/// Colleagues send, in place and not, and repeat what they are in doubt of under the same key. Gives what was recorded.
async fn answers(
    office: Office,
    writer: usize,
    ends: Arc<AtomicBool>,
    count: Arc<watch::Sender<usize>>,
) -> Vec<StoredMessageId> {
    let mut acknowledged = Vec::new();
    while !ends.load(Ordering::SeqCst) {
        let n = acknowledged.len();
        let (to, text) = (format!("+1415556{writer:02}{:02}", n / 20), format!("said {writer}.{n}"));
        let minute = Duration::from_secs(60);
        let receipt = loop {
            let key = format!("{writer}.{n}");
            let receipt = match n % 2 {
                0 => office.acme.send(NUMBER, &*to, &*text).idempotency_key(key).give_up_after(minute).await,
                _ => {
                    office.acme.enqueue(NUMBER, &*to, &*text).idempotency_key(key).give_up_after(minute).await
                }
            };
            match receipt {
                Ok(receipt) => break receipt,
                failed => assert!(is_to_be_repeated(&failed), "{failed:?}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        acknowledged.push(receipt.id);
        count.send_modify(|count| *count += 1);
    }
    acknowledged
}
