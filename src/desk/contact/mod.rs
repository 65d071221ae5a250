//! Who a message is from or for, and the conversation it belongs to.

mod address;
mod alias;
mod merge;

pub(super) use alias::{Renaming, changed, identities};

use crate::{
    desk::{
        Tenant,
        audit::{DESK, entry},
        consent, conversation, new_id, window,
    },
    id::PhoneNumberId,
    phone::match_keys,
    store::{
        self, Agent, AuditEntry, Changes, Contact, ContactId, Conversation, ConversationState, Identity,
        IdentityConflict, Key, TenantStore, TenantStoreExt, ext::one,
    },
    time::Timestamp,
};
use serde_json::json;

/// A contact and the active conversation with it, as they are or as they are about to be.
pub(super) struct Thread {
    pub(super) conversation: Conversation,
    new_conversation: bool,
    /// Whether the conversation was closed, and goes on.
    reopened: bool,
    /// Whether the contact waits for an agent from now on.
    waits: bool,
    /// The agent who gets the conversation back.
    agent: Option<Agent>,
    contact: Contact,
    contact_change: ContactChange,
    /// Those among what was seen now that are not kept yet.
    conflicts: Vec<IdentityConflict>,
    /// What is told of a contact that has other identities now.
    renamed: Option<AuditEntry>,
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
    ///
    /// When nobody has any of the identities, the contact is taken who has the other spelling of the phone number, if nothing
    /// speaks against it.
    ///
    /// When no conversation is active, the one that was closed last goes on if the tenant's policy says so.
    pub(super) async fn find(
        desk: &Tenant,
        number: &PhoneNumberId,
        identities: Vec<Identity>,
        name: Option<&str>,
        now: Timestamp,
    ) -> store::Result<Self> {
        let tenant = &*desk.store;
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
            None => {
                let new = Contact::new(new_id(), [], now);
                match other_spelling(tenant, &unclaimed).await? {
                    Some((spelling, holder)) if is_one_person(&holder, &spelling, &unclaimed) => {
                        (holder, ContactChange::None)
                    }
                    Some((spelling, holder)) => {
                        conflicts.push(IdentityConflict::new(spelling, holder.id, &new.id, now));
                        (new, ContactChange::Insert)
                    }
                    None => (new, ContactChange::Insert),
                }
            }
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
        let (mut new_conversation, mut reopened, mut agent) = (false, false, None);
        let conversation = match one::<Conversation, _>(tenant, active).await? {
            Some(conversation) => conversation,
            None => match last_closed(desk, number, &contact.id, now).await? {
                Some(closed) => {
                    reopened = true;
                    let before = match &closed.assignee {
                        Some(agent) => tenant.agent(agent).await?,
                        None => None,
                    };
                    let (conversation, back) = conversation::reopened(closed, before, now);
                    agent = back;
                    conversation
                }
                None => {
                    new_conversation = true;
                    Conversation::new(new_id(), number, &contact.id, now)
                }
            },
        };
        Ok(Self {
            conversation,
            new_conversation,
            reopened,
            waits: false,
            agent,
            contact,
            contact_change,
            conflicts,
            renamed: None,
        })
    }

