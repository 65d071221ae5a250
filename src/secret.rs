//! Secrets: refused when empty, never shown, wiped from memory when dropped.

use crate::error::{Error, ErrorKind, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// Defines a secret text.
macro_rules! secret {
    ($(#[$meta:meta])* $name:ident, $what:literal, no $refused:path) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the secret.
            ///
            /// # Errors
            /// [`ErrorKind::Config`] when it is empty, begins or ends with white space or has characters that none has: an unset
            /// or badly pasted setting, which would otherwise fail much later and far away.
            pub fn new(secret: impl Into<String>) -> Result<Self> {
                let secret = Zeroizing::new(secret.into());
                let refused = |problem: &str| Err(Error::new(ErrorKind::Config(problem.to_owned())));
                if secret.is_empty() {
                    return refused(concat!($what, " is empty"));
                }
                if secret.trim().len() != secret.len() || secret.contains($refused) {
                    return refused(concat!($what, " contains white space or control characters"));
                }
                Ok(Self(secret))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        /// Compares in constant time.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                same(self.0.as_bytes(), other.0.as_bytes())
            }
        }
        impl Eq for $name {}
    };
}

secret!(
    /// A token for the Graph API (system user, business integration or user token).
    AccessToken,
    "access token",
    no char::is_whitespace
);
secret!(
    /// The secret of the Meta app: the key of webhook signatures and of `appsecret_proof`.
    AppSecret,
    "app secret",
    no char::is_control
);
secret!(
    /// The token typed into the app dashboard, by which a webhook endpoint is recognised when it is set up.
    VerifyToken,
    "verify token",
    no char::is_control
);

secret!(
    /// What the identities of people are hashed under where they are not to be read back; see
    /// [`PersonHash`](crate::store::PersonHash).
    ///
    /// Make it of 32 random bytes, written as hexadecimal digits, and keep it outside the store: who has both can try all
    /// phone numbers. With another salt the hashes that were kept are found no more.
    PersonSalt,
    "person salt",
    no char::is_control
);

impl AccessToken {
    /// The token itself, for the one place that writes it into a request.
    #[cfg(any(feature = "client", test))]
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl AppSecret {
    /// HMAC-SHA256 keyed with this secret; clone it per use, so that the key is scheduled once.
    pub(crate) fn keyed(&self) -> Hmac<Sha256> {
        keyed(self.0.as_bytes())
    }

    /// `appsecret_proof` of a token, as lower-case hexadecimal digits.
    #[cfg(any(feature = "client", test))]
    pub(crate) fn proof(&self, token: &AccessToken) -> String {
        let mut mac = self.keyed();
        mac.update(token.reveal().as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

impl PersonSalt {
    /// HMAC-SHA256 keyed with this salt.
    pub(crate) fn keyed(&self) -> Hmac<Sha256> {
        keyed(self.0.as_bytes())
    }
}

impl VerifyToken {
    /// Whether `presented` is this token, in constant time.
    pub(crate) fn matches(&self, presented: &str) -> bool {
        same(self.0.as_bytes(), presented.as_bytes())
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().map_or('0', char::from);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Compares digests of both sides under a fixed key, so that neither content nor length is told by the time it takes.
fn same(a: &[u8], b: &[u8]) -> bool {
    let tag = |text: &[u8]| {
        let mut mac = keyed(b"whatsapp-business compare");
        mac.update(text);
        mac
    };
    tag(a).verify_slice(&tag(b).finalize().into_bytes()).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::{AccessToken, AppSecret, PersonSalt, VerifyToken};
    use crate::error::ErrorKind;

    #[test]
    fn empty_and_badly_pasted_secrets_are_refused() {
        for bad in ["", " ", "abc\n", " abc", "a\0b"] {
            let error = AppSecret::new(bad).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Config(_)), "{bad:?}");
        }
        assert!(AppSecret::new("It's a Secret to Everybody").is_ok());
        assert!(AccessToken::new("Bearer EAAG").is_err());
    }

    #[test]
    fn secrets_hide_themselves() {
        assert_eq!(format!("{:?}", AccessToken::new("EAAG").unwrap()), "AccessToken(..)");
        assert_eq!(format!("{:?}", PersonSalt::new("EAAG").unwrap()), "PersonSalt(..)");
    }

    #[test]
    fn tokens_match_themselves_only() {
        let token = VerifyToken::new("abc").unwrap();
        assert!(token.matches("abc"));
        for other in ["", "ab", "abcd", "abd", "ABC"] {
            assert!(!token.matches(other), "{other:?}");
        }
    }

    #[test]
    fn proof_is_the_hmac_of_the_token() {
        // RFC 4231, case 2.
        let proof =
            AppSecret::new("Jefe").unwrap().proof(&AccessToken::new("whatdoyawantfornothing").unwrap());
        assert_eq!(proof.len(), 64);
        assert_eq!(super::hex(&[0x00, 0xaf, 0x10]), "00af10");
    }
}
