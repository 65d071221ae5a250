//! How fast recorded messages are sent, beside the two simplest ways to send them.
//!
//! `cargo bench --bench send --features desk,simulator,sqlite` prints, at a round trip of 0 and of 100 milliseconds to Meta,
//! the messages a second of a worker of the desk, of as many loops that each claim one message, send it and settle it, and of
//! bare HTTP without a store. They take turns, and the medians are told. Then come the pace of a number against a simulator that
//! keeps Meta's limits, and what an idle worker costs.
#![expect(clippy::unwrap_used, reason = "a bench that cannot run must stop")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]
#![expect(clippy::indexing_slicing, reason = "a list of measurements that was just filled")]

mod meta;

use meta::Meta;
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use whatsapp_business::{
    Client, Desk,
    desk::Tenant,
    message::Message,
    simulator::{Limits, Pace, Simulator},
    store::{Changes, Claim, MemoryStore, Outcome, SendState, SqliteStore, Store, TenantStoreExt},
    time::Timestamp,
};

const NUMBER: &str = "106540352242922";
/// How often the ways take turns.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() {
    for (round_trip, messages, at_once) in [(0, 2_000, 64), (100, 4_000, 256)] {
        let round_trip = Duration::from_millis(round_trip);
        let (mut desk, mut naive, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            desk.push(with_desk(round_trip, messages, at_once).await);
            naive.push(one_by_one(round_trip, messages.min(1_000), at_once).await);
            bare.push(without_store(round_trip, messages, at_once).await);
        }
        let (desk, naive, bare) = (median(desk), median(naive), median(bare));
        println!("round trip {round_trip:?}, {at_once} under way at once, SQLite on disk:");
        println!("  desk {desk:.0}/s, claim one and send one {naive:.0}/s, bare reqwest {bare:.0}/s");
        println!(
            "  desk is {:.1} times claim-one-send-one; bare is {:.2} times the desk",
            desk / naive,
            bare / desk
        );
    }
    for throughput in [80, 1_000] {
        pace(throughput).await;
    }
    idle().await;
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn rate(messages: usize, began: Instant) -> f64 {
    f64::from(u32::try_from(messages).unwrap()) / began.elapsed().as_secs_f64()
}

/// A store with so many messages that wait, each for another person.
async fn backlog(meta: &Meta, messages: usize, at_once: usize) -> (SqliteStore, Desk, tempfile::TempDir) {
    let files = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(files.path().join("desk.db")).await.unwrap();
    let client = Client::builder("token").graph_url(meta.url()).build().unwrap();
    let desk = Desk::builder(store.clone())
        .window(false)
        .credentials(client)
        .concurrency(at_once)
        .throughput(1_000_000)
        .build();
    let acme = desk.tenant("acme");
    acme.bind(NUMBER, "1").await.unwrap();
    enqueue(&acme, NUMBER, messages).await;
    (store, desk, files)
}

async fn enqueue(tenant: &Tenant, number: &str, messages: usize) {
    let mut calls = JoinSet::new();
    for n in 0..messages {
        if calls.len() >= 64 {
            calls.join_next().await.unwrap().unwrap();
        }
        let (tenant, number) = (tenant.clone(), number.to_owned());
        calls.spawn(async move {
            tenant.enqueue(number, format!("+1415{n:07}"), "Your panels ship on Monday").await.unwrap();
        });
    }
    let _ = calls.join_all().await;
}

async fn with_desk(round_trip: Duration, messages: usize, at_once: usize) -> f64 {
    let meta = Meta::start(round_trip).await;
    let (_store, desk, _files) = backlog(&meta, messages, at_once).await;
    let began = Instant::now();
    desk.run(meta.until(messages)).await.unwrap();
    rate(messages, began)
}

