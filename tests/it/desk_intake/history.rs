//! What was written in the app before its number came here.

use super::{ACCOUNT, NOW, NUMBER, Office};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use whatsapp_business::{
    desk::{FileBlobs, Headline, Incoming, Origin, Strategy},
    store::{Agent, Conversation, ConversationState, Direction, MediaState, PageRequest, Presence},
    time::Timestamp,
};

const ANA: &str = "10005550101";

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/webhooks");
    std::fs::read(folder.join(name).with_extension("json")).unwrap()
}

/// A part of a history with a thread with Ana.
fn part(messages: &[Value]) -> Vec<u8> {
    let thread = json!({"id": ANA, "messages": messages});
    let history = json!({"metadata": {"phase": 0, "chunk_order": 1, "progress": 50}, "threads": [thread]});
    super::delivery(NUMBER, "history", json!({"history": [history]}))
}

/// A message of Ana, or to her, so many seconds ago.
fn said(id: &str, is_ours: bool, ago: i64) -> Value {
    let (from, to) = if is_ours { ("15550001111", ANA) } else { (ANA, "15550001111") };
    json!({"from": from, "to": to, "id": id, "timestamp": (NOW - ago).to_string(), "type": "text",
        "text": {"body": id}, "history_context": {"status": "READ"}})
}

async fn conversations(office: &Office) -> Vec<Conversation> {
    office.acme.conversations(PageRequest::oldest(10)).await.unwrap().items
}

async fn texts(office: &Office) -> Vec<String> {
    office.history().await.into_iter().map(|entry| entry.message.text.unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_history_is_kept_once_in_its_order_as_what_is_over() {
    let office = Office::open().await;
    for (applied, duplicates) in [(1, 0), (0, 1)] {
        let received = office.receives(&fixture("history_chunk")).await;
        assert_eq!((received.applied, received.duplicates, received.dead_letters), (applied, duplicates, 0));
    }
    let entries = office.history().await;
    let kept: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry.message.at.as_seconds() - 1_690_000_000,
                entry.origin(),
                entry.headline(),
                entry.message.kind.as_str(),
            )
        })
        .collect();
    let expected = [
        (1, Origin::Customer, Headline::Received, "text"),
        (2, Origin::App, Headline::Delivered, "text"),
        (3, Origin::Customer, Headline::Received, "media_placeholder"),
        (4, Origin::App, Headline::Accepted, "text"),
        (5, Origin::Customer, Headline::Received, "text"),
    ];
    assert_eq!(kept, expected);
    assert_eq!(
        entries[1].metrics(),
        whatsapp_business::desk::DeliveryMetrics::default(),
        "Meta tells no times"
    );
    let conversations = conversations(&office).await;
    for (conversation, [first, last, heard]) in conversations.iter().zip([[1_i64, 3, 3], [4, 5, 5]]) {
        let at = |seconds| Timestamp::from_seconds(1_690_000_000 + seconds);
        assert_eq!((&conversation.state, conversation.unread), (&ConversationState::Closed, 0));
        assert_eq!((conversation.opened_at, conversation.closed_at), (at(first), Some(at(last))));
        assert_eq!((conversation.last_message_at, conversation.last_inbound_at), (at(last), Some(at(heard))));
    }
    let now = Timestamp::from_seconds(NOW);
    assert_eq!(office.acme.usage(now, now).await.unwrap(), [], "nobody received or opened anything");
}

#[tokio::test]
async fn thousands_of_messages_come_at_once_and_those_that_are_there_stay_single() {
    let office = Office::open().await;
    let all: Vec<_> = (0..3000).map(|n| said(&format!("wamid.{n}"), n % 3 == 0, 9000 - n)).collect();
    assert_eq!(office.receives(&part(&all[1000..2500])).await.applied, 1);
    assert_eq!(office.receives(&part(&all)).await.applied, 1);
    let [conversation] = &*conversations(&office).await else { panic!("she has one conversation") };
    let (mut page, mut ids) = (PageRequest::oldest(500), Vec::new());
    loop {
        let found = office.acme.history(&conversation.id, page.clone()).await.unwrap();
        ids.extend(found.items.into_iter().map(|entry| entry.message.wamid.unwrap().to_string()));
        let Some(next) = found.next else { break };
        page = page.after(next);
    }
    assert_eq!(ids, (0..3000).map(|n| format!("wamid.{n}")).collect::<Vec<_>>());
    assert_eq!(conversation.closed_at.unwrap().as_seconds(), NOW - 9000 + 2999);
}

