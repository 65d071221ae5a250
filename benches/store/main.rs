//! How many events a store makes durable in a second, beside the plain way, and how its costs grow.
//!
//! An event is what the desk writes of one message from a customer. The plain way is the same statements by hand, one
//! transaction an event, in the same database with the same settings. Ways take turns on the same events, and stores of
//! several sizes on the same questions, so that a busy machine slows all alike; what is printed is the median of the turns, and
//! the ratio is that of neighbours. Many events in one transaction by hand are what no store can do better than on this machine.
//!
//! `cargo bench --bench store --features sqlite,postgres`: events a second and latencies at 1, 8 and 64 callers.
//! `cargo bench --bench store --features sqlite,postgres -- growth 10000000`: what a page, an apply and a claim cost from ten
//! thousand messages up to that many (a million unless told), and from 1 to 10,000 tenants.
//! With the name of a store, such as `-- sqlite growth`, that store alone.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a bench that cannot run must stop"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

mod event;
mod growth;
#[cfg(feature = "sqlite")]
mod plain;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod throughput;

use std::{any::Any, env, sync::Arc};
use throughput::Way;
use tokio::runtime::Runtime;
use whatsapp_business::store::{MemoryStore, Store};

/// A store to be measured.
struct Subject {
    name: &'static str,
    store: Arc<dyn Store>,
    /// How one would do without the store, of which the best counts.
    plain: Vec<Box<dyn Way>>,
    /// As many events in a transaction as there are callers, by hand.
    floor: Option<Box<dyn Way>>,
    /// Most messages that it has room for.
    max_messages: u64,
    /// What lives as long as the store.
    _guard: Box<dyn Any>,
}

/// The stores by their names, and how one makes a new and empty one.
type Makers = Vec<(&'static str, fn(&Runtime) -> Subject)>;

fn makers() -> Makers {
    vec![
        ("memory", |_| memory()),
        #[cfg(feature = "sqlite")]
        ("SQLite", sqlite),
        #[cfg(all(feature = "postgres", unix))]
        ("PostgreSQL", postgres::subject),
    ]
}

fn memory() -> Subject {
    Subject {
        name: "memory",
        store: Arc::new(MemoryStore::new()),
        plain: Vec::new(),
        floor: None,
        max_messages: 1_000_000,
        _guard: Box::new(()),
    }
}

/// SQLite in a file, durable.
#[cfg(feature = "sqlite")]
fn sqlite(runtime: &Runtime) -> Subject {
    use whatsapp_business::store::SqliteStore;
    let directory = tempfile::tempdir().unwrap();
    let open = |file| {
        let path = directory.path().join(file);
        (SqliteStore::open_blocking(&path).unwrap(), path)
    };
    Subject {
        name: "SQLite",
        store: Arc::new(open("store.db").0),
        plain: vec![
            Box::new(plain::Shared::new(&open("shared.db").1, runtime.handle())),
            Box::new(plain::Each::new(&open("each.db").1, throughput::MOST_CALLERS, runtime.handle())),
        ],
        floor: Some(Box::new(plain::Floor::new(&open("floor.db").1))),
        max_messages: u64::MAX,
        _guard: Box::new(directory),
    }
}

fn main() {
    let runtime = Runtime::new().unwrap();
    // Cargo adds `--bench`; `cargo test` does not, and only wants to see that it runs.
    let is_trial = env::args().all(|word| word != "--bench");
    let words: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    let named = |name: &str| words.iter().any(|word| word.eq_ignore_ascii_case(name));
    let is_any_named = makers().iter().any(|(name, _)| named(name));
    let wanted = makers().into_iter().filter(|(name, _)| !is_any_named || named(name));
    for (_, make) in wanted {
        if words.iter().any(|word| word == "growth") {
            let most = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
            growth::of_messages(|| make(&runtime), most, &runtime);
            growth::of_tenants(|| make(&runtime), &runtime);
        } else {
            throughput::measure(&make(&runtime), &runtime, is_trial);
        }
    }
}
