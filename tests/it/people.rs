//! People on the desk: identities that belong to two contacts at once, and what comes after an erasure.

use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use whatsapp_business::{
    Client, Desk, Webhook,
    client::RetryPolicy,
    desk::{Received, Tenant},
    id::{AccountId, PhoneNumberId, TenantId},
    store::{
        Applied, Backlog, Binding, Changes, Claim, Contact, ContactId, Conversation, ConversationId,
        ConversationState, Identity, IdentityConflict, JobEnqueued, Key, Lease, MemoryStore, Outcome, Page,
        PageRequest, Query, Record, Result, SendState, Store, TenantStore, TenantStoreExt,
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
        Self::over(MemoryStore::new(), client).await
    }

    async fn over(store: impl Store, client: Client) -> Self {
        let webhook = Webhook::new("app-secret", "verify-token").unwrap();
        let records = store.tenant(&"acme".into());
        let desk = Desk::builder(store)
            .window(false)
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
        let received = self.receives(json!({"messages": [message]})).await;
        assert_eq!(received.applied, 1);
    }

    async fn receives(&self, value: Value) -> Received {
        self.receives_as("messages", value).await
    }

    async fn receives_as(&self, field: &str, mut value: Value) -> Received {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({"display_phone_number": "15550001111", "phone_number_id": NUMBER});
        let entry = json!({"id": "102290129340398", "changes": [{"field": field, "value": value}]});
        let body =
            serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap();
        self.desk.receive(&body, Some(&self.webhook.sign(&body))).await.unwrap()
    }

    /// The conversation that goes on.
    async fn active(&self) -> Option<Conversation> {
        let all = self.acme.conversations(PageRequest::newest(9)).await.unwrap().items;
        all.into_iter().find(|conversation| conversation.state == ConversationState::Active)
    }

    async fn is_empty(&self) -> bool {
        let contacts = self.records.list(Query::Contacts, PageRequest::newest(1)).await.unwrap();
        let messages = self.records.all_messages(PageRequest::newest(1)).await.unwrap();
        contacts.items.is_empty() && messages.items.is_empty()
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

/// R11: a conflict is kept for people, and nothing is merged by itself.
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

/// Meta, which answers every send like this.
async fn meta(answer: ResponseTemplate) -> (MockServer, Client) {
    let meta = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&meta).await;
    let client = Client::builder("token").graph_url(meta.uri()).retry(RetryPolicy::never()).build().unwrap();
    (meta, client)
}

#[tokio::test]
async fn a_number_that_meta_knows_another_contact_by_is_kept_for_people_to_compare() {
    let answer = json!({"contacts": [{"wa_id": "5491123456789"}], "messages": [{"id": "wamid.OUT"}]});
    let (_meta, client) = meta(ResponseTemplate::new(200).set_body_json(answer)).await;
    let reception = Reception::open(client).await;
    reception.hears("wamid.1", json!({"from": "5491123456789"})).await;
    for _ in 0..2 {
        reception.acme.send(NUMBER, "+541123456789", "Hello").await.unwrap();
    }
    let conflicts = reception.conflicts().await;
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].identity, Identity::Phone("5491123456789".into()));
    assert_eq!(conflicts[0].claimant, reception.contact_of(Identity::Phone("541123456789".into())).await.id);
}

/// P4: another spelling joins who has it, if nothing speaks against that.
#[tokio::test]
async fn another_spelling_of_a_number_is_the_same_person_if_nothing_speaks_against_it() {
    let reception = Reception::open(offline()).await;
    for (known, other) in [("553187654321", "5531987654321"), ("5215512345678", "525512345678")] {
        let (first, second) = (Identity::Phone(known.into()), Identity::Phone(other.into()));
        reception.hears(&format!("wamid.{known}"), json!({"from": known})).await;
        reception
            .hears(&format!("wamid.{other}"), json!({"from": other, "from_user_id": format!("U.{other}")}))
            .await;
        let contact = reception.contact_of(second.clone()).await;
        assert_eq!(contact.identities, [first, second, Identity::UserId(format!("U.{other}").into())]);
    }
    assert!(reception.conflicts().await.is_empty());
}

/// P4: else it is kept for people to compare.
#[tokio::test]
async fn another_spelling_of_a_number_is_kept_for_people_to_compare_if_it_may_be_another_person() {
    for (known, other) in [
        // Each with a user id of their own.
        (
            json!({"from": "553187654321", "from_user_id": "BR.1"}),
            json!({"from": "5531987654321", "from_user_id": "BR.2"}),
        ),
        // The number without the 9 may be a landline.
        (json!({"from": "541123456789"}), json!({"from": "5491123456789"})),
    ] {
        let reception = Reception::open(offline()).await;
        reception.hears("wamid.1", known.clone()).await;
        reception.hears("wamid.2", other.clone()).await;
        reception.hears("wamid.3", other.clone()).await;
        let identity = |from: &Value| Identity::Phone(from["from"].as_str().unwrap().into());
        let (holder, claimant) =
            (reception.contact_of(identity(&known)).await, reception.contact_of(identity(&other)).await);
        assert_ne!(holder.id, claimant.id);
        let conflicts = reception.conflicts().await;
        assert_eq!(conflicts.len(), 1);
        let seen = (&conflicts[0].identity, &conflicts[0].holder, &conflicts[0].claimant);
        assert_eq!(seen, (&identity(&known), &holder.id, &claimant.id));
    }
}

