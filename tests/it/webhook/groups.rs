//! Groups, each read from a fixture.

use super::{fixture, only, read};
use whatsapp_business::{
    time::Timestamp,
    webhook::{Event, GroupChange, GroupInitiator, GroupUpdate, JoinApprovalMode},
};

fn update(name: &str) -> GroupUpdate {
    match only(&fixture(name)) {
        Event::Group(update) => update,
        other => panic!("{name} is not about a group: {other:?}"),
    }
}

#[test]
fn a_new_group_comes_with_its_link() {
    let update = update("group_create");
    assert_eq!(update.group_id.as_ref().unwrap().as_str(), "Y2FwaV9ncm91cDox");
    assert_eq!(update.timestamp, Some(Timestamp::from_seconds(1_700_000_401)));
    assert_eq!(update.request_id.as_deref(), Some("AUDsd9f4d2MNLa"));
    assert_eq!(update.phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
    assert_eq!((update.kind(), update.errors.len()), ("group_create", 0));
    let GroupChange::Create(group) = update.change else { panic!() };
    assert_eq!(group.subject.as_deref(), Some("Roof of the Miller house"));
    assert_eq!(group.description.as_deref(), Some("Photos and dates"));
    assert_eq!(group.invite_link.as_deref(), Some("https://chat.whatsapp.com/LINK0123456789"));
    assert_eq!(group.join_approval_mode, Some(JoinApprovalMode::ApprovalRequired));
}

#[test]
fn a_group_tells_what_all_events_have_in_common() {
    for (name, field) in [
        ("group_create", "group_lifecycle_update"),
        ("group_participants_left", "group_participants_update"),
        ("group_settings_update", "group_settings_update"),
        ("group_suspend", "group_status_update"),
    ] {
        let event = only(&fixture(name));
        assert_eq!(event.field(), field);
        assert_eq!(event.phone_number_id().unwrap().as_str(), "106540352242922");
        assert_eq!(event.account_id().unwrap().as_str(), "102290129340398");
        assert_eq!(event.timestamp(), Some(Timestamp::from_seconds(1_700_000_401)));
        assert!(event.key().starts_with("group:") && event.key().len() == 70, "{}", event.key());
        assert!(event.raw().contains("Y2FwaV9ncm91cDox"));
    }
}

#[test]
fn a_group_that_could_not_be_created_says_why() {
    let update = update("group_create_failed");
    assert_eq!((update.group_id, update.errors[0].code), (None, 131_215));
    assert_eq!(update.request_id.as_deref(), Some("AUDsd9f4d2MNLa"));
    assert_eq!(update.timestamp, Some(Timestamp::from_seconds(1_700_000_401)), "here it is a number");
    let GroupChange::Create(group) = update.change else { panic!() };
    assert_eq!((group.subject.as_deref(), group.invite_link), (Some("Roof of the Miller house"), None));
}

#[test]
fn what_needs_no_words_is_told_by_its_type() {
    assert_eq!(update("group_delete").change, GroupChange::Delete);
    assert_eq!(update("group_suspend").change, GroupChange::Suspend);
    assert_eq!(update("group_suspend_cleared").change, GroupChange::SuspendCleared);
}

#[test]
fn each_change_of_a_delivery_is_an_event() {
    let delivery = read(&fixture("group_participants_add"));
    let [Event::Group(one), Event::Group(two)] = delivery.events() else { panic!("{delivery:?}") };
    let (GroupChange::ParticipantsAdd(first), GroupChange::ParticipantsAdd(second)) =
        (&one.change, &two.change)
    else {
        panic!("{delivery:?}")
    };
    assert_eq!(first.reason.as_deref(), Some("invite_link"));
    assert_eq!(first.participants[0].wa_id.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(first.participants[0].username.as_deref(), Some("customer_1"));
    assert_eq!(
        one.contact.as_ref().unwrap().name.as_deref(),
        Some("Customer 1"),
        "the lists do not run in parallel"
    );
    let ids: Vec<_> = second.participants.iter().map(|one| one.user_id.as_ref().unwrap().as_str()).collect();
    assert_eq!(ids, ["US.1000000000000001", "US.1000000000000002"]);
    assert_eq!((&second.participants[1].wa_id, &two.contact), (&None, &None), "it is about two people");
}

#[test]
fn a_removal_tells_who_is_gone_and_who_is_not() {
    let update = update("group_participants_remove");
    assert_eq!(update.errors[0].code, 131_201);
    let GroupChange::ParticipantsRemove(remove) = update.change else { panic!() };
    assert_eq!(remove.participants[0].input.as_deref(), Some("+10005550101"));
    assert_eq!(remove.failed[0].input.as_deref(), Some("US.1000000000000002"));
    assert_eq!(remove.failed[0].errors[0].code, 131_203);
    assert_eq!(remove.initiated_by, Some(GroupInitiator::Business));
}

#[test]
fn who_initiated_it_is_understood_beside_the_group_too() {
    let update = update("group_participants_left");
    let GroupChange::ParticipantsRemove(remove) = update.change else { panic!() };
    assert_eq!(remove.initiated_by, Some(GroupInitiator::Participant));
    assert_eq!(remove.participants[0].user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!((remove.participants[0].wa_id.as_ref(), update.request_id), (None, None));
}

#[test]
fn somebody_asks_to_join_and_no_longer_does() {
    let created = update("group_join_request_created");
    assert_eq!(created.contact.as_ref().unwrap().name.as_deref(), Some("Customer 1"));
    let GroupChange::JoinRequestCreated(request) = created.change else { panic!() };
    assert_eq!(request.id.as_deref(), Some("JR0001"));
    assert_eq!(request.wa_id.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(request.reason.as_deref(), Some("invite_link"));
    let GroupChange::JoinRequestRevoked(revoked) = update("group_join_request_revoked").change else {
        panic!()
    };
    assert_eq!((revoked.id, revoked.user_id), (request.id, request.user_id));
    assert_eq!((revoked.wa_id, revoked.username.as_deref()), (None, Some("customer_1")));
}

#[test]
fn each_setting_tells_whether_it_was_changed() {
    let GroupChange::Settings(settings) = update("group_settings_update").change else { panic!() };
    let subject = settings.subject.unwrap();
    assert_eq!((subject.text.as_deref(), subject.successful), (Some("Roof, second week"), Some(true)));
    let picture = settings.picture.unwrap();
    assert_eq!((picture.mime_type.as_deref(), picture.successful), (Some("image/jpeg"), Some(false)));
    assert_eq!(picture.errors[0].code, 131_053);
    assert_eq!(settings.description, None, "what was not changed is absent");
}

#[test]
fn a_new_type_of_change_keeps_its_name() {
    let body = fixture("group_suspend").replace(r#""group_suspend""#, r#""group_teleported""#);
    let Event::Group(update) = only(&body) else { panic!() };
    assert_eq!((update.kind(), &update.change), ("group_teleported", &GroupChange::Unknown));
    assert_eq!(update.group_id.as_ref().unwrap().as_str(), "Y2FwaV9ncm91cDox");
}
