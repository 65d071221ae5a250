//! What comes from the WhatsApp Business app of a number that is used there too, each read from a fixture.

use super::{fixture, only, read};
use whatsapp_business::{
    time::Timestamp,
    webhook::{
        AppState, AppStateAction, AppStateKind, Echo, Event, History, HistoryMessage, HistoryStatus, Inbound,
    },
};

fn history(body: &str) -> History {
    match only(body) {
        Event::History(history) => history,
        other => panic!("it is no history: {other:?}"),
    }
}

fn media(name: &str) -> HistoryMessage {
    match only(&fixture(name)) {
        Event::HistoryMedia(media) => *media,
        other => panic!("{name} is no media of a history: {other:?}"),
    }
}

fn echoes(name: &str) -> Vec<Echo> {
    let echo = |event| match event {
        Event::Echo(echo) => *echo,
        other => panic!("{name} is no echo: {other:?}"),
    };
    read(&fixture(name)).into_iter().map(echo).collect()
}

#[test]
fn a_part_of_a_history_tells_its_place_in_the_whole() {
    let part = history(&fixture("history_chunk"));
    assert_eq!((part.phase, part.chunk_order, part.progress), (Some(0), Some(1), Some(55)));
    assert!(!part.is_complete() && !part.is_declined());
    assert_eq!(part.timestamp, Some(Timestamp::from_seconds(1_700_000_600)));
    assert_eq!(part.phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
    assert_eq!(part.threads.len(), 2);
    assert!(part.unreadable.is_empty());

    let done = history(&fixture("history_chunk").replace(r#""progress": 55"#, r#""progress": "100""#));
    assert!(done.is_complete());
}

#[test]
fn a_thread_holds_what_both_sides_wrote() {
    let part = history(&fixture("history_chunk"));
    let thread = &part.threads[0];
    assert_eq!(thread.wa_id.as_ref().unwrap().as_str(), "10005550101");
    let customer = thread.contact.as_ref().unwrap();
    assert_eq!(customer.username.as_deref(), Some("customer_1"));
    assert_eq!(customer.user_id.as_ref().unwrap().as_str(), "US.1000000000000001");

    let [theirs, ours, picture] = thread.messages.as_slice() else { panic!("{thread:?}") };
    assert_eq!(theirs.message.id.as_str(), "wamid.HISTORY00000001");
    assert_eq!(theirs.message.timestamp, Timestamp::from_seconds(1_690_000_001));
    assert_eq!(theirs.message.text(), Some("Is the red one still there?"));
    assert_eq!((theirs.is_ours, &theirs.status), (Some(false), &Some(HistoryStatus::Read)));
    assert_eq!(theirs.message.contact, thread.contact);
    assert!(theirs.raw().contains("wamid.HISTORY00000001"));

    assert_eq!(ours.message.text(), Some("It is."));
    assert_eq!((ours.is_ours, &ours.status), (Some(true), &Some(HistoryStatus::Delivered)));
    assert_eq!(ours.to.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(ours.to_user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(ours.to_parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!((&ours.contact, &ours.message.contact), (&thread.contact, &None));

    assert_eq!(
        (picture.message.kind(), &picture.status),
        ("media_placeholder", &Some(HistoryStatus::Played))
    );
}

#[test]
fn without_user_ids_the_numbers_tell_who_wrote() {
    let part = history(&fixture("history_chunk"));
    let thread = &part.threads[1];
    assert!(thread.contact.is_none());
    let ours: Vec<_> = thread.messages.iter().map(|message| message.is_ours).collect();
    assert_eq!(ours, [Some(true), Some(false)]);

    let nobody = history(&fixture("history_chunk").replace(r#""10005550102""#, "null"));
    let ours: Vec<_> = nobody.threads[1].messages.iter().map(|message| message.is_ours).collect();
    assert_eq!(ours, [Some(true), None], "the number of ours is known, the other is not");

    let shown = r#""display_phone_number": "+1 (000) 555-0100""#;
    let body = fixture("history_chunk").replace(r#""display_phone_number": "10005550100""#, shown);
    assert_eq!(history(&body).threads[1].messages[0].is_ours, Some(true));
}

/// R15: who writes in a thread and is not the business is its customer, however the number is spelt.
#[test]
fn a_number_of_a_customer_that_is_spelt_in_two_ways_tells_who_wrote() {
    let message = |from: &str, to: &str| {
        format!(
            r#"{{"from":{from},"to":{to},"id":"wamid.1","timestamp":"1","type":"text","text":{{"body":"x"}}}}"#
        )
    };
    let (with_1, without, ours) = (r#""5215550101001""#, r#""525550101001""#, r#""15550001111""#);
    for (from, to, is_ours) in [
        (with_1, "null", Some(false)),
        (with_1, ours, Some(false)),
        (ours, with_1, Some(true)),
        (ours, "null", Some(true)),
        (with_1, with_1, None),
        ("null", "null", None),
    ] {
        let thread = format!(r#"{{"id":{without},"messages":[{}]}}"#, message(from, to));
        let metadata = r#"{"display_phone_number":"15550001111","phone_number_id":"1"}"#;
        let value = format!(r#"{{"metadata":{metadata},"history":[{{"threads":[{thread}]}}]}}"#);
        let part = history(&format!(r#"{{"field":"history","value":{value}}}"#));
        assert_eq!(part.threads[0].messages[0].is_ours, is_ours, "from {from} to {to}");
    }
}

#[test]
fn a_business_may_decline_to_share_its_history() {
    let part = history(&fixture("history_declined"));
    assert!(part.is_declined() && !part.is_complete());
    assert_eq!((part.errors[0].code, part.threads.len()), (2_593_109, 0));
}

#[test]
fn what_cannot_be_read_is_kept_inside_its_part_of_the_history() {
    let good = r#"{"id":"wamid.1","timestamp":"1","type":"text","text":{"body":"Hello"}}"#;
    for poison in ["null", "5", "{}", r#"{"id":"wamid.2","timestamp":"private","type":"text"}"#] {
        let thread = format!(r#"{{"id":"1","messages":[{poison},{good}]}}"#);
        let value = format!(r#"{{"history":[{{"threads":[{poison},{thread}]}}]}}"#);
        let part = history(&format!(r#"{{"field":"history","value":{value}}}"#));
        assert_eq!((part.threads.len(), part.unreadable.len()), (1, 1), "{poison}");
        assert_eq!(part.unreadable[0].raw(), poison);
        let thread = &part.threads[0];
        assert_eq!(thread.messages[0].message.text(), Some("Hello"));
        assert_eq!(thread.unreadable[0].raw(), poison);
        assert!(thread.unreadable[0].reason().is_some_and(|reason| !reason.contains("private")));
    }
}

#[test]
fn media_follow_their_history_by_themselves() {
    let theirs = media("history_media");
    assert_eq!(theirs.message.id.as_str(), "wamid.HISTORY00000003");
    assert_eq!((theirs.is_ours, theirs.message.text()), (Some(false), Some("The roof")));
    assert_eq!(theirs.contact.unwrap().username.as_deref(), Some("customer_1"));
    let Inbound::Image(image) = theirs.message.content else { panic!() };
    assert_eq!(image.id.as_str(), "1003383421387256");

    let ours = media("history_media_echo");
    assert_eq!((ours.is_ours, ours.message.text()), (Some(true), Some("The new roof")));
    assert_eq!((ours.to, ours.to_user_id.unwrap().as_str()), (None, "US.1000000000000001"));
    assert_eq!(ours.contact.unwrap().username.as_deref(), Some("customer_1"));

    let event = only(&fixture("history_media"));
    assert_eq!(event.key(), "history-media:wamid.HISTORY00000003", "it is not a message that came just now");
    assert_eq!(event.field(), "history");
}

#[test]
fn an_echo_tells_what_the_business_wrote_to_whom() {
    let echo = echoes("echo_text").remove(0);
    assert_eq!(echo.message.id.as_str(), "wamid.ECHO00000001");
    assert_eq!(echo.message.text(), Some("We are on our way"));
    assert_eq!(echo.message.from.as_ref().unwrap().as_str(), "10005550100", "it is from the business");
    assert_eq!(echo.to.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(echo.to_user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(echo.to_parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(echo.contact.unwrap().name.as_deref(), Some("Customer 1"), "the lists do not run in parallel");

    let event = only(&fixture("echo_text"));
    assert_eq!((event.key().as_str(), event.field()), ("echo:wamid.ECHO00000001", "smb_message_echoes"));
    assert_eq!(event.phone_number_id().unwrap().as_str(), "106540352242922");
    assert_eq!(event.contact().unwrap().name.as_deref(), Some("Customer 1"));
    assert_eq!(event.timestamp(), Some(Timestamp::from_seconds(1_700_000_701)));
}

#[test]
fn an_echo_to_somebody_who_hides_the_number_is_told_by_user_id() {
    let echo = echoes("echo_without_number").remove(0);
    assert_eq!(echo.to, None);
    assert_eq!(echo.contact.unwrap().user_id, echo.to_user_id);
}

#[test]
fn edits_and_deletions_are_echoes_too() {
    let kinds: Vec<_> = echoes("echo_edit").iter().map(|echo| echo.message.kind().to_owned()).collect();
    assert_eq!(kinds, ["edit", "revoke"]);
}

/// R15: no member that is missing or new rejects it.
#[test]
fn an_echo_of_another_shape_is_kept_as_it_came() {
    let delivery = read(&fixture("echo_of_another_app"));
    let [Event::Echo(echo), Event::Unknown(other)] = delivery.events() else { panic!("{delivery:?}") };
    assert_eq!(echo.message.text(), Some("We are on our way"));
    assert_eq!(delivery.events()[0].field(), "message_echoes");
    assert_eq!(other.reason().map(|reason| reason.starts_with("missing field `type`")), Some(true));
    assert!(other.raw().contains("\"recipient_type\": \"individual\""));
}

#[test]
fn the_address_book_of_the_app_comes_entry_by_entry() {
    let delivery = read(&fixture("app_state_contacts"));
    let [Event::AppState(added), Event::AppState(removed)] = delivery.events() else {
        panic!("{delivery:?}")
    };
    let AppState { kind, action, timestamp, contact, phone_number_id, .. } = added;
    assert_eq!((kind, action), (&AppStateKind::Contact, &Some(AppStateAction::Add)));
    assert_eq!(*timestamp, Some(Timestamp::from_seconds(1_700_000_801)));
    assert_eq!(phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
    let contact = contact.as_ref().unwrap();
    assert_eq!(
        (contact.full_name.as_deref(), contact.first_name.as_deref()),
        (Some("Miller, roof"), Some("Miller"))
    );
    assert_eq!(contact.phone_number.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(contact.user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(contact.parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(contact.username.as_deref(), Some("customer_1"));

    assert_eq!(removed.action, Some(AppStateAction::Remove));
    assert_eq!(removed.timestamp, Some(Timestamp::from_seconds(1_700_000_802)), "here it is a number");
    let contact = removed.contact.as_ref().unwrap();
    assert_eq!((contact.phone_number.as_ref().unwrap().as_str(), &contact.full_name), ("10005550102", &None));
}
