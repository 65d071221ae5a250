//! Telling of new jobs, and hearing of those that other processes enqueued.

use super::{connection::Database, jobs};
use crate::store::Bell;
use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Notify,
    task::JoinHandle,
};
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

/// Shortest and longest wait before a lost connection is opened again.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// A task that ends with its handle.
pub(super) struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Task {
    pub(super) fn new(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }
}

/// Tells other processes each time that a job was enqueued; once for many that come meanwhile.
pub(super) async fn tell(database: &Database, schema: &str, enqueued: &Notify) {
    loop {
        enqueued.notified().await;
        jobs::notify(database, schema).await;
    }
}

/// Rings when another process tells, and each time that something may have been missed.
pub(super) fn listen<T>(config: Config, tls: T, schema: Arc<str>, bell: Bell) -> Task
where
    T: MakeTlsConnect<Socket> + Clone + Send + 'static,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    Task::new(async move {
        let mut wait = WAITS.0;
        loop {
            match config.connect(tls.clone()).await {
                Ok((client, connection)) => {
                    wait = WAITS.0;
                    hear(&client, connection, &schema, &bell).await;
                }
                Err(_) => tracing::debug!("no connection to listen for jobs on"),
            }
            // Between half of the wait and all of it, so that many processes do not come back at the same moment.
            tokio::time::sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            wait = (wait * 2).min(WAITS.1);
        }
    })
}

/// Listens until the connection is lost.
async fn hear<T>(client: &Client, mut connection: Connection<Socket, T>, schema: &str, bell: &Bell)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let listening = format!("LISTEN {}", jobs::CHANNEL);
    let mut begun = pin!(client.batch_execute(&listening));
    let mut is_begun = false;
    poll_fn(|cx| {
        loop {
            if !is_begun && begun.as_mut().poll(cx).is_ready() {
                is_begun = true;
                // For what came while nobody listened.
                bell.ring();
            }
            match connection.poll_message(cx) {
                Poll::Ready(Some(Ok(AsyncMessage::Notification(told)))) if told.payload() == schema => {
                    bell.ring();
                }
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(_)) | None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await;
}
