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

#[cfg(test)]
mod tests {
    use super::{Key, parse, sign, verify};
    use crate::error::SignatureProblem;
    use hmac::{Hmac, KeyInit};

    fn key(bytes: &[u8]) -> Key {
        Key(Hmac::new_from_slice(bytes).unwrap())
    }

    #[test]
    fn signatures_are_those_of_the_published_vectors() {
        let filler = "Test Using Larger Than Block-Size Key - Hash Key First";
        for (secret, body, digits) in [
            // RFC 4231, cases 1, 2 and 6.
            (&[0x0b; 20][..], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 131], filler, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            // The example of GitHub, whose webhooks are signed the same way.
            (
                b"It's a Secret to Everybody",
                "Hello, World!",
                "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            ),
        ] {
            let header = format!("sha256={digits}");
            assert_eq!(sign(&[key(secret)], body.as_bytes()), header);
            assert_eq!(verify(&[key(secret)], body.as_bytes(), Some(&header)), Ok(()));
        }
    }

    #[test]
    fn digits_of_either_case_are_read() {
        let digits = "00ff".repeat(16);
        let expected = [0x00, 0xff].repeat(16);
        for digits in [digits.clone(), digits.to_uppercase()] {
            assert_eq!(parse(&format!("sha256={digits}")).unwrap().as_slice(), expected);
        }
    }

    #[test]
    fn headers_of_every_other_length_are_refused() {
        for length in (0..=200).filter(|length| *length != 64) {
            let header = format!("sha256={}", "0".repeat(length));
            let result = verify(&[key(b"k")], b"", Some(&header));
            assert_eq!(result, Err(SignatureProblem::Malformed), "{length} digits");
        }
        for length in 0..=200 {
            let result = verify(&[key(b"k")], b"", Some(&"0".repeat(length)));
            assert_eq!(result, Err(SignatureProblem::Malformed), "{length} digits without prefix");
        }
    }

    #[test]
    fn without_a_key_nothing_verifies() {
        let header = sign(&[key(b"k")], b"body");
        assert_eq!(verify(&[], b"body", Some(&header)), Err(SignatureProblem::Mismatch));
    }
}
