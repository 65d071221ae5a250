//! The suite itself is held to account: no rule is left out, and each can fail.

use super::{
    faulty::{Bug, Faulty},
    model,
};
use std::{
    collections::BTreeSet,
    fs,
    future::{Future, poll_fn, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    task::Poll,
};

/// A rule that is missing in the macro would never run.
#[test]
fn every_rule_is_in_the_macro() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/conformance");
    let suite = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let (_, list) = suite.split_once("@rules #[$test] $new_store;").unwrap();
    let (list, _) = list.split_once("#[$test]").unwrap();
    // The model has no rules: the macro names it by itself.
    let mut listed = BTreeSet::from(["model".to_owned()]);
    for topic in list.split_inclusive('}') {
        let Some((topic, rules)) = topic.trim_end_matches('}').split_once('{') else { continue };
        let file = fs::read_to_string(folder.join(format!("{}.rs", topic.trim()))).unwrap();
        let written = file.split("pub async fn ").skip(1).filter_map(|rule| rule.split('(').next());
        assert_eq!(written.collect::<Vec<_>>(), rules.split_whitespace().collect::<Vec<_>>());
        listed.insert(topic.trim().to_owned());
    }
    let modules = suite.split("pub mod ").skip(1).filter_map(|module| module.split(';').next());
    assert_eq!(modules.map(str::to_owned).collect::<BTreeSet<_>>(), listed);
}

/// Bugs, and the rule that is there to see each.
macro_rules! seen_by {
    ($($bug:ident => $topic:ident::$rule:ident,)+) => {
        const BUGS: &[Bug] = &[$(Bug::$bug),+];

        #[tokio::test]
        async fn every_bug_is_seen_by_its_rule() {
            $(
                let rule = |bug| panic_of(async move { super::$topic::$rule(&Faulty::with(bug)).await });
                assert!(rule(Bug::None).await.is_none(), "{} fails without a bug", stringify!($rule));
                assert!(rule(Bug::$bug).await.is_some(), "{} is not seen by {}", stringify!($bug), stringify!($rule));
            )+
        }
    };
}

