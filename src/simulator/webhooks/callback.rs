//! Where webhooks go.

use super::courier;
use bytes::Bytes;
use std::{pin::Pin, sync::Arc};
use url::Url;

/// An address, or a function of the application in the same process.
#[derive(Clone)]
pub(crate) enum Callback {
    Address(Url),
    Function(Arc<Function>),
}

/// Takes the bytes and the value of `X-Hub-Signature-256`; gives the HTTP status of the answer.
pub(crate) type Function = dyn Fn(Bytes, String) -> Answer + Send + Sync;

pub(crate) type Answer = Pin<Box<dyn Future<Output = u16> + Send>>;

impl Callback {
    /// Posts once; the HTTP status of the answer if there was one.
    pub(super) async fn post(
        &self,
        client: &reqwest::Client,
        bytes: impl Into<Bytes>,
        signature: &str,
    ) -> Option<u16> {
        match self {
            Self::Address(address) => courier::post(client, address, bytes.into(), signature).await,
            Self::Function(function) => {
                // In a task of its own, so that a panic in it is a webhook without an answer.
                let answer = tokio::spawn(function(bytes.into(), signature.to_owned()));
                tokio::time::timeout(courier::TIMEOUT, answer).await.ok()?.ok()
            }
        }
    }
}
