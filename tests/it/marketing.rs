//! Templates over the Marketing Messages API, as they go over the wire.

use crate::client::{TO, accepted, phone, refused};
use serde_json::json;
use whatsapp_business::{
    Error,
    client::{MessageStatus, ProductPolicy, RetryPolicy},
    message::Template,
    recipient::Recipient,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path},
};

fn offer() -> Template {
    Template::new("spring_offer", "en_US").body([("name", "Ana")])
}

fn paths(error: &Error) -> Vec<&str> {
    error.violations().iter().map(|violation| violation.path.as_str()).collect()
}

#[tokio::test]
async fn a_marketing_template_is_posted_as_meta_documents_it() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": TO, "wa_id": "14155552671"}],
        "messages": [{"id": "wamid.A", "message_status": "accepted"}],
    }));
    Mock::given(method("POST"))
        .and(path("/v26.0/106540352242922/marketing_messages"))
        .and(header("authorization", "Bearer EAAGsecret"))
        .and(header("content-type", "application/json"))
        .and(body_json(json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": TO,
            "biz_opaque_callback_data": "spring", "recipient_identity_key_hash": "DF2l=",
            "type": "template", "template": {"name": "spring_offer", "language": {"code": "en_US"}, "components": [
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Ana"}]}]},
            "product_policy": "STRICT", "message_activity_sharing": false,
        })))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    let sent = phone(&server)
        .send_marketing(TO, offer())
        .callback_data("spring")
        .identity_key_hash("DF2l=")
        .product_policy(ProductPolicy::Strict)
        .share_activity(false)
        .await
        .unwrap();
    assert_eq!((sent.message_id.as_str(), sent.status), ("wamid.A", Some(MessageStatus::Accepted)));
}

#[tokio::test]
async fn what_is_not_set_is_left_to_meta_whoever_gets_it() {
    let server = MockServer::start().await;
    let phone = phone(&server);
    for (to, named) in [
        (Recipient::from(TO), json!({"to": TO})),
        ("US.134".into(), json!({"recipient": "US.134"})),
        ("US.ENT.134".into(), json!({"recipient": "US.ENT.134"})),
        (Recipient::PhoneAndUser(TO.into(), "US.134".into()), json!({"to": TO, "recipient": "US.134"})),
    ] {
        server.reset().await;
        let mut body = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual",
            "type": "template", "template": {"name": "hello", "language": {"code": "en"}},
        });
        body.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
        Mock::given(path("/v26.0/106540352242922/marketing_messages"))
            .and(body_json(body))
            .respond_with(accepted())
            .expect(1)
            .mount(&server)
            .await;
        phone.send_marketing(&to, Template::new("hello", "en")).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_sent_does_not_reach_the_network() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(accepted()).expect(0).mount(&server).await;
    let phone = phone(&server);
    let error = phone.send_marketing(Recipient::group("Y2Fw"), offer()).await.unwrap_err();
    let told: Vec<_> = error.violations().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["recipient_type: is a group (a phone number or a user id)"]);
    let call = phone.send_marketing(Recipient::group(""), Template::new("Offer!", "en"));
    let error = call.callback_data("x".repeat(513)).await.unwrap_err();
    assert_eq!(paths(&error), ["to", "template.name", "biz_opaque_callback_data", "recipient_type"]);
    let edge = phone.send_marketing(TO, offer()).callback_data("x".repeat(512));
    edge.request().unwrap();
}

#[tokio::test]
async fn a_marketing_message_is_not_repeated_when_meta_may_have_taken_it() {
    for answer in [
        refused(500, 131_000),
        ResponseTemplate::new(502).set_body_string("<html>Bad Gateway</html>"),
        ResponseTemplate::new(200).set_body_json(json!({"messages": []})),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(answer).expect(1).mount(&server).await;
        let error = phone(&server).send_marketing(TO, offer()).await.unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn a_marketing_message_that_was_surely_not_taken_goes_out_once_more() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "0");
    Mock::given(method("POST")).respond_with(busy.clone()).up_to_n_times(1).mount(&server).await;
    Mock::given(method("POST")).respond_with(accepted()).expect(1).mount(&server).await;
    phone(&server).send_marketing(TO, offer()).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 2);

    server.reset().await;
    Mock::given(method("POST")).respond_with(busy).expect(1).mount(&server).await;
    phone(&server).send_marketing(TO, offer()).retry(RetryPolicy::never()).await.unwrap_err();
}

#[tokio::test]
async fn a_marketing_message_can_be_looked_at_and_shows_no_words() {
    let server = MockServer::start().await;
    let call = phone(&server)
        .send_marketing(TO, offer())
        .product_policy(ProductPolicy::CloudApiFallback)
        .share_activity(true);
    let request = call.request().unwrap();
    assert_eq!(request.uri().path(), "/v26.0/106540352242922/marketing_messages");
    assert!(request.headers().get("authorization").is_none());
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(
        (&body["product_policy"], &body["message_activity_sharing"]),
        (&json!("CLOUD_API_FALLBACK"), &json!(true))
    );
    let shown = format!("{call:?}");
    for secret in ["Ana", "4155552671", "EAAGsecret"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
