//! Conversations given to agents: once each, to nobody who has no room, and those who waited longest first.

use super::{ANA, BEN, CY, HOUR, NUMBER, Office, directory::Owned};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Desk, ErrorKind,
    desk::{Policy, Strategy},
    message::Template,
    store::{Agent, AgentId, ConversationId, Presence, TenantStoreExt},
    time::Timestamp,
};

impl Office {
    pub(super) async fn hires(&self, id: &str, capacity: u32) {
        let mut agent = Agent::new(id, id, capacity, self.now());
        agent.presence = Presence::Online;
        self.acme.agents().add(agent, "boss").await.unwrap();
    }

    pub(super) async fn load(&self, id: &str) -> u32 {
        self.acme.agents().get(&id.into()).await.unwrap().load
    }

    pub(super) async fn has(&self, conversation: &ConversationId) -> Option<String> {
        let found = self.acme.conversation(conversation).await.unwrap();
        found.assignee.map(|agent| agent.to_string())
    }
}

pub(super) fn phone(n: usize) -> String {
    format!("1415555{n:04}")
}

#[tokio::test]
async fn a_first_message_is_routed_by_a_job_of_its_own() {
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded())).await;
    office.hires("bo", 1).await;
    office.hires("cy", 1).await;
    let id = office.hears(ANA, "Hi").await.id;
    assert_eq!(office.has(&id).await, None);
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("bo"));
    assert_eq!(office.load("bo").await, 1);
    let trail = office.trail(&id).await;
    assert_eq!((trail[0].actor.as_str(), trail[0].action.as_str()), ("desk", "conversation.assigned"));
    let second = office.hears(BEN, "Hi").await.id;
    office.works().await;
    assert_eq!(office.has(&second).await.as_deref(), Some("cy"));
    // What follows is no first message.
    office.hears(BEN, "Hello?").await;
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

/// R18: who waited longest comes first, as soon as there is room.
#[tokio::test]
async fn those_who_wait_are_answered_oldest_first_when_somebody_has_room() {
    let office = Office::open(|desk| desk.routing(Strategy::round_robin())).await;
    let mut waiting = Vec::new();
    for n in 0..4 {
        waiting.push(office.hears(&phone(n), "Hi").await.id);
        office.pass(1);
    }
    office.works().await;
    office.hires("bo", 2).await;
    office.works().await;
    let who = async || {
        let mut who = Vec::new();
        for id in &waiting {
            who.push(office.has(id).await.is_some());
        }
        who
    };
    assert_eq!(who().await, [true, true, false, false]);
    office.acme.close(&waiting[0], "bo").await.unwrap();
    assert_eq!(office.load("bo").await, 1);
    office.works().await;
    assert_eq!(who().await, [true, true, true, false]);
    assert_eq!(office.load("bo").await, 2);
    // Who comes online is given what waits.
    let cy = Agent::new("cy", "Cy", 5, office.now());
    office.acme.agents().add(cy, "boss").await.unwrap();
    office.works().await;
    assert_eq!(office.load("cy").await, 0);
    office.acme.agents().set_presence(&"cy".into(), Presence::Online, "cy").await.unwrap();
    office.works().await;
    assert_eq!((office.load("cy").await, who().await), (1, vec![true; 4]));
}

#[tokio::test]
async fn whom_we_wrote_to_is_nobodys_until_they_answer() {
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded())).await;
    let receipt = office.acme.send(NUMBER, "+14155552671", Template::new("hello", "en_US")).await.unwrap();
    office.hires("bo", 5).await;
    office.works().await;
    assert_eq!(office.load("bo").await, 0);
    office.hears(ANA, "Hi").await;
    office.works().await;
    assert_eq!(office.has(&receipt.conversation).await.as_deref(), Some("bo"));
}

