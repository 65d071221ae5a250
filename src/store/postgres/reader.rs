//! Tasks that read records by their keys: each takes all that are wanted and asks for them in one round trip, as a transaction
//! costs more than most of what is asked in it.

use super::{
    connection::{Database, closed},
    read,
};
use crate::{
    id::TenantId,
    store::{Key, Record, Result},
};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot};

/// How many may wait; who comes then waits to be let in.
const QUEUE: usize = 1024;
/// How many ask at once: while one waits for its answer, what comes meanwhile is asked for by another.
const READERS: usize = 2;
/// Most records in one round trip. A body may be large.
const MOST: usize = 64;

/// The tasks. They end when this is dropped and all are answered.
pub(super) struct Reader(mpsc::Sender<Wanted>);

struct Wanted {
    tenant: TenantId,
    key: Key,
    reply: oneshot::Sender<Result<Option<Record>>>,
}

impl Reader {
    pub(super) fn start(database: &Database) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..READERS {
            tokio::spawn(serve(Arc::clone(&waiting), database.clone()));
        }
        Self(queue)
    }

    /// The record at `key`.
    pub(super) async fn get(&self, tenant: TenantId, key: Key) -> Result<Option<Record>> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Wanted { tenant, key, reply }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

async fn serve(waiting: Arc<Mutex<mpsc::Receiver<Wanted>>>, database: Database) {
    loop {
        let mut all = Vec::new();
        // What waits is taken; nothing is waited for but the first.
        if waiting.lock().await.recv_many(&mut all, MOST).await == 0 {
            return;
        }
        // Those who went away need no answer.
        all.retain(|wanted| !wanted.reply.is_closed());
        if all.is_empty() {
            continue;
        }
        let keys: Vec<(&TenantId, &Key)> = all.iter().map(|wanted| (&wanted.tenant, &wanted.key)).collect();
        let found = read::get(&database, &keys).await;
        for (wanted, found) in all.into_iter().zip(found) {
            let _ = wanted.reply.send(found);
        }
    }
}
