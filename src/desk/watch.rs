//! Figures for the host, by the facade of the crate `metrics`; nothing without the feature of that name.

#[cfg(feature = "metrics")]
pub(super) use on::{attempt, backlog, job, lag, received, refused, stopped, window_closed};

#[cfg(not(feature = "metrics"))]
pub(super) use off::{attempt, backlog, job, lag, received, refused, stopped, window_closed};

#[cfg(feature = "metrics")]
mod on {
    use crate::{
        desk::{Health, Received},
        store::{Lease, Sending},
        time::Timestamp,
        webhook::Event,
    };
    use metrics::{counter, gauge, histogram};

    /// How long events were on their way, by Meta's clock and ours.
    pub(in crate::desk) fn lag(events: &[Event], now: Timestamp) {
        let lag = histogram!("whatsapp_webhook_lag_seconds");
        // A history tells when its messages were written.
        let told = events.iter().filter(|event| !matches!(event, Event::HistoryMedia(_)));
        told.filter_map(Event::timestamp).for_each(|told| lag.record(now.since(told).as_secs_f64()));
    }

    /// A delivery was kept.
    pub(in crate::desk) fn received(received: &Received) {
        let count = |outcome: &'static str, events: usize| {
            counter!("whatsapp_events_total", "outcome" => outcome)
                .increment(u64::try_from(events).unwrap_or(u64::MAX));
        };
        count("applied", received.applied);
        count("duplicate", received.duplicates);
        count("dead_letter", received.dead_letters);
    }

    /// A delivery was over the bound.
    pub(in crate::desk) fn refused() {
        counter!("whatsapp_deliveries_refused_total").increment(1);
    }

    /// A job was taken up at `taken`, and its work ended.
    pub(in crate::desk) fn job(lease: &Lease, taken: Timestamp, is_done: bool) {
        let kind = lease.job.kind.to_string();
        let outcome = if is_done { "done" } else { "failed" };
        counter!("whatsapp_jobs_total", "kind" => kind.clone(), "outcome" => outcome).increment(1);
        histogram!("whatsapp_job_attempts", "kind" => kind.clone()).record(f64::from(lease.job.attempts));
        histogram!("whatsapp_job_wait_seconds", "kind" => kind)
            .record(taken.since(lease.job.due).as_secs_f64());
    }

    /// An attempt ended, and the message is so.
    pub(in crate::desk) fn attempt(sending: &Sending) {
        let code = sending.error_code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        let outcome = sending.state.to_string();
        counter!("whatsapp_attempts_total", "outcome" => outcome, "code" => code).increment(1);
    }

    /// The sends of so many tenants and of so many numbers are stopped.
    pub(in crate::desk) fn stopped(tenants: usize, numbers: usize) {
        for (whose, count) in [("tenant", tenants), ("number", numbers)] {
            gauge!("whatsapp_stopped", "whose" => whose)
                .set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        }
    }

    /// A message was outside the window: the desk, an answer or a status `told` so.
    pub(in crate::desk) fn window_closed(told: &'static str) {
        counter!("whatsapp_window_closed_total", "told" => told).increment(1);
    }

    /// What waits.
    pub(in crate::desk) fn backlog(health: &Health) {
        for (name, count) in [
            ("whatsapp_jobs_due", health.due),
            ("whatsapp_jobs_later", health.later),
            ("whatsapp_jobs_in_hand", health.in_hand),
            ("whatsapp_oldest_due_seconds", health.oldest_due_seconds.unwrap_or_default()),
        ] {
            gauge!(name).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod off {
    use crate::{
        desk::{Health, Received},
        store::{Lease, Sending},
        time::Timestamp,
        webhook::Event,
    };

    pub(in crate::desk) fn lag(_: &[Event], _: Timestamp) {}

    pub(in crate::desk) fn received(_: &Received) {}

    pub(in crate::desk) fn refused() {}

    pub(in crate::desk) fn job(_: &Lease, _: Timestamp, _: bool) {}

    pub(in crate::desk) fn attempt(_: &Sending) {}

    pub(in crate::desk) fn stopped(_: usize, _: usize) {}

    pub(in crate::desk) fn window_closed(_: &'static str) {}

    pub(in crate::desk) fn backlog(_: &Health) {}
}
