//! One conversation given to an agent, or taken from one.

use crate::{
    desk::{TRIES, Tenant, audit::entry, conversation::refused, routing::backlog::drain, tenant::not_found},
    error::Result,
    store::{
        Agent, AgentId, Changes, Conversation, ConversationId, ConversationState, StoreError, TenantStoreExt,
    },
    time::Timestamp,
};
use serde_json::json;

impl Tenant {
    /// Gives a conversation to an agent, whoever had it before: they may be away, but must have room.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for the conversation or the agent;
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when it is not active or the agent has no room;
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn assign(&self, id: &ConversationId, agent: &AgentId, actor: &str) -> Result<()> {
        self.hand(id, Some(agent), actor).await
    }

    /// Takes a conversation from its agent: it waits for another from now on, and is routed.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound);
    /// [`ErrorKind::NotAllowed`](crate::ErrorKind::NotAllowed) when it is not active;
    /// [`ErrorKind::Store`](crate::ErrorKind::Store).
    pub async fn unassign(&self, id: &ConversationId, actor: &str) -> Result<()> {
        self.hand(id, None, actor).await
    }

    async fn hand(&self, id: &ConversationId, to: Option<&AgentId>, actor: &str) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let conversation = self.conversation(id).await?;
            if conversation.state != ConversationState::Active {
                return Err(refused("the conversation is not active"));
            }
            if conversation.assignee.as_ref() == to {
                return Ok(());
            }
            let to = match to {
                Some(to) => Some(self.store.agent(to).await?.ok_or_else(|| not_found("agent"))?),
                None => None,
            };
            if to.as_ref().is_some_and(|agent| agent.load >= agent.capacity) {
                return Err(refused("the agent has no room"));
            }
            let changes = Changes::at(self.desk.now());
            let changes = given(self, conversation, to, actor, changes).await?;
            match self.store.apply(changes).await {
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                other => return Ok(other.map(|_| ())?),
            }
        }
    }
}

/// Adds to `changes` that a conversation goes to `to`, with both agents as they are then.
pub(super) async fn given(
    tenant: &Tenant,
    mut conversation: Conversation,
    to: Option<Agent>,
    actor: &str,
    mut changes: Changes,
) -> Result<Changes> {
    let now = changes.now();
    let action = if to.is_some() { "conversation.assigned" } else { "conversation.unassigned" };
    let detail = json!({ "from": conversation.assignee, "to": to.as_ref().map(|agent| &agent.id) });
    if let Some(from) = &conversation.assignee
        && let Some(from) = tenant.store.agent(from).await?
    {
        changes = freed(tenant, changes.update(seated(from, false, now)));
    }
    conversation.assignee = to.as_ref().map(|agent| agent.id.clone());
    conversation.assigned_at = to.as_ref().map(|_| now);
    conversation.waiting_since = if to.is_some() { None } else { Some(now) };
    let told = entry(&conversation.id, actor, action, &detail, now);
    changes = changes.update(conversation).insert(told);
    Ok(to.map(|agent| seated(agent, true, now)).into_iter().fold(changes, Changes::update))
}

/// An agent with one conversation more or less.
pub(in crate::desk) fn seated(mut agent: Agent, more: bool, now: Timestamp) -> Agent {
    if more {
        agent.load = agent.load.saturating_add(1);
        agent.assigned_at = Some(now);
    } else {
        agent.load = agent.load.saturating_sub(1);
    }
    agent
}

/// Adds to `changes` that an agent may have room: those who wait are looked at.
pub(in crate::desk) fn freed(tenant: &Tenant, changes: Changes) -> Changes {
    drain(tenant, changes)
}