#[tokio::test]
async fn what_was_written_before_goes_into_the_conversation_that_is_active() {
    let office = Office::open().await;
    office.says(ANA, "wamid.now", "Hi").await;
    office.receives(&part(&[said("wamid.1", false, 90), said("wamid.2", true, 60)])).await;
    assert_eq!(texts(&office).await, ["wamid.1", "wamid.2", "Hi"]);
    let [conversation] = &*conversations(&office).await else { panic!("she has one conversation") };
    assert_eq!((&conversation.state, conversation.unread), (&ConversationState::Active, 1));
    assert_eq!(conversation.last_inbound_at.unwrap().as_seconds(), NOW);
    // What is in the history already and comes once more as if it was new, is not.
    let again = office.says(ANA, "wamid.1", "wamid.1").await;
    assert_eq!((again.applied, again.duplicates), (0, 1));
}

#[tokio::test]
async fn a_history_opens_the_window_by_its_own_times_and_routes_nothing() {
    let office = Office::with(|desk| desk.routing(Strategy::least_loaded())).await;
    let now = Timestamp::from_seconds(NOW);
    let mut bo = Agent::new("bo", "Bo", 5, now);
    bo.presence = Presence::Online;
    office.receives(&part(&[said("wamid.1", false, 3600), said("wamid.2", true, 60)])).await;
    office.acme.agents().add(bo, "ann").await.unwrap();
    while office.desk.step().await.unwrap() > 0 {}
    let conversation = conversations(&office).await.remove(0);
    assert_eq!(conversation.assignee, None);
    let window = office.acme.window(NUMBER, &conversation.contact).await.unwrap();
    assert_eq!(window.last_inbound_at.unwrap().as_seconds(), NOW - 3600);
}

#[tokio::test]
async fn a_picture_takes_the_place_that_was_kept_for_it_whichever_comes_first() {
    for order in [["history_chunk", "history_media"], ["history_media", "history_chunk"]] {
        let folder = tempfile::tempdir().unwrap();
        let office = Office::with(|desk| desk.blobs(FileBlobs::new(folder.path()))).await;
        for name in order.into_iter().chain(["history_media", "history_media_echo"]) {
            assert_eq!(office.receives(&fixture(name)).await.dead_letters, 0, "{name}");
        }
        let entries = office.history().await;
        assert_eq!(entries.len(), 6, "{order:?}");
        let picture = entries
            .into_iter()
            .map(|entry| entry.message)
            .find(|message| message.wamid.as_ref().unwrap().as_str() == "wamid.HISTORY00000003");
        let picture = picture.unwrap();
        assert_eq!((picture.kind.as_str(), picture.text.as_deref()), ("image", Some("The roof")));
        assert_eq!(picture.direction, Direction::Inbound);
        let media = office.acme.media(picture.id).await.unwrap().unwrap();
        assert_eq!((media.state, media.media.as_str()), (MediaState::Pending, "1003383421387256"));
    }
}

/// Ana takes a message back.
async fn takes_back(office: &Office, id: &str) {
    let value = json!({"messages": [{"from": ANA, "id": "wamid.REVOKE", "timestamp": NOW.to_string(),
        "type": "revoke", "revoke": {"original_message_id": id}}]});
    assert_eq!(office.hears("messages", value).await.applied, 1);
}

#[tokio::test]
async fn what_was_taken_back_does_not_come_back_with_the_history() {
    let office = Office::open().await;
    takes_back(&office, "wamid.1").await;
    office.receives(&part(&[said("wamid.1", false, 90), said("wamid.2", false, 80)])).await;
    let told = texts(&office).await;
    assert!(told.contains(&"wamid.2".to_owned()) && !told.contains(&"wamid.1".to_owned()), "{told:?}");

    let office = Office::open().await;
    office.receives(&fixture("history_chunk")).await;
    takes_back(&office, "wamid.HISTORY00000003").await;
    office.receives(&fixture("history_media")).await;
    let pictures = office.history().await.into_iter().map(|entry| entry.message);
    let picture = pictures.into_iter().find(|message| message.kind == "image").unwrap();
    assert_eq!(picture.text, None);
}

