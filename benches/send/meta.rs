//! The least that can stand for Meta: it answers every request after a while with an id.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::sleep,
};

pub(crate) struct Meta {
    url: String,
    answered: Arc<Answered>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Answered {
    count: AtomicUsize,
    more: Notify,
}

impl Meta {
    pub(crate) async fn start(round_trip: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answered = Arc::new(Answered::default());
        let counted = Arc::clone(&answered);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, round_trip, Arc::clone(&counted)));
            }
        });
        Self { url, answered, task }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until so many requests are answered.
    pub(crate) async fn until(&self, requests: usize) {
        while self.answered.count.load(Ordering::SeqCst) < requests {
            self.answered.more.notified().await;
        }
    }
}

impl Drop for Meta {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, round_trip: Duration, answered: Arc<Answered>) {
    stream.set_nodelay(true).unwrap();
    let (mut read, mut length) = (vec![0; 16 * 1024], 0);
    loop {
        let end = loop {
            if let Some(end) = end_of_request(&read[..length]) {
                break end;
            }
            match stream.read(&mut read[length..]).await {
                Ok(0) | Err(_) => return,
                Ok(more) => length += more,
            }
        };
        read.copy_within(end..length, 0);
        length -= end;
        if !round_trip.is_zero() {
            sleep(round_trip).await;
        }
        let number = answered.count.fetch_add(1, Ordering::SeqCst);
        let body = format!(r#"{{"messaging_product":"whatsapp","messages":[{{"id":"wamid.{number}"}}]}}"#);
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        answered.more.notify_one();
    }
}

/// Where the first request ends, if it is there as a whole.
fn end_of_request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).ok()?.to_ascii_lowercase();
    let length = text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
    (bytes.len() >= head + length).then_some(head + length)
}