    /// The thread for what was said long ago, from the `first` to the `last` time: it belongs to the conversation that is active
    /// or was the last, and opens none. Where there is none, it makes one that is over.
    pub(super) async fn past(
        desk: &Tenant,
        number: &PhoneNumberId,
        identities: Vec<Identity>,
        (first, last): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> store::Result<Self> {
        let mut thread = Self::find(desk, number, identities, None, now).await?;
        if thread.new_conversation || thread.reopened {
            let before = window::between(desk, number, &thread.contact.id).await?.into_iter().next();
            thread.new_conversation = before.is_none();
            (thread.reopened, thread.agent) = (false, None);
            thread.conversation = before.unwrap_or_else(|| {
                let mut over = Conversation::new(new_id(), number, &thread.contact.id, first);
                (over.state, over.closed_at) = (ConversationState::Closed, Some(last));
                over
            });
        }
        Ok(thread)
    }

    /// Whether nothing was ever said in the conversation.
    pub(super) fn is_new(&self) -> bool {
        self.new_conversation
    }

    /// Whether the contact was not known before.
    pub(super) fn is_with_stranger(&self) -> bool {
        self.contact_change == ContactChange::Insert
    }

    pub(super) fn contact(&self) -> &ContactId {
        &self.contact.id
    }

    /// Notes that the contact wrote at a time: if nobody has the conversation, they wait from then on.
    pub(super) fn heard(&mut self, at: Timestamp) {
        if self.conversation.assignee.is_none() && self.conversation.waiting_since.is_none() {
            self.conversation.waiting_since = Some(at);
            self.waits = true;
        }
    }

    /// Goes by what WhatsApp tells of the contact's identities from now on, and adds to `changes` what they want to be sent
    /// under the new ones.
    pub(super) async fn rename(
        &mut self,
        tenant: &Tenant,
        renaming: &Renaming,
        mut changes: Changes,
    ) -> store::Result<Changes> {
        let now = changes.now();
        let before = self.contact.identities.clone();
        self.conflicts.extend(renaming.apply(&*tenant.store, &mut self.contact, now).await?);
        if self.contact.identities != before {
            changes = consent::carried(tenant, &before, &self.contact.identities, changes).await?;
            self.renamed = Some(alias::told(&self.contact, &before, now));
            if self.contact_change == ContactChange::None {
                self.contact_change = ContactChange::Update;
            }
        }
        Ok(changes)
    }

    /// Adds to `changes` what makes the thread be as it was found or made.
    pub(super) fn settle(&self, tenant: &Tenant, mut changes: Changes) -> Changes {
        let now = changes.now();
        let opens = self.new_conversation || self.reopened;
        changes = match self.contact_change {
            // A conversation must not open with a person who is being erased at this moment.
            ContactChange::None if opens => changes.update(self.contact.clone()),
            ContactChange::None => changes,
            ContactChange::Insert => changes.insert(self.contact.clone()),
            ContactChange::Update => changes.update(self.contact.clone()),
        };
        if self.new_conversation {
            changes = changes.insert(self.conversation.clone());
        } else if self.reopened || self.waits {
            changes = changes.update(self.conversation.clone());
        }
        if self.reopened {
            let told = entry(&self.conversation.id, DESK, "conversation.reopened", &json!({}), now);
            changes = changes.insert(told);
        }
        if opens && self.conversation.state == ConversationState::Active {
            changes = conversation::watch(tenant, &self.conversation, changes);
        }
        changes = self.agent.iter().cloned().fold(changes, Changes::update);
        changes = self.renamed.iter().cloned().fold(changes, Changes::insert);
        self.conflicts.iter().cloned().fold(changes, Changes::insert)
    }
}

/// The conversation with our `number` that was closed last, if a message reopens it.
async fn last_closed(
    tenant: &Tenant,
    number: &PhoneNumberId,
    contact: &ContactId,
    now: Timestamp,
) -> store::Result<Option<Conversation>> {
    let Some(span) = (tenant.desk.0.settings.rules.policy)(&tenant.id).reopen_within else { return Ok(None) };
    let all = window::between(tenant, number, contact).await?;
    let fits = |conversation: &Conversation| {
        conversation.state == ConversationState::Closed
            && conversation.closed_at.is_some_and(|at| now.since(at) < span)
    };
    Ok(all.into_iter().filter(fits).max_by_key(|conversation| conversation.closed_at))
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

/// The contact who has the other spelling of the phone number among `identities`, and that spelling.
async fn other_spelling(
    tenant: &dyn TenantStore,
    identities: &[Identity],
) -> store::Result<Option<(Identity, Contact)>> {
    let Some(number) = phone(identities) else { return Ok(None) };
    let Some(spelling) = match_keys(number).other().map(|digits| Identity::Phone(digits.into())) else {
        return Ok(None);
    };
    let holder = one(tenant, Key::ContactOf(spelling.clone())).await?;
    Ok(holder.map(|holder| (spelling, holder)))
}

/// Whether the `holder` of the other spelling is surely the person with `identities`, which nobody has.
///
/// Each spelling must lead to the other, as in Brazil and Mexico: in Argentina the shorter one may be a landline. And the two
/// must not have a user id each, as these are different ones.
fn is_one_person(holder: &Contact, spelling: &Identity, identities: &[Identity]) -> bool {
    let leads_back = match_keys(spelling.value()).other() == phone(identities);
    let user_ids = identities.iter().filter(|identity| !matches!(identity, Identity::Phone(_)));
    let has = |kind| holder.identities.iter().any(|known| known.kind() == kind);
    leads_back && !user_ids.map(Identity::kind).any(has)
}

fn phone(identities: &[Identity]) -> Option<&str> {
    identities.iter().find_map(|identity| match identity {
        Identity::Phone(wa_id) => Some(wa_id.as_str()),
        _ => None,
    })
}
