//! The desk over a store that fails: rows F17 to F27 of the table of faults, and what holds whatever the store is.
//!
//! The letters are the invariants: **A** nothing that was acknowledged is lost, **B** a message is posted at most once unless it
//! surely was not taken or its sender wants it, **C** every message comes to an end, **D** tenants do not touch each other,
//! **E** memory and time are bounded.
//!
//! | fault | what holds | tests |
//! |---|---|---|
//! | F17 a delivery comes a thousand times at once | A | `f17_…` of `duplicates`, `sqlite`, `postgres` and `desk_send::statuses` |
//! | F18 statuses in any order, before the answer | A B | `f18_…` of `statuses` and `desk_send::statuses` |
//! | F19 a status of a message that nobody knows | A | `desk_send::statuses::f19_…` |
//! | F20 whoever delivers hangs up, at any point | A | `f20_…` of `duplicates`, `sqlite`, `postgres`; `store::postgres::trouble::callers_that_go_away_…` |
//! | F21 PostgreSQL breaks connections, dies, commits without a word | A B C | `postgres::f21_…` (three), `store::postgres::kills`, `store::postgres::trouble` |
//! | F22 another session is in the way, no connection is free | A B E | `postgres::f22_…` (three), `store::postgres::trouble` |
//! | F23 SQLite's file is locked, its disk is full or fails | A B E | `sqlite::f23_…` (three), `store::durability`, `store::faults` |
//! | F24 a poisonous message among five hundred | A | `f24_…` of `duplicates`, `sqlite`, `postgres` |
//! | F25 clocks differ or jump, a worker stands still | B C | `paused::f25_…` (two), `desk_send::workers::f25_…`, `recovery::a_worker_that_was_paused_…` |
//! | F26 a file is elsewhere, of another hash or size, gone | A | `desk_intake::media::bytes_with_another_hash_…`, `…::an_address_that_is_not_metas_…`, `…::a_file_that_meta_has_no_more_…`; `media::download::a_file_of_another_size_…` |
//! | F27 a week is delivered once more, in any order | A | `f27_…` of `duplicates`, `sqlite`, `postgres` |

mod duplicates;
#[cfg(unix)]
mod paused;
#[cfg(all(feature = "conformance", feature = "postgres", unix))]
mod postgres;
#[cfg(all(feature = "conformance", feature = "postgres", unix))]
mod proxy;
mod sqlite;
mod statuses;
mod tenants;
#[cfg(all(feature = "conformance", feature = "postgres", unix))]
mod traffic;

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, Desk, ErrorKind, Result, Webhook,
    client::{Body, RetryPolicy, Transport},
    desk::{DeskBuilder, Received, Tenant},
    store::{PageRequest, Store, StoredMessage},
    time::Timestamp,
};

const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";
const ANA: &str = "14155552671";
const NOW: i64 = 1_700_000_000;

/// A Meta that takes every message, and remembers the requests.
#[derive(Clone, Debug, Default)]
struct Meta(Arc<Mutex<Vec<Post>>>);

/// A message that was taken.
#[derive(Clone, Debug)]
struct Post {
    /// Our id of the attempt, which comes back with each status.
    attempt: String,
    wamid: String,
}

#[async_trait::async_trait]
impl Transport for Meta {
    async fn send(&self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let body = request.into_body().bytes(1_000_000).await?;
        let body: Value = serde_json::from_slice(&body).unwrap();
        let attempt = body["biz_opaque_callback_data"].as_str().unwrap().to_owned();
        let mut posts = self.0.lock().unwrap();
        let wamid = format!("wamid.OUT{}", posts.len());
        posts.push(Post { attempt, wamid: wamid.clone() });
        Ok(http::Response::new(json!({"messages": [{"id": wamid}]}).to_string().into()))
    }
}

impl Meta {
    fn client(&self) -> Client {
        Client::builder("token").transport(self.clone()).retry(RetryPolicy::never()).build().unwrap()
    }

    fn posts(&self) -> Vec<Post> {
        self.0.lock().unwrap().clone()
    }
}

/// A desk with one tenant, and a clock that goes on by itself and can be put forward.
#[derive(Clone)]
struct Office {
    desk: Desk,
    acme: Tenant,
    meta: Meta,
    ahead: Arc<AtomicI64>,
}

impl Office {
    async fn over(store: impl Store) -> Self {
        Self::with(store, |desk| desk).await
    }

