//! The figures of the feature `metrics`.

use super::{NUMBER, Office, delivery, says};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
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
