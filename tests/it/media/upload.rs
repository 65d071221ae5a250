//! Files up.

use super::{JPEG, file, file_of, phone_at, quick, raw, uploaded};
use bytes::Bytes;
use serde_json::json;
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, Error, ErrorKind, Result,
    client::{Body, Media, RetryPolicy, Transport},
    message::Upload,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

fn media(server: &MockServer) -> Media {
    phone_at(&server.uri()).media()
}

async fn takes(server: &MockServer, answer: ResponseTemplate) {
    Mock::given(method("POST")).and(path("/v26.0/1/media")).respond_with(answer).mount(server).await;
}

/// Bytes in pieces of this length, as a stream that is read once.
fn pieces(bytes: &[u8], length: usize) -> impl futures_core::Stream<Item = io::Result<Bytes>> + use<> {
    let pieces: Vec<_> = bytes.chunks(length).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Listed(pieces.into_iter())
}

struct Listed<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Listed<I> {
    type Item = I::Item;
    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

#[tokio::test]
async fn a_file_is_uploaded_as_a_form() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/1/media"))
        .and(header("authorization", "Bearer EAAG"))
        .respond_with(uploaded("55"))
        .expect(1)
        .mount(&server)
        .await;
    let file = Upload::bytes("ro\"of\r\n.jpg", "jpeg bytes").mime_type("image/jpeg");
    assert_eq!(media(&server).upload(file).await.unwrap().as_str(), "55");
    let request = &server.received_requests().await.unwrap()[0];
    let content_type = request.headers["content-type"].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"type\"\r\n\r\nimage/jpeg\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"ro%22of%0D%0A.jpg\"\r\n\
             content-type: image/jpeg\r\n\r\njpeg bytes\r\n--{boundary}--\r\n"
        )
    );
    assert_eq!(request.headers["content-length"], request.body.len().to_string());
    assert!(!request.headers.contains_key("transfer-encoding"));
}

#[tokio::test]
async fn every_source_gives_the_same_file() {
    let server = MockServer::start().await;
    takes(&server, uploaded("55")).await;
    let bytes: Vec<u8> = JPEG.iter().copied().cycle().take(300_000).collect();
    let (path, _folder) = file("roof.jpg", &bytes);
    let length = bytes.len().try_into().unwrap();
    for upload in [
        Upload::path(path),
        Upload::bytes("roof.jpg", bytes.clone()),
        Upload::reader("roof.jpg", length, io::Cursor::new(bytes.clone())),
        Upload::stream("roof.jpg", length, pieces(&bytes, 7)),
        Upload::stream("roof.jpg", length, pieces(&bytes, 299_999)),
        Upload::stream("roof.jpg", length, pieces(&bytes, 300_000)).mime_type("image/jpeg"),
    ] {
        media(&server).upload(upload).await.unwrap();
    }
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 6);
    for request in requests {
        assert!(file_of(&request) == bytes, "another file arrived");
        assert_eq!(request.headers["content-length"], request.body.len().to_string());
        let form = String::from_utf8_lossy(&request.body);
        assert!(form.contains("filename=\"roof.jpg\"\r\ncontent-type: image/jpeg\r\n"));
    }
}

