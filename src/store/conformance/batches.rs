//! A batch is made whole or not at all, and nothing is overwritten that was not read.

use super::{
    acme, assert_fails, assert_one_wins, at, at_once, batch, claim, contact, conversation, enqueue, job,
    make, message,
};
use crate::store::{
    Applied, Change, Changes, Contact, ContactId, Conversation, ConversationState, ConversationTime,
    DeadLetter, DeliveryFailure, Direction, Expect, Fact, Identity, Key, Outcome, PageRequest, Progress,
    Query, Record, Sending, Store, StoreError, StoredMessage, StoredMessageId, Tenant, TenantStoreExt,
};

/// When the last change of a batch fails, nothing of the others is left: no record, time, count, progress, mark or job.
pub async fn a_failing_change_undoes_those_before_it(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(contact("there")).insert(conversation("c")).insert(message("gone", 0))).await;
    let changes = batch()
        .once("key", at(100))
        .insert(contact("new"))
        .insert(message("m", 0))
        .latest("c", ConversationTime::LastInbound, at(5))
        .with(Change::Add { conversation: "c".into(), unread: 1 })
        .earliest("wamid.1", Fact::Sent, at(1))
        .with(Change::Delete(Key::Message("gone".into()), 1))
        .with(Change::Enqueue(job("j", "g", 0), None))
        .insert(contact("there"));
    assert_fails!(acme.apply(changes).await, Conflict);

    for key in [
        Key::Contact("new".into()),
        Key::Message("m".into()),
        Key::Progress("wamid.1".into()),
        Key::Job("j".into()),
    ] {
        assert_eq!(acme.get(key).await.unwrap(), None);
    }
    assert!(acme.message(&"gone".into()).await.unwrap().is_some());
    let conversation = acme.conversation(&"c".into()).await.unwrap().unwrap();
    assert_eq!((conversation.version, conversation.unread, conversation.last_inbound_at), (1, 0, None));
    assert_eq!(acme.messages(&"conversation".into(), PageRequest::newest(9)).await.unwrap().items.len(), 1);
    make(&acme, batch().once("key", at(100))).await;
}

/// A change finds what the changes before it in the same batch wrote.
pub async fn each_change_sees_those_before_it(store: &dyn Store) {
    let acme = acme(store);
    let mut renamed = contact("a");
    renamed.version = 1;
    renamed.name = Some("Ana".into());
    let mut successor = contact("b");
    successor.identities = contact("a").identities;
    make(
        &acme,
        batch()
            .insert(contact("a"))
            .update(renamed)
            .with(Change::Delete(Key::Contact("a".into()), 2))
            .insert(successor)
            .insert(conversation("c"))
            .latest("c", ConversationTime::LastMessage, at(7)),
    )
    .await;
    assert_eq!(acme.contact(&"a".into()).await.unwrap(), None);
    assert_eq!(acme.contact(&"b".into()).await.unwrap().unwrap().version, 1);
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().last_message_at, at(7));
}

/// A batch without changes is done at once.
pub async fn an_empty_batch_does_nothing(store: &dyn Store) {
    make(&acme(store), batch()).await;
}

/// An insert over a record that is there is a conflict, and the record stays.
pub async fn an_insert_expects_nothing_there(store: &dyn Store) {
    let acme = acme(store);
    let letter = |reason: &str| DeadLetter::new("l", at(0), reason, *b"{}");
    make(&acme, batch().insert(letter("first")).insert(Tenant::new("acme", "first", at(0)))).await;
    assert_fails!(acme.apply(batch().insert(letter("second"))).await, Conflict);
    assert_fails!(acme.apply(batch().insert(Tenant::new("acme", "second", at(0)))).await, Conflict);
    assert_eq!(acme.get(Key::DeadLetter("l".into())).await.unwrap(), Some(letter("first").into()));
}

/// An update of a version that is not there, or no more, is a conflict.
pub async fn an_update_expects_the_version_it_read(store: &dyn Store) {
    let acme = acme(store);
    assert_fails!(acme.apply(batch().update(message("m", 0))).await, Conflict);
    make(&acme, batch().insert(message("m", 0))).await;
    let read = acme.message(&"m".into()).await.unwrap().unwrap();
    make(&acme, batch().update(read.clone())).await;
    assert_fails!(acme.apply(batch().update(read)).await, Conflict);
    for version in [0, 1, 3, u64::MAX] {
        let put = Change::Put(Box::new(message("m", 9).into()), Expect::Version(version));
        assert_fails!(acme.apply(batch().with(put)).await, Conflict);
    }
    assert_eq!(acme.message(&"m".into()).await.unwrap().unwrap().at, at(0));
}

