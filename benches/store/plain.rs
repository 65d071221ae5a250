//! Keeping events in SQLite by hand: one transaction an event.

use crate::{
    event::{Event, NUMBER, TEXT},
    throughput::{Next, Way, tasks, together},
};
use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};
use std::{
    ops::Range,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{runtime::Handle, task::spawn_blocking};

/// All callers wait for one connection.
pub(crate) struct Shared(Arc<Mutex<Connection>>, Handle);

/// One thread that writes as many events in a transaction as there are callers.
pub(crate) struct Floor(Mutex<Connection>);

/// Each caller has its own connection, and SQLite has them wait for each other.
pub(crate) struct Each(Vec<Arc<Mutex<Connection>>>, Handle);

impl Shared {
    /// On a file that has the tables.
    pub(crate) fn new(path: &Path, runtime: &Handle) -> Self {
        Self(Arc::new(Mutex::new(connect(path))), runtime.clone())
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
    pub(crate) fn new(path: &Path, callers: usize, runtime: &Handle) -> Self {
        Self((0..callers).map(|_| Arc::new(Mutex::new(connect(path)))).collect(), runtime.clone())
    }
}

impl Way for Shared {
    fn name(&self) -> &'static str {
        "by hand, one connection"
    }

    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration> {
        let connection = Arc::clone(&self.0);
        tasks(&self.1, callers, events, move |_, event| keep(Arc::clone(&connection), event))
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
        let connections = self.0.clone();
        tasks(&self.1, callers, events, move |caller, event| keep(Arc::clone(&connections[caller]), event))
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

fn execute(connection: &Connection, sql: &str, params: &[&dyn rusqlite::ToSql]) -> usize {
    connection.prepare_cached(sql).unwrap().execute(params).unwrap()
}

/// Where it may block, as one has to in an async program.
async fn keep(connection: Arc<Mutex<Connection>>, event: Event) {
    let kept = spawn_blocking(move || {
        let connection = connection.lock().unwrap();
        execute(&connection, "BEGIN IMMEDIATE", &[]);
        write(&connection, &event);
        execute(&connection, "COMMIT", &[]);
    });
    kept.await.unwrap();
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
                unread, context, version) VALUES ('acme', ?1, ?2, ?3, 'active', ?4, ?4, 0, '{}', 1)",
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
