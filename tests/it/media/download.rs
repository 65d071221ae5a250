//! Files down.

use super::{file, phone_at, raw};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    io,
    path::Path,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::io::AsyncWrite;
use whatsapp_business::{
    Client, ErrorKind, Result,
    client::{Body, Media, RetryPolicy, Transport},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path, query_param},
};

// SHA-256 of "jpeg bytes", computed apart.
const HEX: &str = "1b48e21282963dfba2ffff3a4c331471242fe42fd0a51161e56df72085c445c9";
const BASE64: &str = "G0jiEoKWPfui//86TDMUcSQv5C/QpRFh5W33IIXERck=";

fn media(server: &MockServer) -> Media {
    phone_at(&server.uri()).media()
}

async fn info(server: &MockServer, url: &str, sha256: &str) {
    let info = json!({"messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "sha256": sha256,
        "file_size": "10", "id": 55});
    Mock::given(method("GET"))
        .and(path("/v26.0/55"))
        .and(query_param("phone_number_id", "1"))
        .and(header("authorization", "Bearer EAAG"))
        .respond_with(ResponseTemplate::new(200).set_body_json(info))
        .mount(server)
        .await;
}

/// A Meta with a file that is answered so.
async fn holding(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    info(&server, &format!("{}/file", server.uri()), HEX).await;
    Mock::given(path("/file")).respond_with(answer).mount(&server).await;
    server
}

fn jpeg() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string("jpeg bytes")
}

/// What is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_file_is_fetched_with_the_token_and_its_hash_is_checked() {
    for sha256 in [HEX.to_owned(), HEX.to_uppercase(), BASE64.to_owned()] {
        let server = MockServer::start().await;
        info(&server, &format!("{}/file?mid=1", server.uri()), &sha256).await;
        Mock::given(path("/file"))
            .and(header("authorization", "Bearer EAAG"))
            .respond_with(jpeg())
            .mount(&server)
            .await;
        let file = media(&server).download("55").await.unwrap();
        assert_eq!((&file.bytes[..], &*file.sha256), (&b"jpeg bytes"[..], HEX));
        assert_eq!(file.mime_type.as_deref(), Some("image/jpeg"));
    }
}

#[tokio::test]
async fn a_file_is_fetched_to_a_path_and_takes_the_place_of_what_was_there() {
    let server = holding(jpeg()).await;
    let (path, folder) = file("roof.jpg", "an older one that is longer");
    let saved = media(&server).download("55").to_path(&path).await.unwrap();
    assert_eq!((saved.size, &*saved.sha256, saved.mime_type.as_deref()), (10, HEX, Some("image/jpeg")));
    assert_eq!(std::fs::read(&path).unwrap(), b"jpeg bytes");
    let new = folder.path().join("new.jpg");
    media(&server).download("55").to_path(&new).await.unwrap();
    assert_eq!(std::fs::read(&new).unwrap(), b"jpeg bytes");
    assert_eq!(names(folder.path()).len(), 2);
}

#[tokio::test]
async fn a_file_is_fetched_into_a_writer() {
    let server = holding(jpeg()).await;
    let mut bytes = Vec::new();
    let saved = media(&server).download("55").to_writer(&mut bytes).await.unwrap();
    assert_eq!((saved.size, &bytes[..]), (10, &b"jpeg bytes"[..]));
}

