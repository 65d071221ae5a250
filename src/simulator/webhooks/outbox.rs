//! Webhooks in the order in which they came to be.

use crate::wire::quiet_debug;
use serde_json::Value;
use std::collections::VecDeque;
use url::Url;

/// A webhook, and what became of it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct PostedWebhook {
    /// The envelope.
    pub body: Value,
    /// How often it was posted so far; 0 when nothing was subscribed, or when it still waits.
    pub attempts: u32,
    /// HTTP status of the last answer; none while there was no answer.
    pub status: Option<u16>,
}

quiet_debug!(PostedWebhook { attempts, status });

/// All webhooks, those that wait, and where they go.
#[derive(Default)]
pub(crate) struct Outbox {
    callback: Option<Url>,
    all: Vec<PostedWebhook>,
    waiting: VecDeque<usize>,
}

/// The webhook whose turn it is.
pub(crate) struct Parcel {
    pub(super) number: usize,
    pub(super) callback: Url,
    pub(super) body: Value,
}

impl Outbox {
    /// Sends all later webhooks to `callback`.
    pub(crate) fn subscribe(&mut self, callback: Url) {
        self.callback = Some(callback);
    }

    /// Takes a webhook to be posted. Without a subscription it is only kept for inspection, as Meta keeps none.
    pub(crate) fn push(&mut self, body: Value) {
        if self.callback.is_some() {
            self.waiting.push_back(self.all.len());
        }
        self.all.push(PostedWebhook { body, attempts: 0, status: None });
    }

    pub(crate) fn callback(&self) -> Option<&Url> {
        self.callback.as_ref()
    }

    pub(crate) fn all(&self) -> &[PostedWebhook] {
        &self.all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The webhook to post next: the same one until it is answered with 200.
    pub(super) fn next(&self) -> Option<Parcel> {
        let number = *self.waiting.front()?;
        let (callback, body) = (self.callback.clone()?, self.all.get(number)?.body.clone());
        Some(Parcel { number, callback, body })
    }

    /// Notes the outcome of one attempt; whether the webhook is done with.
    pub(super) fn note(&mut self, number: usize, status: Option<u16>) -> bool {
        let is_accepted = status == Some(200);
        if let Some(posted) = self.all.get_mut(number) {
            posted.attempts += 1;
            posted.status = status;
        }
        if is_accepted {
            self.waiting.retain(|waiting| *waiting != number);
        }
        is_accepted
    }
}
