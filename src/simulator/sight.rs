//! Waiting for what should come.

use super::{Simulator, User, model::Shown, platform::Platform};
use crate::{
    error::{Error, ErrorKind, Result},
    wire::quiet_debug,
};
use std::{fmt::Write, pin::Pin, time::Duration};
use tokio::time::timeout;

/// How long to wait unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a message may be looked for by: its text, or a closure that knows it.
pub trait Sought: Send + Sync + 'static {
    /// Whether this is it.
    fn is(&self, message: &Shown) -> bool;

    /// The text that is looked for, if it is one.
    fn text(&self) -> Option<&str> {
        None
    }
}

impl Sought for &'static str {
    fn is(&self, message: &Shown) -> bool {
        message.text.as_deref() == Some(*self)
    }

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Sought for String {
    fn is(&self, message: &Shown) -> bool {
        message.text.as_deref() == Some(self)
    }

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<F: Fn(&Shown) -> bool + Send + Sync + 'static> Sought for F {
    fn is(&self, message: &Shown) -> bool {
        self(message)
    }
}

/// A wait for a message on a phone; made by [`User::sees`], and made when it is awaited.
#[must_use = "nothing is looked at before it is awaited"]
pub struct Sight {
    user: User,
    what: Box<dyn Sought>,
    patience: Duration,
}

quiet_debug!(Sight { user, patience });

impl Sight {
    pub(super) fn new(user: User, what: impl Sought) -> Self {
        Self { user, what: Box::new(what), patience: PATIENCE }
    }

    /// How long to wait, instead of 5 seconds.
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn look(&self) -> Option<Shown> {
        self.user.simulator().platform().look(|model| {
            let mut newest_first = model.newest_first(self.user.phone(), self.user.wa_id());
            newest_first.find(|message| message.from_business && self.what.is(message)).cloned()
        })
    }

    /// What is to be seen instead.
    fn instead(&self) -> String {
        let mut words = match self.what.text() {
            Some(text) => format!("the phone does not show {text:?} after {:?}", self.patience),
            None => format!("the phone shows no such message after {:?}", self.patience),
        };
        let seen: Vec<Shown> =
            self.user.messages().into_iter().filter(|message| message.from_business).collect();
        // Writing to a string does not fail.
        let _ = match seen.len() {
            0 => write!(words, "; it shows nothing of the business"),
            count => write!(words, "; of {count} it shows, newest first"),
        };
        for message in seen.iter().rev().take(5) {
            let _ = write!(words, "; {} {:?}", message.kind, message.text.as_deref().unwrap_or_default());
        }
        words
    }
}

impl IntoFuture for Sight {
    type Output = Result<Shown>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let simulator = self.user.simulator().clone();
            let seen = wait(simulator.platform(), self.patience, || self.look()).await;
            seen.ok_or_else(|| Error::new(ErrorKind::NotFound(self.instead())))
        })
    }
}

/// A wait for something on the platform; made by [`Simulator::until`], and made when it is awaited.
#[must_use = "nothing is looked at before it is awaited"]
pub struct Until {
    simulator: Simulator,
    is_so: Box<dyn Fn(&Simulator) -> bool + Send + Sync>,
    patience: Duration,
}

quiet_debug!(Until { simulator, patience });

impl Until {
    pub(super) fn new(
        simulator: Simulator,
        is_so: impl Fn(&Simulator) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { simulator, is_so: Box::new(is_so), patience: PATIENCE }
    }

    /// How long to wait, instead of 5 seconds.
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl IntoFuture for Until {
    type Output = Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let look = || (self.is_so)(&self.simulator).then_some(());
            let seen = wait(self.simulator.platform(), self.patience, look).await;
            seen.ok_or_else(|| Error::new(ErrorKind::Timeout))
        })
    }
}

/// Looks again after each change until there is something.
async fn wait<T>(platform: &Platform, patience: Duration, look: impl Fn() -> Option<T>) -> Option<T> {
    let mut changes = platform.changes();
    let seen = async {
        loop {
            if let Some(seen) = look() {
                return Some(seen);
            }
            changes.changed().await.ok()?;
        }
    };
    timeout(patience, seen).await.ok().flatten()
}
