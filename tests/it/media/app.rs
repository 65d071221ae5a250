//! Files to an app, which go on where the connection broke.

use super::{
    JPEG, file, quick,
    raw::{Peer, number, serve},
};
use serde_json::json;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use whatsapp_business::{
    Client, Error, ErrorKind,
    client::{App, RetryPolicy},
    message::Upload,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path, query_param},
};

fn app(address: &str) -> App {
    Client::builder("EAAG").graph_url(address).retry(quick()).build().unwrap().app("77")
}

async fn begins(server: &MockServer, id: &str) {
    Mock::given(method("POST"))
        .and(path("/v26.0/77/uploads"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "id": id })))
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_file_is_uploaded_as_meta_documents_it() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/77/uploads"))
        .and(query_param("file_name", "a roof & more.jpg"))
        .and(query_param("file_length", JPEG.len().to_string()))
        .and(query_param("file_type", "image/jpeg"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"id": "upload:MTph_-=?sig=AR%2Fz+1&x=2"})),
        )
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/v26.0/upload:MTph_-="))
        .and(query_param("sig", "AR/z 1"))
        .and(query_param("x", "2"))
        .and(header("authorization", "OAuth EAAG"))
        .and(header("file_offset", "0"))
        .and(header("content-length", JPEG.len().to_string()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"h": "4::aW\n4::aX"})))
        .expect(1)
        .mount(&server)
        .await;
    let (path, _folder) = file("a roof & more.jpg", JPEG);
    let handle = app(&server.uri()).upload(Upload::path(path)).await.unwrap();
    assert_eq!(handle.as_str(), "4::aW\n4::aX");
    assert_eq!(format!("{handle:?}"), "UploadHandle(..::aX)");
    assert_eq!(server.received_requests().await.unwrap()[1].body, JPEG);
}

#[tokio::test]
async fn files_that_cannot_be_samples_are_not_uploaded() {
    let server = MockServer::start().await;
    let (text, _folder) = file("note.jpg", "a note");
    let (empty, _folder2) = file("empty.jpg", "");
    for (upload, place) in [
        (Upload::path(text), "file_type"),
        (Upload::bytes("a.webp", "x").mime_type("image/webp"), "file_type"),
        (Upload::reader("a.jpg", 5, JPEG).mime_type("image/webp"), "file_type"),
        (Upload::path(empty).mime_type("image/jpeg"), "file_length"),
        (Upload::bytes("a.jpg", "").mime_type("image/jpeg"), "file_length"),
    ] {
        let error = app(&server.uri()).upload(upload).await.unwrap_err();
        assert_eq!(error.violations()[0].path, place, "{error}");
    }
    let missing = app(&server.uri()).upload(Upload::path("/no/such/file")).await.unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::Media(_)), "{missing}");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_id_of_an_upload_leads_to_no_other_host_or_path() {
    for id in ["", "55", "https://evil.tld/x", "//evil.tld/x", "../me", "upload: x", "upload:é"] {
        let server = MockServer::start().await;
        begins(&server, id).await;
        let error = app(&server.uri()).upload(Upload::bytes("a.jpg", JPEG)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{id}: {error}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1, "{id}");
    }
    for (id, path, query) in [
        ("upload:../../me", "/v26.0/upload:..%2F..%2Fme", None),
        ("upload:/evil.tld", "/v26.0/upload:%2Fevil.tld", None),
        ("upload:@evil.tld:1#x", "/v26.0/upload:@evil.tld:1%23x", None),
        ("upload:a?sig=b#c?d=e&f", "/v26.0/upload:a", Some("sig=b%23c%3Fd%3De&f=")),
        ("upload:a\\..\\b", "/v26.0/upload:a%5C..%5Cb", None),
    ] {
        let server = MockServer::start().await;
        begins(&server, id).await;
        let upload = app(&server.uri()).upload(Upload::bytes("a.jpg", JPEG));
        upload.retry(RetryPolicy::never()).await.unwrap_err();
        let requests = server.received_requests().await.unwrap();
        assert_eq!((requests[1].url.path(), requests[1].url.query()), (path, query), "{id}");
    }
}

/// What arrived of a file, with the offsets at which it went on.
#[derive(Default)]
struct Arrived {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
    /// How often Meta was asked what it has.
    asked: usize,
}

