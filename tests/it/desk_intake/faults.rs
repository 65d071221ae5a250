//! What goes wrong on the way in. **A**: nothing that was acknowledged is lost, and nothing counts twice.

use super::{NOW, NUMBER, Office, delivery, says};
use serde_json::json;
use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};
use whatsapp_business::{Webhook, store::PageRequest, time::Timestamp};

async fn used(office: &Office, metric: &str) -> u64 {
    let at = Timestamp::from_seconds(NOW);
    let usage = office.acme.usage(at, at).await.unwrap();
    usage.into_iter().find(|usage| usage.metric == metric).map_or(0, |usage| usage.count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_at_any_point_loses_nothing_a() {
    let office = Office::with(|desk| desk.deliveries(1000).on_event(async |_| Ok(()))).await;
    let bodies: Vec<_> = (0..200)
        .map(|n| delivery(NUMBER, "messages", says("14155552671", &format!("wamid.{n}"), "Hi")))
        .collect();
    for (polls, body) in bodies.iter().enumerate() {
        let signature = office.webhook.sign(body);
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
    for body in &bodies {
        office.receives(body).await;
    }
    let conversation = &office.acme.conversations(PageRequest::newest(9)).await.unwrap().items[0];
    assert_eq!((conversation.unread, used(&office, "received").await), (200, 200));
    let mut calls = 0;
    loop {
        match office.desk.step().await.unwrap() {
            0 => break,
            done => calls += done,
        }
    }
    assert_eq!(calls, 200, "each event is handed on once");
}

#[tokio::test]
async fn one_poisonous_message_among_five_hundred_is_put_aside_alone_a() {
    let office = Office::open().await;
    let mut messages: Vec<_> = (0..499)
        .map(|n| {
            let text = ["Hi", "nul \u{0} in it", "half a \\ud83d pair"][n % 3];
            says("14155552671", &format!("wamid.{n}"), text)["messages"][0].to_string()
        })
        .map(|message| message.replace(r"\\ud83d", r"\ud83d"))
        .collect();
    let deep = format!("{}1e400{}", "[".repeat(10_000), "]".repeat(10_000));
    let poison = says("14155552671", "wamid.poison", "Hi")["messages"][0].to_string();
    messages.insert(250, poison.replacen('{', &format!(r#"{{"new":{deep},"#), 1));
    let body = String::from_utf8(delivery(NUMBER, "messages", json!({"messages": []}))).unwrap();
    let body = body.replace(r#""messages":[]"#, &format!(r#""messages":[{}]"#, messages.join(",")));
    for expected in [(499, 0, 1), (0, 499, 1)] {
        let received = office.receives(body.as_bytes()).await;
        assert_eq!((received.applied, received.duplicates, received.dead_letters), expected);
    }
    let letters = office.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(office.acme.replay(letters[0].id.clone()).await.unwrap().dead_letters, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_old_deliveries_in_any_order_has_each_effect_once_a() {
    let office = Office::with(|desk| desk.deliveries(2000)).await;
    let event = |n: usize| match n % 3 {
        0 => says(&format!("1415555{:04}", n % 20), &format!("wamid.{n}"), "Hi"),
        1 => json!({"statuses": [{"id": format!("wamid.{n}"), "status": "sent", "timestamp": NOW.to_string(),
            "recipient_id": "14155550000", "pricing": {"type": "regular", "category": "utility"}}]}),
        _ => {
            json!({"statuses": [{"id": format!("wamid.{}", n - 1), "status": "read", "timestamp": NOW.to_string(),
            "recipient_id": "14155550000", "pricing": {"type": "regular", "category": "utility"}}]})
        }
    };
    let mut order: Vec<usize> = (0..900).chain((0..900).step_by(3)).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for place in (1..order.len()).rev() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(place, usize::try_from(random >> 33).unwrap() % (place + 1));
    }
    let webhook: &Webhook = &office.webhook;
    let tasks: Vec<_> = order
        .into_iter()
        .map(|n| {
            let body = delivery(NUMBER, "messages", event(n));
            let (desk, signature) = (office.desk.clone(), webhook.sign(&body));
            tokio::spawn(async move { desk.receive(&body, Some(&signature)).await.unwrap() })
        })
        .collect();
    let (mut applied, mut duplicates) = (0, 0);
    for task in tasks {
        let received = task.await.unwrap();
        applied += received.applied;
        duplicates += received.duplicates;
    }
    assert_eq!((applied, duplicates), (900, 300));
    assert_eq!((used(&office, "received").await, used(&office, "billable.utility").await), (300, 300));
    let all = office.acme.conversations(PageRequest::newest(100)).await.unwrap().items;
    assert_eq!((all.len(), all.iter().map(|one| one.unread).sum::<u64>()), (20, 300));
}
