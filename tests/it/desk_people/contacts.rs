//! Who is who: people who change their number or id, and contacts that people say are one.

use super::{ANA, BEN, CY, NUMBER, Office};
use serde_json::json;
use whatsapp_business::{
    ErrorKind,
    recipient::Recipient,
    store::{Changes, Contact, ConversationState, Identity, Key, PageRequest, Query, Record, TenantStoreExt},
};

impl Office {
    /// Receives that whoever had a number has another, and another user id with it.
    async fn moves(&self, from: &str, to: &str, user_id: &str) {
        let mut message = self.text(from, "");
        message["type"] = json!("system");
        message["system"] = json!({"type": "user_changed_number", "body": "User changed", "wa_id": to,
            "user_id": user_id});
        assert_eq!(self.receives("messages", json!({"messages": [message]})).await.applied, 1);
    }
}

fn phone(number: &str) -> Identity {
    Identity::Phone(number.into())
}

#[tokio::test]
async fn a_person_with_another_number_is_the_same_person() {
    let office = Office::open(|desk| desk).await;
    let before = office.hears(ANA, "Hi").await;
    office.moves(ANA, "14155559999", "US.2").await;
    let ana = office.contact("14155559999").await;
    assert_eq!(
        (&ana.id, &ana.identities[..]),
        (&before.contact, &[phone("14155559999"), Identity::UserId("US.2".into())][..])
    );
    assert_eq!(office.hears("14155559999", "It is me").await.id, before.id);
    assert_eq!(office.actions(&ana.id).await, ["contact.renamed"]);
    // The former number may go to somebody else.
    assert_ne!(office.hears(ANA, "Hello").await.contact, ana.id);
}

/// R11: names change, and the person stays.
#[tokio::test]
async fn a_person_is_known_by_their_former_user_id() {
    let office = Office::open(|desk| desk).await;
    let mut message = office.text(ANA, "Hi");
    message["from_user_id"] = json!("US.1");
    office.receives("messages", json!({"messages": [message]})).await;
    let mut told = office.text("", "");
    told["type"] = json!("system");
    told["system"] = json!({"type": "user_changed_user_id", "body": "User changed", "user_id": "US.2",
        "previous_user_id": "US.1"});
    office.receives("messages", json!({"messages": [told]})).await;
    let user = |id: &str| Identity::UserId(id.into());
    let found = office.records.get(Key::ContactOf(user("US.2"))).await.unwrap();
    let known: Contact = found.unwrap().try_into().unwrap();
    assert_eq!(known.identities, [user("US.1"), user("US.2")]);
    // With another user id comes another number: who writes from the former one is somebody else.
    assert_ne!(office.hears(ANA, "Hello").await.contact, known.id);
    let change = json!({"user_id_update": [{"wa_id": "14155559999", "user_id": {"previous": "US.2", "current": "US.3"},
        "timestamp": "1700000000"}]});
    assert_eq!(office.receives("user_id_update", change).await.applied, 1);
    let moved = office.contact("14155559999").await;
    assert_eq!(
        (moved.id, moved.identities),
        (known.id, vec![user("US.1"), user("US.2"), phone("14155559999"), user("US.3")])
    );
}

#[tokio::test]
async fn a_number_that_somebody_else_has_is_not_taken_from_them() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Hi").await.contact;
    let ben = office.hears(BEN, "Hi").await.contact;
    office.moves(ANA, BEN, "US.2").await;
    assert_eq!(office.acme.contact(&ana).await.unwrap().identities, [Identity::UserId("US.2".into())]);
    assert_eq!(office.contact(BEN).await.id, ben);
    let conflicts = office.acme.identity_conflicts(PageRequest::newest(9)).await.unwrap().items;
    assert_eq!(
        (&conflicts[0].identity, &conflicts[0].holder, &conflicts[0].claimant),
        (&phone(BEN), &ben, &ana)
    );
    // And the one she had may go to a stranger.
    assert_ne!(office.hears(ANA, "Hello").await.contact, ana);
}

