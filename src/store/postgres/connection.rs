//! Transactions, several statements in one round trip.

use super::{
    call::{Call, make_all},
    error,
    options::PostgresOptions,
    step::Query,
    value::{Param, Quiet, Value},
};
use crate::store::{Result, StoreError};
use deadpool_postgres::{ClientWrapper, Object, Pool};
use std::{
    collections::BTreeSet,
    future::{Future, poll_fn},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio_postgres::{
    Client, Error, Row,
    types::{ToSql, Type},
};

/// Most statements that are prepared on a connection. There are as many as ways in which changes come together.
const MOST_PREPARED: usize = 100;

/// Where connections come from, and how transactions begin.
#[derive(Clone)]
pub(super) struct Database {
    pool: Pool,
    closed: Arc<AtomicBool>,
    beginning: Arc<Beginning>,
    patience: Duration,
}

/// How transactions begin. All of it is gone when they end, so that it does not matter on which connection of a proxy the next
/// one is.
pub(super) struct Beginning {
    /// The schema of the tables and functions, quoted.
    pub(super) schema: String,
    pub(super) search_path: String,
    /// In milliseconds.
    pub(super) timeout: String,
    /// What begins one of several statements. Plans keep to the indexes and to their order, whatever PostgreSQL believes to know
    /// of tables that have just been filled: what it wants to sort instead costs more with each row that is kept. What has to be
    /// sorted all the same then looks so costly that it would be compiled, which takes longer than to do it.
    begin: String,
    /// Which statements are prepared, by their hashes. `None` when nothing may be left on a connection.
    prepared: Option<Mutex<BTreeSet<u64>>>,
}

/// A connection that is never given back inside a transaction, whatever becomes of the task that has it.
pub(super) struct Connection {
    /// There until it is dropped.
    object: Option<Object>,
    /// Or waits for an answer, or is about to break: it is closed then and not given back.
    in_transaction: bool,
    pub(super) beginning: Arc<Beginning>,
    patience: Duration,
}

/// One of the statements of a round trip.
#[derive(Clone, Copy)]
pub(super) enum Statement<'a> {
    /// Begins the transaction.
    Begin,
    /// Ends it.
    Commit,
    /// Ends it as if it had never begun.
    Rollback,
    /// Something with parameters.
    Query(&'a str, &'a [Param<'a>]),
}

/// Why a round trip failed.
#[derive(Debug)]
pub(super) enum Failed {
    /// PostgreSQL refused a statement: nothing of the transaction was made or can be.
    Refused(Error),
    /// The connection broke or no answer came.
    Lost {
        error: StoreError,
        /// Whether nobody knows what became of the transaction, because it was told to end.
        in_doubt: bool,
    },
}

impl Failed {
    /// What was read inside a transaction makes no sense.
    pub(super) fn read(error: StoreError) -> Self {
        Self::Lost { error, in_doubt: false }
    }

    /// The error for a caller whose transaction ended so.
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Refused(error) => error::refusal(&error),
            Self::Lost { error, .. } => error,
        }
    }
}

impl Database {
    pub(super) fn new(pool: Pool, options: &PostgresOptions) -> Result<Self> {
        let timeout = options.statement_timeout.as_millis().clamp(1, 2_000_000_000).to_string();
        let schema = options.quoted_schema()?;
        let search_path = format!("{schema}, pg_temp");
        let begin = format!(
            "BEGIN; SET LOCAL search_path = {search_path}; SET LOCAL statement_timeout = {timeout}; \
            SET LOCAL idle_in_transaction_session_timeout = {timeout}; SET LOCAL enable_seqscan = off; \
            SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off; SET LOCAL jit = off"
        );
        let prepared = options.prepare.then(Mutex::default);
        // Longer than PostgreSQL gives itself: it should be the one that gives up.
        let patience = options.statement_timeout + Duration::from_secs(5);
        let beginning = Arc::new(Beginning { schema, search_path, timeout, begin, prepared });
        Ok(Self { pool, closed: Arc::default(), beginning, patience })
    }

    pub(super) async fn connection(&self) -> Result<Connection> {
        self.is_open()?;
        let object = self.pool.get().await.map_err(error::no_connection)?;
        let (beginning, patience) = (Arc::clone(&self.beginning), self.patience);
        Ok(Connection { object: Some(object), in_transaction: false, beginning, patience })
    }

