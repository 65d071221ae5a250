//! Dead letters: put aside, tried again, dropped; and deliveries that are refused.

use super::{ACCOUNT, NUMBER, Office, delivery, says};
use serde_json::json;
use whatsapp_business::{
    Desk, ErrorKind,
    desk::{Health, Received},
    store::{Changes, DeadLetter, PageRequest, Query, Store, SubjectKind, TenantStoreExt},
    time::Timestamp,
    webhook::Delivery,
};

const ANA: &str = "14155552671";

/// Puts a letter aside that nothing stands against any more.
async fn letter(office: &Office, body: &[u8]) -> DeadLetter {
    let event = Delivery::unverified(body).unwrap().into_events().remove(0);
    let now = Timestamp::from_seconds(super::NOW);
    let letter = DeadLetter::new("letter", now, "a version before this one had no rule", event.to_body());
    let acme = office.store.tenant(&"acme".into());
    let _ = acme.apply(Changes::at(now).insert(letter.clone())).await.unwrap();
    letter
}

#[tokio::test]
async fn a_letter_that_nothing_stands_against_is_applied_and_gone() {
    let office = Office::open().await;
    let letter = letter(&office, &delivery(NUMBER, "messages", says(ANA, "wamid.1", "Hi"))).await;
    let received = office.acme.replay(letter.id.clone()).await.unwrap();
    assert_eq!((received.applied, received.dead_letters), (1, 0));
    assert_eq!(office.history().await[0].message.text.as_deref(), Some("Hi"));
    assert!(office.letters().await.is_empty());
    let error = office.acme.replay(letter.id).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error}");
}

#[tokio::test]
async fn a_letter_whose_event_was_applied_since_is_gone_without_effect() {
    let office = Office::open().await;
    let body = delivery(NUMBER, "messages", says(ANA, "wamid.1", "Hi"));
    let letter = letter(&office, &body).await;
    office.receives(&body).await;
    assert_eq!(office.acme.replay(letter.id).await.unwrap().duplicates, 1);
    assert_eq!((office.history().await.len(), office.letters().await.len()), (1, 0));
}

