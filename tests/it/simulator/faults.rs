//! What goes wrong by chance.

use super::{ANA, graph, text};
use serde_json::json;
use std::{
    collections::BTreeSet,
    io::ErrorKind::ConnectionReset,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use whatsapp_business::{
    Client, Error, ErrorKind,
    client::{Body, BusinessPhone, RetryPolicy, Transport as _},
    simulator::{Faults, Simulator},
};

/// The number of a simulator over a socket and of one in this process, with a client that tries once.
async fn both(faults: &Faults) -> [(Simulator, BusinessPhone); 2] {
    let builder = || Simulator::builder().window(false).faults(faults.clone());
    [builder().start().await.unwrap(), builder().offline().unwrap()].map(|simulator| {
        let phone = impatient(&simulator);
        (simulator, phone)
    })
}

fn impatient(simulator: &Simulator) -> BusinessPhone {
    let mut client = Client::builder(simulator.access_token()).graph_url(simulator.graph_url());
    if simulator.graph_url().ends_with(":0") {
        client = client.transport(simulator.transport());
    }
    let client = client.retry(RetryPolicy::never()).timeout(Duration::from_millis(500)).build().unwrap();
    client.phone(simulator.phone_number_id())
}

/// A send under `faults`, over a socket and in this process: the error, and whether the message was taken.
async fn sends_under(faults: Faults) -> Vec<(Error, bool)> {
    let mut outcomes = Vec::new();
    for (simulator, phone) in both(&faults).await {
        for _ in 0..6 {
            let before = simulator.sent().len();
            let error = phone.send(ANA, "Hello").await.unwrap_err();
            outcomes.push((error, simulator.sent().len() > before));
        }
    }
    outcomes
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_nothing_of_the_message() {
    let none = Faults::none;
    for (faults, is_taken) in [
        (none().lost_answers(1.0), true),
        (none().resets_before(1.0), false),
        (none().resets_after(1.0), true),
        (none().truncated_answers(1.0), true),
    ] {
        for (error, taken) in sends_under(faults.clone()).await {
            assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error} with {faults:?}");
            assert_eq!((error.outcome_unknown(), taken), (true, is_taken), "{faults:?}");
        }
    }
}

#[tokio::test]
async fn trouble_on_metas_side_or_on_the_way_may_come_after_the_message_was_taken() {
    for faults in [Faults::none().server_errors(1.0), Faults::none().html_errors(1.0)] {
        let mut taken = BTreeSet::new();
        while taken.len() < 2 {
            for (error, was_taken) in sends_under(faults.clone()).await {
                assert!(error.outcome_unknown(), "{error}");
                taken.insert(was_taken);
            }
        }
    }
}

#[tokio::test]
async fn a_throttled_send_was_surely_not_taken() {
    for (error, taken) in sends_under(Faults::none().too_many_requests(1.0)).await {
        assert!(error.is_retryable() && !error.outcome_unknown() && !taken, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_after_two_seconds() {
    let faults = Faults::none().slow_answers(1.0);
    let simulator = Simulator::builder().window(false).faults(faults).offline().unwrap();
    let error = impatient(&simulator).send(ANA, "Hello").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
    let began = tokio::time::Instant::now();
    simulator.phone().send(ANA, "Hello").await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(1_900), "{:?}", began.elapsed());
    assert_eq!(simulator.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn of_a_slow_answer_the_head_comes_at_once_and_the_body_in_parts() {
    let faults = Faults::none().slow_answers(1.0);
    let simulator = Simulator::builder().faults(faults).offline().unwrap();
    let path = format!("{}/v26.0/{}", simulator.graph_url(), simulator.phone_number_id());
    let request = http::Request::get(path)
        .header("authorization", format!("Bearer {}", simulator.access_token()))
        .body(Body::empty())
        .unwrap();
    let began = tokio::time::Instant::now();
    let mut body = simulator.transport().send(request).await.unwrap().into_body();
    assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
    let mut parts = 0;
    while body.chunk().await.unwrap().is_some() {
        parts += 1;
    }
    assert!(parts > 1 && began.elapsed() >= Duration::from_millis(1_500), "{parts} {:?}", began.elapsed());
    assert!(simulator.journal()[0].answer.is_some());
}

#[tokio::test]
async fn the_same_seed_brings_the_same_troubles() {
    let day = async |seed| {
        let storm = Faults::storm().slow_answers(0.0);
        let simulator = Simulator::builder().window(false).seed(seed).faults(storm).offline().unwrap();
        let phone = impatient(&simulator);
        let mut outcomes = Vec::new();
        for _ in 0..40 {
            let sent = phone.send(ANA, "Hello").await;
            // The trace id is another one each time.
            let told =
                |error: Error| error.api().map_or_else(|| error.to_string(), |api| api.code.to_string());
            outcomes.push(sent.map(|sent| sent.message_id).map_err(told));
        }
        (outcomes, simulator.sent().len())
    };
    assert_eq!(day(1).await, day(1).await);
    assert_ne!(day(1).await, day(2).await);
}

/// Everything that the server writes in answer to a send, and whether the connection was reset after it.
async fn raw_answer(simulator: &Simulator) -> (Vec<u8>, bool) {
    let address = simulator.graph_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut body = text("Hi");
    (body["messaging_product"], body["to"]) = (json!("whatsapp"), json!(ANA));
    let (path, body) =
        (graph(simulator, &format!("{}/messages", simulator.phone_number_id())), body.to_string());
    let path = path.strip_prefix(simulator.graph_url()).unwrap();
    let (token, length) = (simulator.access_token(), body.len());
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut answer, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part).await {
            Ok(0) => return (answer, false),
            Ok(n) => answer.extend_from_slice(&part[..n]),
            Err(error) => {
                assert_eq!(error.kind(), ConnectionReset);
                return (answer, true);
            }
        }
    }
}

#[tokio::test]
async fn a_lost_answer_ends_the_connection_in_order_and_a_reset_does_not() {
    let simulator = Simulator::builder().window(false).start().await.unwrap();
    for (faults, is_reset) in [
        (Faults::none().lost_answers(1.0), false),
        (Faults::none().resets_before(1.0), true),
        (Faults::none().resets_after(1.0), true),
    ] {
        simulator.set_faults(faults);
        assert_eq!(raw_answer(&simulator).await, (Vec::new(), is_reset));
    }
}

#[tokio::test]
async fn a_truncated_answer_ends_in_its_head_or_in_its_body() {
    let simulator = Simulator::builder().window(false).start().await.unwrap();
    let (whole, _) = raw_answer(&simulator).await;
    simulator.set_faults(Faults::none().truncated_answers(1.0));
    let (mut in_head, mut in_body) = (false, false);
    while !(in_head && in_body) {
        let (part, _) = raw_answer(&simulator).await;
        assert!(!part.is_empty() && part.len() < whole.len(), "{} of {}", part.len(), whole.len());
        let has_head = part.windows(4).any(|end| end == b"\r\n\r\n");
        (in_head, in_body) = (in_head || !has_head, in_body || has_head);
    }
}

#[tokio::test]
async fn the_statuses_of_a_message_can_be_faster_than_the_answer_to_its_send() {
    let simulator =
        Simulator::builder().window(false).faults(Faults::none().early_webhooks(1.0)).offline().unwrap();
    let heard = Arc::new(Mutex::new(0));
    let count = Arc::clone(&heard);
    simulator.deliver_to(move |_, _| {
        let count = Arc::clone(&count);
        async move {
            // Not at once: the answer has every chance to be first.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            *count.lock().unwrap() += 1;
            200
        }
    });
    for sends in 1..=5 {
        simulator.phone().send(ANA, "Hello").await.unwrap();
        assert_eq!(*heard.lock().unwrap(), 3 * sends);
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_that_keeps_statuses_waiting_for_the_answer_gets_the_answer() {
    let simulator =
        Simulator::builder().window(false).faults(Faults::none().early_webhooks(1.0)).offline().unwrap();
    let (answered, waits) = tokio::sync::watch::channel(false);
    simulator.deliver_to(move |_, _| {
        let mut waits = waits.clone();
        async move { if waits.wait_for(|answered| *answered).await.is_ok() { 200 } else { 500 } }
    });
    simulator.phone().send(ANA, "Hello").await.unwrap();
    answered.send_replace(true);
    simulator.idle().await.unwrap();
    assert!(simulator.webhooks().iter().all(|webhook| webhook.status == Some(200)));
}
