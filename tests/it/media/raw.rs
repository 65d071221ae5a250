//! A server that says nothing but what a test tells it to.

use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// One connection, of which a test reads and to which it writes.
pub(super) struct Peer(pub(super) TcpStream);

impl Peer {
    /// Reads the head of a request: its first line and headers.
    pub(super) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    /// Reads as many bytes of a body.
    pub(super) async fn body(&mut self, length: usize) -> Vec<u8> {
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        body
    }

    /// Reads what comes until the other side hangs up.
    pub(super) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // That it hangs up rudely is all the same.
        let _ = self.0.read_to_end(&mut rest).await;
        rest
    }

    pub(super) async fn says(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    pub(super) async fn answers(&mut self, json: &str) {
        let length = json.len();
        self.says(format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{json}"))
            .await;
    }
}

/// The number that a header holds.
pub(super) fn number(head: &str, name: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
    line.parse().unwrap()
}

/// Lets `handle` serve each connection, with its number counted from 0; gives the address, and the heads of all requests
/// as `handle` notes them.
pub(super) async fn serve<F, S>(handle: F) -> (String, Arc<Mutex<Vec<String>>>)
where
    F: Fn(usize, Peer, Arc<Mutex<Vec<String>>>) -> S + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&heads);
    tokio::spawn(async move {
        for n in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(handle(n, Peer(stream), Arc::clone(&noted)));
        }
    });
    (address, heads)
}
