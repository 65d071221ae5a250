//! What may be done under a lease, and until when.

use super::{acme, assert_fails, at, batch, claim, contact, enqueue, ids, job, make};
use crate::store::{
    Applied, Change, Changes, Contact, Expect, Key, Lease, Outcome, Progress, Store, StoreError,
    TenantStoreExt,
};

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
    let taken = Contact::new("b", contact("there").identities, at(0));
    assert_fails!(store.finish(&leases[0], Outcome::Done, batch().insert(taken)).await, NotUnique);
    let refused = batch().insert(contact("a")).insert(job("k", "g", 0));
    assert_fails!(store.finish(&leases[0], Outcome::Done, refused).await, Refused);
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

/// A job that was left is due again and keeps its place, and the claim is not counted.
pub async fn a_job_that_was_left_counts_no_claim(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("first", "g", 0), job("second", "g", 0)])).await;
    for second in [0, 5] {
        let leases = claim(store, second, "1").await;
        assert_eq!((ids(&leases), leases[0].job.attempts), (vec!["first"], 1));
        let _ = store.finish(&leases[0], Outcome::Left(at(second + 5)), batch()).await.unwrap();
        assert_eq!(ids(&claim(store, second + 4, "early").await), [""; 0]);
    }
    let leases = claim(store, 10, "2").await;
    let _ = store.finish(&leases[0], Outcome::Again(at(11)), batch()).await.unwrap();
    assert_eq!(claim(store, 11, "3").await[0].job.attempts, 2);
}

/// A job that was given back stands among the jobs of other groups by its new time, and of those due at one time where
/// it was enqueued.
pub async fn a_job_to_be_done_again_is_due_like_any_other(store: &dyn Store) {
    make(&acme(store), enqueue([job("first", "1", 0), job("second", "2", 0), job("third", "3", 9)])).await;
    let leases = claim(store, 0, "1").await;
    assert_eq!(ids(&leases), ["first", "second"]);
    for (lease, due) in leases.iter().zip([6, 5]) {
        let _ = store.finish(lease, Outcome::Again(at(due)), batch()).await.unwrap();
    }
    let leases = claim(store, 6, "2").await;
    assert_eq!(ids(&leases), ["second", "first"]);
    for lease in &leases {
        let _ = store.finish(lease, Outcome::Again(at(9)), batch()).await.unwrap();
    }
    assert_eq!(ids(&claim(store, 9, "3").await), ["first", "second", "third"]);
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

/// A holder who was replaced is told so, whatever else is wrong with the changes; one who was not is told what is.
pub async fn that_a_lease_is_lost_comes_first(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)])).await;
    make(&acme, batch().insert(contact("there"))).await;
    let old = claim(store, 0, "old").await;
    let new = claim(store, 10, "new").await;
    let wrong = || {
        let many = (0..=Changes::MAX_LEN).fold(batch(), |changes, _| changes.insert(contact("a")));
        let refused = batch().with(Change::Put(Box::new(Progress::new("wamid.1").into()), Expect::Absent));
        [many, refused, batch().insert(contact("there"))]
    };
    for changes in wrong() {
        assert_fails!(store.finish(&old[0], Outcome::Done, changes).await, LeaseLost);
    }
    let [many, refused, conflict] = wrong();
    let too_large = store.finish(&new[0], Outcome::Done, many).await;
    assert!(matches!(too_large, Err(StoreError::TooLarge { .. })), "{too_large:?}");
    assert_fails!(store.finish(&new[0], Outcome::Done, refused).await, Refused);
    assert_fails!(store.finish(&new[0], Outcome::Done, conflict).await, Conflict);
    assert_eq!(store.finish(&new[0], Outcome::Done, batch()).await.unwrap(), Applied::Done);
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

/// A holder may let go of a job before its time.
pub async fn a_lease_may_be_cut_short(store: &dyn Store) {
    make(&acme(store), enqueue([job("j", "g", 0)])).await;
    let leases = claim(store, 0, "token").await;
    store.extend(&leases[0], at(3)).await.unwrap();
    assert_eq!(ids(&claim(store, 2, "early").await), [""; 0]);
    assert_eq!(ids(&claim(store, 3, "due").await), ["j"]);
    assert_fails!(store.extend(&leases[0], at(99)).await, LeaseLost);
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

/// Nobody holds a job but under the token it was leased with: not one that was never leased, nor one that is not there.
pub async fn a_lease_that_was_made_up_is_lost(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("held", "1", 0), job("again", "2", 0), job("never", "3", 99)])).await;
    let leases = claim(store, 0, "token").await;
    let _ = store.finish(&leases[1], Outcome::Again(at(50)), batch()).await.unwrap();
    for id in ["held", "again", "never", "nobody's"] {
        for token in ["", "Token", "token ", "token\0", "NULL", "%"] {
            let made_up = Lease::new("acme".into(), job(id, "1", 0), token.into(), at(10));
            assert_fails!(store.extend(&made_up, at(99)).await, LeaseLost);
            let changes = batch().insert(contact("a"));
            assert_fails!(store.finish(&made_up, Outcome::Done, changes).await, LeaseLost);
        }
    }
    assert_eq!(acme.contact(&"a".into()).await.unwrap(), None);
    assert_eq!(store.finish(&leases[0], Outcome::Done, batch()).await.unwrap(), Applied::Done);
    assert_eq!(ids(&claim(store, 99, "later").await), ["again", "never"]);
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

/// Changes that remove the job they finish leave nothing to be settled, and may put another in its place.
pub async fn the_changes_may_remove_the_job_itself(store: &dyn Store) {
    let acme = acme(store);
    for (n, outcome) in [Outcome::Done, Outcome::Again(at(5))].into_iter().enumerate() {
        make(&acme, enqueue([job("j", "g", 0)])).await;
        let leases = claim(store, 0, &format!("{n}")).await;
        let other = enqueue([job("j", "g", 7), job("next", "g", 7)]).into_list();
        let changes =
            other.into_iter().fold(batch().with(Change::Delete(Key::Job("j".into()), 1)), Changes::with);
        assert_eq!(store.finish(&leases[0], outcome, changes).await.unwrap(), Applied::Done);
        assert_fails!(store.extend(&leases[0], at(99)).await, LeaseLost);
        assert_eq!(ids(&claim(store, 6, "early").await), [""; 0]);
        for name in ["j", "next"] {
            let leases = claim(store, 7, &format!("{name} {n}")).await;
            assert_eq!(ids(&leases), [name]);
            assert_eq!(store.finish(&leases[0], Outcome::Done, batch()).await.unwrap(), Applied::Done);
        }
    }
    assert_eq!(ids(&claim(store, 99, "later").await), [""; 0]);
}

/// The changes may hold the next job. They are made while this one is still there.
pub async fn finishing_may_enqueue_the_next_job(store: &dyn Store) {
    make(&acme(store), enqueue([job("first", "g", 0)])).await;
    let leases = claim(store, 0, "1").await;
    assert_fails!(store.finish(&leases[0], Outcome::Done, enqueue([job("first", "g", 0)])).await, Conflict);
    let _ = store.finish(&leases[0], Outcome::Done, enqueue([job("second", "g", 0)])).await.unwrap();
    assert_eq!(ids(&claim(store, 0, "2").await), ["second"]);
}
