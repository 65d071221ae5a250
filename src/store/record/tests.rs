//! The form in which records are written out, which later versions must be able to read.

use super::{
    Agent, Approval, AuditEntry, Consent, Contact, Conversation, DeadLetter, DeliveryFailure, Direction,
    Identity, IdentityConflict, MediaState, Presence, Progress, Purpose, Record, Sending, StoredMedia,
    StoredMessage, StoredTemplate, Subject, SubjectKind, Tag, TemplateVersion, Tenant, Usage,
};
use crate::{
    store::{Fact, Job, JobKind, Key, PersonHash, Query},
    template::TemplateStatus,
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
    contact.merged_into = Some("b".into());
    let mut conversation = Conversation::new("c", "number", "a", AT);
    conversation.last_inbound_at = Some(AT);
    conversation.closed_at = Some(AT);
    conversation.assignee = Some("bo".into());
    conversation.assigned_at = Some(AT);
    conversation.waiting_since = Some(AT);
    conversation.customer = Some("7".into());
    conversation.context.insert("roof".into(), "flat".into());
    conversation.version = 3;
    let mut message =
        StoredMessage::new("m", "c", Direction::Outbound, AT, "text", r#"{"body":"Hi \u0000"}"#);
    message.wamid = Some("wamid.1".into());
    message.text = Some(String::new());
    message.reply_to = Some("wamid.0".into());
    message.sending =
        Some(Sending { attempts: 2, error_code: Some(-1), attempted_at: Some(AT), ..Sending::queued() });
    let mut progress = Progress::new("wamid.1");
    progress.note(Fact::Sent, AT);
    let mut conflict = IdentityConflict::new(Identity::UserId("US.1".into()), "a", "b", AT);
    conflict.resolved_at = Some(AT);
    let id = conflict.id.to_string();
    let mut agent = Agent::new("bo", "Bo", 5, AT);
    agent.skills = vec!["roofs".into()];
    agent.languages = vec!["en".into()];
    agent.presence = Presence::Online;
    agent.assigned_at = Some(AT);
    let mut media = StoredMedia::new("m", "123", AT);
    media.state = MediaState::Stored;
    media.mime = Some("image/jpeg".into());
    media.size = Some(5);
    media.location = Some("a/b".into());
    let mut template = StoredTemplate::new("t", "waba", "hi", "en", AT);
    template.at_meta = Some(1);
    template.template = Some("99".into());
    template.status = Some(TemplateStatus::Paused);
    template.status_at = Some(AT);
    template.status_told_at = Some(AT);
    template.category = Some("UTILITY".into());
    template.quality = Some("GREEN".into());
    template.last_attempt_at = Some(AT);
    template.last_error = Some("no".into());
    template.edits = vec![AT];
    let mut version = TemplateVersion::new("t", 2, "{}", "ana", AT);
    version.approval = Approval::Rejected;
    version.decided_by = Some("bo".into());
    version.decided_at = Some(AT);
    version.reason = Some("typo".into());
    let mut usage = Usage::new(AT, "sent.marketing");
    usage.count = 3;
    vec![
        (
            Tenant::new("acme", "Acme", AT).into(),
            json!({"tenant": {"id": "acme", "name": "Acme", "created_at": MILLIS, "version": 0}}),
        ),
        (
            contact.into(),
            json!({"contact": {
                "id": "a", "name": "Ana", "merged_into": "b", "created_at": MILLIS, "version": 0,
                "identities": [{"phone": "14155550100"}, {"user_id": "US.1"}, {"parent_user_id": "US.ENT.1"}],
            }}),
        ),
        (
            conversation.into(),
            json!({"conversation": {
                "id": "c", "number": "number", "contact": "a", "state": "active", "opened_at": MILLIS,
                "last_message_at": MILLIS, "last_inbound_at": MILLIS, "unread": 0, "closed_at": MILLIS, "assignee": "bo",
                "assigned_at": MILLIS, "waiting_since": MILLIS, "customer": "7", "lead": null, "context": {"roof": "flat"},
                "version": 3,
            }}),
        ),
        (
            message.into(),
            json!({"message": {
                "id": "m", "conversation": "c", "direction": "outbound", "wamid": "wamid.1", "at": MILLIS,
                "kind": "text", "text": "", "reply_to": "wamid.0", "body": r#"{"body":"Hi \u0000"}"#,
                "sending": {
                    "state": "queued", "attempts": 2, "error_code": -1, "error": null, "attempted_at": MILLIS,
                }, "version": 0,
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
            Consent::withdrawn(PersonHash::from_bytes([0xa7; 32]), Purpose::Marketing, AT).into(),
            json!({"consent": {
                "person": "a7".repeat(32), "purpose": "marketing", "state": "withdrawn", "source": "host", "at": MILLIS,
                "version": 0,
            }}),
        ),
        (
            agent.into(),
            json!({"agent": {
                "id": "bo", "name": "Bo", "skills": ["roofs"], "languages": ["en"], "capacity": 5, "load": 0,
                "presence": "online", "assigned_at": MILLIS, "created_at": MILLIS, "version": 0,
            }}),
        ),
        (Tag::new("c", "vip", AT).into(), json!({"tag": {"conversation": "c", "name": "vip", "at": MILLIS}})),
        (
            media.into(),
            json!({"media": {
                "message": "m", "media": "123", "state": "stored", "mime": "image/jpeg", "sha256": null, "size": 5,
                "location": "a/b", "error": null, "at": MILLIS, "version": 0,
            }}),
        ),
        (
            template.into(),
            json!({"template": {
                "id": "t", "account": "waba", "name": "hi", "language": "en", "latest": 1, "at_meta": 1,
                "template": "99", "status": "PAUSED", "status_at": MILLIS, "status_told_at": MILLIS,
                "rejection": null, "category": "UTILITY", "category_told_at": null, "quality": "GREEN",
                "quality_told_at": null, "missing_since": null, "last_attempt_at": MILLIS, "last_success_at": null,
                "last_error": "no", "edits": [MILLIS], "created_at": MILLIS, "version": 0,
            }}),
        ),
        (
            version.into(),
            json!({"template_version": {
                "template": "t", "number": 2, "definition": "{}", "author": "ana", "at": MILLIS,
                "approval": "rejected", "decided_by": "bo", "decided_at": MILLIS, "reason": "typo", "version": 0,
            }}),
        ),
        (
            AuditEntry::new("e", AT, Subject::new(SubjectKind::Agent, "bo"), "ana", "agent.added")
                .detail("{}")
                .into(),
            json!({"audit": {
                "id": "e", "at": MILLIS, "subject": {"kind": "agent", "id": "bo"}, "actor": "ana",
                "action": "agent.added", "detail": "{}",
            }}),
        ),
        (
            usage.into(),
            json!({"usage": {"day": 1_699_920_000_000_i64, "metric": "sent.marketing", "count": 3}}),
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
