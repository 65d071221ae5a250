//! What is put comes back, to the byte.

use super::{acme, at, batch, contact, conversation, enqueue, job, make, message};
use crate::{
    id::{PhoneNumberId, TenantId},
    store::{
        Binding, Contact, Conversation, ConversationState, DeadLetter, DeliveryFailure, Direction, Identity,
        Job, JobKind, Key, PageRequest, Query, Record, SendState, Sending, Store, StoredMessage, Tenant,
        TenantStore, TenantStoreExt,
    },
    time::Timestamp,
};

/// Asserts that a record that was inserted is there as it was.
async fn assert_kept(tenant: &dyn TenantStore, record: impl Into<Record>) {
    let mut record = record.into();
    record.set_version(1);
    assert_eq!(tenant.get(record.key()).await.unwrap(), Some(record));
}

/// Every field of every record is kept, filled or empty.
pub async fn every_record_comes_back_as_it_was_put(store: &dyn Store) {
    let acme = acme(store);
    let tenant = Tenant::new("acme", "Acme Solar", at(1));
    let identities = [
        Identity::UserId("US.1".into()),
        Identity::Phone("14155550100".into()),
        Identity::ParentUserId("US.ENT.1".into()),
    ];
    let mut full_contact = Contact::new("full", identities, at(2));
    full_contact.name = Some("Ana".into());
    let empty_contact = Contact::new("empty", [], at(3));
    let mut full_conversation = conversation("full");
    full_conversation.state = ConversationState::Archived;
    full_conversation.last_message_at = at(5);
    full_conversation.last_inbound_at = Some(at(4));
    full_conversation.unread = 7;
    let mut full_message = message("full", 6);
    full_message.direction = Direction::Outbound;
    full_message.wamid = Some("wamid.1".into());
    full_message.text = Some("Hello".into());
    full_message.reply_to = Some("wamid.0".into());
    let mut sending = Sending::queued();
    sending.state = SendState::OutcomeUnknown;
    sending.attempts = u32::MAX;
    sending.error_code = Some(-1);
    sending.error = Some("timed out".into());
    sending.attempted_at = Some(at(10));
    full_message.sending = Some(sending);
    let mut queued = message("queued", 7);
    queued.text = Some(String::new());
    queued.body = Vec::new();
    queued.sending = Some(Sending::queued());
    let failure = DeliveryFailure::new("wamid.1", at(8), i64::MIN, "Undeliverable");
    let letter = DeadLetter::new("l", at(9), "odd", *b"\xff{");
    let records: Vec<Record> = vec![
        tenant.into(),
        full_contact.into(),
        empty_contact.into(),
        full_conversation.into(),
        conversation("plain").into(),
        full_message.into(),
        queued.into(),
        message("plain", 0).into(),
        failure.into(),
        letter.into(),
    ];
    make(&acme, records.iter().cloned().fold(batch(), |batch, record| batch.insert(record))).await;
    for record in records {
        assert_kept(&*acme, record).await;
    }
    let mut job = job("j", "g", 10).payload("payload");
    job.attempts = 3;
    make(&acme, enqueue([job.clone()])).await;
    assert_kept(&*acme, job).await;
}

/// Bodies are bytes: any of them, and as many as the largest webhook has.
pub async fn a_body_of_three_megabytes_is_kept_byte_for_byte(store: &dyn Store) {
    let acme = acme(store);
    let body: Vec<u8> = (0..=255).cycle().take(3 * 1024 * 1024).collect();
    let mut large = message("m", 0);
    large.body.clone_from(&body);
    let letter = DeadLetter::new("l", at(0), "odd", body);
    make(&acme, batch().insert(large.clone())).await;
    make(&acme, batch().insert(letter.clone())).await;
    assert_kept(&*acme, large).await;
    assert_kept(&*acme, letter).await;
}

