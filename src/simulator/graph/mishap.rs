//! The answers of a bad day.

use crate::simulator::{
    cut::Cut,
    model::{Mishap, Spoilt},
    platform::Platform,
    refusal::Refusal,
};
use axum::{
    body::{Body, HttpBody, to_bytes},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use bytes::Bytes;
use futures_core::Stream;
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep, timeout};

/// How many bytes every head of an answer has at least.
const HEAD: usize = 100;

/// In how many parts a slow answer drips, and how long each of them takes.
const DRIPS: usize = 20;
const DRIP: Duration = Duration::from_millis(100);

/// How long an answer waits for webhooks that are to be faster than it.
const HEAD_START: Duration = Duration::from_secs(1);

/// Waits until every webhook so far was posted.
pub(super) async fn let_webhooks_pass(platform: &Platform) {
    let ahead = platform.look(|model| model.outbox.next_number());
    // An application may keep its webhooks waiting for the answer: then the answer goes first.
    let _ = timeout(HEAD_START, platform.until(|model| model.outbox.is_tried_before(ahead))).await;
}

/// What the client gets in the place of `answer`.
pub(super) fn spoil(mishap: Mishap, answer: Response) -> Response {
    match mishap.answer {
        Spoilt::Lost => cut(answer, Cut::LOST),
        Spoilt::Reset => cut(answer, Cut::RESET),
        Spoilt::Refused(code) => Refusal::new(code, "The simulator has a bad day.").into_response(),
        Spoilt::TooMany => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], "Too many requests").into_response()
        }
        Spoilt::Page(status) => page(status),
        Spoilt::Slow => slow(answer),
        Spoilt::Truncated(part) => {
            let body = answer.body().size_hint().lower();
            let length = HEAD.saturating_add(usize::try_from(body).unwrap_or(usize::MAX - HEAD));
            let after = (length.saturating_sub(1).saturating_mul(usize::from(part)) / 255).max(1);
            cut(answer, Cut { after, reset: false })
        }
    }
}

fn cut(mut answer: Response, cut: Cut) -> Response {
    answer.extensions_mut().insert(cut);
    answer
}

/// As a proxy between us and Meta answers when it gets no answer itself.
fn page(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
    (status, Html(page)).into_response()
}

/// An answer that is to drip.
#[derive(Clone, Copy)]
struct Slow;

fn slow(mut answer: Response) -> Response {
    answer.extensions_mut().insert(Slow);
    answer
}

/// A slow answer with its body in small parts, and a pause before each. The journal reads answers whole, so this comes after it.
pub(super) async fn drip(answer: Response) -> Response {
    if answer.extensions().get::<Slow>().is_none() {
        return answer;
    }
    let (head, body) = answer.into_parts();
    // The body is one of ours and in memory: reading it does not fail.
    let left = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let part = left.len().div_ceil(DRIPS).max(1);
    Response::from_parts(head, Body::from_stream(Dripping { left, part, pause: Box::pin(sleep(DRIP)) }))
}

struct Dripping {
    left: Bytes,
    part: usize,
    pause: Pin<Box<Sleep>>,
}

impl Stream for Dripping {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.pause.as_mut().poll(context));
        self.pause = Box::pin(sleep(DRIP));
        let part = self.part.min(self.left.len());
        Poll::Ready(Some(Ok(self.left.split_to(part))))
    }
}