/// A Meta that hangs up after it took as many bytes of each part as told, and ends well after them.
async fn hanging_up(after: &'static [usize], has_lost_the_answer: bool) -> (App, Arc<Mutex<Arrived>>) {
    let arrived = Arc::new(Mutex::new(Arrived::default()));
    let shared = Arc::clone(&arrived);
    let (address, _) = serve(move |_, mut peer: Peer, _| {
        let arrived = Arc::clone(&shared);
        async move {
            let head = peer.head().await;
            if head.starts_with("POST /v26.0/77/uploads") {
                return peer.answers(r#"{"id": "upload:MTph?sig=ARZ"}"#).await;
            }
            assert!(head.contains("/v26.0/upload:MTph?sig=ARZ HTTP"), "{head}");
            if head.starts_with("GET") {
                let here = {
                    let mut arrived = arrived.lock().unwrap();
                    arrived.asked += 1;
                    arrived.bytes.len()
                };
                return peer.answers(&json!({"id": "upload:MTph", "file_offset": here}).to_string()).await;
            }
            let (offset, length) = (number(&head, "file_offset"), number(&head, "content-length"));
            let turn = {
                let mut arrived = arrived.lock().unwrap();
                arrived.offsets.push(offset);
                arrived.offsets.len() - 1
            };
            let taken = after.get(turn).map_or(length, |after| length.min(*after));
            let part = peer.body(taken).await;
            arrived.lock().unwrap().bytes.extend(part);
            let is_last = turn == after.len();
            if taken == length && (is_last || !has_lost_the_answer) {
                peer.answers(r#"{"h": "4::aW"}"#).await;
            }
        }
    })
    .await;
    (app(&address), arrived)
}

fn long() -> Vec<u8> {
    let tail = (0..1_000_000_u32).flat_map(u32::to_le_bytes);
    JPEG.iter().copied().chain(tail).collect()
}

#[tokio::test]
async fn a_broken_upload_goes_on_from_where_it_was() {
    let bytes = long();
    let (path, _folder) = file("roof.jpg", &bytes);
    for upload in [Upload::path(path), Upload::bytes("roof.jpg", bytes.clone())] {
        let (app, arrived) = hanging_up(&[1_000_000, 0, 70_000], false).await;
        assert_eq!(app.upload(upload).await.unwrap().as_str(), "4::aW");
        let arrived = arrived.lock().unwrap();
        assert_eq!(arrived.offsets, [0, 1_000_000, 1_000_000, 1_070_000]);
        assert_eq!(arrived.asked, 3);
        assert!(arrived.bytes == bytes, "another file arrived");
    }
}

#[tokio::test]
async fn an_upload_of_which_only_the_answer_was_lost_ends_well() {
    let (app, arrived) = hanging_up(&[usize::MAX], true).await;
    app.upload(Upload::bytes("roof.jpg", JPEG)).await.unwrap();
    let arrived = arrived.lock().unwrap();
    assert_eq!((&arrived.offsets[..], &arrived.bytes[..]), (&[0, JPEG.len()][..], JPEG));
}

#[tokio::test]
async fn a_file_that_was_changed_is_not_gone_on_with() {
    let (path, _folder) = file("roof.jpg", JPEG);
    let server = MockServer::start().await;
    begins(&server, "upload:a").await;
    let changed = path.clone();
    let breaks = move |_: &wiremock::Request| {
        // As long as before, and another.
        std::fs::write(&changed, [&JPEG[..4], &[b'x'; 64][..JPEG.len() - 4]].concat()).unwrap();
        let changed = std::fs::File::options().write(true).open(&changed).unwrap();
        changed.set_modified(std::time::SystemTime::now() + Duration::from_secs(9)).unwrap();
        ResponseTemplate::new(503)
    };
    Mock::given(method("POST"))
        .and(wiremock::matchers::path("/v26.0/upload:a"))
        .respond_with(breaks)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let here = ResponseTemplate::new(200).set_body_json(json!({"id": "upload:a", "file_offset": 10}));
    Mock::given(method("GET")).respond_with(here).mount(&server).await;
    let taken = ResponseTemplate::new(200).set_body_json(json!({"h": "4::aW"}));
    Mock::given(method("POST"))
        .and(wiremock::matchers::path("/v26.0/upload:a"))
        .respond_with(taken)
        .mount(&server)
        .await;
    let error = app(&server.uri()).upload(Upload::path(path)).await.unwrap_err();
    assert!(error.to_string().contains("changed"), "{error}");
}

#[tokio::test]
async fn an_upload_is_given_up_when_the_retry_policy_says() {
    let (app, arrived) = hanging_up(&[10; 50], false).await;
    let error = app.upload(Upload::bytes("roof.jpg", long())).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
    assert_eq!(arrived.lock().unwrap().offsets.len(), 4);

    let (app, arrived) = hanging_up(&[10; 50], false).await;
    app.upload(Upload::bytes("roof.jpg", long())).retry(RetryPolicy::never()).await.unwrap_err();
    assert_eq!(arrived.lock().unwrap().offsets.len(), 1);
}

#[tokio::test]
async fn what_can_be_read_once_does_not_go_on() {
    let (app, arrived) = hanging_up(&[10; 50], false).await;
    let bytes = long();
    let length = bytes.len().try_into().unwrap();
    let upload = Upload::reader("roof.jpg", length, std::io::Cursor::new(bytes));
    let error = app.upload(upload).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    let cause = std::error::Error::source(&error).unwrap().downcast_ref::<Error>().unwrap();
    assert!(matches!(cause.kind(), ErrorKind::Interrupted), "{cause}");
    assert_eq!(arrived.lock().unwrap().offsets, [0]);
}

#[tokio::test]
async fn an_offset_that_cannot_be_is_an_error() {
    for offset in [json!(-1), json!(1000), json!("many"), json!(null)] {
        let server = MockServer::start().await;
        begins(&server, "upload:a").await;
        Mock::given(method("POST"))
            .and(path("/v26.0/upload:a"))
            .respond_with(ResponseTemplate::new(503))
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path("/v26.0/upload:a"))
            .respond_with(
                ResponseTemplate::new(200).set_body_json(json!({"id": "upload:a", "file_offset": offset})),
            )
            .mount(&server)
            .await;
        let error = app(&server.uri()).upload(Upload::bytes("a.jpg", JPEG)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{offset}: {error}");
    }
}

#[tokio::test]
async fn a_proof_of_the_secret_goes_with_every_request_of_an_upload() {
    let server = MockServer::start().await;
    begins(&server, "upload:a?sig=b").await;
    Mock::given(path("/v26.0/upload:a"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"h": "4::aW"})))
        .mount(&server)
        .await;
    let client = Client::builder("EAAG").graph_url(server.uri());
    let client = client.app_secret(whatsapp_business::AppSecret::new("hush").unwrap()).build().unwrap();
    client.app("77").upload(Upload::bytes("a.jpg", JPEG)).timeout(Duration::from_secs(60)).await.unwrap();
    for request in server.received_requests().await.unwrap() {
        assert!(request.url.query().unwrap().contains("appsecret_proof="), "{}", request.url);
    }
}