/// R11: a merge can be undone.
#[tokio::test]
async fn two_contacts_become_one_and_two_again() {
    let office = Office::open(|desk| desk).await;
    let old = office.hears(ANA, "Hi").await;
    office.acme.close(&old.id, "bo").await.unwrap();
    let active = office.hears(ANA, "Hi again").await;
    let other = office.hears(BEN, "Hi").await;
    let (ana, ben) = (active.contact.clone(), other.contact.clone());
    office.acme.merge(&ana, &ben, "bo").await.unwrap();

    let merged = office.contact(ANA).await;
    assert_eq!((&merged.id, &merged.identities[..]), (&ben, &[phone(BEN), phone(ANA)][..]));
    let shell = office.acme.contact(&ana).await.unwrap();
    assert_eq!((shell.merged_into.as_ref(), shell.identities.len()), (Some(&ben), 0));
    let with = office.records.conversations_with(&ben, PageRequest::newest(9)).await.unwrap().items;
    assert_eq!(with.len(), 3);
    let open: Vec<_> = with.iter().filter(|one| one.state == ConversationState::Active).collect();
    assert_eq!((open.len(), &open[0].id), (1, &other.id));
    assert_eq!(office.hears(ANA, "Me again").await.contact, ben);
    // She may be written to under either number.
    office.acme.send(NUMBER, "+14155552671", "Hello").await.unwrap();

    office.acme.unmerge(&ana, "bo").await.unwrap();
    let (ana_now, ben_now) = (office.contact(ANA).await, office.contact(BEN).await);
    assert_eq!((&ana_now.id, &ana_now.identities[..], ana_now.merged_into), (&ana, &[phone(ANA)][..], None));
    assert_eq!((&ben_now.id, &ben_now.identities[..]), (&ben, &[phone(BEN)][..]));
    assert_eq!(office.records.conversations_with(&ana, PageRequest::newest(9)).await.unwrap().items.len(), 2);
    assert_eq!(office.actions(&ben).await, ["contact.merged", "contact.unmerged"]);
}

#[tokio::test]
async fn an_answer_goes_to_the_address_that_the_customer_wrote_from_last() {
    let office = Office::open(|desk| desk).await;
    let (ana, ben) = (office.hears(ANA, "Hi").await, office.hears(BEN, "Hi").await);
    office.acme.merge(&ana.contact, &ben.contact, "bo").await.unwrap();
    let answered = async || office.acme.recipient(&ben.id).await.unwrap();
    assert_eq!(answered().await, "+14155552672".into());
    office.pass(1);
    office.hears(ANA, "It is me").await;
    assert_eq!(answered().await, "+14155552671".into());
    office.acme.send(NUMBER, answered().await, "Hello").await.unwrap();
    assert_eq!(answered().await, "+14155552671".into());
    // What is no longer theirs is not written to.
    office.pass(1);
    office.moves(ANA, "14155559999", "US.2").await;
    assert_eq!(answered().await, "+14155559999".into());
}

#[tokio::test]
async fn who_hides_their_number_is_answered_by_their_user_id() {
    let office = Office::open(|desk| desk).await;
    let mut message = office.text("", "Hi");
    message["from_user_id"] = json!("US.1");
    office.receives("messages", json!({"messages": [message]})).await;
    let conversation = office.all().await.remove(0).id;
    assert_eq!(office.acme.recipient(&conversation).await.unwrap(), Recipient::User("US.1".into()));
    // WhatsApp tells of another id under the one from before.
    office.pass(1);
    let mut moved = office.text("", "");
    (moved["type"], moved["from_user_id"]) = (json!("system"), json!("US.1"));
    moved["system"] = json!({"type": "user_changed_user_id", "body": "User changed", "user_id": "US.2"});
    office.receives("messages", json!({"messages": [moved]})).await;
    assert_eq!(office.acme.recipient(&conversation).await.unwrap(), Recipient::User("US.2".into()));
    let nobody = office.acme.recipient(&"nothing".into()).await.unwrap_err();
    assert!(matches!(nobody.kind(), ErrorKind::NotFound(_)));
}

#[tokio::test]
async fn what_cannot_be_merged_stays_as_it_is() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Hi").await.contact;
    let ben = office.hears(BEN, "Hi").await.contact;
    let not_allowed = |result: whatsapp_business::Result<()>| {
        assert!(matches!(result.unwrap_err().kind(), ErrorKind::NotAllowed(_)));
    };
    not_allowed(office.acme.merge(&ana, &ana, "bo").await);
    not_allowed(office.acme.unmerge(&ana, "bo").await);
    assert!(office.acme.merge(&ana, &"nobody".into(), "bo").await.is_err());
    office.acme.merge(&ana, &ben, "bo").await.unwrap();
    not_allowed(office.acme.merge(&ana, &ben, "bo").await);
    not_allowed(office.acme.merge(&ben, &ana, "bo").await);
}

