//! Threads that own a connection each and do what they are asked, all that waits at once.
//!
//! A call goes to the thread with a channel for its answer. Whoever called may go away: the call is made all the same, so
//! nothing is ever left half done.

use super::{
    connect::{Database, prepare},
    error::Failed,
};
use crate::store::{Result, StoreError};
use rusqlite::Connection;
use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::sync::{
    mpsc::{self, error::TryRecvError},
    oneshot,
};

/// How many calls may wait; who comes then waits to be let in.
const QUEUE: usize = 256;
/// Most calls in one transaction.
const MAX_CALLS: usize = 64;
/// Once the calls of a transaction hold this many bytes, no more are added.
const MAX_BYTES: usize = 1024 * 1024;
/// How long to stay awake for a call that may come soon, and what is soon.
const AWAKE: Duration = Duration::from_micros(50);
const SOON: Duration = Duration::from_micros(200);

/// A thread with a connection. It ends when this is dropped and all calls are answered.
pub(super) struct Worker {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Call(Box<dyn Call>),
    Close(oneshot::Sender<()>),
}

/// Something to do in a transaction, and somebody to tell.
trait Call: Send {
    fn asked(&self) -> Instant;
    fn bytes(&self) -> usize;
    /// Does it. May be done again, once all of it was taken back.
    fn run(&mut self, connection: &Connection) -> Result<()>;
    /// Tells the caller, once it is known whether the transaction was committed.
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Asked<T, W> {
    at: Instant,
    bytes: usize,
    work: W,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, W> Call for Asked<T, W>
where
    T: Send,
    W: Fn(&Connection) -> Result<T, Failed> + Send,
{
    fn asked(&self) -> Instant {
        self.at
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn run(&mut self, connection: &Connection) -> Result<()> {
        let result = (self.work)(connection).map_err(|Failed(error)| error);
        let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        // What was found in a transaction that is not there is not true, be it a conflict or a duplicate.
        let Self { result, reply, work, .. } = *self;
        let answer = committed.and_then(|()| result.unwrap_or_else(|| Err(closed())));
        drop(work);
        // Nobody may be waiting any more. That is no reason not to have done it.
        let _ = reply.send(answer);
    }
}

impl Worker {
    /// Starts a thread that writes: each group of calls in one transaction.
    ///
    /// It closes its connection after `readers` have ended: of some that are closed at the same moment, none would be
    /// the last, which is the one that puts the log back into the file.
    pub(super) fn writer(database: Database, readers: Vec<JoinHandle<()>>) -> Result<Self> {
        Self::start("whatsapp-write", database, write, readers).map(|(worker, _)| worker)
    }

    /// Starts a thread that reads: each group of calls on one snapshot.
    pub(super) fn reader(database: Database) -> Result<(Self, JoinHandle<()>)> {
        Self::start("whatsapp-read", database, read, Vec::new())
    }

    fn start(
        name: &str,
        database: Database,
        run: fn(&Database, Vec<Box<dyn Call>>),
        close_after: Vec<JoinHandle<()>>,
    ) -> Result<(Self, JoinHandle<()>)> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let closing = serve(&database, waiting, run);
                for other in close_after {
                    // If it panicked it has ended, too.
                    let _ = other.join();
                }
                drop(database);
                for reply in closing {
                    let _ = reply.send(());
                }
            })
            .map_err(|error| StoreError::unavailable("no thread could be started", error))?;
        Ok((Self { queue }, thread))
    }

