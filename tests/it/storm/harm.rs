//! What happens to the workers.

use super::{
    post::Post,
    scale::Scale,
    traffic::Traffic,
    worker::{LEASE, Settings, Worker},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Both workers, and whoever harms them.
pub(super) struct Harm {
    settings: Settings,
    post: Arc<Post>,
    traffic: Arc<Traffic>,
    scale: Scale,
}

/// How often a worker was harmed.
#[derive(Default)]
pub(super) struct Harmed {
    pub(super) kills: usize,
    pub(super) pauses: usize,
}

impl Harm {
    pub(super) fn new(settings: Settings, post: Arc<Post>, traffic: Arc<Traffic>, scale: Scale) -> Self {
        Self { settings, post, traffic, scale }
    }

    /// Starts both and harms one after the other until the storm `is_over`; gives them as they are then, alive.
    pub(super) async fn go(self, mut is_over: watch::Receiver<bool>) -> ([Worker; 2], Harmed) {
        let mut workers = [self.start(0).await, self.start(1).await];
        let mut harmed = Harmed::default();
        loop {
            tokio::select! {
                _ = is_over.wait_for(|over| *over) => return (workers, harmed),
                () = self.calm() => {}
            }
            let place = fastrand::usize(..2);
            let turn = harmed.kills + harmed.pauses + 1;
            if self.scale.pause_every.is_some_and(|every| turn.is_multiple_of(every)) {
                workers[place].pause(true).await;
                tokio::time::sleep(LEASE + Duration::from_secs(1)).await;
                workers[place].pause(false).await;
                harmed.pauses += 1;
            } else {
                let [first, second] = workers;
                let (victim, other) = if place == 0 { (first, second) } else { (second, first) };
                victim.kill().await;
                self.post.find(place, None);
                harmed.kills += 1;
                self.traffic.killed();
                let next = self.start(place).await;
                workers = if place == 0 { [next, other] } else { [other, next] };
            }
        }
    }

    /// Waits until it is time for the next harm.
    async fn calm(&self) {
        let (calm, enough) = (&self.scale.calm, self.traffic.messages() + self.scale.between);
        tokio::time::sleep(calm.start + (calm.end - calm.start).mul_f64(fastrand::f64())).await;
        while self.traffic.messages() < enough && !self.traffic.has_its_share() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn start(&self, place: usize) -> Worker {
        let worker = Worker::start(&self.settings).await;
        self.post.find(place, Some(&worker));
        worker
    }
}