#[tokio::test]
async fn a_number_that_has_no_other_spelling_is_nobody_elses() {
    let reception = Reception::open(offline()).await;
    reception.hears("wamid.1", json!({"from": "5491123456789"})).await;
    reception.hears("wamid.2", json!({"from": "541123456789"})).await;
    let (long, short) = (Identity::Phone("5491123456789".into()), Identity::Phone("541123456789".into()));
    assert_ne!(reception.contact_of(long).await.id, reception.contact_of(short).await.id);
    assert!(reception.conflicts().await.is_empty());
}

#[tokio::test]
async fn a_message_of_a_person_who_was_erased_stays_away_when_it_comes_again() {
    let reception = Reception::open(offline()).await;
    let hello = json!({"messages": [{"from": "14155552671", "id": "wamid.1", "timestamp": NOW.to_string(),
        "type": "text", "text": {"body": "Hi"}}]});
    assert_eq!(reception.receives(hello.clone()).await.applied, 1);
    let ana = reception.contact_of(Identity::Phone("14155552671".into())).await;
    let erased = reception.records.erase(&ana.id, Timestamp::from_seconds(NOW)).await.unwrap();
    assert_eq!((erased.contact, erased.conversations, erased.messages), (true, 1, 1));
    assert_eq!(reception.receives(hello).await.duplicates, 1);
    assert!(reception.is_empty().await);
    // Who writes after that is somebody new.
    reception.hears("wamid.2", json!({"from": "14155552671"})).await;
    assert_ne!(reception.contact_of(Identity::Phone("14155552671".into())).await.id, ana.id);
}

