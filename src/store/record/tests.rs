//! The form in which records are written out, which later versions must be able to read.

use super::{
    Contact, Conversation, DeadLetter, DeliveryFailure, Direction, Identity, IdentityConflict, OptOut,
    Progress, Purpose, Record, Sending, StoredMessage, Tenant,
};
use crate::{
    store::{Fact, Job, JobKind, Key, PersonHash, Query},
    time::Timestamp,
};
use serde_json::{Value, json};

const AT: Timestamp = Timestamp::from_millis(1_700_000_000_123);
const MILLIS: i64 = 1_700_000_000_123;

/// Every kind of record with everything in it, and how it is written.
fn written() -> Vec<(Record, Value)> {
    let identities = [
        Identity::Phone("14155550100".into()),
        Identity::UserId("US.1".into()),
        Identity::ParentUserId("US.ENT.1".into()),
    ];
    let mut contact = Contact::new("a", identities, AT);
    contact.name = Some("Ana".into());
    let mut conversation = Conversation::new("c", "number", "a", AT);
    conversation.last_inbound_at = Some(AT);
    conversation.version = 3;
    let mut message =
        StoredMessage::new("m", "c", Direction::Outbound, AT, "text", r#"{"body":"Hi \u0000"}"#);
    message.wamid = Some("wamid.1".into());
    message.text = Some(String::new());
    message.reply_to = Some("wamid.0".into());
    message.sending = Some(Sending { attempts: 2, error_code: Some(-1), ..Sending::queued() });
    let mut progress = Progress::new("wamid.1");
    progress.note(Fact::Sent, AT);
    let mut conflict = IdentityConflict::new(Identity::UserId("US.1".into()), "a", "b", AT);
    conflict.resolved_at = Some(AT);
    let id = conflict.id.to_string();
    vec![
        (
            Tenant::new("acme", "Acme", AT).into(),
            json!({"tenant": {"id": "acme", "name": "Acme", "created_at": MILLIS, "version": 0}}),
        ),
        (
            contact.into(),
            json!({"contact": {
                "id": "a", "name": "Ana", "created_at": MILLIS, "version": 0,
                "identities": [{"phone": "14155550100"}, {"user_id": "US.1"}, {"parent_user_id": "US.ENT.1"}],
            }}),
        ),
        (
            conversation.into(),
            json!({"conversation": {
                "id": "c", "number": "number", "contact": "a", "state": "active", "opened_at": MILLIS,
                "last_message_at": MILLIS, "last_inbound_at": MILLIS, "unread": 0, "version": 3,
            }}),
        ),
        (
            message.into(),
            json!({"message": {
                "id": "m", "conversation": "c", "direction": "outbound", "wamid": "wamid.1", "at": MILLIS,
                "kind": "text", "text": "", "reply_to": "wamid.0", "body": r#"{"body":"Hi \u0000"}"#,
                "sending": {"state": "queued", "attempts": 2, "error_code": -1, "error": null}, "version": 0,
            }}),
        ),
        (
            progress.into(),
            json!({"progress": {
                "message": "wamid.1", "accepted_at": null, "sent_at": MILLIS, "delivered_at": null,
                "read_at": null, "played_at": null, "failed_at": null,
            }}),
        ),
        (
            DeliveryFailure::new("wamid.1", AT, 131_026, "Undeliverable").into(),
            json!({"failure": {"message": "wamid.1", "at": MILLIS, "code": 131_026, "title": "Undeliverable"}}),
        ),
        (
            DeadLetter::new("l", AT, "odd", *b"\xff{").into(),
            json!({"dead_letter": {"id": "l", "at": MILLIS, "reason": "odd", "body": [255, 123]}}),
        ),
        (
            conflict.into(),
            json!({"identity_conflict": {
                "id": id, "identity": {"user_id": "US.1"}, "holder": "a", "claimant": "b", "at": MILLIS,
                "resolved_at": MILLIS, "version": 0,
            }}),
        ),
        (
            OptOut::new(PersonHash::from_bytes([0xa7; 32]), Purpose::Marketing, AT).into(),
            json!({"opt_out": {"person": "a7".repeat(32), "purpose": "marketing", "at": MILLIS, "version": 0}}),
        ),
        (
            Job::new("j", JobKind::Send, "g", AT).payload("p").into(),
            json!({"job": {
                "id": "j", "kind": "send", "group": "g", "due": MILLIS, "attempts": 0, "payload": "p",
            }}),
        ),
    ]
}

#[test]
fn records_are_written_out_in_one_form_and_read_back() {
    for (record, json) in written() {
        assert_eq!(serde_json::to_value(&record).unwrap(), json);
        assert_eq!(serde_json::from_value::<Record>(json).unwrap(), record);
    }
}

#[test]
fn members_that_may_be_missing_may_be_missing() {
    for (record, mut json) in written() {
        let fields = json.as_object_mut().unwrap().values_mut().next().unwrap().as_object_mut().unwrap();
        fields.retain(|_, value| !value.is_null());
        fields.insert("of a later version".into(), json!([]));
        assert_eq!(serde_json::from_value::<Record>(json).unwrap(), record);
    }
}

#[test]
fn keys_and_queries_are_told_apart_by_their_text() {
    let text = |key: Key| serde_json::to_string(&key).unwrap();
    assert_eq!(text(Key::Tenant), r#""tenant""#);
    assert_eq!(text(Key::Message("m\"".into())), r#"{"message":"m\""}"#);
    assert_eq!(text(Key::Failure("w".into(), AT, -1)), r#"{"failure":["w",1700000000123,-1]}"#);
    assert_eq!(text(Key::ContactOf(Identity::Phone("1".into()))), r#"{"contact_of":{"phone":"1"}}"#);
    let query = serde_json::to_string(&Query::Messages("c".into())).unwrap();
    assert_eq!(query, r#"{"messages":"c"}"#);
}
