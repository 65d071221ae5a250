//! Bodies that do not fit into memory: made anew for each attempt, taken as they come, and timed by what moves.

use crate::{
    client::transport::Body,
    error::{self, Error, ErrorKind, Result},
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, response};
use std::{
    any::Any,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// A body that is made anew for each attempt.
#[async_trait]
pub(super) trait Outgoing: Send + Sync {
    /// The body and the headers that it needs; `attempt` counts from 1. What moves is told to `meter`.
    async fn make(&self, attempt: u32, meter: &Arc<Meter>) -> Result<(HeaderMap, Body)>;

    /// Whether it cannot be made again, because its source can be read only once and was.
    fn is_spent(&self) -> bool;
}

/// What takes the body of a successful answer.
#[async_trait]
pub(super) trait Incoming: Send {
    /// Takes the body. When it is called once more, the attempt before has failed.
    async fn take(&mut self, head: &response::Parts, body: Body, meter: &Meter) -> Result<()>;

    /// Whether it cannot begin anew, because it has passed on a part of the body.
    fn is_spent(&self) -> bool {
        false
    }
}

/// Takes a body of at most `limit` bytes as a whole.
#[derive(Default)]
pub(super) struct Whole {
    pub(super) limit: usize,
    pub(super) body: Bytes,
}

#[async_trait]
impl Incoming for Whole {
    async fn take(&mut self, head: &response::Parts, body: Body, _: &Meter) -> Result<()> {
        self.body = body.bytes(self.limit).await?;
        // Partial success: some group calls answer 206 with an error inside.
        if head.status == StatusCode::PARTIAL_CONTENT
            && let kind @ ErrorKind::Api(_) = refusal(head, &self.body)
        {
            return Err(Error::new(kind));
        }
        Ok(())
    }
}

/// The error that an answer is.
pub(super) fn refusal(head: &response::Parts, body: &[u8]) -> ErrorKind {
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let wait = error::wait(text("retry-after"), text("x-business-use-case-usage"));
    error::read(head.status.as_u16(), wait, body)
}

/// A longer time limit is none, and could not be added to the time.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// What moved in one attempt, and when.
#[derive(Debug)]
pub(super) struct Meter(Mutex<Moved>);

#[derive(Debug)]
struct Moved {
    begun: Instant,
    last: Option<Instant>,
    /// Why the attempt cannot succeed, whatever the transport makes of the body's end.
    failure: Option<Error>,
    /// What the host's part in the body panicked with.
    panic: Option<Box<dyn Any + Send>>,
}

impl Meter {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Moved { begun: Instant::now(), last: None, failure: None, panic: None }))
    }

    /// Notes that bytes moved.
    pub(super) fn moved(&self) {
        self.lock().last = Some(Instant::now());
    }

    /// When bytes moved last.
    pub(super) fn last(&self) -> Option<Instant> {
        self.lock().last
    }

    /// Notes why the body could not be made to its end.
    pub(super) fn fail(&self, error: Error) {
        self.lock().failure = Some(error);
    }

    /// Keeps a panic for who waits for the attempt.
    pub(super) fn panicked(&self, panic: Box<dyn Any + Send>) {
        self.lock().panic = Some(panic);
    }

    pub(super) fn panic(&self) -> Option<Box<dyn Any + Send>> {
        self.lock().panic.take()
    }

    pub(super) fn failure(&self) -> Option<Error> {
        self.lock().failure.take()
    }

    /// Lets `work` go on for as long as something moves; nothing may stand still for longer than `limit`.
    pub(super) async fn watch<T>(&self, limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut work = pin!(work);
        let due = || {
            let moved = self.lock();
            moved.last.unwrap_or(moved.begun) + limit.min(LONGEST)
        };
        loop {
            match timeout_at(due(), work.as_mut()).await {
                Ok(result) => return result,
                Err(_) if due() > Instant::now() => {}
                Err(_) => return Err(Error::new(ErrorKind::Timeout)),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Moved> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Meter;
    use crate::error::ErrorKind;
    use std::time::Duration;
    use tokio::time::{Instant, sleep};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_transfer_that_moves_may_take_any_time() {
        let meter = Meter::new();
        let work = async {
            for _ in 0..100 {
                sleep(SECOND * 9).await;
                meter.moved();
            }
            Ok(())
        };
        meter.watch(SECOND * 10, work).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_transfer_that_stands_still_ends_just_then() {
        let (meter, begun) = (Meter::new(), Instant::now());
        let work = async {
            sleep(SECOND * 3).await;
            meter.moved();
            sleep(SECOND * 1000).await;
            Ok(())
        };
        let error = meter.watch(SECOND * 10, work).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
        assert_eq!(begun.elapsed().as_secs(), 13);
    }
}
