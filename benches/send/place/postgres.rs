//! PostgreSQL, on a server of its own.

#[path = "../../../tests/it/store/postgres/server.rs"]
#[allow(dead_code, clippy::expect_used, reason = "it is of the tests, which need more of it")]
mod server;

use super::{Opened, Place};
use crate::cpu;
use async_trait::async_trait;
use server::{Database, OWNER, Server};
use std::{sync::Arc, time::Duration};
use whatsapp_business::store::Store;

/// A server of its own.
#[derive(Clone)]
pub(crate) struct Postgres {
    server: Arc<Server>,
    process: u64,
}

impl Postgres {
    pub(crate) async fn start() -> Self {
        let server = Server::start(
            "fsync=on\nsynchronous_commit=on\nfull_page_writes=on\nshared_buffers=256MB\nmax_wal_size=4GB",
        );
        let database = server.empty().await;
        let row = database.admin().await.query_one("SELECT pg_backend_pid()", &[]).await.unwrap();
        Self { server: Arc::new(server), process: cpu::parent(row.get(0)) }
    }

    /// The URL of a new and empty database.
    pub(crate) async fn empty(&self) -> String {
        self.server.empty().await.url(OWNER)
    }
}

#[async_trait]
impl Place for Postgres {
    const NAME: &'static str = "PostgreSQL";

    async fn open(&self) -> Opened {
        let database = self.server.migrated_alone().await;
        Opened { store: Arc::new(database.store().await), place: Box::new(database) }
    }

    async fn open_again(&self, opened: &Opened) -> Arc<dyn Store> {
        Arc::new(opened.place.downcast_ref::<Database>().unwrap().store().await)
    }

    fn worked(&self) -> Duration {
        cpu::of_server(self.process)
    }
}
