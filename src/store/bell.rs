//! Waking those who wait for jobs, in one process and on any runtime.

use crate::store::{JobEnqueued, Result};
use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// For stores: wakes those who wait in [`Store::job_enqueued`](crate::store::Store::job_enqueued). Clones are the same bell.
///
/// A store that several processes share rings it for what the others enqueued, too, as soon as its database tells.
///
/// ```
/// use whatsapp_business::store::Bell;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> whatsapp_business::store::Result<()> {
/// let bell = Bell::default();
/// let listening = bell.listen();
/// bell.ring(); // after the commit, so that whoever wakes finds the job
/// listening.await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
pub struct Bell(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How often it rang.
    rings: u64,
    /// The number of the next listener.
    next: u64,
    /// Those who were polled and wait.
    waiting: BTreeMap<u64, Waker>,
}

impl Bell {
    /// Wakes all who listen.
    pub fn ring(&self) {
        let waiting = {
            let mut state = self.state();
            state.rings += 1;
            std::mem::take(&mut state.waiting)
        };
        // Outside the lock: a waker may poll at once.
        waiting.into_values().for_each(Waker::wake);
    }

    /// Waits for the next ring. It counts from this call on, not from the first poll: a ring in between is heard.
    #[must_use]
    pub fn listen(&self) -> JobEnqueued<'static> {
        let mut state = self.state();
        state.next += 1;
        Box::pin(Listening { bell: self.clone(), heard: state.rings, number: state.next })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bell").finish_non_exhaustive()
    }
}

struct Listening {
    bell: Bell,
    /// How often the bell had rung when this began.
    heard: u64,
    number: u64,
}

impl Future for Listening {
    type Output = Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let mut state = self.bell.state();
        if state.rings != self.heard {
            return Poll::Ready(Ok(()));
        }
        state.waiting.insert(self.number, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.bell.state().waiting.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::Bell;
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::{Context, Wake},
    };

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_ring_is_heard_from_the_call_on_and_wakes_once() {
        let (bell, counter) = (Bell::default(), Arc::new(Counter::default()));
        let waker = counter.clone().into();
        let mut cx = Context::from_waker(&waker);
        bell.ring();
        let (mut before, mut polled) = (bell.listen(), bell.listen());
        assert!(polled.as_mut().poll(&mut cx).is_pending());
        assert!(polled.as_mut().poll(&mut cx).is_pending());
        bell.ring();
        assert_eq!(counter.0.load(Ordering::SeqCst), 1);
        assert!(polled.as_mut().poll(&mut cx).is_ready());
        assert!(before.as_mut().poll(&mut cx).is_ready());
        assert!(bell.listen().as_mut().poll(&mut cx).is_pending());
    }

    #[test]
    fn who_goes_away_is_forgotten() {
        let bell = Bell::default();
        let mut cx = Context::from_waker(std::task::Waker::noop());
        for _ in 0..3 {
            assert!(bell.listen().as_mut().poll(&mut cx).is_pending());
        }
        assert!(bell.state().waiting.is_empty());
    }
}
