//! The suite that proves a store keeps the contract: one function for each promise, and random programs.
//!
//! A rule is an `async fn` over a store that is empty. It panics when the store breaks the promise that its name and its
//! first line tell. [`store_conformance!`](crate::store_conformance) makes a test of each, and one more that runs
//! [random programs](model). Take this crate with the feature `conformance` and tokio with `macros` and `rt` as
//! dev-dependencies, and write `tests/store.rs`:
//!
//! ```
//! # use whatsapp_business::store::MemoryStore;
//! /// An empty store, and what must live as long as the test: a temporary directory, or nothing.
//! async fn new_store() -> (MemoryStore, ()) {
//!     (MemoryStore::new(), ())
//! }
//!
//! whatsapp_business::store_conformance!(new_store);
//! ```
//!
//! `cargo test --test store` runs everything, `cargo test --test store a_lease` the rules with such names. A random program
//! that fails is printed with its seed, for which [`agrees_with_memory`](model::agrees_with_memory) runs it again.
//!
//! # Databases
//!
//! Rules run at the same time as others, and jobs are claimed from all tenants at once: each needs a store of its own. On a
//! server that is a database, or a schema, with a name that no other test has; its guard removes it when it is dropped, or
//! the next run does. Making one should be quick, such as from a template: random programs take two dozen of them, and
//! hundreds while one that fails is made smaller.
//!
//! # What it does not try
//!
//! Rules need no particular runtime: what they do at once they do in one task, a thousand calls and more. A store that works
//! in tasks or threads of its own is tried harder where these do run at the same time:
//! `store_conformance!(#[tokio::test(flavor = "multi_thread")] new_store);`. That what was acknowledged is there after a
//! crash, that several processes get along and how fast it all goes are for tests of your own.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is how a rule says that it is broken"
)]

pub mod batches;
pub mod claims;
pub mod content;
pub mod drops;
pub mod erasure;
pub mod ids;
pub mod leases;
pub mod lists;
pub mod marks;
pub mod model;
pub mod people;
pub mod progress;
pub mod records;
pub mod tenants;
pub mod uniqueness;
pub mod waking;

use crate::{
    id::TenantId,
    store::{
        Applied, Change, Changes, Claim, Contact, Conversation, Direction, Identity, Job, JobKind, Lease,
        Result, Store, StoredMessage, TenantStore,
    },
    time::Timestamp,
};
use std::{fmt::Debug, future::Future, pin::Pin, sync::Arc, task::Poll, time::Duration};

