//! Files that are uploaded on the way of the messages that hold them.

use super::{JPEG, file, file_of, phone_at, uploaded};
use serde_json::{Value, json};
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::io::{AsyncRead, ReadBuf};
use whatsapp_business::{
    Error, ErrorKind,
    client::RetryPolicy,
    message::{Buttons, Header, Image, MediaCard, MediaCarousel, Upload},
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

const TO: &str = "+14155552671";

fn accepted() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"messages": [{"id": "wamid.A"}]}))
}

async fn answers(server: &MockServer, edge: &str, answer: ResponseTemplate) {
    Mock::given(path(format!("/v26.0/1/{edge}"))).respond_with(answer).mount(server).await;
}

/// What was posted, in order: `media`, or the JSON of a message.
async fn posted(server: &MockServer) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let posted = requests.iter().map(|request| match request.url.path() {
        "/v26.0/1/media" => json!("media"),
        _ => request.body_json().unwrap(),
    });
    posted.collect()
}

#[tokio::test]
async fn a_file_is_uploaded_and_then_sent_by_its_id() {
    let server = MockServer::start().await;
    answers(&server, "media", uploaded("55")).await;
    answers(&server, "messages", accepted()).await;
    let (path, _folder) = file("roof.jpg", JPEG);
    let image = Image::upload(Upload::path(path)).caption("Your roof");
    let sent = phone_at(&server.uri()).send(TO, image).reply_to("wamid.Q").await.unwrap();
    assert_eq!(sent.message_id.as_str(), "wamid.A");
    let posted = posted(&server).await;
    assert_eq!((posted.len(), &posted[0]), (2, &json!("media")));
    assert_eq!(posted[1]["image"], json!({"id": "55", "caption": "Your roof"}));
    assert_eq!(posted[1]["context"]["message_id"], "wamid.Q");
    assert_eq!(file_of(&server.received_requests().await.unwrap()[0]), JPEG);
}

#[tokio::test]
async fn files_are_uploaded_wherever_they_stand() {
    let server = MockServer::start().await;
    for id in ["1", "2", "3"] {
        Mock::given(path("/v26.0/1/media")).respond_with(uploaded(id)).up_to_n_times(1).mount(&server).await;
    }
    answers(&server, "messages", accepted()).await;
    let phone = phone_at(&server.uri());
    let file = || Upload::bytes("roof.jpg", JPEG);
    phone.send(TO, Buttons::new("?").header(Header::Image(file().into())).button("a", "A")).await.unwrap();
    let card = || MediaCard::image(file()).link("See", "https://example.com/panels");
    phone.send(TO, MediaCarousel::new("Panels").card(card()).card(card())).await.unwrap();
    phone.send(TO, Image::new("9")).await.unwrap();
    let posted = posted(&server).await;
    assert_eq!(posted[1]["interactive"]["header"]["image"]["id"], "1");
    assert_eq!([&posted[2], &posted[3]], ["media", "media"]);
    let cards = &posted[4]["interactive"]["action"]["cards"];
    for (n, id) in [(0, "2"), (1, "3")] {
        assert_eq!(cards[n]["header"]["image"]["id"], id);
    }
    assert_eq!((posted.len(), &posted[5]["image"]["id"]), (6, &json!("9")));
}

/// Counts how often it is read.
#[derive(Clone, Default)]
struct Watched(Arc<AtomicUsize>);

impl AsyncRead for Watched {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn nothing_is_read_or_uploaded_of_a_message_that_breaks_a_limit() {
    let server = MockServer::start().await;
    let watched = Watched::default();
    let file = || Upload::reader("roof.jpg", 5, watched.clone());
    let phone = phone_at(&server.uri());
    let long = Image::upload(file()).caption("x".repeat(1025));
    assert_eq!(phone.send(TO, long).await.unwrap_err().violations()[0].path, "image.caption");
    let other = Image::upload(file().mime_type("application/pdf"));
    assert_eq!(phone.send(TO, other).await.unwrap_err().violations()[0].path, "image");
    assert_eq!(phone.send("Ana", Image::upload(file())).await.unwrap_err().violations()[0].path, "to");
    assert_eq!(watched.0.load(Ordering::SeqCst), 0);
    assert!(posted(&server).await.is_empty());
}

#[tokio::test]
async fn nothing_is_uploaded_when_a_file_turns_out_to_be_another() {
    let server = MockServer::start().await;
    let (pdf, _folder) = file("roof.jpg", "%PDF-1.7");
    let (empty, _folder2) = file("empty.jpg", "");
    let right = || Upload::bytes("roof.jpg", JPEG);
    let card = |file| MediaCard::image(file).link("See", "https://example.com/panels");
    let panels = MediaCarousel::new("Panels")
        .card(card(right()))
        .card(card(Upload::path(pdf)))
        .card(card(Upload::path(empty)));
    let error = phone_at(&server.uri()).send(TO, panels).await.unwrap_err();
    let problems: Vec<_> = error.violations().iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("interactive.action.cards[1].header.image: is a file of a type"));
    assert!(problems[1].starts_with("interactive.action.cards[2].header.image: is an empty file"));
    assert!(posted(&server).await.is_empty());
}

