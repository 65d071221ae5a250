//! Webhooks, as they come from the network.
//!
//! The bodies in `tests/fixtures/webhooks` were written for these tests, after the samples in Meta's documentation
//! (<https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks>); the people in them do not exist.

mod alone;
mod calls;
mod catalog;
mod checks;
mod coexistence;
mod content;
mod events;
mod fuzzed;
mod groups;
mod guarantees;
mod handshake;
mod items;
mod missing;
mod money;
mod notices;
mod oddities;
mod people;
mod poison;
mod properties;
mod shapes;
mod signature;
mod spellings;
mod standby;
mod written;

use std::{fs, path::Path, sync::LazyLock};
use whatsapp_business::webhook::{Delivery, Event, InboundMessage, Status, UnknownEvent, Webhook};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn webhook() -> Webhook {
    Webhook::new(SECRET, "verify-token").unwrap()
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/webhooks");
    fs::read_to_string(folder.join(name).with_extension("json")).unwrap()
}

/// Every fixture, with its name.
fn fixtures() -> &'static [(String, String)] {
    static FIXTURES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/webhooks");
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut all: Vec<_> = files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect();
        all.sort();
        all
    });
    &FIXTURES
}

/// Reads a body the way a server does.
fn read(body: &str) -> Delivery {
    let webhook = webhook();
    webhook.read(body.as_bytes(), webhook.sign(body.as_bytes()).as_str()).unwrap()
}

/// The only event of a body.
fn only(body: &str) -> Event {
    let mut events = read(body).into_events();
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn message(name: &str) -> InboundMessage {
    match only(&fixture(name)) {
        Event::Message(message) => message,
        other => panic!("{name} is no message: {other:?}"),
    }
}

fn status(name: &str) -> Status {
    match only(&fixture(name)) {
        Event::Status(status) => status,
        other => panic!("{name} is no status: {other:?}"),
    }
}

fn unknown(body: &str) -> UnknownEvent {
    match only(body) {
        Event::Unknown(event) => event,
        other => panic!("known: {other:?}"),
    }
}

/// An envelope around the members of one value.
fn envelope(members: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"2"}},{members}}}}}]}}]}}"#
    )
}

/// A text message on the wire.
fn text(id: &str, body: &str) -> String {
    format!(
        r#"{{"id":"{id}","timestamp":"1","from":"10005550101","type":"text","text":{{"body":"{body}"}}}}"#
    )
}
