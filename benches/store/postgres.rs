//! Keeping events in PostgreSQL: by the store, and by hand in one transaction an event.

#[path = "../../tests/it/store/postgres/server.rs"]
#[allow(dead_code, reason = "tests need more of it than benches")]
mod server;

use crate::{
    Subject,
    event::{Event, NUMBER, TEXT},
    throughput::{Next, Way, tasks, together},
};
use deadpool_postgres::{Manager, Pool};
use server::{Database, Server};
use std::{ops::Range, sync::Arc, time::Duration};
use tokio::runtime::{Handle, Runtime};
use tokio_postgres::{Config, NoTls, types::ToSql};

/// How many connections a pool of a host has that does it by hand.
const CONNECTIONS: usize = 16;

/// How a server is set up: durable, with a cache as one gives it to a large database, and with rare checkpoints, as each makes the
/// next change of every page expensive.
const SETTINGS: &str = "fsync=on
synchronous_commit=on
full_page_writes=on
shared_buffers=4GB
max_wal_size=16GB
checkpoint_timeout=1h";

/// The store on a server of its own.
pub(crate) fn subject(runtime: &Runtime) -> Subject {
    let server = Server::start(SETTINGS);
    let (store, database, by_hand, floor) = runtime.block_on(async {
        let (database, by_hand) = (server.migrated_alone().await, server.migrated_alone().await);
        (database.store().await, database, by_hand, server.migrated_alone().await)
    });
    let by_hand = ByHand::new(&by_hand, runtime.handle().clone());
    let floor = Floor(ByHand::new(&floor, runtime.handle().clone()));
    Subject {
        name: "PostgreSQL",
        store: Arc::new(store),
        plain: vec![Box::new(by_hand)],
        floor: Some(Box::new(floor)),
        max_messages: u64::MAX,
        _guard: Box::new((server, database)),
    }
}

/// Callers share some connections, under the role that the store has: row-level security asks them for the tenant as well.
struct ByHand {
    pool: Pool,
    runtime: Handle,
}

/// One connection that writes as many events in a transaction as there are callers, a statement for each table.
struct Floor(ByHand);

impl ByHand {
    fn new(database: &Database, runtime: Handle) -> Self {
        let mut config: Config = database.url(server::APP).parse().unwrap();
        config.options("-c search_path=whatsapp");
        let pool = Pool::builder(Manager::new(config, NoTls)).max_size(CONNECTIONS).build().unwrap();
        Self { pool, runtime }
    }
}

impl Way for ByHand {
    fn name(&self) -> &'static str {
        "by hand, 16 connections"
    }

    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration> {
        let pool = self.pool.clone();
        tasks(&self.runtime, callers, events, move |_, event| {
            let pool = pool.clone();
            async move { keep(&pool, &event).await }
        })
    }
}

impl Way for Floor {
    fn name(&self) -> &'static str {
        "by hand, together"
    }

    fn run(&self, callers: usize, events: Range<u64>) -> Vec<Duration> {
        let ByHand { pool, runtime } = &self.0;
        let next = Next::new(events);
        together(&next, callers, |events| {
            runtime.block_on(async {
                // Everybody's first message is kept alone, before what is measured.
                if let [event] = events
                    && event.is_first
                {
                    keep(pool, event).await;
                } else {
                    keep_together(pool, events).await;
                }
            });
        })
    }
}

