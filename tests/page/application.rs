//! The application that is tested: it keeps every webhook whose signature is right.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    routing::get,
};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use whatsapp_business::{Webhook, simulator::Simulator};

#[derive(Clone)]
pub(super) struct Application {
    webhook: Arc<Webhook>,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Application {
    pub(super) async fn subscribed_to(simulator: &Simulator) -> Self {
        let webhook = Webhook::new(simulator.app_secret(), simulator.verify_token()).unwrap();
        let application = Self { webhook: Arc::new(webhook), heard: Arc::default() };
        let routes =
            Router::new().route("/webhook", get(shake_hands).post(receive)).with_state(application.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, routes).await });
        simulator.subscribe(format!("http://{address}/webhook")).await.unwrap();
        application
    }

    /// The newest message that it has received.
    pub(super) async fn hears(&self, simulator: &Simulator) -> Value {
        self.newest(simulator, |change| change["value"]["messages"].get(0).cloned()).await
    }

    /// The newest that it was told of this field.
    pub(super) async fn is_told(&self, simulator: &Simulator, field: &str) -> Value {
        self.newest(simulator, |change| (change["field"] == field).then(|| change["value"].clone())).await
    }

    async fn newest(&self, simulator: &Simulator, read: impl Fn(&Value) -> Option<Value>) -> Value {
        simulator.idle().await.unwrap();
        let heard = self.heard.lock().unwrap();
        heard.iter().rev().find_map(|body| read(&body["entry"][0]["changes"][0])).unwrap()
    }
}

async fn shake_hands(State(application): State<Application>, uri: Uri) -> Result<String, StatusCode> {
    let query = uri.query().unwrap_or_default();
    application.webhook.challenge(query).map_err(|_| StatusCode::FORBIDDEN)
}

async fn receive(State(application): State<Application>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    if application.webhook.read(&body, signature).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    application.heard.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    StatusCode::OK
}