    /// Asks in a transaction of its own, in one round trip. It is to be called in a task that nobody cancels.
    pub(super) async fn ask(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>> {
        self.try_ask(statements).await.map_err(Failed::into_error)
    }

    /// As [`ask`](Self::ask), and tells whether it is PostgreSQL that refused.
    pub(super) async fn try_ask(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Failed> {
        let mut connection = self.connection().await.map_err(Failed::read)?;
        let mut all = vec![Statement::Begin];
        all.extend(statements);
        all.push(Statement::Commit);
        let mut answers = connection.run(&all).await?;
        answers.truncate(all.len() - 1);
        answers.drain(..1);
        Ok(answers)
    }

    /// Calls functions that give rows, each a transaction of its own, in one round trip. It is to be called in a task that
    /// nobody cancels.
    pub(super) async fn call(&self, calls: &[Call<'_>]) -> Result<Vec<Vec<Row>>, Failed> {
        let mut connection = self.connection().await.map_err(Failed::read)?;
        let kept = self.beginning.prepared.is_some();
        match connection.call(calls, kept).await {
            // Behind a proxy, what the connection kept may be gone or another's.
            Err(Failed::Refused(error))
                if kept && !connection.in_transaction && !error::is_of_the_server(&error) =>
            {
                connection.object.iter().for_each(|client| client.statement_cache.clear());
                connection.call(calls, false).await
            }
            answers => answers,
        }
    }

    pub(super) fn beginning(&self) -> &Beginning {
        &self.beginning
    }

    /// An error when the store was closed.
    pub(super) fn is_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) { Err(closed()) } else { Ok(()) }
    }

    /// Hands out no connections any more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Unavailable { what: "the store was closed", source: None }
}

impl Beginning {
    /// Whether a statement is to be prepared. The first ones are, and the others are never.
    fn prepares(&self, hash: u64) -> bool {
        let Some(prepared) = &self.prepared else { return false };
        let mut prepared = prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.contains(&hash) || prepared.len() < MOST_PREPARED && prepared.insert(hash)
    }
}

impl Connection {
    /// Executes a statement that is a transaction of its own, and that must give true or fail.
    pub(super) async fn execute(&mut self, (sql, mut params): Query<'_>) -> Result<(), Failed> {
        let Some(client) = self.object.as_ref() else {
            return Err(Failed::Lost { error: closed(), in_doubt: false });
        };
        let hash = hash(&sql);
        let prepared = self.beginning.prepares(hash);
        let sql = if prepared { guarded(&sql, &mut params, hash, &self.beginning.schema) } else { sql };
        let params: Vec<_> = params.iter().map(Param::typed).collect();
        self.in_transaction = true;
        let executed = async {
            if prepared {
                execute_prepared(client, &sql, &params).await
            } else {
                client.query_typed(&sql, &params).await
            }
        };
        let executed = tokio::time::timeout(self.patience, executed).await;
        let lost = |error| Failed::Lost { error, in_doubt: true };
        let executed = executed.map_err(|_| lost(no_answer()))?;
        self.in_transaction = false;
        let rows = executed.map_err(|error| {
            // PostgreSQL may go down between the end of the transaction and the answer.
            if error.code().is_some() && !error::is_shutdown(&error) {
                return Failed::Refused(error);
            }
            lost(error::unavailable("the connection to PostgreSQL broke", &error))
        })?;
        match rows.first().map(|row| row.try_get(0)) {
            Some(Ok(Some(true))) => Ok(()),
            // Somebody else's statement under the name of ours, behind a proxy.
            _ => Err(lost(StoreError::Corrupt("answer"))),
        }
    }

