//! What the application hears.

use super::{ana, assert_refused, message_id, post, receiver::Receiver, send, text};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use whatsapp_business::{
    ErrorKind,
    simulator::{Pace, Simulator},
};

/// The statuses in `values`, as their name and the message they speak of.
fn statuses(values: &[Value]) -> Vec<(String, String)> {
    let owned = |value: &Value| value.as_str().unwrap().to_owned();
    let statuses = values.iter().filter_map(|value| value["statuses"].as_array()).flatten();
    statuses.map(|status| (owned(&status["status"]), owned(&status["id"]))).collect()
}

#[tokio::test]
async fn a_text_is_reported_sent_delivered_and_read_in_this_order() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let receiver = Receiver::subscribed_to(&simulator).await;

    let mut content = text("Grüße 😀");
    content["biz_opaque_callback_data"] = json!("attempt-1");
    let id = message_id(&send(&simulator, content).await);
    simulator.idle().await.unwrap();

    let values = receiver.values(&simulator).await;
    let expected = ["sent", "delivered", "read"].map(|status| (status.to_owned(), id.clone()));
    assert_eq!(statuses(&values), expected);
    for value in &values {
        let status = &value["statuses"][0];
        assert_eq!(status["recipient_id"], "14155550132");
        assert_eq!(status["recipient_user_id"], ana.user_id().as_str());
        assert_eq!(status["biz_opaque_callback_data"], "attempt-1");
        assert!(status["timestamp"].as_str().unwrap().parse::<u64>().unwrap() > 1_700_000_000);
        assert_eq!(value["contacts"][0]["profile"]["name"], "Ana");
        assert_eq!(value["contacts"][0]["wa_id"], "14155550132");
    }
    let pricing = json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "service"});
    assert_eq!(values[0]["statuses"][0]["pricing"], pricing);
    assert_eq!(values[1]["statuses"][0]["pricing"], pricing);
    assert!(values[2]["statuses"][0].get("pricing").is_none());
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("Grüße 😀"));
}

#[tokio::test]
async fn what_a_customer_says_arrives_with_name_number_and_user_id() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::subscribed_to(&simulator).await;
    let bo = simulator.user("+49 151 5550123").named("Bo Öz");

    let first = bo.says("Où êtes-vous ? </b> 100% @home").await.unwrap();
    let second = bo.says("Hello?").reply_to(&first).await.unwrap();
    simulator.idle().await.unwrap();

    let values = receiver.values(&simulator).await;
    let message = &values[0]["messages"][0];
    assert_eq!(message["from"], "491515550123");
    assert_eq!(message["from_user_id"], bo.user_id().as_str());
    assert_eq!(message["id"], first.as_str());
    assert_eq!(message["text"]["body"], "Où êtes-vous ? </b> 100% @home");
    let contact = json!({"profile": {"name": "Bo Öz"}, "wa_id": "491515550123", "user_id": bo.user_id()});
    assert_eq!(values[0]["contacts"], json!([contact]));
    assert_eq!(values[1]["messages"][0]["id"], second.as_str());
    assert_eq!(values[1]["messages"][0]["context"], json!({"from": "491515550123", "id": first}));
    assert!(simulator.webhooks().iter().all(|webhook| (webhook.status, webhook.attempts) == (Some(200), 1)));
}

