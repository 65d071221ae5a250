//! What may exist once exists once, also when two want it at the same time.

use super::{acme, assert_fails, assert_one_wins, at, at_once, batch, contact, conversation, make, message};
use crate::{
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Binding, Change, Contact, Conversation, ConversationState, Identity, Key, PageRequest, Query, Record,
        Store, StoreError, TenantStoreExt,
    },
};

/// No two contacts of a tenant share an identity, and a contact is found by each of its own.
pub async fn an_identity_has_one_contact(store: &dyn Store) {
    let acme = acme(store);
    let phone = Identity::Phone("14155550100".into());
    let user = Identity::UserId("US.1".into());
    let parent = Identity::ParentUserId("US.1".into());
    make(&acme, batch().insert(Contact::new("a", [phone.clone(), user.clone()], at(0)))).await;
    // The same text as an identity of another kind is another identity.
    make(&acme, batch().insert(Contact::new("b", [parent.clone()], at(0)))).await;
    assert_fails!(
        acme.apply(batch().insert(Contact::new(
            "c",
            [Identity::UserId("US.2".into()), phone.clone()],
            at(0)
        )))
        .await,
        NotUnique
    );
    let mut greedy = acme.contact(&"b".into()).await.unwrap().unwrap();
    greedy.identities.push(user.clone());
    assert_fails!(acme.apply(batch().update(greedy)).await, NotUnique);
    for (identity, id) in [(phone, "a"), (user, "a"), (parent, "b")] {
        let found = acme.get(Key::ContactOf(identity)).await.unwrap();
        assert!(matches!(&found, Some(Record::Contact(contact)) if contact.id.as_str() == id), "{found:?}");
    }
    assert_eq!(acme.get(Key::ContactOf(Identity::UserId("US.2".into()))).await.unwrap(), None);
}

/// An identity that a contact no longer has, or whose contact was removed, may go to another.
pub async fn an_identity_given_up_is_free(store: &dyn Store) {
    let acme = acme(store);
    let identity = contact("a").identities[0].clone();
    make(&acme, batch().insert(contact("a"))).await;
    let mut a = acme.contact(&"a".into()).await.unwrap().unwrap();
    a.identities = vec![Identity::Phone("14155550100".into())];
    let heir = |id: &str| Contact::new(id, [identity.clone()], at(0));
    assert_fails!(acme.apply(batch().insert(heir("b")).update(a.clone())).await, NotUnique);
    make(&acme, batch().update(a).insert(heir("b"))).await;
    make(&acme, batch().with(Change::Delete(Key::Contact("b".into()), 1)).insert(heir("c"))).await;
    assert_eq!(
        acme.get(Key::ContactOf(identity.clone())).await.unwrap().unwrap().key(),
        Key::Contact("c".into())
    );
}

/// Of many events of a stranger that arrive at once, one makes the contact and the others are told to look again.
pub async fn of_many_new_contacts_one_gets_the_identity(store: &dyn Store) {
    let acme = acme(store);
    let (phone, user) = (Identity::Phone("14155550100".into()), Identity::UserId("US.1".into()));
    let meet = |n: u32| {
        // Each knows the stranger by another name besides, and they name them in either order.
        let own = Identity::ParentUserId(format!("{n}").into());
        let mut identities = vec![phone.clone(), user.clone(), own];
        identities.rotate_left(usize::try_from(n % 3).unwrap());
        acme.apply(batch().insert(Contact::new(format!("{n}"), identities, at(0))))
    };
    let results = at_once((0..100).map(meet)).await;
    assert_one_wins(&results, |result| matches!(result, Err(StoreError::NotUnique(_))));
    let contacts = acme.list(Query::Contacts, PageRequest::newest(100)).await.unwrap().items;
    assert_eq!(contacts.len(), 1);
    for identity in [phone, user] {
        assert_eq!(acme.get(Key::ContactOf(identity)).await.unwrap().as_ref(), contacts.first());
    }
}

/// A number and a contact have one active conversation, and any number of others.
pub async fn a_number_and_a_contact_have_one_active_conversation(store: &dyn Store) {
    let acme = acme(store);
    let thread = |id: &str| Conversation::new(id, "number", "contact", at(0));
    let active = Key::ActiveConversation("number".into(), "contact".into());
    make(&acme, batch().insert(thread("a"))).await;
    assert_fails!(acme.apply(batch().insert(thread("b"))).await, NotUnique);
    make(&acme, batch().insert(Conversation::new("other number", "number 2", "contact", at(0)))).await;
    make(&acme, batch().insert(Conversation::new("other contact", "number", "contact 2", at(0)))).await;

    let mut closed = acme.conversation(&"a".into()).await.unwrap().unwrap();
    closed.state = ConversationState::Closed;
    make(&acme, batch().update(closed)).await;
    assert_eq!(acme.get(active.clone()).await.unwrap(), None);
    make(&acme, batch().insert(thread("b"))).await;
    assert_eq!(acme.get(active).await.unwrap().unwrap().key(), Key::Conversation("b".into()));

    let mut reopened = acme.conversation(&"a".into()).await.unwrap().unwrap();
    reopened.state = ConversationState::Active;
    assert_fails!(acme.apply(batch().update(reopened.clone())).await, NotUnique);
    reopened.state = ConversationState::Archived;
    make(&acme, batch().update(reopened)).await;
}