/// New messages of people who are known, no two of one person.
async fn keep_together(pool: &Pool, events: &[Event]) {
    let connection = pool.get().await.unwrap();
    connection.batch_execute("BEGIN; SET LOCAL whatsapp.tenants = '{acme}'").await.unwrap();
    let sql = "WITH marks AS (INSERT INTO once_marks (tenant_id, key, marked_at, keep_until)
            SELECT 'acme', * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[])),
        messages AS (INSERT INTO messages (tenant_id, id, conversation_id, direction, wamid, at, kind, text, body, version)
            SELECT 'acme', id, conversation, 'inbound', wamid, at, 'text', text, body, 1
            FROM unnest($4::text[], $5::text[], $6::text[], $2::bigint[], $7::text[], $8::bytea[])
                AS n (id, conversation, wamid, at, text, body))
        UPDATE conversations AS t SET version = t.version + 1, unread = t.unread + 1,
            last_message_at = greatest(last_message_at, at), last_inbound_at = greatest(last_inbound_at, at)
        FROM unnest($5::text[], $2::bigint[]) AS n (conversation, at)
        WHERE t.tenant_id = 'acme' AND t.id = n.conversation";
    let statement = connection.prepare_cached(sql).await.unwrap();
    let marks: Vec<Vec<u8>> = events.iter().map(|event| event.mark().into_bytes()).collect();
    let at: Vec<i64> = events.iter().map(|event| event.at.as_millis()).collect();
    let until: Vec<i64> = events.iter().map(|event| event.keep_until.as_millis()).collect();
    let texts = |text: fn(&Event) -> &str| events.iter().map(text).collect::<Vec<&str>>();
    let (ids, wamids) = (texts(|event| &event.message), texts(|event| &event.wamid));
    let (conversations, text) = (texts(|event| &event.conversation), texts(|_| TEXT));
    let bodies: Vec<&[u8]> = events.iter().map(|event| event.body.as_bytes()).collect();
    let params: [&(dyn ToSql + Sync); 8] =
        [&marks, &at, &until, &ids, &conversations, &wamids, &text, &bodies];
    let written = connection.execute(&statement, &params).await.unwrap();
    assert_eq!(written, events.len() as u64);
    connection.batch_execute("COMMIT").await.unwrap();
}

/// What the store executes, as one would write it for this event alone, by prepared statements in four round trips.
async fn keep(pool: &Pool, event: &Event) {
    let connection = pool.get().await.unwrap();
    connection.batch_execute("BEGIN; SET LOCAL whatsapp.tenants = '{acme}'").await.unwrap();
    let execute = async |sql: &str, params: &[&(dyn ToSql + Sync)]| {
        let statement = connection.prepare_cached(sql).await.unwrap();
        assert_eq!(connection.execute(&statement, params).await.unwrap(), 1);
    };
    let at = event.at.as_millis();
    let conversation = &event.conversation;
    let mark = event.mark().into_bytes();
    execute(
        "INSERT INTO once_marks (tenant_id, key, marked_at, keep_until) VALUES ('acme', $1, $2, $3)
        ON CONFLICT DO NOTHING",
        &[&mark, &at, &event.keep_until.as_millis()],
    )
    .await;
    if event.is_first {
        execute(
            "INSERT INTO contacts (tenant_id, id, name, created_at, version) VALUES ('acme', $1, $2, $3, 1)",
            &[&event.contact, &"Example Customer", &at],
        )
        .await;
        execute(
            "INSERT INTO contact_identities (tenant_id, kind, value, contact_id, position)
            VALUES ('acme', 'phone', $1, $2, 0)",
            &[&event.phone, &event.contact],
        )
        .await;
        execute(
            "INSERT INTO conversations (tenant_id, id, number_id, contact_id, state, opened_at, last_message_at, unread,
                context, version) VALUES ('acme', $1, $2, $3, 'active', $4, $4, 0, '{}', 1)",
            &[conversation, &NUMBER, &event.contact, &at],
        )
        .await;
    }
    execute(
        "WITH message AS (INSERT INTO messages (tenant_id, id, conversation_id, direction, wamid, at, kind, text, body,
                version) VALUES ('acme', $1, $2, 'inbound', $3, $4, 'text', $5, $6, 1))
        UPDATE conversations SET version = version + 1, unread = unread + 1,
            last_message_at = greatest(last_message_at, $4), last_inbound_at = greatest(last_inbound_at, $4)
        WHERE tenant_id = 'acme' AND id = $2",
        &[&event.message, conversation, &event.wamid, &at, &TEXT, &event.body.as_bytes()],
    )
    .await;
    connection.batch_execute("COMMIT").await.unwrap();
}
