//! Who gets a conversation: pure functions over what is known when it is decided.

use crate::{
    id::TenantId,
    store::{Agent, AgentId, Conversation, Presence},
    time::Timestamp,
};
use std::{cmp::Reverse, fmt, sync::Arc, time::Duration};

/// What is known when it is decided who gets a conversation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Snapshot<'a> {
    /// Whose conversation it is.
    pub tenant: &'a TenantId,
    /// The conversation, which nobody has.
    pub conversation: &'a Conversation,
    /// Those who are online and have room, by their ids.
    pub agents: &'a [Agent],
    /// Who owns the customer or the lead, by the [`Directory`](crate::desk::Directory).
    pub owner: Option<AgentId>,
    /// Who had a conversation with this contact last.
    pub previous: Option<Previous>,
    /// The time.
    pub now: Timestamp,
}

/// Who had a conversation last.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Previous {
    /// The agent.
    pub agent: AgentId,
    /// When the last message went either way.
    pub at: Timestamp,
}

impl Snapshot<'_> {
    /// The agent with an id, if they are online and have room.
    #[must_use]
    pub fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == *id)
    }
}

type Pick = dyn Fn(&Snapshot<'_>) -> Option<AgentId> + Send + Sync;

/// How an agent is picked for a conversation. Strategies are put together with [`or`](Self::or).
///
/// Only agents who are online and have room are ever given a conversation, whatever a strategy says.
///
/// ```
/// use whatsapp_business::desk::Strategy;
/// use std::time::Duration;
/// let day = Duration::from_secs(86_400);
/// let strategy = Strategy::owner()
///     .or(Strategy::sticky(7 * day))
///     .or(Strategy::language("language"))
///     .or(Strategy::least_loaded());
/// ```
#[derive(Clone)]
pub struct Strategy(Arc<Pick>);

impl fmt::Debug for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Strategy(..)")
    }
}

impl Strategy {
    /// Whoever `pick` says; `None` leaves it to the next strategy, or to the backlog.
    #[must_use]
    pub fn custom(pick: impl Fn(&Snapshot<'_>) -> Option<AgentId> + Send + Sync + 'static) -> Self {
        Self(Arc::new(pick))
    }

    /// The owner of the customer or the lead.
    #[must_use]
    pub fn owner() -> Self {
        Self::custom(|snapshot| snapshot.owner.clone())
    }

    /// Who had a conversation with the contact last, if that was not over `expiry` ago.
    #[must_use]
    pub fn sticky(expiry: Duration) -> Self {
        Self::custom(move |snapshot| {
            let previous = snapshot.previous.as_ref()?;
            (snapshot.now.since(previous.at) <= expiry).then(|| previous.agent.clone())
        })
    }

    /// One after the other: who was given none for the longest time.
    #[must_use]
    pub fn round_robin() -> Self {
        Self::custom(|snapshot| first(snapshot.agents.iter(), |agent| agent.assigned_at))
    }

    /// Who has the fewest conversations; among them, who was given none for the longest time.
    #[must_use]
    pub fn least_loaded() -> Self {
        Self::custom(|snapshot| first(snapshot.agents.iter(), least))
    }

    /// The least loaded of those who have the skill that the conversation's context holds under `name`; nobody when it holds
    /// none.
    #[must_use]
    pub fn skill(name: impl Into<String>) -> Self {
        Self::having(name.into(), |agent| &agent.skills)
    }

    /// The least loaded of those who speak the language that the conversation's context holds under `name`; nobody when it
    /// holds none.
    #[must_use]
    pub fn language(name: impl Into<String>) -> Self {
        Self::having(name.into(), |agent| &agent.languages)
    }

    fn having(name: String, of: fn(&Agent) -> &Vec<String>) -> Self {
        Self::custom(move |snapshot| {
            let wanted = snapshot.conversation.context.get(&name)?;
            first(snapshot.agents.iter().filter(|agent| of(agent).contains(wanted)), least)
        })
    }

    /// `next` when this one picks nobody who is online and has room.
    #[must_use]
    pub fn or(self, next: Self) -> Self {
        Self::custom(move |snapshot| self.pick(snapshot).or_else(|| next.pick(snapshot)))
    }

    /// Who gets the conversation.
    #[must_use]
    pub fn pick(&self, snapshot: &Snapshot<'_>) -> Option<AgentId> {
        (self.0)(snapshot).filter(|id| snapshot.agent(id).is_some())
    }
}

fn least(agent: &Agent) -> (u32, Option<Timestamp>, Reverse<u32>) {
    (agent.load, agent.assigned_at, Reverse(agent.capacity))
}

/// The agent who comes first by `key`, then by id.
fn first<'a, K: Ord>(agents: impl Iterator<Item = &'a Agent>, key: impl Fn(&Agent) -> K) -> Option<AgentId> {
    agents.min_by_key(|agent| (key(agent), agent.id.clone())).map(|agent| agent.id.clone())
}

