//! Each kind of event, read from a fixture.

use super::{envelope, fixture, message, only, read, status, unknown};
use whatsapp_business::{
    time::Timestamp,
    webhook::{Event, Inbound, PricingCategory, PricingKind, PricingModel, StatusKind},
};

#[test]
fn a_text_tells_what_was_said_by_whom_and_to_whom() {
    let message = message("message_text");
    assert_eq!(message.id.as_str(), "wamid.MESSAGE00000001");
    assert_eq!(message.timestamp, Timestamp::from_seconds(1_700_000_001));
    assert_eq!(message.from.as_ref().unwrap().as_str(), "10005550101");
    assert_eq!(message.from_user_id.as_ref().unwrap().as_str(), "US.1000000000000001");
    assert_eq!(message.from_parent_user_id.as_ref().unwrap().as_str(), "US.ENT.1000000000000001");
    assert_eq!(message.phone_number_id.as_ref().unwrap().as_str(), "106540352242922");
    assert_eq!(message.display_phone_number.as_deref(), Some("10005550100"));
    assert_eq!(message.account_id.as_ref().unwrap().as_str(), "102290129340398");
    assert_eq!(message.text(), Some("Is the red one still there? ü \u{1f642}"));
    assert_eq!(message.kind(), "text");
    assert_eq!((message.context.is_none(), message.group_id.is_none()), (true, true));
    let contact = message.contact.as_ref().unwrap();
    assert_eq!(contact.name.as_deref(), Some("Customer 1"));
    assert_eq!(contact.username.as_deref(), Some("customer_1"));
    assert_eq!(contact.wa_id, message.from);
    assert_eq!(contact.user_id, message.from_user_id);
    assert_eq!(contact.parent_user_id, message.from_parent_user_id);
}

#[test]
fn an_event_tells_what_all_events_have_in_common() {
    let event = only(&fixture("message_text"));
    assert_eq!(event.key(), "msg:wamid.MESSAGE00000001");
    assert_eq!(event.field(), "messages");
    assert_eq!(event.phone_number_id().unwrap().as_str(), "106540352242922");
    assert_eq!(event.account_id().unwrap().as_str(), "102290129340398");
    assert_eq!(event.timestamp(), Some(Timestamp::from_seconds(1_700_000_001)));
    assert_eq!(event.contact().unwrap().name.as_deref(), Some("Customer 1"));
}

#[test]
fn a_context_tells_what_is_answered_or_that_it_was_forwarded() {
    let answer = message("message_text_reply").context.unwrap();
    assert_eq!(answer.id.unwrap().as_str(), "wamid.OURS00000001");
    assert_eq!(answer.from.unwrap().as_str(), "10005550100");
    assert!(!answer.forwarded && !answer.frequently_forwarded);
    let forwarded = message("message_text_forwarded").context.unwrap();
    assert!(forwarded.forwarded && !forwarded.frequently_forwarded && forwarded.id.is_none());
    let often = message("message_text_frequently_forwarded").context.unwrap();
    assert!(!often.forwarded && often.frequently_forwarded);
}

#[test]
fn a_picture_comes_with_what_is_needed_to_fetch_it() {
    let message = message("message_image");
    assert_eq!((message.kind(), message.text()), ("image", Some("The roof")));
    let Inbound::Image(image) = message.content else { panic!() };
    assert_eq!(image.id.as_str(), "1003383421387256");
    assert_eq!(image.mime_type.as_deref(), Some("image/jpeg"));
    assert_eq!(image.sha256.as_deref(), Some("SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="));
    assert!(image.url.unwrap().starts_with("https://lookaside.fbsbx.com/"));
}

#[test]
fn a_choice_is_read_with_its_id_and_its_words() {
    for (name, kind, id, words) in [
        ("message_button_reply", "interactive", "keep", "Keep"),
        ("message_list_reply", "interactive", "tue-10", "Tuesday"),
        ("message_template_button", "button", "stop-offers", "Stop"),
    ] {
        let message = message(name);
        assert_eq!((message.kind(), message.reply_id(), message.text()), (kind, Some(id), Some(words)));
        assert_eq!(message.context.unwrap().id.unwrap().as_str(), "wamid.OURS00000001");
    }
    let Inbound::ListReply(reply) = message("message_list_reply").content else { panic!() };
    assert_eq!(reply.description.as_deref(), Some("10:00 to 11:00"));
}