#[tokio::test]
async fn bytes_that_were_changed_on_the_way_are_refused_and_leave_nothing_behind() {
    let server = holding(ResponseTemplate::new(200).set_body_string("jpeg bytez")).await;
    let (path, folder) = file("roof.jpg", "an older one");
    let media = media(&server);
    for error in [
        media.download("55").await.unwrap_err(),
        media.download("55").to_path(&path).await.unwrap_err(),
        media.download("55").to_path(folder.path().join("new.jpg")).await.unwrap_err(),
        media.download("55").to_writer(tokio::io::sink()).await.unwrap_err(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
        assert!(error.to_string().contains("hash"), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"an older one");
    assert_eq!(names(folder.path()), ["roof.jpg"]);
}

#[tokio::test]
async fn a_download_that_is_dropped_leaves_nothing_behind() {
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (address, _) = raw::serve(move |n, mut peer, _| {
        let begun = begun.clone();
        async move {
            let head = peer.head().await;
            let host = head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
            if n == 0 {
                return peer.answers(&format!(r#"{{"id": "55", "url": "http://{host}/file"}}"#)).await;
            }
            peer.says("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\njpeg").await;
            begun.send(()).unwrap();
            peer.rest().await;
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roof.jpg");
    let (written, mut is_written) = tokio::sync::mpsc::unbounded_channel();
    let download = phone_at(&address).media().download("55").progress(move |_| written.send(()).unwrap());
    let task = tokio::spawn(download.to_path(&path));
    has_begun.recv().await.unwrap();
    is_written.recv().await.unwrap();
    assert_eq!(names(folder.path()).len(), 1);
    task.abort();
    task.await.unwrap_err();
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_download_that_is_dropped_while_its_file_is_made_leaves_nothing_behind() {
    /// Answers at once.
    #[derive(Debug)]
    struct Prompt;
    #[async_trait::async_trait]
    impl Transport for Prompt {
        async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
            Ok(http::Response::new(match request.uri().path() {
                "/file" => "jpeg bytes".into(),
                _ => r#"{"id": "55", "url": "https://lookaside.fbsbx.com/file"}"#.into(),
            }))
        }
    }
    // One thread makes files, and it is busy until the download is gone.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build();
    runtime.unwrap().block_on(async {
        let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || may_go_on.recv());
        let folder = tempfile::tempdir().unwrap();
        let media = Client::builder("t").transport(Prompt).build().unwrap().phone("1").media();
        let mut download = media.download("55").to_path(folder.path().join("roof.jpg"));
        let polled = std::future::poll_fn(|context| Poll::Ready(download.as_mut().poll(context))).await;
        assert!(polled.is_pending());
        drop(download);
        go_on.send(()).unwrap();
        busy.await.unwrap().unwrap();
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        assert_eq!(names(folder.path()), [""; 0]);
    });
}

#[tokio::test]
async fn a_path_that_cannot_be_written_is_an_error_without_the_path() {
    let server = holding(jpeg()).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("private-name")).unwrap();
    for path in ["private-name", "private-name/missing/roof.jpg"] {
        let error = media(&server).download("55").to_path(folder.path().join(path)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("private-name"), "{error:?}");
    }
    assert_eq!(names(folder.path()), ["private-name"]);
}

#[tokio::test]
async fn an_expired_address_is_asked_for_anew_once() {
    let server = MockServer::start().await;
    info(&server, &format!("{}/file", server.uri()), HEX).await;
    Mock::given(path("/file")).respond_with(ResponseTemplate::new(404)).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/file")).respond_with(jpeg()).expect(3).mount(&server).await;
    let media = media(&server);
    media.download("55").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    media.download("55").to_path(folder.path().join("a")).await.unwrap();
    media.download("55").to_writer(tokio::io::sink()).await.unwrap();

    let gone = holding(ResponseTemplate::new(404)).await;
    let error = phone_at(&gone.uri()).media().download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Http(http) if http.status == 404), "{error}");
    assert_eq!(gone.received_requests().await.unwrap().len(), 4);
}

#[tokio::test]
async fn an_address_that_expired_with_an_error_of_the_graph_api_is_asked_for_anew() {
    let server = MockServer::start().await;
    info(&server, &format!("{}/file", server.uri()), HEX).await;
    let refusal = json!({"error": {"message": "x", "type": "OAuthException", "code": 100}});
    let gone = ResponseTemplate::new(404).set_body_json(refusal);
    Mock::given(path("/file")).respond_with(gone).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/file")).respond_with(jpeg()).mount(&server).await;
    media(&server).download("55").await.unwrap();
}

/// A Meta whose file comes over a connection that does as it is told, with the size that is told of it.
async fn breaking(
    file_size: Option<u64>,
    answers: &'static [&'static str],
) -> (Media, Arc<Mutex<Vec<String>>>) {
    let files = Arc::new(AtomicUsize::new(0));
    let (address, heads) = raw::serve(move |_, mut peer, heads| {
        let files = Arc::clone(&files);
        async move {
            let head = peer.head().await;
            heads.lock().unwrap().push(head.clone());
            if head.starts_with("GET /file") {
                let n = files.fetch_add(1, Ordering::SeqCst);
                return peer.says(answers[n]).await;
            }
            let host = head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
            let info = json!({"id": "55", "url": format!("http://{host}/file"), "sha256": HEX, "file_size": file_size});
            peer.answers(&info.to_string()).await;
        }
    })
    .await;
    (phone_at(&address).media(), heads)
}

const WHOLE: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\njpeg bytes";
const TOO_SHORT: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\njpeg";
/// Its end is that of the connection.
const ENDLESS: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\njpeg";
const GONE: &str = "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn a_file_of_which_a_part_is_missing_is_an_error() {
    for answer in [TOO_SHORT, ENDLESS] {
        let (media, _) = breaking(Some(10), Box::leak(Box::new([answer; 3]))).await;
        let folder = tempfile::tempdir().unwrap();
        let once = || media.download("55").retry(RetryPolicy::never());
        for error in [
            once().await.unwrap_err(),
            once().to_path(folder.path().join("a")).await.unwrap_err(),
            once().to_writer(tokio::io::sink()).await.unwrap_err(),
        ] {
            assert!(matches!(error.kind(), ErrorKind::Interrupted), "{error}");
        }
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

#[tokio::test]
async fn a_broken_download_begins_anew_where_nothing_was_passed_on() {
    let answers = &[TOO_SHORT, ENDLESS, WHOLE];
    let (media, _) = breaking(Some(10), answers).await;
    assert_eq!(media.download("55").await.unwrap().bytes, "jpeg bytes");

    let (media, _) = breaking(Some(10), answers).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roof.jpg");
    assert_eq!(media.download("55").to_path(&path).await.unwrap().size, 10);
    assert_eq!(std::fs::read(&path).unwrap(), b"jpeg bytes");
    assert_eq!(names(folder.path()), ["roof.jpg"]);

    // What came first was longer.
    const LONGER: &str =
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 99\r\n\r\nnot the jpeg bytes";
    let (media, _) = breaking(None, &[LONGER, WHOLE]).await;
    media.download("55").to_path(&path).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"jpeg bytes");

    // While it was tried again its address expired.
    let (media, _) = breaking(Some(10), &[TOO_SHORT, GONE, WHOLE]).await;
    assert_eq!(media.download("55").await.unwrap().bytes, "jpeg bytes");
}

#[tokio::test]
async fn a_writer_that_has_taken_a_byte_is_not_written_to_anew() {
    let (media, heads) = breaking(Some(10), &[TOO_SHORT, WHOLE]).await;
    let mut bytes = Vec::new();
    let error = media.download("55").to_writer(&mut bytes).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert!(error.to_string().contains("only once"), "{error}");
    assert_eq!(bytes, b"jpeg");
    assert_eq!(heads.lock().unwrap().len(), 2);
}

/// F26: its size is another.
#[tokio::test]
async fn a_file_of_another_size_than_told_is_refused() {
    for size in [9, 11] {
        let (media, heads) = breaking(Some(size), &[WHOLE, WHOLE]).await;
        let error = media.download("55").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Media(_)), "{size}: {error}");
        assert_eq!(heads.lock().unwrap().len(), 2);
    }
    let (media, _) = breaking(None, &[WHOLE]).await;
    media.download("55").await.unwrap();
}