#[tokio::test]
async fn who_answers_what_we_reopened_is_routed() {
    let soon = Policy::new().reopen_within(Duration::from_secs(7200));
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded()).policy(move |_| soon)).await;
    office.hires("bo", 5).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.works().await;
    office.acme.mark_read(&id).await.unwrap();
    office.acme.close(&id, "bo").await.unwrap();
    office.acme.agents().set_presence(&"bo".into(), Presence::Offline, "bo").await.unwrap();
    office.hires("cy", 5).await;
    office.works().await;
    let receipt = office.acme.send(NUMBER, "+14155552671", "Did it work?").await.unwrap();
    assert_eq!((&receipt.conversation, office.has(&id).await), (&id, None));
    office.works().await;
    assert_eq!(office.has(&id).await, None);
    office.hears(ANA, "Yes").await;
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("cy"));
}

#[tokio::test]
async fn what_nobody_had_read_is_routed_when_we_reopened_it_and_they_answer() {
    let soon = Policy::new().reopen_within(Duration::from_secs(7200));
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded()).policy(move |_| soon)).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.works().await;
    office.acme.close(&id, "bo").await.unwrap();
    office.hires("cy", 5).await;
    office.works().await;
    office.acme.send(NUMBER, "+14155552671", "Did it work?").await.unwrap();
    office.works().await;
    assert_eq!(office.has(&id).await, None);
    assert_eq!(office.hears(ANA, "Yes").await.unread, 2);
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("cy"));
}

#[tokio::test]
async fn who_waits_is_routed_when_more_is_known_of_them() {
    let strategy = Strategy::owner().or(Strategy::skill("topic"));
    let office = Office::open(|desk| desk.routing(strategy).directory(Owned)).await;
    for agent in ["bo", "cy"] {
        office.hires(agent, 5).await;
    }
    office.acme.agents().change(&"bo".into(), "boss", |bo| bo.skills = vec!["roofs".into()]).await.unwrap();
    let (first, second) = (office.hears(ANA, "Hi").await.id, office.hears(BEN, "Hi").await.id);
    let cold = office.acme.send(NUMBER, "+14155552673", Template::new("hello", "en_US")).await.unwrap();
    office.works().await;
    assert_eq!((office.has(&first).await, office.has(&second).await), (None, None));
    office.acme.set_context(&first, "topic", Some("roofs"), "bot").await.unwrap();
    office.acme.link_customer(&second, Some("7".into()), "crm").await.unwrap();
    // Whom we wrote to waits for nobody.
    office.acme.link_customer(&cold.conversation, Some("7".into()), "crm").await.unwrap();
    office.works().await;
    let who = (office.has(&first).await, office.has(&second).await);
    assert_eq!((who.0.as_deref(), who.1.as_deref()), (Some("bo"), Some("cy")));
    assert_eq!(office.has(&cold.conversation).await, None);
}

#[tokio::test]
async fn who_waits_and_writes_again_is_routed_again() {
    let knows = Arc::new(AtomicBool::new(false));
    let learns = Arc::clone(&knows);
    let strategy = Strategy::custom(move |_| knows.load(Ordering::SeqCst).then(|| "bo".into()));
    let office = Office::open(|desk| desk.routing(strategy)).await;
    office.hires("bo", 5).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.works().await;
    learns.store(true, Ordering::SeqCst);
    office.works().await;
    assert_eq!(office.has(&id).await, None);
    office.hears(ANA, "Hello?").await;
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("bo"));
}

#[tokio::test]
async fn a_strategy_that_panics_keeps_nobody_else_waiting() {
    let strategy = Strategy::custom(|snapshot| match snapshot.conversation.unread {
        2 => panic!("a mistake of the host"),
        _ => Some("bo".into()),
    });
    let office = Office::open(|desk| desk.routing(strategy)).await;
    let unlucky = office.hears(ANA, "Hi").await.id;
    office.hears(ANA, "Hello?").await;
    let lucky = office.hears(BEN, "Hi").await.id;
    office.hires("bo", 5).await;
    office.works().await;
    assert_eq!((office.has(&unlucky).await, office.has(&lucky).await.as_deref()), (None, Some("bo")));
    // Another message, and the strategy knows what to do.
    office.hears(ANA, "Anybody?").await;
    office.works().await;
    assert_eq!(office.has(&unlucky).await.as_deref(), Some("bo"));
}

