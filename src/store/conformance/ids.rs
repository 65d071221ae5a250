//! Ids are bytes: two that differ are two, however alike they look.

use super::{acme, assert_fails, at, batch, contact, enqueue, job, make, message};
use crate::store::{
    Change, Contact, Conversation, DeadLetter, Identity, Key, PageRequest, Query, Record, Store, TenantStore,
    TenantStoreExt,
};
use std::sync::Arc;

/// Writes one record of each kind under `id`.
async fn write(tenant: &Arc<dyn TenantStore>, id: &str) {
    let mut sent = message(id, 0);
    sent.wamid = Some(id.into());
    sent.conversation = id.into();
    make(
        tenant,
        enqueue([job(id, id, 0)])
            .once(id, at(100))
            .insert(Contact::new(id, [Identity::Phone(id.into()), Identity::UserId(id.into())], at(0)))
            .insert(Conversation::new(id, id, id, at(0)))
            .insert(sent)
            .insert(DeadLetter::new(id, at(0), id, id)),
    )
    .await;
}

/// Asserts that each record is found under `id` by every key, and is the one that was written.
async fn assert_found(tenant: &Arc<dyn TenantStore>, id: &str) {
    let found = |record: Record| match record {
        Record::Contact(contact) => contact.id.to_string(),
        Record::Conversation(conversation) => conversation.id.to_string(),
        Record::Message(message) => message.id.to_string(),
        Record::DeadLetter(letter) => letter.id.to_string(),
        Record::Job(job) => job.group,
        other => panic!("{other:?} was not written"),
    };
    for key in [
        Key::Contact(id.into()),
        Key::ContactOf(Identity::Phone(id.into())),
        Key::ContactOf(Identity::UserId(id.into())),
        Key::Conversation(id.into()),
        Key::ActiveConversation(id.into(), id.into()),
        Key::Message(id.into()),
        Key::MessageOf(id.into()),
        Key::DeadLetter(id.into()),
        Key::Job(id.into()),
    ] {
        let name = key.name();
        let record = tenant.get(key).await.unwrap();
        assert_eq!(record.map(found).as_deref(), Some(id), "{name} of {id:?}");
    }
    let page = tenant.messages(&id.into(), PageRequest::newest(9)).await.unwrap();
    assert_eq!(page.items.len(), 1, "messages of {id:?}");
}

/// Ids that a language takes for the same, that begin alike or that differ in what is not seen are different ids, for
/// records and for tenants.
pub async fn ids_that_look_alike_are_different(store: &dyn Store) {
    let ids = [
        "", " ", "a", "A", "a ", " a", "a\0", "\0a", "aa", "a.", "a%", "a_", "á", "a\u{301}", "ａ", "ss",
        "ß", "i", "İ", "ı", "0", "00", "٠",
    ];
    let acme = acme(store);
    for id in ids {
        write(&acme, id).await;
    }
    for id in ids {
        assert_found(&acme, id).await;
    }
    for id in ids {
        let tenant = store.tenant(&id.into());
        make(&tenant, batch().insert(contact(id))).await;
        store.bind(&id.into(), &id.into(), &id.into()).await.unwrap();
    }
    for id in ids {
        let page = store.tenant(&id.into()).list(Query::Contacts, PageRequest::newest(99)).await.unwrap();
        let keys: Vec<Key> = page.items.iter().map(Record::key).collect();
        assert_eq!(keys, [Key::Contact(id.into())], "tenant {id:?}");
        assert_eq!(store.route(&id.into()).await.unwrap().unwrap().tenant, id.into());
    }
}

/// Where two ids make one place, it is told which is which: `1` and `23` are not `12` and `3`, whatever stands between.
pub async fn ids_side_by_side_do_not_run_together(store: &dyn Store) {
    for (n, separator) in ["", "\0", ".", ":", "/", "|", "-", " ", ",", "\u{1f}"].into_iter().enumerate() {
        let (first, second) = (format!("a{separator}b"), format!("b{separator}c"));
        let pairs = [(first.as_str(), "c"), ("a", second.as_str())];
        let acme = store.tenant(&format!("acme {n}").into());
        for (number, contact) in pairs {
            let thread = Conversation::new(format!("{number} to {contact}"), number, contact, at(0));
            make(&acme, batch().insert(thread)).await;
        }
        for (tenant, id) in pairs {
            let tenant = store.tenant(&format!("{n} {tenant}").into());
            let mut later = message("m2", 1);
            later.conversation = id.into();
            write(&tenant, id).await;
            make(&tenant, batch().insert(later)).await;
        }
        for (number, contact) in pairs {
            let active = Key::ActiveConversation(number.into(), contact.into());
            let found = acme.get(active).await.unwrap().unwrap().key();
            assert_eq!(found, Key::Conversation(format!("{number} to {contact}").into()));
        }
    }
    // A cursor is no good for a list whose tenant and conversation, written one after the other, read the same.
    let (one, other) = (store.tenant(&"t".into()), store.tenant(&"t\0messages".into()));
    for (tenant, thread) in [(&one, "messages\0c"), (&other, "c")] {
        for n in 0..2 {
            let mut message = message(&format!("{n}"), n);
            message.conversation = thread.into();
            make(tenant, batch().insert(message)).await;
        }
    }
    let page = one.messages(&"messages\0c".into(), PageRequest::newest(1)).await.unwrap();
    let request = PageRequest::newest(1).after(page.next);
    assert_fails!(other.messages(&"c".into(), request).await, BadCursor);
}

/// Ids of the greatest length are kept, all at once, and two of them that differ in their last byte are different.
pub async fn ids_may_be_long(store: &dyn Store) {
    // Not one letter over and over, which a store may be able to press into a few bytes.
    let mut random = fastrand::Rng::with_seed(1);
    let stem: String = std::iter::repeat_with(|| random.alphanumeric()).take(Key::MAX_ID - 1).collect();
    let ids = [format!("{stem}1"), format!("{stem}2"), "é".repeat(Key::MAX_ID / 2)];
    for id in &ids {
        let tenant = store.tenant(&id.as_str().into());
        for id in &ids {
            write(&tenant, id).await;
        }
        store.bind(&id.as_str().into(), &id.as_str().into(), &id.as_str().into()).await.unwrap();
    }
    for id in &ids {
        let tenant = store.tenant(&id.as_str().into());
        for id in &ids {
            assert_found(&tenant, id).await;
        }
        let first = tenant.list(Query::Contacts, PageRequest::newest(2)).await.unwrap();
        let rest = tenant.list(Query::Contacts, PageRequest::newest(2).after(first.next)).await.unwrap();
        assert_eq!((first.items.len(), rest.items.len()), (2, 1));
        assert_eq!(store.route(&id.as_str().into()).await.unwrap().unwrap().tenant, id.as_str().into());
        make(&tenant, batch().with(Change::Delete(Key::Job(id.as_str().into()), 1))).await;
    }
}
