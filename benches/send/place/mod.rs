//! The databases that messages are kept in, durable.

#[cfg(all(feature = "postgres", unix))]
mod postgres;

#[cfg(all(feature = "postgres", unix))]
pub(crate) use postgres::Postgres;

use async_trait::async_trait;
use std::{any::Any, sync::Arc, time::Duration};
use whatsapp_business::store::{SqliteStore, Store};

/// A database.
#[async_trait]
pub(crate) trait Place: Clone + Send + Sync + 'static {
    const NAME: &'static str;

    /// A new store in it.
    async fn open(&self) -> Opened;

    /// Another handle to a store, as another process has it.
    async fn open_again(&self, opened: &Opened) -> Arc<dyn Store>;

    /// How long its server has worked, if it has one.
    fn worked(&self) -> Duration;
}

pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    /// Where it is, and what lives as long as the store.
    place: Box<dyn Any + Send + Sync>,
}

#[derive(Clone, Copy)]
pub(crate) struct Sqlite;

impl Sqlite {
    const FILE: &str = "desk.db";
}

#[async_trait]
impl Place for Sqlite {
    const NAME: &'static str = "SQLite";

    async fn open(&self) -> Opened {
        let files = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(files.path().join(Self::FILE)).await.unwrap();
        Opened { store: Arc::new(store), place: Box::new(files) }
    }

    async fn open_again(&self, opened: &Opened) -> Arc<dyn Store> {
        let files = opened.place.downcast_ref::<tempfile::TempDir>().unwrap();
        Arc::new(SqliteStore::open(files.path().join(Self::FILE)).await.unwrap())
    }

    fn worked(&self) -> Duration {
        Duration::ZERO
    }
}
