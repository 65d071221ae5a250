//! Which jobs are given out, when, and to whom.

use super::{acme, assert_fails, at, at_once, batch, claim, enqueue, ids, job, make, seconds};
use crate::store::{Change, Claim, Job, Key, Lease, Outcome, Record, Store};
use std::collections::BTreeSet;

/// Jobs whose time has come are claimed, the oldest due first, those due at the same time in the order they came.
pub async fn due_jobs_are_claimed_oldest_first(store: &dyn Store) {
    let acme = acme(store);
    assert!(claim(store, 0, "empty").await.is_empty());
    make(&acme, enqueue([job("late", "1", 5), job("not yet", "2", 6), job("z", "3", 1), job("a", "4", 1)]))
        .await;
    assert_eq!(ids(&claim(store, 0, "early").await), [""; 0]);
    let leases = claim(store, 5, "token").await;
    assert_eq!(ids(&leases), ["z", "a", "late"]);
    let mut claimed = job("z", "3", 1);
    claimed.attempts = 1;
    assert_eq!(leases[0], Lease::new("acme".into(), claimed, "token".into(), at(15)));
}

/// A claim gives out no more than it asks for, and the rest to the next.
pub async fn a_claim_takes_no_more_than_it_wants(store: &dyn Store) {
    make(&acme(store), enqueue([job("a", "1", 0), job("b", "2", 0), job("c", "3", 0)])).await;
    assert!(store.claim(Claim::new(at(0), seconds(10), 0, "none")).await.unwrap().is_empty());
    let two = store.claim(Claim::new(at(0), seconds(10), 2, "two")).await.unwrap();
    assert_eq!(ids(&two), ["a", "b"]);
    assert_eq!(ids(&claim(store, 0, "rest").await), ["c"]);
}

/// Jobs that are held, and groups in which one is, do not count among those that a claim takes.
pub async fn what_others_hold_does_not_use_up_a_claim(store: &dyn Store) {
    make(
        &acme(store),
        enqueue([
            job("a", "1", 0),
            job("behind a", "1", 0),
            job("b", "2", 1),
            job("c", "3", 2),
            job("d", "4", 3),
        ]),
    )
    .await;
    for (n, expected) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let one = store.claim(Claim::new(at(9), seconds(10), 1, format!("{n}"))).await.unwrap();
        assert_eq!(ids(&one), [expected]);
    }
    assert_eq!(ids(&claim(store, 9, "rest").await), [""; 0]);
}

/// Each claim of a job is counted, and the count is kept.
pub async fn a_claim_counts_as_an_attempt(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)])).await;
    for attempt in 1..4_u32 {
        let leases = claim(store, i64::from(attempt) * 10, &format!("token {attempt}")).await;
        assert_eq!(leases[0].job.attempts, attempt);
        let kept = acme.get(Key::Job("j".into())).await.unwrap();
        assert!(matches!(kept, Some(Record::Job(Job { attempts, .. })) if attempts == attempt));
    }
}

/// Attempts are counted up to `u32::MAX`.
pub async fn the_count_of_attempts_stops_at_the_most_there_can_be(store: &dyn Store) {
    let acme = acme(store);
    let (mut claimed, mut leased) = (job("claimed", "1", 0), job("leased", "2", 0));
    claimed.attempts = u32::MAX;
    leased.attempts = u32::MAX;
    make(&acme, enqueue([claimed]).with(Change::Enqueue(leased, Some(("token".into(), at(10)))))).await;
    for second in [10, 20] {
        let leases = claim(store, second, &format!("at {second}")).await;
        let attempts: Vec<u32> = leases.iter().map(|lease| lease.job.attempts).collect();
        assert_eq!(attempts, [u32::MAX; 2]);
    }
}

/// Of each group the job enqueued first goes first, and the next one only when it is done.
pub async fn a_group_is_worked_one_by_one_in_order(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("z", "g", 3), job("b", "g", 1), job("other", "h", 2)])).await;
    make(&acme, enqueue([job("a", "g", 0)])).await;
    assert_eq!(ids(&claim(store, 9, "1").await), ["other", "z"]);
    assert_eq!(ids(&claim(store, 9, "2").await), [""; 0]);
    for (second, done, next) in [(9, "z", "b"), (9, "b", "a")] {
        let token = if done == "z" { "1" } else { "after z" };
        let lease = Lease::new("acme".into(), job(done, "g", 0), token.into(), at(0));
        let _ = store.finish(&lease, Outcome::Done, batch()).await.unwrap();
        assert_eq!(ids(&claim(store, second, &format!("after {done}")).await), [next]);
    }
}

/// While the head of a group is not due, those behind it are not given out.
pub async fn a_group_waits_for_its_head(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("head", "g", 100), job("next", "g", 0)])).await;
    assert_eq!(ids(&claim(store, 99, "early").await), [""; 0]);
    assert_eq!(ids(&claim(store, 100, "due").await), ["head"]);
    make(&acme, batch().with(Change::Delete(Key::Job("head".into()), 1))).await;
    assert_eq!(ids(&claim(store, 100, "next").await), ["next"]);
}

