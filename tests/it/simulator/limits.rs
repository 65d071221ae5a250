//! Limits as Meta keeps them, on the platform's clock.

use super::{ANA, ana, assert_refused, message_id, post, read, send, taken, text};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use whatsapp_business::{
    Client, Error,
    client::RetryPolicy,
    message::Upload,
    simulator::{ApprovedTemplate, Limits, Phone, Simulator},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn simulator(limits: Limits) -> Simulator {
    let simulator = Simulator::builder().limits(limits).start().await.unwrap();
    simulator.approve_template(ApprovedTemplate::new("ship", "en_US", "Your order ships."));
    let offer = ApprovedTemplate::new("offer", "en_US", "Panels cost less today.");
    simulator.approve_template(offer.category("MARKETING"));
    simulator
}

fn template(name: &str) -> Value {
    json!({ "type": "template", "template": { "name": name, "language": { "code": "en_US" } } })
}

/// Sends a template, and gives the code of its `failed` status if it has one.
async fn fate(simulator: &Simulator, to: &str, name: &str) -> Option<i64> {
    let mut body = json!({ "messaging_product": "whatsapp", "to": to });
    body.as_object_mut().unwrap().extend(template(name).as_object().unwrap().clone());
    let id = message_id(&read(post(simulator, &body).await.unwrap()).await);
    let webhooks = simulator.webhooks();
    let statuses =
        webhooks.iter().map(|webhook| &webhook.body["entry"][0]["changes"][0]["value"]["statuses"][0]);
    let mut errors = statuses.filter(|status| status["id"] == *id).map(|status| &status["errors"][0]["code"]);
    errors.find_map(Value::as_i64)
}

/// Sends to Ana until that is refused.
async fn send_until_refused(simulator: &Simulator) -> (StatusCode, Value) {
    loop {
        let answer = send(simulator, text("Hi")).await;
        if answer.0 != StatusCode::OK {
            return answer;
        }
    }
}

#[tokio::test]
async fn nothing_is_limited_unless_a_test_says_so() {
    let simulator = simulator(Limits::none()).await;
    ana(&simulator).await;
    for _ in 0..50 {
        taken(send(&simulator, text("Hi")).await);
    }
}

#[tokio::test]
async fn a_burst_to_one_person_is_refused_until_the_time_of_each_message_has_passed() {
    let simulator = simulator(Limits::none().pair_rate(true)).await;
    ana(&simulator).await;
    assert_refused(&send_until_refused(&simulator).await, 400, 131_056);
    // Others can be written to meanwhile.
    let ben = json!({"messaging_product": "whatsapp", "to": "+14155550133", "type": "text", "text": {"body": "Hi"}});
    taken(read(post(&simulator, &ben).await.unwrap()).await);
    simulator.advance(Duration::from_secs(45 * 6));
    taken(send(&simulator, text("Hi")).await);
}

#[tokio::test(start_paused = true)]
async fn the_46th_message_at_once_is_refused_and_then_the_way_is_clear_after_four_and_a_half_minutes() {
    let simulator = Simulator::builder().limits(Limits::meta()).offline().unwrap();
    let ana = ana(&simulator).await;
    let client = impatient(&simulator);
    let phone = client.phone(simulator.phone_number_id());
    for _ in 0..45 {
        phone.send(ana.wa_id(), "Hi").await.unwrap();
    }
    let code = |error: Error| error.api().map(|api| api.code);
    for wait in [0, 6, 263] {
        simulator.advance(Duration::from_secs(wait));
        assert_eq!(phone.send(ana.wa_id(), "Hi").await.map_err(code).err(), Some(Some(131_056)));
    }
    simulator.advance(Duration::from_secs(1));
    phone.send(ana.wa_id(), "Hi").await.unwrap();
}

/// A client that tries once and needs no socket.
fn impatient(simulator: &Simulator) -> Client {
    Client::builder(simulator.access_token())
        .graph_url(simulator.graph_url())
        .transport(simulator.transport())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_number_is_throttled_by_what_it_sends_and_receives() {
    let simulator = Simulator::builder().limits(Limits::none().throughput(true)).throughput(2).start();
    let simulator = simulator.await.unwrap();
    let ana = ana(&simulator).await;
    assert_refused(&send_until_refused(&simulator).await, 400, 130_429);
    simulator.advance(Duration::from_secs(1));
    taken(send(&simulator, text("Hi")).await);

    // What is received is never refused.
    loop {
        for _ in 0..2 {
            ana.says("Hello").await.unwrap();
        }
        if send(&simulator, text("Hi")).await.0 != StatusCode::OK {
            break;
        }
    }
    let other = simulator.add_phone(Phone::new("200", "20", "+1 555 010 0002").throughput(1_000)).unwrap();
    let level = taken(super::get(&simulator, &format!("{}?fields=throughput", other.id())).await);
    assert_eq!(level["throughput"], json!({"level": "HIGH"}));
}

#[tokio::test]
async fn templates_reach_so_many_people_a_day() {
    let simulator = simulator(Limits::none().messaging_limit(2)).await;
    assert_eq!(fate(&simulator, "+14155550101", "ship").await, None);
    assert_eq!(fate(&simulator, "+14155550102", "ship").await, None);
    assert_eq!(fate(&simulator, "+14155550103", "ship").await, Some(131_048));
    // Again to the same person is nobody new, and whoever writes first has turned to the business.
    assert_eq!(fate(&simulator, "+14155550102", "ship").await, None);
    ana(&simulator).await;
    assert_eq!(fate(&simulator, ANA, "ship").await, None);
    simulator.advance(DAY);
    assert_eq!(fate(&simulator, "+14155550103", "ship").await, None);
}

#[tokio::test]
async fn a_person_gets_so_much_marketing_a_day() {
    let simulator = simulator(Limits::none().marketing_per_person(1)).await;
    assert_eq!(fate(&simulator, ANA, "offer").await, None);
    assert_eq!(fate(&simulator, ANA, "offer").await, Some(131_049));
    assert_eq!(fate(&simulator, ANA, "ship").await, None);
    simulator.advance(DAY);
    assert_eq!(fate(&simulator, ANA, "offer").await, None);
    simulator.set_limits(Limits::none());
    assert_eq!(fate(&simulator, ANA, "offer").await, None);
}

#[tokio::test]
async fn a_throttled_account_says_in_how_many_minutes_it_may_ask_again() {
    let simulator = simulator(Limits::none()).await;
    let account = simulator.account_id().as_str();
    simulator.throttle(account, Duration::from_secs(11 * 60 + 30));
    let url = super::graph(&simulator, &format!("{account}/message_templates"));
    let ask = || reqwest::Client::new().get(&url).bearer_auth(simulator.access_token()).send();
    let answer = ask().await.unwrap();
    let header = |name| serde_json::from_str::<Value>(answer.headers()[name].to_str().unwrap()).unwrap();
    assert_eq!(
        header("x-business-use-case-usage"),
        json!({ account: [{
            "type": "whatsapp_business_management", "call_count": 100, "total_cputime": 1, "total_time": 1,
            "estimated_time_to_regain_access": 12,
        }] })
    );
    assert_eq!(header("x-app-usage"), json!({"call_count": 1, "total_cputime": 1, "total_time": 1}));
    assert_refused(&read(answer).await, 400, 80_007);

    // Messages and media are not counted, and other accounts neither.
    taken(send(&simulator, text("Hi")).await);
    let media = simulator.phone().media();
    let id = media.upload(Upload::bytes("notes.txt", "notes")).await.unwrap();
    assert_eq!(media.download(&id).await.unwrap().bytes, "notes");
    media.delete(&id).await.unwrap();
    let other = simulator.add_phone(Phone::new("200", "20", "+1 555 010 0002")).unwrap();
    taken(super::get(&simulator, other.id().as_str()).await);
    assert_refused(&super::get(&simulator, simulator.phone_number_id().as_str()).await, 400, 80_007);

    simulator.advance(Duration::from_secs(11 * 60 + 30));
    assert_eq!(ask().await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn the_client_reads_how_long_a_throttled_account_has_to_wait() {
    let simulator = Simulator::offline().unwrap();
    simulator.throttle(simulator.account_id(), Duration::from_secs(12 * 60));
    let error = impatient(&simulator).account(simulator.account_id()).templates().list().await.unwrap_err();
    assert_eq!(error.api().map(|api| api.code), Some(80_007));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(12 * 60)));
}

#[cfg(feature = "desk")]
#[tokio::test(start_paused = true)]
async fn a_burst_through_the_desk_arrives_once_and_in_order() {
    let simulator = Simulator::builder().limits(Limits::meta()).offline().unwrap();
    let ana = simulator.user(ANA);
    ana.says("Hello").await.unwrap();
    let store = whatsapp_business::store::MemoryStore::default();
    let desk = whatsapp_business::Desk::builder(store).credentials(impatient(&simulator));
    let desk = desk.clock(simulator.clock()).build();
    let acme = desk.tenant("acme");
    acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();

    let mut codes = Vec::new();
    let words: Vec<_> = (0..50).map(|number| format!("Number {number}")).collect();
    for words in &words {
        let receipt = acme.send(simulator.phone_number_id(), ANA, words.as_str()).await.unwrap();
        codes.push(receipt.sending.error_code);
    }
    assert_eq!(codes, [vec![None; 45], vec![Some(131_056); 5]].concat());

    // The ladder's waits.
    for wait in [30, 60, 300] {
        simulator.advance(Duration::from_secs(wait));
        while desk.step().await.unwrap() > 0 {}
    }
    let seen = ana.messages().into_iter().filter(|shown| shown.from_business).filter_map(|shown| shown.text);
    assert_eq!(seen.collect::<Vec<_>>(), words);
}