#[tokio::test]
async fn no_more_bytes_are_taken_than_asked_for() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\na\r\njpeg bytes\r\n0\r\n\r\n";
    for (told, answer, requests) in
        [(Some(10), WHOLE, 1), (None, WHOLE, 2), (None, CHUNKED, 2), (Some(9), CHUNKED, 2)]
    {
        let (media, heads) = breaking(told, Box::leak(Box::new([answer]))).await;
        let error = media.download("55").max_bytes(9).await.unwrap_err();
        assert_eq!(error.to_string(), "the media is larger than 9 bytes");
        assert_eq!(heads.lock().unwrap().len(), requests, "{told:?} {answer}");
    }
    // Its length is told before it comes, so none of it is taken.
    let (media, _) = breaking(None, &[TOO_SHORT]).await;
    let mut bytes = Vec::new();
    let error = media.download("55").max_bytes(9).to_writer(&mut bytes).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), &bytes[..]), ("the media is larger than 9 bytes", &b""[..]));
    let (media, _) = breaking(Some(10), &[CHUNKED]).await;
    media.download("55").max_bytes(10).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_larger_than_meta_told_is_not_taken() {
    /// Tells no size, then gives one byte too many.
    #[derive(Debug)]
    struct Generous;
    #[async_trait::async_trait]
    impl Transport for Generous {
        async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
            let most = usize::try_from(Media::MAX_DOWNLOAD).unwrap();
            Ok(http::Response::new(match request.uri().path() {
                "/file" => vec![0; most + 1].into(),
                _ => r#"{"id": "55", "url": "https://lookaside.fbsbx.com/file"}"#.into(),
            }))
        }
    }
    let client = Client::builder("t").transport(Generous).build().unwrap();
    let media = client.phone("1").media();
    let error = media.download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    let more = media.download("55").max_bytes(Media::MAX_DOWNLOAD + 1);
    assert_eq!(more.to_writer(tokio::io::sink()).await.unwrap().size, Media::MAX_DOWNLOAD + 1);
}

