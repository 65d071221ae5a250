//! How the desk is doing, for people and programs that watch.

use crate::{
    desk::{Desk, Stopped, watch},
    store::{PageRequest, Query},
};
use serde::Serialize;

/// How the desk is doing; written with serde it is JSON that a host can serve.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether the store answered. When it did not, nothing is known of what it keeps.
    pub store: bool,
    /// Jobs whose time has come and that nobody has in hand.
    pub due: u64,
    /// Jobs whose time is still to come.
    pub later: u64,
    /// Jobs that somebody has in hand.
    pub in_hand: u64,
    /// For how many seconds the oldest of the due jobs has been so.
    pub oldest_due_seconds: Option<u64>,
    /// Events for business phone numbers of nobody, up to [`Self::MOST`] of them.
    pub unrouted: usize,
    /// Deliveries that this process has in hand.
    pub deliveries: usize,
    /// Whose sends are stopped, as far as this process knows: each learns it by a failure of its own.
    pub stopped: Vec<Stopped>,
}

impl Health {
    /// Most events of nobody that are counted: they are read for it, and their bodies may be large.
    pub const MOST: usize = 20;
}

impl Desk {
    /// How the desk is doing. It counts all jobs, so it is nothing to ask many times a second.
    ///
    /// ```
    /// # use whatsapp_business::{Desk, store::MemoryStore};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let desk = Desk::builder(MemoryStore::default()).build();
    /// let health = desk.health().await;
    /// assert!(health.store && health.due == 0);
    /// # }
    /// ```
    pub async fn health(&self) -> Health {
        let mut health = Health {
            deliveries: self.0.settings.deliveries - self.0.deliveries.available_permits(),
            stopped: self.0.holds.list(),
            ..Health::default()
        };
        let now = self.now();
        let page = PageRequest::newest(Health::MOST);
        let nobody = self.tenant(Self::UNROUTED);
        if let (Ok(jobs), Ok(letters)) =
            tokio::join!(self.store().backlog(now), nobody.store.list(Query::DeadLetters, page))
        {
            health.store = true;
            (health.due, health.later, health.in_hand) = (jobs.due, jobs.later, jobs.leased);
            health.oldest_due_seconds = jobs.oldest_due.map(|due| now.since(due).as_secs());
            health.unrouted = letters.items.len();
            watch::backlog(&health);
        }
        health
    }
}
