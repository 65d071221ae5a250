//! The bytes of a webhook and their signature.

use crate::{AppSecret, secret::hex};
use hmac::Mac;
use std::fmt::Write;

/// The bytes as Meta writes them: ASCII only, with `/`, `<`, `%` and `@` escaped as well.
///
/// A receiver that reads the JSON and writes it again before it checks the signature fails here, as it does with Meta.
///
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads>
pub(super) fn bytes(body: &str) -> Vec<u8> {
    let mut escaped = String::with_capacity(body.len() + body.len() / 8);
    let mut rest = body;
    while let Some(at) = rest.find(|c: char| matches!(c, '/' | '<' | '%' | '@') || !c.is_ascii()) {
        let (plain, tail) = rest.split_at(at);
        escaped.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            // None of these is part of JSON's own syntax, so each stands inside a string.
            Some('/') => escaped.push_str("\\/"),
            Some('<') => escaped.push_str("\\u003C"),
            Some('%') => escaped.push_str("\\u0025"),
            Some('@') => escaped.push_str("\\u0040"),
            Some(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
            None => {}
        }
        rest = chars.as_str();
    }
    escaped.push_str(rest);
    escaped.into_bytes()
}

/// What [`signature`] is for an envelope, which has to be the text that is posted: the order of its members counts.
pub(crate) fn signature_of(key: &AppSecret, text: &str) -> String {
    signature(key, &bytes(text))
}

/// The value of `X-Hub-Signature-256`.
pub(super) fn signature(key: &AppSecret, bytes: &[u8]) -> String {
    let mut mac = key.keyed();
    mac.update(bytes);
    format!("sha256={}", hex(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{bytes, signature};
    use crate::AppSecret;
    use serde_json::{Value, json};

    #[test]
    fn bytes_are_ascii_and_mean_the_same() {
        let body = json!({"text": "å😀 \"<a@b>/%\\ \n"});
        let bytes = bytes(&body.to_string());
        assert!(bytes.is_ascii());
        assert!(String::from_utf8_lossy(&bytes).contains(r"\u00e5\ud83d\ude00"));
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), body);
    }

    #[test]
    fn the_signature_is_the_published_test_vector() {
        let key = AppSecret::new("key").unwrap();
        let signature = signature(&key, b"The quick brown fox jumps over the lazy dog");
        assert_eq!(signature, "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    }
}
