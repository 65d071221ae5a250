//! The answers of the Graph API.

use super::{ANA, ana, assert_refused, graph, message_id, post, read, send, text};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use whatsapp_business::simulator::Simulator;

#[tokio::test]
async fn a_send_is_answered_with_the_recipient_and_an_id_that_holds_their_number() {
    let simulator = Simulator::start().await.unwrap();
    let answer = send(&simulator, text("Hi")).await;
    let id = message_id(&answer);
    assert_eq!(answer.1["messaging_product"], "whatsapp");
    assert_eq!(answer.1["contacts"], json!([{"input": ANA, "wa_id": "14155550132"}]));
    assert_eq!(answer.1["messages"], json!([{"id": id}]));
    let record = STANDARD.decode(id.strip_prefix("wamid.").unwrap()).unwrap();
    assert!(String::from_utf8_lossy(&record).contains("14155550132"));
    let sent = simulator.sent();
    assert_eq!((sent[0].id.as_str(), sent[0].to.as_str()), (&*id, "14155550132"));
    assert_eq!(sent[0].body["text"]["body"], "Hi");
}

#[tokio::test]
async fn a_customers_number_in_digits_is_their_wa_id() {
    let simulator = Simulator::builder().display_phone_number("+55 11 5550 0100").start().await.unwrap();
    let ana = ana(&simulator).await;
    let reply =
        json!({"messaging_product": "whatsapp", "to": ana.wa_id(), "type": "text", "text": {"body": "a"}});
    assert_eq!(post(&simulator, &reply).await.unwrap().status(), 200);
    assert_eq!(simulator.sent()[0].to, "14155550132");
    // A stranger's number without `+` gets the country code of the business, as Meta documents.
    let stranger =
        json!({"messaging_product": "whatsapp", "to": "14155550199", "type": "text", "text": {"body": "a"}});
    assert_eq!(post(&simulator, &stranger).await.unwrap().status(), 200);
    assert_eq!(simulator.sent()[1].to, "5514155550199");
}

