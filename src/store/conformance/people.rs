//! What is kept about people beside their contacts: signs that two are one, and what they do not want.

use super::{acme, assert_fails, at, batch, conversation, make, message};
use crate::store::{
    Change, Consent, ContactId, ConversationState, Identity, IdentityConflict, Key, Mark, PageRequest,
    PersonHash, Purpose, Query, Record, Store, TenantStore, TenantStoreExt,
};
use std::sync::Arc;

/// The keys of a list, oldest first, read a page of two at a time.
async fn keys(tenant: &Arc<dyn TenantStore>, query: Query) -> Vec<Key> {
    let (mut keys, mut next) = (Vec::new(), None);
    loop {
        let page = tenant.list(query.clone(), PageRequest::oldest(2).after(next)).await.unwrap();
        keys.extend(page.items.iter().map(Record::key));
        next = page.next;
        if next.is_none() {
            return keys;
        }
    }
}

fn conflict(user: &str, second: i64) -> IdentityConflict {
    IdentityConflict::new(Identity::UserId(user.into()), "holder", "claimant", at(second))
}

/// A hash that differs from others at its end only.
fn person(last: u8) -> PersonHash {
    let mut bytes = [0xff; 32];
    bytes[31] = last;
    PersonHash::from_bytes(bytes)
}

/// Conflicts and consents come back as they were put, with all their fields, and each version once.
pub async fn conflicts_and_consents_come_back_as_they_were_put(store: &dyn Store) {
    let acme = acme(store);
    for identity in [
        Identity::Phone("1415555\0".into()),
        Identity::UserId("US.1".into()),
        Identity::ParentUserId("é".into()),
    ] {
        let mut seen = IdentityConflict::new(identity, "holder '", "claimant", at(-1));
        make(&acme, batch().insert(seen.clone())).await;
        seen.version = 1;
        let key = Key::IdentityConflict(seen.id.clone());
        assert_eq!(acme.get(key.clone()).await.unwrap(), Some(seen.clone().into()));
        seen.resolved_at = Some(at(9));
        make(&acme, batch().update(seen.clone())).await;
        assert_fails!(acme.apply(batch().update(seen.clone())).await, Conflict);
        assert_fails!(acme.apply(batch().insert(seen.clone())).await, Conflict);
        seen.version = 2;
        assert_eq!(acme.get(key).await.unwrap(), Some(seen.into()));
    }
    for (n, purpose) in [(0, Purpose::Marketing), (0, Purpose::All), (255, "Surveys".into())] {
        let mut said = Consent::withdrawn(person(n), purpose.clone(), at(1));
        make(&acme, batch().insert(said.clone())).await;
        said.version = 1;
        assert_eq!(acme.consent(&person(n), &purpose).await.unwrap(), Some(said.clone()));
        said.at = at(5);
        make(&acme, batch().update(said.clone())).await;
        assert_fails!(acme.apply(batch().update(said.clone())).await, Conflict);
        assert_fails!(acme.apply(batch().insert(said.clone())).await, Conflict);
        said.version = 2;
        assert_eq!(acme.consent(&person(n), &purpose).await.unwrap(), Some(said));
    }
}

/// Conflicts and consents are removed in the version that is there, and only the one that is meant.
pub async fn conflicts_and_consents_can_be_removed(store: &dyn Store) {
    let acme = acme(store);
    let (first, second) = (conflict("1", 0), conflict("2", 0));
    let consent = |n, purpose| Consent::withdrawn(person(n), purpose, at(0));
    make(
        &acme,
        batch()
            .insert(first.clone())
            .insert(second.clone())
            .insert(consent(1, Purpose::Marketing))
            .insert(consent(1, Purpose::All))
            .insert(consent(2, Purpose::Marketing)),
    )
    .await;
    for key in [Key::IdentityConflict(first.id), Key::Consent(person(1), Purpose::Marketing)] {
        for version in [0, 2, u64::MAX] {
            assert_fails!(acme.apply(batch().with(Change::Delete(key.clone(), version))).await, Conflict);
        }
        make(&acme, batch().with(Change::Delete(key.clone(), 1))).await;
        assert_eq!(acme.get(key.clone()).await.unwrap(), None);
        assert_fails!(acme.apply(batch().with(Change::Delete(key, 1))).await, Conflict);
    }
    assert_eq!(keys(&acme, Query::IdentityConflicts).await, [Key::IdentityConflict(second.id)]);
    let left = [Key::Consent(person(1), Purpose::All), Key::Consent(person(2), Purpose::Marketing)];
    assert_eq!(keys(&acme, Query::Consents).await, left);
}

/// Conflicts go by time and id; consents by time, person and purpose.
pub async fn conflicts_and_consents_are_listed_by_time(store: &dyn Store) {
    let acme = acme(store);
    let conflicts = [conflict("late", 9), conflict("a", 1), conflict("b", 1), conflict("c", 1)];
    let consents = [
        Consent::withdrawn(person(0), Purpose::All, at(9)),
        Consent::withdrawn(person(16), Purpose::Marketing, at(1)),
        Consent::withdrawn(person(16), Purpose::All, at(1)),
        Consent::withdrawn(person(0xa1), "Zoo".into(), at(1)),
        Consent::withdrawn(person(2), Purpose::Marketing, at(1)),
    ];
    let changes = conflicts.iter().cloned().fold(batch(), |batch, conflict| batch.insert(conflict));
    make(&acme, consents.iter().cloned().fold(changes, |batch, consent| batch.insert(consent))).await;

    let mut sorted: Vec<Record> = conflicts.into_iter().map(Record::from).collect();
    sorted.sort_by_key(|conflict| conflict.order(&Query::IdentityConflicts));
    let expected: Vec<Key> = sorted.iter().map(Record::key).collect();
    assert_eq!(keys(&acme, Query::IdentityConflicts).await, expected);
    let expected = [2, 16, 16, 0xa1, 0].map(person);
    let purposes = [Purpose::Marketing, Purpose::All, Purpose::Marketing, "Zoo".into(), Purpose::All];
    let expected: Vec<Key> =
        expected.into_iter().zip(purposes).map(|(person, purpose)| Key::Consent(person, purpose)).collect();
    assert_eq!(keys(&acme, Query::Consents).await, expected);
}