#[tokio::test]
async fn a_handler_is_told_of_a_part_and_not_of_each_message() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let office = Office::with(move |desk| {
        desk.on_event(move |incoming: Incoming| {
            let counter = Arc::clone(&counter);
            async move {
                assert_eq!(incoming.event.field(), "history");
                counter.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        })
    })
    .await;
    office.receives(&fixture("history_chunk")).await;
    while office.desk.step().await.unwrap() > 0 {}
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_was_erased_does_not_come_back_with_a_part_that_is_delivered_again() {
    let office = Office::open().await;
    let body = part(&[said("wamid.1", false, 90)]);
    office.receives(&body).await;
    let conversation = conversations(&office).await.remove(0);
    office.acme.erase(&conversation.contact, "ann").await.unwrap();
    office.receives(&body).await;
    assert_eq!(conversations(&office).await, []);
}

#[tokio::test]
async fn what_cannot_be_read_of_a_history_is_put_aside_and_the_rest_is_kept() {
    let office = Office::open().await;
    let odd = json!({"id": "wamid.odd", "type": "text"});
    for applied in [1, 0] {
        let received = office.receives(&part(&[said("wamid.1", false, 9), odd.clone()])).await;
        assert_eq!(received.applied, applied);
    }
    assert_eq!(texts(&office).await, ["wamid.1"]);
    let [letter] = &*office.letters().await else { panic!("it is put aside once") };
    assert!(String::from_utf8_lossy(&letter.body).contains("wamid.odd"));
    assert!(String::from_utf8_lossy(&letter.body).contains(ACCOUNT));
}

/// What was written in the app is not ours to send, though Meta says that it failed.
#[tokio::test]
async fn a_message_of_the_app_that_failed_is_not_sent_by_a_retry() {
    let office = Office::open().await;
    let mut failed = said("wamid.1", true, 60);
    failed["history_context"]["status"] = json!("ERROR");
    assert_eq!(office.receives(&part(&[failed])).await.applied, 1);
    let entries = office.history().await;
    let [entry] = &*entries else { panic!("it is kept: {entries:?}") };
    assert_eq!(entry.headline(), Headline::Failed);
    let receipt = office.acme.retry(&entry.message.id).await.unwrap();
    assert_eq!(receipt.id, entry.message.id);
    assert_eq!((office.desk.step().await.unwrap(), office.history().await.len()), (0, 1));
}

/// Mexico: the number of a person is written with a 1 after the country in one place and without it in another.
#[tokio::test]
async fn a_customer_whose_number_is_spelt_in_two_ways_is_still_who_wrote() {
    let office = Office::open().await;
    let spelt = json!({"from": "5215550101001", "id": "wamid.1", "timestamp": (NOW - 9).to_string(),
        "type": "text", "text": {"body": "Hola"}});
    let thread = json!({"id": "525550101001", "messages": [spelt]});
    let received = office.hears("history", json!({"history": [{"threads": [thread]}]})).await;
    assert_eq!((received.applied, received.dead_letters), (1, 0));
    let entries = office.history().await;
    let [entry] = &*entries else { panic!("it is kept: {entries:?}") };
    assert_eq!((entry.origin(), entry.message.text.as_deref()), (Origin::Customer, Some("Hola")));
}

#[tokio::test]
async fn what_does_not_say_between_whom_it_was_written_is_put_aside() {
    let office = Office::open().await;
    let mut by_nobody = said("wamid.nobody", false, 60);
    (by_nobody["from"], by_nobody["to"]) = (Value::Null, Value::Null);
    let mut to_nobody = said("wamid.to", true, 30);
    to_nobody["to"] = Value::Null;
    let known = json!({"id": ANA, "messages": [said("wamid.1", false, 90), by_nobody]});
    let unknown = json!({"messages": [to_nobody]});
    for (applied, duplicates) in [(1, 0), (0, 1)] {
        let history = json!({"history": [{"threads": [known, unknown]}]});
        let received = office.hears("history", history).await;
        assert_eq!((received.applied, received.duplicates, received.dead_letters), (applied, duplicates, 2));
    }
    assert_eq!(texts(&office).await, ["wamid.1"]);
    let letters = office.letters().await;
    let [nobody, to] = &*letters else { panic!("each is put aside once: {letters:?}") };
    for (letter, id, reason) in [
        (nobody, "wamid.nobody", "the message does not say who wrote it"),
        (to, "wamid.to", "the thread does not say with whom"),
    ] {
        let body = String::from_utf8_lossy(&letter.body);
        assert!(body.contains(id) && body.contains(ACCOUNT), "{body}");
        // So it goes with the person who is erased.
        assert_eq!(body.contains(ANA), reason.contains("who wrote"), "{body}");
        assert_eq!(letter.reason, reason);
        let again = office.acme.replay(letter.id.clone()).await.unwrap();
        assert_eq!((again.dead_letters, office.letters().await.len()), (1, 2), "it stays as it is");
    }
}
