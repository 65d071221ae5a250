//! Two contacts that a person says are one, and the way back.

use crate::{
    desk::{TRIES, Tenant, audit::entry, conversation::refused, tenant::not_found},
    error::Result,
    store::{
        AuditEntry, Changes, Contact, ContactId, Conversation, ConversationId, ConversationState, Identity,
        PageRequest, StoreError, Subject, TenantStoreExt,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// What a merge is called in the audit trail.
const MERGED: &str = "contact.merged";
/// And what its undoing is called.
const UNMERGED: &str = "contact.unmerged";

/// What it takes to undo a merge.
#[derive(Serialize, Deserialize)]
struct Merged {
    into: ContactId,
    name: Option<String>,
    identities: Vec<Identity>,
    conversations: Vec<ConversationId>,
    /// Whether the other had no name and got this one.
    #[serde(default)]
    names_into: bool,
}

impl Tenant {
    /// Most conversations that a contact may have to be merged into another.
    pub const MAX_MERGED: usize = 200;

    /// Makes two contacts one, as a person says that they are: `into` gets the identities and conversations of `from`, of
    /// whom an empty record stays that names `into`. It can be [undone](Self::unmerge).
    ///
    /// Where both have an active conversation with one number, that of `from` is closed.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound); [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when they
    /// are the same, one of them was merged before, or `from` has more than [`MAX_MERGED`](Self::MAX_MERGED)
    /// conversations; [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn merge(&self, from: &ContactId, into: &ContactId, actor: &str) -> Result<()> {
        if from == into {
            return Err(refused("a contact cannot be merged into itself"));
        }
        self.trying(async || self.merging(from, into, actor).await).await
    }

    /// Undoes a [merge](Self::merge): `from` gets back the identities and conversations that it had and that are still with
    /// whom it was merged into.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), also when the other contact was erased since then;
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when it was not merged, and when the other was merged since
    /// then, which is to be undone first;
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn unmerge(&self, from: &ContactId, actor: &str) -> Result<()> {
        self.trying(async || self.unmerging(from, actor).await).await
    }

    async fn trying(&self, changes: impl AsyncFn() -> Result<Changes>) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.store.apply(changes().await?).await {
                Err(StoreError::Conflict(_) | StoreError::NotUnique(_)) if tries < TRIES => {}
                other => return Ok(other.map(|_| ())?),
            }
        }
    }

    async fn merging(&self, from: &ContactId, into: &ContactId, actor: &str) -> Result<Changes> {
        let now = self.desk.now();
        let (mut from, mut into) = (self.contact(from).await?, self.contact(into).await?);
        if from.merged_into.is_some() || into.merged_into.is_some() {
            return Err(refused("the contact was merged before"));
        }
        let theirs = self.all_with(&into.id).await?;
        let busy: BTreeSet<_> = theirs.iter().filter(|known| is_active(known)).map(|c| &c.number).collect();
        let mut moved = self.all_with(&from.id).await?;
        if moved.len() > Self::MAX_MERGED {
            return Err(refused("the contact has too many conversations to be merged"));
        }
        for conversation in &mut moved {
            if is_active(conversation) && busy.contains(&conversation.number) {
                *conversation = self.close(&conversation.id, actor).await?;
            }
        }
        let kept = Merged {
            into: into.id.clone(),
            name: from.name.take(),
            identities: std::mem::take(&mut from.identities),
            conversations: moved.iter().map(|conversation| conversation.id.clone()).collect(),
            names_into: into.name.is_none(),
        };
        from.merged_into = Some(into.id.clone());
        into.identities.extend(kept.identities.iter().cloned());
        if into.name.is_none() {
            into.name.clone_from(&kept.name);
        }
        // What is known of `from` stays with them, so that it is erased with them; who was merged into is told that it was.
        let detail = serde_json::to_value(&kept).unwrap_or_default();
        let theirs = entry(&from.id, actor, MERGED, &detail, now);
        let told = entry(&into.id, actor, MERGED, &json!({ "from": from.id }), now);
        let mut changes = Changes::at(now).update(from).update(into.clone()).insert(theirs).insert(told);
        for mut conversation in moved {
            conversation.contact = into.id.clone();
            changes = changes.update(conversation);
        }
        Ok(changes)
    }

    async fn unmerging(&self, from: &ContactId, actor: &str) -> Result<Changes> {
        let now = self.desk.now();
        let mut from = self.contact(from).await?;
        let Some(into) = from.merged_into.take() else { return Err(refused("the contact was not merged")) };
        let mut into = self.contact(&into).await?;
        if into.merged_into.is_some() {
            return Err(refused("whom the contact was merged into was merged since then: undo that first"));
        }
        let kept = self.merge_of(&from, &into).await?;
        let is_back = |identity: &Identity| kept.identities.contains(identity);
        from.identities = into.identities.iter().filter(|identity| is_back(identity)).cloned().collect();
        into.identities.retain(|identity| !is_back(identity));
        from.name.clone_from(&kept.name);
        if kept.names_into && into.name == kept.name {
            into.name = None;
        }
        let told = entry(&into.id, actor, UNMERGED, &json!({ "from": from.id }), now);
        let theirs = entry(&from.id, actor, UNMERGED, &json!({ "into": into.id }), now);
        // The identities must be free before the other takes them.
        let mut changes = Changes::at(now).update(into.clone()).update(from.clone());
        changes = changes.insert(told).insert(theirs);
        for id in &kept.conversations {
            if let Some(mut conversation) = self.store.conversation(id).await?
                && conversation.contact == into.id
            {
                conversation.contact = from.id.clone();
                changes = changes.update(conversation);
            }
        }
        Ok(changes)
    }

    /// What the audit trail kept of the last merge of `from` into `into`.
    async fn merge_of(&self, from: &Contact, into: &Contact) -> Result<Merged> {
        let read = |entry: AuditEntry| serde_json::from_str::<Merged>(&entry.detail).ok();
        let mut page = PageRequest::newest(PageRequest::MAX_LIMIT);
        loop {
            let found = self.store.audit_of(&Subject::from(&from.id), page.clone()).await?;
            let merges = found.items.into_iter().filter(|entry| entry.action == MERGED);
            if let Some(kept) = merges.filter_map(read).find(|kept| kept.into == into.id) {
                return Ok(kept);
            }
            match found.next {
                Some(next) => page = page.after(next),
                None => return Err(not_found("merge")),
            }
        }
    }

    async fn all_with(&self, contact: &ContactId) -> Result<Vec<Conversation>> {
        Ok(self.store.conversations_with(contact, PageRequest::newest(PageRequest::MAX_LIMIT)).await?.items)
    }
}

fn is_active(conversation: &Conversation) -> bool {
    conversation.state == ConversationState::Active
}
