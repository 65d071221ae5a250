//! What the page is told: everything at first, then what changes.

use super::{Desktop, news::Known, view};
use crate::simulator::platform::Platform;
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_core::Stream;
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::sync::mpsc;

/// How long changes are gathered: nobody sees more than this many frames.
const FRAME: Duration = Duration::from_millis(40);

pub(super) async fn stream(
    State(desktop): State<Desktop>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (told, events) = mpsc::channel(1);
    tokio::spawn(tell(desktop.platform, told));
    Sse::new(Events(events)).keep_alive(KeepAlive::default())
}

/// Tells a page what changes, until it is closed or the simulator ends.
async fn tell(platform: Arc<Platform>, told: mpsc::Sender<Event>) {
    let mut changes = platform.changes();
    let mut known = Known::default();
    let mut name = "snapshot";
    loop {
        // In this order the end is not missed.
        changes.mark_unchanged();
        if platform.has_ended() {
            return;
        }
        let news = known.news(view::items(&platform, &known));
        if (name == "snapshot" || news != "[]")
            && told.send(Event::default().event(name).data(news)).await.is_err()
        {
            return;
        }
        name = "change";
        tokio::time::sleep(FRAME).await;
        if changes.changed().await.is_err() {
            return;
        }
    }
}

struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}
