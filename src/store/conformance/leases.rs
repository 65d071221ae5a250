//! What may be done under a lease, and until when.

use super::{acme, assert_fails, at, batch, claim, contact, enqueue, ids, job, make};
use crate::store::{Applied, Change, Changes, Key, Outcome, Store, TenantStoreExt};

/// Finishing makes the changes and ends the job, in one step.
pub async fn finishing_makes_the_changes_and_ends_the_job(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)])).await;
    let leases = claim(store, 0, "token").await;
    let applied = store.finish(&leases[0], Outcome::Done, batch().insert(contact("a"))).await.unwrap();
    assert_eq!(applied, Applied::Done);
    assert!(acme.contact(&"a".into()).await.unwrap().is_some());
    assert_eq!(acme.get(Key::Job("j".into())).await.unwrap(), None);
    assert_eq!(ids(&claim(store, 99, "later").await), [""; 0]);
}

/// When the changes cannot be made, the job and the lease are as they were.
pub async fn failing_changes_leave_job_and_lease(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)]).insert(contact("there"))).await;
    let leases = claim(store, 0, "token").await;
    for outcome in [Outcome::Done, Outcome::Again(at(1))] {
        let changes = batch().once("key", at(99)).insert(contact("a")).insert(contact("there"));
        assert_fails!(store.finish(&leases[0], outcome, changes).await, Conflict);
    }
    let many = (0..=Changes::MAX_LEN).fold(batch(), |batch, n| batch.once(format!("{n}"), at(99)));
    assert_fails!(store.finish(&leases[0], Outcome::Done, many).await, TooLarge);
    assert_eq!(acme.contact(&"a".into()).await.unwrap(), None);
    assert_eq!(ids(&claim(store, 9, "early").await), [""; 0]);
    let changes = batch().once("key", at(99)).insert(contact("a"));
    assert_eq!(store.finish(&leases[0], Outcome::Done, changes).await.unwrap(), Applied::Done);
}

/// When the changes were made before, the job is settled all the same.
pub async fn duplicate_changes_settle_the_job(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)]).once("key", at(99))).await;
    let leases = claim(store, 0, "token").await;
    let changes = batch().once("key", at(99)).insert(contact("a"));
    assert_eq!(store.finish(&leases[0], Outcome::Done, changes).await.unwrap(), Applied::Duplicate);
    assert_eq!(acme.contact(&"a".into()).await.unwrap(), None);
    assert_eq!(acme.get(Key::Job("j".into())).await.unwrap(), None);
}

/// A job to be done again is due at its new time, and those behind it wait.
pub async fn a_job_to_be_done_again_keeps_its_place(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("first", "g", 0), job("second", "g", 0)])).await;
    let leases = claim(store, 0, "1").await;
    let _ = store.finish(&leases[0], Outcome::Again(at(5)), batch().insert(contact("a"))).await.unwrap();
    assert!(acme.contact(&"a".into()).await.unwrap().is_some());
    assert_eq!(ids(&claim(store, 4, "early").await), [""; 0]);
    let leases = claim(store, 5, "2").await;
    assert_eq!((ids(&leases), leases[0].job.attempts, leases[0].job.due), (vec!["first"], 2, at(5)));
    let _ = store.finish(&leases[0], Outcome::Done, batch()).await.unwrap();
    assert_eq!(ids(&claim(store, 5, "3").await), ["second"]);
}

/// A holder who was replaced can change nothing any more.
pub async fn a_lease_that_another_claimed_is_lost(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)])).await;
    let old = claim(store, 0, "old").await;
    let new = claim(store, 10, "new").await;
    assert_fails!(store.extend(&old[0], at(99)).await, LeaseLost);
    for outcome in [Outcome::Done, Outcome::Again(at(0))] {
        let changes = batch().insert(contact("a"));
        assert_fails!(store.finish(&old[0], outcome, changes).await, LeaseLost);
    }
    assert_eq!(acme.contact(&"a".into()).await.unwrap(), None);
    let _ = store.finish(&new[0], Outcome::Done, batch().insert(contact("a"))).await.unwrap();
    assert!(acme.contact(&"a".into()).await.unwrap().is_some());
}

/// A lease that ran out is good as long as nobody else took the job.
pub async fn a_late_holder_may_finish_if_nobody_claimed(store: &dyn Store) {
    make(&acme(store), enqueue([job("j", "g", 0), job("k", "h", 0)])).await;
    let leases = claim(store, 0, "token").await;
    assert_eq!(ids(&leases), ["j", "k"]);
    let late = Changes::at(at(1000));
    let _ = store.finish(&leases[0], Outcome::Done, late).await.unwrap();
    store.extend(&leases[1], at(2000)).await.unwrap();
    assert_eq!(ids(&claim(store, 1999, "other").await), [""; 0]);
}

/// A lease ends at the time it was last extended to.
pub async fn an_extended_lease_ends_later(store: &dyn Store) {
    make(&acme(store), enqueue([job("j", "g", 0)])).await;
    let leases = claim(store, 0, "token").await;
    store.extend(&leases[0], at(50)).await.unwrap();
    assert_eq!(ids(&claim(store, 49, "early").await), [""; 0]);
    assert_eq!(ids(&claim(store, 50, "due").await), ["j"]);
}

/// A lease is ended once.
pub async fn a_lease_that_was_ended_is_lost(store: &dyn Store) {
    make(&acme(store), enqueue([job("done", "1", 0), job("again", "2", 0)])).await;
    let leases = claim(store, 0, "token").await;
    let _ = store.finish(&leases[0], Outcome::Done, batch()).await.unwrap();
    let _ = store.finish(&leases[1], Outcome::Again(at(5)), batch()).await.unwrap();
    for lease in &leases {
        assert_fails!(store.extend(lease, at(99)).await, LeaseLost);
        assert_fails!(store.finish(lease, Outcome::Done, batch().insert(contact("a"))).await, LeaseLost);
    }
    assert_eq!(ids(&claim(store, 5, "next").await), ["again"]);
}

/// A job that was removed cannot be finished.
pub async fn a_removed_job_is_lost_to_its_holder(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0), job("next", "g", 0)])).await;
    let leases = claim(store, 0, "token").await;
    make(&acme, batch().with(Change::Delete(Key::Job("j".into()), 1))).await;
    assert_fails!(store.finish(&leases[0], Outcome::Done, batch()).await, LeaseLost);
    assert_eq!(ids(&claim(store, 0, "next").await), ["next"]);
}

/// The changes may hold the next job. They are made while this one is still there.
pub async fn finishing_may_enqueue_the_next_job(store: &dyn Store) {
    make(&acme(store), enqueue([job("first", "g", 0)])).await;
    let leases = claim(store, 0, "1").await;
    assert_fails!(store.finish(&leases[0], Outcome::Done, enqueue([job("first", "g", 0)])).await, Conflict);
    let _ = store.finish(&leases[0], Outcome::Done, enqueue([job("second", "g", 0)])).await.unwrap();
    assert_eq!(ids(&claim(store, 0, "2").await), ["second"]);
}
