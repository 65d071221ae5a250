//! The webhook's routes, over a real socket.

use ::axum::middleware::{Next, from_fn};
use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response, header};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Mutex, Notify},
};
use whatsapp_business::{
    Desk, Webhook,
    desk::Tenant,
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Binding, Changes, Claim, JobEnqueued, Lease, MemoryStore, Outcome, PageRequest,
        Result, Store, StoreError, TenantStore,
    },
    time::Timestamp,
};

const NUMBER: &str = "106540352242922";
const SIGNATURE: &str = "x-hub-signature-256";

/// A store in memory that can be down, and can be made to wait before it answers who owns a number.
#[derive(Clone, Debug)]
struct Moody {
    store: MemoryStore,
    is_down: Arc<AtomicBool>,
    /// Told when it is asked who owns a number.
    asked: Arc<Notify>,
    /// Who holds this lock lets the one who asked wait.
    door: Arc<Mutex<()>>,
}

#[async_trait]
impl Store for Moody {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        self.store.tenant(id)
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        self.store.bind(number, account, tenant).await
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        self.asked.notify_one();
        drop(self.door.lock().await);
        if self.is_down.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("route", std::io::Error::other("no connection")));
        }
        self.store.route(number).await
    }

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        self.store.numbers_of(account).await
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        self.store.claim(request).await
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        self.store.extend(lease, until).await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        self.store.finish(lease, outcome, changes).await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        self.store.backlog(now).await
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        self.store.job_enqueued()
    }
}

/// An application with the webhook of a desk at `/whatsapp`.
struct App {
    acme: Tenant,
    webhook: Webhook,
    store: Moody,
    address: String,
    /// Told whenever a request has ended, by an answer or because its sender went away.
    ended: Arc<Notify>,
    http: Client,
}

/// Tells when it is dropped.
struct Guard(Arc<Notify>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl App {
    async fn open() -> Self {
        let store = Moody {
            store: MemoryStore::new(),
            is_down: Arc::default(),
            asked: Arc::default(),
            door: Arc::default(),
        };
        let webhook = Webhook::new("app-secret", "verify-token").unwrap();
        let desk = Desk::builder(store.clone()).webhook(webhook.clone()).build();
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, "102290129340398").await.unwrap();
        let ended = Arc::new(Notify::new());
        let tell = Arc::clone(&ended);
        let guarded = from_fn(move |request, next: Next| {
            let guard = Guard(Arc::clone(&tell));
            async move {
                let _guard = guard;
                next.run(request).await
            }
        });
        let routes = whatsapp_business::axum::webhook(desk).layer(guarded);
        let app = ::axum::Router::new().nest("/whatsapp", routes);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { ::axum::serve(listener, app).await.unwrap() });
        Self { acme, webhook, store, address, ended, http: Client::builder().no_proxy().build().unwrap() }
    }

    fn url(&self) -> String {
        format!("http://{}/whatsapp", self.address)
    }

    fn post(&self, body: impl Into<Vec<u8>>) -> RequestBuilder {
        self.http.post(self.url()).body(body.into())
    }

    /// Posts `body` as Meta does; gives the status.
    async fn hears(&self, body: impl Into<Vec<u8>>) -> u16 {
        let body = body.into();
        let signature = self.webhook.sign(&body);
        self.post(body).header(SIGNATURE, signature).send().await.unwrap().status().as_u16()
    }

    async fn asked(&self, query: &str) -> Response {
        self.http.get(format!("{}?{query}", self.url())).send().await.unwrap()
    }

    async fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for thread in self.acme.conversations(PageRequest::oldest(10)).await.unwrap().items {
            let history = self.acme.history(&thread.id, PageRequest::oldest(10)).await.unwrap().items;
            texts.extend(history.into_iter().filter_map(|entry| entry.message.text));
        }
        texts
    }
}

fn says(text: &str) -> Vec<u8> {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": NUMBER},
        "messages": [{"from": "14155552671", "id": format!("wamid.{text}"), "timestamp": "1700000000",
            "type": "text", "text": {"body": text}}],
    });
    let entry = json!({"id": "102290129340398", "changes": [{"field": "messages", "value": value}]});
    json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string().into_bytes()
}

#[tokio::test]
async fn a_delivery_is_answered_with_200_once_it_is_kept() {
    let app = App::open().await;
    assert_eq!(app.hears(says("Hi")).await, 200);
    assert_eq!(app.texts().await, ["Hi"]);
    assert_eq!(app.hears(says("Hi")).await, 200, "Meta delivers twice");
    assert_eq!(app.texts().await, ["Hi"]);
}

