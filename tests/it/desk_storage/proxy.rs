//! A proxy between a store and PostgreSQL that keeps answers to itself.

use crate::store::postgres::server::{APP, Database};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::Mutex,
};
use tokio_postgres::config::Host;

/// How an answer ends: ready, in no transaction.
const READY: &[u8] = b"Z\0\0\0\x05I";

/// Lets everything through, but for some answers.
pub(super) struct Proxy {
    url: String,
    lost: Arc<AtomicUsize>,
    calm: Arc<AtomicBool>,
}

impl Proxy {
    /// A proxy to a database. Of the requests that hold `needle`, it keeps every so many-th answer to itself once PostgreSQL
    /// gave it, and closes the connection.
    pub(super) async fn to(database: &Database, needle: &'static [u8], every: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://{APP}@{}/{}", listener.local_addr().unwrap(), database.name());
        let (server, lost) = (database.config().clone(), Arc::new(AtomicUsize::new(0)));
        let calm = Arc::default();
        let fate =
            Fate { needle, every, seen: Arc::default(), lost: Arc::clone(&lost), calm: Arc::clone(&calm) };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (fate, port) = (fate.clone(), server.get_ports().first().copied().unwrap_or(5432));
                match &server.get_hosts()[0] {
                    Host::Unix(folder) => {
                        let server =
                            UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await.unwrap();
                        tokio::spawn(pass(client, tokio::io::split(server), fate));
                    }
                    Host::Tcp(host) => {
                        let server = TcpStream::connect((host.as_str(), port)).await.unwrap();
                        tokio::spawn(pass(client, tokio::io::split(server), fate));
                    }
                }
            }
        });
        Self { url, lost, calm }
    }

    /// Where it is reached.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Lets everything through from now on.
    pub(super) fn calm(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    /// How many answers it kept to itself.
    pub(super) fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }
}

/// Which answers are lost.
#[derive(Clone)]
struct Fate {
    needle: &'static [u8],
    every: usize,
    seen: Arc<AtomicUsize>,
    lost: Arc<AtomicUsize>,
    calm: Arc<AtomicBool>,
}

impl Fate {
    fn is_sealed(&self, request: &[u8]) -> bool {
        !self.calm.load(Ordering::SeqCst)
            && request.windows(self.needle.len()).any(|bytes| bytes == self.needle)
            && (self.seen.fetch_add(1, Ordering::SeqCst) + 1).is_multiple_of(self.every)
    }
}

/// Passes on what comes from both sides, until one of them ends.
async fn pass(
    client: TcpStream,
    (mut from_server, mut to_server): (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    fate: Fate,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let request = Mutex::new(Vec::new());
    let there = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            request.lock().await.extend_from_slice(&bytes[..count]);
            if to_server.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
    };
    let back = async {
        let mut bytes = vec![0; 65_536];
        let mut end = Vec::new();
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            end.extend_from_slice(&bytes[count.saturating_sub(READY.len())..count]);
            end.drain(..end.len().saturating_sub(READY.len()));
            if end == READY && fate.is_sealed(&std::mem::take(&mut *request.lock().await)) {
                fate.lost.fetch_add(1, Ordering::SeqCst);
                break;
            }
            if to_client.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}
