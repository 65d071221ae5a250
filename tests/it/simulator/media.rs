//! Media of both sides.

use super::{ana, assert_refused, call, graph, message_id, read, receiver::Receiver, send, taken};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use whatsapp_business::simulator::{Phone, Simulator};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n not much of a picture";

async fn upload(simulator: &Simulator, mime: &str) -> (StatusCode, Value) {
    let file = Part::bytes(PNG).file_name("roof.png").mime_str(mime).unwrap();
    let form = Form::new().text("messaging_product", "whatsapp").part("file", file);
    let url = graph(simulator, &format!("{}/media", simulator.phone_number_id()));
    let request = reqwest::Client::new().post(url).bearer_auth(simulator.access_token()).multipart(form);
    read(request.send().await.unwrap()).await
}

async fn describe(simulator: &Simulator, id: &str) -> (StatusCode, Value) {
    let request = reqwest::Client::new().get(graph(simulator, id)).bearer_auth(simulator.access_token());
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn what_is_uploaded_can_be_downloaded_sent_and_deleted() {
    let simulator = Simulator::start().await.unwrap();
    let ana = ana(&simulator).await;
    let (status, answer) = upload(&simulator, "image/png").await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["id"].as_str().unwrap();

    let (_, object) = describe(&simulator, id).await;
    assert_eq!(object["mime_type"], "image/png");
    assert_eq!(object["file_size"], PNG.len());
    let hex: String = Sha256::digest(PNG).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(object["sha256"], hex);

    let http = reqwest::Client::new();
    let url = object["url"].as_str().unwrap();
    let download = http.get(url).bearer_auth(simulator.access_token()).send().await.unwrap();
    assert_eq!(download.headers()["content-type"], "image/png");
    assert_eq!(download.bytes().await.unwrap(), PNG);
    assert_eq!(http.get(url).send().await.unwrap().status(), 401);
    let forged = url.replace(id, "1");
    assert_eq!(http.get(forged).bearer_auth(simulator.access_token()).send().await.unwrap().status(), 404);

    message_id(
        &send(&simulator, json!({"type": "image", "image": {"id": id, "caption": "Your roof"}})).await,
    );
    let seen = ana.newest().unwrap();
    assert_eq!(
        (seen.kind.as_str(), seen.text.as_deref(), seen.media.as_deref()),
        ("image", Some("Your roof"), Some(id))
    );
    assert_refused(&send(&simulator, json!({"type": "sticker", "sticker": {"id": id}})).await, 400, 131_053);

    let delete = || http.delete(graph(&simulator, id)).bearer_auth(simulator.access_token()).send();
    assert_eq!(read(delete().await.unwrap()).await.1, json!({"success": true}));
    assert_refused(&read(delete().await.unwrap()).await, 400, 100);
    assert_refused(&describe(&simulator, id).await, 400, 100);
    assert_refused(&send(&simulator, json!({"type": "image", "image": {"id": id}})).await, 400, 131_009);
}

#[tokio::test]
async fn media_of_another_number_is_not_found_where_the_number_is_named() {
    let simulator = Simulator::start().await.unwrap();
    let account = simulator.account_id();
    let branch = simulator.add_phone(Phone::new("200", account, "+1 555 010 0002")).unwrap();
    let (_, answer) = upload(&simulator, "image/png").await;
    let id = answer["id"].as_str().unwrap();
    let owner = simulator.phone_number_id();
    let (ours, theirs) =
        (format!("{id}?phone_number_id={owner}"), format!("{id}?phone_number_id={}", branch.id()));
    for method in [Method::GET, Method::DELETE] {
        assert_refused(&call(&simulator, method.clone(), &theirs, Value::Null).await, 400, 100);
        taken(call(&simulator, method, &ours, Value::Null).await);
    }
    assert_refused(&describe(&simulator, id).await, 400, 100);
}

#[tokio::test]
async fn uploads_of_unsupported_types_and_odd_forms_are_refused() {
    let simulator = Simulator::start().await.unwrap();
    assert_refused(&upload(&simulator, "image/gif").await, 400, 100);
    let url = graph(&simulator, &format!("{}/media", simulator.phone_number_id()));
    let request = reqwest::Client::new().post(url).bearer_auth(simulator.access_token());
    assert_refused(&read(request.try_clone().unwrap().body("bytes").send().await.unwrap()).await, 400, 100);
    let no_file = Form::new().text("messaging_product", "whatsapp");
    assert_refused(&read(request.multipart(no_file).send().await.unwrap()).await, 400, 100);
}

#[tokio::test]
async fn an_address_of_media_expires() {
    let simulator = Simulator::builder().media_url_lifetime(Duration::ZERO).start().await.unwrap();
    let (_, answer) = upload(&simulator, "image/png").await;
    let (_, object) = describe(&simulator, answer["id"].as_str().unwrap()).await;
    let request = reqwest::Client::new().get(object["url"].as_str().unwrap());
    let expired = request.bearer_auth(simulator.access_token()).send().await.unwrap();
    assert_eq!(expired.status(), 404);
    assert!(expired.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_picture_of_a_customer_arrives_with_its_checksum_and_can_be_fetched() {
    let simulator = Simulator::start().await.unwrap();
    let receiver = Receiver::subscribed_to(&simulator).await;
    let ana = simulator.user(super::ANA);
    ana.sends_image(PNG, "image/png").caption("Like this?").await.unwrap();
    simulator.idle().await.unwrap();

    let image = receiver.values(&simulator).await[0]["messages"][0]["image"].clone();
    assert_eq!(image["caption"], "Like this?");
    assert_eq!(image["sha256"], STANDARD.encode(Sha256::digest(PNG)));
    let request = reqwest::Client::new().get(image["url"].as_str().unwrap());
    let download = request.bearer_auth(simulator.access_token()).send().await.unwrap();
    assert_eq!(download.bytes().await.unwrap(), PNG);
    assert_eq!(describe(&simulator, image["id"].as_str().unwrap()).await.0, 200);
}