#[tokio::test]
async fn a_part_that_was_not_asked_for_is_refused() {
    let server = holding(ResponseTemplate::new(206).set_body_string("jpeg bytes")).await;
    let error = media(&server).download("55").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
}

#[tokio::test]
async fn a_writer_that_fails_ends_the_download() {
    /// Full from the start.
    struct Full;
    impl AsyncWrite for Full {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::Error::other("no room for Ana's roof")))
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }
    let server = holding(jpeg()).await;
    let error = media(&server).download("55").to_writer(Full).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert!(!format!("{error:?}").contains("Ana"), "{error:?}");
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

/// A Meta whose file comes in twenty parts, with a wait before each and before its description.
#[derive(Debug)]
struct Trickle {
    before_info: Duration,
    before_part: Duration,
}

#[async_trait::async_trait]
impl Transport for Trickle {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let part = vec![b'x'; 1000];
        if request.uri().path() != "/file" {
            tokio::time::sleep(self.before_info).await;
            let sha256: String =
                Sha256::digest(part.repeat(20)).iter().map(|byte| format!("{byte:02x}")).collect();
            let info = json!({"id": "55", "url": "https://lookaside.fbsbx.com/file", "sha256": sha256, "file_size": 20_000});
            return Ok(http::Response::new(info.to_string().into()));
        }
        let (parts, mut body) = tokio::sync::mpsc::unbounded_channel();
        let wait = self.before_part;
        tokio::spawn(async move {
            for _ in 0..20 {
                tokio::time::sleep(wait).await;
                // Nobody may wait for it any more.
                let _ = parts.send(part.clone());
            }
        });
        struct Parts<F>(F);
        impl<F> futures_core::Stream for Parts<F>
        where
            F: FnMut(&mut Context<'_>) -> Poll<Option<Vec<u8>>> + Unpin,
        {
            type Item = Result<bytes::Bytes>;
            fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                (self.0)(context).map(|part| part.map(|part| Ok(part.into())))
            }
        }
        Ok(http::Response::new(Body::stream(Parts(move |context: &mut Context<'_>| body.poll_recv(context)))))
    }
}

fn trickle(before_info: u64, before_part: u64) -> Media {
    let (before_info, before_part) = (Duration::from_secs(before_info), Duration::from_secs(before_part));
    let client = Client::builder("t").transport(Trickle { before_info, before_part });
    client.retry(RetryPolicy::never()).build().unwrap().phone("1").media()
}

#[tokio::test(start_paused = true)]
async fn a_download_may_take_any_time_while_something_moves() {
    let begun = tokio::time::Instant::now();
    let file = trickle(0, 29).download("55").await.unwrap();
    assert_eq!((file.bytes.len(), begun.elapsed().as_secs()), (20_000, 20 * 29));
}

#[tokio::test(start_paused = true)]
async fn a_download_that_stands_still_ends() {
    for media in [trickle(31, 1), trickle(0, 31)] {
        let begun = tokio::time::Instant::now();
        let error = media.download("55").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
        assert_eq!(begun.elapsed().as_secs(), 30);
        assert_eq!(media.download("55").timeout(Duration::from_secs(32)).await.unwrap().bytes.len(), 20_000);
    }
}

#[tokio::test]
async fn a_time_limit_may_be_as_long_as_can_be() {
    let server = holding(jpeg()).await;
    media(&server).download("55").timeout(Duration::MAX).await.unwrap();
}

#[tokio::test]
#[should_panic = "told too much"]
async fn a_panic_of_who_is_told_of_a_download_reaches_who_waits_for_it() {
    let server = holding(jpeg()).await;
    let _ = media(&server).download("55").progress(|_| panic!("told too much")).await;
}

#[tokio::test]
async fn progress_is_told_to_the_end() {
    let server = holding(jpeg()).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let download = media(&server).download("55");
    download.progress(move |progress| telling.lock().unwrap().push(progress)).await.unwrap();
    let last = *told.lock().unwrap().last().unwrap();
    assert_eq!((last.bytes, last.total), (10, Some(10)));
}

#[tokio::test]
async fn a_file_is_deleted() {
    let server = MockServer::start().await;
    Mock::given(method("DELETE"))
        .and(path("/v26.0/55"))
        .and(query_param("phone_number_id", "1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .expect(1)
        .mount(&server)
        .await;
    media(&server).delete("55").await.unwrap();
}
