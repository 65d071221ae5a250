//! Deliveries that come again, are given up by who brings them, or hold what cannot be kept.
//!
//! `WHATSAPP_BUSINESS_TEST_EVENTS` says how many events a week has, instead of those it has here.

use super::{ANA, NUMBER, Office, delivery, message, says, status, webhook};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};
use whatsapp_business::{
    desk::{DeskBuilder, Incoming, Received},
    store::{MemoryStore, PageRequest, Store},
};

/// How often the handler was called with each event.
#[derive(Clone, Default)]
struct Handled(Arc<Mutex<BTreeMap<String, usize>>>);

impl Handled {
    fn set(&self, desk: DeskBuilder) -> DeskBuilder {
        let handled = Arc::clone(&self.0);
        desk.on_event(move |incoming: Incoming| {
            *handled.lock().unwrap().entry(incoming.id.as_str().to_owned()).or_default() += 1;
            async { Ok(()) }
        })
    }

    /// Asserts that it was called once with each of so many events.
    fn assert(&self, events: usize) {
        let handled = self.0.lock().unwrap();
        assert_eq!((handled.len(), handled.values().sum::<usize>()), (events, events));
    }
}

/// Receives all bodies, some at once, and gives what they held.
async fn receive_all(office: &Office, bodies: Vec<Vec<u8>>) -> Received {
    let tasks = bodies.into_iter().map(|body| {
        let office = office.clone();
        tokio::spawn(async move { office.receives(&body).await.unwrap() })
    });
    let mut sum = Received::default();
    for task in tasks.collect::<Vec<_>>() {
        let received = task.await.unwrap();
        sum.applied += received.applied;
        sum.duplicates += received.duplicates;
        sum.dead_letters += received.dead_letters;
    }
    sum
}

/// F17, **A**: the same delivery a thousand times at once.
pub(super) async fn thousand(store: impl Store) {
    let handled = Handled::default();
    let office = Office::with(store, |desk| handled.set(desk)).await;
    let received = receive_all(&office, vec![says(ANA, "wamid.1", "Hi"); 1000]).await;
    assert_eq!((received.applied, received.duplicates, received.dead_letters), (1, 999, 0));
    office.works().await;
    handled.assert(1);
    assert_eq!((office.history().await.len(), office.used("received").await), (1, 1));
}