#[cfg(feature = "simulator")]
mod simulated {
    use super::{JPEG, long, quick};
    use whatsapp_business::{Client, message::Upload, simulator::Simulator};

    #[tokio::test]
    async fn the_simulator_takes_samples() {
        let simulator = Simulator::start().await.unwrap();
        let app = simulator.client().app(simulator.app_id());
        for bytes in [JPEG.to_vec(), long()] {
            let handle = app.upload(Upload::bytes("roof.jpg", bytes.clone())).await.unwrap();
            assert!(handle.as_str().starts_with("4::"));
            assert!(simulator.uploaded(&handle).unwrap() == bytes, "another file arrived");
        }
        let unknown = simulator.client().app("1").upload(Upload::bytes("roof.jpg", JPEG)).await.unwrap_err();
        assert_eq!(unknown.api().unwrap().code, 100);
        assert_eq!(simulator.uploaded(&"4::none".into()), None);
    }

    #[tokio::test]
    async fn the_simulator_keeps_what_came_before_the_connection_broke() {
        use tokio::io::AsyncWriteExt;
        let simulator = Simulator::start().await.unwrap();
        let http = reqwest::Client::new();
        let (graph, token) = (simulator.graph_url().to_owned(), simulator.access_token().to_owned());
        let begin =
            format!("{graph}/v26.0/{}/uploads?file_length=10&file_type=image/jpeg", simulator.app_id());
        let begun = http.post(begin).bearer_auth(&token).send().await.unwrap();
        let begun: serde_json::Value = begun.json().await.unwrap();
        let session = format!("{graph}/v26.0/{}", begun["id"].as_str().unwrap());
        let offset = async || {
            let state =
                http.get(&session).header("authorization", format!("OAuth {token}")).send().await.unwrap();
            let state: serde_json::Value = state.json().await.unwrap();
            state["file_offset"].as_u64().unwrap()
        };
        assert_eq!(offset().await, 0);

        let host = graph.strip_prefix("http://").unwrap();
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        let path = session.strip_prefix(&graph).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: OAuth {token}\r\nfile_offset: 0\r\n\
             content-length: 10\r\n\r\n0123"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        while offset().await < 4 {
            tokio::task::yield_now().await;
        }
        drop(stream);
        let go_on = |offset: &'static str, bytes: &'static str| {
            http.post(&session).bearer_auth(&token).header("file_offset", offset).body(bytes).send()
        };
        assert_eq!(go_on("5", "56789").await.unwrap().status(), 400);
        assert_eq!(go_on("4", "4567890").await.unwrap().status(), 400);
        assert_eq!(go_on("4", "45").await.unwrap().status(), 400);
        let ended: serde_json::Value = go_on("4", "456789").await.unwrap().json().await.unwrap();
        let handle = ended["h"].as_str().unwrap().into();
        assert_eq!(simulator.uploaded(&handle).unwrap(), "0123456789");
        let forged = http.get(session.replace("sig=", "sig=x")).bearer_auth(&token).send().await.unwrap();
        assert_eq!(forged.status(), 400);
    }

    #[tokio::test]
    async fn an_app_of_another_id_can_be_simulated() {
        let simulator = Simulator::builder().app_id("77").start().await.unwrap();
        let client =
            Client::builder(simulator.access_token()).graph_url(simulator.graph_url()).retry(quick());
        let app = client.build().unwrap().app("77");
        app.upload(Upload::bytes("roof.jpg", JPEG)).await.unwrap();
    }
}
