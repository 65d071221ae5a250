//! What a host writes first: a table of its own, and loops that each claim one message in a transaction, send it, and write what
//! came of it.

#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod sqlite;

#[cfg(all(feature = "postgres", unix))]
pub(crate) use postgres::Postgres;
pub(crate) use sqlite::Sqlite;

use crate::{
    bare::{Post, body},
    meta::Meta,
    turn::{Turn, Watch, Way},
};
use async_trait::async_trait;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// By plain SQL, and the HTTP library as it is.
#[derive(Clone)]
pub(crate) struct ByHand<D>(pub(crate) D);

/// Where the table is.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    type Table: Table;

    /// A new table.
    async fn table(&self) -> Self::Table;

    /// How long its server has worked, if it has one.
    fn worked(&self) -> Duration;
}

/// Messages to be sent.
#[async_trait]
pub(crate) trait Table: Send + Sync + 'static {
    async fn fill(&self, bodies: Vec<String>);

    /// Takes the first message that waits, and notes that it is under way.
    async fn claim(&self) -> Option<(i64, String)>;

    /// Notes that Meta took a message.
    async fn accepted(&self, id: i64, wamid: String);
}

/// [`ByHand`] in a single loop, which waits for each answer before it claims the next: what "claim one, send one" says.
pub(crate) struct InOneLoop<D>(pub(crate) ByHand<D>);

#[async_trait]
impl<D: Database> Way for InOneLoop<D> {
    fn name(&self) -> &'static str {
        "claim one, send one, in one loop"
    }

    fn share(&self, messages: usize) -> usize {
        messages / 100
    }

    async fn send(&self, meta: Meta, messages: usize, _: usize) -> Turn {
        self.0.send(meta, messages, 1).await
    }
}

#[async_trait]
impl<D: Database> Way for ByHand<D> {
    fn name(&self) -> &'static str {
        "claim one, send one, in as many loops"
    }

    fn share(&self, messages: usize) -> usize {
        messages / 4
    }

    async fn send(&self, meta: Meta, messages: usize, at_once: usize) -> Turn {
        let table = Arc::new(self.0.table().await);
        table.fill((0..messages).map(|n| body(n).to_string()).collect()).await;
        let post = Post::to(&meta);
        let watch = Watch::start(|| self.0.worked());
        let mut loops = JoinSet::new();
        for _ in 0..at_once {
            let (table, post) = (Arc::clone(&table), post.clone());
            loops.spawn(async move {
                while let Some((id, body)) = table.claim().await {
                    let body: Value = serde_json::from_str(&body).unwrap();
                    table.accepted(id, post.send(&body).await).await;
                }
            });
        }
        let _ = loops.join_all().await;
        watch.stop(messages)
    }
}