/// Makes one test of each rule of the store contract.
///
/// Takes a function without arguments, `async fn() -> (impl Store, impl Sized)`, that gives an empty store and whatever
/// must live as long as the test. The tests are `#[tokio::test]`s of the crate in which the macro stands, which needs
/// tokio with `macros` and `rt` for it; name another attribute in front to use another runtime:
/// `store_conformance!(#[smol_potat::test] new_store);`.
///
/// To run it over two stores, put each in a module of its own.
#[macro_export]
macro_rules! store_conformance {
    (#[$test:meta] $new_store:expr) => {
        $crate::store_conformance! { @rules #[$test] $new_store;
            batches {
                a_failing_change_undoes_those_before_it
                each_change_sees_those_before_it
                an_empty_batch_does_nothing
                an_insert_expects_nothing_there
                an_update_expects_the_version_it_read
                an_update_writes_every_field
                versions_count_from_one
                of_many_writers_one_wins
                a_delete_expects_a_version
                a_delete_removes_one_record_only
                what_is_deleted_is_found_nowhere_and_may_come_again
                what_cannot_be_put_is_refused
                an_expectation_is_looked_at_before_uniqueness
                a_batch_over_the_limits_is_refused
                what_is_wrong_with_a_batch_in_itself_is_told_first
            }
            marks {
                a_repeated_batch_is_a_duplicate
                a_mark_counts_wherever_it_stands
                a_mark_is_over_when_its_time_has_come
                a_mark_may_hold_for_ever_or_not_at_all
                a_mark_holds_when_the_clock_goes_back
                a_mark_twice_in_a_batch_counts_once
                a_failed_batch_leaves_no_mark
                a_duplicate_leaves_no_other_mark
                of_a_storm_of_duplicates_one_is_made
            }
            uniqueness {
                an_identity_has_one_contact
                an_identity_given_up_is_free
                of_many_new_contacts_one_gets_the_identity
                a_number_and_a_contact_have_one_active_conversation
                of_many_first_messages_one_opens_the_conversation
                a_message_id_has_one_message
                a_number_has_one_owner
                the_numbers_of_an_account_are_found_with_their_owners
                of_many_owners_one_gets_the_number
            }
            progress {
                statuses_in_any_order_give_the_same_progress
                a_status_may_come_before_its_message
                times_of_a_conversation_never_move_back
                unread_messages_stop_at_zero
                unread_messages_stop_at_the_most_there_can_be
                unread_messages_are_counted_while_a_conversation_is_active
                counts_of_many_writers_add_up
                a_conversation_that_is_missing_is_a_conflict
            }
            tenants {
                tenants_with_the_same_ids_never_meet
                a_delete_stays_in_its_tenant
                a_tenant_without_a_record_is_empty_and_may_be_written
                a_lease_under_another_tenant_is_lost
            }
            lists {
                a_list_is_read_from_either_end
                lists_go_by_time_and_then_by_the_bytes_of_the_id
                pages_hold_each_record_once
                a_page_holds_no_more_than_the_most
                a_page_is_of_one_moment
                a_cursor_neither_repeats_nor_skips_while_records_are_added
                a_cursor_behind_a_removed_record_goes_on
                a_cursor_keeps_its_place_while_records_are_removed_and_changed
                a_cursor_is_good_for_its_own_list_only
                each_list_holds_its_own_records
                a_changed_record_moves_in_its_list
            }
            content {
                every_record_comes_back_as_it_was_put
                a_body_of_three_megabytes_is_kept_byte_for_byte
                texts_may_hold_anything
                unknown_spellings_are_kept
                times_may_be_any
            }
            claims {
                due_jobs_are_claimed_oldest_first
                a_claim_takes_no_more_than_it_wants
                what_others_hold_does_not_use_up_a_claim
                a_claim_counts_as_an_attempt
                the_count_of_attempts_stops_at_the_most_there_can_be
                a_group_is_worked_one_by_one_in_order
                a_group_waits_for_its_head
                groups_of_two_tenants_are_two_groups
                a_leased_job_cannot_be_claimed_until_the_lease_ends
                a_job_whose_lease_is_over_has_the_place_it_had
                a_lease_holds_when_the_clock_goes_back
                a_job_may_be_enqueued_leased
                a_job_enqueued_leased_waits_until_it_is_due
                a_job_enqueued_leased_holds_up_its_group
                a_job_id_is_good_for_one_job_at_a_time
                of_many_claims_no_two_get_the_same_job
            }
            leases {
                finishing_makes_the_changes_and_ends_the_job
                failing_changes_leave_job_and_lease
                duplicate_changes_settle_the_job
                a_job_to_be_done_again_keeps_its_place
                a_job_that_was_left_counts_no_claim
                a_job_to_be_done_again_is_due_like_any_other
                a_lease_that_another_claimed_is_lost
                that_a_lease_is_lost_comes_first
                a_late_holder_may_finish_if_nobody_claimed
                an_extended_lease_ends_later
                a_lease_may_be_cut_short
                a_lease_that_was_ended_is_lost
                a_lease_that_was_made_up_is_lost
                a_removed_job_is_lost_to_its_holder
                the_changes_may_remove_the_job_itself
                finishing_may_enqueue_the_next_job
            }
            drops {
                a_dropped_batch_is_made_whole_or_not_at_all
                a_dropped_finish_is_made_whole_or_not_at_all
                the_jobs_of_a_dropped_claim_are_not_lost
                dropped_calls_hold_nobody_up
            }
            ids {
                ids_that_look_alike_are_different
                ids_side_by_side_do_not_run_together
                ids_may_be_long
            }
            people {
                conflicts_and_consents_come_back_as_they_were_put
                conflicts_and_consents_can_be_removed
                conflicts_and_consents_are_listed_by_time
                conflicts_and_consents_stay_in_their_tenant
                conversations_with_a_contact_are_listed_in_every_state
                all_messages_are_one_list_by_time
                marks_are_told_apart_to_the_last_byte
            }
            records {
                every_field_of_every_record_is_kept
                each_record_has_its_versions
                tags_and_the_audit_trail_are_never_rewritten
                each_list_holds_what_it_asks_for_in_order
                a_template_has_its_name_alone
                of_many_templates_one_gets_the_name
                usage_is_counted_by_day_and_metric
                usage_of_many_writers_adds_up
                usage_stops_at_the_most_there_can_be
                records_of_two_tenants_never_meet
                a_backlog_counts_what_is_due_later_and_leased
            }
            waking {
                an_enqueued_job_wakes_all_who_wait
                a_job_enqueued_before_the_wait_is_told
                a_job_given_back_or_left_behind_is_told
                who_gives_up_waiting_takes_nothing_along
            }
            erasure {
                an_export_holds_everything_of_a_person_once
                an_erasure_removes_everything_of_a_person_and_nothing_else
                an_interrupted_erasure_is_brought_to_its_end_by_another
                what_arrives_during_an_erasure_is_erased
                what_is_old_is_forgotten_oldest_first
            }
        }

        #[$test]
        async fn random_programs_agree_with_memory() {
            $crate::store::conformance::model::random_programs_agree_with_memory($new_store).await;
        }
    };
    (@rules #[$test:meta] $new_store:expr; $($topic:ident { $($rule:ident)+ })+) => {$($(
        #[$test]
        async fn $rule() {
            let (store, _guard) = ($new_store)().await;
            $crate::store::conformance::$topic::$rule(&store).await;
        }
    )+)+};
    // Last, because an expression may begin with an attribute.
    ($new_store:expr) => {
        $crate::store_conformance!(#[::tokio::test] $new_store);
    };
}

