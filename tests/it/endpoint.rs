//! Webhooks over HTTP, without a desk: the routes around a function, and the example in plain hyper. Both answer alike.

use reqwest::{Client, RequestBuilder, header};
use serde_json::json;
use std::{
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};
use whatsapp_business::Webhook;

const SIGNATURE: &str = "x-hub-signature-256";

fn webhook() -> Webhook {
    Webhook::new("app-secret", "verify-token").unwrap()
}

/// A body with one message, unlike any other.
fn says(text: &str) -> Vec<u8> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = format!("wamid.{}.{text}", COUNT.fetch_add(1, Ordering::Relaxed));
    let message = json!({"id": id, "timestamp": "1700000000", "type": "text", "text": {"body": text}});
    let change = json!({"field": "messages", "value": {"messages": [message]}});
    json!({"object": "x", "entry": [{"id": "1", "changes": [change]}]}).to_string().into_bytes()
}

/// A webhook under test.
struct Server {
    address: String,
    http: Client,
}

impl Server {
    fn at(address: String) -> Self {
        Self { address, http: Client::builder().no_proxy().build().unwrap() }
    }

    fn post(&self, body: &[u8]) -> RequestBuilder {
        self.http.post(format!("http://{}/", self.address)).body(body.to_vec())
    }

    fn signed(&self, body: &[u8]) -> RequestBuilder {
        self.post(body).header(SIGNATURE, webhook().sign(body))
    }

    async fn hears(&self, body: &[u8]) -> u16 {
        status(self.signed(body)).await
    }

