//! People who are erased, with all that hangs on them.

use super::{ANA, BEN, NUMBER, Office};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use whatsapp_business::{
    Desk,
    desk::{HandlerError, Incoming, Interaction, InteractionSink, Strategy},
    store::{Agent, PageRequest, Presence, Store, TenantStoreExt},
};

#[tokio::test]
async fn the_agent_of_a_person_who_is_erased_has_room_for_who_waits() {
    let office = Office::open(|desk| desk.routing(Strategy::least_loaded())).await;
    let mut bo = Agent::new("bo", "Bo", 1, office.now());
    bo.presence = Presence::Online;
    office.acme.agents().add(bo, "boss").await.unwrap();
    let ana = office.hears(ANA, "Hi").await;
    office.works().await;
    let ben = office.hears(BEN, "Hi").await;
    office.works().await;
    assert_eq!(office.acme.conversation(&ben.id).await.unwrap().assignee, None);
    office.acme.erase(&ana.contact, "ann").await.unwrap();
    office.works().await;
    assert_eq!(office.acme.conversation(&ben.id).await.unwrap().assignee, Some("bo".into()));
    assert_eq!(office.acme.agents().get(&"bo".into()).await.unwrap().load, 1);
}

#[tokio::test]
async fn the_trail_tells_who_had_a_person_erased_and_nothing_of_the_person() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Hi").await;
    office.acme.note(&ana.id, "Ana is kind", "bo").await.unwrap();
    for _ in 0..2 {
        office.acme.erase(&ana.contact, "ann").await.unwrap();
    }
    let trail = office.records.audit(PageRequest::oldest(500)).await.unwrap().items;
    let [erased] = &*trail else { panic!("{trail:?}") };
    assert_eq!((erased.actor.as_str(), erased.action.as_str()), ("ann", "contact.erased"));
    assert_eq!(erased.detail, format!(r#"{{"contact":"{}"}}"#, ana.contact));
}

/// Counts the calls to the host.
#[derive(Clone, Default)]
struct Calls(Arc<AtomicUsize>);

#[async_trait::async_trait]
impl InteractionSink for Calls {
    async fn record(&self, _: Interaction) -> Result<(), HandlerError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn jobs_that_wait_do_nothing_about_who_was_erased_and_leave_nothing() {
    for is_told in [true, false] {
        let calls = Calls::default();
        let (handler, sink) = (calls.clone(), calls.clone());
        let office = Office::open(|desk| {
            let handler = move |_: Incoming| {
                handler.0.fetch_add(1, Ordering::SeqCst);
                async { Ok(()) }
            };
            desk.on_event(handler).interactions(sink)
        })
        .await;
        let ana = office.hears(ANA, "Hi").await;
        office.acme.enqueue(NUMBER, format!("+{ANA}"), "Hello").await.unwrap();
        office.acme.erase(&ana.contact, "ann").await.unwrap();
        // One without handler or sink has to let go of what is for them, too.
        let now = office.now();
        let bare = Desk::builder(office.store.clone()).clock(move || now).build();
        let desk = if is_told { &office.desk } else { &bare };
        while desk.step().await.unwrap() > 0 {}
        let left = office.store.backlog(now).await.unwrap();
        assert_eq!((left.due, left.later, left.leased), (0, 0, 0));
        assert_eq!((calls.0.load(Ordering::SeqCst), office.posts().await), (0, 0));
    }
}