/// A directory with a mistake in it.
#[tokio::test]
async fn desks_without_a_strategy_keep_nobody_waiting_for_long_however_often_they_had_the_job() {
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded())).await;
    office.hires("bo", 5).await;
    office.works().await;
    let id = office.hears(ANA, "Hi").await.id;
    let clock = Arc::clone(&office.clock);
    let other = Desk::builder(office.store.clone())
        .clock(move || Timestamp::from_seconds(clock.load(Ordering::SeqCst)))
        .build();
    for _ in 0..9 {
        assert_eq!(other.step().await.unwrap(), 1);
        assert_eq!(other.step().await.unwrap(), 0);
        office.pass(60);
    }
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("bo"));
}

#[tokio::test]
async fn who_waits_longest_comes_first_whenever_their_conversation_was_opened() {
    let soon = Policy::new().reopen_within(Duration::from_secs(7200));
    let office = Office::open(|desk| desk.routing(Strategy::round_robin()).policy(move |_| soon)).await;
    // One conversation that we opened, and one that begins anew, both before anybody waits.
    office.acme.send(NUMBER, "+14155552671", Template::new("hello", "en_US")).await.unwrap();
    let again = office.hears(BEN, "Hi").await.id;
    office.acme.close(&again, "bo").await.unwrap();
    let mut waiting = Vec::new();
    for from in [CY, ANA, BEN] {
        office.pass(60);
        waiting.push(office.hears(from, "Hi").await.id);
        // More words are no longer wait.
        office.hears(CY, "Hello?").await;
    }
    office.works().await;
    office.hires("bo", 1).await;
    for (n, id) in waiting.iter().enumerate() {
        office.works().await;
        assert_eq!(office.has(id).await.as_deref(), Some("bo"), "{n}");
        office.acme.close(id, "bo").await.unwrap();
    }
}

#[tokio::test]
async fn who_comes_later_does_not_get_ahead_of_many_who_wait() {
    let strategy = Strategy::skill("topic")
        .or(Strategy::custom(|snapshot| (snapshot.conversation.unread == 2).then(|| "bo".into())));
    let office = Office::open(|desk| desk.routing(strategy)).await;
    for n in 0..120 {
        office.hears(&phone(n), "Hi").await;
    }
    office.pass(60);
    office.hears(ANA, "Hi").await;
    let patient = office.hears(ANA, "Hello?").await.id;
    office.works().await;
    office.pass(60);
    office.hires("bo", 1).await;
    office.hears(BEN, "Hi").await;
    let newcomer = office.hears(BEN, "Hello?").await.id;
    office.works().await;
    assert_eq!((office.has(&patient).await.as_deref(), office.has(&newcomer).await), (Some("bo"), None));
}

#[tokio::test]
async fn who_waits_as_nobody_fits_is_routed_when_more_is_known_of_them() {
    let strategy = Strategy::owner().or(Strategy::skill("topic"));
    let office = Office::open(|desk| desk.routing(strategy).directory(Owned)).await;
    for agent in ["bo", "cy"] {
        office.hires(agent, 5).await;
    }
    office.acme.agents().change(&"bo".into(), "boss", |bo| bo.skills = vec!["roofs".into()]).await.unwrap();
    let (ana, ben) = (office.hears(ANA, "Hi").await.id, office.hears(BEN, "Hi").await.id);
    office.works().await;
    assert_eq!((office.has(&ana).await, office.has(&ben).await), (None, None));
    office.acme.set_context(&ana, "topic", Some("roofs"), "bot").await.unwrap();
    office.acme.link_customer(&ben, Some("7".into()), "bot").await.unwrap();
    office.works().await;
    assert_eq!(office.has(&ana).await.as_deref(), Some("bo"));
    assert_eq!(office.has(&ben).await.as_deref(), Some("cy"));
    // What changes nothing, or somebody has, is not looked at again.
    office.acme.note(&ana, "A tile is loose", "bo").await.unwrap();
    office.acme.set_context(&ana, "topic", Some("tiles"), "bo").await.unwrap();
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

#[tokio::test]
async fn people_hand_conversations_over_within_the_capacity() {
    let office = Office::open(|desk| desk).await;
    office.hires("bo", 1).await;
    office.hires("cy", 1).await;
    let (first, second) = (office.hears(ANA, "Hi").await.id, office.hears(BEN, "Hi").await.id);
    office.acme.assign(&first, &"bo".into(), "boss").await.unwrap();
    let refusal = office.acme.assign(&second, &"bo".into(), "boss").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::NotAllowed(_)));
    assert!(matches!(
        office.acme.assign(&second, &"zoe".into(), "boss").await.unwrap_err().kind(),
        ErrorKind::NotFound(_)
    ));
    office.acme.assign(&first, &"cy".into(), "bo").await.unwrap();
    assert_eq!((office.load("bo").await, office.load("cy").await), (0, 1));
    office.acme.unassign(&first, "cy").await.unwrap();
    assert_eq!(office.load("cy").await, 0);
    let trail = office.trail(&first).await;
    assert_eq!(trail[1].detail, r#"{"from":"bo","to":"cy"}"#);
    assert_eq!(trail[2].action, "conversation.unassigned");
    office.acme.close(&first, "bo").await.unwrap();
    assert!(office.acme.assign(&first, &"bo".into(), "boss").await.is_err());
}

