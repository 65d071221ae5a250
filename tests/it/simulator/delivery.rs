//! How webhooks travel: in batches, several at once, twice, late, in another order, and not for ever.

use super::ANA;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::Barrier;
use whatsapp_business::{
    ErrorKind,
    simulator::{Builder, Faults, Pace, Report, Simulator},
};

/// An application that notes the bodies of what it hears, and answers as told.
#[derive(Clone)]
struct Ear {
    heard: Arc<Mutex<Vec<Value>>>,
    status: Arc<Mutex<u16>>,
}

impl Ear {
    fn of(simulator: &Simulator) -> Self {
        let ear = Self { heard: Arc::default(), status: Arc::new(Mutex::new(200)) };
        let listening = ear.clone();
        simulator.deliver_to(move |body, _| {
            listening.heard.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            let status = *listening.status.lock().unwrap();
            async move { status }
        });
        ear
    }

    fn webhooks(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }

    /// What was said in the messages heard so far, webhook by webhook.
    fn texts(&self) -> Vec<Vec<String>> {
        let texts = |webhook: &Value| {
            let messages = webhook["entry"][0]["changes"][0]["value"]["messages"].as_array().unwrap();
            messages.iter().map(|message| message["text"]["body"].as_str().unwrap().to_owned()).collect()
        };
        self.webhooks().iter().map(texts).collect()
    }
}

fn offline(with: impl FnOnce(Builder) -> Builder) -> (Simulator, Ear) {
    let simulator = with(Simulator::builder().window(false)).offline().unwrap();
    let ear = Ear::of(&simulator);
    (simulator, ear)
}