#[tokio::test]
async fn s10_the_webhook_is_set_up_with_the_challenge_as_plain_text() {
    let app = App::open().await;
    let answer = app.asked("hub.mode=subscribe&hub.verify_token=verify-token&hub.challenge=1158201444").await;
    assert_eq!(answer.status(), 200);
    let is = |name| answer.headers()[name].to_str().unwrap();
    assert!(is(header::CONTENT_TYPE).starts_with("text/plain"), "{}", is(header::CONTENT_TYPE));
    assert_eq!(is(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(answer.text().await.unwrap(), "1158201444");
}

#[tokio::test]
async fn who_does_not_know_the_verify_token_learns_nothing() {
    let app = App::open().await;
    for query in [
        "",
        "hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify-token&hub.verify_token=verify-token&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify-token&hub.challenge=%3Cscript%3E",
        "hub.mode=unsubscribe&hub.verify_token=verify-token&hub.challenge=1",
    ] {
        let answer = app.asked(query).await;
        assert_eq!(answer.status(), 403, "{query}");
        assert_eq!(answer.text().await.unwrap(), "", "{query}");
    }
    assert_eq!(app.http.put(app.url()).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn s3_what_meta_did_not_sign_is_refused_with_401() {
    let app = App::open().await;
    let (body, other) = (says("Hi"), Webhook::new("another-secret", "x").unwrap());
    let good = app.webhook.sign(&body);
    let refused = [
        app.post(body.clone()),
        // S4: the header of older days counts for nothing.
        app.post(body.clone()).header("x-hub-signature", &good),
        app.post(body.clone()).header(SIGNATURE, ""),
        app.post(body.clone()).header(SIGNATURE, "sha256=0"),
        app.post(body.clone()).header(SIGNATURE, &b"sha256=\xff"[..]),
        app.post(body.clone()).header(SIGNATURE, other.sign(&body)),
        app.post(says("Ho")).header(SIGNATURE, &good),
        app.post(body.clone()).header(SIGNATURE, &good).header(SIGNATURE, &good),
        app.post(body.clone()).header(SIGNATURE, &good).header(SIGNATURE, other.sign(&body)),
    ];
    for (n, request) in refused.into_iter().enumerate() {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "request {n}");
        assert_eq!(answer.text().await.unwrap(), "", "request {n}");
    }
    assert!(app.texts().await.is_empty());
    assert_eq!(app.post(body).header(SIGNATURE, good).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_is_no_webhook_is_refused_with_400() {
    let app = App::open().await;
    let deep = [r#"{"entry":"#, &"[".repeat(10_000)].concat();
    for body in [&b""[..], b"{", b"[]", b"null", br#"{"page": 1}"#, b"{\"entry\": \"\xff\"}", deep.as_bytes()]
    {
        assert_eq!(app.hears(body).await, 400, "{}", body.escape_ascii());
    }
}

#[tokio::test]
async fn s6_a_body_with_a_content_encoding_is_refused_with_415() {
    let app = App::open().await;
    let body = says("Hi");
    let signed = || app.post(body.clone()).header(SIGNATURE, app.webhook.sign(&body));
    for coding in ["gzip", "deflate", "br"] {
        let answer = signed().header(header::CONTENT_ENCODING, coding).send().await.unwrap();
        assert_eq!(answer.status(), 415, "{coding}");
    }
    assert!(app.texts().await.is_empty());
    assert_eq!(signed().header(header::CONTENT_ENCODING, "identity").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_largest_delivery_is_taken_and_a_larger_one_refused_with_413() {
    let app = App::open().await;
    // White space after the JSON is part of the body, and of what is signed.
    let padded = |len| [says("Hi"), vec![b' '; len]].concat().into_iter().take(len).collect::<Vec<_>>();
    assert_eq!(app.hears(vec![b'x'; Webhook::MAX_BODY]).await, 400);
    // It is refused before it is sent: only the head is written here.
    let head = head(&app, &padded(Webhook::MAX_BODY + 1));
    let mut socket = TcpStream::connect(&app.address).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut line = [0; 12];
    socket.read_exact(&mut line).await.unwrap();
    assert_eq!(&line, b"HTTP/1.1 413");
    assert!(app.texts().await.is_empty());
    assert_eq!(app.hears(padded(Webhook::MAX_BODY)).await, 200);
    assert_eq!(app.texts().await, ["Hi"]);
}

#[tokio::test]
async fn a_store_that_is_down_is_answered_with_503_and_the_next_delivery_is_kept() {
    let app = App::open().await;
    app.store.is_down.store(true, Ordering::SeqCst);
    assert_eq!(app.hears(says("Hi")).await, 503);
    app.store.is_down.store(false, Ordering::SeqCst);
    assert!(app.texts().await.is_empty());
    assert_eq!(app.hears(says("Hi")).await, 200);
    assert_eq!(app.texts().await, ["Hi"]);
}

#[tokio::test]
async fn a_sender_that_hangs_up_within_the_body_does_no_harm() {
    let app = App::open().await;
    let body = says("Hi");
    let head = head(&app, &body);
    let mut socket = TcpStream::connect(&app.address).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&body[..body.len() / 2]).await.unwrap();
    drop(socket);
    app.ended.notified().await;
    assert!(app.texts().await.is_empty());
    assert_eq!(app.hears(body).await, 200);
    assert_eq!(app.texts().await, ["Hi"]);
}

#[tokio::test]
async fn a_delivery_whose_sender_hangs_up_before_the_answer_is_kept() {
    let app = App::open().await;
    let closed = app.store.door.lock().await;
    let body = says("Hi");
    let mut socket = TcpStream::connect(&app.address).await.unwrap();
    socket.write_all(&[head(&app, &body).as_bytes(), &body].concat()).await.unwrap();
    app.store.asked.notified().await;
    drop(socket);
    app.ended.notified().await;
    assert!(app.texts().await.is_empty());
    drop(closed);
    let kept = async {
        while app.texts().await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), kept).await.expect("it was dropped with its sender");
}

/// A request without its body.
fn head(app: &App, body: &[u8]) -> String {
    format!(
        "POST /whatsapp HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n{SIGNATURE}: {}\r\n\r\n",
        app.address,
        body.len(),
        app.webhook.sign(body)
    )
}