/// Groups belong to a tenant: the same name in two of them is two groups, and a claim serves all tenants.
pub async fn groups_of_two_tenants_are_two_groups(store: &dyn Store) {
    make(&acme(store), enqueue([job("j", "g", 1), job("k", "g", 1)])).await;
    make(&store.tenant(&"globex".into()), enqueue([job("j", "g", 0)])).await;
    let leases = claim(store, 1, "token").await;
    let tenants: Vec<&str> = leases.iter().map(|lease| lease.tenant.as_str()).collect();
    assert_eq!((ids(&leases), tenants), (vec!["j", "j"], vec!["globex", "acme"]));
}

/// A lease keeps a job from others until its end and no longer.
pub async fn a_leased_job_cannot_be_claimed_until_the_lease_ends(store: &dyn Store) {
    make(&acme(store), enqueue([job("j", "g", 0)])).await;
    assert_eq!(ids(&claim(store, 0, "first").await), ["j"]);
    assert_eq!(ids(&claim(store, 9, "early").await), [""; 0]);
    assert_eq!(ids(&claim(store, 10, "second").await), ["j"]);
    assert_eq!(ids(&claim(store, 19, "third").await), [""; 0]);
}

/// A job whose lease is over goes by the time it is due, as any other.
pub async fn a_job_whose_lease_is_over_has_the_place_it_had(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("second", "1", 1)])).await;
    assert_eq!(ids(&claim(store, 1, "lost").await), ["second"]);
    make(&acme, enqueue([job("first", "2", 0), job("third", "3", 2)])).await;
    let two = store.claim(Claim::new(at(11), seconds(10), 2, "two")).await.unwrap();
    assert_eq!(ids(&two), ["first", "second"]);
    assert_eq!(ids(&claim(store, 11, "rest").await), ["third"]);
}

/// Whoever has a clock that is behind does not get a job that another holds.
pub async fn a_lease_holds_when_the_clock_goes_back(store: &dyn Store) {
    make(&acme(store), enqueue([job("j", "g", -500)])).await;
    assert_eq!(ids(&claim(store, 0, "first").await), ["j"]);
    assert_eq!(ids(&claim(store, -300, "behind").await), [""; 0]);
}

/// A job enqueued with a lease is held from the start, as if it had been claimed.
pub async fn a_job_may_be_enqueued_leased(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().with(Change::Enqueue(job("j", "g", 0), Some(("token".into(), at(10)))))).await;
    let kept = acme.get(Key::Job("j".into())).await.unwrap();
    assert!(matches!(kept, Some(Record::Job(Job { attempts: 1, .. }))), "{kept:?}");
    assert_eq!(ids(&claim(store, 9, "early").await), [""; 0]);
    let lease = Lease::new("acme".into(), job("j", "g", 0), "token".into(), at(10));
    store.extend(&lease, at(20)).await.unwrap();
    assert_eq!(ids(&claim(store, 19, "early").await), [""; 0]);
    let taken = claim(store, 20, "second").await;
    assert_eq!((ids(&taken), taken[0].job.attempts), (vec!["j"], 2));
    assert_fails!(store.finish(&lease, Outcome::Done, batch()).await, LeaseLost);
}

/// A job that is enqueued leased before it is due is due no sooner when the lease is over.
pub async fn a_job_enqueued_leased_waits_until_it_is_due(store: &dyn Store) {
    let lease = Some(("token".into(), at(10)));
    make(&acme(store), batch().with(Change::Enqueue(job("j", "g", 100), lease))).await;
    assert_eq!(ids(&claim(store, 99, "early").await), [""; 0]);
    assert_eq!(ids(&claim(store, 100, "due").await), ["j"]);
}

/// A job enqueued with a lease does not wait for its group, but the group waits for it.
pub async fn a_job_enqueued_leased_holds_up_its_group(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("head", "g", 0)])).await;
    make(&acme, batch().with(Change::Enqueue(job("leased", "g", 0), Some(("token".into(), at(10)))))).await;
    assert_eq!(ids(&claim(store, 9, "busy").await), [""; 0]);
    let lease = Lease::new("acme".into(), job("leased", "g", 0), "token".into(), at(10));
    let _ = store.finish(&lease, Outcome::Done, batch()).await.unwrap();
    assert_eq!(ids(&claim(store, 9, "free").await), ["head"]);
}

/// An id may be used again when its job is done, and not before.
pub async fn a_job_id_is_good_for_one_job_at_a_time(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)])).await;
    assert_fails!(acme.apply(enqueue([job("j", "h", 0)])).await, Conflict);
    let leases = claim(store, 0, "token").await;
    assert_fails!(acme.apply(enqueue([job("j", "h", 0)])).await, Conflict);
    let _ = store.finish(&leases[0], Outcome::Done, batch()).await.unwrap();
    make(&acme, enqueue([job("j", "h", 0)])).await;
}

/// Many claims at once give out every job, and none of them twice.
pub async fn of_many_claims_no_two_get_the_same_job(store: &dyn Store) {
    let names: Vec<String> = (0..100).map(|n| format!("{n:03}")).collect();
    make(&acme(store), enqueue(names.iter().map(|name| job(name, name, 0)))).await;
    let claims = (0..30).map(|n| store.claim(Claim::new(at(0), seconds(10), 5, format!("token {n}"))));
    let leases: Vec<Lease> = at_once(claims).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(leases.len(), 100);
    assert_eq!(ids(&leases).into_iter().collect::<BTreeSet<_>>().len(), 100);
}
