//! What a tenant used, counted by day.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How much of something a tenant used on one day.
///
/// It is written by [`Change::Count`](crate::store::Change::Count), in the batch of what is counted, so that nothing counts
/// twice and nothing is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// The day: its first moment in UTC.
    #[serde(with = "crate::time::millis")]
    pub day: Timestamp,
    /// What was counted, such as `sent.marketing`.
    pub metric: String,
    /// How much; it stops at `i64::MAX`.
    pub count: u64,
}

impl Usage {
    /// The most that is counted.
    pub const MAX_COUNT: u64 = i64::MAX.unsigned_abs();

    /// Nothing used yet on the day in which `at` lies.
    #[must_use]
    pub fn new(at: Timestamp, metric: impl Into<String>) -> Self {
        Self { day: at.day(), metric: metric.into(), count: 0 }
    }
}