#[test]
fn a_choice_without_words_or_of_digits_keeps_its_id() {
    for (kind, choice) in [
        ("button", r#"{"payload":"42"}"#),
        ("button", r#"{"payload":42,"text":""}"#),
        ("interactive", r#"{"type":"button_reply","button_reply":{"id":"42"}}"#),
        ("interactive", r#"{"button_reply":{"id":42,"title":null}}"#),
        ("interactive", r#"{"type":"list_reply","list_reply":{"id":42}}"#),
    ] {
        let item = format!(r#"{{"id":"m","timestamp":1,"type":"{kind}","{kind}":{choice}}}"#);
        let Event::Message(message) = only(&envelope(&format!(r#""messages":[{item}]"#))) else {
            panic!("{item}")
        };
        assert_eq!((message.reply_id(), message.text()), (Some("42"), None), "{item}");
    }
}

#[test]
fn a_message_without_a_type_is_what_is_in_it() {
    for (name, kind) in [("message_text", "text"), ("message_image", "image"), ("message_order", "order")] {
        let body = fixture(name).replace(&format!(r#""type": "{kind}","#), "");
        let Event::Message(read) = only(&body) else { panic!("{name}") };
        assert_eq!(read.content, message(name).content);
    }
    let body = fixture("message_request_welcome").replace(r#""type": "request_welcome""#, r#""kind": 1"#);
    let Event::Message(read) = only(&body) else { panic!() };
    let Inbound::Unknown(unknown) = &read.content else { panic!("{read:?}") };
    assert_eq!((unknown.kind(), unknown.reason()), ("", Some("the type is missing")));
}

#[test]
fn a_conversation_that_was_passed_to_us_comes_with_what_was_said() {
    let summary = message("message_text_handed_over").summary;
    assert_eq!(summary.as_deref(), Some("The customer asks for money back."));
    assert_eq!(message("message_text").summary, None);
    let body =
        fixture("message_text_handed_over").replace(r#""text": "The customer"#, r#""words": "The customer"#);
    let delivery = read(&body);
    let [Event::Message(message), Event::Unknown(whole)] = delivery.events() else { panic!("{delivery:?}") };
    assert_eq!((&message.summary, whole.reason()), (&None, None));
    assert!(whole.raw().contains("asks for money back"), "what cannot be read of it is not lost");
}

#[test]
fn what_is_new_of_a_person_is_kept() {
    let body = fixture("message_text").replace(r#""wa_id""#, r#""pronouns": ["they"], "wa_id""#);
    let event = only(&body);
    let contact = event.contact().unwrap();
    assert!(contact.raw().contains(r#""pronouns": ["they"]"#) && body.contains(contact.raw()));
    let digits = fixture("message_text").replace(r#""Customer 1""#, "1984");
    assert_eq!(only(&digits).contact().unwrap().name.as_deref(), Some("1984"));
    assert_eq!(
        message("message_text_key_hash").contact.unwrap().identity_key_hash.as_deref(),
        Some("DF2lS5v2W6x=")
    );
}

#[test]
fn the_status_of_a_call_is_not_taken_for_one_of_a_message() {
    let body = fixture("call_status_ringing").replace(r#""field""#, r#""fields""#);
    assert!(unknown(&body).reason().is_some());
}

#[test]
fn errors_of_another_value_without_its_field_are_not_taken_for_those_of_an_account() {
    let body = fixture("flow_client_error_rate").replace(r#""field""#, r#""fields""#);
    assert_eq!(unknown(&body).reason(), Some("the field is missing"));
}

#[test]
fn a_sender_who_hides_the_number_is_known_by_user_id() {
    let message = message("message_without_number");
    assert_eq!((message.from, message.from_parent_user_id), (None, None));
    let contact = message.contact.unwrap();
    assert_eq!((&contact.user_id, &contact.wa_id), (&message.from_user_id, &None));
    assert_eq!(contact.name.as_deref(), Some("Customer 1"));
}

#[test]
fn a_message_in_a_group_names_the_group() {
    assert_eq!(message("message_group_text").group_id.unwrap().as_str(), "Y2FwaV9ncm91cDox");
}

#[test]
fn a_status_tells_how_far_which_message_got() {
    for (name, kind) in [
        ("status_sent", StatusKind::Sent),
        ("status_delivered", StatusKind::Delivered),
        ("status_read", StatusKind::Read),
        ("status_failed", StatusKind::Failed),
    ] {
        let status = status(name);
        assert_eq!(status.status, kind);
        assert_eq!(status.id.as_str(), "wamid.OURS00000001");
        assert_eq!(status.timestamp, Timestamp::from_seconds(1_700_000_101));
        assert_eq!(status.recipient_id.unwrap().as_str(), "10005550101");
        assert_eq!(status.phone_number_id.unwrap().as_str(), "106540352242922");
        assert_eq!(status.contact.is_some(), kind != StatusKind::Failed);
        let key = format!("status:wamid.OURS00000001:{kind}:1700000101");
        assert_eq!(only(&fixture(name)).key(), key);
    }
}

#[test]
fn a_status_carries_what_was_given_with_the_send_and_what_it_costs() {
    let sent = status("status_sent");
    assert_eq!(sent.callback_data.as_deref(), Some("attempt-1"));
    let pricing = sent.pricing.unwrap();
    assert_eq!(pricing.billable, Some(true));
    assert_eq!(pricing.model, Some(PricingModel::PerMessage));
    assert_eq!(pricing.kind, Some(PricingKind::Regular));
    assert_eq!(pricing.category, Some(PricingCategory::Utility));
    let conversation = sent.conversation.unwrap();
    assert_eq!(conversation.id.as_deref(), Some("3ef2a1a1a1a1"));
    assert_eq!(conversation.expires_at, Some(Timestamp::from_seconds(1_700_086_400)));
    assert_eq!(conversation.origin, Some(PricingCategory::Utility));
    let category = status("status_delivered").pricing.unwrap().category;
    assert_eq!(category, Some(PricingCategory::AuthenticationInternational));
}

#[test]
fn a_failure_tells_why() {
    let failed = status("status_failed");
    assert_eq!(failed.errors.len(), 1);
    assert_eq!(failed.errors[0].code, 131_047);
    assert!(failed.errors[0].details.as_ref().unwrap().starts_with("More than 24 hours"));
    assert_eq!((failed.recipient_user_id, failed.contact), (None, None));
}

#[test]
fn the_old_names_of_the_parent_id_are_understood() {
    let parent = "US.ENT.1000000000000001";
    let body = fixture("status_without_number");
    for name in ["recipient_parent_user_id", "parent_recipient_user_id", "parent_user_id"] {
        let body = body.replace(r#""parent_recipient_user_id""#, &format!("{name:?}"));
        let Event::Status(status) = only(&body) else { panic!() };
        assert_eq!(status.recipient_parent_user_id.unwrap().as_str(), parent, "{name}");
        assert_eq!(status.recipient_id, None);
        assert_eq!(status.contact.unwrap().name.as_deref(), Some("Customer 1"));
    }
    let both = body.replace(
        r#""parent_recipient_user_id""#,
        r#""parent_user_id":"US.ENT.2","recipient_parent_user_id":"US.ENT.3","parent_recipient_user_id""#,
    );
    let Event::Status(status) = only(&both) else { panic!("two names at once") };
    assert_eq!(status.recipient_parent_user_id.unwrap().as_str(), "US.ENT.3");
}

#[test]
fn a_group_has_a_status_for_each_member() {
    let delivery = read(&fixture("status_group"));
    let members = ["US.1000000000000002", "US.1000000000000001"];
    let names = ["Customer 2", "Customer 1"];
    assert_eq!(delivery.len(), 2);
    for ((event, member), name) in delivery.events().iter().zip(members).zip(names) {
        let Event::Status(status) = event else { panic!() };
        assert_eq!(status.group_id.as_ref().unwrap().as_str(), "Y2FwaV9ncm91cDox");
        assert_eq!(status.recipient_id, None, "a group has no phone number");
        assert_eq!(status.participant_user_id.as_ref().unwrap().as_str(), member);
        assert_eq!(event.contact().unwrap().name.as_deref(), Some(name), "the lists do not run in parallel");
        assert_eq!(event.key(), format!("status:wamid.OURS00000001:delivered:1700000101:{member}"));
    }
}

#[test]
fn other_fields_are_kept_as_the_whole_value() {
    let body = fixture("template_status_update").replace("message_template_status_update", "tracking_events");
    let tracking = unknown(&body);
    assert_eq!((tracking.field(), tracking.reason()), ("tracking_events", None));
    assert_eq!(tracking.timestamp, Some(Timestamp::from_seconds(1_700_000_000)));
    assert_eq!(tracking.phone_number_id, None);
    let value: serde_json::Value = serde_json::from_str(tracking.raw()).unwrap();
    assert_eq!(value["message_template_id"], 1_689_556_908_129_832_u64);

    let other = unknown(&fixture("call_connect").replace(r#""calls""#, r#""holograms""#));
    assert_eq!(other.field(), "holograms");
    assert_eq!(other.phone_number_id.unwrap().as_str(), "106540352242922", "it is routed by number");
}

#[test]
fn the_test_button_of_the_dashboard_is_understood() {
    let message = message("dashboard_test");
    assert_eq!(message.text(), Some("this is a text message"));
    assert_eq!(message.phone_number_id.unwrap().as_str(), "123456123");
    assert_eq!(message.account_id, None);
    assert_eq!(message.contact.unwrap().name.as_deref(), Some("test user name"));
}

/// R6: no message waits for a status.
#[test]
fn a_batch_is_read_in_order_with_messages_before_statuses() {
    let delivery = read(&fixture("batch_of_everything"));
    let seen: Vec<_> = delivery
        .events()
        .iter()
        .map(|event| match event {
            Event::Message(message) => message.id.to_string(),
            Event::Status(status) => format!("{} {}", status.id, status.status),
            other => other.field().to_owned(),
        })
        .collect();
    assert_eq!(
        seen,
        [
            "wamid.MESSAGE90000001",
            "wamid.MESSAGE90000002",
            "wamid.OURS90000001 sent",
            "wamid.OURS90000001 delivered",
            "message_template_status_update",
            "wamid.MESSAGE90000003",
            "wamid.OURS90000002 read",
            "wamid.OURS90000003 failed",
        ]
    );
    let accounts: Vec<_> =
        delivery.into_iter().map(|event| event.account_id().unwrap().to_string()).collect();
    assert_eq!(accounts[4], "102290129340398");
    assert_eq!(accounts[5], "102290129340399");
}

#[test]
fn people_are_matched_by_id_and_not_by_place() {
    let delivery = read(&fixture("batch_of_everything"));
    let names: Vec<_> =
        delivery.events().iter().map(|event| event.contact().and_then(|c| c.name.clone())).collect();
    assert_eq!(names[..3], [Some("Customer 1".into()), Some("Customer 2".into()), Some("Customer 1".into())]);
    assert_eq!(names[5], None, "nobody else's name when the sender is not listed");
}

#[test]
fn in_a_large_batch_everyone_is_found() {
    let (mut contacts, mut messages) = (Vec::new(), Vec::new());
    for n in 0..100 {
        contacts.push(format!(
            r#"{{"wa_id":"1{n:03}","user_id":"US.{n:03}","profile":{{"name":"Customer {n}"}}}}"#
        ));
        let sender = if n % 2 == 0 {
            format!(r#""from":"1{n:03}""#)
        } else {
            format!(r#""from_user_id":"US.{n:03}""#)
        };
        messages.push(format!(r#"{{"id":"{n}","timestamp":"1","type":"x",{sender}}}"#));
    }
    contacts.reverse();
    let members = format!(r#""contacts":[{}],"messages":[{}]"#, contacts.join(","), messages.join(","));
    for event in read(&envelope(&members)) {
        let Event::Message(message) = &event else { panic!("{event:?}") };
        let expected = format!("Customer {}", message.id);
        assert_eq!(event.contact().unwrap().name.as_ref(), Some(&expected));
    }
}
