//! A process of the host: it takes webhooks, works for the desk and answers whoever writes.

use crate::programs::child;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufRead, Write},
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::oneshot,
};
use whatsapp_business::{
    Client, Desk, Webhook,
    client::RetryPolicy,
    desk::{Handler, HandlerError, Incoming, Strategy},
    store::{PostgresOptions, PostgresStore},
    time::Timestamp,
    webhook::Event,
};

/// What the process is told; without it there is nothing to do.
const SETTINGS: &str = "WHATSAPP_BUSINESS_STORM_WORKER";

/// How long a job stays with a process that died: longer than one that lives ever stands still by itself.
pub(super) const LEASE: Duration = Duration::from_secs(15);
/// How long Meta has to answer: less than a slow answer takes, of which there are some.
const TIMEOUT: Duration = Duration::from_millis(1_500);

/// One of so many messages is handled at the second call only.
const STUBBORN: usize = 16;

/// What a worker has to know.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) database: String,
    pub(super) graph_url: String,
    pub(super) access_token: String,
    pub(super) app_secret: String,
    pub(super) verify_token: String,
    /// Messages a second from each number.
    pub(super) throughput: u32,
    /// The file in which all workers write down what they did, in the order in which they did it.
    pub(super) diary: PathBuf,
}

/// A worker, seen from outside. It is killed when this is dropped.
pub(super) struct Worker {
    child: Child,
    orders: ChildStdin,
    /// Kept open: it goes on to write.
    _says: Lines<BufReader<ChildStdout>>,
    pub(super) address: SocketAddr,
}

impl Worker {
    /// Starts a worker and waits until it takes webhooks.
    pub(super) async fn start(settings: &Settings) -> Self {
        let mut child = Command::from(child("storm::worker::child_that_works_until_it_is_killed"))
            .env(SETTINGS, serde_json::to_string(settings).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let mut says = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = says.next_line().await.unwrap().expect("the worker starts");
            if let Some(address) = line.strip_prefix("listening ") {
                break address.parse().unwrap();
            }
        };
        Self { child, orders, _says: says, address }
    }

    /// On Unix this is SIGKILL: nothing of the process runs any more.
    pub(super) async fn kill(mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "a worker ended by itself");
        self.child.kill().await.unwrap();
    }

    /// Stops it in the middle of whatever it does, or lets it go on as if nothing had been.
    pub(super) async fn pause(&self, on: bool) {
        let signal = if on { "-STOP" } else { "-CONT" };
        let process = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([signal, &process]).status().await.unwrap().success());
    }

    /// Has its clock go so far ahead of the system's.
    pub(super) async fn put_forward(&mut self, ahead: Duration) {
        self.orders.write_all(format!("{}\n", ahead.as_millis()).as_bytes()).await.unwrap();
    }

    /// Lets it bring to its end what it has in hand.
    pub(super) async fn stop(self) {
        let Self { mut child, orders, .. } = self;
        drop(orders);
        assert!(child.wait().await.unwrap().success(), "a worker failed");
    }
}

/// Run by the storm in a process of its own: works until its input ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_works_until_it_is_killed() {
    let Ok(settings) = std::env::var(SETTINGS) else { return };
    let settings: Settings = serde_json::from_str(&settings).unwrap();
    let ahead = Arc::new(AtomicU64::new(0));
    let desk = settings.desk(Arc::clone(&ahead)).await;
    let stopped = obey(ahead);

    let app = axum::Router::new().nest("/webhook", whatsapp_business::axum::webhook(desk.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    // One write, so that no line is cut.
    std::io::stdout().write_all(format!("\nlistening {address}\n").as_bytes()).unwrap();
    desk.run(async { stopped.await.unwrap_or_default() }).await.unwrap();
}

impl Settings {
    async fn desk(&self, ahead: Arc<AtomicU64>) -> Desk {
        let store = PostgresStore::open(&self.database, &PostgresOptions::new()).await.unwrap();
        let client = Client::builder(self.access_token.as_str()).graph_url(&self.graph_url);
        let client = client.retry(RetryPolicy::never()).timeout(TIMEOUT).build().unwrap();
        let diary = File::options().append(true).open(&self.diary).unwrap();
        Desk::builder(store)
            .window(false)
            .credentials(client)
            .webhook(Webhook::new(self.app_secret.as_str(), self.verify_token.as_str()).unwrap())
            .throughput(self.throughput)
            .routing(Strategy::least_loaded())
            .on_event(Answers(diary))
            .lease(LEASE)
            .look_every(Duration::from_millis(100))
            .clock(move || Timestamp::now() + Duration::from_millis(ahead.load(Ordering::SeqCst)))
            .build()
    }
}

/// Takes orders until there are no more; then what it gives is over.
fn obey(ahead: Arc<AtomicU64>) -> oneshot::Receiver<()> {
    let (stop, stopped) = oneshot::channel();
    std::thread::spawn(move || {
        for order in std::io::stdin().lock().lines().map_while(Result::ok) {
            ahead.store(order.parse().unwrap(), Ordering::SeqCst);
        }
        drop(stop);
    });
    stopped
}

/// What the host does about messages: it writes them down and answers.
struct Answers(File);

impl Answers {
    /// One write at the end of the file, so that lines of all processes stand one after the other.
    fn note(&self, line: &str) {
        (&self.0).write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

#[async_trait::async_trait]
impl Handler for Answers {
    async fn handle(&self, incoming: Incoming) -> Result<(), HandlerError> {
        let Event::Message(message) = &incoming.event else { return Ok(()) };
        let wamid = &message.id;
        self.note(&format!("begins {wamid}"));
        let lot: usize = wamid.as_str().bytes().map(usize::from).sum();
        if incoming.attempt == 1 && lot.is_multiple_of(STUBBORN) {
            return Err("the host is not ready".into());
        }
        let (Some(number), Some(from)) = (&message.phone_number_id, &message.from) else {
            return Err("the message does not say whose it is".into());
        };
        let answer = format!("{} answers {}", incoming.tenant.id(), message.text().unwrap_or_default());
        let call = incoming.tenant.send(number, format!("+{from}"), answer);
        let receipt = call.idempotency_key(incoming.id.as_str()).await?;
        self.note(&format!("answered {wamid} {}", receipt.id));
        Ok(())
    }
}
