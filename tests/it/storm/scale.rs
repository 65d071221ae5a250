//! How large a storm is.

use std::{ops::Range, time::Duration};

/// How much happens, and how often something breaks.
#[derive(Clone)]
pub(super) struct Scale {
    pub(super) tenants: usize,
    /// Business numbers of each tenant.
    pub(super) numbers: usize,
    /// Customers, who write to the numbers of all tenants.
    pub(super) people: usize,
    /// How many messages go both ways together; without it they go for `time`.
    pub(super) messages: Option<usize>,
    pub(super) time: Option<Duration>,
    /// How long it is from one harm to the next, and how many messages go meanwhile: a worker is to have something in hand.
    pub(super) calm: Range<Duration>,
    pub(super) between: usize,
    /// At least so many workers are killed.
    pub(super) kills: usize,
    /// One of so many harms is a worker that stands still for longer than its leases last; the others are killed.
    pub(super) pause_every: Option<usize>,
    /// How many jobs and webhooks may wait before customers and the host wait as well.
    pub(super) crowd: usize,
    /// How long it may take after the storm until nothing is left to do.
    pub(super) patience: Duration,
}

impl Scale {
    /// One that is over in seconds.
    pub(super) fn short() -> Self {
        Self {
            tenants: 2,
            numbers: 3,
            people: 2_000,
            messages: Some(2_000),
            time: None,
            calm: Duration::from_millis(300)..Duration::from_millis(900),
            between: 250,
            kills: 4,
            pause_every: None,
            crowd: 400,
            patience: Duration::from_secs(120),
        }
    }

    /// One that goes on until so many messages went both ways, or for so long.
    pub(super) fn long(messages: Option<usize>, time: Option<Duration>) -> Self {
        Self {
            tenants: 3,
            numbers: 6,
            people: 4_000,
            messages,
            time,
            calm: Duration::from_secs(2)..Duration::from_secs(5),
            between: 250,
            kills: messages.map_or(1, |messages| messages / 5_000),
            pause_every: Some(6),
            crowd: 2_000,
            patience: Duration::from_secs(1_800),
        }
    }
}