#[tokio::test]
async fn files_that_cannot_be_sent_are_not_uploaded() {
    let server = MockServer::start().await;
    let five = 5 * 1024 * 1024;
    let (large, _folder) = file("large.jpg", JPEG);
    std::fs::File::options().write(true).open(&large).unwrap().set_len(five + 1).unwrap();
    let (empty, _folder2) = file("empty.jpg", "");
    for upload in [
        Upload::bytes("a.gif", "x").mime_type("image/gif"),
        Upload::bytes("a.jpg", "\0"),
        Upload::bytes("a.jpg", "").mime_type("image/jpeg"),
        Upload::bytes("a.jpg", vec![0; 5 * 1024 * 1024 + 1]).mime_type("image/jpeg"),
        Upload::path(&large),
        Upload::path(empty).mime_type("image/jpeg"),
        Upload::reader("a.jpg", five + 1, JPEG),
        Upload::reader("a.bin", 3, &b"\0\0\0"[..]),
    ] {
        let error = media(&server).upload(upload).await.unwrap_err();
        assert_eq!(error.violations()[0].path, "file", "{error}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
    takes(&server, uploaded("7")).await;
    std::fs::File::options().write(true).open(&large).unwrap().set_len(five).unwrap();
    let largest = Upload::path(large).mime_type("image/jpeg; q=1");
    assert_eq!(media(&server).upload(largest).await.unwrap().as_str(), "7");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_so_without_its_path() {
    let server = MockServer::start().await;
    let (path, folder) = file("private-name.jpg", JPEG);
    std::fs::remove_file(&path).unwrap();
    let broken = Listed(vec![Err(io::Error::other("private-name"))].into_iter());
    for upload in [
        Upload::path(path),
        Upload::path(folder.path()),
        Upload::stream("x", 5, broken),
        Upload::path("private-name\0.jpg"),
    ] {
        let error = media(&server).upload(upload).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("private-name") && !shown.contains(&*folder.path().to_string_lossy()),
            "{shown}"
        );
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

/// What arrives of an upload that cannot succeed.
async fn arrives_of(upload: Upload) -> (Error, Vec<u8>) {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let bodies = Arc::clone(&arrived);
    let (ended, mut has_ended) = tokio::sync::mpsc::unbounded_channel();
    let (address, _) = raw::serve(move |_, mut peer, _| {
        let (bodies, ended) = (Arc::clone(&bodies), ended.clone());
        async move {
            let all = peer.rest().await;
            bodies.lock().unwrap().push(all);
            ended.send(()).unwrap();
        }
    })
    .await;
    let error = phone_at(&address).media().upload(upload).await.unwrap_err();
    has_ended.recv().await.unwrap();
    let bodies = std::mem::take(&mut *arrived.lock().unwrap());
    assert_eq!(bodies.len(), 1, "it was tried again");
    (error, bodies.into_iter().next().unwrap())
}

#[tokio::test]
async fn a_source_that_gives_another_number_of_bytes_than_promised_uploads_nothing() {
    for (length, what) in [(9, "more"), (11, "fewer"), (1, "more"), (200, "fewer")] {
        for upload in [
            Upload::stream("x", length, pieces(b"0123456789", 10)).mime_type("image/png"),
            Upload::stream("x", length, pieces(b"0123456789", 3)).mime_type("image/png"),
            Upload::reader("x", length, &b"0123456789"[..]),
        ] {
            let (error, arrived) = arrives_of(upload).await;
            assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
            assert!(error.to_string().contains(what), "{length}: {error}");
            assert!(!arrived.ends_with(b"--\r\n"), "the form looked whole");
        }
    }
}

#[tokio::test]
async fn a_large_source_that_gives_too_much_does_not_look_whole() {
    let bytes = vec![7; 2_000_001];
    let upload = Upload::stream("x", 2_000_000, pieces(&bytes, 50_000)).mime_type("video/mp4");
    let (error, arrived) = arrives_of(upload).await;
    assert!(error.to_string().contains("more"), "{error}");
    assert!(arrived.len() < 2_000_000 && !arrived.ends_with(b"--\r\n"), "{}", arrived.len());
}

#[tokio::test]
async fn a_source_that_fails_on_the_way_uploads_nothing() {
    let pieces = vec![Ok(Bytes::from_static(b"0123456789")), Err(io::Error::other("disk on fire, says Ana"))];
    let upload = Upload::stream("x", 20, Listed(pieces.into_iter())).mime_type("image/png");
    let (error, arrived) = arrives_of(upload).await;
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert!(!format!("{error:?}").contains("Ana"), "{error:?}");
    assert!(!arrived.ends_with(b"--\r\n"));
}

#[tokio::test]
async fn what_can_be_read_again_is_tried_again() {
    let (path, _folder) = file("roof.jpg", JPEG);
    for upload in [Upload::path(path), Upload::bytes("roof.jpg", JPEG)] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(503))
            .up_to_n_times(2)
            .mount(&server)
            .await;
        takes(&server, uploaded("55")).await;
        media(&server).upload(upload).await.unwrap();
        let requests = server.received_requests().await.unwrap();
        assert_eq!(requests.len(), 3);
        assert!(requests.iter().all(|request| file_of(request) == JPEG));
    }
}

#[tokio::test]
async fn what_can_be_read_once_is_not_tried_again_and_says_so() {
    let server = MockServer::start().await;
    takes(&server, ResponseTemplate::new(503)).await;
    let upload = Upload::reader("roof.jpg", JPEG.len().try_into().unwrap(), JPEG);
    let error = media(&server).upload(upload).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert!(error.to_string().contains("only once"), "{error}");
    let cause = std::error::Error::source(&error).unwrap().downcast_ref::<Error>().unwrap();
    assert!(matches!(cause.kind(), ErrorKind::Http(http) if http.status == 503), "{cause}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_can_be_read_once_is_uploaded_once() {
    let server = MockServer::start().await;
    takes(&server, uploaded("55")).await;
    let upload = Upload::reader("roof.jpg", JPEG.len().try_into().unwrap(), JPEG);
    media(&server).upload(upload.clone()).await.unwrap();
    let error = media(&server).upload(upload).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

/// A Meta that takes bodies a part at a time, and does something before each part and before it answers.
struct Slow<F> {
    attempts: AtomicUsize,
    before: F,
}

impl<F> std::fmt::Debug for Slow<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slow")
    }
}

#[async_trait::async_trait]
impl<F, S> Transport for Slow<F>
where
    F: Fn(usize, usize) -> S + Send + Sync + 'static,
    S: Future<Output = Result<()>> + Send,
{
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst);
        let mut body = request.into_body();
        for part in 0.. {
            (self.before)(attempt, part).await?;
            if body.chunk().await?.is_none() {
                break;
            }
        }
        Ok(http::Response::new(r#"{"id": "55"}"#.into()))
    }
}

fn slow<F, S>(before: F) -> Media
where
    F: Fn(usize, usize) -> S + Send + Sync + 'static,
    S: Future<Output = Result<()>> + Send,
{
    let client = Client::builder("t").transport(Slow { attempts: AtomicUsize::new(0), before });
    client.retry(quick()).build().unwrap().phone("1").media()
}

#[tokio::test]
async fn a_source_that_was_not_touched_is_tried_again() {
    let media = slow(|attempt, _| async move {
        if attempt == 0 { Err(Error::new(ErrorKind::Connect)) } else { Ok(()) }
    });
    let upload = Upload::reader("roof.jpg", JPEG.len().try_into().unwrap(), JPEG);
    assert_eq!(media.upload(upload).await.unwrap().as_str(), "55");
}

#[tokio::test]
async fn a_file_that_changes_between_attempts_is_not_uploaded() {
    let (path, _folder) = file("roof.jpg", JPEG);
    let grows = path.clone();
    let media = slow(move |_, _| {
        let grows = grows.clone();
        async move {
            std::fs::write(grows, [JPEG, JPEG].concat()).unwrap();
            Err(Error::new(ErrorKind::Connect))
        }
    });
    let error = media.upload(Upload::path(path)).await.unwrap_err();
    assert!(error.to_string().contains("changed"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_upload_may_take_any_time_while_something_moves() {
    let begun = tokio::time::Instant::now();
    let media = slow(|_, _| async {
        tokio::time::sleep(Duration::from_secs(29)).await;
        Ok(())
    });
    let pdf = Upload::bytes("long.pdf", [&b"%PDF-1.7"[..], &[0; 2_000_000]].concat());
    assert_eq!(media.upload(pdf).await.unwrap().as_str(), "55");
    assert!(begun.elapsed() > Duration::from_secs(600), "it was not slow");
}

#[tokio::test(start_paused = true)]
async fn a_long_upload_that_breaks_is_tried_again() {
    let media = slow(|attempt, part| async move {
        tokio::time::sleep(Duration::from_secs(20)).await;
        if attempt == 0 && part == 10 { Err(Error::new(ErrorKind::Interrupted)) } else { Ok(()) }
    });
    let pdf = Upload::bytes("long.pdf", [&b"%PDF-1.7"[..], &[0; 2_000_000]].concat());
    assert_eq!(media.upload(pdf).await.unwrap().as_str(), "55");
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_stands_still_ends() {
    let begun = tokio::time::Instant::now();
    let media = slow(|_, part| async move {
        tokio::time::sleep(Duration::from_secs(if part < 4 { 29 } else { 10_000 })).await;
        Ok(())
    });
    let pdf = Upload::bytes("long.pdf", [&b"%PDF-1.7"[..], &[0; 2_000_000]].concat());
    let error = media.upload(pdf).retry(RetryPolicy::never()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
    assert_eq!(begun.elapsed().as_secs(), 4 * 29 + 30);
}

#[tokio::test]
async fn a_source_that_stands_still_is_given_up() {
    let (reader, _writer) = tokio::io::duplex(10);
    let upload = Upload::reader("x", 10, reader);
    let server = MockServer::start().await;
    let error = media(&server).upload(upload).timeout(Duration::from_millis(20)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Media(_)), "{error}");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn progress_is_told_to_the_end() {
    let server = MockServer::start().await;
    takes(&server, uploaded("55")).await;
    let pdf = [&b"%PDF-1.7"[..], &[0; 300_000]].concat();
    let (path, _folder) = file("long.pdf", &pdf);
    for upload in [
        Upload::path(path),
        Upload::bytes("long.pdf", pdf.clone()),
        Upload::reader("long.pdf", 300_008, io::Cursor::new(pdf.clone())),
    ] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let telling = Arc::clone(&told);
        let upload = upload.progress(move |progress| {
            assert_eq!(progress.total, Some(300_008));
            telling.lock().unwrap().push(progress.bytes);
        });
        media(&server).upload(upload).await.unwrap();
        let told = told.lock().unwrap();
        assert!(told.len() >= 5 && told.is_sorted() && told.last() == Some(&300_008), "{told:?}");
    }
}

#[tokio::test]
#[should_panic = "told too much"]
async fn a_panic_of_who_is_told_of_an_upload_reaches_who_waits_for_it() {
    let server = MockServer::start().await;
    takes(&server, uploaded("55")).await;
    let told = |_| panic!("told too much");
    let _ = media(&server).upload(Upload::bytes("roof.jpg", JPEG).progress(told)).await;
}

#[tokio::test]
async fn a_time_limit_may_be_as_long_as_can_be() {
    let server = MockServer::start().await;
    takes(&server, uploaded("55")).await;
    let upload = media(&server).upload(Upload::bytes("roof.jpg", JPEG));
    assert_eq!(upload.timeout(Duration::MAX).await.unwrap().as_str(), "55");
}

#[tokio::test]
async fn an_error_of_meta_is_the_error_of_the_upload() {
    let server = MockServer::start().await;
    let refusal = json!({"error": {"message": "x", "type": "OAuthException", "code": 100}});
    takes(&server, ResponseTemplate::new(400).set_body_json(refusal)).await;
    let upload = Upload::reader("roof.jpg", JPEG.len().try_into().unwrap(), JPEG);
    let error = media(&server).upload(upload).await.unwrap_err();
    assert_eq!(error.api().unwrap().code, 100);
}
