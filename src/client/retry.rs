//! When a request is tried again: decided here and nowhere else.

use crate::error::{Class, Error, Retry};
use std::time::Duration;

/// How often and how long a request is tried again.
///
/// A retry never duplicates a message: a send is repeated only when it is proved that Meta did not take it. Waits grow
/// by doubling with full jitter, or as Meta asks.
///
/// ```
/// use std::time::Duration;
/// use whatsapp_business::{Client, client::RetryPolicy};
/// # fn main() -> whatsapp_business::Result<()> {
/// let patient = RetryPolicy::default().max_attempts(8).max_elapsed(Duration::from_secs(120));
/// let client = Client::builder("token").retry(patient).build()?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    max_elapsed: Duration,
    first: Duration,
}

impl RetryPolicy {
    /// Longest wait between two attempts that the policy makes up by itself.
    const CAP: Duration = Duration::from_secs(20);

    /// One attempt and no more.
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Most attempts, the first included.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// No attempt begins later than this after the first one began, or after the last part of a file was sent or received.
    #[must_use]
    pub fn max_elapsed(mut self, span: Duration) -> Self {
        self.max_elapsed = span;
        self
    }

    /// The wait that the back-off begins with.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first = wait;
        self
    }

    /// How long to wait before the next attempt, or `None` to give up.
    ///
    /// `attempts` have been made and took `elapsed`; the last one failed with `error`. `random` gives a number in 0..1.
    pub(super) fn next(
        &self,
        error: &Error,
        safety: Safety,
        attempts: u32,
        elapsed: Duration,
        random: impl FnOnce() -> f64,
    ) -> Option<Duration> {
        let safe = safety == Safety::Repeatable || !error.outcome_unknown();
        if attempts >= self.max_attempts || !error.is_retryable() || !safe {
            return None;
        }
        let doubled = self.first.saturating_mul(1 << attempts.saturating_sub(1).min(16));
        let jittered = doubled.min(Self::CAP).mul_f64(random());
        let wait = jittered.max(asked(error, attempts)?);
        (elapsed + wait <= self.max_elapsed).then_some(wait)
    }
}

/// The least wait that Meta asks for, or its documentation states for this code; `None` when it says to stop trying.
fn asked(error: &Error, attempts: u32) -> Option<Duration> {
    let Some(api) = error.api() else { return Some(error.retry_after().unwrap_or_default()) };
    let documented = match api.advice().retry {
        // Trouble on Meta's side has no documented rhythm; the policy's own jitter serves better than the table's.
        Retry::Soon(_) if api.class() == Class::Unavailable => Duration::ZERO,
        Retry::Soon(backoff) => backoff.wait(attempts)?,
        _ => return None,
    };
    Some(documented.max(api.wait.unwrap_or_default()))
}

/// Four attempts within 30 seconds, waiting half a second at first.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_attempts: 4, max_elapsed: Duration::from_secs(30), first: Duration::from_millis(500) }
    }
}

/// Whether repeating a request can do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Safety {
    /// Doing it twice is doing it once, near enough: reading, deleting, marking as read, uploading a file.
    Repeatable,
    /// Doing it twice is wrong: a customer would get the message twice.
    Once,
}

#[cfg(test)]
mod tests {
    use super::{RetryPolicy, Safety};
    use crate::error::{Error, ErrorKind, read};
    use std::time::Duration;

    fn api(code: i64) -> Error {
        let body = format!(r#"{{"error":{{"message":"x","type":"OAuthException","code":{code}}}}}"#);
        Error::new(read(400, None, body.as_bytes()))
    }

    fn wait(error: &Error, safety: Safety, attempts: u32) -> Option<Duration> {
        RetryPolicy::default().max_attempts(10).max_elapsed(Duration::from_secs(10_000)).next(
            error,
            safety,
            attempts,
            Duration::ZERO,
            || 0.5,
        )
    }

    #[test]
    fn a_send_whose_outcome_is_unknown_is_never_repeated() {
        let unknown = [
            Error::new(ErrorKind::Timeout),
            Error::new(ErrorKind::Interrupted),
            Error::new(ErrorKind::Decode("x".into())),
            Error::new(read(502, None, b"<html>")),
            Error::new(read(500, None, b"")),
            api(1),
            api(2),
            api(131_000),
            api(131_016),
        ];
        for error in unknown {
            assert!(error.outcome_unknown(), "{error}");
            assert_eq!(wait(&error, Safety::Once, 1), None, "{error}");
        }
        assert!(wait(&Error::new(ErrorKind::Timeout), Safety::Repeatable, 1).is_some());
        assert!(wait(&api(131_016), Safety::Repeatable, 1).is_some());
    }

    #[test]
    fn a_send_that_was_surely_not_taken_is_repeated() {
        for error in [Error::new(ErrorKind::Connect), api(130_429), Error::new(read(429, None, b"slow down"))]
        {
            assert!(wait(&error, Safety::Once, 1).is_some(), "{error}");
        }
    }

    #[test]
    fn permanent_errors_are_not_repeated() {
        for code in [100, 190, 3, 131_026, 131_047, 131_049, 132_001, 131_045] {
            assert_eq!(wait(&api(code), Safety::Repeatable, 1), None, "{code}");
        }
    }

    #[test]
    fn a_throttled_pair_waits_one_four_and_sixteen_seconds() {
        let waits: Vec<_> =
            (1..=3).filter_map(|n| wait(&api(131_056), Safety::Once, n)).map(|w| w.as_secs()).collect();
        assert_eq!(waits, [1, 4, 16]);
    }

    #[test]
    fn meta_is_not_asked_again_before_the_time_it_named() {
        let error = Error::new(read(429, Some(Duration::from_secs(7)), b""));
        assert_eq!(wait(&error, Safety::Once, 1), Some(Duration::from_secs(7)));
        let impatient = RetryPolicy::default().max_elapsed(Duration::from_secs(6));
        assert_eq!(impatient.next(&error, Safety::Once, 1, Duration::ZERO, || 0.5), None);
    }

    #[test]
    fn attempts_are_counted() {
        let error = Error::new(ErrorKind::Connect);
        assert_eq!(RetryPolicy::never().next(&error, Safety::Once, 1, Duration::ZERO, || 0.5), None);
        let two = RetryPolicy::default().max_attempts(2);
        assert!(two.next(&error, Safety::Once, 1, Duration::ZERO, || 0.5).is_some());
        assert!(two.next(&error, Safety::Once, 2, Duration::ZERO, || 0.5).is_none());
    }
}