/// What one writes first: loops that each take a message, note that it is under way, send it, and note what came of it.
async fn one_by_one(round_trip: Duration, messages: usize, at_once: usize) -> f64 {
    let meta = Meta::start(round_trip).await;
    let (store, _desk, _files) = backlog(&meta, messages, at_once).await;
    let client = Client::builder("token").graph_url(meta.url()).build().unwrap();
    let tokens = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut loops = JoinSet::new();
    for _ in 0..at_once {
        let (store, phone, tokens) = (store.clone(), client.phone(NUMBER), Arc::clone(&tokens));
        loops.spawn(async move {
            let acme = store.tenant(&"acme".into());
            loop {
                let now = Timestamp::now();
                let token = format!("{}", tokens.fetch_add(1, Ordering::Relaxed));
                let claim = Claim::new(now, Duration::from_secs(90), 1, token);
                let Some(lease) = store.claim(claim).await.unwrap().pop() else { return };
                let order: serde_json::Value = serde_json::from_str(&lease.job.payload).unwrap();
                let id = order["message"].as_str().unwrap().into();
                let mut message = acme.message(&id).await.unwrap().unwrap();
                message.sending.as_mut().unwrap().state = SendState::Submitting;
                let _ = acme.apply(Changes::at(now).update(message.clone())).await.unwrap();
                message.version += 1;
                let body: Message = serde_json::from_slice(&message.body).unwrap();
                let sent = phone.send_message(body).await.unwrap();
                message.wamid = Some(sent.message_id);
                message.sending.as_mut().unwrap().state = SendState::Accepted;
                let _ = store.finish(&lease, Outcome::Done, Changes::at(now).update(message)).await.unwrap();
            }
        });
    }
    let _ = loops.join_all().await;
    rate(messages, began)
}

async fn without_store(round_trip: Duration, messages: usize, at_once: usize) -> f64 {
    let meta = Meta::start(round_trip).await;
    let (url, http) = (format!("{}/v26.0/{NUMBER}/messages", meta.url()), reqwest::Client::new());
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut loops = JoinSet::new();
    for _ in 0..at_once {
        let (http, url, next) = (http.clone(), url.clone(), Arc::clone(&next));
        loops.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= messages {
                    return;
                }
                let body = serde_json::json!({"messaging_product": "whatsapp", "recipient_type": "individual",
                    "to": format!("+1415{n:07}"), "type": "text", "text": {"body": "Your panels ship on Monday"}});
                let answer = http.post(&url).bearer_auth("token").json(&body).send().await.unwrap();
                let answer: serde_json::Value = answer.json().await.unwrap();
                assert!(answer["messages"][0]["id"].is_string());
            }
        });
    }
    let _ = loops.join_all().await;
    rate(messages, began)
}

/// How exactly a number keeps its pace.
async fn pace(throughput: usize) {
    let limits = Limits::none().throughput(true);
    let builder = Simulator::builder().limits(limits).pace(Pace::by_hand()).window(false);
    let simulator = builder.throughput(throughput).offline().unwrap();
    let desk = Desk::builder(MemoryStore::default())
        .window(false)
        .credentials(simulator.client())
        .clock(simulator.clock());
    let desk = desk.throughput(u32::try_from(throughput).unwrap()).build();
    let acme = desk.tenant("acme");
    acme.bind(simulator.phone_number_id(), simulator.account_id()).await.unwrap();
    let messages = throughput * 8;
    enqueue(&acme, simulator.phone_number_id().as_str(), messages).await;
    let began = Instant::now();
    let until =
        simulator.until(move |simulator| simulator.requests() >= messages).within(Duration::from_secs(60));
    desk.run(async { until.await.unwrap() }).await.unwrap();
    let (rate, refused) = (rate(messages, began), simulator.requests() - simulator.sent().len());
    println!(
        "a number of {throughput} a second sends {rate:.1} a second; {refused} of {messages} were refused"
    );
}

/// How much of a processor an idle worker takes.
async fn idle() {
    let files = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(files.path().join("desk.db")).await.unwrap();
    let desk = Desk::builder(store).build();
    let (span, before) = (Duration::from_secs(20), ticks());
    desk.run(tokio::time::sleep(span)).await.unwrap();
    println!("an idle worker takes {} ms of a processor in {span:?}", (ticks() - before) * 10);
}

/// The hundredths of a second that this process has worked, as Linux counts them.
fn ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