/// Conflicts and consents of two tenants never meet.
pub async fn conflicts_and_consents_stay_in_their_tenant(store: &dyn Store) {
    let (acme, globex) = (acme(store), store.tenant(&"globex".into()));
    let (seen, said) = (conflict("1", 0), Consent::withdrawn(person(0), Purpose::All, at(0)));
    for tenant in [&acme, &globex] {
        make(tenant, batch().insert(seen.clone()).insert(said.clone())).await;
    }
    for key in [Key::IdentityConflict(seen.id), Key::Consent(person(0), Purpose::All)] {
        make(&acme, batch().with(Change::Delete(key.clone(), 1))).await;
        assert!(globex.get(key).await.unwrap().is_some());
    }
    for (query, count) in [(Query::IdentityConflicts, 1), (Query::Consents, 1)] {
        assert!(keys(&acme, query.clone()).await.is_empty());
        assert_eq!(keys(&globex, query).await.len(), count);
    }
}

/// The conversations with a contact are listed whatever their state, and those with others are not.
pub async fn conversations_with_a_contact_are_listed_in_every_state(store: &dyn Store) {
    let acme = acme(store);
    let ana = ContactId::from("ana");
    let with = |id: &str, contact: &ContactId, second, state: ConversationState| {
        let mut with = conversation(id);
        with.contact = contact.clone();
        with.opened_at = at(second);
        with.state = state;
        with
    };
    make(
        &acme,
        batch()
            .insert(with("active", &ana, 3, ConversationState::Active))
            .insert(with("closed", &ana, 2, ConversationState::Closed))
            .insert(with("archived", &ana, 1, ConversationState::Archived))
            .insert(with("odd", &ana, 0, "Snoozed".into()))
            .insert(with("other", &"an".into(), 1, ConversationState::Active)),
    )
    .await;
    let listed = |ids: &[&str]| ids.iter().map(|id| Key::Conversation((*id).into())).collect::<Vec<_>>();
    let query = Query::ConversationsWith(ana.clone());
    assert_eq!(keys(&acme, query.clone()).await, listed(&["odd", "archived", "closed", "active"]));

    let mut given = acme.conversation(&"closed".into()).await.unwrap().unwrap();
    given.contact = "an".into();
    make(&acme, batch().update(given)).await;
    make(&acme, batch().with(Change::Delete(Key::Conversation("odd".into()), 1))).await;
    assert_eq!(keys(&acme, query.clone()).await, listed(&["archived", "active"]));
    assert_eq!(keys(&acme, Query::ConversationsWith("an".into())).await, listed(&["other", "closed"]));
    assert_eq!(keys(&acme, Query::ConversationsWith("nobody".into())).await, []);
    let first = acme.list(query, PageRequest::oldest(1)).await.unwrap();
    let foreign = PageRequest::oldest(1).after(first.next);
    assert_fails!(acme.conversations_with(&"an".into(), foreign).await, BadCursor);
}

/// The messages of all conversations are one list by time, in which they move and from which they go.
pub async fn all_messages_are_one_list_by_time(store: &dyn Store) {
    let acme = acme(store);
    let elsewhere = |id: &str, second| {
        let mut elsewhere = message(id, second);
        elsewhere.conversation = format!("with {id}").into();
        elsewhere
    };
    let messages = [message("c", 1), elsewhere("a", 1), elsewhere("b", 2), message("d", 0)];
    make(&acme, messages.into_iter().fold(batch(), |batch, message| batch.insert(message))).await;
    let listed = |ids: &[&str]| ids.iter().map(|id| Key::Message((*id).into())).collect::<Vec<_>>();
    assert_eq!(keys(&acme, Query::AllMessages).await, listed(&["d", "a", "c", "b"]));
    let mut later = acme.message(&"a".into()).await.unwrap().unwrap();
    later.at = at(5);
    make(&acme, batch().update(later).with(Change::Delete(Key::Message("c".into()), 1))).await;
    assert_eq!(keys(&acme, Query::AllMessages).await, listed(&["d", "b", "a"]));
    assert_eq!(keys(&store.tenant(&"globex".into()), Query::AllMessages).await, []);
}

/// Two marks are one only if all their bytes are.
pub async fn marks_are_told_apart_to_the_last_byte(store: &dyn Store) {
    let acme = acme(store);
    for last in [0, 1, b'a', b'A', 0x80, 0xff] {
        let mut bytes = [0; 32];
        bytes[31] = last;
        let changes = batch().once(Mark::from_bytes(bytes), at(9));
        make(&acme, changes.clone()).await;
        assert_eq!(acme.apply(changes).await.unwrap(), crate::store::Applied::Duplicate);
    }
}
