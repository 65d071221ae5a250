//! Requests of the client to the simulated hosts, without a socket.

use super::{cut::Cut, platform::Platform};
use crate::{
    client::{Body, Transport},
    error::{Error, ErrorKind, Result},
};
use async_trait::async_trait;
use axum::{Router, body::BodyDataStream};
use bytes::Bytes;
use futures_core::Stream;
use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower_service::Service;

/// Hands requests to the routes themselves, whatever their host.
#[derive(Clone)]
pub(super) struct InProcess {
    pub(super) platform: Arc<Platform>,
    pub(super) routes: Router,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        if self.platform.has_ended() {
            return Err(Error::new(ErrorKind::Connect));
        }
        let request = request.map(axum::body::Body::new);
        let Ok(answer) = self.routes.clone().call(request).await;
        if answer.extensions().get::<Cut>().is_some() {
            return Err(Error::new(ErrorKind::Interrupted));
        }
        Ok(answer.map(|body| Body::stream(Answer(body.into_data_stream()))))
    }
}

/// The body of an answer; what breaks it is a broken connection.
struct Answer(BodyDataStream);

impl Stream for Answer {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let interrupted = |e| Error::with_source(ErrorKind::Interrupted, e);
        Pin::new(&mut self.0).poll_next(context).map(|part| part.map(|part| part.map_err(interrupted)))
    }
}