#[tokio::test]
async fn a_tap_answers_to_the_message_with_the_button() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    let button = |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let buttons = json!({"type": "interactive", "interactive": {
        "type": "button", "body": {"text": "Keep Tuesday?"}, "footer": {"text": "Table 4"},
        "action": {"buttons": [button("keep", "Keep"), button("move", "Change")]},
    }});
    let asked = message_id(&send(&simulator, buttons.clone()).await);
    let list = json!({"type": "interactive", "interactive": {
        "type": "list", "body": {"text": "Which day?"},
        "action": {"button": "Days", "sections": [{"rows": [{"id": "wed", "title": "Wednesday", "description": "10:00"}]}]},
    }});
    message_id(&send(&simulator, list).await);

    ana.taps("move").await.unwrap();
    ana.taps("wed").await.unwrap();
    let again = message_id(&send(&simulator, buttons).await);
    ana.taps("move").reply_to(asked.as_str()).await.unwrap();
    ana.taps("move").await.unwrap();
    assert!(ana.taps("wed").reply_to(asked.as_str()).await.is_err());
    assert!(matches!(ana.taps("cancel").await.unwrap_err().kind(), ErrorKind::NotFound(_)));
    simulator.idle().await.unwrap();

    let values = receiver.values(&simulator).await;
    let taps: Vec<&Value> = values.iter().filter_map(|value| value.get("messages")).map(|m| &m[0]).collect();
    assert_eq!(
        taps[0]["interactive"],
        json!({"type": "button_reply", "button_reply": {"id": "move", "title": "Change"}})
    );
    assert_eq!(taps[0]["context"]["id"], asked);
    assert_eq!(
        taps[1]["interactive"]["list_reply"],
        json!({"id": "wed", "title": "Wednesday", "description": "10:00"})
    );
    assert_eq!((&taps[2]["context"]["id"], &taps[3]["context"]["id"]), (&json!(asked), &json!(again)));
    assert_eq!(taps.len(), 4);
}

#[tokio::test]
async fn a_webhook_is_posted_again_until_it_is_answered_with_200_and_the_next_one_waits() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::that_knows(simulator.verify_token()).await;
    receiver.answers(503, 2).await;
    receiver.answers(204, 1).await;
    receiver.answers(200, 2).await;
    simulator.subscribe(receiver.url()).await.unwrap();
    let ana = simulator.user(super::ANA);
    ana.says("first").await.unwrap();
    ana.says("second").await.unwrap();
    simulator.idle().await.unwrap();

    let values = receiver.values(&simulator).await;
    let heard: Vec<_> =
        values.iter().map(|value| value["messages"][0]["text"]["body"].as_str().unwrap()).collect();
    assert_eq!(heard, ["first", "first", "first", "first", "second"]);
    assert_eq!(simulator.webhooks().iter().map(|webhook| webhook.attempts).collect::<Vec<_>>(), [4, 1]);
}

#[tokio::test]
async fn a_webhook_that_fails_the_handshake_is_not_subscribed() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::that_knows("another-token").await;
    let error = simulator.subscribe(receiver.url()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");

    let echo = wiremock::MockServer::start().await;
    let wrong = wiremock::ResponseTemplate::new(200).set_body_string("not the challenge");
    wiremock::Mock::given(wiremock::matchers::any()).respond_with(wrong).mount(&echo).await;
    let error = simulator.subscribe(echo.uri()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");

    // Nobody listens on this privileged port.
    let error = simulator.subscribe("http://127.0.0.1:1").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect), "{error:?}");
    assert!(!format!("{error:?}").contains(simulator.verify_token()), "{error:?}");

    ana(&simulator).await;
    simulator.idle().await.unwrap();
    assert_eq!(simulator.webhooks()[0].attempts, 0);
}

#[tokio::test]
async fn outside_the_window_a_message_is_accepted_and_then_fails() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::subscribed_to(&simulator).await;
    let ana = simulator.user(super::ANA);
    let id = message_id(&send(&simulator, text("Hi")).await);
    simulator.idle().await.unwrap();

    let values = receiver.values(&simulator).await;
    assert_eq!(statuses(&values), [("failed".to_owned(), id)]);
    assert_eq!(values[0]["statuses"][0]["errors"][0]["code"], 131_047);
    assert!(values[0].get("contacts").is_none());
    assert!(values[0]["statuses"][0].get("recipient_user_id").is_none());
    assert_eq!(ana.newest(), None);

    ana.says("I am here").await.unwrap();
    message_id(&send(&simulator, text("Hi again")).await);
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("Hi again"));
}

