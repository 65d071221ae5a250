//! An application's webhook that checks the signature with an HMAC of its own.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use whatsapp_business::simulator::Simulator;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, query_param},
};

pub(super) struct Receiver(MockServer);

impl Receiver {
    /// One that answers every POST with 200.
    pub(super) async fn subscribed_to(simulator: &Simulator) -> Self {
        let receiver = Self::that_knows(simulator.verify_token()).await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&receiver.0).await;
        simulator.subscribe(receiver.url()).await.unwrap();
        receiver
    }

    /// One that answers the handshake and, so far, nothing else.
    pub(super) async fn that_knows(verify_token: &str) -> Self {
        let receiver = Self(MockServer::start().await);
        receiver.knows(verify_token).await;
        receiver
    }

    /// From now on it answers a handshake with this token as well.
    pub(super) async fn knows(&self, verify_token: &str) {
        let challenge = |request: &Request| {
            let challenge =
                request.url.query_pairs().find(|(name, _)| name == "hub.challenge").unwrap().1.into_owned();
            ResponseTemplate::new(200).set_body_string(challenge)
        };
        Mock::given(method("GET"))
            .and(query_param("hub.mode", "subscribe"))
            .and(query_param("hub.verify_token", verify_token))
            .respond_with(challenge)
            .mount(&self.0)
            .await;
    }

    pub(super) fn url(&self) -> String {
        format!("{}/webhook?tenant=acme", self.0.uri())
    }

    /// From now on the first `times` POSTs are answered with `status`.
    pub(super) async fn answers(&self, status: u16, times: u64) {
        let mock = Mock::given(method("POST")).respond_with(ResponseTemplate::new(status));
        mock.up_to_n_times(times).mount(&self.0).await;
    }

    /// The `value` of each webhook, in the order of arrival, after a check of its signature and envelope.
    pub(super) async fn values(&self, simulator: &Simulator) -> Vec<Value> {
        let requests = self.0.received_requests().await.unwrap();
        let posts = requests.iter().filter(|request| request.method.as_str() == "POST");
        posts.map(|request| checked(request, simulator)).collect()
    }
}

fn checked(request: &Request, simulator: &Simulator) -> Value {
    let mut mac = Hmac::<Sha256>::new_from_slice(simulator.app_secret().as_bytes()).unwrap();
    mac.update(&request.body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(request.headers["x-hub-signature-256"], format!("sha256={hex}"));
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.url.query(), Some("tenant=acme"));
    assert!(request.body.is_ascii());

    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["object"], "whatsapp_business_account");
    assert_eq!(body["entry"][0]["id"], simulator.account_id().as_str());
    let change = &body["entry"][0]["changes"][0];
    assert_eq!(change["field"], "messages");
    assert_eq!(change["value"]["metadata"]["phone_number_id"], simulator.phone_number_id().as_str());
    change["value"].clone()
}
