//! Keeping events in SQLite by hand: one transaction an event.

use crate::{
    event::{Event, NUMBER, TEXT},
    throughput::{Next, Way, together},
};
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};
use std::{
    ops::Range,
    path::Path,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

/// All callers wait for one connection.
pub(crate) struct Shared(Mutex<Connection>);

/// One thread that writes as many events in a transaction as there are callers.
pub(crate) struct Floor(Mutex<Connection>);

/// Each caller has its own connection, and SQLite has them wait for each other.
pub(crate) struct Each(Vec<Mutex<Connection>>);

impl Shared {
    /// On a file that has the tables.
    pub(crate) fn new(path: &Path) -> Self {
        Self(Mutex::new(connect(path)))
    }
}

impl Floor {
    /// On a file that has the tables.
    pub(crate) fn new(path: &Path) -> Self {
        Self(Mutex::new(connect(path)))
    }
}

impl Each {
    /// For at most `callers`, on a file that has the tables.
    pub(crate) fn new(path: &Path, callers: usize) -> Self {
        Self((0..callers).map(|_| Mutex::new(connect(path))).collect())
    }
}

impl Way for Shared {
    fn name(&self) -> &'static str {
        "by hand, one connection"
    }

    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration> {
        threads(callers, events, |_, event| keep(&self.0.lock().unwrap(), event))
    }
}

impl Way for Floor {
    fn name(&self) -> &'static str {
        "by hand, together"
    }

    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration> {
        let connection = self.0.lock().unwrap();
        let next = Next::new(events);
        together(&next, callers, |events| {
            execute(&connection, "BEGIN IMMEDIATE", &[]);
            events.iter().for_each(|event| write(&connection, event));
            execute(&connection, "COMMIT", &[]);
        })
    }
}

impl Way for Each {
    fn name(&self) -> &'static str {
        "by hand, each its own connection"
    }

    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration> {
        threads(callers, events, |caller, event| keep(&self.0[caller].lock().unwrap(), event))
    }
}

fn connect(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(Duration::from_secs(60)).unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection.pragma_update(None, "secure_delete", true).unwrap();
    connection.set_prepared_statement_cache_capacity(128);
    connection
}

/// Has as many threads as there are callers keep events until there are no more.
fn threads(callers: usize, events: Range<u64>, keep: impl Fn(usize, &Event) + Sync) -> Vec<Duration> {
    let next = Next::new(events);
    thread::scope(|scope| {
        let (next, keep) = (&next, &keep);
        let work = move |caller| {
            let mut taken = Vec::new();
            while let Some(event) = next.take() {
                let begun = Instant::now();
                keep(caller, &event);
                taken.push(begun.elapsed());
            }
            taken
        };
        let threads: Vec<_> = (0..callers).map(|caller| scope.spawn(move || work(caller))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn execute(connection: &Connection, sql: &str, params: &[&dyn rusqlite::ToSql]) -> usize {
    connection.prepare_cached(sql).unwrap().execute(params).unwrap()
}

fn keep(connection: &Connection, event: &Event) {
    execute(connection, "BEGIN IMMEDIATE", &[]);
    write(connection, event);
    execute(connection, "COMMIT", &[]);
}

/// What the store executes, as one would write it for this event alone: what it does to a conversation is one statement.
fn write(connection: &Connection, event: &Event) {
    let execute = |sql: &str, params: &[&dyn rusqlite::ToSql]| execute(connection, sql, params);
    let at = event.at.as_millis();
    let conversation = &event.conversation;
    let marked = execute(
        "INSERT INTO once_marks (tenant_id, key, keep_until) VALUES ('acme', ?1, ?2) ON CONFLICT DO NOTHING",
        params![Sha256::digest(event.mark()).as_slice(), event.keep_until.as_millis()],
    );
    assert_eq!(marked, 1);
    if event.is_first {
        execute(
            "INSERT INTO contacts (tenant_id, id, name, created_at, version) VALUES ('acme', ?1, ?2, ?3, 1)",
            params![event.contact, "Example Customer", at],
        );
        execute(
            "INSERT INTO contact_identities (tenant_id, kind, value, contact_id, position)
            VALUES ('acme', 'phone', ?1, ?2, 0)",
            params![event.phone, event.contact],
        );
        execute(
            "INSERT INTO conversations (tenant_id, id, number_id, contact_id, state, opened_at, last_message_at,
                unread, version) VALUES ('acme', ?1, ?2, ?3, 'active', ?4, ?4, 0, 1)",
            params![conversation, NUMBER, event.contact, at],
        );
    }
    execute(
        "INSERT INTO messages (tenant_id, id, conversation_id, direction, wamid, at, kind, text, body, version)
        VALUES ('acme', ?1, ?2, 'inbound', ?3, ?4, 'text', ?5, ?6, 1)",
        params![event.message, conversation, event.wamid, at, TEXT, event.body.as_bytes()],
    );
    let updated = execute(
        "UPDATE conversations SET version = version + 1, unread = unread + 1,
            last_message_at = max(last_message_at, ?2), last_inbound_at = max(coalesce(last_inbound_at, ?2), ?2)
        WHERE tenant_id = 'acme' AND id = ?1",
        params![conversation, at],
    );
    assert_eq!(updated, 1);
}
