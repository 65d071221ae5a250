//! Who a message is from or for, and the conversation it belongs to.

use crate::{
    desk::new_id,
    id::PhoneNumberId,
    store::{
        self, Changes, Contact, ContactId, Conversation, Identity, IdentityConflict, Key, TenantStore,
        ext::one,
    },
    time::Timestamp,
};

/// A contact and the active conversation with it, as they are or as they are about to be.
pub(super) struct Thread {
    pub(super) conversation: Conversation,
    new_conversation: bool,
    contact: Contact,
    contact_change: ContactChange,
    /// Those among what was seen now that are not kept yet.
    conflicts: Vec<IdentityConflict>,
}

#[derive(PartialEq)]
enum ContactChange {
    None,
    Insert,
    Update,
}

impl Thread {
    /// Looks up who is meant by `identities` (best known first), and the conversation with our `number`.
    ///
    /// When the identities belong to different contacts, the first one's contact is taken and nothing is merged: whether
    /// two contacts are one person is for people to say. That it was seen is kept for them.
    pub(super) async fn find(
        tenant: &dyn TenantStore,
        number: &PhoneNumberId,
        identities: Vec<Identity>,
        name: Option<&str>,
        now: Timestamp,
    ) -> store::Result<Self> {
        let mut known: Option<Contact> = None;
        let mut unclaimed = Vec::new();
        let mut conflicts = Vec::new();
        for identity in identities {
            match (one::<Contact, _>(tenant, Key::ContactOf(identity.clone())).await?, &known) {
                (Some(holder), Some(claimant)) if holder.id != claimant.id => {
                    conflicts.extend(new_conflict(tenant, identity, &holder, claimant, now).await?);
                }
                (Some(_), Some(_)) => {}
                (Some(contact), None) => known = Some(contact),
                (None, _) => unclaimed.push(identity),
            }
        }
        let (mut contact, mut contact_change) = match known {
            Some(contact) => (contact, ContactChange::None),
            None => (Contact::new(new_id(), [], now), ContactChange::Insert),
        };
        let new_name = name.filter(|name| contact.name.as_deref() != Some(*name));
        if contact_change == ContactChange::None && (!unclaimed.is_empty() || new_name.is_some()) {
            contact_change = ContactChange::Update;
        }
        for identity in unclaimed {
            if !contact.identities.contains(&identity) {
                contact.identities.push(identity);
            }
        }
        if let Some(name) = new_name {
            contact.name = Some(name.to_owned());
        }
        let active = Key::ActiveConversation(number.clone(), contact.id.clone());
        let (conversation, new_conversation) = match one::<Conversation, _>(tenant, active).await? {
            Some(conversation) => (conversation, false),
            None => (Conversation::new(new_id(), number, &contact.id, now), true),
        };
        Ok(Self { conversation, new_conversation, contact, contact_change, conflicts })
    }

    pub(super) fn contact(&self) -> &ContactId {
        &self.contact.id
    }

    /// Adds to `changes` what makes the thread be as it was found or made.
    pub(super) fn settle(&self, mut changes: Changes) -> Changes {
        changes = match self.contact_change {
            // A conversation must not open with a person who is being erased at this moment.
            ContactChange::None if self.new_conversation => changes.update(self.contact.clone()),
            ContactChange::None => changes,
            ContactChange::Insert => changes.insert(self.contact.clone()),
            ContactChange::Update => changes.update(self.contact.clone()),
        };
        if self.new_conversation {
            changes = changes.insert(self.conversation.clone());
        }
        self.conflicts.iter().cloned().fold(changes, Changes::insert)
    }
}

/// The sign that `identity`, which `holder` has, was seen with `claimant`, unless it is kept already.
pub(super) async fn new_conflict(
    tenant: &dyn TenantStore,
    identity: Identity,
    holder: &Contact,
    claimant: &Contact,
    now: Timestamp,
) -> store::Result<Option<IdentityConflict>> {
    let conflict = IdentityConflict::new(identity, &holder.id, &claimant.id, now);
    let known = tenant.get(Key::IdentityConflict(conflict.id.clone())).await?;
    Ok(known.is_none().then_some(conflict))
}
