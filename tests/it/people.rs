//! Who is who on the desk: identities that belong to two contacts at once.

use serde_json::{Value, json};
use std::sync::Arc;
use whatsapp_business::{
    Client, Desk, Webhook,
    client::RetryPolicy,
    desk::Tenant,
    store::{
        Changes, Contact, Identity, IdentityConflict, Key, MemoryStore, PageRequest, Store, TenantStore,
        TenantStoreExt,
    },
    time::Timestamp,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

const NUMBER: &str = "106540352242922";
const NOW: i64 = 1_700_000_000;

/// A desk with one tenant that receives, and its store.
struct Reception {
    desk: Desk,
    acme: Tenant,
    webhook: Webhook,
    records: Arc<dyn TenantStore>,
}

impl Reception {
    async fn open(client: Client) -> Self {
        let (store, webhook) = (MemoryStore::new(), Webhook::new("app-secret", "verify-token").unwrap());
        let records = store.tenant(&"acme".into());
        let desk = Desk::builder(store)
            .credentials(client)
            .webhook(webhook.clone())
            .clock(|| Timestamp::from_seconds(NOW))
            .build();
        let acme = desk.tenant("acme");
        acme.bind(NUMBER, "102290129340398").await.unwrap();
        Self { desk, acme, webhook, records }
    }

    /// Receives a message from whoever has these names.
    async fn hears(&self, id: &str, from: Value) {
        let mut message =
            json!({"id": id, "timestamp": NOW.to_string(), "type": "text", "text": {"body": "Hi"}});
        message.as_object_mut().unwrap().append(from.clone().as_object_mut().unwrap());
        let value = json!({"messaging_product": "whatsapp", "messages": [message],
            "metadata": {"display_phone_number": "15550001111", "phone_number_id": NUMBER}});
        let entry = json!({"id": "102290129340398", "changes": [{"field": "messages", "value": value}]});
        let body =
            serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap();
        let received = self.desk.receive(&body, Some(&self.webhook.sign(&body))).await.unwrap();
        assert_eq!(received.applied, 1);
    }

    async fn conflicts(&self) -> Vec<IdentityConflict> {
        self.acme.identity_conflicts(PageRequest::oldest(9)).await.unwrap().items
    }

    async fn contact_of(&self, identity: Identity) -> Contact {
        let found = self.records.get(Key::ContactOf(identity)).await.unwrap();
        found.unwrap().try_into().unwrap()
    }
}

/// A client that is never asked.
fn offline() -> Client {
    Client::builder("token").graph_url("http://127.0.0.1:9").build().unwrap()
}

#[tokio::test]
async fn identities_of_two_contacts_in_one_event_are_kept_once_for_people_to_compare() {
    let reception = Reception::open(offline()).await;
    reception.hears("wamid.1", json!({"from": "14155552671"})).await;
    reception.hears("wamid.2", json!({"from_user_id": "US.1"})).await;
    assert!(reception.conflicts().await.is_empty());
    for id in ["wamid.3", "wamid.4"] {
        reception.hears(id, json!({"from": "14155552671", "from_user_id": "US.1"})).await;
    }
    let (phone, user) = (Identity::Phone("14155552671".into()), Identity::UserId("US.1".into()));
    let (claimant, holder) = (reception.contact_of(phone).await, reception.contact_of(user.clone()).await);
    let conflicts = reception.conflicts().await;
    assert_eq!(conflicts.len(), 1);
    let seen = (&conflicts[0].identity, &conflicts[0].holder, &conflicts[0].claimant);
    assert_eq!(seen, (&user, &holder.id, &claimant.id));
    assert_ne!(holder.id, claimant.id, "nothing is merged");
    // Both messages are with the first contact.
    let with = reception.records.conversations_with(&claimant.id, PageRequest::oldest(9)).await.unwrap();
    let messages = reception.records.messages(&with.items[0].id, PageRequest::oldest(9)).await.unwrap();
    assert_eq!((with.items.len(), messages.items.len()), (1, 3));
}

#[tokio::test]
async fn a_conflict_that_somebody_settled_stays_settled() {
    let reception = Reception::open(offline()).await;
    reception.hears("wamid.1", json!({"from": "14155552671"})).await;
    reception.hears("wamid.2", json!({"from_user_id": "US.1"})).await;
    let both = json!({"from": "14155552671", "from_user_id": "US.1"});
    reception.hears("wamid.3", both.clone()).await;
    let mut settled = reception.conflicts().await.remove(0);
    let now = Timestamp::from_seconds(NOW);
    settled.resolved_at = Some(now);
    let changes = Changes::at(now).update(settled);
    let _ = reception.records.apply(changes).await.unwrap();
    reception.hears("wamid.4", both).await;
    let conflicts = reception.conflicts().await;
    assert_eq!((conflicts.len(), conflicts[0].resolved_at), (1, Some(now)));
}

#[tokio::test]
async fn a_number_that_meta_knows_another_contact_by_is_kept_for_people_to_compare() {
    let meta = MockServer::start().await;
    let answer = json!({"contacts": [{"wa_id": "5215512345678"}], "messages": [{"id": "wamid.OUT"}]});
    let answer = ResponseTemplate::new(200).set_body_json(answer);
    Mock::given(method("POST")).respond_with(answer).mount(&meta).await;
    let client = Client::builder("token").graph_url(meta.uri()).retry(RetryPolicy::never()).build().unwrap();
    let reception = Reception::open(client).await;
    reception.hears("wamid.1", json!({"from": "5215512345678"})).await;
    for _ in 0..2 {
        reception.acme.send(NUMBER, "+525512345678", "Hello").await.unwrap();
    }
    let conflicts = reception.conflicts().await;
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].identity, Identity::Phone("5215512345678".into()));
    assert_eq!(conflicts[0].claimant, reception.contact_of(Identity::Phone("525512345678".into())).await.id);
}