#[tokio::test]
async fn a_reopened_conversation_goes_to_its_agent_only_if_they_are_there() {
    let soon = Policy::new().reopen_within(Duration::from_secs(7200));
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded()).policy(move |_| soon)).await;
    office.hires("bo", 5).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.works().await;
    office.acme.close(&id, "bo").await.unwrap();
    office.hears(ANA, "One more thing").await;
    assert_eq!((office.has(&id).await.as_deref(), office.load("bo").await), (Some("bo"), 1));
    office.acme.close(&id, "bo").await.unwrap();
    office.acme.agents().set_presence(&"bo".into(), Presence::Offline, "bo").await.unwrap();
    office.hires("cy", 5).await;
    office.works().await;
    assert_eq!(office.hears(ANA, "And another").await.assignee, None);
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("cy"));
    assert_eq!((office.load("bo").await, office.load("cy").await), (0, 1));
}

/// R18: and only for a while.
#[tokio::test]
async fn who_had_the_customer_last_gets_them_again_for_a_while() {
    let strategy = Strategy::sticky(Duration::from_secs(7200)).or(Strategy::round_robin());
    let office = Office::open(|desk| desk.routing(strategy)).await;
    for agent in ["bo", "cy"] {
        office.hires(agent, 5).await;
    }
    let first = office.hears(ANA, "Hi").await.id;
    office.works().await;
    assert_eq!(office.has(&first).await.as_deref(), Some("bo"));
    for (passes, agent) in [(HOUR, "bo"), (3 * HOUR, "cy")] {
        office.acme.close(&office.newest(ANA).await.id, "bo").await.unwrap();
        office.pass(passes);
        let id = office.hears(ANA, "Hi again").await.id;
        office.works().await;
        assert_eq!(office.has(&id).await.as_deref(), Some(agent));
    }
}

/// A directory that never answers.
#[tokio::test]
async fn an_agents_conversations_are_counted_again_after_an_erasure() {
    let office = Office::open(|desk| desk).await;
    office.hires("bo", 5).await;
    let conversation = office.hears(ANA, "Hi").await;
    office.acme.assign(&conversation.id, &"bo".into(), "boss").await.unwrap();
    assert!(office.acme.agents().remove(&"bo".into(), "boss").await.is_err());
    office.records.erase(&conversation.contact, office.now()).await.unwrap();
    assert_eq!(office.load("bo").await, 1);
    office.acme.agents().recount(&"bo".into(), "boss").await.unwrap();
    assert_eq!(office.load("bo").await, 0);
    office.acme.agents().remove(&"bo".into(), "boss").await.unwrap();
    let trail = office.actions(&AgentId::from("bo")).await;
    assert_eq!(trail, ["agent.added", "agent.recounted", "agent.removed"]);
}
