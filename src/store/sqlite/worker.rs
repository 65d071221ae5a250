//! Threads that own a connection each and do what they are asked, all that waits at once.
//!
//! A call is a closure that goes to the thread with a channel for its answer. Whoever called may go away: the call is
//! made all the same, so nothing is ever left half done.

use super::error::Failed;
use crate::store::{Result, StoreError};
use rusqlite::Connection;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// How many calls may wait; who comes then waits to be let in.
const QUEUE: usize = 256;
/// Most calls in one transaction.
const MAX_CALLS: usize = 64;
/// Once the calls of a transaction hold this many bytes, no more are added.
const MAX_BYTES: usize = 1024 * 1024;

/// A thread with a connection. It ends when this is dropped and all calls are answered.
pub(super) struct Worker {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Call(Call),
    Close(oneshot::Sender<()>),
}

/// Something to do in a transaction.
struct Call {
    bytes: usize,
    run: Box<Run>,
}

/// Does something, unless there is no transaction to do it in.
type Run = dyn FnOnce(Result<&Connection>) -> Done + Send;

/// A call that ran and was not answered yet.
struct Done {
    /// Whether there is something to keep.
    keep: bool,
    /// Tells the caller, once it is known whether the transaction was committed.
    answer: Box<dyn FnOnce(Result<()>)>,
}

impl Worker {
    /// Starts a thread that writes: each group of calls in one transaction, each call in a savepoint of its own.
    ///
    /// It closes its connection after `reader` has ended: of two that are closed at the same moment, neither would be
    /// the last, which is the one that puts the log back into the file.
    pub(super) fn writer(connection: Connection, reader: JoinHandle<()>) -> Result<Self> {
        Self::start("whatsapp-write", connection, write, Some(reader)).map(|(worker, _)| worker)
    }

    /// Starts a thread that reads: each group of calls on one snapshot.
    pub(super) fn reader(connection: Connection) -> Result<(Self, JoinHandle<()>)> {
        Self::start("whatsapp-read", connection, read, None)
    }

    fn start(
        name: &str,
        connection: Connection,
        run: fn(&Connection, Vec<Call>),
        close_after: Option<JoinHandle<()>>,
    ) -> Result<(Self, JoinHandle<()>)> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let closing = serve(&connection, waiting, run);
                if let Some(other) = close_after {
                    // If it panicked it has ended, too.
                    let _ = other.join();
                }
                drop(connection);
                for reply in closing {
                    let _ = reply.send(());
                }
            })
            .map_err(|error| StoreError::unavailable("no thread could be started", error))?;
        Ok((Self { queue }, thread))
    }

    /// Has `work` done in a transaction and gives its answer when that is committed.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce(&Connection) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let run = move |connection: Result<&Connection>| {
            let result = connection.and_then(|connection| work(connection).map_err(|Failed(error)| error));
            let keep = result.is_ok();
            // Nobody may be waiting any more. That is no reason not to have done it.
            let answer = move |committed: Result<()>| {
                let _ = reply.send(result.and_then(|value| committed.map(|()| value)));
            };
            Done { keep, answer: Box::new(answer) }
        };
        let call = Message::Call(Call { bytes, run: Box::new(run) });
        self.queue.send(call).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Lets the thread do what waits, and waits for its end.
    pub(super) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.queue.send(Message::Close(reply)).await.is_ok() {
            // An error says that the thread has ended already, which is what is waited for.
            let _ = closed.await;
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable { what: "the store was closed", source: None }
}

/// Runs groups of calls until there are no more callers. Gives who waits for the end.
fn serve(
    connection: &Connection,
    mut waiting: mpsc::Receiver<Message>,
    run: fn(&Connection, Vec<Call>),
) -> Vec<oneshot::Sender<()>> {
    let mut closing = Vec::new();
    while let Some(first) = waiting.blocking_recv() {
        let mut group = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Call(call) => {
                    bytes += call.bytes;
                    group.push(call);
                }
                Message::Close(reply) => {
                    waiting.close();
                    closing.push(reply);
                }
            }
            // What waits is taken; nothing is waited for.
            next = if group.len() < MAX_CALLS && bytes < MAX_BYTES { waiting.try_recv().ok() } else { None };
        }
        run(connection, group);
    }
    closing
}

/// Runs calls on one snapshot.
fn read(connection: &Connection, group: Vec<Call>) {
    let begun = execute(connection, "BEGIN");
    for call in group {
        let done = (call.run)(begun.clone().map(|()| connection));
        (done.answer)(Ok(()));
    }
    // Ends a transaction in which nothing was written: there is nothing to lose if it fails.
    let _ = execute(connection, "COMMIT");
}

/// Runs calls in one transaction and answers all of them when it is committed.
fn write(connection: &Connection, group: Vec<Call>) {
    // The lock is taken at once: a transaction that begins by reading could not write after another process did.
    let mut state = execute(connection, "BEGIN IMMEDIATE");
    let mut done = Vec::with_capacity(group.len());
    for call in group {
        state = state.and_then(|()| execute(connection, "SAVEPOINT call"));
        let call = (call.run)(state.clone().map(|()| connection));
        state = state.and_then(|()| {
            if connection.is_autocommit() {
                // SQLite rolls a transaction back by itself when the disk is full or fails.
                return Err(StoreError::Unavailable { what: "the transaction was lost", source: None });
            }
            if !call.keep {
                execute(connection, "ROLLBACK TO call")?;
            }
            execute(connection, "RELEASE call")
        });
        done.push(call);
    }
    state = state.and_then(|()| execute(connection, "COMMIT"));
    if state.is_err() && !connection.is_autocommit() {
        // If this fails too, the next BEGIN fails and says so.
        let _ = execute(connection, "ROLLBACK");
    }
    for call in done {
        (call.answer)(state.clone());
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    let executed = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    executed.map(|_| ()).map_err(|error| Failed::from(error).0)
}