    /// Calls functions, each a transaction of its own, and gives the rows of each.
    async fn call(&mut self, calls: &[Call<'_>], kept: bool) -> Result<Vec<Vec<Row>>, Failed> {
        let lost = |error| Failed::Lost { error, in_doubt: false };
        let client = self.object.as_ref().ok_or_else(|| lost(closed()))?;
        // Until there are answers, nobody else is to wait behind them.
        self.in_transaction = true;
        let answers = tokio::time::timeout(self.patience, make_all(calls, client, kept)).await;
        let answers = answers.map_err(|_| lost(no_answer()))?;
        let breaks = |error: &Error| error.code().is_none() || error::is_shutdown(error);
        self.in_transaction = answers.iter().any(|answer| answer.as_ref().is_err_and(breaks));
        let answers: Result<_, Error> = answers.into_iter().collect();
        answers.map_err(|error| match error.code() {
            Some(_) => Failed::Refused(error),
            None => lost(error::unavailable("the connection to PostgreSQL broke", &error)),
        })
    }

    /// Sends all statements at once and gives the rows of each. After an error the transaction is over.
    pub(super) async fn run(&mut self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Failed> {
        let ends = matches!(statements.last(), Some(Statement::Commit | Statement::Rollback));
        let in_doubt = matches!(statements.last(), Some(Statement::Commit));
        let answers = self.ask(statements, in_doubt).await?;
        let count = answers.len();
        if ends && count == statements.len() && matches!(answers.last(), Some(Ok(_))) {
            self.in_transaction = false;
        }
        let mut rows = Vec::with_capacity(count);
        for (n, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(answer) => rows.push(answer),
                // A statement that failed has doomed its transaction, whatever became of the end of it. Only of the end itself
                // one cannot always tell.
                Err(error)
                    if error.code().is_some()
                        && !(in_doubt && n + 1 == count && error::is_shutdown(&error)) =>
                {
                    if self.in_transaction {
                        let ended = self.ask(&[Statement::Rollback], false).await?;
                        self.in_transaction = !matches!(ended.as_slice(), [Ok(_)]);
                    }
                    return Err(Failed::Refused(error));
                }
                Err(error) => {
                    let error = error::unavailable("the connection to PostgreSQL broke", &error);
                    return Err(Failed::Lost { error, in_doubt });
                }
            }
        }
        Ok(rows)
    }

    async fn ask(&mut self, statements: &[Statement<'_>], in_doubt: bool) -> Result<Vec<Answer>, Failed> {
        let Some(client) = self.object.as_deref() else {
            return Err(Failed::Lost { error: closed(), in_doubt: false });
        };
        self.in_transaction = true;
        let answers =
            tokio::time::timeout(self.patience, pipeline(client, &self.beginning.begin, statements)).await;
        answers.map_err(|_| Failed::Lost { error: no_answer(), in_doubt })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.object.take()
            && self.in_transaction
        {
            // Closed, and so rolled back. The pool opens another.
            drop(Object::take(object));
        }
    }
}

pub(super) type Answer = Result<Vec<Row>, Error>;

/// Sends statements one behind the other without waiting for answers, and gives these. What cannot be sent, and all behind it,
/// is not sent: so a transaction never ends without a part of it.
async fn pipeline(client: &Client, begin: &str, statements: &[Statement<'_>]) -> Vec<Answer> {
    let mut running: Running<'_> = Vec::new();
    let mut answers: Vec<Option<Answer>> = Vec::new();
    let mut waiting = statements.iter();
    poll_fn(move |cx: &mut Context<'_>| {
        let may_send = |answers: &[Option<Answer>]| !matches!(answers.last(), Some(Some(Err(_))));
        // The first poll of each sends it.
        while may_send(&answers)
            && let Some(statement) = waiting.next()
        {
            let mut asked: Pin<Box<dyn Future<Output = Answer> + Send + '_>> = match *statement {
                Statement::Begin => Box::pin(simple(client, begin)),
                Statement::Commit => Box::pin(simple(client, "COMMIT")),
                Statement::Rollback => Box::pin(simple(client, "ROLLBACK")),
                Statement::Query(sql, params) => Box::pin(query(client, sql, params)),
            };
            answers.push(match asked.as_mut().poll(cx) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            });
            running.push(asked);
        }
        poll_all(&mut running, &mut answers, cx)
    })
    .await
}

/// Answers that are on their way.
pub(super) type Running<'a> = Vec<Pin<Box<dyn Future<Output = Answer> + Send + 'a>>>;

/// Asks for the answers that are not there yet, and gives all of them in order when they are.
pub(super) fn poll_all(
    running: &mut Running<'_>,
    answers: &mut Vec<Option<Answer>>,
    cx: &mut Context<'_>,
) -> Poll<Vec<Answer>> {
    for (asked, answer) in running.iter_mut().zip(&mut *answers) {
        if answer.is_none()
            && let Poll::Ready(ready) = asked.as_mut().poll(cx)
        {
            *answer = Some(ready);
        }
    }
    if answers.iter().any(Option::is_none) {
        return Poll::Pending;
    }
    Poll::Ready(answers.drain(..).flatten().collect())
}

async fn simple(client: &Client, sql: &str) -> Answer {
    client.batch_execute(sql).await?;
    Ok(Vec::new())
}

/// Prepares and executes in one go under no name, so that nothing is left in the session.
async fn query(client: &Client, sql: &str, params: &[Param<'_>]) -> Answer {
    let params: Vec<_> = params.iter().map(Param::typed).collect();
    client.query_typed(sql, &params).await
}

/// Executes a statement that the connection keeps for the next time.
pub(super) async fn execute_prepared(
    client: &ClientWrapper,
    sql: &str,
    params: &[(&(dyn ToSql + Sync), Type)],
) -> Answer {
    let types: Vec<Type> = params.iter().map(|(_, of)| of.clone()).collect();
    let params: Vec<_> = params.iter().map(|(param, _)| Quiet(*param)).collect();
    let params: Vec<_> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
    let statement = client.prepare_typed_cached(sql, &types).await?;
    client.query(&statement, &params).await
}

/// A statement that refuses to be taken for another. Behind a proxy that hands connections around, another process may have left
/// another statement under the same name; then the last parameter, by which each is told, is not what that one expects.
fn guarded(sql: &str, params: &mut Vec<Param<'_>>, hash: u64, schema: &str) -> String {
    let name = hash.cast_signed();
    params.push(Value::from(name).into());
    let last = params.len();
    format!("SELECT CASE WHEN ${last} = {name} OR {schema}.refuse() IS NULL THEN ({sql}) END")
}

/// By what a statement is told from others.
pub(super) fn name_of(sql: &str) -> i64 {
    hash(sql).cast_signed()
}

/// The same in every process.
fn hash(sql: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    sql.hash(&mut hash);
    hash.finish()
}

fn no_answer() -> StoreError {
    StoreError::Unavailable { what: "PostgreSQL does not answer", source: None }
}
