//! What the page is told and asked, without a browser.

use super::{ANA, ana, send, taken, text};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use whatsapp_business::simulator::Simulator;

/// What a page is told first: every item with its key.
async fn snapshot(simulator: &Simulator) -> Vec<(String, Value)> {
    let mut events = reqwest::get(format!("{}events", simulator.page_url())).await.unwrap();
    let mut told = Vec::new();
    while !told.ends_with(b"\n\n") {
        told.extend_from_slice(&events.chunk().await.unwrap().unwrap());
    }
    let told = String::from_utf8(told).unwrap();
    let items = told.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    serde_json::from_str(items).unwrap()
}

/// The items whose keys begin with `kind`.
async fn all(simulator: &Simulator, kind: &str) -> Vec<Value> {
    let items = snapshot(simulator).await.into_iter();
    items.filter(|(key, _)| key.split('/').next() == Some(kind)).map(|(_, item)| item).collect()
}

async fn act(simulator: &Simulator, what: &Value) -> (StatusCode, Value) {
    let url = format!("{}act", simulator.page_url());
    let answer = reqwest::Client::new().post(url).json(what).send().await.unwrap();
    (answer.status(), serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn the_signature_that_is_shown_is_the_one_that_was_posted() {
    let simulator = Simulator::start().await.unwrap();
    let posted: Arc<Mutex<Vec<Value>>> = Arc::default();
    simulator.deliver_to({
        let posted = Arc::clone(&posted);
        move |_, signature| {
            posted.lock().unwrap().push(signature.into());
            async { 200 }
        }
    });
    ana(&simulator).await;
    taken(send(&simulator, text("Hello")).await);
    simulator.idle().await.unwrap();
    let shown: Vec<_> =
        all(&simulator, "webhook").await.iter().map(|webhook| webhook["signature"].clone()).collect();
    // What Ana wrote, and three statuses.
    assert_eq!((shown.len(), &shown), (4, &*posted.lock().unwrap()));
}

#[tokio::test]
async fn a_message_counts_as_delivered_when_the_application_has_taken_its_webhook() {
    for batch in [1, 2] {
        let simulator = Simulator::builder().batching(batch, std::time::Duration::from_millis(1));
        let simulator = simulator.start().await.unwrap();
        let ana = ana(&simulator).await;
        let status = Arc::new(Mutex::new(503));
        simulator.deliver_to({
            let status = Arc::clone(&status);
            move |_, _| std::future::ready(*status.lock().unwrap())
        });
        ana.says("Are you there?").await.unwrap();
        ana.says("Hello?").await.unwrap();
        simulator.until(|simulator| simulator.webhooks().iter().any(|told| told.attempts > 0)).await.unwrap();
        let delivered = async || {
            let messages = all(&simulator, "message").await;
            messages.iter().map(|message| message["taken"] == true).collect::<Vec<_>>()
        };
        assert_eq!(delivered().await, [false, false, false]);
        *status.lock().unwrap() = 200;
        simulator.idle().await.unwrap();
        // Nothing was subscribed to when she said the first.
        assert_eq!(delivered().await, [false, true, true]);
    }
}

#[tokio::test]
async fn phones_stand_in_the_order_of_their_numbers() {
    let simulator = Simulator::start().await.unwrap();
    let numbers: Vec<_> = (0..9).map(|last| format!("1415555010{last}")).collect();
    for number in numbers.iter().rev() {
        let _ = simulator.user(number);
    }
    let people = all(&simulator, "person").await;
    assert_eq!(people.iter().map(|person| person["number"].as_str().unwrap()).collect::<Vec<_>>(), numbers);
}

#[tokio::test]
async fn what_is_wrong_with_an_act_is_named() {
    let simulator = Simulator::start().await.unwrap();
    for (what, named) in [
        (json!({"act": "advance"}), "seconds"),
        (json!({"act": "advance", "seconds": "ten"}), "ten"),
        (json!({"act": "say", "person": ANA}), "text"),
        (json!({"act": "say", "text": "Hi"}), "person"),
        (json!({"act": "order", "person": ANA, "catalog": "1", "currency": "EUR"}), "items"),
        (json!({"act": "sing", "person": ANA}), "sing"),
        (json!({"seconds": 10}), "act"),
        (json!([]), "act"),
    ] {
        let (status, answer) = act(&simulator, &what).await;
        let problem = answer["problem"].as_str().unwrap_or_default();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{what}: {answer}");
        assert!(problem.contains(named), "{what}: {problem}");
    }
    taken(act(&simulator, &json!({"act": "advance", "seconds": 10})).await);
    taken(act(&simulator, &json!({"act": "say", "person": ANA, "text": "Hi"})).await);
    assert_eq!(simulator.user(ANA).messages().len(), 1);
}
