//! PostgreSQL: the contract, and what is its own.

use super::server::{Database, Server};
use whatsapp_business::store::PostgresStore;

async fn new_store() -> (PostgresStore, Database) {
    let database = Server::shared().await.migrated().await;
    (database.store().await, database)
}

whatsapp_business::store_conformance!(new_store);
