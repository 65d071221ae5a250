//! The team.

use crate::{
    desk::{
        TRIES, Tenant,
        audit::entry,
        conversation::refused,
        routing::{freed, strategy::has_room},
        tenant::not_found,
    },
    error::Result,
    store::{
        Agent, AgentId, Change, Changes, Conversation, ConversationState, Key, Page, PageRequest, Presence,
        Query, StoreError, TenantStoreExt, ext::many,
    },
};
use serde_json::json;

impl Tenant {
    /// The tenant's team.
    #[must_use]
    pub fn agents(&self) -> Agents {
        Agents { tenant: self.clone() }
    }
}

/// The people to whom conversations are assigned.
#[derive(Clone, Debug)]
pub struct Agents {
    tenant: Tenant,
}

impl Agents {
    /// Adds an agent, who has no conversations.
    ///
    /// # Errors
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when there is one with this id,
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn add(&self, agent: Agent, actor: &str) -> Result<()> {
        let now = self.tenant.desk.now();
        let agent = Agent { load: 0, assigned_at: None, version: 0, ..agent };
        let told = entry(&agent.id, actor, "agent.added", &json!({}), now);
        let room = has_room(&agent);
        let mut changes = Changes::at(now).insert(agent).insert(told);
        if room {
            changes = freed(&self.tenant, changes);
        }
        match self.tenant.store.apply(changes).await {
            Err(StoreError::Conflict(_)) => Err(refused("there is an agent with this id")),
            other => Ok(other.map(|_| ())?),
        }
    }

    /// An agent.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn get(&self, id: &AgentId) -> Result<Agent> {
        self.tenant.store.agent(id).await?.ok_or_else(|| not_found("agent"))
    }

    /// The agents.
    ///
    /// # Errors
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn list(&self, page: PageRequest) -> Result<Page<Agent>> {
        Ok(self.tenant.store.agents(page).await?)
    }

    /// Says whether an agent is there. Who comes online is given what waits.
    ///
    /// # Errors
    /// Those of [`change`](Self::change).
    pub async fn set_presence(&self, id: &AgentId, presence: Presence, actor: &str) -> Result<()> {
        self.change(id, actor, |agent| agent.presence = presence.clone()).await
    }

    /// Changes an agent: name, skills, languages, capacity, presence. What the desk counts itself stays, and so does what they
    /// have, also when it is more than they may have from now on.
    ///
    /// `change` may be called more than once, when others change the agent at this moment.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn change(&self, id: &AgentId, actor: &str, change: impl Fn(&mut Agent)) -> Result<()> {
        self.rewrite(id, actor, "agent.changed", |agent| {
            let mut changed = agent.clone();
            change(&mut changed);
            let Agent { id, load, assigned_at, created_at, version, .. } = agent;
            Ok(Agent { id, load, assigned_at, created_at, version, ..changed })
        })
        .await
    }

    /// Counts again how many conversations an agent has. To be called when contacts were erased by the store
    /// alone whose conversations they had; [`Tenant::erase`] sees to it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn recount(&self, id: &AgentId, actor: &str) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let before = self.get(id).await?;
            let load = self.count(id).await?;
            let same_version = |agent: Agent| {
                let is_same = agent.version == before.version;
                if is_same { Ok(Agent { load, ..agent }) } else { Err(StoreError::Conflict("agent").into()) }
            };
            let counted = self.rewrite(id, actor, "agent.recounted", same_version).await;
            // Somebody gave or took one while they were counted.
            if counted.is_ok() || tries >= TRIES || self.get(id).await?.version == before.version {
                return counted;
            }
        }
    }

    /// Removes an agent who has no conversations.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound); [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) while they
    /// have some; [`ErrorKind::Store`](crate::ErrorKind::Store), also when they were changed just now.
    pub async fn remove(&self, id: &AgentId, actor: &str) -> Result<()> {
        let agent = self.get(id).await?;
        if agent.load > 0 {
            return Err(refused("the agent has conversations: assign or close them first"));
        }
        let now = self.tenant.desk.now();
        let told = entry(id, actor, "agent.removed", &json!({}), now);
        let gone = Change::Delete(Key::Agent(id.clone()), agent.version);
        Ok(self.tenant.store.apply(Changes::at(now).with(gone).insert(told)).await.map(|_| ())?)
    }

    async fn rewrite(
        &self,
        id: &AgentId,
        actor: &str,
        action: &str,
        change: impl Fn(Agent) -> Result<Agent>,
    ) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let found = self.get(id).await?;
            let changed = change(found.clone())?;
            if changed == found {
                return Ok(());
            }
            let now = self.tenant.desk.now();
            let detail = json!({
                "presence": changed.presence, "capacity": changed.capacity, "load": changed.load,
                "skills": changed.skills, "languages": changed.languages,
            });
            let room = has_room(&changed);
            let mut changes = Changes::at(now).update(changed).insert(entry(id, actor, action, &detail, now));
            if room {
                changes = freed(&self.tenant, changes);
            }
            match self.tenant.store.apply(changes).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(|_| ())?),
            }
        }
    }

    async fn count(&self, id: &AgentId) -> Result<u32> {
        let (mut count, mut page) = (0_u32, PageRequest::newest(PageRequest::MAX_LIMIT));
        loop {
            let query = Query::ConversationsOf(id.clone());
            let found = many::<Conversation, _>(&*self.tenant.store, query, page.clone()).await?;
            let active = |conversation: &&Conversation| conversation.state == ConversationState::Active;
            let more = found.items.iter().filter(active).count();
            count = count.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
            match found.next {
                Some(next) => page = page.after(next),
                None => return Ok(count),
            }
        }
    }
}
