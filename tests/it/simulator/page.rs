//! What the page is told and asked, without a browser.

use super::{ana, send, taken, text};
use serde_json::Value;
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
