//! Tenants never meet.

use super::{acme, assert_fails, at, batch, contact, conversation, job, make, message};
use crate::store::{
    Change, ConversationTime, DeadLetter, DeliveryFailure, Fact, Key, Lease, Outcome, PageRequest, Query,
    Record, Store, Tenant, TenantStoreExt,
};

/// Two tenants may use the same ids for everything; each finds what it wrote itself.
pub async fn tenants_with_the_same_ids_never_meet(store: &dyn Store) {
    for (name, second) in [("acme", 1), ("globex", 2)] {
        let tenant = store.tenant(&name.into());
        let mut named = contact("a");
        named.name = Some(name.into());
        let mut sent = message("m", second);
        sent.wamid = Some("wamid.1".into());
        make(
            &tenant,
            batch()
                .once("key", at(100))
                .insert(Tenant::new(name, name, at(second)))
                .insert(named)
                .insert(conversation("c"))
                .insert(sent)
                .insert(DeliveryFailure::new("wamid.1", at(0), 1, name))
                .insert(DeadLetter::new("l", at(0), name, *b"{}"))
                .latest("c", ConversationTime::LastInbound, at(second))
                .earliest("wamid.1", Fact::Sent, at(second))
                .with(Change::Enqueue(job("j", "g", 0).payload(name), None)),
        )
        .await;
    }
    for (name, second) in [("acme", 1), ("globex", 2)] {
        let tenant = store.tenant(&name.into());
        let found = tenant.contact(&"a".into()).await.unwrap().unwrap();
        assert_eq!(found.name.as_deref(), Some(name));
        assert_eq!(
            tenant.get(Key::ContactOf(found.identities[0].clone())).await.unwrap(),
            Some(found.into())
        );
        assert_eq!(
            tenant.conversation(&"c".into()).await.unwrap().unwrap().last_inbound_at,
            Some(at(second))
        );
        assert_eq!(tenant.message(&"m".into()).await.unwrap().unwrap().at, at(second));
        assert_eq!(tenant.progress(&"wamid.1".into()).await.unwrap().unwrap().sent_at, Some(at(second)));
        let queries = [
            Query::Contacts,
            Query::Conversations,
            Query::Messages("conversation".into()),
            Query::Failures("wamid.1".into()),
            Query::DeadLetters,
        ];
        for query in queries {
            let page = tenant.list(query.clone(), PageRequest::newest(10)).await.unwrap();
            assert_eq!(page.items.len(), 1, "{query:?}");
        }
        let Some(Record::Job(job)) = tenant.get(Key::Job("j".into())).await.unwrap() else {
            panic!("no job")
        };
        assert_eq!(job.payload, name);
    }
}

/// Removing and changing records of one tenant leaves the other's as they are.
pub async fn a_delete_stays_in_its_tenant(store: &dyn Store) {
    let (acme, globex) = (acme(store), store.tenant(&"globex".into()));
    for tenant in [&acme, &globex] {
        make(tenant, batch().insert(contact("a")).insert(conversation("c")).insert(message("m", 0))).await;
    }
    for key in [Key::Contact("a".into()), Key::Conversation("c".into()), Key::Message("m".into())] {
        make(&acme, batch().with(Change::Delete(key.clone(), 1))).await;
        assert_eq!(acme.get(key.clone()).await.unwrap(), None);
        assert!(globex.get(key).await.unwrap().is_some());
    }
    assert_fails!(
        acme.apply(batch().with(Change::Add { conversation: "c".into(), unread: 1 })).await,
        Conflict
    );
}

/// A handle is good before the tenant has a record, and finds nothing of others.
pub async fn a_tenant_without_a_record_is_empty_and_may_be_written(store: &dyn Store) {
    make(&acme(store), batch().insert(contact("a")).insert(Tenant::new("acme", "Acme", at(0)))).await;
    let nobody = store.tenant(&"nobody".into());
    assert_eq!(nobody.get(Key::Tenant).await.unwrap(), None);
    assert_eq!(nobody.contact(&"a".into()).await.unwrap(), None);
    assert!(nobody.list(Query::Contacts, PageRequest::newest(9)).await.unwrap().items.is_empty());
    make(&nobody, batch().insert(contact("a"))).await;
}

/// A lease that says it is another tenant's ends nothing and writes nothing.
pub async fn a_lease_under_another_tenant_is_lost(store: &dyn Store) {
    let acme = acme(store);
    make(&acme, batch().with(Change::Enqueue(job("j", "g", 0), Some(("token".into(), at(10)))))).await;
    let forged = Lease::new("globex".into(), job("j", "g", 0), "token".into(), at(10));
    assert_fails!(store.extend(&forged, at(99)).await, LeaseLost);
    assert_fails!(store.finish(&forged, Outcome::Done, batch().insert(contact("a"))).await, LeaseLost);
    assert_eq!(store.tenant(&"globex".into()).contact(&"a".into()).await.unwrap(), None);
    let own = Lease::new("acme".into(), job("j", "g", 0), "token".into(), at(10));
    let _ = store.finish(&own, Outcome::Done, batch()).await.unwrap();
}