    /// Writes the parts one after the other, then reads the status.
    async fn told(&self, parts: &[&[u8]]) -> u16 {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        for part in parts {
            socket.write_all(part).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut line = [0; 12];
        socket.read_exact(&mut line).await.unwrap();
        std::str::from_utf8(&line[9..]).unwrap().parse().unwrap()
    }

    /// Everything that needs no more of the server than to keep what it takes.
    async fn answers_as_documented(&self) {
        self.is_set_up_by_who_knows_the_token().await;
        self.takes_what_is_signed_and_nothing_else().await;
        self.stands_bodies_of_every_size_and_speed().await;
    }

    async fn is_set_up_by_who_knows_the_token(&self) {
        let ask = |query: &str| self.http.get(format!("http://{}/?{query}", self.address)).send();
        let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
        let answer = ask(&format!("{query}verify-token")).await.unwrap();
        assert_eq!(answer.status(), 200);
        let is = |name| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(is(header::CONTENT_TYPE).starts_with("text/plain"));
        assert_eq!(is(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(answer.text().await.unwrap(), "1158201444");
        for query in [query, "", &format!("{query}verify-token&hub.mode=subscribe")] {
            let answer = ask(query).await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (403, String::new()));
        }
        assert_eq!(status(self.http.put(format!("http://{}/", self.address))).await, 405);
    }

    async fn takes_what_is_signed_and_nothing_else(&self) {
        let body = says("Hi");
        let (good, other) = (webhook().sign(&body), Webhook::new("another", "x").unwrap().sign(&body));
        assert_eq!(self.hears(&body).await, 200);
        assert_eq!(self.hears(&body).await, 200, "Meta delivers twice");
        for (what, request) in [
            ("no signature", self.post(&body)),
            ("an empty one", self.post(&body).header(SIGNATURE, "")),
            ("another's", self.post(&body).header(SIGNATURE, &other)),
            ("no text", self.post(&body).header(SIGNATURE, &b"sha256=\xff"[..])),
            ("twice", self.post(&body).header(SIGNATURE, &good).header(SIGNATURE, &good)),
            ("good and another's", self.post(&body).header(SIGNATURE, &good).header(SIGNATURE, &other)),
            ("joined", self.post(&body).header(SIGNATURE, format!("{good}, {good}"))),
            ("that of older days", self.post(&body).header("x-hub-signature", good.replace("256", "1"))),
            ("under the name of older days", self.post(&body).header("x-hub-signature", &good)),
            ("of another body", self.post(&says("Ho")).header(SIGNATURE, &good)),
        ] {
            assert_eq!(status(request).await, 401, "{what}");
        }
        for spelling in ["X-Hub-Signature-256", "X-HUB-SIGNATURE-256", "x-hub-signature-256"] {
            let head = head(&[&format!("content-length: {}", body.len()), &format!("{spelling}: {good}")]);
            assert_eq!(self.told(&[&head, &body]).await, 200, "{spelling}");
        }
        for body in [&b""[..], b"{", b"[]", b"null", br#"{"page":1}"#, b"{\"entry\":\"\xff\"}"] {
            assert_eq!(self.hears(body).await, 400, "{}", body.escape_ascii());
        }
        for coding in ["gzip", "br", "identity, gzip"] {
            let request = self.signed(&body).header(header::CONTENT_ENCODING, coding);
            assert_eq!(status(request).await, 415, "{coding}");
        }
    }

    async fn stands_bodies_of_every_size_and_speed(&self) {
        // White space after the JSON is part of the body, and of what is signed.
        let mut largest = says("Hi");
        largest.resize(Webhook::MAX_BODY, b' ');
        assert_eq!(self.hears(&largest).await, 200);
        assert_eq!(self.hears(&vec![b'x'; Webhook::MAX_BODY]).await, 400);

        // Announced: refused before a byte of it came. Not announced: when the byte too many came.
        let announced = head(&[&format!("content-length: {}", Webhook::MAX_BODY + 1)]);
        assert_eq!(self.told(&[&announced]).await, 413);
        largest.push(b' ');
        let signature = format!("{SIGNATURE}: {}", webhook().sign(&largest));
        let head_of_chunks = head(&["transfer-encoding: chunked", &signature]);
        let chunk = format!("{:x}\r\n", largest.len());
        assert_eq!(self.told(&[&head_of_chunks, chunk.as_bytes(), &largest]).await, 413);

        let body = says("Hi");
        let signature = format!("{SIGNATURE}: {}", webhook().sign(&body));
        let slow = head(&[&format!("content-length: {}", body.len()), &signature]);
        let drops: Vec<&[u8]> = [&slow[..]].into_iter().chain(body.chunks(1)).collect();
        assert_eq!(self.told(&drops).await, 200, "byte by byte");
        let mut chunks = vec![head(&["transfer-encoding: chunked", &signature])];
        chunks.extend(
            body.chunks(7).map(|part| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat()),
        );
        chunks.push(b"0\r\n\r\n".to_vec());
        let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        assert_eq!(self.told(&chunks).await, 200, "in chunks of seven bytes");

        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        socket.write_all(&[&slow, &body[..body.len() / 2]].concat()).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut rest = Vec::new();
        // Closed or refused, but not taken.
        let _ = socket.read_to_end(&mut rest).await;
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{}", rest.escape_ascii());
        assert_eq!(self.hears(&body).await, 200);
    }
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

/// The head of a `POST`.
fn head(headers: &[&str]) -> Vec<u8> {
    format!("POST / HTTP/1.1\r\nhost: localhost\r\n{}\r\n\r\n", headers.join("\r\n")).into_bytes()
}

/// The example `hyper_webhook`, until it is dropped.
async fn example(file: &Path) -> (Server, Child) {
    let mut child = example_command().args(["0".as_ref(), file.as_os_str()]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    // Its output must be read on, or it stands still once the pipe is full.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (Server::at(line.strip_prefix("listening on http://").unwrap().to_owned()), child)
}

fn example_command() -> Command {
    let mut command = Command::new(crate::programs::example("hyper_webhook"));
    command
        .env("WHATSAPP_APP_SECRET", "app-secret")
        .env("WHATSAPP_WEBHOOK_VERIFY_TOKEN", "verify-token")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn the_hyper_example_answers_as_documented_and_keeps_what_it_took() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let (server, _child) = example(&file).await;
    server.answers_as_documented().await;
    let lines = std::fs::read_to_string(&file).unwrap();
    let kept: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // Twice and in three spellings the first, once the largest, then byte by byte, in chunks and after the one cut short.
    assert_eq!(kept.len(), 5 + 1 + 3, "{lines}");
    for line in kept {
        assert_eq!(line["key"], format!("msg:{}", line["event"]["id"].as_str().unwrap()));
        assert_eq!(line["event"]["text"]["body"], "Hi");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_hyper_example_answers_503_when_the_disk_is_full() {
    let (server, _child) = example(Path::new("/dev/full")).await;
    assert_eq!(server.hears(&says("Hi")).await, 503);
}

#[tokio::test]
async fn the_hyper_example_says_what_it_needs() {
    let mut unset = example_command();
    let unset = unset.env_remove("WHATSAPP_APP_SECRET").args(["0", "x"]).stderr(Stdio::piped());
    let unset = unset.output().await.unwrap();
    assert_eq!(unset.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unset.stderr).contains("WHATSAPP_APP_SECRET"));
    let wrong = example_command().arg("port").stderr(Stdio::piped()).output().await.unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("Usage: hyper_webhook"));
}

#[cfg(feature = "axum-handler")]
mod handler {
    use super::{SIGNATURE, Server, head, says, status, webhook};
    use ::axum::middleware::{Next, from_fn};
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    };
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::{Notify, RwLock},
        time::timeout,
    };
    use whatsapp_business::webhook::Delivery;

    /// What the function under the routes does.
    #[derive(Clone, Default)]
    struct Keeper {
        kept: Arc<Mutex<Vec<String>>>,
        is_down: Arc<AtomicBool>,
        panics: Arc<AtomicBool>,
        called: Arc<Notify>,
        /// Who holds this lock lets it wait.
        door: Arc<RwLock<()>>,
        /// Told whenever a request has ended, by an answer or because its sender went away.
        ended: Arc<Notify>,
    }

    impl Keeper {
        async fn keep(self, delivery: Delivery) -> Result<(), &'static str> {
            self.called.notify_one();
            drop(self.door.read().await);
            assert!(!self.panics.load(Ordering::SeqCst), "as it was told");
            if self.is_down.load(Ordering::SeqCst) {
                return Err("down");
            }
            assert_eq!(delivery.signed_by(), Some(0));
            self.kept.lock().unwrap().extend(delivery.events().iter().map(|event| event.raw().to_owned()));
            Ok(())
        }

        fn count(&self) -> usize {
            self.kept.lock().unwrap().len()
        }

        async fn serve(&self) -> Server {
            let (keeper, ended) = (self.clone(), Arc::clone(&self.ended));
            let routes =
                whatsapp_business::axum::handler(webhook(), move |delivery| keeper.clone().keep(delivery));
            let routes = routes.layer(from_fn(move |request, next: Next| {
                let guard = Guard(Arc::clone(&ended));
                async move {
                    let _guard = guard;
                    next.run(request).await
                }
            }));
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap().to_string();
            tokio::spawn(async move { ::axum::serve(listener, routes).await.unwrap() });
            Server::at(address)
        }
    }

    /// Tells when it is dropped.
    struct Guard(Arc<Notify>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }

    #[tokio::test]
    async fn a_function_under_the_routes_gets_what_is_verified_and_nothing_else() {
        let keeper = Keeper::default();
        let server = keeper.serve().await;
        server.answers_as_documented().await;
        assert_eq!(keeper.count(), 5 + 1 + 3);
    }

    #[tokio::test]
    async fn an_error_of_the_function_is_answered_with_503_and_the_next_delivery_is_kept() {
        let keeper = Keeper::default();
        let server = keeper.serve().await;
        let body = says("Hi");
        keeper.is_down.store(true, Ordering::SeqCst);
        assert_eq!(server.hears(&body).await, 503);
        keeper.is_down.store(false, Ordering::SeqCst);
        assert_eq!((keeper.count(), server.hears(&body).await, keeper.count()), (0, 200, 1));
    }

    #[tokio::test]
    async fn a_panic_of_the_function_is_never_an_acknowledgement() {
        let keeper = Keeper::default();
        let server = keeper.serve().await;
        keeper.panics.store(true, Ordering::SeqCst);
        assert!(server.signed(&says("Hi")).send().await.is_err(), "the connection is closed");
        keeper.panics.store(false, Ordering::SeqCst);
        assert_eq!(server.hears(&says("Hi")).await, 200);
    }

    #[tokio::test]
    async fn what_was_begun_is_brought_to_its_end_when_the_sender_hangs_up() {
        let keeper = Keeper::default();
        let server = keeper.serve().await;
        let closed = keeper.door.write().await;
        let body = says("Hi");
        let head = head(&[
            &format!("content-length: {}", body.len()),
            &format!("{SIGNATURE}: {}", webhook().sign(&body)),
        ]);
        let mut socket = TcpStream::connect(&server.address).await.unwrap();
        socket.write_all(&[head, body].concat()).await.unwrap();
        keeper.called.notified().await;
        drop(socket);
        keeper.ended.notified().await;
        assert_eq!(keeper.count(), 0);
        drop(closed);
        let kept = async {
            while keeper.count() == 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), kept).await.expect("it was dropped with its sender");
    }

    #[tokio::test]
    async fn a_body_that_stops_arriving_is_given_up_with_408() {
        let keeper = Keeper::default();
        let server = keeper.serve().await;
        let mut socket = TcpStream::connect(&server.address).await.unwrap();
        socket.write_all(&head(&["content-length: 100"])).await.unwrap();
        socket.write_all(b"{\"entry\":").await.unwrap();
        let start = tokio::time::Instant::now();
        tokio::time::pause();
        let mut line = [0; 12];
        socket.read_exact(&mut line).await.unwrap();
        assert_eq!(&line, b"HTTP/1.1 408");
        assert!(start.elapsed() >= Duration::from_secs(10), "{:?}", start.elapsed());
        assert_eq!(keeper.count(), 0);
        tokio::time::resume();
        assert_eq!(status(server.signed(&says("Hi"))).await, 200);
    }
}
