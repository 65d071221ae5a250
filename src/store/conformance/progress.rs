//! What is known grows, in whatever order it comes.

use super::{acme, assert_fails, at, at_once, batch, conversation, make, message};
use crate::store::{Change, ConversationTime, Fact, Key, Progress, Store, TenantStoreExt};

/// The earliest time of each fact is kept, whatever the order in which statuses come and however often.
pub async fn statuses_in_any_order_give_the_same_progress(store: &dyn Store) {
    let acme = acme(store);
    let statuses = [(Fact::Read, 30), (Fact::Sent, 10), (Fact::Delivered, 25), (Fact::Delivered, 20)];
    for (n, order) in orders(&statuses).into_iter().enumerate() {
        let wamid = format!("wamid.{n}");
        for (fact, second) in order.iter().chain(&order[..2]) {
            make(&acme, batch().earliest(&wamid, *fact, at(*second))).await;
        }
        let mut expected = Progress::new(&wamid);
        expected.sent_at = Some(at(10));
        expected.delivered_at = Some(at(20));
        expected.read_at = Some(at(30));
        assert_eq!(acme.progress(&wamid.into()).await.unwrap(), Some(expected), "{order:?}");
    }
    for (n, fact) in Fact::ALL.iter().enumerate() {
        make(&acme, batch().earliest("wamid.all", *fact, at(i64::try_from(n).unwrap()))).await;
    }
    let all = acme.progress(&"wamid.all".into()).await.unwrap().unwrap();
    let times: Vec<_> = Fact::ALL.iter().map(|fact| all.when(*fact)).collect();
    assert_eq!(times, (0..6).map(|n| Some(at(n))).collect::<Vec<_>>());
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
