//! What a broken network does, on real sockets: a send is never on the wire twice.

use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use whatsapp_business::{Client, Error, ErrorKind, client::RetryPolicy};

/// What the server does after it has read a whole request.
#[derive(Clone, Copy)]
enum Fault {
    Close,
    Reset,
    Stall,
    HalfAnAnswer,
    TruncatedBody,
}

/// Sends one text to a server with `fault`; gives the error and how many requests the server saw.
async fn send_into(fault: Fault) -> (Error, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !String::from_utf8_lossy(&request).contains(r#""text":{"body":"Hello"}}"#) {
                let mut part = [0; 1024];
                let n = socket.read(&mut part).await.unwrap();
                request.extend_from_slice(&part[..n]);
            }
            seen.send(()).unwrap();
            match fault {
                Fault::Close => drop(socket),
                Fault::Reset => {
                    socket.set_zero_linger().unwrap();
                    drop(socket);
                }
                Fault::Stall => open.push(socket),
                Fault::HalfAnAnswer => socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-le").await.unwrap(),
                Fault::TruncatedBody => {
                    socket
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"messages\":")
                        .await
                        .unwrap();
                }
            }
        }
    });
    let retry = RetryPolicy::default().first_wait(Duration::from_millis(1));
    let client =
        Client::builder("token").graph_url(url).retry(retry).timeout(Duration::from_millis(500)).build();
    let error = client.unwrap().phone("1").send("+14155552671", "Hello").await.unwrap_err();
    server.abort();
    let mut count = 0;
    while requests.try_recv().is_ok() {
        count += 1;
    }
    (error, count)
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_message_is_on_the_wire_once() {
    for fault in [Fault::Close, Fault::Reset, Fault::HalfAnAnswer, Fault::TruncatedBody] {
        let (error, requests) = send_into(fault).await;
        assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
        assert!(error.outcome_unknown());
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_slow_answer_is_unknown_and_the_message_is_on_the_wire_once() {
    let (error, requests) = send_into(Fault::Stall).await;
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
    assert!(error.outcome_unknown());
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_surely_sent_nothing() {
    // A port that was free a moment ago: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let retry = RetryPolicy::default().first_wait(Duration::from_millis(1)).max_attempts(3);
    let client = Client::builder("token").graph_url(format!("http://{port}")).retry(retry).build().unwrap();
    let error = client.phone("1").send("+14155552671", "Hello").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect), "{error}");
    assert!(error.is_retryable() && !error.outcome_unknown());
}

#[tokio::test]
async fn sends_share_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        for _ in 0..3 {
            while !request.ends_with(br#""text":{"body":"Hello"}}"#) {
                let mut part = [0; 1024];
                let n = socket.read(&mut part).await.unwrap();
                request.extend_from_slice(&part[..n]);
            }
            request.clear();
            let body = r#"{"messages":[{"id":"wamid.A"}]}"#;
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let client = Client::builder("token").graph_url(url).timeout(Duration::from_secs(5)).build().unwrap();
    for _ in 0..3 {
        // The server accepts one connection only: a second one would wait for an answer in vain.
        client.phone("1").send("+14155552671", "Hello").await.unwrap();
    }
    server.await.unwrap();
}
