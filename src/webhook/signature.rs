//! The signature of a delivery: HMAC-SHA256 of its bytes, keyed with the app secret.
//!
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads>

use crate::{
    error::SignatureProblem,
    secret::{AppSecret, hex, unhex},
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

    /// Of the text with all but ASCII written as `\u` and four lower-case digits, as Meta writes what it signs.
    fn mac_escaped(&self, text: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        let (mut plain, mut units) = (text, [0; 2]);
        while let Some(at) = plain.find(|c: char| !c.is_ascii()) {
            let (ascii, rest) = plain.split_at(at);
            mac.update(ascii.as_bytes());
            let mut rest = rest.chars();
            if let Some(c) = rest.next() {
                c.encode_utf16(&mut units).iter().for_each(|unit| mac.update(&escape(*unit)));
            }
            plain = rest.as_str();
        }
        mac.update(plain.as_bytes());
        mac
    }
}

/// One UTF-16 unit as JSON escapes it.
fn escape(unit: u16) -> [u8; 6] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |shift: u32| DIGITS.get(usize::from(unit >> shift & 15)).copied().unwrap_or(b'0');
    [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]
}

/// Checks the header against the bytes, under each of the keys; gives the place of the first one that fits.
///
/// When `unescaped`, what does not fit is tried once more in the form it has with its characters escaped.
pub(super) fn verify(
    keys: &[Key],
    body: &[u8],
    header: Option<&str>,
    unescaped: bool,
) -> Result<usize, SignatureProblem> {
    let claimed = parse(header.ok_or(SignatureProblem::Missing)?).ok_or(SignatureProblem::Malformed)?;
    let escaped = || match std::str::from_utf8(body) {
        Ok(text) if unescaped && !text.is_ascii() => signer(keys, &claimed, |key| key.mac_escaped(text)),
        _ => None,
    };
    signer(keys, &claimed, |key| key.mac(body)).or_else(escaped).ok_or(SignatureProblem::Mismatch)
}

/// The first of the keys under which `mac` gives the claimed bytes.
fn signer(keys: &[Key], claimed: &[u8; 32], mac: impl Fn(&Key) -> Hmac<Sha256>) -> Option<usize> {
    // Every key is tried, so that the time it takes does not tell which one fits.
    keys.iter().enumerate().fold(None, |signer, (place, key)| {
        let fits = mac(key).verify_slice(claimed).is_ok();
        signer.or(fits.then_some(place))
    })
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
    unhex(header.strip_prefix(PREFIX)?)
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
        let counted: Vec<u8> = (1..=25).collect();
        let long = "This is a test using a larger than block-size key and a larger than block-size data. The key \
            needs to be hashed before being used by the HMAC algorithm.";
        for (secret, body, digits) in [
            // RFC 4231, cases 1 to 4, 6 and 7. An app secret is text, so only the key of case 2 can be one.
            (
                &[0x0b; 20][..],
                &b"Hi There"[..],
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (
                &[0xaa; 131],
                filler.as_bytes(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                long.as_bytes(),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
            // The example of GitHub, whose webhooks are signed the same way.
            (
                b"It's a Secret to Everybody",
                b"Hello, World!",
                "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            ),
        ] {
            let header = format!("sha256={digits}");
            assert_eq!(sign(&[key(secret)], body), header);
            assert_eq!(verify(&[key(secret)], body, Some(&header), false), Ok(0));
        }
    }

    #[test]
    fn a_truncated_tag_is_refused_though_it_is_right_as_far_as_it_goes() {
        // RFC 4231, case 5.
        let (key, body) = (key(&[0x0c; 20]), b"Test With Truncation");
        let header = "sha256=a3b6167473100ee06e0c796c2955552b";
        assert!(sign(std::slice::from_ref(&key), body).starts_with(header));
        assert_eq!(verify(&[key], body, Some(header), true), Err(SignatureProblem::Malformed));
    }

    #[test]
    fn the_escaped_form_is_that_of_python() {
        // What json.dumps writes of the same text, but for the quotes.
        for (text, escaped) in [
            ("äöå", r"\u00e4\u00f6\u00e5"),
            ("aä", r"a\u00e4"),
            ("äa", r"\u00e4a"),
            ("a🙂b€c", r"a\ud83d\ude42b\u20acc"),
            ("\u{7f}\u{80}\u{ffff}\u{10000}", "\u{7f}\\u0080\\uffff\\ud800\\udc00"),
            ("/<>@%", "/<>@%"),
            ("", ""),
        ] {
            let header = sign(&[key(b"k")], escaped.as_bytes());
            assert_eq!(verify(&[key(b"k")], text.as_bytes(), Some(&header), true), Ok(0), "{text}");
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
            let result = verify(&[key(b"k")], b"", Some(&header), true);
            assert_eq!(result, Err(SignatureProblem::Malformed), "{length} digits");
        }
        for length in 0..=200 {
            let result = verify(&[key(b"k")], b"", Some(&"0".repeat(length)), true);
            assert_eq!(result, Err(SignatureProblem::Malformed), "{length} digits without prefix");
        }
    }

    #[test]
    fn without_a_key_nothing_verifies() {
        let header = sign(&[key(b"k")], b"body");
        assert_eq!(verify(&[], b"body", Some(&header), true), Err(SignatureProblem::Mismatch));
    }
}
