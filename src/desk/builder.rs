//! What a desk is set up with.

use crate::{
    desk::{
        Arbiter, BlobStore, Credentials, Desk, Handler, Inner, InteractionSink,
        clock::Clock,
        rules::Rules,
        send::{Holds, Lanes},
        worker::Alarm,
    },
    id::TenantId,
    store::Store,
    time::Timestamp,
    webhook::Webhook,
};
use std::{fmt, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// What the host chose.
pub(super) struct Settings {
    pub(super) store: Arc<dyn Store>,
    pub(super) credentials: Option<Arc<dyn Credentials>>,
    pub(super) webhook: Option<Webhook>,
    pub(super) lease: Duration,
    pub(super) clock: Clock,
    pub(super) concurrency: usize,
    pub(super) look_every: Duration,
    pub(super) throughput: u32,
    pub(super) allowance: Option<Arc<Allowance>>,
    pub(super) arbiter: Option<Arc<dyn Arbiter>>,
    pub(super) rules: Rules,
    pub(super) handler: Option<Arc<dyn Handler>>,
    pub(super) handler_tries: u32,
    pub(super) interactions: Option<Arc<dyn InteractionSink>>,
    pub(super) blobs: Option<Arc<dyn BlobStore>>,
    pub(super) deliveries: usize,
}

/// How many messages a second a tenant may send.
type Allowance = dyn Fn(&TenantId) -> Option<u32> + Send + Sync;

/// Sets up a [`Desk`].
#[must_use = "a builder does nothing until it is built"]
pub struct DeskBuilder(pub(super) Settings);

impl DeskBuilder {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self(Settings {
            store,
            credentials: None,
            webhook: None,
            lease: Duration::from_secs(90),
            clock: Clock::system(),
            concurrency: 256,
            look_every: Duration::from_secs(1),
            throughput: Desk::THROUGHPUT,
            allowance: None,
            arbiter: None,
            rules: Rules::default(),
            handler: None,
            handler_tries: 10,
            interactions: None,
            blobs: None,
            deliveries: 256,
        })
    }

    /// Where tokens come from; needed to send.
    pub fn credentials(mut self, credentials: impl Credentials) -> Self {
        self.0.credentials = Some(Arc::new(credentials));
        self
    }

    /// How webhooks are verified; needed to receive.
    pub fn webhook(mut self, webhook: Webhook) -> Self {
        self.0.webhook = Some(webhook);
        self
    }

    /// Who decides about messages whose outcome stays unknown; needed for [`SendCall::ask_after`](crate::desk::SendCall::ask_after).
    pub fn arbiter(mut self, arbiter: impl Arbiter) -> Self {
        self.0.arbiter = Some(Arc::new(arbiter));
        self
    }

    /// How many messages a second a number sends that has no [throughput](crate::desk::Tenant::set_throughput) of its own:
    /// [`Desk::THROUGHPUT`] unless set. All processes on a store share it, and must set the same.
    pub fn throughput(mut self, per_second: u32) -> Self {
        self.0.throughput = per_second;
        self
    }

    /// How many messages a second a tenant sends from all its numbers together, such as by what it subscribed to; `None` for
    /// as many as its numbers can.
    pub fn allowance(
        mut self,
        per_second: impl Fn(&TenantId) -> Option<u32> + Send + Sync + 'static,
    ) -> Self {
        self.0.allowance = Some(Arc::new(per_second));
        self
    }

    /// What to do when something happened; see [`Handler`].
    ///
    /// Every desk over one store needs it, or else events that a desk without it receives are not handed on.
    pub fn on_event(mut self, handler: impl Handler) -> Self {
        self.0.handler = Some(Arc::new(handler));
        self
    }

    /// Who is told what belongs on a customer's timeline; see [`InteractionSink`].
    pub fn interactions(mut self, sink: impl InteractionSink) -> Self {
        self.0.interactions = Some(Arc::new(sink));
        self
    }

    /// Where the files of received messages are kept. Without it, nothing is fetched.
    pub fn blobs(mut self, blobs: impl BlobStore) -> Self {
        self.0.blobs = Some(Arc::new(blobs));
        self
    }

    /// How often the [handler](Self::on_event) is called with an event that it cannot handle, before that goes to the
    /// [dead letters](crate::desk::Tenant::dead_letters). 10 unless set, which takes more than two hours.
    pub fn handler_tries(mut self, calls: u32) -> Self {
        self.0.handler_tries = calls.max(1);
        self
    }

    /// How many deliveries [`Desk::receive`] has in hand at once; one more is refused as [`ErrorKind::Busy`](crate::ErrorKind::Busy), and Meta
    /// delivers it again. 256 unless set.
    pub fn deliveries(mut self, at_once: usize) -> Self {
        self.0.deliveries = at_once.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How many jobs [`Desk::run`] has in hand at once. 256 unless set; at a round trip of 100 milliseconds to Meta that is
    /// enough for 2,500 messages a second.
    pub fn concurrency(mut self, jobs: usize) -> Self {
        self.0.concurrency = jobs.max(1);
        self
    }

    /// How often an idle [`Desk::run`] looks for jobs that it was not told of: those left by other processes. Every second
    /// unless set.
    pub fn look_every(mut self, span: Duration) -> Self {
        self.0.look_every = span;
        self
    }

    /// How long a job may take before another worker looks after it. A worker extends it while it goes on with the job; an
    /// attempt to send in place has to be over by then. 90 seconds unless set.
    pub fn lease(mut self, span: Duration) -> Self {
        self.0.lease = span;
        self
    }

    /// The clock, for tests.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.0.clock = Clock::new(now);
        self
    }

    /// The desk.
    #[must_use]
    pub fn build(self) -> Desk {
        Desk(Arc::new(Inner {
            alarm: Alarm::default(),
            holds: Holds::default(),
            lanes: Lanes::default(),
            deliveries: Arc::new(Semaphore::new(self.0.deliveries)),
            settings: self.0,
        }))
    }
}

impl fmt::Debug for DeskBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeskBuilder").field("store", &self.0.store).finish_non_exhaustive()
    }
}
