//! What must happen once happens once.

use super::{acme, assert_fails, at, at_once, batch, contact, conversation, make, message, seconds};
use crate::{
    store::{Applied, Change, Changes, Key, Store, TenantStoreExt},
    time::Timestamp,
};

/// A batch whose mark is there already changes nothing and says so.
pub async fn a_repeated_batch_is_a_duplicate(store: &dyn Store) {
    let acme = acme(store);
    let add = Change::Add { conversation: "c".into(), unread: 1 };
    make(&acme, batch().insert(conversation("c"))).await;
    make(&acme, batch().once("key", at(100)).with(add.clone())).await;
    let again = batch().once("key", at(100)).with(add).insert(message("m", 0));
    assert_eq!(acme.apply(again).await.unwrap(), Applied::Duplicate);
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().unread, 1);
    assert_eq!(acme.message(&"m".into()).await.unwrap(), None);
    make(&acme, batch().once("another key", at(100)).insert(message("m", 0))).await;
}

/// Marks are looked at first: a repeated batch with its mark at the end is a duplicate, not a conflict with itself.
pub async fn a_mark_counts_wherever_it_stands(store: &dyn Store) {
    let acme = acme(store);
    let changes = batch().insert(contact("a")).once("key", at(100));
    make(&acme, changes.clone()).await;
    assert_eq!(acme.apply(changes).await.unwrap(), Applied::Duplicate);
}

/// A mark counts for batches before its time and not for those at it or after it, which may set it again.
pub async fn a_mark_is_over_when_its_time_has_come(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, Changes::at(at(0)).once("key", at(10))).await;
    assert_eq!(acme.apply(Changes::at(at(9)).once("key", at(99))).await.unwrap(), Applied::Duplicate);
    make(&acme, Changes::at(at(10)).once("key", at(20))).await;
    assert_eq!(acme.apply(Changes::at(at(19)).once("key", at(99))).await.unwrap(), Applied::Duplicate);
    make(&acme, Changes::at(at(30)).once("key", at(40))).await;
}

/// A mark may be kept as long as time lasts. One whose time is over when it is set marks nothing.
pub async fn a_mark_may_hold_for_ever_or_not_at_all(store: &dyn Store) {
    let acme = acme(store);
    let (first, last) = (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX));
    make(&acme, batch().once("for ever", last).once("over", at(0)).once("long over", first)).await;
    for now in [first, at(0), last - seconds(1)] {
        assert_eq!(acme.apply(Changes::at(now).once("for ever", last)).await.unwrap(), Applied::Duplicate);
    }
    make(&acme, Changes::at(last).once("for ever", last)).await;
    make(&acme, batch().once("over", at(0)).once("long over", first)).await;
}

/// A clock that goes back does not bring an event back.
pub async fn a_mark_holds_when_the_clock_goes_back(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, Changes::at(at(0)).once("key", at(100))).await;
    make(&acme, Changes::at(at(90)).once("later", at(200))).await;
    assert_eq!(acme.apply(Changes::at(at(-1000)).once("key", at(100))).await.unwrap(), Applied::Duplicate);
}

/// A batch is no duplicate of itself.
pub async fn a_mark_twice_in_a_batch_counts_once(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().once("key", at(50)).insert(contact("a")).once("key", at(10))).await;
    assert!(acme.contact(&"a".into()).await.unwrap().is_some());
    assert_eq!(acme.apply(Changes::at(at(20)).once("key", at(99))).await.unwrap(), Applied::Duplicate);
}

/// A batch that could not be made can be made later.
pub async fn a_failed_batch_leaves_no_mark(store: &dyn Store) {
    let acme = acme(store);
    let changes = batch().once("key", at(100)).with(Change::Add { conversation: "c".into(), unread: 1 });
    assert_fails!(acme.apply(changes.clone()).await, Conflict);
    make(&acme, batch().insert(conversation("c"))).await;
    make(&acme, changes).await;
}

/// A duplicate changes nothing, and so sets none of its other marks.
pub async fn a_duplicate_leaves_no_other_mark(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().once("seen", at(100))).await;
    let changes = batch().once("new", at(100)).once("seen", at(200));
    assert_eq!(acme.apply(changes).await.unwrap(), Applied::Duplicate);
    make(&acme, batch().once("new", at(100))).await;
    make(&acme, Changes::at(at(150)).once("seen", at(200))).await;
}

/// Of the same batch from a thousand callers at once, one is made and all others are duplicates.
pub async fn of_a_storm_of_duplicates_one_is_made(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(conversation("c"))).await;
    let changes = batch()
        .once("msg:wamid.1", at(100))
        .insert(message("m", 0))
        .with(Change::Add { conversation: "c".into(), unread: 1 });
    let results = at_once((0..1000).map(|_| acme.apply(changes.clone()))).await;
    let done = results.iter().filter(|result| matches!(result, Ok(Applied::Done))).count();
    let duplicates = results.iter().filter(|result| matches!(result, Ok(Applied::Duplicate))).count();
    assert_eq!((done, duplicates), (1, 999));
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().unread, 1);
    assert!(acme.get(Key::Message("m".into())).await.unwrap().is_some());
}
