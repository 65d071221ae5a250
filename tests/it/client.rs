//! Requests as they go over the wire, and answers as they come back.

use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use whatsapp_business::{
    AppSecret, Client, Error, ErrorKind, Result,
    client::{Body, BusinessPhone, MessageStatus, RetryPolicy, Transport},
    error::Class,
    message::{Buttons, Image, Location, Pin, Reaction, Template},
    recipient::Recipient,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path, query_param},
};

pub(crate) const TO: &str = "+14155552671";

fn quick() -> RetryPolicy {
    RetryPolicy::default().first_wait(Duration::from_millis(1))
}

pub(crate) fn phone(server: &MockServer) -> BusinessPhone {
    Client::builder("EAAGsecret")
        .graph_url(server.uri())
        .retry(quick())
        .build()
        .unwrap()
        .phone("106540352242922")
}

pub(crate) fn accepted() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": TO, "wa_id": "14155552671"}],
        "messages": [{"id": "wamid.A"}],
    }))
}

pub(crate) fn refused(status: u16, code: i64) -> ResponseTemplate {
    let error = json!({"message": format!("(#{code}) Title"), "type": "OAuthException", "code": code, "fbtrace_id": "T"});
    ResponseTemplate::new(status).set_body_json(json!({ "error": error }))
}

#[tokio::test]
async fn a_text_is_posted_as_meta_documents_it() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/106540352242922/messages"))
        .and(header("authorization", "Bearer EAAGsecret"))
        .and(header("content-type", "application/json"))
        .and(body_json(json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": TO,
            "context": {"message_id": "wamid.Q"}, "biz_opaque_callback_data": "order 7",
            "type": "text", "text": {"body": "Hello"},
        })))
        .respond_with(accepted())
        .expect(1)
        .mount(&server)
        .await;
    let sent = phone(&server).send(TO, "Hello").reply_to("wamid.Q").callback_data("order 7").await.unwrap();
    assert_eq!(sent.message_id.as_str(), "wamid.A");
    assert_eq!(sent.wa_id.unwrap().as_str(), "14155552671");
    assert_eq!((sent.user_id, sent.group_id, sent.status), (None, None, None));
}

#[tokio::test]
async fn a_message_to_a_group_is_posted_as_meta_documents_it() {
    let server = MockServer::start().await;
    let crew = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOQ";
    let answer = ResponseTemplate::new(200).set_body_json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": crew, "wa_id": crew}],
        "messages": [{"id": "wamid.G", "group_id": crew}],
    }));
    let expect = |body: Value| {
        Mock::given(method("POST"))
            .and(path("/v26.0/106540352242922/messages"))
            .and(body_json(body))
            .respond_with(answer.clone())
            .expect(1)
    };
    let text = json!({
        "messaging_product": "whatsapp", "recipient_type": "group", "to": crew,
        "type": "text", "text": {"body": "https://example.com/plan", "preview_url": true},
    });
    let pin = json!({
        "messaging_product": "whatsapp", "recipient_type": "group", "to": crew,
        "type": "pin", "pin": {"type": "pin", "message_id": "wamid.G", "expiration_days": 7},
    });
    expect(text).mount(&server).await;
    expect(pin).mount(&server).await;
    let phone = phone(&server);
    let group = Recipient::group(crew);
    let sent = phone.send(&group, "https://example.com/plan").preview_url(true).await.unwrap();
    assert_eq!((sent.message_id.as_str(), sent.wa_id, sent.user_id), ("wamid.G", None, None));
    assert_eq!(sent.group_id.unwrap().as_str(), crew);
    phone.send(&group, Pin::new(&sent.message_id, 7)).await.unwrap();
}

#[tokio::test]
async fn what_may_not_go_together_does_not_reach_the_network() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(accepted()).expect(0).mount(&server).await;
    let phone = phone(&server);
    let error = phone.send(TO, Reaction::new("wamid.A", "👍")).reply_to("wamid.A").await.unwrap_err();
    assert_eq!(error.violations()[0].path, "context");
    let error = phone.send(TO, Pin::new("wamid.A", 7)).await.unwrap_err();
    assert_eq!(error.violations()[0].path, "type");
    let error = phone.send(Recipient::group("Y2Fw"), Location::new(1.0, 2.0)).await.unwrap_err();
    assert_eq!(error.violations()[0].path, "type");
}

