//! What the page is told: everything at first, then what changes.

use super::{Desktop, view};
use crate::simulator::platform::Platform;
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_core::Stream;
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    convert::Infallible,
    hash::{Hash, Hasher},
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
        let news = known.news(view::items(&platform));
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

/// What a page knows: a digest of each item.
#[derive(Default)]
struct Known(HashMap<String, u64>);

impl Known {
    /// What has changed, as JSON: a list of `[key, item]`; the item is `null` when it is gone.
    fn news(&mut self, items: Vec<(String, Value)>) -> String {
        let mut news = Vec::new();
        let mut here = HashSet::with_capacity(items.len());
        for (key, item) in items {
            let item = item.to_string();
            let mut hasher = DefaultHasher::new();
            item.hash(&mut hasher);
            if self.0.insert(key.clone(), hasher.finish()) != Some(hasher.finish()) {
                news.push(format!("[{},{item}]", Value::from(key.as_str())));
            }
            here.insert(key);
        }
        self.0.retain(|key, _| {
            let stays = here.contains(key);
            if !stays {
                news.push(format!("[{},null]", Value::from(key.as_str())));
            }
            stays
        });
        format!("[{}]", news.join(","))
    }
}

struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::Known;
    use serde_json::json;

    #[test]
    fn only_what_is_new_changed_or_gone_is_told() {
        let item = |key: &str, value: i32| (key.to_owned(), json!(value));
        let mut known = Known::default();
        assert_eq!(known.news(vec![item("a", 1), item("b", 2)]), r#"[["a",1],["b",2]]"#);
        assert_eq!(known.news(vec![item("a", 1), item("b", 2)]), "[]");
        assert_eq!(known.news(vec![item("a", 3), item("c", 4)]), r#"[["a",3],["c",4],["b",null]]"#);
    }
}
