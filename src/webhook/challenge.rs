//! The `GET` by which Meta checks an endpoint when it is set up.
//!
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests>

use crate::{error::ChallengeProblem, secret::VerifyToken};
use std::borrow::Cow;
use url::form_urlencoded;

/// Longest challenge that is sent back.
const MAX_CHALLENGE: usize = 256;

/// The challenge, when the request is one that Meta makes to this endpoint.
pub(super) fn answer(query: &str, token: &VerifyToken) -> Result<String, ChallengeProblem> {
    let query = query.strip_prefix('?').unwrap_or(query);
    if once(query, "hub.mode")? != "subscribe" {
        return Err(ChallengeProblem::Mode);
    }
    let (presented, challenge) = (once(query, "hub.verify_token")?, once(query, "hub.challenge")?);
    if !token.matches(&presented) {
        return Err(ChallengeProblem::Token);
    }
    // It is sent back as it came: only what cannot be mistaken for mark-up by any browser.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if challenge.is_empty() || challenge.len() > MAX_CHALLENGE || !challenge.chars().all(plain) {
        return Err(ChallengeProblem::Challenge);
    }
    Ok(challenge.into_owned())
}

/// The value of a parameter that must be given exactly once: of two, servers disagree which one counts.
fn once<'q>(query: &'q str, name: &str) -> Result<Cow<'q, str>, ChallengeProblem> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(given, _)| given == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Ok(value),
        _ => Err(ChallengeProblem::Parameters),
    }
}
