//! A call that is given up half way is made whole or not at all, and holds nobody up.
//!
//! Each rule drops its call after its first poll, then after its second, and so on until it comes to its end.

use super::{
    acme, at, batch, claim, contact, conversation, dropped_after, enqueue, job, make, message, seconds,
};
use crate::store::{
    Applied, Change, Claim, Key, Lease, Outcome, PageRequest, Query, Store, StoreError, TenantStoreExt,
};

/// More polls than a call needs.
const MOST: usize = 64;

/// A batch whose caller went away is made or not. Its mark makes repeating it safe.
pub async fn a_dropped_batch_is_made_whole_or_not_at_all(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(conversation("c"))).await;
    for polls in 0..MOST {
        let name = polls.to_string();
        let changes = batch()
            .once(name.as_str(), at(100))
            .insert(contact(&name))
            .insert(message(&name, 0))
            .with(Change::Add { conversation: "c".into(), unread: 1 })
            .with(Change::Enqueue(job(&name, &name, 0), None));
        let first = dropped_after(polls, acme.apply(changes.clone())).await;
        let again = acme.apply(changes).await.unwrap();
        assert!(first.is_none() || again == Applied::Duplicate);
        for key in [
            Key::Contact(name.as_str().into()),
            Key::Message(name.as_str().into()),
            Key::Job(name.as_str().into()),
        ] {
            assert!(acme.get(key.clone()).await.unwrap().is_some(), "{key:?} after {polls} polls");
        }
        let conversation = acme.conversation(&"c".into()).await.unwrap().unwrap();
        assert_eq!(usize::try_from(conversation.unread).unwrap(), polls + 1);
        if first.is_some() {
            return;
        }
    }
}

/// A job whose holder went away while finishing it is done with its changes, or can still be finished.
pub async fn a_dropped_finish_is_made_whole_or_not_at_all(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(conversation("c"))).await;
    for polls in 0..MOST {
        let name = polls.to_string();
        make(&acme, enqueue([job(&name, &name, 0)])).await;
        let leases = claim(store, 0, &name).await;
        let changes =
            batch().insert(message(&name, 0)).with(Change::Add { conversation: "c".into(), unread: 1 });
        let first = dropped_after(polls, store.finish(&leases[0], Outcome::Done, changes.clone())).await;
        let again = store.finish(&leases[0], Outcome::Done, changes).await;
        assert!(
            matches!((&first, &again), (_, Err(StoreError::LeaseLost)) | (None, Ok(Applied::Done))),
            "{first:?}, then {again:?}"
        );
        assert_eq!(acme.get(Key::Job(name.as_str().into())).await.unwrap(), None);
        assert!(acme.message(&name.into()).await.unwrap().is_some());
        let conversation = acme.conversation(&"c".into()).await.unwrap().unwrap();
        assert_eq!(usize::try_from(conversation.unread).unwrap(), polls + 1);
        if first.is_some() {
            return;
        }
    }
}

/// The jobs of a claim that nobody waited for are leased, all or none, and can be claimed when that lease ends.
pub async fn the_jobs_of_a_dropped_claim_are_not_lost(store: &dyn Store) {
    let acme = acme(store);
    for polls in 0..MOST {
        make(&acme, enqueue((0..3).map(|n| job(&format!("{polls}.{n}"), &format!("{n}"), 0)))).await;
        let request = Claim::new(at(0), seconds(10), 100, format!("dropped {polls}"));
        let first = dropped_after(polls, store.claim(request)).await;
        let leases = claim(store, 10, &format!("after {polls}")).await;
        assert_eq!(leases.len(), 3, "after {polls} polls");
        let attempts = leases[0].job.attempts;
        assert!(leases.iter().all(|lease| lease.job.attempts == attempts), "{leases:?}");
        for lease in leases {
            assert_eq!(store.finish(&lease, Outcome::Done, batch()).await.unwrap(), Applied::Done);
        }
        if first.is_some() {
            return;
        }
    }
}

/// However many calls are dropped, the store works on.
pub async fn dropped_calls_hold_nobody_up(store: &dyn Store) {
    let acme = acme(store);
    let held = Change::Enqueue(job("j", "g", 0), Some(("token".into(), at(10))));
    make(&acme, batch().insert(contact("a")).insert(contact("b")).with(held)).await;
    let lease = Lease::new("acme".into(), job("j", "g", 0), "token".into(), at(10));
    for polls in 0..MOST {
        let newest = PageRequest::newest(1);
        let _ = dropped_after(polls, acme.get(Key::Contact("a".into()))).await;
        let _ = dropped_after(polls, acme.list(Query::Contacts, newest)).await;
        let _ = dropped_after(polls, store.bind(&"1".into(), &"account".into(), &"acme".into())).await;
        let _ = dropped_after(polls, store.route(&"1".into())).await;
        let _ = dropped_after(polls, store.extend(&lease, at(20))).await;
    }
    store.bind(&"1".into(), &"account".into(), &"acme".into()).await.unwrap();
    assert!(store.route(&"1".into()).await.unwrap().is_some());
    let read = acme.contact(&"a".into()).await.unwrap().unwrap();
    make(&acme, batch().update(read)).await;
    assert_eq!(store.finish(&lease, Outcome::Done, batch()).await.unwrap(), Applied::Done);
}
