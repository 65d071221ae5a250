//! The desk over a store (SQLite where it is built in, else memory), with a stand-in for Meta: sends recorded before they are made, webhooks kept once.

use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use whatsapp_business::{
    Client, Desk, ErrorKind, Store, Webhook,
    client::{Body, RetryPolicy, Transport},
    desk::{Entry, Headline, Receipt, Tenant},
    store::{Identity, MemoryStore, PageRequest, SendState},
    time::Timestamp,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

const NUMBER: &str = "106540352242922";
const ANA: &str = "+14155552671";
const NOW: i64 = 1_700_000_000;

/// A desk with one tenant, a Meta that answers as told, and a clock that stands still until it is moved.
struct Office {
    desk: Desk,
    acme: Tenant,
    webhook: Webhook,
    meta: MockServer,
    clock: Arc<AtomicI64>,
    _files: tempfile::TempDir,
}

/// The store to keep office in: a real file where SQLite is built in, else memory.
async fn new_store() -> (impl Store, tempfile::TempDir) {
    let files = tempfile::tempdir().unwrap();
    #[cfg(feature = "sqlite")]
    let store = whatsapp_business::store::SqliteStore::open(files.path().join("desk.db")).await.unwrap();
    #[cfg(not(feature = "sqlite"))]
    let store = std::future::ready(MemoryStore::default()).await;
    (store, files)
}

impl Office {
    async fn open() -> Self {
        let meta = MockServer::start().await;
        let client = Client::builder("token").graph_url(meta.uri()).timeout(Duration::from_millis(300));
        let client = client.retry(RetryPolicy::never()).build().unwrap();
        let webhook = Webhook::new("app-secret", "verify-token").unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let now = Arc::clone(&clock);
        let (store, files) = new_store().await;
        let desk = Desk::builder(store)
            .window(false)
            .credentials(client)
            .webhook(webhook.clone())
            .clock(move || Timestamp::from_seconds(now.load(Ordering::SeqCst)))
            .build();
        let acme = desk.tenant("acme");
        acme.register("Acme Solar").await.unwrap();
        acme.bind(NUMBER, "102290129340398").await.unwrap();
        Self { desk, acme, webhook, meta, clock, _files: files }
    }

    async fn answers(&self, answer: ResponseTemplate) {
        self.meta.reset().await;
        Mock::given(method("POST")).respond_with(answer).mount(&self.meta).await;
    }

    async fn sends(&self, text: &str) -> Receipt {
        self.acme.send(NUMBER, ANA, text).await.unwrap()
    }

    async fn posted(&self) -> Vec<Value> {
        self.meta
            .received_requests()
            .await
            .unwrap()
            .iter()
            .map(|request| request.body_json().unwrap())
            .collect()
    }

    async fn hears(&self, value: Value) -> whatsapp_business::desk::Received {
        let body = delivery(NUMBER, value);
        self.desk.receive(&body, Some(&self.webhook.sign(&body))).await.unwrap()
    }

    async fn history(&self) -> Vec<Entry> {
        let all = self.acme.conversations(PageRequest::newest(10)).await.unwrap().items;
        let mut entries = Vec::new();
        for conversation in all {
            entries
                .extend(self.acme.history(&conversation.id, PageRequest::oldest(100)).await.unwrap().items);
        }
        entries
    }
}

fn accepted() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "contacts": [{"input": ANA, "wa_id": "14155552671"}], "messages": [{"id": "wamid.OUT"}],
    }))
}

fn delivery(number: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "15550001111", "phone_number_id": number});
    let change = json!({"field": "messages", "value": value});
    let entry = json!({"id": "102290129340398", "changes": [change]});
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap()
}

fn says(id: &str, text: &str) -> Value {
    json!({
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "14155552671", "user_id": "US.1"}],
        "messages": [{"from": "14155552671", "from_user_id": "US.1", "id": id, "timestamp": NOW.to_string(),
            "type": "text", "text": {"body": text}}],
    })
}

fn status(kind: &str, seconds: i64, callback_data: Option<&str>) -> Value {
    let mut status = json!({"id": "wamid.OUT", "status": kind, "timestamp": (NOW + seconds).to_string(),
        "recipient_id": "14155552671"});
    if let Some(data) = callback_data {
        status["biz_opaque_callback_data"] = json!(data);
    }
    json!({ "statuses": [status] })
}

