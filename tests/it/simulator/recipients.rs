//! By which names a person can be written to.

use super::{ANA, ana, assert_refused, message_id, post, read, receiver::Receiver};
use serde_json::{Value, json};
use whatsapp_business::{
    Recipient,
    simulator::{ApprovedTemplate, Simulator, User},
};

/// A simulator whose portfolio shares ids with others, and a customer who has just written.
async fn with_parents() -> (Simulator, User) {
    let simulator = Simulator::builder().parent_user_ids(true).start().await.unwrap();
    let ana = ana(&simulator).await;
    (simulator, ana)
}

fn text(recipient: impl serde::Serialize) -> Value {
    json!({"messaging_product": "whatsapp", "recipient": recipient, "type": "text", "text": {"body": "a"}})
}

#[tokio::test]
async fn a_customer_known_by_bsuid_is_reached_by_recipient_and_answered_so() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let by_id = text(ana.user_id());
    let (_, answer) = read(post(&simulator, &by_id).await.unwrap()).await;
    assert_eq!(answer["contacts"], json!([{"input": ana.user_id(), "user_id": ana.user_id()}]));
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("a"));

    let mut both = by_id.clone();
    both["to"] = json!("+1 415 555 0199");
    let (_, answer) = read(post(&simulator, &both).await.unwrap()).await;
    assert_eq!(answer["contacts"], json!([{"input": "+1 415 555 0199", "wa_id": "14155550199"}]));

    for wrong in [json!({"recipient": "US.1"}), json!({"to": ana.user_id(), "recipient": null})] {
        let mut body = by_id.clone();
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_refused(&read(post(&simulator, &body).await.unwrap()).await, 400, 131_009);
    }
}

#[tokio::test]
async fn a_parent_bsuid_reaches_the_same_person_where_there_are_such() {
    let (simulator, ana) = with_parents().await;
    let parent = ana.parent_user_id().unwrap();
    assert!(parent.as_str().starts_with("US.ENT."), "{parent}");
    let (_, answer) = read(post(&simulator, &text(&parent)).await.unwrap()).await;
    assert_eq!(answer["contacts"], json!([{"input": parent, "user_id": parent}]));
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("a"));
    assert_eq!(simulator.sent()[0].to, "14155550132");

    let without = Simulator::start().await.unwrap();
    assert_eq!(super::ana(&without).await.parent_user_id(), None);
    assert_refused(&read(post(&without, &text(&parent)).await.unwrap()).await, 400, 131_009);
}

#[tokio::test]
async fn webhooks_name_the_parent_bsuid_wherever_they_name_the_person() {
    let simulator = Simulator::builder().parent_user_ids(true).start().await.unwrap();
    let receiver = Receiver::subscribed_to(&simulator).await;
    let (ana, bo) = (ana(&simulator).await, simulator.user("+49 151 5550123"));
    message_id(&read(post(&simulator, &text(ana.parent_user_id())).await.unwrap()).await);
    // He has not written, so the message fails.
    message_id(&read(post(&simulator, &text(bo.user_id())).await.unwrap()).await);
    simulator.idle().await.unwrap();

    let values = receiver.values(&simulator).await;
    assert_eq!(values[0]["messages"][0]["from_parent_user_id"], json!(ana.parent_user_id()));
    let contact = json!({
        "profile": {"name": "Ana"}, "wa_id": ana.wa_id(), "user_id": ana.user_id(), "parent_user_id": ana.parent_user_id(),
    });
    assert_eq!(values[0]["contacts"], json!([contact]));
    for (value, status) in values[1..4].iter().zip(["sent", "delivered", "read"]) {
        assert_eq!(value["statuses"][0]["status"], status);
        assert_eq!(value["statuses"][0]["recipient_user_id"], json!(ana.user_id()));
        assert_eq!(value["statuses"][0]["recipient_parent_user_id"], json!(ana.parent_user_id()));
        assert_eq!(value["contacts"], json!([contact]));
    }
    assert_eq!(values[4]["statuses"][0]["status"], "failed");
    assert_eq!(values[4]["statuses"][0]["recipient_parent_user_id"], json!(bo.parent_user_id()));
    assert!(values[4].get("contacts").is_none());
    assert_eq!(values.len(), 5);
}

#[tokio::test]
async fn authentication_templates_need_a_phone_number() {
    let (simulator, ana) = with_parents().await;
    let code = ApprovedTemplate::new("code", "en_US", "Your code is ready.").category("AUTHENTICATION");
    simulator.approve_template(code);
    let template = json!({"name": "code", "language": {"code": "en_US"}});
    let body = |to: Value| {
        let mut body = json!({"messaging_product": "whatsapp", "type": "template", "template": template});
        body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
        body
    };
    for id in [Some(ana.user_id()), ana.parent_user_id()] {
        let refused = read(post(&simulator, &body(json!({"recipient": id}))).await.unwrap()).await;
        assert_refused(&refused, 400, 131_062);
        // With a phone number beside it, the phone number counts.
        let both = body(json!({"to": ANA, "recipient": id}));
        let answer = read(post(&simulator, &both).await.unwrap()).await;
        message_id(&answer);
        assert_eq!(answer.1["contacts"], json!([{"input": ANA, "wa_id": ana.wa_id()}]));
    }
    assert_eq!(simulator.sent().len(), 2);
}

#[tokio::test]
async fn the_client_reaches_a_person_by_every_name() {
    let (simulator, ana) = with_parents().await;
    let (number, user, parent) = (ana.wa_id(), ana.user_id(), ana.parent_user_id().unwrap());
    for (to, wa_id, user_id) in [
        (Recipient::from(number), Some(number), None),
        (Recipient::from(&user), None, Some(&user)),
        (Recipient::from(&parent), None, Some(&parent)),
        (Recipient::PhoneAndUser(format!("+{number}"), user.clone()), Some(number), None),
    ] {
        let sent = simulator.phone().send(to.clone(), format!("{to:?}")).await.unwrap();
        assert_eq!((sent.wa_id.as_ref(), sent.user_id.as_ref()), (wa_id, user_id), "{to:?}");
        assert_eq!(ana.newest().unwrap().text, Some(format!("{to:?}")));
    }
}
