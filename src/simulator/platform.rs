//! Everything the tasks of one simulator share.

use super::{builder::Settings, model::Model};
use crate::time::Timestamp;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use tokio::{sync::watch, time::timeout};

/// The model behind its lock, and word of its changes.
pub(super) struct Platform {
    pub(super) settings: Arc<Settings>,
    /// Where the Graph API is: `http://127.0.0.1:PORT`.
    pub(super) origin: String,
    model: Mutex<Model>,
    changed: watch::Sender<()>,
    ended: AtomicBool,
}

impl Platform {
    pub(super) fn new(settings: Settings, origin: String, rng: fastrand::Rng) -> Self {
        let settings = Arc::new(settings);
        let model = Mutex::new(Model::new(Arc::clone(&settings), rng));
        Self { settings, origin, model, changed: watch::Sender::new(()), ended: AtomicBool::new(false) }
    }

    /// Reads the model.
    pub(super) fn look<T>(&self, read: impl FnOnce(&Model) -> T) -> T {
        read(&self.lock())
    }

    /// Changes the model, lets everything happen that is due by then, and tells all who wait for a change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Model, Timestamp) -> T) -> T {
        let now = Timestamp::now();
        let mut model = self.lock();
        let result = change(&mut model, now);
        model.advance(now);
        drop(model);
        self.changed.send_replace(());
        result
    }

    /// Word of every change from now on.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Tells all who wait for a change that none will come any more.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.changed.send_replace(());
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// A panic in a test's thread leaves a model that is as good as before: every change is made of whole steps.
    fn lock(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets planned things happen when their time has come, for as long as it is polled.
pub(super) async fn keep_time(platform: Arc<Platform>) {
    let mut changes = platform.changes();
    loop {
        changes.mark_unchanged();
        let wait = platform.look(Model::next_due).map(|due| due.since(Timestamp::now()));
        match wait {
            Some(wait) if wait.is_zero() => platform.change(|_, _| ()),
            Some(wait) => {
                // Either the time has come or something earlier was planned: both are seen in the next round.
                let _ = timeout(wait, changes.changed()).await;
            }
            None => {
                if changes.changed().await.is_err() {
                    return;
                }
            }
        }
    }
}
