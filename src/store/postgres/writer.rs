//! Tasks that write: each takes all that waits and makes it one transaction.

use super::{
    connection::{Database, closed},
    forget::Forgetter,
    group::{self, Call},
    plan::Next,
};
use crate::store::{Applied, Bell, Changes, Result, StoreError};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinHandle,
};

/// How many calls may wait; who comes then waits to be let in.
const QUEUE: usize = 1024;
/// Once the calls of a transaction hold this much, no more are added.
const MAX_BYTES: usize = 1024 * 1024;

/// The tasks that write, each with a queue of its own. They end when this is dropped and all calls are answered.
///
/// Calls about one thing go to one task: in two transactions at once, one would wait until the other is on the disk.
pub(super) struct Writers {
    queues: Vec<mpsc::Sender<Message>>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// What else is to be done about what was written.
#[derive(Default)]
pub(super) struct News {
    /// Wakes those who wait for jobs in this process.
    pub(super) bell: Bell,
    /// That other processes are to be told of a job.
    pub(super) enqueued: Notify,
    pub(super) forgetter: Forgetter,
}

enum Message {
    Call(Box<Call>, oneshot::Sender<Result<Applied>>),
    Close,
}

impl Writers {
    pub(super) fn start(count: usize, database: &Database, news: &Arc<News>) -> Self {
        let (mut queues, mut tasks) = (Vec::new(), Vec::new());
        for _ in 0..count.max(1) {
            let (queue, waiting) = mpsc::channel(QUEUE);
            queues.push(queue);
            tasks.push(tokio::spawn(serve(waiting, database.clone(), Arc::clone(news))));
        }
        Self { queues, tasks: Mutex::new(tasks) }
    }

    /// Has a call made and gives its answer when it is durable. It is made as well when nobody waits for the answer any more.
    pub(super) async fn call(&self, call: Call) -> Result<Applied> {
        let mut hash = DefaultHasher::new();
        call.subject().hash(&mut hash);
        let n = usize::try_from(hash.finish()).unwrap_or_default() % self.queues.len().max(1);
        let queue = self.queues.get(n).ok_or_else(closed)?;
        let (reply, answer) = oneshot::channel();
        queue.send(Message::Call(Box::new(call), reply)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Lets what waits be made, and waits for it.
    pub(super) async fn close(&self) {
        for queue in &self.queues {
            // An error says that the task has ended already.
            let _ = queue.send(Message::Close).await;
        }
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            // One that panicked has ended, too.
            let _ = task.await;
        }
    }
}

async fn serve(mut waiting: mpsc::Receiver<Message>, database: Database, news: Arc<News>) {
    let mut expects_duplicates = false;
    loop {
        let (calls, replies) = take(&mut waiting).await;
        if calls.is_empty() {
            return;
        }
        calls.iter().for_each(|call| news.forgetter.note(call));
        let wakes: Vec<bool> = calls.iter().map(wakes).collect();
        let results = group::make(&database, calls, &mut expects_duplicates).await;
        // One that is in doubt may have been made.
        let may_be = |result: &Result<Applied>| matches!(result, Ok(_) | Err(StoreError::Unavailable { .. }));
        if wakes.iter().zip(&results).any(|(wakes, result)| *wakes && may_be(result)) {
            news.bell.ring();
            news.enqueued.notify_one();
        }
        for (reply, result) in replies.into_iter().zip(results) {
            // Nobody may be waiting any more. That is no reason not to have done it.
            let _ = reply.send(result);
        }
    }
}

/// Takes all that waits, up to what one transaction is to hold, and waits for the first only. Nothing when there will be nothing.
async fn take(waiting: &mut mpsc::Receiver<Message>) -> (Vec<Call>, Vec<oneshot::Sender<Result<Applied>>>) {
    let (mut calls, mut replies) = (Vec::new(), Vec::new());
    let (mut changes, mut bytes) = (0, 0);
    let mut next = waiting.recv().await;
    while let Some(message) = next {
        match message {
            Message::Call(call, reply) => {
                changes += call.changes.len() + usize::from(call.lease.is_some());
                bytes += call.changes.bytes();
                calls.push(*call);
                replies.push(reply);
            }
            Message::Close => waiting.close(),
        }
        let is_full = changes >= Changes::MAX_LEN || bytes >= MAX_BYTES;
        next = if is_full {
            None
        } else if calls.is_empty() {
            waiting.recv().await
        } else {
            waiting.try_recv().ok()
        };
    }
    (calls, replies)
}

/// Whether those who wait for a job are to be told once this is made.
fn wakes(call: &Call) -> bool {
    let stays = matches!(&call.lease, Some((_, Next::Settle(outcome))) if outcome.keeps_job());
    call.changes.enqueues() || stays
}
