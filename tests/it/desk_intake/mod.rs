//! The desk's receiving: what Meta reports, kept once, handed on to the host, put aside and tried again.

mod echoes;
mod figures;
mod handlers;
mod history;
mod letters;
mod media;
#[cfg(feature = "metrics")]
mod watch;

use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use whatsapp_business::{
    Desk, Webhook,
    desk::{DeskBuilder, Entry, Received, Tenant},
    store::{DeadLetter, MemoryStore, PageRequest},
    time::Timestamp,
};

const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";
const NOW: i64 = 1_700_000_000;

/// A desk with one tenant and a clock that stands still until it is moved.
#[derive(Debug)]
struct Office {
    store: MemoryStore,
    desk: Desk,
    acme: Tenant,
    webhook: Webhook,
    clock: Arc<AtomicI64>,
}

impl Office {
    async fn open() -> Self {
        Self::with(|desk| desk).await
    }

    async fn with(set: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Self {
        let (store, clock) = (MemoryStore::default(), Arc::new(AtomicI64::new(NOW)));
        let desk = set(builder(&store, &clock)).build();
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, ACCOUNT).await.unwrap();
        Self { store, desk, acme, webhook: webhook(), clock }
    }

    /// Another process on the same store.
    fn colleague(&self, set: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Desk {
        set(builder(&self.store, &self.clock)).build()
    }

    fn later(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn receives(&self, body: &[u8]) -> Received {
        self.desk.receive(body, Some(&self.webhook.sign(body))).await.unwrap()
    }

    async fn hears(&self, field: &str, value: Value) -> Received {
        self.receives(&delivery(NUMBER, field, value)).await
    }

    async fn says(&self, from: &str, id: &str, text: &str) -> Received {
        self.hears("messages", says(from, id, text)).await
    }

    async fn history(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for conversation in self.acme.conversations(PageRequest::oldest(10)).await.unwrap().items {
            let page = self.acme.history(&conversation.id, PageRequest::oldest(100)).await.unwrap();
            entries.extend(page.items);
        }
        entries
    }

    async fn letters(&self) -> Vec<DeadLetter> {
        self.acme.dead_letters(PageRequest::oldest(10)).await.unwrap().items
    }
}

fn builder(store: &MemoryStore, clock: &Arc<AtomicI64>) -> DeskBuilder {
    let now = Arc::clone(clock);
    Desk::builder(store.clone())
        .webhook(webhook())
        .clock(move || Timestamp::from_seconds(now.load(Ordering::SeqCst)))
}

fn webhook() -> Webhook {
    Webhook::new("app-secret", "verify-token").unwrap()
}

fn delivery(number: &str, field: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "15550001111", "phone_number_id": number});
    let entry = json!({"id": ACCOUNT, "time": NOW, "changes": [{"field": field, "value": value}]});
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap()
}

fn says(from: &str, id: &str, text: &str) -> Value {
    json!({
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": from}],
        "messages": [{"from": from, "id": id, "timestamp": NOW.to_string(), "type": "text", "text": {"body": text}}],
    })
}
