//! What is known grows, in whatever order it comes.

use super::{acme, assert_fails, at, at_once, batch, conversation, make, message};
use crate::store::{Change, Changes, ConversationState, ConversationTime, Fact, Key, Store, TenantStoreExt};

/// The earliest time of each fact is kept: of five statuses in every order, each with any of them told again at another
/// time, one by one or all in a batch.
pub async fn statuses_in_any_order_give_the_same_progress(store: &dyn Store) {
    let acme = acme(store);
    let statuses = [Fact::Sent, Fact::Delivered, Fact::Read, Fact::Played, Fact::Failed];
    let second = |fact: Fact| 10 * i64::try_from(statuses.iter().position(|f| *f == fact).unwrap()).unwrap();
    let mut stories = Vec::new();
    for order in orders(&statuses) {
        for again in 0..1_u32 << statuses.len() {
            let told = (0..).zip(&order).filter(|(n, _)| again >> n & 1 == 1);
            // Half of them earlier than before, the others later.
            let told = told.map(|(n, fact)| (*fact, second(*fact) + if n % 2 == 0 { -1 } else { 1 }));
            let first = order.iter().map(|fact| (*fact, second(*fact)));
            stories.push(first.chain(told).collect::<Vec<_>>());
        }
    }
    // Many messages go forward by one status in a batch, so that the rule is quick where every batch is a write to disk.
    for (start, stories) in (0..).step_by(Changes::MAX_LEN).zip(stories.chunks(Changes::MAX_LEN)) {
        for step in 0..2 * statuses.len() {
            let changes = (start..).zip(stories).filter_map(|(n, story)| Some((n, story.get(step)?)));
            let noted = changes.fold(batch(), |batch, (n, (fact, second))| {
                batch.earliest(format!("wamid.{n}"), *fact, at(*second))
            });
            make(&acme, noted).await;
        }
    }
    for (n, story) in stories.iter().enumerate().step_by(50) {
        let told = story.iter().fold(batch(), |batch, (fact, second)| {
            batch.earliest(format!("wamid.at once.{n}"), *fact, at(*second))
        });
        make(&acme, told).await;
    }
    for (n, story) in stories.iter().enumerate() {
        let ids = [format!("wamid.{n}"), format!("wamid.at once.{n}")];
        for id in ids.into_iter().take(if n % 50 == 0 { 2 } else { 1 }) {
            let progress = acme.progress(&id.into()).await.unwrap().unwrap();
            for fact in Fact::ALL {
                let seconds = story.iter().filter(|(told, _)| told == fact).map(|(_, second)| *second);
                assert_eq!(progress.when(*fact), seconds.min().map(at), "{fact:?} of {story:?}");
            }
        }
    }
}

/// Progress is kept by Meta's id of the message and does not wait for the message.
pub async fn a_status_may_come_before_its_message(store: &dyn Store) {
    let acme = acme(store);
    assert_eq!(acme.progress(&"wamid.1".into()).await.unwrap(), None);
    make(&acme, batch().earliest("wamid.1", Fact::Delivered, at(2))).await;
    let mut late = message("m", 0);
    late.wamid = Some("wamid.1".into());
    make(&acme, batch().insert(late).earliest("wamid.1", Fact::Accepted, at(1))).await;
    let progress = acme.progress(&"wamid.1".into()).await.unwrap().unwrap();
    assert_eq!((progress.accepted_at, progress.delivered_at), (Some(at(1)), Some(at(2))));
}

/// The times of a conversation move forward only, each by itself.
pub async fn times_of_a_conversation_never_move_back(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(conversation("c"))).await;
    for second in [20, 10, 30, -5] {
        make(&acme, batch().latest("c", ConversationTime::LastMessage, at(second))).await;
    }
    let found = acme.conversation(&"c".into()).await.unwrap().unwrap();
    assert_eq!((found.last_message_at, found.last_inbound_at), (at(30), None));
    for second in [-20, -10, -30] {
        make(&acme, batch().latest("c", ConversationTime::LastInbound, at(second))).await;
    }
    let found = acme.conversation(&"c".into()).await.unwrap().unwrap();
    assert_eq!((found.last_message_at, found.last_inbound_at), (at(30), Some(at(-10))));
}