/// Of many first messages that arrive at once, one opens the conversation and the others are told to look again.
pub async fn of_many_first_messages_one_opens_the_conversation(store: &dyn Store) {
    let acme = acme(store);
    let open = |n: u32| {
        let conversation = Conversation::new(format!("c{n}"), "number", "contact", at(0));
        acme.apply(batch().insert(conversation).insert(message(&format!("m{n}"), 0)))
    };
    let results = at_once((0..100).map(open)).await;
    assert_one_wins(&results, |result| matches!(result, Err(StoreError::NotUnique(_))));
    let messages = acme.messages(&"conversation".into(), PageRequest::newest(100)).await.unwrap();
    assert_eq!(messages.items.len(), 1);
}

/// No two messages of a tenant share Meta's id; any number of them have none.
pub async fn a_message_id_has_one_message(store: &dyn Store) {
    let acme = acme(store);
    let named = |id: &str| {
        let mut message = message(id, 0);
        message.wamid = Some("wamid.1".into());
        message
    };
    make(&acme, batch().insert(named("a")).insert(message("b", 0)).insert(message("c", 0))).await;
    assert_fails!(acme.apply(batch().insert(named("d"))).await, NotUnique);
    let mut late = named("b");
    late.version = 1;
    assert_fails!(acme.apply(batch().update(late.clone())).await, NotUnique);
    late.wamid = Some("wamid.2".into());
    make(&acme, batch().update(late)).await;
    for (wamid, id) in [("wamid.1", "a"), ("wamid.2", "b")] {
        let found = acme.get(Key::MessageOf(wamid.into())).await.unwrap().unwrap();
        assert_eq!(found.key(), Key::Message(id.into()));
    }
    assert_eq!(acme.get(Key::MessageOf("wamid.3".into())).await.unwrap(), None);
}

/// A number belongs to one tenant of the store. Its owner may bind it again, to change the account.
pub async fn a_number_has_one_owner(store: &dyn Store) {
    let (number, acme, globex) = (PhoneNumberId::from("1"), TenantId::from("acme"), TenantId::from("globex"));
    let (first, second) = (AccountId::from("first"), AccountId::from("second"));
    assert_eq!(store.route(&number).await.unwrap(), None);
    store.bind(&number, &first, &acme).await.unwrap();
    store.bind(&number, &first, &acme).await.unwrap();
    assert_fails!(store.bind(&number, &second, &globex).await, NotUnique);
    assert_eq!(store.route(&number).await.unwrap(), Some(Binding::new(acme.clone(), first)));
    store.bind(&number, &second, &acme).await.unwrap();
    assert_eq!(store.route(&number).await.unwrap(), Some(Binding::new(acme, second.clone())));
    store.bind(&"2".into(), &second, &globex).await.unwrap();
}

/// The numbers of an account are told in order, whoever owns them; one that moves to another account is found there.
pub async fn the_numbers_of_an_account_are_found_with_their_owners(store: &dyn Store) {
    let (first, second) = (AccountId::from("first"), AccountId::from("second"));
    assert_eq!(store.numbers_of(&first).await.unwrap(), []);
    for (number, account, tenant) in
        [("3", &first, "acme"), ("1", &first, "globex"), ("20", &first, "acme"), ("2", &second, "acme")]
    {
        store.bind(&number.into(), account, &tenant.into()).await.unwrap();
    }
    let bound = [("1", "globex"), ("20", "acme"), ("3", "acme")];
    let bound = bound.map(|(number, tenant)| (PhoneNumberId::from(number), TenantId::from(tenant)));
    assert_eq!(store.numbers_of(&first).await.unwrap(), bound);
    store.bind(&"3".into(), &second, &"acme".into()).await.unwrap();
    assert_eq!(store.numbers_of(&first).await.unwrap(), bound[..2]);
    assert_eq!(store.numbers_of(&second).await.unwrap().len(), 2);
}

/// Of many tenants that bind a number at once, one gets it.
pub async fn of_many_owners_one_gets_the_number(store: &dyn Store) {
    let (number, account) = (PhoneNumberId::from("1"), AccountId::from("account"));
    let tenants: Vec<TenantId> = (0..10).map(|n| format!("tenant {n}").into()).collect();
    let results = at_once(tenants.iter().map(|tenant| store.bind(&number, &account, tenant))).await;
    assert_one_wins(&results, |result| matches!(result, Err(StoreError::NotUnique(_))));
    let owner =
        tenants.iter().zip(&results).find(|(_, result)| result.is_ok()).map(|(tenant, _)| tenant.clone());
    assert_eq!(store.route(&number).await.unwrap().map(|binding| binding.tenant), owner);
    // The loser of a number may still write.
    make(&store.tenant(&tenants[9]), batch().insert(conversation("c"))).await;
}