seen_by! {
    MarkNotKept => marks::a_repeated_batch_is_a_duplicate,
    MarkSeenOnlyAtTheHead => marks::a_mark_counts_wherever_it_stands,
    MarkReadThenSet => marks::of_a_storm_of_duplicates_one_is_made,
    MarkKeptThoughTheBatchFailed => marks::a_failed_batch_leaves_no_mark,
    MarkKeptForEver => marks::a_mark_is_over_when_its_time_has_come,
    LastChangeDropped => batches::each_change_sees_those_before_it,
    ChangesMadeOneByOne => batches::a_failing_change_undoes_those_before_it,
    BatchDroppedHalfWay => drops::a_dropped_batch_is_made_whole_or_not_at_all,
    FinishDroppedHalfWay => drops::a_dropped_finish_is_made_whole_or_not_at_all,
    ClaimDroppedHalfWay => drops::the_jobs_of_a_dropped_claim_are_not_lost,
    LimitNotChecked => batches::a_batch_over_the_limits_is_refused,
    VersionNotChecked => batches::an_update_expects_the_version_it_read,
    PresenceNotChecked => batches::an_insert_expects_nothing_there,
    DeleteOfAnyVersion => batches::a_delete_expects_a_version,
    UniquenessNotChecked => uniqueness::an_identity_has_one_contact,
    LatestMovesBack => progress::times_of_a_conversation_never_move_back,
    AddStopsAboveZero => progress::unread_messages_stop_at_zero,
    AddReadThenWritten => progress::counts_of_many_writers_add_up,
    AddToWhatIsOver => progress::unread_messages_are_counted_while_a_conversation_is_active,
    FirstWordOfAFactKept => progress::statuses_in_any_order_give_the_same_progress,
    BodyCut => content::a_body_of_three_megabytes_is_kept_byte_for_byte,
    NulLost => content::texts_may_hold_anything,
    MillisecondsLost => content::times_may_be_any,
    TenantIgnored => tenants::a_delete_stays_in_its_tenant,
    TenantIgnoredInLists => tenants::tenants_with_the_same_ids_never_meet,
    NewestAndOldestMixedUp => lists::a_list_is_read_from_either_end,
    CursorOffByOne => lists::pages_hold_each_record_once,
    PageReadOneByOne => lists::a_page_is_of_one_moment,
    CursorOfAnotherListTaken => lists::a_cursor_is_good_for_its_own_list_only,
    EveryPageSaidToBeLast => lists::pages_hold_each_record_once,
    IdsSortedAsWords => lists::lists_go_by_time_and_then_by_the_bytes_of_the_id,
    NumberHasTwoOwners => uniqueness::a_number_has_one_owner,
    NumbersOfOtherAccountsFound => uniqueness::the_numbers_of_an_account_are_found_with_their_owners,
    GroupIgnored => claims::a_group_is_worked_one_by_one_in_order,
    LeaseOfEnqueueIgnored => claims::a_job_may_be_enqueued_leased,
    ClaimGivenTwice => claims::of_many_claims_no_two_get_the_same_job,
    ClaimGivenForGood => claims::a_leased_job_cannot_be_claimed_until_the_lease_ends,
    ClaimOfTooMany => claims::a_claim_takes_no_more_than_it_wants,
    ClaimOfNewestFirst => claims::due_jobs_are_claimed_oldest_first,
    LeaseNotFenced => leases::a_lease_that_another_claimed_is_lost,
    LeaseFencedAfterTheCheck => leases::that_a_lease_is_lost_comes_first,
    LeaseFencedAfterTheChanges => leases::a_lease_that_another_claimed_is_lost,
    LeaseNotProlonged => leases::an_extended_lease_ends_later,
    DuplicateSettlesNothing => leases::duplicate_changes_settle_the_job,
    LeftCounted => leases::a_job_that_was_left_counts_no_claim,
    AgainForgotten => leases::a_job_to_be_done_again_keeps_its_place,
    AgainAtTheEndOfItsGroup => leases::a_job_to_be_done_again_keeps_its_place,
    TemplateNamesOfOneLanguage => records::a_template_has_its_name_alone,
    RaceOfTemplatesNotSeen => records::of_many_templates_one_gets_the_name,
    ContextLost => records::every_field_of_every_record_is_kept,
    EditsLost => records::every_field_of_every_record_is_kept,
    TagsAndEntriesRewritten => records::tags_and_the_audit_trail_are_never_rewritten,
    VersionOfNewRecordsNotChecked => records::each_record_has_its_versions,
    UnassignedAreAllActive => records::each_list_holds_what_it_asks_for_in_order,
    WaitingInTheOrderOfOpening => records::each_list_holds_what_it_asks_for_in_order,
    UsageOfAnotherDay => records::usage_is_counted_by_day_and_metric,
    UsageReadThenWritten => records::usage_of_many_writers_adds_up,
    UsageStopsTooEarly => records::usage_stops_at_the_most_there_can_be,
    TagsOfAllTenants => records::records_of_two_tenants_never_meet,
    BacklogOfAnotherTime => records::a_backlog_counts_what_is_due_later_and_leased,
    ChangesOfFinishLost => leases::finishing_makes_the_changes_and_ends_the_job,
}

/// What random programs do not see, because they are small and make one call at a time.
const BEYOND_THE_MODEL: &[Bug] = &[
    Bug::LimitNotChecked,
    Bug::BodyCut,
    Bug::PageReadOneByOne,
    Bug::NumbersOfOtherAccountsFound,
    Bug::LeftCounted,
    Bug::UsageReadThenWritten,
];

#[tokio::test]
async fn random_programs_see_the_other_bugs() {
    run(Bug::None).await;
    let mut missed = Vec::new();
    for bug in BUGS {
        if panic_of(run(*bug)).await.is_none() {
            missed.push(*bug);
        }
    }
    assert_eq!(missed, BEYOND_THE_MODEL);
}

#[tokio::test]
async fn a_program_that_fails_is_printed_without_what_it_does_not_need() {
    let message = panic_of(run(Bug::LatestMovesBack)).await.unwrap();
    let is_step = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    assert!(message.lines().filter(is_step).count() <= 3, "{message}");
    assert!(message.contains("Latest {"), "{message}");
}

async fn run(bug: Bug) {
    model::agrees_with_memory(move || ready((Faulty::with(bug), ())), 0..192, 100).await;
}

/// What a future says when it panics.
async fn panic_of(future: impl Future<Output = ()>) -> Option<String> {
    let mut future = Box::pin(future);
    poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(|()| None),
        Err(panic) => Poll::Ready(Some(panic.downcast_ref::<String>().cloned().unwrap_or_default())),
    })
    .await
}