#[tokio::test]
async fn a_message_whose_upload_fails_is_surely_not_sent() {
    let server = MockServer::start().await;
    answers(&server, "messages", accepted()).await;
    let phone = phone_at(&server.uri());
    let image = || Image::upload(Upload::bytes("roof.jpg", JPEG));
    let missing = phone.send(TO, Image::upload(Upload::path("/no/such/file"))).await.unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::Media(_)), "{missing}");

    answers(&server, "media", ResponseTemplate::new(502)).await;
    let error = phone.send(TO, image()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Http(http) if http.status == 502), "{error}");

    let late = MockServer::start().await;
    answers(&late, "media", uploaded("55").set_delay(Duration::from_secs(60))).await;
    let call = phone_at(&late.uri()).send(TO, image());
    let timeout = call.timeout(Duration::from_millis(100)).retry(RetryPolicy::never()).await.unwrap_err();
    assert!(matches!(timeout.kind(), ErrorKind::Timeout), "{timeout}");

    for error in [missing, error, timeout] {
        assert!(!error.outcome_unknown(), "{error}");
        assert!(error.to_string().starts_with("the message was not sent"), "{error}");
    }
    assert!(posted(&server).await.iter().all(|posted| posted == "media"));
    // The same failures of an upload by itself leave it open what became of it.
    let by_itself = phone.media().upload(Upload::bytes("roof.jpg", JPEG)).await.unwrap_err();
    assert!(by_itself.outcome_unknown(), "{by_itself}");
}

#[tokio::test]
async fn the_retry_policy_of_a_send_holds_for_its_upload() {
    let server = MockServer::start().await;
    answers(&server, "media", ResponseTemplate::new(503)).await;
    let phone = phone_at(&server.uri());
    let image = Image::upload(Upload::bytes("roof.jpg", JPEG));
    phone.send(TO, image.clone()).retry(RetryPolicy::never()).await.unwrap_err();
    assert_eq!(posted(&server).await.len(), 1);
    phone.send(TO, image).await.unwrap_err();
    assert_eq!(posted(&server).await.len(), 5);
}

#[tokio::test]
async fn a_send_that_holds_a_file_cannot_show_its_request() {
    let call = phone_at("http://127.0.0.1:1").send(TO, Image::upload(Upload::bytes("roof.jpg", JPEG)));
    let error = call.request().unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("image: holds a file that Meta does not have (media must be uploaded first)")
    );
}

#[tokio::test]
async fn a_message_with_a_stream_can_be_sent_once() {
    let server = MockServer::start().await;
    answers(&server, "media", uploaded("55")).await;
    answers(&server, "messages", accepted()).await;
    let length = JPEG.len().try_into().unwrap();
    let call = phone_at(&server.uri()).send(TO, Image::upload(Upload::reader("roof.jpg", length, JPEG)));
    call.clone().await.unwrap();
    let error: Error = call.await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert_eq!(posted(&server).await.len(), 2);
}

