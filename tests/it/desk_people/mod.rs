//! Conversations and the people on both sides of them, over the store in memory, on a clock that stands still until it is moved.

mod consent;
mod contacts;
mod conversations;
mod directory;
#[cfg(feature = "simulator")]
mod gestures;
mod privacy;
mod routing;
mod teams;
mod window;

use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, Desk, Webhook,
    client::RetryPolicy,
    desk::{DeskBuilder, Received, Tenant},
    store::{
        AuditEntry, Contact, Conversation, Identity, Key, MemoryStore, PageRequest, Record, Store, Subject,
        TenantStore, TenantStoreExt,
    },
    time::Timestamp,
};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::method};

const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";
const ANA: &str = "14155552671";
const BEN: &str = "14155552672";
const CY: &str = "14155552673";
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A desk whose tenant has one number, and a Meta that takes everything.
struct Office {
    desk: Desk,
    acme: Tenant,
    store: MemoryStore,
    records: Arc<dyn TenantStore>,
    webhook: Webhook,
    meta: MockServer,
    clock: Arc<AtomicI64>,
    events: AtomicUsize,
}

/// Takes each message, under an id of its own.
struct Takes(AtomicUsize);

impl Respond for Takes {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let id = format!("wamid.OUT{}", self.0.fetch_add(1, Ordering::SeqCst));
        ResponseTemplate::new(200).set_body_json(json!({"messages": [{"id": id}]}))
    }
}

impl Office {
    async fn open(set: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Self {
        let meta = MockServer::start().await;
        Mock::given(method("POST")).respond_with(Takes(AtomicUsize::new(0))).mount(&meta).await;
        let client = Client::builder("token").graph_url(meta.uri()).timeout(Duration::from_secs(5));
        let client = client.retry(RetryPolicy::never()).build().unwrap();
        let webhook = Webhook::new("app-secret", "verify-token").unwrap();
        let clock = Arc::new(AtomicI64::new(1_700_000_000));
        let now = Arc::clone(&clock);
        let store = MemoryStore::new();
        let desk = set(Desk::builder(store.clone()))
            .credentials(client)
            .webhook(webhook.clone())
            .clock(move || Timestamp::from_seconds(now.load(Ordering::SeqCst)))
            .build();
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, ACCOUNT).await.unwrap();
        let records = store.tenant(&"acme".into());
        Self { desk, acme, store, records, webhook, meta, clock, events: AtomicUsize::new(0) }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.clock.load(Ordering::SeqCst))
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Receives a text from a phone number, and gives the conversation it is in.
    async fn hears(&self, from: &str, text: &str) -> Conversation {
        let received = self.receives("messages", json!({"messages": [self.text(from, text)]})).await;
        assert_eq!(received.applied, 1);
        self.newest(from).await
    }

    fn text(&self, from: &str, text: &str) -> Value {
        let id = format!("wamid.IN{}", self.events.fetch_add(1, Ordering::SeqCst));
        json!({"from": from, "id": id, "timestamp": self.now().as_seconds().to_string(), "type": "text",
            "text": {"body": text}})
    }

    async fn receives(&self, field: &str, mut value: Value) -> Received {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({"display_phone_number": "15550001111", "phone_number_id": NUMBER});
        let entry = json!({"id": ACCOUNT, "changes": [{"field": field, "value": value}]});
        let body =
            serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap();
        self.desk.receive(&body, Some(&self.webhook.sign(&body))).await.unwrap()
    }

    /// Receives that a message failed.
    async fn fails(&self, wamid: &str, code: i64) {
        let status = json!({"id": wamid, "status": "failed", "timestamp": self.now().as_seconds().to_string(),
            "recipient_id": ANA, "errors": [{"code": code, "title": "Failed"}]});
        assert_eq!(self.receives("messages", json!({"statuses": [status]})).await.applied, 1);
    }

    /// Does all jobs that are due.
    async fn works(&self) {
        while self.desk.step().await.unwrap() > 0 {}
    }

    async fn contact(&self, phone: &str) -> Contact {
        let found = self.records.get(Key::ContactOf(Identity::Phone(phone.into()))).await.unwrap();
        found.unwrap().try_into().unwrap()
    }

    /// The newest conversation with who has a phone number.
    async fn newest(&self, phone: &str) -> Conversation {
        let contact = self.contact(phone).await;
        let page = PageRequest::newest(1);
        self.records.conversations_with(&contact.id, page).await.unwrap().items.remove(0)
    }

    async fn all(&self) -> Vec<Conversation> {
        self.acme.conversations(PageRequest::oldest(500)).await.unwrap().items
    }

    async fn trail(&self, of: impl Into<Subject>) -> Vec<AuditEntry> {
        self.acme.audit_of(of, PageRequest::oldest(500)).await.unwrap().items
    }

    async fn actions(&self, of: impl Into<Subject>) -> Vec<String> {
        self.trail(of).await.into_iter().map(|entry| entry.action).collect()
    }

    async fn keep(&self, record: impl Into<Record>) {
        let changes = whatsapp_business::store::Changes::at(self.now()).insert(record);
        let _ = self.records.apply(changes).await.unwrap();
    }

    async fn posts(&self) -> usize {
        self.meta.received_requests().await.unwrap().len()
    }
}
