//! What is kept as a digest, because the text behind it names a person.

use crate::{
    id::TenantId,
    secret::{PersonSalt, hex, unhex},
    store::Identity,
};
use hmac::Mac as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Defines a digest of 32 bytes that hides itself.
macro_rules! digest {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The digest as it was kept.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The digest, to keep.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        /// Shows nothing: whoever can guess what is behind a digest could tell it by this.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

digest!(
    /// What must happen once, as its SHA-256.
    ///
    /// Such texts hold ids of messages, and these the numbers of people. The digest lets a person be erased while what they
    /// wrote is still known when Meta delivers it again. What is digested should hold something that nobody guesses, as an
    /// id of a message does: a phone number alone could be found by trying all of them.
    ///
    /// ```
    /// use whatsapp_business::store::Mark;
    /// assert_eq!(Mark::of("msg:wamid.A"), "msg:wamid.A".into());
    /// ```
    Mark
);

impl Mark {
    /// The mark of `what`.
    #[must_use]
    pub fn of(what: &str) -> Self {
        Self(Sha256::digest(what).into())
    }
}

impl From<&str> for Mark {
    fn from(what: &str) -> Self {
        Self::of(what)
    }
}

impl From<String> for Mark {
    fn from(what: String) -> Self {
        Self::of(&what)
    }
}

digest!(
    /// One identity of a person in one tenant, as its HMAC-SHA256 under a secret of the host.
    ///
    /// It says of a known identity whether it is the one, and of nobody who it is, as long as the salt is secret: so it may
    /// be kept when the person is erased.
    ///
    /// ```
    /// use whatsapp_business::store::{Identity, PersonHash, PersonSalt};
    /// # fn f() -> whatsapp_business::Result<()> {
    /// let salt = PersonSalt::new("6d0f6cb5f8a44f0d9c4e1a3f0b7d2e91")?;
    /// let person = PersonHash::of(&salt, &"acme".into(), &Identity::Phone("14155552671".into()));
    /// # Ok(()) }
    /// ```
    PersonHash
);

impl PersonHash {
    /// The hash of `identity` in `tenant`. The same person has another one in another tenant, and for each identity.
    #[must_use]
    pub fn of(salt: &PersonSalt, tenant: &TenantId, identity: &Identity) -> Self {
        let mut mac = salt.keyed();
        // Each part after its length, so that no two lists of parts are the same bytes.
        for part in [tenant.as_str(), identity.kind(), identity.value()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// The hash as 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }
}

/// As its hexadecimal digits.
impl Serialize for PersonHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for PersonHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        unhex(&digits).map(Self).ok_or_else(|| D::Error::custom("not 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, PersonHash};
    use crate::{
        secret::{PersonSalt, hex},
        store::Identity,
    };

    #[test]
    fn a_mark_is_the_sha_256_of_its_text() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(Mark::of("abc").as_bytes()), digest);
        assert_eq!(Mark::from("abc"), Mark::from("abc".to_owned()));
        assert_eq!(Mark::from_bytes(*Mark::of("abc").as_bytes()), Mark::of("abc"));
    }

    #[test]
    fn digests_hide_themselves() {
        assert_eq!(format!("{:?}", Mark::of("abc")), "Mark(..)");
        assert_eq!(format!("{:?}", PersonHash::from_bytes([7; 32])), "PersonHash(..)");
    }

    #[test]
    fn a_person_has_another_hash_by_every_salt_tenant_and_identity() {
        let salt = |text: &str| PersonSalt::new(text).unwrap();
        let (phone, user) = (Identity::Phone("1".into()), Identity::UserId("1".into()));
        let hash = PersonHash::of(&salt("a"), &"acme".into(), &phone);
        assert_eq!(hash, PersonHash::of(&salt("a"), &"acme".into(), &phone));
        for other in [
            PersonHash::of(&salt("b"), &"acme".into(), &phone),
            PersonHash::of(&salt("a"), &"globex".into(), &phone),
            PersonHash::of(&salt("a"), &"acme".into(), &user),
            PersonHash::of(&salt("a"), &"acme".into(), &Identity::Phone("2".into())),
        ] {
            assert_ne!(hash, other);
        }
    }

    #[test]
    fn a_person_hash_is_written_as_digits_and_read_back() {
        let hash = PersonHash::from_bytes([0xa7; 32]);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{}\"", "a7".repeat(32)));
        assert_eq!(serde_json::from_str::<PersonHash>(&json).unwrap(), hash);
        for odd in ["", "a7", &"a7".repeat(33), &"xy".repeat(32), &"ä".repeat(32)] {
            assert!(serde_json::from_value::<PersonHash>(odd.into()).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_hash_is_the_hmac_of_its_parts_with_their_lengths() {
        // Computed elsewhere: the hashes that were kept must be found again by every later version.
        let hash = PersonHash::of(
            &PersonSalt::new("salt").unwrap(),
            &"acme".into(),
            &Identity::Phone("14155552671".into()),
        );
        assert_eq!(hash.to_hex(), "e99ac4ce06633841b221045d50411d08ff4af5af7905ba88f761418490120e39");
    }
}
