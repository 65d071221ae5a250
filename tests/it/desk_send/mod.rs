//! The desk's sending, against the simulator: on its clock, which stands still unless somebody waits.
//!
//! The letters in the names of tests are the invariants they hold: **A** nothing that was accepted is lost, **B** a message is
//! posted at most once unless it surely was not taken or its sender wants it, **C** every message comes to an end, **D**
//! tenants do not touch each other, **E** memory and time are bounded.

mod faults;
mod pacing;
mod queue;
mod statuses;
mod trouble;
mod watch;
mod workers;

use std::time::Duration;
use whatsapp_business::{
    Desk, Webhook,
    desk::{DeskBuilder, Entry, Receipt, Tenant},
    simulator::{Builder, Simulator, User},
    store::{MemoryStore, SendState, Store, StoredMessageId},
};

const ANA: &str = "+14155550132";

/// A desk whose tenant has the simulator's number, and whose webhooks come to it.
struct Office {
    simulator: Simulator,
    store: MemoryStore,
    desk: Desk,
    acme: Tenant,
}

impl Office {
    fn open() -> impl Future<Output = Self> {
        Self::with(Simulator::builder(), |desk| desk)
    }

    async fn with(simulator: Builder, set: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Self {
        let simulator = simulator.window(false).offline().unwrap();
        let store = MemoryStore::default();
        let desk = set(builder(&simulator, store.clone())).build();
        let webhooks = desk.clone();
        simulator.deliver_to(move |body, signature| {
            let desk = webhooks.clone();
            async move { if desk.receive(&body, Some(&signature)).await.is_ok() { 200 } else { 503 } }
        });
        let acme = desk.tenant("acme");
        acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
        Self { simulator, store, desk, acme }
    }

    /// The same desk in another process.
    fn colleague(&self) -> Desk {
        builder(&self.simulator, self.store.clone()).build()
    }

    fn ana(&self) -> User {
        self.simulator.user(ANA)
    }

    async fn sends(&self, text: &str) -> Receipt {
        self.acme.send(self.simulator.phone_number_id(), ANA, text).await.unwrap()
    }

    async fn entry(&self, id: &StoredMessageId) -> Entry {
        self.acme.message(id).await.unwrap()
    }

    async fn state(&self, id: &StoredMessageId) -> SendState {
        self.entry(id).await.message.sending.unwrap().state
    }

    /// The texts that Meta took, in order.
    fn taken(&self) -> Vec<String> {
        let texts = self.simulator.sent().into_iter();
        texts.map(|sent| sent.body["text"]["body"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Runs a worker until the simulator is as wanted, and lets it end.
    async fn works_until(&self, is_so: impl Fn(&Simulator) -> bool + Send + Sync + 'static) {
        let until = self.simulator.until(is_so).within(Duration::from_secs(7 * 86_400));
        let shutdown = async { until.await.unwrap() };
        self.desk.run(shutdown).await.unwrap();
    }
}

fn builder(simulator: &Simulator, store: impl Store) -> DeskBuilder {
    Desk::builder(store)
        .window(false)
        // As many as a storm brings.
        .deliveries(2000)
        .credentials(simulator.client())
        .webhook(Webhook::new(simulator.app_secret(), simulator.verify_token()).unwrap())
        .clock(simulator.clock())
        // It is told of all that it has to do in time; so hours pass at once.
        .look_every(Duration::from_secs(600))
}
