//! A pool of connections.

use super::{Database, Table};
use crate::place::{self, Place as _};
use async_trait::async_trait;
use deadpool_postgres::{Manager, Pool};
use std::time::Duration;
use tokio_postgres::{Config, NoTls};

#[derive(Clone)]
pub(crate) struct Postgres(pub(crate) place::Postgres);

#[async_trait]
impl Database for Postgres {
    type Table = Pool;

    async fn table(&self) -> Pool {
        let config: Config = self.0.empty().await.parse().unwrap();
        let pool = Pool::builder(Manager::new(config, NoTls)).max_size(16).build().unwrap();
        let connection = pool.get().await.unwrap();
        connection
            .batch_execute(
                "CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL,
                    state text NOT NULL, attempts integer NOT NULL, wamid text);
                CREATE INDEX queued ON outbox (id) WHERE state = 'queued';",
            )
            .await
            .unwrap();
        pool
    }

    fn worked(&self) -> Duration {
        self.0.worked()
    }
}

#[async_trait]
impl Table for Pool {
    async fn fill(&self, bodies: Vec<String>) {
        let connection = self.get().await.unwrap();
        let sql = "INSERT INTO outbox (body, state, attempts) SELECT body, 'queued', 0 FROM unnest($1::text[]) AS body";
        connection.execute(sql, &[&bodies]).await.unwrap();
        connection.batch_execute("ANALYZE outbox").await.unwrap();
    }

    async fn claim(&self) -> Option<(i64, String)> {
        let connection = self.get().await.unwrap();
        // A statement is a transaction.
        let sql = "UPDATE outbox SET state = 'submitting', attempts = attempts + 1 WHERE id = (
                SELECT id FROM outbox WHERE state = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, body";
        let statement = connection.prepare_cached(sql).await.unwrap();
        let row = connection.query_opt(&statement, &[]).await.unwrap();
        row.map(|row| (row.get(0), row.get(1)))
    }

    async fn accepted(&self, id: i64, wamid: String) {
        let connection = self.get().await.unwrap();
        let sql = "UPDATE outbox SET state = 'accepted', wamid = $2 WHERE id = $1";
        let statement = connection.prepare_cached(sql).await.unwrap();
        connection.execute(&statement, &[&id, &wamid]).await.unwrap();
    }
}
