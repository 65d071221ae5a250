//! What becomes of a send that failed, and when it is tried again: rules without a store or a clock.

use crate::{
    client::Sent,
    error::Result,
    store::{Outcome, SendState, Sending},
    time::Timestamp,
};
use std::time::Duration;

/// The least waits before another attempt; after them the send is given up.
const LADDER: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
    Duration::from_secs(3600),
];

/// What an attempt's result makes of the message and of its job.
pub(super) fn verdict(result: &Result<Sent>, attempts: u32, now: Timestamp) -> (Sending, Outcome) {
    let Err(error) = result else {
        let sending = Sending { state: SendState::Accepted, attempts, error_code: None, error: None };
        return (sending, Outcome::Done);
    };
    let rung = usize::try_from(attempts.saturating_sub(1)).ok().and_then(|rung| LADDER.get(rung));
    let (state, outcome) = match rung {
        _ if error.outcome_unknown() => (SendState::OutcomeUnknown, Outcome::Done),
        Some(wait) if error.is_retryable() => {
            (SendState::Queued, Outcome::Again(now + error.retry_after().unwrap_or_default().max(*wait)))
        }
        _ => (SendState::Rejected, Outcome::Done),
    };
    let (error_code, error) = (error.api().map(|api| api.code), Some(error.to_string()));
    (Sending { state, attempts, error_code, error }, outcome)
}

#[cfg(test)]
mod tests {
    use super::{LADDER, verdict};
    use crate::{
        error::{Error, ErrorKind},
        store::{Outcome, SendState},
        time::Timestamp,
    };
    use std::time::Duration;

    #[test]
    fn waits_climb_the_ladder_and_then_the_send_is_given_up() {
        let now = Timestamp::from_seconds(0);
        for (attempts, wait) in (1..).zip(LADDER) {
            let (sending, outcome) = verdict(&Err(Error::new(ErrorKind::Connect)), attempts, now);
            assert_eq!((sending.state, outcome), (SendState::Queued, Outcome::Again(now + wait)));
        }
        let (sending, outcome) = verdict(&Err(Error::new(ErrorKind::Connect)), 6, now);
        assert_eq!((sending.state, outcome), (SendState::Rejected, Outcome::Done));
    }

    #[test]
    fn waits_grow_for_a_throttled_send_too() {
        let body = br#"{"error":{"code":131056,"message":"x","type":"y"}}"#;
        let (now, error) = (Timestamp::from_seconds(0), || Error::new(crate::error::read(400, None, body)));
        for (attempts, wait) in (1..).zip(LADDER) {
            assert_eq!(verdict(&Err(error()), attempts, now).1, Outcome::Again(now + wait));
        }
    }

    #[test]
    fn a_lost_answer_is_unknown_and_not_tried_again() {
        let (sending, outcome) = verdict(&Err(Error::new(ErrorKind::Timeout)), 1, Timestamp::from_seconds(0));
        assert_eq!((sending.state, outcome), (SendState::OutcomeUnknown, Outcome::Done));
    }

    #[test]
    fn a_throttled_send_waits_as_long_as_meta_says() {
        let body = br#"{"error":{"code":80007,"message":"x","type":"y"}}"#;
        let error = Error::new(crate::error::read(400, Some(Duration::from_secs(240)), body));
        let (sending, outcome) = verdict(&Err(error), 1, Timestamp::from_seconds(0));
        assert_eq!(
            (sending.state, outcome),
            (SendState::Queued, Outcome::Again(Timestamp::from_seconds(240)))
        );
        assert_eq!(sending.error_code, Some(80_007));
    }
}
