//! Sends through the Marketing Messages API.

use super::{ANA, assert_refused, message_id, post_to, read, receiver::Receiver};
use reqwest::StatusCode;
use serde_json::{Value, json};
use whatsapp_business::{
    client::ProductPolicy,
    message::Template,
    simulator::{ApprovedTemplate, Simulator},
};

async fn simulator() -> Simulator {
    let simulator = Simulator::start().await.unwrap();
    let offer = ApprovedTemplate::new("offer", "en_US", "Hello {{1}}, panels cost less today.");
    simulator.approve_template(offer.category("MARKETING"));
    simulator.approve_template(ApprovedTemplate::new(
        "update",
        "en_US",
        "Hello {{1}}, panels are on their way.",
    ));
    simulator
}

fn template(name: &str) -> Value {
    let body = json!({"type": "body", "parameters": [{"type": "text", "text": "Ana"}]});
    json!({"name": name, "language": {"code": "en_US"}, "components": [body]})
}

/// Posts a send of the template `offer` to Ana, with `change` made to its body.
async fn send(simulator: &Simulator, change: Value) -> (StatusCode, Value) {
    let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": ANA, "type": "template",
                          "template": template("offer")});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    read(post_to(simulator, "marketing_messages", &body).await.unwrap()).await
}

#[tokio::test]
async fn a_marketing_template_goes_the_way_of_every_send() {
    let simulator = simulator().await;
    let receiver = Receiver::subscribed_to(&simulator).await;
    let ana = simulator.user(ANA);
    let options = json!({"product_policy": "STRICT", "message_activity_sharing": true, "biz_opaque_callback_data": "c-7"});
    let answer = send(&simulator, options).await;
    let id = message_id(&answer);
    assert_eq!(answer.1["contacts"], json!([{"input": ANA, "wa_id": "14155550132"}]));
    assert_eq!(answer.1["messages"], json!([{"id": id, "message_status": "accepted"}]));
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("Hello Ana, panels cost less today."));
    simulator.idle().await.unwrap();

    let sent = simulator.sent();
    assert_eq!(
        (sent.len(), sent[0].endpoint, &sent[0].body["product_policy"]),
        (1, "marketing_messages", &json!("STRICT"))
    );
    let values = receiver.values(&simulator).await;
    for (value, status) in values.iter().zip(["sent", "delivered", "read"]) {
        assert_eq!(value["statuses"][0]["status"], status);
        assert_eq!(value["statuses"][0]["id"], id);
        assert_eq!(value["statuses"][0]["biz_opaque_callback_data"], "c-7");
    }
    assert_eq!(values[0]["statuses"][0]["pricing"]["category"], "marketing_lite");
    assert_eq!(values.len(), 3);
}

#[tokio::test]
async fn both_policies_and_both_names_of_a_person_are_taken() {
    let simulator = simulator().await;
    for options in [
        json!({"product_policy": "CLOUD_API_FALLBACK"}),
        json!({"product_policy": null, "message_activity_sharing": false}),
        json!({"to": null, "recipient": simulator.user(ANA).user_id()}),
        json!({"recipient_type": null}),
    ] {
        message_id(&send(&simulator, options).await);
    }
    assert_eq!(simulator.user(ANA).messages().len(), 4);
}

#[tokio::test]
async fn what_is_not_a_marketing_template_to_one_person_is_refused() {
    let simulator = simulator().await;
    let crew = simulator.group();
    for (change, http, code) in [
        (json!({"type": "text", "text": {"body": "Hi"}, "template": null}), 400, 100),
        (json!({"type": null}), 400, 100),
        (json!({"status": "read", "message_id": "wamid.A", "type": null}), 400, 100),
        (json!({"template": template("update")}), 400, 134_100),
        (json!({"template": template("unknown")}), 404, 132_001),
        (json!({"template": {"name": "offer", "language": {"code": "en_US"}}}), 400, 132_000),
        (json!({"recipient_type": "group", "to": crew.id()}), 400, 131_009),
        (json!({"product_policy": "LENIENT"}), 400, 131_009),
        (json!({"product_policy": true}), 400, 100),
        (json!({"message_activity_sharing": "yes"}), 400, 100),
        (json!({"bid": 1}), 400, 100),
        (json!({"messaging_product": null}), 400, 100),
        (json!({"to": null}), 400, 131_008),
        (json!({"recipient": "US.1", "to": null}), 400, 131_009),
    ] {
        let answer = send(&simulator, change.clone()).await;
        assert_eq!(answer.1["error"]["code"], code, "{change}: {}", answer.1);
        assert_refused(&answer, http, code);
    }
    let error = &send(&simulator, json!({"type": "text"})).await.1["error"];
    assert_eq!(error["error_data"]["details"], "Message must be a template message.");
    assert!(simulator.sent().is_empty());
}

#[tokio::test]
async fn its_own_members_are_unknown_to_other_sends() {
    let simulator = simulator().await;
    for (member, value) in [("product_policy", json!("STRICT")), ("message_activity_sharing", json!(true))] {
        let body = json!({"messaging_product": "whatsapp", "to": ANA, "type": "template", "template": template("offer"),
                          member: value});
        let answer = read(post_to(&simulator, "messages", &body).await.unwrap()).await;
        assert_refused(&answer, 400, 100);
    }
    let body = json!({"messaging_product": "whatsapp", "to": ANA, "type": "template", "template": template("offer")});
    message_id(&read(post_to(&simulator, "messages", &body).await.unwrap()).await);
    assert_eq!(simulator.sent()[0].endpoint, "messages");
    simulator.idle().await.unwrap();
    let webhook = &simulator.webhooks()[0].body["entry"][0]["changes"][0]["value"];
    assert_eq!(webhook["statuses"][0]["pricing"]["category"], "marketing");
}

#[tokio::test]
async fn faults_hit_it_like_every_send() {
    let simulator = simulator().await;
    simulator.fail_next(134_101);
    assert_refused(&send(&simulator, json!({})).await, 400, 134_101);
    simulator.lose_next_answer();
    let body = json!({"messaging_product": "whatsapp", "to": ANA, "type": "template", "template": template("offer")});
    post_to(&simulator, "marketing_messages", &body).await.unwrap_err();
    assert_eq!((simulator.sent().len(), simulator.requests()), (1, 2));
}

#[tokio::test]
async fn the_client_sends_through_it() {
    let simulator = simulator().await;
    let offer = Template::new("offer", "en_US").body(["Ana"]);
    for policy in [ProductPolicy::Strict, ProductPolicy::CloudApiFallback] {
        let send = simulator.phone().send_marketing("+14155550132", offer.clone());
        let sent = send.product_policy(policy.clone()).share_activity(false).await.unwrap();
        assert_eq!(sent.wa_id.as_ref(), Some(simulator.user(ANA).wa_id()));
        let last = simulator.sent().pop().unwrap();
        assert_eq!((last.endpoint, last.id), ("marketing_messages", sent.message_id));
        assert_eq!(last.body["product_policy"], policy.as_str());
        assert_eq!(last.body["message_activity_sharing"], false);
    }
    let error =
        simulator.phone().send_marketing("+14155550132", Template::new("update", "en_US").body(["Ana"]));
    assert_eq!(error.await.unwrap_err().api().unwrap().code, 134_100);
}