/// The count of unread messages never goes below zero.
pub async fn unread_messages_stop_at_zero(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(conversation("c"))).await;
    for (unread, count) in [(3, 3), (-1, 2), (-5, 0), (2, 2), (i64::MIN, 0)] {
        make(&acme, batch().with(Change::Add { conversation: "c".into(), unread })).await;
        assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().unread, count);
    }
}

/// The count of unread messages stops at `i64::MAX`.
pub async fn unread_messages_stop_at_the_most_there_can_be(store: &dyn Store) {
    let acme = acme(store);
    let most = i64::MAX.unsigned_abs();
    make(&acme, batch().insert(conversation("c"))).await;
    for (unread, count) in [(i64::MAX - 1, most - 1), (1, most), (1, most), (i64::MAX, most), (-1, most - 1)]
    {
        make(&acme, batch().with(Change::Add { conversation: "c".into(), unread })).await;
        assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().unread, count);
    }
}

/// Unread messages are counted in an active conversation only, whatever comes with them; the times of one that is over still
/// move.
pub async fn unread_messages_are_counted_while_a_conversation_is_active(store: &dyn Store) {
    let acme = acme(store);
    let add = |unread| Change::Add { conversation: "c".into(), unread };
    make(&acme, batch().insert(conversation("c")).with(add(1))).await;
    for state in [ConversationState::Closed, ConversationState::Archived, "odd".into(), "".into()] {
        let mut over = acme.conversation(&"c".into()).await.unwrap().unwrap();
        over.state = state;
        make(&acme, batch().update(over.clone())).await;
        for unread in [1, 0, -1] {
            assert_fails!(acme.apply(batch().insert(message("m", 0)).with(add(unread))).await, Conflict);
        }
        let moved = batch().latest("c", ConversationTime::LastMessage, at(9));
        assert_fails!(acme.apply(moved.clone().with(add(0))).await, Conflict);
        make(&acme, moved).await;
        let found = acme.conversation(&"c".into()).await.unwrap().unwrap();
        assert_eq!((found.unread, found.version), (1, over.version + 2));
    }
    let mut active = acme.conversation(&"c".into()).await.unwrap().unwrap();
    active.state = ConversationState::Active;
    // It is as the changes before it leave it.
    make(&acme, batch().update(active).with(add(1))).await;
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().unread, 2);
    assert_eq!(acme.message(&"m".into()).await.unwrap(), None);
}

/// What many add at once is all counted.
pub async fn counts_of_many_writers_add_up(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(conversation("c"))).await;
    let add = || acme.apply(batch().with(Change::Add { conversation: "c".into(), unread: 1 }));
    for result in at_once((0..50).map(|_| add())).await {
        assert!(result.is_ok(), "{result:?}");
    }
    let found = acme.conversation(&"c".into()).await.unwrap().unwrap();
    assert_eq!((found.unread, found.version), (50, 51));
}

/// Times and counts need their conversation.
pub async fn a_conversation_that_is_missing_is_a_conflict(store: &dyn Store) {
    let acme = acme(store);
    for time in [ConversationTime::LastMessage, ConversationTime::LastInbound] {
        assert_fails!(acme.apply(batch().latest("c", time, at(1))).await, Conflict);
    }
    assert_fails!(
        acme.apply(batch().with(Change::Add { conversation: "c".into(), unread: 1 })).await,
        Conflict
    );
    assert_eq!(acme.get(Key::Conversation("c".into())).await.unwrap(), None);
}

/// Every order of some items.
fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(first);
        all.extend(orders(&rest).into_iter().map(|tail| [vec![first.clone()], tail].concat()));
    }
    all
}
