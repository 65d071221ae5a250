//! The host's handler: called from the store, at least once, in order.

use super::{NUMBER, Office, delivery, says};
use serde_json::json;
use std::sync::{Arc, Mutex};
use whatsapp_business::{
    desk::{DeskBuilder, HandlerError, Incoming},
    store::{ContactId, PageRequest, Query, Store, TenantStoreExt},
    webhook::Event,
};

const ANA: &str = "14155552671";
const BO: &str = "14155552672";

/// What a handler was called with, and what it does about it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Incoming>>>);

impl Log {
    /// A handler that writes down its calls and then does `act`.
    fn handler(
        &self,
        act: impl Fn(&Incoming) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> impl FnOnce(DeskBuilder) -> DeskBuilder {
        let log = self.clone();
        move |desk| {
            desk.on_event(move |incoming: Incoming| {
                log.0.lock().unwrap().push(incoming.clone());
                let result = act(&incoming);
                async move { result }
            })
        }
    }

    fn calls(&self) -> Vec<Incoming> {
        self.0.lock().unwrap().clone()
    }

    /// The texts of the messages that it was called with.
    fn texts(&self) -> Vec<String> {
        self.calls().iter().map(text).collect()
    }
}

fn text(incoming: &Incoming) -> String {
    match &incoming.event {
        Event::Message(message) => message.text().unwrap_or_default().to_owned(),
        other => other.field().to_owned(),
    }
}

#[tokio::test]
async fn a_handler_is_told_what_happened_and_where() {
    let log = Log::default();
    let office = Office::with(log.handler(|_| Ok(()))).await;
    office.says(ANA, "wamid.1", "Hi").await;
    assert_eq!(log.calls().len(), 0, "not before the delivery was answered");
    assert_eq!(office.desk.step().await.unwrap(), 1);
    let calls = log.calls();
    assert_eq!(log.texts(), ["Hi"]);
    let entry = &office.history().await[0];
    assert_eq!(calls[0].message.as_ref(), Some(&entry.message.id));
    assert_eq!(calls[0].conversation.as_ref(), Some(&entry.message.conversation));
    assert_eq!((calls[0].tenant.id().as_str(), calls[0].attempt), ("acme", 1));
    assert_eq!(calls[0].event.contact().unwrap().name.as_deref(), Some("Ana"));
    assert!(!format!("{:?}", calls[0]).contains("Hi"), "what was written is shown");
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

#[tokio::test]
async fn a_process_that_dies_after_the_answer_loses_no_call() {
    let (before, after) = (Log::default(), Log::default());
    let office = Office::with(before.handler(|_| Ok(()))).await;
    office.says(ANA, "wamid.1", "Hi").await;
    let colleague = office.colleague(after.handler(|_| Ok(())));
    drop(office.desk);
    assert_eq!(colleague.step().await.unwrap(), 1);
    assert_eq!((before.texts().len(), after.texts()), (0, vec!["Hi".to_owned()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_event_that_comes_a_thousand_times_at_once_is_handled_once() {
    let log = Log::default();
    let office = Office::with(|desk| log.handler(|_| Ok(()))(desk).deliveries(1000)).await;
    let body = delivery(NUMBER, "messages", says(ANA, "wamid.1", "Hi"));
    let signature = office.webhook.sign(&body);
    let deliveries = (0..1000).map(|_| {
        let (desk, body, signature) = (office.desk.clone(), body.clone(), signature.clone());
        tokio::spawn(async move { desk.receive(&body, Some(&signature)).await.unwrap() })
    });
    let mut applied = 0;
    for delivery in deliveries.collect::<Vec<_>>() {
        applied += delivery.await.unwrap().applied;
    }
    while office.desk.step().await.unwrap() > 0 {}
    assert_eq!((applied, log.texts().len(), office.history().await.len()), (1, 1, 1));
}

#[tokio::test]
async fn while_a_handler_fails_its_conversation_waits_and_others_do_not() {
    let log = Log::default();
    let fails = |incoming: &Incoming| match text(incoming).as_str() {
        "one" if incoming.attempt < 3 => Err("the CRM is away".into()),
        _ => Ok(()),
    };
    let office = Office::with(log.handler(fails)).await;
    office.says(ANA, "wamid.1", "one").await;
    office.says(ANA, "wamid.2", "two").await;
    office.says(BO, "wamid.3", "three").await;
    while office.desk.step().await.unwrap() > 0 {}
    let mut texts = log.texts();
    texts.sort();
    assert_eq!(texts, ["one", "three"]);
    for wait in [1, 5] {
        office.later(wait);
        while office.desk.step().await.unwrap() > 0 {}
    }
    assert_eq!(log.texts()[2..], ["one", "one", "two"]);
    let calls = log.calls();
    let ids: Vec<_> = calls.iter().filter(|call| text(call) == "one").map(|call| &call.id).collect();
    assert_eq!((ids.len(), ids.windows(2).all(|pair| pair[0] == pair[1])), (3, true));
    assert!(office.letters().await.is_empty());
}

#[tokio::test]
async fn an_event_that_no_call_handles_is_a_dead_letter_and_can_be_handed_on_again() {
    let log = Log::default();
    let office =
        Office::with(|desk| log.handler(|_| Err("no such lead".into()))(desk).handler_tries(2)).await;
    office.says(ANA, "wamid.1", "Hi").await;
    for _ in 0..3 {
        office.desk.step().await.unwrap();
        office.later(60);
    }
    assert_eq!(log.texts().len(), 2);
    let letters = office.letters().await;
    assert_eq!((letters.len(), letters[0].reason.as_str()), (1, "the handler failed: no such lead"));
    let mended = Log::default();
    let colleague = office.colleague(mended.handler(|_| Ok(())));
    let received = colleague.tenant("acme").replay(letters[0].id.clone()).await.unwrap();
    assert_eq!((received.applied, office.letters().await.len()), (1, 0));
    colleague.step().await.unwrap();
    assert_eq!(mended.texts(), ["Hi"]);
    let (first, again) = (&log.calls()[0], &mended.calls()[0]);
    assert_eq!((&first.id, &first.message), (&again.id, &again.message));
    assert_eq!(office.history().await.len(), 1, "it is not applied again");
}

#[tokio::test]
async fn a_handler_that_panics_has_failed() {
    let log = Log::default();
    let panics = |_: &Incoming| -> Result<(), HandlerError> { panic!("at a bad moment") };
    let office = Office::with(|desk| log.handler(panics)(desk).handler_tries(1)).await;
    office.says(ANA, "wamid.1", "Hi").await;
    office.desk.step().await.unwrap();
    assert_eq!(office.letters().await[0].reason, "the handler panicked");
}

#[tokio::test]
async fn a_desk_without_a_handler_leaves_the_call_to_one_that_has() {
    let log = Log::default();
    let office = Office::with(log.handler(|_| Ok(()))).await;
    office.says(ANA, "wamid.1", "Hi").await;
    office.colleague(|desk| desk).step().await.unwrap();
    office.later(60);
    office.desk.step().await.unwrap();
    assert_eq!(log.texts(), ["Hi"]);
}

#[tokio::test]
async fn what_desks_without_a_handler_leave_takes_no_call_away() {
    let log = Log::default();
    let failing = |desk| log.handler(|_| Err("no such lead".into()))(desk).handler_tries(2);
    let office = Office::with(failing).await;
    office.says(ANA, "wamid.1", "Hi").await;
    let bare = office.colleague(|desk| desk);
    for desk in [&bare, &bare, &bare, &office.desk, &bare, &office.desk] {
        assert!(office.letters().await.is_empty());
        desk.step().await.unwrap();
        office.later(3600);
    }
    let attempts: Vec<_> = log.calls().iter().map(|call| call.attempt).collect();
    assert_eq!((attempts, office.letters().await.len()), (vec![1, 2], 1));
}

#[tokio::test]
async fn what_was_erased_is_not_handed_on() {
    let log = Log::default();
    let office = Office::with(log.handler(|_| Ok(()))).await;
    office.says(ANA, "wamid.1", "Hi").await;
    let acme = office.store.tenant(&"acme".into());
    let contact: ContactId =
        office.acme.conversations(PageRequest::newest(1)).await.unwrap().items[0].contact.clone();
    acme.erase(&contact, whatsapp_business::time::Timestamp::from_seconds(super::NOW)).await.unwrap();
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert!(log.calls().is_empty());
}

#[tokio::test]
async fn a_status_is_handed_on_with_the_message_it_is_about() {
    let log = Log::default();
    let office = Office::with(log.handler(|_| Ok(()))).await;
    let echo = json!({"message_echoes": [{"from": "15550001111", "to": ANA, "id": "wamid.9",
        "timestamp": super::NOW.to_string(), "type": "text", "text": {"body": "From the app"}}]});
    office.hears("smb_message_echoes", echo).await;
    let status = json!({"statuses": [{"id": "wamid.9", "status": "read", "timestamp": super::NOW.to_string(),
        "recipient_id": ANA}]});
    office.hears("messages", status).await;
    while office.desk.step().await.unwrap() > 0 {}
    let calls = log.calls();
    assert_eq!(calls.len(), 2);
    assert!(matches!(calls[1].event, Event::Status(_)));
    assert_eq!((&calls[0].message, &calls[0].conversation), (&calls[1].message, &calls[1].conversation));
    assert!(calls[1].message.is_some());
}

#[tokio::test]
async fn what_is_written_in_a_group_is_handed_on_and_is_in_nobodys_conversation() {
    let log = Log::default();
    let office = Office::with(log.handler(|_| Ok(()))).await;
    let mut group = says(ANA, "wamid.1", "Hi all");
    group["messages"][0]["group_id"] = json!("Y2FwaV9ncm91cDox");
    assert_eq!(office.hears("messages", group.clone()).await.applied, 1);
    assert_eq!(office.hears("messages", group).await.duplicates, 1);
    assert!(office.history().await.is_empty());
    let contacts = office.store.tenant(&"acme".into()).list(Query::Contacts, PageRequest::newest(9)).await;
    assert!(contacts.unwrap().items.is_empty());
    assert_eq!(office.desk.step().await.unwrap(), 1);
    let calls = log.calls();
    assert_eq!(
        (log.texts(), &calls[0].conversation, &calls[0].message),
        (vec!["Hi all".into()], &None, &None)
    );
}

#[tokio::test]
async fn what_is_written_in_a_group_is_put_aside_where_nobody_takes_it() {
    let office = Office::open().await;
    let mut group = says(ANA, "wamid.1", "Hi all");
    group["messages"][0]["group_id"] = json!("Y2FwaV9ncm91cDox");
    assert_eq!(office.hears("messages", group).await.dead_letters, 1);
    assert!(office.history().await.is_empty());
    assert!(office.letters().await[0].reason.contains("group"));
    // In a group of the app, the business is the author.
    let echo = json!({"message_echoes": [{"from": "15550001111", "to": ANA, "id": "wamid.2", "group_id": "Y2FwaV9ncm91cDox",
        "timestamp": "1700000000", "type": "text", "text": {"body": "Hi"}}]});
    assert_eq!(office.hears("smb_message_echoes", echo).await.dead_letters, 1);
    assert!(office.history().await.is_empty());
}