/// An update writes the record whole: what it sets, what it changes and what it clears.
pub async fn an_update_writes_every_field(store: &dyn Store) {
    let acme = acme(store);
    let identities = |names: [&str; 2]| names.map(|name| Identity::Phone(name.into()));
    let mut sent = Sending::queued();
    sent.error_code = Some(131_026);
    sent.error = Some("Undeliverable".into());
    let mut full = StoredMessage::new("m", "c", Direction::Outbound, at(1), "text", *b"first");
    full.wamid = Some("wamid.1".into());
    full.text = Some("first".into());
    full.reply_to = Some("wamid.0".into());
    full.sending = Some(sent);
    let mut ana = Contact::new("a", identities(["1", "2"]), at(1));
    ana.name = Some("Ana".into());
    let mut read = Conversation::new("c", "number", "a", at(1));
    read.last_inbound_at = Some(at(2));
    read.unread = 3;
    let plain = StoredMessage::new("m", "d", Direction::Inbound, at(2), "image", *b"second");
    let mut bea = Contact::new("a", identities(["3", "1"]), at(2));
    bea.name = Some("Bea".into());
    let mut moved = Conversation::new("c", "number 2", "b", at(3));
    moved.state = ConversationState::Closed;
    moved.last_message_at = at(1);
    let steps: [[Record; 4]; 3] = [
        [full.clone().into(), ana.into(), read.clone().into(), Tenant::new("acme", "Acme", at(1)).into()],
        [plain.into(), bea.into(), moved.into(), Tenant::new("acme", "Acme Solar", at(2)).into()],
        // And back again, from empty to full.
        [
            full.into(),
            Contact::new("a", [], at(3)).into(),
            read.into(),
            Tenant::new("acme", "", at(0)).into(),
        ],
    ];
    for (version, records) in (0..).zip(steps) {
        for mut record in records {
            record.set_version(version);
            let put =
                if version == 0 { batch().insert(record.clone()) } else { batch().update(record.clone()) };
            make(&acme, put).await;
            record.set_version(version + 1);
            assert_eq!(acme.get(record.key()).await.unwrap(), Some(record));
        }
    }
}

/// Versions are set by the store: 1, 2, 3 …, whatever version a record that is put says it has.
pub async fn versions_count_from_one(store: &dyn Store) {
    let acme = acme(store);
    let mut odd = conversation("c");
    odd.version = 77;
    make(&acme, batch().insert(odd.clone())).await;
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().version, 1);
    make(&acme, batch().with(Change::Put(Box::new(odd.into()), Expect::Version(1)))).await;
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().version, 2);
    make(&acme, batch().latest("c", ConversationTime::LastMessage, at(-9))).await;
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().version, 3);
    make(&acme, batch().with(Change::Add { conversation: "c".into(), unread: 0 })).await;
    assert_eq!(acme.conversation(&"c".into()).await.unwrap().unwrap().version, 4);
}

/// Of many who change the same version at once, one does and the others are told.
pub async fn of_many_writers_one_wins(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().insert(contact("a"))).await;
    let read = acme.contact(&"a".into()).await.unwrap().unwrap();
    let results = at_once((0..20).map(|_| acme.apply(batch().update(read.clone())))).await;
    assert_one_wins(&results, |result| matches!(result, Err(StoreError::Conflict(_))));
    assert_eq!(acme.contact(&"a".into()).await.unwrap().unwrap().version, 2);
}