#[tokio::test]
async fn without_the_window_rule_anyone_can_be_written_to() {
    let simulator = Simulator::builder().window(false).start().await.unwrap();
    message_id(&send(&simulator, text("Hi")).await);
    assert_eq!(simulator.user(super::ANA).newest().unwrap().text.as_deref(), Some("Hi"));
}

#[tokio::test]
async fn a_message_is_read_when_the_customer_reads_if_the_pace_leaves_it_to_them() {
    let simulator = Simulator::builder().pace(Pace::instant().never_read()).start().await.unwrap();
    let ana = ana(&simulator).await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    let id = message_id(&send(&simulator, text("Hi")).await);
    simulator.idle().await.unwrap();
    assert!(!statuses(&receiver.values(&simulator).await).contains(&("read".to_owned(), id.clone())));

    ana.reads();
    ana.reads();
    simulator.idle().await.unwrap();
    let values = receiver.values(&simulator).await;
    assert_eq!(
        statuses(&values).iter().filter(|status| **status == ("read".to_owned(), id.clone())).count(),
        1
    );
    assert!(ana.newest().unwrap().read);
}

#[tokio::test]
async fn each_status_comes_after_its_time() {
    // Read at once, which is not before it was delivered.
    let pace = Pace::instant().delivered(Duration::from_millis(60));
    let simulator = Simulator::builder().pace(pace).start().await.unwrap();
    let ana = ana(&simulator).await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    let began = Instant::now();
    message_id(&send(&simulator, text("Hi")).await);
    simulator.idle().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(60));
    let names: Vec<_> =
        statuses(&receiver.values(&simulator).await).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["sent", "delivered", "read"]);
    assert!(ana.newest().unwrap().read);
}

#[tokio::test]
async fn a_lost_answer_leaves_a_message_that_was_sent() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    simulator.lose_next_answer();

    let body = json!({"messaging_product": "whatsapp", "to": super::ANA, "type": "text", "text": {"body": "once"},
                      "biz_opaque_callback_data": "attempt-7"});
    let error = post(&simulator, &body).await.unwrap_err();
    assert!(!error.is_connect() && !error.is_timeout(), "{error:?}");
    assert_eq!((simulator.requests(), simulator.sent().len()), (1, 1));
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("once"));
    simulator.idle().await.unwrap();
    let values = receiver.values(&simulator).await;
    assert_eq!(values[0]["statuses"][0]["biz_opaque_callback_data"], "attempt-7");

    message_id(&send(&simulator, text("answered again")).await);
}

#[tokio::test]
async fn a_refused_request_sends_nothing() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    simulator.fail_next(130_429);
    simulator.fail_next(131_016);
    assert_refused(&send(&simulator, text("one")).await, 400, 130_429);
    assert_refused(&send(&simulator, text("two")).await, 500, 131_016);
    message_id(&send(&simulator, text("three")).await);
    assert_eq!(simulator.sent().len(), 1);
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("three"));
}

#[tokio::test]
async fn the_server_ends_with_its_last_handle() {
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.graph_url().to_owned();
    let ana = ana(&simulator).await;
    drop(simulator.clone());
    message_id(&send(&simulator, text("still here")).await);
    drop(simulator);
    assert!(reqwest::get(&url).await.is_ok());
    drop(ana);
    let closed = async { while reqwest::get(&url).await.is_ok_and(|answer| answer.status() == 400) {} };
    tokio::time::timeout(Duration::from_secs(10), closed).await.unwrap();
}

#[tokio::test]
async fn a_stopped_simulator_answers_nothing_and_still_tells_what_happened() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    message_id(&send(&simulator, text("Bye")).await);
    simulator.stop().await;
    assert!(reqwest::get(simulator.graph_url()).await.unwrap_err().is_connect());
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("Bye"));
}
