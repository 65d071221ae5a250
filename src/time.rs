//! Points in time, as Unix time.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    fmt,
    ops::{Add, Sub},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A point in time: milliseconds since 1970-01-01 UTC, leap seconds not counted.
///
/// Meta speaks in whole seconds, so that is how a `Timestamp` is read and written in JSON; inside the crate the
/// milliseconds keep the order of what happens within one second.
///
/// ```
/// use whatsapp_business::time::Timestamp;
/// let at = Timestamp::from_seconds(1_700_000_000);
/// assert_eq!(at.to_string(), "2023-11-14T22:13:20Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The current time of this machine's clock.
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// From whole seconds of Unix time.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// From milliseconds of Unix time.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Whole seconds of Unix time, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Milliseconds of Unix time.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The first moment of the day in which this lies, in UTC.
    #[must_use]
    pub const fn day(self) -> Self {
        const DAY: i64 = 86_400_000;
        Self(self.0.saturating_sub(self.0.rem_euclid(DAY)))
    }

    /// How long after `earlier` this is; zero when it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(0) + after,
            Err(before) => Self(0) - before.duration(),
        }
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let span = Duration::from_millis(time.0.unsigned_abs());
        if time.0 < 0 { UNIX_EPOCH - span } else { UNIX_EPOCH + span }
    }
}

/// RFC 3339 in UTC; milliseconds are shown when there are any.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.as_seconds().div_euclid(86_400), self.as_seconds().rem_euclid(86_400));
        // Days to a date in the proleptic Gregorian calendar, counted from 0000-03-01 in eras of 400 years.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match self.0.rem_euclid(1000) {
            0 => f.write_str("Z"),
            millis => write!(f, ".{millis:03}Z"),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.as_seconds())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::wire::integer(deserializer).map(Self::from_seconds)
    }
}

/// For serde's `with`: as a number of milliseconds, where none may be lost.
pub(crate) mod millis {
    use super::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        at.as_millis().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_millis)
    }

    /// The same of a time that may be missing.
    pub(crate) mod option {
        use super::{Deserialize, Deserializer, Serialize, Serializer, Timestamp};

        #[expect(clippy::ref_option, reason = "this is how serde calls it")]
        pub(crate) fn serialize<S: Serializer>(
            at: &Option<Timestamp>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            at.map(Timestamp::as_millis).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            Ok(Option::deserialize(deserializer)?.map(Timestamp::from_millis))
        }
    }

    /// The same of many times.
    pub(crate) mod list {
        use super::{Deserialize, Deserializer, Serializer, Timestamp};

        pub(crate) fn serialize<S: Serializer>(
            times: &[Timestamp],
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(times.iter().map(|at| at.as_millis()))
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Vec<Timestamp>, D::Error> {
            Ok(Vec::deserialize(deserializer)?.into_iter().map(Timestamp::from_millis).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;
    use std::time::{Duration, SystemTime};

    #[test]
    fn shows_itself_as_rfc_3339() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Timestamp::from_seconds(seconds).to_string(), text);
        }
        assert_eq!(Timestamp::from_millis(1_007).to_string(), "1970-01-01T00:00:01.007Z");
    }

    #[test]
    fn is_read_from_text_and_number_and_written_as_text() {
        for body in [r#""1700000000""#, "1700000000"] {
            let at: Timestamp = serde_json::from_str(body).unwrap();
            assert_eq!(serde_json::to_string(&at).unwrap(), r#""1700000000""#);
        }
    }

    #[test]
    fn converts_to_the_system_clock_and_back() {
        for millis in [-1_500, 0, 1_700_000_000_123] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(Timestamp::from(SystemTime::from(at)), at);
        }
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(9)), Duration::ZERO);
    }
}
