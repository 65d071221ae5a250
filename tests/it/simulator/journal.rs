//! The journal of what reached the Graph API.

use super::{ana, graph, message_id, send, text};
use serde_json::json;
use whatsapp_business::simulator::Simulator;

#[tokio::test]
async fn a_request_is_kept_with_its_body_and_answer() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    let id = message_id(&send(&simulator, text("Hi")).await);
    let journal = simulator.journal();
    let [request] = &journal[..] else { panic!("{journal:?}") };
    assert_eq!((request.method.as_str(), request.status, request.code), ("POST", 200, None));
    assert_eq!(request.path, format!("/v26.0/{}/messages", simulator.phone_number_id()));
    assert_eq!(request.body.as_ref().unwrap()["text"]["body"], "Hi");
    assert_eq!(request.answer.as_ref().unwrap()["messages"][0]["id"], id);
    assert!(!format!("{request:?}").contains("Hi"), "{request:?}");
}

#[tokio::test]
async fn a_refused_message_is_kept_with_everything_that_is_wrong_with_it() {
    let simulator = Simulator::start().await.unwrap();
    ana(&simulator).await;
    let button = |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    send(
        &simulator,
        json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": ""},
        "action": {"buttons": [button("a", "A title of more than twenty characters")]}}}),
    )
    .await;
    let refused = &simulator.journal()[0];
    assert_eq!(refused.status, 400);
    assert!(refused.code.is_some() && refused.details.is_some(), "{refused:?}");
    let paths: Vec<_> = refused.violations.iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(paths, ["interactive.body.text", "interactive.action.buttons[0].reply.title"]);
}

#[tokio::test]
async fn tokens_are_nowhere_in_it() {
    let simulator = Simulator::start().await.unwrap();
    let client = reqwest::Client::new();
    let token = "s3cret-of-another";
    let body = json!({"to": "1", "token": token});
    let url = graph(&simulator, &format!("{token}?access_token=in-the-query&fields=id"));
    client.post(url).bearer_auth(token).json(&body).send().await.unwrap();
    let request = &simulator.journal()[0];
    let kept = format!("{} {:?} {:?}", request.path, request.body, request.answer);
    assert_eq!(request.status, 401);
    assert!(!kept.contains(token) && !kept.contains("in-the-query"), "{kept}");
    assert_eq!(request.path, "/v26.0/…?access_token=…&fields=id");
}