#[tokio::test]
async fn the_erasure_of_who_was_merged_into_leaves_nothing_of_anybody_in_the_chain() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Hi").await.contact;
    office.moves(ANA, "14155559999", "US.2").await;
    let ben = office.hears(BEN, "Hi").await.contact;
    let cy = office.hears(CY, "Hi").await.contact;
    office.acme.merge(&ana, &ben, "bo").await.unwrap();
    office.acme.merge(&ben, &cy, "bo").await.unwrap();
    let stranger = office.hears("14155550000", "Hi").await;
    office.acme.erase(&cy, "bo").await.unwrap();
    let left = office.records.list(Query::Contacts, PageRequest::newest(9)).await.unwrap().items;
    assert_eq!(left.iter().map(Record::key).collect::<Vec<_>>(), [Key::Contact(stranger.contact)]);
    assert_eq!(office.all().await.len(), 1);
    for entry in office.records.audit(PageRequest::newest(99)).await.unwrap().items {
        for name in [ANA, BEN, CY, "14155559999", "US.2"] {
            assert!(!entry.detail.contains(name), "{}", entry.action);
        }
    }
}

#[tokio::test]
async fn the_erasure_of_who_was_merged_for_a_while_leaves_nothing_with_the_other() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Hi").await.contact;
    let ben = office.hears(BEN, "Hi").await.contact;
    let mut named = office.acme.contact(&ana).await.unwrap();
    named.name = Some("Ana".to_owned());
    let _ = office.records.apply(Changes::at(office.now()).update(named)).await.unwrap();
    office.acme.merge(&ana, &ben, "bo").await.unwrap();
    assert_eq!(office.acme.contact(&ben).await.unwrap().name.as_deref(), Some("Ana"));
    office.acme.unmerge(&ana, "bo").await.unwrap();
    assert_eq!(office.acme.contact(&ben).await.unwrap().name, None);
    office.acme.erase(&ana, "bo").await.unwrap();
    assert!(office.trail(&ben).await.iter().all(|entry| !entry.detail.contains(ANA)));
    assert_eq!(office.actions(&ben).await, ["contact.merged", "contact.unmerged"]);
}

#[tokio::test]
async fn a_merge_is_undone_after_those_that_came_after_it() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Hi").await.contact;
    let ben = office.hears(BEN, "Hi").await.contact;
    let cy = office.hears(CY, "Hi").await.contact;
    office.acme.merge(&ana, &ben, "bo").await.unwrap();
    office.acme.merge(&ben, &cy, "bo").await.unwrap();
    let refusal = office.acme.unmerge(&ana, "bo").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::NotAllowed(_)));
    assert_eq!(office.acme.contact(&ana).await.unwrap().merged_into, Some(ben.clone()));
    office.acme.unmerge(&ben, "bo").await.unwrap();
    office.acme.unmerge(&ana, "bo").await.unwrap();
    assert_eq!([office.contact(ANA).await.id, office.contact(BEN).await.id], [ana, ben]);
}

/// R6: whose a name is tells the id beside it, not its place.
#[tokio::test]
async fn names_go_to_who_has_them_in_whatever_order_they_come() {
    let office = Office::open(|desk| desk).await;
    let profiles =
        json!([{"profile": {"name": "Ben"}, "wa_id": BEN}, {"profile": {"name": "Ana"}, "wa_id": ANA}]);
    let messages = [office.text(ANA, "Hi"), office.text(BEN, "Hello")];
    let received = office.receives("messages", json!({"contacts": profiles, "messages": messages})).await;
    assert_eq!(received.applied, 2);
    for (person, name) in [(ANA, "Ana"), (BEN, "Ben")] {
        assert_eq!(office.contact(person).await.name.as_deref(), Some(name));
    }
}

/// R11: an empty name is none, and who has the same username is somebody else.
#[tokio::test]
async fn people_without_numbers_who_share_a_username_are_not_taken_for_each_other() {
    let office = Office::open(|desk| desk).await;
    for user in ["US.1", "US.2"] {
        let mut message = office.text("", "Hi");
        message["from_user_id"] = json!(user);
        let profile =
            json!({"profile": {"name": "", "username": "shared-handle"}, "wa_id": "", "user_id": user});
        let received =
            office.receives("messages", json!({"contacts": [profile], "messages": [message]})).await;
        assert_eq!(received.applied, 1);
    }
    let mut known = Vec::new();
    for conversation in office.all().await {
        known.push(office.acme.contact(&conversation.contact).await.unwrap().identities);
    }
    assert_eq!(known, ["US.1", "US.2"].map(|user| vec![Identity::UserId(user.into())]));
}
