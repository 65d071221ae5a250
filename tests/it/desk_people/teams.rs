//! Conversations given out on several desks at once.

use super::{Office, routing::phone};
use proptest::{prelude::*, strategy::Strategy as _};
use std::{collections::BTreeMap, time::Duration};
use whatsapp_business::{
    Desk, ErrorKind,
    desk::{Policy, Strategy, Tenant},
    store::{ConversationState, MemoryStore, PageRequest, Presence},
    time::Timestamp,
};

/// Something that happens on one of two desks.
#[derive(Clone, Debug)]
enum Deed {
    Hear(usize),
    Close(usize),
    Reopen(usize),
    Assign(usize, usize),
    Unassign(usize),
    Presence(usize, bool),
    Work,
}

fn deed() -> impl proptest::strategy::Strategy<Value = Deed> {
    let (person, agent) = (0..5_usize, 0..3_usize);
    prop_oneof![
        4 => person.clone().prop_map(Deed::Hear),
        2 => person.clone().prop_map(Deed::Close),
        1 => person.clone().prop_map(Deed::Reopen),
        2 => (person.clone(), agent.clone()).prop_map(|(person, agent)| Deed::Assign(person, agent)),
        1 => person.prop_map(Deed::Unassign),
        1 => (agent, any::<bool>()).prop_map(|(agent, there)| Deed::Presence(agent, there)),
        3 => Just(Deed::Work),
    ]
}

const TEAM: [&str; 3] = ["ada", "bo", "cy"];

/// Does a deed; that it is not allowed at this moment is nothing wrong.
async fn does(office: &Office, acme: &Tenant, desk: &Desk, deed: Deed) {
    let conversation = async |person: usize| {
        let page = PageRequest::newest(500);
        let all = acme.conversations(page).await.unwrap().items;
        all.get(person).map(|conversation| conversation.id.clone())
    };
    let result = match deed {
        Deed::Hear(person) => {
            let text = office.text(&phone(person), "Hi");
            office.receives("messages", serde_json::json!({"messages": [text]})).await;
            Ok(())
        }
        Deed::Close(person) => match conversation(person).await {
            Some(id) => acme.close(&id, "boss").await.map(drop),
            None => Ok(()),
        },
        Deed::Reopen(person) => match conversation(person).await {
            Some(id) => acme.reopen(&id, "boss").await.map(drop),
            None => Ok(()),
        },
        Deed::Assign(person, agent) => match conversation(person).await {
            Some(id) => acme.assign(&id, &TEAM[agent].into(), "boss").await,
            None => Ok(()),
        },
        Deed::Unassign(person) => match conversation(person).await {
            Some(id) => acme.unassign(&id, "boss").await,
            None => Ok(()),
        },
        Deed::Presence(agent, there) => {
            let presence = if there { Presence::Online } else { Presence::Offline };
            acme.agents().set_presence(&TEAM[agent].into(), presence, "boss").await
        }
        Deed::Work => desk.step().await.map(drop),
    };
    if let Err(refusal) = result {
        assert!(matches!(refusal.kind(), ErrorKind::NotAllowed(_)), "{refusal:?}");
    }
}

/// Two desks on one store do their deeds at the same time; whatever comes first, each agent's load is what they have, and
/// never more than they can take.
async fn interleave(one: Vec<Deed>, other: Vec<Deed>) {
    let soon = Policy::new().reopen_within(Duration::from_secs(7200));
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded()).policy(move |_| soon)).await;
    for agent in TEAM {
        office.hires(agent, 2).await;
    }
    let colleague = colleague(&office.store, soon);
    let their = colleague.tenant("acme");
    let (ours, theirs) = (
        async {
            for deed in one {
                does(&office, &office.acme, &office.desk, deed).await;
                tokio::task::yield_now().await;
            }
        },
        async {
            for deed in other {
                does(&office, &their, &colleague, deed).await;
                tokio::task::yield_now().await;
            }
        },
    );
    tokio::join!(ours, theirs);
    office.works().await;
    let mut loads: BTreeMap<String, u32> = TEAM.iter().map(|agent| ((*agent).to_owned(), 0)).collect();
    for conversation in office.all().await {
        if conversation.state == ConversationState::Active
            && let Some(agent) = conversation.assignee
        {
            *loads.get_mut(agent.as_str()).unwrap() += 1;
        }
    }
    for agent in TEAM {
        let load = office.load(agent).await;
        assert_eq!(load, loads[agent], "{agent}");
        assert!(load <= 2, "{agent}");
    }
}

/// A desk in another process.
fn colleague(store: &MemoryStore, policy: Policy) -> Desk {
    Desk::builder(store.clone())
        .routing(Strategy::least_loaded())
        .policy(move |_| policy)
        .clock(|| Timestamp::from_seconds(1_700_000_000))
        .build()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_two_desks_do_a_load_is_the_number_of_active_conversations(
        one in prop::collection::vec(deed(), 0..24), other in prop::collection::vec(deed(), 0..24),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(interleave(one, other));
    }
}

/// R18: a claim is a conditional write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_desks_that_route_at_once_give_each_conversation_to_one_agent() {
    let policy = Policy::new();
    let office = Office::open(|desk| desk.routing(Strategy::round_robin())).await;
    for n in 0..20 {
        office.hears(&phone(n), "Hi").await;
    }
    office.works().await;
    let others = [colleague(&office.store, policy), colleague(&office.store, policy)];
    for agent in ["bo", "cy"] {
        office.hires(agent, 7).await;
    }
    let mut working = tokio::task::JoinSet::new();
    for desk in others {
        working.spawn(async move { while desk.step().await.unwrap() > 0 {} });
    }
    while let Some(done) = working.join_next().await {
        done.unwrap();
    }
    office.works().await;
    assert_eq!((office.load("bo").await, office.load("cy").await), (7, 7));
    let waiting = office.all().await.into_iter().filter(|conversation| conversation.assignee.is_none());
    assert_eq!(waiting.count(), 6);
}