    async fn with(store: impl Store, set: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Self {
        let (meta, ahead) = (Meta::default(), Arc::new(AtomicI64::new(0)));
        let desk = set(builder(store, &meta, &ahead)).build();
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, ACCOUNT).await.unwrap();
        Self { desk, acme, meta, ahead }
    }

    /// Puts the clock forward, or back.
    fn later(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The same desk in another process.
    fn colleague(&self, store: impl Store) -> Desk {
        builder(store, &self.meta, &self.ahead).build()
    }

    async fn receives(&self, body: &[u8]) -> Result<Received> {
        self.desk.receive(body, Some(&webhook().sign(body))).await
    }

    /// Does all jobs that are due.
    async fn works(&self) {
        while self.desk.step().await.unwrap() > 0 {}
    }

    /// Every message of every conversation.
    async fn history(&self) -> Vec<StoredMessage> {
        let mut all = Vec::new();
        for conversation in conversations(&self.acme).await {
            let mut request = PageRequest::oldest(500);
            loop {
                let page = self.acme.history(&conversation, request.clone()).await.unwrap();
                all.extend(page.items.into_iter().map(|entry| entry.message));
                match page.next {
                    Some(next) => request = request.after(next),
                    None => break,
                }
            }
        }
        all
    }

    /// How often each received message is in the history.
    async fn inbox(&self) -> BTreeMap<String, usize> {
        let mut inbox = BTreeMap::new();
        for message in self.history().await.into_iter().filter(|message| message.sending.is_none()) {
            *inbox.entry(message.wamid.unwrap().as_str().to_owned()).or_default() += 1;
        }
        inbox
    }

    /// What was used of something since this test began.
    async fn used(&self, metric: &str) -> u64 {
        let day = Duration::from_secs(86_400);
        let (yesterday, tomorrow) = (Timestamp::now() - day, now(&self.ahead) + day);
        let usage = self.acme.usage(yesterday, tomorrow).await.unwrap();
        usage.into_iter().filter(|usage| usage.metric == metric).map(|usage| usage.count).sum()
    }
}

fn now(ahead: &AtomicI64) -> Timestamp {
    Timestamp::from_millis(Timestamp::now().as_millis() + 1000 * ahead.load(Ordering::SeqCst))
}

fn builder(store: impl Store, meta: &Meta, ahead: &Arc<AtomicI64>) -> DeskBuilder {
    let ahead = Arc::clone(ahead);
    Desk::builder(store)
        .window(false)
        .throughput(Desk::THROUGHPUT_HIGH)
        .deliveries(2000)
        .credentials(meta.client())
        .webhook(webhook())
        .clock(move || now(&ahead))
}

async fn conversations(tenant: &Tenant) -> Vec<whatsapp_business::store::ConversationId> {
    let (mut all, mut request) = (Vec::new(), PageRequest::oldest(500));
    loop {
        let page = tenant.conversations(request.clone()).await.unwrap();
        all.extend(page.items.into_iter().map(|conversation| conversation.id));
        match page.next {
            Some(next) => request = request.after(next),
            None => return all,
        }
    }
}

fn webhook() -> Webhook {
    Webhook::new("app-secret", "verify-token").unwrap()
}

fn delivery(number: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "15550001111", "phone_number_id": number});
    let entry = json!({"id": ACCOUNT, "time": NOW, "changes": [{"field": "messages", "value": value}]});
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap()
}

fn says(from: &str, wamid: &str, text: &str) -> Vec<u8> {
    delivery(NUMBER, json!({"messages": [message(from, wamid, text)]}))
}

fn message(from: &str, wamid: &str, text: &str) -> Value {
    json!({"from": from, "id": wamid, "timestamp": NOW.to_string(), "type": "text", "text": {"body": text}})
}

fn status(wamid: &str, kind: &str, second: i64, attempt: Option<&str>) -> Value {
    let mut status = json!({"id": wamid, "status": kind, "timestamp": (NOW + second).to_string(),
        "recipient_id": ANA});
    if let Some(attempt) = attempt {
        status["biz_opaque_callback_data"] = attempt.into();
    }
    status
}

/// Whether Meta is to be answered 503, upon which it delivers again.
fn is_to_be_repeated<T>(result: &Result<T>) -> bool {
    result.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::Store { retryable: true }))
}
