//! The platform's clock.

use super::{ana, message_id, send, text};
use std::time::Duration;
use whatsapp_business::{
    message::Upload,
    simulator::{Pace, Simulator},
    time::Timestamp,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Names and times of all statuses.
fn statuses(simulator: &Simulator) -> Vec<(String, i64)> {
    let webhooks = simulator.webhooks();
    let values = webhooks.iter().map(|webhook| &webhook.body["entry"][0]["changes"][0]["value"]);
    let statuses = values.filter_map(|value| value["statuses"].get(0));
    statuses
        .map(|status| {
            let time = status["timestamp"].as_str().unwrap().parse().unwrap();
            (status["status"].as_str().unwrap().to_owned(), time)
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn statuses_come_due_when_the_clock_is_put_forward_each_at_its_own_time() {
    let pace = Pace::instant().sent(HOUR).delivered(2 * HOUR).read(5 * HOUR);
    let simulator = Simulator::builder().pace(pace).offline().unwrap();
    let ana = ana(&simulator).await;
    let begun = simulator.now();
    simulator.phone().send(ana.wa_id(), "Hi").await.unwrap();
    assert!(ana.messages().len() == 1 && statuses(&simulator).is_empty());

    simulator.advance(3 * HOUR);
    assert_eq!(simulator.now().since(begun), 3 * HOUR);
    let at = |after: Duration| (begun + after).as_seconds();
    let expected = [("sent".to_owned(), at(HOUR)), ("delivered".to_owned(), at(2 * HOUR))];
    assert_eq!(statuses(&simulator), expected);

    // What is left of the wait passes by itself, on tokio's clock.
    simulator.idle().await.unwrap_err();
    tokio::time::advance(2 * HOUR).await;
    simulator.idle().await.unwrap();
    assert_eq!(statuses(&simulator)[2], ("read".to_owned(), at(5 * HOUR)));
}

#[tokio::test]
async fn the_window_closes_a_day_after_the_customer_wrote() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    message_id(&send(&simulator, text("within")).await);
    simulator.advance(24 * HOUR);
    message_id(&send(&simulator, text("too late")).await);
    let names: Vec<_> = statuses(&simulator).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["sent", "delivered", "read", "failed"]);
}

#[tokio::test]
async fn the_address_of_media_expires() {
    let simulator = Simulator::start().await.unwrap();
    let media = simulator.phone().media();
    let id = media.upload(Upload::bytes("notes.txt", "notes")).await.unwrap();
    let url = media.info(&id).await.unwrap().url;
    let fetch = || reqwest::Client::new().get(&url).bearer_auth(simulator.access_token()).send();
    assert_eq!(fetch().await.unwrap().status(), 200);
    simulator.advance(Duration::from_secs(5 * 60));
    assert_eq!(fetch().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_clock_agrees_with_the_platform_and_outlives_it() {
    let simulator = Simulator::offline().unwrap();
    let clock = simulator.clock();
    assert!(clock().since(Timestamp::now()) < HOUR);
    simulator.advance(24 * HOUR);
    assert!(clock().since(Timestamp::now()) > 23 * HOUR);
    drop(simulator);
    assert!(clock().since(Timestamp::now()) > 23 * HOUR);
}