#[tokio::test]
async fn every_kind_and_recipient_goes_out() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(accepted()).mount(&server).await;
    let phone = phone(&server);
    phone.send("US.13491208655302741918", Image::new("7")).await.unwrap();
    phone.send(Recipient::group("Y2Fw"), Image::link("https://example.com/a.png")).await.unwrap();
    phone.send(TO, Buttons::new("?").button("y", "Yes")).await.unwrap();
    phone.send(TO, Template::new("offer", "en").body([("name", "Ana")])).await.unwrap();
    let bodies: Vec<Value> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| request.body_json().unwrap())
        .collect();
    assert_eq!(bodies[0]["recipient"], "US.13491208655302741918");
    assert_eq!(bodies[0].get("to"), None);
    assert_eq!((&bodies[1]["recipient_type"], &bodies[1]["to"]), (&json!("group"), &json!("Y2Fw")));
    assert_eq!(bodies[2]["interactive"]["type"], "button");
    assert_eq!(bodies[3]["template"]["components"][0]["parameters"][0]["parameter_name"], "name");
}

#[tokio::test]
async fn invalid_messages_do_not_reach_the_network() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(accepted()).expect(0).mount(&server).await;
    let error = phone(&server).send("Ana", Buttons::new("")).await.unwrap_err();
    let paths: Vec<_> = error.violations().iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(paths, ["to", "interactive.body.text", "interactive.action.buttons"]);
}

#[tokio::test]
async fn a_received_message_is_marked_as_read_with_a_typing_indicator() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/106540352242922/messages"))
        .and(body_json(json!({
            "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN",
            "typing_indicator": {"type": "text"},
        })))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .expect(1)
        .mount(&server)
        .await;
    phone(&server).mark_read("wamid.IN").typing().await.unwrap();
}

#[tokio::test]
async fn the_apps_secret_is_proved_when_it_is_given() {
    let server = MockServer::start().await;
    // HMAC-SHA256 of EAAG under Jefe, computed with another implementation.
    let proof = "d1e109414832b04787682bb315614a3970ebdbe06d1ce39115704b91e189dbce";
    Mock::given(method("POST")).respond_with(accepted()).mount(&server).await;
    let client = Client::builder("EAAG").app_secret(AppSecret::new("Jefe").unwrap()).graph_url(server.uri());
    client.version("v25.0").build().unwrap().phone("1").send(TO, "x").await.unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.url.path(), "/v25.0/1/messages");
    let (name, value) = request.url.query_pairs().next().unwrap();
    assert_eq!((&*name, &*value), ("appsecret_proof", proof));
    assert!(!request.url.as_str().contains("EAAG") && !request.url.as_str().contains("Jefe"));
}

#[tokio::test]
async fn throttling_is_waited_out_and_the_message_goes_out_once_more() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(refused(429, 131_208)).up_to_n_times(1).mount(&server).await;
    Mock::given(method("POST")).respond_with(accepted()).expect(0..=1).mount(&server).await;
    // Minutes are asked for: more than the policy allows, so the error comes back at once.
    let error = phone(&server).send(TO, "x").await.unwrap_err();
    assert_eq!(error.api().unwrap().code, 131_208);
    assert!(error.is_retryable() && error.retry_after().unwrap() >= Duration::from_secs(60));

    server.reset().await;
    let empty = ResponseTemplate::new(429).insert_header("retry-after", "0");
    Mock::given(method("POST")).respond_with(empty).up_to_n_times(2).mount(&server).await;
    Mock::given(method("POST")).respond_with(accepted()).expect(1).mount(&server).await;
    phone(&server).send(TO, "x").await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_send_is_not_repeated_when_meta_may_have_taken_it() {
    for answer in [
        refused(500, 131_000),
        refused(500, 131_016),
        refused(503, 2),
        ResponseTemplate::new(502).set_body_string("<html>Bad Gateway</html>"),
        ResponseTemplate::new(200).set_body_string("{\"messages\":[{"),
        ResponseTemplate::new(200).set_body_json(json!({"messages": []})),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(answer).expect(1).mount(&server).await;
        let error = phone(&server).send(TO, "x").await.unwrap_err();
        assert!(error.outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn odd_answers_of_success_are_still_success() {
    for body in [
        r#"{"messages":[{"id":"wamid.A"}]}"#,
        r#"{"messages":[{"id":"wamid.A","message_status":"held_for_quality_assessment","new":1}],"contacts":null}"#,
        r#"{"messages":[{"id":"wamid.A"}],"contacts":[{"input":5,"wa_id":"","user_id":7}]}"#,
        r#"{"messages":[{"id":"wamid.A"}],"contacts":"none"}"#,
        r#"{"messages":[{"id":"wamid.A"}],"contacts":[[]]}"#,
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200).set_body_string(body))
            .mount(&server)
            .await;
        let sent = phone(&server).send(TO, "x").await.unwrap();
        assert_eq!(sent.message_id.as_str(), "wamid.A");
        let held = body.contains("held").then_some(MessageStatus::HeldForQualityAssessment);
        assert_eq!((sent.status, sent.wa_id), (held, None));
    }
}

#[tokio::test]
async fn refusals_are_classified_by_code() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(refused(400, 131_047)).expect(1).mount(&server).await;
    let error = phone(&server).send(TO, "x").await.unwrap_err();
    let api = error.api().unwrap();
    assert_eq!((api.class(), api.status, api.trace_id.as_deref()), (Class::Window, Some(400), Some("T")));
    assert!(!error.is_retryable() && !error.outcome_unknown());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (server, elsewhere) = (MockServer::start().await, MockServer::start().await);
    Mock::given(method("POST")).respond_with(accepted()).expect(0).mount(&elsewhere).await;
    let away = ResponseTemplate::new(307).insert_header("location", elsewhere.uri().as_str());
    Mock::given(method("POST")).respond_with(away).expect(1).mount(&server).await;
    let error = phone(&server).send(TO, "x").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Http(http) if http.status == 307), "{error}");
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn calls_can_be_looked_at_without_being_made() {
    let phone = Client::new("EAAGsecret").unwrap().phone("1");
    let request = phone.send(TO, "Hello").request().unwrap();
    assert_eq!(request.uri(), "https://graph.facebook.com/v26.0/1/messages");
    assert!(request.headers().get("authorization").is_none());
    assert!(String::from_utf8_lossy(request.body()).contains("Hello"));
    let info = phone.media().info("55").request().unwrap();
    assert_eq!(info.uri(), "https://graph.facebook.com/v26.0/55?phone_number_id=1");
}