#[tokio::test]
async fn a_letter_stays_while_what_stands_against_it_does() {
    let office = Office::open().await;
    let nobody =
        json!({"messages": [{"id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "Hi"}}]});
    assert_eq!(office.hears("messages", nobody).await.dead_letters, 1);
    let letters = office.letters().await;
    assert_eq!(letters[0].reason, "the message does not say who sent it");
    assert_eq!(office.acme.replay(letters[0].id.clone()).await.unwrap().dead_letters, 1);
    assert_eq!(office.letters().await, letters);
}

#[tokio::test]
async fn a_dropped_letter_is_gone_and_the_audit_trail_says_by_whom() {
    let office = Office::open().await;
    let letter = letter(&office, &delivery(NUMBER, "messages", says(ANA, "wamid.1", "Hi"))).await;
    office.acme.drop_letter(letter.id.clone(), "bo").await.unwrap();
    assert!(office.letters().await.is_empty());
    let acme = office.store.tenant(&"acme".into());
    let audit = acme.audit(PageRequest::newest(9)).await.unwrap().items;
    assert_eq!((audit[0].actor.as_str(), audit[0].action.as_str()), ("bo", "dead_letter.dropped"));
    let error = office.acme.drop_letter(letter.id, "bo").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "{error}");
}

#[tokio::test]
async fn what_came_for_a_number_of_nobody_is_applied_once_somebody_has_it() {
    let office = Office::open().await;
    for (number, id) in [("999", "wamid.1"), ("888", "wamid.2"), ("999", "wamid.3")] {
        assert_eq!(office.receives(&delivery(number, "messages", says(ANA, id, "Hi"))).await.unrouted, 1);
    }
    let nobody = office.desk.tenant(Desk::UNROUTED);
    let kept = nobody.dead_letters(PageRequest::oldest(9)).await.unwrap().items;
    assert_eq!(kept.len(), 3);
    let error = nobody.replay(kept[0].id.clone()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound(_)), "nobody has conversations: {error}");
    let globex = office.desk.tenant("globex");
    globex.bind("999", ACCOUNT).await.unwrap();
    assert_eq!(office.acme.replay_unrouted().await.unwrap().applied, 0);
    // It comes again from Meta, too.
    office.receives(&delivery("999", "messages", says(ANA, "wamid.3", "Hi"))).await;
    let received = globex.replay_unrouted().await.unwrap();
    assert_eq!((received.applied, received.duplicates), (1, 1));
    let conversation = &globex.conversations(PageRequest::newest(9)).await.unwrap().items[0];
    assert_eq!(globex.history(&conversation.id, PageRequest::newest(9)).await.unwrap().items.len(), 2);
    assert_eq!(nobody.dead_letters(PageRequest::oldest(9)).await.unwrap().items.len(), 1);
    assert!(office.history().await.is_empty());
}

#[tokio::test]
async fn health_counts_what_came_for_nobody_up_to_so_many() {
    let office = Office::open().await;
    for n in 0..=Health::MOST {
        office.receives(&delivery("999", "messages", says(ANA, &format!("wamid.{n}"), "Hi"))).await;
        assert_eq!(office.desk.health().await.unrouted, (n + 1).min(Health::MOST));
    }
}

/// A review of an account.
fn review(account: &str) -> Vec<u8> {
    let change = json!({"field": "account_review_update", "value": {"decision": "APPROVED"}});
    let entry = json!({"id": account, "time": super::NOW, "changes": [change]});
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap()
}

#[tokio::test]
async fn what_names_no_number_is_only_for_those_who_have_a_number_of_its_account() {
    let office = Office::open().await;
    let neither = json!({"object": "whatsapp_business_account", "entry": [{"id": "555", "time": super::NOW,
        "changes": [{"field": "brand_new", "value": {"text": "Hi"}}]}]});
    for body in [review("555"), serde_json::to_vec(&neither).unwrap()] {
        assert_eq!(office.receives(&body).await.unrouted, 1);
    }
    let nobody = office.desk.tenant(Desk::UNROUTED);
    let left = async || nobody.dead_letters(PageRequest::oldest(9)).await.unwrap().items.len();
    assert_eq!(office.acme.replay_unrouted().await.unwrap(), Received::default());
    assert_eq!(left().await, 2);
    let (globex, initech) = (office.desk.tenant("globex"), office.desk.tenant("initech"));
    globex.bind("999", "555").await.unwrap();
    initech.bind("888", "555").await.unwrap();
    assert_eq!(office.acme.replay_unrouted().await.unwrap(), Received::default());
    assert_eq!(globex.replay_unrouted().await.unwrap().applied, 2, "for both who share the account");
    assert_eq!(left().await, 1);
    for (tenant, entries) in [("acme", 0), ("globex", 1), ("initech", 1)] {
        let audit = office.store.tenant(&tenant.into()).audit(PageRequest::newest(9)).await.unwrap().items;
        let reviews = audit.iter().filter(|entry| entry.action == "meta.account_review_update");
        assert_eq!(reviews.count(), entries, "{tenant}");
    }
}

#[tokio::test]
async fn of_a_handover_and_of_security_nobody_is_named_in_the_audit_trail() {
    let office = Office::open().await;
    let handover = json!({"type": "control_passed", "sender": {"phone_number": ANA},
        "recipient": {"phone_number_id": NUMBER}, "timestamp": super::NOW.to_string(),
        "control_passed": {"previous_owner_role": "marketing", "new_owner_role": "escalation",
            "conversation_context": {"summary": {"text": "Ana is ill"}}}});
    assert_eq!(office.hears("messaging_handovers", handover).await.applied, 1);
    let security = json!({"event": "PIN_CHANGED", "requester": ANA});
    assert_eq!(office.hears("security", security).await.applied, 1);
    let acme = office.store.tenant(&"acme".into());
    let audit = acme.audit(PageRequest::newest(9)).await.unwrap().items;
    let details: Vec<_> = audit.iter().map(|entry| entry.detail.as_str()).collect();
    assert!(details.iter().any(|detail| detail.contains("escalation")), "{details:?}");
    assert!(details.iter().any(|detail| detail.contains("PIN_CHANGED")), "{details:?}");
    assert!(!details.iter().any(|detail| detail.contains(ANA) || detail.contains("ill")), "{details:?}");
}

#[tokio::test]
async fn a_delivery_over_the_bound_is_refused_quickly_and_may_come_again() {
    let office = Office::with(|desk| desk.deliveries(1)).await;
    let body = delivery(NUMBER, "messages", says(ANA, "wamid.1", "Hi"));
    let signature = office.webhook.sign(&body);
    // On one thread, what the first began does not go on until somebody waits.
    let mut first = Box::pin(office.desk.receive(&body, Some(&signature)));
    assert!(futures_poll(&mut first).is_none());
    let error = office.desk.receive(&body, Some(&signature)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Busy) && error.is_retryable(), "{error}");
    let error = office.desk.receive(&body, Some("sha256=")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Signature(_)), "{error}");
    assert_eq!(first.await.unwrap().applied, 1);
    assert_eq!(office.receives(&body).await.duplicates, 1);
}

/// Polls a future once.
fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::Pin::new(future).poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test]
async fn what_meta_reports_of_a_number_is_in_the_audit_trail_and_no_dead_letter() {
    let office = Office::open().await;
    let call = json!({"calls": [{"id": "wacid.1", "from": ANA, "to": "15550001111", "event": "connect",
        "timestamp": super::NOW.to_string(), "direction": "USER_INITIATED"}],
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": ANA}]});
    let error = json!({"errors": [{"code": 131_053, "title": "Media upload error"}]});
    assert_eq!(office.hears("calls", call.clone()).await.applied, 1);
    assert_eq!(office.hears("messages", error).await.applied, 1);
    assert!(office.letters().await.is_empty());
    let acme = office.store.tenant(&"acme".into());
    let audit = acme.audit(PageRequest::newest(9)).await.unwrap().items;
    assert_eq!(audit.len(), 1, "of people who are not known nothing is kept");
    assert_eq!((audit[0].actor.as_str(), audit[0].action.as_str()), ("meta", "meta.error"));
    assert_eq!((&audit[0].subject.kind, audit[0].subject.id.as_str()), (&SubjectKind::Number, NUMBER));
    // Now she is known.
    office.says(ANA, "wamid.1", "Hi").await;
    let mut again = call;
    again["calls"][0]["event"] = json!("terminate");
    office.hears("calls", again).await;
    let conversation = office.history().await[0].message.conversation.clone();
    let subject = whatsapp_business::store::Subject::new(SubjectKind::Conversation, conversation.as_str());
    let page = acme.list(Query::AuditOf(subject), PageRequest::newest(9)).await.unwrap();
    assert_eq!(page.items.len(), 1);
}
