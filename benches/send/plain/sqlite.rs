//! One connection for all loops.

use super::{Database, Table};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::task::spawn_blocking;

#[derive(Clone)]
pub(crate) struct Sqlite;

pub(crate) struct File {
    connection: Arc<Mutex<Connection>>,
    _files: tempfile::TempDir,
}

impl File {
    /// Does what would hold up the runtime in a thread for such things.
    async fn with<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> T + Send + 'static) -> T {
        let connection = Arc::clone(&self.connection);
        spawn_blocking(move || work(&mut connection.lock().unwrap())).await.unwrap()
    }
}

#[async_trait]
impl Database for Sqlite {
    type Table = File;

    async fn table(&self) -> File {
        let files = tempfile::tempdir().unwrap();
        let connection = Connection::open(files.path().join("host.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                CREATE TABLE outbox (id INTEGER PRIMARY KEY, body TEXT NOT NULL, state TEXT NOT NULL,
                    attempts INTEGER NOT NULL, wamid TEXT);
                CREATE INDEX queued ON outbox (id) WHERE state = 'queued';",
            )
            .unwrap();
        File { connection: Arc::new(Mutex::new(connection)), _files: files }
    }

    fn worked(&self) -> Duration {
        Duration::ZERO
    }
}

#[async_trait]
impl Table for File {
    async fn fill(&self, bodies: Vec<String>) {
        self.with(move |connection| {
            let all = connection.transaction().unwrap();
            for body in bodies {
                let sql = "INSERT INTO outbox (body, state, attempts) VALUES (?1, 'queued', 0)";
                all.prepare_cached(sql).unwrap().execute([body]).unwrap();
            }
            all.commit().unwrap();
        })
        .await;
    }

    async fn claim(&self) -> Option<(i64, String)> {
        self.with(|connection| {
            let sql = "UPDATE outbox SET state = 'submitting', attempts = attempts + 1
                WHERE id = (SELECT id FROM outbox WHERE state = 'queued' ORDER BY id LIMIT 1) RETURNING id, body";
            let mut statement = connection.prepare_cached(sql).unwrap();
            statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional().unwrap()
        })
        .await
    }

    async fn accepted(&self, id: i64, wamid: String) {
        self.with(move |connection| {
            let sql = "UPDATE outbox SET state = 'accepted', wamid = ?2 WHERE id = ?1";
            connection.prepare_cached(sql).unwrap().execute(params![id, wamid]).unwrap();
        })
        .await;
    }
}
