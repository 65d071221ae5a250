//! Who waits for jobs is told. A store that does not tell makes these rules wait for ever.

use super::{acme, at, at_once, batch, claim, enqueue, job, make};
use crate::store::{Outcome, Store};
use std::{
    pin::Pin,
    task::{Context, Waker},
};

/// A job that is enqueued wakes all who wait.
pub async fn an_enqueued_job_wakes_all_who_wait(store: &dyn Store) {
    let acme = acme(store);
    let (first, second) = (store.job_enqueued(), store.job_enqueued());
    let told = async {
        first.await.unwrap();
        second.await.unwrap();
    };
    let both: [Pin<Box<dyn Future<Output = ()> + Send + '_>>; 2] =
        [Box::pin(told), Box::pin(make(&acme, enqueue([job("j", "g", 0)])))];
    at_once(both).await;
}

/// It counts what is enqueued after the call, also before the wait: whoever calls, claims and then waits misses nothing.
pub async fn a_job_enqueued_before_the_wait_is_told(store: &dyn Store) {
    let acme = acme(store);
    let enqueued = store.job_enqueued();
    assert!(claim(store, 0, "nothing").await.is_empty());
    make(&acme, enqueue([job("j", "g", 0)])).await;
    enqueued.await.unwrap();
    assert_eq!(claim(store, 0, "token").await.len(), 1);
}

/// A job that is given back is told, and so is one that a finished job leaves behind.
pub async fn a_job_given_back_or_left_behind_is_told(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)])).await;
    let leases = claim(store, 0, "1").await;
    let enqueued = store.job_enqueued();
    let _ = store.finish(&leases[0], Outcome::Again(at(0)), batch()).await.unwrap();
    enqueued.await.unwrap();
    let leases = claim(store, 0, "2").await;
    let enqueued = store.job_enqueued();
    let _ = store.finish(&leases[0], Outcome::Done, enqueue([job("next", "h", 0)])).await.unwrap();
    enqueued.await.unwrap();
}

/// Who gives up waiting takes the news from nobody.
pub async fn who_gives_up_waiting_takes_nothing_along(store: &dyn Store) {
    let acme = acme(store);
    let (mut gone, stays) = (store.job_enqueued(), store.job_enqueued());
    let _ = gone.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    make(&acme, enqueue([job("j", "g", 0)])).await;
    drop(gone);
    stays.await.unwrap();
}
