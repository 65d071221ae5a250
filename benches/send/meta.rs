//! The least that can stand for Meta: it answers every request after a while with an id. It is a process of its own, so that
//! what it costs is not counted.

use std::{
    env,
    io::Write as _,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command},
    time::sleep,
};

/// The word by which a process of this bench is told to be Meta.
pub(crate) const WORD: &str = "meta";

/// The process.
pub(crate) struct Meta {
    url: String,
    says: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Meta {
    /// Starts it. It answers after `round_trip`, and tells when it has answered so many `requests`.
    pub(crate) async fn start(round_trip: Duration, requests: usize) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args([WORD, &round_trip.as_millis().to_string(), &requests.to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut says = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = says.next_line().await.unwrap().unwrap();
        Self { url, says, _process: process }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits until all requests are answered.
    pub(crate) async fn is_done(&mut self) {
        let _ = self.says.next_line().await.unwrap().unwrap();
    }
}

/// Is Meta, until this process is ended.
pub(crate) async fn be(mut words: impl Iterator<Item = String>) {
    let mut number = || words.next().unwrap().parse::<usize>().unwrap();
    let (round_trip, requests) = (Duration::from_millis(number() as u64), number());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    say(&format!("http://{}", listener.local_addr().unwrap()));
    let answered = Arc::new(AtomicUsize::new(0));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let answered = Arc::clone(&answered);
        tokio::spawn(serve(stream, round_trip, move || {
            let number = answered.fetch_add(1, Ordering::SeqCst);
            if number + 1 == requests {
                say("done");
            }
            number
        }));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

async fn serve(mut stream: TcpStream, round_trip: Duration, answered: impl Fn() -> usize) {
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
        let number = answered();
        let body = format!(r#"{{"messaging_product":"whatsapp","messages":[{{"id":"wamid.{number}"}}]}}"#);
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Where the first request ends, if it is there as a whole.
fn end_of_request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).ok()?.to_ascii_lowercase();
    let length = text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
    (bytes.len() >= head + length).then_some(head + length)
}