/// Texts and ids may hold any character: NUL, quotes, what is not in the basic plane, marks that turn the direction.
pub async fn texts_may_hold_anything(store: &dyn Store) {
    for text in
        ["", "a\0b\0", "'; DROP TABLE messages; --", "👩‍👩‍👧‍👦 ñ \u{202e}עברית", "%_\\\"\n\r\t", "\u{10ffff}"]
    {
        let acme = store.tenant(&TenantId::from(text));
        let mut contact =
            Contact::new(text, [Identity::UserId(text.into()), Identity::Phone(text.into())], at(0));
        contact.name = Some(text.into());
        let conversation = Conversation::new(text, text, text, at(0));
        let mut message = StoredMessage::new(text, text, Direction::Inbound, at(0), text, text);
        message.text = Some(text.into());
        message.wamid = Some(text.into());
        message.reply_to = Some(text.into());
        let letter = DeadLetter::new(text, at(0), text, text);
        let failure = DeliveryFailure::new(text, at(0), 1, text);
        let job = Job::new(text, JobKind::Send, text, at(0)).payload(text);
        make(
            &acme,
            enqueue([job.clone()])
                .once(text, at(9))
                .insert(Tenant::new(text, text, at(0)))
                .insert(contact.clone())
                .insert(conversation.clone())
                .insert(message.clone())
                .insert(letter.clone())
                .insert(failure.clone()),
        )
        .await;
        assert_kept(&*acme, Tenant::new(text, text, at(0))).await;
        assert_kept(&*acme, contact).await;
        assert_kept(&*acme, conversation).await;
        assert_kept(&*acme, message).await;
        assert_kept(&*acme, letter).await;
        assert_kept(&*acme, failure).await;
        assert_kept(&*acme, job).await;
        for key in [
            Key::ContactOf(Identity::Phone(text.into())),
            Key::ActiveConversation(text.into(), text.into()),
            Key::MessageOf(text.into()),
        ] {
            assert!(acme.get(key).await.unwrap().is_some(), "{text:?}");
        }
        let page = acme.list(Query::Messages(text.into()), PageRequest::newest(9)).await.unwrap();
        assert_eq!(page.items.len(), 1, "{text:?}");
        let number = PhoneNumberId::from(text);
        store.bind(&number, &text.into(), &text.into()).await.unwrap();
        assert_eq!(store.route(&number).await.unwrap(), Some(Binding::new(text.into(), text.into())));
    }
}

/// Values that this version has no name for are kept as they are spelled.
pub async fn unknown_spellings_are_kept(store: &dyn Store) {
    let acme = acme(store);
    let mut odd_conversation = conversation("c");
    odd_conversation.state = "Snoozed".into();
    let mut odd_message = message("m", 0);
    odd_message.direction = "Sideways".into();
    let mut sending = Sending::queued();
    sending.state = "Pondering".into();
    odd_message.sending = Some(sending);
    let odd_job = Job::new("j", "Vacuum".into(), "g", at(0));
    make(&acme, enqueue([odd_job.clone()]).insert(odd_conversation.clone()).insert(odd_message.clone()))
        .await;
    assert_kept(&*acme, odd_conversation).await;
    assert_kept(&*acme, odd_message).await;
    assert_kept(&*acme, odd_job).await;
}

/// Times are kept to the millisecond, before 1970 and as far as they go.
pub async fn times_may_be_any(store: &dyn Store) {
    let acme = acme(store);
    for (n, millis) in [i64::MIN, -1, 0, 1, 1_700_000_000_123, i64::MAX].into_iter().enumerate() {
        let at = Timestamp::from_millis(millis);
        let mut contact = contact(&format!("{n}"));
        contact.created_at = at;
        make(&acme, batch().insert(contact.clone()).earliest("wamid.1", crate::store::Fact::Read, at)).await;
        assert_kept(&*acme, contact).await;
    }
    let page = acme.list(Query::Contacts, PageRequest::oldest(1)).await.unwrap();
    let rest = acme.list(Query::Contacts, PageRequest::oldest(9).after(page.next)).await.unwrap();
    let order: Vec<Key> = rest.items.iter().map(Record::key).collect();
    assert_eq!(order, (1..6).map(|n| Key::Contact(format!("{n}").into())).collect::<Vec<_>>());
    let progress = acme.progress(&"wamid.1".into()).await.unwrap().unwrap();
    assert_eq!(progress.read_at, Some(Timestamp::from_millis(i64::MIN)));
}
