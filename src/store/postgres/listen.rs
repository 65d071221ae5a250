//! Telling of new jobs, and hearing of those that other processes enqueued.

use super::{connection::Database, jobs};
use crate::store::Bell;
use std::{future::poll_fn, sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Socket, tls::NoTlsStream};

/// Shortest and longest wait before a lost connection is opened again.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// A task that ends with its handle.
pub(super) struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Tells other processes each time that `told` is notified; once for many that come meanwhile.
pub(super) fn tell(database: Database, schema: Arc<str>, told: Arc<Notify>) -> Task {
    Task(tokio::spawn(async move {
        loop {
            told.notified().await;
            jobs::notify(&database, &schema).await;
        }
    }))
}

/// Rings when another process tells, and each time that something may have been missed.
pub(super) fn listen(config: Config, schema: Arc<str>, bell: Bell) -> Task {
    Task(tokio::spawn(async move {
        let mut wait = WAITS.0;
        loop {
            match config.connect(NoTls).await {
                Ok((client, connection)) => {
                    wait = WAITS.0;
                    hear(client, connection, &schema, &bell).await;
                }
                Err(error) => tracing::debug!(%error, "no connection to listen for jobs on"),
            }
            // Between half of the wait and all of it, so that many processes do not come back at the same moment.
            tokio::time::sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            wait = (wait * 2).min(WAITS.1);
        }
    }))
}

/// Listens until the connection is lost.
async fn hear(client: Client, mut connection: Connection<Socket, NoTlsStream>, schema: &str, bell: &Bell) {
    let listening = format!("LISTEN {}", jobs::CHANNEL);
    let mut begun = std::pin::pin!(async {
        let begun = client.batch_execute(&listening).await;
        bell.ring();
        begun
    });
    let mut is_begun = false;
    poll_fn(|cx| {
        loop {
            if !is_begun {
                is_begun = begun.as_mut().poll(cx).is_ready();
            }
            match connection.poll_message(cx) {
                std::task::Poll::Ready(Some(Ok(AsyncMessage::Notification(told)))) => {
                    if told.payload() == schema {
                        bell.ring();
                    }
                }
                std::task::Poll::Ready(Some(Ok(_))) => {}
                std::task::Poll::Ready(Some(Err(_)) | None) => return std::task::Poll::Ready(()),
                std::task::Poll::Pending => return std::task::Poll::Pending,
            }
        }
    })
    .await;
}