/// Those of `agents` who may be given a conversation, by their ids.
pub(super) fn available(mut agents: Vec<Agent>) -> Vec<Agent> {
    agents.retain(has_room);
    agents.sort_by(|a, b| a.id.cmp(&b.id));
    agents
}

pub(super) fn has_room(agent: &Agent) -> bool {
    agent.presence == Presence::Online && agent.load < agent.capacity
}

#[cfg(test)]
mod tests {
    use super::{Previous, Snapshot, Strategy, available};
    use crate::{
        store::{Agent, Conversation, Presence},
        time::Timestamp,
    };
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_seconds(1000);

    fn agent(id: &str, load: u32, assigned: Option<i64>) -> Agent {
        let mut agent = Agent::new(id, id, 5, NOW);
        agent.presence = Presence::Online;
        agent.load = load;
        agent.assigned_at = assigned.map(Timestamp::from_seconds);
        agent
    }

    fn team() -> Vec<Agent> {
        let mut team = vec![agent("ana", 2, Some(30)), agent("bo", 1, Some(20)), agent("cy", 1, Some(10))];
        team[0].skills = vec!["roofs".into()];
        team[1].languages = vec!["es".into()];
        team
    }

    fn pick(
        strategy: &Strategy,
        change: impl FnOnce(&mut Snapshot<'_>, &mut Conversation),
    ) -> Option<String> {
        let (team, tenant) = (team(), "acme".into());
        let mut conversation = Conversation::new("c", "n", "a", NOW);
        let mut snapshot = Snapshot {
            tenant: &tenant,
            conversation: &Conversation::new("c", "n", "a", NOW),
            agents: &team,
            owner: None,
            previous: None,
            now: NOW,
        };
        change(&mut snapshot, &mut conversation);
        let Snapshot { owner, previous, .. } = snapshot;
        let snapshot = Snapshot {
            tenant: &tenant,
            conversation: &conversation,
            agents: &team,
            owner,
            previous,
            now: NOW,
        };
        strategy.pick(&snapshot).map(|id| id.to_string())
    }

    #[test]
    fn each_strategy_picks_by_its_own_rule() {
        let is = |strategy: &Strategy, wanted: &str| {
            assert_eq!(pick(strategy, |_, _| {}).as_deref(), Some(wanted));
        };
        is(&Strategy::round_robin(), "cy");
        is(&Strategy::least_loaded(), "cy");
        is(&Strategy::owner().or(Strategy::least_loaded()), "cy");
        is(&Strategy::custom(|_| Some("bo".into())), "bo");
    }

    #[test]
    fn an_owner_who_is_not_there_leaves_it_to_the_next() {
        let strategy = Strategy::owner().or(Strategy::round_robin());
        assert_eq!(pick(&strategy, |snapshot, _| snapshot.owner = Some("ana".into())).unwrap(), "ana");
        assert_eq!(pick(&strategy, |snapshot, _| snapshot.owner = Some("zoe".into())).unwrap(), "cy");
        assert_eq!(pick(&Strategy::owner(), |_, _| {}), None);
    }

    #[test]
    fn who_had_the_contact_last_gets_it_again_until_that_expires() {
        let strategy = Strategy::sticky(Duration::from_secs(60));
        let had = |seconds: i64| {
            pick(&strategy, move |snapshot, _| {
                let at = Timestamp::from_seconds(1000 - seconds);
                snapshot.previous = Some(Previous { agent: "ana".into(), at });
            })
        };
        assert_eq!(had(60).as_deref(), Some("ana"));
        assert_eq!(had(61), None);
    }

    #[test]
    fn a_skill_or_language_that_is_wanted_is_had() {
        let wants = |strategy: &Strategy, name: &str, value: &str| {
            pick(strategy, |_, conversation| {
                conversation.context.insert(name.to_owned(), value.to_owned());
            })
        };
        assert_eq!(wants(&Strategy::skill("topic"), "topic", "roofs").as_deref(), Some("ana"));
        assert_eq!(wants(&Strategy::language("language"), "language", "es").as_deref(), Some("bo"));
        assert_eq!(wants(&Strategy::skill("topic"), "topic", "boats"), None);
        assert_eq!(wants(&Strategy::skill("topic"), "other", "roofs"), None);
    }

    #[test]
    fn only_who_is_online_and_has_room_is_available() {
        let (mut away, mut full) = (agent("away", 0, None), agent("full", 5, None));
        away.presence = Presence::Away;
        full.capacity = 5;
        let free = available(vec![full, agent("b", 0, None), away, agent("a", 4, None)]);
        assert_eq!(free.iter().map(|agent| agent.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }
}
