//! The figures of the feature `metrics`.

use super::{NOW, NUMBER, Office, delivery, says};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use whatsapp_business::{
    Client, Result,
    client::{Body, RetryPolicy, Transport},
    message::Template,
};

/// What was recorded, by name and labels: counters as their sum, all else as what came last.
#[derive(Clone, Default)]
struct Board(Arc<Mutex<BTreeMap<String, f64>>>);

struct Figure(Board, String);

impl Figure {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut board = self.0.0.lock().unwrap();
        let value = board.entry(self.1.clone()).or_default();
        *value = change(*value);
    }
}

impl CounterFn for Figure {
    fn increment(&self, by: u64) {
        self.change(|value| value + f64::from(u32::try_from(by).unwrap()));
    }
    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Figure {
    fn increment(&self, _: f64) {}
    fn decrement(&self, _: f64) {}
    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

impl HistogramFn for Figure {
    fn record(&self, value: f64) {
        self.change(|_| value);
    }
}

impl Board {
    fn figure(&self, key: &Key) -> Arc<Figure> {
        let labels: Vec<_> = key.labels().map(metrics::Label::value).collect();
        Arc::new(Figure(self.clone(), [&[key.name()], &*labels].concat().join("/")))
    }
}

impl Recorder for Board {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.figure(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.figure(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.figure(key))
    }
}

#[test]
fn figures_tell_what_came_what_was_done_and_what_waits() {
    let board = Board::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // One thread, so that all tasks have this recorder.
    metrics::with_local_recorder(&board, || {
        runtime.block_on(async {
            let office = Office::with(|desk| desk.on_event(async |_| Ok(()))).await;
            office.later(3);
            for _ in 0..2 {
                office.receives(&delivery(NUMBER, "messages", says("14155552671", "wamid.1", "Hi"))).await;
            }
            office.receives(&delivery("999", "messages", says("14155552671", "wamid.2", "Hi"))).await;
            office.later(5);
            office.desk.health().await;
            office.desk.step().await.unwrap();
        });
    });
    let figures = board.0.lock().unwrap().clone();
    let expected = [
        ("whatsapp_events_total/applied", 1.0),
        ("whatsapp_events_total/dead_letter", 1.0),
        ("whatsapp_events_total/duplicate", 1.0),
        ("whatsapp_job_attempts/handle", 1.0),
        ("whatsapp_job_wait_seconds/handle", 5.0),
        ("whatsapp_jobs_due", 1.0),
        ("whatsapp_jobs_in_hand", 0.0),
        ("whatsapp_jobs_later", 0.0),
        ("whatsapp_jobs_total/handle/done", 1.0),
        ("whatsapp_oldest_due_seconds", 5.0),
        ("whatsapp_webhook_lag_seconds", 3.0),
    ];
    assert_eq!(figures, BTreeMap::from(expected.map(|(name, value)| (name.to_owned(), value))));
}

/// A Meta that answers as it was told to: takes a message, or refuses it with a code.
#[derive(Clone, Debug)]
struct Answers(Arc<Mutex<Vec<Option<i64>>>>);

#[async_trait::async_trait]
impl Transport for Answers {
    async fn send(&self, _: http::Request<Body>) -> Result<http::Response<Body>> {
        let (status, body) = match self.0.lock().unwrap().remove(0) {
            None => (200, json!({"messages": [{"id": "wamid.OUT"}]})),
            Some(code) => (400, json!({"error": {"code": code, "message": "no", "type": "OAuthException"}})),
        };
        let body = bytes::Bytes::from(body.to_string());
        Ok(http::Response::builder().status(status).body(body.into()).unwrap())
    }
}

#[test]
fn figures_tell_what_became_of_attempts_what_is_stopped_and_whose_window_was_closed() {
    let board = Board::default();
    let answers = Answers(Arc::new(Mutex::new(vec![None, Some(131_047), Some(190)])));
    let client = Client::builder("token").transport(answers).retry(RetryPolicy::never()).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&board, || {
        runtime.block_on(async {
            let office = Office::with(|desk| desk.credentials(client)).await;
            office.acme.send(NUMBER, "+14155552671", "Hello").await.unwrap_err();
            for _ in 0..3 {
                let template = Template::new("hello", "en_US");
                office.acme.send(NUMBER, "+14155552671", template).await.unwrap();
            }
            let failed = json!({"id": "wamid.OUT", "status": "failed", "timestamp": NOW.to_string(),
                "recipient_id": "14155552671", "errors": [{"code": 131_047, "title": "Re-engagement message"}]});
            for _ in 0..2 {
                office.hears("messages", json!({"statuses": [failed]})).await;
            }
        });
    });
    let figures = board.0.lock().unwrap().clone();
    for (name, value) in [
        ("whatsapp_attempts_total/accepted/none", 1.0),
        ("whatsapp_attempts_total/rejected/131047", 1.0),
        ("whatsapp_attempts_total/queued/190", 1.0),
        ("whatsapp_stopped/tenant", 1.0),
        ("whatsapp_stopped/number", 0.0),
        ("whatsapp_window_closed_total/before", 1.0),
        ("whatsapp_window_closed_total/answer", 1.0),
        ("whatsapp_window_closed_total/status", 1.0),
    ] {
        assert_eq!(figures.get(name), Some(&value), "{name} of {figures:?}");
    }
}
