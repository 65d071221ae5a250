//! Files up and down.

use serde_json::json;
use std::time::Duration;
use whatsapp_business::{
    Client, ErrorKind, Result,
    client::{Body, Media, RetryPolicy, Transport, Upload},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path, query_param},
};

// SHA-256 of "jpeg bytes", computed apart.
const HEX: &str = "1b48e21282963dfba2ffff3a4c331471242fe42fd0a51161e56df72085c445c9";
const BASE64: &str = "G0jiEoKWPfui//86TDMUcSQv5C/QpRFh5W33IIXERck=";

fn media(server: &MockServer) -> Media {
    Client::builder("EAAG").graph_url(server.uri()).build().unwrap().phone("1").media()
}

async fn info(server: &MockServer, url: &str, sha256: &str) {
    let info = json!({"messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "sha256": sha256,
        "file_size": "10", "id": 55});
    Mock::given(method("GET"))
        .and(path("/v26.0/55"))
        .and(query_param("phone_number_id", "1"))
        .and(header("authorization", "Bearer EAAG"))
        .respond_with(ResponseTemplate::new(200).set_body_json(info))
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_file_is_uploaded_as_a_form() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/1/media"))
        .and(header("authorization", "Bearer EAAG"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "55"})))
        .expect(1)
        .mount(&server)
        .await;
    let file = Upload::bytes("ro\"of\r\n.jpg", "image/jpeg", "jpeg bytes");
    assert_eq!(media(&server).upload(file).await.unwrap().as_str(), "55");
    let request = &server.received_requests().await.unwrap()[0];
    let content_type = request.headers["content-type"].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"type\"\r\n\r\nimage/jpeg\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"ro%22of%0D%0A.jpg\"\r\n\
             content-type: image/jpeg\r\n\r\njpeg bytes\r\n--{boundary}--\r\n"
        )
    );
}

#[tokio::test]
async fn files_that_cannot_be_sent_are_not_uploaded() {
    let server = MockServer::start().await;
    let five = 5 * 1024 * 1024;
    for (file, place) in [
        (Upload::bytes("a.gif", "image/gif", "x"), "type"),
        (Upload::bytes("a.jpg", "image/jpeg", ""), "file"),
        (Upload::bytes("a.jpg", "image/jpeg", vec![0; five + 1]), "file"),
    ] {
        let error = media(&server).upload(file).await.unwrap_err();
        assert_eq!(error.violations()[0].path, place);
    }
    assert!(server.received_requests().await.unwrap().is_empty());
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": 7})))
        .mount(&server)
        .await;
    let largest = Upload::bytes("a.jpg", "image/jpeg; q=1", vec![0; five]);
    assert_eq!(media(&server).upload(largest).await.unwrap().as_str(), "7");
}

#[tokio::test]
async fn a_file_is_fetched_with_the_token_and_its_hash_is_checked() {
    for sha256 in [HEX.to_owned(), HEX.to_uppercase(), BASE64.to_owned()] {
        let server = MockServer::start().await;
        info(&server, &format!("{}/file?mid=1", server.uri()), &sha256).await;
        Mock::given(path("/file"))
            .and(header("authorization", "Bearer EAAG"))
            .respond_with(ResponseTemplate::new(200).set_body_string("jpeg bytes"))
            .mount(&server)
            .await;
        let file = media(&server).download("55").await.unwrap();
        assert_eq!((&file.bytes[..], &*file.sha256), (&b"jpeg bytes"[..], HEX));
        assert_eq!(file.mime_type.as_deref(), Some("image/jpeg"));
    }
}

#[tokio::test]
async fn bytes_that_were_changed_on_the_way_are_refused() {
    let server = MockServer::start().await;
    info(&server, &format!("{}/file", server.uri()), HEX).await;
    Mock::given(path("/file"))
        .respond_with(ResponseTemplate::new(200).set_body_string("other"))
        .mount(&server)
        .await;
    let error = media(&server).download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
}

#[tokio::test]
async fn an_expired_address_is_asked_for_anew() {
    let server = MockServer::start().await;
    info(&server, &format!("{}/file", server.uri()), HEX).await;
    Mock::given(path("/file")).respond_with(ResponseTemplate::new(404)).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/file"))
        .respond_with(ResponseTemplate::new(200).set_body_string("jpeg bytes"))
        .expect(1)
        .mount(&server)
        .await;
    media(&server).download("55").await.unwrap();
}

#[tokio::test]
async fn the_token_does_not_follow_an_address_to_another_host() {
    let (server, elsewhere) = (MockServer::start().await, MockServer::start().await);
    info(&server, &format!("{}/file", elsewhere.uri()), HEX).await;
    let error = media(&server).download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_is_deleted() {
    let server = MockServer::start().await;
    Mock::given(method("DELETE"))
        .and(path("/v26.0/55"))
        .and(query_param("phone_number_id", "1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .expect(1)
        .mount(&server)
        .await;
    media(&server).delete("55").await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_larger_than_meta_told_is_not_taken() {
    /// Tells no size, then gives one byte too many.
    #[derive(Debug)]
    struct Generous;
    #[async_trait::async_trait]
    impl Transport for Generous {
        async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
            Ok(http::Response::new(match request.uri().path() {
                "/file" => vec![0; Media::MAX_DOWNLOAD + 1].into(),
                _ => r#"{"id": "55", "url": "https://lookaside.fbsbx.com/file"}"#.into(),
            }))
        }
    }
    let client = Client::builder("t").transport(Generous).build().unwrap();
    let error = client.phone("1").media().download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
}

#[tokio::test]
async fn a_download_may_take_longer_than_other_calls() {
    let server = MockServer::start().await;
    info(&server, &format!("{}/file", server.uri()), HEX).await;
    let slow = ResponseTemplate::new(200).set_body_string("jpeg bytes").set_delay(Duration::from_millis(400));
    Mock::given(path("/file")).respond_with(slow).mount(&server).await;
    let hasty = Client::builder("EAAG").graph_url(server.uri()).timeout(Duration::from_millis(200));
    let media = hasty.retry(RetryPolicy::never()).build().unwrap().phone("1").media();
    let error = media.download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
    let file = media.download("55").timeout(Duration::from_secs(10)).await.unwrap();
    assert_eq!(file.bytes, "jpeg bytes");
}
