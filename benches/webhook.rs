//! What it costs to verify and read a webhook, beside the least it can cost.
//!
//! The floor is what a service would write by hand for one kind of body: HMAC over the same bytes, then `serde_json`
//! into a struct of the few members it needs, with nothing kept of what it does not know. Absolute times tell of the
//! machine, so the ratio is printed too, from runs that take turns.
//!
//! `cargo bench --bench webhook -- --quick`
#![expect(clippy::unwrap_used, reason = "a bench that cannot run must stop")]
#![expect(clippy::print_stdout, reason = "the ratios are the result")]

use criterion::{Criterion, Throughput};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use std::{
    fmt::Write,
    hint::black_box,
    time::{Duration, Instant},
};
use whatsapp_business::Webhook;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn main() {
    let webhook = Webhook::new(SECRET, "verify-token").unwrap();
    let floor = Floor::new();
    let cases = [
        ("one message", envelope(&messages(1))),
        ("one status", envelope(STATUS)),
        ("100 messages", envelope(&messages(100))),
    ];
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for (name, body) in &cases {
        let (body, signature) = (body.as_bytes(), webhook.sign(body.as_bytes()));
        assert_eq!(webhook.read(body, signature.as_str()).unwrap().len(), floor.read(body, &signature));
        let mut group = criterion.benchmark_group(*name);
        group.throughput(Throughput::Bytes(body.len().try_into().unwrap()));
        group.bench_function("read", |b| b.iter(|| webhook.read(black_box(body), signature.as_str())));
        group.bench_function("floor", |b| b.iter(|| floor.read(black_box(body), &signature)));
        group.finish();
    }
    criterion.final_summary();

    for (name, body) in &cases {
        let (body, signature) = (body.as_bytes(), webhook.sign(body.as_bytes()));
        let ratio = ratio(
            || webhook.read(black_box(body), signature.as_str()).unwrap().len(),
            || floor.read(black_box(body), &signature),
        );
        println!("{name}: {ratio:.2}x the floor ({} bytes)", body.len());
    }
}

/// The median ratio of runs that take turns, so that a busy machine slows both alike.
fn ratio(ours: impl Fn() -> usize, floor: impl Fn() -> usize) -> f64 {
    const TURNS: usize = 101;
    const TURN: Duration = Duration::from_millis(2);
    let mut repeats: u32 = 1;
    while time(repeats, &floor) < TURN {
        repeats *= 2;
    }
    let mut ratios: Vec<f64> = (0..TURNS)
        .map(|_| time(repeats, &ours).as_secs_f64() / time(repeats, &floor).as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(TURNS / 2).copied().unwrap_or(f64::NAN)
}

fn time(repeats: u32, run: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    for _ in 0..repeats {
        black_box(run());
    }
    start.elapsed()
}

/// A webhook by hand.
struct Floor {
    key: Hmac<Sha256>,
}

#[derive(Deserialize)]
struct Envelope {
    entry: Vec<Entry>,
}
#[derive(Deserialize)]
struct Entry {
    changes: Vec<Change>,
}
#[derive(Deserialize)]
struct Change {
    value: Value,
}
#[derive(Deserialize)]
struct Value {
    metadata: Metadata,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    statuses: Vec<Status>,
}
#[derive(Deserialize)]
struct Metadata {
    phone_number_id: String,
}
#[derive(Deserialize)]
struct Message {
    id: String,
    from: String,
    timestamp: String,
    text: Text,
}
#[derive(Deserialize)]
struct Text {
    body: String,
}
#[derive(Deserialize)]
struct Status {
    id: String,
    status: String,
    timestamp: String,
    recipient_id: String,
}

impl Floor {
    fn new() -> Self {
        Self { key: Hmac::new_from_slice(SECRET.as_bytes()).unwrap() }
    }

    fn read(&self, body: &[u8], signature: &str) -> usize {
        let mut claimed = [0; 32];
        let digits = signature.strip_prefix("sha256=").unwrap();
        for (byte, pair) in claimed.iter_mut().zip(digits.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        }
        let mut mac = self.key.clone();
        mac.update(body);
        mac.verify_slice(&claimed).unwrap();
        let envelope: Envelope = serde_json::from_slice(body).unwrap();
        let mut count = 0;
        for value in envelope.entry.iter().flat_map(|entry| &entry.changes).map(|change| &change.value) {
            black_box(&value.metadata.phone_number_id);
            for Message { id, from, timestamp, text } in &value.messages {
                black_box((id, from, timestamp, &text.body));
                count += 1;
            }
            for Status { id, status, timestamp, recipient_id } in &value.statuses {
                black_box((id, status, timestamp, recipient_id));
                count += 1;
            }
        }
        count
    }
}

fn envelope(items: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","changes":[{{"value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"10000000000","phone_number_id":"106540352242922"}},{items}}},"field":"messages"}}]}}]}}"#
    )
}

/// As Meta sends them since business-scoped user ids: every message with its contact.
fn messages(count: usize) -> String {
    let (mut contacts, mut messages) = (String::new(), String::new());
    for n in 0..count {
        let comma = if n == 0 { "" } else { "," };
        write!(
            contacts,
            r#"{comma}{{"profile":{{"name":"Example Customer"}},"wa_id":"1000000{n:04}","user_id":"US.1000000000000{n:04}"}}"#
        )
        .unwrap();
        write!(
            messages,
            r#"{comma}{{"from":"1000000{n:04}","from_user_id":"US.1000000000000{n:04}","id":"wamid.HBgLMTAwMDAwMDAwMDAVAgASGBQzQUJDREVGMDEyMzQ1Njc4{n:04}","timestamp":"1700000000","text":{{"body":"Hello, is the red one still there?\nI would come by at 10 \ud83d\ude42"}},"type":"text"}}"#
        )
        .unwrap();
    }
    format!(r#""contacts":[{contacts}],"messages":[{messages}]"#)
}

const STATUS: &str = r#""contacts":[{"profile":{"name":"Example Customer"},"wa_id":"10000000001","user_id":"US.10000000000000001"}],"statuses":[{"id":"wamid.HBgLMTAwMDAwMDAwMDAVAgARGBI5QUJDREVGMDEyMzQ1Njc4AA==","status":"delivered","timestamp":"1700000000","recipient_id":"10000000001","recipient_user_id":"US.10000000000000001","biz_opaque_callback_data":"0190163d-8694-739b-aea5-966c26f8ad91","pricing":{"billable":true,"pricing_model":"PMP","category":"utility","type":"regular"}}]"#;