#[tokio::test]
async fn tokens_versions_and_ids_are_checked() {
    let simulator = Simulator::start().await.unwrap();
    let (token, phone) = (simulator.access_token(), simulator.phone_number_id());
    let http = reqwest::Client::new();
    let body = json!({"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {"body": "a"}});
    let messages = graph(&simulator, &format!("{phone}/messages"));

    let without = http.post(&messages).json(&body).send().await.unwrap();
    assert_refused(&read(without).await, 401, 104);
    let wrong = http.post(&messages).bearer_auth("EAAG").json(&body).send().await.unwrap();
    assert_refused(&read(wrong).await, 401, 190);

    let other =
        http.post(graph(&simulator, "1/messages")).bearer_auth(token).json(&body).send().await.unwrap();
    let refused = read(other).await;
    assert_refused(&refused, 400, 100);
    assert_eq!(refused.1["error"]["error_subcode"], 33);

    for path in [format!("v26.0/{phone}/nothing"), format!("26/{phone}/messages"), "v26.0".to_owned()] {
        let url = format!("{}/{path}", simulator.graph_url());
        let refused = read(http.post(url).bearer_auth(token).json(&body).send().await.unwrap()).await;
        assert_refused(&refused, 400, 2500);
    }
    let get = read(http.get(&messages).bearer_auth(token).send().await.unwrap()).await;
    assert_refused(&get, 400, 2500);
    let garbage = http.post(&messages).bearer_auth(token).body("{").send().await.unwrap();
    assert_refused(&read(garbage).await, 400, 100);
    assert_eq!((simulator.requests(), simulator.sent().len()), (8, 0));
}

#[tokio::test]
async fn a_token_expires_and_is_renewed() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let with = async |token: &str| {
        let url = graph(&simulator, &format!("{}/messages", simulator.phone_number_id()));
        let body = json!({"messaging_product": "whatsapp", "to": ana.wa_id(), "type": "text", "text": {"body": "a"}});
        reqwest::Client::new().post(url).bearer_auth(token).json(&body).send().await.unwrap()
    };
    let first = simulator.access_token();
    simulator.expire_token();
    let answer = with(first).await;
    let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(challenge.starts_with(r#"OAuth "Facebook Platform" "invalid_token""#), "{challenge}");
    let trace = answer.headers()["x-fb-trace-id"].to_str().unwrap().to_owned();
    let refused = read(answer).await;
    assert_refused(&refused, 401, 190);
    let error = &refused.1["error"];
    assert_eq!((&error["error_subcode"], &error["fbtrace_id"]), (&json!(463), &json!(trace)));
    assert!(error.get("error_data").is_none());

    simulator.renew_token("second");
    assert_eq!(with("second").await.status(), 200);
    simulator.renew_token("third");
    for (token, subcode) in
        [(first, json!(463)), ("second", json!(463)), ("fourth", json!(null)), ("a b", json!(null))]
    {
        let refused = read(with(token).await).await;
        assert_refused(&refused, 401, 190);
        assert_eq!(refused.1["error"]["error_subcode"], subcode, "{token}");
    }
    simulator.renew_token(first);
    assert_eq!(with(first).await.status(), 200);
}

#[tokio::test]
async fn in_maintenance_nothing_is_sent() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    simulator.maintenance(true);
    assert_refused(&send(&simulator, text("Hi")).await, 500, 131_057);
    simulator.maintenance(false);
    message_id(&send(&simulator, text("Hi")).await);
    assert_eq!(simulator.sent().len(), 1);
}

#[tokio::test]
async fn reading_marks_the_customers_messages_and_may_show_typing() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let second = ana.says("Anyone?").await.unwrap();
    ana.says("Well").await.unwrap();
    let read_to = |id: &str| json!({"messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": {"type": "text"}});
    let answer = read(post(&simulator, &read_to(second.as_str())).await.unwrap()).await;
    assert_eq!(answer, (reqwest::StatusCode::OK, json!({"success": true})));
    assert_eq!(ana.messages().iter().map(|message| message.read).collect::<Vec<_>>(), [true, true, false]);
    assert!(ana.sees_typing());
    message_id(&send(&simulator, text("Here!")).await);
    assert!(!ana.sees_typing());

    let unknown = read(post(&simulator, &read_to("wamid.unknown")).await.unwrap()).await;
    assert_refused(&unknown, 400, 131_009);
    assert_eq!(simulator.sent().len(), 1);
}

#[tokio::test]
async fn a_reaction_shows_on_the_message_and_is_only_sent() {
    let simulator = Simulator::start().await.unwrap();
    let ana = simulator.user(ANA);
    let id = ana.says("Thanks").await.unwrap();
    let react = |emoji: &str| json!({"type": "reaction", "reaction": {"message_id": id, "emoji": emoji}});
    let reaction = message_id(&send(&simulator, react("👍")).await);
    assert_eq!(ana.messages()[0].reaction.as_deref(), Some("👍"));
    message_id(&send(&simulator, react("")).await);
    assert_eq!(ana.messages()[0].reaction, None);
    assert_eq!(ana.messages().len(), 1);

    let statuses = simulator
        .webhooks()
        .into_iter()
        .map(|w| w.body["entry"][0]["changes"][0]["value"]["statuses"][0].clone());
    let of_reaction: Vec<_> = statuses.filter(|status| status["id"] == *reaction).collect();
    assert_eq!(of_reaction.len(), 1);
    assert_eq!(of_reaction[0]["status"], "sent");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let id = async |seed| {
        let simulator = Simulator::builder().seed(seed).start().await.unwrap();
        message_id(&send(&simulator, text("Hi")).await)
    };
    assert_eq!(id(1).await, id(1).await);
    assert_ne!(id(1).await, id(2).await);
}