#[tokio::test]
async fn a_status_of_an_erased_message_leaves_nothing() {
    let answer = json!({"contacts": [{"wa_id": "14155552671"}], "messages": [{"id": "wamid.OUT"}]});
    let (meta, client) = meta(ResponseTemplate::new(200).set_body_json(answer)).await;
    let reception = Reception::open(client).await;
    reception.acme.send(NUMBER, "+14155552671", "Hello").await.unwrap();
    let posted: Value = meta.received_requests().await.unwrap()[0].body_json().unwrap();
    let status = json!({"statuses": [{"id": "wamid.OUT", "status": "failed", "timestamp": NOW.to_string(),
        "recipient_id": "14155552671", "biz_opaque_callback_data": posted["biz_opaque_callback_data"],
        "errors": [{"code": 131_026, "title": "Undeliverable"}]}]});
    let ana = reception.contact_of(Identity::Phone("14155552671".into())).await;
    let erased = reception.records.erase(&ana.id, Timestamp::from_seconds(NOW)).await.unwrap();
    assert_eq!((erased.messages, erased.progress), (1, 1));
    assert_eq!(reception.receives(status).await.applied, 1);
    assert!(reception.records.progress(&"wamid.OUT".into()).await.unwrap().is_none());
    let failures = Query::Failures("wamid.OUT".into());
    assert!(reception.records.list(failures, PageRequest::newest(9)).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_send_that_waits_for_a_person_who_was_erased_ends_without_being_made() {
    let throttled = json!({"error": {"code": 130_429, "message": "slow down", "type": "OAuthException"}});
    let (meta, client) = meta(ResponseTemplate::new(429).set_body_json(throttled)).await;
    let store = MemoryStore::new();
    let mut reception = Reception::over(store.clone(), client.clone()).await;
    let receipt = reception.acme.send(NUMBER, "+14155552671", "Hello").await.unwrap();
    assert_eq!(receipt.sending.state, SendState::Queued);
    let ana = reception.contact_of(Identity::Phone("14155552671".into())).await;
    let _ = reception.records.erase(&ana.id, Timestamp::from_seconds(NOW)).await.unwrap();
    let later = || Timestamp::from_seconds(NOW + 3600);
    reception.desk = Desk::builder(store).window(false).credentials(client).clock(later).build();
    assert_eq!(reception.desk.step().await.unwrap(), 1);
    assert_eq!(reception.desk.step().await.unwrap(), 0);
    assert_eq!(meta.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_conversation_opens_with_a_person_who_is_erased_at_that_moment() {
    let store = Interrupted::default();
    let reception = Reception::over(store.clone(), offline()).await;
    reception.hears("wamid.1", json!({"from": "14155552671"})).await;
    let ana = reception.contact_of(Identity::Phone("14155552671".into())).await;
    let with = reception.records.conversations_with(&ana.id, PageRequest::newest(1)).await.unwrap();
    let mut closed = with.items[0].clone();
    closed.state = ConversationState::Closed;
    let now = Timestamp::from_seconds(NOW);
    let _ = reception.records.apply(Changes::at(now).update(closed)).await.unwrap();

    // The next message has found the contact and is about to open a conversation with it.
    store.once(Meanwhile::Erase(ana.id.clone()));
    reception.hears("wamid.2", json!({"from": "14155552671"})).await;
    assert!(store.meanwhile.lock().unwrap().is_none());
    let again = reception.contact_of(Identity::Phone("14155552671".into())).await;
    let all = reception.records.conversations(PageRequest::newest(9)).await.unwrap().items;
    assert_eq!((all.len(), &all[0].contact), (1, &again.id));
    assert_ne!(again.id, ana.id);
}

#[tokio::test]
async fn what_meets_the_closing_of_its_conversation_goes_into_another() {
    let number = "14155552671";
    let store = Interrupted::default();
    let reception = Reception::over(store.clone(), offline()).await;
    let colleague = Desk::builder(store.inner.clone()).clock(|| Timestamp::from_seconds(NOW)).build();
    reception.hears("wamid.1", json!({ "from": number })).await;
    let changed = json!({"id": "wamid.3", "from": number, "timestamp": NOW.to_string(), "type": "edit",
        "edit": {"original_message_id": "wamid.2", "message": {"type": "text", "text": {"body": "Hi!"}}}});
    let echo = json!({"id": "wamid.4", "from": "15550001111", "to": number, "timestamp": NOW.to_string(),
        "type": "text", "text": {"body": "We call you"}});
    for n in 1..=4 {
        let open = reception.active().await.unwrap();
        store.once(Meanwhile::Close(colleague.tenant("acme"), open.id.clone()));
        match n {
            1 => reception.hears("wamid.2", json!({ "from": number })).await,
            2 => assert_eq!(reception.receives(json!({ "messages": [changed] })).await.applied, 1),
            3 => {
                let echoes = json!({ "message_echoes": [echo] });
                assert_eq!(reception.receives_as("smb_message_echoes", echoes).await.applied, 1);
            }
            _ => drop(reception.acme.enqueue(NUMBER, "+14155552671", "Hello").await.unwrap()),
        }
        assert!(store.meanwhile.lock().unwrap().is_none());
        let next = reception.active().await.expect("it is in a conversation that goes on");
        assert_ne!(next.id, open.id);
        let closed = reception.acme.conversation(&open.id).await.unwrap();
        assert_eq!((closed.state, closed.unread), (ConversationState::Closed, open.unread), "{n}");
        let messages = reception.records.messages(&open.id, PageRequest::newest(9)).await.unwrap();
        assert_eq!(messages.items.len(), 1, "{n}");
    }
}

/// What happens just before a batch is made.
#[derive(Debug)]
enum Meanwhile {
    Erase(ContactId),
    Close(Tenant, ConversationId),
}

/// A store over which something happens just before a batch is made.
#[derive(Clone, Debug, Default)]
struct Interrupted {
    inner: MemoryStore,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
}

impl Interrupted {
    fn once(&self, meanwhile: Meanwhile) {
        *self.meanwhile.lock().unwrap() = Some(meanwhile);
    }
}

#[async_trait]
impl Store for Interrupted {
    fn tenant(&self, id: &TenantId) -> Arc<dyn TenantStore> {
        Arc::new(InterruptedTenant { inner: self.inner.tenant(id), meanwhile: self.meanwhile.clone() })
    }

    async fn bind(&self, number: &PhoneNumberId, account: &AccountId, tenant: &TenantId) -> Result<()> {
        self.inner.bind(number, account, tenant).await
    }

    async fn route(&self, number: &PhoneNumberId) -> Result<Option<Binding>> {
        self.inner.route(number).await
    }

    async fn numbers_of(&self, account: &AccountId) -> Result<Vec<(PhoneNumberId, TenantId)>> {
        self.inner.numbers_of(account).await
    }

    async fn claim(&self, request: Claim) -> Result<Vec<Lease>> {
        self.inner.claim(request).await
    }

    async fn extend(&self, lease: &Lease, until: Timestamp) -> Result<()> {
        self.inner.extend(lease, until).await
    }

    async fn finish(&self, lease: &Lease, outcome: Outcome, changes: Changes) -> Result<Applied> {
        self.inner.finish(lease, outcome, changes).await
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog> {
        self.inner.backlog(now).await
    }

    fn job_enqueued(&self) -> JobEnqueued<'_> {
        self.inner.job_enqueued()
    }
}

#[derive(Debug)]
struct InterruptedTenant {
    inner: Arc<dyn TenantStore>,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
}

#[async_trait]
impl TenantStore for InterruptedTenant {
    async fn get(&self, key: Key) -> Result<Option<Record>> {
        self.inner.get(key).await
    }

    async fn list(&self, query: Query, page: PageRequest) -> Result<Page<Record>> {
        self.inner.list(query, page).await
    }

    async fn apply(&self, changes: Changes) -> Result<Applied> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        match meanwhile {
            Some(Meanwhile::Erase(contact)) => {
                let erased = self.inner.erase(&contact, changes.now()).await?;
                assert!(erased.contact);
            }
            Some(Meanwhile::Close(tenant, id)) => drop(tenant.close(&id, "bo").await.unwrap()),
            None => {}
        }
        self.inner.apply(changes).await
    }
}
