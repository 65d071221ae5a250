//! Meta's side, seen from outside: plain HTTP requests and a webhook, without this crate's client.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy excuses test functions, not their helpers"
)]

mod agreement;
mod api;
pub(crate) mod definitions;
mod delivery;
mod faults;
mod groups;
mod journal;
mod library;
mod lifecycle;
mod limits;
mod marketing;
mod media;
mod memory;
mod numbers;
mod offline;
mod page;
mod people;
mod program;
mod receiver;
mod recipients;
mod settings;
mod shown;
#[cfg(feature = "desk")]
mod storm;
mod templates;
mod time;
mod webhooks;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use whatsapp_business::simulator::{Simulator, User};

const ANA: &str = "+1 415 555 0132";

/// A customer who has just written, so that the window is open.
async fn ana(simulator: &Simulator) -> User {
    let ana = simulator.user(ANA).named("Ana");
    ana.says("Hello").await.unwrap();
    ana
}

pub(crate) fn graph(simulator: &Simulator, path: &str) -> String {
    format!("{}/v26.0/{path}", simulator.graph_url())
}

async fn post(simulator: &Simulator, body: &Value) -> reqwest::Result<Response> {
    post_to(simulator, "messages", body).await
}

async fn post_to(simulator: &Simulator, endpoint: &str, body: &Value) -> reqwest::Result<Response> {
    let url = graph(simulator, &format!("{}/{endpoint}", simulator.phone_number_id()));
    reqwest::Client::new().post(url).bearer_auth(simulator.access_token()).json(body).send().await
}

/// Sends to Ana; `content` is the type and the object of that name.
async fn send(simulator: &Simulator, content: Value) -> (StatusCode, Value) {
    let mut body = json!({ "messaging_product": "whatsapp", "to": ANA });
    body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
    read(post(simulator, &body).await.unwrap()).await
}

/// Any request to the Graph API, with a JSON body or none (null).
async fn call(simulator: &Simulator, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let request = reqwest::Client::new().request(method, graph(simulator, path));
    let request = if body.is_null() { request } else { request.json(&body) };
    read(request.bearer_auth(simulator.access_token()).send().await.unwrap()).await
}

pub(crate) async fn get(simulator: &Simulator, path: &str) -> (StatusCode, Value) {
    call(simulator, Method::GET, path, Value::Null).await
}

/// The answer to a request that has to be taken.
#[track_caller]
fn taken((status, answer): (StatusCode, Value)) -> Value {
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

pub(crate) async fn read(response: Response) -> (StatusCode, Value) {
    (response.status(), response.json().await.unwrap())
}

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

/// The id in the answer to a send.
fn message_id((status, answer): &(StatusCode, Value)) -> String {
    assert_eq!(*status, StatusCode::OK, "{answer}");
    answer["messages"][0]["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_refused((status, answer): &(StatusCode, Value), http: u16, code: i64) {
    assert_eq!((status.as_u16(), &answer["error"]["code"]), (http, &json!(code)), "{answer}");
    assert!(answer["error"]["message"].is_string() && answer["error"]["fbtrace_id"].is_string(), "{answer}");
}
