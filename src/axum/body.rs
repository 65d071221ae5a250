//! Bodies, read without giving a stranger more than a share of time and memory.

use crate::webhook::Webhook;
use ::axum::{
    body::{Body, HttpBody},
    http::{HeaderMap, StatusCode, header},
};
use std::{future::poll_fn, pin::Pin, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The memory that one endpoint gives to bodies, whoever sends them: as many at once as fit, and 503 for the others.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Room {
    /// In bytes: twenty bodies of the largest size, tens of thousands of the usual one.
    const SIZE: usize = 64 * 1024 * 1024;

    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(Self::SIZE)))
    }

    /// Reads a body as it comes, up to the largest that Meta sends; else gives the status to answer.
    pub(super) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<HeldBody, StatusCode> {
        // What is signed are the bytes Meta wrote, and Meta does not compress them.
        if headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| coding != "identity") {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        if body.size_hint().lower() > Webhook::MAX_BODY as u64 {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        timeout(PATIENCE, self.collect(body)).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }

    /// Only what has arrived takes room: who announces much and sends nothing keeps nobody out.
    async fn collect(&self, mut body: Body) -> Result<HeldBody, StatusCode> {
        let mut held = HeldBody { bytes: Vec::new(), room: None };
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            // It broke off: nobody is there to read the status.
            let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
            let Some(data) = frame.data_ref() else { continue };
            if held.bytes.len() + data.len() > Webhook::MAX_BODY {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let size = u32::try_from(data.len()).map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
            let room = Arc::clone(&self.0).try_acquire_many_owned(size);
            let room = room.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
            match &mut held.room {
                Some(all) => all.merge(room),
                all => *all = Some(room),
            }
            held.bytes.extend_from_slice(data);
        }
        Ok(held)
    }
}

/// A body, and the room it takes until it is dropped.
pub(super) struct HeldBody {
    bytes: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
}

impl HeldBody {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HttpBody, Room, StatusCode, Webhook};
    use ::axum::body::Body;

    async fn read(room: &Room, size: usize) -> Result<super::HeldBody, StatusCode> {
        room.read(&HeaderMap::new(), Body::from(vec![0; size])).await
    }

    #[tokio::test]
    async fn room_is_for_so_many_bodies_at_once_and_given_back() {
        let room = Room::new();
        let mut held = Vec::new();
        while let Ok(body) = read(&room, Webhook::MAX_BODY).await {
            assert_eq!(body.bytes().len(), Webhook::MAX_BODY);
            held.push(body);
        }
        assert_eq!(held.len(), Room::SIZE / Webhook::MAX_BODY);
        assert_eq!(read(&room, Webhook::MAX_BODY).await.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert!(read(&room, 1000).await.is_ok(), "a small one fits");
        held.pop();
        assert!(read(&room, Webhook::MAX_BODY).await.is_ok());
        drop(held);
        assert_eq!(room.0.available_permits(), Room::SIZE);
    }

    #[tokio::test]
    async fn a_body_that_is_refused_takes_no_room() {
        let room = Room::new();
        assert_eq!(read(&room, Webhook::MAX_BODY + 1).await.err(), Some(StatusCode::PAYLOAD_TOO_LARGE));
        assert_eq!(room.0.available_permits(), Room::SIZE);
        assert_eq!(Body::from(vec![0; 5]).size_hint().lower(), 5);
    }
}