#[tokio::test]
async fn a_send_is_recorded_with_its_attempt_and_its_answer() {
    let office = Office::open().await;
    office.answers(accepted()).await;
    let receipt = office.acme.send(NUMBER, ANA, "Hello").reply_to("wamid.Q").await.unwrap();
    assert_eq!(receipt.sending.state, SendState::Accepted);
    assert_eq!(receipt.wamid.as_ref().unwrap().as_str(), "wamid.OUT");
    let posted = &office.posted().await[0];
    assert_eq!(posted["biz_opaque_callback_data"], format!("{}.1", receipt.id));
    assert_eq!(posted["context"]["message_id"], "wamid.Q");
    let history = office.history().await;
    assert_eq!(history.len(), 1);
    assert_eq!(
        (history[0].headline(), history[0].message.text.as_deref()),
        (Headline::Accepted, Some("Hello"))
    );
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

#[tokio::test]
async fn invalid_messages_and_foreign_numbers_are_refused_and_leave_no_trace() {
    let office = Office::open().await;
    office.answers(accepted()).await;
    let empty = office.acme.send(NUMBER, ANA, "").await.unwrap_err();
    assert!(matches!(empty.kind(), ErrorKind::Invalid(_)));
    let other = office.desk.tenant("other");
    let forged = other.send(NUMBER, ANA, "Hello").await.unwrap_err();
    assert!(matches!(forged.kind(), ErrorKind::NotFound(_)), "{forged}");
    assert!(other.bind(NUMBER, "1").await.is_err());
    assert!(office.posted().await.is_empty() && office.history().await.is_empty());
}

#[tokio::test]
async fn a_conversation_holds_what_both_sides_said() {
    let office = Office::open().await;
    office.answers(accepted()).await;
    office.hears(says("wamid.IN1", "Hi")).await;
    office.sends("Hello Ana").await;
    office.clock.fetch_add(5, Ordering::SeqCst);
    let mut second = says("wamid.IN2", "ignored");
    second["messages"][0]["timestamp"] = json!((NOW + 5).to_string());
    second["messages"][0]["type"] = json!("interactive");
    second["messages"][0]["context"] = json!({"id": "wamid.OUT"});
    second["messages"][0]["interactive"] =
        json!({"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}});
    office.hears(second).await;
    let history = office.history().await;
    let said: Vec<_> = history.iter().map(|entry| entry.message.text.as_deref().unwrap()).collect();
    assert_eq!(said, ["Hi", "Hello Ana", "Yes"]);
    assert_eq!(history[2].message.reply_to.as_ref().unwrap().as_str(), "wamid.OUT");
    let conversation = &office.acme.conversations(PageRequest::newest(10)).await.unwrap().items[0];
    assert_eq!((conversation.unread, conversation.last_message_at), (2, Timestamp::from_seconds(NOW + 5)));
    assert_eq!(conversation.last_inbound_at, Some(Timestamp::from_seconds(NOW + 5)));
    let contact = office.acme.contact(&conversation.contact).await.unwrap();
    assert_eq!(contact.name.as_deref(), Some("Ana"));
    assert_eq!(contact.identities, [Identity::Phone("14155552671".into()), Identity::UserId("US.1".into())]);
}

/// R4: times are kept, and the headline follows from them.
#[tokio::test]
async fn statuses_end_right_in_every_order_and_number() {
    let orders: [&[usize]; 8] = [
        &[0, 1, 2],
        &[2, 1, 0],
        &[1, 0, 2],
        &[2, 0, 1],
        &[0, 2, 1],
        &[1, 2, 0],
        &[2, 2, 0, 1, 0],
        &[0, 0, 1, 1, 2, 2],
    ];
    for order in orders {
        let office = Office::open().await;
        office.answers(accepted()).await;
        office.sends("Hello").await;
        for n in order {
            office.hears(status(["sent", "delivered", "read"][*n], [1, 3, 8][*n], None)).await;
        }
        let entry = &office.history().await[0];
        assert_eq!(entry.headline(), Headline::Read, "{order:?}");
        let metrics = entry.metrics();
        assert_eq!(metrics.to_deliver, Some(Duration::from_secs(2)), "{order:?}");
        assert_eq!(metrics.to_read, Some(Duration::from_secs(7)), "{order:?}");
    }
}

/// R5: a status needs no message.
#[tokio::test]
async fn a_status_before_its_message_waits_for_it() {
    let office = Office::open().await;
    assert_eq!(office.hears(status("delivered", 1, None)).await.applied, 1);
    office.answers(accepted()).await;
    office.sends("Hello").await;
    assert_eq!(office.history().await[0].headline(), Headline::Delivered);
}

/// R4: a failure hides no delivery, and reasons add up.
#[tokio::test]
async fn a_failure_keeps_every_reason_and_hides_no_delivery() {
    let office = Office::open().await;
    office.answers(accepted()).await;
    office.sends("Hello").await;
    let mut failed = status("failed", 2, None);
    failed["statuses"][0]["errors"] = json!([{"code": 131047, "title": "Re-engagement message"}]);
    office.hears(failed).await;
    let entry = &office.history().await[0];
    assert_eq!((entry.headline(), entry.failures[0].code), (Headline::Failed, 131_047));
    office.hears(status("delivered", 3, None)).await;
    assert_eq!(office.history().await[0].headline(), Headline::Delivered);
}

/// R1: the mark of an event and its effect are one transaction.
#[tokio::test]
async fn a_delivery_counts_once_however_often_it_comes() {
    let office = Office::open().await;
    assert_eq!(office.hears(says("wamid.IN1", "Hi")).await.applied, 1);
    let storm: Vec<_> = (0..50)
        .map(|_| {
            let (desk, body) = (office.desk.clone(), delivery(NUMBER, says("wamid.IN2", "again")));
            let signature = office.webhook.sign(&body);
            tokio::spawn(async move { desk.receive(&body, Some(&signature)).await.unwrap().applied })
        })
        .collect();
    let mut applied = 0;
    for delivery in storm {
        applied += delivery.await.unwrap();
    }
    assert_eq!(applied, 1);
    assert_eq!(office.history().await.len(), 2);
}

#[tokio::test]
async fn a_large_delivery_is_kept_whole_and_counts_once() {
    let office = Office::open().await;
    let mut batch = says("wamid.IN1", "Hi");
    let status = |n: usize| {
        let kind = ["sent", "delivered", "read"][n % 3];
        json!({"id": format!("wamid.{}", n / 3), "status": kind, "timestamp": (NOW + 1).to_string(), "recipient_id": "1"})
    };
    batch["statuses"] = (0..600).map(status).collect();
    let received = office.hears(batch.clone()).await;
    assert_eq!((received.applied, received.duplicates, received.dead_letters), (601, 0, 0));
    let again = office.hears(batch).await;
    assert_eq!((again.applied, again.duplicates, again.dead_letters), (0, 601, 0));
}

/// R3: of many who open the conversation, one does, and the others join it.
#[tokio::test]
async fn first_messages_at_once_make_one_conversation() {
    let office = Office::open().await;
    let all: Vec<_> = (0..30)
        .map(|n| {
            let (desk, body) = (office.desk.clone(), delivery(NUMBER, says(&format!("wamid.{n}"), "Hi")));
            let signature = office.webhook.sign(&body);
            tokio::spawn(async move { desk.receive(&body, Some(&signature)).await.unwrap() })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap().applied, 1);
    }
    let conversations = office.acme.conversations(PageRequest::newest(10)).await.unwrap().items;
    assert_eq!((conversations.len(), conversations[0].unread), (1, 30));
}

/// R9: the attempt is written down before it is made, and a lost answer is unknown, not failed.
#[tokio::test]
async fn a_lost_answer_is_unknown_until_a_status_names_the_attempt() {
    let office = Office::open().await;
    office.answers(accepted().set_delay(Duration::from_secs(5))).await;
    let receipt = office.sends("Hello").await;
    assert_eq!((receipt.sending.state, receipt.wamid), (SendState::OutcomeUnknown, None));
    assert_eq!(office.history().await[0].headline(), Headline::Unknown);
    office.clock.fetch_add(86_400, Ordering::SeqCst);
    assert_eq!(office.desk.step().await.unwrap(), 0, "an unknown outcome is never sent again");

    office.hears(status("sent", 1, Some(&format!("{}.1", receipt.id)))).await;
    let entry = office.acme.message(&receipt.id).await.unwrap();
    assert_eq!(entry.message.wamid.as_ref().unwrap().as_str(), "wamid.OUT");
    assert_eq!(entry.headline(), Headline::Sent);
    assert_eq!(office.posted().await.len(), 1);
}

#[tokio::test]
async fn a_status_that_is_faster_than_the_answer_is_not_undone_by_it() {
    /// Delivers the status of the message while its send is still waiting for the answer.
    #[derive(Clone, Debug)]
    struct Hasty(Arc<tokio::sync::OnceCell<(Desk, Webhook)>>);
    #[async_trait::async_trait]
    impl Transport for Hasty {
        async fn send(
            &self,
            request: http::Request<Body>,
        ) -> whatsapp_business::Result<http::Response<Body>> {
            let body: Value = serde_json::from_slice(&request.into_body().bytes(4096).await?).unwrap();
            let (desk, webhook) = self.0.get().unwrap();
            let early = delivery(NUMBER, status("read", 1, body["biz_opaque_callback_data"].as_str()));
            desk.receive(&early, Some(&webhook.sign(&early))).await?;
            Ok(http::Response::new(r#"{"messages":[{"id":"wamid.OUT"}]}"#.into()))
        }
    }
    let hasty = Hasty(Arc::default());
    let webhook = Webhook::new("app-secret", "verify-token").unwrap();
    let client = Client::builder("token").transport(hasty.clone()).build().unwrap();
    let desk = Desk::builder(MemoryStore::default())
        .window(false)
        .credentials(client)
        .webhook(webhook.clone())
        .build();
    hasty.0.set((desk.clone(), webhook)).unwrap();
    let acme = desk.tenant("acme");
    acme.bind(NUMBER, "1").await.unwrap();
    let receipt = acme.send(NUMBER, ANA, "Hello").await.unwrap();
    assert_eq!((receipt.sending.state, receipt.wamid.unwrap().as_str()), (SendState::Accepted, "wamid.OUT"));
    assert_eq!(acme.message(&receipt.id).await.unwrap().headline(), Headline::Read);
    assert_eq!(desk.step().await.unwrap(), 0);
}

#[tokio::test]
async fn a_refusal_is_recorded_with_its_code() {
    let office = Office::open().await;
    let error = json!({"error": {"message": "(#131026) Message undeliverable", "type": "OAuthException", "code": 131026}});
    office.answers(ResponseTemplate::new(400).set_body_json(error)).await;
    let receipt = office.sends("Hello").await;
    assert_eq!((receipt.sending.state, receipt.sending.error_code), (SendState::Rejected, Some(131_026)));
    assert_eq!(office.history().await[0].headline(), Headline::Rejected);
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

#[tokio::test]
async fn a_send_whose_caller_goes_away_is_brought_to_its_end() {
    let office = Office::open().await;
    office.answers(accepted().set_delay(Duration::from_millis(50))).await;
    let dropped =
        tokio::time::timeout(Duration::from_millis(5), office.acme.send(NUMBER, ANA, "Hello").into_future());
    assert!(dropped.await.is_err());
    let settled = async {
        while office.history().await.first().map(Entry::headline) != Some(Headline::Accepted) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), settled).await.expect("the send was abandoned");
}

/// R6: each event of a delivery stands for itself.
#[tokio::test]
async fn events_that_cannot_be_applied_are_put_aside_alone() {
    let office = Office::open().await;
    let mut batch = says("wamid.IN1", "Hi");
    batch["messages"].as_array_mut().unwrap().push(json!({"type": "text", "timestamp": "x"}));
    batch["statuses"] =
        json!([{"id": "wamid.X", "status": "evaporated", "timestamp": "1", "recipient_id": "1"}]);
    let received = office.hears(batch.clone()).await;
    assert_eq!((received.applied, received.dead_letters), (1, 2));
    let letters = office.acme.dead_letters(PageRequest::oldest(10)).await.unwrap().items;
    let body = std::str::from_utf8(&letters[0].body).unwrap();
    assert!(body.contains(r#""messages":[{"timestamp":"x","type":"text"}]"#), "{body}");
    office.hears(batch).await;
    assert_eq!(office.acme.dead_letters(PageRequest::oldest(10)).await.unwrap().items.len(), 2);
}

/// R10: the number tells whose an event is, and nothing is guessed.
#[tokio::test]
async fn events_for_a_number_of_nobody_reach_no_tenant() {
    let office = Office::open().await;
    let body = delivery("999", says("wamid.IN1", "Hi"));
    let received = office.desk.receive(&body, Some(&office.webhook.sign(&body))).await.unwrap();
    assert_eq!((received.applied, received.unrouted), (0, 1));
    assert!(office.history().await.is_empty());
    let kept = office.desk.tenant(Desk::UNROUTED).dead_letters(PageRequest::newest(10)).await.unwrap().items;
    assert_eq!(kept.len(), 1);
}

/// R16: nothing is read that is not signed.
#[tokio::test]
async fn an_unsigned_delivery_changes_nothing() {
    let office = Office::open().await;
    let body = delivery(NUMBER, says("wamid.IN1", "Hi"));
    let forged = Webhook::new("another-secret", "x").unwrap().sign(&body);
    for signature in [None, Some("sha256="), Some(&*forged)] {
        let error = office.desk.receive(&body, signature).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Signature(_)), "{error}");
    }
    assert!(office.history().await.is_empty());
}

#[tokio::test]
async fn two_people_with_one_number_each_have_their_own_conversation() {
    let office = Office::open().await;
    office.hears(says("wamid.IN1", "Hi")).await;
    let mut other = says("wamid.IN2", "Olá");
    other["messages"][0]["from"] = json!("5511912345678");
    other["messages"][0]["from_user_id"] = json!("BR.2");
    other["contacts"][0] = json!({"profile": {"name": "Bia"}, "wa_id": "5511912345678", "user_id": "BR.2"});
    office.hears(other).await;
    assert_eq!(office.acme.conversations(PageRequest::newest(10)).await.unwrap().items.len(), 2);
}

/// R11: a person is known by any of their names.
#[tokio::test]
async fn a_sender_without_a_phone_number_is_known_by_the_user_id() {
    let office = Office::open().await;
    office.hears(says("wamid.IN1", "Hi")).await;
    let mut hidden = says("wamid.IN2", "It is me again");
    hidden["messages"][0].as_object_mut().unwrap().remove("from");
    hidden["contacts"][0].as_object_mut().unwrap().remove("wa_id");
    office.hears(hidden).await;
    let conversations = office.acme.conversations(PageRequest::newest(10)).await.unwrap().items;
    assert_eq!((conversations.len(), conversations[0].unread), (1, 2));
}

#[tokio::test]
async fn members_of_a_group_who_fail_in_the_same_second_hold_nothing_up() {
    let office = Office::open().await;
    let failed = |member: &str| {
        json!({"id": "wamid.GROUP", "status": "failed", "timestamp": NOW.to_string(), "recipient_id": "group-1",
            "recipient_type": "group", "recipient_participant_id": member, "errors": [{"code": 131026, "title": "x"}]})
    };
    let received = office.hears(json!({"statuses": [failed("14155552671"), failed("5511912345678")]})).await;
    assert_eq!((received.applied, received.dead_letters), (2, 0));
}

#[tokio::test]
async fn a_message_that_comes_again_when_its_mark_is_forgotten_is_still_a_duplicate() {
    let office = Office::open().await;
    office.hears(says("wamid.IN1", "Hi")).await;
    office.clock.fetch_add(30 * 86_400, Ordering::SeqCst);
    let received = office.hears(says("wamid.IN1", "Hi")).await;
    assert_eq!((received.applied, received.duplicates, received.dead_letters), (0, 1, 0));
    assert_eq!(office.history().await.len(), 1);
}

#[tokio::test]
async fn a_number_without_its_country_is_not_taken_for_somebody_elses() {
    let office = Office::open().await;
    office.answers(accepted()).await;
    // Meta would put the business's own country code in front: another person than +55….
    let error = office.acme.send(NUMBER, "5511912345678", "Oi").await.unwrap_err();
    assert_eq!(error.violations()[0].path, "to", "{error}");
    assert!(office.posted().await.is_empty() && office.history().await.is_empty());
}

/// R10: a number has one tenant.
#[tokio::test]
async fn a_number_of_another_tenant_is_not_worth_another_try() {
    let office = Office::open().await;
    let error = office.desk.tenant("other").bind(NUMBER, "1").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Store { retryable: false }), "{error:?}");
}

#[tokio::test]
async fn what_whatsapp_tells_of_a_customer_is_shown_and_opens_no_window() {
    let office = Office::open().await;
    let mut told = says("wamid.1", "ignored");
    told["messages"][0]["type"] = json!("system");
    told["messages"][0]["system"] = json!({"type": "user_changed_number", "body": "Ana changed"});
    told["errors"] = json!([{"code": 130_429}]);
    let received = office.hears(told).await;
    assert_eq!((received.applied, received.dead_letters), (2, 0));
    assert_eq!(office.history().await[0].message.text.as_deref(), Some("Ana changed"));
    let conversation = &office.acme.conversations(PageRequest::newest(1)).await.unwrap().items[0];
    assert_eq!((conversation.last_inbound_at, conversation.unread), (None, 0));
}
