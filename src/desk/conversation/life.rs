//! The life of a conversation: active, closed, archived.

use crate::{
    desk::{
        TRIES, Tenant,
        audit::entry,
        conversation::watch,
        routing::{freed, route, seated},
        tenant::not_found,
    },
    error::{Error, ErrorKind, Result},
    store::{
        Agent, Changes, Conversation, ConversationId, ConversationState, Presence, StoreError, TenantStoreExt,
    },
    time::Timestamp,
};
use serde_json::json;

impl Tenant {
    /// A conversation.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::Store`].
    pub async fn conversation(&self, id: &ConversationId) -> Result<Conversation> {
        self.store.conversation(id).await?.ok_or_else(|| not_found("conversation"))
    }

    /// Ends a conversation. A new message opens another, or this one again if the
    /// [policy](crate::desk::DeskBuilder::policy) says so. Its agent has room for another. One that is closed stays so.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::NotAllowed`] for one that is archived, [`ErrorKind::Store`].
    pub async fn close(&self, id: &ConversationId, actor: &str) -> Result<Conversation> {
        self.turn(id, ConversationState::Closed, actor).await
    }

    /// Ends a conversation, if it is active, and puts it away: messages never reopen it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], [`ErrorKind::Store`].
    pub async fn archive(&self, id: &ConversationId, actor: &str) -> Result<Conversation> {
        self.turn(id, ConversationState::Archived, actor).await
    }

    /// Goes on with a conversation that is closed or archived. Its agent gets it back if they are online and have room;
    /// else nobody has it, and it is routed.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::NotAllowed`] when another conversation with the contact is active;
    /// [`ErrorKind::Store`].
    pub async fn reopen(&self, id: &ConversationId, actor: &str) -> Result<Conversation> {
        self.turn(id, ConversationState::Active, actor).await
    }

    async fn turn(&self, id: &ConversationId, to: ConversationState, actor: &str) -> Result<Conversation> {
        let mut tries = 0;
        loop {
            tries += 1;
            let now = self.desk.now();
            let found = self.conversation(id).await?;
            if found.state == to {
                return Ok(found);
            }
            let changes = Changes::at(now);
            let changes = match &to {
                ConversationState::Active => self.reopening(found, actor, changes).await?,
                _ => turning(self, found, &to, actor, changes).await?,
            };
            match self.store.apply(changes).await {
                Ok(_) => return self.conversation(id).await,
                Err(StoreError::NotUnique(_)) => {
                    return Err(refused("another conversation with the contact is active"));
                }
                Err(StoreError::Conflict(_)) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn reopening(&self, found: Conversation, actor: &str, changes: Changes) -> Result<Changes> {
        let agent = match &found.assignee {
            Some(agent) => self.store.agent(agent).await?,
            None => None,
        };
        let now = changes.now();
        let (mut conversation, agent) = reopened(found, agent, now);
        if agent.is_none() {
            conversation.waiting_since = Some(now);
        }
        let told = entry(&conversation.id, actor, "conversation.reopened", &json!({}), now);
        let mut changes = changes.update(conversation.clone()).insert(told);
        changes = agent.into_iter().fold(changes, Changes::update);
        changes = watch(self, &conversation, changes);
        Ok(route(self, &conversation, changes))
    }
}

/// Adds to `changes` that a conversation is over.
pub(in crate::desk) async fn turning(
    tenant: &Tenant,
    found: Conversation,
    to: &ConversationState,
    actor: &str,
    changes: Changes,
) -> Result<Changes> {
    let now = changes.now();
    let was_active = found.state == ConversationState::Active;
    let agent = match &found.assignee {
        Some(agent) if was_active => tenant.store.agent(agent).await?,
        _ => None,
    };
    let conversation = turned(found, to, now)?;
    let action = format!("conversation.{to}");
    let told = entry(&conversation.id, actor, &action, &json!({}), now);
    let changes = changes.update(conversation).insert(told);
    Ok(match agent {
        Some(agent) => freed(tenant, changes.update(seated(agent, false, now))),
        None => changes,
    })
}

/// A conversation that is over: closed, or archived.
pub(in crate::desk) fn turned(
    mut conversation: Conversation,
    to: &ConversationState,
    now: Timestamp,
) -> Result<Conversation> {
    match (&conversation.state, to) {
        (ConversationState::Active, ConversationState::Closed | ConversationState::Archived) => {
            conversation.closed_at = Some(now);
        }
        (ConversationState::Closed, ConversationState::Archived) => {}
        _ => return Err(refused(&format!("the conversation is {}", conversation.state))),
    }
    conversation.state = to.clone();
    conversation.waiting_since = None;
    Ok(conversation)
}

/// A conversation that goes on, and its agent with one more to answer. Who is not there or has no room loses it.
pub(in crate::desk) fn reopened(
    mut conversation: Conversation,
    agent: Option<Agent>,
    now: Timestamp,
) -> (Conversation, Option<Agent>) {
    conversation.state = ConversationState::Active;
    conversation.closed_at = None;
    let agent = agent.filter(|agent| agent.presence == Presence::Online && agent.load < agent.capacity);
    let agent = agent.map(|agent| seated(agent, true, now));
    conversation.assigned_at = agent.as_ref().map(|_| now);
    conversation.assignee = agent.as_ref().map(|agent| agent.id.clone());
    (conversation, agent)
}

pub(in crate::desk) fn refused(why: &str) -> Error {
    Error::new(ErrorKind::NotAllowed(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{reopened, turned};
    use crate::{
        store::{Agent, Conversation, ConversationState, Presence},
        time::Timestamp,
    };
    use ConversationState::{Active, Archived, Closed};

    const NOW: Timestamp = Timestamp::from_seconds(9);

    #[test]
    fn a_conversation_ends_and_is_put_away_but_does_not_come_half_back() {
        let turn = |from: &ConversationState, to: &ConversationState| {
            let mut conversation = Conversation::new("c", "n", "a", Timestamp::from_seconds(0));
            conversation.state = from.clone();
            turned(conversation, to, NOW).map(|conversation| (conversation.state, conversation.closed_at))
        };
        assert_eq!(turn(&Active, &Closed).unwrap(), (Closed, Some(NOW)));
        assert_eq!(turn(&Active, &Archived).unwrap(), (Archived, Some(NOW)));
        assert_eq!(turn(&Closed, &Archived).unwrap(), (Archived, None));
        assert!(turn(&Archived, &Closed).is_err());
    }

    #[test]
    fn only_an_agent_who_is_there_and_has_room_gets_a_conversation_back() {
        for (presence, load, back) in [
            (Presence::Online, 0, true),
            (Presence::Online, 1, false),
            (Presence::Away, 0, false),
            (Presence::Offline, 0, false),
        ] {
            let mut agent = Agent::new("bo", "Bo", 1, NOW);
            (agent.presence, agent.load) = (presence, load);
            let mut conversation = Conversation::new("c", "n", "a", NOW);
            (conversation.state, conversation.closed_at) = (Closed, Some(NOW));
            conversation.assignee = Some("bo".into());
            let (conversation, agent) = reopened(conversation, Some(agent), NOW);
            assert_eq!((conversation.state, conversation.closed_at), (Active, None));
            assert_eq!(conversation.assignee.is_some(), back);
            assert_eq!(agent.map(|agent| agent.load), back.then_some(1));
        }
    }
}
