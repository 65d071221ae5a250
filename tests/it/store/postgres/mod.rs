//! PostgreSQL: the contract, and what is its own.

mod claims;
#[cfg(all(feature = "desk", feature = "simulator"))]
mod desk;
mod drops;
mod isolation;
mod kills;
pub(crate) mod server;
mod setup;
mod sharing;
#[cfg(feature = "postgres-rustls")]
mod tls;
mod trouble;

use server::{Database, Server};
use std::time::Duration;
use tokio_postgres::Client;
use whatsapp_business::{
    store::{Changes, Conversation, DeadLetter, Key, PostgresStore, TenantStore},
    time::Timestamp,
};

async fn new_store() -> (PostgresStore, Database) {
    let database = Server::shared().await.migrated().await;
    (database.store().await, database)
}

whatsapp_business::store_conformance!(new_store);

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn letter(id: &str, size: usize) -> DeadLetter {
    DeadLetter::new(id, NOW, "", vec![b'x'; size])
}

fn conversation(id: &str) -> Conversation {
    Conversation::new(id, "number", format!("contact of {id}"), NOW)
}

fn insert_letter(id: &str) -> Changes {
    Changes::at(NOW).insert(letter(id, 10))
}

/// How many of some letters are there.
async fn letters(tenant: &dyn TenantStore, ids: impl Iterator<Item = String>) -> usize {
    let mut found = 0;
    for id in ids {
        found += usize::from(tenant.get(Key::DeadLetter(id.into())).await.unwrap().is_some());
    }
    found
}

/// Waits until a statement gives true.
async fn until(client: &Client, sql: &str) {
    let is_so = async {
        while !client.query_one(sql, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), is_so).await.expect(sql);
}
