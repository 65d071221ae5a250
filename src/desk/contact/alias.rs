//! People who go by another number or user id from now on.

use crate::{
    desk::{
        Tenant,
        audit::{META, entry},
        consent,
        contact::new_conflict,
    },
    id::{UserId, WaId},
    store::{self, AuditEntry, Changes, Contact, Identity, IdentityConflict, Key, TenantStore, ext::one},
    time::Timestamp,
    webhook::{InboundMessage, System, SystemKind, UserIdChange},
};
use serde_json::json;

/// What WhatsApp tells of a person's identities.
///
/// The former number goes, as somebody else may get it, even when the new one is not told or somebody else has it: a user id is
/// made anew when the number changes. Former user ids stay: nobody else ever has them, and what was sent under
/// them may still be on its way.
pub(in crate::desk) struct Renaming {
    before: Vec<Identity>,
    after: Vec<Identity>,
}

impl Renaming {
    /// What a system message tells, if it is of this.
    pub(in crate::desk) fn of(message: &InboundMessage, system: &System) -> Option<Self> {
        if !matches!(system.kind, Some(SystemKind::UserChangedNumber | SystemKind::UserChangedUserId)) {
            return None;
        }
        let phone = system.previous_wa_id.clone().or_else(|| message.from.clone());
        let user = system.previous_user_id.clone().or_else(|| message.from_user_id.clone());
        let parent = system.previous_parent_user_id.clone();
        let parent = parent.or_else(|| message.from_parent_user_id.clone());
        let after = (system.wa_id.clone(), system.user_id.clone(), system.parent_user_id.clone());
        Some(Self { before: identities(phone, user, parent), after: identities(after.0, after.1, after.2) })
    }

    /// Those among the former identities that are not among `known`.
    pub(in crate::desk) fn known_as(&self, known: &[Identity]) -> Vec<Identity> {
        self.before.iter().filter(|identity| !known.contains(identity)).cloned().collect()
    }

    /// Gives `contact` the new identities. One that somebody else has stays theirs, and is kept for people to look at.
    pub(super) async fn apply(
        &self,
        tenant: &dyn TenantStore,
        contact: &mut Contact,
        now: Timestamp,
    ) -> store::Result<Vec<IdentityConflict>> {
        let mut conflicts = Vec::new();
        if self.after.is_empty() {
            return Ok(conflicts);
        }
        contact.identities.retain(|known| !matches!(known, Identity::Phone(_)) || self.after.contains(known));
        for identity in &self.after {
            if contact.identities.contains(identity) {
                continue;
            }
            match one::<Contact, _>(tenant, Key::ContactOf(identity.clone())).await? {
                Some(holder) if holder.id != contact.id => {
                    conflicts.extend(new_conflict(tenant, identity.clone(), &holder, contact, now).await?);
                }
                _ => contact.identities.push(identity.clone()),
            }
        }
        Ok(conflicts)
    }
}

/// What the news of another user id change.
pub(in crate::desk) async fn changed(
    tenant: &Tenant,
    change: &UserIdChange,
    changes: Changes,
) -> store::Result<Result<Changes, String>> {
    let now = changes.now();
    let before = identities(
        change.wa_id.clone(),
        change.previous_user_id.clone(),
        change.previous_parent_user_id.clone(),
    );
    let after = identities(change.wa_id.clone(), Some(change.user_id.clone()), change.parent_user_id.clone());
    let renaming = Renaming { before, after };
    for identity in &renaming.before {
        let Some(mut contact) = one::<Contact, _>(&*tenant.store, Key::ContactOf(identity.clone())).await?
        else {
            continue;
        };
        let former = contact.identities.clone();
        let conflicts = renaming.apply(&*tenant.store, &mut contact, now).await?;
        let mut changes = conflicts.into_iter().fold(changes, Changes::insert);
        if contact.identities != former {
            changes = consent::carried(tenant, &former, &contact.identities, changes).await?;
            changes = changes.insert(told(&contact, &former, now)).update(contact);
        }
        return Ok(Ok(changes));
    }
    // Nobody is known by them: whoever writes under the new id is somebody new, of whom no more is known than what they want.
    Ok(Ok(consent::carried(tenant, &renaming.before, &renaming.after, changes).await?))
}

/// The entry that tells of it.
pub(super) fn told(contact: &Contact, before: &[Identity], now: Timestamp) -> AuditEntry {
    let detail = json!({ "from": before, "to": contact.identities });
    entry(&contact.id, META, "contact.renamed", &detail, now)
}

/// What a person is known by, best known first.
pub(in crate::desk) fn identities(
    phone: Option<WaId>,
    user: Option<UserId>,
    parent: Option<UserId>,
) -> Vec<Identity> {
    let (phone, user) = (phone.map(Identity::Phone), user.map(Identity::UserId));
    phone.into_iter().chain(user).chain(parent.map(Identity::ParentUserId)).collect()
}