async fn say(simulator: &Simulator, texts: &[&str]) {
    for text in texts {
        simulator.user(ANA).says(*text).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_posted_when_it_is_full_or_its_time_has_come() {
    let (simulator, ear) = offline(|builder| builder.batching(3, Duration::from_secs(60)));
    say(&simulator, &["a", "b", "c", "d"]).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ear.texts(), [["a", "b", "c"]]);
    let began = tokio::time::Instant::now();
    simulator.idle().await.unwrap_err();
    simulator.idle().await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(58));
    assert_eq!(ear.texts(), [vec!["a", "b", "c"], vec!["d"]]);
    let value = &ear.webhooks()[0]["entry"][0]["changes"][0]["value"];
    assert_eq!(value["contacts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn statuses_of_several_messages_come_in_one_webhook() {
    let (simulator, ear) = offline(|builder| builder.batching(6, Duration::from_secs(600)));
    for text in ["a", "b"] {
        simulator.phone().send(ANA, text).await.unwrap();
    }
    simulator.idle().await.unwrap();
    let statuses = &ear.webhooks()[0]["entry"][0]["changes"][0]["value"]["statuses"];
    let named: Vec<_> = statuses.as_array().unwrap().iter().map(|s| s["status"].as_str().unwrap()).collect();
    assert_eq!(named, ["sent", "delivered", "read", "sent", "delivered", "read"]);
    assert_eq!(ear.webhooks().len(), 1);
}

#[tokio::test]
async fn statuses_are_reported_by_hand_in_any_order() {
    let (simulator, ear) = offline(|builder| builder.pace(Pace::by_hand()));
    let sent = simulator.phone().send(ANA, "Hello").await.unwrap();
    simulator.idle().await.unwrap();
    assert!(ear.webhooks().is_empty());
    for report in [Report::Read, Report::Sent, Report::Failed(131_026)] {
        simulator.report(&sent.message_id, report).unwrap();
    }
    assert!(simulator.users().iter().all(|user| user.messages().is_empty()));
    for report in [Report::Delivered, Report::Read, Report::Played] {
        simulator.report(&sent.message_id, report).unwrap();
    }
    // Nobody knew her before: the message begins the chat.
    let ana = simulator.user(ANA);
    assert!(ana.messages()[0].read);
    simulator.idle().await.unwrap();
    let status = |webhook: &Value| webhook["entry"][0]["changes"][0]["value"]["statuses"][0].clone();
    let statuses: Vec<_> = ear.webhooks().iter().map(status).collect();
    let named: Vec<_> = statuses.iter().map(|status| status["status"].as_str().unwrap()).collect();
    assert_eq!(named, ["read", "sent", "failed", "delivered", "read", "played"]);
    assert_eq!(statuses[2]["errors"][0]["code"], 131_026);
    assert!(statuses.iter().all(|status| status["id"] == sent.message_id.as_str()));
    let unknown = simulator.report(&"wamid.unknown".into(), Report::Sent).unwrap_err();
    assert!(matches!(unknown.kind(), ErrorKind::NotFound(_)), "{unknown}");
}

#[tokio::test]
async fn several_webhooks_are_under_way_at_once_if_wanted() {
    let simulator = Simulator::builder().webhooks_at_once(3).offline().unwrap();
    // Nobody gets past it alone.
    let barrier = Arc::new(Barrier::new(3));
    simulator.deliver_to(move |_, _| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            200
        }
    });
    say(&simulator, &["a", "b", "c"]).await;
    simulator.idle().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_that_is_not_taken_keeps_the_others_waiting_only_where_they_come_one_by_one() {
    for (at_once, expected) in [(1, vec!["a", "a", "b"]), (2, vec!["a", "b", "a"])] {
        let (simulator, ear) = offline(|builder| {
            builder.webhooks_at_once(at_once).redelivery(Duration::from_secs(10), Duration::from_secs(10))
        });
        *ear.status.lock().unwrap() = 503;
        say(&simulator, &["a"]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        *ear.status.lock().unwrap() = 200;
        say(&simulator, &["b"]).await;
        simulator.idle().await.unwrap();
        assert_eq!(ear.texts().concat(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn waits_between_attempts_double_until_they_are_at_their_longest() {
    let (simulator, _) =
        offline(|builder| builder.redelivery(Duration::from_secs(1), Duration::from_secs(5)));
    let times = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&times);
    simulator.deliver_to(move |_, _| {
        let mut noted = noted.lock().unwrap();
        noted.push(tokio::time::Instant::now());
        let status = if noted.len() == 6 { 200 } else { 500 };
        async move { status }
    });
    say(&simulator, &["a"]).await;
    simulator.idle().await.unwrap();
    let (times, millis) = (times.lock().unwrap(), Duration::from_millis);
    let waits: Vec<_> = times.windows(2).map(|pair| (pair[1] - pair[0] + millis(500)).as_secs()).collect();
    assert_eq!(waits, [1, 2, 4, 5, 5]);
}

#[tokio::test]
async fn a_webhook_that_is_never_taken_is_given_up_after_seven_days() {
    let day = Duration::from_secs(24 * 60 * 60);
    for at_once in [1, 2] {
        let (simulator, ear) = offline(|builder| builder.webhooks_at_once(at_once));
        *ear.status.lock().unwrap() = 500;
        say(&simulator, &["a"]).await;
        simulator.advance(6 * day);
        while ear.texts().len() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(!simulator.webhooks()[0].given_up);
        simulator.advance(day);
        simulator.idle().await.unwrap();
        let webhook = &simulator.webhooks()[0];
        assert!(webhook.given_up && webhook.status == Some(500) && webhook.attempts >= 3);
        // Later ones are not held up by it.
        *ear.status.lock().unwrap() = 200;
        say(&simulator, &["b"]).await;
        simulator.idle().await.unwrap();
        assert_eq!(ear.texts().last().unwrap(), &["b"]);
    }
}

#[tokio::test]
async fn a_webhook_that_was_taken_can_come_once_more() {
    let (simulator, ear) = offline(|builder| builder.faults(Faults::none().duplicate_webhooks(1.0)));
    say(&simulator, &["a", "b"]).await;
    simulator.idle().await.unwrap();
    let mut heard = ear.texts().concat();
    heard.sort();
    assert_eq!(heard, ["a", "a", "b", "b"]);

    simulator.set_faults(Faults::none());
    simulator.redeliver_webhooks();
    simulator.idle().await.unwrap();
    assert_eq!(ear.texts().concat()[4..], ["a", "b"]);
    assert!(simulator.webhooks().iter().all(|webhook| (webhook.status, webhook.attempts) == (Some(200), 3)));
}

#[tokio::test]
async fn webhooks_overtake_each_other_by_chance() {
    let (simulator, ear) = offline(|builder| builder.faults(Faults::none().reordered_webhooks(1.0)).seed(3));
    simulator.phone().send(ANA, "Hello").await.unwrap();
    simulator.phone().send(ANA, "Hello").await.unwrap();
    simulator.idle().await.unwrap();
    let named = |webhook: &Value| webhook["entry"][0]["changes"][0]["value"]["statuses"][0]["status"].clone();
    let heard: Vec<_> = ear.webhooks().iter().map(named).collect();
    assert_eq!(heard.len(), 6);
    assert_ne!(heard, ["sent", "delivered", "read", "sent", "delivered", "read"]);
}

#[tokio::test(start_paused = true)]
async fn a_late_webhook_comes_after_younger_ones() {
    let (simulator, ear) = offline(|builder| builder.faults(Faults::none().late_webhooks(1.0)).seed(1));
    say(&simulator, &["late"]).await;
    simulator.set_faults(Faults::none());
    say(&simulator, &["in time"]).await;
    simulator.idle().await.unwrap();
    assert_eq!(ear.texts().concat(), ["in time", "late"]);
}
