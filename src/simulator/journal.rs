//! What was asked of the Graph API lately, and what it answered.

use super::{Simulator, cut::Cut, json::text, platform::Platform};
use crate::{error::Violation, message::Message, time::Timestamp, wire::quiet_debug};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

/// How many requests are kept.
const KEPT: usize = 500;

/// Longest body that is kept, in bytes.
const LONGEST: usize = 64 * 1024;

/// What stands in the place of a secret.
const HIDDEN: &str = "…";

/// Members of a query that are secrets.
const SECRETS: [&str; 5] = ["access_token", "input_token", "appsecret_proof", "client_secret", "sig"];

/// A request to the Graph API and its answer; without tokens, which are replaced by `…`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// When it was answered.
    pub at: Timestamp,
    /// How long the answer took.
    pub took: Duration,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The JSON of the request; none for files, and for what is no JSON or longer than 64 KiB.
    pub body: Option<Value>,
    /// HTTP status of the answer.
    pub status: u16,
    /// Whether the network lost the answer, or a part of it.
    pub cut: bool,
    /// The JSON of the answer.
    pub answer: Option<Value>,
    /// Graph's error code, when it refused.
    pub code: Option<i64>,
    /// What Graph says is wrong with this very request (`error_data.details`).
    pub details: Option<String>,
    /// Every documented limit that a refused message breaks. Graph names only the first it finds.
    pub violations: Vec<Violation>,
}

quiet_debug!(ReceivedRequest { at, took, method, status, cut, code });

/// The newest requests, the oldest first.
#[derive(Default)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    noted: u64,
}

/// A request as it is kept: nothing is read before somebody looks.
#[derive(Clone)]
pub(super) struct Entry {
    /// Which request of all that came.
    pub(super) number: u64,
    at: Timestamp,
    took: Duration,
    method: Method,
    path: String,
    body: Bytes,
    status: u16,
    cut: bool,
    answer: Bytes,
}

impl Journal {
    fn note(&mut self, mut entry: Entry) {
        entry.number = self.noted;
        self.noted += 1;
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }
}

impl Entry {
    pub(super) fn read(&self) -> ReceivedRequest {
        let answer: Option<Value> = serde_json::from_slice(&self.answer).ok();
        let error = answer.as_ref().and_then(|answer| answer.get("error"));
        ReceivedRequest {
            at: self.at,
            took: self.took,
            method: self.method.to_string(),
            path: self.path.clone(),
            body: serde_json::from_slice(&self.body).ok(),
            status: self.status,
            cut: self.cut,
            code: error.and_then(|error| error.get("code")?.as_i64()),
            details: error.and_then(|error| text(error, "/error_data/details").map(str::to_owned)),
            violations: if error.is_some() { violations(&self.body) } else { Vec::new() },
            answer,
        }
    }
}

/// All limits that a message breaks; none for what is no message.
fn violations(body: &[u8]) -> Vec<Violation> {
    let message = serde_json::from_slice::<Message>(body);
    let broken = message.ok().and_then(|message| message.validate().err());
    broken.map(|error| error.violations().to_vec()).unwrap_or_default()
}

/// Notes the request and its answer.
pub(super) async fn keep(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let token = bearer(&parts.headers);
    let (method, path) = (parts.method.clone(), shown_path(&parts.uri, token.as_deref()));
    let (request, body) = if is_text(&parts.headers) {
        let Ok(bytes) = to_bytes(body, usize::MAX).await else {
            // Nobody is there any more who could read an answer.
            return ().into_response();
        };
        (Request::from_parts(parts, Body::from(bytes.clone())), bytes)
    } else {
        (Request::from_parts(parts, body), Bytes::new())
    };
    let (parts, answer) = next.run(request).await.into_parts();
    let (status, cut) = (parts.status.as_u16(), parts.extensions.get::<Cut>().is_some());
    let (response, answer) = if is_text(&parts.headers) {
        let bytes = to_bytes(answer, usize::MAX).await.unwrap_or_default();
        (Response::from_parts(parts, Body::from(bytes.clone())), bytes)
    } else {
        (Response::from_parts(parts, answer), Bytes::new())
    };
    let kept = |bytes| short(without(bytes, token.as_deref()));
    let (body, answer, took) = (kept(body), kept(answer), began.elapsed());
    platform.change(|model, at| {
        model.journal.note(Entry { number: 0, at, took, method, path, body, status, cut, answer });
    });
    response
}

/// Whether a body is text that can be kept. A file goes through as it comes: what of it has arrived counts, even when the
/// rest never does.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["application/json", "application/x-www-form-urlencoded", "text/"]
        .iter()
        .any(|text| kind.starts_with(text))
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.rsplit(' ').next().filter(|token| !token.is_empty())?;
    Some(token.to_owned())
}

fn shown_path(uri: &Uri, token: Option<&str>) -> String {
    let mut path = uri.path().to_owned();
    for (index, member) in uri.query().unwrap_or_default().split('&').filter(|m| !m.is_empty()).enumerate() {
        path.push(if index == 0 { '?' } else { '&' });
        match member.split_once('=') {
            Some((name, _)) if SECRETS.contains(&name) => path.extend([name, "=", HIDDEN]),
            _ => path.push_str(member),
        }
    }
    token.map_or(path.clone(), |token| path.replace(token, HIDDEN))
}

/// The text without the token that came with it.
fn without(bytes: Bytes, token: Option<&str>) -> Bytes {
    let hidden = token.and_then(|token| {
        let text = std::str::from_utf8(&bytes).ok()?;
        text.contains(token).then(|| text.replace(token, HIDDEN))
    });
    hidden.map_or(bytes, Bytes::from)
}

fn short(bytes: Bytes) -> Bytes {
    if bytes.len() <= LONGEST { bytes } else { Bytes::new() }
}

impl Simulator {
    /// The newest requests to the Graph API and their answers, at most 500, oldest first; downloads of media are not among
    /// them.
    ///
    /// ```
    /// # use whatsapp_business::simulator::Simulator;
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// # let simulator = Simulator::start().await?;
    /// simulator.fail_next(131_031);
    /// assert!(simulator.phone().send("+1 415 555 0132", "Hello").await.is_err());
    /// assert_eq!(simulator.journal()[0].code, Some(131_031));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn journal(&self) -> Vec<ReceivedRequest> {
        self.platform().look(|model| model.journal.entries().map(Entry::read).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Journal, KEPT, shown_path};
    use crate::time::Timestamp;
    use axum::{body::Bytes, http::Method};
    use std::time::Duration;

    #[test]
    fn only_the_newest_requests_are_kept_and_each_keeps_its_number() {
        let mut journal = Journal::default();
        for _ in 0..=KEPT {
            journal.note(Entry {
                number: 0,
                at: Timestamp::from_seconds(0),
                took: Duration::ZERO,
                method: Method::GET,
                path: String::new(),
                body: Bytes::new(),
                status: 200,
                cut: false,
                answer: Bytes::new(),
            });
        }
        let numbers: Vec<_> = journal.entries().map(|entry| entry.number).collect();
        assert_eq!((numbers.len(), numbers[0]), (KEPT, 1));
    }

    #[test]
    fn a_path_is_shown_without_secrets() {
        for (uri, shown) in [
            ("/v26.0/1/messages", "/v26.0/1/messages"),
            ("/v26.0/1?fields=id&access_token=s3cret", "/v26.0/1?fields=id&access_token=…"),
            ("/v26.0/s3cret?x=s3cret", "/v26.0/…?x=…"),
        ] {
            assert_eq!(shown_path(&uri.parse().unwrap(), Some("s3cret")), shown);
        }
    }
}