/// A delete of a version that is not there, or of nothing, is a conflict. Every kind of record can be deleted, also by
/// its other keys.
pub async fn a_delete_expects_a_version(store: &dyn Store) {
    let acme = acme(store);
    let mut sent = message("m", 0);
    sent.wamid = Some("wamid.1".into());
    make(
        &acme,
        batch()
            .insert(Tenant::new("acme", "Acme", at(0)))
            .insert(contact("a"))
            .insert(conversation("c"))
            .insert(sent)
            .insert(message("n", 0))
            .earliest("wamid.1", Fact::Sent, at(1))
            .insert(DeliveryFailure::new("wamid.1", at(2), 131_026, "Undeliverable"))
            .insert(DeadLetter::new("l", at(0), "odd", *b"{}"))
            .with(Change::Enqueue(job("j", "g", 0), None)),
    )
    .await;
    let keys = [
        Key::Tenant,
        Key::ContactOf(contact("a").identities[0].clone()),
        Key::ActiveConversation("number".into(), "contact of c".into()),
        Key::MessageOf("wamid.1".into()),
        Key::Message("n".into()),
        Key::Progress("wamid.1".into()),
        Key::Failure("wamid.1".into(), at(2), 131_026),
        Key::DeadLetter("l".into()),
        Key::Job("j".into()),
    ];
    for key in keys {
        for version in [0, 2, u64::MAX] {
            assert_fails!(acme.apply(batch().with(Change::Delete(key.clone(), version))).await, Conflict);
        }
        assert!(acme.get(key.clone()).await.unwrap().is_some(), "{key:?}");
        make(&acme, batch().with(Change::Delete(key.clone(), 1))).await;
        assert_eq!(acme.get(key.clone()).await.unwrap(), None, "{key:?}");
        assert_fails!(acme.apply(batch().with(Change::Delete(key, 1))).await, Conflict);
    }
    let list = acme.messages(&"conversation".into(), PageRequest::newest(9)).await.unwrap();
    assert!(list.items.is_empty() && acme.contact(&ContactId::from("a")).await.unwrap().is_none());
}

/// What a removed record was named by stays, and a record may name what is not there.
pub async fn a_delete_removes_one_record_only(store: &dyn Store) {
    let acme = acme(store);
    let thread = Conversation::new("conversation", "number", "a", at(0));
    let mut sent = message("m", 0);
    sent.wamid = Some("wamid.1".into());
    make(
        &acme,
        batch().insert(sent).insert(thread).insert(contact("a")).earliest("wamid.1", Fact::Sent, at(1)),
    )
    .await;
    for key in [Key::Contact("a".into()), Key::Conversation("conversation".into())] {
        make(&acme, batch().with(Change::Delete(key, 1))).await;
    }
    assert_eq!(acme.messages(&"conversation".into(), PageRequest::newest(9)).await.unwrap().items.len(), 1);
    make(&acme, batch().with(Change::Delete(Key::Message("m".into()), 1))).await;
    assert!(acme.progress(&"wamid.1".into()).await.unwrap().is_some());
}

/// A record that was deleted is in no list, and all that was unique about it is free.
pub async fn what_is_deleted_is_found_nowhere_and_may_come_again(store: &dyn Store) {
    let acme = acme(store);
    let mut sent = message("m", 0);
    sent.wamid = Some("wamid.1".into());
    let records: [Record; 6] = [
        Tenant::new("acme", "Acme", at(0)).into(),
        contact("a").into(),
        conversation("c").into(),
        sent.into(),
        DeliveryFailure::new("wamid.1", at(2), 131_026, "Undeliverable").into(),
        DeadLetter::new("l", at(0), "odd", *b"{}").into(),
    ];
    let all = || records.iter().cloned().fold(batch(), Changes::insert);
    let gone = records.iter().fold(batch(), |batch, record| batch.with(Change::Delete(record.key(), 1)));
    let job = Change::Enqueue(job("j", "g", 0), None);
    let gone = gone.with(Change::Delete(Key::Job("j".into()), 1));
    for _ in 0..2 {
        make(&acme, all().with(job.clone())).await;
        make(&acme, gone.clone()).await;
        for query in [
            Query::Contacts,
            Query::Conversations,
            Query::Messages("conversation".into()),
            Query::Failures("wamid.1".into()),
            Query::DeadLetters,
        ] {
            let page = acme.list(query.clone(), PageRequest::newest(9)).await.unwrap();
            assert!(page.items.is_empty() && page.next.is_none(), "{query:?}");
        }
        assert!(claim(store, 99, "nothing").await.is_empty());
    }
    // Within one batch as well.
    make(&acme, all().with(job.clone())).await;
    let again = gone.into_list().into_iter().chain(all().into_list()).chain([job]);
    make(&acme, again.fold(batch(), Changes::with)).await;
    assert_eq!(
        acme.get(Key::MessageOf("wamid.1".into())).await.unwrap().unwrap().key(),
        Key::Message("m".into())
    );
}

