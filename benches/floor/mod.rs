//! The least that verifying and reading a webhook can cost, and the bodies that it is measured with.

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use std::{fmt::Write, hint::black_box};

pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What is measured, by name.
pub(crate) fn cases() -> [(&'static str, String); 4] {
    [
        ("one message", envelope(&messages(1))),
        ("one status", envelope(STATUS)),
        ("100 messages", envelope(&messages(100))),
        ("1,000 updates", batch(1000)),
    ]
}

/// A webhook by hand.
pub(crate) struct Floor {
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
    pub(crate) fn new() -> Self {
        Self { key: Hmac::new_from_slice(SECRET.as_bytes()).unwrap() }
    }

    /// Verifies and reads a body; gives how many messages and statuses it holds.
    pub(crate) fn read(&self, body: &[u8], signature: &str) -> usize {
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
    whole(&change(items))
}

fn whole(changes: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","changes":[{changes}]}}]}}"#
    )
}

fn change(items: &str) -> String {
    format!(
        r#"{{"value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"10000000000","phone_number_id":"106540352242922"}},{items}}},"field":"messages"}}"#
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

/// As many changes as Meta puts into one delivery, half of them messages, of about a megabyte in all.
fn batch(count: usize) -> String {
    let message = messages(1).replace("Hello, ", &"Hello, is there anybody who can help me? ".repeat(22));
    let changes: Vec<String> = (0..count)
        .map(|n| {
            let items = if n % 2 == 0 { STATUS } else { message.as_str() };
            change(&items.replace("wamid.HBgL", &format!("wamid.{n:04}")))
        })
        .collect();
    whole(&changes.join(","))
}

const STATUS: &str = r#""contacts":[{"profile":{"name":"Example Customer"},"wa_id":"10000000001","user_id":"US.10000000000000001"}],"statuses":[{"id":"wamid.HBgLMTAwMDAwMDAwMDAVAgARGBI5QUJDREVGMDEyMzQ1Njc4AA==","status":"delivered","timestamp":"1700000000","recipient_id":"10000000001","recipient_user_id":"US.10000000000000001","biz_opaque_callback_data":"0190163d-8694-739b-aea5-966c26f8ad91","pricing":{"billable":true,"pricing_model":"PMP","category":"utility","type":"regular"}}]"#;