    /// Has `work` done in a transaction and gives its answer when that is committed.
    ///
    /// It may be done more than once, but is kept once. It is let go when that is known, before the answer is given.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl Fn(&Connection) -> Result<T, Failed> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let call = Asked { at: Instant::now(), bytes, work, result: None, reply };
        self.queue.send(Message::Call(Box::new(call))).await.map_err(|_| closed())?;
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
    database: &Database,
    mut waiting: mpsc::Receiver<Message>,
    run: fn(&Database, Vec<Box<dyn Call>>),
) -> Vec<oneshot::Sender<()>> {
    let mut closing = Vec::new();
    let mut soon = false;
    while let Some(first) = wait(&mut waiting, &mut soon) {
        let mut group = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Call(call) => {
                    bytes += call.bytes();
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
        if !group.is_empty() {
            run(database, group);
        }
    }
    closing
}

/// Waits for the next call. `soon` is whether it came soon the last time: then this thread does not sleep at once, as being woken
/// takes as long as a good part of a small transaction.
fn wait(waiting: &mut mpsc::Receiver<Message>, soon: &mut bool) -> Option<Message> {
    let begun = Instant::now();
    while *soon && begun.elapsed() < AWAKE {
        match waiting.try_recv() {
            Ok(message) => return Some(message),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => thread::yield_now(),
        }
    }
    let next = waiting.blocking_recv();
    *soon = begun.elapsed() < SOON;
    next
}

/// Runs calls on one snapshot.
fn read(database: &Database, mut group: Vec<Box<dyn Call>>) {
    let begun = database.files.check().and_then(|()| execute(&database.connection, "BEGIN"));
    if begun.is_ok() {
        for call in &mut group {
            // Its caller is told.
            let _ = call.run(&database.connection);
        }
        // Ends a transaction in which nothing was written: there is nothing to lose if it fails.
        let _ = execute(&database.connection, "COMMIT");
    }
    for call in group {
        call.answer(begun.clone());
    }
}

/// Runs calls in one transaction, and answers all of them when it is committed.
fn write(database: &Database, mut group: Vec<Box<dyn Call>>) {
    let is_alone = group.len() == 1;
    let mut end = attempt(database, &mut group, Care::None);
    if !is_alone && matches!(end, End::Torn) {
        end = attempt(database, &mut group, Care::Savepoints);
    }
    if !is_alone && matches!(end, End::Lost(_)) {
        // Such as by a call that was too large for the disk. The others are made all the same.
        group.into_iter().for_each(|call| write(database, vec![call]));
        return;
    }
    let committed = match end {
        // A call that is alone and was taken back knows why.
        End::Committed | End::Torn => Ok(()),
        End::Lost(error) | End::Refused(error) => Err(error),
    };
    for call in group {
        call.answer(committed.clone());
    }
    database.shorten_log();
}

/// What is done lest a call that fails half way leaves something behind.
#[derive(Clone, Copy, PartialEq)]
enum Care {
    /// Nothing, as few calls fail: SQLite would copy each page that a call is the first to change.
    None,
    /// Each call gets a savepoint of its own.
    Savepoints,
}

/// What came of a transaction. Unless it was committed, everything was taken back.
enum End {
    Committed,
    /// A call failed half way.
    Torn,
    /// It failed, perhaps by the fault of one call.
    Lost(StoreError),
    /// It failed, as it would for any calls.
    Refused(StoreError),
}

fn attempt(database: &Database, group: &mut [Box<dyn Call>], care: Care) -> End {
    let connection = &database.connection;
    if let Err(error) = begin(database, group) {
        return End::Refused(error);
    }
    let ran = group.iter_mut().try_fold(Ran::Whole, |ran, call| match ran {
        Ran::Whole => run(connection, &mut **call, care),
        Ran::Half => Ok(ran),
    });
    let end = match ran {
        Ok(Ran::Half) => End::Torn,
        // What was committed to a file that was removed would be lost with it.
        Ok(Ran::Whole) => match database.files.check() {
            Ok(()) => execute(connection, "COMMIT").map_or_else(End::Lost, |()| End::Committed),
            Err(error) => End::Refused(error),
        },
        Err(error) => End::Lost(error),
    };
    if !connection.is_autocommit() {
        // If this fails, the next BEGIN fails and says so.
        let _ = execute(connection, "ROLLBACK");
    }
    end
}

/// Begins to write. Nobody waits for another process for longer than [`Database::busy`], counted from when they asked.
fn begin(database: &Database, group: &[Box<dyn Call>]) -> Result<()> {
    let waited = group.iter().map(|call| call.asked().elapsed()).max().unwrap_or(Duration::ZERO);
    let limit = database.connection.busy_timeout(database.busy.saturating_sub(waited));
    limit.map_err(|error| Failed::from(error).0)?;
    // The lock is taken at once: a transaction that begins by reading could not write after another process did.
    execute(&database.connection, "BEGIN IMMEDIATE")
}

/// How far a call came.
#[derive(PartialEq)]
enum Ran {
    /// It is done, or has left nothing behind.
    Whole,
    /// It failed and has left something behind.
    Half,
}

/// Runs a call; an error is that of the transaction.
fn run(connection: &Connection, call: &mut dyn Call, care: Care) -> Result<Ran> {
    if care == Care::Savepoints {
        execute(connection, "SAVEPOINT call")?;
    }
    let written = connection.total_changes();
    let result = call.run(connection);
    if connection.is_autocommit() {
        // SQLite rolls a transaction back by itself when the disk is full or fails. All of it is lost then for that reason.
        let reason = result.err().filter(|error| matches!(error, StoreError::Unavailable { .. }));
        return Err(
            reason.unwrap_or(StoreError::Unavailable { what: "the transaction was lost", source: None })
        );
    }
    if care == Care::Savepoints {
        if result.is_err() {
            execute(connection, "ROLLBACK TO call")?;
        }
        execute(connection, "RELEASE call")?;
        return Ok(Ran::Whole);
    }
    Ok(if result.is_err() && connection.total_changes() != written { Ran::Half } else { Ran::Whole })
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    let executed = prepare(connection, sql).and_then(|mut statement| statement.execute([]));
    executed.map(|_| ()).map_err(|error| Failed::from(error).0)
}
