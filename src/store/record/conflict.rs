//! A sign that two contacts may be one person.

use crate::{
    id::id,
    secret::hex,
    store::{ContactId, Identity},
    time::Timestamp,
    wire::quiet_debug,
};
use sha2::{Digest as _, Sha256};

id!(
    /// Our id of a sign that two contacts may be one person.
    IdentityConflictId
);

impl IdentityConflictId {
    /// The id that this conflict always has, so that it is kept once however often it is seen.
    #[must_use]
    pub fn of(identity: &Identity, holder: &ContactId, claimant: &ContactId) -> Self {
        let mut hash = Sha256::new();
        for part in [identity.kind(), identity.value(), holder.as_str(), claimant.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex(&hash.finalize()).into()
    }
}

/// A sign that two contacts may be one person, or that an identity went from one person to another.
///
/// Nothing is merged by itself: it is kept for somebody to look at.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityConflict {
    /// Our id.
    pub id: IdentityConflictId,
    /// The identity that both seem to have.
    pub identity: Identity,
    /// The contact that has it.
    pub holder: ContactId,
    /// The contact that was seen with it.
    pub claimant: ContactId,
    /// When it was first seen.
    pub at: Timestamp,
    /// When somebody settled it; `None` while nobody did.
    pub resolved_at: Option<Timestamp>,
    /// Raised by each change.
    pub version: u64,
}

quiet_debug!(IdentityConflict { id, holder, claimant, at, resolved_at, version });

impl IdentityConflict {
    /// A conflict seen now that nobody settled, with [the id it always has](IdentityConflictId::of).
    #[must_use]
    pub fn new(
        identity: Identity,
        holder: impl Into<ContactId>,
        claimant: impl Into<ContactId>,
        at: Timestamp,
    ) -> Self {
        let (holder, claimant) = (holder.into(), claimant.into());
        let id = IdentityConflictId::of(&identity, &holder, &claimant);
        Self { id, identity, holder, claimant, at, resolved_at: None, version: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{IdentityConflict, IdentityConflictId};
    use crate::{store::Identity, time::Timestamp};

    #[test]
    fn an_id_belongs_to_one_identity_and_one_pair_in_its_order() {
        let id = |identity, holder: &str, claimant: &str| {
            IdentityConflictId::of(&identity, &holder.into(), &claimant.into())
        };
        let (phone, user) = (Identity::Phone("1".into()), Identity::UserId("1".into()));
        let known = id(phone.clone(), "a", "bc");
        assert_eq!(known, id(phone.clone(), "a", "bc"));
        assert_eq!(known.as_str().len(), 64);
        for other in [id(user, "a", "bc"), id(phone.clone(), "bc", "a"), id(phone, "ab", "c")] {
            assert_ne!(known, other);
        }
    }

    #[test]
    fn a_conflict_does_not_show_the_identity() {
        let phone = Identity::Phone("14155552671".into());
        let conflict = IdentityConflict::new(phone, "a", "b", Timestamp::from_seconds(0));
        assert!(!format!("{conflict:?}").contains("2671"));
    }
}
