//! Where the token goes with a download, and where it does not.

use super::phone_at;
use serde_json::json;
use std::sync::{Arc, Mutex};
use whatsapp_business::{
    Client, ErrorKind, Result,
    client::{Body, Transport},
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

/// A Meta that tells an address, and answers everything else with a redirect to another host.
#[derive(Clone, Debug)]
struct Elsewhere {
    address: &'static str,
    asked: Arc<Mutex<Vec<String>>>,
}

#[async_trait::async_trait]
impl Transport for Elsewhere {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        assert_eq!(request.headers()["authorization"], "Bearer t");
        self.asked.lock().unwrap().push(request.uri().to_string());
        if request.uri().host() == Some("graph.facebook.com") {
            return Ok(http::Response::new(json!({"id": "55", "url": self.address}).to_string().into()));
        }
        let away = http::Response::builder().status(302).header("location", "https://evil.tld/file");
        Ok(away.body(Body::empty()).unwrap())
    }
}

#[tokio::test]
async fn an_address_that_is_not_metas_own_is_never_asked() {
    for address in [
        "https://lookaside.fbsbx.com.evil.tld/file",
        "https://evil.tld/lookaside.fbsbx.com/file",
        "https://lookaside.fbsbx.com:8443/file",
        "http://lookaside.fbsbx.com/file",
        "https://user@lookaside.fbsbx.com/file",
        "https://lookaside.fbsbx.com@evil.tld/file",
        "https://user:password@lookaside.fbsbx.com/file",
        "https://cdn.lookaside.fbsbx.com/file",
        "https://169.254.169.254/latest/meta-data",
        "http://localhost/file",
        "file:///etc/passwd",
        "//lookaside.fbsbx.com/file",
        "",
    ] {
        let meta = Elsewhere { address, asked: Arc::default() };
        let client = Client::builder("t").transport(meta.clone()).build().unwrap();
        let error = client.phone("1").media().download("55").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Media(_)), "{address}: {error}");
        assert!(!format!("{error:?}").contains("file"), "{error:?}");
        assert_eq!(meta.asked.lock().unwrap().len(), 1, "{address} was asked");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let meta = Elsewhere { address: "https://lookaside.fbsbx.com/file", asked: Arc::default() };
    let client = Client::builder("t").transport(meta.clone()).build().unwrap();
    let error = client.phone("1").media().download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Http(http) if http.status == 302), "{error}");
    let asked = meta.asked.lock().unwrap();
    assert_eq!(asked[1..], ["https://lookaside.fbsbx.com/file"]);
}

#[tokio::test]
async fn the_token_does_not_follow_an_address_or_a_redirect_over_the_network() {
    let (server, elsewhere) = (MockServer::start().await, MockServer::start().await);
    let away = ResponseTemplate::new(302).insert_header("location", elsewhere.uri().as_str());
    Mock::given(path("/away")).respond_with(away).mount(&server).await;
    for (id, url) in [("1", format!("{}/file", elsewhere.uri())), ("2", format!("{}/away", server.uri()))] {
        let info = ResponseTemplate::new(200).set_body_json(json!({"id": id, "url": url}));
        Mock::given(path(format!("/v26.0/{id}"))).respond_with(info).mount(&server).await;
        phone_at(&server.uri()).media().download(id).await.unwrap_err();
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}
