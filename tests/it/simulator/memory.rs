//! What is remembered, and what is not.

use serde_json::json;
use std::time::Duration;
use whatsapp_business::{
    message::Reaction,
    simulator::{Builder, Pace, Simulator},
};

#[tokio::test]
async fn only_the_newest_is_remembered() {
    let simulator = Simulator::builder().keep(3).offline().unwrap();
    let ana = super::ana(&simulator).await;
    let bo = simulator.user("+49 151 5550123");
    let first = bo.says("Hello").await.unwrap();
    let phone = simulator.phone();
    let mut ids = Vec::new();
    for text in ["one", "two", "three", "four"] {
        ids.push(phone.send(ana.wa_id(), text).await.unwrap().message_id);
    }
    let kept: Vec<_> = simulator.sent().into_iter().map(|sent| sent.id).collect();
    assert_eq!(kept, ids[1..]);
    // The bubbles of all phones count together.
    let shown: Vec<_> = ana.messages().into_iter().filter_map(|shown| shown.text).collect();
    assert_eq!((shown, bo.messages().len()), (["two", "three", "four"].map(str::to_owned).to_vec(), 0));
    assert_eq!(simulator.webhooks().len(), 3);

    // What is forgotten is as if it had never been; what is remembered is found.
    assert_eq!(phone.mark_read(&first).await.unwrap_err().api().unwrap().code, 131_009);
    let react = |id| phone.send(ana.wa_id(), Reaction::new(id, "👍"));
    assert_eq!(react(&ids[0]).await.unwrap_err().api().unwrap().code, 131_009);
    react(&ids[3]).await.unwrap();
    assert_eq!(ana.newest().unwrap().reaction.as_deref(), Some("👍"));
    ana.reacts(&ids[3], "🎉").await.unwrap();
}

#[tokio::test]
async fn what_is_still_to_happen_is_not_forgotten() {
    let hour = Duration::from_secs(60 * 60);
    let pace = Pace::instant().delivered(hour).never_read();
    let simulator = Simulator::builder().keep(1).pace(pace).offline().unwrap();
    let ana = super::ana(&simulator).await;
    for text in ["one", "two", "three"] {
        simulator.phone().send(ana.wa_id(), text).await.unwrap();
    }
    assert_eq!(simulator.sent().len(), 3);
    simulator.advance(hour);
    assert_eq!(simulator.sent().len(), 1);
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("three"));
    let newest = simulator.webhooks().pop().unwrap().body;
    assert_eq!(newest["entry"][0]["changes"][0]["value"]["statuses"][0]["status"], json!("delivered"));

    // Reading finds what is left.
    ana.reads();
    let newest = simulator.webhooks().pop().unwrap().body;
    assert_eq!(newest["entry"][0]["changes"][0]["value"]["statuses"][0]["status"], json!("read"));
}

#[tokio::test]
async fn the_default_is_what_the_builder_says() {
    let simulator = Simulator::builder().window(false).offline().unwrap();
    for _ in 0..Builder::KEEP / 3 + 2 {
        simulator.phone().send("+14155550132", "Hello").await.unwrap();
    }
    // Three statuses of each.
    assert_eq!(simulator.webhooks().len(), Builder::KEEP);
}