#[tokio::test]
async fn ids_cannot_reach_other_paths() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(query_param("phone_number_id", "1"))
        .respond_with(accepted())
        .expect(0)
        .mount(&server)
        .await;
    let media = Client::builder("t").graph_url(server.uri()).build().unwrap().phone("1").media();
    let nameless = media.info("").await.unwrap_err();
    assert_eq!(nameless.violations()[0].path, "media_id");
    let phone = Client::builder("t").graph_url(server.uri()).build().unwrap().phone("");
    assert_eq!(phone.send(TO, "x").await.unwrap_err().violations()[0].path, "phone_number_id");
    for id in ["", "..", "../me", "1/../2", "1?x=1", "1#", "a b", "%2e%2e"] {
        let error = media.info(id).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{id}: {error}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_when_the_client_is_made() {
    let problems = [
        Client::new("").unwrap_err(),
        Client::new("two words").unwrap_err(),
        Client::builder("t").version("26").build().unwrap_err(),
        Client::builder("t").version("v26.0/..").build().unwrap_err(),
        Client::builder("t").graph_url("http://graph.facebook.com").build().unwrap_err(),
        #[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
        Client::new("no-tls-in-this-build").unwrap_err(),
    ];
    for error in problems {
        assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error}");
    }
}

#[tokio::test]
async fn nothing_shows_the_token_the_number_or_the_words() {
    let server = MockServer::start().await;
    let leaky = json!({"error": {"message": "Bad +14155552671 for EAAGsecret", "code": 100, "type": "x",
        "error_data": {"details": "wamid.HBgLMTQxNTU1NTI2NzE"}}});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(400).set_body_json(leaky))
        .mount(&server)
        .await;
    let phone = phone(&server);
    let call = phone.send(TO, "private words");
    let error = call.clone().await.unwrap_err();
    let shown = format!("{call:?} {phone:?} {error:?} {error}");
    for secret in ["EAAGsecret", "4155552671", "private", "HBgL"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn a_message_without_an_id_is_not_marked_as_read() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(accepted()).expect(0).mount(&server).await;
    let error = phone(&server).mark_read("").await.unwrap_err();
    assert_eq!(error.violations()[0].path, "message_id");
}

#[tokio::test]
async fn a_transport_of_the_hosts_own_can_say_that_nothing_was_sent() {
    /// Reaches Meta at the second attempt.
    #[derive(Debug, Default)]
    struct Tunnel(AtomicBool);
    #[async_trait::async_trait]
    impl Transport for Tunnel {
        async fn send(&self, _: http::Request<Body>) -> Result<http::Response<Body>> {
            match self.0.swap(true, Ordering::SeqCst) {
                false => Err(Error::with_source(ErrorKind::Connect, "the tunnel is closed")),
                true => Ok(http::Response::new(r#"{"messages": [{"id": "wamid.A"}]}"#.into())),
            }
        }
    }
    let client = Client::builder("t").transport(Tunnel::default()).retry(quick()).build().unwrap();
    assert_eq!(client.phone("1").send(TO, "x").await.unwrap().message_id.as_str(), "wamid.A");
}
