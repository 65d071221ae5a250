//! Files up and down, over real sockets where bytes matter.

mod app;
mod download;
mod origin;
mod raw;
mod send;
mod upload;

use std::{path::PathBuf, time::Duration};
use tempfile::TempDir;
use whatsapp_business::{
    Client,
    client::{BusinessPhone, RetryPolicy},
};
use wiremock::{Request, ResponseTemplate};

/// What is told to be a JPEG image by its first bytes.
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 not much of a picture";

fn phone_at(address: &str) -> BusinessPhone {
    Client::builder("EAAG").graph_url(address).retry(quick()).build().unwrap().phone("1")
}

fn quick() -> RetryPolicy {
    RetryPolicy::default().first_wait(Duration::from_millis(1))
}

/// A file of these bytes, which lives as long as the folder.
fn file(name: &str, bytes: impl AsRef<[u8]>) -> (PathBuf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (path, folder)
}

fn uploaded(id: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(serde_json::json!({ "id": id }))
}

/// The file in the form of an upload.
fn file_of(request: &Request) -> &[u8] {
    let content_type = request.headers["content-type"].to_str().unwrap();
    let boundary = content_type.split_once("boundary=").unwrap().1;
    let end = format!("\r\n--{boundary}--\r\n");
    let body = request.body.strip_suffix(end.as_bytes()).unwrap();
    let begin = body.windows(4).enumerate().filter(|(_, window)| *window == b"\r\n\r\n").nth(2).unwrap().0;
    &body[begin + 4..]
}