#[cfg(feature = "desk")]
mod desk {
    use super::{JPEG, TO, accepted, answers, file, posted, uploaded};
    use serde_json::{Value, json};
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };
    use whatsapp_business::{
        Client, Desk,
        client::RetryPolicy,
        desk::Tenant,
        message::{Image, Upload},
        store::{MemoryStore, PageRequest, SendState, StoredMessage},
        time::Timestamp,
    };
    use wiremock::{MockServer, ResponseTemplate};

    /// A desk over this Meta, with a clock that stands still until it is moved.
    async fn open(meta: &MockServer) -> (Desk, Tenant, Arc<AtomicI64>) {
        let client = Client::builder("t").graph_url(meta.uri()).retry(RetryPolicy::never());
        let clock = Arc::new(AtomicI64::new(1_700_000_000));
        let now = Arc::clone(&clock);
        let desk = Desk::builder(MemoryStore::new())
            .window(false)
            .credentials(client.build().unwrap())
            .clock(move || Timestamp::from_seconds(now.load(Ordering::SeqCst)))
            .build();
        let acme = desk.tenant("acme");
        acme.bind("1", "2").await.unwrap();
        (desk, acme, clock)
    }

    async fn recorded(acme: &Tenant) -> Vec<StoredMessage> {
        let mut messages = Vec::new();
        for thread in acme.conversations(PageRequest::oldest(10)).await.unwrap().items {
            let history = acme.history(&thread.id, PageRequest::oldest(10)).await.unwrap();
            messages.extend(history.items.into_iter().map(|entry| entry.message));
        }
        messages
    }

    #[tokio::test]
    async fn what_is_recorded_can_be_sent_again_without_the_file() {
        let meta = MockServer::start().await;
        answers(&meta, "media", uploaded("55")).await;
        let throttled = json!({"error": {"message": "x", "type": "OAuthException", "code": 130_429}});
        answers(&meta, "messages", ResponseTemplate::new(429).set_body_json(throttled)).await;
        let (desk, acme, clock) = open(&meta).await;
        let (path, _folder) = file("roof.jpg", JPEG);
        let image = Image::upload(Upload::path(&path)).caption("Your roof");
        let receipt = acme.send("1", TO, image).await.unwrap();
        assert_eq!(receipt.sending.state, SendState::Queued);
        let body: Value = serde_json::from_slice(&recorded(&acme).await[0].body).unwrap();
        assert_eq!(body["image"], json!({"id": "55", "caption": "Your roof"}));

        std::fs::remove_file(path).unwrap();
        meta.reset().await;
        answers(&meta, "messages", accepted()).await;
        clock.fetch_add(3600, Ordering::SeqCst);
        assert_eq!(desk.step().await.unwrap(), 1);
        assert_eq!(posted(&meta).await[0]["image"]["id"], "55");
        assert_eq!(recorded(&acme).await[0].sending.as_ref().unwrap().state, SendState::Accepted);
    }

    #[tokio::test]
    async fn a_send_whose_upload_fails_leaves_no_trace() {
        let meta = MockServer::start().await;
        answers(&meta, "media", ResponseTemplate::new(502)).await;
        let (_desk, acme, _clock) = open(&meta).await;
        let error = acme.send("1", TO, Image::upload(Upload::bytes("roof.jpg", JPEG))).await.unwrap_err();
        assert!(!error.outcome_unknown() && error.is_retryable(), "{error}");
        assert!(recorded(&acme).await.is_empty());
        assert_eq!(posted(&meta).await, ["media"]);
    }

    #[tokio::test]
    async fn nothing_is_uploaded_for_a_send_that_is_refused() {
        let meta = MockServer::start().await;
        let (desk, acme, _clock) = open(&meta).await;
        let image = || Image::upload(Upload::bytes("roof.jpg", JPEG));
        acme.send("1", "14155552671", image()).await.unwrap_err();
        acme.send("999", TO, image()).await.unwrap_err();
        desk.tenant("other").send("1", TO, image()).await.unwrap_err();
        acme.send("1", TO, image().caption("x".repeat(1025))).await.unwrap_err();
        assert!(posted(&meta).await.is_empty());
    }

    #[cfg(feature = "simulator")]
    #[tokio::test]
    async fn a_file_reaches_the_customer_through_the_desk() {
        let meta = whatsapp_business::simulator::Simulator::start().await.unwrap();
        let ana = meta.user(TO);
        ana.says("May I see it?").await.unwrap();
        let desk = Desk::builder(MemoryStore::new()).window(false).credentials(meta.client()).build();
        let acme = desk.tenant("acme");
        acme.bind(meta.phone_number_id(), meta.account_id()).await.unwrap();
        let (path, _folder) = file("roof.jpg", JPEG);
        let image = Image::upload(Upload::path(path)).caption("Your roof");
        let receipt = acme.send(meta.phone_number_id(), TO, image).await.unwrap();
        assert_eq!(receipt.sending.state, SendState::Accepted);
        let seen = ana.newest().unwrap();
        assert_eq!(seen.text.as_deref(), Some("Your roof"));
        let media = meta.phone().media();
        let copy = media.download(seen.media.unwrap()).await.unwrap();
        assert_eq!((copy.bytes, copy.mime_type.as_deref()), (JPEG.into(), Some("image/jpeg")));
    }
}