/// F20, **A**: whoever delivers is gone after so many polls.
pub(super) async fn hang_up(store: impl Store) {
    let handled = Handled::default();
    let office = Office::with(store, |desk| handled.set(desk)).await;
    let bodies: Vec<_> = (0..200).map(|n| says(ANA, &format!("wamid.{n}"), "Hi")).collect();
    for (polls, body) in bodies.iter().enumerate() {
        let signature = webhook().sign(body);
        let mut receive = pin!(office.desk.receive(body, Some(&signature)));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            if let Poll::Ready(received) = receive.as_mut().poll(&mut context) {
                assert_eq!(received.unwrap().applied, 1);
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let again = receive_all(&office, bodies).await;
    assert_eq!((again.applied + again.duplicates, again.dead_letters), (200, 0));
    office.works().await;
    handled.assert(200);
    let inbox = office.inbox().await;
    assert_eq!((inbox.len(), inbox.values().sum::<usize>()), (200, 200));
    assert_eq!(office.used("received").await, 200);
}

/// F24, **A**: one that cannot be kept among five hundred, of which many are hard to keep.
pub(super) async fn poison(store: impl Store) {
    let office = Office::over(store).await;
    let mut messages: Vec<_> = (0..499)
        .map(|n| message(ANA, &format!("wamid.{n}"), ["Hi", "nul \u{0} in it", "half a \\ud83d pair"][n % 3]))
        .map(|message| message.to_string().replace(r"\\ud83d", r"\ud83d"))
        .collect();
    let deep = format!("{}1e400{}", "[".repeat(10_000), "]".repeat(10_000));
    let poison = message(ANA, "wamid.poison", "Hi").to_string();
    messages.insert(250, poison.replacen('{', &format!(r#"{{"new":{deep},"#), 1));
    let body = String::from_utf8(delivery(NUMBER, json!({"messages": []}))).unwrap();
    let body = body.replace(r#""messages":[]"#, &format!(r#""messages":[{}]"#, messages.join(",")));
    for expected in [(499, 0, 1), (0, 499, 1)] {
        let received = office.receives(body.as_bytes()).await.unwrap();
        assert_eq!((received.applied, received.duplicates, received.dead_letters), expected);
    }
    assert_eq!(office.inbox().await.len(), 499);
    let letters = office.acme.dead_letters(PageRequest::oldest(10)).await.unwrap().items;
    let kept = String::from_utf8(letters[0].body.clone()).unwrap();
    assert!(letters.len() == 1 && kept.contains(&deep), "it is kept as it came");
    assert_eq!(office.acme.replay(letters[0].id.clone()).await.unwrap().dead_letters, 1);
}

/// F27, **A**, R1: so many events, three in ten of them twice, in any order, each time beside others and many at once.
pub(super) async fn week(store: impl Store, events: usize) {
    let events =
        std::env::var("WHATSAPP_BUSINESS_TEST_EVENTS").map_or(events, |events| events.parse().unwrap());
    let handled = Handled::default();
    let office = Office::with(store, |desk| handled.set(desk).concurrency(512)).await;
    // Of six events, three are messages and three are what Meta tells of one that was sent.
    let event = |n: usize| match n % 6 {
        0..3 => (true, message(&format!("1415555{:04}", n % 500), &format!("wamid.{n}"), "Hi")),
        kind => {
            let kind = ["sent", "delivered", "read"][kind - 3];
            let mut status = status(&format!("wamid.OUT{}", n / 6), kind, 5, None);
            status["pricing"] = json!({"billable": true, "type": "regular", "category": "utility"});
            (false, status)
        }
    };
    let events = events / 6 * 6;
    let mut random = fastrand::Rng::with_seed(27);
    let twice = events * 3 / 10;
    let mut order: Vec<usize> = (0..events).collect();
    random.shuffle(&mut order);
    order.extend_from_within(..twice);
    random.shuffle(&mut order);
    let (mut applied, mut duplicates, mut left) = (0, 0, &order[..]);
    while !left.is_empty() {
        let mut bodies = Vec::new();
        while bodies.len() < 64 && !left.is_empty() {
            let (some, more) = left.split_at(random.usize(1..=20).min(left.len()));
            left = more;
            let (messages, statuses): (Vec<_>, Vec<_>) =
                some.iter().map(|n| event(*n)).partition(|(is_message, _)| *is_message);
            let values = |of: Vec<(bool, Value)>| of.into_iter().map(|(_, value)| value).collect::<Vec<_>>();
            let value = json!({"messages": values(messages), "statuses": values(statuses)});
            bodies.push(delivery(NUMBER, value));
        }
        let received = receive_all(&office, bodies).await;
        assert_eq!(received.dead_letters, 0);
        applied += received.applied;
        duplicates += received.duplicates;
    }
    assert_eq!((applied, duplicates), (events, twice));
    let desk = office.desk.clone();
    let until = async {
        while handled.0.lock().unwrap().len() < events {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    desk.run(until).await.unwrap();
    handled.assert(events);
    let inbox = office.inbox().await;
    assert_eq!((inbox.len(), inbox.values().sum::<usize>()), (events / 2, events / 2));
    let (received, billed) = (office.used("received").await, office.used("billable.utility").await);
    assert_eq!((received, billed), ((events / 2) as u64, (events / 6) as u64));
}

/// F17, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_a_delivery_that_comes_a_thousand_times_at_once_counts_once_and_is_handed_on_once() {
    thousand(MemoryStore::default()).await;
}

/// F20, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_a_who_hangs_up_at_any_point_loses_nothing() {
    hang_up(MemoryStore::default()).await;
}

/// F24, **A**.
#[tokio::test]
async fn f24_a_a_poisonous_message_among_five_hundred_is_put_aside_alone() {
    poison(MemoryStore::default()).await;
}

/// F27, **A**.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f27_a_what_is_delivered_once_more_in_any_order_has_each_effect_once() {
    week(MemoryStore::default(), 6_000).await;
}
