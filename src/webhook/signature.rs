//! The signature of a delivery: HMAC-SHA256 of its bytes, keyed with the app secret.
//!
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads>

use crate::{
    error::SignatureProblem,
    secret::{AppSecret, hex},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const PREFIX: &str = "sha256=";

/// An app secret, ready to sign: the key is scheduled once and the state cloned for each body.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

impl From<AppSecret> for Key {
    fn from(secret: AppSecret) -> Self {
        Self(secret.keyed())
    }
}

impl Key {
    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(body);
        mac
    }
}

/// Checks the header against the bytes, under each of the keys.
pub(super) fn verify(keys: &[Key], body: &[u8], header: Option<&str>) -> Result<(), SignatureProblem> {
    let claimed = parse(header.ok_or(SignatureProblem::Missing)?).ok_or(SignatureProblem::Malformed)?;
    // Every key is tried, so that the time it takes does not tell which one fits.
    let signed = keys.iter().fold(false, |signed, key| signed | key.mac(body).verify_slice(&claimed).is_ok());
    if signed { Ok(()) } else { Err(SignatureProblem::Mismatch) }
}

/// The header's value for these bytes, by the first key.
pub(super) fn sign(keys: &[Key], body: &[u8]) -> String {
    let digits = keys.first().map(|key| hex(&key.mac(body).finalize().into_bytes()));
    format!("{PREFIX}{}", digits.unwrap_or_default())
}

/// The 32 bytes that the header claims.
///
/// They are of fixed size before anything is compared: libraries that compared as far as the shorter side went have
/// accepted an empty signature for every body.
fn parse(header: &str) -> Option<[u8; 32]> {
    let (pairs, []) = header.strip_prefix(PREFIX)?.as_bytes().as_chunks::<2>() else { return None };
    let pairs: &[[u8; 2]; 32] = pairs.try_into().ok()?;
    let mut claimed = [0; 32];
    for (byte, &[high, low]) in claimed.iter_mut().zip(pairs) {
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(claimed)
}

fn digit(ascii: u8) -> Option<u8> {
    char::from(ascii).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
