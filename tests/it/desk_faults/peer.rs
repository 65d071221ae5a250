//! A server on a bare socket that does with each request what the test says: what no proper server can be brought to do.

use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::sleep,
};

/// What becomes of one request.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// The message is taken, and the answer says so.
    Take,
    /// These bytes are the answer, and the next request may come on the same connection.
    Say(Vec<u8>),
    /// These bytes are the answer, and the connection ends.
    Last(Vec<u8>, End),
    /// These bytes are the answer, one at a time, with so long between them.
    Drip(Vec<u8>, Duration),
    /// The message is taken and the answer says so, and the connection is closed after so many turns of the runtime, whatever
    /// was asked on it by then.
    Idle(u32),
    /// The connection ends as soon as it is there, and its request is not read.
    Refuse(End),
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    Close,
    Reset,
    /// It stays open and nothing more comes, until the other side leaves.
    Stall,
}

/// A request to send a message, as it was read.
#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) head: String,
    pub(super) body: Value,
}

impl Post {
    /// Which attempt it is of which message.
    pub(super) fn attempt(&self) -> &str {
        self.body["biz_opaque_callback_data"].as_str().unwrap()
    }
}

/// The server. It takes whatever comes past the end of its script.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) url: String,
    script: Arc<Mutex<VecDeque<Act>>>,
    posts: watch::Sender<Vec<Post>>,
    connections: Arc<AtomicUsize>,
    /// How many connections were closed when they had been [idle](Act::Idle).
    closed: watch::Sender<usize>,
    /// How many connections the other side has left.
    left: watch::Sender<usize>,
}

impl Peer {
    pub(super) async fn start(script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            posts: watch::Sender::default(),
            connections: Arc::default(),
            closed: watch::Sender::default(),
            left: watch::Sender::default(),
        };
        let server = peer.clone();
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                server.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(server.clone().serve(socket));
            }
        });
        peer
    }

    /// From now on it does this.
    pub(super) fn does(&self, script: impl IntoIterator<Item = Act>) {
        *self.script.lock().unwrap() = script.into_iter().collect();
    }

    /// What was read, in order.
    pub(super) fn posts(&self) -> Vec<Post> {
        self.posts.borrow().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.posts.borrow().len()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Waits until so many requests were read.
    pub(super) async fn has_read(&self, requests: usize) {
        self.posts.subscribe().wait_for(|posts| posts.len() >= requests).await.unwrap();
    }

    /// Waits until so many connections were closed when they had been idle.
    pub(super) async fn has_closed(&self, connections: usize) {
        self.closed.subscribe().wait_for(|closed| *closed >= connections).await.unwrap();
    }

    /// Waits until the other side has left so many connections.
    pub(super) async fn was_left(&self, times: usize) {
        self.left.subscribe().wait_for(|left| *left >= times).await.unwrap();
    }

    async fn serve(self, mut socket: TcpStream) {
        if let Some(end) = self.refuses() {
            return self.ends(socket, end).await;
        }
        let mut unread = Vec::new();
        while let Some(post) = read(&mut socket, &mut unread).await {
            let wamid = self.notes(post);
            let act = self.script.lock().unwrap().pop_front().unwrap_or(Act::Take);
            // Who has left does not mind what is still written.
            match act {
                Act::Take => socket.write_all(&taken(&wamid)).await.unwrap_or_default(),
                Act::Say(answer) => socket.write_all(&answer).await.unwrap_or_default(),
                Act::Last(answer, end) => {
                    socket.write_all(&answer).await.unwrap_or_default();
                    return self.ends(socket, end).await;
                }
                Act::Drip(answer, pause) => {
                    for byte in answer {
                        if socket.write_all(&[byte]).await.is_err() {
                            break;
                        }
                        sleep(pause).await;
                    }
                    self.left.send_modify(|left| *left += 1);
                    return;
                }
                Act::Idle(turns) => {
                    socket.write_all(&taken(&wamid)).await.unwrap_or_default();
                    for _ in 0..turns {
                        tokio::task::yield_now().await;
                    }
                    let mut part = [0; 4096];
                    while let Ok(n @ 1..) = socket.try_read(&mut part) {
                        unread.extend_from_slice(&part[..n]);
                    }
                    // What it has got by now it carries out, although it answers no more.
                    while let Some(post) = parse(&mut unread) {
                        self.notes(post);
                    }
                    drop(socket);
                    self.closed.send_modify(|closed| *closed += 1);
                    return;
                }
                // A kept connection: too late not to read.
                Act::Refuse(end) => return self.ends(socket, end).await,
            }
        }
        self.left.send_modify(|left| *left += 1);
    }

    /// How a connection ends that is not to be read from, if the next one is not.
    fn refuses(&self) -> Option<End> {
        let mut script = self.script.lock().unwrap();
        let Some(Act::Refuse(end)) = script.front() else { return None };
        let end = *end;
        script.pop_front();
        Some(end)
    }

    /// Notes that a message was taken, and gives the id it gets.
    fn notes(&self, post: Post) -> String {
        let mut place = 0;
        self.posts.send_modify(|posts| {
            posts.push(post);
            place = posts.len();
        });
        format!("wamid.{place}")
    }

    async fn ends(&self, mut socket: TcpStream, end: End) {
        match end {
            End::Close => {}
            End::Reset => socket.set_zero_linger().unwrap(),
            End::Stall => {
                let mut part = [0; 1024];
                while let Ok(1..) = socket.read(&mut part).await {}
                self.left.send_modify(|left| *left += 1);
            }
        }
    }
}

/// The next request of a connection; `None` when it ends before.
async fn read(socket: &mut TcpStream, unread: &mut Vec<u8>) -> Option<Post> {
    loop {
        if let Some(post) = parse(unread) {
            return Some(post);
        }
        if socket.read_buf(unread).await.ok()? == 0 {
            return None;
        }
    }
}

/// Takes a whole request off what was read.
fn parse(unread: &mut Vec<u8>) -> Option<Post> {
    let end = unread.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let head = String::from_utf8(unread[..end].to_vec()).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let whole = end + length.map_or(0, |length| length.parse::<usize>().unwrap());
    if unread.len() < whole {
        return None;
    }
    let body = serde_json::from_slice(&unread[end..whole]).unwrap_or_default();
    unread.drain(..whole);
    Some(Post { head, body })
}

/// An answer with this status and body; `head` is further lines of its head, each with its end.
pub(super) fn answer(status: &str, head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// What Meta answers when it took a message.
pub(super) fn taken(wamid: &str) -> Vec<u8> {
    answer("200 OK", "content-type: application/json\r\n", &taken_body(wamid))
}

pub(super) fn taken_body(wamid: &str) -> String {
    format!(r#"{{"messaging_product":"whatsapp","messages":[{{"id":"{wamid}"}}]}}"#)
}

/// What Meta answers when it refuses a message.
pub(super) fn refused(status: &str, head: &str, code: i64) -> Vec<u8> {
    let body = format!(r#"{{"error":{{"message":"no","type":"OAuthException","code":{code}}}}}"#);
    answer(status, head, &body)
}
