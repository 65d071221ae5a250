//! The `GET` by which Meta checks the endpoint.

use super::webhook;
use whatsapp_business::{ErrorKind, error::ChallengeProblem};

fn problem(query: &str) -> ChallengeProblem {
    match webhook().challenge(query).unwrap_err().kind() {
        ErrorKind::Challenge(problem) => *problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_challenge_comes_back_as_it_was() {
    for query in [
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-token",
        "?hub.verify_token=verify-token&hub.challenge=1158201444&hub.mode=subscribe",
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify%2Dtoken&tenant=7&tenant=8",
        "hub%2Emode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-token",
    ] {
        assert_eq!(webhook().challenge(query).unwrap(), "1158201444", "{query}");
    }
}

#[test]
fn s10_every_parameter_is_needed_exactly_once() {
    let parameters = ["hub.mode=subscribe", "hub.challenge=1", "hub.verify_token=verify-token"];
    for left_out in 0..3 {
        let rest: Vec<_> = (0..3).filter(|n| *n != left_out).map(|n| parameters[n]).collect();
        assert_eq!(problem(&rest.join("&")), ChallengeProblem::Parameters);
        let twice = [&parameters[..], &[parameters[left_out]]].concat();
        assert_eq!(problem(&twice.join("&")), ChallengeProblem::Parameters);
    }
    assert_eq!(problem(""), ChallengeProblem::Parameters);
}

#[test]
fn s10_another_mode_or_token_is_refused() {
    for mode in ["unsubscribe", "Subscribe", "", "subscribe%20"] {
        let query = format!("hub.mode={mode}&hub.challenge=1&hub.verify_token=verify-token");
        assert_eq!(problem(&query), ChallengeProblem::Mode, "{mode}");
    }
    for token in ["", "verify", "verify-token2", "VERIFY-TOKEN", "verify-token%20", "+verify-token"] {
        let query = format!("hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}");
        assert_eq!(problem(&query), ChallengeProblem::Token, "{token}");
    }
}

#[test]
fn s10_a_challenge_that_a_browser_could_take_for_markup_is_not_echoed() {
    let ask = |challenge: &str| {
        format!("hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token=verify-token")
    };
    for good in ["1", "aZ09_.-", &"9".repeat(256)] {
        assert_eq!(webhook().challenge(&ask(good)).unwrap(), good);
    }
    for bad in ["", "<script>", "%3Cb%3E", "1%202", "1+2", "%C3%A4", "1%0A", &"9".repeat(257)] {
        assert_eq!(problem(&ask(bad)), ChallengeProblem::Challenge, "{bad}");
    }
}

#[test]
fn a_stranger_learns_nothing_of_the_challenge() {
    let query = "hub.mode=subscribe&hub.challenge=<b>&hub.verify_token=guess";
    assert_eq!(problem(query), ChallengeProblem::Token);
}
