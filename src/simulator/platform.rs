//! Everything the tasks of one simulator share.

use super::{builder::Settings, clock::Clock, model::Model};
use crate::time::Timestamp;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

/// The model behind its lock, the clock, and word of what changes.
pub(super) struct Platform {
    pub(super) settings: Arc<Settings>,
    /// Where the Graph API is: `http://127.0.0.1:PORT`.
    pub(super) origin: String,
    clock: Clock,
    state: Mutex<State>,
    /// Each has its own bell, so that a change wakes only those whom it concerns.
    changed: watch::Sender<()>,
    mail: watch::Sender<()>,
    alarm: Notify,
    has_ended: AtomicBool,
}

struct State {
    model: Model,
    /// When [`keep_time`] looks again by itself.
    alarm: Option<Timestamp>,
}

impl Platform {
    pub(super) fn new(settings: Settings, origin: String, rng: fastrand::Rng) -> Self {
        let settings = Arc::new(settings);
        let state = State { model: Model::new(Arc::clone(&settings), rng), alarm: None };
        Self {
            settings,
            origin,
            clock: Clock::new(),
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
            mail: watch::Sender::new(()),
            alarm: Notify::new(),
            has_ended: AtomicBool::new(false),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Puts the clock forward; everything that is due by then happens, each at its time.
    pub(super) fn advance(&self, span: Duration) {
        self.clock.put_forward(span);
        self.change(|_, _| ());
        // What is still to come is now nearer.
        self.alarm.notify_one();
    }

    /// Reads the model.
    pub(super) fn look<T>(&self, read: impl FnOnce(&Model) -> T) -> T {
        read(&self.lock().model)
    }

    /// Changes the model after everything that is due has happened, lets everything happen that follows at once, and tells
    /// those who wait for it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Model, Timestamp) -> T) -> T {
        let mut state = self.lock();
        let State { model, alarm } = &mut *state;
        // Under the lock, so that no change comes before an earlier one.
        let now = self.now();
        model.advance(now);
        let result = change(model, now);
        model.advance(now);
        let next = model.next_due();
        let is_earlier = next.is_some_and(|next| alarm.is_none_or(|alarm| next < alarm));
        if is_earlier {
            *alarm = next;
        }
        let has_mail = model.outbox.has_next();
        drop(state);
        if is_earlier {
            self.alarm.notify_one();
        }
        if has_mail {
            self.mail.send_replace(());
        }
        self.changed.send_replace(());
        result
    }

    /// Word of every change from now on.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Waits until `is_so`.
    pub(super) async fn until(&self, is_so: impl Fn(&Model) -> bool) {
        let mut changes = self.changes();
        // The sender of changes lives as long as the platform, so waiting ends by the condition only.
        while !self.look(&is_so) && changes.changed().await.is_ok() {}
    }

    /// Word of every change from now on after which a webhook waits.
    pub(super) fn mail(&self) -> watch::Receiver<()> {
        self.mail.subscribe()
    }

    /// Nothing happens by itself any more, and nobody is answered.
    pub(super) fn end(&self) {
        self.has_ended.store(true, Ordering::Release);
        // Whoever waits for a change looks whether this is the end.
        self.changed.send_replace(());
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    /// How long to wait until the next planned thing is due.
    fn set_alarm(&self) -> Option<Duration> {
        let mut state = self.lock();
        state.alarm = state.model.next_due();
        state.alarm.map(|due| due.since(self.now()))
    }

    /// A panic in a test's thread leaves a model that is as good as before: every change is made of whole steps.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets planned things happen when their time has come, for as long as it is polled.
pub(super) async fn keep_time(platform: Arc<Platform>) {
    loop {
        match platform.set_alarm() {
            Some(wait) if wait.is_zero() => platform.change(|_, _| ()),
            Some(wait) => {
                // Either the time has come or something earlier was planned: both are seen in the next round.
                let _ = timeout(wait, platform.alarm.notified()).await;
            }
            None => platform.alarm.notified().await,
        }
    }
}