/// What can never be put is refused, and the rest of its batch with it.
pub async fn what_cannot_be_put_is_refused(store: &dyn Store) {
    let acme = acme(store);
    let mut twice = contact("twice");
    twice.identities.push(twice.identities[0].clone());
    let mut full = conversation("full");
    full.unread = u64::MAX;
    let failure = DeliveryFailure::new("wamid.1", at(0), 1, "no");
    let letter = DeadLetter::new("l", at(0), "odd", *b"{}");
    make(&acme, batch().insert(failure.clone()).insert(letter.clone())).await;
    let puts: Vec<(Record, Expect)> = vec![
        (job("j", "g", 0).into(), Expect::Absent),
        (Progress::new("wamid.1").into(), Expect::Absent),
        (failure.into(), Expect::Version(1)),
        (letter.into(), Expect::Version(1)),
        (Tenant::new("globex", "Globex", at(0)).into(), Expect::Absent),
        (twice.into(), Expect::Absent),
        (full.into(), Expect::Absent),
    ];
    for (record, expect) in puts {
        let changes = batch().insert(message("m", 0)).with(Change::Put(Box::new(record), expect));
        assert_fails!(acme.apply(changes).await, Refused);
        assert_eq!(acme.message(&"m".into()).await.unwrap(), None);
    }
    let mut most = conversation("most");
    most.unread = i64::MAX.unsigned_abs();
    make(&acme, batch().insert(most)).await;
    assert_eq!(acme.conversation(&"most".into()).await.unwrap().unwrap().unread, i64::MAX.unsigned_abs());
}

/// A put that breaks both is a conflict: whoever reads again finds out the rest.
pub async fn an_expectation_is_looked_at_before_uniqueness(store: &dyn Store) {
    let acme = acme(store);
    let mut closed = conversation("closed");
    closed.state = ConversationState::Closed;
    let mut open = conversation("open");
    open.contact = closed.contact.clone();
    make(&acme, batch().insert(contact("a")).insert(contact("b")).insert(open).insert(closed.clone())).await;
    let mut both = contact("a");
    both.identities = contact("b").identities;
    assert_fails!(acme.apply(batch().insert(both.clone())).await, Conflict);
    both.version = 9;
    assert_fails!(acme.apply(batch().update(both)).await, Conflict);
    closed.state = ConversationState::Active;
    assert_fails!(acme.apply(batch().insert(closed)).await, Conflict);
}

/// A batch of the most changes and bytes is taken, one of more is not, with a lease or without.
pub async fn a_batch_over_the_limits_is_refused(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, enqueue([job("j", "g", 0)])).await;
    let leases = claim(store, 0, "token").await;
    let marks = |count| (0..count).fold(batch(), |batch, mark| batch.once(format!("{mark}"), at(9)));
    let body = |size| {
        let mut message = message("m", 0);
        message.body = vec![b'x'; size];
        batch().insert(message)
    };
    for over in [marks(Changes::MAX_LEN + 1), body(Changes::MAX_BYTES + 1)] {
        assert_fails!(acme.apply(over.clone()).await, TooLarge);
        assert_fails!(store.finish(&leases[0], Outcome::Done, over).await, TooLarge);
        assert_eq!(acme.message(&StoredMessageId::from("m")).await.unwrap(), None);
    }
    make(&acme, marks(Changes::MAX_LEN)).await;
    assert_eq!(
        store.finish(&leases[0], Outcome::Done, body(Changes::MAX_BYTES)).await.unwrap(),
        Applied::Done
    );
    make(&acme, batch().with(Change::Delete(Key::Message("m".into()), 1))).await;
    make(&acme, body(Changes::MAX_BYTES)).await;
}

/// A batch that no store makes is refused as such, also when it was seen before or its first change cannot be made.
pub async fn what_is_wrong_with_a_batch_in_itself_is_told_first(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().once("seen", at(100)).insert(contact("there"))).await;
    let refused = || batch().insert(contact("there")).once("seen", at(100)).insert(Progress::new("wamid.1"));
    assert_fails!(acme.apply(refused()).await, Refused);
    let large = (0..Changes::MAX_LEN).fold(refused(), |batch, n| batch.once(format!("{n}"), at(9)));
    assert_fails!(acme.apply(large).await, TooLarge);
    let not_unique = Contact::new("b", contact("there").identities, at(0));
    let duplicate = batch().insert(contact("there")).insert(not_unique).once("seen", at(100));
    assert_eq!(acme.apply(duplicate).await.unwrap(), Applied::Duplicate);
}