/// Asserts which error a call ends with.
macro_rules! assert_fails {
    ($call:expr, $error:ident) => {
        let result = $call;
        assert!(
            matches!(result, Err($crate::store::StoreError::$error { .. })),
            "expected {}, got {result:?}",
            stringify!($error)
        );
    };
}
use assert_fails;

/// Some seconds after a fixed time.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// An empty batch at time 0.
fn batch() -> Changes {
    Changes::at(at(0))
}

/// The tenant that most rules write to.
fn acme(store: &dyn Store) -> Arc<dyn TenantStore> {
    store.tenant(&TenantId::from("acme"))
}

/// Makes changes that must be made.
async fn make(tenant: &Arc<dyn TenantStore>, changes: Changes) {
    assert_eq!(tenant.apply(changes).await.unwrap(), Applied::Done);
}

fn contact(id: &str) -> Contact {
    Contact::new(id, [Identity::UserId(format!("US.{id}").into())], at(0))
}

fn conversation(id: &str) -> Conversation {
    Conversation::new(id, "number", format!("contact of {id}"), at(0))
}

fn message(id: &str, second: i64) -> StoredMessage {
    StoredMessage::new(id, "conversation", Direction::Inbound, at(second), "text", *b"{}")
}

/// A job that is due at a second.
fn job(id: &str, group: &str, second: i64) -> Job {
    Job::new(id, JobKind::Send, group, at(second))
}

/// A batch that enqueues.
fn enqueue(jobs: impl IntoIterator<Item = Job>) -> Changes {
    jobs.into_iter().fold(batch(), |batch, job| batch.with(Change::Enqueue(job, None)))
}

/// Claims everything there is at a second, for ten.
async fn claim(store: &dyn Store, second: i64, token: &str) -> Vec<Lease> {
    store.claim(Claim::new(at(second), seconds(10), 100, token)).await.unwrap()
}

/// The ids of the jobs on leases.
fn ids(leases: &[Lease]) -> Vec<&str> {
    leases.iter().map(|lease| lease.job.id.as_str()).collect()
}

/// Asserts that of calls made at once just one went well, and how the others ended.
fn assert_one_wins<T: Debug>(results: &[Result<T>], lost: fn(&Result<T>) -> bool) {
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(results.iter().filter(|result| result.is_err()).all(lost), "{results:?}");
}

/// Polls a call so many times, whenever it asks for it, and then drops it. Gives its output if it came to its end.
async fn dropped_after<T>(polls: usize, call: impl Future<Output = T>) -> Option<T> {
    let mut call = Box::pin(call);
    let mut left = polls;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match call.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Lets what runs at the same time go on.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(move |cx| {
        if paused {
            return Poll::Ready(());
        }
        paused = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs futures at the same time, on whatever runtime polls this one.
async fn at_once<T>(futures: impl IntoIterator<Item = impl Future<Output = T> + Send>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(move |cx| {
        for (future, output) in &mut running {
            if output.is_none()
                && let Poll::Ready(value) = Pin::new(future).poll(cx)
            {
                *output = Some(value);
            }
        }
        if running.iter().any(|(_, output)| output.is_none()) {
            return Poll::Pending;
        }
        Poll::Ready(running.iter_mut().filter_map(|(_, output)| output.take()).collect())
    })
    .await
}

#[cfg(test)]
mod faulty;
#[cfg(test)]
mod tests;
