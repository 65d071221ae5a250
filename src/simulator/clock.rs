//! The clock that a simulator goes by.

use super::Simulator;
use crate::time::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// Begins with the system's time, goes as tokio's clock does and can be put forward. It never goes back.
pub(super) struct Clock {
    began: Timestamp,
    since: Instant,
    /// By how many milliseconds it was put forward.
    ahead: AtomicU64,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { began: Timestamp::now(), since: Instant::now(), ahead: AtomicU64::new(0) }
    }

    pub(super) fn now(&self) -> Timestamp {
        let ahead = Duration::from_millis(self.ahead.load(Ordering::Acquire));
        // Added up first: two remainders of a millisecond may make a whole one.
        self.began + self.since.elapsed().saturating_add(ahead)
    }

    pub(super) fn put_forward(&self, span: Duration) {
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        let add = |ahead: u64| Some(ahead.saturating_add(millis));
        // The closure always gives a value, so this does not fail.
        let _ = self.ahead.fetch_update(Ordering::AcqRel, Ordering::Acquire, add);
    }
}

impl Simulator {
    /// What time it is on the platform: the system's, after all that [`advance`](Self::advance) added.
    ///
    /// It goes as tokio's clock does, so a paused one stands still here as well.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.platform().now()
    }

    /// Puts the platform's clock forward: windows close, addresses of media expire, and every status that comes due is
    /// reported with its own time.
    pub fn advance(&self, span: Duration) {
        self.platform().advance(span);
    }

    /// The platform's clock, for whatever has to agree with it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use whatsapp_business::simulator::Simulator;
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::offline()?;
    /// let clock = simulator.clock();
    /// let before = clock();
    /// simulator.advance(Duration::from_secs(24 * 60 * 60));
    /// assert!(clock().since(before) >= Duration::from_secs(24 * 60 * 60));
    /// # #[cfg(feature = "desk")] {
    /// let store = whatsapp_business::store::MemoryStore::default();
    /// let desk = whatsapp_business::Desk::builder(store).clock(simulator.clock());
    /// # }
    /// # Ok(()) }
    /// ```
    pub fn clock(&self) -> impl Fn() -> Timestamp + Clone + Send + Sync + use<> {
        let platform = Arc::clone(self.platform());
        move || platform.now()
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn it_goes_with_tokios_clock_and_jumps_when_it_is_put_forward() {
        let clock = Clock::new();
        let began = clock.now();
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(clock.now().since(began), Duration::from_secs(5));
        clock.put_forward(Duration::from_secs(86_400));
        assert_eq!(clock.now().since(began), Duration::from_secs(86_405));
        clock.put_forward(Duration::MAX);
        assert!(clock.now() > began);
    }
}
