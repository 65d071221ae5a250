//! Sends to groups.

use super::{assert_refused, message_id, post, read, receiver::Receiver};
use serde_json::{Value, json};
use whatsapp_business::{
    message::Image,
    simulator::{ApprovedTemplate, Group, Simulator},
};

fn to(group: &Group, mut content: Value) -> Value {
    content["messaging_product"] = json!("whatsapp");
    content["recipient_type"] = json!("group");
    content["to"] = json!(group.id());
    content
}

fn text(group: &Group) -> Value {
    to(group, json!({"type": "text", "text": {"body": "We meet at seven."}}))
}

#[tokio::test]
async fn a_send_to_a_group_is_answered_with_its_id_and_reported_as_sent() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::subscribed_to(&simulator).await;
    let crew = simulator.group();
    let mut body = text(&crew);
    body["biz_opaque_callback_data"] = json!("attempt-1");
    let answer = read(post(&simulator, &body).await.unwrap()).await;
    let id = message_id(&answer);
    assert_eq!(answer.1["contacts"], json!([{"input": crew.id(), "wa_id": crew.id()}]));
    assert_eq!(answer.1["messages"], json!([{"id": id, "group_id": crew.id()}]));
    simulator.idle().await.unwrap();

    let sent = simulator.sent();
    assert_eq!((sent.len(), &*sent[0].to, &sent[0].body), (1, crew.id().as_str(), &body));
    let values = receiver.values(&simulator).await;
    assert_eq!(values.len(), 1);
    assert!(values[0].get("contacts").is_none());
    let status = values[0]["statuses"][0].as_object().unwrap();
    let timestamp = status["timestamp"].clone();
    let expected = json!({
        "id": id, "status": "sent", "timestamp": timestamp, "recipient_id": crew.id(), "recipient_type": "group",
        "biz_opaque_callback_data": "attempt-1",
    });
    assert_eq!(json!(status), expected);
}

#[tokio::test]
async fn a_group_that_the_business_is_not_in_is_unknown() {
    let simulator = Simulator::start().await.unwrap();
    let (crew, other) = (simulator.group(), Simulator::start().await.unwrap().group());
    assert_ne!(crew, other);
    let mut body = text(&other);
    assert_refused(&read(post(&simulator, &body).await.unwrap()).await, 400, 131_041);
    // The kind of recipient and the recipient have to fit each other, both ways.
    body["to"] = json!("+14155550132");
    assert_refused(&read(post(&simulator, &body).await.unwrap()).await, 400, 131_009);
    body = text(&crew);
    body["recipient_type"] = json!("individual");
    assert_refused(&read(post(&simulator, &body).await.unwrap()).await, 400, 131_009);
    assert!(simulator.sent().is_empty() && simulator.webhooks().is_empty());
}

#[tokio::test]
async fn a_group_takes_text_media_templates_and_pins_only() {
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(ApprovedTemplate::new("meeting", "en_US", "We meet at seven."));
    let crew = simulator.group();
    let template =
        json!({"type": "template", "template": {"name": "meeting", "language": {"code": "en_US"}}});
    let answer = read(post(&simulator, &to(&crew, template)).await.unwrap()).await;
    assert_eq!(answer.1["messages"][0]["message_status"], "accepted");
    let pin = json!({"type": "pin", "pin": {"type": "pin", "message_id": message_id(&answer), "expiration_days": 7}});
    message_id(&read(post(&simulator, &to(&crew, pin)).await.unwrap()).await);
    let link = json!({"link": "https://example.com/plan.pdf"});
    let document = json!({"type": "document", "document": link});
    message_id(&read(post(&simulator, &to(&crew, document)).await.unwrap()).await);

    let button = json!({"type": "reply", "reply": {"id": "yes", "title": "Yes"}});
    let ask = json!({"type": "button", "body": {"text": "Seven?"}, "action": {"buttons": [button]}});
    let place = json!({"latitude": "37.44", "longitude": "-122.16"});
    for (kind, content) in [("interactive", ask), ("location", place)] {
        let body = to(&crew, json!({"type": kind, kind: content}));
        assert_refused(&read(post(&simulator, &body).await.unwrap()).await, 400, 131_009);
    }
    assert_eq!(simulator.sent().len(), 3);
}

#[tokio::test]
async fn the_client_takes_the_groups_id_for_nobodys_number() {
    let simulator = Simulator::start().await.unwrap();
    let crew = simulator.group();
    let sent = simulator.phone().send(&crew, Image::link("https://example.com/roof.png")).await.unwrap();
    assert_eq!((sent.group_id.as_ref(), sent.wa_id, sent.user_id), (Some(crew.id()), None, None));
    let by_id = simulator.phone().send(crew.id(), "We meet at seven.").await.unwrap();
    assert_eq!(by_id.group_id.as_ref(), Some(crew.id()));
}
