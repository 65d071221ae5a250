//! What becomes of a send that failed, and when it is tried again: rules without a store or a clock.

use crate::{
    desk::send::hold::Whose,
    error::{Class, Error, ErrorKind, HttpError, Retry, Scope},
};
use std::time::Duration;

/// The least waits before Meta is tried again that was not reached; after them a send is given up.
pub(in crate::desk) const LADDER: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
    Duration::from_secs(3600),
];

/// By how much of itself a wait is longer at most, so that those who failed together do not come back together.
const JITTER: f64 = 0.25;

/// What becomes of a send that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Meta may have taken it.
    Unknown,
    /// Surely not taken: again after this time.
    Again(Duration),
    /// Surely not taken, and others would fail as it did. Meta or its documentation asks for a wait, or does not.
    Held(Whose, Option<Duration>),
    /// For good.
    Refused,
    /// For good, and others would fail as it did: Meta holds back the number or the account. It asks for a wait, or does not.
    RefusedAndHeld(Whose, Option<Duration>),
}

/// What becomes of a send after so many attempts, of which the last failed with `error`. `random` is in 0..1.
pub(super) fn fate(error: &Error, attempts: u32, random: f64) -> Fate {
    let jittered = |wait: Duration| Fate::Again(wait + wait.mul_f64(JITTER * random));
    if error.outcome_unknown() {
        return Fate::Unknown;
    }
    let Some(api) = error.api() else {
        if let ErrorKind::Http(HttpError { status: 429, retry_after, .. }) = error.kind() {
            // What stands before Meta has enough of us, not of this message.
            return Fate::Held(Whose::Number, *retry_after);
        }
        let rung = usize::try_from(attempts.saturating_sub(1)).ok().and_then(|rung| LADDER.get(rung));
        return match rung {
            Some(wait) if error.is_retryable() => jittered(*wait),
            _ => Fate::Refused,
        };
    };
    let advice = api.advice();
    match (advice.class, advice.scope, advice.retry) {
        (Class::Auth, Scope::Token, _) => Fate::Held(Whose::Tenant, None),
        // It may be about one account of several, or about one kind of message.
        (Class::Permission, Scope::Token, _) => Fate::RefusedAndHeld(Whose::Number, None),
        (_, Scope::Token | Scope::App | Scope::Account | Scope::Number, Retry::Soon(backoff)) => {
            Fate::Held(Whose::Number, Some(api.wait.unwrap_or(backoff.first)))
        }
        (Class::Integrity | Class::Payment, Scope::Account, _) => {
            Fate::RefusedAndHeld(Whose::Number, api.wait)
        }
        // What lasts for an account is a limit for templates or groups: other messages go out.
        (_, Scope::Number, Retry::Later(wait)) => {
            Fate::RefusedAndHeld(Whose::Number, Some(api.wait.unwrap_or(wait)))
        }
        (_, _, Retry::Soon(backoff)) => match backoff.wait(attempts) {
            Some(wait) => jittered(wait.max(api.wait.unwrap_or_default())),
            None => Fate::Refused,
        },
        _ => Fate::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, JITTER, LADDER, fate};
    use crate::{
        desk::send::hold::Whose,
        error::{Error, ErrorKind, read},
    };
    use proptest::prelude::*;
    use std::time::Duration;

    fn api(code: i64, wait: Option<u64>) -> Error {
        let body = format!(r#"{{"error":{{"code":{code},"message":"x","type":"y"}}}}"#);
        Error::new(read(400, wait.map(Duration::from_secs), body.as_bytes()))
    }

    #[test]
    fn waits_for_a_connection_climb_the_ladder_and_then_the_send_is_given_up() {
        for (attempts, wait) in (1..).zip(LADDER) {
            assert_eq!(fate(&Error::new(ErrorKind::Connect), attempts, 0.0), Fate::Again(wait));
        }
        assert_eq!(fate(&Error::new(ErrorKind::Connect), 6, 0.0), Fate::Refused);
    }

    #[test]
    fn a_pair_waits_four_times_as_long_each_time() {
        let waits: Vec<_> = (1..=6).map(|attempts| fate(&api(131_056, None), attempts, 0.0)).collect();
        let expected = [1, 4, 16, 64, 256].map(|seconds| Fate::Again(Duration::from_secs(seconds)));
        assert_eq!(waits[..5], expected);
        assert_eq!(waits[5], Fate::Refused);
    }

    #[test]
    fn a_lost_answer_is_unknown_and_not_tried_again() {
        let lost = [
            Error::new(ErrorKind::Timeout),
            Error::new(ErrorKind::Interrupted),
            api(131_000, None),
            api(2, None),
            Error::new(read(503, None, b"<html>")),
        ];
        for error in lost {
            assert_eq!(fate(&error, 1, 0.5), Fate::Unknown, "{error}");
        }
    }

    #[test]
    fn what_every_other_send_would_meet_stops_them_all() {
        for code in [0, 102, 104, 190] {
            assert_eq!(fate(&api(code, None), 9, 0.5), Fate::Held(Whose::Tenant, None), "{code}");
        }
        for code in [4, 80_007, 130_429, 131_057] {
            let wait = Some(Duration::from_secs(240));
            assert_eq!(fate(&api(code, Some(240)), 9, 0.5), Fate::Held(Whose::Number, wait), "{code}");
        }
    }

    #[test]
    fn what_would_fail_again_is_refused_at_once() {
        for code in [100, 131_026, 131_047, 131_049, 131_050, 131_064, 132_001] {
            assert_eq!(fate(&api(code, None), 1, 0.5), Fate::Refused, "{code}");
        }
    }

    #[test]
    fn what_meta_holds_against_the_number_refuses_one_and_stops_the_others() {
        for code in [3, 10, 200, 299, 368, 131_005, 131_031, 131_042] {
            let expected = Fate::RefusedAndHeld(Whose::Number, None);
            assert_eq!(fate(&api(code, None), 1, 0.5), expected, "{code}");
        }
        let hours = Some(Duration::from_secs(4 * 3600));
        assert_eq!(fate(&api(131_048, None), 1, 0.5), Fate::RefusedAndHeld(Whose::Number, hours));
    }

    #[test]
    fn a_server_that_has_enough_of_us_stops_all_for_as_long_as_it_says() {
        for wait in [Some(Duration::from_secs(70)), None] {
            let error = Error::new(read(429, wait, b"slow down"));
            assert_eq!(fate(&error, 9, 0.5), Fate::Held(Whose::Number, wait));
        }
    }

    proptest! {
        /// **B**: whatever Meta answers, what may have been sent is not sent again, and no wait is shorter than the one asked for.
        #[test]
        fn nothing_that_may_have_been_taken_is_tried_again(
            status in 200..600u16, code in -1..140_000_i64, wait in proptest::option::of(0..10_000_u64),
            attempts in 1..100_u32, random in 0.0..1.0,
        ) {
            let body = format!(r#"{{"error":{{"code":{code},"message":"x","type":"y"}}}}"#);
            let error = Error::new(read(status, wait.map(Duration::from_secs), body.as_bytes()));
            let fate = fate(&error, attempts, random);
            prop_assert_eq!(fate == Fate::Unknown, error.outcome_unknown());
            if let Fate::Again(time) = fate {
                prop_assert!(time >= Duration::from_secs(wait.unwrap_or(0)));
                let longest = LADDER[4].max(Duration::from_secs(wait.unwrap_or(0)));
                prop_assert!(time <= longest.mul_f64(1.0 + JITTER));
            }
        }
    }
}
